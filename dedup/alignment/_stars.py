"""Gather chosen sentence pairs into groups: one sentence against one, or against up to three."""

import cython
import numpy as np
from cython.cimports.dedup.alignment._likeness import Likeness
from cython.cimports.libc.math import sqrt
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t

from dedup.alignment._choice import REVISED_LEVEL
from dedup.alignment._likeness import LONGEST_LIKENED

LEAST_GAIN = cython.declare(cython.double, 0.2)
"""Likeness that a further partner in a revised text adds at least: a sentence that was split is
more like its parts in a row than like one of them, by about a fifth where the smaller part is no
mere phrase. At .05, .72 of argrewrite's links of split and merged sentences are right, at .2 .81,
and of those that were wanted 39 and 36 in 42 are found."""
RELATIVE_MERGE = cython.declare(cython.double, 0.5)
"""Least score of a further partner as a part of the typical score, measured on what the partners
before it leave unexplained."""
LEAST_MERGE = cython.declare(cython.double, 0.2)
"""Least score of a further partner, likewise measured."""
MOST_MERGED = 3
"""Sentences of one text that may stand against one of the other."""

_MOST = cython.declare(int64_t, MOST_MERGED)
_REVISED = cython.declare(cython.double, REVISED_LEVEL)
_LONGEST = cython.declare(int64_t, LONGEST_LIKENED)


