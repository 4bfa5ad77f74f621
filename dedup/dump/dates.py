"""Dates as news files write them."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping

from dedup.moments import from_iso


def parse_date(value: object) -> datetime.date | None:
    """Read a date: a :class:`datetime.date` (or datetime), or ``None`` for a mark of absence.

    Read are ISO 8601 in all its forms, ``2023-10-31 09:30:00 UTC``, ``2023/10/31``, RFC 2822,
    months by name (``Tuesday, Oct. 31, 2023``, ``31 October 2023 3:15 pm``), ``31.10.2023``,
    ``10/31/2023`` where day and month cannot be taken for one another, and numbers: ``20231031``,
    ``20231031093000`` and seconds, milliseconds or microseconds since 1970. So is what archives
    write: ``October 31, 2023 Tuesday``, ``Tue Oct 31 09:30:00 +0000 2023``, ``2023年10月31日``.
    A time keeps its zone, by figures or by a name that means one thing (``EST``; not ``ET``).
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
    if isinstance(value, Mapping) and len(value) == 1:  # as MongoDB writes it
        for name in _IN_MONGO:
            if name in value:
                return parse_date(value[name])
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _parse_number(value)
    raise ValueError(f"no date, or not certainly one: {value!r}")


_IN_MONGO = ("$date", "$numberLong")
_ABSENT = frozenset({"", "-", "nan", "nat", "none", "null", "n/a"})


def _parse_text(value: str) -> datetime.date | None:
    text = value.strip()
    if text.isdecimal() and text.isascii():  # before ISO, to which any character is a separator
        return _parse_number(int(text[:_MOST_DIGITS]))
    try:
        return from_iso(text)
    except ValueError:
        pass
    text = " ".join(text.split())
    if text.casefold() in _ABSENT:
        return None
    for form in (_iso_variant, _numeric, _by_name, _in_east_asia, _seconds):
        found = form(text)
        if found is not None:
            return found
    raise ValueError(f"no date, or not certainly one: {value[:_SHOWN]!r}")


_SHOWN = 60


# Patterns are compiled by ``re`` when they are first used: most dumps need none of them.
_CLOCK = (
    r"(?P<hour>\d{1,2})[:時时시] ?(?P<minute>\d{2})"
    r"(?:[:分분] ?(?P<second>\d{2})(?:[.,](?P<part>\d{1,6})\d*)?)?"
    r" ?(?:(?P<half>[ap])\.?m\.?)?(?: ?(?P<zone>(?:UTC|GMT)?[+-]\d{2}:?\d{2}|[A-Z]{1,5}))?"
    r"(?: UTC| \(\w+\))?"
)
_ISO_LIKE = r"(?i)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:(?:T|,? )" + _CLOCK + ")?"


def _iso_variant(text: str) -> datetime.date | None:
    """Read year, month, day with loose separators and the time with or without a zone."""
    match = re.fullmatch(_ISO_LIKE, text)
    return match and _timed(_day(int(match[1]), int(match[2]), int(match[3])), match)


def _timed(day: datetime.date | None, match: re.Match[str], half: str = "") -> datetime.date | None:
    """Give a day the time that was found with it, if there is one, in its zone."""
    if day is None or match["hour"] is None:
        return day
    hour, half = int(match["hour"]), half or match["half"]
    if half:
        hour = hour % _MONTHS + (_MONTHS if half in "pP" else 0)
    try:
        part = int((match["part"] or "").ljust(6, "0"))  # of a second, in millionths
        clock = datetime.time(hour, int(match["minute"]), int(match["second"] or 0), part)
        return datetime.datetime.combine(day, clock, _zone(match["zone"] or ""))
    except ValueError:
        return None


def _zone(name: str) -> datetime.tzinfo | None:
    """Read a zone; one by a name that is not certain, such as ET, is local and left out.

    >>> str(_zone("+0530")), str(_zone("EST")), _zone("ET")
    ('UTC+05:30', 'UTC-05:00', None)
    """
    name = name.upper()
    figures = name[-6:].replace(":", "")[-5:]
    if figures[:1] in {"+", "-"}:
        offset = datetime.timedelta(hours=int(figures[1:3]), minutes=int(figures[3:]))
        return datetime.timezone(-offset if figures[0] == "-" else offset)
    hours = _ZONES.get(name)
    return None if hours is None else datetime.timezone(datetime.timedelta(hours=hours))


_ZONES = {
    **{"Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2},
    **{"EEST": 3, "MSK": 3, "JST": 9, "KST": 9, "EST": -5, "EDT": -4, "CDT": -5, "MST": -7},
    **{"MDT": -6, "PST": -8, "PDT": -7},
}
"""Hours before UTC of the zones whose names mean one thing in news; CST does not."""
_NUMERIC = r"(?i)(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:,? (?:at )?" + _CLOCK + ")?"


def _numeric(text: str) -> datetime.date | None:
    """Read day and month in figures: dots put the day first, otherwise only the certain ones."""
    match = re.fullmatch(_NUMERIC, text)
    if match is None:
        return None
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if match[2] == "." or first == second or first > _MONTHS:
        return _timed(_day(year, second, first), match)
    return _timed(_day(year, first, second), match) if second > _MONTHS else None


_MONTHS = 12  # and the hours of a half day
_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = rf"(?P<month>(?:{'|'.join(_NAMES)})[a-z]*)\.?"
_WEEKDAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_BY_NAME = tuple(
    rf"(?i)(?:{_WEEKDAY}\.?,? )?{day_and_month}(?:,? |-)(?P<year>\d{{4}})"
    rf"(?:,? {_WEEKDAY})?(?:,? (?:at )?{_CLOCK})?"
    for day_and_month in (
        _MONTH + r" (?P<day>\d{1,2})(?:st|nd|rd|th)?",
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[ -]" + _MONTH,
    )
)
_AS_UNIX = rf"(?i){_WEEKDAY} {_MONTH} (?P<day>\d{{1,2}}) {_CLOCK} (?P<year>\d{{4}})"
"""What ``date`` and ``ctime`` write, the year last."""


def _by_name(text: str) -> datetime.date | None:
    """Read a date with an English month, RFC 2822's among them."""
    for form in (*_BY_NAME, _AS_UNIX):
        match = re.fullmatch(form, text)
        if match is not None:
            month = 1 + _NAMES.index(match["month"][:3].casefold())
            return _timed(_day(int(match["year"]), month, int(match["day"])), match)
    return None


_IN_EAST_ASIA = (
    r"(\d{4})[年년] ?(\d{1,2})[月월] ?(\d{1,2})[日일]?(?:\D{0,9}?(午前|午後|上午|下午|오전|오후)? ?"
    + _CLOCK
    + r"[分분]?.*)?"
)


def _in_east_asia(text: str) -> datetime.date | None:
    match = re.fullmatch(_IN_EAST_ASIA, text)
    if match is None:
        return None
    half = {"後": "p", "下": "p", "후": "p"}.get((match[4] or "")[-1:], "a") if match[4] else ""
    return _timed(_day(int(match[1]), int(match[2]), int(match[3])), match, half)


def _seconds(text: str) -> datetime.date | None:
    """Read a count of seconds since 1970 with a fraction."""
    return _parse_number(float(text)) if re.fullmatch(r"\d{10}\.\d{1,9}", text) else None


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
