"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


def sync_folder(folder: Path) -> None:
    """See to it that the names in a folder are on the disk, where the system knows how (Windows
    does not).
    """
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Open a new file to write, and bring it to the disk at the end."""
    with path.open("xb") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file beside its place and put it there: what stood there stays until it is whole."""
    unfinished = path.with_name(f".{path.name[:_NAME]}.{secrets.token_hex(4)}")
    try:
        with new_file(unfinished) as stream:
            yield stream
        if path.exists():
            shutil.copymode(path, unfinished)
        unfinished.replace(path)
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def check_place(path: Path) -> None:
    """Tell before long work that a file could not be written: raises an :class:`OSError` of it."""
    folder = path.resolve().parent
    reason = errno.EISDIR if path.is_dir() else 0 if folder.is_dir() else errno.ENOENT
    if not reason and not path.exists() and not os.access(folder, os.W_OK | os.X_OK):
        reason = errno.EACCES
    if reason:
        raise OSError(reason, os.strerror(reason), str(path))


def write_whole(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file as :func:`whole_file` does.

    What is no plain file, as ``/dev/stdout``, is written to as it is; what a link leads to is
    replaced, not the link. An :class:`OSError` names the file.
    """
    try:
        is_other = path.exists() and not path.is_file()
        with path.open("wb") if is_other else whole_file(path.resolve()) as stream:
            stream.writelines(parts)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(error.errno, reason, str(path)) from error


_NAME = 200
"""Characters of a name to which more can be added."""
