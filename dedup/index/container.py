"""Named arrays in one file that is written once and mapped, not read.

A file is a line that names the format, length and check sum of a header, the header (JSON: name,
type, shape, place and check sum of each array), and the arrays, each at a multiple of 64 bytes.
Nothing in it is executed.
"""

from __future__ import annotations

import json
import math
import mmap
import os
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import U8
from dedup.errors import FormatError
from dedup.writing import sync_folder, whole_file

Arrays = Mapping[str, NDArray[Any]]

MAGIC = b"dedup segment 3\n"
_ALIGNED = 64
_HEAD = struct.Struct(f"<{len(MAGIC)}sQI")
"""The name of the format, and how long the header is and its check sum."""
_LONGEST_HEADER = 1 << 16


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write arrays to a new file that appears whole or not at all, and is on the disk then."""
    held = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    header = _header(held)
    with whole_file(path) as stream:
        stream.write(header)
        for array in held.values():
            stream.write(b"\0" * (-stream.tell() % _ALIGNED))
            stream.write(_bytes(array))
    sync_folder(path.parent)


def _bytes(array: NDArray[Any]) -> memoryview:
    return array.data.cast("B") if array.size else memoryview(b"")


def _header(arrays: Arrays) -> bytes:
    """Say where each array stands, counted from the end of the header, and its check sum."""
    place, entries = 0, []
    for name, array in arrays.items():
        entries.append([name, array.dtype.str, list(array.shape), place, zlib.crc32(_bytes(array))])
        place += array.nbytes + -array.nbytes % _ALIGNED
    written = json.dumps({"arrays": entries, "bytes": place}).encode("ascii")
    written += b" " * (-(_HEAD.size + len(written)) % _ALIGNED)
    return _HEAD.pack(MAGIC, len(written), zlib.crc32(written)) + written


def map_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Map the arrays of a file, read-only; FormatError for one cut short or no such file.

    The header is checked, the arrays are not: they are mapped to be looked into here and there.
    """
    entries, start, whole = _mapped(path)
    return {entry[0]: _array(path, whole, entry, start) for entry in entries}


def check_arrays(path: Path) -> None:
    """Read all arrays of a file; FormatError where one is not as it was written."""
    entries, start, whole = _mapped(path)
    for entry in entries:
        if zlib.crc32(_bytes(_array(path, whole, entry, start))) != entry[4]:
            raise FormatError.of(path, f"damaged ({entry[0]})")


def _mapped(path: Path) -> tuple[list[Any], int, U8]:
    """Map a file: the entries of its header, where its arrays begin, and all its bytes."""
    try:
        with path.open("rb") as stream:
            entries, start, size = _entries(path, stream)
            if os.fstat(stream.fileno()).st_size < start + size - _ALIGNED:
                raise FormatError.of(path, "cut short")
            mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except FileNotFoundError:
        raise FormatError.of(path, "a part of the index is missing") from None
    except OSError as error:
        raise FormatError.of(path, f"cannot be read: {error.strerror}") from None
    return entries, start, np.frombuffer(mapped, np.uint8)


def _entries(path: Path, stream: BinaryIO) -> tuple[list[Any], int, int]:
    head = stream.read(_HEAD.size)
    if len(head) != _HEAD.size or not head.startswith(MAGIC):
        raise FormatError.of(path, "not a part of a dedup index, or cut short")
    _, length, check = _HEAD.unpack(head)
    written = stream.read(min(length, _LONGEST_HEADER))
    if len(written) != length or zlib.crc32(written) != check:
        raise FormatError.of(path, "its header is damaged")
    header = json.loads(written)
    return header["arrays"], _HEAD.size + length, header["bytes"]


def _array(path: Path, whole: U8, entry: Sequence[Any], start: int) -> NDArray[Any]:
    _, kind, shape, place, _ = entry
    size = math.prod(shape) * np.dtype(kind).itemsize
    part = whole[start + place : start + place + size]
    if len(part) != size:
        raise FormatError.of(path, "cut short")
    found: NDArray[Any] = part.view(kind).reshape(shape)
    return found
