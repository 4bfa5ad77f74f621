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

__all__: list[str] = []

_ONE = cython.declare(cython.double, 127.0 * 127.0)
_NEXT = cython.declare(int64_t, bounds.NEXT)
_OPENING_GISTS = cython.declare(int64_t, bounds.OPENING_GISTS)


@cython.cfunc
@cython.nogil
def _find_gains(layout: Layout, one: Side, two: Side) -> cython.int:
    """Find by how much more each pair of gists is alike than both are like others on average.

    ``one.gains`` comes with how alike they are; those of ``two`` are the same, seen from there.
    """
    i: int64_t
    j: int64_t
    gain: cython.double
    of_one: cython.double = cython.cast(cython.double, one.gists)
    of_two: cython.double = cython.cast(cython.double, two.gists)
    for i in range(one.summed):
        for j in range(two.summed):
            gain = 0.0
            if layout.gist_words[one.story.edge + i] and layout.gist_words[two.story.edge + j]:
                gain = (one.likeness[i] / of_two + two.likeness[j] / of_one) / 2.0
                gain = max(0.0, (one.gains[i, j] - gain) / _ONE)
            one.gains[i, j] = gain
            two.gains[j, i] = gain
    return 0


@cython.cfunc
@cython.nogil
def _match(side: Side, other: Side) -> cython.int:
    """Match each gist with that of the other text by which it gains most, the first of equals."""
    i: int64_t
    j: int64_t
    most: cython.double
    side.gained = 0.0
    for i in range(side.summed):
        most = 0.0
        side.matches_gist[i] = -1
        for j in range(other.summed):
            if side.gains[i, j] > most:
                most = side.gains[i, j]
                side.matches_gist[i] = cython.cast(int32_t, j)
        side.gained += most * side.layout.gist_words[side.story.edge + i]
    return 0


@cython.cfunc
@cython.nogil
def find_path(layout: Layout, one: Side, two: Side) -> cython.int:
    """Match the gists of two texts, in any order and in one (Needleman and Wunsch 1970).

    A pair on the path counts its gain for the words of the shorter sentence, so that a path gains
    no more than what is matched in any order does.
    """
    best: cython.double[::1] = two.best
    i: int64_t
    j: int64_t
    words: int64_t
    before: cython.double
    above: cython.double
    _find_gains(layout, one, two)
    _match(one, two)
    _match(two, one)
    best[: two.summed + 1] = 0.0
    for i in range(one.summed):
        before = 0.0
        for j in range(two.summed):
            above = best[j + 1]
            words = layout.gist_words[two.story.edge + j]
            words = min(words, layout.gist_words[one.story.edge + i])
            before += one.gains[i, j] * words
            best[j + 1] = max(before, max(best[j], above))
            before = above
    one.path = best[two.summed]
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
