"""A batch of an index's articles as arrays that answer look-ups; rows are only ever tombstoned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import Ragged, distinct
from dedup.candidates import _sketches
from dedup.candidates.lsh import Bands
from dedup.candidates.minhash import signatures

__all__ = ["Segment"]


class Segment:
    """Articles ``ids``, a row each; ``alive`` bool[n] is False for a removed one.

    Kept of each article are the arrays that a verdict needs, ragged: ``words`` u32, their ids, and
    ``marks`` u8, flags of :class:`~dedup.text.marks.Mark` for each; and, derived from them, band
    keys
    and posting lists, both sorted for binary search.
    """

    ARRAYS = ("words", "offsets", "marks")

    def __init__(self, ids: Sequence[str], words: Ragged, marks: Ragged, bands: Bands) -> None:
        self.ids = list(ids)
        self.alive = np.ones(len(self.ids), dtype=bool)
        self.words, self.marks = words, marks
        self._hash_bands(bands)
        self._invert()

    @classmethod
    def merged(cls, segments: Sequence[Segment], bands: Bands) -> Segment:
        """Make one segment of the live articles of several."""
        ids: list[str] = []
        words, marks = [], []
        for segment in segments:
            rows = np.flatnonzero(segment.alive)
            ids += [segment.ids[row] for row in rows.tolist()]
            words.append(segment.words.take(rows))
            marks.append(segment.marks.take(rows))
        return cls(ids, Ragged.joined(words, np.uint32), Ragged.joined(marks, np.uint8), bands)

    @classmethod
    def restored(
        cls, ids: Sequence[str], arrays: Mapping[str, NDArray[Any]], bands: Bands
    ) -> Segment:
        """Make a segment of saved arrays; :class:`ValueError` where they do not fit together."""
        words, offsets, marks = (arrays[name] for name in cls.ARRAYS)
        if len(offsets) != len(ids) + 1 or not offsets[-1] == len(words) == len(marks):
            raise ValueError("the words and marks are not those of the articles")
        return cls(ids, Ragged(words, offsets), Ragged(marks, offsets), bands)

    def __len__(self) -> int:
        return len(self.ids)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give the arrays to save, by the names in ``ARRAYS``."""
        values = (self.words.values, self.words.offsets, self.marks.values)
        return dict(zip(self.ARRAYS, values, strict=True))

    def _hash_bands(self, bands: Bands) -> None:
        keys = _sketches.band_keys(
            signatures(self.words, bands.permutations), bands.bands, bands.rows
        )
        order = np.argsort(keys, axis=1, kind="stable")
        self._band_rows = order.astype(np.int32)
        self._band_keys = np.take_along_axis(keys, order, axis=1)

    def collisions(self, signature: NDArray[np.uint32], bands: Bands) -> list[int]:
        """Find the live rows that share a band with a signature u32[1, k], ascending."""
        keys = _sketches.band_keys(signature, bands.bands, bands.rows)[:, 0]
        rows = [
            own_rows[np.searchsorted(own, key, "left") : np.searchsorted(own, key, "right")]
            for own, own_rows, key in zip(self._band_keys, self._band_rows, keys, strict=True)
        ]
        found = distinct(np.concatenate(rows))
        return [int(row) for row in found[self.alive[found]]]

    def _invert(self) -> None:
        """Make posting lists: for every word the rows that hold it, ascending."""
        rows = np.repeat(np.arange(len(self), dtype=np.uint64), np.diff(self.words.offsets))
        packed = distinct((self.words.values.astype(np.uint64) << np.uint64(32)) | rows)
        words = (packed >> np.uint64(32)).astype(np.uint32)
        self._postings = (packed & np.uint64(0xFFFFFFFF)).astype(np.int32)
        self._terms, starts = np.unique(words, return_index=True)
        self._starts = np.append(starts, len(words)).astype(np.int64)

    def _lists(self, words: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Find where each word's posting list starts and how long it is."""
        if len(self._terms) == 0:
            return np.zeros(len(words), np.int64), np.zeros(len(words), np.int64)
        at = np.minimum(np.searchsorted(self._terms, words), len(self._terms) - 1)
        known = self._terms[at] == words
        return self._starts[at], np.where(known, self._starts[at + 1] - self._starts[at], 0)

    def document_frequencies(self, words: NDArray[np.uint32]) -> NDArray[np.int32]:
        """Count the live rows that hold each word, i32[n]."""
        starts, lengths = self._lists(words)
        if self.alive.all():
            return lengths.astype(np.int32)
        spans = zip(starts.tolist(), lengths.tolist(), strict=True)
        counts = [np.count_nonzero(self.alive[self._postings[s : s + n]]) for s, n in spans]
        return np.array(counts, dtype=np.int32)

    def shared_terms(
        self, words: NDArray[np.uint32], weights: NDArray[np.float32], most: int
    ) -> tuple[list[int], list[float]]:
        """Find the live rows that share the heaviest terms: up to ``most``, best first.

        A row's score is the sum of the squared weights of the terms it shares.
        """
        starts, lengths = self._lists(words)
        used = np.flatnonzero((weights > 0) & (lengths > 0))
        if len(used) == 0:
            return [], []
        starts, lengths = starts[used], lengths[used]
        shift = np.repeat(starts - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
        rows = self._postings[np.arange(lengths.sum()) + shift]
        gains = np.repeat(weights[used].astype(np.float64) ** 2, lengths)
        found, inverse = np.unique(rows, return_inverse=True)
        scores = np.bincount(inverse, weights=gains)
        live = self.alive[found]
        found, scores = found[live], scores[live]
        best = np.lexsort((found, -scores))[:most]
        return found[best].tolist(), scores[best].tolist()
