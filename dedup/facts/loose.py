"""Quantities in words that go as well without them: ranks, parts, how often, times with a name.

*Third*, *half*, *twice* and *noon* mean much else, so they count where another one stands in their
place.
"""

from __future__ import annotations

from collections.abc import Sequence

from dedup.facts.lexicon import Trait
from dedup.facts.numbers import OFTEN, RANK, of_one_sort
from dedup.facts.told import NEAR, Fact

__all__ = ["drop_spans", "is_loose", "likeness_of_loose"]

Quantities = tuple[list[Fact], list[Fact]]
"""The numbers of a stretch, and its dates and times."""
_YEARS = frozenset(
    "year jahr jaar jare año años an ans anné ano anos anni anno år års lat lata год года лет рокі"
    " سنوا سنة عام عاما 年".split()
)
"""The beginnings of words for years."""


def drop_spans(here: Quantities, there: Quantities) -> None:
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


def is_loose(fact: Fact) -> bool:
    """Tell whether a quantity goes as well without its word: *third*, *half*, *twice*, *noon*."""
    first, last = fact.value[0], fact.value[-1]
    if last not in {RANK, OFTEN} and "/" not in first and first != "time":
        return False
    if last == RANK:
        return True
    if not fact.told.lexicon.spaced:
        return not any(map(str.isdecimal, fact.text))
    return not any(trait & Trait.COUNTS for trait in fact.told.traits[fact.first : fact.last])


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
