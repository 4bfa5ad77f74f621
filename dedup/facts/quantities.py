"""Find the numbers, the dates and the times in a stretch, in digits or in words.

A number is read as its language writes it: 1.200 is twelve hundred in German and one and a fifth
in English. A time is one fact, and so are the day, month and year of a date.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from dedup.facts.lexicon import Lexicon, Trait
from dedup.facts.told import Fact, Stretch, Told

__all__ = ["quantities", "same_date", "same_number"]

_DIGITS = re.compile(r"\d+(?:[.,٫٬’'·]\d+)*")
_BLANK_GROUPS = re.compile(r"\d{1,3}(?:[\u00a0\u202f]\d{3})+(?![\d\u00a0\u202f]\d)")
_PLAIN_GROUPS = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\d]|[ \u00a0\u202f]\d)")
_GROUPED_BY_BLANKS = frozenset("es fr pl pt ru sv uk".split())
_NUMERIC_DATE = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{2,4})(?![\d])")
_CLOCK = re.compile(r"(\d{1,2})(?::(\d\d)(?::\d\d)?|\s?[hH]\s?(\d\d)|\s?h(?!\w))(?![\d:])")
_HOUR = re.compile(r"\d{1,2}(?!\d)")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|º|°)?(?![\w]|[.,:]\d)")
_DOTTED_CLOCK = re.compile(r"(\d{1,2})\.(\d\d)(?![\d.,])")
_SUFFIX = re.compile(r"(st|nd|rd|th)?\b|([a-z]{1,4})\b", re.IGNORECASE)
_CURRENCY = re.compile(r"(?:US|A|C|HK|R)?([$£€¥₹₽₩₺₴₫])\s?\Z")
_CURRENCY_BEHIND = re.compile(r"\s?([$£€¥₹₽₩₺₴₫])")
_SYMBOLS = dict(zip("$£€¥₹₽₩₺₴₫", "USD GBP EUR JPY INR RUB KRW TRY UAH VND".split(), strict=True))
_SIGNS = frozenset([*_SYMBOLS, *"%٪％"])
_PERCENT = re.compile(r"[\s\u00a0]?[%٪％]")
_JOINT = re.compile(r"[\s\u00a0\u202f-]*\Z")
"""What stands between the words of one number."""
_LOOSE = re.compile(r"[\s\u00a0\u202f.,º°ª-]{0,3}\Z")
"""What stands between the parts of a date."""
_NO_NUMBER = re.compile(r"[^\W\d_]-\Z")
"""What makes a number part of a name: *Covid-19*."""
MOST_DAYS, MOST_HOURS, LEAST_MINUTE = 31, 24, 60
FIRST_YEAR, LAST_YEAR = 1000, 2100
NOON = 12
_TIME = "time"


class Item(NamedTuple):
    """Something counted: the words it takes, its place, its value and what it is of."""

    first: int
    last: int
    start: int
    end: int
    amount: str
    unit: str = ""
    digits: bool = False


def quantities(
    stretch: Stretch, places: Sequence[int] | None = None
) -> tuple[list[Fact], list[Fact]]:
    """Find numbers, and dates and times; ``one`` alone is no number.

    ``places`` are the words that count, where not all of the stretch are looked at.

    The value of a number is its amount and unit, that of a date weekday, day, month and year,
    ``""`` for what is not told, that of a time the minutes since midnight.

    >>> told = Told.of("On 3 March 2021, twelve of 1,200 people gave $3 million at 4:12 p.m.")
    >>> numbers, dates = quantities(told.whole())
    >>> [fact.value for fact in numbers], [fact.value for fact in dates]
    ([('12', ''), ('1200', ''), ('3000000', 'USD')], [('', '3', '3', '2021'), ('time', '972')])
    """
    told = stretch.told
    numbers: list[Fact] = []
    dates: list[Fact] = []
    reached = 0
    for k in stretch.words_with(Trait.COUNTS) if places is None else places:
        if k < reached:
            continue
        for first in range(max(reached, k - _words_ahead(told, k)), k + 1):
            found = _read(told, first, k)
            if found is not None:
                (dates if found[0] else numbers).append(found[1])
                reached = found[1].last
                break
    return numbers, dates


def _words_ahead(told: Told, k: int) -> int:
    """Count the words before one at which what it is part of may begin."""
    if not told.text[told.starts[k]].isdecimal():
        return told.lexicon.ahead.get(told.word(k), 0)
    return int("month_word" in told.lexicon.kinds)


def _read(told: Told, first: int, k: int) -> tuple[bool, Fact] | None:
    """Read a quantity that begins with the word ``first`` and has ``k`` in it: date or number."""
    if told.text[told.starts[first]].isdecimal():
        readers = _IN_DIGITS
    else:
        kinds = told.entry(first)[0]
        readers = next((readers for kind, readers in _IN_WORDS if kind in kinds), ())
    for is_date, reader in readers:
        fact = reader(told, first)
        if fact is not None and fact.last > k:
            return is_date, fact
    return None


# --- the words of a language ---------------------------------------------------------------------


def _kind(told: Told, k: int, *kinds: str) -> tuple[str, int]:
    """Give the value that an entry has as one of some kinds, and the word behind it."""
    found, last = told.entry(k)
    for kind in kinds:
        if kind in found:
            return str(found[kind]), last
    return "", k


def _kind_before(told: Told, k: int, *kinds: str) -> bool:
    """Tell whether the word, or the two words, before a place are of some kind."""
    for length in (1, 2):
        if k >= length:
            found, last = told.entry(k - length)
            if last == k and any(kind in found for kind in kinds):
                return True
    return False


def _is_joint(told: Told, k: int, pattern: re.Pattern[str] = _JOINT) -> bool:
    """Tell whether the word ``k`` goes on with the one before it."""
    return 0 < k < len(told.words) and pattern.match(told.gap(k - 1)) is not None


# --- numbers -------------------------------------------------------------------------------------


def _number(told: Told, k: int) -> Fact | None:
    """Read a number with its scale and unit."""
    item = _digits(told, k) or _vague(told, k) or _spelt(told, k)
    if item is None or item.amount == "":
        return None
    item = _with_unit(told, item)
    if not item.digits and item.unit == "" and item.amount in {"1", ""}:
        return None
    return Fact(told, item.first, item.last, item.start, item.end, (item.amount, item.unit))


def _digits(told: Told, k: int) -> Item | None:
    """Read a number in digits."""
    text, start = told.text, told.starts[k]
    if not text[start].isdecimal() or _NO_NUMBER.search(text, max(0, start - 2), start):
        return None
    plain = told.lexicon.language in _GROUPED_BY_BLANKS
    groups = (_PLAIN_GROUPS if plain else _BLANK_GROUPS).match(text, start)
    match = groups or _DIGITS.match(text, start)
    if match is None:
        return None
    amount = _amount(match.group(), told.lexicon.decimal)
    last = k + 1
    while last < len(told.words) and told.starts[last] < match.end():
        last += 1
    end, unit, scale = match.end(), "", 1.0
    if end < told.ends[last - 1]:  # letters behind the digits, in one word
        suffix = _SUFFIX.match(text, end)
        if suffix is None:
            return None
        kinds = told.lexicon.words.get((suffix.group() or "").casefold(), {})
        unit = "th" if suffix[1] else ""
        scale = float(kinds.get("scale", 1))
        end = told.ends[last - 1]
    if scale != 1 and amount.replace(".", "").isdigit():
        amount = f"{float(amount) * scale:.15g}"
    return _scaled(told, Item(k, last, start, end, amount, unit, True))


@lru_cache(maxsize=1024)
def _amount(raw: str, decimal: str) -> str:
    """Read digits with the signs between them as a language writes them.

    >>> _amount("1.200", ","), _amount("1.200", "."), _amount("1,234.50", "."), _amount("٤٥", ".")
    ('1200', '1.2', '1234.5', '45')
    """
    if not raw.isascii():
        raw = "".join([_ascii(char) for char in raw])
    parts = re.split(r"[.,' ]", raw)
    signs = [char for char in raw if not char.isdigit()]
    grouped = all(len(part) in {2, 3} for part in parts[1:]) and len(parts[-1]) == 3
    if not signs:
        return f"{int(raw)}"
    one_kind = len(set(signs)) == 1
    if len(signs) > 1 and one_kind:
        return f"{int(''.join(parts))}" if grouped else raw
    if one_kind and grouped and (signs[0] != decimal or len(parts[0]) > 3):
        return f"{int(''.join(parts))}"
    if not one_kind and signs[-1] in signs[:-1]:
        return raw
    whole = "".join(parts[:-1])
    return f"{float(f'{whole}.{parts[-1]}'):.15g}"


def _ascii(char: str) -> str:
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    return {"٫": ".", "٬": ",", "’": "'", "·": "."}.get(char, " " if char.isspace() else char)


def _scaled(told: Told, item: Item) -> Item:
    """Take the words behind a number that multiply it: *4.5 million*, *3万5千*."""
    amount = item.amount
    while _is_joint(told, item.last) and amount.replace(".", "", 1).isdigit():
        scale, last = _kind(told, item.last, "scale")
        if not scale or (told.word(item.last) in {"m", "h", "k"} and told.gap(item.last - 1)):
            break
        amount = f"{float(amount) * float(scale):.15g}"
        item = item._replace(amount=amount, last=last, end=told.ends[last - 1])
    return item


def _vague(told: Told, k: int) -> Item | None:
    """Read an amount without a number: *hundreds*, *several dozen*."""
    value, last = _kind(told, k, "vague")
    if not value:
        return None
    words = " ".join([told.word(j) for j in range(k, last)])
    return Item(k, last, told.starts[k], told.ends[last - 1], words)


def _spelt(told: Told, k: int) -> Item | None:
    """Read a number in words."""
    lexicon = told.lexicon
    total = current = 0
    at, last = k, k
    ambiguous = True
    while at < len(told.words) and (at == k or _is_joint(told, at)):
        kinds, behind = told.entry(at)
        if "number" in kinds:
            value = int(kinds["number"])
            joined = _joined(current, value, lexicon, glued=at > last or told.word(at)[0] == "و")
            if joined is None and last > k:
                break
            if value >= 1000:
                total, current = total + value, 0
            else:
                current = value if joined is None else joined
            ambiguous = ambiguous and ("counted" in kinds or not lexicon.spaced)
        elif "scale" in kinds:
            scale = int(kinds["scale"])
            if last == k and len(told.word(at)) == 1 and lexicon.spaced:
                return None
            if scale <= 100 or (scale == 1000 and not lexicon.spaced):
                unit = current % 10 if not lexicon.spaced else current
                current = current - unit + max(unit, 1) * scale
            else:
                total, current = total + max(current, 1) * scale, 0
            ambiguous = ambiguous and not lexicon.spaced
        elif "glue" in kinds and last > k and behind > at:
            at = behind
            continue
        else:
            break
        at = last = behind
    if last == k or (ambiguous and not _is_counted(told, k, last)):
        return None
    return Item(k, last, told.starts[k], told.ends[last - 1], f"{total + current}")


def _joined(current: int, value: int, lexicon: Lexicon, *, glued: bool) -> int | None:
    """Add the next part of a number, ``None`` where it begins another one."""
    if current == 0:
        return value
    if not lexicon.spaced and value == 10:  # 二十
        unit = current % 10
        return current - unit + 10 * max(unit, 1)
    rest = current % 100
    if lexicon.language == "fr" and rest in {60, 80} and value < 20:
        return current + value
    if current % 10 > 0 and (value == 10 or (glued and 20 <= value < 100)):
        return current + value if lexicon.proclitics else None
    magnitude = 1
    while current % (magnitude * 10) == 0:
        magnitude *= 10
    return current + value if value < magnitude else None


def _is_counted(told: Told, first: int, last: int) -> bool:
    """Tell whether a word that may be a number is one: behind it stands what it counts."""
    if told.lexicon.language == "ko" and first and not told.gap(first - 1):
        return False
    if not told.lexicon.spaced and last - first == 1 and told.word(first) in {"一", "十", "千"}:
        return False
    return last < len(told.words) and bool(_kind(told, last, "counter", "scale", "percent")[0])


def _with_unit(told: Told, item: Item) -> Item:
    """Take the sign or word of money or per cent beside a number."""
    text = told.text
    if not _SIGNS.isdisjoint(text[max(0, item.start - 2) : item.start]):
        before = _CURRENCY.search(text, max(0, item.start - 4), item.start)
        if before:
            return item._replace(start=before.start(), unit=_SYMBOLS[before[1]])
    if not _SIGNS.isdisjoint(text[item.end : item.end + 2]):
        percent = _PERCENT.match(text, item.end)
        if percent:
            return item._replace(end=percent.end(), unit="%")
        behind = _CURRENCY_BEHIND.match(text, item.end)
        if behind:
            return item._replace(end=behind.end(), unit=_SYMBOLS[behind[1]])
    if "before_percent" in told.lexicon.kinds and _kind_before(told, item.first, "before_percent"):
        return item._replace(unit="%")
    if _is_joint(told, item.last):
        value, last = _kind(told, item.last, "percent")
        if value:
            return item._replace(last=last, end=told.ends[last - 1], unit="%")
        value, last = _kind(told, item.last, "money")
        if value:
            return item._replace(last=last, end=told.ends[last - 1], unit=value)
    return item


def same_number(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether two numbers may be one: money may go without its sign.

    >>> same_number(("3000", "USD"), ("3000", "")), same_number(("5", "%"), ("5", ""))
    (True, False)
    """
    (amount, unit), (other_amount, other_unit) = one, other
    if amount != other_amount:
        return False
    return (
        unit == other_unit or (not unit and other_unit != "%") or (not other_unit and unit != "%")
    )


