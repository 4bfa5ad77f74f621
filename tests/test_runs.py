"""Numbers of words and verbatim runs, against plain counting and a plain greedy tiling."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import texts

from dedup.alignment._runs import tile_runs
from dedup.alignment._words import merge_kept, number_words
from dedup.alignment.laid import lay
from dedup.reading.texts import read
from dedup.text.tokens import Flagged

pytestmark = pytest.mark.loops

WORDS = st.lists(st.integers(0, 5), max_size=24)
SEQUENCE = st.lists(st.integers(0, 6), max_size=60)
CUTS = st.lists(st.integers(0, 60), max_size=5)
PAIR = np.array([[0, 1]])


def runs(
    a: list[int], b: list[int], least: int, labels: tuple[list[int], list[int]] | None = None
) -> list[tuple[int, ...]]:
    words = np.array([*a, *b], dtype=np.int32)
    marks = np.array([*labels[0], *labels[1]] if labels else [], dtype=np.int32)
    sides = np.array([0, len(a), len(a) + len(b)])
    found, ends = tile_runs(words, sides, marks, np.ones(1, np.uint8), least)
    assert ends.tolist() == [0, len(found)]
    return [tuple(run) for run in found.tolist()]


def labelled(count: int, cuts: list[int]) -> list[int]:
    """Label stretches of ``count`` words, every third with none."""
    edges = [0, *sorted(cut % (count + 1) for cut in cuts), count]
    sizes = [end - start for start, end in pairwise(edges)]
    return [-1 if k % 3 == 2 else k for k, size in enumerate(sizes) for _ in range(size)]


@settings(max_examples=200, deadline=None)
@given(SEQUENCE, SEQUENCE, st.integers(1, 6), CUTS, CUTS)
def test_runs_are_those_of_plain_tiling(
    a: list[int], b: list[int], least: int, cuts_a: list[int], cuts_b: list[int]
) -> None:
    alike = [0] * len(a), [0] * len(b)
    assert runs(a, b, least) == oracles.verbatim_runs(a, b, least, alike)
    if least > 1:
        labels = labelled(len(a), cuts_a), labelled(len(b), cuts_b)
        assert runs(a, b, least, labels) == oracles.verbatim_runs(a, b, least, labels)


@given(WORDS, WORDS, st.integers(1, 4))
def test_runs_are_equal_words_long_enough_and_apart(a: list[int], b: list[int], least: int) -> None:
    found = runs(a, b, least)
    assert found == sorted(found)
    assert all(a[i : i + n] == b[j : j + n] and n >= least for i, j, n in found)
    for side in (0, 1):
        covered = [run[side] + k for run in found for k in range(run[2])]
        assert len(covered) == len(set(covered))


def test_a_text_is_one_run_with_itself_however_much_it_repeats() -> None:
    assert runs([1, 2] * 500, [1, 2] * 500, 5) == [(0, 0, 1000)]
    assert runs([7] * 300, [7] * 200, 5) == [(0, 0, 200)]


def test_a_run_that_is_partly_taken_is_cut() -> None:
    a = [1, 2, 3, 4, 5, 6, 7, 8]
    b = [1, 2, 3, 4, 5, 9, 4, 5, 6, 7, 8]
    assert runs(a, b, 3) == [(0, 0, 5), (5, 8, 3)]


def test_labels_keep_runs_apart() -> None:
    words, labels = [1, 2, 3, 4], [0, 0, 1, 1]
    assert runs(words, words, 2, (labels, labels)) == [(0, 0, 2), (2, 2, 2)]
    assert runs(words, words, 2, (labels, [1, 1, 0, 0])) == []
    assert runs(words, words, 2, ([-1, -1, 0, 0], [-1, -1, 0, 0])) == [(2, 2, 2)]


def test_pairs_that_are_not_wanted_have_no_runs() -> None:
    words = np.array([1, 2, 3] * 4, dtype=np.int32)
    wanted = np.array([0, 1], dtype=np.uint8)
    found, ends = tile_runs(words, np.arange(0, 13, 3), words[:0], wanted, 2)
    assert found.tolist() == [[0, 0, 3]]
    assert ends.tolist() == [0, 0, 1]


def test_runs_of_no_words_and_of_more_than_there_are_are_refused() -> None:
    words, sides, one = np.zeros(4, np.int32), np.array([0, 2, 4]), np.ones(1, np.uint8)
    with pytest.raises(ValueError, match="more words than there are, or of none"):
        tile_runs(words, sides, words[:0], one, 0)
    with pytest.raises(ValueError, match="more words than there are, or of none"):
        tile_runs(words[:3], sides, words[:0], one, 2)


# --- Words ---------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(texts, texts)
def test_words_are_numbered_in_order_of_appearance(a: str, b: str) -> None:
    both = read(a), read(b)
    flagged = [Flagged(each, (False,) * len(each.sentences)) for each in both]
    numbers, sides, counts = number_words(lay(flagged), PAIR)
    words = [*both[0].words, *both[1].words]
    known = {word: number for number, word in enumerate(dict.fromkeys(words))}
    assert numbers.tolist() == [known[word] for word in words]
    assert sides.tolist() == [0, len(both[0].words), len(words)]
    assert counts.tolist() == [len(known)]


def test_sentences_that_stand_in_one_run_are_added_with_the_highest_score() -> None:
    text = "Rain fell on Oslo.\nTrams stood.\nNobody was hurt."
    texts = [Flagged(read(text), (False,) * 3), Flagged(read(f"Snow.\n{text}"), (False,) * 4)]
    both = lay(texts)
    numbers = number_words(both, PAIR)
    found = np.array([[0, 1, 9]], dtype=np.int32), np.array([0, 1])
    a, b, score, offsets = merge_kept(
        (
            np.array([0, 1, 2], dtype=np.int32),
            np.array([3, 2, 0], dtype=np.int32),
            np.array([0.5, 0.4, 0.3]),
            np.array([0, 3]),
        ),
        found,
        numbers,
        both,
        PAIR,
    )
    assert list(zip(a.tolist(), b.tolist(), score.tolist(), strict=True)) == [
        (0, 1, 1.0),
        (0, 3, 0.5),
        (1, 2, 1.0),
        (2, 0, 0.3),
        (2, 3, 1.0),
    ]
    assert offsets.tolist() == [0, 5]
