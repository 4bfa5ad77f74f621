"""Batches of articles read without the interpreter lock: texts in UTF-8, the rest in columns."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np

from dedup.arrays import I64, U8, Ragged, decoded, encoded
from dedup.dump._escapes import unescape
from dedup.dump._json import PADDING, PLAIN, UNSURE, find_fields
from dedup.dump.cards import Card, Columns
from dedup.dump.dates import parse_date
from dedup.dump.files import BrokenFileError, Input
from dedup.dump.formats import Options, read_json_line
from dedup.dump.records import (
    Fields,
    Record,
    column_finder,
    first_value,
    record,
    wanted_names,
)
from dedup.model import Rejected

__all__ = ["Batch", "End", "LineBlock", "RecordBlock"]


@dataclass(slots=True)
class Batch:
    """The articles of a block in its order, and what was set aside.

    ``texts`` u8 are in UTF-8 with surrogates passed, ``numbers`` i64[n] the lines of the articles
    and of ``rejected``, counted in the block from 1 if it is one of ``lines`` lines, else in the
    file. An id that has to be made of the line is empty. ``places`` i64[n, 2] is where the line of
    each article stands in a file that may be read in any order: its offset and its length.
    """

    texts: Ragged
    numbers: I64
    ids: list[str]
    cards: list[Card] | Columns | None
    places: I64 | None = None
    lines: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

    def take(self, rows: I64) -> Batch:
        """Keep some articles, ascending, and what was set aside."""
        cards = self.cards
        if isinstance(cards, Columns):
            cards = cards.cards(self.ids)
        kept = rows.tolist()
        return replace(
            self,
            texts=self.texts.take(rows) if len(self.texts) else self.texts,
            numbers=self.numbers[rows],
            ids=[self.ids[row] for row in kept],
            cards=None if cards is None else [cards[row] for row in kept],
            places=None if self.places is None else self.places[rows],
        )


@dataclass(frozen=True, slots=True)
class End:
    """The end of a file of lines, or where it cannot be read on."""

    source: Input
    number: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RecordBlock:
    """Records made one by one, as of a table; ``source`` is ``None`` for articles at hand."""

    source: Input | None
    number: int
    records: list[Record | Rejected]
    lines: int = 0
    """How many lines it stands for, if they are numbered with those of blocks before it."""

    def read(self, *, with_cards: bool = True) -> Batch:
        """Put the records side by side."""
        good = [found for found in self.records if isinstance(found, Record)]
        return Batch(
            texts=encoded([found.article.text for found in good]),
            numbers=np.array([found.line for found in good], dtype=np.int64),
            ids=[found.article.id for found in good],
            cards=[_card(found) for found in good] if with_cards else None,
            lines=self.lines,
            rejected=[found for found in self.records if isinstance(found, Rejected)],
            notes=Counter(note for found in good for note in found.notes),
        )


def _card(found: Record) -> Card:
    article = found.article
    return Card(article.id, article.title, article.date, article.source, article.url)


@dataclass(frozen=True, slots=True)
class LineBlock:
    """Whole lines of JSON in UTF-8: ``data``, or ``size`` bytes of a file from ``offset`` on."""

    source: Input
    number: int
    options: Options
    data: bytes | None
    offset: int = 0
    size: int = 0

    def read(self, *, with_cards: bool = True) -> Batch:
        """Find the articles; lines that are odd in any way go through the full parser."""
        return _Lines(self, *self._load()).batch(with_cards)

    def _load(self) -> tuple[U8, int]:
        size = self.size if self.data is None else len(self.data)
        buffer = np.empty((size + PADDING + 8) // 8 * 8, dtype=np.uint8)
        if self.data is None:
            size = self._read_into(buffer[:size])
        else:
            buffer[:size] = np.frombuffer(self.data, dtype=np.uint8)
        buffer[size:] = ord("\n")
        return buffer, size + (size > 0 and bool(buffer[size - 1] != ord("\n")))

    def _read_into(self, buffer: U8) -> int:
        if self.source.path is None:
            raise ValueError("standard input cannot be read in any order")
        try:
            with self.source.path.open("rb", buffering=0) as stream:
                stream.seek(self.offset)
                return stream.readinto(buffer.data) or 0
        except OSError as error:
            raise BrokenFileError(f"cannot be read: {error.strerror or error}") from error


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of the fields as the compiled loops want them; see ``_json.find_fields``."""

    flat: U8
    starts: I64
    ranks: I64
    named: tuple[tuple[str, np.uint64], ...]
    """Fields that were asked for by name, and the bit of that name."""


_TEXT, _ID, _DATE = 0, 1, 2
_SMALL = slice(3, 6)
_ORDER = ("text", "id", "date", "title", "source", "url")


@lru_cache(maxsize=8)
def _names(fields: Fields) -> _Names:
    wanted = wanted_names(fields)
    distinct = list(dict.fromkeys(name for field in _ORDER for name in wanted[field]))
    ranks = np.full((len(distinct), len(_ORDER)), -1, dtype=np.int64)
    for column, field_name in enumerate(_ORDER):
        for rank, name in enumerate(wanted[field_name]):
            ranks[distinct.index(name), column] = rank
    flat = encoded(distinct)
    named = tuple(
        (field_name, np.uint64(1 << distinct.index(wanted[field_name][0])))
        for field_name in wanted
        if getattr(fields, field_name) is not None
    )
    return _Names(flat.values, flat.offsets, ranks, named)


