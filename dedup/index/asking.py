"""Ask one state of an index for the versions of texts: candidates of both lanes, judged.

Rule: what is found hangs on the articles that are there and on their order, never on how they lie
in segments.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from dedup.arrays import F64, I64, U8, U32, Ragged, distinct, joined, joined_columns, offsets
from dedup.candidates import _sketches
from dedup.candidates.lsh import Bands
from dedup.candidates.resemblance import jaccards_of
from dedup.candidates.terms import weigh
from dedup.index import _lists, _lookups
from dedup.index._lookups import NO_MOMENT
from dedup.index.rows import moment_of
from dedup.index.segment import Part, band_keys, common_words
from dedup.model import Verdict
from dedup.text.vocabulary import english
from dedup.threads import in_order
from dedup.verdict.judging import CODES, judge
from dedup.verdict.stories import Stories

MOST_POSTINGS = 1 << 13
"""A text's terms are its rarest words: as many as stand in so many articles, counted together."""
MOST_CANDIDATES = 32
"""Articles that share most rare words with a text and are looked at for it; more where more answers
are asked for."""
LEAST_SCORE = 0.2
"""Share of the weight of a text's terms that an article must have; a shorter one accordingly less.
"""
SHARE = 0.15
"""Share of the shorter text's words, the common ones left out, that the other must have. Among
6,000 articles both together leave 6 of 32 candidates a text, and the sources of .96 (75 words,
machine-written) to 1.0 of the rewrites of ten sets, as all 32 do."""
VERSION_SHARE, VERSION_FREE = 0.3, 15
"""The share, of the words beyond so many, where only versions are asked for. Of 4,409 pairs of 22
sets that are judged to be versions, one has less, of 868 of four dumps none; of what else is looked
at among 400,000 articles, two in five have."""
_COLLISIONS = 2
"""Times as many that share most bands with it are looked at,"""
_A_BAND = 8
"""and so many times as many of each band: a bucket may hold a million copies."""
TEXTS_AT_ONCE = 128
"""Texts asked for in one go: what bounds the memory of their candidates."""
_LAST = np.iinfo(np.int64).max


class Window(NamedTuple):
    """Which articles may answer a text.

    Those dated from ``first`` to ``last``, in seconds since 1970, and those without a date; of them
    those numbered less than ``before``, the one numbered ``but`` left out.
    """

    first: int = NO_MOMENT + 1
    last: int = _LAST
    before: int = _LAST
    but: int = -1

    @classmethod
    def around(cls, date: datetime.date | None, within: int | None, but: int = -1) -> Window:
        """Give the window of what is no further from a date than so many seconds, if any are.

        >>> Window.around(datetime.date(1970, 1, 2), 400)[:2], Window.around(None, 400) == Window()
        ((86000, 86800), True)
        """
        moment = moment_of(date)
        if moment is None or within is None:
            return cls(but=but)
        return cls(moment - within, moment + within, but=but)


class Asked(NamedTuple):
    """Texts to ask for.

    ``words`` ragged u32 with ``marks`` u8; ``terms``, the distinct words of each but the common
    ones, ragged u32; ``keys`` u32[q, bands]; ``windows`` i64[q, 4], a :class:`Window` each; and
    how many answers each may have: for more of them, more candidates are looked at.
    """

    words: Ragged
    marks: U8
    terms: Ragged
    keys: U32
    windows: I64
    most: int

    @classmethod
    def of(
        cls, words: Ragged, marks: U8, windows: Sequence[Window], bands: Bands, most: int = 0
    ) -> Asked:
        """Make it from texts that were read."""
        terms = Ragged(*_lists.row_terms(words.values, words.offsets, common_words()))
        keys = np.ascontiguousarray(band_keys(words, bands).T)
        keys = keys if len(words) else np.empty((0, bands.bands), np.uint32)
        of_texts = np.array(windows, np.int64).reshape(-1, 4)
        return cls(words, marks, terms, keys, of_texts, max(most, MOST_CANDIDATES))

    def cut(self) -> Iterator[tuple[int, Asked]]:
        """Give some texts at a time, with the place of the first."""
        for at in range(0, len(self.words), TEXTS_AT_ONCE):
            end = min(at + TEXTS_AT_ONCE, len(self.words))
            words, terms = (_between(rows, at, end) for rows in (self.words, self.terms))
            marks = self.marks[slice(*self.words.offsets[[at, end]])]
            some = self.keys[at:end], self.windows[at:end]
            yield at, Asked(words, marks, terms, *some, self.most)


