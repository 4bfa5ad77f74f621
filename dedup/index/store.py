"""An index's articles at their place: the catalog, the segments, and one change at a time.

Rule: a segment is written first and entered in the catalog by the transaction that makes the
change;
what a killed writer leaves is a segment that no catalog names, which the next change deletes.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from dedup.arrays import U8, Ragged
from dedup.candidates.lsh import Bands, choose_bands
from dedup.candidates.minhash import SEED
from dedup.errors import BusyError, DedupError, FormatError
from dedup.index.asking import Found, State
from dedup.index.catalog import (
    FORMAT,
    VERSION,
    Catalog,
    SegmentRow,
    delete_articles,
    drop_segments,
    insert_articles,
    moments,
    put_segment,
)
from dedup.index.grouping import regroup
from dedup.index.merging import to_compact, to_merge
from dedup.index.segment import Part, Segment, merged
from dedup.index.shelf import Folder, Memory, Shelf
from dedup.model import Article

__all__ = ["Laid", "Store"]

CATALOG, WRITER = "catalog.sqlite", "writer.sqlite"
_RETRIES = 8
"""A reader may find that a merge has just taken a segment away; then it looks again."""

Edges = Callable[[State, int], Iterator[tuple[int, list[Found]]]]
"""From a state and the first new number to each new article and its versions before it."""
Laid = tuple[Sequence[Article], Ragged, U8]
"""Articles, their words, and the words' marks."""


