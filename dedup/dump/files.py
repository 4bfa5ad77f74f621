"""From files to bytes: open the files of a dump, unpack them, split them into lines."""

from __future__ import annotations

import codecs
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import Any, BinaryIO

from dedup.dump import packing
from dedup.dump.binaries import why_binary
from dedup.dump.inputs import Input
from dedup.dump.packing import BrokenFileError
from dedup.errors import brief

_HEAD_BYTES = 1 << 12
"""Bytes of a file that are looked at to tell what it is."""


@contextmanager
def seekable(source: Input) -> Iterator[BinaryIO]:
    """Open a file to be read in any order; a packed one is unpacked into a temporary file."""
    with ExitStack() as stack:
        try:
            stream: BinaryIO = stack.enter_context(binary(source))
            is_apart = source.path is None or source.member
            if is_apart or stream.read(packing.MOST_MAGIC).startswith(packing.PACKED):
                stream = stack.enter_context(TemporaryFile())
                _unpack_to(stream, source)
            stream.seek(0)
        except OSError as error:
            raise packing.unreadable(error) from error
        yield stream


def _unpack_to(target: BinaryIO, source: Input) -> None:
    """Unpack a file; the message says of which disk it is when there is no room."""
    for block in _opened(source):
        try:
            target.write(block)
            target.flush()
        except OSError as error:
            place = gettempdir()
            reason = f"cannot be unpacked into {place}: {error.strerror or error}"
            raise BrokenFileError(f"{reason}; set TMPDIR to a larger disk") from error


def binary(source: Input) -> AbstractContextManager[BinaryIO]:
    """Open a file, or standard input, which stays open at the end."""
    if source.path is None:
        return nullcontext(sys.stdin.buffer)
    return _member(source.path, source.member) if source.member else source.path.open("rb")


@contextmanager
def _member(path: Path, name: str) -> Iterator[Any]:
    with zipfile.ZipFile(path) as archive, ExitStack() as stack:
        try:
            stream = stack.enter_context(archive.open(name))
        except (zipfile.BadZipFile, UnicodeError) as error:
            raise BrokenFileError(f"damaged zip archive, not read on: {error}") from error
        yield stream


def unpacked(source: Input, encoding: str | None = None) -> tuple[Iterator[bytes], str]:
    """Open a file: its blocks, unpacked and without byte order mark, and their encoding.

    Packing is told by the first bytes and not by the name, and a byte order mark counts for more
    than ``encoding``, which is ``None`` for files that say their own. UTF-16 and UTF-32 come out as
    UTF-8, since their line breaks are no single bytes. Raises :class:`BrokenFileError`, here or in
    the blocks, when there is no reading on, as in what is no text.
    """
    blocks = _opened(source)
    head = next(blocks, b"")
    mark, told = next((pair for pair in _MARKS if head.startswith(pair[0])), (b"", encoding))
    reason = "" if mark else why_binary(head[:_HEAD_BYTES], encoding)
    if reason:
        raise BrokenFileError(reason)
    encoding = told or "utf-8"
    if "\n".encode(encoding) != b"\n":
        return _as_utf8(chain((head,), blocks), encoding), "utf-8"
    return chain((head[len(mark) :],), blocks), encoding


def with_line_feeds(blocks: Iterator[bytes]) -> Iterator[bytes]:
    r"""Give a file of lines that end in a carriage return alone, as of old, line feeds for them.

    >>> list(with_line_feeds(iter([b"a\rb\r", b"c"]))), list(with_line_feeds(iter([b"a\rb\n"])))
    ([b'a\nb\n', b'c'], [b'a\rb\n'])
    """
    head = next(blocks, b"")
    is_old = b"\r" in head[:-1] and b"\n" not in head
    for block in chain((head,), blocks):
        yield block.replace(b"\r", b"\n") if is_old else block


def plain_head(source: Input) -> tuple[int, bytes] | None:
    """Look at a file that may be read in any order and in UTF-8: where its text starts, its head.

    ``None`` for standard input, a pipe, a packed file, one in another encoding by its byte order
    mark, one without line feeds, and one that is no text or cannot be opened, of which reading it
    will tell.
    """
    if source.path is None or source.member or not source.path.is_file():
        return None
    try:
        with source.path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError:
        return None
    mark, encoding = next((pair for pair in _MARKS if head.startswith(pair[0])), (b"", "utf-8"))
    if head.startswith(packing.PACKED) or encoding != "utf-8" or (not mark and why_binary(head)):
        return None
    if b"\r" in head and b"\n" not in head:
        return None
    return len(mark), head[len(mark) :]


def _opened(source: Input) -> Iterator[bytes]:
    try:
        with binary(source) as stream:
            yield from packing.unpack(stream)
    except OSError as error:
        raise packing.unreadable(error) from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise BrokenFileError(f"damaged zip archive, not read on: {error}") from error
    except (RuntimeError, NotImplementedError, KeyError) as error:  # a password, a method unknown
        raise BrokenFileError(f"zip archive that cannot be read: {error}") from error


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16's and so comes first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def _as_utf8(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    try:
        for text in codecs.iterdecode(blocks, encoding):
            yield text.encode()
    except UnicodeError as error:
        raise BrokenFileError(f"not {encoding}: {error}") from error


def lines(blocks: Iterable[bytes], limit: int) -> Iterator[tuple[int, bytes | None]]:
    r"""Split blocks at line feeds: number from 1, and the line, ``None`` if longer than ``limit``.

    The part of a line before the point where a file broke is not given.

    >>> list(lines([b"ab\nc", b"d\n", b"efghijklmno\np"], limit=10))
    [(1, b'ab'), (2, b'cd'), (3, None), (4, b'p')]
    """
    number = 1
    held: list[bytes] = []
    size = 0
    try:
        for block in blocks:
            first, *others = block.split(b"\n")
            size += len(first)
            if size <= limit:
                held.append(first)
            else:
                held.clear()
            if not others:
                continue
            yield number, b"".join(held) if size <= limit else None
            for line in others[:-1]:
                number += 1
                yield number, line if len(line) <= limit else None
            number += 1
            held = [others[-1]]
            size = len(others[-1])
    except BrokenFileError as error:
        raise BrokenFileError(error.reason, number) from error
    if size:
        yield number, b"".join(held) if size <= limit else None


def whole(blocks: Iterable[bytes], limit: int) -> bytes:
    """Join all blocks of a file that is one unit; longer than ``limit`` it is broken."""
    held = []
    size = 0
    for block in blocks:
        size += len(block)
        if size > limit:
            raise BrokenFileError(f"longer than {limit:,} bytes")
        held.append(block)
    return b"".join(held)


def decode(data: bytes, encoding: str) -> str:
    r"""Decode bytes, or raise :class:`ValueError` that names the first wrong byte and a way out.

    >>> decode(b"caf\xe9", "utf-8")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: not utf-8: byte 0xe9 at offset 3; set encoding (--encoding) ...
    """
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        wrong = f"byte 0x{data[error.start]:02x} at offset {error.start}"
    except UnicodeError as error:
        wrong = brief(str(error))
    raise ValueError(f"not {encoding}: {wrong}; {OTHER_ENCODING}")


OTHER_ENCODING = "set encoding (--encoding) if it is another, such as windows-1252"
