"""The stories of many articles laid out for the compiled loops, and the evidence of their pairs."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import Ragged, joined
from dedup.candidates import _sketches
from dedup.reading.document import Document
from dedup.text.marks import Mark
from dedup.text.vocabulary import VocabularyArrays, english
from dedup.verdict.evidence import MEASURES, Evidence, evidence
from dedup.verdict.evidence_loops import evidence_of_pairs
from dedup.verdict.story_loops import index_stories

__all__ = ["Stories"]

_AT_ONCE = 256
"""Pairs that a thread measures in one go."""
_MOST_LINKS = 1 << 20
"""Sentences of one text times those of the other, from which on no dense table is made of them."""


@lru_cache(maxsize=1)
def _background() -> VocabularyArrays:
    return english().arrays()


class Stories:
    """Articles to compare by row, laid out once for all the pairs they stand in.

    ``words`` are their word ids, ragged u32, and ``marks`` u8 a byte of :class:`Mark` for each.
    """

    def __init__(self, words: Ragged, marks: NDArray[np.uint8]) -> None:
        self._words = words
        self._marks = Ragged(marks, words.offsets)
        digests = _sketches.row_digests(words.values, words.offsets)
        texts = words.values, marks, words.offsets
        self._stories = index_stories(texts, _background(), digests)
        self._sentences = np.diff(self._stories.bound_offsets)
        self._most_sentences = int(self._sentences.max(initial=0))

    @classmethod
    def of(cls, documents: Sequence[Document]) -> Stories:
        """Lay out documents; sentences begin where their bounds say."""
        words = Ragged.of([document.words for document in documents], np.uint32)
        marks = joined([document.marks for document in documents], np.uint8).copy()
        for start, document in zip(words.offsets.tolist(), documents, strict=False):
            marks[start + document.bounds[:-1][np.diff(document.bounds) > 0]] |= Mark.SENTENCE
        return cls(words, marks)

    def evidence(self, pairs: NDArray[np.int64], *, threads: int = 1) -> list[Evidence]:
        """Measure pairs of rows, i64[m, 2], in the order given.

        Equal to :func:`dedup.verdict.evidence.evidence` of each pair up to the last bits of a sum.
        """
        return [Evidence(*row) for row in self.measures(pairs, threads=threads).tolist()]

    def measures(self, pairs: NDArray[np.int64], *, threads: int = 1) -> NDArray[np.float64]:
        """Give the evidence of pairs as an array, f64[m, k], columns as ``MEASURES``."""
        if threads == 1 and self._most_sentences**2 <= _MOST_LINKS:
            return evidence_of_pairs(pairs, self._stories)
        found = np.empty((len(pairs), len(MEASURES)))
        huge = self._sentences[pairs].prod(axis=1) > _MOST_LINKS
        for at in np.flatnonzero(huge).tolist():
            found[at] = astuple(evidence(*(self._document(row) for row in pairs[at].tolist())))
        usual = np.flatnonzero(~huge)
        parts = [usual[at : at + _AT_ONCE] for at in range(0, len(usual), _AT_ONCE)]
        with ThreadPoolExecutor(threads) as pool:
            measured = pool.map(lambda part: evidence_of_pairs(pairs[part], self._stories), parts)
            for part, rows in zip(parts, measured, strict=True):
                found[part] = rows
        return found

    def _document(self, row: int) -> Document:
        return Document.of(self._words[row], self._marks[row])
