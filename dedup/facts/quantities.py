"""Find the numbers and the dates in a stretch of news English, in digits or in words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dedup.facts.stretch import Fact, Stretch, simple_words

__all__ = ["counting", "dates", "numbers", "same_date"]

_ASCII_DIGITS, _BEYOND_ASCII = ":", "{"
"""Folded words before the one begin with a digit of ASCII, those behind the other with no letter
of it."""
_MAY_BE_DIGIT = re.compile("[0-9\x80-\u2012\u2015\u201e-\U0010ffff]")
"""Digits of ASCII and all beyond it but the dashes and quotation marks of English prose."""

# --- Numbers -----------------------------------------------------------------------------------

_UNITS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
        " fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
_SCALES = {
    "hundred": 100,
    "thousand": 1_000,
    "k": 1_000,
    "m": 1_000_000,
    "million": 1_000_000,
    "bn": 1_000_000_000,
    "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000,
    "dozen": 12,
}
_VAGUE = "dozens|scores|hundreds|thousands|millions|billions"
_SPELT = "|".join(
    [*_UNITS, *_TENS, "hundred", "thousand", "million", "billion", "trillion", "dozen"]
)
_NUMBER = re.compile(
    rf"""
    (?P<vague>\b(?:(?:several|a\ few|many|some|tens\ of|hundreds\ of)\s+
        (?:dozen|hundred|thousand|million|billion)s?|(?:{_VAGUE}))\b)
    | (?<![\w.,]) (?P<digits>\d[\d,]*(?:\.\d+)?)
      (?P<ordinal>st|nd|rd|th)? (?:[\s-]?(?P<scale>thousand|million|billion|trillion|bn|m|k)\b)?
      (?P<percent>\s?(?:%|per\s?cent\b))?
    | (?P<spelt>\b(?:{_SPELT})(?:(?:(?<=red|and|ion)\s+and\s+|[\s-]+)(?:{_SPELT}))*\b)
      (?P<share>\s?(?:%|per\s?cent\b))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CURRENCY = re.compile(r"[$£€¥]\s?\Z")
_NUMBER_HEADS = frozenset("several a many some tens few".split())
"""Words that begin a number before a word that counts."""
_WORDS_BEFORE = 2
"""Words of a number or a date before the first that counts: *a few hundred*, *tens of millions*."""


def numbers(stretch: Stretch, places: Sequence[int] | None = None) -> list[Fact]:
    """Find numbers, in digits or in words; ``one`` alone is no number.

    ``places`` are those of :func:`counting` where they are known.

    >>> text = "Twelve of 1,200 gave $3 million, several hundred 5%."
    >>> [fact.value for fact in numbers(Stretch.of(text))]
    [('12', ''), ('1200', ''), ('3000000', '$'), ('several hundred', ''), ('5', '%')]
    """
    found = []
    for match in stretch.matches(_NUMBER, counting(stretch) if places is None else places):
        start, end = match.span()
        currency = _CURRENCY.search(stretch.text, max(0, start - 2), start)
        if currency and match["digits"]:
            start = currency.start()
        value = _number_value(match, stretch.text[start : start + 1] if currency else "")
        if value is not None:
            found.append(Fact(stretch.text, start, end, value))
    return found


def _number_value(match: re.Match[str], currency: str) -> tuple[str, str] | None:
    if match["vague"]:
        return " ".join(match["vague"].casefold().split()), ""
    if match["digits"]:
        amount = float(match["digits"].replace(",", ""))
        amount *= _SCALES.get((match["scale"] or "").casefold(), 1)
        unit = currency or ("%" if match["percent"] else "")
        return f"{amount:.12g}", unit or ("th" if match["ordinal"] else "")
    words = [word for word in simple_words(match["spelt"]) if word != "and"]
    if words == ["one"] and not match["share"]:
        return None
    return f"{_spelt_value(words):.12g}", "%" if match["share"] else ""


def _spelt_value(words: list[str]) -> float:
    total = current = 0
    for word in words:
        scale = _SCALES.get(word)
        if scale is None:
            current += _UNITS.get(word, 0) + _TENS.get(word, 0)
        elif scale <= 100:
            current = max(current, 1) * scale
        else:
            total, current = total + max(current, 1) * scale, 0
    return float(total + current)


