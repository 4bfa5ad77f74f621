"""The plain formats: JSON Lines, a JSON array, CSV, TSV and text files."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from dedup.dump.documents import begins_document, not_an_object, read_document
from dedup.dump.files import decode, lines, unpacked, whole, with_line_feeds
from dedup.dump.inputs import Input
from dedup.dump.packing import BrokenFileError
from dedup.dump.records import Fields, Row, column_finder, distinct_names, with_inner
from dedup.errors import brief
from dedup.model import Rejected

MAX_LINE_BYTES = 64 << 20
"""A line longer than this is set aside: it is no article, and it must not fill the memory."""


@dataclass(frozen=True, slots=True)
class Options:
    """What readers have to know besides the file."""

    encoding: str = "utf-8"
    fields: Fields = field(default_factory=Fields)
    max_line_bytes: int = MAX_LINE_BYTES
    extract_html: bool = False
    """Whether HTML in the texts of a dump is taken out of them, or only told."""
    fields_only: bool = False
    """Whether columns of a table may be left unread that hold no field of an article."""


def too_long(options: Options) -> str:
    """Word the reason to set aside a line that is longer than a line may be."""
    return f"the line is longer than {options.max_line_bytes:,} bytes"


class OpenedJson(NamedTuple):
    """A file of JSON: its blocks, unpacked, what encoding they have, and how to read them."""

    blocks: Iterator[bytes]
    encoding: str
    is_document: bool


def open_json(source: Input, options: Options) -> OpenedJson:
    """Open JSON Lines, or a document of JSON that is none."""
    blocks, encoding = unpacked(source, options.encoding)
    blocks = with_line_feeds(blocks)
    head = next(blocks, b"")
    return OpenedJson(chain((head,), blocks), encoding, begins_document(head))


def read_json(source: Input, options: Options) -> Iterator[Row | Rejected]:
    """Read JSON Lines, or a file that is one JSON array or object."""
    return read_opened_json(source, open_json(source, options), options)


def read_opened_json(
    source: Input, opened: OpenedJson, options: Options
) -> Iterator[Row | Rejected]:
    """Read what :func:`open_json` has opened."""
    options = replace(options, encoding=opened.encoding)
    if opened.is_document:
        return read_document(source, opened.blocks, opened.encoding, options.max_line_bytes)
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
    return Rejected(source.name, number, too_long(options))


def read_json_line(
    source: Input, number: int, line: bytes | None, options: Options
) -> Row | Rejected | None:
    """Read one line of JSON; ``None`` for an empty one. ``line`` is ``None`` for one too long."""
    import orjson

    if line is None:
        return line_too_long(source, number, options)
    line = line.removeprefix(codecs.BOM_UTF8)  # of a file that others were appended to
    try:
        value = orjson.loads(line) if is_utf8(options.encoding) else None
    except orjson.JSONDecodeError:
        value = None
    if type(value) is dict:
        return Row(number, with_inner(value), line.strip())
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
        return Rejected(source.name, number, not_an_object(value))
    return Row(number, with_inner(value), text.strip().encode("utf-8"))


def _broken_json(error: json.JSONDecodeError, length: int) -> str:
    at = f"character {error.pos + 1}"
    if error.msg.startswith("Unterminated string"):  # which no line break can end
        return f"broken JSON: the line ends inside the string that begins at {at}"
    where = "the line ends too early" if error.pos >= length else f"at {at}"
    return f"broken JSON: {error.msg}, {where}"


def read_text(source: Input, options: Options) -> Iterator[Row | Rejected]:
    """Read a text file: one article, whose id is the file's name without suffix."""
    blocks, encoding = unpacked(source, options.encoding)
    try:
        text = decode(whole(blocks, options.max_line_bytes), encoding)
    except ValueError as error:
        yield Rejected(source.name, 0, str(error))
        return
    yield Row(0, {"id": source.label, "text": text})


def check_columns(names: Sequence[str], options: Options) -> list[str]:
    """Give the names of a table's columns, each once.

    Raises :class:`BrokenFileError` that tells them if none is the text, or if a field that is read
    could be either of two.
    """
    try:
        found = distinct_names(names, options.fields)
    except ValueError as error:
        raise BrokenFileError(str(error)) from None
    if not column_finder(options.fields)(tuple(names)).text:
        shown = brief(", ".join(names), _SHOWN_COLUMNS)
        named = options.fields.text
        told = "" if named is None else f": no column {named!r}"
        raise BrokenFileError(f"no text{told}: the columns are {shown}; name the one that holds it")
    return found


_SHOWN_COLUMNS = 200
"""Characters of column names that a message shows."""
