"""Join neighbouring links into regions: stretches of one text that reuse a stretch of the other.

Seeds, clusters of seeds and the gap tolerated between them follow Sanchez-Perez, Sidorov and
Gelbukh 2014, "A winning approach to text alignment for text reuse detection at PAN 2014". The
words decide where a region ends and whether it is one (:mod:`dedup.alignment.borders`). The
parameters
were chosen on parts of PAN 2013's training pairs (``benchmarks/quality_alignment.py`` measures
all of them) and lie where both halves of the sources change little.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.alignment.borders import Extent, Range, WordEvidence
from dedup.alignment.finding import Links
from dedup.arrays import F64, I64, distinct
from dedup.model import Region, Span
from dedup.text.tokens import Flagged, Tokens

__all__ = ["regions"]


LEAST_SEED_WORDS = 2
"""Words of the shortest sentence that can be a seed: one word says nothing of reuse."""
STRONG_SEED = 0.35
"""Score from which a sentence pair begins a region."""
WEAK_SEED = 0.2
"""Score from which one extends a region that it lies close to."""
RELATIVE_SEED = 0.8
"""Least score of a seed as a part of the best score that either of its sentences has."""
MOST_GAP = 4
"""Sentences without a strong seed that a region may hold in a row, on either side."""
REACH = 4
"""Sentences from a region's border within which a weak seed extends it, on both sides."""
MOST_ROUNDS = 16
"""Times that weak seeds may extend a region further: keeps the time linear."""
LONG_RUN = 40
"""Words of a verbatim run that is reuse whatever its sentences score: about 256 characters, from
which Sanchez-Perez et al. take a text as copied."""
LEAST_EVIDENCE = 30.0
"""Evidence of a region's words, in nats; of texts of fewer words, one nat a word is enough."""
NEAR = 6
"""Words from a sentence's border within which a region's border moves there: reuse takes whole
sentences, and the words at their ends need not be among those kept."""
LEAST_LENGTH = 150
"""Characters of the shortest region, on either side; in short texts half the text is enough."""

DIGEST_SEED = 0.3
"""Score from which a sentence pair counts towards a digest: a stretch that sums up a long text."""
DIGEST_GAP = 1
"""Sentences without a seed that a digest may hold in a row."""
DIGEST_PAIRS = 3
"""Sentences, on either side, that make a digest at least."""
DIGEST_RATIO = 3
"""Times that a digest's source is at least as long as the digest (as Sanchez-Perez et al.)."""
DIGEST_SPREAD = 0.7
"""Most of a digest's mass that one region may hold: a digest draws on many places."""
DIGEST_LIFT = 40
"""Times that seeds are at least as dense in a digest as in the rest of its text."""


Run = tuple[int, int, int]
"""A verbatim run: first word in a, first word in b, number of words."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Scored sentence pairs, by ``(a, b)``: ``a`` and ``b`` i64[m], ``score`` f64[m]."""

    a: I64
    b: I64
    score: F64

    def where(self, kept: NDArray[np.bool_]) -> Candidates:
        """Keep some of the pairs; ``kept`` is a mask, bool[m]."""
        return Candidates(self.a[kept], self.b[kept], self.score[kept])


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

    def words(self, a: Tokens, b: Tokens) -> Extent:
        """Give the words of its sentences."""
        return Extent(
            (a.bounds[self.top], a.bounds[self.bottom + 1]),
            (b.bounds[self.left], b.bounds[self.right + 1]),
        )


def regions(
    texts: Sequence[Flagged], pair: Sequence[int], links: Links, number: int
) -> list[Region]:
    """Find the regions of a pair of texts, the one of that number among the ``links``."""
    one, other = (texts[k] for k in pair)
    (a, flags_a), (b, flags_b) = one, other
    start, end = links.scored[3][number : number + 2].tolist()
    rows, columns, score = links.scored[:3]
    found = Candidates(
        rows[start:end].astype(np.int64), columns[start:end].astype(np.int64), score[start:end]
    )
    story_a, story_b = ~np.array(flags_a, dtype=bool), ~np.array(flags_b, dtype=bool)
    story = found.where(story_a[found.a] & story_b[found.b])
    start, end = links.long_runs[1][number : number + 2].tolist()
    runs: list[Run] = list(map(tuple, links.long_runs[0][start:end].tolist()))
    runs = [run for run in runs if _runs_in_story(one, other, run)]
    words, sides, _ = links.numbers
    first, middle, last = sides[2 * number : 2 * number + 3].tolist()
    ids = words[first:middle].astype(np.int64), words[middle:last].astype(np.int64)
    return _regions(a, b, story, runs, ids)


