"""Judge many pairs of articles, from their words and marks alone: the verdicts of a scan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from dedup.arrays import F64, I64, U8, U64, Flags, Ragged, joined_columns
from dedup.candidates.lsh import pack_pairs
from dedup.candidates.resemblance import jaccards
from dedup.corpus.checkpoint import Checkpoint
from dedup.corpus.marking import MarkedRows
from dedup.model import Verdict
from dedup.threads import in_order
from dedup.verdict.judging import CODES, VERDICTS, judge
from dedup.verdict.stories import Stories

_WORDS_AT_ONCE = 1 << 21
"""Words of the articles that one block of pairs is judged with."""
WORDS_LAID = 1 << 17
"""Words of the stories that are laid out at once: 10 MB of arrays, so that their memory is used
again and again, where the system would have to clear more each time."""


Judgement = tuple[Verdict, float, float]
"""How two articles compare: verdict, probability and Jaccard similarity."""


class Judged(NamedTuple):
    """What was found of pairs: ``verdicts`` u8[m], ``probability`` and ``jaccard`` f64[m].

    A verdict is its place in :data:`dedup.verdict.judging.VERDICTS`.
    """

    verdicts: U8
    probability: F64
    jaccard: F64

    def judgements(self) -> Iterator[Judgement]:
        """Give what was found of each pair."""
        verdicts = (VERDICTS[code] for code in self.verdicts.tolist())
        return zip(verdicts, self.probability.tolist(), self.jaccard.tolist(), strict=True)

    def are_versions(self, min_probability: float) -> Flags:
        """Tell which pairs count as versions in a scan that asks for this probability, bool[m]."""
        sure: Flags = _IS_VERSION[self.verdicts] & (self.probability >= min_probability)
        return sure

    def are_related(self, min_probability: float) -> Flags:
        """Tell which pairs share something, bool[m]."""
        shares: Flags = self.verdicts != CODES[Verdict.UNRELATED]
        return shares | (self.probability >= min_probability)

    def taken(self, places: I64 | Flags) -> Judged:
        """Give what was found of some pairs."""
        return Judged(self.verdicts[places], self.probability[places], self.jaccard[places])

    def put(self, places: Flags, others: Judged) -> None:
        """Put what was found of other pairs in some places, bool[m]."""
        self.verdicts[places], self.probability[places], self.jaccard[places] = others

    @classmethod
    def of_copies(cls, count: int) -> Judged:
        """Say of pairs that they have the same words."""
        same = np.full(count, CODES[Verdict.IDENTICAL], np.uint8)
        return cls(same, np.ones(count), np.ones(count))

    @classmethod
    def joined(cls, parts: Sequence[Judged]) -> Judged:
        """Put what was found of several blocks of pairs end to end."""
        return cls(*joined_columns(parts, (np.uint8, np.float64, np.float64)))


_IS_VERSION: Flags = np.array([verdict.is_version for verdict in VERDICTS])


def visits(pairs: I64, rows: int) -> I64:
    """Order pairs of ``rows`` rows, i64[m, 2], so that those of a row come soon after another.

    Then few stories have to be laid out twice. Every row joins the least that it is paired with,
    and so do the groups that come of it, some times over (as Borůvka's trees do).

    >>> visits(np.array([[0, 4], [1, 2], [3, 4]]), 5).tolist()
    [0, 2, 1]
    """
    groups = [np.arange(rows)]
    between = pairs
    for _ in range(_ROUNDS):
        least = np.arange(rows)
        np.minimum.at(least, between.max(axis=1), between.min(axis=1))
        while (least != least[least]).any():
            least = least[least]
        groups.append(least[groups[-1]])
        between = least[between]
    place = np.empty(rows, np.int64)
    place[np.lexsort(groups)] = np.arange(rows)
    return np.argsort(pack_pairs(np.sort(place[pairs], axis=1)))


_ROUNDS = 3
"""More bring next to nothing: with three, .75 stories are laid out a pair of 100,000 articles,
where there are .72; it was 1.42."""


def judge_pairs(
    articles: MarkedRows, pairs: I64, *, threads: int, kept: Checkpoint
) -> Iterator[Judged]:
    """Judge pairs of rows, i64[m, 2], on several threads: block after block, in their order."""

    def judged(block: tuple[int, I64]) -> Judged:
        number, some = block
        return Judged(**kept.part(f"judged-{number}", lambda: _judged(articles, some)._asdict()))

    blocks = blocks_of(pairs, np.diff(articles.words.offsets), _WORDS_AT_ONCE)
    return (found for _, found in in_order(judged, enumerate(blocks), threads))


def blocks_of(pairs: I64, lengths: I64, at_once: int) -> Iterator[I64]:
    """Cut pairs into blocks whose articles have at most ``at_once`` words together.

    ``pairs`` i64[m, 2] rows of a pool; ``lengths`` i64[n] words of each row. A single pair may have
    more.
    """
    start, size = 0, _PAIRS_AT_FIRST
    while start < len(pairs):
        part = pairs[start : start + size]
        rows, places = np.unique(part, return_index=True)
        # What each pair adds: the words of those of its rows that no pair before it has.
        added = np.bincount(places // 2, lengths[rows], len(part))
        count = int(np.searchsorted(added.cumsum(), at_once, side="right"))
        if count == len(part) and start + count < len(pairs):
            size *= 2
            continue
        count = max(count, 1)
        yield pairs[start : start + count]
        start, size = start + count, count + count // 4 + 1


_PAIRS_AT_FIRST = 1 << 9
"""Pairs that may make the first block; the next ones are about as long as the one before."""


def _judged(articles: MarkedRows, pairs: I64) -> Judged:
    """Judge the pairs of one block: few stories at a time are laid out, and let go after."""
    found: list[Judged] = []
    every, pairs = local_rows(pairs)
    lengths = articles.words.offsets[every + 1] - articles.words.offsets[every]
    for part in blocks_of(pairs, lengths, WORDS_LAID):
        rows, local = local_rows(part)
        found.append(judge_stories(*articles.taken(every[rows]), local))
    return Judged.joined(found)


def local_rows(pairs: I64) -> tuple[I64, I64]:
    """Number the rows of pairs i64[m, 2] anew: the rows, ascending, and the pairs by their places.

    >>> [found.tolist() for found in local_rows(np.array([[3, 9], [5, 9]]))]
    [[3, 5, 9], [[0, 2], [1, 2]]]
    """
    rows, local = np.unique(pairs, return_inverse=True)
    return rows, local.reshape(-1, 2).astype(np.int64)


def judge_stories(words: Ragged, marks: Ragged, local: I64) -> Judged:
    """Judge pairs of rows i64[m, 2] of texts: ``words`` u32 and a byte of ``marks`` u8 for each."""
    measures = Stories(words, marks.values).measures(local, of="related")
    return Judged(*judge(measures), jaccards(words, local))


@dataclass(slots=True, eq=False)
class Judgements:
    """The judgements of a scan; a pair not judged yet is judged when it is asked for.

    ``pairs`` i64[m, 2] are the rows of the candidates, i < j, sorted, and ``judged`` what was found
    of them; ``copies`` i64[k, 2] are rows of the same words: the one that stands in ``pairs``, and
    another. On ``threads`` others are judged.
    """

    articles: MarkedRows
    pairs: I64
    copies: I64
    judged: Judged
    threads: int = 1
    _packed: U64 = field(init=False, repr=False)
    _first: I64 = field(init=False, repr=False)
    _asked: set[_Rows] = field(init=False, repr=False, default_factory=set)
    _known: dict[_Rows, tuple[int, float, float]] = field(
        init=False, repr=False, default_factory=dict
    )
    _lengths: I64 = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._lengths = np.diff(self.articles.words.offsets)
        self._packed = pack_pairs(self.pairs)
        self._first = np.arange(len(self._lengths))
        self._first[self.copies[:, 1]] = self.copies[:, 0]

    def afresh(self) -> Judgements:
        """Give the same, of which nothing was asked yet: what is known is shared."""
        other = copy(self)
        other._asked = set()
        return other

    def thin(self, rows: I64) -> None:
        """Let go of the words of all but some rows: nothing may be asked about others then."""
        self.articles = self.articles.thin(rows)

    def of(self, pairs: I64) -> Judged:
        """Judge pairs of rows, i64[m, 2], those not judged yet in one go."""
        ordered = np.sort(pairs, axis=1)
        found = Judged.of_copies(len(pairs))
        at, is_candidate = self._places(ordered)
        found.put(is_candidate, self.judged.taken(at[is_candidate]))
        is_other = ~is_candidate & (self._first[ordered[:, 0]] != self._first[ordered[:, 1]])
        others = _as_rows(ordered[is_other])
        self._ask(set(others))
        found.put(is_other, self._told(others))
        return found

    def _places(self, ordered: I64) -> tuple[I64, Flags]:
        """Tell where pairs of rows, i < j, stand among the candidates, and which do, bool[m]."""
        packed = pack_pairs(ordered)
        at = np.searchsorted(self._packed, packed)
        found = np.zeros(len(ordered), dtype=np.bool_)
        inside = at < len(self._packed)
        found[inside] = self._packed[at[inside]] == packed[inside]
        return at, found

    def _told(self, rows: Sequence[_Rows]) -> Judged:
        """Give what was found of pairs that were asked for."""
        if not rows:
            return Judged.of_copies(0)
        codes, *scores = zip(*map(self._known.__getitem__, rows), strict=True)
        return Judged(np.array(codes, np.uint8), *map(np.array, scores))

    def known(self, pairs: I64) -> list[Judgement | None]:
        """Give what was found of pairs of rows, i64[m, 2]; ``None`` of what was never compared.

        Rows of the same words were compared as one.
        """
        firsts = np.sort(self._first[pairs], axis=1)
        is_told = self._places(firsts)[1] | (firsts[:, 0] == firsts[:, 1])
        asked, found = [], []
        every = zip(_as_rows(np.sort(pairs, axis=1)), _as_rows(firsts), strict=True)
        for (pair, first), told in zip(every, is_told.tolist(), strict=True):
            chosen = first if told or pair not in self._known else pair
            found.append(told or chosen in self._known)
            asked += [chosen] * found[-1]
        judgements = self.afresh().of(np.array(asked, np.int64).reshape(-1, 2)).judgements()
        return [next(judgements) if one else None for one in found]

    def _ask(self, wanted: set[_Rows]) -> None:
        self._asked |= wanted
        pairs = np.array(sorted(wanted - self._known.keys()), dtype=np.int64).reshape(-1, 2)

        def judged(block: I64) -> Judged:
            return _judged(self.articles, block)

        blocks = blocks_of(pairs, self._lengths, _WORDS_AT_ONCE)
        for block, found in in_order(judged, blocks, self.threads):
            told = zip(*(column.tolist() for column in found), strict=True)
            self._known.update(zip(_as_rows(block), told, strict=True))

    def related(self, min_probability: float) -> tuple[I64, Judged]:
        """Give all pairs judged that share something, i64[m, 2] in input order, and how."""
        some = self.judged.are_related(min_probability)
        rows = [*self._asked]
        told = self._told(rows)
        shared = told.are_related(min_probability)
        asked = np.array(rows, np.int64).reshape(-1, 2)[shared]
        pairs = np.concatenate((np.sort(self.copies, axis=1), self.pairs[some], asked))
        copies = Judged.of_copies(len(self.copies))
        found = Judged.joined([copies, self.judged.taken(some), told.taken(shared)])
        order = np.argsort(pack_pairs(pairs))
        return pairs[order], found.taken(order)


_Rows = tuple[int, int]
"""A pair of rows, the lesser first."""


def _as_rows(pairs: I64) -> list[_Rows]:
    """Give pairs i64[m, 2] as plain numbers."""
    return list(zip(*pairs.T.tolist(), strict=True))
