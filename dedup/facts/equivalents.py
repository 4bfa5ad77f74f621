"""Make the quantities of two texts alike that each tells in its own way.

*Since 2016* is *for eight years*, *48 hours* are *two days*, and a score is one number, not two.
"""

from __future__ import annotations

from itertools import pairwise

from dedup.facts.lexicon import STEM
from dedup.facts.told import Fact
from dedup.text.patterns import later

Quantities = tuple[list[Fact], list[Fact]]
"""The numbers of a stretch, and its dates and times."""
_YEARS = frozenset(
    "year jahr jaar jare año años an ans anné ano anos anni anno år års lat lata год года лет рокі"
    " سنوا سنة عام عاما 年".split()
)
"""The beginnings of words for years."""
_YEAR = later(r"(?:19|20)[0-9]{2}")
_TIME, _MONTHS, _LENGTH, _AREA = range(4)
_SIZES: dict[int, dict[float, str]] = {
    _TIME: {
        1: "minu мину",
        60: "hour hrs stun hora heur ore uur timm godz час часа часо",
        1440: "day days tag tage día días dia dias jour gior dag dage dni день дня дней",
        10080: "week fort woch sema sett veck tydz неде",
    },
    _MONTHS: {1: "mont mona mes mese mois mesi maan måna mies меся", 12: " ".join(_YEARS)},
    _LENGTH: {
        1: "metr mete m",
        0.3048: "feet foot ft",
        1000: "kilo km",
        1609.344: "mile meil mill",
    },
    _AREA: {1: "hect hekt ha", 0.404686: "acre"},
}
"""How large units are, by the beginnings of their words."""
_UNITS = {
    stem: (kind, size)
    for kind, sizes in _SIZES.items()
    for size, stems in sizes.items()
    for stem in stems.split()
}
_EXACT = frozenset({_TIME, _MONTHS})
ROUNDED = 0.06
"""Share by which an amount differs at most from one that it was rounded from: 62 miles, 100 km."""
_OF_SCORE = later(r"(?<![\w/.,:–-])(\d{1,3})\s?[-–:]\s?(\d{1,3})(?![\w/]|[.,:–-]\d)")
"""The two numbers of a score, which are no part of a longer row: *1-1/4*, *555-014-22*."""
_SCORE = "score"
"""The unit of *2-1*."""


def made_alike(a: Quantities, b: Quantities) -> None:
    """Drop from the quantities of two texts what each tells in its own way, and join scores."""
    for here, there in ((a, b), (b, a)):
        _move_years(here, there)
    for here, there in ((a, b), (b, a)):
        _drop_spans(here, there)
    numbers_a, numbers_b = a[0], b[0]
    told_a, told_b = (
        _in_other_units(*both) for both in ((numbers_a, numbers_b), (numbers_b, numbers_a))
    )
    for numbers, told in ((numbers_a, told_a), (numbers_b, told_b)):
        converted = {*told, *_in_other_units(numbers, told)}  # and *62 miles* behind *100 km*
        numbers[:] = [fact for fact in numbers if fact not in converted]
    scores_a, scores_b = _joined(numbers_a, numbers_b), _joined(numbers_b, numbers_a)
    if scores_a and scores_b:
        numbers_a[:], numbers_b[:] = scores_a, scores_b


def _move_years(here: Quantities, there: Quantities) -> None:
    """Take numbers for years that may be such where the other text tells one: *der 2029 kommt*."""
    if any(not any(fact.value[:3]) for fact in there[1]):
        years = [fact for fact in here[0] if _YEAR.fullmatch(fact.text)]
        here[0][:] = [fact for fact in here[0] if fact not in years]
        here[1].extend(fact._replace(value=("", "", "", fact.text)) for fact in years)


def _drop_spans(here: Quantities, there: Quantities) -> None:
    """Drop the numbers of years of one text and the years that the other tells in their place.

    Who writes *since 2016* for *eight years* tells the same, of a day that is not known here.
    """
    (spans, own_years), (own_spans, years) = map(_of_years, (here, there))
    if spans and years and not own_years and not own_spans:
        here[0][:] = [fact for fact in here[0] if fact not in spans]
        there[1][:] = [fact for fact in there[1] if fact not in years]


def _of_years(found: Quantities) -> Quantities:
    """Give the numbers that count years, and the years, that the other text lacks."""
    numbers, dates = ([fact for fact in facts if fact.is_new] for facts in found)
    spans = [fact for fact in numbers if _YEARS.intersection(fact.after()[:1])]
    return spans, [fact for fact in dates if not any(fact.value[:3])]


def _in_other_units(numbers: list[Fact], others: list[Fact]) -> list[Fact]:
    """Give the numbers that others tell in other units: 48 hours, two days."""
    return [fact for fact in numbers if any(_same_in_other_units(fact, one) for one in others)]


def _same_in_other_units(one: Fact, other: Fact) -> bool:
    """Tell whether two numbers are one in units of a kind, as far as one rounds lengths."""
    here, there = _unit(one), _unit(other)
    if here is None or there is None or here[0] != there[0] or here[1] == there[1]:
        return False
    try:
        size, other_size = float(one.value[0]) * here[1], float(other.value[0]) * there[1]
    except ValueError:  # a vague amount
        return False
    rounded = 0 if here[0] in _EXACT else ROUNDED
    return abs(size - other_size) <= rounded * max(size, other_size)


def _unit(fact: Fact) -> tuple[int, float] | None:
    """Give the kind and the size of the unit that a number counts or ends in: *a fortnight*."""
    words = *fact.after()[:1], fact.told.word(fact.last - 1)[:STEM]
    return next((_UNITS[word] for word in words if word in _UNITS), None)


def _joined(numbers: list[Fact], others: list[Fact]) -> list[Fact]:
    """Join the two numbers of each score, but for one that the other text has apart: *30 to 40*.

    Gives ``[]`` where there is no score.
    """
    of_scores = {fact for pair in _scores(others) for fact in pair}
    apart = {fact.value for fact in others if fact not in of_scores}
    found = list(numbers)
    for one, other in _scores(numbers):
        if apart.isdisjoint((one.value, other.value)):
            value = f"{one.value[0]}-{other.value[0]}", _SCORE
            found[found.index(one)] = one._replace(last=other.last, end=other.end, value=value)
            found.remove(other)
    return found if len(found) < len(numbers) else []


def _scores(numbers: list[Fact]) -> list[tuple[Fact, Fact]]:
    """Find the pairs of numbers that are a score, none of three in a row: *3 - 2 - 1*."""
    pairs = [
        (one, other)
        for one, other in pairwise(numbers)
        if (match := _OF_SCORE.match(one.told.text, one.start))
        and match.span(1) == (one.start, one.end)
        and match.span(2) == (other.start, other.end)
    ]
    ahead, behind = ({pair[k] for pair in pairs} for k in (0, 1))
    return [(one, other) for one, other in pairs if one not in behind and other not in ahead]
