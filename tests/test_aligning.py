"""The compiled steps of an alignment: each equal to the plain one, to the last bit."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from newsroom import Newsroom
from strategies import COMPILED, texts

from dedup.alignment import similarity
from dedup.alignment.aligning import STEPS
from dedup.alignment.links import PLAIN_TOOLS, REVISED, chance_strength
from dedup.alignment.passages import PLAIN_STEPS, align
from dedup.alignment.runs import number_words
from dedup.alignment.similarity import Vectors
from dedup.reading.texts import read, read_flagged
from dedup.text.tokens import Tokens

WORDS = st.sampled_from("rain fell on oslo trams Stood 12 19 not “we é x. y! \n\n , ”".split(" "))
SIMILAR = st.lists(WORDS, max_size=60).map(" ".join)
ANY_TEXT = SIMILAR | texts


def check_scores(a: Tokens, b: Tokens) -> None:
    plain, compiled = PLAIN_STEPS.vectors(a, b), STEPS.vectors(a, b)
    for field in Vectors.__dataclass_fields__:
        assert np.array_equal(getattr(plain, field), getattr(compiled, field)), field
    scored, joined = PLAIN_STEPS.candidates(plain), STEPS.candidates(plain)
    for one, other in zip(
        (scored.a, scored.b, scored.score), (joined.a, joined.b, joined.score), strict=True
    ):
        assert one.tolist() == other.tolist()
    assert PLAIN_STEPS.link(plain, scored) == STEPS.link(plain, scored)


@COMPILED
@given(ANY_TEXT, ANY_TEXT)
def test_scores_and_links_are_equal(a: str, b: str) -> None:
    check_scores(read(a), read(b))


def edited(newsroom: Newsroom, story: str) -> list[str]:
    """Give a story rearranged, cut, revised word by word, and beside another."""
    paragraphs = story.split("\n\n")
    return [
        "\n\n".join(paragraphs[::-1]),
        newsroom.syndicated(story),
        story.replace(" the ", " that ").replace(", and ", ". And "),
        f"{newsroom.story()}\n\n{newsroom.excerpt(story)}",
    ]


@pytest.mark.parametrize("seed", range(12))
def test_scores_and_links_of_news_are_equal(seed: int) -> None:
    newsroom = Newsroom(seed)
    story = newsroom.story(24)
    for version in edited(newsroom, story):
        check_scores(read(story), read(version))


def test_scores_are_equal_where_common_grams_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity, "LEAST_PRODUCTS", 100)
    monkeypatch.setattr(similarity, "PRODUCTS_PER_ENTRY", 1)
    story = Newsroom(1).story()
    a, b = read(story), read(story.replace(" the ", " that "))
    assert not STEPS.vectors(a, b).kept.all()
    check_scores(a, b)


@COMPILED
@given(st.lists(SIMILAR | st.text(max_size=8), max_size=8), st.lists(SIMILAR, max_size=8))
def test_numbers_of_words_are_equal(a: list[str], b: list[str]) -> None:
    plain, compiled = number_words(tuple(a), tuple(b)), STEPS.number_words(tuple(a), tuple(b))
    assert [side.tolist() for side in plain] == [side.tolist() for side in compiled]


def labels(count: int, cuts: list[int]) -> np.ndarray:
    """Label stretches of ``count`` words, every third with none."""
    edges = [0, *sorted(cut % (count + 1) for cut in cuts), count]
    sizes = [end - start for start, end in pairwise(edges)]
    numbers = [-1 if k % 3 == 2 else k for k in range(len(sizes))]
    return np.repeat(np.array(numbers, dtype=np.int64), sizes)


SEQUENCE = st.lists(st.integers(0, 6), max_size=60)
CUTS = st.lists(st.integers(0, 60), max_size=5)


@COMPILED
@given(SEQUENCE, SEQUENCE, st.integers(2, 6), CUTS, CUTS)
def test_runs_are_equal(
    a: list[int], b: list[int], least: int, cuts_a: list[int], cuts_b: list[int]
) -> None:
    one, other = np.array(a, dtype=np.int64), np.array(b, dtype=np.int64)
    groups = labels(len(a), cuts_a), labels(len(b), cuts_b)
    for chosen in (None, groups):
        plain = PLAIN_STEPS.verbatim_runs(one, other, least, chosen)
        assert STEPS.verbatim_runs(one, other, least, chosen) == plain


TOLD = (
    "Heavy rain fell on the old mill town all Monday. Trams stood still near the harbour for hours."
    " The mayor asked for calm in a short letter. Nobody was hurt, the police said later."
)
TOLD_ANEW = (
    "The town of the old mill had heavy rain on Monday, while its trams near the harbour stood for"
    " hours. Police told us later that nobody had been hurt. A letter from the mayor, a short one,"
    " asked for calm."
)


def test_sentences_of_texts_told_anew_are_merged_and_split_alike() -> None:
    a, b = read(TOLD), read(TOLD_ANEW)
    for one, other in ((a, b), (b, a)):
        made = PLAIN_STEPS.vectors(one, other)
        scored = PLAIN_STEPS.candidates(made)
        assert PLAIN_TOOLS.level(scored, chance_strength(made)) < REVISED
        groups = STEPS.link(made, scored)
        assert groups == PLAIN_STEPS.link(made, scored)
        assert sorted(len(group.a) * len(group.b) for group in groups) == [1, 1, 2]


@COMPILED
@given(st.permutations(range(12)), st.lists(st.integers(0, 4), min_size=12, max_size=12))
def test_the_order_most_is_told_in_is_the_same(places: list[int], weights: list[int]) -> None:
    for count in (0, 1, 5, 12):
        told = list(range(count)), places[:count], [float(w) for w in weights[:count]]
        assert STEPS.chain(*told) == PLAIN_STEPS.chain(*told)


@pytest.mark.parametrize("seed", range(6))
def test_alignments_with_regions_are_equal(seed: int) -> None:
    newsroom = Newsroom(seed)
    story = newsroom.story(24)
    for version in edited(newsroom, story):
        (a, flags_a), (b, flags_b) = read_flagged([story, version])[0]
        flags = flags_a, flags_b
        assert align(a, b, *flags, steps=STEPS) == align(a, b, *flags)
