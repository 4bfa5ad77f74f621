"""How rare a word is: document frequencies of a background of English news."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

__all__ = ["Vocabulary", "english", "word_ids"]


def word_ids(words: Sequence[str]) -> NDArray[np.uint32]:
    """Number folded words, u32[n]: a hash of each word's code points.

    The polynomial ``sum(code[i] * BASE**(i % 64))`` modulo 2**64, its halves joined, multiplied
    and the upper 32 bits taken. A fixed function of the word alone, so that ids agree between
    machines, runs and releases; it goes over all words at once here, and takes a few cycles a
    code point in the compiled reader.

    >>> word_ids(["rain", "fell", "rain"]).tolist()
    [820191141, 2663021671, 820191141]
    """
    if not words:
        return np.empty(0, dtype=np.uint32)
    joined = "\0".join(words) + "\0"  # code 0 adds nothing to the word before it
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    lengths = np.fromiter(map(len, words), dtype=np.int64, count=len(words)) + 1
    starts = np.cumsum(lengths) - lengths
    places = (np.arange(len(codes)) - np.repeat(starts, lengths)) % _PERIOD
    totals = np.add.reduceat(codes * _POWERS[places], starts)
    ids: NDArray[np.uint32] = (((totals ^ (totals >> _HALF)) * _MIX) >> _HALF).astype(np.uint32)
    return ids


_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)


_PERIOD = 64
_POWERS = np.multiply.accumulate(np.array([1] + [_BASE] * (_PERIOD - 1), dtype=np.uint64))


_BUCKET_BITS = 17
_SHIFT = np.uint32(32 - _BUCKET_BITS)
"""Words are looked up by the upper bits of their ids, which spread evenly: a hash table."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Document frequencies of words in ``documents`` texts.

    ``ids`` u32[v], ascending; ``frequencies`` u16[v].
    """

    ids: NDArray[np.uint32]
    frequencies: NDArray[np.uint16]
    documents: int
    _buckets: NDArray[np.int64] = field(init=False, repr=False)
    _deepest: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        edges = np.arange(1 << _BUCKET_BITS, dtype=np.uint32) << _SHIFT
        buckets = np.append(np.searchsorted(self.ids, edges), len(self.ids))
        object.__setattr__(self, "_buckets", buckets)
        object.__setattr__(self, "_deepest", int(np.diff(buckets).max(initial=0)))

    def document_frequencies(self, ids: NDArray[np.uint32]) -> NDArray[np.float32]:
        """Look up how many documents hold each word, f32[n]; 1 for a word that is not there."""
        start, end = self._buckets[ids >> _SHIFT], self._buckets[(ids >> _SHIFT) + np.uint32(1)]
        found = np.ones(len(ids), dtype=np.float32)
        for step in range(self._deepest):  # a bucket holds few words, most of them one or none
            at = start + step
            hit = (at < end) & (self.ids[np.minimum(at, len(self.ids) - 1)] == ids)
            found[hit] = self.frequencies[at[hit]]
        return found

    def idf(self, ids: NDArray[np.uint32]) -> NDArray[np.float32]:
        """Weigh words by inverse document frequency, ``ln((N + 1) / df)``, f32[n], never below 0.

        >>> [round(float(idf), 1) for idf in english().idf(word_ids(["the", "kamikaze"]))]
        [0.1, 8.2]
        """
        scale = np.float32(math.log(self.documents + 1))
        return scale - np.log(self.document_frequencies(ids))


@lru_cache(maxsize=1)
def english() -> Vocabulary:
    """Load the background table that ships with the package: 58,822 English news articles."""
    with (files("dedup") / "data" / "english.npz").open("rb") as stream, np.load(stream) as table:
        return Vocabulary(table["ids"], table["frequencies"], int(table["documents"]))
