"""The folder of an index: what may become one, and how one takes another's place."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dedup.errors import DedupError, FormatError
from dedup.index.store import CATALOG, WRITER

NO_INDEX = "a folder that is not a dedup index"


def prepare_folder(place: Path, *, create: bool) -> None:
    """Make the folder of an index where there is none, if it may be made.

    Raises :class:`~dedup.errors.FormatError` for one that holds something else,
    :class:`~dedup.errors.DedupError` where it cannot be made.
    """
    try:
        if not create and not place.exists():
            raise FormatError.of(place, "no such file or folder")
        place.mkdir(exist_ok=True)
        names = {found.name for found in place.iterdir()}
    except OSError as error:
        raise DedupError(f"{place}: cannot be written: {error.strerror}") from error
    if CATALOG in names:
        return
    if any(name.endswith(".segment") for name in names):
        raise FormatError.of(place, f"its {CATALOG} is missing")
    if not create or not all(name.startswith(WRITER) for name in names):
        raise FormatError.of(place, NO_INDEX)


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
