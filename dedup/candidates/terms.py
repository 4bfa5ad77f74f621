"""The rare-term lane: texts that share their rarest words are candidates, however reworded.

Of each text the rarest words are its terms, by document frequency in the pool at hand and in the
background vocabulary together. Texts are joined over the terms' posting lists by the cosine of
squared inverse document frequencies, and the nearest are weighed again by all words but the common
ones: what share of the shorter text's words, by weight, the other has. A version of a text has
most of them, two texts on one event or with one sentence in common have few.

What keeps the cost near linear: posting lists are capped, a text meets only its nearest, and a
large pool keeps only so many pairs an article.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from queue import SimpleQueue
from typing import NamedTuple, TypeVar

import numpy as np

from dedup.arrays import (
    F32,
    I32,
    I64,
    U16,
    U32,
    U64,
    Flags,
    Growing,
    Ragged,
    distinct,
    offsets,
    shortened,
)
from dedup.candidates import _joins, _terms
from dedup.candidates.lsh import unpack_pairs
from dedup.text.vocabulary import Vocabulary, english
from dedup.threads import map_all
from dedup.values import frozen

Rows = tuple[U32, I64, I32]
"""Words by rank, ragged u32, the terms of a row first, and how many of each row are terms."""
COMMON = 0.02
"""Share of the background's documents above which a word is common: it is not even counted."""
MOST_TEXTS = 8_000
"""A word in more texts of the pool than this is common too."""
_WORDS_AT_ONCE = 1 << 17
"""Words counted in one go, so that what is found in them stays in the core's cache."""
_SLOTS_A_NUMBER = 2
"""Of the table of words: the emptier, the fewer steps to find one."""

R = TypeVar("R")


@frozen()
class TermSettings:
    """How the lane picks terms and pairs.

    Chosen on the development data by ``benchmarks/quality_candidates.py``, which says what share of
    derived texts is found at what number of candidates.
    """

    terms: int = 64
    """Rarest words that are a text's terms, of those in ``rare`` texts of the pool or fewer."""
    rare: int = 150
    least: int = 12
    """A text with fewer such words has so many terms of those in ``most`` texts or fewer: in a
    large pool few words of a text are rare."""
    most: int = 2_000
    cosine: float = 0.12
    """Texts whose terms are less alike do not meet."""
    nearest: int = 10
    """A text meets so many others, those of the highest cosine; a pair counts where either meets
    the other."""
    share: float = 0.2
    """Pairs are candidates where so much of the shorter text's words, by weight, is in the other:
    of the pairs met half fall away, and next to none of a derived text and its source."""
    pairs: float = 2.0
    """Candidates an article in a pool that has more than ``ALL_PAIRS``: those of the highest
    share."""


ALL_PAIRS = 1_000_000
"""Candidates up to which all are kept, however many an article."""


