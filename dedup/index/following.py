"""Follow a folder: each dump that appears there is taken in once, and what it brought is told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dedup.dump.extras import extra_module
from dedup.dump.reading import FORMATS, find_readable
from dedup.errors import DumpError
from dedup.index.adding import AddOptions, add_usable, usable_by_id
from dedup.index.rows import Row, TakenRow
from dedup.index.store import Store
from dedup.model import Rejected, Verdict

_SETTLED = 0.5
"""Seconds that a file must not have changed for: one that is being written is waited for."""


class NewVersion(NamedTuple):
    """An article that came, and the most probable version of it among those before it."""

    article: Row
    of: Row
    verdict: Verdict
    probability: float
    jaccard: float


class Taken(NamedTuple):
    """What a file brought: how many articles, what was set aside, and the versions among them."""

    path: Path
    articles: int
    rejected: tuple[Rejected, ...]
    versions: tuple[NewVersion, ...]


def take(store: Store, path: Path, options: AddOptions, row: TakenRow | None = None) -> Taken:
    """Add the articles of a dump, all or none, and find the versions among them.

    With a ``row`` the file is entered as taken.
    """
    skipped: list[Rejected] = []
    found = usable_by_id([path], skipped, options)
    with store.changing():
        first = store.catalog.meta()["next"]
        added = add_usable(store, found, skipped, options, row)
        versions = _versions(store, first, first + added)
    return Taken(path, added, tuple(skipped), versions)


def follow(store: Store, folder: Path, options: AddOptions, *, wait: bool) -> Iterator[Taken]:
    """Take in the dumps of a folder, as :meth:`dedup.Index.follow` has it."""
    for row in store.catalog.taken():
        if not row.told:
            versions = _versions(store, row.first, row.last)
            yield Taken(Path(row.path), row.last - row.first, (), versions)
            _mark_told(store, row)
    for path in _arrivals(folder, wait=wait):
        known = {row.path: row for row in store.catalog.taken()}
        size, changed = _settled(path)
        row = TakenRow(str(path), size, changed, 0, 0, 0)
        if size >= 0 and (row.path not in known or known[row.path][1:3] != row[1:3]):
            yield from _follow_to(store, row, options)


def _follow_to(store: Store, row: TakenRow, options: AddOptions) -> Iterator[Taken]:
    """Take in one file; once the next is asked for, it counts as told."""
    path = Path(row.path)
    try:
        yield take(store, path, options, row)
    except DumpError as error:
        add_usable(store, {}, None, options, row)
        yield Taken(path, 0, (Rejected(str(path), 0, str(error)),), ())
    _mark_told(store, row)


def _mark_told(store: Store, row: TakenRow) -> None:
    with store.changing(), store.catalog.changing() as change:
        change.mark_told(row.path)


def _versions(store: Store, first: int, last: int) -> tuple[NewVersion, ...]:
    """Give the articles of some numbers that are versions of one before."""
    with store.catalog.reading():
        pairs = store.catalog.best_versions(first, last - 1)
        rows = store.catalog.rows({number for pair in pairs for number in pair[:2]})
    return tuple(
        NewVersion(rows[number], rows[other], Verdict(verdict), probability, jaccard)
        for number, other, verdict, probability, jaccard in pairs
    )


def _arrivals(folder: Path, *, wait: bool) -> Iterator[Path]:
    """Give the dumps in a folder, the first changed first, and those that come or change."""
    if not wait:
        yield from _dumps(folder)
        return
    watch = extra_module("watchfiles", "what comes into a folder").watch
    changes = watch(folder, yield_on_timeout=True, rust_timeout=100, raise_interrupt=True)
    next(changes)  # it watches from here on, so that nothing falls between the two
    yield from _dumps(folder)
    for found in changes:
        if found:
            yield from _dumps(folder)


def _dumps(folder: Path) -> list[Path]:
    """List the dumps of a folder, the first changed first."""
    try:
        inputs, _, _ = find_readable(folder)
    except DumpError:
        return []
    paths = [source.path for source in inputs if source.path and source.format in FORMATS]
    return sorted(paths, key=lambda path: (_state(path)[1], str(path)))


def _state(path: Path) -> tuple[int, int]:
    """Give size and time of change, in nanoseconds; -1 for a file that is gone."""
    try:
        found = path.stat()
    except OSError:
        return -1, -1
    return found.st_size, found.st_mtime_ns


def _settled(path: Path) -> tuple[int, int]:
    """Give size and time of change of a file, once it no longer changes."""
    while True:
        found = _state(path)
        young = _SETTLED - (time.time() - found[1] / 1e9)
        if found[0] < 0 or young <= 0 or young > _SETTLED:
            return found
        time.sleep(young)
