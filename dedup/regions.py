"""Join neighbouring links into regions: stretches of one text that reuse a stretch of the other.

Seeds, clusters of seeds and the gap tolerated between them follow Sanchez-Perez, Sidorov and
Gelbukh 2014, "A winning approach to text alignment for text reuse detection at PAN 2014". The
parameters were chosen on a third of PAN 2013's training pairs (``benchmarks/
quality_alignment.py`` measures all of them).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import distinct
from dedup.model import Region, Span
from dedup.runs import Run
from dedup.similarity import Candidates
from dedup.text import Tokens

__all__ = ["regions"]

Ints = NDArray[np.int64]

LEAST_SEED_WORDS = 2
"""Words of the shortest sentence that can be a seed: one word says nothing of reuse."""
STRONG_SEED = 0.35
"""Score from which a sentence pair begins a region."""
WEAK_SEED = 0.25
"""Score from which one extends a region that it lies close to."""
RELATIVE_SEED = 0.8
"""Least score of a seed as a part of the best score that either of its sentences has."""
MOST_GAP = 4
"""Sentences without a strong seed that a region may hold in a row, on either side."""
REACH = 2
"""Sentences from a region's border within which a weak seed extends it, on both sides."""
MOST_ROUNDS = 16
"""Times that weak seeds may extend a region further: keeps the time linear."""
LEAST_MASS = 0.45
"""Sum of best scores, on either side, that makes a region: a sentence rewritten, at least."""
RELATIVE_MASS = 0.25
"""The same as a part of the heaviest region's mass: beside real reuse, likeness is topic."""
LEAST_LENGTH = 150
"""Characters of the shortest region, on either side; in short texts half the text is enough."""
VERBATIM_SHARE = 0.55
"""Share of a region's words from which verbatim runs, not sentences, set its borders."""

DIGEST_SEED = 0.3
"""Score from which a sentence pair counts towards a digest: a stretch that sums up a long text."""
DIGEST_GAP = 1
"""Sentences without a seed that a digest may hold in a row."""
DIGEST_PAIRS = 3
"""Sentences, on either side, that make a digest at least."""
DIGEST_RATIO = 3
"""Times that a digest's source is at least as long as the digest (as Sanchez-Perez et al.)."""
DIGEST_SPREAD = 0.65
"""Most of a digest's mass that one region may hold: a digest draws on many places."""
DIGEST_LIFT = 40
"""Times that seeds are at least as dense in a digest as in the rest of its text."""


@dataclass(frozen=True, slots=True)
class Box:
    """Sentences ``top`` to ``bottom`` of a and ``left`` to ``right`` of b, all inclusive."""

    top: int
    bottom: int
    left: int
    right: int

    def holds(self, seeds: Candidates, reach: int = 0) -> NDArray[np.bool_]:
        """Mark the seeds inside, or within ``reach`` sentences of it; bool[m]."""
        inside: NDArray[np.bool_] = (
            (seeds.a >= self.top - reach)
            & (seeds.a <= self.bottom + reach)
            & (seeds.b >= self.left - reach)
            & (seeds.b <= self.right + reach)
        )
        return inside


