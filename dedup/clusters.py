"""Group versions of one story around a representative; no member is reached through a chain."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from dedup.errors import InputError

__all__ = ["Keep", "Preference", "rank", "stars"]

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
) -> NDArray[np.int64]:
    """Order articles by how well they represent, best first, ties by input order, i64[n].

    >>> rank(Preference(Keep.LONGEST), [None] * 3, [3, 9, 9], [""] * 3).tolist()
    [1, 2, 0]
    """
    rows = range(len(lengths))
    if preference.keep is Keep.FIRST:
        return np.arange(len(lengths), dtype=np.int64)
    if preference.keep is Keep.LONGEST:
        return np.array(sorted(rows, key=lambda row: -lengths[row]), dtype=np.int64)
    last = len(preference.sources)
    numbered = reversed([*enumerate(preference.sources)])  # the first place of a name counts
    places = {name.casefold(): place for place, name in numbered}
    earliest = sorted(rows, key=lambda row: _moment(dates[row]))
    preferred = sorted(earliest, key=lambda row: places.get(sources[row].casefold(), last))
    return np.array(preferred, dtype=np.int64)


def _moment(date: datetime.date | None) -> tuple[int, float]:
    """Make dates, datetimes with and without a zone (taken as UTC) and None comparable."""
    if date is None:
        return 1, 0.0
    if not isinstance(date, datetime.datetime):
        date = datetime.datetime(date.year, date.month, date.day)
    if date.tzinfo is None:
        date = date.replace(tzinfo=datetime.UTC)
    return 0, date.timestamp()


def stars(
    pairs: NDArray[np.int64],
    order: NDArray[np.int64],
    verify: Callable[[int, Sequence[int]], Sequence[bool]],
) -> list[tuple[int, list[int]]]:
    """Cut verified pairs into stars: each representative and the members verified against it.

    ``pairs`` i64[m, 2] are versions of each other; ``order`` i64[n] ranks all articles, best
    representative first. Taken in that order, an article that is free yet takes every free
    article that is its version: known from ``pairs`` or, where two articles have a version in
    common but were no candidates, told by ``verify(representative, others)``. An article that fits
    no representative stays alone. ``verify`` is asked about four articles for each known pair at
    most. Each member list is ascending; stars come in order of rank.

    >>> stars(np.array([[0, 1], [1, 2]]), np.arange(3), lambda one, others: [False] * len(others))
    [(0, [1])]
    """
    neighbours: dict[int, set[int]] = {}
    for i, j in pairs.tolist():
        neighbours.setdefault(i, set()).add(j)
        neighbours.setdefault(j, set()).add(i)
    free = set(neighbours)
    budget = _ASKED_A_PAIR * len(pairs)
    found = []
    for candidate in order.tolist():
        if candidate not in free:
            continue
        free.remove(candidate)
        known = neighbours[candidate]
        near = set().union(*(neighbours[other] for other in known)) - known
        unknown = sorted(near & free)[:budget]
        budget -= len(unknown)
        told = verify(candidate, unknown) if unknown else ()
        members = sorted(known & free)
        members += [other for other, same in zip(unknown, told, strict=True) if same]
        free.difference_update(members)
        if members:
            found.append((candidate, sorted(members)))
    return found
