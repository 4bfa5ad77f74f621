"""What of an index must be transactional, in SQLite: articles, segments, removals, stories.

Rule: a change is one transaction, and what a reader sees is one too, never half a change. On disk
SQLite's write-ahead log lets readers go on while one writer works; in memory a lock does.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from dedup.candidates._sketches import SHINGLE_WORDS
from dedup.candidates.lsh import check_permutations, choose_bands
from dedup.candidates.minhash import SEED
from dedup.errors import BusyError, DedupError, FormatError, InputError
from dedup.index.changes import Change
from dedup.index.rows import Row, SegmentRow, TakenRow, cut, restored, stored
from dedup.moments import from_iso

_MADE_AS = {"format": "dedup index", "version": 3, "seed": SEED, "shingle_words": SHINGLE_WORDS}
"""What an index was made as: this release reads no other."""
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
CREATE INDEX by_story ON articles (story) WHERE story != number;
CREATE TABLE versions (
    a INTEGER NOT NULL, b INTEGER NOT NULL, verdict TEXT NOT NULL, probability REAL NOT NULL,
    jaccard REAL NOT NULL, PRIMARY KEY (a, b)
) WITHOUT ROWID;
CREATE INDEX versions_of_b ON versions (b);
CREATE TABLE taken (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, changed INTEGER NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, told INTEGER NOT NULL
) WITHOUT ROWID;
"""
_ROW = "number, id, title, source, url, date"
_PAGE = 10_000
"""Articles listed in one transaction: a reader that dawdles holds nothing up."""
_LOG_BYTES = 1 << 24
"""What a large change leaves of the write-ahead log on the disk."""
_CACHE_KIB = 16_384
_PATIENCE = 30
"""Seconds that a statement waits for a lock."""


class Summary(NamedTuple):
    """Numbers of articles and of stories that several tell, and the dates of the first and last."""

    articles: int
    stories: int
    first: int | None
    last: int | None


