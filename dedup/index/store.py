"""An index's articles at their place: the catalog, the segments, and one change at a time.

Rule: a segment is written first and entered in the catalog by the transaction that makes the
change; what a killed writer leaves is a segment that no catalog names, which the next change
deletes.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dedup.arrays import U8, Ragged
from dedup.candidates.lsh import Bands, choose_bands
from dedup.errors import BusyError, DedupError, FormatError
from dedup.index.asking import Asked, Found, State, Window
from dedup.index.catalog import Catalog, check_meta, is_busy, is_made
from dedup.index.changes import Change
from dedup.index.merging import to_compact, to_merge
from dedup.index.rows import SegmentRow, TakenRow, moments_of
from dedup.index.segment import Part, Segment, merged
from dedup.index.shelf import Folder, Memory, Shelf
from dedup.model import Article
from dedup.verdict.judging import VERDICTS

CATALOG, WRITER = "catalog.sqlite", "writer.sqlite"
_RETRIES = 100
"""A reader may find that a merge has just taken a segment away; then it looks again."""

Laid = tuple[Sequence[Article], Ragged, U8]
"""Articles, their words, and the words' marks."""
_Buried = Mapping[str, tuple[SegmentRow, Part]]
"""By segment: its row in the catalog, and its part, without the articles that go."""


class _Shelved(NamedTuple):
    """A segment that was written and is not entered yet, its articles, and their versions."""

    row: SegmentRow
    articles: Sequence[Article]
    versions: Sequence[tuple[int, int, str, float, float]]


def _ignore(_: int) -> None:
    """Hear nothing."""


class Work(NamedTuple):
    """On how many threads articles are added, and who hears of how many more that is done."""

    threads: int = 1
    done: Callable[[int], None] = _ignore


_ALONE = Work()


