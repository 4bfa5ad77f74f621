"""What a scan reads: articles in memory or dumps on disk, the same stream as often as asked."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any, Protocol

from dedup.arrays import I64, Ragged, encoded
from dedup.dump.again import Places
from dedup.dump.blocks import Dump, open_dump
from dedup.dump.files import binary
from dedup.dump.formats import Options
from dedup.dump.frames import Frame, Table, open_frame
from dedup.dump.inputs import STANDARD_INPUT, Input
from dedup.dump.reading import make_options, values_of
from dedup.dump.records import Fields, Record
from dedup.dump.repeats import claimed
from dedup.dump.spooling import Spool
from dedup.errors import DumpError, InputError
from dedup.model import Article, Rejected

_NO_BATCH = (Article, Mapping, bytes, bytearray)
"""What can be iterated but holds no articles."""


class Texts(Protocol):
    """Texts of some rows i64[n], ascending, not yet read."""

    @property
    def rows(self) -> I64:
        """Tell whose texts they are."""

    def read(self) -> Ragged:
        """Give them in UTF-8, u8."""


@dataclass(frozen=True, slots=True)
class _TextsAtHand:
    rows: I64
    texts: list[str]

    def read(self) -> Ragged:
        return encoded(self.texts)


class Files:
    """The files of a dump, which are read several times and must stay as they are meanwhile.

    They are looked for when they are first asked for. What can be read only once, as a pipe, is
    copied to a temporary file, which goes together with this object.
    """

    def __init__(self, paths: Sequence[str | Path], options: Options) -> None:
        self._paths = paths
        self._options = options
        self._found: Dump | None = None
        self._dump: Dump | None = None
        self._is_copied = False
        self._first: list[tuple[str, int, int, int]] = []

    def find(self) -> Dump:
        """Look for the files and read nothing; raises as :func:`dedup.dump.read` does."""
        if self._found is None:
            self._found = open_dump(self._paths, self._options)
        return self._found

    def dump(self) -> Dump:
        """Give the files; raises as :func:`dedup.dump.read` does."""
        if self._dump is None:
            found = self.find()
            inputs = [self._readable_again(source) for source in found.inputs]
            self._dump = replace(found, inputs=inputs)
            self._first = self._states()
        return self._dump

    def records(
        self, aside: Mapping[int, Rejected], *, fields_only: bool
    ) -> Iterator[Record | Rejected]:
        """Read record by record; :class:`DumpError` if a file is no longer as it was."""
        dump = self.dump()
        self.check()
        yield from dump.records(aside, fields_only=fields_only)
        self.check()

    def check(self) -> None:
        """Raise :class:`DumpError` if a file is no longer as it was."""
        self.dump()
        before, now = ({state[:3] for state in states} for states in (self._first, self._states()))
        for path, *_ in sorted(before ^ now):
            raise DumpError(f"{path}: the file has changed while it was in use; run the same again")

    def states(self) -> list[tuple[str, int, int, int]] | None:
        """Give path, size and times of change (of content and of state, in ns) of every file.

        ``None`` if some of them were copied and will not be there a second time.
        """
        self.dump()
        return None if self._is_copied else self._first

    def _states(self) -> list[tuple[str, int, int, int]]:
        found = []
        for source in self.dump().inputs:
            with suppress(OSError):  # of one that cannot be looked at reading it will tell
                if source.path is not None:
                    state = source.path.stat()
                    times = state.st_mtime_ns, state.st_ctime_ns
                    found.append((str(source.path.absolute()), state.st_size, *times))
        return found

    def _readable_again(self, source: Input) -> Input:
        if source.path is not None and (source.path.is_file() or not source.path.exists()):
            return source
        try:
            handle, name = tempfile.mkstemp()
        except OSError as error:
            raise _cannot_copy(source, error) from error
        weakref.finalize(self, Path(name).unlink, missing_ok=True)
        self._is_copied = True
        with open(handle, "wb") as copy:  # noqa: PTH123 - a handle
            for block in _blocks_of(source):
                try:
                    copy.write(block)
                    copy.flush()
                except OSError as error:
                    raise _cannot_copy(source, error) from error
        return replace(source, path=Path(name))


_BLOCK = 1 << 20


def _blocks_of(source: Input) -> Iterator[bytes]:
    try:
        with binary(source) as stream:
            while block := stream.read(_BLOCK):
                yield block
    except OSError as error:
        raise DumpError(f"{source.name}: cannot be read: {error.strerror or error}") from error


def _cannot_copy(source: Input, error: OSError) -> DumpError:
    place, reason = tempfile.gettempdir(), error.strerror or error
    advice = "make room or set TMPDIR to a larger disk"
    return DumpError(f"{source.name}: cannot be copied to {place} ({reason}); {advice}")


@dataclass(frozen=True, slots=True)
class Source:
    """A stream of records that can be read again: every reading gives the same.

    ``values`` are articles at hand, whatever ids they have, and ``files`` dumps; it is one of them.
    ``aside`` are the records set aside for their ids, by number, once all have been read.
    """

    values: Callable[[], Iterator[Record | Rejected]] | None = None
    files: Files | None = None
    aside: Mapping[int, Rejected] = field(default_factory=dict)

    def records(self, *, fields_only: bool = False) -> Iterator[Record | Rejected]:
        """Read record by record; before it is ``settled`` the first record of each id is kept.

        ``fields_only`` says that rows need not be whole, only what is read of an article.
        """
        if self.files is not None:
            return self.files.records(self.aside, fields_only=fields_only)
        return claimed(self.unclaimed(), self.aside)

    def unclaimed(self) -> Iterator[Record | Rejected]:
        """Give articles at hand, whatever ids they have."""
        return iter(()) if self.values is None else self.values()

    def settled(self, aside: Mapping[int, Rejected]) -> Source:
        """Give the source with these records set aside for their ids."""
        return replace(self, aside=aside)

    @property
    def is_at_hand(self) -> bool:
        """Whether a few texts can be had again without much reading."""
        return self.files is None or self.files.dump().is_plain()

    def texts(self, rows: I64, places: Places | None = None) -> Iterator[Texts]:
        """Give the texts of some rows again, ascending, in batches to be read on any thread.

        Lines are fetched singly where their ``places`` are known, else all records pass by.

        >>> import numpy as np
        >>> source = open_source(["Rain.", "Snow."], None)
        >>> [batch.read().values.tobytes() for batch in source.texts(np.array([1]))]
        [b'Snow.']
        """
        if self.files is not None:
            self.files.check()
        if places is not None:
            return iter(places.line_sets(rows))
        return self._passing_by(rows)

    def _passing_by(self, rows: I64) -> Iterator[Texts]:
        good = (found for found in self.records(fields_only=True) if isinstance(found, Record))
        passed = 0
        for at in range(0, len(rows), _TEXTS_AT_ONCE):
            batch = rows[at : at + _TEXTS_AT_ONCE]
            texts = []
            for row in batch.tolist():
                found = next(islice(good, row - passed, None), None)
                if found is None:
                    raise DumpError("articles: there are fewer than at the first reading")
                texts.append(found.article.text)
                passed = row + 1
            yield _TextsAtHand(batch, texts)


_TEXTS_AT_ONCE = 256


def open_source(
    articles: Iterable[Article | str | Mapping[str, object] | Path] | str | Path | Table,
    fields: Fields | None,
    encoding: str = "utf-8",
    *,
    extract_html: bool = False,
    scratch: Path | None = None,
) -> Source:
    """Tell dumps from articles: a ``Path``, some of them, or a single ``str``, which is a path too.

    Paths are read in sorted order, whatever order they came in. A list of articles is read through
    at once and kept; what comes only once, as from a generator, goes to a temporary file in
    ``scratch``. A table of pandas, polars or pyarrow stays where it is; its rows are taken as
    mappings, and :class:`InputError` names the columns if there is none for the text. Where no
    article has an id, its position, from 0, is its id.
    """
    options = make_options(fields, encoding, extract_html=extract_html)
    if isinstance(articles, (str, Path)):
        return _of_paths([articles], options)
    frame = open_frame(articles, options.fields)
    if frame is not None:
        return _of_frame(frame, options)
    if isinstance(articles, _NO_BATCH) or not isinstance(articles, Iterable):
        raise InputError.of("articles", articles, "an iterable of articles, or paths of dumps")
    values = iter(articles)
    first = list(islice(values, 1))
    if first and isinstance(first[0], Path):
        return _of_paths([first[0], *_alike(values, are_paths=True)], options)
    if isinstance(articles, Sequence):
        return _at_hand(articles, options)
    return _once(chain(first, values), options, scratch)


def _alike(values: Iterable[object], *, are_paths: bool) -> Iterator[Any]:
    """Pass values on that are all paths, or none of which is."""
    for value in values:
        if isinstance(value, Path) != are_paths:
            raise InputError("articles: got paths and articles together, wanted one or the other")
        yield value


def _at_hand(values: Iterable[object], options: Options) -> Source:
    kept = list(_read(_alike(values, are_paths=False), options))
    if all(found.has_made_id for found in kept if isinstance(found, Record)):
        kept = list(_by_position(kept))
    return Source(lambda: iter(kept))


def _once(values: Iterable[object], options: Options, scratch: Path | None) -> Source:
    spool = Spool(_read(_alike(values, are_paths=False), options), scratch)
    if spool.all_made:
        return Source(lambda: _by_position(spool.records()))
    return Source(spool.records)


def _of_frame(frame: Frame, options: Options) -> Source:
    frame.check(options.fields, "text")
    if frame.has(options.fields, "id"):
        return Source(lambda: _read(frame.rows(), options))
    return Source(lambda: _by_position(_read(frame.rows(), options)))


def _read(values: Iterable[Any], options: Options) -> Iterator[Record | Rejected]:
    return values_of(values, "articles", options)


def _by_position(found: Iterable[Record | Rejected]) -> Iterator[Record | Rejected]:
    """Name articles none of which has an id by their positions, which no other id can be."""
    for item in found:
        yield item.named(str(item.line - 1)) if isinstance(item, Record) else item


def _of_paths(paths: Sequence[str | Path], options: Options) -> Source:
    ordered = sorted(paths, key=str)
    if len(ordered) > 1 and any(str(path) == STANDARD_INPUT for path in ordered):
        raise InputError("articles: got standard input and files together, wanted one or the other")
    files = Files(ordered, options)
    return Source(files=files)