class RareWords:
    """The distinct words of each row of a pool but the common ones, and how many rows have each.

    The pool grows batch by batch. Common are the words given, u32 ids, and those in more than
    ``most`` rows. Words are numbered in the order met; what is found does not hang on it.
    """

    def __init__(self, common: U32 | None = None, most: int = MOST_TEXTS) -> None:
        self.most = most
        known = np.empty(0, np.uint32) if common is None else common
        self._common = np.zeros(_terms.COMMON_SIZE, np.uint16)
        _terms.mark_common(known, self._common)
        self._rows = Growing()
        self.documents = 0
        self._numbers = len(known)  # each is a number already, its count above all that count
        self._ids = known
        self._counts = np.full(len(known), most + 1, np.uint64)
        self._grow(1 << max(16, len(known).bit_length()))

    def add(self, words: Ragged) -> None:
        """Count the distinct words of each row once and keep their numbers."""
        first = 0
        while first < len(words):
            room = words.offsets[first] + _WORDS_AT_ONCE
            last = max(first + 1, int(np.searchsorted(words.offsets, room, "right")) - 1)
            numbers, ends, self._numbers = _terms.count_words(
                words.values,
                words.offsets[first : last + 1],
                (self._slots, self._ids, self._counts),
                self._common,
                (self.documents, self._numbers, self.most),
            )
            counted = Ragged(numbers, ends)
            self._rows.append(counted)
            self.documents += len(counted)
            first += len(counted)
            if first < last:
                self._grow(2 * len(self._ids))

    def _grow(self, size: int) -> None:
        """Make room for ``size`` numbers, a power of two."""
        ids, counts = np.zeros(size, np.uint32), np.zeros(size, np.uint64)
        ids[: self._numbers] = self._ids[: self._numbers]
        counts[: self._numbers] = self._counts[: self._numbers]
        self._ids, self._counts = ids, counts
        self._slots = np.zeros(_SLOTS_A_NUMBER * size, np.uint64)
        _terms.enter_words(ids[: self._numbers], self._slots)

    def table(self) -> tuple[U32, I32]:
        """Give the word of each number, u32[v], and in how many rows it stands, i32[v].

        ``most + 1`` stands for that many or more, and for a word given as common.
        """
        ids = self._ids[: self._numbers]
        counts = self._counts[: self._numbers] & np.uint64(0xFFFFFFFF)
        return ids, np.minimum(counts, self.most + 1).astype(np.int32)

    def rows(self) -> Ragged:
        """Give away the numbers of each row's words, ragged u32; the table stays."""
        rows, self._rows = self._rows.done(), Growing()
        return rows


def candidate_pairs(
    pool: RareWords,
    background: Vocabulary,
    settings: TermSettings,
    *,
    threads: int = 1,
    skipped: I64 | None = None,
    keys: U64 | None = None,
) -> tuple[I64, F32]:
    """Join rows over their rarest terms, the rows ``skipped`` with none; the rows are used up.

    Of rows that are as near as each other, those come first whose ``keys`` u64[n] are less, where
    there are any; so what is found need not hang on the order of rows. Returns pairs i64[m, 2],
    i < j, unique, sorted, and of each the share of the shorter text's words that both have, f32[m].
    """
    ids, counts = pool.table()
    shared = (counts >= 2) & (counts <= pool.most)
    ranking = rank_words(ids[shared], counts[shared], pool.documents, background, settings)
    rows = _ranked_rows(pool.rows(), ranking.of(ids), ranking.tiers, settings, threads)
    if skipped is not None:
        rows[2][skipped] = 0
    met = meet(rows, ranking, settings, keys=keys, threads=threads)
    packed = distinct(met.packed())
    shares = _shares(rows, ranking.masses, met.totals, packed, threads)
    kept = shares >= np.float32(settings.share)
    packed, shares = packed[kept], shares[kept]
    kept = _best(shares, most_pairs(pool.documents, settings))
    return unpack_pairs(packed[kept]), shares[kept]


def most_pairs(articles: int, settings: TermSettings) -> int:
    """Tell how many candidates of a pool are kept, those of the highest share.

    >>> most_pairs(10, TermSettings()), most_pairs(10**6, TermSettings())
    (1000000, 2000000)
    """
    return max(ALL_PAIRS, int(settings.pairs * articles))


class Met(NamedTuple):
    """Whom each of some rows has met over its terms.

    ``order`` u32[n] the rows, the longest first. Of each place in it: ``near`` u32[n, k], the
    places of the nearest, and ``cosines`` f32[n, k], the highest first, 0 where there is none.
    ``lengths`` f32[n] and ``totals`` u64[n] weigh the terms and the words of each row.
    """

    order: U32
    near: U32
    cosines: F32
    lengths: F32
    totals: U64

    def directed(self, places: slice = slice(None)) -> tuple[U32, U32, F32]:
        """List rows, u32[m], one of the nearest of each, u32[m], and their cosine, f32[m].

        All rows are listed, or those of some places.
        """
        order, near, cosines = self.order[places], self.near[places], self.cosines[places]
        rows, ranks = np.nonzero(cosines)
        return order[rows], self.order[near[rows, ranks]], cosines[rows, ranks]

    def packed(self) -> U64:
        """List the pairs met as ``i << 32 | j``, i < j, some of them twice."""
        rows, others, _ = self.directed()
        first = np.minimum(rows, others).astype(np.uint64)
        return (first << np.uint64(32)) | np.maximum(rows, others).astype(np.uint64)


