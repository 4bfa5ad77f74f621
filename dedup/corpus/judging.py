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

__all__ = [
    "WORDS_LAID",
    "Judged",
    "Judgement",
    "Judgements",
    "blocks_of",
    "judge_pairs",
    "judge_stories",
    "visits",
]

_WORDS_AT_ONCE = 1 << 21
"""Words of the articles that one block of pairs is judged with."""
WORDS_LAID = 1 << 17
"""Words of the stories that are laid out at once: 10 MB of arrays, so that their memory is used
again and again, where the system would have to clear more each time."""


class Judgement(NamedTuple):
    """How two articles compare, in the order of :class:`dedup.Pair` and :class:`dedup.Member`."""

    verdict: Verdict
    probability: float
    jaccard: float

    def is_version(self, min_probability: float) -> bool:
        """Whether the pair counts as versions in a scan that asks for this probability."""
        return self.verdict.is_version and self.probability >= min_probability


_COPY = Judgement(Verdict.IDENTICAL, 1.0, 1.0)


class Judged(NamedTuple):
    """What was found of pairs: ``verdicts`` u8[m], ``probability`` and ``jaccard`` f64[m].

    A verdict is its place in :data:`dedup.verdict.judging.VERDICTS`.
    """

    verdicts: U8
    probability: F64
    jaccard: F64

    def judgement(self, at: int) -> Judgement:
        """Give what was found of one pair."""
        verdict = VERDICTS[self.verdicts[at]]
        return Judgement(verdict, float(self.probability[at]), float(self.jaccard[at]))

    @classmethod
    def joined(cls, parts: Sequence[Judged]) -> Judged:
        """Put what was found of several blocks of pairs end to end."""
        return cls(*joined_columns(parts, (np.uint8, np.float64, np.float64)))

    def placed(self, order: I64) -> Judged:
        """Put what was found of each pair in its place, i64[m]."""
        places = np.argsort(order)
        return Judged(self.verdicts[places], self.probability[places], self.jaccard[places])


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

    def judged(block: Block) -> Judged:
        name = f"judged-{block.number}"
        return Judged(**kept.part(name, lambda: _judged(articles, block.pairs)._asdict()))

    blocks = blocks_of(pairs, np.diff(articles.words.offsets), _WORDS_AT_ONCE)
    return (found for _, found in in_order(judged, blocks, threads))


class Block(NamedTuple):
    """Some of the pairs to judge."""

    number: int
    pairs: I64


def blocks_of(pairs: I64, lengths: I64, at_once: int) -> Iterator[Block]:
    """Cut pairs into blocks whose articles have at most ``at_once`` words together.

    ``pairs`` i64[m, 2] rows of a pool; ``lengths`` i64[n] words of each row. A single pair may have
    more.
    """
    number, start, held, words = 0, 0, set[int](), 0
    for at, (i, j) in enumerate(_rows_of(pairs)):
        of_i, of_j = int(lengths[i]), int(lengths[j])
        more = (0 if i in held else of_i) + (0 if j in held else of_j)
        if held and words + more > at_once:
            yield Block(number, pairs[start:at])
            start, held, words, more = at, set(), 0, of_i + of_j
            number += 1
        held.update((i, j))
        words += more
    if start < len(pairs):
        yield Block(number, pairs[start:])


def _rows_of(pairs: I64) -> Iterator[list[int]]:
    """Give the pairs as Python numbers, some thousands made at once: all would fill the memory."""
    for at in range(0, len(pairs), _LISTED_AT_ONCE):
        yield from pairs[at : at + _LISTED_AT_ONCE].tolist()


_LISTED_AT_ONCE = 1 << 14


