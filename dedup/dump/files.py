"""From names to bytes: find the files of a dump, unpack them, split them into lines."""

from __future__ import annotations

import codecs
import glob
import os
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path, PurePath, PurePosixPath
from tempfile import TemporaryFile, gettempdir
from typing import Any, BinaryIO, NamedTuple

from dedup.dump import packing
from dedup.dump.packing import BrokenFileError
from dedup.errors import InputError, brief
from dedup.model import Rejected

__all__ = [
    "OTHER_ENCODING",
    "STANDARD_INPUT",
    "BrokenFileError",
    "Input",
    "binary",
    "decode",
    "find_inputs",
    "lines",
    "plain_head",
    "seekable",
    "single_input",
    "unpacked",
    "whole",
    "with_line_feeds",
]


@dataclass(frozen=True, slots=True)
class Input:
    """One file of a dump, or standard input where ``path`` is ``None``."""

    path: Path | None
    name: str
    """As messages show it."""
    label: str
    """What ids made for its articles begin with; no two inputs of a dump share one."""
    format: str
    """The suffix that tells how to read it, lower case and without packing: ``.jsonl``."""
    member: str = ""
    """Its name in the zip archive that ``path`` is, if it is in one; it names nothing on disk."""


STANDARD_INPUT = "-"
_HEAD_BYTES = 1 << 12
"""Bytes of a file that are looked at to tell what it is."""
_PACKINGS = (".gz", ".zst", ".zstd", ".bz2", ".xz")
_ARCHIVE = ".zip"
_DEFAULT_FORMAT = ".jsonl"


def find_inputs(
    paths: Iterable[str | Path], formats: Iterable[str], skipped: Counter[str] | None = None
) -> tuple[list[Input], list[Rejected]]:
    """Find the files that paths, folders, globs and ``"-"`` stand for, and what led to none.

    Folders and zip archives are searched to any depth for files of ``formats``, in the order of
    their names; hidden files are left out, and links to folders not followed. Those of other
    formats are counted in ``skipped`` by their suffix. A file that is named twice is read once. A
    name without a suffix, and standard input, are JSON Lines.
    """
    known = frozenset(formats)
    found: dict[object, Input] = {}
    failed: list[Rejected] = []
    for path in paths:
        if not isinstance(path, (str, Path)):
            raise InputError.of("paths", path, "names of files or folders, as str or Path")
        for item in _expand_safely(path, _Search(known, Counter() if skipped is None else skipped)):
            if isinstance(item, Rejected):
                failed.append(item)
            else:
                found.setdefault(_identity(item), item)
    return _with_distinct_labels(list(found.values())), failed


def single_input(path: str | Path) -> Input:
    """Name one file whatever its format, ``"-"`` for standard input; it need not be there.

    >>> single_input("in/Page.HTML.gz").format
    '.html'
    """
    if str(path) == STANDARD_INPUT:
        return Input(None, "standard input", "stdin", "")
    target = Path(path)
    return Input(target, str(path), target.name, _format(target))


def _identity(source: Input) -> object:
    """Tell one file from another, whatever names lead to it."""
    if source.path is None:
        return STANDARD_INPUT
    try:
        status = source.path.stat()
    except OSError:  # to be told when it is opened
        return source.path
    return status.st_dev, status.st_ino, source.member


class _Search(NamedTuple):
    """What is looked for: files of ``formats``; others in folders are counted in ``skipped``."""

    formats: frozenset[str]
    skipped: Counter[str]

    def skip(self, path: PurePath) -> None:
        """Count a file that is passed over."""
        self.skipped[_format(path) or "without a suffix"] += 1


def _expand_safely(path: str | Path, search: _Search) -> Iterator[Input | Rejected]:
    """Expand a name of which the system may not even want to hear: too long, a folder barred."""
    try:
        yield from _expand(path, search)
    except OSError as error:
        yield Rejected(str(path), 0, packing.unreadable(error).reason)


def _expand(path: str | Path, search: _Search) -> Iterator[Input | Rejected]:
    name = str(path)
    if name == STANDARD_INPUT:
        yield Input(None, "standard input", "stdin", _DEFAULT_FORMAT)
        return
    target = Path(path)
    if not name:  # which Path takes for the current folder
        yield Rejected(name, 0, "no name of a file or folder")
    elif target.is_dir():
        yield from _in_folder(target, search)
    elif target.exists():
        yield from _as_inputs(target, target.name, search)
    elif glob.has_magic(name):
        matches = sorted(glob.glob(name, recursive=True))  # noqa: PTH207 - absolute ones too
        for match in matches:
            yield from _expand(match, search)
        if not matches:
            yield Rejected(name, 0, "no file has a name like this")
    else:
        yield Rejected(name, 0, "no such file or folder")


