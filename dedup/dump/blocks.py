"""A dump cut into blocks that several threads can read, and put together again in its order."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from dedup.arrays import Flags
from dedup.dump.batches import Batch, End, LineBlock, RecordBlock
from dedup.dump.documents import begins_document
from dedup.dump.files import plain_head
from dedup.dump.formats import (
    Options,
    is_utf8,
    line_too_long,
    open_json,
    read_json,
    read_opened_json,
)
from dedup.dump.inputs import Input
from dedup.dump.packing import BrokenFileError
from dedup.dump.reading import (
    FORMATS,
    find_readable,
    nothing_read,
    read_inputs,
    records_of,
)
from dedup.dump.records import Record
from dedup.dump.repeats import Contents, Entry, Repeats
from dedup.errors import DumpError
from dedup.model import Rejected

Block = LineBlock | RecordBlock | End

BLOCK_BYTES = 1 << 20
"""Bytes of lines in one block: few enough for a core's cache, enough to outweigh handing over."""
_BLOCK_RECORDS = 256
_LOOK_BYTES = 1 << 16
"""Bytes read at once in search of the end of a line."""


@dataclass(frozen=True, slots=True)
class Dump:
    """The files of a dump, what led to none, and how to read them."""

    inputs: list[Input]
    failed: list[Rejected]
    options: Options
    skipped: Mapping[str, int] = field(default_factory=dict)
    """Notes of the files in folders that are of no known format, and how many they are."""

    def records(
        self, aside: Mapping[int, Rejected] | None = None, *, fields_only: bool = False
    ) -> Iterator[Record | Rejected]:
        """Read record by record, as :func:`dedup.dump.read` does, rows whole or fields alone."""
        options = replace(self.options, fields_only=fields_only)
        return read_inputs(self.inputs, self.failed, options, aside)

    def blocks(self) -> Iterator[Block]:
        """Cut the files into blocks, in order, the same each time they are read.

        What holds no field of an article is not read.
        """
        options = replace(self.options, fields_only=True)
        for number, source in enumerate(self.inputs):
            read = FORMATS[source.format]
            if read is read_json and is_utf8(options.encoding):
                yield from _of_json(number, source, options)
            else:
                rows = partial(read, source, options)
                yield from record_blocks(records_of(source, rows, options), source)

    def is_plain(self) -> bool:
        """Tell whether all are plain files of JSON Lines, whose lines can be fetched singly."""
        return is_utf8(self.options.encoding) and all(map(_is_plain, self.inputs))


def _is_plain(source: Input) -> bool:
    if FORMATS[source.format] is not read_json:
        return False
    head = plain_head(source)
    return head is not None and not begins_document(head[1])


def open_dump(paths: str | Path | Iterable[str | Path], options: Options) -> Dump:
    """Find the files of a dump; raises as :func:`dedup.dump.read` does."""
    inputs, failed, skipped = find_readable(paths)
    return Dump(inputs, failed, options, skipped)


def record_blocks(
    records: Iterable[Record | Rejected], source: Input | None = None
) -> Iterator[Block]:
    """Put records into blocks."""
    stream = iter(records)
    while group := list(islice(stream, _BLOCK_RECORDS)):
        yield RecordBlock(source, group)


def _of_json(number: int, source: Input, options: Options) -> Iterator[Block]:
    head = plain_head(source)
    if head is not None and not begins_document(head[1]):
        yield from _of_plain_file(number, source, options, head[0])
        return
    try:
        opened = open_json(source, options)
    except BrokenFileError as error:
        yield End(source, error.reason)
        return
    if opened.is_document or not is_utf8(opened.encoding):
        found = records_of(source, lambda: read_opened_json(source, opened, options), options)
        yield from record_blocks(found, source)
        return
    try:
        for data in _whole_lines(opened.blocks, options.max_line_bytes):
            if data is None:
                yield _too_long(source, options)
            else:
                yield LineBlock(source, number, options, data)
    except BrokenFileError as error:
        yield End(source, error.reason)
    else:
        yield End(source)


def _too_long(source: Input, options: Options) -> RecordBlock:
    """Stand for one line that is longer than may be held."""
    return RecordBlock(source, [line_too_long(source, 1, options)], lines=1)


def _whole_lines(blocks: Iterator[bytes], limit: int) -> Iterator[bytes | None]:
    """Gather lines to blocks, ``None`` in place of a line whose part alone exceeds the limit.

    The part of a line before the point where a file broke is not given.
    """
    gathered: list[bytes] = []
    begun: list[bytes] = []
    size = begun_size = 0
    passing = False  # over the rest of a line that is too long
    broken: BrokenFileError | None = None
    try:
        for block in blocks:
            if passing:
                _, feed, block = block.partition(b"\n")
                if not feed:
                    continue
                passing = False
                yield None
            cut = block.rfind(b"\n") + 1
            if cut:
                gathered += [*begun, block[:cut]]
                size += begun_size + cut
                begun, begun_size = [], 0
            begun.append(block[cut:])
            begun_size += len(block) - cut
            if gathered and (size >= BLOCK_BYTES or begun_size > limit):
                yield b"".join(gathered)
                gathered, size = [], 0
            if begun_size > limit:
                begun, begun_size, passing = [], 0, True
    except BrokenFileError as error:
        broken, begun = error, []
        passing = False
    rest = b"".join((*gathered, *begun))
    if rest:
        yield rest
    if passing:
        yield None
    if broken is not None:
        raise broken


