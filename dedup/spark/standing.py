"""The articles that stand for those of the same words take the place of the first in candidates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from dedup.arrays import I64, U64, Flags
from dedup.corpus.windows import Window
from dedup.spark.cards import Left
from dedup.spark.flow import sorted_by_part
from dedup.spark.matching import Pairs
from dedup.spark.reading import Cards

__all__ = [
    "Chosen",
    "meeting_places",
    "send_other",
    "send_standing",
    "send_wanted",
    "stand_for_both",
    "stand_for_one",
]


class Standing(NamedTuple):
    """Articles that stand for those of the same words, u64[m], which ``words`` u64[m] name.

    ``bests`` u64[m] are the ones among those that represent best; ``moments`` and ``of_bests``
    i64[m] are the dates of both.
    """

    words: U64
    keys: U64
    bests: U64
    moments: I64
    of_bests: I64

    def take(self, rows: I64) -> Standing:
        """Choose some, in the order given."""
        columns: list[Any] = [column[rows] for column in self]
        return Standing(*columns)

    @classmethod
    def joined(cls, parts: Iterable[Standing]) -> Standing:
        """Put those of several items end to end."""
        columns: list[Any] = [np.concatenate(column) for column in zip(*parts, strict=True)]
        return cls(*columns)

    def meeting(self, words: U64) -> tuple[I64, I64]:
        """Pair each of ``words`` with all that stand for it: the places of both, i64."""
        order = np.argsort(self.words, kind="stable")
        at, of = meeting_places(words, self.words[order])
        return at, order[of]


def meeting_places(values: U64, known: U64) -> tuple[I64, I64]:
    """Pair each value with all of the same among those ``known``, in order: their places, i64.

    >>> [at.tolist() for at in meeting_places(np.array([7, 5, 7]), np.array([5, 7, 7]))]
    [[0, 0, 1, 2, 2], [1, 2, 0, 1, 2]]
    """
    first = np.searchsorted(known, values)
    counts = np.searchsorted(known, values, side="right") - first
    at = np.repeat(np.arange(len(values)), counts)
    return at, np.arange(len(at)) + np.repeat(first - (np.cumsum(counts) - counts), counts)


class Chosen(NamedTuple):
    """Pairs to judge, u64[m, 2], the lesser key first.

    ``stands`` bool[m] tells which may make versions: a better pair of the same words does it for
    the others.
    """

    keys: U64
    stands: Flags

    def take(self, rows: Any) -> Chosen:
        """Choose some, in the order given."""
        return Chosen(self.keys[rows], self.stands[rows])


def send_standing(items: Iterator[Cards | Left], parts: int) -> Iterator[tuple[int, Standing]]:
    """Send the articles that stand for others to where their words meet: 40 bytes each."""
    for cards in items:
        if isinstance(cards, Cards):
            order = np.argsort(cards.keys)
            of_bests = cards.moments[order[np.searchsorted(cards.keys, cards.bests, sorter=order)]]
            every = Standing(cards.digests, cards.keys, cards.bests, cards.moments, of_bests)
            found = every.take(np.flatnonzero((cards.counts > 0) & (cards.leaders == cards.keys)))
            for part, rows in sorted_by_part(found.words, parts):
                yield part, found.take(rows)


def send_wanted(items: Iterator[Pairs], least: float, parts: int) -> Iterator[tuple[int, U64]]:
    """Send pairs that share enough to where the words of their first are: 16 bytes each."""
    for keys, shares in items:
        pairs = keys[np.isnan(shares) | (shares >= least)]
        for part, rows in sorted_by_part(pairs[:, 0], parts):
            yield part, pairs[rows]


def stand_for_one(items: Iterator[Standing | U64]) -> Iterator[tuple[Standing, U64]]:
    """Put all that stand for the first words of pairs in their place."""
    known, pairs = _parted(items, Standing)
    if pairs:
        every = np.concatenate(pairs)
        standing = Standing.joined(known)
        at, of = standing.meeting(every[:, 0])
        yield standing.take(of), every[at, 1]


def send_other(
    items: Iterator[tuple[Standing, U64]], parts: int
) -> Iterator[tuple[int, tuple[Standing, U64]]]:
    """Send pairs to where the words of their second are: 48 bytes each."""
    for ones, others in items:
        for part, rows in sorted_by_part(others, parts):
            yield part, (ones.take(rows), others[rows])


def stand_for_both(
    items: Iterator[Standing | tuple[Standing, U64]], within: int | None
) -> Iterator[Chosen]:
    """Put all that stand for the second words in their place, where dates are near enough.

    Beside each pair comes that of the articles which represent best, where that is another one.
    """
    known, pairs = _parted(items, Standing)
    if not pairs:
        return
    standing = Standing.joined(known)
    at, of = standing.meeting(np.concatenate([others for _, others in pairs]))
    ones, others = Standing.joined(one for one, _ in pairs).take(at), standing.take(of)
    near = np.flatnonzero(_near(ones.moments, others.moments, within))
    ones, others = ones.take(near), others.take(near)
    own = np.sort(np.stack((ones.keys, others.keys), axis=1), axis=1)
    better = np.sort(np.stack((ones.bests, others.bests), axis=1), axis=1)
    moved = (better != own).any(axis=1) & _near(ones.of_bests, others.of_bests, within)
    stands = np.append(~moved, np.ones(int(moved.sum()), np.bool_))
    yield Chosen(np.concatenate((own, better[moved])), stands)


def _near(moments: I64, others: I64, within: int | None) -> Flags:
    rows = np.arange(len(moments))
    window = Window(np.concatenate((moments, others)), within)
    return window.near(np.stack((rows, rows + len(rows)), axis=1))


def _parted(items: Iterable[Any], kind: type) -> tuple[list[Any], list[Any]]:
    """Part items into those of a kind and others."""
    found: tuple[list[Any], list[Any]] = ([], [])
    for item in items:
        found[not isinstance(item, kind)].append(item)
    return found