# --- dates and times -----------------------------------------------------------------------------


def _weekday(told: Told, k: int) -> Fact | None:
    value, last = _kind(told, k, "weekday")
    if not value:
        return None
    alone = last == k + 1 and "before_weekday" in told.lexicon.kinds
    if alone and not _kind_before(told, k, "before_weekday"):
        return None
    return Fact(told, k, last, told.starts[k], told.ends[last - 1], (value, "", "", ""))


def _clock(told: Told, k: int) -> Fact | None:
    """Read a time of day: *4:12 p.m.*, *14 Uhr*, *pukul 10.30*, *下午4点*."""
    text, start = told.text, told.starts[k]
    half, after = _kind(told, k, "am", "pm") if not told.lexicon.spaced else ("", k)
    early = "am" in told.entry(k)[0]
    at = after if half else k
    if at >= len(told.words) or not text[told.starts[at]].isdecimal():
        return None
    match = _CLOCK.match(text, told.starts[at])
    led = _kind_before(told, k, "before_hour")
    dotted = _DOTTED_CLOCK.match(text, told.starts[at]) if match is None else None
    hour_only = _HOUR.match(text, told.starts[at])
    found = match or dotted or hour_only
    if found is None:
        return None
    last, end = _behind(told, at, found.end()), found.end()
    minutes = next(filter(None, found.groups()[1:]), "0") if found.lastindex else "0"
    marked, last, end = _hour_words(told, last, end)
    late, last, end, named = _half_of_day(told, last, end)
    if not told.lexicon.spaced and marked:
        digits = told.text[told.starts[last]] if last < len(told.words) else ""
        if digits.isdecimal() and _kind(told, last + 1, "minute")[0]:
            minutes, last = told.word(last), last + 2
            end = told.ends[last - 1]
    sure = match is not None or marked or named or half or (led and dotted)
    hour = int(found.group(1) if found is not hour_only else found.group())
    if not (sure or led) or hour > MOST_HOURS or int(minutes) >= LEAST_MINUTE:
        return None
    if half:
        named, late = True, not early
    if named and hour <= NOON:
        hour = hour % NOON + NOON * late
    return Fact(told, k, last, start, end, (_TIME, str(60 * hour + int(minutes))))