def _judged(articles: MarkedRows, pairs: I64) -> Judged:
    """Judge the pairs of one block: few stories at a time are laid out, and let go after."""
    found: list[Judged] = []
    for _, part in blocks_of(pairs, np.diff(articles.words.offsets), WORDS_LAID):
        rows, local = np.unique(part, return_inverse=True)
        local = local.reshape(-1, 2).astype(np.int64)
        found.append(judge_stories(*articles.taken(rows), local))
    return Judged.joined(found)


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
    _first: dict[int, int] = field(init=False, repr=False)
    _asked: set[tuple[int, int]] = field(init=False, repr=False, default_factory=set)
    _known: dict[tuple[int, int], Judgement] = field(init=False, repr=False, default_factory=dict)
    _lengths: I64 = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._lengths = np.diff(self.articles.words.offsets)
        self._packed = pack_pairs(self.pairs)
        self._first = dict(self.copies[:, ::-1].tolist())

    def afresh(self) -> Judgements:
        """Give the same, of which nothing was asked yet: what is known is shared."""
        other = copy(self)
        other._asked = set()
        return other

    def thin(self, rows: I64) -> None:
        """Let go of the words of all but some rows: nothing may be asked about others then."""
        self.articles = self.articles.thin(rows)

    def of(self, pairs: I64) -> list[Judgement]:
        """Judge pairs of rows, i64[m, 2], those not judged yet in one go."""
        ordered = np.sort(pairs, axis=1)
        packed = pack_pairs(ordered)
        at = np.searchsorted(self._packed, packed)
        known = np.zeros(len(pairs), dtype=np.bool_)
        inside = at < len(self._packed)
        known[inside] = self._packed[at[inside]] == packed[inside]
        rows = [(i, j) for i, j in ordered.tolist()]
        same = [self._first.get(i, i) == self._first.get(j, j) for i, j in rows]
        self._ask(
            {pair for pair, k, s in zip(rows, known.tolist(), same, strict=True) if not k | s}
        )
        return [
            _COPY if s else self.judged.judgement(place) if k else self._known[pair]
            for pair, place, k, s in zip(rows, at.tolist(), known.tolist(), same, strict=True)
        ]

    def known(self, pairs: I64) -> list[Judgement | None]:
        """Give what was found of pairs of rows, i64[m, 2]; ``None`` of what was never compared.

        Rows of the same words were compared as one.
        """
        found: list[Judgement | None] = []
        for pair in np.sort(pairs, axis=1).tolist():
            i, j = sorted(self._first.get(row, row) for row in pair)
            packed = pack_pairs(np.array([[i, j]]))[0]
            at = int(np.searchsorted(self._packed, packed))
            if i == j:
                found.append(_COPY)
            elif at < len(self._packed) and self._packed[at] == packed:
                found.append(self.judged.judgement(at))
            else:
                found.append(self._known.get(tuple(pair)) or self._known.get((i, j)))
        return found

    def _ask(self, wanted: set[tuple[int, int]]) -> None:
        self._asked |= wanted
        pairs = np.array(sorted(wanted - self._known.keys()), dtype=np.int64).reshape(-1, 2)

        def judged(block: Block) -> Judged:
            return _judged(self.articles, block.pairs)

        blocks = blocks_of(pairs, self._lengths, _WORDS_AT_ONCE)
        for block, found in in_order(judged, blocks, self.threads):
            for at, (i, j) in enumerate(block.pairs.tolist()):
                self._known[i, j] = found.judgement(at)

    def are_versions(self, min_probability: float) -> Flags:
        """Tell which candidates count as versions, bool[m]."""
        codes = [CODES[verdict] for verdict in Verdict if verdict.is_version]
        sure: Flags = self.judged.probability >= min_probability
        return sure & np.isin(self.judged.verdicts, codes)

    def related(self, min_probability: float) -> Iterator[tuple[tuple[int, int], Judgement]]:
        """Give all pairs judged that share something, in input order."""
        found = dict.fromkeys(map(tuple, np.sort(self.copies, axis=1).tolist()), _COPY)
        some = self.judged.verdicts != CODES[Verdict.UNRELATED]
        some |= self.judged.probability >= min_probability
        for at in np.flatnonzero(some).tolist():
            found[tuple(self.pairs[at].tolist())] = self.judged.judgement(at)
        for pair in self._asked:
            asked = self._known[pair]
            if asked.verdict is not Verdict.UNRELATED or asked.probability >= min_probability:
                found[pair] = asked
        return ((pair, found[pair]) for pair in sorted(found))
