"""Versions cut into clusters where they lie: groups that hang together, each in one part.

Which articles hang together is found by forests: each part sends a link or less for each of its
articles to one task, which names every group by the least key in it. A group is cut as on one
machine; what it asks for is judged in rounds, all groups at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

import numpy as np

from dedup.arrays import F64, I64, U8, U64, Flags, distinct
from dedup.corpus.clusters import stars
from dedup.corpus.windows import Window
from dedup.model import Verdict
from dedup.spark.cards import Aside, Left, among, by_rank, words_of
from dedup.spark.couples import Chosen
from dedup.spark.flow import joined, take
from dedup.spark.judging import Verdicts, judge
from dedup.spark.matching import pair_keys
from dedup.spark.reading import Cards, Texts
from dedup.verdict.judging import CODES

_PAIRS_AT_ONCE = 100_000
_COPY = CODES[Verdict.IDENTICAL]


class Labels(NamedTuple):
    """Of articles ``keys`` u64[n], the least key of those that hang together with each, u64[n]."""

    keys: U64
    labels: U64


class Articles(NamedTuple):
    """The articles of some groups, which ``labels`` u64[n] name."""

    labels: U64
    cards: Cards


class Known(NamedTuple):
    """The versions in some groups, which ``labels`` u64[m] name."""

    labels: U64
    pairs: Verdicts


class Told(NamedTuple):
    """What was answered to the questions of some groups, as :class:`Known`: 42 bytes each."""

    labels: U64
    pairs: Verdicts


class Questions(NamedTuple):
    """Pairs to judge, u64[m, 2], the lesser key first, and the groups that ask: 24 bytes each."""

    labels: U64
    keys: U64


class Members(NamedTuple):
    """The articles in clusters, in 49 bytes each and the id of what represents them.

    ``keys`` u64[m] name them; ``words`` u64 say where their cards are.

    ``clusters`` i64 number clusters, by the id of what represents them, whose ids ``ones`` are.
    ``sizes`` i64 count its versions in the row of a representative and are 0 in that of a version,
    of which ``verdicts`` u8, ``probability`` and ``jaccard`` f64 say how it compares with it.
    """

    keys: U64
    words: U64
    clusters: I64
    ones: Texts
    sizes: I64
    verdicts: U8
    probability: F64
    jaccard: F64


Group = TypeVar("Group", Articles, Known, Told, Labels, Questions)


def versions_of(
    items: Iterator[Verdicts | Cards | Left | Aside], least: float
) -> Iterator[Verdicts]:
    """Choose the pairs that count as versions, those among articles of the same words too."""
    for found in items:
        if isinstance(found, Left) and len(found.ties):
            yield Verdicts.of_copies(found.ties)
        elif isinstance(found, Verdicts):
            yield take(found, found.are_versions(least))


def send_forest(items: Iterator[Verdicts]) -> Iterator[tuple[int, Labels]]:
    """Send what hangs together in a part to one task: 16 bytes an article."""
    pairs = [found.keys for found in items]
    if pairs:
        yield 0, _components(np.concatenate(pairs))


def merge_forests(items: Iterator[Labels]) -> Iterator[Labels]:
    """Find what hangs together in all parts, with some 110 bytes for each article."""
    parts = [*items]
    if parts:
        yield _components(np.stack([*map(np.concatenate, zip(*parts, strict=True))], axis=1))


def _components(pairs: U64) -> Labels:
    """Label each article of pairs u64[m, 2] by the least key that it hangs together with.

    Each round hangs what is linked to a lesser label below it, and then all on the top of that.
    """
    keys = distinct(pairs.ravel())
    ends = np.searchsorted(keys, pairs)
    labels = np.arange(len(keys))
    while True:
        linked = np.sort(labels[ends], axis=1)
        ends = ends[linked[:, 0] != linked[:, 1]]
        linked = linked[linked[:, 0] != linked[:, 1]]
        if not len(linked):
            return Labels(keys, keys[labels])
        np.minimum.at(labels, linked[:, 1], linked[:, 0])
        while (labels != labels[labels]).any():
            labels = labels[labels]


def labels_of(items: Iterator[Labels], keys: U64) -> Iterator[Labels]:
    """Give the labels of some articles, ``keys`` in order."""
    for labels in items:
        yield take(labels, among(labels.keys, keys))


def tops_of(items: Iterator[Any], labels: U64) -> Iterator[Articles]:
    """Give the article of a part that represents best for each of some ``labels``, in order."""
    every = [*items]
    known = _in_order(every)
    if known is None:
        return
    for cards in every:
        if isinstance(cards, Cards):
            some = _in_groups(cards, known)
            yield tops(take(some, among(some.labels, labels)))


def _in_order(items: Iterable[Any]) -> Labels | None:
    """Give the labels among some tables, their keys in order; ``None`` for none."""
    known = _only(Labels, items)
    return None if known is None else take(known, np.argsort(known.keys))


def _in_groups(cards: Cards, known: Labels) -> Articles:
    """Choose the articles that are in groups; the keys ``known`` are in order."""
    some = take(cards, among(cards.keys, known.keys))
    return Articles(known.labels[np.searchsorted(known.keys, some.keys)], some)


def tops(articles: Articles) -> Articles:
    """Leave the one article of each label that represents best, in order of labels."""
    articles = take(articles, by_rank(articles.cards))
    return take(articles, np.unique(articles.labels, return_index=True)[1])


def send_groups(
    items: Iterator[Labels | Cards | Verdicts],
) -> Iterator[tuple[U64, Articles | Known]]:
    """Send the articles that are in groups and their versions to where each group is."""
    every = [*items]
    known = _in_order(every)
    if known is None:
        return
    for table in every:
        if isinstance(table, Cards):
            some = _in_groups(table, known)
            yield some.labels, some
        elif isinstance(table, Verdicts):
            of = known.labels[np.searchsorted(known.keys, table.keys[:, 0])]
            yield of, Known(of, table)


def _only(kind: type[Group], items: Iterable[Any]) -> Group | None:
    """Put the items of one kind together; ``None`` where there are none."""
    parts = [item for item in items if isinstance(item, kind)]
    return joined(parts) if parts else None


def cut(
    items: Iterator[Any], least: float, within: int | None
) -> Iterator[Members | Questions | Articles | Known | Told]:
    """Cut the groups of a part as far as is told of them.

    Comes with the clusters of those that are done; of the others what they ask, and all of them as
    it was.
    """
    every = [*items]
    articles, known, told = _only(Articles, every), _only(Known, every), _only(Told, every)
    if articles is None or known is None:
        return
    articles = take(articles, by_rank(articles.cards))
    known = take(known, np.argsort(known.labels, kind="stable"))
    groups, sizes = np.unique(known.labels, return_counts=True)
    blocks = np.repeat((np.cumsum(sizes) - 1) // _PAIRS_AT_ONCE, sizes)
    found = _Found(articles.cards, known.pairs, told and told.pairs, least, within)
    for block in distinct(blocks).tolist():
        yield from found.clusters(found.ends[blocks == block], articles.labels)
    open_ones = distinct(np.concatenate([groups[:0], *(asked.labels for asked in found.asked)]))
    yield from found.asked
    if len(open_ones):
        yield take(articles, among(articles.labels, open_ones))
        yield take(known, among(known.labels, open_ones))
        if told is not None:
            yield take(told, among(told.labels, open_ones))


class _Found:
    """What is known of the pairs of some articles, which stand in order of rank."""

    def __init__(
        self,
        cards: Cards,
        known: Verdicts,
        told: Verdicts | None,
        least: float,
        within: int | None,
    ) -> None:
        self._cards = cards
        self._window = Window(cards.moments, within)
        order = np.argsort(cards.keys)
        self.ends: I64 = order[np.searchsorted(cards.keys, known.keys, sorter=order)]
        pairs = joined([known, told]) if told else known
        pairs = take(pairs, np.argsort(pair_keys(pairs.keys), kind="stable"))
        self._pairs, self._numbers = pairs, pair_keys(pairs.keys)
        self._versions = pairs.are_versions(least)
        self.asked: list[Questions] = []

    def clusters(self, pairs: I64, labels: U64) -> Iterator[Members]:
        """Cut the groups of some pairs of rows; those that are not done wait for what is asked."""
        rows = distinct(pairs.ravel())
        open_rows: list[I64] = []

        def verify(questions: I64) -> list[bool]:
            asked = rows[questions]
            near = self._window.near(asked)
            known, at = self._known(asked)
            same = self._are_copies(asked)
            open_rows.append(asked[near & ~same & ~known])
            answers: Flags = near & (same | (known & self._versions[at]))
            return [bool(answer) for answer in answers.tolist()]

        local = np.sort(np.searchsorted(rows, pairs), axis=1)
        # a copy that stays aside has a pair with the best of its words, and one with their first
        ties = 1 + (self._cards.leaders[rows] != self._cards.keys[rows])
        aside = self._cards.aside[rows] * ties
        found = stars(local, np.arange(len(rows)), verify, beside=aside)
        asked = np.concatenate([np.empty((0, 2), np.int64), *open_rows])
        waiting = distinct(labels[asked[:, 0]])
        if len(asked):
            self.asked.append(
                Questions(labels[asked[:, 0]], np.sort(self._cards.keys[asked], axis=1))
            )
        firsts = rows[np.array([one for one, _ in found], np.int64)]
        done = zip(~among(labels[firsts], waiting), firsts, found, strict=True)
        yield from self._members(
            [(one, rows[others]) for is_done, one, (_, others) in done if is_done]
        )

    def _known(self, rows: I64) -> tuple[Flags, I64]:
        """Tell which pairs of rows are known, bool[m], and where those stand, i64[m]."""
        numbers = pair_keys(np.sort(self._cards.keys[rows], axis=1))
        at = np.minimum(np.searchsorted(self._numbers, numbers), len(self._numbers) - 1)
        return self._numbers[at] == numbers, at

    def _are_copies(self, rows: I64) -> Flags:
        leaders = self._cards.leaders[rows]
        same: Flags = leaders[:, 0] == leaders[:, 1]
        return same

    def _members(self, groups: list[tuple[Any, I64]]) -> Iterator[Members]:
        """Tell how each version compares with what represents it."""
        if not groups:
            return
        sizes = np.array([len(others) for _, others in groups])
        firsts = np.array([one for one, _ in groups])
        ones, others = np.repeat(firsts, sizes), np.concatenate([rows for _, rows in groups])
        pairs = np.stack((ones, others), axis=1)
        compared = take(self._pairs, self._known(pairs)[1])
        same = self._are_copies(pairs)
        none = np.zeros(len(firsts))
        rows, of = np.append(firsts, others), np.append(firsts, ones)
        yield Members(
            keys=self._cards.keys[rows],
            words=words_of(self._cards)[rows],
            clusters=self._cards.names[of].view(np.int64),
            ones=self._cards.ids[of],
            sizes=np.append(sizes + self._cards.aside[firsts], np.zeros(len(others), np.int64)),
            verdicts=np.append(
                none.astype(np.uint8), np.where(same, np.uint8(_COPY), compared.verdicts)
            ),
            probability=np.append(none, np.where(same, 1.0, compared.probability)),
            jaccard=np.append(none, np.where(same, 1.0, compared.jaccard)),
        )


def questions_of(items: Iterator[Any]) -> Iterator[Questions]:
    """Give what is asked."""
    return (item for item in items if isinstance(item, Questions))


def judge_questions(items: Iterator[Any]) -> Iterator[Told]:
    """Judge what groups ask."""
    every = [*items]
    asked = _only(Questions, every)
    if asked is None:
        return
    numbers = pair_keys(asked.keys)
    order = np.argsort(numbers)
    chosen = Chosen(asked.keys, np.ones(len(numbers), np.bool_))
    articles = [item for item in every if not isinstance(item, Questions)]
    for found in judge(iter([chosen, *articles])):
        at = order[np.searchsorted(numbers, pair_keys(found.keys), sorter=order)]
        yield Told(asked.labels[at], found)
