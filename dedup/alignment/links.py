"""Choose the links between the sentences of two texts: one to one, split, merged, moved."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel
from rapidfuzz.process import cpdist

from dedup.alignment.order import heaviest_chain
from dedup.alignment.similarity import Candidates, Residuals, Vectors
from dedup.arrays import F64, Flags

__all__ = ["PLAIN_TOOLS", "Group", "Residue", "Tools", "chance_strength", "link"]


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
REVISED = 0.7
"""Typical score from which a text was revised sentence by sentence, and not told anew."""
CHANCE_LIKENESS = 0.5
"""Share of letters, in order, that two sentences on one topic have in common by chance."""
LIKENESS_WEIGHT = 3.0
"""Strength that a pair of a revised text gains or loses with its likeness above or below chance: so
much that likeness decides. The penalty of a crossing grows with it. argrewrite's F1 of added and
dropped sentences is .932 with it and .906 without."""
LEAST_GAIN = 0.2
"""Likeness that a further partner in a revised text adds at least: a sentence that was split is
more like its parts in a row than like one of them, by about a fifth where the smaller part is no
mere phrase. At .05, .72 of argrewrite's links of split and merged sentences are right, at .2 .81,
and of those that were wanted 39 and 36 in 42 are found."""
LONGEST_LIKENED = 1_000
"""Characters of the longest sentence whose likeness is measured: bounds the time."""
RELATIVE_MERGE = 0.5
"""Least score of a further partner as a part of the typical score, measured on what the partners
before it leave unexplained."""
LEAST_MERGE = 0.2
"""Least score of a further partner, likewise measured."""
MOST_MERGED = 3
"""Sentences of one text that may stand against one of the other."""


class Group(NamedTuple):
    """Linked sentences of a and of b, by number, rising; one of the two holds a single one."""

    a: tuple[int, ...]
    b: tuple[int, ...]
    similarity: float


class Residue(Protocol):
    """Scores a further partner on what the others leave, as
    ``dedup.alignment.similarity.Residuals`` does.
    """

    def score(self, centre: int, taken: Iterable[int], more: int) -> float: ...  # noqa: D102


class Tools(NamedTuple):
    """The steps of a choice that go over arrays, each by one of two ways with one result."""

    level: Callable[[Candidates, float], float]
    with_neighbours: Callable[[Candidates, float, int], tuple[Candidates, F64]]
    with_order: Callable[[Candidates, F64, float], F64]
    choice: Callable[[Candidates, F64, float, Vectors], list[tuple[int, int, float]]]
    residuals: Callable[[Vectors], Residue]


def link(made: Vectors, scored: Candidates, tools: Tools | None = None) -> list[Group]:
    """Choose the links among scored sentence pairs and gather them into groups, in the order of b.

    First each sentence takes its best partner where the choice is mutual; then sentences left over
    join a group whose one sentence they explain further.
    """
    if not len(scored.a):
        return []
    use = tools or PLAIN_TOOLS
    threshold = chance_strength(made)
    level = use.level(scored, threshold)
    least = max(threshold, RELATIVE_LINK * level)
    pairs, strength = use.with_neighbours(scored, min(threshold, ANCHOR), made.columns)
    revised = level >= REVISED
    stars = _Stars(made, max(LEAST_MERGE, RELATIVE_MERGE * level), revised, use.residuals)
    penalty = CROSSING_PENALTY * (1.0 + LIKENESS_WEIGHT * revised)
    if revised:
        whole = use.with_order(pairs, strength + LIKENESS_WEIGHT * _likeness(pairs, made), penalty)
        for i, j, score in use.choice(pairs, whole, least, made):
            stars.pair(i, j, score)
    for i, j, score in use.choice(pairs, use.with_order(pairs, strength, penalty), least, made):
        if not revised:
            stars.pair(i, j, score)
        stars.join(i, j, score)
    return stars.groups()


def _choice(
    pairs: Candidates, strength: F64, least: float, made: Vectors
) -> list[tuple[int, int, float]]:
    """List the clear pairs with their scores: first those that are the best of both their
    sentences, then those that are the best of one; each by strength.
    """
    leads_a, leads_b = _leads(pairs.a, strength), _leads(pairs.b, strength)
    clear = strength >= least
    return [
        *_strongest_first(pairs, strength, clear & leads_a & leads_b, made),
        *_strongest_first(pairs, strength, clear & (leads_a ^ leads_b), made),
    ]


def chance_strength(made: Vectors) -> float:
    """Give the least strength of a link: what 1 % of unrelated sentences reach."""
    chance = FALSE_LINK_BASE + FALSE_LINK_SLOPE * math.log(math.sqrt(made.rows * made.columns))
    return max(LEAST_THRESHOLD, chance)


def _leads(sentences: NDArray[np.int64], strength: F64) -> Flags:
    """Mark the pairs that are the best, or as good as the best, of their sentence; bool[m]."""
    best = np.zeros(int(sentences.max(initial=0)) + 1)
    np.maximum.at(best, sentences, strength)
    leads: Flags = strength >= best[sentences]
    return leads


def _mutual(pairs: Candidates, strength: F64, least: float) -> NDArray[np.int64]:
    """List the pairs of some strength that are the best of both their sentences; positions."""
    clear = (strength >= least).nonzero()[0]
    strength = strength[clear]
    leads = _leads(pairs.a[clear], strength) & _leads(pairs.b[clear], strength)
    return clear[leads]


def _level(scored: Candidates, threshold: float) -> float:
    """Give the typical score of sentences that chose each other, 0 where none did: the median."""
    sure = np.sort(scored.score[_mutual(scored, scored.score, threshold)])
    return float(sure[(len(sure) - 1) // 2] + sure[len(sure) // 2]) / 2 if len(sure) else 0.0


def _with_neighbours(scored: Candidates, least: float, columns: int) -> tuple[Candidates, F64]:
    """Add to each score a part of the better one of the pairs before and behind.

    Pairs that stay below ``least`` whatever their neighbours are left out.
    """
    score = scored.score
    keys = scored.a * (columns + 1) + scored.b  # one column more, so that no row runs into the next
    behind = keys + (columns + 2)
    at = np.searchsorted(keys, behind)
    at[-1] = 0  # the last pair has none behind it
    has_next = (keys.take(at, mode="clip") == behind).nonzero()[0]
    following = at[has_next]
    company = np.zeros(len(score))
    company[has_next] = score[following]
    company[following] = np.maximum(company[following], score[has_next])
    near = score >= least - NEIGHBOUR_BONUS
    return scored.where(near), (score + NEIGHBOUR_BONUS * company)[near]


def _likeness(pairs: Candidates, made: Vectors) -> F64:
    """Give how much more of their letters sentences have in common, in order, than by chance.

    The measure is RapidFuzz's ``Indel.normalized_similarity`` of the folded words; f64[m].
    """
    texts = made.texts
    a = [texts[i] for i in pairs.a.tolist()]
    b = [texts[made.rows + j] for j in pairs.b.tolist()]
    brief = [max(len(x), len(y)) <= LONGEST_LIKENED for x, y in zip(a, b, strict=True)]
    likeness = np.full(len(a), CHANCE_LIKENESS)
    likeness[brief] = cpdist(
        list(compress(a, brief)),
        list(compress(b, brief)),
        scorer=Indel.normalized_similarity,
        dtype=np.float64,
    )
    return likeness - CHANCE_LIKENESS


def _with_order(pairs: Candidates, strength: F64, penalty: float) -> F64:
    """Take the penalty from pairs that cross the heaviest chain of sure ones."""
    sure = _mutual(pairs, strength, ANCHOR)
    a, b = pairs.a[sure], pairs.b[sure]
    chain = heaviest_chain(a.tolist(), b.tolist(), strength[sure].tolist())
    if not chain:
        return strength
    chain_a, chain_b = a[chain], b[chain]
    crossing = np.searchsorted(chain_a, pairs.a) > np.searchsorted(chain_b, pairs.b, "right")
    crossing |= np.searchsorted(chain_b, pairs.b) > np.searchsorted(chain_a, pairs.a, "right")
    lowered: F64 = strength - penalty * crossing
    return lowered


def _strongest_first(
    pairs: Candidates, strength: F64, chosen: Flags, made: Vectors
) -> list[tuple[int, int, float]]:
    """List chosen pairs and their scores by strength; of equals the ones nearest the diagonal."""
    a, b = pairs.a[chosen], pairs.b[chosen]
    aside = np.abs(a * made.columns - b * made.rows)
    order = np.lexsort((a, aside, -strength[chosen]))
    score = pairs.score[chosen][order]
    return list(zip(a[order].tolist(), b[order].tolist(), score.tolist(), strict=True))


PLAIN_TOOLS = Tools(_level, _with_neighbours, _with_order, _choice, Residuals)


@dataclass
class _Stars:
    """Groups that grow: each one sentence against one, or against up to three."""

    made: Vectors
    least: float
    revised: bool
    residuals: Callable[[Vectors], Residue]
    of_a: dict[int, dict[int, float]] = field(default_factory=dict)
    of_b: dict[int, dict[int, float]] = field(default_factory=dict)

    @cached_property
    def _residuals(self) -> Residue:
        return self.residuals(self.made)

    def pair(self, i: int, j: int, score: float) -> None:
        """Link two sentences, unless one has a partner."""
        if i not in self.of_a and j not in self.of_b:
            self._add(i, j, score)

    def join(self, i: int, j: int, score: float) -> None:
        """Link a sentence without partner to one that has partners, where it explains more."""
        if (i in self.of_a) == (j in self.of_b):
            return
        if j in self.of_b:
            centre, more, taken = self.made.rows + j, i, list(self.of_b[j])
            room = self._open(self.of_b[j], self.of_a)
        else:
            centre, more, taken = i, self.made.rows + j, [self.made.rows + k for k in self.of_a[i]]
            room = self._open(self.of_a[i], self.of_b)
        if room and self._explains(centre, taken, more):
            self._add(i, j, score)

    def _explains(self, centre: int, taken: list[int], more: int) -> bool:
        """Tell whether a further partner has what the others leave; numbers in the vectors."""
        if self._residuals.score(centre, taken, more) < self.least:
            return False
        return not self.revised or self._gain(centre, taken, more) >= LEAST_GAIN

    def _gain(self, centre: int, taken: list[int], more: int) -> float:
        """Give how much more a sentence is like its partners in a row with one more of them."""
        texts = self.made.texts
        before, after = (
            " ".join([texts[k] for k in sorted(partners)]) for partners in (taken, [*taken, more])
        )
        if max(len(texts[centre]), len(after)) > LONGEST_LIKENED:
            return LEAST_GAIN
        whole = Indel.normalized_similarity(texts[centre], after)
        return whole - Indel.normalized_similarity(texts[centre], before)

    def _open(self, partners: dict[int, float], theirs: dict[int, dict[int, float]]) -> bool:
        """Tell whether a sentence's group may take one more: it is the centre, and not full."""
        return len(partners) < MOST_MERGED and all(len(theirs[k]) == 1 for k in partners)

    def _add(self, i: int, j: int, score: float) -> None:
        self.of_a.setdefault(i, {})[j] = score
        self.of_b.setdefault(j, {})[i] = score

    def groups(self) -> list[Group]:
        """Give the groups as they stand, in the order of b."""
        made = []
        for j in sorted(self.of_b):
            partners = self.of_b[j]
            others = self.of_a[next(iter(partners))]
            if j == min(others):
                best = max(*partners.values(), *others.values())
                made.append(Group(tuple(sorted(partners)), tuple(sorted(others)), best))
        return made
