"""Read the numbers of a text, in digits or in words, as its language writes them.

1.200 is twelve hundred in German and one and a fifth in English.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from dedup.facts.lexicon import Lexicon
from dedup.facts.told import Fact, Told
from dedup.text.patterns import later

_DIGITS = later(r"\d+(?:[.,٫٬’'·]\d+)*")
_BLANK_GROUPS = later(r"\d{1,3}(?:[\u00a0\u202f]\d{3})+(?![\d\u00a0\u202f]\d)")
_PLAIN_GROUPS = later(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\d]|[ \u00a0\u202f]\d)")
_SUFFIX = later(r"(st|nd|rd|th)?\b|([a-z]{1,4})\b", re.IGNORECASE)
_DECADES = frozenset({"s", "er", "ern"})
CENTURY = 1900
_CURRENCY = later(r"(?:US|A|C|HK|R)?([$£€¥₹₽₩₺₴₫])\s?\Z")
_CURRENCY_BEHIND = later(r"\s?([$£€¥₹₽₩₺₴₫])")
_SYMBOLS = dict(zip("$£€¥₹₽₩₺₴₫", "USD GBP EUR JPY INR RUB KRW TRY UAH VND".split(), strict=True))
_SIGNS = frozenset([*_SYMBOLS, *"%٪％"])
_PERCENT = later(r"[\s\u00a0]?[%٪％]")
_TH, RANK, OFTEN = "th", "rank", "x"
"""The units of *3rd*, of *third* and of *twice*."""
_OWN = frozenset({"%", RANK})
"""Units that no number goes without: 5% is not 5, *third* not *three*, but 3rd may be 3."""
_VAGUE = "~"
"""What stands before the power of ten that is all a vague amount tells."""
_POINT = later(r"(?:\A|[\s($£€“\"'])\.\Z")
"""What stands before decimals without a whole number: *.5 percent*."""
_NO_NUMBER = later(r"[^\W\d_]-\Z")
"""What makes a number part of a name: *Covid-19*."""


class Item(NamedTuple):
    """Something counted: the words it takes, its place, its value and what it is of."""

    first: int
    last: int
    start: int
    end: int
    amount: str
    unit: str = ""
    digits: bool = False


def number(told: Told, k: int) -> Fact | None:
    """Read a number with its scale and unit."""
    item = _digits(told, k) or _vague(told, k) or _part(told, k) or _spelt(told, k)
    if item is None or item.amount == "":
        return None
    item = _and_part(told, item)
    if item.digits or not item.unit:
        item = _with_unit(told, item)
    if not item.digits and item.unit == "" and item.amount in {"1", ""}:
        return None
    return Fact(told, item.first, item.last, item.start, item.end, (item.amount, item.unit))


def _digits(told: Told, k: int) -> Item | None:
    """Read a number in digits."""
    text, start = told.text, told.digits_at(k)
    if start < 0:
        return None
    joined = _NO_NUMBER.search(text, max(0, start - 2), start)
    if joined and told.word(k - 1) not in told.lexicon.proclitics:
        return None
    plain = told.lexicon.grouped_by_blanks
    groups = (_PLAIN_GROUPS if plain else _BLANK_GROUPS).match(text, start)
    match = groups or _DIGITS.match(text, start)
    if match is None:
        return None
    written = match.group()
    if told.lexicon.decimal == "." and _POINT.search(text, max(0, start - 2), start):
        start, written = start - 1, f"0.{written}"
    amount = _amount(written, told.lexicon.decimal)
    last = k + 1
    while last < len(told.words) and told.starts[last] < match.end():
        last += 1
    end, unit, scale = match.end(), "", 1.0
    if end < told.ends[last - 1]:  # letters behind the digits, in one word
        suffix = _SUFFIX.match(text, end)
        if suffix is None:
            return None
        kinds = told.lexicon.words.get((suffix.group() or "").casefold(), {})
        unit = _TH if suffix[1] else ""
        if suffix.group().casefold() in _DECADES:
            unit = "decade"
            amount = f"{CENTURY + int(amount)}" if len(match.group()) == 2 else amount
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
    unscaled = amount = item.amount
    while told.joins(item.last) and amount.replace(".", "", 1).isdigit():
        scale, last = told.kind(item.last, "scale")
        if not scale or (told.word(item.last) in {"m", "h", "k"} and told.gap(item.last - 1)):
            break
        amount = f"{float(amount) * float(scale):.15g}"
        item = item._replace(amount=amount, last=last, end=told.ends[last - 1])
    return item if told.lexicon.spaced or amount == unscaled else _with_rest(told, item)


def _with_rest(told: Told, item: Item) -> Item:
    """Take the smaller number behind one with a scale in scripts without blanks: *1万2000*."""
    rest = _digits(told, item.last) if told.joins(item.last) else None
    if rest is None or not rest.amount.isdigit() or float(rest.amount) >= float(item.amount):
        return item
    amount = f"{float(item.amount) + float(rest.amount):.15g}"
    return item._replace(amount=amount, last=rest.last, end=rest.end)


def _vague(told: Told, k: int) -> Item | None:
    """Read an amount without a number as its power of ten: *hundreds*, *several dozen*."""
    power, last = told.kind(k, "vague")
    if not power:
        return None
    return Item(k, last, told.starts[k], told.ends[last - 1], f"{_VAGUE}{power}")


def _part(told: Told, k: int) -> Item | None:
    """Read a part of a whole, or how often, in words: *a third*, *doubled*."""
    part, last = told.kind(k, "fraction")
    often, last = (part, last) if part else told.kind(k, "multiple")
    if not often:
        return None
    if part in _SHARES and (behind := _behind_a(told, last)):  # *half a percent*
        amount = f"{_SHARES[part]}"
        return Item(k, behind, told.starts[k], told.ends[last - 1], amount, digits=True)
    return Item(k, last, told.starts[k], told.ends[last - 1], often, "%" if part else OFTEN)


def _behind_a(told: Told, k: int) -> int:
    """Give the word behind *a* or *of a* where a per cent stands there, else 0."""
    at = k + (k < len(told.words) and told.word(k) == "of")
    if at + 1 >= len(told.words) or told.word(at) != "a" or not told.joins(at + 1):
        return 0
    is_percent = told.kind(at + 1, "percent")[0] or told.word(at + 1) == "percentage"
    return at + 1 if is_percent else 0


def _and_part(told: Told, item: Item) -> Item:
    """Take a half or quarter behind a whole number, and its scale: *two and a half million*."""
    glue, at = told.kind(item.last, "glue")
    if not glue or item.unit or not item.amount.isdigit() or not told.joins(item.last):
        return item
    share, last = max(told.kind(at, "fraction"), told.kind(at + 1, "fraction"))
    if share not in _SHARES or told.word(at) != "a" or not told.joins(last - 1):
        return item
    amount = f"{int(item.amount) + _SHARES[share]:.15g}"
    return _scaled(told, item._replace(amount=amount, last=last, end=told.ends[last - 1]))


_SHARES = {"1/2": 0.5, "1/4": 0.25}


def _rank(told: Told, k: int, at: int, tens: int) -> Item | None:
    """Read a rank of which numbers stand before: *twenty-first*, *vigésimo primero*."""
    amount, last = tens, at
    while last == at or told.joins(last):
        value, behind = told.kind(last, "ordinal")
        joined = _joined(amount, int(value), told.lexicon, glued=False) if value else None
        if joined is None:
            break
        amount, last = joined, behind
    if last == at:
        return None
    return Item(k, last, told.starts[k], told.ends[last - 1], f"{amount}", RANK)


def _spelt(told: Told, k: int) -> Item | None:
    """Read a number in words."""
    lexicon = told.lexicon
    total = current = 0
    at, last = k, k
    ambiguous = True
    while at < len(told.words) and (at == k or told.joins(at)):
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
        elif "ordinal" in kinds and (rank := _rank(told, k, at, total + current)):
            return rank
        else:
            break
        at = last = behind
    ambiguous = ambiguous and not _is_written_out(told, k, last)
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


def _is_written_out(told: Told, first: int, last: int) -> bool:
    """Tell whether characters are a number of several digits: 十九, but not 十 or 万一."""
    digits = [str(told.entry(k)[0].get("number", "")) for k in range(first, last)]
    return not told.lexicon.spaced and len(digits) > 1 and bool(digits[0]) and digits != ["10"]


def _is_counted(told: Told, first: int, last: int) -> bool:
    """Tell whether a word that may be a number is one: behind it stands what it counts."""
    if told.lexicon.language == "ko" and first and not told.gap(first - 1):
        return False
    if not told.lexicon.spaced and last - first == 1 and told.word(first) in {"一", "十", "千"}:
        return False
    return last < len(told.words) and bool(told.kind(last, "counter", "scale", "percent")[0])


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
    if "before_percent" in told.lexicon.kinds and told.led_by(item.first, "before_percent"):
        return item._replace(unit="%")
    if told.joins(item.last):
        for kind, unit in (("percent", "%"), ("money", ""), ("fold", OFTEN)):
            value, last = told.kind(item.last, kind)
            if value:
                return item._replace(last=last, end=told.ends[last - 1], unit=unit or value)
    return item


def same_number(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether two numbers may be one: money may go without its sign.

    A vague amount goes with each number of its power of ten: who writes *hundreds* for 412 tells
    less, and nothing else. *Thousands* for *hundreds*, or for 412, tells something else.

    >>> same_number(("3000", "USD"), ("3000", "")), same_number(("5", "%"), ("5", ""))
    (True, False)
    >>> same_number(("~100", ""), ("412", "")), same_number(("~1000", ""), ("412", ""))
    (True, False)
    >>> same_number(("1/3", "%"), ("33", "%")), same_number(("1/3", "%"), ("35", "%"))
    (True, False)
    """
    (amount, unit), (other_amount, other_unit) = one, other
    if unit == other_unit == "%" and _of_one_part(amount, other_amount):
        return True
    if amount != other_amount and not _of_one_power(amount, other_amount):
        return False
    if "" in (unit, other_unit) and _OWN.isdisjoint((unit, other_unit)):
        return True
    return of_one_sort(unit, other_unit)


def of_one_sort(unit: str, other: str) -> bool:
    """Tell whether two units are one: *3rd* and *third* have the same."""
    return unit == other or {unit, other} == {_TH, RANK}


def _of_one_part(one: str, other: str) -> bool:
    """Tell whether a fraction is a per cent, as far as one rounds: a third is 33%."""
    shares = [part.partition("/") for part in (one, other)]
    if not any(whole for _, _, whole in shares):
        return False
    try:
        first, second = (100 * int(n) / int(of) if of else float(n) for n, _, of in shares)
    except ValueError:
        return False
    return abs(first - second) < 1


def _of_one_power(one: str, other: str) -> bool:
    """Tell whether of two amounts one is vague and the other a number of its power of ten."""
    vague, number = (one, other) if one.startswith(_VAGUE) else (other, one)
    if not vague.startswith(_VAGUE) or not number.replace(".", "", 1).isdigit():
        return False
    power = int(vague.removeprefix(_VAGUE))
    return power <= float(number) < 10 * power
