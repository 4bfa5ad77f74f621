"""Find words of which an antonym of WordNet's stands in the very place, in English.

The table has the sides of pairs of meanings: words, those similar to them, and manners of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from dedup.arrays import I32, I64, U32, offsets
from dedup.facts.lexicon import AMOUNTS, Trait
from dedup.facts.negations import Pair, negators
from dedup.facts.told import Stretch, Told
from dedup.packed import open_tables

__all__ = ["replaced"]

_NO_WORD = Trait.CAPITAL | AMOUNTS | Trait.FREQUENT
"""What a word is not that has an antonym."""


def replaced(a: Stretch, b: Stretch) -> list[Pair]:
    """Find new words between the same words as one of the other stretch that is opposed to them.

    >>> from dedup.facts._differing import mark_new
    >>> from dedup.facts.told import Told
    >>> a, b = Told.of("The road is safe at night."), Told.of("The road is perilous at night.")
    >>> mark_new(a.marked, b.marked)
    >>> replaced(a.whole(), b.whole())
    [('safe', 'perilous')]
    """
    if a.told.language != "en" or len(negators(a)) != len(negators(b)):
        return []
    there = dict(_between(b))
    return [
        (a.told.text_of(k), b.told.text_of(there[around]))
        for around, k in _between(a)
        if around in there and _are_opposed(a.told.words[k], b.told.words[there[around]])
    ]


def _between(stretch: Stretch) -> Iterator[tuple[tuple[int, ...], int]]:
    """Give the new words of a stretch by the ids of the words around them."""
    told = stretch.told
    for k in stretch.words_with(Trait.NEW):
        if not told.traits[k] & _NO_WORD:
            low, high = told.sentence_of(k)
            yield (*_around(told, k, low - 1, -1), *_around(told, k, high, 1)), k


def _around(told: Told, k: int, end: int, step: int) -> list[int]:
    """Give the ids of the words on one side of a word, -1 at the end of its sentence: the next,
    and one more behind one of the most frequent.
    """
    found: list[int] = []
    for j in (k + step, k + 2 * step):
        if j == end:
            return [*found, -1]
        found.append(int(told.words[j]))
        if not told.traits[j] & Trait.FREQUENT:
            break
    return found


def _are_opposed(one: int, other: int) -> bool:
    """Tell whether two words are on both sides of some pair of meanings, and of none on one."""
    here, there = _sides(one), _sides(other)
    return here.isdisjoint(there) and not here.isdisjoint({-side for side in there})


def _sides(word: int) -> frozenset[int]:
    """Give the sides that a word is on: a pair of meanings is a number, its other side minus it."""
    ids, ends, groups = _table()
    at = int(np.searchsorted(ids, word))
    if at == len(ids) or ids[at] != word:
        return frozenset()
    return frozenset(groups[ends[at] : ends[at + 1]].tolist())


@cache
def _table() -> tuple[U32, I64, I32]:
    """Load the ids of words, rising, where the sides of each begin, and these."""
    with open_tables("antonyms") as table:
        return table["ids"], offsets(table["counts"].tolist()), table["groups"]