def _hour_words(told: Told, last: int, end: int) -> tuple[bool, int, int]:
    """Take the word for the hour behind a time, in unspaced scripts only before a minute."""
    if not _is_joint(told, last):
        return False, last, end
    value, behind = _kind(told, last, "hour")
    if not value or told.word(last) in {"час", "часа", "часов", "hora"}:
        return False, last, end
    following = told.word(behind) if behind < len(told.words) else ""
    if not told.lexicon.spaced and following in {"間", "间", "간"}:
        return False, last, end  # a span of hours
    return True, behind, told.ends[behind - 1]


def _half_of_day(told: Told, last: int, end: int) -> tuple[bool, int, int, bool]:
    """Take what says which half of the day a time is in."""
    if last < len(told.words) and _is_joint(told, last):
        kinds, behind = told.entry(last)
        if "am" in kinds or "pm" in kinds:
            closing = told.text[told.ends[behind - 1] : told.ends[behind - 1] + 1]
            stop = closing == "." and "." in told.text[told.starts[last] : told.ends[behind - 1]]
            return "pm" in kinds, behind, told.ends[behind - 1] + stop, True
    return False, last, end, False


def _behind(told: Told, k: int, end: int) -> int:
    """Give the first word behind a place."""
    while k < len(told.words) and told.starts[k] < end:
        k += 1
    return k


