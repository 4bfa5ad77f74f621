"""Weigh how alike the words around two numbers, or two dates, are: are they of one thing?"""

from __future__ import annotations

from dedup.facts.dates import RELATIVE
from dedup.facts.lexicon import Trait
from dedup.facts.loose import is_loose, likeness_of_loose
from dedup.facts.told import Fact

MOST_TIMES = 2.0
"""Times that a sum of money is of another at most, where but the word before them is alike."""


def likeness(one: Fact, other: Fact) -> int:
    """Weigh the like neighbours of two facts; what they count, behind them, decides."""
    if is_loose(one) or is_loose(other):
        return likeness_of_loose(one, other)
    after_a, after_b = one.after(), other.after()
    if after_a[:1] == after_b[:1] != []:
        return 5
    counted_a, counted_b = counted(one, after_a), counted(other, after_b)
    behind = 2 * _of_one_thing(counted_a, counted_b)
    before_a, before_b = one.before(), other.before()
    beside = before_a[:1] == before_b[:1] != []
    if not behind and counted_a and counted_b:
        return int(beside and _may_be_one_sum(one, other))
    return behind + (2 * beside or int(bool(set(before_a) & set(before_b))))


def _may_be_one_sum(one: Fact, other: Fact) -> bool:
    """Tell whether two sums of one currency are near: of what they are stands not behind them."""
    if not one.value[1].isupper() or one.value[1] != other.value[1]:
        return False
    low, high = sorted(float(fact.value[0]) for fact in (one, other))
    return high <= MOST_TIMES * low


def _of_one_thing(counted: list[str], other: list[str]) -> bool:
    """Tell whether two numbers count the same: the first word that says something."""
    return bool(counted and other) and (counted[0] in other or other[0] in counted)


def counted(fact: Fact, after: list[str]) -> list[str]:
    """Give the words behind a fact that say something."""
    traits = fact.told.traits
    return [word for k, word in enumerate(after, fact.last) if not traits[k] & Trait.FREQUENT]


def like_beside(one: Fact, other: Fact) -> tuple[bool, bool]:
    """Tell whether two facts have the same word before them, and behind them."""
    ahead = one.before()[:1] == other.before()[:1] != []
    return ahead, one.after()[:1] == other.after()[:1] != []


def likeness_of_dates(one: Fact, other: Fact) -> int:
    """Weigh the like neighbours of two dates of a sort; new ones are paired without, but for those
    that are told from others: they stand between the same words.
    """
    if _sort(one.value) != _sort(other.value):
        return 0
    ahead, behind = like_beside(one, other)
    if one.value[0] == RELATIVE:
        return 3 * (one.before()[:1] == other.before()[:1] and one.after()[:1] == other.after()[:1])
    return 1 + 2 * behind + 2 * ahead if behind or ahead or (one.has_news and other.has_news) else 0


def _sort(value: tuple[str, ...]) -> str:
    """Tell weekdays, times, years and those told from others, by their unit, from other dates."""
    if value[0] == RELATIVE:
        return value[1][-1]
    if len(value) == 2 or value[0]:
        return value[0] if len(value) == 2 else "weekday"
    return "date" if value[1] or value[2] else "year"
