"""The stories of many articles as arrays, furniture put aside, and the evidence of their pairs."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import joined, offsets
from dedup.document import Document, story
from dedup.evidence import Evidence, evidence
from dedup.evidence_kernel import StoryArrays, evidence_of_pairs

__all__ = ["Stories"]

_SAME = [field.name for field in fields(Evidence)].index("same")
_AT_ONCE = 256
"""Pairs that a thread measures in one go."""
_MOST_LINKS = 1 << 20
"""Sentences of one text times those of the other, from which on no dense table is made of them."""


class Stories:
    """Articles to compare by number, prepared once for all the pairs they stand in."""

    def __init__(self, documents: Mapping[int, Document]) -> None:
        self._documents = documents
        self._places = {number: place for place, number in enumerate(documents)}
        parts = [story(document) for document in documents.values()]
        sizes = [np.diff(part.bounds) for part in parts]
        self._told = StoryArrays(
            words=joined([part.words for part in parts], np.uint32),
            weights=joined([part.weights for part in parts], np.float32),
            marks=joined([part.marks for part in parts], np.uint8),
            sentence=joined([np.repeat(np.arange(len(s)), s) for s in sizes], np.int32),
            ordered=joined([_in_order(part.words) for part in parts], np.uint64),
            offsets=offsets([len(part.words) for part in parts]),
            bounds=joined([part.bounds for part in parts], np.int32),
            bound_offsets=offsets([len(part.bounds) for part in parts]),
        )
        digests = [blake2b(d.words.tobytes(), digest_size=16).digest() for d in documents.values()]
        numbers: dict[bytes, int] = {}
        self._wording = np.array([numbers.setdefault(d, len(numbers)) for d in digests])

    def evidence(self, pairs: NDArray[np.int64], *, threads: int = 1) -> list[Evidence]:
        """Measure pairs of articles by their numbers, i64[m, 2], in the order given.

        Equal to :func:`dedup.evidence.evidence` of each pair up to the last bits of a sum.
        """
        places = np.array([self._places[n] for n in pairs.ravel().tolist()], dtype=np.int64)
        places = places.reshape(-1, 2)
        counts = np.diff(self._told.bound_offsets)
        huge = counts[places[:, 0]] * counts[places[:, 1]] > _MOST_LINKS
        measured = np.empty(len(pairs), dtype=object)
        for at in np.flatnonzero(huge).tolist():
            one, other = pairs[at].tolist()
            measured[at] = evidence(self._documents[one], self._documents[other])
        usual = np.flatnonzero(~huge)
        parts = [usual[at : at + _AT_ONCE] for at in range(0, len(usual), _AT_ONCE)]
        with ThreadPoolExecutor(threads) as pool:
            found = pool.map(self._measure, [places[part] for part in parts])
            for part, rows in zip(parts, found, strict=True):
                # Furniture among the same words may lie elsewhere; the words are what counts.
                rows[:, _SAME] = np.maximum(rows[:, _SAME], self._same_words(places[part]))
                for at, row in zip(part.tolist(), rows.tolist(), strict=True):
                    measured[at] = Evidence(*row)
        return list(measured)

    def _same_words(self, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        same: NDArray[np.bool_] = np.equal(self._wording[places[:, 0]], self._wording[places[:, 1]])
        return same

    def _measure(self, places: NDArray[np.int64]) -> NDArray[np.float64]:
        return evidence_of_pairs(places, self._told)


def _in_order(words: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Sort a story's words with their positions: ``word << 32 | position``, u64[n]."""
    return np.sort(
        words.astype(np.uint64) << np.uint64(32) | np.arange(len(words), dtype=np.uint64)
    )
