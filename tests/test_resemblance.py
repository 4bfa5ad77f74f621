"""Exact resemblance against sets of word triples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray
from strategies import row, texts

from dedup.candidates.resemblance import Resemblance, resemblance
from dedup.reading.texts import read
from dedup.text.vocabulary import word_ids

pytestmark = pytest.mark.loops


def array(values: list[int]) -> NDArray[np.uint32]:
    return np.array(values, dtype=np.uint32)


def triples(found: list[str]) -> set[tuple[str, ...]]:
    """The word 3-shingles of a text as they stand, never hashed."""
    padded = [*found, "", ""][: max(3, len(found))] if found else []
    return {tuple(padded[k : k + 3]) for k in range(len(padded) - 2)}


@given(texts, texts)
def test_resemblance_equals_that_of_sets_of_words(a: str, b: str) -> None:
    one, other = triples(read(a).words), triples(read(b).words)
    found = resemblance(word_ids(read(a).words), word_ids(read(b).words))
    if one or other:
        shared = len(one & other)
        assert found.jaccard == shared / len(one | other)
        assert found.containment_a == (shared / len(one) if one else 0)
        assert found.containment_b == (shared / len(other) if other else 0)
    else:
        assert found == Resemblance(1.0, 1.0, 1.0)


@given(row, row)
def test_resemblance_is_symmetric_and_bounded(a: list[int], b: list[int]) -> None:
    forth, back = resemblance(array(a), array(b)), resemblance(array(b), array(a))
    assert forth == Resemblance(back.jaccard, back.containment_b, back.containment_a)
    assert 0 <= forth.jaccard <= min(forth.containment_a, forth.containment_b) or not (a or b)
    assert max(forth.containment_a, forth.containment_b) <= 1


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([], [], (1, 1, 1)),
        ([1], [], (0, 0, 0)),
        ([1], [1], (1, 1, 1)),
        ([1], [1, 2], (0, 0, 0)),
        ([1, 2, 3, 4], [1, 2, 3], (1 / 2, 1 / 2, 1)),
        ([1, 2, 3], [3, 2, 1], (0, 0, 0)),
        ([1, 2, 3, 1, 2, 3, 1, 2, 3], [1, 2, 3, 1, 2], (1, 1, 1)),
    ],
)
def test_known_cases(a: list[int], b: list[int], expected: tuple[float, ...]) -> None:
    found = resemblance(array(a), array(b))
    assert (found.jaccard, found.containment_a, found.containment_b) == expected