class _Stars:
    """The groups of one pair that grow: each one sentence against one, or against up to three.

    Of each sentence, b's behind a's, its partners, how many, and the best score of a pair it is in.
    """

    def prepare(self, sentences: int64_t, grams: int64_t) -> object:
        """Make the work arrays for pairs of so many sentences and grams."""
        self.partners = np.empty(_MOST * sentences, np.int32)
        self.count = np.empty(sentences, np.int32)
        self.best = np.empty(sentences)
        self.left = np.zeros(grams)
        self.behind = np.empty(sentences + 1, np.int32)
        return None

    def clear(self) -> int64_t:
        """Forget all groups."""
        k: int64_t
        for k in range(self.rows + self.columns):
            self.count[k] = 0
            self.best[k] = 0.0
        return 0

    def partner(self, sentence: int64_t, k: int64_t) -> int64_t:
        """Give a sentence's partner."""
        return self.partners[_MOST * sentence + k]

    def add(self, one: int64_t, other: int64_t, score: cython.double) -> int64_t:
        """Link two sentences."""
        self.partners[_MOST * one + self.count[one]] = cython.cast(int32_t, other)
        self.partners[_MOST * other + self.count[other]] = cython.cast(int32_t, one)
        self.count[one] += 1
        self.count[other] += 1
        self.best[one] = max(self.best[one], score)
        self.best[other] = max(self.best[other], score)
        return 0

    def is_open(self, centre: int64_t) -> cython.int:
        """Tell whether a sentence's group may take one more: it is the centre, and not full."""
        k: int64_t
        if self.count[centre] >= _MOST:
            return 0
        for k in range(self.count[centre]):
            if self.count[self.partner(centre, k)] != 1:
                return 0
        return 1

    def residual(self, centre: int64_t, more: int64_t) -> cython.double:
        """Give the cosine of ``more`` with ``centre``, the grams of its partners struck from it.

        ``left`` is zero before and after.
        """
        bounds: cython.const[int64_t][::1] = self.bounds
        at: int64_t
        k: int64_t
        other: int64_t
        length: cython.double = 0.0
        shared: cython.double = 0.0
        mine: int64_t = self.first + centre
        for at in range(bounds[mine], bounds[mine + 1]):
            self.left[self.gram[at]] = self.weight[at]
        for k in range(self.count[centre]):
            other = self.first + self.partner(centre, k)
            for at in range(bounds[other], bounds[other + 1]):
                self.left[self.gram[at]] = 0.0
        for at in range(bounds[mine], bounds[mine + 1]):
            length += self.left[self.gram[at]] * self.left[self.gram[at]]
        other = self.first + more
        for at in range(bounds[other], bounds[other + 1]):
            shared += self.left[self.gram[at]] * self.weight[at]
        for at in range(bounds[mine], bounds[mine + 1]):
            self.left[self.gram[at]] = 0.0
        return shared / sqrt(length) if length > 0.0 else 0.0

    def place(self, sentence: int64_t) -> int64_t:
        """Give the place of a sentence in the bounds of the texts."""
        if sentence < self.rows:
            return self.row_a + sentence
        return self.row_b + sentence - self.rows

    def gain(self, like: Likeness, centre: int64_t, more: int64_t) -> cython.double:
        """Give how much more a sentence is like its partners in a row with one more of them."""
        place: int64_t = self.place(centre)
        k: int64_t
        turn: cython.int
        size: int64_t = like.size(self.place(more))
        for k in range(self.count[centre]):
            size += 1 + like.size(self.place(self.partner(centre, k)))
        if max(size, like.size(place)) > _LONGEST:
            return LEAST_GAIN
        like.take(place)
        found: cython.double = 0.0
        for turn in range(2):
            read: int64_t = 0
            last: int64_t = -1
            like.begin()
            for _ in range(self.count[centre] + turn):
                following: int64_t = more if turn and more > last else self.rows + self.columns
                for k in range(self.count[centre]):
                    if last < self.partner(centre, k) < following:
                        following = self.partner(centre, k)
                read = like.read(self.place(following), read)
                last = following
            found = like.similarity(read) - found
        return found

    def join(
        self,
        like: Likeness,
        one: int64_t,
        other: int64_t,
        least: cython.double,
        revised: cython.int,
    ) -> cython.int:
        """Tell whether a sentence without partner explains more of one that has partners."""
        centre: int64_t = one if self.count[one] > 0 else other
        more: int64_t = one + other - centre
        if not self.is_open(centre) or self.residual(centre, more) < least:
            return 0
        return not revised or self.gain(like, centre, more) >= LEAST_GAIN

    def follow(self) -> int64_t:
        """Find where the sentence behind each group of a is met: behind the group in b."""
        i: int64_t
        k: int64_t
        centre: int64_t
        for i in range(self.rows + 1):
            self.behind[i] = -1
        self.behind[0] = 0
        for i in range(self.rows):
            if self.count[i] == 0:
                continue
            centre = self.partner(i, 0) if self.count[i] == 1 else i
            last: int64_t = centre
            furthest: int64_t = self.partner(centre, 0)
            for k in range(self.count[centre]):
                furthest = max(furthest, self.partner(centre, k))
            self.behind[min(last, furthest) + 1] = cython.cast(
                int32_t, max(last, furthest) - self.rows + 1
            )
        return 0

    def link_signs(
        self, signs: cython.const[int32_t][::1], flags: cython.const[uint8_t][::1]
    ) -> int64_t:
        """Link sentences of signs alone, the same on both sides, that follow linked sentences."""
        i: int64_t
        self.follow()
        for i in range(self.rows):
            j: int64_t = self.behind[i]
            if signs[self.row_a + i] == 0 or j < 0 or j >= self.columns:
                continue
            if signs[self.row_a + i] == signs[self.row_b + j]:
                self.behind[i + 1] = cython.cast(int32_t, j + 1)
                if flags[self.row_a + i] == flags[self.row_b + j]:
                    self.add(i, self.rows + j, 1.0)
        return 0

    def give(self, out: int32_t[:, ::1], scores: cython.double[::1], at: int64_t) -> int64_t:
        """Give out the groups in the order of b: three places for a's sentences, three for b's."""
        j: int64_t
        k: int64_t
        for j in range(self.rows, self.rows + self.columns):
            if self.count[j] == 0:
                continue
            one: int64_t = self.partner(j, 0)
            first: int64_t = j
            for k in range(self.count[one]):
                first = min(first, self.partner(one, k))
            if first < j:
                continue
            self.write(j, out, at, 0, 0)
            self.write(one, out, at, _MOST, self.rows)
            scores[at] = max(self.best[j], self.best[one])
            at += 1
        return at

    def write(
        self, sentence: int64_t, out: int32_t[:, ::1], at: int64_t, column: int64_t, base: int64_t
    ) -> int64_t:
        """Write the partners of a sentence, rising, and -1 for those that there are not."""
        k: int64_t
        place: int64_t
        for k in range(_MOST):
            out[at, column + k] = -1
        for k in range(self.count[sentence]):
            partner: int32_t = cython.cast(int32_t, self.partner(sentence, k) - base)
            place = column + k
            while place > column and out[at, place - 1] > partner:
                out[at, place] = out[at, place - 1]
                place -= 1
            out[at, place] = partner
        return 0


