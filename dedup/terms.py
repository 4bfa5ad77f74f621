"""The rare-term lane: texts that share their rarest words are candidates, however reworded.

Of each text the rarest words are kept as its terms, by document frequency in the pool at hand
and in the background vocabulary together; texts are joined over the terms' posting lists by the
cosine of squared inverse document frequencies. Posting lists are capped, which keeps the cost
near linear: a word in more texts than the cap says little of which story a text tells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup import kernels
from dedup.lsh import unpack_pairs
from dedup.shingles import Ragged
from dedup.vocabulary import Vocabulary

__all__ = ["Frequencies", "TermSettings", "candidate_pairs"]

_WORDS_AT_ONCE = 1 << 17
"""Words counted in one go; the table keeps room for all of them to be new."""


@dataclass(frozen=True, slots=True)
class TermSettings:
    """How the lane picks terms and pairs."""

    terms: int = 64
    """Rarest words kept of a text."""
    most: int = 200
    """A word in more texts of the pool than this is no term."""
    cosine: float = 0.12
    """Pairs below this are not candidates."""


class Frequencies:
    """Document frequencies of word ids in a pool that grows batch by batch."""

    def __init__(self) -> None:
        self._allocate(1 << 16)
        self.documents = 0
        self._used = 0

    def _allocate(self, size: int) -> None:
        self._keys = np.zeros(size, np.uint32)
        self._counts = np.zeros(size, np.int32)
        self._last = np.full(size, -1, np.int32)

    def add(self, words: Ragged) -> None:
        """Count the distinct words of each row once."""
        first = 0
        while first < len(words):
            last = (
                np.searchsorted(words.offsets, words.offsets[first] + _WORDS_AT_ONCE, "right") - 1
            )
            last = max(first + 1, int(last))
            offsets = words.offsets[first : last + 1]
            self._add(Ragged(words.values[offsets[0] : offsets[-1]], offsets - offsets[0]))
            first = last

    def _add(self, words: Ragged) -> None:
        while 2 * (self._used + len(words.values)) > len(self._keys):
            self._grow()
        self._used += kernels.count_words(
            words.values, words.offsets, self._keys, self._counts, self._last, self.documents
        )
        self.documents += len(words)

    def _grow(self) -> None:
        """Double the table, every word entered anew."""
        keys, counts, last = self._keys, self._counts, self._last
        self._allocate(2 * len(keys))
        kernels.rehash(keys, counts, last, self._keys, self._counts, self._last)

    def table(self) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
        """Give the words seen, u32[v] ascending, and in how many rows each stands, i32[v]."""
        filled = np.flatnonzero(self._counts)
        order = np.argsort(self._keys[filled])
        return self._keys[filled][order], self._counts[filled][order]


def candidate_pairs(
    words: Ragged, frequencies: Frequencies, background: Vocabulary, settings: TermSettings
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Join rows over their rarest terms.

    Returns pairs i64[m, 2], i < j, unique, sorted, and their cosines f32[m].
    """
    ids, counts = frequencies.table()
    shared = (counts >= 2) & (counts <= settings.most)
    ids, counts = ids[shared], counts[shared]
    if len(ids) == 0:
        return np.empty((0, 2), np.int64), np.empty(0, np.float32)
    weights = weigh(ids, counts, frequencies.documents, background)
    rarity = (np.float32(64) - weights).astype(np.float32)
    picked = kernels.rarest_terms(words.values, words.offsets, ids, rarity, settings.terms)
    starts, postings = _postings(picked, len(ids))
    packed, cosines = kernels.join_terms(picked, weights, starts, postings, settings.cosine)
    order = np.argsort(packed)
    return unpack_pairs(packed[order]), cosines[order]


def weigh(
    ids: NDArray[np.uint32], counts: NDArray[np.int32], documents: int, background: Vocabulary
) -> NDArray[np.float32]:
    """Weigh words by inverse document frequency in the pool and the background together, f32[v]."""
    known = background.document_frequencies(ids) - np.float32(1)
    total = np.float32(math.log(documents + background.documents + 1))
    return (total - np.log(counts.astype(np.float32) + known)).astype(np.float32)


def _postings(picked: NDArray[np.int32], terms: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Invert rows to posting lists: ``starts`` i64[terms + 1] and rows i32, ascending in a list."""
    rows, places = np.nonzero(picked >= 0)
    chosen = picked[rows, places]
    order = np.argsort(chosen, kind="stable")
    starts = np.zeros(terms + 1, np.int64)
    np.cumsum(np.bincount(chosen, minlength=terms), out=starts[1:])
    return starts, rows[order].astype(np.int32)
