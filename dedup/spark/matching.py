"""Candidates by both lanes: articles meet in buckets of bands and in blocks of rare terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from pyspark import Broadcast

from dedup.arrays import F32, I32, U32, U64, Ragged
from dedup.candidates import _joins
from dedup.candidates.lsh import bucket_pairs
from dedup.candidates.terms import (
    COMMON,
    Ranking,
    RareWords,
    TermSettings,
    meet,
    ranked,
)
from dedup.spark.cards import among
from dedup.spark.flow import Flow
from dedup.spark.reading import Read
from dedup.text.vocabulary import english

_ODD = np.uint64(0x9E3779B97F4A7C15)
_ROWS_AT_ONCE = 20_000
SETTINGS = TermSettings()


def pair_keys(pairs: U64) -> U64:
    """Number pairs of keys, u64[m]."""
    return pairs[:, 0] ^ (pairs[:, 1] * _ODD)


class Kept(NamedTuple):
    """Which rows are articles and which of those are firsts: keys u64 of the others, in order."""

    dropped: Broadcast[Any]
    again: Broadcast[Any]

    def articles(self, read: Read) -> Read:
        """Leave out the rows that are no articles."""
        return read.of_rows(~among(read.cards.keys, self.dropped))

    def firsts(self, read: Read) -> Read:
        """Leave out all but the first article of the same words; keys are digests then."""
        cards = read.cards
        kept = (cards.counts > 0) & ~among(cards.keys, self.dropped)
        found = read.of_rows(kept & ~among(cards.keys, self.again))
        return found.with_keys(found.cards.digests)

    def keyed(self, read: Read) -> Read:
        """Leave out the rows that are no articles; the key of a first is its digest."""
        found = self.articles(read)
        cards = found.cards
        is_first = (cards.counts > 0) & ~among(cards.keys, self.again)
        return found.with_keys(np.where(is_first, cards.digests, cards.keys))


def send_bands(items: Iterator[Read], kept: Kept) -> Iterator[tuple[U64, tuple[U64, U64]]]:
    """Send every article's key to its buckets: 16 bytes a band."""
    for read in map(kept.firsts, items):
        bands = np.arange(len(read.bands), dtype=np.uint64)[:, None]
        buckets = (read.bands ^ (bands * _ODD)).ravel()
        yield buckets, (buckets, np.tile(read.cards.keys, len(read.bands)))


def join_buckets(items: Iterator[tuple[U64, U64]]) -> Iterator[Pairs]:
    """Find the pairs of the buckets of a part."""
    columns = [*zip(*items, strict=True)]
    if columns:
        found = bucket_pairs(*(np.concatenate(column) for column in columns))
        yield Pairs(found, np.full(len(found), np.nan, np.float32))


class Pairs(NamedTuple):
    """Candidates: the keys of firsts, u64[m, 2], the lesser first, each pair once; 20 bytes each.

    ``shares`` f32[m] is what share of words they have in common; NaN for a pair of a bucket.
    """

    keys: U64
    shares: F32


def count_words(items: Iterator[Read], kept: Kept) -> Iterator[tuple[U64, tuple[U32, I32]]]:
    """Count in how many articles of a partition each word stands that is not common.

    Only what is found of a whole partition is sent: 8 bytes for each of its words.
    """
    pool = RareWords(english().common(COMMON))
    for read in map(kept.articles, items):
        pool.add(read.packed.unpacked()[0])
    ids, counts = pool.table()
    given = len(english().common(COMMON))
    yield ids[given:].astype(np.uint64), (ids[given:], counts[given:])


def add_counts(items: Iterator[tuple[U32, I32]], most: int) -> Iterator[tuple[U32, I32]]:
    """Add up counts; only words in two articles or more, but not more than ``most``, go on."""
    columns = [*zip(*items, strict=True)]
    if columns:
        ids, counts = (np.concatenate(column) for column in columns)
        order = np.argsort(ids)
        ids, counts = ids[order], counts[order].astype(np.int64)
        starts = np.flatnonzero(np.append(True, ids[1:] != ids[:-1]))
        sums = np.add.reduceat(counts, starts)
        shared = (sums >= 2) & (sums <= most)
        yield ids[starts[shared]], sums[shared].astype(np.int32)


def send_terms(
    items: Iterator[Read], kept: Kept, ranking: Broadcast[Ranking], blocks: int
) -> Iterator[tuple[int, Any]]:
    """Send every article's words by rank to each pair of blocks that its own block is in.

    4 bytes a word that is neither common nor alone, as often as there are other blocks.
    """
    couples = block_pairs(blocks)
    for read in map(kept.firsts, items):
        values, ends, terms = ranked(read.packed.unpacked()[0], ranking.value, SETTINGS)
        words = Ragged(values, ends)
        of = (read.cards.keys >> np.uint64(32)) % np.uint64(blocks)
        for number, couple in enumerate(couples):
            rows = np.flatnonzero(np.isin(of, np.array(couple, np.uint64)))
            if len(rows):
                yield number, (read.cards.keys[rows], words.take(rows), terms[rows])