def group_pairs(
    near: tuple, chosen: tuple, entries: tuple, texts: object, pairs: cython.const[int64_t][:, ::1]
):
    """Group the sentences of pairs of texts, in the order of b.

    ``near`` and ``chosen`` as of :func:`dedup.alignment._choice.choose_pairs`, ``entries`` the
    gram, weight, bounds and rows of :func:`dedup.alignment._grams.score_sentences`. First each
    sentence takes its best partner where the choice is mutual; then sentences left over join a
    group whose one sentence they explain further. Returns the groups, i32[g, 6]: up to three
    sentences of a and of b, rising, then -1; their scores; and where each pair's begin, i64[m + 1].
    """
    a: cython.const[int32_t][::1] = near[0]
    b: cython.const[int32_t][::1] = near[1]
    score: cython.const[cython.double][::1] = near[2]
    levels: cython.const[cython.double][::1] = near[5]
    order: cython.const[int32_t][::1] = chosen[0]
    ends: cython.const[int64_t][::1] = chosen[1]
    first_entries: cython.const[int64_t][::1] = entries[3]
    firsts: cython.const[int64_t][::1] = texts.firsts
    signs: cython.const[int32_t][::1] = texts.signs
    flags: cython.const[uint8_t][::1] = texts.furniture
    work: _Stars = _Stars()
    work.gram = entries[0]
    work.weight = entries[1]
    work.bounds = entries[2]
    like: Likeness = Likeness()
    if max(near[5].tolist(), default=0.0) >= REVISED_LEVEL:
        like.prepare(texts)
    widest: int64_t = 1
    most: int64_t = 1
    room: int64_t = 0
    m: cython.Py_ssize_t
    for m in range(pairs.shape[0]):
        work.rows = firsts[pairs[m, 0] + 1] - firsts[pairs[m, 0]] - 1
        work.columns = firsts[pairs[m, 1] + 1] - firsts[pairs[m, 1]] - 1
        widest = max(widest, work.rows + work.columns)
        room += min(work.rows, work.columns)
        work.first = first_entries[m]
        most = max(
            most, work.bounds[work.first + work.rows + work.columns] - work.bounds[work.first]
        )
    work.prepare(widest, most)
    groups, scores = np.empty((room, 2 * MOST_MERGED), np.int32), np.empty(room)
    offsets = np.zeros(pairs.shape[0] + 1, np.int64)
    out: int32_t[:, ::1] = groups
    out_scores: cython.double[::1] = scores
    starts: int64_t[::1] = offsets
    at: int64_t = 0
    turn: int64_t
    k: int64_t
    with cython.nogil:
        for m in range(pairs.shape[0]):
            work.row_a = firsts[pairs[m, 0]]
            work.row_b = firsts[pairs[m, 1]]
            work.rows = firsts[pairs[m, 0] + 1] - work.row_a - 1
            work.columns = firsts[pairs[m, 1] + 1] - work.row_b - 1
            work.first = first_entries[m]
            work.clear()
            for turn in range(4 * m, 4 * m + 4):
                level: cython.double = levels[turn >> 1]
                revised: cython.bint = level >= _REVISED
                least: cython.double = max(LEAST_MERGE, RELATIVE_MERGE * level)
                for k in range(ends[turn], ends[turn + 1]):
                    one: int64_t = a[order[k]]
                    other: int64_t = work.rows + b[order[k]]
                    taken: cython.int = (work.count[one] > 0) + (work.count[other] > 0)
                    if taken == 0:
                        if revised and turn & 1:  # likeness has said no
                            continue
                    elif taken == 2 or (revised and turn & 1 == 0):
                        continue
                    elif not work.join(like, one, other, least, revised):
                        continue
                    work.add(one, other, score[order[k]])
            work.link_signs(signs, flags)
            starts[m + 1] = at = work.give(out, out_scores, at)
    return groups[:at], scores[:at], offsets