def _numeric_date(told: Told, k: int) -> Fact | None:
    """Read *12.03.2023*, *2023-03-12* and the like."""
    match = _NUMERIC_DATE.match(told.text, told.starts[k])
    if match is None or not told.text[told.starts[k]].isdecimal():
        return None
    parts = [str(int(match[1])), str(int(match[3])), str(int(match[4]))]
    if len(match[1]) == 4:
        parts.reverse()
    elif told.language == "en" and match[2] == "/":
        parts[:2] = parts[1::-1]
    if len(match[4]) < 4 and match[2] == "." and len(match[1]) != 4 and int(match[3]) > NOON:
        return None
    if not 1 <= int(parts[0]) <= MOST_DAYS or not 1 <= int(parts[1]) <= MOST_DAYS:
        return None
    last = _behind(told, k, match.end())
    return Fact(told, k, last, *match.span(), ("", *parts))


def _written_date(told: Told, k: int) -> Fact | None:
    """Read *3 March 2021*, *March 3, 2021*, *in March*, *3月12日*, *ngày 12 tháng 3*."""
    if not told.lexicon.spaced or "month_word" in told.lexicon.kinds:
        day, month, year, last = _labelled_date(told, k)
    else:
        day, month, year, last = _named_date(told, k)
    if not month:
        return None
    return Fact(told, k, last, told.starts[k], told.ends[last - 1], ("", day, month, year))