# --- Dates -------------------------------------------------------------------------------------

_MONTH = (
    r"Jan(?:uary|\.)|Feb(?:ruary|\.)|Mar(?:ch|\.)|Apr(?:il|\.)|May|June?|July?|Aug(?:ust|\.)"
    r"|Sept?(?:ember|\.)|Oct(?:ober|\.)|Nov(?:ember|\.)|Dec(?:ember|\.)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = re.compile(
    rf"""
    \b(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b
    | \b(?P<day>{_DAY})\s+(?P<month>{_MONTH})(?:,?\s+(?P<year>[12]\d{{3}})\b)?
    | \b(?P<month_us>{_MONTH})\s+(?P<day_us>{_DAY})\b(?!,?\d)(?:,?\s+(?P<year_us>[12]\d{{3}})\b)?
    | \b(?P<month_of>{_MONTH}),?\s+(?P<year_of>[12]\d{{3}})\b
    | \b(?:in|since|until|by|from|last|this|early|late|mid)[\s-]+
      (?P<month_bare>{_MONTH})(?!\w)(?:,?\s+(?P<year_with>[12]\d{{3}})\b)?
    | \b(?:in|since|until|by|from|before|after|of|the|early|late)\s+(?P<year_bare>[12]\d{{3}})\b
      (?![,.]\d|\s?%)
    """,
    re.VERBOSE,
)


_DATE_HEADS = frozenset(
    "in since until by from last this early late mid before after of the".split()
)
"""Words that begin a date before a month or a year."""


def dates(stretch: Stretch, places: Sequence[int] | None = None) -> list[Fact]:
    """Find dates; the value is weekday, day, month and year, ``""`` for what is not told.

    ``places`` are those of :func:`counting` where they are known.

    >>> text = "It closed on 3 March 2021 and, since August 2022, opened."
    >>> [fact.value for fact in dates(Stretch.of(text))]
    [('', '3', 'mar', '2021'), ('', '', 'aug', '2022')]
    """
    found = []
    for match in stretch.matches(_DATE, counting(stretch) if places is None else places):
        parts = {name: value for name, value in match.groupdict().items() if value}
        told = {name.partition("_")[0]: value for name, value in parts.items()}
        start = min(map(match.start, parts))
        value = (
            told.get("weekday", "").casefold(),
            told.get("day", "").rstrip("sthndr"),
            told.get("month", "").casefold()[:3],
            told.get("year", ""),
        )
        found.append(Fact(stretch.text, start, match.end(), value))
    return found


def same_date(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether two dates may be one: they share a part, and no part contradicts.

    >>> same_date(("", "", "aug", "2022"), ("", "3", "aug", ""))
    True
    """
    parts = [(x, y) for x, y in zip(one, other, strict=True) if x and y]
    return bool(parts) and all(x == y for x, y in parts)


COUNTING_WORDS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday jan january feb february mar march"
    " apr april may jun june jul july aug august sep sept september oct october nov november dec"
    " december hundred thousand million billion trillion dozen".split()
).union(_VAGUE.split("|"), _UNITS, _TENS)
"""Folded words without one of which, or a digit, a text has neither number nor date."""


# --- Where either may begin ----------------------------------------------------------------------


def counting(stretch: Stretch) -> list[int]:
    """Number the words at which a number or a date may begin, rising.

    They have a digit in front, are a word that counts, or stand up to two words before one.
    """
    words = stretch.words
    if COUNTING_WORDS.isdisjoint(words) and not _MAY_BE_DIGIT.search(stretch.text):
        return []
    counted = [
        k
        for k, word in enumerate(words)
        if word in COUNTING_WORDS
        or word < _ASCII_DIGITS
        or (word > _BEYOND_ASCII and word[0].isdigit())
    ]
    heads = {
        j
        for k in counted
        for j in range(max(0, k - _WORDS_BEFORE), k)
        if words[j] in _NUMBER_HEADS or words[j] in _DATE_HEADS
    }
    return sorted(heads.union(counted)) if heads else counted
