"""What a long job has finished, kept in a folder, so that a second run goes on from there."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.errors import DumpError

FORMAT_VERSION = 3
_JOB = "dedup-job.json"
_PART = ".dedup-part"
_UNFINISHED = ".unfinished"
_DIGEST_BYTES = 16

Arrays = Mapping[str, NDArray[Any]]


class Checkpoint:
    """The finished parts of one job; without a folder, none is kept.

    A part is a few named arrays in one file. It is written under another name first and begins
    with a digest, so that after a kill or a power cut it is there whole or counts as missing.
    ``job`` tells by plain values what is being done to what: the parts of another job are thrown
    away. Raises :class:`~dedup.errors.DumpError` for a folder that holds anything else.
    """

    def __init__(self, folder: Path | None, job: Callable[[], Mapping[str, object]]) -> None:
        self._folder = folder
        self._job = b""
        self._opening = Lock()
        if folder is None:
            return
        described = {"version": FORMAT_VERSION, **job()}
        self._job = json.dumps(described, sort_keys=True, default=str).encode()
        if folder.exists():
            self._check_folder(folder)
            if _read(folder / _JOB) != self._job:
                self.clear()

    @property
    def is_open(self) -> bool:
        """Whether parts are kept at all."""
        return self._folder is not None

    def part(self, name: str, make: Callable[[], Arrays]) -> Arrays:
        """Give a part that was finished before, or make it and keep it.

        Raises :class:`~dedup.errors.DumpError` where the folder cannot be written.
        """
        found = self.find(name)
        if found is None:
            found = make()
            self.keep(name, found)
        return found

    def find(self, name: str) -> Arrays | None:
        """Give a part that was finished before; ``None`` if there is none, or a damaged one."""
        if self._folder is None:
            return None
        data = _read(self._path(name)) or b""
        digest, packed = data[:_DIGEST_BYTES], memoryview(data)[_DIGEST_BYTES:]
        if digest != _digest(name, packed):
            return None
        with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
            return {key: arrays[key] for key in arrays.files}

    def keep(self, name: str, arrays: Arrays) -> None:
        """Keep a finished part; the folder is made for the first one."""
        if self._folder is None:
            return
        packed = io.BytesIO()
        np.savez(packed, allow_pickle=False, **arrays)
        parts = _digest(name, packed.getbuffer()), packed.getbuffer()
        try:
            with self._opening:
                if not (self._folder / _JOB).exists():
                    self._folder.mkdir(parents=True, exist_ok=True)
                    _write(self._folder / _JOB, [self._job], is_synced=True)
            _write(self._path(name), parts, is_synced=False)
        except OSError as error:
            raise self._cannot_write(error) from error

    def clear(self) -> None:
        """Forget all parts: the job is done, and its description goes before them."""
        if self._folder is None:
            return
        with suppress(OSError):  # what stays is thrown away by the next job, or found by the same
            (self._folder / _JOB).unlink(missing_ok=True)
            for path in filter(_is_ours, list(self._folder.iterdir())):
                path.unlink(missing_ok=True)
            self._folder.rmdir()

    def _path(self, name: str) -> Path:
        if self._folder is None:
            raise ValueError("folder: got None, wanted one for the parts")
        return self._folder / f"{name}{_PART}"

    def _check_folder(self, folder: Path) -> None:
        try:
            other = next((path.name for path in folder.iterdir() if not _is_ours(path)), None)
        except OSError as error:
            raise self._cannot_write(error) from error
        if other is not None:
            reason = f"holds {other!r}, which is no checkpoint; name a new or empty folder"
            raise DumpError(f"{folder}: {reason}")

    def _cannot_write(self, error: OSError) -> DumpError:
        reason = error.strerror or str(error)
        advice = "make room or change permissions, and run the same again to go on"
        return DumpError(f"{self._folder}: the checkpoint cannot be written ({reason}); {advice}")


NOTHING_KEPT = Checkpoint(None, dict)


def _is_ours(path: Path) -> bool:
    name = path.name.removesuffix(_UNFINISHED)
    return (name == _JOB or name.endswith(_PART)) and path.is_file()


def _digest(name: str, data: memoryview) -> bytes:
    """Sum up a part under its name, so that no part is taken for another."""
    from hashlib import blake2b  # it takes long to load, and most jobs keep nothing

    found = blake2b(name.encode(), digest_size=_DIGEST_BYTES)
    found.update(data)
    return found.digest()


def _write(target: Path, parts: Iterable[bytes | memoryview], *, is_synced: bool) -> None:
    """Write a file under another name and move it to its place."""
    unfinished = target.with_name(f"{target.name}{_UNFINISHED}")
    with unfinished.open("wb") as stream:
        stream.writelines(parts)
        if is_synced:
            stream.flush()
            os.fsync(stream.fileno())
    unfinished.replace(target)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
