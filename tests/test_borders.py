"""Borders of regions by the evidence of words, against plain counting."""

from __future__ import annotations

import random
from unittest.mock import patch

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.alignment import borders
from dedup.alignment.borders import MARGIN, Extent, WordEvidence, _further, _heaviest

WORDS = st.lists(st.integers(0, 30), min_size=1, max_size=50)
ENOUGH = 50.0
GAINS = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=20)


def evidence(a: list[int], b: list[int]) -> WordEvidence:
    return WordEvidence(np.array(a, dtype=np.int64), np.array(b, dtype=np.int64))


@given(WORDS, WORDS, st.data())
def test_gains_are_those_of_plain_counting(a: list[int], b: list[int], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(a) - 1))
    end = data.draw(st.integers(first + 1, len(a)))
    start = data.draw(st.integers(0, len(b) - 1))
    other = b[start : data.draw(st.integers(start + 1, len(b)))]
    weigher = evidence(a, b)
    for _ in range(2):  # the second time shows that the first left nothing behind
        with patch.object(borders, "MOST_PLACES", 20):
            found = weigher._gains(np.array(a), slice(first, end), np.array(other))
        wanted = oracles.word_gains(a, range(first, end), other, a + b, 20)
        assert found.tolist() == pytest.approx(wanted)


@given(GAINS)
def test_the_heaviest_stretch_has_the_greatest_sum(gains: list[float]) -> None:
    start, end = _heaviest(np.array(gains))
    sums = [sum(gains[i:j]) for i in range(len(gains)) for j in range(i, len(gains) + 1)]
    assert sum(gains[start:end]) == max(sums)


def test_words_join_a_stretch_where_they_say_enough_together() -> None:
    assert _further(np.array([-1.0, 6.0, 6.0, -1.0])) == 3
    assert _further(np.array([-1.0, 6.0, 3.0, -1.0])) == 0
    assert _further(np.array([])) == 0


@given(WORDS, WORDS, st.data())
def test_an_extent_stays_near_what_it_was(a: list[int], b: list[int], data: st.DataObject) -> None:
    ranges = [
        data.draw(st.tuples(st.integers(0, len(x)), st.integers(0, len(x))).map(sorted))
        for x in (a, b)
    ]
    (i, end_a), (j, end_b) = ranges
    if i == end_a or j == end_b:
        return
    extent = evidence(a, b).fitted(Extent((i, end_a), (j, end_b)), 0.0)
    for (first, end), (start, stop), words in zip(extent or (), ranges, (a, b), strict=False):
        assert max(0, start - MARGIN) <= first < end <= min(len(words), stop + MARGIN)


def texts(kept: list[int], *, around: int = 40) -> tuple[list[int], list[int]]:
    """Put 30 words between others in one text, and what was kept of them in another."""
    shared = list(range(30))
    before, behind = 1_000, 2_000
    a = [*range(before, before + around), *shared, *range(behind, behind + around)]
    b = [*range(3_000, 3_000 + around), *kept, *range(4_000, 4_000 + around)]
    return a, b


def test_borders_move_inward_to_the_words_that_were_kept() -> None:
    a, b = texts(list(range(30)))
    extent = evidence(a, b).fitted(Extent((10, 100), (30, 80)), ENOUGH)
    assert extent == Extent((40, 70), (40, 70))


def test_borders_move_outward_to_words_that_say_enough() -> None:
    a, b = texts(list(range(30)))
    extent = evidence(a, b).fitted(Extent((50, 70), (40, 70)), ENOUGH)
    assert extent == Extent((40, 70), (40, 70))


def test_the_order_of_words_does_not_count() -> None:
    garbled = list(range(30))
    random.Random(1).shuffle(garbled)
    garbled[3::4] = [5_000 + k for k in range(len(garbled[3::4]))]
    a, b = texts(garbled)
    extent = evidence(a, b).fitted(Extent((30, 80), (30, 80)), ENOUGH)
    assert extent is not None
    assert extent.b == (40, 40 + 30 - 1 + (garbled[-1] < 30))


def test_words_of_other_matters_are_no_evidence() -> None:
    a, b = texts(list(range(6_000, 6_030)))
    assert evidence(a, b).fitted(Extent((30, 80), (30, 80)), 0.0) is None


def test_words_that_stand_everywhere_say_little() -> None:
    a, b = texts(list(range(30)))
    extent = Extent((40, 70), (40, 70))
    assert evidence(a, b).fitted(extent, ENOUGH) == extent
    assert evidence(a + list(range(30)) * 20, b).fitted(extent, ENOUGH) is None
