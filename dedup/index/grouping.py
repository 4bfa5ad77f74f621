"""Which story each article of an index belongs to, kept true as articles come and go.

An article's story is known by its first article: the one that ranks best (earliest date, then first
added). Articles are taken in that order; one that no story has yet begins one and takes in all its
own versions that no story has yet. So every article of a story was compared with its first one, and
none is reached through a chain. A change touches only the articles that hang together with it
through versions; those are grouped anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence

__all__ = ["grouped", "regroup"]

_AT_ONCE = 500


def grouped(ranked: Sequence[int], versions: Mapping[int, Collection[int]]) -> dict[int, int]:
    """Give each article's story, by the number of its first article.

    ``ranked`` are numbers, the best first; ``versions`` are those of each, both ways.

    >>> grouped([1, 2, 3], {1: [2], 2: [1, 3], 3: [2]})
    {1: 1, 2: 1, 3: 3}
    """
    story: dict[int, int] = {}
    for number in ranked:
        if number in story:
            continue
        story[number] = number
        for other in versions.get(number, ()):
            story.setdefault(other, number)
    return story


def regroup(connection: sqlite3.Connection, touched: Iterable[int]) -> None:
    """Group the articles anew that hang together with those touched."""
    versions = _component(connection, touched)
    if not versions:
        return
    known = _known(connection, list(versions))
    ranked = sorted(known, key=lambda number: (*known[number][:2], number))
    fresh = grouped(ranked, versions)
    moved = [(fresh[n], n) for n in ranked if fresh[n] != known[n][2]]
    connection.executemany("UPDATE articles SET story = ? WHERE number = ?", moved)


def _component(connection: sqlite3.Connection, touched: Iterable[int]) -> dict[int, list[int]]:
    """Give the versions of all articles that can be reached from some, both ways."""
    found: dict[int, list[int]] = {}
    open_ = sorted(set(touched))
    while open_:
        for number in open_:
            found.setdefault(number, [])
        fresh: set[int] = set()
        for some in _cut(open_):
            marks = ",".join("?" * len(some))
            for near, far in (("a", "b"), ("b", "a")):
                for one, other in connection.execute(
                    f"SELECT {near}, {far} FROM versions WHERE {near} IN ({marks})", some
                ):
                    found[one].append(other)
                    fresh.add(other)
        open_ = sorted(fresh - found.keys())
    return found


def _known(
    connection: sqlite3.Connection, numbers: Sequence[int]
) -> dict[int, tuple[bool, int, int]]:
    """Give of each article whether it lacks a date, its date, and its story so far."""
    found = {}
    for some in _cut(numbers):
        marks = ",".join("?" * len(some))
        for number, moment, story in connection.execute(
            f"SELECT number, moment, story FROM articles WHERE number IN ({marks})", some
        ):
            found[number] = (moment is None, moment or 0, story)
    return found


def _cut(values: Sequence[int]) -> Iterable[Sequence[int]]:
    return (values[at : at + _AT_ONCE] for at in range(0, len(values), _AT_ONCE))
