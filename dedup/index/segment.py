"""A batch of articles as arrays that answer look-ups: written once, mapped, merged, never changed.

Rows stand in the order of their article numbers. Segments that follow each other merge into one, so
the rows of a merged segment are those of its parts end to end, but for the dead ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import I64, U8, U32, Ragged, distinct, offsets
from dedup.candidates import _sketches
from dedup.candidates.lsh import Bands
from dedup.candidates.minhash import signatures
from dedup.candidates.terms import COMMON
from dedup.errors import FormatError
from dedup.index import _packing
from dedup.index.container import Arrays, map_arrays
from dedup.text.vocabulary import english

__all__ = ["Part", "Segment", "band_keys", "term_words"]

NO_MOMENT = np.iinfo(np.int64).min
"""In place of an article's date where it has none."""
_SHAPES = {
    "numbers": 1,
    "moments": 1,
    "packed": 1,
    "ends": 1,
    "vocabulary": 1,
    "terms": 1,
    "postings": 1,
    "posting_ends": 1,
    "counts": 1,
    "band_keys": 2,
    "band_rows": 2,
}


def band_keys(words: Ragged, bands: Bands) -> U32:
    """Hash each band of the rows' signatures to 32 bits, u32[bands, n]."""
    keys = _sketches.band_keys(signatures(words, bands.permutations), bands.bands, bands.rows)
    return (keys >> np.uint64(32)).astype(np.uint32)


@lru_cache(maxsize=1)
def _common() -> U32:
    """Give the words that are too common to be terms, sorted."""
    return np.sort(english().common(COMMON))


def term_words(words: U32) -> U32:
    """Give the distinct words of a text that can be terms, ascending."""
    found = distinct(words)
    return found[~_among(found, _common())]


def _among(wanted: U32, held: U32) -> NDArray[np.bool_]:
    at = np.minimum(np.searchsorted(held, wanted), len(held) - 1)
    found: NDArray[np.bool_] = np.equal(held[at], wanted)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """The arrays of some articles, a row each.

    ``numbers`` i64[n], their numbers in the index, ascending; ``moments`` i64[n], their dates in
    seconds since 1970, ``NO_MOMENT`` for none. ``packed`` u8 with ``ends`` i64[n + 1] has words and
    marks, by their places in ``vocabulary`` u32. Each of ``terms`` u32, ascending, has its rows in
    ``postings`` u8 by ``posting_ends`` i64, so many as ``counts`` i32 says. ``band_keys`` and
    ``band_rows`` u32[bands, n] are sorted in each band.
    """

    numbers: I64
    moments: I64
    packed: U8
    ends: I64
    vocabulary: U32
    terms: U32
    postings: U8
    posting_ends: I64
    counts: NDArray[np.int32]
    band_keys: U32
    band_rows: U32

    def __len__(self) -> int:
        return len(self.numbers)

    @classmethod
    def of(cls, numbers: I64, moments: I64, words: Ragged, marks: U8, bands: Bands) -> Segment:
        """Lay out new articles: their words, ragged u32, and a byte of marks for each."""
        ids, places, counts, rows, starts = _packing.invert(words.values, words.offsets)
        ranked = np.lexsort((ids, -counts))
        rank = np.empty(len(ids), np.uint32)
        rank[ranked] = np.arange(len(ids), dtype=np.uint32)
        packed, ends = _packing.pack_rows(rank[places], marks, words.offsets)
        by_word = np.argsort(ids)
        chosen = by_word[~_among(ids[by_word], _common())].astype(np.int64)
        postings, posting_ends = _packing.pack_postings(rows, starts, chosen)
        keys, band_rows = _sorted_bands(band_keys(words, bands))
        return cls(
            numbers,
            moments,
            packed,
            ends,
            ids[ranked],
            ids[chosen],
            postings,
            posting_ends,
            np.diff(starts)[chosen].astype(np.int32),
            keys,
            band_rows,
        )

    @classmethod
    def mapped(cls, path: Path) -> Segment:
        """Map a segment's file; :class:`~dedup.errors.FormatError` where its arrays do not fit."""
        arrays = map_arrays(path)
        if {name: array.ndim for name, array in arrays.items()} != _SHAPES:
            raise FormatError.of(path, "it has other arrays than a segment has")
        made = cls(**arrays)
        if not made._fits():
            raise FormatError.of(path, "its arrays do not fit together")
        return made

    def _fits(self) -> bool:
        rows, terms = len(self.numbers), len(self.terms)
        return (
            len(self.moments) == rows
            and len(self.ends) == rows + 1
            and len(self.posting_ends) == terms + 1
            and len(self.counts) == terms
            and self.band_keys.shape == self.band_rows.shape
            and self.band_keys.shape[1] == rows
        )

    def arrays(self) -> Arrays:
        """Give the arrays to write, by name."""
        return {name: getattr(self, name) for name in _SHAPES}

    def read(self, rows: I64) -> tuple[Ragged, U8]:
        """Give words, ragged u32, and marks, u8, of some rows."""
        words, marks, ends = _packing.unpack_rows(self.packed, self.ends, rows, self.vocabulary)
        return Ragged(words, ends), marks

    def lists(self, words: U32) -> tuple[I64, I64]:
        """Find where each word's list lies, i64[t, 2], and how many rows it has, i64[t]."""
        if not len(self.terms):
            return np.zeros((len(words), 2), np.int64), np.zeros(len(words), np.int64)
        at = np.minimum(np.searchsorted(self.terms, words), len(self.terms) - 1)
        known = self.terms[at] == words
        bounds = np.stack((self.posting_ends[at], self.posting_ends[at + 1]), axis=1)
        bounds[~known] = 0
        return bounds, np.where(known, self.counts[at], 0).astype(np.int64)


