"""Quantities in words that go as well without them: ranks, parts, how often, times with a name.

*Third*, *half*, *twice*, *noon* and *last week* mean much else, or are told by the date, so they
count where another one stands in their place.
"""

from __future__ import annotations

from collections.abc import Sequence

from dedup.facts.dates import RELATIVE
from dedup.facts.lexicon import Trait
from dedup.facts.numbers import OFTEN, RANK, of_one_sort
from dedup.facts.told import NEAR, Fact, Told


def is_loose(fact: Fact) -> bool:
    """Tell whether a quantity goes as well without its word: *third*, *half*, *twice*, *noon*."""
    first, last = fact.value[0], fact.value[-1]
    if last not in {RANK, OFTEN} and "/" not in first and first not in {"time", RELATIVE}:
        return False
    if last == RANK or first == RELATIVE:
        return True
    if not fact.told.lexicon.spaced:
        return not _in_digits(fact)
    return not any(trait & Trait.COUNTS for trait in fact.told.traits[fact.first : fact.last])


def says_little(fact: Fact, there: Told) -> bool:
    """Tell whether it says little that a text leaves a quantity out: a loose one, 1, or *two* in
    words where it has *both*.
    """
    two = fact.value == _TWO and not _in_digits(fact)
    return is_loose(fact) or fact.value == _ONE or (two and _says_both(there))


_ONE, _TWO = ("1", ""), ("2", "")


def _says_both(told: Told) -> bool:
    return any("both" in told.kinds(k, k + 1) for k in range(len(told.words)))


def is_one_number(fact: Fact) -> bool:
    """Tell whether all words of a fact are the digits of one number: *552.000*."""
    return all(fact.told.word(k).isdecimal() for k in range(fact.first, fact.last))


def _in_digits(fact: Fact) -> bool:
    return any(map(str.isdecimal, fact.text))


def likeness_of_loose(one: Fact, other: Fact) -> int:
    """Weigh the like words beside two ranks, parts or multiples: two, or one that says much."""
    if not of_one_sort(one.value[-1], other.value[-1]):
        return 0
    traits = one.told.traits
    ahead = _like_beside(
        one.before(), other.before(), traits[max(0, one.first - NEAR) : one.first][::-1]
    )
    behind = _like_beside(one.after(), other.after(), traits[one.last : one.last + NEAR])
    return ahead + behind if ahead + behind > 1 else 0


def _like_beside(words: list[str], others: list[str], traits: Sequence[int]) -> int:
    """Count the like words from the nearest on, 2 for one that says something."""
    if not words and not others:
        return 1
    count = 0
    for word, other, trait in zip(words, others, traits, strict=False):
        if word != other:
            break
        count += 1 if trait & Trait.FREQUENT else 2
    return count