class Found(NamedTuple):
    """What was found for texts, a pair a row.

    ``texts`` i64[m], ascending, with the articles' ``numbers`` i64[m], ascending for each text.
    ``verdicts`` u8[m] are places in :data:`~dedup.verdict.judging.VERDICTS`; containment is of the
    text's shingles.
    """

    texts: I64
    numbers: I64
    verdicts: U8
    probability: F64
    jaccard: F64
    containment: F64

    def take(self, rows: I64) -> Found:
        """Give some pairs, in the order given."""
        columns: list[Any] = [column[rows] for column in self]
        return Found(*columns)

    @classmethod
    def joined(cls, parts: Sequence[Found]) -> Found:
        """Put what was found of several texts end to end."""
        scores = [np.float64] * 3
        return cls(*joined_columns(parts, (np.int64, np.int64, np.uint8, *scores)))


class Candidates(NamedTuple):
    """Articles worth judging: ``pairs`` i64[m, 2] of texts, ascending, and articles, whose
    ``numbers`` i64[k], ``words`` ragged u32 and ``marks`` ragged u8 these are.
    """

    pairs: I64
    numbers: I64
    words: Ragged
    marks: Ragged


class _Places(NamedTuple):
    """Candidates: ``texts``, and the ``parts`` and ``rows`` where they lie, each i64[m]."""

    texts: I64
    parts: I64
    rows: I64

    @classmethod
    def joined(cls, found: Sequence[_Places]) -> _Places:
        """Put some end to end."""
        return cls(*joined_columns(found, [np.int64] * 3))

    def take(self, rows: I64) -> _Places:
        """Give some, in the order given."""
        return _Places(*(column[rows] for column in self))

    def distinct(self) -> _Places:
        """Sort them by part, then by text, and drop repeats."""
        found = self.take(np.lexsort((self.rows, self.texts, self.parts)))
        new = np.ones(len(found.rows), np.bool_)
        new[1:] = np.any([column[1:] != column[:-1] for column in found], axis=0)
        return found.take(np.flatnonzero(new))

    def best(self, scores: F64, most: int) -> _Places:
        """Give of each text's candidates those with the best scores, the first of equals."""
        order = np.lexsort((self.rows, self.parts, -scores, self.texts))
        texts = self.texts[order]
        place = np.arange(len(texts)) - np.searchsorted(texts, texts)
        return self.take(order[place < most])


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """The articles of an index after some change: its parts, in the order of their numbers."""

    change: int
    parts: tuple[Part, ...]

    @property
    def live(self) -> int:
        """How many articles there are."""
        return sum(part.live for part in self.parts)

    def ask(self, asked: Asked) -> Found:
        """Judge the candidates of texts; give all that are not unrelated.

        Raises :class:`ValueError` where a segment is damaged.
        """
        return Found.joined([self._found(some, first) for first, some in asked.cut()])

    def versions(self, asked: Asked, threads: int, done: Callable[[int], None]) -> Found:
        """Judge the candidates of texts on several threads; give those that are versions.

        ``done`` hears of how many more texts that is done.
        """

        def find(part: tuple[int, Asked]) -> Found:
            first, some = part
            return self._found(some, first, versions=True)

        parts = []
        for (_, some), found in in_order(find, asked.cut(), threads):
            parts.append(found)
            done(len(some.words))
        return Found.joined(parts)

    def _found(self, asked: Asked, first: int, *, versions: bool = False) -> Found:
        """Judge the candidates of texts that stand from ``first`` on among others."""
        pairs, numbers, words, marks = self.candidates(asked, versions=versions)
        of_both = pairs + np.array([0, len(asked.words)])
        both = Ragged.joined([asked.words, words])
        every_mark = np.concatenate((asked.marks, marks.values))
        places, judged = _judged(both, every_mark, of_both, versions=versions)
        texts, rows = pairs[places].T
        found = Found(texts + first, numbers[rows], *judged)
        # Texts without words are all alike, which makes none a version of another.
        return found.take(np.flatnonzero(np.diff(asked.words.offsets)[texts] > 0))

    def _candidates(self, asked: Asked) -> _Places:
        """Find the articles worth looking at, in no order, some twice."""
        return _Places.joined([self._colliding(asked), self._sharing(asked)])

    def _colliding(self, asked: Asked) -> _Places:
        """Find the articles that share most bands."""
        taken = np.zeros(asked.keys.shape, np.int64)
        found, shared = [], []
        for number, part in enumerate(self.parts):
            bands = part.segment.band_keys, part.segment.band_rows
            texts, rows = _lookups.collisions(
                asked.keys, bands, asked.windows, part.filters, taken, _A_BAND * asked.most
            )
            packed, counts = np.unique(texts << np.int64(32) | rows, return_counts=True)
            texts, rows = _apart(packed)
            found.append(_Places(texts, np.full(len(rows), number), rows))
            shared.append(counts)
        return _Places.joined(found).best(joined(shared, np.float64), _COLLISIONS * asked.most)

    def _sharing(self, asked: Asked) -> _Places:
        """Find the articles that share most rare words, by weight."""
        terms = distinct(asked.terms.values)
        counts = np.zeros(len(terms), np.int64)
        lists = [part.find_lists(terms, counts) for part in self.parts]
        self._leave_out_dead(lists, counts)
        weights = weigh(terms, np.maximum(counts, 1).astype(np.int32), self.live, english())
        gains = np.square(weights.astype(np.float64))
        chosen, least = _rarest(
            asked.terms, np.searchsorted(terms, asked.terms.values), counts, gains
        )
        sizes = np.diff(asked.terms.offsets)
        rows = np.empty((len(sizes), asked.most), np.int64)
        kept = np.zeros(len(sizes), np.int64)
        best = rows, np.empty(rows.shape), kept
        texts = chosen.values, chosen.offsets, sizes, least, asked.windows
        for number, part in enumerate(self.parts):
            postings = part.segment.postings, lists[number]
            _lookups.score_rows(postings, gains, texts, part.filters, number << 32, best)
        found = rows[np.arange(asked.most) < kept[:, np.newaxis]]
        return _Places(np.repeat(np.arange(len(sizes)), kept), *_apart(found))

    def _leave_out_dead(self, lists: Sequence[I64], counts: I64) -> None:
        """Take dead rows off the counts of all terms that may be rare enough to be looked for."""
        dead = sum(len(part.segment) - part.live for part in self.parts)
        if not dead:
            return
        unsure = np.flatnonzero((counts > 0) & (counts - dead <= MOST_POSTINGS))
        for part, bounds in zip(self.parts, lists, strict=True):
            if part.live < len(part.segment):
                last = int(np.flatnonzero(part.alive == 0)[-1])
                postings = part.segment.postings
                _lookups.count_dead(postings, bounds, unsure, part.alive, last, counts)

    def candidates(self, asked: Asked, *, versions: bool = False) -> Candidates:
        """Find and read the articles that share enough words with texts to be worth judging.

        With ``versions`` enough to be versions of them.
        """
        places = self._candidates(asked).distinct()
        places = places.take(self._sharing_enough(asked.terms, places, versions=versions))
        held, at = np.unique(places.parts << np.int64(32) | places.rows, return_inverse=True)
        pairs = np.stack((places.texts, at), axis=1)[np.lexsort((at, places.texts))]
        return Candidates(pairs, *self._read(*_apart(held)))

    def _by_part(self, parts: I64) -> Iterator[tuple[Part, slice]]:
        """Give each part that is among some, which ascend, and where it is."""
        edges = np.searchsorted(parts, np.arange(len(self.parts) + 1)).tolist()
        for part, (first, last) in zip(self.parts, pairwise(edges), strict=True):
            if first < last:
                yield part, slice(first, last)

    def _sharing_enough(self, terms: Ragged, places: _Places, *, versions: bool) -> I64:
        """Choose the places that share so many words with texts that they are worth judging."""
        shared, sizes = [], []
        for part, own in self._by_part(places.parts):
            rows = places.rows[own]
            pairs = np.stack((places.texts[own], rows), axis=1)
            shared.append(part.segment.shared_terms(terms, pairs))
            sizes.append(part.segment.sizes[rows])
        shorter = np.minimum(np.diff(terms.offsets)[places.texts], joined(sizes, np.int64))
        wanted = SHARE * shorter
        if versions:
            wanted = np.maximum(wanted, VERSION_SHARE * (shorter - VERSION_FREE))
        return np.flatnonzero(joined(shared, np.int64) >= wanted)

    def _read(self, parts: I64, rows: I64) -> tuple[I64, Ragged, Ragged]:
        """Read articles, given by part and row, ascending: numbers, words and marks."""
        numbers, words, marks = [], [], []
        for part, where in self._by_part(parts):
            some = rows[where]
            of_part, own = part.segment.read(some)
            numbers.append(part.segment.numbers[some])
            words.append(of_part)
            marks.append(own)
        every = Ragged.joined(words)
        return joined(numbers, np.int64), every, Ragged(joined(marks, np.uint8), every.offsets)