class Store:
    """The catalog and the segments of an index, at a place on disk or, for ``None``, in memory."""

    def __init__(self, place: Path | None, settings: Mapping[str, Any], wait: float) -> None:
        self.place, self._wait = place, wait
        self._turn = threading.RLock()
        self._depth = 0
        self.catalog = Catalog(None if place is None else place / CATALOG)
        self._shelf: Shelf = Memory() if place is None else Folder(place)
        if place is None or not is_made(place / CATALOG):
            with self.changing():
                if place is None or not is_made(place / CATALOG):
                    self.catalog.make(settings)
        meta = self.catalog.meta()
        check_meta(place, meta)
        self.bands: Bands = choose_bands(
            meta["threshold"], recall=meta["recall"], num_perm=int(meta["num_perm"])
        )
        self.num_perm = int(meta["num_perm"])
        self.has_stories = bool(meta["stories"])
        self._held = State(-1, ())

    # --- reading ---------------------------------------------------------------------------------

    def state(self) -> State:
        """Give the state after the last finished change."""
        for attempt in range(_RETRIES):
            held = self._held
            with self.catalog.reading():
                change = self.catalog.meta()["change"]
                if held.change == change:
                    return held
                rows = self.catalog.segments()
            try:
                parts = tuple(self._part(row, held) for row in rows)
            except FormatError:
                if attempt + 1 == _RETRIES or self.catalog.meta()["change"] == change:
                    raise
                continue
            self._held = State(change, parts)
            return self._held
        raise AssertionError("unreachable")

    def _part(self, row: SegmentRow, held: State) -> Part:
        """Give a segment with its rows alive; the one held already where nothing has changed."""
        segment = self._shelf.get(row.name)
        for part in held.parts:
            if part.segment is segment and part.live == row.live:
                return part
        if len(segment) != row.rows or (row.dead is not None and len(row.dead) * 8 < row.rows):
            raise self.damaged(f"segment {row.name} has other articles than the catalog says")
        return Part.of(segment, row.dead)

    def damaged(self, reason: object) -> FormatError:
        """Word the error for what is found damaged while it is used."""
        return FormatError.of(self.place or Path(":memory:"), f"damaged ({reason})")

    @contextmanager
    def checked(self) -> Iterator[None]:
        """Raise FormatError where the arrays of a segment turn out to be damaged."""
        try:
            yield
        except (ValueError, IndexError, OverflowError) as error:
            if isinstance(error, DedupError):
                raise
            raise self.damaged(error) from error

    def bytes(self) -> int:
        """Count the bytes on the disk, or of the arrays in memory."""
        if self.place is None:
            arrays = (a for part in self.state().parts for a in part.segment.arrays().values())
            return sum(array.nbytes for array in arrays)
        found = 0
        for path in self.place.iterdir():
            with suppress(FileNotFoundError):  # a writer deletes what it has merged
                found += path.stat().st_size
        return found

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

    def add(
        self,
        batches: Iterable[Laid],
        replaced: Sequence[int] = (),
        taken: TakenRow | None = None,
        work: Work = _ALONE,
    ) -> None:
        """Add articles in place of others, those of a file ``taken``: all, or on an error none."""
        with self.changing():
            before = self.state()
            first = number = self.catalog.meta()["next"]
            buried = self._buried(before, replaced)
            parts = _without(before, buried)
            shelved: list[_Shelved] = []
            try:
                for batch in batches:
                    shelved.append(self._shelve(number, batch, parts, work))
                    number += len(batch[0])
                with self.catalog.changing() as change:
                    self._bury(change, buried, replaced)
                    for one in shelved:
                        change.insert_articles(one.row.first, one.articles)
                        change.put_segment(one.row)
                    change.insert_versions(edge for one in shelved for edge in one.versions)
                    if taken is not None:
                        change.put_taken(taken._replace(first=first, last=number))
            except BaseException:
                self._tidy()
                raise
            self._merge()

    def _shelve(self, first: int, batch: Laid, parts: list[Part], work: Work) -> _Shelved:
        """Write articles as a segment, add it to ``parts``, and compare them with those before."""
        articles, words, marks = batch
        numbers = np.arange(first, first + len(articles), dtype=np.int64)
        moments = moments_of([article.date for article in articles])
        made = Segment.of(numbers, moments, words, marks, self.bands)
        name = self._shelf.put(made)
        row = SegmentRow(name, first, first + len(articles) - 1, len(made), len(made), None)
        parts.append(Part.of(made))
        if not self.has_stories:
            work.done(len(articles))
            return _Shelved(row, articles, ())
        windows = [Window(before=number) for number in numbers.tolist()]
        with self.checked():
            asked = Asked.of(words, marks, windows, self.bands)
            found = State(-1, tuple(parts)).versions(asked, *work)
        return _Shelved(row, articles, _edges(found, first))

    def remove(self, numbers: Sequence[int]) -> None:
        """Remove articles by number, ascending."""
        with self.changing():
            buried = self._buried(self.state(), numbers)
            with self.catalog.changing() as change:
                self._bury(change, buried, numbers)
            self._merge()
            with suppress(DedupError):
                self.catalog.give_back()

    def _buried(self, state: State, numbers: Sequence[int]) -> _Buried:
        """Say of the segments that hold some articles which rows are alive without them."""
        wanted = np.array(numbers, np.int64)
        found = {}
        for row, part in zip(self.catalog.segments(), state.parts, strict=True):
            first, last = np.searchsorted(wanted, [row.first, row.last + 1]).tolist()
            if first < last:
                gone = np.isin(part.segment.numbers, wanted[first:last], assume_unique=True)
                kept = part.without(gone)
                found[row.name] = (row._replace(live=kept.live, dead=kept.dead), kept)
        return found

    def _bury(self, change: Change, buried: _Buried, numbers: Sequence[int]) -> None:
        """Take articles out of the catalog."""
        for row, part in buried.values():
            if part.live:
                change.put_segment(row)
            else:
                change.drop_segments([row.name])
        change.delete_articles(numbers)

    def _merge(self) -> None:
        """Merge as long as there is something to merge, each step finished by itself.

        The change before is finished: where the disk is full or a segment damaged, merging waits.
        """
        with suppress(DedupError):
            while run := to_merge(self.catalog.segments()):
                self._merge_run(run)
        self._tidy()

    def compact(self) -> None:
        """Merge all that one segment can hold, and give unused space back."""
        with self.changing():
            try:
                while run := to_compact(self.catalog.segments()):
                    self._merge_run(run)
                self.catalog.give_back()
            finally:
                self._tidy()

    def _merge_run(self, run: Sequence[SegmentRow]) -> None:
        with self.checked():
            made = merged([self._checked_part(row) for row in run])
        name = self._shelf.put(made)
        row = SegmentRow(name, run[0].first, run[-1].last, len(made), len(made), None)
        with self.catalog.changing() as change:
            change.drop_segments([one.name for one in run])
            change.put_segment(row)

    def _checked_part(self, row: SegmentRow) -> Part:
        """Give a segment whose every byte was checked: damage is not carried on."""
        self._shelf.check(row.name)
        return self._part(row, self._held)

    def _tidy(self) -> None:
        """Let go of segments that the catalog does not name."""
        with suppress(DedupError):
            self._shelf.keep_only({row.name for row in self.catalog.segments()})

    def copy_to(self, other: Store) -> None:
        """Copy all articles to a new, empty store."""
        for attempt in range(_RETRIES):
            with self.catalog.reading():
                rows = self.catalog.segments()
                self.catalog.copy_to(other.catalog)
            try:
                parts = [self._checked_part(row) for row in rows]
                break
            except FormatError:
                if attempt + 1 == _RETRIES or self.catalog.segments() == rows:
                    raise
        with other.catalog.changing() as change:
            change.drop_segments([row.name for row in rows])
            for row, part in zip(rows, parts, strict=True):
                with self.checked():
                    name = other._shelf.put(merged([part]))
                change.put_segment(row._replace(name=name, rows=row.live, dead=None))

    def close(self) -> None:
        """Let go of the files."""
        self.catalog.close()


def _without(state: State, buried: _Buried) -> list[Part]:
    """Give the parts of a state as they are when some articles are gone."""
    gone = {id(part.segment): part for _, part in buried.values()}
    parts = [gone.get(id(part.segment), part) for part in state.parts]
    return [part for part in parts if part.live]


def _edges(found: Found, first: int) -> list[tuple[int, int, str, float, float]]:
    """Give the versions found of articles numbered from ``first`` on, as the catalog has them."""
    columns = (column.tolist() for column in found)
    return [
        (number, first + text, VERDICTS[verdict].value, probability, jaccard)
        for text, number, verdict, probability, jaccard, _ in zip(*columns, strict=True)
    ]


@contextmanager
def _alone(path: Path, wait: float) -> Iterator[None]:
    """Hold a database as a lock, which the system lets go when a process is killed."""
    try:
        connection = sqlite3.connect(path, isolation_level=None, timeout=wait)
    except sqlite3.OperationalError as error:
        raise DedupError(f"{path.parent}: cannot be written: {error}") from error
    try:
        if not (os.access(path.parent, os.W_OK) and os.access(path, os.W_OK)):
            raise DedupError(f"{path.parent}: cannot be written: permission denied")
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            if is_busy(error):
                raise BusyError(f"{path.parent}: another process is changing it") from error
            raise DedupError(f"{path.parent}: cannot be written: {error}") from error
        yield
    finally:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        connection.close()
