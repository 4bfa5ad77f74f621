"""What is kept of every article beside its text: the small fields, in columns."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from dedup.arrays import I64, U8, Ragged, encoded
from dedup.dump.cells import original_id
from dedup.dump.records import host
from dedup.model import Article


@dataclass(frozen=True, slots=True)
class Columns:
    """Small fields of a batch: ``dates``, and ``small`` u8, of ``FIELDS`` rows an article.

    These are title, source and URL in UTF-8, mended. A missing source is named by the URL.
    """

    dates: list[datetime.date | None]
    small: Ragged

    @classmethod
    def of(cls, articles: Sequence[Article]) -> Columns:
        """Lay out the small fields of articles."""
        small = [text for one in articles for text in (one.title, one.source, one.url)]
        return cls([one.date for one in articles], encoded(small))

    @classmethod
    def joined(cls, parts: Sequence[Columns]) -> Columns:
        """Put several batches end to end."""
        dates = [date for part in parts for date in part.dates]
        return cls(dates, Ragged.joined([part.small for part in parts], np.uint8))

    def article(self, row: int, identity: str) -> Article:
        """Make the article of a row, whose id and text are not kept here."""
        return next(self.articles([row], [identity]))

    def articles(self, rows: Sequence[int], ids: Iterable[str]) -> Iterator[Article]:
        """Make the articles of some rows, whose ids and texts are not kept here."""
        for row, identity in zip(rows, ids, strict=True):
            at = row * FIELDS
            ends = self.small.offsets[at : at + FIELDS + 1].tolist()
            data = self.small.values[ends[0] : ends[-1]].tobytes()
            title, source, url = (
                data[a - ends[0] : b - ends[0]].decode("utf-8", "surrogatepass")
                for a, b in pairwise(ends)
            )
            yield Article(identity, "", title, self.dates[row], source or host(url), url)

    def sources(self) -> list[str]:
        """Give the sources of all rows."""
        data, ends = self.small.values.tobytes(), self.small.offsets.tolist()
        spans = zip(ends[_SOURCE::FIELDS], ends[_SOURCE + 1 :: FIELDS], strict=False)
        found = [data[a:b].decode("utf-8", "surrogatepass") for a, b in spans]
        return [name or self.article(row, "").source for row, name in enumerate(found)]

    def taken(self, rows: I64) -> Columns:
        """Keep some rows."""
        spans = (rows[:, None] * FIELDS + np.arange(FIELDS)).ravel()
        return Columns([self.dates[row] for row in rows.tolist()], self.small.take(spans))


FIELDS = 3
"""Small fields beside id and date: title, source and URL."""
_SOURCE = 1


@dataclass(slots=True)
class Cards:
    """What is known of the articles of a dump by row; one is made when it is asked for.

    >>> cards = Cards()
    >>> rain = Columns.of([Article("a", "Rain fell.", "Rain")])
    >>> cards.add(["a"], rain, np.zeros(1, np.uint8))
    >>> cards.article(0).title, cards.ids
    ('Rain', ['a'])
    """

    ids: list[str] = field(default_factory=list)
    _parts: list[Columns] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _kinds: list[U8] = field(default_factory=list)

    def add(self, ids: list[str], part: Columns, kinds: U8) -> None:
        """Add the articles of a batch; their ids are those of ``ids`` and were ``kinds``."""
        self._kinds.append(kinds)
        self._starts.append(len(self.ids))
        self._parts.append(part)
        self.ids += ids

    def taken(self, rows: I64) -> Cards:
        """Keep some articles, ascending."""
        found = Cards()
        if not self._parts:
            found.ids = [self.ids[row] for row in rows.tolist()]
        for number, (part, start, own) in enumerate(self._by_part(rows)):
            ids = [self.ids[row] for row in own.tolist()]
            found.add(ids, part.taken(own - start), self._kinds[number][own - start])
        return found

    def _by_part(self, rows: I64) -> Iterator[tuple[Columns, int, I64]]:
        """Give each batch, its first row and those of some rows, ascending, that are in it."""
        cuts = np.searchsorted(rows, [*self._starts, len(self.ids)])
        for number, (part, start) in enumerate(zip(self._parts, self._starts, strict=True)):
            yield part, start, rows[cuts[number] : cuts[number + 1]]

    def __len__(self) -> int:
        return len(self.ids)

    def sources(self) -> list[str]:
        """Give the sources of all articles."""
        return [name for part in self._parts for name in part.sources()]

    def original_ids(self) -> list[object]:
        """Give the ids as they came: ints, UUIDs and what else the dump has for ids."""
        kinds = (kind for part in self._kinds for kind in part.tolist())
        return [original_id(name, kind) for name, kind in zip(self.ids, kinds, strict=True)]

    def dates(self) -> list[datetime.date | None]:
        """Give the dates of all articles."""
        return [date for part in self._parts for date in part.dates]

    def article(self, row: int) -> Article:
        """Make the article of a row, whose text is not kept."""
        return next(self.articles(np.array([row])))

    def articles(self, rows: I64) -> Iterator[Article]:
        """Make the articles of some rows, ascending, whose texts are not kept."""
        for part, start, own in self._by_part(rows):
            ids = [self.ids[row] for row in own.tolist()]
            yield from part.articles((own - start).tolist(), ids)
