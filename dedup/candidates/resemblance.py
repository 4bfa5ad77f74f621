"""Exact resemblance and containment of two texts: their sets of word 3-shingles compared.

The same shingle hashes as in :mod:`dedup.text.kernels`, in NumPy, so that two texts can be compared
without loading a compiler.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import distinct

__all__ = ["Resemblance", "resemblance", "shingle_set"]

_MIX_1 = np.uint64(0x9E3779B97F4A7C15)
_MIX_2 = np.uint64(0xD6E8FEB86659FD93)
_SHIFT_1, _SHIFT_2 = np.uint64(32), np.uint64(29)


@dataclass(frozen=True, slots=True)
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


def shingle_set(words: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Hash the distinct word 3-shingles of one text's word ids, u32, ascending.

    A text of one or two words has one shingle, an empty one none.

    >>> len(shingle_set(np.array([1, 2, 3, 1, 2, 3], dtype=np.uint32)))
    3
    """
    if len(words) == 0:
        return np.empty(0, dtype=np.uint32)
    wide = words.astype(np.uint64)
    if len(wide) < 3:
        wide = np.concatenate((wide, np.zeros(3 - len(wide), dtype=np.uint64)))
    mixed = (wide[:-2] * _MIX_1) ^ wide[1:-1]
    mixed = (mixed ^ (mixed >> _SHIFT_1)) * _MIX_2 + wide[2:]
    mixed = (mixed ^ (mixed >> _SHIFT_2)) * _MIX_1
    return distinct((mixed >> _SHIFT_1).astype(np.uint32))


def resemblance(a: NDArray[np.uint32], b: NDArray[np.uint32]) -> Resemblance:
    """Compare two texts' word ids, u32[n] and u32[m], by their shingles.

    >>> import numpy as np
    >>> resemblance(np.arange(6, dtype=np.uint32), np.arange(5, dtype=np.uint32)).containment_b
    1.0
    """
    first, second = shingle_set(a), shingle_set(b)
    shared = len(np.intersect1d(first, second, assume_unique=True))
    return Resemblance.of_counts(len(first), len(second), shared)
