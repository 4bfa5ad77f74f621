"""Many pairs judged from words and marks: equal to judging each pair alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newsroom import Newsroom
from strategies import COMPILED, texts

from dedup.comparison import compare
from dedup.corpus import judging
from dedup.corpus.checkpoint import Checkpoint
from dedup.corpus.judging import Judged, Judgement, Judgements, blocks_of, judge_pairs, visits
from dedup.corpus.marking import MarkedRows
from dedup.model import Verdict
from dedup.reading.texts import read_marked
from dedup.verdict.judging import VERDICTS, judge

NOTHING_KEPT = Checkpoint(None, dict)


def marked(given_texts: list[str]) -> MarkedRows:
    words, marks = read_marked(given_texts)
    return MarkedRows(np.arange(len(given_texts)), words, marks)


def all_pairs(count: int) -> np.ndarray:
    pairs = [(i, j) for i in range(count) for j in range(i + 1, count)]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def hold_in_step(given_texts: list[str]) -> None:
    pairs = all_pairs(len(given_texts))
    found = Judged.joined(
        list(judge_pairs(marked(given_texts), pairs, threads=1, kept=NOTHING_KEPT))
    )
    assert len(found.verdicts) == len(pairs)
    for (i, j), judgement in zip(pairs.tolist(), found.judgements(), strict=True):
        wanted = compare(given_texts[i], given_texts[j])
        assert judgement == (wanted.verdict, wanted.probability, wanted.jaccard)


def newspaper(seed: int) -> list[str]:
    news = Newsroom(seed)
    story_text, other = news.story(), news.story()
    half = story_text[: len(story_text) // 2]
    share = f"Share this\n\n{story_text}\n\nFollow us on Twitter"
    return [story_text, other, half, f"{half}\n\n{other}", share, "Share this", "", "One."]


@given(st.lists(texts, min_size=2, max_size=4))
@settings(COMPILED, max_examples=40)
def test_pairs_of_any_texts_equal_each_alone(given_texts: list[str]) -> None:
    hold_in_step(given_texts)


@pytest.mark.parametrize("seed", range(3))
def test_pairs_of_stories_and_their_versions_equal_each_alone(seed: int) -> None:
    hold_in_step(newspaper(seed))


def test_the_seeds_equal_each_alone(seed_texts: tuple[str, str]) -> None:
    hold_in_step(list(seed_texts))


def test_texts_of_many_sentences_equal_each_alone() -> None:
    long = " ".join(f"Sentence number {k} is about word{k}." for k in range(1100))
    hold_in_step([long, f"{long} One more thing was said.", "Short."])


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "_WORDS_AT_ONCE", 300)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("threads", [1, 3])
def test_blocks_and_threads_change_nothing(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    articles = marked(newspaper(5) + newspaper(6))
    pairs = all_pairs(len(articles.rows))
    parts = list(judge_pairs(articles, pairs, threads=threads, kept=NOTHING_KEPT))
    assert len(parts) > 3
    monkeypatch.undo()
    whole = list(judge_pairs(articles, pairs, threads=1, kept=NOTHING_KEPT))
    assert len(whole) == 1
    for one, other in zip(Judged.joined(parts), Judged.joined(whole), strict=True):
        assert one.tolist() == other.tolist()


@pytest.mark.parametrize("words", [1, 150, 400])
def test_how_many_stories_are_laid_out_at_once_changes_nothing(
    words: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = marked(newspaper(5))
    pairs = all_pairs(len(articles.rows))
    (whole,) = judge_pairs(articles, pairs, threads=1, kept=NOTHING_KEPT)
    monkeypatch.setattr(judging, "WORDS_LAID", words)
    (parts,) = judge_pairs(articles, pairs, threads=1, kept=NOTHING_KEPT)
    for one, other in zip(parts, whole, strict=True):
        assert one.tolist() == other.tolist()


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda p: p[0] < p[1])))
def test_every_pair_is_visited_once(given_pairs: set[tuple[int, int]]) -> None:
    pairs = np.array(sorted(given_pairs), np.int64).reshape(-1, 2)
    assert sorted(visits(pairs, 10).tolist()) == [*range(len(pairs))]


def test_pairs_visited_in_their_order_lay_out_each_story_about_once() -> None:
    rng = np.random.default_rng(5)
    rows = rng.permutation(3_000).reshape(-1, 6)  # stories of six articles each, scattered
    pairs = np.concatenate([np.sort(row[all_pairs(6)], axis=1) for row in rows])
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    lengths = np.full(3_000, 400)

    def laid_out(order: np.ndarray) -> int:
        return sum(len(np.unique(part)) for part in blocks_of(pairs[order], lengths, 1 << 17))

    assert laid_out(np.arange(len(pairs))) > 6_000
    assert laid_out(visits(pairs, 3_000)) < 3_300


@given(
    st.lists(st.lists(st.integers(0, 5), min_size=2, max_size=2, unique=True)),
    st.lists(st.integers(0, 9), min_size=6, max_size=6),
    st.integers(1, 30),
)
def test_a_block_holds_as_many_pairs_as_its_words_allow(
    drawn: list[list[int]], lengths: list[int], at_once: int
) -> None:
    rows = 40 * drawn  # more than are looked at first
    pairs = np.array(rows, np.int64).reshape(-1, 2)
    blocks = [block.tolist() for block in blocks_of(pairs, np.array(lengths), at_once)]
    assert [pair for block in blocks for pair in block] == rows

    def words(some: list[list[int]]) -> int:
        return sum(lengths[row] for row in {row for pair in some for row in pair})

    assert all(len(block) == 1 or words(block) <= at_once for block in blocks)
    assert all(words([*one, two[0]]) > at_once for one, two in pairwise(blocks))


def test_what_was_found_goes_back_to_its_place() -> None:
    articles = marked(newspaper(5))
    pairs = all_pairs(len(articles.rows))
    order = np.random.default_rng(5).permutation(len(pairs))
    (found,) = judge_pairs(articles, pairs[order], threads=1, kept=NOTHING_KEPT)
    (wanted,) = judge_pairs(articles, pairs, threads=1, kept=NOTHING_KEPT)
    for one, other in zip(found.taken(np.argsort(order)), wanted, strict=True):
        assert one.tolist() == other.tolist()


@pytest.mark.usefixtures("small_blocks")
def test_finished_blocks_are_not_judged_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = marked(newspaper(5))
    pairs = all_pairs(len(articles.rows))

    def run() -> Iterator[Judged]:
        return judge_pairs(articles, pairs, threads=2, kept=Checkpoint(tmp_path, dict))

    first = Judged.joined(list(run()))
    (tmp_path / "judged-1.dedup-part").unlink()
    asked = []
    monkeypatch.setattr(judging, "judge", lambda found: (asked.append(len(found)), judge(found))[1])
    again = Judged.joined(list(run()))
    assert len(asked) == 1
    for one, other in zip(first, again, strict=True):
        assert one.tolist() == other.tolist()


def judged_of(articles: MarkedRows, pairs: np.ndarray, copies: np.ndarray) -> Judgements:
    found = Judged.joined(list(judge_pairs(articles, pairs, threads=1, kept=NOTHING_KEPT)))
    return Judgements(articles, pairs, copies, found)


def related(judged: Judgements) -> list[tuple[list[int], Judgement]]:
    pairs, found = judged.related(0.5)
    return [*zip(pairs.tolist(), found.judgements(), strict=True)]


def test_a_pair_not_judged_before_is_judged_when_asked_for() -> None:
    given_texts = newspaper(8)
    articles = marked(given_texts)
    every = all_pairs(len(given_texts))
    none = np.empty((0, 2), dtype=np.int64)
    whole = judged_of(articles, every, none)
    some = judged_of(articles, every[::3], none)
    expected = [*whole.of(every).judgements()]
    assert [*some.of(every).judgements()] == expected
    assert [*some.of(every[:, ::-1]).judgements()] == expected
    assert related(some) == related(whole)


def test_pairs_asked_for_are_judged_alike_on_several_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given_texts = newspaper(8)
    articles, none = marked(given_texts), np.empty((0, 2), dtype=np.int64)
    every = all_pairs(len(given_texts))
    expected = [*judged_of(articles, every, none).of(every).judgements()]
    monkeypatch.setattr(judging, "_WORDS_AT_ONCE", 200)  # so that there are many blocks
    judged = judged_of(articles, none, none)
    found = Judgements(articles, none, none, judged.judged, threads=3).of(every)
    assert [*found.judgements()] == expected


def test_rows_of_the_same_words_are_identical_without_being_judged() -> None:
    articles = marked(["Rain fell on the town.", "RAIN fell on the town!", "rain fell on the town"])
    copies = np.array([(0, 1), (0, 2)], dtype=np.int64)
    judged = judged_of(articles, np.empty((0, 2), dtype=np.int64), copies)
    found = judged.of(all_pairs(3)).judgements()
    assert {verdict for verdict, _, _ in found} == {Verdict.IDENTICAL}
    assert [pair for pair, _ in related(judged)] == [[0, 1], [0, 2]]


def test_versions_are_told_by_verdict_and_probability() -> None:
    given_texts = newspaper(3)
    pairs = all_pairs(len(given_texts))
    judged = judged_of(marked(given_texts), pairs, np.empty((0, 2), dtype=np.int64))
    for least in (0.5, 0.9, 1.0):
        expected = [
            VERDICTS[verdict].is_version and probability >= least
            for verdict, probability, _ in zip(*judged.judged, strict=True)
        ]
        assert judged.judged.are_versions(least).tolist() == expected
    assert judged.judged.are_versions(0.5).any()
    assert not judged.judged.are_versions(0.5).all()