class _Lines:
    """One block on its way to a batch."""

    def __init__(self, block: LineBlock, buffer: U8, size: int) -> None:
        names = _names(block.options.fields)
        self._block = block
        self._buffer = buffer
        self._named = names.named
        found = find_fields(buffer, size, names.flat, names.starts, names.ranks)
        self._starts, self._states, self._spans, self._seen = found
        self._states[np.diff(self._starts) - 1 > block.options.max_line_bytes] = UNSURE

    def batch(self, with_cards: bool) -> Batch:
        """Take the plain lines from where their fields stand, the others one by one."""
        rows, texts = self._texts()
        batch = Batch(
            texts=texts,
            numbers=rows + 1,
            ids=self._strings(rows, _ID),
            cards=None,
            lines=len(self._states),
            notes=self._missing(rows),
        )
        if with_cards:
            dates = self._dates(rows, batch.notes)
            small = self._spans[rows, _SMALL].reshape(-1, 2)
            batch.cards = Columns(dates, self._unescaped(small))
        if self._block.data is None:
            starts = self._starts[rows]
            lengths = self._starts[rows + 1] - starts - 1
            batch.places = np.stack((starts + self._block.offset, lengths), axis=1)
        odd = np.flatnonzero(self._states == UNSURE)
        return self._with_odd(batch, odd) if len(odd) else batch

    def _texts(self) -> tuple[I64, Ragged]:
        """Give the plain lines whose text is not blank, and their texts."""
        rows = np.flatnonzero(self._states == PLAIN)
        texts = self._unescaped(self._spans[rows, _TEXT])
        first = texts.values[texts.offsets[:-1]]
        doubtful = np.flatnonzero((first <= ord(" ")) | (first >= _DELETE))
        blank = [row for row in doubtful.tolist() if not decoded(texts[row]).strip()]
        if not blank:
            return rows, texts
        self._states[rows[blank]] = UNSURE
        rows = np.delete(rows, blank)
        return rows, self._unescaped(self._spans[rows, _TEXT])

    def _unescaped(self, spans: I64) -> Ragged:
        return Ragged(*unescape(self._buffer, spans))

    def _strings(self, rows: I64, column: int) -> list[str]:
        found = self._unescaped(self._spans[rows, column])
        data, ends = found.values.tobytes(), found.offsets.tolist()
        if data.isascii():  # which is faster cut when it is decoded
            line = data.decode()
            return [line[a:b] for a, b in pairwise(ends)]
        return [data[a:b].decode() for a, b in pairwise(ends)]

    def _dates(self, rows: I64, notes: Counter[str]) -> list[datetime.date | None]:
        values = self._strings(rows, _DATE)
        known: dict[str, datetime.date | None] = {}
        for value, count in Counter(values).items():
            try:
                known[value] = parse_date(value)
            except ValueError:
                known[value] = None
                notes["date: not a date"] += count
        return [known[value] for value in values]

    def _missing(self, rows: I64) -> Counter[str]:
        """Count the rows that lack a field that was asked for by name."""
        seen = self._seen[rows]
        counts = {name: int((seen & bit == 0).sum()) for name, bit in self._named}
        return Counter({f"{name}: no such field": n for name, n in counts.items() if n})

    def _with_odd(self, batch: Batch, odd: I64) -> Batch:
        """Put the odd lines, read one by one, between the plain ones."""
        found, made = [], []
        for line in odd.tolist():
            taken = self._slowly(line)
            if isinstance(taken, Rejected):
                batch.rejected.append(taken)
            elif taken is not None:
                found.append(taken[0])
                made.append(taken[1])
        if not found:
            return batch
        slow = RecordBlock(None, 0, list(found)).read(with_cards=batch.cards is not None)
        for row in np.flatnonzero(made).tolist():
            slow.ids[row] = ""
        return _merged(batch, self._located(slow))

    def _located(self, slow: Batch) -> Batch:
        if self._block.data is not None:
            return slow
        starts = self._starts[slow.numbers - 1]
        lengths = self._starts[slow.numbers] - starts - 1
        return replace(slow, places=np.stack((starts + self._block.offset, lengths), axis=1))

    def _slowly(self, line: int) -> tuple[Record, bool] | Rejected | None:
        """Read a line by the full parser: its record, and whether its id was made."""
        source, options = self._block.source, self._block.options
        start, end = int(self._starts[line]), int(self._starts[line + 1]) - 1
        too_long = end - start > options.max_line_bytes
        data = None if too_long else self._buffer[start:end].tobytes()
        row = read_json_line(source, line + 1, data, options)
        if row is None or isinstance(row, Rejected):
            return row
        columns = column_finder(options.fields)(tuple(row.values))
        found = record(row, columns, source.name, source.label)
        if isinstance(found, Rejected):
            return found
        return found, first_value(row.values, columns.id) is None


_DELETE = 0x7F


def _merged(plain: Batch, slow: Batch) -> Batch:
    """Put two batches of one block into the order of its lines."""
    numbers = np.concatenate((plain.numbers, slow.numbers))
    places = cards = None
    if plain.places is not None and slow.places is not None:
        places = np.concatenate((plain.places, slow.places))
    if isinstance(plain.cards, Columns) and isinstance(slow.cards, list):
        cards = plain.cards.cards(plain.ids) + slow.cards
    both = Batch(
        texts=Ragged.joined([plain.texts, slow.texts], np.uint8),
        numbers=numbers,
        ids=plain.ids + slow.ids,
        cards=cards,
        places=places,
        lines=plain.lines,
        rejected=plain.rejected,
        notes=plain.notes + slow.notes,
    )
    return both.take(np.argsort(numbers, kind="stable"))
