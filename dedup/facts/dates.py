"""Read the dates and the times of a text: each is one fact, however many words it takes."""

from __future__ import annotations

import re

from dedup.facts.lexicon import common
from dedup.facts.told import Fact, Told
from dedup.text.patterns import later

_NUMERIC_DATE = later(r"(\d{1,4})([./-])(\d{1,2})\2(\d{2,4})(?![\d])")
_SHORT_DATE = later(r"(\d{1,2})[/-](\d{1,2})(?![\d/-]|[.,]\d)")
_CLOCK = later(r"(\d{1,2})(?::(\d\d)(?::\d\d)?|\s?[hH]\s?(\d\d)|\s?h(?!\w))(?![\d:]|[.,]\d)")
_HOUR = later(r"\d{1,2}(?!\d)")
_DAY = later(r"(\d{1,2})(?:st|nd|rd|th|er|º|°)?(?![\w]|[.,:]\d)")
_JOINED_CLOCK = later(r"(\d{1,2})(?:[.:](\d\d))?([ap])m\b", re.IGNORECASE)
_ZONED_CLOCK = later(r"([01]\d|2[0-3])([0-5]\d)(?=\s?(?:GMT|UTC|BST|CET)\b)", re.IGNORECASE)
_DOTTED_CLOCK = later(r"(\d{1,2})\.(\d\d)(?!\d|[.,]\d)")
_YEAR = later(r"\d{4}(?!\w|[.,:]\d|\s?%)")
_LOOSE = later(r"[\s\u00a0\u202f.,º°ª-]{0,3}\Z")
"""What stands between the parts of a date."""
MOST_DAYS, MOST_HOURS, MINUTES = 31, 24, 60
FIRST_YEAR, LAST_YEAR = 1000, 2100
NOON = 12
_TIME = "time"
RELATIVE = "relative"
"""The first value of a date that is told from another one, or is a part of a day."""
_HALF_DAY = MINUTES * NOON
_EITHER = "?"
"""What stands behind the minutes of a time that may be in either half of the day: *9 o’clock*."""


def weekday(told: Told, k: int) -> Fact | None:
    """Read the name of a day."""
    value, last = told.kind(k, "weekday")
    if not value:
        return None
    alone = last == k + 1 and "before_weekday" in told.lexicon.kinds
    if alone and not told.led_by(k, "before_weekday"):
        return None
    return Fact.of(told, k, last, (value, "", "", ""))


def clock(told: Told, k: int) -> Fact | None:
    """Read a time of day: *4:12 p.m.*, *4.12pm*, *1612 GMT*, *14 Uhr*, *pukul 10.30*, *下午4点*."""
    text, start = told.text, told.starts[k]
    if joined := _JOINED_CLOCK.match(text, start):
        return _joined_clock(told, k, joined)
    if zoned := _ZONED_CLOCK.match(text, start):
        minutes_of_day = MINUTES * int(zoned[1]) + int(zoned[2])
        return Fact(told, k, k + 1, *zoned.span(), (_TIME, f"{minutes_of_day}"))
    half, after = told.kind(k, "am", "pm") if not told.lexicon.spaced else ("", k)
    early = "am" in told.entry(k)[0]
    at = after if half else k
    if at >= len(told.words) or not text[told.starts[at]].isdecimal():
        return None
    match = _CLOCK.match(text, told.starts[at])
    led = told.led_by(k, "before_hour")
    dotted = _DOTTED_CLOCK.match(text, told.starts[at]) if match is None else None
    led = led or (dotted is not None and told.led_by(k, "before_clock"))
    hour_only = _HOUR.match(text, told.starts[at])
    found = match or dotted or hour_only
    if found is None:
        return None
    last, end = told.behind(at, found.end()), found.end()
    minutes = next(filter(None, found.groups()[1:]), "0") if found.lastindex else "0"
    marked, last, end = _hour_words(told, last, end)
    late, last, end, named = _half_of_day(told, last, end)
    if not told.lexicon.spaced and marked:
        digits = told.text[told.starts[last]] if last < len(told.words) else ""
        if digits.isdecimal() and told.kind(last + 1, "minute")[0]:
            minutes, last = told.word(last), last + 2
            end = told.ends[last - 1]
    sure = match is not None or marked or named or half or (led and dotted)
    hour = int(found.group(1) if found is not hour_only else found.group())
    if not (sure or led) or hour > MOST_HOURS or int(minutes) >= MINUTES:
        return None
    if half:
        named, late = True, not early
    return Fact(told, k, last, start, end, _time(MINUTES * hour + int(minutes), named, late))


def _joined_clock(told: Told, k: int, match: re.Match[str]) -> Fact | None:
    """Read a time that its half of the day is written together with."""
    hour, minutes = int(match[1]), int(match[2] or 0)
    if not 1 <= hour <= NOON or minutes >= MINUTES:
        return None
    value = _time(MINUTES * hour + minutes, named=True, late=match[3] in "pP")
    return Fact(told, k, told.behind(k, match.end()), *match.span(), value)


