"""Find words of which an antonym of WordNet's stands in the very place, in English.

The table has the sides of pairs of meanings: words, those similar to them, and manners of them.
"""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np

from dedup.arrays import I32, I64, U32, offsets
from dedup.facts._differing import replacing
from dedup.facts.negations import Pair, negators
from dedup.facts.told import Stretch
from dedup.packed import open_tables


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
    marked = a.told.marked, b.told.marked
    found = dict(pair for ends in product(_ends(a), _ends(b)) for pair in replacing(*marked, *ends))
    return [
        (a.told.text_of(k, k + 1), b.told.text_of(j, j + 1))
        for k, j in sorted(found.items())
        if _are_opposed(a.told.words[k], b.told.words[j])
    ]


def _ends(stretch: Stretch) -> list[tuple[int, int]]:
    """Give the first word of each sentence and the one behind its last."""
    bounds = stretch.told.bounds
    return [(bounds[i], bounds[i + 1]) for i in stretch.sentences]


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
