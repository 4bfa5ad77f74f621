"""A folder that takes another's place, whole or not at all."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dedup.errors import DedupError

__all__ = ["mend_folder", "replaced_folder"]


@contextmanager
def replaced_folder(target: Path) -> Iterator[Path]:
    """Give a new folder to fill, which then takes the target's place, a folder's or a file's.

    Between the two names that this needs the old one lies beside: :func:`mend_folder` finds it.
    """
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    aside = _aside(target)
    try:
        unfinished.mkdir()
        yield unfinished
        if target.exists():
            _delete(aside)
            target.rename(aside)
        unfinished.rename(target)
        _delete(aside)
    except OSError as error:
        raise DedupError(f"{target}: cannot be written: {error.strerror}") from error
    finally:
        _delete(unfinished)
        mend_folder(target)


def mend_folder(target: Path) -> None:
    """Give a folder its name back where a process was killed while another took its place."""
    aside = _aside(target)
    with suppress(OSError):
        if aside.exists() and not target.exists():
            aside.rename(target)


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def _delete(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
