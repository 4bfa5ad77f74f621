"""Read a whole dump: many inputs, one stream of records, nothing lost in silence."""

from __future__ import annotations

import codecs
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dedup.dump.extras import check_extra
from dedup.dump.feeds import read_xml
from dedup.dump.formats import (
    MAX_LINE_BYTES,
    Options,
    read_json,
    read_text,
)
from dedup.dump.inputs import Input, find_inputs, single_input
from dedup.dump.packing import BrokenFileError
from dedup.dump.records import Fields, Record, Row, column_finder, record
from dedup.dump.repeats import claimed
from dedup.dump.separated import read_csv, read_tsv
from dedup.dump.tables import read_arrow, read_parquet
from dedup.dump.webpages import read_html, read_warc
from dedup.errors import DumpError, InputError
from dedup.hints import warn_of_a_file
from dedup.model import Article, Rejected

FORMATS: Mapping[str, Callable[[Input, Options], Iterator[Row | Rejected]]] = {
    ".jsonl": read_json,
    ".ndjson": read_json,
    ".json": read_json,
    ".csv": read_csv,
    ".tsv": read_tsv,
    ".txt": read_text,
    ".html": read_html,
    ".htm": read_html,
    ".warc": read_warc,
    ".wet": read_warc,
    ".rss": read_xml,
    ".atom": read_xml,
    ".xml": read_xml,
    ".parquet": read_parquet,
    ".arrow": read_arrow,
    ".feather": read_arrow,
}
"""The reader of each format by the suffix of its files; any may be packed as .gz or .zst."""


def read(
    paths: str | Path | Iterable[str | Path],
    fields: Fields | None = None,
    *,
    encoding: str = "utf-8",
    max_line_bytes: int = MAX_LINE_BYTES,
    extract_html: bool = False,
) -> Iterator[Record | Rejected]:
    r"""Stream the articles of files, folders, globs and standard input (``"-"``), in their order.

    A record that cannot be used comes as a :class:`Rejected` in its place, and so does, with line
    0, a file that cannot be read; reading goes on behind it. Among them are the second of two
    records with one id, and a file without any article. An article whose date, title, source or
    URL is unreadable is kept without it, and :attr:`Record.notes` says so.

    Raises :class:`InputError` for arguments that cannot be used, :class:`MissingExtraError` for a
    format whose package is not installed and, when the stream ends,
    :class:`DumpError` if there was no record in it, good or bad. Memory is bounded by the
    longest line and the ids, each with some 100 bytes.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     dump = Path(folder) / "news.jsonl"
    ...     _ = dump.write_text('{"id": 7, "Headline": "Rain", "body": "Rain fell."}\n{"id": 8}')
    ...     [found.article.id if isinstance(found, Record) else found.line for found in read(dump)]
    ['7', 2]
    """
    options = make_options(fields, encoding, max_line_bytes, extract_html=extract_html)
    inputs, failed, _ = find_readable(paths)
    return read_inputs(inputs, failed, options)


def read_article(path: str | Path, *, encoding: str = "utf-8") -> Article:
    """Read a file that is one article: a web page by its suffix, else a text; ``-`` is a text.

    A text may be empty and of any length. The id is the file's name. Raises :class:`DumpError` for
    a file that cannot be read or holds no article, :class:`InputError` and
    :class:`MissingExtraError` as :func:`read`.
    """
    options = make_options(None, encoding, sys.maxsize)
    source = single_input(path)
    if source.format in _OF_MANY:
        wanted = "a text or a web page; dedup scan and dedup index add read dumps"
        raise InputError(f"{source.name}: a dump of many articles, wanted {wanted}")
    read_one = read_html if FORMATS.get(source.format) is read_html else read_text
    try:
        row = next(read_one(source, options))
    except BrokenFileError as error:
        raise DumpError(f"{source.name}: {error.reason}") from error
    if isinstance(row, Rejected):
        raise DumpError(f"{source.name}: {row.reason}")
    if read_one is read_text:  # of which every character counts, and which may be blank
        return Article(source.label, row.values["text"])
    found = record(row, column_finder(Fields())(tuple(row.values)), source.name)
    if isinstance(found, Rejected):
        raise DumpError(f"{source.name}: {found.reason}")
    return found.article


_ONE_ARTICLE = frozenset({".txt", ".html", ".htm"})
"""Formats of files that are one article each."""
_OF_MANY = frozenset({*FORMATS, ".zip"} - _ONE_ARTICLE)


def find_readable(
    paths: str | Path | Iterable[str | Path],
) -> tuple[list[Input], list[Rejected], Mapping[str, int]]:
    """Find the files of a dump, what led to none, and what was passed over, counted by suffix.

    Raises :class:`DumpError` where nothing at all can be read.
    """
    if isinstance(paths, (str, Path)):
        paths = [paths]
    skipped: Counter[str] = Counter()
    inputs, failed = find_inputs(paths, FORMATS, skipped)
    if not inputs:
        raise DumpError(nothing_read(failed))
    for kind in sorted({source.format for source in inputs}):
        check_extra(kind)
    notes = {f"files passed over in folders: {kind}": n for kind, n in sorted(skipped.items())}
    return inputs, failed, notes


