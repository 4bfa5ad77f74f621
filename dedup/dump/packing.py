"""Unpacking: gzip, bzip2, xz and Zstandard, a bounded piece at a time."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from dedup.dump.binaries import is_office


class BrokenFileError(Exception):
    """A file that cannot be read on; what came before stands. ``line`` is where it broke."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


_ZIP_MAGIC = b"PK\x03\x04"
_KINDS = {
    **{b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\0": "xz"},
    **{b"\x28\xb5\x2f\xfd": "Zstandard"},
    **{bytes([0x50 + n]) + b"\x2a\x4d\x18": "Zstandard" for n in range(16)},  # skippable frames
}
PACKED = (*_KINDS, _ZIP_MAGIC)
"""What packed files begin with."""
MOST_MAGIC = max(map(len, PACKED))
_HEAD = 1 << 12
_PLAIN_BLOCK = 1 << 20
_PACKED_BLOCK = 1 << 16
_MOST_UNPACKED = 1 << 22
"""Bytes that are unpacked at once."""
_XZ_MEMORY = 256 << 20
"""What a dictionary of xz may take; ``xz -9`` makes one of 64 MiB."""
_BOMB_BYTES, _BOMB_RATIO = 1 << 30, 250
"""A file is not read on when it has unpacked to more than both; texts pack to a tenth or so."""


def unreadable(error: OSError) -> BrokenFileError:
    """Word why the system gives no more of a file."""
    return BrokenFileError(f"cannot be read: {error.strerror or error}")


def unpack(stream: BinaryIO) -> Iterator[bytes]:
    """Give the blocks of an open file, unpacked: how it is packed is told by its first bytes."""
    head = stream.read(_HEAD)
    if head.startswith(_ZIP_MAGIC) and not is_office(head):
        raise BrokenFileError("a zip archive under another name; name it .zip")
    for magic, kind in _KINDS.items():
        if head.startswith(magic):
            return _inflate(_blocks(stream, head, _PACKED_BLOCK), kind)
    return _blocks(stream, head, _PLAIN_BLOCK)


def check_bomb(size: int, packed: int) -> None:
    """Raise :class:`BrokenFileError` for what unpacks to more than any text does."""
    if size > _BOMB_BYTES and size > _BOMB_RATIO * packed:
        raise BrokenFileError(f"not read on: it unpacks to more than {_BOMB_RATIO} times its size")


def _blocks(stream: BinaryIO, head: bytes, size: int) -> Iterator[bytes]:
    while head:
        yield head
        head = stream.read(size)


def _inflater(kind: str) -> Any:
    """Make what unpacks a kind; it has ``eof`` and ``unused_data``, and takes bytes in pieces."""
    if kind == "gzip":
        return zlib.decompressobj(wbits=31)
    if kind == "bzip2":
        from bz2 import BZ2Decompressor

        return BZ2Decompressor()
    if kind == "xz":
        from lzma import LZMADecompressor

        return LZMADecompressor(memlimit=_XZ_MEMORY)
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    longest = zstd.DecompressionParameter.window_log_max
    return zstd.ZstdDecompressor(options={longest: longest.bounds()[1]})  # as "zstd --long=31"


_PADDED = frozenset({"gzip", "xz"})


def _inflate(packed: Iterator[bytes], kind: str) -> Iterator[bytes]:
    """Unpack members (frames) that follow one another; zero bytes between them are padding."""
    inflater = _inflater(kind)
    begun = False
    taken = given = 0
    for block in packed:
        rest = block
        taken += len(block)
        while rest:
            if not begun:
                rest = rest.lstrip(b"\0") if kind in _PADDED else rest
                begun = bool(rest)
            if begun:
                for data in _steps(inflater, rest, kind):
                    given += len(data)
                    check_bomb(given, taken)
                    yield data
                rest = b""
                if inflater.eof:
                    rest, inflater, begun = inflater.unused_data, _inflater(kind), False
    if begun:
        raise BrokenFileError(f"truncated: the {kind} data end before their end mark")


def _steps(inflater: Any, block: bytes, kind: str) -> Iterator[bytes]:
    """Unpack a block, a bounded piece at a time."""
    try:
        rest = block
        while True:
            data = inflater.decompress(rest, _MOST_UNPACKED)
            if data:
                yield data
            rest = inflater.unconsumed_tail if kind == "gzip" else b""
            wants = not rest if kind == "gzip" else inflater.needs_input
            if inflater.eof or (wants and len(data) < _MOST_UNPACKED):
                return
    except BrokenFileError:
        raise
    except Exception as error:  # zstd and lzma raise types of their own
        raise BrokenFileError(f"damaged {kind} data, not read on: {error}") from error
