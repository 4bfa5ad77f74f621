"""Choose among scored sentence pairs: neighbours, the order of the story, and who is best for whom.

A pair of texts poses two problems: its story sentences, and its furniture; that of pair m are
2m and 2m + 1. Sentence pairs come by (a, b) within their problem.
"""

import cython
import numpy as np
from cython.cimports.dedup.alignment._chain import Chain
from cython.cimports.libc.math import log, sqrt
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t

FALSE_LINK_BASE = cython.declare(cython.double, 0.042)
FALSE_LINK_SLOPE = cython.declare(cython.double, 0.043)
"""Strength that 1 % of the sentences of unrelated news reach as each other's best: ``base + slope ·
ln n`` between texts of n sentences. Fitted on BBC sport against business stories joined to 17, 53,
142, 356 and 1,050 sentences, where it was .162, .205, .246, .288 and .340."""
LEAST_THRESHOLD = cython.declare(cython.double, 0.15)
"""Least strength of a link between texts of a few sentences, where the fit does not reach."""
NEIGHBOUR_BONUS = cython.declare(cython.double, 0.15)
"""Part of a neighbouring pair's score added to a pair's own: sentences come in company. The
prototypes in which it was found raised F1 by .05 on the seed pair."""
ANCHOR = cython.declare(cython.double, 0.4)
"""Strength from which a pair is sure enough to tell in which order the story runs."""
CROSSING_PENALTY = cython.declare(cython.double, 0.15)
"""Strength a pair loses that crosses the story's order: it must be clearer to pass as a move."""
RELATIVE_LINK = cython.declare(cython.double, 0.4)
"""Least strength of a link as a part of the pair's typical score: where most sentences were kept
word for word, weak likeness is chance (argrewrite: F1 of pairs .967 without, .979 with it)."""
LIKENESS_WEIGHT = cython.declare(cython.double, 3.0)
"""Strength that a pair of a revised text gains or loses with its likeness above or below chance: so
much that likeness decides. The penalty of a crossing grows with it. argrewrite's F1 of added and
dropped sentences is .932 with it and .906 without."""
REVISED_LEVEL = 0.7
"""Typical score from which a text was revised sentence by sentence, and not told anew."""
_REVISED = cython.declare(cython.double, REVISED_LEVEL)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _chance(rows: int64_t, columns: int64_t) -> cython.double:
    """Give the least strength of a link: what 1 % of unrelated sentences reach."""
    size: cython.double = sqrt(cython.cast(cython.double, rows * columns))
    return max(LEAST_THRESHOLD, FALSE_LINK_BASE + FALSE_LINK_SLOPE * log(size))


