"""Dates, and times with and without a zone, as moments that can be compared."""

from __future__ import annotations

import datetime


def from_iso(text: str) -> datetime.date:
    """Read a date, or a date and a time, in ISO 8601; :class:`ValueError` for another text.

    >>> from_iso("2023-10-31"), from_iso("2023-10-31T09:30")
    (datetime.date(2023, 10, 31), datetime.datetime(2023, 10, 31, 9, 30))
    """
    if len(text) == len("2023-10-31"):
        return datetime.date.fromisoformat(text)
    return datetime.datetime.fromisoformat(text)


def zoned(date: datetime.date) -> datetime.datetime:
    """Give the moment of a date: midnight where it has no time, in UTC where it has no zone.

    >>> zoned(datetime.date(2023, 10, 31)).isoformat()
    '2023-10-31T00:00:00+00:00'
    """
    if not isinstance(date, datetime.datetime):
        return datetime.datetime(date.year, date.month, date.day, tzinfo=datetime.UTC)
    return date if date.tzinfo is not None else date.replace(tzinfo=datetime.UTC)


def as_utc(date: datetime.date) -> datetime.datetime:
    """Give the moment of a date: midnight where it has no time, in UTC where it has no zone.

    >>> as_utc(datetime.date(2023, 10, 31)).isoformat()
    '2023-10-31T00:00:00+00:00'
    """
    moment = zoned(date)
    if moment.tzinfo is datetime.UTC:
        return moment
    try:
        return moment.astimezone(datetime.UTC)
    except OverflowError:  # the first and last day there are, in another zone
        return moment.replace(tzinfo=datetime.UTC)