def _runs_in_story(one: Flagged, other: Flagged, run: Run) -> bool:
    """Tell whether the middle of a run is no furniture in either text."""
    at_a, at_b, length = run
    (a, flags_a), (b, flags_b) = one, other
    middle_a = bisect_right(a.bounds, at_a + length // 2) - 1
    middle_b = bisect_right(b.bounds, at_b + length // 2) - 1
    return not flags_a[middle_a] and not flags_b[middle_b]


def _regions(
    a: Tokens, b: Tokens, found: Candidates, runs: list[Run], numbers: tuple[I64, I64]
) -> list[Region]:
    """Find the stretches of a that b reuses, or b of a, in the order of a.

    ``found`` are scored sentence pairs, ``runs`` the verbatim runs of both texts, in the order of
    a, and ``numbers`` the numbers of their words. Pairs that lie close on both sides, at most
    ``MOST_GAP`` sentences apart, and long runs become regions where chance does not explain their
    words; at least ``LEAST_LENGTH`` characters are wanted. A stretch of one text that sums up a
    longer one of the other takes the place of the regions it meets, unless a long run is there.
    """
    seeds = _seeds(a, b, found)
    long_runs = [run for run in runs if run[2] >= LONG_RUN]
    extents = _extents(a, b, seeds, long_runs, numbers)
    made = [Region(_span(a, *extent.a), _span(b, *extent.b)) for extent in extents]
    least = min(LEAST_LENGTH, len(a.text) // 2, len(b.text) // 2)
    made = [region for region in made if min(_length(region.a), _length(region.b)) >= least]
    copied = [_copied(a, b, run) for run in long_runs]
    for digest in (*_digests(a, b, seeds), *map(_turned, _digests(b, a, _swapped(seeds)))):
        if not any(_meet(region, digest) for region in copied):
            made = [region for region in made if not _meet(region, digest)] + [digest]
    return sorted(made, key=lambda region: (region.a, region.b))


def _extents(
    a: Tokens, b: Tokens, seeds: Candidates, long_runs: list[Run], numbers: tuple[I64, I64]
) -> list[Extent]:
    """Fit clusters of seeds and long runs by the evidence of words, and join those that meet."""
    words = WordEvidence(*numbers)
    least = min(LEAST_EVIDENCE, len(a.words), len(b.words))
    copied = [Extent((i, i + length), (j, j + length)) for i, j, length in long_runs]
    clusters = [box.words(a, b) for box in _clusters(seeds)]
    made = [words.fitted(extent, least) for extent in clusters]
    made += [words.fitted(extent, least) or extent for extent in copied]
    return _united(sorted(extent for extent in made if extent))


def _united(extents: list[Extent]) -> list[Extent]:
    """Join extents that meet on both sides; they come in the order of a."""
    done: list[Extent] = []
    near: list[Extent] = []
    for extent in extents:
        parts, rest = [extent], []
        for other in near:
            if other.a[1] <= extent.a[0]:
                done.append(other)
            elif other.b[0] < extent.b[1] and extent.b[0] < other.b[1]:
                parts.append(other)
            else:
                rest.append(other)
        near = [*rest, Extent(*map(_outermost, zip(*parts, strict=True)))]
    return done + near


def _outermost(ranges: tuple[Range, ...]) -> Range:
    return min(first for first, _ in ranges), max(end for _, end in ranges)


def _seeds(a: Tokens, b: Tokens, found: Candidates) -> Candidates:
    """Keep the pairs that are clear in themselves and beside the best of their sentences."""
    words_a, words_b = np.diff(a.bounds), np.diff(b.bounds)
    found = found.where(np.minimum(words_a[found.a], words_b[found.b]) >= LEAST_SEED_WORDS)
    best_a, best_b = np.zeros(len(words_a)), np.zeros(len(words_b))
    np.maximum.at(best_a, found.a, found.score)
    np.maximum.at(best_b, found.b, found.score)
    rival = np.maximum(best_a[found.a], best_b[found.b])
    return found.where((found.score >= WEAK_SEED) & (found.score >= RELATIVE_SEED * rival))


def _clusters(seeds: Candidates) -> Iterator[Box]:
    """Cluster strong seeds, and let weak ones extend each cluster."""
    strong = seeds.where(seeds.score >= STRONG_SEED)
    for members in _members(_joined(strong)):
        yield _extended(_hull(strong, members), seeds)


def _joined(seeds: Candidates) -> I64:
    """Label seeds by cluster: no gap above the tolerated one within a cluster on either side."""
    labels = np.zeros(len(seeds.a), dtype=np.int64)
    count = 0
    while len(labels) and count != labels.max() + 1:
        count = int(labels.max()) + 1
        labels = _split(_split(labels, seeds.a, MOST_GAP), seeds.b, MOST_GAP)
    return labels


def _split(labels: I64, at: I64, gap: int) -> I64:
    """Split every cluster where more than ``gap`` sentences lie between neighbours."""
    order = np.lexsort((at, labels))
    jump = (np.diff(labels[order]) != 0) | (np.diff(at[order]) > gap + 1)
    split = np.empty_like(labels)
    split[order] = np.concatenate(([0], np.cumsum(jump)))
    return split


def _members(labels: I64) -> Iterator[I64]:
    """Give the positions of each label, label by label."""
    order = np.argsort(labels, kind="stable")
    ends = [*(np.diff(labels[order]).nonzero()[0] + 1).tolist(), len(order)]
    start = 0
    for end in ends if len(order) else ():
        yield order[start:end]
        start = end


def _hull(seeds: Candidates, members: I64) -> Box:
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


def _copied(a: Tokens, b: Tokens, run: Run) -> Region:
    """Give a verbatim run its characters."""
    at_a, at_b, length = run
    return Region(
        Span(a.starts[at_a], a.ends[at_a + length - 1]),
        Span(b.starts[at_b], b.ends[at_b + length - 1]),
    )


def _sentences_span(tokens: Tokens, first: int, last: int) -> Span:
    return Span(tokens.sentences[first][0], tokens.sentences[last][1])


def _span(tokens: Tokens, first: int, end: int) -> Span:
    """Give words ``first`` to ``end - 1`` their characters, or those of the sentences near."""
    bounds = tokens.bounds
    opening, closing = bisect_right(bounds, first) - 1, bisect_left(bounds, end)
    start = _nearby(first, bounds[opening], bounds[opening + 1])
    stop = _nearby(end, bounds[closing], bounds[closing - 1])
    if start >= stop:  # the ends of two sentences, each too short to be left out
        start, stop = first, end
    opening, closing = bisect_left(bounds, start), bisect_left(bounds, stop)
    return Span(
        tokens.sentences[opening][0] if bounds[opening] == start else tokens.starts[start],
        tokens.sentences[closing - 1][1] if bounds[closing] == stop else tokens.ends[stop - 1],
    )


def _nearby(word: int, own: int, other: int) -> int:
    """Move a border to its own sentence's, else to the other one's, if either is near."""
    return next((bound for bound in (own, other) if abs(bound - word) <= NEAR), word)


def _digests(a: Tokens, b: Tokens, seeds: Candidates) -> Iterator[Region]:
    """Find stretches of b that sum up a longer stretch of a, sentences from here and there."""
    seeds = seeds.where(seeds.score >= DIGEST_SEED)
    for members in _members(_split(np.zeros(len(seeds.a), dtype=np.int64), seeds.b, DIGEST_GAP)):
        if len(members) < DIGEST_PAIRS:
            continue
        box = _hull(seeds, members)
        source = _sentences_span(a, box.top, box.bottom)
        digest = _sentences_span(b, box.left, box.right)
        long_enough = _length(source) >= DIGEST_RATIO * _length(digest)
        if long_enough and _is_digest(seeds, members, len(b.sentences)):
            yield Region(source, digest)


def _is_digest(seeds: Candidates, members: I64, columns: int) -> bool:
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
