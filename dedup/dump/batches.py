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
from dedup.dump.cards import Columns
from dedup.dump.cells import IdKind
from dedup.dump.dates import parse_date
from dedup.dump.formats import Options, read_json_line
from dedup.dump.ids import made_id
from dedup.dump.inputs import Input
from dedup.dump.mending import HAS_MARKUP, mended_names, mended_rows
from dedup.dump.packing import BrokenFileError
from dedup.dump.records import (
    NOT_A_DATE,
    Fields,
    Record,
    column_finder,
    no_such_field,
    record,
    wanted_names,
)
from dedup.model import Rejected


@dataclass(slots=True)
class Batch:
    """The articles of a block in its order, and what was set aside.

    ``texts`` u8 are in UTF-8 with surrogates passed, ``numbers`` i64[n] the lines of the articles
    and of ``rejected``, counted in the block from 1 if it is one of ``lines`` lines, else in the
    file. ``kinds`` u8[n] are what the ids were (:class:`~dedup.dump.cells.IdKind`). ``places``
    i64[n, 2] is where the line of each article stands in a file that may be read in any order: its
    offset and its length.
    """

    texts: Ragged
    numbers: I64
    ids: list[str]
    cards: Columns | None
    kinds: U8
    places: I64 | None = None
    lines: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

    def take(self, rows: I64) -> Batch:
        """Keep some articles, ascending, and what was set aside."""
        kept = rows.tolist()
        return replace(
            self,
            texts=self.texts.take(rows) if len(self.texts) else self.texts,
            numbers=self.numbers[rows],
            ids=[self.ids[row] for row in kept],
            cards=self.cards and self.cards.taken(rows),
            kinds=self.kinds[rows],
            places=None if self.places is None else self.places[rows],
        )


@dataclass(frozen=True, slots=True)
class End:
    """The end of a file of lines, or where it cannot be read on."""

    source: Input
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RecordBlock:
    """Records made one by one, as of a table; ``source`` is ``None`` for articles at hand."""

    source: Input | None
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
            cards=Columns.of([found.article for found in good]) if with_cards else None,
            kinds=np.array([found.id_kind for found in good], dtype=np.uint8),
            lines=self.lines,
            rejected=[found for found in self.records if isinstance(found, Rejected)],
            notes=Counter(note for found in good for note in found.notes),
        )


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

    def texts(self) -> Ragged:
        """Find the texts alone, u8 in UTF-8, of lines that were found to be articles before."""
        return _Lines(self, *self._load()).texts_alone()

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
        try:
            with self.source.file.open("rb", buffering=0) as stream:
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
    dates: np.uint64
    """The bits of the names that dates go by."""


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
        (no_such_field(field_name, name), np.uint64(1 << distinct.index(wanted[field_name][0])))
        for field_name in wanted
        if (name := getattr(fields, field_name)) is not None
    )
    dates = sum(1 << distinct.index(name) for name in wanted["date"])
    return _Names(flat.values, flat.offsets, ranks, named, np.uint64(dates))


