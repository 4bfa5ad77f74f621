"""Choose the links between the sentences of two texts: one to one, split, merged, moved."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from dedup.order import heaviest_chain
from dedup.similarity import Residuals, Vectors

__all__ = ["Group", "Scores", "link"]

Pair = tuple[int, int]
Scores = dict[Pair, float]
"""Scores or strengths of sentence pairs, a's sentence first."""

FALSE_LINK_BASE, FALSE_LINK_SLOPE = 0.042, 0.043
"""Strength that 1 % of the sentences of unrelated news reach as each other's best: ``base + slope ·
ln n`` between texts of n sentences. Fitted on BBC sport against business stories joined to 17, 53,
142, 356 and 1,050 sentences, where it was .162, .205, .246, .288 and .340."""
LEAST_THRESHOLD = 0.15
"""Least strength of a link between texts of a few sentences, where the fit does not reach."""
NEIGHBOUR_BONUS = 0.15
"""Part of a neighbouring pair's score added to a pair's own: sentences come in company. The
prototypes in which it was found raised F1 by .05 on the seed pair."""
ANCHOR = 0.4
"""Strength from which a pair is sure enough to tell in which order the story runs."""
CROSSING_PENALTY = 0.15
"""Strength a pair loses that crosses the story's order: it must be clearer to pass as a move."""
RELATIVE_LINK = 0.4
"""Least strength of a link as a part of the pair's typical score: where most sentences were kept
word for word, weak likeness is chance (argrewrite: F1 of pairs .967 without, .979 with it)."""
RELATIVE_MERGE = 0.5
"""The same for a further partner, measured on what the partners before it leave unexplained."""
LEAST_MERGE = 0.2
"""Least score of a further partner, likewise measured."""
MOST_MERGED = 3
"""Sentences of one text that may stand against one of the other."""


class Group(NamedTuple):
    """Linked sentences of a and of b, by number, rising; one of the two holds a single one."""

    a: tuple[int, ...]
    b: tuple[int, ...]
    similarity: float


def link(made: Vectors, scores: Scores) -> list[Group]:
    """Choose the links among scored sentence pairs and gather them into groups, in the order of b.

    ``scores`` come in the order of the pairs. First each sentence takes its best partner where the
    choice is mutual; then sentences left over join a group whose one sentence they explain further.
    """
    if not scores:
        return []
    threshold = _threshold(made)
    strength = _with_order(_with_neighbours(scores, min(threshold, ANCHOR)))
    level = _level(scores, threshold)
    least = max(threshold, RELATIVE_LINK * level)
    best_a, best_b = _best(strength)
    mutual, one_sided = [], []
    for pair in _strongest_first(strength, made):
        if strength[pair] < least:
            break
        leads_a, leads_b = strength[pair] >= best_a[pair[0]], strength[pair] >= best_b[pair[1]]
        if leads_a and leads_b:
            mutual.append(pair)
        elif leads_a or leads_b:
            one_sided.append(pair)
    stars = _Stars(made, max(LEAST_MERGE, RELATIVE_MERGE * level))
    for i, j in mutual:
        stars.pair(i, j, scores[i, j])
    for i, j in one_sided:
        stars.extend(i, j, scores[i, j])
    return stars.groups()


def _threshold(made: Vectors) -> float:
    """Give the least strength of a link: what 1 % of unrelated sentences reach."""
    chance = FALSE_LINK_BASE + FALSE_LINK_SLOPE * math.log(math.sqrt(made.rows * made.columns))
    return max(LEAST_THRESHOLD, chance)


def _best(strength: Scores) -> tuple[dict[int, float], dict[int, float]]:
    """Give the strength of the best pair of each sentence of a, and of each of b."""
    best_a: dict[int, float] = {}
    best_b: dict[int, float] = {}
    for (i, j), value in strength.items():
        if i not in best_a or value > best_a[i]:
            best_a[i] = value
        if j not in best_b or value > best_b[j]:
            best_b[j] = value
    return best_a, best_b