def meet(
    rows: Rows,
    ranking: Ranking,
    settings: TermSettings,
    *,
    keys: U64 | None = None,
    threads: int = 1,
) -> Met:
    """Find for each row its nearest, of equally near ones the longer first, then the lesser key."""
    lengths, totals = _terms.weigh_rows(*rows, ranking.gains, ranking.masses)
    order = np.lexsort((-lengths,) if keys is None else (keys, -lengths)).astype(np.uint32)
    near, cosines = _nearest(rows, (ranking.gains, lengths), order, settings, threads)
    return Met(order, near, cosines, lengths, totals)


_Nearest = tuple[U32, F32]


def _nearest(
    rows: Rows,
    weights: tuple[U16, F32],
    order: U32,
    settings: TermSettings,
    threads: int,
) -> _Nearest:
    """Find the nearest of each place in ``order`` u32[n], the rows of which the longest is first.

    Returns their places u32[n, k] and cosines f32[n, k], 0 where there is none.

    A thread fills a table of its own. What is nearest does not hang on the order of meetings, so
    the tables joined are the same for any number of threads.
    """
    gains, lengths = weights
    shape = len(lengths), settings.nearest
    starts = _joins.list_starts(rows, len(gains))
    lists = order, starts, _joins.post_terms(rows, order, starts)
    tables: SimpleQueue[_Nearest] = SimpleQueue()
    for _ in range(threads):
        tables.put((np.zeros(shape, np.uint32), np.zeros(shape, np.float32)))

    def join(part: tuple[int, int]) -> None:
        table = tables.get()
        _joins.join_terms(rows, weights, lists, part, settings.cosine, table)
        tables.put(table)

    _by_parts(join, len(lengths), threads)
    nearest = tables.get()
    while not tables.empty():
        _joins.merge_nearest(nearest, tables.get())
    return nearest


def _shares(
    rows: Rows,
    masses: U32,
    totals: U64,
    packed: U64,
    threads: int,
) -> F32:
    """Weigh what the rows of each pair have in common, f32[m]."""
    found = _by_parts(
        lambda part: _joins.shared_mass(rows[:2], masses, totals, packed[part[0] : part[1]]),
        len(packed),
        threads,
    )
    return np.concatenate(found)


class Ranking(NamedTuple):
    """How rare the words are that texts of a pool share.

    ``ids`` u32[v] ascending are the words and ``ranks`` u32[v] theirs, 0 the rarest. By rank:
    ``gains`` u16, the square of a term in the cosine, and ``masses`` u32, the weight of a word in
    the share; whole numbers, whose sums do not hang on their order. ``tiers`` are the ranks from
    which on words are not rare, and no terms.
    """

    ids: U32
    ranks: U32
    gains: U16
    masses: U32
    tiers: tuple[int, int]

    def of(self, words: U32) -> U32:
        """Give the ranks of words, u32[m], ``NO_RANK`` for one that is not shared."""
        found = np.full(len(words), _terms.NO_RANK, np.uint32)
        order = np.argsort(words)  # words in order are looked up far faster
        at = np.searchsorted(self.ids, words[order])
        inside = at < len(self.ids)
        at, order = at[inside], order[inside]
        known = self.ids[at] == words[order]
        found[order[known]] = self.ranks[at[known]]
        return found


_STEPS = 16
"""Of a weight: as finely as it counts where words are ordered and where their squares are added."""
_HIGHEST = 64
"""No weight is higher: it is a logarithm of documents."""


