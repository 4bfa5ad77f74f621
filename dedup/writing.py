"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

__all__ = ["sync_folder", "write_whole"]


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


def write_whole(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file beside its place and put it there: what stood there stays until it is whole.

    What is no plain file, as ``/dev/stdout``, is written to as it is; what a link leads to is
    replaced, not the link. An :class:`OSError` names the file.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as stream:
                stream.writelines(parts)
            return
        target = path.resolve()
        unfinished = target.with_name(f".{target.name[:_NAME]}.{secrets.token_hex(4)}")
        try:
            with unfinished.open("xb") as stream:
                stream.writelines(parts)
                stream.flush()
                os.fsync(stream.fileno())
            if target.exists():
                shutil.copymode(target, unfinished)
            unfinished.replace(target)
        finally:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(error.errno, reason, str(path)) from error


_NAME = 200
"""Characters of a name to which more can be added."""
