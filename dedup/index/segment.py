"""A batch of articles as arrays that answer look-ups: written once, mapped, merged, never changed.

Rows stand in the order of their article numbers. Segments that follow each other merge into one, so
the rows of a merged segment are those of its parts end to end, but for the dead ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import I32, I64, U8, U32, U64, Flags, Ragged, offsets
from dedup.candidates import _sketches
from dedup.candidates.lsh import Bands
from dedup.candidates.minhash import signatures
from dedup.candidates.terms import COMMON
from dedup.errors import FormatError
from dedup.index import _lists, _lookups, _rows
from dedup.index.container import Arrays, map_arrays
from dedup.text.vocabulary import english

_KINDS: Mapping[str, tuple[type[np.generic], int]] = {
    "numbers": (np.int64, 1),
    "moments": (np.int64, 1),
    "sizes": (np.int32, 1),
    "packed": (np.uint8, 1),
    "ends": (np.int64, 1),
    "vocabulary": (np.uint32, 1),
    "terms": (np.uint32, 1),
    "postings": (np.uint8, 1),
    "posting_ends": (np.int64, 1),
    "counts": (np.int32, 1),
    "band_keys": (np.uint32, 2),
    "band_rows": (np.uint32, 2),
}
"""Of each array of a segment its type and how many dimensions it has."""
_AT_ONCE = 1 << 13
"""Rows that are unpacked at once for a merge: what bounds its memory."""


def band_keys(words: Ragged, bands: Bands) -> U32:
    """Hash each band of the rows' signatures to 32 bits, u32[bands, n]."""
    keys = _sketches.band_keys(signatures(words, bands.permutations), bands.bands, bands.rows)
    return (keys >> np.uint64(32)).astype(np.uint32)


@lru_cache(maxsize=1)
def common_words() -> U32:
    """Give the words that are too common to be looked up, u32, ascending."""
    return np.sort(english().common(COMMON))


