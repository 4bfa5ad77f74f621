"""Which rows are articles: repeated ids, ids that were made more than once, and the same words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from pyspark import Broadcast

from dedup.arrays import I64, U64, Flags
from dedup.corpus.grouping import best_copies
from dedup.corpus.pool import Candidates
from dedup.corpus.windows import Window
from dedup.dump.ids import id_taken, is_made
from dedup.index._lookups import NO_MOMENT
from dedup.spark.flow import joined, take
from dedup.spark.reading import Cards, Read, Texts

_NO_KEYS = np.empty(0, np.uint64)
_NO_NUMBERS = np.empty(0, np.int64)
_NO_CARDS = Cards(
    ids=np.empty(0, object),
    keys=_NO_KEYS,
    contents=_NO_KEYS,
    names=_NO_KEYS,
    digests=_NO_KEYS,
    leaders=_NO_KEYS,
    bests=_NO_KEYS,
    ranks=np.empty((0, 2)),
    moments=_NO_NUMBERS,
    counts=_NO_NUMBERS,
    times=_NO_NUMBERS,
    aside=_NO_NUMBERS,
)


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


class Heads(NamedTuple):
    """Words of so many articles that no one task may hold those: ``digests`` u64[m], in order.

    ``firsts`` and ``bests`` are the first of the articles and the one that represents best. They
    meet as others do, and so do ``seconds``, the best but for those; all else stay ``aside``,
    i64[m] of them, wherever their keys say. Of most dumps there are none.
    """

    digests: U64 = _NO_KEYS
    firsts: Cards = _NO_CARDS
    bests: Cards = _NO_CARDS
    seconds: Cards = _NO_CARDS
    aside: I64 = _NO_NUMBERS

    def stay_aside(self, cards: Cards) -> Flags:
        """Tell which articles stay aside."""
        met = np.concatenate((self.firsts.keys, self.bests.keys, self.seconds.keys))
        return among(words_of(cards), self.digests) & ~among(cards.keys, np.sort(met))

    def of(self, cards: Cards) -> tuple[Cards, Cards]:
        """Give the first and the best for each of the articles that stay aside."""
        at = np.searchsorted(self.digests, cards.digests)
        return take(self.firsts, at), take(self.bests, at)

    def best_keys(self) -> U64:
        """Give the keys that the best have once the key of a first is that of its words."""
        return np.where(self.bests.keys == self.firsts.keys, self.digests, self.bests.keys)


class Aside(NamedTuple):
    """Articles that stay aside."""

    cards: Cards


class Released(NamedTuple):
    """Articles that do so no longer, on their way to the others of the same words."""

    cards: Cards


def count_copies(items: Iterator[Cards | Left], many: int) -> Iterator[tuple[U64, U64, U64]]:
    """Give keys and contents of what is left, and the words of ``many`` articles of a part."""
    for item in items:
        if isinstance(item, Left):
            yield item.dropped, item.lost, _NO_KEYS
        else:
            digests, counts = np.unique(words_of(item), return_counts=True)
            yield _NO_KEYS, _NO_KEYS, digests[counts >= many]


class Copies(NamedTuple):
    """Words of many articles in some parts, u64[m], and ``counts`` i64[m] of those articles.

    They are dated from ``earliest`` to ``latest`` i64[m], which is less than that for undated ones.
    """

    digests: U64
    counts: I64
    earliest: I64
    latest: I64

    @classmethod
    def of(cls, cards: Cards) -> Copies:
        """Count articles by their words."""
        undated = cards.moments == NO_MOMENT
        earliest = np.where(undated, np.iinfo(np.int64).max, cards.moments)
        ones = np.ones(len(cards.keys), np.int64)
        return cls(cards.digests, ones, earliest, cards.moments).merged()

    def merged(self) -> Copies:
        """Put the same words together, in order."""
        order = np.argsort(self.digests)
        digests, starts = np.unique(self.digests[order], return_index=True)
        return Copies(
            digests,
            np.add.reduceat(self.counts[order], starts),
            np.minimum.reduceat(self.earliest[order], starts),
            np.maximum.reduceat(self.latest[order], starts),
        )

    def near(self, within: int | None) -> Copies:
        """Leave the words of which all articles are near each other."""
        if within is None:
            return self
        undated = self.latest < self.earliest
        return take(self, undated | (self.latest - self.earliest <= within))


def find_heads(items: Iterator[Cards | Left], digests: U64) -> Iterator[tuple[Cards, Copies]]:
    """Give for some words the articles of a part that may be their heads, and count all there."""
    parts = [item for item in items if isinstance(item, Cards)]
    if parts:
        cards = joined(take(part, among(words_of(part), digests)) for part in parts)
        yield take(cards, np.unique(np.concatenate(_head_rows(cards)))), Copies.of(cards)


def by_rank(cards: Cards) -> I64:
    """Order articles by how well they represent, best first, of equals the least id."""
    by_id = np.argsort(cards.ids, kind="stable")
    return by_id[np.lexsort((cards.ranks[by_id, 1], cards.ranks[by_id, 0]))]


def _head_rows(cards: Cards) -> tuple[I64, I64, I64]:
    """Give for each words in order the first, the best and the next best, which may be the same."""
    found = []
    for order in (np.argsort(cards.ids, kind="stable"), by_rank(cards)):
        order = order[np.argsort(cards.digests[order], kind="stable")]
        starts = np.unique(cards.digests[order], return_index=True)[1]
        ends = np.append(starts[1:], len(order)) - 1
        found += [order[starts], order[np.minimum(starts + 1, ends)]]
    first, _, best, second = found
    return first, best, second


def choose_heads(told: list[tuple[Cards, Copies]], within: int | None) -> Heads:
    """Choose the heads of words from what the parts have told of them.

    With a window of dates, of words whose articles are all near each other: of those the window
    leaves nothing out.
    """
    digests, counts, _, _ = joined(copies for _, copies in told).merged().near(within)
    cards = joined(cards for cards, _ in told)
    cards = take(cards, among(cards.digests, digests))
    first, best, second = rows = _head_rows(cards)
    met = [len({*own}) for own in zip(*(part.tolist() for part in rows), strict=True)]
    firsts, bests, seconds = take(cards, first), take(cards, best), take(cards, second)
    return Heads(digests, firsts, bests, seconds, counts - np.array(met, np.int64))


def send_by_id(items: Iterator[Read]) -> Iterator[tuple[U64, Cards]]:
    """Send cards to where all with the same id meet."""
    return ((read.cards.names, read.cards) for read in items)


def settle_ids(items: Iterator[Cards]) -> Iterator[Cards | Left]:
    """Keep one of the articles with the same id, as :class:`dedup.dump.repeats.Repeats` does.

    One whose id was made is the same article told twice and gets a number behind it, as in
    :class:`dedup.dump.ids.Ids`.
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
                rejected.append((identity, id_taken(identity, "another row")))
                if cards.contents[row] == cards.contents[first]:
                    cards.times[first] += 1
                else:
                    lost.append(int(cards.contents[row]))
    yield take(cards, kept)
    yield Left(cards.keys[~kept], np.array(lost, np.uint64), tuple(rejected))


