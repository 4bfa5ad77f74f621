"""Draw pairs to be labelled: some of every probability, each with what it stands for."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence

from dedup.errors import InputError
from dedup.model import Pair

EDGES = (0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.99)
"""Probabilities between which pairs are drawn alike: finest where one cuts."""
OPENING = 600
"""Characters of a text that are shown to who labels it."""


def drawn(pairs: Sequence[Pair], number: int, seed: int) -> list[tuple[Pair, float]]:
    """Draw so many pairs, as many of each range of probabilities as it has, in random order.

    With each comes its weight: how many pairs of its range it stands for. Raises
    :class:`~dedup.errors.InputError` for a number below 1.

    >>> from dedup.model import Verdict
    >>> pairs = [Pair("a", str(k), Verdict.UNRELATED, 0.01, 0.0) for k in range(30)]
    >>> pairs.append(Pair("a", "b", Verdict.REWRITTEN, 0.97, 0.1))
    >>> [weight for pair, weight in drawn(pairs, 4, 0) if pair.b == "b"], len(drawn(pairs, 4, 0))
    ([1.0], 4)
    """
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise InputError.of("number", number, "an int of 1 or more")
    ranges: list[list[Pair]] = [[] for _ in range(len(EDGES) + 1)]
    for pair in pairs:
        ranges[bisect_right(EDGES, pair.probability)].append(pair)
    chance = random.Random(seed)
    found: list[tuple[Pair, float]] = []
    ordered = sorted(filter(None, ranges), key=len)
    for place, own in enumerate(ordered):  # a small one leaves its share to the larger
        count = min(len(own), -(-(number - len(found)) // (len(ordered) - place)))
        found += [(pair, len(own) / count) for pair in chance.sample(own, count)]
    chance.shuffle(found)
    return found


def opened(text: str) -> str:
    """Cut a text behind a word, its paragraphs kept, for who labels it.

    >>> opened("Rain fell. " * 99)[-6:], opened(" Rain fell. ")
    ('Rain …', 'Rain fell.')
    """
    text = text.strip()
    return text if len(text) <= OPENING else text[: OPENING + 1].rpartition(" ")[0] + " …"