def _are_terms(words: U32) -> Flags:
    """Tell which words, ascending, are not too common."""
    common = common_words()
    at = np.minimum(np.searchsorted(common, words), len(common) - 1)
    found: Flags = np.not_equal(common[at], words)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """The arrays of some articles, a row each.

    ``numbers`` i64[n], their numbers in the index, ascending; ``moments`` i64[n], their dates in
    seconds since 1970, ``NO_MOMENT`` for none; ``sizes`` i32[n], how many of the terms below each
    has. ``packed`` u8 with ``ends`` i64[n + 1] has words and marks, by their places in
    ``vocabulary`` u32. Each of ``terms`` u32, ascending, has its rows in ``postings`` u8 by
    ``posting_ends`` i64, so many as ``counts`` i32 says. ``band_keys`` and ``band_rows``
    u32[bands, n] are sorted in each band.
    """

    numbers: I64
    moments: I64
    sizes: I32
    packed: U8
    ends: I64
    vocabulary: U32
    terms: U32
    postings: U8
    posting_ends: I64
    counts: I32
    band_keys: U32
    band_rows: U32

    def __len__(self) -> int:
        return len(self.numbers)

    @classmethod
    def of(cls, numbers: I64, moments: I64, words: Ragged, marks: U8, bands: Bands) -> Segment:
        """Lay out new articles: their words, ragged u32, and a byte of marks for each."""
        ids, places, counts, rows, starts = _lists.invert(words.values, words.offsets)
        ranked = np.lexsort((ids, -counts))
        rank = np.empty(len(ids), np.uint32)
        rank[ranked] = np.arange(len(ids), dtype=np.uint32)
        packed, ends = _rows.pack_rows(rank[places], marks, words.offsets)
        by_word = np.argsort(ids)
        chosen = by_word[_are_terms(ids[by_word])].astype(np.int64)
        postings, posting_ends = _lists.pack_postings(rows, starts, chosen)
        is_term = np.zeros(len(ids), np.bool_)
        is_term[chosen] = True
        sizes = np.bincount(rows[is_term.repeat(np.diff(starts))], minlength=len(numbers))
        keys, band_rows = _sorted_bands(band_keys(words, bands))
        return cls(
            numbers,
            moments,
            sizes.astype(np.int32),
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
        kinds = {name: (array.dtype.type, array.ndim) for name, array in arrays.items()}
        if kinds != _KINDS:
            raise FormatError.of(path, "it has other arrays than a segment has")
        made = cls(**arrays)
        if not made._fits():
            raise FormatError.of(path, "its arrays do not fit together")
        return made

    def _fits(self) -> bool:
        rows, terms = len(self.numbers), len(self.terms)
        return (
            rows > 0
            and len(self.moments) == len(self.sizes) == rows
            and len(self.ends) == rows + 1
            and len(self.posting_ends) == terms + 1
            and len(self.counts) == terms
            and self.band_keys.shape == self.band_rows.shape
            and self.band_keys.shape[1] == rows
        )

    def arrays(self) -> Arrays:
        """Give the arrays to write, by name."""
        return {name: getattr(self, name) for name in _KINDS}

    def shared_terms(self, terms: Ragged, pairs: I64) -> I32:
        """Count the terms of texts, ragged u32, that rows hold, i32[m].

        ``pairs`` i64[m, 2] are texts, ascending, and rows.
        """
        texts = terms.values, terms.offsets
        return _lists.shared_terms(texts, pairs, self.packed, self.ends, self.vocabulary)

    def read(self, rows: I64) -> tuple[Ragged, U8]:
        """Give words, ragged u32, and marks, u8, of some rows."""
        words, marks, ends = _rows.unpack_rows(self.packed, self.ends, rows, self.vocabulary)
        return Ragged(words, ends), marks


def _sorted_bands(keys: U32) -> tuple[U32, U32]:
    """Sort the keys of each band with the rows they are of: twice u32[bands, n]."""
    rows = np.arange(keys.shape[1], dtype=np.uint64)
    return _unpacked((keys.astype(np.uint64) << np.uint64(32)) | rows)


def _unpacked(both: U64) -> tuple[U32, U32]:
    both.sort(axis=1)
    return (both >> np.uint64(32)).astype(np.uint32), both.astype(np.uint32)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A segment and which of its rows are alive: ``alive`` u8[n], ``live`` of them."""

    segment: Segment
    alive: U8
    live: int

    @classmethod
    def of(cls, segment: Segment, dead: bytes | None = None) -> Part:
        """Make a part from a segment and a bit for each row, set where it is dead."""
        if dead is None:
            return cls(segment, np.ones(len(segment), np.uint8), len(segment))
        bits = np.unpackbits(np.frombuffer(dead, np.uint8), count=len(segment))
        alive = (bits == 0).astype(np.uint8)
        return cls(segment, alive, int(alive.sum()))

    def without(self, rows: Flags) -> Part:
        """Give the same with some rows dead, bool[n]."""
        alive = (self.alive.view(np.bool_) & ~rows).astype(np.uint8)
        return Part(self.segment, alive, int(alive.sum()))

    @property
    def dead(self) -> bytes | None:
        """A bit for each row, set where it is dead; None where all are alive."""
        return None if self.live == len(self.segment) else np.packbits(self.alive == 0).tobytes()

    @property
    def filters(self) -> tuple[U8, I64, I32, I64]:
        """What :mod:`dedup.index._lookups` asks of rows: alive, moments, sizes, numbers."""
        return self.alive, self.segment.moments, self.segment.sizes, self.segment.numbers

    def find_lists(self, terms: U32, counts: I64) -> I64:
        """Find the posting lists of terms, ascending, i64[t, 2]; add their rows to ``counts``."""
        held = self.segment
        return _lookups.find_lists(
            held.terms, held.posting_ends, held.counts, len(held.postings), terms, counts
        )


def merged(parts: Sequence[Part]) -> Segment:
    """Make one segment of the rows alive in parts that follow each other."""
    segments = [part.segment for part in parts]
    kept = [np.flatnonzero(part.alive) for part in parts]
    bases = offsets(len(rows) for rows in kept).tolist()
    vocabulary, places = _joined_vocabulary([segment.vocabulary for segment in segments])
    packed = Ragged.joined(
        [
            Ragged(*_rows.recode(segment.packed, segment.ends, rows[at : at + _AT_ONCE], own))
            for segment, rows, own in zip(segments, kept, places, strict=True)
            for at in range(0, len(rows), _AT_ONCE)
        ],
        np.uint8,
    )
    moved = [_moved(part, rows, base) for part, rows, base in zip(parts, kept, bases, strict=False)]
    lists = _merged_lists(segments, moved)

    def taken(name: str) -> NDArray[Any]:
        columns = zip(segments, kept, strict=True)
        return np.concatenate([getattr(segment, name)[rows] for segment, rows in columns])

    return Segment(
        taken("numbers"),
        taken("moments"),
        taken("sizes"),
        packed.values,
        packed.offsets,
        vocabulary,
        *lists,
        *_merged_bands(segments, moved),
    )


def _moved(part: Part, rows: I64, base: int) -> I32:
    """Number the rows alive from ``base`` on; -1 for the dead."""
    moved = np.full(len(part.segment), -1, np.int32)
    moved[rows] = np.arange(base, base + len(rows), dtype=np.int32)
    return moved


def _joined_vocabulary(vocabularies: Sequence[U32]) -> tuple[U32, list[U32]]:
    """Join vocabularies, a word where it stands first in any; and where each one's words stand."""
    words = np.concatenate(vocabularies)
    ranks = np.concatenate([np.arange(len(one)) for one in vocabularies])
    order = np.lexsort((ranks, words))
    first = np.ones(len(words), np.bool_)
    first[1:] = words[order][1:] != words[order][:-1]
    chosen = order[first]
    by_rank = np.lexsort((words[chosen], ranks[chosen]))
    place_of = np.empty(len(chosen), np.uint32)
    place_of[by_rank] = np.arange(len(chosen), dtype=np.uint32)
    places = np.empty(len(words), np.uint32)
    places[order] = place_of[np.cumsum(first) - 1]
    edges = np.cumsum([len(one) for one in vocabularies])[:-1]
    return words[chosen][by_rank], np.split(places, edges)


def _merged_lists(segments: Sequence[Segment], moved: Sequence[I32]) -> tuple[U32, U8, I64, I32]:
    terms = np.concatenate([segment.terms for segment in segments])
    bytes_before = offsets(len(segment.postings) for segment in segments).tolist()
    rows_before = offsets(len(rows) for rows in moved).tolist()
    bounds = np.empty((len(terms), 4), np.int64)
    at = 0
    for segment, start, (first, last) in zip(
        segments, bytes_before, pairwise(rows_before), strict=False
    ):
        own = bounds[at : at + len(segment.terms)]
        own[:, 0] = segment.posting_ends[:-1] + start
        own[:, 1] = segment.posting_ends[1:] + start
        own[:, 2:] = first, last
        at += len(own)
    return _lists.merge_postings(
        terms,
        np.concatenate([segment.postings for segment in segments]),
        bounds,
        np.concatenate(moved),
        np.argsort(terms, kind="stable").astype(np.int64),
    )


def _merged_bands(segments: Sequence[Segment], moved: Sequence[I32]) -> tuple[U32, U32]:
    both = []
    for segment, rows in zip(segments, moved, strict=True):
        own = rows[segment.band_rows]
        packed = (segment.band_keys.astype(np.uint64) << np.uint64(32)) | own.astype(np.uint64)
        both.append(packed[own >= 0].reshape(len(own), -1))
    return _unpacked(np.concatenate(both, axis=1))