def read_values(
    values: Iterable[Article | str | Mapping[str, Any]],
    source: str = "articles",
    fields: Fields | None = None,
    *,
    extract_html: bool = False,
) -> Iterator[Record | Rejected]:
    """Stream articles that are at hand: articles, texts, or mappings with the usual field names.

    The records are as :func:`read` makes them, with ``source`` for a file and the position, from
    1, for a line. An id that is missing is made (:func:`~dedup.dump.ids.made_id`). A value of
    another type raises :class:`InputError`.

    >>> [record.article.id for record in read_values([{"id": 5, "body": "Snow."}])]
    ['5']
    """
    options = make_options(fields, extract_html=extract_html)
    return claimed(values_of(values, source, options))


def values_of(values: Iterable[Any], source: str, options: Options) -> Iterator[Record | Rejected]:
    """Make records of articles at hand, whatever ids they have; see :func:`read_values`.

    The first ``str`` that is the path of a file, which was meant, as a rule, is told by a warning.
    """
    told = False
    for line, value in enumerate(values, start=1):
        told = told or (isinstance(value, str) and warn_of_a_file(value, f"{source}[{line - 1}]"))
        yield read_value(value, line - 1, source, options)


def read_value(value: object, position: int, source: str, options: Options) -> Record | Rejected:
    """Make the record of an article at hand, or tell why it cannot be used."""
    line = position + 1
    if isinstance(value, Article):
        if not value.text.strip():
            return Rejected(source, line, "empty text: the field is text")
        return Record(value, source, line, asdict(value))
    if isinstance(value, str):
        value = {"text": value}
    if not isinstance(value, Mapping):
        wanted = "a str, a dedup.Article or a mapping with a text"
        raise InputError.of(f"{source}[{position}]", value, wanted)
    columns = column_finder(options.fields)(tuple(value))
    return record(Row(line, value), columns, source, extract_html=options.extract_html)


def check_encoding(encoding: str) -> None:
    """Raise :class:`InputError` for what is not the name of a text encoding."""
    try:
        codecs.lookup(encoding)
        "".encode(encoding)
    except (LookupError, TypeError, ValueError):
        raise InputError.of("encoding", encoding, "the name of a text encoding") from None


def make_options(
    fields: Fields | None = None,
    encoding: str = "utf-8",
    max_line_bytes: int = MAX_LINE_BYTES,
    *,
    extract_html: bool = False,
) -> Options:
    """Check what readers have to know besides the file."""
    if fields is not None and not isinstance(fields, Fields):
        raise InputError.of("fields", fields, "a dedup.Fields or None")
    check_encoding(encoding)
    if not isinstance(max_line_bytes, int) or max_line_bytes < 1:
        raise InputError.of("max_line_bytes", max_line_bytes, "an int of 1 or more")
    if not isinstance(extract_html, bool):
        raise InputError.of("extract_html", extract_html, "True or False")
    return Options(encoding, fields or Fields(), max_line_bytes, extract_html)


def read_inputs(
    inputs: list[Input],
    failed: list[Rejected],
    options: Options,
    aside: Mapping[int, Rejected] | None = None,
) -> Iterator[Record | Rejected]:
    """Read files that were found, record by record; see :func:`read`.

    ``aside`` are the records set aside for their ids, by number, where that is known already.
    """
    return claimed(_records(inputs, failed, options), aside)


def _records(
    inputs: list[Input], failed: list[Rejected], options: Options
) -> Iterator[Record | Rejected]:
    yield from failed
    useless = list(failed)
    any_record = False
    for source in inputs:
        for found in _read_input(source, options):
            if isinstance(found, Rejected) and found.line == 0:
                useless.append(found)
            else:
                any_record = True
            yield found
    if not any_record:
        raise DumpError(nothing_read(useless))


def _read_input(source: Input, options: Options) -> Iterator[Record | Rejected]:
    """Read one file to its end or to where it breaks, which is told in its last item."""
    return records_of(source, lambda: FORMATS[source.format](source, options), options)


def records_of(
    source: Input, rows: Callable[[], Iterator[Row | Rejected]], options: Options
) -> Iterator[Record | Rejected]:
    """Make records of the rows of a file; its last item tells where it breaks, or of no rows."""
    columns = column_finder(Fields() if source.format in _NAMED_HERE else options.fields)
    empty = True
    try:
        for row in rows():
            empty = False
            if isinstance(row, Rejected):
                yield row
            else:
                shape = columns(tuple(row.values))
                yield record(row, shape, source.name, extract_html=options.extract_html)
    except BrokenFileError as error:
        yield Rejected(source.name, 0 if empty else error.line, error.reason)
    else:
        if empty:
            yield Rejected(source.name, 0, "no article in it")


_NAMED_HERE = frozenset({".txt", ".html", ".htm", ".warc", ".wet", ".rss", ".atom", ".xml"})
"""Formats without fields of their own: theirs have the usual names, whatever others are called."""


def nothing_read(failed: Sequence[Rejected]) -> str:
    """Word the error for inputs in which there was nothing to read; the first few are named."""
    return _first_few(failed) if failed else "paths: got none, wanted files, folders or globs"


def nothing_usable(rejected: Sequence[Rejected]) -> str:
    """Word the error for a dump whose records were all set aside; the first few are named."""
    return f"no article could be used, every record was set aside: {_first_few(rejected)}"


def _first_few(rejected: Sequence[Rejected]) -> str:
    named = [
        f"{item.source}:{item.line}: {item.reason}"
        if item.line
        else f"{item.source}: {item.reason}"
        for item in rejected[:_FAILURES_NAMED]
    ]
    more = len(rejected) - _FAILURES_NAMED
    return "; ".join(named) + (f"; and {more:,} more" if more > 0 else "")


_FAILURES_NAMED = 3
