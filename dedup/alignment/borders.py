"""Fit the borders of a region by its words: where reuse begins, where it ends, how sure it is.

A word of one text is *met* where the region holds it in the other text too. In reused text a share
of the words was kept, and the others are met by chance; elsewhere all are met by chance alone. So
each word speaks for reuse or against it by a log likelihood ratio, and the words of a region are
the stretch that together say most for it: a maximal scoring segment (Karlin and Altschul 1990,
"Methods for assessing the statistical significance of molecular sequence features by using general
scoring schemes"). The order of the words does not count, since a rewriting changes it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import F64, I64

__all__ = ["Extent", "Range", "WordEvidence"]

Range = tuple[int, int]
"""The first word and the one behind the last."""

LEAST_SHARE, MOST_SHARE = 0.2, 0.9
"""Bounds of the share of words that a region kept. It is estimated from the region; below the
first it would be no reuse, and above the second one changed word would cut a region in two."""
PRIOR_COUNT, PRIOR_TOTAL = 0.2, 200.0
"""Occurrences added to each word's own outside a region, and to those of all words: additive
smoothing (Lidstone) over a thousand words. A word that stands nowhere else is not impossible."""
MOST_PLACES = 500
"""Words of the other side among which one may be met by chance, at most. A long text kept whole
holds every word somewhere, which must not make all of them chance: what was reused stands near."""
MARGIN = 20
"""Words beyond a region's sentences, at each end, that may join it: about a sentence."""
LEAST_FURTHER = 10.0
"""Evidence, in nats, that words beyond a region's best stretch must add together: the text around
it is mostly about the same things."""


class Extent(NamedTuple):
    """Words of a and words of b."""

    a: Range
    b: Range


class WordEvidence:
    """What the words of two texts say about the stretches that one may have from the other.

    ``a`` and ``b`` are word numbers, i64[n] and i64[m], of one numbering that starts at 0.

    >>> evidence = WordEvidence(np.arange(9), np.array([20, 21, 22, 2, 3, 4, 5, 23, 24]))
    >>> evidence.fitted(Extent((0, 8), (3, 9)), 10.0)
    Extent(a=(2, 6), b=(3, 7))
    """

    __slots__ = ("_inside", "_met", "_texts", "_total")

    def __init__(self, a: I64, b: I64) -> None:
        self._texts = a, b
        both = np.concatenate((a, b))
        self._total = np.bincount(both)
        self._inside = np.zeros_like(self._total)
        self._met = np.zeros(len(self._total), dtype=bool)

    def fitted(self, extent: Extent, least: float) -> Extent | None:
        """Move the borders to where the evidence is; None where it is below ``least`` nats.

        The shorter side is fitted to the longer one, that one to it, and the shorter anew, since
        what the longer had too much made more words met by chance. Each must say enough.
        """
        ranges = [extent.a, extent.b]
        shorter = int(_size(extent.b) < _size(extent.a))
        for side in (shorter, 1 - shorter, shorter):
            ranges[side], evidence = self._fit(side, ranges)
            if evidence < least or _size(ranges[side]) == 0:
                return None
        return Extent(*ranges)

    def _fit(self, side: int, ranges: list[Range]) -> tuple[Range, float]:
        """Fit one side to the other: its range, and the evidence there."""
        words, (first, end) = self._texts[side], ranges[side]
        low, high = max(0, first - MARGIN), min(len(words), end + MARGIN)
        other = self._texts[1 - side][slice(*ranges[1 - side])]
        gains = self._gains(words[low:high], slice(first - low, end - low), other)
        start, stop = _heaviest(gains[first - low : end - low])
        start, stop = start + first - low, stop + first - low
        stop += _further(gains[stop:])
        start -= _further(gains[:start][::-1])
        return (low + start, low + stop), float(gains[start:stop].sum())

    def _gains(self, words: I64, region: slice, other: I64) -> F64:
        """Give the log likelihood ratio of reuse against chance of each word, in nats; f64[n].

        ``other`` are the words of the region's other side.
        """
        inside = np.concatenate((words[region], other))
        np.add.at(self._inside, inside, 1)
        outside = self._total[words] - self._inside[words]
        self._inside[inside] = 0
        rest = len(self._texts[0]) + len(self._texts[1]) - len(inside)
        self._met[other] = True
        met = self._met[words]
        self._met[other] = False
        frequency = (outside + PRIOR_COUNT) / (rest + PRIOR_TOTAL)
        places = min(len(other), MOST_PLACES)
        chance = np.asarray(1.0 - (1.0 - frequency) ** places, dtype=np.float64)
        kept = _share_kept(met[region], chance[region])
        gains: F64 = np.where(
            met, np.log((kept + (1.0 - kept) * chance) / chance), np.log(1.0 - kept)
        )
        return gains


def _share_kept(met: NDArray[np.bool_], chance: F64) -> float:
    """Estimate the share of words that were kept from those met beyond chance."""
    by_chance = float(chance.sum())
    share = (int(met.sum()) - by_chance) / max(len(met) - by_chance, 1.0)
    return min(max(share, LEAST_SHARE), MOST_SHARE)


def _heaviest(gains: F64) -> Range:
    """Find the stretch of the greatest sum (Kadane's scan, Bentley 1984); the first of equals."""
    before = np.concatenate(([0.0], gains.cumsum()))
    lowest = np.minimum.accumulate(before)
    end = int((before - lowest).argmax())
    return int((before[: end + 1] == lowest[end]).nonzero()[0][-1]), end


def _further(gains: F64) -> int:
    """Count the words behind a border that join it: as many as say most, where that is enough."""
    if not len(gains):
        return 0
    sums = gains.cumsum()
    most = int(sums.argmax())
    return most + 1 if sums[most] >= LEAST_FURTHER else 0


def _size(words: Range) -> int:
    return words[1] - words[0]