def block_pairs(blocks: int) -> list[tuple[int, ...]]:
    """List the pairs of blocks in which all articles meet; those of one block meet there too.

    >>> block_pairs(1), block_pairs(3)
    ([(0,)], [(0, 1), (0, 2), (1, 2)])
    """
    return [(0,)] if blocks == 1 else [*combinations(range(blocks), 2)]


class Nearest(NamedTuple):
    """Articles u64[m], an other one that each has met, u64[m], and how near that is.

    ``cosines``, ``shares`` and the ``lengths`` of the others are f32[m].
    """

    keys: U64
    others: U64
    cosines: F32
    shares: F32
    lengths: F32


def join_block(
    items: Iterator[tuple[U64, Ragged, I32]], ranking: Broadcast[Ranking]
) -> Iterator[Nearest]:
    """Find the nearest of each article among those of two blocks."""
    columns = [*zip(*items, strict=True)]
    if not columns:
        return
    keys, terms = np.concatenate(columns[0]), np.concatenate(columns[2])
    words = Ragged.joined(columns[1])
    del columns  # as large as all that is made of it
    rows = words.values, words.offsets, terms
    met = meet(rows, ranking.value, SETTINGS, keys=keys)
    for start in range(0, len(keys), _ROWS_AT_ONCE):
        ones, others, cosines = met.directed(slice(start, start + _ROWS_AT_ONCE))
        first, last = np.minimum(ones, others).astype(np.uint64), np.maximum(ones, others)
        pairs, at = np.unique((first << np.uint64(32)) | last, return_inverse=True)
        shares = _joins.shared_mass(rows[:2], ranking.value.masses, met.totals, pairs)
        yield Nearest(keys[ones], keys[others], cosines, shares[at], met.lengths[others])


def choose_nearest(items: Iterator[Nearest]) -> Iterator[Pairs]:
    """Choose the nearest of all that articles have met, and of those what shares enough words."""
    columns = [*zip(*items, strict=True)]
    if not columns:
        return
    keys, others, cosines, shares, lengths = (np.concatenate(column) for column in columns)
    order = np.lexsort((others, -lengths, -cosines, keys))
    keys, others, shares = keys[order], others[order], shares[order]
    new = np.ones(len(keys), np.bool_)
    new[1:] = (keys[1:] != keys[:-1]) | (others[1:] != others[:-1])
    keys, others, shares = keys[new], others[new], shares[new]
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else np.empty(0)
    place = np.arange(len(keys)) - np.repeat(starts, np.diff(np.append(starts, len(keys))))
    chosen = (place < SETTINGS.nearest) & (shares >= np.float32(SETTINGS.share))
    pairs = np.sort(np.stack((keys[chosen], others[chosen]), axis=1), axis=1)
    yield Pairs(pairs, shares[chosen])


def merge_pairs(items: Iterator[Pairs]) -> Iterator[Pairs]:
    """Put the pairs of one lane together, each once."""
    columns = [*zip(*items, strict=True)]
    if columns:
        keys, shares = (np.concatenate(column) for column in columns)
        order = np.lexsort((shares, keys[:, 1], keys[:, 0]))
        keys, shares = keys[order], shares[order]
        new = np.append(True, (keys[1:] != keys[:-1]).any(axis=1)) if len(keys) else slice(0)
        yield Pairs(keys[new], shares[new])


def least_share(pairs: Flow, most: int) -> float:
    """Find the share of the last of so many pairs, those of the highest."""
    low = 0
    for shift in (16, 0):  # the bits of a share order as it does; the upper half, then all
        counting = partial(_count_bits, above=low >> 16 if shift == 0 else None, shift=shift)
        numbers: Counter[int] = Counter()
        for values, counts in pairs.mapped(counting).collect():
            numbers.update(dict(zip(values.tolist(), counts.tolist(), strict=True)))
        for value in sorted(numbers, reverse=True):
            if numbers[value] >= most:
                low = value << shift
                break
            most -= numbers[value]
    return float(np.array([low], np.uint32).view(np.float32)[0])


def _count_bits(items: Iterator[Pairs], above: int | None, shift: int) -> Iterator[Any]:
    for pairs in items:
        bits = pairs.shares.view(np.uint32)
        if above is not None:
            bits = bits[bits >> 16 == above]
        yield np.unique(bits >> np.uint32(shift), return_counts=True)