def _in_folder(folder: Path, search: _Search) -> Iterator[Input | Rejected]:
    failed: list[OSError] = []
    paths = [
        Path(place, name)
        for place, _, names in os.walk(folder, onerror=failed.append)
        for name in names
    ]
    for error in failed:
        yield Rejected(str(error.filename), 0, packing.unreadable(error).reason)
    empty = not failed
    for path in sorted(paths):
        inside = path.relative_to(folder)
        if any(part.startswith(".") for part in inside.parts):
            continue
        kind = path.suffix.casefold() if path.suffix.casefold() == _ARCHIVE else _format(path)
        if kind != _ARCHIVE and kind not in search.formats:
            search.skip(path)
            continue
        if path.is_file():
            yield from _as_inputs(path, inside.as_posix(), search)
        elif path.is_symlink() and not path.exists():
            yield Rejected(str(path), 0, "a link to a file that is not there")
        else:
            continue
        empty = False
    if empty:
        yield Rejected(str(folder), 0, "the folder holds no file of a known format")


def _as_inputs(path: Path, inside: str, search: _Search) -> Iterator[Input | Rejected]:
    if path.suffix.casefold() == _ARCHIVE:
        yield from _in_archive(path, search)
        return
    kind = _format(path)
    if kind and kind not in search.formats:
        known = ", ".join(sorted(search.formats))
        yield Rejected(str(path), 0, f"unknown format {kind}: known are {known}")
    else:
        yield Input(path, str(path), _without_suffixes(inside, kind), kind or _DEFAULT_FORMAT)


def _in_archive(path: Path, search: _Search) -> Iterator[Input | Rejected]:
    """Find the files in a zip archive; a member's name is shown and never used as a path."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted(archive.infolist(), key=lambda member: member.filename)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeError) as error:
        yield Rejected(str(path), 0, f"no zip archive, or a damaged one: {error}")
        return
    empty = True
    for member in members:
        inside = PurePosixPath(member.filename)
        parts = inside.parts
        if member.filename.endswith("/") or any(p.startswith(".") and p != ".." for p in parts):
            continue
        if not parts:
            yield Rejected(f"{path}/", 0, "a file without a name")
            continue
        if parts[0] == "__MACOSX":
            continue
        kind = _format(inside) or _format(PurePath(path.stem)) or _DEFAULT_FORMAT
        if kind not in search.formats:
            search.skip(inside)
            continue
        empty = False
        name, reason = f"{path}/{member.filename}", _why_not(member)
        if reason:
            yield Rejected(name, 0, reason)
        else:
            label = _without_suffixes(member.filename, kind)
            yield Input(path, name, label, kind, member.filename)
    if empty:
        yield Rejected(str(path), 0, "the archive holds no file of a known format")


def _why_not(member: zipfile.ZipInfo) -> str:
    """Tell why a member is not to be opened; zipfile gives no more of it than ``file_size``."""
    if member.flag_bits & _ENCRYPTED:
        return "encrypted"
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return "packed in another way than zip's usual one; pack it again"
    try:
        packing.check_bomb(member.file_size, member.compress_size)
    except BrokenFileError as error:
        return error.reason
    return ""


_ENCRYPTED = 1


def _format(path: PurePath) -> str:
    suffixes = [suffix.casefold() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in _PACKINGS:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def _without_suffixes(name: str, kind: str) -> str:
    """Take the packing and the format off a file's name.

    >>> _without_suffixes("world/2023.10.31.jsonl.gz", ".jsonl")
    'world/2023.10.31'
    """
    for suffix in (*_PACKINGS, kind):
        if suffix and name.casefold().endswith(suffix):
            name = name[: -len(suffix)]
    return name


def _with_distinct_labels(inputs: list[Input]) -> list[Input]:
    """Lengthen labels that several inputs share to the whole name, so that ids differ."""
    uses = Counter(item.label for item in inputs)
    return [replace(item, label=item.name) if uses[item.label] > 1 else item for item in inputs]


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


def unpacked(source: Input, encoding: str) -> tuple[Iterator[bytes], str]:
    """Open a file: its blocks, unpacked and without byte order mark, and their encoding.

    Packing is told by the first bytes and not by the name, and a byte order mark counts for more
    than ``encoding``. UTF-16 and UTF-32 come out as UTF-8, since their line breaks are no single
    bytes. Raises :class:`BrokenFileError`, here or in the blocks, when there is no reading on.
    """
    blocks = _opened(source)
    head = next(blocks, b"")
    mark, encoding = next((pair for pair in _MARKS if head.startswith(pair[0])), (b"", encoding))
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
    mark, one without line feeds, and one that cannot be opened, of which reading it will tell.
    """
    if source.path is None or source.member or not source.path.is_file():
        return None
    try:
        with source.path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError:
        return None
    mark, encoding = next((pair for pair in _MARKS if head.startswith(pair[0])), (b"", "utf-8"))
    if head.startswith(packing.PACKED) or encoding != "utf-8":
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
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in blocks:
            yield decoder.decode(block).encode()
        yield decoder.decode(b"", final=True).encode()
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
