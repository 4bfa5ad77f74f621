"""Records with one id: which of them is kept, told from what they say and not from their order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from dedup.arrays import I64, U32, U64, Flags, Ragged
from dedup.dump.cards import Columns
from dedup.dump.ids import Ids, content_key, id_taken
from dedup.dump.records import Record
from dedup.model import Article, Rejected

_LINE_BITS = 40
"""Of a place in the dump: lines of a file; the other bits number the files."""


def claimed(
    found: Iterable[Record | Rejected], aside: Mapping[int, Rejected] | None = None
) -> Iterator[Record | Rejected]:
    """Tell made ids apart and set records aside whose id another one has.

    Those are the ones of ``aside``, by their numbers in the stream, as :meth:`Repeats.aside` gives
    them; where that is not known yet, the first of each id is kept.
    """
    taken = Ids()
    names: list[str] = []
    number = -1
    for item in found:
        if isinstance(item, Rejected):
            yield item
            continue
        number += 1
        if aside and number in aside:
            yield aside[number]
            continue
        if not names or names[-1] != item.source:
            names.append(item.source)
        place = (len(names) - 1) << _LINE_BITS | item.line
        identity, first = taken.claim(item.article.id, place)
        if first is None:
            yield item.named(identity)
        else:
            file, line = divmod(first, 1 << _LINE_BITS)
            yield _id_taken(identity, (item.source, item.line), (names[file], line))


def _id_taken(identity: str, own: tuple[str, int], other: tuple[str, int]) -> Rejected:
    """Set a record aside, whose file and line are ``own``, for an ``other`` that has its id."""
    name, line = other
    return Rejected(*own, id_taken(identity, f"line {line} of {name}"))


class Contents(NamedTuple):
    """What decides between records with one id beside their cards, a row a record.

    ``digests`` u64[n] are those of their words, ``checksums`` u32[n] the CRC-32 of their texts.
    """

    digests: U64
    checksums: U32


def checksums(texts: Ragged) -> U32:
    """Give the CRC-32 of each text, u8, in UTF-8."""
    data: Any = memoryview(texts.values.data)
    return np.array([crc32(data[a:b]) for a, b in pairwise(texts.offsets.tolist())], np.uint32)


class Entry(NamedTuple):
    """What is held of a batch until all are read: its file's name, the lines of its records, ..."""

    name: str
    lines: I64
    cards: Columns | None
    contents: Contents | None


class Repeats:
    """The ids of a dump while it is read; of several records with one id, one is kept.

    It is the one whose words have the least digest and, of those, the one of the least
    :func:`~dedup.dump.ids.content_key`; or the first, where no contents are given. Records are
    numbered in the order read, from 0. 16 bytes a record are held beside what others hold, and
    some 100 an id.
    """

    def __init__(self) -> None:
        self._taken = Ids()
        self._starts: list[int] = []
        self._entries: list[Entry] = []
        self._count = 0
        self._first: dict[int, tuple[int, str]] = {}
        """Of each record set aside the first one with its id, and the id."""
        self._holders: dict[int, int] = {}
        """The record that is kept, where it is not the first one with its id."""
        self._unseen: list[int] = []

    def __len__(self) -> int:
        """How many records are kept, of those read so far."""
        return self._count - len(self._first)

    def enter(self, ids: list[str], entry: Entry) -> tuple[list[str], Flags | None]:
        """Take the ids of a batch: the ids to use, and the rows to go on with, if not all."""
        start = self._count
        self._starts.append(start)
        self._entries.append(entry)
        self._count += len(ids)
        claimed = [self._taken.claim(name, number) for number, name in enumerate(ids, start)]
        ids = [name for name, _ in claimed]
        if all(first is None for _, first in claimed):
            return ids, None
        for number, (name, first) in enumerate(claimed, start):
            if first is not None:
                self._settle(number, first, name)
        going_on = np.array([n not in self._first for n in range(start, self._count)], np.bool_)
        self._unseen += (start + np.flatnonzero(~going_on)).tolist()
        return ids, going_on

    def _settle(self, own: int, first: int, identity: str) -> None:
        holder = self._holders.get(first, first)
        if self._precedence(own, identity) < self._precedence(holder, identity):
            self._holders[first] = own
            own = holder
        self._first[own] = first, identity

    def _precedence(self, number: int, identity: str) -> tuple[int, int]:
        entry, row = self._find(number)
        if entry.contents is None:
            return 0, 0
        known = entry.cards
        article = Article(identity, "") if known is None else known.article(row, identity)
        digests, sums = entry.contents
        return int(digests[row]), content_key(article, int(sums[row]))

    def _find(self, number: int) -> tuple[Entry, int]:
        place = bisect_right(self._starts, number) - 1
        return self._entries[place], number - self._starts[place]

    def aside(self) -> dict[int, Rejected]:
        """Give the records that are set aside, by their numbers."""
        found = {}
        for number, (first, identity) in sorted(self._first.items()):
            places = []
            for one in (number, self._holders.get(first, first)):
                entry, row = self._find(one)
                places.append((entry.name, int(entry.lines[row])))
            found[number] = _id_taken(identity, *places)
        return found

    def left(self) -> I64:
        """Give the rows set aside only after they had gone on, of all that have gone on."""
        numbers = sorted(self._first.keys() - set(self._unseen))
        return np.array([one - bisect_left(self._unseen, one) for one in numbers], np.int64)
