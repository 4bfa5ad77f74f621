"""Ask one state of an index for the versions of a text: candidates of both lanes, judged.

Rule: what is found hangs on the articles that are there and on their order, never on how they lie
in segments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dedup.arrays import F64, I64, U8, U32, Ragged
from dedup.candidates import _sketches
from dedup.candidates.lsh import Bands
from dedup.candidates.terms import weigh
from dedup.index.segment import NO_MOMENT, Part, band_keys, term_words
from dedup.model import Verdict
from dedup.text.vocabulary import english
from dedup.verdict.judging import judge
from dedup.verdict.stories import Stories

__all__ = ["Asked", "Found", "State", "asked_texts"]

MOST_POSTINGS = 200
"""A word in more articles than this says little of which story a text tells: no term of a query."""
MOST_CANDIDATES = 32
"""Articles that share most rare words with a query and are judged for it."""
MOST_COLLISIONS = 64
"""Articles that share most bands with a query and are judged for it."""
_A_BAND = 256
"""Articles of one band and segment that are looked at: a bucket may hold a million copies."""


class Asked(NamedTuple):
    """A text to ask for: its words u32 and marks u8, band keys u32[bands], and its date."""

    words: U32
    marks: U8
    keys: U32
    moment: int | None


class Found(NamedTuple):
    """An article found, by its number, and how it compares with the text asked for."""

    number: int
    verdict: Verdict
    probability: float
    jaccard: float
    containment: float


def asked_texts(
    words: Ragged, marks: U8, moments: Sequence[int | None], bands: Bands
) -> list[Asked]:
    """Make what is asked of texts that were read."""
    keys = band_keys(words, bands)
    of_marks = Ragged(marks, words.offsets)
    return [
        Asked(words[row], of_marks[row], np.ascontiguousarray(keys[:, row]), moment)
        for row, moment in enumerate(moments)
    ]


class _Place(NamedTuple):
    """Where an article lies: its part and row."""

    part: int
    row: int


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """The articles of an index after some change: its parts, in the order of their numbers."""

    change: int
    parts: tuple[Part, ...]
    live: int

    def ask(
        self,
        asked: Asked,
        *,
        within: float | None = None,
        but: int | None = None,
        before: int | None = None,
    ) -> list[Found]:
        """Judge the candidates of a text; all that are not unrelated, in no order.

        ``within`` is a number of seconds: articles dated further from the text are not looked at.
        The article numbered ``but`` is left out, and those numbered ``before`` and above.
        """
        if not len(asked.words):
            return []
        wanted = [self._wanted(part, asked.moment, within, but, before) for part in self.parts]
        places = self._candidates(asked, wanted)
        return self._judged(asked, places)

    def _wanted(
        self,
        part: Part,
        moment: int | None,
        within: float | None,
        but: int | None,
        before: int | None,
    ) -> U8:
        """Flag the rows that may answer, u8[n]."""
        segment, alive = part
        if within is None or moment is None:
            wanted = alive
        else:
            dated = segment.moments != NO_MOMENT
            near = np.abs(segment.moments - moment) <= within
            wanted = (alive & (near | ~dated)).astype(np.uint8)
        if but is not None and segment.numbers[0] <= but <= segment.numbers[-1]:
            wanted = wanted.copy()
            wanted[segment.numbers == but] = 0
        if before is not None and segment.numbers[-1] >= before:
            wanted = wanted.copy()
            wanted[np.searchsorted(segment.numbers, before) :] = 0
        return wanted

    def _candidates(self, asked: Asked, wanted: Sequence[U8]) -> list[_Place]:
        """Find the articles worth judging, in the order of their numbers."""
        found = set(self._colliding(asked, wanted))
        found.update(self._sharing(asked, wanted))
        return sorted(found)

    def _colliding(self, asked: Asked, wanted: Sequence[U8]) -> list[_Place]:
        """Find the articles that share most bands, the first of equals."""
        counted: list[tuple[int, _Place]] = []
        for number, (part, flags) in enumerate(zip(self.parts, wanted, strict=True)):
            rows, shared = np.unique(
                part.collisions(asked.keys, flags, _A_BAND), return_counts=True
            )
            best = np.argsort(-shared, kind="stable")[:MOST_COLLISIONS]
            counted += [
                (-count, _Place(number, row))
                for row, count in zip(rows[best].tolist(), shared[best].tolist(), strict=True)
            ]
        return [place for _, place in sorted(counted)[:MOST_COLLISIONS]]

    def _sharing(self, asked: Asked, wanted: Sequence[U8]) -> list[_Place]:
        """Find the articles that share most rare words, by weight, the first of equals."""
        terms, gains = self._terms(asked.words)
        scored: list[tuple[float, _Place]] = []
        for number, (part, flags) in enumerate(zip(self.parts, wanted, strict=True)):
            rows, scores = part.scores(terms, gains, flags)
            best = np.lexsort((rows, -scores))[:MOST_CANDIDATES]
            scored += [
                (-score, _Place(number, row))
                for row, score in zip(rows[best].tolist(), scores[best].tolist(), strict=True)
            ]
        return [place for _, place in sorted(scored)[:MOST_CANDIDATES]]

    def _terms(self, words: U32) -> tuple[U32, F64]:
        """Choose the words to look for, ascending, and what each adds to a score."""
        terms = term_words(words)
        counts = np.zeros(len(terms), np.int64)
        for part in self.parts:
            counts += part.document_frequencies(terms)
        rare = (counts > 0) & (counts <= MOST_POSTINGS)
        terms, counts = terms[rare], counts[rare]
        weights = weigh(terms, counts.astype(np.int32), self.live, english())
        return terms, np.square(weights.astype(np.float64))

    def _judged(self, asked: Asked, places: Sequence[_Place]) -> list[Found]:
        if not places:
            return []
        texts = [Ragged(asked.words, np.array([0, len(asked.words)]))]
        marks = [asked.marks]
        numbers = []
        for number, part in enumerate(self.parts):
            rows = np.array([place.row for place in places if place.part == number], np.int64)
            if len(rows):
                words, own = part.segment.read(rows)
                texts.append(words)
                marks.append(own)
                numbers += part.segment.numbers[rows].tolist()
        words = Ragged.joined(texts)
        pairs = np.zeros((len(numbers), 2), np.int64)
        pairs[:, 1] = np.arange(1, len(numbers) + 1)
        return _compared(words, np.concatenate(marks), pairs, numbers)


def _compared(words: Ragged, marks: U8, pairs: I64, numbers: Sequence[int]) -> list[Found]:
    """Judge pairs of the first row with the others, which have these numbers."""
    measured = Stories(words, marks).evidence(pairs)
    overlap = _sketches.shingle_overlap(words.values, words.offsets, pairs)
    found = []
    for number, evidence, (own, other, both) in zip(
        numbers, measured, overlap.tolist(), strict=True
    ):
        verdict, probability = judge(evidence)
        if verdict is not Verdict.UNRELATED:
            union = own + other - both
            jaccard = both / union if union else 1.0
            containment = both / own if own else 0.0
            found.append(Found(number, verdict, probability, jaccard, containment))
    return found