_UNRELATED = CODES[Verdict.UNRELATED]
_VERSIONS = [code for verdict, code in CODES.items() if verdict.is_version]


def _judged(
    words: Ragged, marks: U8, pairs: I64, *, versions: bool
) -> tuple[I64, tuple[U8, F64, F64, F64]]:
    """Judge pairs of rows, i64[m, 2], of words, ragged u32, and their marks, u8.

    Gives the places of those that are not unrelated, or with ``versions`` of those that are
    versions, ascending, i64[k], and of these verdict, probability, Jaccard and containment.
    """
    measured = Stories(words, marks).measures(pairs, of="versions" if versions else "related")
    verdicts, probability = judge(measured)
    wanted = np.isin(verdicts, _VERSIONS) if versions else verdicts != _UNRELATED
    places = np.flatnonzero(wanted)
    overlap = _sketches.shingle_overlap(words.values, words.offsets, pairs[places])
    own, _, both = overlap.T
    containment = np.divide(both, own, out=np.zeros(len(places)), where=own > 0)
    return places, (verdicts[wanted], probability[wanted], jaccards_of(overlap), containment)


def _between(rows: Ragged, at: int, end: int) -> Ragged:
    """Give the rows from one to before another, as they lie."""
    ends = rows.offsets[at : end + 1]
    return Ragged(rows.values[ends[0] : ends[-1]], ends - ends[0])