def spelt_clock(told: Told, k: int) -> Fact | None:
    """Read a time of day with its hour in words: *nine o’clock*, *neun Uhr abends*."""
    hour, at = told.kind(k, "number")
    value, last = told.kind(at, "hour") if hour and told.joins(at) else ("", at)
    if not value or told.form(at, last) not in _OF_TIMES_ALONE or int(hour) > MOST_HOURS:
        return None
    late, last, end, named = _half_of_day(told, last, told.ends[last - 1])
    return Fact(told, k, last, told.starts[k], end, _time(MINUTES * int(hour), named, late))


_OF_TIMES_ALONE = frozenset({"o clock", "uhr", "बजे"})
"""Words for the hour that never count hours: *dos horas* may be how long something took."""


def _time(minutes: int, named: bool, late: bool) -> tuple[str, str]:
    """Give the value of a time, the half of the day that it is in told or not."""
    if not MINUTES <= minutes < _HALF_DAY + MINUTES:  # 13:00, 0:30
        return _TIME, f"{minutes}"
    if not named:
        return _TIME, f"{minutes}{_EITHER}"
    return _TIME, f"{minutes % _HALF_DAY + _HALF_DAY * late}"


def named_time(told: Told, k: int) -> Fact | None:
    """Read a time that has a name: *noon*, *midnight*."""
    minutes, last = told.kind(k, "time")
    return Fact.of(told, k, last, (_TIME, minutes))


def relative_date(told: Told, k: int) -> Fact | None:
    """Read a date that is told from another, or a part of a day: *last week*, *morning*."""
    value, last = told.kind(k, "relative")
    return Fact.of(told, k, last, (RELATIVE, value))


def _hour_words(told: Told, last: int, end: int) -> tuple[bool, int, int]:
    """Take the word for the hour behind a time, in unspaced scripts only before a minute."""
    if not told.joins(last):
        return False, last, end
    value, behind = told.kind(last, "hour")
    if not value or told.word(last) in {"час", "часа", "часов", "hora"}:
        return False, last, end
    following = told.word(behind) if behind < len(told.words) else ""
    if not told.lexicon.spaced and following in {"間", "间", "간"}:
        return False, last, end  # a span of hours
    return True, behind, told.ends[behind - 1]


def _half_of_day(told: Told, last: int, end: int) -> tuple[bool, int, int, bool]:
    """Take what says which half of the day a time is in."""
    if last < len(told.words) and told.joins(last):
        kinds, behind = told.entry(last)
        if "am" in kinds or "pm" in kinds:
            closing = told.text[told.ends[behind - 1] : told.ends[behind - 1] + 1]
            stop = closing == "." and "." in told.text[told.starts[last] : told.ends[behind - 1]]
            return "pm" in kinds, behind, told.ends[behind - 1] + stop, True
    return False, last, end, False


def numeric_date(told: Told, k: int) -> Fact | None:
    """Read *12.03.2023*, *2023-03-12* and the like."""
    match = _NUMERIC_DATE.match(told.text, told.starts[k])
    if match is None:
        return _short_date(told, k)
    parts = [str(int(match[1])), str(int(match[3])), str(int(match[4]))]
    if len(match[1]) == 4:
        parts.reverse()
    elif told.language == "en" and match[2] == "/":
        parts[:2] = parts[1::-1]
    if len(match[4]) < 4 and match[2] == "." and len(match[1]) != 4 and int(match[3]) > NOON:
        return None
    if not 1 <= int(parts[0]) <= MOST_DAYS or not 1 <= int(parts[1]) <= MOST_DAYS:
        return None
    last = told.behind(k, match.end())
    return Fact(told, k, last, *match.span(), ("", *parts))


def _short_date(told: Told, k: int) -> Fact | None:
    """Read day and month behind a word for the day: *ngày 24/10*."""
    match = _SHORT_DATE.match(told.text, told.starts[k])
    if match is None or told.language == "en" or not told.led_by(k, "day_word", "dated"):
        return None
    day, month = int(match[1]), int(match[2])
    if not (1 <= day <= MOST_DAYS and 1 <= month <= NOON):
        return None
    last = told.behind(k, match.end())
    return Fact(told, k, last, *match.span(), ("", str(day), str(month), ""))


def written_date(told: Told, k: int) -> Fact | None:
    """Read *3 March 2021*, *March 3, 2021*, *in March*, *3月12日*, *ngày 12 tháng 3*."""
    if not told.lexicon.spaced or "month_word" in told.lexicon.kinds:
        day, month, year, last = _labelled_date(told, k)
    else:
        day, month, year, last = _named_date(told, k)
    if not month:
        return None
    return Fact.of(told, k, last, ("", day, month, year))


def _named_date(told: Told, k: int) -> tuple[str, str, str, int]:
    """Read a date with the name of a month: day, month, year, and the word behind it."""
    day, at = _small_number(told, k)
    month, last = told.kind(_past_fillers(told, at) if day else k, "month", "mon")
    if not month:
        return "", "", "", k
    if not day and told.joins(last, _LOOSE):
        day, at = _small_number(told, last)
        last = at if day else last
    year, last = _year(told, last)
    if not day and not year:
        sure = told.kind(k, "month")[0] and told.led_by(k, "dated")
        return "", month if sure else "", "", last
    return day, month, year, last


