"""Dates, and times with and without a zone, as moments that can be compared."""

from __future__ import annotations

import datetime

__all__ = ["as_utc", "zoned"]


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
    try:
        return moment.astimezone(datetime.UTC)
    except OverflowError:  # the first and last day there are, in another zone
        return moment.replace(tzinfo=datetime.UTC)