def _apart(packed: I64) -> tuple[I64, I64]:
    """Give the upper and the lower 32 bits."""
    return packed >> np.int64(32), packed & np.int64(0xFFFFFFFF)


def _rarest(terms: Ragged, numbers: I64, counts: I64, gains: F64) -> tuple[Ragged, F64]:
    """Choose the terms of each text, ragged i32, and the least score of an article, f64[q].

    ``numbers`` i64 are the places of the terms in ``counts`` and ``gains``.
    """
    texts = np.repeat(np.arange(len(terms)), np.diff(terms.offsets))
    held = counts[numbers] > 0
    texts, numbers = texts[held], numbers[held]
    order = np.lexsort((numbers, counts[numbers], texts))
    texts, numbers = texts[order], numbers[order]
    total = np.cumsum(counts[numbers])
    starts = np.searchsorted(texts, np.arange(len(terms)))
    before = np.concatenate(([0], total))[starts]
    rare = total - before[texts] <= MOST_POSTINGS
    texts, numbers = texts[rare], numbers[rare]
    lengths = np.bincount(texts, minlength=len(terms))
    whole = np.bincount(texts, gains[numbers], minlength=len(terms))
    return Ragged(numbers.astype(np.int32), offsets(lengths)), np.asarray(
        LEAST_SCORE * whole, np.float64
    )
