"""What the catalog keeps: of an article beside its words, of a segment, and dates as numbers."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from dedup.arrays import I64
from dedup.errors import InputError
from dedup.index._lookups import NO_MOMENT
from dedup.moments import zoned

_FAR = 1 << 40
"""Seconds, more than between any two dates."""
_AT_ONCE = 500
"""Values in one question: SQLite takes so many parameters in every build."""


class Row(NamedTuple):
    """What is kept of an article beside its words."""

    number: int
    id: str
    title: str
    source: str
    url: str
    date: datetime.date | None


class SegmentRow(NamedTuple):
    """A segment in the catalog; ``dead`` has a bit for each row, ``None`` where all are alive."""

    name: str
    first: int
    last: int
    rows: int
    live: int
    dead: bytes | None


class TakenRow(NamedTuple):
    """A file that was taken in: its size and time of change then, in nanoseconds, the numbers of
    its articles from ``first`` to before ``last``, and whether its versions were told.
    """

    path: str
    size: int
    changed: int
    first: int
    last: int
    told: int


def moment_of(date: datetime.date | None) -> int | None:
    """Give a date in seconds since 1970; a day begins at midnight, times without zone are UTC.

    >>> moment_of(datetime.date(1970, 1, 2))
    86400
    """
    if date is None:
        return None
    return int((zoned(date) - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)).total_seconds())


def moments_of(dates: Sequence[datetime.date | None]) -> I64:
    """Give dates as :func:`moment_of` does, i64[n], ``NO_MOMENT`` for none."""
    known = {date: moment_of(date) for date in set(dates)}  # far fewer than articles
    found = (known[date] for date in dates)
    return np.array([NO_MOMENT if moment is None else moment for moment in found], np.int64)


def seconds_of(within: object) -> int | None:
    """Give a number of days or a timedelta in seconds; :class:`InputError` for another value.

    >>> seconds_of(1.5)
    129600
    """
    if within is None:
        return None
    if isinstance(within, datetime.timedelta):
        seconds = within.total_seconds()
    elif isinstance(within, bool) or not isinstance(within, (int, float)):
        raise InputError.of("within", within, "a number of days, a timedelta or None")
    else:
        seconds = within * 86_400.0
    if not 0 <= seconds < float("inf"):
        raise InputError.of("within", within, "0 days or more")
    return int(min(seconds, _FAR))


def stored(text: str) -> str | bytes:
    r"""Give a text as SQLite can hold it: a lone surrogate makes bytes of it.

    >>> stored("rain"), stored("\ud800")
    ('rain', b'\xed\xa0\x80')
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def restored(text: str | bytes) -> str:
    """Give back a text that :func:`stored` gave."""
    return text if isinstance(text, str) else text.decode("utf-8", "surrogatepass")


def cut(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Cut values into so many as SQLite takes at once."""
    for at in range(0, len(values), _AT_ONCE):
        yield values[at : at + _AT_ONCE]
