"""From names to files: what paths, folders, globs and zip archives of a dump stand for."""

from __future__ import annotations

import glob
import os
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePath, PurePosixPath
from typing import NamedTuple

from dedup.dump import packing
from dedup.dump.packing import BrokenFileError
from dedup.errors import InputError, brief
from dedup.model import Rejected


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

    @property
    def file(self) -> Path:
        """The file, which can be read in any order; :class:`ValueError` for standard input."""
        if self.path is None:
            raise ValueError("standard input cannot be read in any order")
        return self.path


STANDARD_INPUT = "-"
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
        found = list(_expand(path, search))
    except OSError as error:
        found = [Rejected(str(path), 0, packing.unreadable(error).reason)]
    if isinstance(path, str) and _may_be_text(path) and found and isinstance(found[0], Rejected):
        found = [Rejected(brief(path), 0, f"{found[0].reason}; {_MEANT_TEXT}")]
    yield from found


def _may_be_text(name: str) -> bool:
    """Tell what looks more like a text than like a path."""
    words = name.count(" ") >= _FEWEST_WORDS and not re.search(r"\.\w{1,8}\Z", name)
    return len(name) > _LONGEST_PATH or "\n" in name or words


_FEWEST_WORDS, _LONGEST_PATH = 3, 4_096
_MEANT_TEXT = "if it is a text: a str is a path here; put texts in a list"


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
        with suppress(FileNotFoundError, NotADirectoryError, ValueError):
            target.stat()  # fails by what bars it, which the questions above hide since Python 3.14
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
