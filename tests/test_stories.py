"""The compiled evidence of pairs equals its definition in :mod:`dedup.verdict.evidence`."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newsroom import Newsroom
from strategies import COMPILED, texts

from dedup.reading.document import Document
from dedup.verdict.evidence import evidence
from dedup.verdict.judging import judge
from dedup.verdict.measuring import prepare
from dedup.verdict.stories import Stories


def documents(given_texts: list[str]) -> list[Document]:
    return [prepare(text)[2] for text in given_texts]


def hold_in_step(given_texts: list[str]) -> None:
    made = documents(given_texts)
    pairs = np.array([(i, j) for i in range(len(made)) for j in range(len(made))], dtype=np.int64)
    for (i, j), found in zip(pairs.tolist(), Stories.of(made).evidence(pairs), strict=True):
        wanted = evidence(made[i], made[j])
        assert astuple(found) == pytest.approx(astuple(wanted), abs=1e-12)
        assert judge(found) == judge(wanted)


@given(st.lists(texts, min_size=1, max_size=4))
@settings(COMPILED, max_examples=60)
def test_evidence_of_any_texts_equals_its_definition(given_texts: list[str]) -> None:
    hold_in_step(given_texts)


@pytest.mark.parametrize("seed", range(4))
def test_evidence_of_stories_and_their_versions_equals_its_definition(seed: int) -> None:
    news = Newsroom(seed)
    story, other = news.story(), news.story()
    half = story[: len(story) // 2]
    hold_in_step([story, other, half, f"{half}\n\n{other}", story.upper(), "", "One."])


def test_the_seeds_equal_their_definition(seed_texts: tuple[str, str]) -> None:
    hold_in_step(list(seed_texts))


def test_threads_and_order_change_nothing() -> None:
    news = Newsroom(9)
    made = documents([news.story() for _ in range(6)])
    pairs = np.array([(i, j) for i in range(6) for j in range(6)] * 20, dtype=np.int64)
    stories = Stories.of(made)
    alone = stories.evidence(pairs)
    assert stories.evidence(pairs, threads=3) == alone
    assert stories.evidence(pairs[::-1]) == alone[::-1]


def test_texts_of_many_sentences_are_measured_without_a_dense_table() -> None:
    long = " ".join(f"Sentence number {k} is about word{k}." for k in range(1100))
    made = documents([long, long + " One more thing was said.", "Short."])
    pairs = np.array([(0, 1), (0, 2)], dtype=np.int64)
    found = Stories.of(made).evidence(pairs)
    assert found == [evidence(made[0], made[1]), evidence(made[0], made[2])]


def test_the_same_words_are_the_same_whatever_their_lines() -> None:
    made = documents(["Share this\nRain fell on the town.", "Share this rain fell on the town."])
    (found,) = Stories.of(made).evidence(np.array([[0, 1]], dtype=np.int64))
    assert found.same == 1.0
    assert evidence(made[0], made[1]).same == 1.0


def test_pairs_measured_together_are_measured_as_they_are_alone() -> None:
    news = Newsroom(11)
    story = news.story()
    told = [story, f"{story} {story}", story[:200], "", news.story(), "Rain. " * 40]
    made = documents(told)
    pairs = np.array([(i, j) for i in range(len(made)) for j in range(len(made))], dtype=np.int64)
    together = Stories.of(made).measures(pairs)
    for (i, j), row in zip(pairs.tolist(), together, strict=True):
        alone = Stories.of([made[i], made[j]])
        assert alone.measures(np.array([[0, 1]])).tolist() == [row.tolist()]
        assert alone.measures(np.array([[1, 0]])).tolist() == [row.tolist()]


@pytest.mark.parametrize("sentences", [31, 32, 33])
def test_a_word_of_many_sentences_links_none(sentences: int) -> None:
    line = "\n".join(f"Alpha word{k}." for k in range(sentences))
    other = "\n".join(f"Alpha thing{k}." for k in range(3))
    hold_in_step([line, other])


def test_runs_that_overlap_or_repeat_are_counted_once() -> None:
    verse = "one two three four five six seven"
    hold_in_step([f"{verse}. {verse}. Nothing else.", f"{verse} eight. four five six seven one."])


def test_no_pairs_give_no_evidence() -> None:
    assert Stories.of([]).evidence(np.empty((0, 2), dtype=np.int64)) == []
