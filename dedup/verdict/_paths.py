"""The path of gists: sentences matched one by one, in one order, by what they mean.

Who retells a story in other words goes through it in its order; independent reports of one event
have sentences that mean the same, too, but in an order of their own. Sentences are matched by how
much more their gists (:mod:`dedup.verdict._senses`) are alike than either is like the sentences of
the other text on average, so that what all sentences of a subject have in common counts nothing.

Functions of the table in :mod:`dedup.verdict.measures`, which says what is counted.
"""

import cython
from cython.cimports.dedup.verdict._counting import share
from cython.cimports.dedup.verdict._links import Side
from cython.cimports.dedup.verdict._stories import Layout
from cython.cimports.libc.math import log1p
from cython.cimports.libc.stdint import int32_t, int64_t

from dedup.verdict import bounds

_ONE = cython.declare(cython.double, 127.0 * 127.0)
_NEXT = cython.declare(int64_t, bounds.NEXT)
_OPENING_GISTS = cython.declare(int64_t, bounds.OPENING_GISTS)


@cython.cfunc
@cython.nogil
def _begin(side: Side, others: int64_t) -> cython.int:
    """Take how like the other text's gists each is on average; nothing is matched yet."""
    i: int64_t
    side.gained = 0.0
    for i in range(side.summed):
        side.means[i] = side.likeness[i] / cython.cast(cython.double, others) if others else 0.0
        side.most[i] = 0.0
        side.matches_gist[i] = -1
    return 0


@cython.cfunc
@cython.nogil
def _sum_gained(side: Side) -> cython.int:
    i: int64_t
    for i in range(side.summed):
        side.gained += side.most[i] * side.layout.gist_words[side.story.edge + i]
    return 0


@cython.cfunc
@cython.nogil
def _step(one: Side, two: Side, i: int64_t, words: int64_t) -> cython.int:
    """Match a gist with all of the other text, and lengthen the paths up to each of them by it.

    Each is matched with that by which it gains most, the first of equals. ``two.best`` holds the
    heaviest paths so far; a pair on one counts its gain for the words of the shorter sentence, so
    that a path gains no more than what is matched in any order does.
    """
    j: int64_t
    words_there: int64_t
    gain: cython.double
    above: cython.double
    before: cython.double = 0.0
    for j in range(two.summed):
        above = two.best[j + 1]
        words_there = two.layout.gist_words[two.story.edge + j]
        gain = 0.0
        if words_there > 0:  # else nothing was found of how alike they are
            gain = one.alike[i, j] - (one.means[i] + two.means[j]) / 2.0
        if gain > 0.0:
            gain /= _ONE
            if gain > one.most[i]:
                one.most[i] = gain
                one.matches_gist[i] = cython.cast(int32_t, j)
            if gain > two.most[j]:
                two.most[j] = gain
                two.matches_gist[j] = cython.cast(int32_t, i)
            before += gain * min(words, words_there)
            two.best[j + 1] = max(before, max(two.best[j], above))
        else:
            two.best[j + 1] = max(two.best[j], above)
        before = above
    return 0


@cython.cfunc
@cython.nogil
def find_path(layout: Layout, one: Side, two: Side) -> cython.int:
    """Match the gists of two texts, in any order and in one (Needleman and Wunsch 1970)."""
    i: int64_t
    words: int64_t
    _begin(one, two.gists)
    _begin(two, one.gists)
    two.best[: two.summed + 1] = 0.0
    for i in range(one.summed):
        words = layout.gist_words[one.story.edge + i]
        if words > 0:
            _step(one, two, i, words)
    _sum_gained(one)
    _sum_gained(two)
    one.path = two.best[two.summed]
    two.path = one.path
    return 0


# --- Measures ------------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
def gist_path(side: Side, other: Side) -> cython.double:
    return min(1.0, share(side.path, side.gist_words))


@cython.cfunc
@cython.nogil
def gist_path_order(side: Side, other: Side) -> cython.double:
    """Little is drawn to one half, as if 2 words more gained all that they can."""
    return (side.path + 1.0) / (side.gained + 2.0)


@cython.cfunc
@cython.nogil
def gist_gain(side: Side, other: Side) -> cython.double:
    return min(1.0, share(side.gained, side.gist_words))


@cython.cfunc
@cython.nogil
def gist_mutual(side: Side, other: Side) -> cython.double:
    i: int64_t
    words: int64_t = 0
    for i in range(side.summed):
        if side.matches_gist[i] >= 0 and other.matches_gist[side.matches_gist[i]] == i:
            words += side.layout.gist_words[side.story.edge + i]
    return share(words, side.gist_words)


@cython.cfunc
@cython.nogil
def gist_following(side: Side, other: Side) -> cython.double:
    """Few are drawn to one half, as if one more did so by half."""
    i: int64_t
    step: int64_t
    last: int64_t = -1
    steps: int64_t = 0
    following: int64_t = 0
    for i in range(side.summed):
        if side.matches_gist[i] < 0:
            continue
        if last >= 0:
            step = side.matches_gist[i] - last
            steps += 1
            following += 0 <= step and step <= _NEXT
        last = side.matches_gist[i]
    return (following + 0.5) / (steps + 1.0)


@cython.cfunc
@cython.nogil
def lead_place(side: Side, other: Side) -> cython.double:
    i: int64_t
    matched: int64_t = 0
    words: int64_t = 0
    for i in range(side.summed):
        if side.matches_gist[i] >= 0 and matched < _OPENING_GISTS:
            words += side.layout.bounds[other.story.edge + side.matches_gist[i]]
            matched += 1
    return log1p(words / cython.cast(cython.double, matched)) if matched else 0.0
