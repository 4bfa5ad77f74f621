"""Named arrays in one file that is written once and mapped, not read.

A file is a line that names the format, the length of a header, the header (JSON: name, type, shape
and place of each array), and the arrays, each at a multiple of 64 bytes. Nothing in it is executed.
"""

from __future__ import annotations

import json
import math
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.errors import FormatError

__all__ = ["Arrays", "map_arrays", "write_arrays"]

Arrays = Mapping[str, NDArray[Any]]

MAGIC = b"dedup segment 3\n"
_ALIGNED = 64
_LENGTH = 8
"""Bytes of the number that says how long the header is, the lowest first."""
_LONGEST_HEADER = 1 << 16
_TYPES = frozenset({"<u1", "|u1", "<u4", "<i4", "<i8", "<u8"})


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write arrays to a new file that appears whole or not at all, and is on the disk then."""
    held = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    header = _header(held)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with unfinished.open("xb") as stream:
            stream.write(MAGIC + len(header).to_bytes(_LENGTH, "little") + header)
            for array in held.values():
                stream.write(b"\0" * (-stream.tell() % _ALIGNED))
                stream.write(array.data.cast("B") if array.size else b"")
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(path)
        sync_folder(path.parent)
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """See to it that names in a folder are on the disk, where the system lets a folder be
    synced."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _header(arrays: Arrays) -> bytes:
    """Say where each array stands; places are counted from the end of the header, padded."""
    place, entries = 0, []
    for name, array in arrays.items():
        entries.append([name, array.dtype.str, list(array.shape), place])
        place += array.nbytes + -array.nbytes % _ALIGNED
    written = json.dumps({"arrays": entries, "bytes": place}).encode("ascii")
    start = len(MAGIC) + _LENGTH
    return written + b" " * (-(start + len(written)) % _ALIGNED)


def map_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Map the arrays of a file, read-only; FormatError for one that is cut short or no such
    file."""
    try:
        with path.open("rb") as stream:
            entries, start, size = _entries(path, stream.read(len(MAGIC) + _LENGTH), stream)
            if os.fstat(stream.fileno()).st_size < start + size - _ALIGNED:
                raise FormatError.of(path, "cut short")
            whole = np.memmap(stream, dtype=np.uint8, mode="r") if size else np.empty(0, np.uint8)
    except FileNotFoundError:
        raise FormatError.of(path, "a part of the index is missing") from None
    except OSError as error:
        raise FormatError.of(path, f"cannot be read: {error.strerror}") from None
    return {entry[0]: _array(path, whole, entry, start) for entry in entries}


def _entries(path: Path, head: bytes, stream: Any) -> tuple[list[Any], int, int]:
    if not head.startswith(MAGIC) or len(head) != len(MAGIC) + _LENGTH:
        raise FormatError.of(path, "not a part of a dedup index, or cut short")
    length = int.from_bytes(head[len(MAGIC) :], "little")
    if length > _LONGEST_HEADER:
        raise FormatError.of(path, "its header is damaged")
    try:
        header = json.loads(stream.read(length))
        entries, size = header["arrays"], header["bytes"]
    except (ValueError, KeyError, TypeError) as error:
        raise FormatError.of(path, "its header is damaged") from error
    if not isinstance(entries, list) or not isinstance(size, int):
        raise FormatError.of(path, "its header is damaged")
    return entries, len(head) + length, size


def _array(path: Path, whole: NDArray[np.uint8], entry: Any, start: int) -> NDArray[Any]:
    try:
        _, kind, shape, place = entry
        if kind not in _TYPES or any(not 0 <= side < 1 << 40 for side in shape) or place < 0:
            raise ValueError("no such array")
        size = math.prod(shape) * np.dtype(kind).itemsize
        if size == 0:
            return np.empty(shape, kind)
        part = whole[start + place : start + place + size]
        shaped: NDArray[Any] = part.view(kind).reshape(shape)
        return shaped
    except (ValueError, TypeError) as error:
        raise FormatError.of(path, "its header does not fit its arrays") from error