def _of_plain_file(number: int, source: Input, options: Options, start: int) -> Iterator[Block]:
    try:
        with source.file.open("rb", buffering=0) as stream:
            for offset, size in _stretches(stream, start, options.max_line_bytes):
                if size:
                    yield LineBlock(source, number, options, None, offset, size)
                else:
                    yield _too_long(source, options)
    except OSError as error:
        yield End(source, f"cannot be read: {error.strerror or error}")
    else:
        yield End(source)


def _stretches(stream: BinaryIO, at: int, limit: int) -> Iterator[tuple[int, int]]:
    """Cut a file into stretches of whole lines: offset and size, 0 for a line that is too long."""
    end = os.fstat(stream.fileno()).st_size
    while at < end:
        cut = at + BLOCK_BYTES
        if cut >= end:
            yield at, end - at
            return
        after = _line_end(stream, cut - 1, min(end, cut + limit))
        if after is not None:
            yield at, after - at
            at = after
            continue
        if cut + limit >= end:
            yield at, end - at
            return
        begin = _line_begin(stream, at, cut)
        if begin > at:
            yield at, begin - at
        at = _line_end(stream, cut, end) or end
        yield begin, 0


def _line_end(stream: BinaryIO, at: int, stop: int) -> int | None:
    """Find where the line ends in which a place stands; ``None`` if it goes on at ``stop``."""
    size = _LOOK_BYTES
    while at < stop:
        stream.seek(at)
        block = stream.read(size)
        size = min(2 * size, BLOCK_BYTES)  # of a line that long few reads are quicker
        if not block:  # the file was cut while it was read
            return None
        feed = block.find(b"\n")
        if feed >= 0:
            return at + feed + 1
        at += len(block)
    return None


def _line_begin(stream: BinaryIO, at: int, cut: int) -> int:
    """Find where the line begins that goes on at ``cut``; not before ``at``, a beginning."""
    stream.seek(at)
    return at + stream.read(cut - at).rfind(b"\n") + 1


class Register:
    """Numbers the lines of batches that come in order, and lets one record of each id go on.

    What it says of a batch is what :func:`dedup.dump.read` says of its lines.
    """

    def __init__(self, failed: Sequence[Rejected] = ()) -> None:
        self._useless = list(failed)
        self.repeats = Repeats()
        self._lines = 0
        self._any_here = self._any = False
        self._broken = False

    @property
    def is_broken(self) -> bool:
        """Whether the file whose blocks come could not be read on; they are to be passed over."""
        return self._broken

    def fail(self, source: Input, reason: str) -> list[Rejected]:
        """Tell that a file could not be read on; the rest of its blocks come nevertheless."""
        found = self.end(End(source, reason))
        self._broken = True
        return found

    def end(self, block: End) -> list[Rejected]:
        """Close a file of lines: what is to be said of its end."""
        reason = block.reason or ("" if self._any_here else "no article in it")
        line = self._lines + 1 if self._any_here and block.reason else 0
        found = [Rejected(block.source.name, line, reason)] if reason and not self._broken else []
        self._useless += [item for item in found if item.line == 0]
        self._lines, self._any_here, self._broken = 0, False, False
        return found

    def enter(
        self, block: LineBlock | RecordBlock, batch: Batch, contents: Contents | None = None
    ) -> tuple[Batch, Flags | None]:
        """Number the lines of a batch, tell made ids apart, and say which rows to go on with.

        ``None`` stands for all rows; ``contents`` decide between records with one id. The batch
        comes back as a new one; the one given may be kept, to be entered again.
        """
        if batch.lines:
            batch = self._numbered(batch)
        self._any |= len(batch.ids) > 0 or any(item.line for item in batch.rejected)
        self._useless += [item for item in batch.rejected if item.line == 0]
        name = "articles" if block.source is None else block.source.name
        entry = Entry(name, batch.numbers, batch.cards, contents)
        ids, going_on = self.repeats.enter(batch.ids, entry)
        return replace(batch, ids=ids), going_on

    def _numbered(self, batch: Batch) -> Batch:
        numbers = batch.numbers + self._lines
        rejected = [replace(r, line=r.line + self._lines) for r in batch.rejected]
        self._lines += batch.lines
        self._any_here |= bool(batch.ids or batch.rejected)
        return replace(batch, numbers=numbers, rejected=rejected)

    def close(self) -> None:
        """Raise :class:`DumpError` if there was no record in all inputs, good or bad."""
        if not self._any:
            raise DumpError(nothing_read(self._useless))