def _small_number(told: Told, k: int) -> tuple[str, int]:
    """Read the day of a month."""
    if k >= len(told.words):
        return "", k
    at = told.digits_at(k)
    match = _DAY.match(told.text, at) if at >= 0 else None
    if match and 1 <= int(match[1]) <= MOST_DAYS:
        return str(int(match[1])), told.behind(k, match.end())
    kinds, behind = told.entry(k)
    if "number" in kinds and 2 <= int(kinds["number"]) <= MOST_DAYS and told.lexicon.spaced:
        return str(kinds["number"]), behind
    if "ordinal" in kinds and int(kinds["ordinal"]) <= MOST_DAYS and told.lexicon.spaced:
        of = behind < len(told.words) and told.word(behind) in common("fillers")
        if of or told.language != "en":  # *the second may be*
            return str(kinds["ordinal"]), behind
    return "", k


def _past_fillers(told: Told, k: int) -> int:
    """Step over *de* in *3 de marzo*."""
    if k < len(told.words) and told.word(k) in common("fillers"):
        return k + 1
    return k if told.joins(k, _LOOSE) else len(told.words)


def _year(told: Told, k: int) -> tuple[str, int]:
    """Read the year behind a month."""
    at = _past_fillers(told, k)
    match = _YEAR.match(told.text, told.starts[at]) if at < len(told.words) else None
    if match is None:
        return "", k
    return str(int(match.group())), at + 1


def bare_year(told: Told, k: int) -> Fact | None:
    """Read a year behind a word that dates: *since 1980*."""
    match = _YEAR.match(told.text, told.starts[k])
    if match is None or not told.led_by(k, "dated"):
        return None
    year = int(match.group())
    if not FIRST_YEAR <= year < LAST_YEAR:
        return None
    return Fact(told, k, k + 1, *match.span(), ("", "", "", str(year)))


_YEAR_SIGNS, _MONTH_SIGNS, _DAY_SIGNS = frozenset("年년"), frozenset("月월"), frozenset("日일号號")


def _labelled_date(told: Told, k: int) -> tuple[str, str, str, int]:
    """Read a date whose parts are named: *2023年3月12日*, *3월 12일*, *ngày 12 tháng 3*."""
    parts: dict[str, str] = {}
    at = last = k
    before = "month_word" in told.lexicon.kinds
    while at < len(told.words) and (at == k or told.joins(at, _LOOSE)):
        if before:
            label = next(
                (w for w in ("day", "month", "year") if f"{w}_word" in told.entry(at)[0]), ""
            )
            number = at + 1
        else:
            label, number = _sign(told, at + 1), at
            if (
                label
                and _sign(told, at + 2) == ""
                and told.word(at + 1) in "月월"
                and (at + 2 < len(told.words) and told.word(at + 2) in {"間", "间"})
            ):
                break
        if not label or label in parts or number >= len(told.words):
            break
        word = told.word(number)
        value = word if word.isdecimal() else str(told.entry(number)[0].get("number", ""))
        if not value:
            break
        parts[label] = str(int(value))
        at = last = at + 2
    return parts.get("day", ""), parts.get("month", ""), parts.get("year", ""), last


def _sign(told: Told, k: int) -> str:
    if k < len(told.words):
        word = told.word(k)
        for label, signs in (("year", _YEAR_SIGNS), ("month", _MONTH_SIGNS), ("day", _DAY_SIGNS)):
            if word in signs:
                return label
    return ""


def labelled_year(told: Told, k: int) -> Fact | None:
    """Read *2023年*."""
    if told.lexicon.spaced or _sign(told, k + 1) != "year":
        return None
    word = told.word(k)
    if not (word.isdecimal() and FIRST_YEAR <= int(word) < LAST_YEAR):
        return None
    return Fact.of(told, k, k + 2, ("", "", "", str(int(word))))


def same_date(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether two dates or times may be one: they share a part, and no part contradicts.

    >>> same_date(("", "", "8", "2022"), ("", "3", "8", ""))
    True
    >>> same_date(("time", "252"), ("time", "972")), same_date(("time", "252?"), ("time", "972"))
    (False, True)
    """
    if RELATIVE in (one[0], other[0]):
        return one == other
    if _TIME in (one[0], other[0]):
        return one == other or (one[0] == other[0] and _may_be_one_time(one[1], other[1]))
    parts = [(x, y) for x, y in zip(one, other, strict=True) if x and y]
    return bool(parts) and all(x == y for x, y in parts)


def _may_be_one_time(one: str, other: str) -> bool:
    """Tell whether the clock shows two times alike, and one leaves the half of the day open."""
    minutes = {int(time.removesuffix(_EITHER)) % _HALF_DAY for time in (one, other)}
    return _EITHER in one + other and len(minutes) == 1
