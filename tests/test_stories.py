"""The evidence of pairs, held in step with the naive twin in ``oracles``; many pairs at once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import combinations_with_replacement

import numpy as np
import oracles
import pytest
from harbour import read_document
from hypothesis import given, settings
from hypothesis import strategies as st
from newsroom import Newsroom
from strategies import COMPILED, texts

from dedup.arrays import Ragged
from dedup.text.marks import Mark
from dedup.text.vocabulary import background, language_of, word_ids
from dedup.verdict import _evidence, _stories
from dedup.verdict.measures import COLUMNS, named
from dedup.verdict.senses import senses
from dedup.verdict.stories import Stories, _numerals

pytestmark = pytest.mark.loops


@lru_cache(maxsize=4)
def table(language: str) -> oracles.Idf:
    known = background(language)
    listed = dict(zip(known.ids.tolist(), known.idf.tolist(), strict=True))
    return lambda word: listed.get(word & int(known.mask), float(known.unlisted))


def idf_of(text: oracles.Words) -> oracles.Idf:
    """Give the background of a text's language: how rare a word is there."""
    return table(language_of(np.array([word for word, _ in text], np.uint32)))


def of_english(digests: np.ndarray) -> tuple[np.ndarray, ...]:
    """Give what a layout takes of languages where all texts are English."""
    ids, weights, buckets, unlisted, mask = background("en")
    zeros, sensed = np.zeros(len(digests), np.int32), np.ones(1, np.uint8)
    return zeros, ids, weights, buckets[None], unlisted[None], mask[None], sensed


def laid_out(told: Sequence[oracles.Words]) -> Stories:
    words = [np.array([word for word, _ in text], np.uint32) for text in told]
    marks = np.array([mark for text in told for _, mark in text], np.uint8)
    return Stories(Ragged.of(words, np.uint32), marks)


def read(given_texts: Sequence[str]) -> list[oracles.Words]:
    documents = [read_document(text) for text in given_texts]
    return [list(zip(d.words.tolist(), d.marks.tolist(), strict=True)) for d in documents]


def all_pairs(count: int) -> np.ndarray:
    return np.array([(i, j) for i in range(count) for j in range(count)], np.int64).reshape(-1, 2)


def hold_in_step(told: Sequence[oracles.Words]) -> None:
    """Hold each pair against the twin one way, and against itself the other."""
    pairs, idf = all_pairs(len(told)), [idf_of(text) for text in told]
    measured = laid_out(told).measures(pairs).reshape(len(told), len(told), -1)
    assert measured.tolist() == measured.swapaxes(0, 1).tolist()
    for i, j in combinations_with_replacement(range(len(told)), 2):
        expected = oracles.measured_pair(told[i], told[j], idf[i], idf[j])
        assert named(measured[i, j].tolist()) == expected


IDS = word_ids("the of rain fell town herring granite zyx".split()).tolist()
NUMBERS = word_ids(
    "1 5 20 500 000 1987 50000 six twenty two million mln 7bn 35m 400k".split()
).tolist()
WORDS = st.sampled_from([*IDS, *NUMBERS, 0, 2**32 - 1])
MARKED = st.tuples(WORDS, st.integers(0, 31))


@given(st.lists(st.lists(MARKED, max_size=40), min_size=1, max_size=3))
@settings(COMPILED, max_examples=200)
def test_any_words_and_marks_are_measured_as_the_twin_does(told: list[oracles.Words]) -> None:
    hold_in_step(told)


