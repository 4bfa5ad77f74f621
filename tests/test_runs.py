"""Verbatim runs against a plain greedy tiling."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.alignment.runs import number_words, verbatim_runs

WORDS = st.lists(st.integers(0, 5), max_size=24)


def runs(a: list[int], b: list[int], least: int) -> list[tuple[int, int, int]]:
    return verbatim_runs(np.array(a, dtype=np.int64), np.array(b, dtype=np.int64), least)


@given(WORDS, WORDS, st.integers(1, 4))
def test_runs_are_equal_words_long_enough_and_apart(a: list[int], b: list[int], least: int) -> None:
    found = runs(a, b, least)
    assert found == sorted(found)
    assert all(a[i : i + n] == b[j : j + n] and n >= least for i, j, n in found)
    for side in (0, 1):
        covered = [run[side] + k for run in found for k in range(run[2])]
        assert len(covered) == len(set(covered))


@settings(max_examples=200)
@given(WORDS, WORDS)
def test_the_longest_common_run_is_among_them(a: list[int], b: list[int]) -> None:
    longest = max(
        (
            n
            for i in range(len(a))
            for j in range(len(b))
            for n in range(1, min(len(a) - i, len(b) - j) + 1)
            if a[i : i + n] == b[j : j + n]
        ),
        default=0,
    )
    found = runs(a, b, 2)
    repeats = max([a.count(x) * b.count(x) for x in a], default=0)
    if longest >= 2 and repeats <= 16:
        assert max(n for _, _, n in found) == longest


def test_a_text_is_one_run_with_itself_however_much_it_repeats() -> None:
    assert runs([1, 2] * 500, [1, 2] * 500, 5) == [(0, 0, 1000)]
    assert runs([7] * 300, [7] * 200, 5) == [(0, 0, 200)]


def test_a_run_that_is_partly_taken_is_cut() -> None:
    a = [1, 2, 3, 4, 5, 6, 7, 8]
    b = [1, 2, 3, 4, 5, 9, 4, 5, 6, 7, 8]
    assert runs(a, b, 3) == [(0, 0, 5), (5, 8, 3)]


def test_groups_keep_runs_apart() -> None:
    a, b = np.array([1, 2, 3, 4]), np.array([1, 2, 3, 4])
    labels = np.array([0, 0, 1, 1])
    assert verbatim_runs(a, b, 2, (labels, labels)) == [(0, 0, 2), (2, 2, 2)]
    assert verbatim_runs(a, b, 2, (labels, 1 - labels)) == []
    assert verbatim_runs(a, b, 2, (labels - 1, labels - 1)) == [(2, 2, 2)]


def test_one_numbering_for_all_texts() -> None:
    one, other = number_words(("b", "a"), ("a", "c"))
    assert one.tolist() == [0, 1]
    assert other.tolist() == [1, 2]
