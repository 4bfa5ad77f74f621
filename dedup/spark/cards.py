"""Which rows are articles: repeated ids, ids that were made more than once, and the same words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from pyspark import Broadcast

from dedup.arrays import F64, I64, U64, Flags
from dedup.dump.ids import is_made
from dedup.errors import brief
from dedup.spark.flow import sorted_by_part
from dedup.spark.reading import Read

__all__ = ["Cards", "Left", "among", "group_cards", "send_by_id", "send_by_words", "settle_ids"]


class Cards(NamedTuple):
    """What is kept of some articles beside words and marks, see :class:`~dedup.spark.Read`.

    ``counts`` i64 are words, ``times`` i64 the rows of the input that an article stands for.
    """

    ids: list[str]
    keys: U64
    contents: U64
    names: U64
    digests: U64
    ranks: F64
    counts: I64
    times: I64

    def take(self, rows: I64) -> Cards:
        """Choose some articles, in the order given."""
        columns: list[Any] = [part[rows] for part in self[1:]]
        return Cards([self.ids[row] for row in rows.tolist()], *columns)

    @classmethod
    def joined(cls, parts: Iterable[Cards]) -> Cards:
        """Put the articles of several items end to end."""
        found = [*parts] or [_NONE]
        ids = [identity for part in found for identity in part.ids]
        columns: list[Any] = [np.concatenate(column) for column in zip(*found, strict=True)]
        return cls(ids, *columns[1:])


_EMPTY = np.empty(0, np.uint64)
_NONE = Cards(
    [], _EMPTY, _EMPTY, _EMPTY, _EMPTY, np.empty((0, 2)), *(np.empty(0, np.int64) for _ in "12")
)


class Left(NamedTuple):
    """What a stage leaves behind, beside the cards it gives, in the order of its name.

    ``dropped`` u64 are keys of rows that are no articles, ``lost`` u64 the contents of those whose
    id another one has, ``rejected`` why. ``copies`` u64[m, 2] are keys, each with the first of the
    same words, and ``best`` u64[k, 2] the first and the one that ranks best, where that is another.
    """

    dropped: U64 = _EMPTY
    lost: U64 = _EMPTY
    rejected: tuple[tuple[str | None, str], ...] = ()
    copies: U64 = _EMPTY.reshape(0, 2)
    best: U64 = _EMPTY.reshape(0, 2)


def send_by_id(items: Iterator[Read], parts: int) -> Iterator[tuple[int, Cards]]:
    """Send cards to where all with the same id meet."""
    for read in items:
        cards = Cards(
            *(read.ids, read.keys, read.contents, read.names, read.digests, read.ranks),
            *(read.counts, np.ones(len(read.ids), np.int64)),
        )
        for part, rows in sorted_by_part(cards.names, parts):
            yield part, cards.take(rows)


def settle_ids(items: Iterator[Cards]) -> Iterator[Cards | Left]:
    """Keep one of the articles with the same id: of different ones that of the least content.

    One whose id was made is the same article told twice and gets a number behind it, as in
    :class:`dedup.dump.places.Ids`.
    """
    cards = Cards.joined(items)
    order = np.lexsort((cards.keys, cards.contents, cards.names))
    cards = cards.take(order)
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
    yield cards.take(np.flatnonzero(kept))
    yield Left(cards.keys[~kept], np.array(lost, np.uint64), tuple(rejected))


def _groups(values: U64) -> Iterator[I64]:
    """Give the places of values that stand there more than once, ``values`` in order."""
    edges = np.flatnonzero(np.append(True, values[1:] != values[:-1])) if len(values) else _EMPTY
    edges = np.append(edges, len(values)).astype(np.int64)
    for at in np.flatnonzero(np.diff(edges) > 1).tolist():
        yield np.arange(edges[at], edges[at + 1])


def _of_one_id(ids: list[str], rows: list[int]) -> Iterable[list[int]]:
    """Part rows whose ids have the same number by those ids, which are the same but for chance."""
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(ids[row], []).append(row)
    return found.values()


def send_by_words(items: Iterator[Cards | Left], parts: int) -> Iterator[tuple[int, Cards]]:
    """Send cards to where all with the same words meet."""
    for cards in items:
        if isinstance(cards, Cards):
            keys = np.where(cards.counts > 0, cards.digests, cards.keys)
            for part, rows in sorted_by_part(keys, parts):
                yield part, cards.take(rows)


def group_cards(items: Iterator[Cards]) -> Iterator[Cards | Left]:
    """Find the same words: the article of the least id is the first, and its key is their digest.

    So what is next to nothing in each stage that follows, the order among articles of different
    words, is that of one machine.
    """
    cards = Cards.joined(items)
    digests = np.where(cards.counts > 0, cards.digests, cards.keys)
    cards = cards.take(np.argsort(digests, kind="stable"))
    digests = np.sort(digests)
    keys = cards.keys.copy()
    copies, best = [_EMPTY], [_EMPTY]
    keys[cards.counts > 0] = cards.digests[cards.counts > 0]
    for group in _groups(digests):
        rows = group.tolist()
        first = min(rows, key=cards.ids.__getitem__)
        others = group[group != first]
        keys[others] = cards.keys[others]
        copies += [np.stack((np.full(len(others), keys[first]), keys[others]), axis=1).ravel()]
        ranks = cards.ranks
        top = min(rows, key=lambda row: (*ranks[row].tolist(), cards.ids[row]))
        if top != first:
            best += [keys[[first, top]]]
    yield cards._replace(keys=keys)
    yield Left(
        copies=np.concatenate(copies).reshape(-1, 2), best=np.concatenate(best).reshape(-1, 2)
    )


def among(values: U64, table: Broadcast[Any] | U64) -> Flags:
    """Tell which values stand in a table, u64 in order, or a broadcast one."""
    known: U64 = table.value if isinstance(table, Broadcast) else table
    at = np.searchsorted(known, values)
    found = np.zeros(len(values), np.bool_)
    inside = at < len(known)
    found[inside] = known[at[inside]] == values[inside]
    return found