@given(st.lists(MARKED, min_size=12, max_size=60), st.data())
@settings(COMPILED, max_examples=100)
def test_texts_with_long_parts_in_common_are_measured_as_the_twin_does(
    text: oracles.Words, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    hold_in_step([text, text[start:] + text[:start], text[:start] + data.draw(st.lists(MARKED))])


@given(st.lists(texts, min_size=1, max_size=4))
@settings(COMPILED, max_examples=60)
def test_any_texts_are_measured_as_the_twin_does(given_texts: list[str]) -> None:
    hold_in_step(read(given_texts))


@pytest.mark.parametrize("seed", range(4))
def test_stories_and_their_versions_are_measured_as_the_twin_does(seed: int) -> None:
    news = Newsroom(seed)
    story, other = news.story(), news.story()
    half = story[: len(story) // 2]
    hold_in_step(read([story, other, half, f"{half}\n\n{other}", story.upper(), "", "One."]))


def test_the_seeds_are_measured_as_the_twin_does(seed_texts: tuple[str, str]) -> None:
    hold_in_step(read(seed_texts))


@pytest.mark.parametrize("sentences", [31, 32, 33])
def test_a_word_of_many_sentences_links_none(sentences: int) -> None:
    line = "\n".join(f"Alpha word{k}." for k in range(sentences))
    hold_in_step(read([line, "\n".join(f"Alpha thing{k}." for k in range(3))]))


def test_runs_that_overlap_or_repeat_are_counted_once() -> None:
    verse = "one two three four five six seven"
    told = [f"{verse}. {verse}. Nothing else.", f"{verse} eight. four five six seven one."]
    hold_in_step(read(told))


def test_texts_of_many_sentences_are_measured_as_the_twin_does() -> None:
    long = read(["".join(f"Sentence number {k} is about word{k}. " for k in range(300))])[0]
    hold_in_step([long, long[5:] + long[:3], long[:30]])


def test_pairs_of_huge_texts_take_memory_for_their_words_alone() -> None:
    """A table of all their sentences would be 80 GB."""
    words = np.arange(100_000, dtype=np.uint32) * np.uint32(40_503)
    texts_ = Ragged.of([words, words[::-1], np.roll(words, 7)], np.uint32)
    stories = Stories(texts_, np.full(len(texts_.values), Mark.SENTENCE, np.uint8))
    back, rolled = stories.measures(np.array([[0, 1], [0, 2]]))
    assert named(back)["linked"] == named(rolled)["linked"] == 1.0
    assert named(back)["in_order"] == 1 / 100_000
    assert named(rolled)["in_order"] == 1 - 7 / 100_000


def test_threads_and_order_change_nothing() -> None:
    news = Newsroom(9)
    told = read([news.story() for _ in range(6)])
    stories, shared = laid_out(told), laid_out(told)
    pairs = np.tile(all_pairs(6), (20, 1))
    alone = stories.measures(pairs)
    with ThreadPoolExecutor(3) as threads:
        parts = list(threads.map(shared.measures, np.split(pairs, 60)))
    assert np.concatenate(parts).tolist() == alone.tolist()
    assert stories.measures(pairs[::-1].copy()).tolist() == alone[::-1].tolist()
    assert stories.measures(pairs[:, ::-1].copy()).tolist() == alone.tolist()


def test_pairs_measured_together_are_measured_as_they_are_alone() -> None:
    news = Newsroom(11)
    story = news.story()
    told = read([story, f"{story} {story}", story[:200], "", news.story(), "Rain. " * 40])
    pairs = all_pairs(len(told))
    together = laid_out(told).measures(pairs)
    for (i, j), row in zip(pairs.tolist(), together.tolist(), strict=True):
        assert laid_out([told[i], told[j]]).measures(np.array([[0, 1]])).tolist() == [row]


def test_the_same_words_are_the_same_whatever_their_lines() -> None:
    told = read(["Share this\nRain fell on the town.", "Share this rain fell on the town."])
    hold_in_step(told)
    assert named(laid_out(told).measures(np.array([[0, 1]]))[0])["same"] == 1.0


def test_no_pairs_give_no_evidence() -> None:
    none = np.empty((0, 2), dtype=np.int64)
    assert laid_out([]).measures(none).shape == (0, len(COLUMNS))


@pytest.mark.parametrize("row", [-1, 2, 2**40])
def test_a_row_that_is_none_is_refused(row: int) -> None:
    with pytest.raises(ValueError, match="row"):
        laid_out(read(["Rain.", "Snow."])).measures(np.array([[0, row]]))


@pytest.mark.parametrize("offsets", [[0, 2], [1, 3], [0, 2, 1, 3], [0, 9, 3], [-1, 3], []])
def test_offsets_that_lead_out_are_refused(offsets: list[int]) -> None:
    words, marks = np.arange(3, dtype=np.uint32), np.zeros(3, np.uint8)
    digests = np.zeros((max(0, len(offsets) - 1), 2), np.uint64)
    with pytest.raises(ValueError, match="offsets"):
        _stories.lay_out(words, marks, np.array(offsets, np.int64), digests, *of_english(digests))


def test_arrays_of_other_lengths_are_refused() -> None:
    words = Ragged.of([np.arange(3, dtype=np.uint32)], np.uint32)
    with pytest.raises(ValueError, match="marks"):
        Stories(words, np.zeros(2, np.uint8))
    texts_ = words.values, np.zeros(3, np.uint8), words.offsets, np.zeros((1, 2), np.uint64)
    layout = _stories.lay_out(*texts_, *of_english(texts_[3]))
    for shape in ((2, len(COLUMNS)), (1, len(COLUMNS) - 1)):
        with pytest.raises(ValueError, match=r"pairs|found"):
            _evidence.measure(
                layout, np.array([[0, 0]]), _numerals(), senses(), 0.0, True, np.empty(shape)
            )
