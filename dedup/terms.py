"""The rare-term lane: texts that share their rarest words are candidates, however reworded.

Of each text the rarest words are kept as its terms, by document frequency in the pool at hand
and in the background vocabulary together; texts are joined over the terms' posting lists by the
cosine of squared inverse document frequencies. Posting lists are capped, which keeps the cost
near linear: a word in more texts than the cap says little of which story a text tells.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dedup import kernels
from dedup.lsh import unpack_pairs
from dedup.shingles import Ragged
from dedup.vocabulary import Vocabulary

__all__ = ["Frequencies", "TermSettings", "candidate_pairs"]

_WORDS_AT_ONCE = 1 << 17
"""Words counted in one go; the table keeps room for all of them to be new."""


_MOST = 200


@dataclass(frozen=True, slots=True)
class TermSettings:
    """How the lane picks terms and pairs."""

    terms: int = 64
    """Rarest words kept of a text."""
    most: int = _MOST
    """A word in more texts of the pool than this is no term."""
    cosine: float = 0.12
    """Pairs below this are not candidates."""
    nearest: int = 10
    """A text meets so many others by its terms, those of the highest cosine; a pair counts where
    either meets the other."""
    meetings: int = 3_000_000
    """In a pool so large that there would be more meetings than this, each text has fewer, but
    ``LEAST_MEETINGS``: what keeps millions of texts on few topics linear."""
    sure: float = 0.2
    """Pairs from here on are candidates whatever wording they share."""
    containment: float = 0.025
    """Between the two, pairs are candidates where one text holds so much of the other's shingles.

    Chosen on the development data by ``benchmarks/quality_candidates.py``: near half of the pairs
    fall away, and next to none of a derived text and its source.
    """


_NOWHERE = 0xFFFFFFFF


LEAST_MEETINGS = 3


class Frequencies:
    """Document frequencies of word ids in a pool that grows batch by batch.

    A word in more than ``most`` rows is no term, however common it is: it is no longer counted.
    """

    def __init__(self, most: int = _MOST) -> None:
        self.most = most
        self._allocate(1 << 16)
        self._common = np.full(kernels.COMMON_SIZE, _NOWHERE, np.uint32)
        self._common[-1] = 0  # the one place to which _NOWHERE itself belongs
        self.documents = 0
        self._used = 0

    def _allocate(self, size: int) -> None:
        self._counts = np.zeros(size, np.uint64)
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
        while 2 * (self._used + len(words.values)) > len(self._counts):
            self._grow()
        table = self._counts, self._last, self._common
        self._used += kernels.count_words(
            words.values, words.offsets, *table, self.documents, self.most
        )
        self.documents += len(words)

    def _grow(self) -> None:
        """Double the table, every word entered anew."""
        counts, last = self._counts, self._last
        self._allocate(2 * len(counts))
        kernels.rehash(counts, last, self._counts, self._last)

    def table(self) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
        """Give the words seen, u32[v] ascending, and in how many rows each stands, i32[v].

        ``most + 1`` stands for that many or more.
        """
        filled = np.sort(self._counts[self._counts != 0])
        ids, counts = filled >> np.uint64(32), filled & np.uint64(0xFFFFFFFF)
        return ids.astype(np.uint32), np.minimum(counts, self.most + 1).astype(np.int32)


def candidate_pairs(
    words: Ragged,
    frequencies: Frequencies,
    background: Vocabulary,
    settings: TermSettings,
    *,
    threads: int = 1,
    skipped: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Join rows over their rarest terms, the rows ``skipped`` with none.

    A pair of middling cosine must share some wording too, as :class:`TermSettings` says. Returns
    pairs i64[m, 2], i < j, unique, sorted, and their cosines f32[m].
    """
    ids, counts = frequencies.table()
    shared = (counts >= 2) & (counts <= min(settings.most, frequencies.most))
    ids, counts = ids[shared], counts[shared]
    if len(ids) == 0:
        return np.empty((0, 2), np.int64), np.empty(0, np.float32)
    weights = weigh(ids, counts, frequencies.documents, background)
    rarity = (np.float32(64) - weights).astype(np.float32)
    parts = _parts(len(words), threads)

    def pick(part: tuple[int, int]) -> NDArray[np.int32]:
        offsets = words.offsets[part[0] : part[1] + 1]
        return kernels.rarest_terms(words.values, offsets, ids, rarity, settings.terms)

    with ThreadPoolExecutor(threads) as pool:
        picked = np.concatenate(list(pool.map(pick, parts)))
        if skipped is not None:
            picked[skipped] = -1
        starts, postings = kernels.post_terms(picked, len(ids))
        lengths = kernels.weigh_rows(picked, weights)

        spared = max(LEAST_MEETINGS, settings.meetings // max(1, len(words)))
        limits = settings.cosine, min(settings.nearest, spared)

        def join(part: tuple[int, int]) -> tuple[NDArray[np.uint64], NDArray[np.float32]]:
            return kernels.join_terms(picked, weights, lengths, starts, postings, part, limits)

        found = list(pool.map(join, parts))
        pairs, cosines = _once([pairs for pairs, _ in found], [scores for _, scores in found])
        doubtful = np.flatnonzero(cosines < settings.sure)
        halves = np.array_split(doubtful, _PARTS_A_THREAD * threads)
        contained = pool.map(lambda part: _containment(words, pairs[part]), halves)
        kept = np.ones(len(pairs), dtype=np.bool_)
        kept[doubtful] = np.concatenate(list(contained)) >= settings.containment
    return pairs[kept], cosines[kept]


def _once(
    packed: list[NDArray[np.uint64]], cosines: list[NDArray[np.float32]]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Sort pairs and leave out second mentions, which have the same cosine."""
    every, scores = np.concatenate(packed), np.concatenate(cosines)
    order = np.argsort(every)
    every = every[order]
    first = np.ones(len(every), dtype=np.bool_)
    np.not_equal(every[1:], every[:-1], out=first[1:])
    return unpack_pairs(every[first]), scores[order][first]


def _containment(words: Ragged, pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the share of the smaller text's shingles that the other holds, f64[m]."""
    counts = kernels.shingle_overlap(words.values, words.offsets, pairs)
    shares: NDArray[np.float64] = counts[:, 2] / np.maximum(counts[:, :2].min(axis=1), 1)
    return shares


_PARTS_A_THREAD = 4
"""Later rows join with more rows before them, so that equal parts would end at unequal times."""


def _parts(rows: int, threads: int) -> list[tuple[int, int]]:
    """Cut rows into parts for threads."""
    count = _PARTS_A_THREAD * threads if threads > 1 else 1
    edges = np.linspace(0, rows, count + 1).astype(int).tolist()
    return list(pairwise(edges))


def weigh(
    ids: NDArray[np.uint32], counts: NDArray[np.int32], documents: int, background: Vocabulary
) -> NDArray[np.float32]:
    """Weigh words by inverse document frequency in the pool and the background together, f32[v]."""
    known = background.document_frequencies(ids) - np.float32(1)
    total = np.float32(math.log(documents + background.documents + 1))
    return (total - np.log(counts.astype(np.float32) + known)).astype(np.float32)
