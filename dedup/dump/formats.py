"""The plain formats: JSON Lines, a JSON array, CSV, TSV and text files."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from dedup.dump.files import BrokenFileError, Input, decode, lines, unpacked, whole
from dedup.dump.records import Fields, Row, column_finder, to_json_line
from dedup.errors import brief
from dedup.model import Rejected

__all__ = [
    "MAX_LINE_BYTES",
    "OpenedJson",
    "Options",
    "begins_document",
    "check_columns",
    "is_utf8",
    "line_too_long",
    "open_json",
    "read_csv",
    "read_json",
    "read_json_line",
    "read_opened_json",
    "read_text",
    "read_tsv",
]

MAX_LINE_BYTES = 64 << 20
"""A line longer than this is set aside: it is no article, and it must not fill the memory."""
_MAX_DOCUMENT_BYTES = 1 << 30
"""A JSON array has to be held whole; one that is longer than this should come as JSON Lines."""


@dataclass(frozen=True, slots=True)
class Options:
    """What readers have to know besides the file."""

    encoding: str = "utf-8"
    fields: Fields = field(default_factory=Fields)
    max_line_bytes: int = MAX_LINE_BYTES


def _too_long(options: Options) -> str:
    return f"the line is longer than {options.max_line_bytes:,} bytes"


class OpenedJson(NamedTuple):
    """A file of JSON: its blocks, unpacked, what encoding they have, and how to read them."""

    blocks: Iterator[bytes]
    encoding: str
    is_document: bool


def open_json(source: Input, options: Options) -> OpenedJson:
    """Open JSON Lines; a file that begins with ``[`` or a lone ``{`` is one document."""
    blocks, encoding = unpacked(source, options.encoding)
    head = next(blocks, b"")
    return OpenedJson(chain((head,), blocks), encoding, begins_document(head))


def begins_document(head: bytes) -> bool:
    r"""Tell JSON Lines from one document by the beginning of a file.

    >>> begins_document(b'{"id": 1}\n'), begins_document(b'[{"id": 1}]')
    (False, True)
    """
    head = head.lstrip()
    return head[:1] == b"[" or (head[:1] == b"{" and head.partition(b"\n")[0].strip() == b"{")


def read_json(source: Input, options: Options) -> Iterator[Row | Rejected]:
    """Read JSON Lines, or a file that is one JSON array or object."""
    return read_opened_json(source, open_json(source, options), options)


def read_opened_json(
    source: Input, opened: OpenedJson, options: Options
) -> Iterator[Row | Rejected]:
    """Read what :func:`open_json` has opened."""
    options = replace(options, encoding=opened.encoding)
    if opened.is_document:
        advice = "; as JSON Lines it could be read a line at a time"
        data = whole(opened.blocks, _MAX_DOCUMENT_BYTES, advice)
        return _read_document(source, data, options)
    return _read_json_lines(source, opened.blocks, options)


def _read_json_lines(
    source: Input, blocks: Iterator[bytes], options: Options
) -> Iterator[Row | Rejected]:
    for number, line in lines(blocks, options.max_line_bytes):
        row = read_json_line(source, number, line, options)
        if row is not None:
            yield row


def line_too_long(source: Input, number: int, options: Options) -> Rejected:
    """Set aside a line that is longer than a line may be."""
    return Rejected(source.name, number, _too_long(options))


def read_json_line(
    source: Input, number: int, line: bytes | None, options: Options
) -> Row | Rejected | None:
    """Read one line of JSON; ``None`` for an empty one. ``line`` is ``None`` for one too long."""
    import orjson

    if line is None:
        return line_too_long(source, number, options)
    try:
        value = orjson.loads(line) if is_utf8(options.encoding) else None
    except orjson.JSONDecodeError:
        value = None
    if type(value) is dict:
        return Row(number, value, line.strip())
    return _slowly(source, number, line, options) if line.strip() else None


@lru_cache(maxsize=8)
def is_utf8(encoding: str) -> bool:
    """Tell whether this is a name of UTF-8."""
    return encoding.casefold().replace("_", "-") in {"utf-8", "utf8"}


def _slowly(source: Input, number: int, line: bytes, options: Options) -> Row | Rejected:
    """Read a line that is not plainly an object in UTF-8, or find out what is wrong with it."""
    try:
        text = decode(line, options.encoding)
        value = json.loads(text)
    except json.JSONDecodeError as error:
        return Rejected(source.name, number, _broken_json(error, len(text)))
    except RecursionError:
        return Rejected(source.name, number, "broken JSON: nested too deeply")
    except ValueError as error:
        return Rejected(source.name, number, str(error))
    if not isinstance(value, dict):
        return Rejected(source.name, number, _not_an_object(value))
    return Row(number, value, text.strip().encode("utf-8"))


def _broken_json(error: json.JSONDecodeError, length: int) -> str:
    at = f"character {error.pos + 1}"
    if error.msg.startswith("Unterminated string"):  # which no line break can end
        return f"broken JSON: the line ends inside the string that begins at {at}"
    where = "the line ends too early" if error.pos >= length else f"at {at}"
    return f"broken JSON: {error.msg}, {where}"


_JSON_NAMES = {list: "an array", str: "a string", bool: "a truth value", type(None): "null"}


def _not_an_object(value: object) -> str:
    return f"not a JSON object but {_JSON_NAMES.get(type(value), 'a number')}"


def _read_document(source: Input, data: bytes, options: Options) -> Iterator[Row | Rejected]:
    """Read the objects of a JSON array, or one object; what stands before an error is kept."""
    try:
        text = decode(data, options.encoding)
    except ValueError as error:
        yield Rejected(source.name, 0, str(error))
        return
    decoder = json.JSONDecoder()
    at = _skip(text, 0, "[")
    line, counted = 1, 0
    while at < len(text) and text[at] != "]":
        line, counted = line + text.count("\n", counted, at), at
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            reason = f"broken JSON: {error}; the rest of the file could not be read"
            yield Rejected(source.name, line, reason)
            return
        if isinstance(value, dict):
            yield Row(line, value, to_json_line(value))
        else:
            yield Rejected(source.name, line, _not_an_object(value))
        at = _skip(text, at, ",")


def _skip(text: str, at: int, mark: str) -> int:
    """Pass white space and at most one ``mark``."""
    at = _end_of_space(text, at)
    return _end_of_space(text, at + 1) if text[at : at + 1] == mark else at


_SPACE = re.compile(r"[ \t\n\r]*")


def _end_of_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def read_text(source: Input, options: Options) -> Iterator[Row | Rejected]:
    """Read a text file: one article, whose id is the file's name without suffix."""
    blocks, encoding = unpacked(source, options.encoding)
    try:
        text = decode(whole(blocks, options.max_line_bytes), encoding)
    except ValueError as error:
        yield Rejected(source.name, 0, str(error))
        return
    yield Row(0, {"id": source.label, "text": text})


def read_tsv(source: Input, options: Options) -> Iterator[Row | Rejected]:
    """Read tab-separated values with a line of field names."""
    return _read_separated(source, options, "\t")


def read_csv(source: Input, options: Options) -> Iterator[Row | Rejected]:
    """Read comma-separated values; its first line, of names, tells ``;``, tab and ``|`` apart."""
    return _read_separated(source, options, ",;\t|")


class _CsvLines:
    """Decoded lines for the csv module, which must see every line to count and quote rightly.

    A line that is too long or not in the encoding goes in as far as it can be read, and the reason
    to set its row aside is kept by line number.
    """

    def __init__(self, source: Input, options: Options) -> None:
        blocks, self._encoding = unpacked(source, options.encoding)
        self._numbered = lines(blocks, options.max_line_bytes)
        self._too_long = _too_long(options)
        self._unusable: dict[int, str] = {}

    def __iter__(self) -> Iterator[str]:
        for number, line in self._numbered:
            text = ""
            if line is None:
                self._unusable[number] = self._too_long
            else:
                try:
                    text = decode(line, self._encoding)
                except ValueError as error:
                    self._unusable[number] = str(error)
                    text = line.decode("latin-1")
            yield text + "\n"

    def why_not(self, last: int) -> str | None:
        """Take the reasons, if there are any, to set aside the row that ends with line ``last``."""
        reasons = [self._unusable.pop(n) for n in sorted(self._unusable) if n <= last]
        return reasons[0] if reasons else None


def check_columns(names: Sequence[str], options: Options) -> None:
    """Raise :class:`BrokenFileError`, which names the columns of a table, if none is the text."""
    if not column_finder(options.fields)(tuple(names)).text:
        shown = brief(", ".join(names), _SHOWN_COLUMNS)
        raise BrokenFileError(f"no text: the columns are {shown}; name the one that holds it")


_SHOWN_COLUMNS = 200
"""Characters of column names that a message shows."""


def _read_separated(source: Input, options: Options, separators: str) -> Iterator[Row | Rejected]:
    # The limit belongs to the process, the module has no other; it is raised and never lowered.
    csv.field_size_limit(max(options.max_line_bytes, csv.field_size_limit()))
    names: list[str] | None = None
    for line, cells in _csv_rows(_CsvLines(source, options), separators, options.fields):
        if isinstance(cells, str):
            if names is None:
                raise BrokenFileError(f"the names of the fields: {cells}")
            yield Rejected(source.name, line, cells)
        elif names is None:
            names = cells
            check_columns(names, options)
        elif len(cells) > len(names):
            reason = f"too many values: {len(cells)} for the {len(names)} fields of the first line"
            yield Rejected(source.name, line, reason)
        else:
            yield Row(line, dict(zip(names, cells, strict=False)))


def _csv_rows(
    source: _CsvLines, separators: str, fields: Fields
) -> Iterator[tuple[int, list[str] | str]]:
    """Give the line on which each row begins, and its values or why it has none."""
    feed = _CsvFeed(source)
    head = next((line for line in feed if line.strip()), "")
    separator = _separator(head, separators, fields)
    feed.go_back_to(0)
    rows = csv.reader(feed, delimiter=separator, strict=True)
    width = 0  # of the first row, which names the fields
    while True:
        feed.row.clear()
        first = feed.line + 1
        cells: list[str] | None = None
        reason = None
        try:
            cells = next(rows)
            width = width or len(cells)
        except StopIteration:
            return
        except csv.Error as error:
            reason = f"broken CSV: {error}"
            feed.go_back_to(_broken_lines(feed.row, separator, width))
        last = feed.line
        reason = source.why_not(last) or reason
        if reason is not None:
            yield first, reason if last == first else f"{reason} (lines {first} to {last})"
        elif cells:
            yield first, cells


class _CsvFeed:
    """Lines for the csv module, those of the row that it reads at hand to be read anew."""

    def __init__(self, source: _CsvLines) -> None:
        self._lines = iter(source)
        self._again: list[str] = []
        self.row: list[str] = []
        self.line = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._lines)
        self.row.append(line)
        self.line += 1
        return line

    def go_back_to(self, kept: int) -> None:
        """Give the lines of the row again, but for the first ``kept``."""
        self._again += reversed(self.row[kept:])
        self.line -= len(self.row) - kept
        del self.row[kept:]


def _broken_lines(row: list[str], separator: str, width: int) -> int:
    """Count the lines of a broken row that are its own.

    A quote that is never closed takes in the lines behind it, up to the next quote. If that one
    opens a value, its line begins another row. If there is none, the lines are rows where each of
    them has as many values as the first row, and otherwise paragraphs of the broken one.
    """
    *_, last = row
    at = last.find('"')
    if len(row) > 1 and at >= 0:
        return len(row) - (at == 0 or last[at - 1] == separator)
    are_rows = all(line.count(separator) + 1 == width for line in row[1:])
    return 1 if are_rows else len(row)


def _separator(head: str, separators: str, fields: Fields) -> str:
    """Choose the separator by which the line of field names has one for the text."""
    find = column_finder(fields)
    for separator in separators:
        with suppress(csv.Error):  # which is told of the row, when it is read
            names = next(csv.reader([head], delimiter=separator), [])
            if find(tuple(names)).text:
                return separator
    return separators[0]
