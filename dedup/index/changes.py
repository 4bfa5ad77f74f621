"""A change of the catalog: what is written inside one transaction, and stories kept true by it."""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterable, Sequence

from dedup.index.rows import SegmentRow, TakenRow, cut, moment_of, stored
from dedup.model import Article


class Change:
    """What may be written to the catalog, all of it or nothing."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._touched: set[int] = set()

    def insert_articles(self, first: int, articles: Sequence[Article]) -> None:
        """Enter articles under the numbers from ``first`` on, each a story of its own."""
        rows = (
            (
                first + k,
                *map(stored, (article.id, article.title, article.source, article.url)),
                None if article.date is None else article.date.isoformat(),
                moment_of(article.date),
                first + k,
            )
            for k, article in enumerate(articles)
        )
        self._connection.executemany("INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        following = first + len(articles)
        self._connection.execute("UPDATE meta SET value = ? WHERE key = 'next'", (following,))

    def insert_versions(self, versions: Iterable[tuple[int, int, str, float, float]]) -> None:
        """Enter pairs of versions: two numbers, ascending, verdict, probability, Jaccard."""
        for version in versions:
            self._connection.execute("INSERT INTO versions VALUES (?, ?, ?, ?, ?)", version)
            self._touched.update(version[:2])

    def delete_articles(self, numbers: Sequence[int]) -> None:
        """Take articles out with what is known of their versions."""
        for some in cut(numbers):
            marks = ",".join("?" * len(some))
            for own, other in (("a", "b"), ("b", "a")):
                rows = self._connection.execute(
                    f"SELECT {other} FROM versions WHERE {own} IN ({marks})", some
                )
                self._touched.update(number for (number,) in rows)
                self._connection.execute(f"DELETE FROM versions WHERE {own} IN ({marks})", some)
            self._connection.execute(f"DELETE FROM articles WHERE number IN ({marks})", some)
        self._touched.difference_update(numbers)

    def put_segment(self, row: SegmentRow) -> None:
        """Enter a segment, or what has changed of one."""
        self._connection.execute("INSERT OR REPLACE INTO segments VALUES (?, ?, ?, ?, ?, ?)", row)

    def drop_segments(self, names: Iterable[str]) -> None:
        """Take segments out."""
        rows = ((name,) for name in names)
        self._connection.executemany("DELETE FROM segments WHERE name = ?", rows)

    def put_taken(self, row: TakenRow) -> None:
        """Enter a file that was taken in."""
        values = (stored(row.path), *row[1:])
        self._connection.execute("INSERT OR REPLACE INTO taken VALUES (?, ?, ?, ?, ?, ?)", values)

    def mark_told(self, path: str) -> None:
        """Enter that what a file brought was told."""
        self._connection.execute("UPDATE taken SET told = 1 WHERE path = ?", (stored(path),))

    def finish(self) -> None:
        """Bring stories up to date and count the change."""
        regroup(self._connection, self._touched)
        self._connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'change'")


_NEIGHBOURS = """
SELECT number, moment, story FROM articles WHERE number IN (
    SELECT b FROM versions WHERE a = ? UNION ALL SELECT a FROM versions WHERE b = ?
)
"""


def regroup(connection: sqlite3.Connection, touched: Iterable[int]) -> None:
    """Find the stories of some articles anew, whose versions have changed, and what follows of it.

    Articles rank by date, those without one last, then by number. One none of whose better-ranking
    versions begins a story begins one; of several that do, it belongs to the best. So every
    article of a story was compared with its first one, and none is reached through a chain. What
    an article is hangs on those that rank better alone: they are looked at first, and those that
    rank worse only where it now begins a story or no longer does.
    """
    ranks: list[tuple[bool, int, int]] = []
    waiting: set[int] = set()
    for number in touched:
        row = connection.execute("SELECT moment FROM articles WHERE number = ?", (number,))
        for (moment,) in row:
            heapq.heappush(ranks, _rank(number, moment))
            waiting.add(number)
    while ranks:
        own = heapq.heappop(ranks)
        number = own[-1]
        waiting.discard(number)
        near = [
            (_rank(other, moment), story)
            for other, moment, story in connection.execute(_NEIGHBOURS, (number, number))
        ]
        before = connection.execute("SELECT story FROM articles WHERE number = ?", (number,))
        (held,) = before.fetchone()
        first = min((rank for rank, story in near if rank < own and story == rank[-1]), default=own)
        story = first[-1]
        if story == held:
            continue
        connection.execute("UPDATE articles SET story = ? WHERE number = ?", (story, number))
        if number in (story, held):
            for rank, _ in near:
                if rank > own and rank[-1] not in waiting:
                    heapq.heappush(ranks, rank)
                    waiting.add(rank[-1])


def _rank(number: int, moment: int | None) -> tuple[bool, int, int]:
    return moment is None, moment or 0, number
