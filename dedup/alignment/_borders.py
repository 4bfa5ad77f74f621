"""Fit the borders of a region by its words: where reuse begins, where it ends, how sure it is.

A word of one text is *met* where the region holds it in the other text too. In reused text a share
of the words was kept, and the others are met by chance; elsewhere all are met by chance alone. So
each word speaks for reuse or against it by a log likelihood ratio, and the words of a region are
the stretch that together say most for it: a maximal scoring segment (Karlin and Altschul 1990,
"Methods for assessing the statistical significance of molecular sequence features by using general
scoring schemes"). The order of the words does not count, since a rewriting changes it.
"""

import cython
import numpy as np
from cython.cimports.libc.math import log
from cython.cimports.libc.math import pow as power
from cython.cimports.libc.stdint import int64_t, uint8_t

LEAST_SHARE = cython.declare(cython.double, 0.2)
MOST_SHARE = cython.declare(cython.double, 0.9)
"""Bounds of the share of words that a region kept. It is estimated from the region; below the
first it would be no reuse, and above the second one changed word would cut a region in two."""
PRIOR_COUNT = cython.declare(cython.double, 0.2)
PRIOR_TOTAL = cython.declare(cython.double, 200.0)
"""Occurrences added to each word's own outside a region, and to those of all words: additive
smoothing (Lidstone) over a thousand words. A word that stands nowhere else is not impossible."""
MOST_PLACES = cython.declare(int64_t, 500)
"""Words of the other side among which one may be met by chance, at most. A long text kept whole
holds every word somewhere, which must not make all of them chance: what was reused stands near."""
MARGIN = cython.declare(int64_t, 20)
"""Words beyond a region's sentences, at each end, that may join it: about a sentence."""
LEAST_FURTHER = cython.declare(cython.double, 10.0)
"""Evidence, in nats, that words beyond a region's best stretch must add together: the text around
it is mostly about the same things."""


class _Evidence:
    """What the words of two texts say about the stretches that one may have from the other.

    ``range`` is the stretch of a and that of b: first word, and the one behind the last.
    """

    def prepare(self, words: int64_t, distinct: int64_t) -> object:
        """Make the work arrays for texts of so many words."""
        self.start, self.size = np.empty(2, np.int64), np.empty(2, np.int64)
        self.range = np.empty(4, np.int64)
        self.total, self.inside = np.empty(distinct, np.int32), np.zeros(distinct, np.int32)
        self.met, self.stamp = np.zeros(distinct, np.uint8), np.zeros(distinct, np.int32)
        self.known, self.gains = np.empty(distinct), np.empty(words)
        self.stamps = 0
        return None

    def count(self, distinct: int64_t) -> int64_t:
        """Count the words of both texts."""
        k: int64_t
        for k in range(distinct):
            self.total[k] = 0
        for k in range(self.start[0], self.start[1] + self.size[1]):
            self.total[self.words[k]] += 1
        return 0

    def fit(self, least: cython.double) -> cython.int:
        """Move the borders to where the evidence is; 0 where it is below ``least`` nats.

        The shorter side is fitted to the longer one, that one to it, and the shorter anew, since
        what the longer had too much made more words met by chance. Each must say enough.
        """
        turn: cython.int
        shorter: cython.int = self.range[3] - self.range[2] < self.range[1] - self.range[0]
        for turn in range(3):
            side: cython.int = 1 - shorter if turn == 1 else shorter
            evidence: cython.double = self.fit_side(side)
            if evidence < least or self.range[2 * side] == self.range[2 * side + 1]:
                return 0
        return 1

    def fit_side(self, side: cython.int) -> cython.double:
        """Fit one side to the other; gives the evidence there."""
        first: int64_t = self.range[2 * side]
        end: int64_t = self.range[2 * side + 1]
        low: int64_t = max(0, first - MARGIN)
        high: int64_t = min(self.size[side], end + MARGIN)
        k: int64_t
        self.weigh(side, low, high)
        self.find_heaviest(side, first, end)
        first = self.range[2 * side]
        end = self.range[2 * side + 1]
        self.range[2 * side + 1] = end + self.reach(end, high, 1)
        self.range[2 * side] = first - self.reach(first - 1, low - 1, -1)
        evidence: cython.double = 0.0
        for k in range(self.range[2 * side], self.range[2 * side + 1]):
            evidence += self.gains[k]
        return evidence

    def weigh(self, side: cython.int, low: int64_t, high: int64_t) -> int64_t:
        """Give the log likelihood ratio of reuse against chance of words, in nats."""
        mine: int64_t = self.start[side]
        first: int64_t = mine + self.range[2 * side]
        end: int64_t = mine + self.range[2 * side + 1]
        other: int64_t = self.start[1 - side] + self.range[2 - 2 * side]
        last: int64_t = self.start[1 - side] + self.range[3 - 2 * side]
        k: int64_t
        word: int64_t
        for k in range(first, end):
            self.inside[self.words[k]] += 1
        for k in range(other, last):
            self.inside[self.words[k]] += 1
            self.met[self.words[k]] = 1
        rest: cython.double = self.size[0] + self.size[1] - (end - first) - (last - other)
        places: cython.double = min(last - other, MOST_PLACES)
        by_chance: cython.double = 0.0
        found: int64_t = 0
        self.stamps += 1
        for k in range(first, end):
            word = self.words[k]
            by_chance += self.chance(word, rest + PRIOR_TOTAL, places)
            found += self.met[word]
        kept: cython.double = (found - by_chance) / max(end - first - by_chance, 1.0)
        kept = min(max(kept, LEAST_SHARE), MOST_SHARE)
        unmet: cython.double = log(1.0 - kept)
        for k in range(low, high):
            word = self.words[mine + k]
            chance: cython.double = self.chance(word, rest + PRIOR_TOTAL, places)
            self.gains[k] = (
                log((kept + (1.0 - kept) * chance) / chance) if self.met[word] else unmet
            )
        for k in range(first, end):
            self.inside[self.words[k]] = 0
        for k in range(other, last):
            self.inside[self.words[k]] = 0
            self.met[self.words[k]] = 0
        return 0

    def chance(self, word: int64_t, rest: cython.double, places: cython.double) -> cython.double:
        """Give the chance that a word is met among so many, by how often it stands elsewhere."""
        if self.stamp[word] != self.stamps:
            outside: cython.double = self.total[word] - self.inside[word]
            self.known[word] = 1.0 - power(1.0 - (outside + PRIOR_COUNT) / rest, places)
            self.stamp[word] = self.stamps
        return self.known[word]

    def find_heaviest(self, side: cython.int, first: int64_t, end: int64_t) -> int64_t:
        """Find the first stretch of the greatest sum (Kadane's scan, Bentley 1984)."""
        total: cython.double = 0.0
        lowest: cython.double = 0.0
        best: cython.double = 0.0
        start: int64_t = first
        k: int64_t
        self.range[2 * side] = first
        self.range[2 * side + 1] = first
        for k in range(first, end):
            total += self.gains[k]
            if total <= lowest:
                lowest = total
                start = k + 1
            if total - lowest > best:
                best = total - lowest
                self.range[2 * side] = start
                self.range[2 * side + 1] = k + 1
        return 0

    def reach(self, at: int64_t, end: int64_t, step: int64_t) -> int64_t:
        """Count the words from a border on that join a stretch: as many as say most, if enough."""
        total: cython.double = 0.0
        most: cython.double = 0.0
        count: int64_t = 0
        found: int64_t = 0
        while at != end:
            total += self.gains[at]
            count += 1
            if count == 1 or total > most:
                most = total
                found = count
            at += step
        return found if most >= LEAST_FURTHER else 0


