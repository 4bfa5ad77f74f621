"""What of an index must be transactional, in SQLite: articles, segments, removals, stories.

Rule: a change is one transaction; what a reader sees is one transaction too, and never half a
change. On disk SQLite's write-ahead log lets readers go on while one writer works; in memory a lock
does.
"""

from __future__ import annotations

import datetime
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dedup.arrays import I64
from dedup.errors import BusyError, DedupError, FormatError
from dedup.index.segment import NO_MOMENT
from dedup.model import Article

__all__ = ["Catalog", "Row", "SegmentRow", "moment_of"]

FORMAT, VERSION = "dedup index", 3
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE segments (
    name TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, rows INTEGER NOT NULL,
    live INTEGER NOT NULL, dead BLOB
) WITHOUT ROWID;
CREATE TABLE articles (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, source TEXT NOT NULL,
    url TEXT NOT NULL, date TEXT, moment INTEGER, story INTEGER NOT NULL
);
CREATE INDEX by_moment ON articles (moment) WHERE moment IS NOT NULL;
CREATE INDEX by_story ON articles (story);
CREATE TABLE versions (
    a INTEGER NOT NULL, b INTEGER NOT NULL, verdict TEXT NOT NULL, probability REAL NOT NULL,
    jaccard REAL NOT NULL, PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX versions_of_b ON versions (b);
CREATE TABLE taken (path TEXT PRIMARY KEY, size INTEGER NOT NULL, changed INTEGER NOT NULL)
WITHOUT ROWID;
"""
_AT_ONCE = 500
"""Values in one question: SQLite takes so many parameters in every build."""


class Row(NamedTuple):
    """What is kept of an article beside its words."""

    number: int
    id: str
    title: str
    source: str
    url: str
    date: datetime.date | None


class SegmentRow(NamedTuple):
    """A segment in the catalog; ``dead`` has a bit for each row, ``None`` where all are alive."""

    name: str
    first: int
    last: int
    rows: int
    live: int
    dead: bytes | None


def moment_of(date: datetime.date | None) -> int | None:
    """Give a date in seconds since 1970; a day begins at midnight, times without zone are UTC.

    >>> moment_of(datetime.date(1970, 1, 2))
    86400
    """
    if date is None:
        return None
    if not isinstance(date, datetime.datetime):
        date = datetime.datetime(date.year, date.month, date.day)
    if date.tzinfo is None:
        date = date.replace(tzinfo=datetime.UTC)
    return int((date - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)).total_seconds())


def _read_date(text: str | None) -> datetime.date | None:
    if text is None:
        return None
    if len(text) == len("2023-10-31"):
        return datetime.date.fromisoformat(text)
    return datetime.datetime.fromisoformat(text)


class Catalog:
    """The SQLite side of an index, at a place on disk or, for ``None``, in memory.

    One may be shared by threads: on disk each has a connection of its own, in memory they take
    turns.
    """

    def __init__(self, place: Path | None) -> None:
        self._place = place
        self._turn = threading.RLock()
        self._own = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._shared = self._connect() if place is None else None

    def _connect(self) -> sqlite3.Connection:
        where = ":memory:" if self._place is None else str(self._place)
        made = sqlite3.connect(where, isolation_level=None, check_same_thread=False, timeout=30)
        self._all.append(made)
        if self._place is not None:
            made.execute("PRAGMA synchronous = FULL")
            made.execute("PRAGMA cache_size = -8192")
        return made

    def _connection(self) -> sqlite3.Connection:
        if self._shared is not None:
            return self._shared
        made: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if made is None:
            made = self._own.connection = self._connect()
        return made

    def close(self) -> None:
        """Close all connections; the catalog may not be used after."""
        for made in self._all:
            with suppress(sqlite3.Error):
                made.close()

    def make(self, settings: Mapping[str, Any]) -> None:
        """Make the tables of a new index."""
        connection = self._connection()
        if self._place is not None:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
        with self.changing():
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            values = {"format": FORMAT, "version": VERSION, "change": 0, "next": 1, **settings}
            connection.executemany("INSERT INTO meta VALUES (?, ?)", values.items())

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """Change the catalog: all that is done inside, or nothing."""
        with self._turn, self._errors():
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'change'")
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """See one state of the catalog throughout; what others change meanwhile is not seen."""
        if self._shared is not None:
            with self._turn:
                yield self._shared
            return
        with self._errors():
            connection = self._connection()
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                with suppress(sqlite3.Error):
                    connection.execute("COMMIT")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            place = self._place or "index in memory"
            if "locked" in str(error) or "busy" in str(error):
                raise BusyError(f"{place}: another process is changing it") from error
            raise DedupError(f"{place}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise FormatError.of(self._place or Path(":memory:"), f"damaged ({error})") from error

    def give_back(self) -> None:
        """Give pages that are not used any more back to the system."""
        if self._place is not None:
            with self._errors():
                self._connection().execute("PRAGMA incremental_vacuum").fetchall()

    def copy_to(self, other: Catalog) -> None:
        """Copy all to another catalog, whose tables are replaced."""
        with other._turn, other._errors():
            self._connection().backup(other._connection())

    def meta(self) -> dict[str, Any]:
        """Give the settings and counters."""
        with self.reading() as connection:
            return dict(connection.execute("SELECT key, value FROM meta"))

    def change(self) -> int:
        """Give the number of changes finished so far."""
        with self.reading() as connection:
            found = connection.execute("SELECT value FROM meta WHERE key = 'change'").fetchone()
        return int(found[0])

    def segments(self) -> list[SegmentRow]:
        """Give the segments in the order of their articles."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT name, first, last, rows, live, dead FROM segments ORDER BY first"
            ).fetchall()
        return [SegmentRow(*row) for row in rows]

    def count(self) -> int:
        """Count the articles."""
        with self.reading() as connection:
            return int(
                connection.execute("SELECT COALESCE(SUM(live), 0) FROM segments").fetchone()[0]
            )

    def ids(self) -> Iterator[str]:
        """Give all ids in the order added."""
        last = 0
        while True:
            with self.reading() as connection:
                rows = connection.execute(
                    "SELECT number, id FROM articles WHERE number > ? ORDER BY number LIMIT 10000",
                    (last,),
                ).fetchall()
            if not rows:
                return
            last = rows[-1][0]
            yield from (key for _, key in rows)

    def numbers(self, ids: Sequence[str]) -> dict[str, int]:
        """Find the numbers of the ids that are there."""
        found: dict[str, int] = {}
        with self.reading() as connection:
            for some in _cut(ids):
                marks = ",".join("?" * len(some))
                found.update(
                    connection.execute(
                        f"SELECT id, number FROM articles WHERE id IN ({marks})", some
                    )
                )
        return found

    def rows(self, numbers: Iterable[int]) -> dict[int, Row]:
        """Give what is kept of articles, by number."""
        found = {}
        with self.reading() as connection:
            for some in _cut(list(numbers)):
                marks = ",".join("?" * len(some))
                for number, key, title, source, url, date in connection.execute(
                    "SELECT number, id, title, source, url, date FROM articles "
                    f"WHERE number IN ({marks})",
                    some,
                ):
                    found[number] = Row(number, key, title, source, url, _read_date(date))
        return found

    def before(self, moment: int) -> I64:
        """Give the numbers of articles dated before a moment, ascending."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT number FROM articles WHERE moment < ? ORDER BY number", (moment,)
            ).fetchall()
        return np.array(rows, np.int64).reshape(-1)

    def all_rows(self) -> Iterator[Row]:
        """Give what is kept of all articles, in the order added."""
        last = 0
        while True:
            with self.reading() as connection:
                found = connection.execute(
                    "SELECT number, id, title, source, url, date FROM articles "
                    "WHERE number > ? ORDER BY number LIMIT 10000",
                    (last,),
                ).fetchall()
            if not found:
                return
            last = found[-1][0]
            yield from (Row(n, *kept, _read_date(date)) for n, *kept, date in found)

    def stories(self, since: int | None) -> list[tuple[int, list[int]]]:
        """Give the stories of two articles or more: the first one's number, those of the others.

        The one with the article added last comes first; ``since`` as :meth:`dedup.Index.stories`
        has it.
        """
        groups: dict[int, list[int]] = {}
        grown: dict[int, int] = {}
        dated = set()
        with self.reading() as connection:
            for story, number, moment in connection.execute(
                "SELECT story, number, moment FROM articles WHERE story IN "
                "(SELECT story FROM articles WHERE number != story) "
                "ORDER BY moment IS NULL, moment, number"
            ):
                groups.setdefault(story, [])
                if number != story:
                    groups[story].append(number)
                    grown[story] = max(grown.get(story, 0), number)
                if since is None or (moment is not None and moment >= since):
                    dated.add(story)
        return [(first, groups[first]) for first in sorted(dated, key=grown.__getitem__)[::-1]]

    def versions(self, numbers: Sequence[int]) -> dict[tuple[int, int], tuple[str, float, float]]:
        """Give how some articles compare with their versions, by both numbers, ascending."""
        found = {}
        with self.reading() as connection:
            for some in _cut(numbers):
                marks = ",".join("?" * len(some))
                for column in ("a", "b"):
                    for a, b, *values in connection.execute(
                        "SELECT a, b, verdict, probability, jaccard FROM versions "
                        f"WHERE {column} IN ({marks})",
                        some,
                    ):
                        found[a, b] = tuple(values)
        return found


def insert_articles(
    connection: sqlite3.Connection, first: int, articles: Sequence[Article]
) -> None:
    """Enter articles under the numbers from ``first`` on, each a story of its own."""
    connection.executemany(
        "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                first + k,
                article.id,
                article.title,
                article.source,
                article.url,
                None if article.date is None else article.date.isoformat(),
                moment_of(article.date),
                first + k,
            )
            for k, article in enumerate(articles)
        ),
    )
    connection.execute("UPDATE meta SET value = ? WHERE key = 'next'", (first + len(articles),))


def delete_articles(connection: sqlite3.Connection, numbers: Sequence[int]) -> set[int]:
    """Take articles out with what is known of their versions; give those versions, by number."""
    touched: set[int] = set()
    for some in _cut(list(numbers)):
        marks = ",".join("?" * len(some))
        for own, other in (("a", "b"), ("b", "a")):
            rows = connection.execute(
                f"SELECT {other} FROM versions WHERE {own} IN ({marks})", some
            )
            touched.update(number for (number,) in rows)
            connection.execute(f"DELETE FROM versions WHERE {own} IN ({marks})", some)
        connection.execute(f"DELETE FROM articles WHERE number IN ({marks})", some)
    return touched.difference(numbers)


def put_segment(connection: sqlite3.Connection, row: SegmentRow) -> None:
    """Enter a segment, or what has changed of one."""
    connection.execute("INSERT OR REPLACE INTO segments VALUES (?, ?, ?, ?, ?, ?)", row)


def drop_segments(connection: sqlite3.Connection, names: Iterable[str]) -> None:
    """Take segments out."""
    connection.executemany("DELETE FROM segments WHERE name = ?", ((name,) for name in names))


def _cut(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for at in range(0, len(values), _AT_ONCE):
        yield values[at : at + _AT_ONCE]


def moments(articles: Sequence[Article]) -> I64:
    """Give the dates of articles as segments hold them, i64[n]."""
    found = [moment_of(article.date) for article in articles]
    return np.array([NO_MOMENT if one is None else one for one in found], np.int64).reshape(-1)
