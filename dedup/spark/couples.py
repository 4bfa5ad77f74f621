"""Pairs, and what is known of both of their articles: who stands for them, which bands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

import numpy as np
from pyspark import Broadcast

from dedup.arrays import I64, U64, Flags
from dedup.candidates.lsh import MANY_PAIRS_A_ROW
from dedup.corpus.windows import Window
from dedup.spark.cards import Aside, Left, among
from dedup.spark.flow import joined, take
from dedup.spark.matching import Kept, Pairs
from dedup.spark.reading import Cards, Read


class Standing(NamedTuple):
    """Articles that stand for those of the same words, which ``words`` u64[m] name.

    ``bests`` u64[m] are the ones among those that represent best; ``moments`` and ``of_bests``
    i64[m] are the dates of both. ``copied`` bool[m] tells whose words another article has.
    """

    words: U64
    keys: U64
    bests: U64
    moments: I64
    of_bests: I64
    copied: Flags


class Sketches(NamedTuple):
    """Band keys u64[m, b] of the words that ``words`` u64[m] name."""

    words: U64
    bands: U64


Known = TypeVar("Known", Standing, Sketches)
Couples = tuple[Known, Known]
"""Of each pair what is known of the one and of the other, row for row."""


class Chosen(NamedTuple):
    """Pairs to judge, u64[m, 2], the lesser key first: 17 bytes each.

    ``stands`` bool[m] tells which may make versions: a better pair of the same words does it for
    the others.
    """

    keys: U64
    stands: Flags


def meeting_places(values: U64, known: U64) -> tuple[I64, I64]:
    """Pair each value with all of the same among those ``known``, in order: their places, i64.

    >>> [at.tolist() for at in meeting_places(np.array([7, 5, 7]), np.array([5, 7, 7]))]
    [[0, 0, 1, 2, 2], [1, 2, 0, 1, 2]]
    """
    first = np.searchsorted(known, values)
    counts = np.searchsorted(known, values, side="right") - first
    at = np.repeat(np.arange(len(values)), counts)
    return at, np.arange(len(at)) + np.repeat(first - (np.cumsum(counts) - counts), counts)


def _standing_of(cards: Cards) -> Standing:
    """Tell which articles stand for others; they are where their words meet."""
    order = np.argsort(cards.keys)
    of_bests = cards.moments[order[np.searchsorted(cards.keys, cards.bests, sorter=order)]]
    _, of, counts = np.unique(cards.digests, return_inverse=True, return_counts=True)
    known = cards.digests, cards.keys, cards.bests, cards.moments, of_bests
    every = Standing(*known, copied=counts[of] > 1)
    return take(every, (cards.counts > 0) & (cards.leaders == cards.keys))


def send_sketches(items: Iterator[Read], kept: Kept) -> Iterator[tuple[U64, Sketches]]:
    """Send band keys to where the words of the articles meet: 8 bytes a band."""
    for read in map(kept.firsts, items):
        sketches = Sketches(read.cards.keys, np.ascontiguousarray(read.bands.T))
        yield sketches.words, sketches


def send_to_one(items: Iterator[Pairs], least: float) -> Iterator[tuple[U64, U64]]:
    """Send pairs that share enough to where the words of their first are: 16 bytes each."""
    for keys, shares in items:
        pairs = keys[np.isnan(shares) | (shares >= least)]
        yield pairs[:, 0], pairs


def join_one(items: Iterator[Any]) -> Iterator[tuple[Any, U64]]:
    """Put what is known in the place of the first words of pairs."""
    known, pairs = _parted(items)
    if pairs:
        every = np.concatenate(pairs)
        at, of = _meeting(every[:, 0], known)
        yield take(known, of), every[at, 1]


def join_other(items: Iterator[Any]) -> Iterator[Couples[Any]]:
    """Put what is known in the place of the second words of pairs."""
    known, pairs = _parted(items)
    if pairs:
        at, of = _meeting(np.concatenate([others for _, others in pairs]), known)
        yield take(joined(one for one, _ in pairs), at), take(known, of)


def _parted(items: Iterable[Any]) -> tuple[Any, list[Any]]:
    """Part items into what is known, in one, and pairs."""
    known: list[Any] = []
    pairs: list[Any] = []
    for item in items:
        if isinstance(item, (Cards, Sketches)):
            known.append(_standing_of(item) if isinstance(item, Cards) else item)
        elif not isinstance(item, (Left, Aside)):
            pairs.append(item)
    return joined(known) if known else None, pairs


def _meeting(words: U64, known: Standing | Sketches) -> tuple[I64, I64]:
    """Pair each of some words with all that is known of them: the places of both, i64."""
    order = np.argsort(known.words, kind="stable")
    at, of = meeting_places(words, known.words[order])
    return at, order[of]


def put_standing(items: Iterator[Couples[Standing]], within: int | None) -> Iterator[Chosen]:
    """Choose the pairs of articles that stand for words where their dates are near enough.

    Beside each comes that of the articles which represent best, where that is another one.
    """
    for ones, others in items:
        near = np.flatnonzero(_near(ones.moments, others.moments, within))
        one, other = take(ones, near), take(others, near)
        own = np.sort(np.stack((one.keys, other.keys), axis=1), axis=1)
        better = np.sort(np.stack((one.bests, other.bests), axis=1), axis=1)
        moved = (better != own).any(axis=1) & _near(one.of_bests, other.of_bests, within)
        stands = np.append(~moved, np.ones(int(moved.sum()), np.bool_))
        yield Chosen(np.concatenate((own, better[moved])), stands)


def near_ones(items: Iterator[Couples[Standing]], within: int | None) -> Iterator[Pairs]:
    """Leave out pairs of words that are far apart; copies of them may be nearer than they are."""
    for ones, others in items:
        near = _near(ones.moments, others.moments, within) | ones.copied | others.copied
        pairs = np.stack((ones.words, others.words), axis=1)[near]
        yield Pairs(pairs, np.full(len(pairs), np.nan, np.float32))


def _near(moments: I64, others: I64, within: int | None) -> Flags:
    rows = np.arange(len(moments))
    window = Window(np.concatenate((moments, others)), within)
    return window.near(np.stack((rows, rows + len(rows)), axis=1))


def count_shared(items: Iterator[Couples[Sketches]]) -> Iterator[tuple[U64, U64, I64]]:
    """Count the bands that pairs share, i64[m]; the words of both stand before it."""
    for ones, others in items:
        yield ones.words, others.words, (ones.bands == others.bands).sum(axis=1)


def send_to_both(
    items: Iterator[tuple[U64, U64, I64]],
) -> Iterator[tuple[U64, tuple[U64, U64, I64]]]:
    """Send pairs to where all those of either article meet: 24 bytes twice."""
    for ones, others, shared in items:
        yield ones, (ones, others, shared)
        yield others, (others, ones, shared)


def choose_two(items: Iterator[tuple[U64, U64, I64]]) -> Iterator[Pairs]:
    """Leave each article two of its pairs, as :func:`dedup.candidates.lsh.thinned` does."""
    columns = [*zip(*items, strict=True)]
    if columns:
        own, partners, shared = (np.concatenate(column) for column in columns)
        chosen = []
        for order in (np.lexsort((partners, -shared, own)), np.lexsort((partners, own))):
            new = np.append(True, own[order][1:] != own[order][:-1])
            chosen.append(np.stack((own[order][new], partners[order][new]), axis=1))
        pairs = np.sort(np.concatenate(chosen), axis=1)
        yield Pairs(pairs, np.full(len(pairs), np.nan, np.float32))


def find_crowded(items: Iterator[tuple[U64, U64, I64]]) -> Iterator[U64]:
    """Tell which articles are in many pairs, as :func:`dedup.candidates.lsh.crowded` does."""
    own = np.concatenate([np.empty(0, np.uint64), *(words for words, _, _ in items)])
    words, counts = np.unique(own, return_counts=True)
    yield words[counts > MANY_PAIRS_A_ROW]


def leave_out_between(items: Iterator[Pairs], crowded: Broadcast[Any]) -> Iterator[Pairs]:
    """Leave out the pairs of which both articles are in many others."""
    for pairs in items:
        ones, others = (among(side, crowded) for side in pairs.keys.T)
        yield take(pairs, ~(ones & others))
