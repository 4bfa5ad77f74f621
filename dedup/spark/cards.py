"""Which rows are articles: repeated ids, ids that were made more than once, and the same words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from pyspark import Broadcast

from dedup.arrays import I64, U64, Flags, distinct
from dedup.corpus.pool import Candidates
from dedup.corpus.windows import Window
from dedup.dump.ids import is_made
from dedup.errors import brief
from dedup.spark.flow import by_part, joined, take
from dedup.spark.reading import Cards, Read, Texts

__all__ = [
    "Left",
    "among",
    "group_cards",
    "send_by_id",
    "send_by_key",
    "send_by_words",
    "settle_ids",
    "words_of",
]

_NO_KEYS = np.empty(0, np.uint64)


class Left(NamedTuple):
    """What a stage leaves behind, beside the cards it gives, in the order of its name.

    ``dropped`` u64 are keys of rows that are no articles, ``lost`` u64 the contents of those whose
    id another one has, ``rejected`` why. ``again`` u64 are the keys of all but the first of the
    same words; ``copies`` u64[m, 2] pair some with the one that stands for them, and ``ties``
    u64[k, 2] are versions among them; ``firsts`` counts articles of different words.
    """

    dropped: U64 = _NO_KEYS
    lost: U64 = _NO_KEYS
    rejected: tuple[tuple[str | None, str], ...] = ()
    again: U64 = _NO_KEYS
    copies: U64 = _NO_KEYS.reshape(0, 2)
    ties: U64 = _NO_KEYS.reshape(0, 2)
    firsts: int = 0


def send_by_id(items: Iterator[Read], parts: int) -> Iterator[tuple[int, Cards]]:
    """Send cards to where all with the same id meet."""
    for read in items:
        yield from by_part(read.cards, read.cards.names, parts)


def settle_ids(items: Iterator[Cards]) -> Iterator[Cards | Left]:
    """Keep one of the articles with the same id, as :class:`dedup.dump.repeats.Repeats` does.

    One whose id was made is the same article told twice and gets a number behind it, as in
    :class:`dedup.dump.places.Ids`.
    """
    every = [*items]
    if not every:
        return
    cards = joined(every)
    order = np.lexsort((cards.keys, cards.contents, cards.digests, cards.names))
    cards = take(cards, order)
    kept = np.ones(len(order), np.bool_)
    lost: list[int] = []
    rejected: list[tuple[str | None, str]] = []
    for group in _groups(cards.names):
        for rows in _of_one_id(cards.ids, group.tolist()):
            identity, first = cards.ids[rows[0]], rows[0]
            for number, row in enumerate(rows[1:], start=2):
                if is_made(identity):
                    cards.ids[row] = f"{identity}-{number}"
                    continue
                kept[row] = False
                rejected.append((identity, f"id taken: {brief(identity)} is that of another row"))
                if cards.contents[row] == cards.contents[first]:
                    cards.times[first] += 1
                else:
                    lost.append(int(cards.contents[row]))
    yield take(cards, kept)
    yield Left(cards.keys[~kept], np.array(lost, np.uint64), tuple(rejected))


def _groups(values: U64) -> Iterator[I64]:
    """Give the places of values that stand there more than once, ``values`` in order."""
    edges = np.flatnonzero(np.append(True, values[1:] != values[:-1])) if len(values) else _NO_KEYS
    edges = np.append(edges, len(values)).astype(np.int64)
    for at in np.flatnonzero(np.diff(edges) > 1).tolist():
        yield np.arange(edges[at], edges[at + 1])


def _of_one_id(ids: Texts, rows: list[int]) -> Iterable[list[int]]:
    """Part rows whose ids have the same number by those ids, which are the same but for chance."""
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(ids[row], []).append(row)
    return found.values()


def send_by_words(items: Iterator[Cards | Left], parts: int) -> Iterator[tuple[int, Cards]]:
    """Send cards to where all with the same words meet."""
    for cards in items:
        if isinstance(cards, Cards):
            yield from by_part(cards, words_of(cards), parts)


def send_by_key(items: Iterator[Cards | Left], parts: int) -> Iterator[tuple[int, Cards]]:
    """Send cards to where what is asked of an article by its key meets: 110 bytes and the id."""
    for cards in items:
        if isinstance(cards, Cards):
            yield from by_part(cards, cards.keys, parts)


def words_of(cards: Cards) -> U64:
    """Give digests of words, and for articles without any what no other one has."""
    return np.where(cards.counts > 0, cards.digests, cards.keys)


def group_cards(items: Iterator[Cards], within: int | None) -> Iterator[Cards | Left]:
    """Find the same words: the article of the least id is the first, and its key is their digest.

    So what is next to nothing in each stage that follows, the order among articles of different
    words, is that of one machine. Of those the first stands for the others, or where they are not
    dated ``within`` so many seconds, those that :class:`~dedup.corpus.windows.Window` tells.
    """
    every = [*items]
    if not every:
        return
    cards = joined(every)
    digests = words_of(cards)
    cards = take(cards, np.argsort(digests, kind="stable"))
    digests.sort()
    keys = np.where(cards.counts > 0, digests, cards.keys)
    pairs = [np.empty((0, 2), np.int64)]
    for group in _groups(digests):
        first = min(group.tolist(), key=cards.ids.__getitem__)
        others = group[group != first]
        pairs.append(np.stack((np.full(len(others), first), others), axis=1))
    same = np.concatenate(pairs)
    again = cards.keys[same[:, 1]]
    keys[same[:, 1]] = again
    window = Window(cards.moments, within)
    copies = window.parted(Candidates(same[:0], same), cards.ids.tolist()).copies
    leaders = np.arange(len(keys))
    leaders[copies[:, 1]] = copies[:, 0]
    bests = _bests(cards, copies)
    ties = np.concatenate((copies, np.stack((bests, np.arange(len(keys))), axis=1)))
    ties = ties[window.near(ties) & (ties[:, 0] != ties[:, 1])]
    yield cards._replace(keys=keys, leaders=keys[leaders], bests=keys[bests])
    firsts = int((cards.counts > 0).sum()) - len(again)
    yield Left(again=again, copies=keys[copies], ties=keys[ties], firsts=firsts)


def _bests(cards: Cards, copies: I64) -> I64:
    """Give for each article the one that represents best of those that one stands for, i64[n]."""
    found = np.arange(len(cards.ids))
    some = distinct(copies.ravel())
    by_id = np.array(sorted(some.tolist(), key=cards.ids.__getitem__), np.int64)
    order = by_id[np.lexsort((cards.ranks[by_id, 1], cards.ranks[by_id, 0]))]
    place = np.empty(len(found), np.int64)
    place[order] = np.arange(len(order))
    best = place.copy()
    np.minimum.at(best, copies[:, 0], place[copies[:, 1]])
    best[copies[:, 1]] = best[copies[:, 0]]
    found[some] = order[best[some]]
    return found


def among(values: U64, table: Broadcast[Any] | U64) -> Flags:
    """Tell which values stand in a table, u64 in order, or a broadcast one."""
    known: U64 = table.value if isinstance(table, Broadcast) else table
    at = np.searchsorted(known, values)
    found = np.zeros(len(values), np.bool_)
    inside = at < len(known)
    found[inside] = known[at[inside]] == values[inside]
    return found
