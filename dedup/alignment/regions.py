"""Join neighbouring links into regions: stretches of one text that reuse a stretch of the other.

Clusters of sentence pairs come from :mod:`dedup.alignment._seeds`; the words decide where a region
ends and whether it is one (:mod:`dedup.alignment._borders`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dedup.alignment._borders import fit_extents
from dedup.alignment._seeds import find_clusters
from dedup.alignment.finding import Links
from dedup.alignment.laid import Laid
from dedup.arrays import I64, offsets
from dedup.model import Region, Span
from dedup.text.tokens import Flagged, Tokens

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
DIGEST_RATIO = 3
"""Times that a digest's source is at least as long as the digest (as Sanchez-Perez et al.)."""

Run = tuple[int, int, int]
"""A verbatim run: first word in a, first word in b, number of words."""
Range = tuple[int, int]
"""The first word and the one behind the last."""


class Extent(NamedTuple):
    """Words of a and words of b."""

    a: Range
    b: Range


def find_regions(
    texts: Sequence[Flagged], laid: Laid, pairs: I64, links: Links
) -> list[list[Region]]:
    """Find the stretches of a that b reuses, or b of a, of pairs of texts, in the order of a.

    Sentence pairs that lie close on both sides, and long verbatim runs, become regions where
    chance does not explain their words; at least ``LEAST_LENGTH`` characters are wanted. A stretch
    of one text that sums up a longer one of the other takes the place of the regions it meets,
    unless a long run is there.
    """
    clusters, ends, digests, digest_ends = find_clusters(links.scored, laid, pairs)
    copied = [_long_runs((texts[i], texts[j]), links, m) for m, (i, j) in enumerate(pairs.tolist())]
    extents = _fitted(_words_of(clusters, ends, laid, pairs), ends, copied, links)
    found = []
    for m, (i, j) in enumerate(pairs.tolist()):
        a, b = texts[i].tokens, texts[j].tokens
        boxes = digests[digest_ends[m] : digest_ends[m + 1]].tolist()
        found.append(_regions(a, b, extents[m], (copied[m], boxes)))
    return found


def _long_runs(texts: tuple[Flagged, Flagged], links: Links, number: int) -> list[Run]:
    """List the long runs of a pair that are no furniture."""
    runs = links.long_runs[0][slice(*links.long_runs[1][number : number + 2].tolist())]
    long_runs = runs[runs[:, 2] >= LONG_RUN].tolist()
    return [(i, j, n) for i, j, n in long_runs if _runs_in_story(*texts, (i, j, n))]


def _words_of(boxes: I64, ends: I64, laid: Laid, pairs: I64) -> I64:
    """Give the words of boxes of sentences: first, behind the last; of a, of b; i64[c, 4]."""
    rows = laid.firsts[pairs].repeat(ends[1:] - ends[:-1], axis=0).repeat(2, axis=1)
    words: I64 = laid.bounds[rows + boxes + (0, 1, 0, 1)] - laid.bounds[rows]
    return words


def _fitted(clusters: I64, ends: I64, copied: list[list[Run]], links: Links) -> list[list[Extent]]:
    """Fit the clusters and the long runs of each pair by the evidence of words; those that meet
    are one.
    """
    rows, kinds = [], []
    for m, runs in enumerate(copied):
        mine = clusters[ends[m] : ends[m + 1]].tolist()
        rows.append(mine + [[i, i + n, j, j + n] for i, j, n in runs])
        kinds += [0] * len(mine) + [1] * len(runs)
    starts = offsets(map(len, rows))
    extents = np.array([row for mine in rows for row in mine], np.int64).reshape(-1, 4)
    sides = links.numbers[1]
    shortest = (sides[1:] - sides[:-1]).reshape(-1, 2).min(axis=1)
    least = np.minimum(LEAST_EVIDENCE, shortest)
    fitted, enough = fit_extents(extents, starts, np.array(kinds, np.uint8), links.numbers, least)
    return [
        _united(
            sorted(
                Extent((i, end), (j, last))
                for (i, end, j, last), kept in zip(
                    fitted[start:stop].tolist(), enough[start:stop].tolist(), strict=True
                )
                if kept
            )
        )
        for start, stop in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
    ]


def _regions(
    a: Tokens, b: Tokens, extents: list[Extent], found: tuple[list[Run], list[list[int]]]
) -> list[Region]:
    """Make the regions of a pair of its fitted extents, long runs and digests."""
    runs, digests = found
    least = min(LEAST_LENGTH, len(a.text) // 2, len(b.text) // 2)
    made = [Region(_span(a, *extent.a), _span(b, *extent.b)) for extent in extents]
    made = [region for region in made if min(_length(region.a), _length(region.b)) >= least]
    copied = [_copied(a, b, run) for run in runs]
    for top, bottom, left, right, turned in digests:
        digest = Region(_sentences_span(a, top, bottom), _sentences_span(b, left, right))
        short, long = (digest.a, digest.b) if turned else (digest.b, digest.a)
        if _length(long) >= DIGEST_RATIO * _length(short) and not any(
            _meet(region, digest) for region in copied
        ):
            made = [region for region in made if not _meet(region, digest)] + [digest]
    return sorted(made, key=lambda region: (region.a, region.b))


def _runs_in_story(one: Flagged, other: Flagged, run: Run) -> bool:
    """Tell whether the middle of a run is no furniture in either text."""
    at_a, at_b, length = run
    (a, flags_a), (b, flags_b) = one, other
    middle_a = bisect_right(a.bounds, at_a + length // 2) - 1
    middle_b = bisect_right(b.bounds, at_b + length // 2) - 1
    return not flags_a[middle_a] and not flags_b[middle_b]


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


def _length(span: Span) -> int:
    return span.end - span.start


def _meet(one: Region, other: Region) -> bool:
    return (
        one.a.start < other.a.end
        and other.a.start < one.a.end
        and one.b.start < other.b.end
        and other.b.start < one.b.end
    )
