"""Find the number two where it is in the form of the word that is counted: Arabic *rajulān*."""

from __future__ import annotations

from collections.abc import Iterator

from dedup.facts.lexicon import Trait, common
from dedup.facts.told import Fact, Stretch

LEAST_ROOT = 2
"""Letters that two forms of a word share at least, those that come and go left out."""
_TWO = "2"


def duals(numbers: list[Fact], other: Stretch) -> Iterator[tuple[str, str]]:
    """Pair numbers with the dual of what they count, and take these numbers out of the list.

    >>> from dedup.facts._differing import mark_new
    >>> from dedup.facts.quantities import quantities
    >>> from dedup.facts.told import Told
    >>> numbers, _ = quantities(Told.of("أصيب ثلاثة رجال في الحريق").whole())
    >>> other = Told.of("أصيب رجلان في الحريق")
    >>> mark_new(numbers[0].told.marked, other.marked)
    >>> list(duals(numbers, other.whole())), numbers
    ([('ثلاثة', 'رجلان')], [])
    """
    there = other.told
    forms: dict[str, int] = {}
    for k in other.words_with(Trait.NEW) if numbers else ():
        if not (there.entry(k)[0] or (k and there.kind(k - 1, "number")[0])):
            forms.setdefault(_root(there.word(k), there.lexicon.dual), k)
    forms.pop("", None)
    for fact in list(numbers):
        at = forms.get(_counted_root(fact))
        if at is not None:
            numbers.remove(fact)
            if fact.value[0] != _TWO:
                yield fact.text, there.text_of(at, at + 1)


def _counted_root(fact: Fact) -> str:
    """Give the root of the word that a number counts."""
    told = fact.told
    return _root(told.word(fact.last), told.lexicon.counted) if told.joins(fact.last) else ""


def _root(word: str, endings: list[str]) -> str:
    """Take from a word the first of some endings that it has, and the letters that come and go
    between its forms; ``""`` where it has none or too little is left.
    """
    ending = next((ending for ending in endings if word.endswith(ending)), None)
    if ending is None:
        return ""
    stem = word.removesuffix(ending)
    root = "".join([letter for letter in stem if letter not in common("weak")])
    return root if len(root) >= LEAST_ROOT else ""