class _Lines:
    """One block on its way to a batch."""

    def __init__(self, block: LineBlock, buffer: U8, size: int) -> None:
        names = _names(block.options.fields)
        self._block = block
        self._buffer = buffer
        self._named = names.named
        self._date_names = names.dates
        found = find_fields(buffer, size, names.flat, names.starts, names.ranks)
        self._starts, self._states, self._spans, self._seen = found
        self._states[np.diff(self._starts) - 1 > block.options.max_line_bytes] = UNSURE

    def batch(self, with_cards: bool) -> Batch:
        """Take the plain lines from where their fields stand, the others one by one."""
        self._leave_blank_fields()
        self._leave_second_dates()
        rows, texts, marked = self._texts()
        batch = Batch(
            texts=texts,
            numbers=rows + 1,
            ids=self._strings(rows, _ID),
            cards=None,
            kinds=self._id_kinds(rows),
            lines=len(self._states),
            notes=self._missing(rows),
        )
        if marked:
            batch.notes[HAS_MARKUP] += marked
        unnamed = [row for row, name in enumerate(batch.ids) if not name]
        if with_cards:
            batch.cards = self._columns(rows, batch.notes)
        self._make_ids(batch, rows, unnamed)
        batch.places = self._places(rows)
        odd = np.flatnonzero(self._states == UNSURE)
        return self._with_odd(batch, odd) if len(odd) else batch

    def texts_alone(self) -> Ragged:
        """Give the texts; what else stands in a line makes none of them odd."""
        rows, texts, _ = self._texts()
        odd = np.flatnonzero(self._states == UNSURE)
        if not len(odd):
            return texts
        batch = Batch(texts, rows + 1, [""] * len(rows), None, np.zeros(len(rows), np.uint8))
        return self._with_odd(batch, odd).texts

    def _columns(self, rows: I64, notes: Counter[str]) -> Columns:
        names = self._unescaped(self._spans[rows, _SMALL].reshape(-1, 2))
        return Columns(self._dates(rows, notes), mended_names(names))

    def _make_ids(self, batch: Batch, rows: I64, unnamed: list[int]) -> None:
        """Make the ids that are missing, as :func:`~dedup.dump.records.record` does."""
        if not unnamed:
            return
        columns = self._columns(rows[unnamed], Counter())
        cards = columns.articles(range(len(unnamed)), [""] * len(unnamed))
        for row, card in zip(unnamed, cards, strict=True):
            text = batch.texts[row].tobytes()
            batch.ids[row] = made_id(text, card.title, card.date, card.source, card.url)

    def _id_kinds(self, rows: I64) -> U8:
        """Tell numbers from strings by the quotation mark before them."""
        starts, ends = self._spans[rows, _ID, 0], self._spans[rows, _ID, 1]
        is_number = (ends > starts) & (self._buffer[starts - 1] != ord('"'))
        return np.where(is_number, np.uint8(IdKind.INT), np.uint8(IdKind.STR))

    def _leave_blank_fields(self) -> None:
        """Leave lines to the full parser in which a small field holds nothing but white space."""
        plain = np.flatnonzero(self._states == PLAIN)
        spans = self._spans[plain][:, _MAY_BE_BLANK].reshape(-1, 2)
        is_doubtful = _MAY_BEGIN_BLANK[self._buffer[spans[:, 0]]] & (spans[:, 1] > spans[:, 0])
        doubtful = np.flatnonzero(is_doubtful)
        found = self._unescaped(spans[doubtful])
        blank = [k for k in range(len(doubtful)) if not decoded(found[k]).strip()]
        lines = plain[doubtful[blank] // len(_MAY_BE_BLANK)]
        self._states[lines] = UNSURE

    def _leave_second_dates(self) -> None:
        """Leave lines to the full parser whose date cannot be read and that have a second one."""
        dates = self._seen & self._date_names
        several = (dates & (dates - np.uint64(1))) != 0
        rows = np.flatnonzero(several & (self._states == PLAIN))
        unread = [_date_of(value) is None for value in self._strings(rows, _DATE)]
        self._states[rows[np.flatnonzero(unread)]] = UNSURE

    def _texts(self) -> tuple[I64, Ragged, int]:
        """Give the plain lines whose text is not blank, their texts, how many have markup."""
        rows = np.flatnonzero(self._states == PLAIN)
        texts, marked = self._mended(rows)
        filled = np.flatnonzero(np.diff(texts.offsets))
        first = texts.values[texts.offsets[filled]]
        doubtful = filled[(first <= ord(" ")) | (first >= _DELETE)]
        blank = [row for row in doubtful.tolist() if not decoded(texts[row]).strip()]
        blank += np.flatnonzero(np.diff(texts.offsets) == 0).tolist()
        if not blank:
            return rows, texts, marked
        self._states[rows[blank]] = UNSURE
        rows = np.delete(rows, blank)
        return rows, *self._mended(rows)

    def _mended(self, rows: I64) -> tuple[Ragged, int]:
        texts = self._unescaped(self._spans[rows, _TEXT])
        return mended_rows(texts, extract_html=self._block.options.extract_html)

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
                notes[NOT_A_DATE] += count
        return [known[value] for value in values]

    def _missing(self, rows: I64) -> Counter[str]:
        """Count the rows that lack a field that was asked for by name."""
        seen = self._seen[rows]
        counts = {note: int((seen & bit == 0).sum()) for note, bit in self._named}
        return Counter({note: n for note, n in counts.items() if n})

    def _with_odd(self, batch: Batch, odd: I64) -> Batch:
        """Put the odd lines, read one by one, between the plain ones."""
        found = [item for item in map(self._slowly, odd.tolist()) if item is not None]
        batch.rejected += [item for item in found if isinstance(item, Rejected)]
        good = [item for item in found if isinstance(item, Record)]
        if not good:
            return batch
        slow = RecordBlock(None, list(good)).read(with_cards=batch.cards is not None)
        slow.places = self._places(slow.numbers - 1)
        return _merged(batch, slow)

    def _places(self, rows: I64) -> I64 | None:
        """Say where lines stand in the file, if it may be read in any order."""
        if self._block.data is not None:
            return None
        starts = self._starts[rows]
        lengths = self._starts[rows + 1] - starts - 1
        return np.stack((starts + self._block.offset, lengths), axis=1)

    def _slowly(self, line: int) -> Record | Rejected | None:
        """Read a line by the full parser."""
        source, options = self._block.source, self._block.options
        start, end = int(self._starts[line]), int(self._starts[line + 1]) - 1
        too_long = end - start > options.max_line_bytes
        data = None if too_long else self._buffer[start:end].tobytes()
        row = read_json_line(source, line + 1, data, options)
        if row is None or isinstance(row, Rejected):
            return row
        columns = column_finder(options.fields)(tuple(row.values))
        return record(row, columns, source.name, extract_html=options.extract_html)


def _date_of(value: str) -> datetime.date | None:
    try:
        return parse_date(value)
    except ValueError:
        return None


_MAY_BE_BLANK = (1, 3, 4, 5)
"""The fields, in the order of ``_ORDER``, in which white space counts as nothing."""
_MAY_BEGIN_BLANK = np.zeros(256, dtype=np.bool_)
_MAY_BEGIN_BLANK[[*range(0x21), ord("\\"), 0x7F, 0xC2, 0xE1, 0xE2, 0xE3]] = True
"""Bytes, of JSON in UTF-8, that white space begins with."""
_DELETE = 0x7F


def _merged(plain: Batch, slow: Batch) -> Batch:
    """Put two batches of one block into the order of its lines."""
    numbers = np.concatenate((plain.numbers, slow.numbers))
    places = cards = None
    if plain.places is not None and slow.places is not None:
        places = np.concatenate((plain.places, slow.places))
    if plain.cards is not None and slow.cards is not None:
        cards = Columns.joined([plain.cards, slow.cards])
    both = Batch(
        texts=Ragged.joined([plain.texts, slow.texts], np.uint8),
        numbers=numbers,
        ids=plain.ids + slow.ids,
        cards=cards,
        kinds=np.concatenate((plain.kinds, slow.kinds)),
        places=places,
        lines=plain.lines,
        rejected=plain.rejected,
        notes=plain.notes + slow.notes,
    )
    return both.take(np.argsort(numbers, kind="stable"))
