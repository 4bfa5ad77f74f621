"""Where the segments of an index are kept: in memory, or in a folder as files that are mapped."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from dedup.errors import DedupError
from dedup.index.container import check_arrays, write_arrays
from dedup.index.segment import Segment

_SUFFIX = ".segment"


class Memory:
    """Segments of an index in memory."""

    def __init__(self) -> None:
        self._held: dict[str, Segment] = {}

    def put(self, segment: Segment) -> str:
        """Keep a segment; give its name."""
        name = secrets.token_hex(8)
        self._held[name] = segment
        return name

    def get(self, name: str) -> Segment:
        """Give a segment."""
        return self._held[name]

    def check(self, name: str) -> None:
        """Nothing changes a segment in memory."""

    def keep_only(self, names: Collection[str]) -> None:
        """Let go of all other segments."""
        self._held = {name: held for name, held in self._held.items() if name in names}


class Folder:
    """Segments as files of a folder; one that was mapped stays readable when its file is gone."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._mapped: dict[str, Segment] = {}

    def put(self, segment: Segment) -> str:
        """Write a segment; give its name once it is on the disk."""
        name = secrets.token_hex(8) + _SUFFIX
        path = self._place / name
        try:
            write_arrays(path, segment.arrays())
        except OSError as error:
            raise DedupError(f"{path}: cannot be written: {error.strerror}") from error
        return name

    def get(self, name: str) -> Segment:
        """Map a segment; :class:`~dedup.errors.FormatError` where its file is damaged or gone."""
        found = self._mapped.get(name)
        if found is None:
            found = self._mapped[name] = Segment.mapped(self._place / name)
        return found

    def check(self, name: str) -> None:
        """Raise :class:`~dedup.errors.FormatError` for a segment that is not as it was written."""
        check_arrays(self._place / name)

    def keep_only(self, names: Collection[str]) -> None:
        """Delete all other segments, what killed writers left among them."""
        self._mapped = {name: held for name, held in self._mapped.items() if name in names}
        for path in self._place.glob(f"*{_SUFFIX}*"):
            if path.name not in names:
                # Where a mapped file cannot be deleted (Windows), a later change deletes it.
                with suppress(OSError):
                    path.unlink()


Shelf = Memory | Folder
"""Keeps segments under names that are given once and never again."""