def _named_date(told: Told, k: int) -> tuple[str, str, str, int]:
    """Read a date with the name of a month: day, month, year, and the word behind it."""
    day, at = _small_number(told, k)
    month, last = _kind(told, _past_fillers(told, at) if day else k, "month", "mon")
    if not month:
        return "", "", "", k
    if not day and _is_joint(told, last, _LOOSE):
        day, at = _small_number(told, last)
        last = at if day else last
    year, last = _year(told, last)
    if not day and not year:
        sure = _kind(told, k, "month")[0] and _kind_before(told, k, "dated")
        return "", month if sure else "", "", last
    return day, month, year, last


def _small_number(told: Told, k: int) -> tuple[str, int]:
    """Read the day of a month."""
    if k >= len(told.words):
        return "", k
    match = _DAY.match(told.text, told.starts[k])
    if match and 1 <= int(match[1]) <= MOST_DAYS:
        return str(int(match[1])), _behind(told, k, match.end())
    kinds, behind = told.entry(k)
    if "number" in kinds and 2 <= int(kinds["number"]) <= MOST_DAYS and told.lexicon.spaced:
        return str(kinds["number"]), behind
    return "", k


_FILLERS = frozenset("de of da d del di den the".split())


def _past_fillers(told: Told, k: int) -> int:
    """Step over *de* in *3 de marzo*."""
    if k < len(told.words) and told.word(k) in _FILLERS:
        return k + 1
    return k if _is_joint(told, k, _LOOSE) else len(told.words)


def _year(told: Told, k: int) -> tuple[str, int]:
    """Read the year behind a month."""
    at = _past_fillers(told, k)
    match = _YEAR.match(told.text, told.starts[at]) if at < len(told.words) else None
    if match is None:
        return "", k
    return str(int(match.group())), at + 1


_YEAR = re.compile(r"\d{4}(?!\w|[.,:]\d|\s?%)")


def _bare_year(told: Told, k: int) -> Fact | None:
    """Read a year behind a word that dates: *since 1980*."""
    match = _YEAR.match(told.text, told.starts[k])
    if match is None or not _kind_before(told, k, "dated"):
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
    while at < len(told.words) and (at == k or _is_joint(told, at, _LOOSE)):
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


def _labelled_year(told: Told, k: int) -> Fact | None:
    """Read *2023年*."""
    if told.lexicon.spaced or _sign(told, k + 1) != "year":
        return None
    word = told.word(k)
    if not (word.isdecimal() and FIRST_YEAR <= int(word) < LAST_YEAR):
        return None
    end = told.ends[k + 1]
    return Fact(told, k, k + 2, told.starts[k], end, ("", "", "", str(int(word))))


def same_date(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether two dates or times may be one: they share a part, and no part contradicts.

    >>> same_date(("", "", "8", "2022"), ("", "3", "8", ""))
    True
    >>> same_date(("time", "252"), ("time", "972"))
    False
    """
    if _TIME in (one[0], other[0]):
        return one == other
    parts = [(x, y) for x, y in zip(one, other, strict=True) if x and y]
    return bool(parts) and all(x == y for x, y in parts)


Readers = tuple[tuple[bool, Callable[[Told, int], Fact | None]], ...]
_IN_DIGITS: Readers = (
    (True, _numeric_date),
    (True, _clock),
    (True, _written_date),
    (True, _labelled_year),
    (True, _bare_year),
    (False, _number),
)
_NUMBER_READERS: Readers = ((True, _written_date), (False, _number))
_IN_WORDS: tuple[tuple[str, Readers], ...] = (
    ("weekday", ((True, _weekday),)),
    ("month", ((True, _written_date),)),
    ("mon", ((True, _written_date),)),
    ("day_word", ((True, _written_date),)),
    ("month_word", ((True, _written_date),)),
    ("am", ((True, _clock),)),
    ("pm", ((True, _clock),)),
    ("vague", ((False, _number),)),
    ("number", _NUMBER_READERS),
    ("scale", ((False, _number),)),
)
"""What may read what begins with a word of a kind, likeliest first."""