def _mutual(strength: Scores, least: float) -> list[Pair]:
    """List the pairs of some strength that are the best of both their sentences."""
    clear = {pair: value for pair, value in strength.items() if value >= least}
    best_a, best_b = _best(clear)
    return [(i, j) for (i, j), value in clear.items() if value >= best_a[i] and value >= best_b[j]]


def _level(scores: Scores, threshold: float) -> float:
    """Give the typical score of sentences that chose each other, 0 where none did: the median."""
    sure = sorted(scores[pair] for pair in _mutual(scores, threshold))
    return (sure[(len(sure) - 1) // 2] + sure[len(sure) // 2]) / 2 if sure else 0.0


def _with_neighbours(scores: Scores, least: float) -> Scores:
    """Add to each score a part of the better one of the pairs before and behind.

    Pairs that stay below ``least`` whatever their neighbours are left out.
    """
    return {
        (i, j): score
        + NEIGHBOUR_BONUS * max(scores.get((i - 1, j - 1), 0.0), scores.get((i + 1, j + 1), 0.0))
        for (i, j), score in scores.items()
        if score >= least - NEIGHBOUR_BONUS
    }


def _with_order(strength: Scores) -> Scores:
    """Take the penalty from pairs that cross the heaviest chain of sure ones."""
    sure = _mutual(strength, ANCHOR)
    weights = [strength[pair] for pair in sure]
    chain = heaviest_chain([i for i, _ in sure], [j for _, j in sure], weights)
    chain_a, chain_b = [sure[k][0] for k in chain], [sure[k][1] for k in chain]
    return {
        (i, j): value
        - CROSSING_PENALTY
        * (
            bisect_left(chain_a, i) > bisect_right(chain_b, j)
            or bisect_left(chain_b, j) > bisect_right(chain_a, i)
        )
        for (i, j), value in strength.items()
    }


def _strongest_first(strength: Scores, made: Vectors) -> list[Pair]:
    """Order pairs by strength; of equals the ones nearest to the diagonal come first."""
    return sorted(
        strength,
        key=lambda pair: (
            -strength[pair],
            abs(pair[0] * made.columns - pair[1] * made.rows),
            pair[0],
        ),
    )


@dataclass
class _Stars:
    """Groups that grow: each one sentence against one, or against up to three."""

    made: Vectors
    least: float
    of_a: dict[int, dict[int, float]] = field(default_factory=dict)
    of_b: dict[int, dict[int, float]] = field(default_factory=dict)

    @cached_property
    def _residuals(self) -> Residuals:
        return Residuals(self.made)

    def pair(self, i: int, j: int, score: float) -> None:
        """Link two sentences, unless one has a partner."""
        if i not in self.of_a and j not in self.of_b:
            self._add(i, j, score)

    def extend(self, i: int, j: int, score: float) -> None:
        """Link a sentence without partner, to a group where the other has one."""
        if j not in self.of_b and i not in self.of_a:
            self._add(i, j, score)
        elif i not in self.of_a:
            if self._open(self.of_b[j], self.of_a) and (
                self._residuals.score(self.made.rows + j, self.of_b[j], i) >= self.least
            ):
                self._add(i, j, score)
        elif j not in self.of_b and self._open(self.of_a[i], self.of_b):
            taken = [self.made.rows + k for k in self.of_a[i]]
            if self._residuals.score(i, taken, self.made.rows + j) >= self.least:
                self._add(i, j, score)

    def _open(self, partners: dict[int, float], theirs: dict[int, dict[int, float]]) -> bool:
        """Tell whether a sentence's group may take one more: it is the centre, and not full."""
        return len(partners) < MOST_MERGED and all(len(theirs[k]) == 1 for k in partners)

    def _add(self, i: int, j: int, score: float) -> None:
        self.of_a.setdefault(i, {})[j] = score
        self.of_b.setdefault(j, {})[i] = score

    def groups(self) -> list[Group]:
        """Give the groups as they stand, in the order of b."""
        made = set()
        for partners in self.of_b.values():
            others = {k: s for i in partners for k, s in self.of_a[i].items()}
            best = max(*partners.values(), *others.values())
            made.add((tuple(sorted(others)), tuple(sorted(partners)), best))
        return [Group(a, b, best) for b, a, best in sorted(made)]