class Catalog:
    """The SQLite side of an index, at a place on disk or, for ``None``, in memory.

    One may be shared by threads: on disk each works with a connection of its own, in memory they
    take turns.
    """

    def __init__(self, place: Path | None) -> None:
        self._place = place
        self._turn = threading.RLock()
        self._own = threading.local()
        self._process = os.getpid()
        self._free: list[sqlite3.Connection] = []
        self._foreign: list[sqlite3.Connection] = []
        self._shared = self._connect() if place is None else None

    def _connect(self) -> sqlite3.Connection:
        where = ":memory:" if self._place is None else _address(self._place, "rwc")
        made = sqlite3.connect(
            where, isolation_level=None, check_same_thread=False, timeout=_PATIENCE, uri=True
        )
        if self._place is not None:
            made.execute("PRAGMA synchronous = FULL")
            made.execute(f"PRAGMA journal_size_limit = {_LOG_BYTES}")
            made.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        return made

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that no other thread uses; inside of itself, the same one."""
        held: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if held is not None:
            yield held
            return
        if self._shared is not None:
            with self._turn:
                yield self._shared
            return
        if self._process != os.getpid():  # a forked process must not use its parent's
            self._process, self._foreign, self._free = os.getpid(), self._free, []
        with self._errors():
            try:
                made = self._free.pop()
            except IndexError:
                made = self._connect()
            self._own.connection = made
            try:
                yield made
            finally:
                self._own.connection = None
                self._free.append(made)

    def close(self) -> None:
        """Close all connections; the catalog may not be used after."""
        if self._process == os.getpid():  # a forked process leaves its parent's alone
            while self._free:
                _close(self._free.pop())
        if self._shared is not None:
            _close(self._shared)

    def __del__(self) -> None:
        """Close what was not closed: SQLite warns of a connection that is let go open."""
        with suppress(AttributeError):
            self.close()

    def make(self, settings: Mapping[str, Any]) -> None:
        """Make the tables of a new index."""
        with self._connection() as connection:
            if self._place is not None:
                connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
                connection.execute("PRAGMA journal_mode = WAL")
            with self.changing():
                for statement in _SCHEMA.split(";"):
                    connection.execute(statement)
                values = {**_MADE_AS, **settings, "change": 0, "next": 1}
                connection.executemany("INSERT INTO meta VALUES (?, ?)", values.items())

    @contextmanager
    def changing(self) -> Iterator[Change]:
        """Change the catalog: all that is done inside, or nothing."""
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                change = Change(connection)
                yield change
                change.finish()
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """See one state of the catalog throughout; what others change meanwhile is not seen."""
        with self._connection() as connection:
            if self._shared is not None or connection.in_transaction:
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
        except (sqlite3.OperationalError, sqlite3.ProgrammingError) as error:
            if is_busy(error):
                raise BusyError(f"{self._place}: another process is changing it") from error
            raise DedupError(f"{self._place}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise FormatError.of(self._place or Path(":memory:"), f"damaged ({error})") from error

    def give_back(self) -> None:
        """Give pages that are not used any more back to the system, waiting for no reader."""
        if self._place is not None:
            with self._connection() as connection:
                # As a statement it would free one page: it gives rows without columns.
                connection.executescript("PRAGMA incremental_vacuum")
                connection.execute("PRAGMA busy_timeout = 0")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                connection.execute(f"PRAGMA busy_timeout = {1000 * _PATIENCE}")

    def copy_to(self, other: Catalog) -> None:
        """Copy all to another catalog, whose tables are replaced."""
        with self._connection() as source, other._connection() as target:
            source.backup(target)

    # --- questions -------------------------------------------------------------------------------

    def meta(self) -> dict[str, Any]:
        """Give the settings and counters."""
        return dict(self._ask("SELECT key, value FROM meta"))

    def segments(self) -> list[SegmentRow]:
        """Give the segments in the order of their articles."""
        rows = self._ask("SELECT name, first, last, rows, live, dead FROM segments ORDER BY first")
        return [SegmentRow(*row) for row in rows]

    def summary(self) -> Summary:
        """Count articles and stories."""
        (counted,) = self._ask(
            "SELECT (SELECT COALESCE(SUM(live), 0) FROM segments), "
            "(SELECT COUNT(DISTINCT story) FROM articles WHERE story != number), "
            "(SELECT MIN(moment) FROM articles WHERE moment IS NOT NULL), "
            "(SELECT MAX(moment) FROM articles WHERE moment IS NOT NULL)"
        )
        return Summary(*counted)

    def count(self) -> int:
        """Count the articles."""
        ((live,),) = self._ask("SELECT COALESCE(SUM(live), 0) FROM segments")
        return int(live)

    def numbers(self, ids: Sequence[str]) -> dict[str, int]:
        """Find the numbers of the ids that are there."""
        found = self._among(
            "SELECT id, number FROM articles WHERE id IN ({})", [stored(key) for key in ids]
        )
        return {restored(key): number for key, number in found}

    def rows(self, numbers: Iterable[int]) -> dict[int, Row]:
        """Give what is kept of articles, by number."""
        found = self._among(f"SELECT {_ROW} FROM articles WHERE number IN ({{}})", list(numbers))
        return {number: _row(number, *rest) for number, *rest in found}

    def before(self, moment: int) -> list[int]:
        """Give the numbers of articles dated before a moment, ascending."""
        rows = self._ask("SELECT number FROM articles WHERE moment < ? ORDER BY number", moment)
        return [number for (number,) in rows]

    def all_rows(self) -> Iterator[Row]:
        """Give what is kept of all articles, in the order added."""
        last = 0
        while True:
            found = self._ask(
                f"SELECT {_ROW} FROM articles WHERE number > ? ORDER BY number LIMIT {_PAGE}", last
            )
            if not found:
                return
            last = found[-1][0]
            yield from (_row(*row) for row in found)

    def stories(self, since: int | None) -> list[tuple[int, list[int]]]:
        """Give the stories of two articles or more: the first one's number, those of the others.

        The others come by date; the story with the article added last comes first. With ``since``
        only those of which an article is dated then or later.
        """
        with self.reading():
            chosen = (
                self._ask("SELECT DISTINCT story FROM articles WHERE story != number")
                if since is None
                else self._ask("SELECT DISTINCT story FROM articles WHERE moment >= ?", since)
            )
            members = self._among(
                "SELECT story, moment IS NULL, moment, number FROM articles "
                "WHERE story IN ({}) AND story != number",
                [story for (story,) in chosen],
            )
        groups: dict[int, list[int]] = {}
        for story, *_, number in sorted(members):
            groups.setdefault(story, []).append(number)
        return sorted(groups.items(), key=lambda group: max(*group[1], group[0]), reverse=True)

    def versions(self, first: Sequence[int]) -> dict[tuple[int, int], tuple[str, float, float]]:
        """Give how some articles compare with their versions, by both numbers, ascending."""
        question = "SELECT a, b, verdict, probability, jaccard FROM versions WHERE {} IN ({{}})"
        found = {}
        for column in ("a", "b"):
            for a, b, *values in self._among(question.format(column), first):
                found[a, b] = tuple(values)
        return found

    def taken(self) -> list[TakenRow]:
        """Give the files that were taken in."""
        rows = self._ask("SELECT path, size, changed, first, last, told FROM taken ORDER BY first")
        return [TakenRow(restored(path), *values) for path, *values in rows]

    def best_versions(self, first: int, last: int) -> list[tuple[int, int, str, float, float]]:
        """Give of each article numbered so the most probable version before it, if there is one.

        Its number, the version's, verdict, probability and Jaccard; of equals the first.
        """
        rows = self._ask(
            "SELECT b, a, verdict, probability, jaccard FROM versions "
            "WHERE b BETWEEN ? AND ? ORDER BY b, probability DESC, jaccard DESC, a",
            *(first, last),
        )
        found = {row[0]: row for row in reversed(rows)}
        return [found[number] for number in sorted(found)]

    def _ask(self, question: str, *values: Any) -> list[Any]:
        """Ask for rows in a transaction, the one under way if there is one."""
        with self.reading() as connection:
            return connection.execute(question, values).fetchall()

    def _among(self, question: str, values: Sequence[Any]) -> list[Any]:
        """Ask for the rows that have one of some values, in one transaction."""
        found = []
        with self.reading():
            for some in cut(values):
                found += self._ask(question.format(",".join("?" * len(some))), *some)
        return found


def _close(connection: sqlite3.Connection) -> None:
    with suppress(sqlite3.Error):
        connection.close()


def _row(number: int, *values: Any) -> Row:
    *texts, date = values
    key, title, source, url = map(restored, texts)
    return Row(number, key, title, source, url, date and from_iso(date))


def is_busy(error: sqlite3.Error) -> bool:
    """Tell whether what stands in the way is another process at work."""
    return "locked" in str(error) or "busy" in str(error)


def _address(path: Path, mode: str) -> str:
    """Name a catalog for SQLite: to be opened as said, or only read where it is sealed."""
    mode = "ro&immutable=1" if _is_sealed(path) else mode
    return f"{path.absolute().as_uri()}?mode={mode}"


def _is_sealed(path: Path) -> bool:
    """Tell whether a catalog lies where nothing can be written, and no writer left a log."""
    return path.exists() and not os.access(path.parent, os.W_OK) and not _has_log(path)


def _has_log(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


def is_made(path: Path) -> bool:
    """Tell whether a catalog was made whole: making one is a transaction too."""
    if not path.exists() or path.stat().st_size == 0:
        return False
    try:
        with closing(sqlite3.connect(_address(path, "rw"), uri=True)) as connection:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            (size,) = connection.execute("PRAGMA page_size").fetchone()
            # A log holds the pages that are not in the file yet. SQLite would notice that a page is
            # missing only when it comes to it.
            if path.stat().st_size < pages * size and not _has_log(path):
                raise FormatError.of(path, "damaged (cut short)")
            return bool(connection.execute("SELECT 1 FROM sqlite_master").fetchone())
    except sqlite3.OperationalError as error:
        raise DedupError(f"{path}: {error}") from error
    except sqlite3.DatabaseError as error:
        raise FormatError.of(path, f"damaged ({error})") from error


def new_settings(
    threshold: float, recall: float, num_perm: int, stories: bool
) -> dict[str, float | int]:
    """Check the settings of a new index."""
    check_permutations(num_perm)
    choose_bands(threshold, recall=recall, num_perm=num_perm)
    if not isinstance(stories, bool):
        raise InputError.of("stories", stories, "True or False")
    settings = {"threshold": threshold, "recall": recall}
    return {**settings, "num_perm": num_perm, "stories": int(stories)}


def check_meta(place: Path | None, meta: Mapping[str, Any]) -> None:
    """Refuse a catalog of another format."""
    for name, value in _MADE_AS.items():
        if meta.get(name) != value:
            reason = f"{name} is {meta.get(name)!r}, this release reads {value!r}"
            raise FormatError.of(place or Path(":memory:"), f"{reason}; make the index anew")
