r"""Tables as text: CSV, whose values may be quoted, and TSV, whose values stand as they are.

CSV is RFC 4180, read strictly, since a quotation mark too few or too many would else take in rows
without a word. A row that is broken is set aside, and reading goes on with the first line behind
its beginning from which rows come again. TSV is what databases write (``COPY``): no quoting, a tab
or line break in a value spelled out as ``\t`` or ``\n``, a missing value as ``\N``.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice

from dedup.dump.files import decode, lines, unpacked, with_line_feeds
from dedup.dump.formats import Options, check_columns, too_long
from dedup.dump.inputs import Input
from dedup.dump.packing import BrokenFileError
from dedup.dump.records import Fields, Row, column_finder
from dedup.model import Rejected

ESCAPED_QUOTES = "CSV: quotation marks escaped by a backslash"
"""The note for a row that was read although it follows another rule than CSV's."""
CUT_SHORT = "a row with fewer values than the first line has fields"
"""The note for a row that has its text; one without is set aside."""
_NAMES_AGAIN = "the names of the fields again"


def read_csv(source: Input, options: Options) -> Iterator[Row | Rejected]:
    """Read comma-separated values; its first line, of names, tells ``;``, tab and ``|`` apart."""
    found = _CsvRows(_Lines(source, options), ",;\t|", options)
    return _rows(source, options, iter(found))


def read_tsv(source: Input, options: Options) -> Iterator[Row | Rejected]:
    """Read tab-separated values with a line of field names."""
    texts = _Lines(source, options)
    head = texts.look()
    if head.startswith('"') and head.rstrip("\r\n").endswith('"'):  # as spreadsheets write it
        return _rows(source, options, iter(_CsvRows(texts, "\t", options)))
    return _rows(source, options, _tsv_rows(texts))


Cells = Sequence[str | None]
_Found = tuple[int, Cells | str, tuple[str, ...]]
"""The line on which a row begins, its cells or why it has none, and notes."""


def _rows(source: Input, options: Options, found: Iterator[_Found]) -> Iterator[Row | Rejected]:
    """Put rows under the names that the first of them holds."""
    names: list[str] | None = None
    head: Cells = ()
    least = 0  # places up to the first that may hold the text
    for line, cells, notes in found:
        if isinstance(cells, str):
            if names is None:
                raise BrokenFileError(f"the names of the fields: {cells}")
            yield Rejected(source.name, line, cells)
        elif names is None:
            head = cells
            names = check_columns([cell or "" for cell in cells], options)
            texts = column_finder(options.fields)(tuple(names)).text
            least = 1 + min(map(names.index, texts))
        elif not least <= len(cells) <= len(names):
            wrong = "few" if len(cells) < least else "many"
            reason = (
                f"too {wrong} values: {len(cells)} for the {len(names)} fields of the first line"
            )
            yield Rejected(source.name, line, reason)
        elif list(cells) == list(head):
            yield Rejected(source.name, line, _NAMES_AGAIN)
        else:
            notes = notes if len(cells) == len(names) else (*notes, CUT_SHORT)
            yield Row(line, dict(zip(names, cells, strict=False)), notes=notes)


