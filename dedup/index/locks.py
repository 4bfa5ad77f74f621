"""One process at a time: a lock beside a file that is read, changed and replaced."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

__all__ = ["exclusive"]


@contextmanager
def exclusive(path: Path, wait: Callable[[], None]) -> Iterator[None]:
    """Hold the lock of a file, and call ``wait`` once if another process has it first.

    The lock is a hidden file beside it, since the file itself is replaced, and is gone at the end;
    what a killed process leaves of it bars nobody. There is no lock where the system knows none
    (Windows) and where the folder cannot be written to, of which saving the file will tell.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, exclusive(Path(folder) / "news.index", print):
    ...     [found.name for found in Path(folder).iterdir()]
    ['.news.index.lock']
    """
    place = path.with_name(f".{path.name}.lock")
    try:
        held = _held(place, wait)
    except (OSError, ImportError):
        yield
        return
    with held:
        try:
            yield
        finally:
            place.unlink(missing_ok=True)


def _held(place: Path, wait: Callable[[], None]) -> BinaryIO:
    """Open and lock the file at a place; the lock goes when it is closed."""
    import fcntl

    told = False
    while True:
        stream = place.open("ab")
        try:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if not told:
                    wait()
                told = True
                fcntl.flock(stream, fcntl.LOCK_EX)
            if _stands_at(stream, place):
                return stream
        except BaseException:
            stream.close()
            raise
        stream.close()  # who had it has taken it away: what is locked now bars nobody


def _stands_at(stream: BinaryIO, place: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(stream.fileno()), place.stat())
    except FileNotFoundError:
        return False
