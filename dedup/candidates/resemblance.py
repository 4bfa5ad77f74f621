"""Exact resemblance and containment of two texts: their sets of word 3-shingles compared."""

from __future__ import annotations

import numpy as np

from dedup.arrays import F64, I64, U32, Ragged
from dedup.candidates._sketches import shingle_overlap
from dedup.values import frozen

_PAIR = np.array([[0, 1]], dtype=np.int64)


@frozen()
class Resemblance:
    """How two sets of shingles overlap, each a share from 0 to 1.

    Broder 1997, "On the resemblance and containment of documents". Two empty sets resemble each
    other wholly and contain each other wholly.
    """

    jaccard: float
    containment_a: float
    containment_b: float

    @classmethod
    def of_counts(cls, a: int, b: int, shared: int) -> Resemblance:
        """Make it from the sizes of both sets and of their intersection."""
        if a == 0 and b == 0:
            return cls(1.0, 1.0, 1.0)
        return cls(shared / (a + b - shared), shared / a if a else 0.0, shared / b if b else 0.0)


def jaccards(words: Ragged, pairs: I64) -> F64:
    """Give the Jaccard similarity of pairs of rows i64[m, 2] of word ids, f64[m]."""
    return jaccards_of(shingle_overlap(words.values, words.offsets, pairs))


def jaccards_of(overlap: I64) -> F64:
    """Give the Jaccard similarity of pairs of sets, f64[m].

    ``overlap`` i64[m, 3] are the sizes of both and of their intersection; two empty sets have 1.
    """
    own, other, both = overlap.T
    union = own + other - both
    found: F64 = np.divide(both, union, out=np.ones(len(union)), where=union > 0)
    return found


def resemblance(a: U32, b: U32) -> Resemblance:
    """Compare two texts' word ids, u32[n] and u32[m], by their shingles.

    A text of one or two words has one shingle, an empty one none.

    >>> import numpy as np
    >>> resemblance(np.arange(6, dtype=np.uint32), np.arange(5, dtype=np.uint32)).containment_b
    1.0
    """
    words = Ragged.of([a, b], np.uint32)
    return Resemblance.of_counts(*shingle_overlap(words.values, words.offsets, _PAIR)[0].tolist())
