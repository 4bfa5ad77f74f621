"""Dates as news files write them."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping

__all__ = ["parse_date"]


def parse_date(value: object) -> datetime.date | None:
    """Read a date: a :class:`datetime.date` (or datetime), or ``None`` for a mark of absence.

    Read are ISO 8601 in all its forms, ``2023-10-31 09:30:00 UTC``, ``2023/10/31``, RFC 2822,
    months by name (``Tuesday, Oct. 31, 2023``, ``31 October 2023 3:15 pm``), ``31.10.2023``,
    ``10/31/2023`` where day and month cannot be taken for one another, and numbers: ``20231031``,
    ``20231031093000`` and seconds, milliseconds or microseconds since 1970. So is what archives
    write: ``October 31, 2023 Tuesday``, ``Tue Oct 31 09:30:00 +0000 2023``, ``2023年10月31日``.
    Everything else raises :class:`ValueError`.

    >>> parse_date("Oct. 31, 2023")
    datetime.date(2023, 10, 31)
    >>> parse_date("02/03/2023")
    Traceback (most recent call last):
    ValueError: no date, or not certainly one: '02/03/2023'
    """
    if isinstance(value, str):
        return _parse_text(value)
    if value is None or isinstance(value, datetime.date):
        return value
    if isinstance(value, Mapping) and len(value) == 1 and "$date" in value:  # as MongoDB writes it
        return parse_date(value["$date"])
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _parse_number(value)
    raise ValueError(f"no date, or not certainly one: {value!r}")


_ABSENT = frozenset({"", "-", "nan", "nat", "none", "null", "n/a"})


def _parse_text(value: str) -> datetime.date | None:
    text = value.strip()
    if text.isdecimal() and text.isascii():  # before ISO, to which any character is a separator
        return _parse_number(int(text[:_MOST_DIGITS]))
    try:
        if len(text) == len("2023-10-31"):
            return datetime.date.fromisoformat(text)
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        pass
    text = " ".join(text.split())
    if text.casefold() in _ABSENT:
        return None
    for form in (_iso_variant, _numeric, _rfc_2822, _by_name, _as_unix, _in_east_asia, _seconds):
        found = form(text)
        if found is not None:
            return found
    raise ValueError(f"no date, or not certainly one: {value[:_SHOWN]!r}")


_SHOWN = 60


# Patterns are compiled by ``re`` when they are first used: most dumps need none of them.
_ISO_LIKE = (
    r"(?i)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:[T ](\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?) ?(Z|UTC|GMT|[+-]\d{2}:?\d{2}(?: UTC)?)?)?"
)


def _iso_variant(text: str) -> datetime.date | None:
    """Read year, month, day with loose separators and the time with or without a zone."""
    match = re.fullmatch(_ISO_LIKE, text)
    if match is None:
        return None
    day = _day(int(match[1]), int(match[2]), int(match[3]))
    if day is None or match[4] is None:
        return day
    zone = (match[5] or "").upper().removesuffix(" UTC")
    zone = "+00:00" if zone in {"Z", "UTC", "GMT"} else zone
    clock = match[4].replace(",", ".")
    clock = clock if clock[2] == ":" else "0" + clock
    try:
        return datetime.datetime.fromisoformat(f"{day.isoformat()}T{clock}{zone}")
    except ValueError:
        return None


_NUMERIC = r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?: \d{1,2}:\d{2}(?::\d{2})?)?"


def _numeric(text: str) -> datetime.date | None:
    """Read day and month in figures: dots put the day first, otherwise only the certain ones."""
    match = re.fullmatch(_NUMERIC, text)
    if match is None:
        return None
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if match[2] == "." or first == second or first > _MONTHS:
        return _day(year, second, first)
    return _day(year, first, second) if second > _MONTHS else None


_MONTHS = 12  # and the hours of a half day
_NAMES = {
    **{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6},
    **{"jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12},
}
_MONTH = r"(?P<month>(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\.?"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? )?"
_CLOCK = (
    r"(?:,? (?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)?"
    r"(?:,? (?:at )?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2}(?:\.\d+)?)?"
    r" ?(?:(?P<half>[ap])\.?m\.?)?(?: [A-Z]{2,4})?)?"
)
_BY_NAME = tuple(
    "(?i)" + _WEEKDAY + day_and_month + r"(?:,? |-)(?P<year>\d{4})" + _CLOCK
    for day_and_month in (
        _MONTH + r" (?P<day>\d{1,2})(?:st|nd|rd|th)?",
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[ -]" + _MONTH,
    )
)


def _by_name(text: str) -> datetime.date | None:
    """Read a date with an English month; a zone by a name such as ET is local and left out."""
    match = re.fullmatch(_BY_NAME[0], text) or re.fullmatch(_BY_NAME[1], text)
    if match is None:
        return None
    day = _day(int(match["year"]), _NAMES[match["month"][:3].casefold()], int(match["day"]))
    if day is None or match["hour"] is None:
        return day
    hour, minute = int(match["hour"]), int(match["minute"])
    if match["half"]:
        hour = hour % _MONTHS + (_MONTHS if match["half"] in "pP" else 0)
    if hour >= _HOURS or minute >= _MINUTES:
        return None
    return datetime.datetime.combine(day, datetime.time(hour, minute))


_HOURS, _MINUTES = 24, 60
_AS_UNIX = (
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{2}:\d{2}:\d{2})"
    r" (?:([+-]\d{4}|[A-Z]{3,4}) )?(\d{4})"
)


def _as_unix(text: str) -> datetime.date | None:
    """Read what ``date`` and ``ctime`` write, the year last; a zone by a name is left out."""
    match = re.fullmatch(_AS_UNIX, text)
    if match is None or match[1].casefold() not in _NAMES:
        return None
    zone = match[4] or ""
    zone = "+0000" if zone in {"UTC", "GMT"} else "" if zone.isalpha() else zone
    day = f"{match[5]}-{_NAMES[match[1].casefold()]:02}-{int(match[2]):02}"
    try:
        return datetime.datetime.fromisoformat(f"{day}T{match[3]}{zone}")
    except ValueError:
        return None


_IN_EAST_ASIA = r"(\d{4})[年년] ?(\d{1,2})[月월] ?(\d{1,2})[日일]?(?:.{0,3}\d{1,2}:\d{2}.*)?"


def _in_east_asia(text: str) -> datetime.date | None:
    match = re.fullmatch(_IN_EAST_ASIA, text)
    return _day(int(match[1]), int(match[2]), int(match[3])) if match else None


def _seconds(text: str) -> datetime.date | None:
    """Read a count of seconds since 1970 with a fraction."""
    return _parse_number(float(text)) if re.fullmatch(r"\d{10}\.\d{1,9}", text) else None


_RFC_2822 = (
    r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? \S+(?: \(\w+\))?"
)


def _rfc_2822(text: str) -> datetime.date | None:
    if re.fullmatch(_RFC_2822, text) is None:
        return None
    from email.utils import parsedate_to_datetime  # seldom needed and long to load

    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None


_EPOCH_DIGITS = {10: 1, 13: 1_000, 16: 1_000_000}
"""Digits of a count since 1970 that falls between 2001 and 2286, and its units a second."""


_MOST_DIGITS = 20
"""Figures beyond which a number is no date, whatever follows."""


def _parse_number(value: float) -> datetime.date:
    found = None
    if math.isfinite(value) and value > 0:
        digits = len(str(int(value)))
        if digits == len("20231031"):
            year, rest = divmod(int(value), 10_000)
            found = _day(year, *divmod(rest, 100))
        elif digits == len("20231031093000"):
            found = _moment(str(int(value)))
        elif digits in _EPOCH_DIGITS:
            seconds = value / _EPOCH_DIGITS[digits]
            found = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    if found is None:
        raise ValueError(f"no date, or not certainly one: {str(value)[:_SHOWN]}")
    return found


def _moment(figures: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromisoformat(f"{figures[:8]}T{figures[8:]}")
    except ValueError:
        return None


def _day(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
