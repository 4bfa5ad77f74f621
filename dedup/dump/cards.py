"""What is kept of every article beside its text: the small fields, in columns."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import overload

import numpy as np

from dedup.arrays import I64, U8, Ragged, decoded
from dedup.dump.cells import original_id
from dedup.dump.mending import mended_name
from dedup.dump.records import host
from dedup.model import Article

__all__ = ["Card", "Cards", "Columns", "taken"]


@dataclass(frozen=True, slots=True)
class Card:
    """What is kept of an article beside its arrays."""

    id: str
    title: str
    date: datetime.date | None
    source: str
    url: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Small fields of a batch as they stand in its lines: ``small`` u8, rows ``FIELDS`` an article.

    Title, source and URL are in UTF-8 and not yet brought into shape, which is done for those that
    are asked for.
    """

    dates: list[datetime.date | None]
    small: Ragged

    def card(self, row: int, identity: str) -> Card:
        """Make the card of a row: white space put aside, a missing source named by the URL."""
        title, source, url = (
            mended_name(decoded(self.small[row * FIELDS + place])) for place in range(FIELDS)
        )
        return Card(identity, title, self.dates[row], source or host(url), url)

    def sources(self) -> list[str]:
        """Give the sources of all rows."""
        data, ends = self.small.values.tobytes(), self.small.offsets.tolist()
        spans = zip(ends[_SOURCE::FIELDS], ends[_SOURCE + 1 :: FIELDS], strict=False)
        found = [mended_name(data[a:b].decode("utf-8", "surrogatepass")) for a, b in spans]
        return [name or self.card(row, "").source for row, name in enumerate(found)]

    def taken(self, rows: I64) -> Columns:
        """Keep some rows."""
        spans = (rows[:, None] * FIELDS + np.arange(FIELDS)).ravel()
        return Columns([self.dates[row] for row in rows.tolist()], self.small.take(spans))

    def cards(self, ids: list[str]) -> list[Card]:
        """Make the cards of all rows."""
        return [self.card(row, identity) for row, identity in enumerate(ids)]


def taken(part: Columns | list[Card], rows: I64) -> Columns | list[Card]:
    """Keep some rows of a batch."""
    if isinstance(part, Columns):
        return part.taken(rows)
    return [part[row] for row in rows.tolist()]


FIELDS = 3
"""Small fields beside id and date: title, source and URL."""
_SOURCE = 1


@dataclass(slots=True)
class Cards(Sequence[Card]):
    """The cards of a dump by row; one is made when it is asked for.

    >>> cards = Cards()
    >>> cards.add(["a"], [Card("a", "Rain", None, "Post", "")])
    >>> cards[0].title, cards.ids
    ('Rain', ['a'])
    """

    ids: list[str] = field(default_factory=list)
    _parts: list[Columns | list[Card]] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _kinds: list[U8] = field(default_factory=list)

    def add(self, ids: list[str], part: Columns | list[Card], kinds: U8 | None = None) -> None:
        """Add the articles of a batch; their ids are those of ``ids`` and were ``kinds``."""
        self._kinds.append(np.zeros(len(ids), np.uint8) if kinds is None else kinds)
        self._starts.append(len(self.ids))
        self._parts.append(part)
        self.ids += ids

    def taken(self, rows: I64) -> Cards:
        """Keep some articles, ascending."""
        found = Cards()
        if not self._parts:
            found.ids = [self.ids[row] for row in rows.tolist()]
        cuts = np.searchsorted(rows, [*self._starts, len(self.ids)]).tolist()
        for number, (part, start) in enumerate(zip(self._parts, self._starts, strict=True)):
            own = rows[cuts[number] : cuts[number + 1]]
            ids = [self.ids[row] for row in own.tolist()]
            found.add(ids, taken(part, own - start), self._kinds[number][own - start])
        return found

    def __len__(self) -> int:
        return len(self.ids)

    def sources(self) -> list[str]:
        """Give the sources of all articles."""
        return [
            name
            for part in self._parts
            for name in (
                part.sources() if isinstance(part, Columns) else [card.source for card in part]
            )
        ]

    def original_ids(self) -> list[object]:
        """Give the ids as they came: ints, UUIDs and what else the dump has for ids."""
        kinds = (kind for part in self._kinds for kind in part.tolist())
        return [original_id(name, kind) for name, kind in zip(self.ids, kinds, strict=True)]

    def dates(self) -> list[datetime.date | None]:
        """Give the dates of all articles."""
        return [
            date
            for part in self._parts
            for date in (part.dates if isinstance(part, Columns) else [card.date for card in part])
        ]

    @overload
    def __getitem__(self, row: int) -> Card: ...
    @overload
    def __getitem__(self, row: slice) -> list[Card]: ...
    def __getitem__(self, row: int | slice) -> Card | list[Card]:
        if isinstance(row, slice):
            return [self[k] for k in range(*row.indices(len(self)))]
        identity = self.ids[row]
        row %= len(self.ids)
        place = bisect_right(self._starts, row) - 1
        part = self._parts[place]
        row -= self._starts[place]
        if isinstance(part, Columns):
            return part.card(row, identity)
        card = part[row]
        return card if card.id == identity else replace(card, id=identity)

    def article(self, row: int, text: str = "") -> Article:
        """Make the article of a row, whose text is not kept."""
        card = self[row]
        return Article(card.id, text, card.title, card.date, card.source, card.url)

    def __iter__(self) -> Iterator[Card]:
        return (self[row] for row in range(len(self)))