def fit_extents(
    extents: cython.const[int64_t][:, ::1],
    offsets: cython.const[int64_t][::1],
    kinds: cython.const[uint8_t][::1],
    numbers: tuple,
    least: cython.const[cython.double][::1],
):
    """Fit stretches of words of pairs of texts to what their words say.

    ``extents`` are the first word of a, the one behind the last, and the same of b, i64[e, 4];
    those of pair m begin at ``offsets[m]``. ``numbers`` as of
    :func:`dedup.alignment._words.number_words`; ``least`` is the evidence wanted in each pair, in
    nats. Returns the fitted extents, i64[e, 4], and whether each says enough, u8[e]; one of kind 1
    stays as it was where it does not, and is kept.
    """
    sides: cython.const[int64_t][::1] = numbers[1]
    distinct: cython.const[int64_t][::1] = numbers[2]
    work: _Evidence = _Evidence()
    fitted, enough = np.array(extents, np.int64), np.zeros(extents.shape[0], np.uint8)
    out: int64_t[:, ::1] = fitted
    kept: uint8_t[::1] = enough
    words: int64_t = 1
    most: int64_t = 1
    m: int64_t
    e: int64_t
    k: int64_t
    for m in range(distinct.shape[0]):
        words = max(words, sides[2 * m + 2] - sides[2 * m])
        most = max(most, distinct[m])
    work.prepare(words, most)
    work.words = numbers[0]
    with cython.nogil:
        for m in range(distinct.shape[0]):
            if offsets[m] == offsets[m + 1]:
                continue
            for k in range(2):
                work.start[k] = sides[2 * m + k]
                work.size[k] = sides[2 * m + k + 1] - sides[2 * m + k]
            work.count(distinct[m])
            for e in range(offsets[m], offsets[m + 1]):
                for k in range(4):
                    work.range[k] = extents[e, k]
                kept[e] = work.fit(least[m])
                if kept[e]:
                    for k in range(4):
                        out[e, k] = work.range[k]
                elif kinds[e]:
                    kept[e] = 1
    return fitted, enough