class _Lines:
    """Decoded lines, of which some may be taken back.

    A line that is too long or not in the encoding comes as far as it can be read, so that it is
    counted and quoted rightly, and the reason to set its row aside is kept by line number.
    """

    def __init__(self, source: Input, options: Options) -> None:
        blocks, self._encoding = unpacked(source, options.encoding)
        self._numbered = lines(with_line_feeds(blocks), options.max_line_bytes)
        self._too_long = too_long(options)
        self._unusable: dict[int, str] = {}
        self._ahead: deque[str] = deque()
        self.number = 0
        """Of the line that was given last."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        text = self._ahead.popleft() if self._ahead else self._read()
        self.number += 1
        return text

    def _read(self) -> str:
        number, line = next(self._numbered)
        if line is None:
            self._unusable[number] = self._too_long
            return "\n"
        try:
            return decode(line, self._encoding).removeprefix("\ufeff") + "\n"
        except ValueError as error:
            self._unusable[number] = str(error)
            return line.decode("latin-1") + "\n"

    def look(self) -> str:
        """Give the first line that is not blank, which is still to come."""
        passed = []
        for text in self:
            passed.append(text)
            if text.strip():
                break
        self.take_back(passed)
        return passed[-1] if passed else ""

    def take_back(self, texts: Sequence[str]) -> None:
        """Take back the lines that were given last."""
        self._ahead.extendleft(reversed(texts))
        self.number -= len(texts)

    def why_not(self) -> str | None:
        """Take the reasons, if there are any, to set aside the row that ends with this line."""
        numbers = [number for number in self._unusable if number <= self.number]
        reasons = [self._unusable.pop(number) for number in sorted(numbers)]
        return reasons[0] if reasons else None


_ESCAPE = re.compile(r"\\([btnrfv\\])")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "\\": "\\"}
_MISSING, _END = r"\N", r"\."


def _tsv_rows(texts: _Lines) -> Iterator[_Found]:
    for text in texts:
        line = text.rstrip("\r\n")
        reason = texts.why_not()
        if reason is not None:
            yield texts.number, reason, ()
        elif line.strip() and line != _END:
            yield texts.number, [_unescaped(cell) for cell in line.split("\t")], ()


def _unescaped(cell: str) -> str | None:
    r"""Undo what ``COPY`` escapes.

    >>> _unescaped(r"a\tb\\n\d"), _unescaped(r"\N")
    ('a\tb\\n\\d', None)
    """
    if cell == _MISSING:
        return None
    return _ESCAPE.sub(lambda found: _ESCAPES[found[1]], cell) if "\\" in cell else cell


class _CsvRows:
    """The rows of a CSV file, the broken ones among them."""

    def __init__(self, texts: _Lines, separators: str, options: Options) -> None:
        # The limit belongs to the process, the module has no other; it is raised, never lowered.
        csv.field_size_limit(max(options.max_line_bytes, csv.field_size_limit()))
        self._texts = texts
        self._most = options.max_line_bytes
        self._separators = separators
        self._fields = options.fields
        self._separator = separators[0]
        self._width = 0  # of the first row, which names the fields

    def __iter__(self) -> Iterator[_Found]:
        self._choose_separator()
        while True:
            first = self._texts.number + 1
            row: list[str] = []
            notes: tuple[str, ...] = ()
            try:
                cells, reason = self._row(self._texts, row), None
            except StopIteration:
                return
            except csv.Error as error:
                cells, notes = self._escaped(row)
                reason = None if cells else f"broken CSV: {error}"
                if reason:
                    self._texts.take_back(row[self._broken_lines(row) :])
            else:
                if self._width and len(cells) > self._width and '\\"' in row[0]:
                    again, notes = self._escaped(row)
                    cells = again or cells
            self._width = self._width or len(cells)
            reason = self._texts.why_not() or reason
            last = self._texts.number
            if reason is not None:
                yield first, reason if last == first else f"{reason} (lines {first} to {last})", ()
            elif cells:
                yield first, cells, notes

    def _choose_separator(self) -> None:
        head = self._texts.look()
        told = _TOLD_SEPARATOR.fullmatch(head)
        if told is not None:
            for text in self._texts:
                if text.strip():
                    break
            self._separator = told[1]
        else:
            self._separator = _separator(head, self._separators, self._fields)

    def _row(
        self, texts: Iterator[str], taken: list[str], *, is_escaped: bool = False
    ) -> list[str]:
        """Read a row of lines, which ``taken`` gets; raises :class:`csv.Error` for a broken one."""
        reader = csv.reader(
            self._counted(texts, taken),
            delimiter=self._separator,
            strict=True,
            doublequote=not is_escaped,
            escapechar="\\" if is_escaped else None,
        )
        return next(reader)

    def _counted(self, texts: Iterator[str], taken: list[str]) -> Iterator[str]:
        size = 0
        for text in texts:
            size += len(text)
            taken.append(text)
            if len(taken) > 1 and size > self._most:
                raise csv.Error(f"a row of more than {self._most:,} characters")
            yield text

    def _escaped(self, row: list[str]) -> tuple[list[str], tuple[str, ...]]:
        r"""Read a row again in which ``\"`` stands for a quotation mark; nothing if it does not.

        Lines that the row does not need are taken back.
        """
        if not any('\\"' in text for text in row):
            return [], ()
        taken: list[str] = []
        with suppress(csv.Error, StopIteration):
            cells = self._row(iter(row), taken, is_escaped=True)
            if len(cells) == self._width:
                self._texts.take_back(row[len(taken) :])
                return cells, (ESCAPED_QUOTES,)
        return [], ()

    def _broken_lines(self, row: list[str]) -> int:
        """Count the lines of a broken row that are its own.

        A quote that is never closed takes in the lines behind it. The first of them that is a row
        with as many values as the first row, and is not followed by one with fewer or more, as a
        line of prose would be, begins another row. Where none is, that may be the last line, if its
        quote opens a value.
        """
        ahead = list(row)
        looking = self._looked_at(ahead)
        budget = _MOST_LOOKS + 8 * len(row)
        found = len(row) - self._opens_value(row)
        for start in range(1, len(row)):
            if budget <= 0:
                break
            passed: list[str] = []
            texts = iter(_From(ahead, start, looking))
            if self._is_row(texts, passed) and self._may_follow(texts, passed):
                found = start
                break
            budget -= len(passed) + 1
        self._texts.take_back(ahead[len(row) :])
        return found

    def _opens_value(self, row: list[str]) -> bool:
        at = row[-1].find('"')
        return len(row) > 1 and at >= 0 and (at == 0 or row[-1][at - 1] == self._separator)

    def _looked_at(self, ahead: list[str]) -> Iterator[str]:
        """Read lines behind the row, as far as one may look."""
        for text in islice(self._texts, _MOST_AHEAD):
            ahead.append(text)
            yield text

    def _is_row(self, texts: Iterator[str], passed: list[str]) -> bool:
        try:
            return len(self._row(texts, passed)) == self._width
        except (csv.Error, StopIteration):
            return False

    def _may_follow(self, texts: Iterator[str], passed: list[str]) -> bool:
        try:
            cells = self._row(texts, passed)
        except (csv.Error, StopIteration):
            return True
        return len(cells) in {0, self._width}


_MOST_AHEAD = 200
"""Lines behind a broken row that are looked at to tell where rows come again."""
_MOST_LOOKS = 10_000


class _From:
    """Lines at hand from one on, and then those that are still to be read."""

    def __init__(self, at_hand: list[str], start: int, more: Iterator[str]) -> None:
        self._at_hand = at_hand
        self._at = start
        self._more = more

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._at == len(self._at_hand):
            next(self._more)  # which puts it at hand
        self._at += 1
        return self._at_hand[self._at - 1]


_TOLD_SEPARATOR = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""A first line by which spreadsheets tell the separator."""


def _separator(head: str, separators: str, fields: Fields) -> str:
    """Choose the separator by which the line of field names has one for the text."""
    find = column_finder(fields)
    for separator in separators:
        with suppress(csv.Error):  # which is told of the row, when it is read
            names = next(csv.reader([head], delimiter=separator), [])
            if find(tuple(names)).text:
                return separator
    return separators[0]
