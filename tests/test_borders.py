"""Borders of regions by the evidence of words, against plain counting."""

from __future__ import annotations

import random

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.alignment._borders import fit_extents

pytestmark = pytest.mark.loops

WORDS = st.lists(st.integers(0, 30), min_size=1, max_size=50)
ENOUGH = 50.0
MARGIN = 20

Extent = tuple[int, int, int, int]


def fitted(a: list[int], b: list[int], extent: Extent, least: float = ENOUGH) -> Extent | None:
    """Fit one extent of one pair; None where it says too little."""
    words = np.array([*a, *b], dtype=np.int32)
    numbers = words, np.array([0, len(a), len(words)]), np.array([int(words.max()) + 1])
    extents, offsets = np.array([extent]), np.array([0, 1])
    found, enough = fit_extents(extents, offsets, np.zeros(1, np.uint8), numbers, np.array([least]))
    first, end, start, stop = found[0].tolist()
    return (first, end, start, stop) if enough[0] else None


def ranges(data: st.DataObject, a: list[int], b: list[int]) -> Extent:
    first, start = data.draw(st.integers(0, len(a) - 1)), data.draw(st.integers(0, len(b) - 1))
    end = data.draw(st.integers(first + 1, len(a)))
    return first, end, start, data.draw(st.integers(start + 1, len(b)))


@settings(deadline=None)
@given(WORDS, WORDS, st.data())
def test_an_extent_is_fitted_as_by_plain_counting(
    a: list[int], b: list[int], data: st.DataObject
) -> None:
    extent = ranges(data, a, b)
    found, wanted = fitted(a, b, extent, 3.0), oracles.fitted_extent((a, b), extent, 3.0)
    assert wanted is None or found == wanted[0] or wanted[1]
    assert (found is None) == (wanted is None) or (wanted or (None, True))[1]


@given(WORDS, WORDS, st.data())
def test_an_extent_stays_near_what_it_was(a: list[int], b: list[int], data: st.DataObject) -> None:
    extent = ranges(data, a, b)
    found = fitted(a, b, extent, 0.0)
    for side, words in enumerate((a, b)):
        first, end = (found or extent)[2 * side : 2 * side + 2]
        start, stop = extent[2 * side : 2 * side + 2]
        assert max(0, start - MARGIN) <= first < end <= min(len(words), stop + MARGIN)


def test_extents_of_several_pairs_are_fitted_each_by_its_own_words() -> None:
    (a, b), (c, d) = texts(list(range(30))), texts(list(range(30))[::-1], around=25)
    words = np.array([*a, *b, *c, *d], dtype=np.int32)
    sides = np.cumsum([0, len(a), len(b), len(c), len(d)])
    extents = np.array([(10, 100, 30, 80), (0, 5, 0, 5), (10, 70, 20, 60)])
    kinds, least = np.array([0, 1, 0], dtype=np.uint8), np.array([ENOUGH, ENOUGH])
    numbers = words, sides, np.array([5_000, 5_000])
    found, enough = fit_extents(extents, np.array([0, 2, 3]), kinds, numbers, least)
    assert tuple(found[0].tolist()) == fitted(a, b, (10, 100, 30, 80))
    assert found[1].tolist() == [0, 5, 0, 5]  # says nothing, but is to be kept
    assert tuple(found[2].tolist()) == fitted(c, d, (10, 70, 20, 60)) == (25, 55, 25, 55)
    assert enough.tolist() == [1, 1, 1]


def texts(kept: list[int], *, around: int = 40) -> tuple[list[int], list[int]]:
    """Put 30 words between others in one text, and what was kept of them in another."""
    shared = list(range(30))
    before, behind = 1_000, 2_000
    a = [*range(before, before + around), *shared, *range(behind, behind + around)]
    b = [*range(3_000, 3_000 + around), *kept, *range(4_000, 4_000 + around)]
    return a, b


def test_borders_move_inward_to_the_words_that_were_kept() -> None:
    a, b = texts(list(range(30)))
    extent = fitted(a, b, (10, 100, 30, 80))
    assert extent == (40, 70, 40, 70)


def test_borders_move_outward_to_words_that_say_enough() -> None:
    a, b = texts(list(range(30)))
    extent = fitted(a, b, (50, 70, 40, 70))
    assert extent == (40, 70, 40, 70)


def test_the_order_of_words_does_not_count() -> None:
    garbled = list(range(30))
    random.Random(1).shuffle(garbled)
    garbled[3::4] = [5_000 + k for k in range(len(garbled[3::4]))]
    a, b = texts(garbled)
    extent = fitted(a, b, (30, 80, 30, 80))
    assert extent is not None
    assert extent[2:] == (40, 40 + 30 - 1 + (garbled[-1] < 30))


def test_words_of_other_matters_are_no_evidence() -> None:
    a, b = texts(list(range(6_000, 6_030)))
    assert fitted(a, b, (30, 80, 30, 80), 0.0) is None


def test_words_that_stand_everywhere_say_little() -> None:
    a, b = texts(list(range(30)))
    extent = (40, 70, 40, 70)
    assert fitted(a, b, extent) == extent
    assert fitted(a + list(range(30)) * 20, b, extent) is None