class _Chooser:
    """The sentence pairs of one problem, and the work arrays of a choice among them."""

    def prepare(self, most: int64_t, sentences: int64_t) -> object:
        """Make the work arrays for so many pairs, and texts of so many sentences each."""
        numbers: int32_t[::1] = np.empty(3 * most, np.int32)
        self.a, self.b = numbers[:most], numbers[most : 2 * most]
        self.order = numbers[2 * most :]
        values: cython.double[::1] = np.empty(2 * (most + sentences))
        self.value, self.company = values[:most], values[most : 2 * most]
        self.best_a = values[2 * most : 2 * most + sentences]
        self.best_b = values[2 * most + sentences :]
        self.aside = np.empty(most, np.int64)
        self.line = Chain()
        return None

    def find_best(self, least: cython.double) -> int64_t:
        """Find the best value of each sentence among the pairs of some value."""
        k: int64_t
        value: cython.double
        for k in range(self.rows):
            self.best_a[k] = 0.0
        for k in range(self.columns):
            self.best_b[k] = 0.0
        for k in range(self.count):
            value = self.value[k]
            if value >= least:
                self.best_a[self.a[k]] = max(self.best_a[self.a[k]], value)
                self.best_b[self.b[k]] = max(self.best_b[self.b[k]], value)
        return 0

    def find_mutual(self, least: cython.double) -> int64_t:
        """List the pairs of some value that are the best of both their sentences, in ``order``."""
        found: int64_t = 0
        k: int64_t
        value: cython.double
        self.find_best(least)
        for k in range(self.count):
            value = self.value[k]
            if (
                value >= least
                and value >= self.best_a[self.a[k]]
                and value >= self.best_b[self.b[k]]
            ):
                self.order[found] = cython.cast(int32_t, k)
                found += 1
        return found

    def level(self, threshold: cython.double) -> cython.double:
        """Give the median value of sentences that chose each other, 0 where none did."""
        found: int64_t = self.find_mutual(threshold)
        k: int64_t
        if found == 0:
            return 0.0
        for k in range(self.count):
            self.aside[k] = 0
        self.sort(0, found)
        return (self.value[self.order[(found - 1) // 2]] + self.value[self.order[found // 2]]) / 2

    def is_behind(self, one: int64_t, other: int64_t) -> cython.int:
        """Tell whether one pair comes behind another: weaker, else farther from the diagonal."""
        if self.value[one] != self.value[other]:
            return self.value[one] < self.value[other]
        if self.aside[one] != self.aside[other]:
            return self.aside[one] > self.aside[other]
        return one > other

    def sift(self, first: int64_t, at: int64_t, size: int64_t) -> int64_t:
        """Let a pair of the heap that begins at ``first`` sink to where it belongs."""
        order: int32_t[::1] = self.order
        pair: int32_t = order[first + at]
        child: int64_t = 2 * at + 1
        while child < size:
            if child + 1 < size and self.is_behind(order[first + child + 1], order[first + child]):
                child += 1
            if self.is_behind(pair, order[first + child]):
                break
            order[first + at] = order[first + child]
            at = child
            child = 2 * at + 1
        order[first + at] = pair
        return 0

    def sort(self, first: int64_t, end: int64_t) -> int64_t:
        """Sort a part of ``order``, the strongest pairs first (heap sort, Williams 1964)."""
        order: int32_t[::1] = self.order
        size: int64_t = end - first
        k: int64_t
        for k in range(size // 2 - 1, -1, -1):
            self.sift(first, k, size)
        for k in range(size - 1, 0, -1):
            order[first], order[first + k] = order[first + k], order[first]
            self.sift(first, 0, k)
        return 0

    def add_neighbours(self) -> int64_t:
        """Find for each pair the better value of the pairs before and behind, in ``company``."""
        k: int64_t
        behind: int64_t = 0
        for k in range(self.count):
            self.company[k] = 0.0
        for k in range(self.count):
            row: int64_t = self.a[k] + 1
            column: int64_t = self.b[k] + 1
            while behind < self.count and (
                self.a[behind] < row or (self.a[behind] == row and self.b[behind] < column)
            ):
                behind += 1
            if behind < self.count and self.a[behind] == row and self.b[behind] == column:
                self.company[k] = max(self.company[k], self.value[behind])
                self.company[behind] = max(self.company[behind], self.value[k])
        return 0

    def follow_order(self, line: Chain, penalty: cython.double) -> int64_t:
        """Take the penalty from pairs that cross the heaviest chain of sure ones."""
        k: int64_t
        line.links = self.find_mutual(ANCHOR)
        line.rows = self.rows
        line.columns = self.columns
        for k in range(line.links):
            line.link_a[k] = self.a[self.order[k]]
            line.link_b[k] = self.b[self.order[k]]
            line.weight[k] = self.value[self.order[k]]
        line.find()
        line.count_before()
        before_a: int32_t[::1] = line.places
        before_b: int32_t[::1] = line.ranks
        for k in range(self.count):
            row: int64_t = self.a[k]
            column: int64_t = self.b[k]
            if before_a[row] > before_b[column + 1] or before_b[column] > before_a[row + 1]:
                self.value[k] -= penalty
        return 0

    def choose(self, least: cython.double) -> int64_t:
        """List the clear pairs in ``order``: first those that are the best of both their
        sentences, then those that are the best of one; each by value. Gives how many they are.
        """
        mutual: int64_t = 0
        chosen: int64_t
        k: int64_t
        turn: cython.int
        self.find_best(0.0)
        for k in range(self.count):
            aside: int64_t = self.a[k] * self.columns - self.b[k] * self.rows
            self.aside[k] = max(aside, -aside)
        chosen = 0
        for turn in range(2, 0, -1):
            for k in range(self.count):
                value: cython.double = self.value[k]
                leads: cython.int = value >= self.best_a[self.a[k]]
                leads += value >= self.best_b[self.b[k]]
                if value >= least and leads == turn:
                    self.order[chosen] = cython.cast(int32_t, k)
                    chosen += 1
            self.sort(mutual, chosen)
            mutual = chosen
        return chosen


@cython.cfunc
def _chooser(
    offsets: cython.const[int64_t][::1],
    firsts: cython.const[int64_t][::1],
    pairs: cython.const[int64_t][:, ::1],
) -> _Chooser:
    """Make the work arrays that hold the largest of several problems."""
    work: _Chooser = _Chooser()
    most: int64_t = 1
    sentences: int64_t = 1
    k: cython.Py_ssize_t
    for k in range(offsets.shape[0] - 1):
        most = max(most, offsets[k + 1] - offsets[k])
    for k in range(2 * pairs.shape[0]):
        t: int64_t = pairs[k >> 1, k & 1]
        sentences = max(sentences, firsts[t + 1] - firsts[t] - 1)
    work.prepare(most, sentences)
    return work


def strengthen_pairs(scored: tuple, texts: object, pairs: cython.const[int64_t][:, ::1]):
    """Part scored sentence pairs by problem, and add to each score a part of its neighbours'.

    ``scored`` are sentences of a and of b, i32, scores, and where each pair of texts begins;
    ``texts`` as :class:`dedup.alignment.laid.Laid`. Pairs that stay too weak whatever their
    neighbours are left out, and those of story and furniture. Returns sentences of a and of b, i32,
    scores, strengths; where each problem begins, i64[2m + 1]; and the typical score in it, f64[2m].
    """
    a: cython.const[int32_t][::1] = scored[0]
    b: cython.const[int32_t][::1] = scored[1]
    score: cython.const[cython.double][::1] = scored[2]
    offsets: cython.const[int64_t][::1] = scored[3]
    firsts: cython.const[int64_t][::1] = texts.firsts
    flags: cython.const[uint8_t][::1] = texts.furniture
    work: _Chooser = _chooser(offsets, firsts, pairs)
    size: cython.Py_ssize_t = a.shape[0]
    near_a, near_b = np.empty(size, np.int32), np.empty(size, np.int32)
    scores, strengths = np.empty(size), np.empty(size)
    starts, typical = np.zeros(2 * pairs.shape[0] + 1, np.int64), np.zeros(2 * pairs.shape[0])
    out_a: int32_t[::1] = near_a
    out_b: int32_t[::1] = near_b
    out_score: cython.double[::1] = scores
    out_strength: cython.double[::1] = strengths
    out_starts: int64_t[::1] = starts
    levels: cython.double[::1] = typical
    at: int64_t = 0
    k: int64_t
    problem: int64_t
    with cython.nogil:
        for problem in range(2 * pairs.shape[0]):
            first_a: int64_t = firsts[pairs[problem >> 1, 0]]
            first_b: int64_t = firsts[pairs[problem >> 1, 1]]
            work.rows = firsts[pairs[problem >> 1, 0] + 1] - first_a - 1
            work.columns = firsts[pairs[problem >> 1, 1] + 1] - first_b - 1
            work.count = 0
            for k in range(offsets[problem >> 1], offsets[(problem >> 1) + 1]):
                if flags[first_a + a[k]] == problem & 1 and flags[first_b + b[k]] == problem & 1:
                    work.a[work.count] = a[k]
                    work.b[work.count] = b[k]
                    work.value[work.count] = score[k]
                    work.count += 1
            if work.count > 0:
                chance: cython.double = _chance(work.rows, work.columns)
                levels[problem] = work.level(chance)
                work.add_neighbours()
                for k in range(work.count):
                    if work.value[k] >= min(chance, ANCHOR) - NEIGHBOUR_BONUS:
                        out_a[at] = work.a[k]
                        out_b[at] = work.b[k]
                        out_score[at] = work.value[k]
                        out_strength[at] = work.value[k] + NEIGHBOUR_BONUS * work.company[k]
                        at += 1
            out_starts[problem + 1] = at
    return near_a[:at], near_b[:at], scores[:at], strengths[:at], starts, typical


def choose_pairs(
    near: tuple,
    likeness: cython.const[cython.double][::1],
    texts: object,
    pairs: cython.const[int64_t][:, ::1],
):
    """List the clear pairs of each problem, the surest first.

    ``near`` as of :func:`strengthen_pairs`; ``likeness`` of each pair of a revised problem, above
    or below chance. Returns places in ``near``, i32, and where each problem's two lists begin,
    i64[4m + 1]: those in which likeness decides, for revised problems alone, then the others.
    """
    a: cython.const[int32_t][::1] = near[0]
    b: cython.const[int32_t][::1] = near[1]
    strength: cython.const[cython.double][::1] = near[3]
    offsets: cython.const[int64_t][::1] = near[4]
    levels: cython.const[cython.double][::1] = near[5]
    firsts: cython.const[int64_t][::1] = texts.firsts
    work: _Chooser = _chooser(offsets, firsts, pairs)
    line: Chain = work.line
    line.prepare(work.a.shape[0], work.best_a.shape[0])
    chosen = np.empty(2 * a.shape[0], np.int32)
    ends = np.zeros(4 * pairs.shape[0] + 1, np.int64)
    out: int32_t[::1] = chosen
    out_ends: int64_t[::1] = ends
    at: int64_t = 0
    k: int64_t
    problem: int64_t
    by_likeness: cython.int
    with cython.nogil:
        for problem in range(2 * pairs.shape[0]):
            t: int64_t = pairs[problem >> 1, 0]
            work.rows = firsts[t + 1] - firsts[t] - 1
            t = pairs[problem >> 1, 1]
            work.columns = firsts[t + 1] - firsts[t] - 1
            start: int64_t = offsets[problem]
            work.count = offsets[problem + 1] - start
            for k in range(work.count):
                work.a[k] = a[start + k]
                work.b[k] = b[start + k]
            revised: cython.bint = levels[problem] >= _REVISED
            penalty: cython.double = CROSSING_PENALTY * (1.0 + LIKENESS_WEIGHT * revised)
            for by_likeness in range(1, -1, -1):
                if work.count > 0 and by_likeness <= revised:
                    for k in range(work.count):
                        work.value[k] = strength[start + k]
                        if by_likeness:
                            work.value[k] += LIKENESS_WEIGHT * likeness[start + k]
                    work.follow_order(line, penalty)
                    least: cython.double = RELATIVE_LINK * levels[problem]
                    for k in range(work.choose(max(_chance(work.rows, work.columns), least))):
                        out[at] = cython.cast(int32_t, start + work.order[k])
                        at += 1
                out_ends[2 * problem + 2 - by_likeness] = at
    return chosen[:at], ends