def rank_words(
    ids: U32,
    counts: I32,
    documents: int,
    background: Vocabulary,
    settings: TermSettings,
) -> Ranking:
    """Order words u32[v] in ``counts`` i32[v] of ``documents`` texts: by tier, by weight, by id."""
    by_id = np.argsort(ids)
    ids, counts = ids[by_id], counts[by_id]
    weights = weigh(ids, counts, documents, background)
    tier = (counts > settings.rare).astype(np.uint16) + (counts > settings.most)
    rarity = np.round((_HIGHEST - weights) * _STEPS).astype(np.uint16)
    order = np.argsort(tier * np.uint16(2 * _HIGHEST * _STEPS) + rarity, kind="stable")
    ranks = np.empty(len(ids), np.uint32)
    ranks[order] = np.arange(len(order), dtype=np.uint32)
    squares = np.square(weights[order])
    first, last = np.searchsorted(tier[order], np.array([1, 2], np.uint16)).tolist()
    return Ranking(
        ids,
        ranks,
        _gains(squares, max(settings.terms, settings.least)),
        np.round(squares * _STEPS).astype(np.uint32),
        (first, last),
    )


def _gains(squares: F32, terms: int) -> U16:
    """Scale the squares of squared weights so that those of all terms of a row fit 16 bits."""
    gains = np.square(squares)
    highest = (np.iinfo(np.uint16).max // terms - 1) / gains.max(initial=1)
    scaled: U16 = np.ceil(gains * highest).astype(np.uint16)
    return scaled


def ranked(words: Ragged, ranking: Ranking, settings: TermSettings) -> Rows:
    """Put the words of texts, ragged u32, by rank, those of a pool whose ranking is known."""
    pool = RareWords(english().common(COMMON))
    pool.add(words)
    ids, _ = pool.table()
    return _ranked_rows(pool.rows(), ranking.of(ids), ranking.tiers, settings, 1)


def _ranked_rows(
    numbers: Ragged,
    ranks: U32,
    tiers: tuple[int, int],
    settings: TermSettings,
    threads: int,
) -> Rows:
    """Put every row's words by rank: words ragged u32, and how many are terms, i32[n].

    They take the place of the numbers: of a large dump there is no room for both.
    """
    limits = settings.terms, settings.least

    def of_part(part: tuple[int, int]) -> tuple[int, I64, I32]:
        own = numbers.offsets[part[0] : part[1] + 1]
        return int(own[0]), *_terms.rank_words(numbers.values, own, ranks, tiers, limits)

    parts = _by_parts(of_part, len(numbers), threads)
    end = 0
    for start, ends, _ in parts:
        size = int(ends[-1])
        numbers.values[end : end + size] = numbers.values[start : start + size]
        end += size
    lengths = np.concatenate([np.diff(ends) for _, ends, _ in parts])
    terms = np.concatenate([terms for *_, terms in parts])
    return shortened(numbers.values, end), offsets(lengths), terms


_PARTS_A_THREAD = 4
"""Rows take unequal time, so that as many parts as threads would end at unequal times."""


def _by_parts(work: Callable[[tuple[int, int]], R], rows: int, threads: int) -> list[R]:
    """Work on parts of the rows, from the first to before the last, on several threads."""
    count = _PARTS_A_THREAD * threads if threads > 1 else 1
    edges = np.linspace(0, rows, count + 1).astype(int).tolist()
    return map_all(work, pairwise(edges), threads)


def _best(shares: F32, most: int) -> Flags:
    """Choose the highest shares, ``most`` of them and what equals the last, bool[m]."""
    least = np.partition(shares, -most)[-most] if len(shares) > most else np.float32(0)
    return shares >= least


def weigh(ids: U32, counts: I32, documents: int, background: Vocabulary) -> F32:
    """Weigh words by inverse document frequency in the pool and the background together, f32[v]."""
    known = background.document_frequencies(ids) - np.float32(1)
    total = np.float32(math.log(documents + background.documents + 1))
    return (total - np.log(counts.astype(np.float32) + known)).astype(np.float32)