class Store:
    """The catalog and the segments of an index, at a place on disk or, for ``None``, in memory."""

    def __init__(self, place: Path | None, settings: Mapping[str, Any], wait: float) -> None:
        self.place, self._wait = place, wait
        self._turn = threading.RLock()
        self._depth = 0
        self.catalog = Catalog(None if place is None else place / CATALOG)
        self._shelf: Shelf = Memory() if place is None else Folder(place)
        if place is None or not _is_made(place):
            with self.changing():
                if place is None or not _is_made(place):
                    self.catalog.make(settings)
        meta = _checked(place, self.catalog.meta())
        self.num_perm = int(meta["num_perm"])
        self.bands: Bands = choose_bands(
            meta["threshold"], recall=meta["recall"], num_perm=self.num_perm
        )
        self.has_stories = bool(meta["stories"])
        self._held = State(-1, (), 0)

    # --- reading ---------------------------------------------------------------------------------

    def state(self) -> State:
        """Give the state after the last finished change."""
        change = self.catalog.change()
        held = self._held
        if held.change == change:
            return held
        for attempt in range(_RETRIES):
            try:
                with self.catalog.reading():
                    change = self.catalog.change()
                    rows = self.catalog.segments()
                    parts = tuple(_part(self._shelf.get(row.name), row, held) for row in rows)
                break
            except FormatError:
                if attempt + 1 == _RETRIES or {row.name for row in rows} == {
                    row.name for row in self.catalog.segments()
                }:
                    raise
        self._held = State(change, parts, sum(row.live for row in rows))
        return self._held

    # --- changing --------------------------------------------------------------------------------

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Be the one writer; waits for another, and raises BusyError where it does not end."""
        if not self._turn.acquire(timeout=self._wait):
            raise BusyError(f"{self.place or 'index in memory'}: another thread is changing it")
        try:
            if self.place is None or self._depth:
                yield
                return
            self._depth += 1
            try:
                with _alone(self.place / WRITER, self._wait):
                    yield
            finally:
                self._depth -= 1
        finally:
            self._turn.release()

    def add(self, batches: Iterator[Laid], replaced: Sequence[int], edges: Edges | None) -> None:
        """Add articles in place of others: all, or on an error none."""
        with self.changing():
            before = self.state()
            first = number = int(self.catalog.meta()["next"])
            held: list[tuple[str, SegmentRow, Sequence[Article]]] = []
            try:
                for articles, words, marks in batches:
                    numbers = np.arange(number, number + len(articles), dtype=np.int64)
                    made = Segment.of(numbers, moments(articles), words, marks, self.bands)
                    name = self._shelf.put(made)
                    row = SegmentRow(
                        name, number, number + len(articles) - 1, len(made), len(made), None
                    )
                    held.append((name, row, articles))
                    number += len(articles)
                buried = self._buried(before, replaced)
                found = [] if edges is None else self._edges(before, buried, held, first, edges)
                with self.catalog.changing() as connection:
                    touched = self._bury(connection, buried, replaced)
                    for _, row, articles in held:
                        insert_articles(connection, row.first, articles)
                        put_segment(connection, row)
                    connection.executemany("INSERT INTO versions VALUES (?, ?, ?, ?, ?)", found)
                    touched.update(number for edge in found for number in edge[:2])
                    regroup(connection, touched)
            except BaseException:
                self._tidy()
                raise
            self._merge()

    def _edges(
        self,
        before: State,
        buried: Mapping[str, tuple[SegmentRow, U8]],
        held: Sequence[tuple[str, SegmentRow, Sequence[Article]]],
        first: int,
        edges: Edges,
    ) -> list[tuple[int, int, str, float, float]]:
        """Compare the new articles with those before them; the versions, to be entered."""
        rows = {row.name: row for row in self.catalog.segments()}
        parts = []
        for part, name in zip(before.parts, rows, strict=True):
            parts.append(Part(part.segment, buried[name][1]) if name in buried else part)
        for name, row, _ in held:
            parts.append(_part(self._shelf.get(name), row, before))
        live = sum(int(part.alive.sum()) for part in parts)
        return [
            (found.number, number, found.verdict.value, found.probability, found.jaccard)
            for number, versions in edges(State(-1, tuple(parts), live), first)
            for found in versions
        ]

    def remove(self, numbers: Sequence[int]) -> None:
        """Remove articles by number, ascending."""
        with self.changing():
            buried = self._buried(self.state(), numbers)
            with self.catalog.changing() as connection:
                regroup(connection, self._bury(connection, buried, numbers))
            self._merge()

    def _buried(self, state: State, numbers: Sequence[int]) -> dict[str, tuple[SegmentRow, U8]]:
        """Say of the segments that hold some articles which rows are alive without them."""
        wanted = np.array(sorted(numbers), np.int64)
        found = {}
        for row, (segment, alive) in zip(self.catalog.segments(), state.parts, strict=True):
            gone = np.isin(segment.numbers, wanted, assume_unique=True)
            if gone.any():
                kept = (alive & ~gone).astype(np.uint8)
                found[row.name] = (row._replace(live=int(kept.sum())), kept)
        return found

    def _bury(
        self,
        connection: sqlite3.Connection,
        buried: Mapping[str, tuple[SegmentRow, U8]],
        numbers: Sequence[int],
    ) -> set[int]:
        """Take articles out of the catalog; the ones that were versions of them are returned."""
        for row, alive in buried.values():
            if row.live:
                put_segment(connection, row._replace(dead=np.packbits(alive == 0).tobytes()))
            else:
                drop_segments(connection, [row.name])
        return delete_articles(connection, numbers)

    def _merge(self) -> None:
        """Merge as long as there is something to merge, each step finished by itself."""
        while run := to_merge(self.catalog.segments()):
            self._merge_run(run)
        self._tidy()

    def compact(self) -> None:
        """Merge all that one segment can hold, and give unused space back."""
        with self.changing():
            while run := to_compact(self.catalog.segments()):
                self._merge_run(run)
            self.catalog.give_back()
            self._tidy()

    def _merge_run(self, run: Sequence[SegmentRow]) -> None:
        parts = [_part(self._shelf.get(row.name), row, self._held) for row in run]
        made = merged(parts)
        name = self._shelf.put(made)
        row = SegmentRow(name, run[0].first, run[-1].last, len(made), len(made), None)
        with self.catalog.changing() as connection:
            drop_segments(connection, [one.name for one in run])
            put_segment(connection, row)

    def _tidy(self) -> None:
        """Let go of segments that the catalog does not name."""
        self.catalog.give_back()
        self._shelf.keep_only({row.name for row in self.catalog.segments()})

    def copy_to(self, other: Store) -> None:
        """Copy all articles to a new, empty store."""
        with self.catalog.reading():
            rows = self.catalog.segments()
            kept = [_part(self._shelf.get(row.name), row, self._held) for row in rows]
            names = [other._shelf.put(merged([part])) for part in kept]
            self.catalog.copy_to(other.catalog)
        with other.catalog.changing() as connection:
            drop_segments(connection, [row.name for row in rows])
            for row, name in zip(rows, names, strict=True):
                put_segment(connection, row._replace(name=name, rows=row.live, dead=None))

    def close(self) -> None:
        """Let go of the files."""
        self.catalog.close()


def _is_made(place: Path) -> bool:
    """Tell whether a catalog was made whole: making one is a transaction too."""
    path = place / CATALOG
    if not path.exists() or path.stat().st_size == 0:
        return False
    connection = sqlite3.connect(path)
    try:
        return bool(connection.execute("SELECT 1 FROM sqlite_master").fetchone())
    except sqlite3.DatabaseError as error:
        raise FormatError.of(path, f"damaged ({error})") from error
    finally:
        connection.close()


def _checked(place: Path | None, meta: Mapping[str, Any]) -> Mapping[str, Any]:
    wanted = {"format": FORMAT, "version": VERSION, "seed": SEED, "shingle_words": 3}
    for name, value in wanted.items():
        if meta.get(name) != value:
            got = meta.get(name)
            reason = f"{name} is {got!r}, this release reads {value!r}; make the index anew"
            raise FormatError.of(place or Path(":memory:"), reason)
    return meta


@contextmanager
def _alone(path: Path, wait: float) -> Iterator[None]:
    """Hold a database as a lock, which the system lets go when a process is killed."""
    try:
        connection = sqlite3.connect(path, isolation_level=None, timeout=wait)
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise BusyError(f"{path.parent}: another process is changing it") from error
        raise DedupError(f"{path.parent}: cannot be written: {error}") from error
    try:
        yield
    finally:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        connection.close()


def _part(segment: Segment, row: SegmentRow, held: State) -> Part:
    """Give a segment with its rows alive; the one held already where nothing has changed."""
    for part in held.parts:
        if part.segment is segment and int(part.alive.sum()) == row.live:
            return part
    if len(segment) != row.rows:
        raise FormatError.of(Path(row.name), "it has other articles than the catalog says")
    if row.dead is None:
        return Part(segment, np.ones(len(segment), np.uint8))
    dead = np.unpackbits(np.frombuffer(row.dead, np.uint8), count=len(segment))
    return Part(segment, (dead == 0).astype(np.uint8))
