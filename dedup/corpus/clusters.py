"""Group versions of one story around a representative; no member is reached through a chain."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Any

import numpy as np

from dedup.arrays import F64, I64, distinct
from dedup.errors import InputError
from dedup.model import Article
from dedup.moments import zoned

Choice = Callable[[Article, int], Any]
"""What says how well an article represents, by what is known of it and its number of words."""

_ASKED_A_PAIR = 4
"""Comparisons that may be asked for, for each pair known: keeps a hub of many versions linear."""


class Keep(StrEnum):
    """Which article of a cluster represents it."""

    EARLIEST = "earliest"
    """The one with the earliest date; one without a date comes after those with one."""
    LONGEST = "longest"
    """The one with most words."""
    FIRST = "first"
    """The one that came first in the input."""
    SOURCE = "source"
    """The one of the source that is preferred; of several, and where none is, the earliest."""


@dataclass(frozen=True, slots=True)
class Preference:
    """Which article of a cluster represents it, as ``keep`` and ``--keep`` word it.

    ``sources`` are names in order of preference, compared without case; only ``Keep.SOURCE`` has
    any.
    """

    keep: Keep
    sources: tuple[str, ...] = ()

    @classmethod
    def parse(cls, value: object) -> Preference:
        """Read ``earliest``, ``longest``, ``first`` or ``source=`` with names parted by commas.

        >>> Preference.parse("source=Wire, Evening Post").sources
        ('Wire', 'Evening Post')
        """
        name, separator, listed = str(value).partition("=")
        sources = tuple(dict.fromkeys(filter(None, map(str.strip, listed.split(",")))))
        lists = name == Keep.SOURCE
        if name not in {*Keep} or bool(separator) != lists or bool(sources) != lists:
            raise InputError.of("keep", value, "earliest, longest, first or source=NAME,NAME…")
        return cls(Keep(name), sources)

    def __str__(self) -> str:
        return f"{self.keep}={','.join(self.sources)}" if self.sources else self.keep.value

    def places(self) -> dict[str, int]:
        """Give the place of each preferred source by its name without case: its first one.

        >>> Preference.parse("source=Wire,Post,WIRE").places()
        {'wire': 0, 'post': 1}
        """
        found: dict[str, int] = {}
        for place, name in enumerate(self.sources):
            found.setdefault(name.casefold(), place)
        return found

    def unknown(self, sources: Iterable[str]) -> tuple[str, ...]:
        """Give the preferred sources that are none of ``sources``: misspelt, as a rule.

        >>> Preference.parse("source=Wire,Pots").unknown(["WIRE", "Post"])
        ('Pots',)
        """
        known = {source.casefold() for source in sources}
        return tuple(name for name in self.sources if name.casefold() not in known)


def rank(
    preference: Preference,
    dates: Sequence[datetime.date | None],
    lengths: Sequence[int],
    sources: Sequence[str],
    ids: Sequence[str],
) -> I64:
    """Order articles by how well they represent, best first, of equals the least id, i64[n].

    >>> rank(Preference(Keep.LONGEST), [None] * 3, [3, 9, 9], [""] * 3, ["a", "c", "b"]).tolist()
    [2, 1, 0]
    """
    if preference.keep is Keep.FIRST:
        return np.arange(len(lengths), dtype=np.int64)
    rows = np.array(sorted(range(len(lengths)), key=ids.__getitem__), np.int64)
    if preference.keep is Keep.LONGEST:
        return _sorted_by(-np.array(lengths, np.int64), rows)
    moments = {date: moment(date) for date in set(dates)}  # far fewer than articles
    seconds = [inf if no_date else second for no_date, second in map(moments.__getitem__, dates)]
    found = _sorted_by(np.array(seconds), rows)
    if preference.sources:
        last, wanted = len(preference.sources), preference.places()
        preferred = [wanted.get(name.casefold(), last) for name in sources]
        found = _sorted_by(np.array(preferred, np.int64), found)
    return found


def _sorted_by(keys: I64 | F64, rows: I64) -> I64:
    """Sort rows by keys [n]; of equals the first stays first."""
    return rows[np.argsort(keys[rows], kind="stable")]


def rank_by(choice: Choice, articles: Sequence[Article], lengths: Sequence[int]) -> I64:
    """Order articles by what a function gives for each, the greatest first, as :func:`rank`.

    >>> two = [Article("a", "", source="Post"), Article("b", "", source="Wire")]
    >>> rank_by(lambda article, words: (article.source == "Wire", words), two, [9, 3]).tolist()
    [1, 0]
    """
    rows = sorted(range(len(articles)), key=lambda row: articles[row].id)
    values = [choice(article, words) for article, words in zip(articles, lengths, strict=True)]
    try:
        best = sorted(rows, key=values.__getitem__, reverse=True)
    except TypeError as error:
        raise InputError(f"keep: the values of the function cannot be compared: {error}") from None
    return np.array(best, dtype=np.int64)


def moment(date: datetime.date | None) -> tuple[int, float]:
    """Make dates, datetimes with and without a zone (taken as UTC) and None comparable."""
    if date is None:
        return 1, 0.0
    return 0, zoned(date).timestamp()


def stars(
    pairs: I64,
    order: I64,
    verify: Callable[[I64], Sequence[bool]],
    *,
    beside: I64 | None = None,
) -> list[Star]:
    """Cut verified pairs into stars: each representative and the members verified against it.

    ``pairs`` i64[m, 2] are versions of each other; ``order`` i64[n] ranks all articles, best
    representative first. Taken in that order, an article that is free yet takes every free
    article that is its version: known from ``pairs`` or, where two articles have a version in
    common but were no candidates, told by ``verify``. An article that fits no representative stays
    alone. ``verify`` is asked about pairs i64[k, 2] of a candidate and another, few times about
    many: a question is asked as soon as it would arise if those before it were denied. A group that
    hangs together puts four for each known pair at most to the test, those that rank best;
    ``beside`` i64[n] are known pairs of each article that ``pairs`` leaves out. Each member list is
    ascending; stars come in order of rank.

    >>> stars(np.array([[0, 1], [1, 2]]), np.arange(3), lambda asked: [False] * len(asked))
    [(0, [1])]
    """
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    couples, others = _parted(pairs)
    better_first = np.take_along_axis(couples, np.argsort(places[couples], axis=1), axis=1)
    found: list[Star] = [(one, [other]) for one, other in better_first.tolist()]
    neighbours: dict[int, set[int]] = {}
    for i, j in others.tolist():
        neighbours.setdefault(i, set()).add(j)
        neighbours.setdefault(j, set()).add(i)
    ranked = distinct(others.ravel())
    groups = _groups(ranked[np.argsort(places[ranked])].tolist(), neighbours)
    told: dict[_Question, bool] = {}
    while groups:
        cuts = [(group, *_cut(group, neighbours, told, beside)) for group in groups]
        found += [star for _, cut, open_questions in cuts if not open_questions for star in cut]
        asked = [question for _, _, open_questions in cuts for question in open_questions]
        if asked:
            told.update(zip(asked, verify(np.array(asked, dtype=np.int64)), strict=True))
        groups = [group for group, _, open_questions in cuts if open_questions]
    firsts = np.array([one for one, _ in found], np.int64)
    return [found[at] for at in np.argsort(places[firsts]).tolist()]


def _parted(pairs: I64) -> tuple[I64, I64]:
    """Part pairs of articles that are in no other pair, which are most, from the others."""
    counts = np.bincount(pairs.ravel())
    alone = (counts[pairs] == 1).all(axis=1)
    return pairs[alone], pairs[~alone]


Star = tuple[int, list[int]]
"""A representative and its members."""
_Question = tuple[int, int]
"""A candidate, and another that may be its version."""


def _groups(ranked: Sequence[int], neighbours: Mapping[int, set[int]]) -> list[list[int]]:
    """Part articles into groups that hang together, each in the order given."""
    group_of: dict[int, int] = {}
    groups: list[list[int]] = []
    for row in ranked:
        if row not in group_of:
            group_of[row] = len(groups)
            reached = [row]
            while reached:
                new = [other for other in neighbours[reached.pop()] if other not in group_of]
                group_of.update(dict.fromkeys(new, len(groups)))
                reached += new
            groups.append([])
        groups[group_of[row]].append(row)
    return groups


def _cut(
    ranked: Sequence[int],
    neighbours: Mapping[int, set[int]],
    told: Mapping[_Question, bool],
    beside: I64 | None,
) -> tuple[list[Star], list[_Question]]:
    """Cut one group as far as is told; give the stars, and the questions that are open."""
    free = set(ranked)
    places = {row: place for place, row in enumerate(ranked)}
    budget = _ASKED_A_PAIR * sum(len(neighbours[row]) for row in ranked) // 2
    if beside is not None:
        budget += _ASKED_A_PAIR * int(beside[ranked].sum())
    found: list[Star] = []
    open_questions: list[_Question] = []
    for candidate in ranked:
        if candidate not in free:
            continue
        free.remove(candidate)
        known = neighbours[candidate]
        asked: list[int] = []
        if budget:  # many copies of one article hang together by it: a round of all for each of all
            near = set().union(*(neighbours[other] for other in known)) - known
            asked = sorted(near & free, key=places.__getitem__)[:budget]
        questions = [(candidate, other) for other in asked]
        budget -= len(questions)
        open_questions += [question for question in questions if question not in told]
        members = known & free
        members.update(question[1] for question in questions if told.get(question))
        free -= members
        if members:
            found.append((candidate, sorted(members)))
    return found, open_questions