def _sorted_bands(keys: U32) -> tuple[U32, U32]:
    """Sort the keys of each band with the rows they are of: twice u32[bands, n]."""
    rows = np.arange(keys.shape[1], dtype=np.uint64)
    return _unpacked((keys.astype(np.uint64) << np.uint64(32)) | rows)


def _unpacked(both: NDArray[np.uint64]) -> tuple[U32, U32]:
    both.sort(axis=1)
    return (both >> np.uint64(32)).astype(np.uint32), both.astype(np.uint32)


class Part(NamedTuple):
    """A segment and which of its rows are alive, u8[n]."""

    segment: Segment
    alive: U8

    def document_frequencies(self, words: U32) -> I64:
        """Count the rows alive that hold each word, i64[t]."""
        bounds, counts = self.segment.lists(words)
        if self.alive.all():
            return counts
        return _packing.count_alive(self.segment.postings, bounds, self.alive)

    def scores(
        self, words: U32, gains: NDArray[np.float64], wanted: U8
    ) -> tuple[I64, NDArray[np.float64]]:
        """Score the wanted rows: rows i64 and the sums f64 of the gains of words they hold."""
        bounds, _ = self.segment.lists(words)
        return _packing.score_rows(self.segment.postings, bounds, gains, wanted)

    def collisions(self, keys: U32, wanted: U8, most: int) -> I64:
        """Find wanted rows that share a band with a text's keys u32[bands], i64, with repeats."""
        return _packing.collisions(
            keys, self.segment.band_keys, self.segment.band_rows, wanted, most
        )


def merged(parts: Sequence[Part]) -> Segment:
    """Make one segment of the rows alive in parts that follow each other."""
    kept = [np.flatnonzero(part.alive).astype(np.int64) for part in parts]
    bases = offsets(len(rows) for rows in kept)
    vocabulary, places = _joined_vocabulary([part.segment.vocabulary for part in parts])
    packed = [
        Ragged(*_packing.recode(part.segment.packed, part.segment.ends, rows, own))
        for part, rows, own in zip(parts, kept, places, strict=True)
    ]
    rows_packed = Ragged.joined(packed, np.uint8)
    moved = [_moved(part, rows, base) for part, rows, base in zip(parts, kept, bases, strict=False)]
    terms, postings, posting_ends, counts = _merged_lists([p.segment for p in parts], moved)
    keys, band_rows = _merged_bands([p.segment for p in parts], moved)
    return Segment(
        np.concatenate([p.segment.numbers[rows] for p, rows in zip(parts, kept, strict=True)]),
        np.concatenate([p.segment.moments[rows] for p, rows in zip(parts, kept, strict=True)]),
        rows_packed.values,
        rows_packed.offsets,
        vocabulary,
        terms,
        postings,
        posting_ends,
        counts,
        keys,
        band_rows,
    )


def _moved(part: Part, rows: I64, base: int) -> NDArray[np.int32]:
    """Number the rows alive from ``base`` on; -1 for the dead."""
    moved = np.full(len(part.segment), -1, np.int32)
    moved[rows] = np.arange(base, base + len(rows), dtype=np.int32)
    return moved


def _joined_vocabulary(vocabularies: Sequence[U32]) -> tuple[U32, list[U32]]:
    """Join vocabularies, a word where it stands first in any; and where each one's words stand."""
    words = np.concatenate(vocabularies)
    ranks = np.concatenate([np.arange(len(one)) for one in vocabularies])
    order = np.lexsort((ranks, words))
    first = np.ones(len(words), bool)
    first[1:] = words[order][1:] != words[order][:-1]
    chosen = order[first]
    by_rank = np.lexsort((words[chosen], ranks[chosen]))
    place_of = np.empty(len(chosen), np.uint32)
    place_of[by_rank] = np.arange(len(chosen), dtype=np.uint32)
    places = np.empty(len(words), np.uint32)
    places[order] = place_of[np.cumsum(first) - 1]
    edges = np.cumsum([len(one) for one in vocabularies])[:-1]
    return words[chosen][by_rank], np.split(places, edges)


def _merged_lists(
    segments: Sequence[Segment], moved: Sequence[NDArray[np.int32]]
) -> tuple[U32, U8, I64, NDArray[np.int32]]:
    terms = np.concatenate([segment.terms for segment in segments])
    bytes_before = offsets(len(segment.postings) for segment in segments)
    rows_before = offsets(len(rows) for rows in moved)
    bounds = np.concatenate(
        [
            np.stack(
                (
                    segment.posting_ends[:-1] + start,
                    segment.posting_ends[1:] + start,
                    np.full(len(segment.terms), first),
                ),
                axis=1,
            )
            for segment, start, first in zip(segments, bytes_before, rows_before, strict=False)
        ]
    )
    return _packing.merge_postings(
        terms,
        np.concatenate([segment.postings for segment in segments]),
        np.ascontiguousarray(bounds, np.int64),
        np.concatenate(moved),
        np.argsort(terms, kind="stable").astype(np.int64),
    )


def _merged_bands(
    segments: Sequence[Segment], moved: Sequence[NDArray[np.int32]]
) -> tuple[U32, U32]:
    both = []
    for segment, rows in zip(segments, moved, strict=True):
        own = rows[segment.band_rows]
        packed = (segment.band_keys.astype(np.uint64) << np.uint64(32)) | own.astype(np.uint64)
        both.append(packed[own >= 0].reshape(len(own), -1))
    return _unpacked(np.concatenate(both, axis=1))