def _groups(values: U64) -> Iterator[I64]:
    """Give the places of values that stand there more than once, ``values`` in order."""
    edges = np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])
    edges = np.append(edges, len(values)).astype(np.int64)
    for at in np.flatnonzero(np.diff(edges) > 1).tolist():
        yield np.arange(edges[at], edges[at + 1])


def _of_one_id(ids: Texts, rows: list[int]) -> Iterable[list[int]]:
    """Part rows whose ids have the same number by those ids, which are the same but for chance."""
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(ids[row], []).append(row)
    return found.values()


def send_by_words(
    items: Iterator[Cards | Left], heads: Broadcast[Any]
) -> Iterator[tuple[U64, Cards | Aside]]:
    """Send cards to where all with the same words meet, but for those that stay aside."""
    for cards in items:
        if not isinstance(cards, Cards):
            continue
        aside = heads.value.stay_aside(cards)
        if aside.any():
            copies = take(cards, aside)
            yield copies.keys, Aside(copies)
            cards = take(cards, ~aside)
        yield words_of(cards), cards


def words_of(cards: Cards) -> U64:
    """Give digests of words, and for articles without any what no other one has."""
    return np.where(cards.counts > 0, cards.digests, cards.keys)


def group_cards(
    items: Iterator[Cards | Aside], within: int | None, heads: Broadcast[Any]
) -> Iterator[Cards | Left | Aside]:
    """Find the same words: the article of the least id is the first, and its key is their digest.

    So what is next to nothing in each stage that follows, the order among articles of different
    words, is that of one machine. Of those the first stands for the others, or where they are not
    dated ``within`` so many seconds, those that :class:`~dedup.corpus.windows.Window` tells.
    """
    every: list[Cards] = []
    for item in items:
        if isinstance(item, Aside):
            own = item.cards
            at = np.searchsorted(heads.value.digests, own.digests)
            bests = heads.value.best_keys()[at]
            yield Aside(own._replace(leaders=own.digests, bests=bests))
            yield Left(again=own.keys)
        else:
            every.append(item)
    if not every:
        return
    cards = joined(every)
    _, at, of = np.intersect1d(cards.keys, heads.value.bests.keys, return_indices=True)
    cards.aside[at] = heads.value.aside[of]
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
    bests = best_copies(copies, by_rank(cards))
    ties = np.concatenate((copies, np.stack((bests, np.arange(len(keys))), axis=1)))
    ties = ties[window.near(ties) & (ties[:, 0] != ties[:, 1])]
    yield cards._replace(keys=keys, leaders=keys[leaders], bests=keys[bests])
    firsts = int((cards.counts > 0).sum()) - len(again)
    yield Left(again=again, copies=keys[copies], ties=keys[ties], firsts=firsts)


def send_released(
    items: Iterator[Cards | Left | Aside], held: U64
) -> Iterator[tuple[U64, Released]]:
    """Send articles whose words are not ``held`` aside any more to where those meet."""
    for item in items:
        if isinstance(item, Aside):
            released = take(item, ~among(item.cards.digests, held))
            yield released.cards.digests, Released(released.cards)


def release(items: Iterator[Any], held: U64) -> Iterator[Cards | Left | Aside]:
    """Put the articles that stay aside no longer beside those of the same words."""
    for item in items:
        if isinstance(item, Left):
            yield item
        elif isinstance(item, Aside):
            yield take(item, among(item.cards.digests, held))
        elif isinstance(item, Released):
            cards = item.cards
            copies = np.stack((cards.leaders, cards.keys), axis=1)
            moved = cards.bests != cards.leaders
            others = np.stack((cards.bests, cards.keys), axis=1)[moved]
            yield cards
            yield Left(copies=copies, ties=np.concatenate((copies, others)))
        else:
            yield item._replace(aside=np.where(among(item.digests, held), item.aside, 0))


def among(values: U64, table: Broadcast[Any] | U64) -> Flags:
    """Tell which values stand in a table, u64 in order, or a broadcast one."""
    known: U64 = table.value if isinstance(table, Broadcast) else table
    at = np.searchsorted(known, values)
    found = np.zeros(len(values), np.bool_)
    inside = at < len(known)
    found[inside] = known[at[inside]] == values[inside]
    return found