def regions(a: Tokens, b: Tokens, found: Candidates, runs: list[Run]) -> list[Region]:
    """Join sentence pairs that lie close on both sides, in the order of a.

    ``runs`` are the verbatim runs of both texts, in the order of a. At most four sentences in a
    row without a counterpart are tolerated inside a region, and at least 150 characters wanted.
    """
    seeds = _seeds(a, b, found)
    weighed = list(_clusters(seeds))
    least_mass = max([LEAST_MASS, *(RELATIVE_MASS * mass for _, mass in weighed)])
    made = [_region(a, b, box, runs) for box, mass in weighed if mass >= least_mass]
    least = min(LEAST_LENGTH, len(a.text) // 2, len(b.text) // 2)
    made = [region for region in made if min(_length(region.a), _length(region.b)) >= least]
    for digest in (*_digests(a, b, seeds), *map(_turned, _digests(b, a, _swapped(seeds)))):
        made = [region for region in made if not _meet(region, digest)] + [digest]
    return sorted(made, key=lambda region: (region.a, region.b))


def _seeds(a: Tokens, b: Tokens, found: Candidates) -> Candidates:
    """Keep the pairs that are clear in themselves and beside the best of their sentences."""
    words_a, words_b = np.diff(a.bounds), np.diff(b.bounds)
    found = found.where(np.minimum(words_a[found.a], words_b[found.b]) >= LEAST_SEED_WORDS)
    best_a, best_b = np.zeros(len(words_a)), np.zeros(len(words_b))
    np.maximum.at(best_a, found.a, found.score)
    np.maximum.at(best_b, found.b, found.score)
    rival = np.maximum(best_a[found.a], best_b[found.b])
    return found.where((found.score >= WEAK_SEED) & (found.score >= RELATIVE_SEED * rival))


def _clusters(seeds: Candidates) -> Iterator[tuple[Box, float]]:
    """Cluster strong seeds, let weak ones extend each cluster; its box and its mass."""
    strong = seeds.where(seeds.score >= STRONG_SEED)
    for members in _members(_joined(strong)):
        box = _hull(strong, members)
        box = _extended(box, seeds)
        near = _rows(seeds, box, 0)
        inside = near.where(box.holds(near))
        yield box, min(_mass(inside.a, inside.score), _mass(inside.b, inside.score))


def _joined(seeds: Candidates) -> Ints:
    """Label seeds by cluster: no gap above the tolerated one within a cluster on either side."""
    labels = np.zeros(len(seeds.a), dtype=np.int64)
    count = 0
    while len(labels) and count != labels.max() + 1:
        count = int(labels.max()) + 1
        labels = _split(_split(labels, seeds.a, MOST_GAP), seeds.b, MOST_GAP)
    return labels


def _split(labels: Ints, at: Ints, gap: int) -> Ints:
    """Split every cluster where more than ``gap`` sentences lie between neighbours."""
    order = np.lexsort((at, labels))
    jump = (np.diff(labels[order]) != 0) | (np.diff(at[order]) > gap + 1)
    split = np.empty_like(labels)
    split[order] = np.concatenate(([0], np.cumsum(jump)))
    return split


def _members(labels: Ints) -> Iterator[Ints]:
    """Give the positions of each label, label by label."""
    order = np.argsort(labels, kind="stable")
    ends = [*(np.diff(labels[order]).nonzero()[0] + 1).tolist(), len(order)]
    start = 0
    for end in ends if len(order) else ():
        yield order[start:end]
        start = end


def _hull(seeds: Candidates, members: Ints) -> Box:
    a, b = seeds.a[members], seeds.b[members]
    return Box(int(a.min()), int(a.max()), int(b.min()), int(b.max()))


def _rows(seeds: Candidates, box: Box, reach: int) -> Candidates:
    """Cut out the seeds whose sentence of a is in the box, or within ``reach`` sentences of it."""
    low, high = np.searchsorted(seeds.a, (box.top - reach, box.bottom + reach + 1))
    return Candidates(seeds.a[low:high], seeds.b[low:high], seeds.score[low:high])


def _extended(box: Box, seeds: Candidates) -> Box:
    """Take in seeds that lie close to the box, and again: until none is left, or long enough."""
    for _ in range(MOST_ROUNDS):
        near = _rows(seeds, box, REACH)
        grown = _hull(near, box.holds(near, REACH).nonzero()[0])
        if grown == box:
            break
        box = grown
    return box


def _mass(sentences: Ints, scores: NDArray[np.float64]) -> float:
    """Add up the best score of each sentence."""
    first = int(sentences.min())
    best = np.zeros(int(sentences.max()) - first + 1)
    np.maximum.at(best, sentences - first, scores)
    return float(best.sum())


def _region(a: Tokens, b: Tokens, box: Box, runs: list[Run]) -> Region:
    """Give a box its characters: whole sentences, or its verbatim runs where they prevail."""
    first_a, end_a = a.bounds[box.top], a.bounds[box.bottom + 1]
    first_b, end_b = b.bounds[box.left], b.bounds[box.right + 1]
    mine = [
        run
        for run in runs
        if first_a < run[0] + run[2] and run[0] < end_a
        if first_b < run[1] + run[2] and run[1] < end_b
    ]
    words = sum(length for _, _, length in mine)
    if mine and words >= VERBATIM_SHARE * max(end_a - first_a, end_b - first_b):
        last_a = max(at + length for at, _, length in mine) - 1
        last_b = max(at + length for _, at, length in mine) - 1
        first_a, first_b = min(run[0] for run in mine), min(run[1] for run in mine)
        return Region(_words_span(a, first_a, last_a), _words_span(b, first_b, last_b))
    return Region(_span(a, box.top, box.bottom), _span(b, box.left, box.right))


def _span(tokens: Tokens, first: int, last: int) -> Span:
    return Span(tokens.sentences[first][0], tokens.sentences[last][1])


def _words_span(tokens: Tokens, first: int, last: int) -> Span:
    """Give a stretch of words its characters, marks at a sentence's own ends included."""
    opening = bisect_right(tokens.bounds, first) - 1
    closing = bisect_left(tokens.bounds, last + 1)
    whole_start = tokens.bounds[opening] == first
    whole_end = tokens.bounds[closing] == last + 1
    return Span(
        tokens.sentences[opening][0] if whole_start else tokens.starts[first],
        tokens.sentences[closing - 1][1] if whole_end else tokens.ends[last],
    )


def _digests(a: Tokens, b: Tokens, seeds: Candidates) -> Iterator[Region]:
    """Find stretches of b that sum up a longer stretch of a, sentences from here and there."""
    seeds = seeds.where(seeds.score >= DIGEST_SEED)
    for members in _members(_split(np.zeros(len(seeds.a), dtype=np.int64), seeds.b, DIGEST_GAP)):
        if len(members) < DIGEST_PAIRS:
            continue
        box = _hull(seeds, members)
        source, digest = _span(a, box.top, box.bottom), _span(b, box.left, box.right)
        long_enough = _length(source) >= DIGEST_RATIO * _length(digest)
        if long_enough and _is_digest(seeds, members, len(b.sentences)):
            yield Region(source, digest)


def _is_digest(seeds: Candidates, members: Ints, columns: int) -> bool:
    """Tell whether seeds draw on many places of a and stand out from the rest of b."""
    mine = Candidates(seeds.a[members], seeds.b[members], seeds.score[members])
    mass = float(mine.score.sum())
    width = int(mine.b.max() - mine.b.min()) + 1
    pairs = min(len(distinct(mine.a)), len(distinct(mine.b)))
    largest = float(np.bincount(_joined(mine), mine.score).max())
    rest = (float(seeds.score.sum()) - mass) / max(1, columns - width)
    return (
        pairs >= DIGEST_PAIRS
        and largest <= DIGEST_SPREAD * mass
        and mass / width >= DIGEST_LIFT * rest
    )


def _swapped(seeds: Candidates) -> Candidates:
    order = np.lexsort((seeds.a, seeds.b))
    return Candidates(seeds.b[order], seeds.a[order], seeds.score[order])


def _turned(region: Region) -> Region:
    return Region(region.b, region.a)


def _length(span: Span) -> int:
    return span.end - span.start


def _meet(one: Region, other: Region) -> bool:
    return (
        one.a.start < other.a.end
        and other.a.start < one.a.end
        and one.b.start < other.b.end
        and other.b.start < one.b.end
    )
