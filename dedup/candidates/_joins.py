"""The loops of the rare-term lane that join: rows met over their terms, and what pairs share.

A ragged array is a flat one and ``offsets`` i64[n+1], as in :mod:`dedup.candidates._sketches`.
``rows`` are what :func:`dedup.candidates._terms.rank_words` gives: ragged words by rank, u32 and
i64, and how many of each row, its first ones, are terms, i32[n].
Each loop has a naive twin in ``tests/oracles.py``.
"""

import cython
import numpy as np
from cython.cimports.libc.stdint import int32_t, int64_t, uint16_t, uint32_t, uint64_t

_LOW = cython.declare(uint64_t, 0xFFFFFFFF)
_SCORE_BITS = cython.declare(uint32_t, 16)
_LAST_FLOOR = cython.declare(uint32_t, 0xFFFF0000)
_ROUNDING = cython.declare(cython.double, 0.999)
"""A bar is lowered by this, so that single precision rounds no pair away before it is measured."""


def list_starts(rows, ranks: cython.Py_ssize_t):
    """Tell where the posting list of each term starts when they stand end to end, u32[ranks + 1].

    The ranks of ``rows`` are below ``ranks``.
    """
    values: cython.const[uint32_t][::1] = rows[0]
    offsets: cython.const[int64_t][::1] = rows[1]
    terms: int32_t[::1] = rows[2]
    starts: uint32_t[::1] = np.zeros(ranks + 1, np.uint32)
    row: cython.Py_ssize_t
    k: int64_t
    with cython.nogil:
        for row in range(terms.shape[0]):
            for k in range(offsets[row], offsets[row] + terms[row]):
                starts[values[k] + 1] += 1
        for k in range(ranks):
            starts[k + 1] += starts[k]
    return starts.base


def post_terms(rows, order: cython.const[uint32_t][::1], starts: cython.const[uint32_t][::1]):
    """Fill the posting lists of :func:`list_starts`: the places in ``order`` that have each term.

    ``order`` u32[n] says which row has each place. Returns places, u32, ascending in each list.
    """
    values: cython.const[uint32_t][::1] = rows[0]
    offsets: cython.const[int64_t][::1] = rows[1]
    terms: int32_t[::1] = rows[2]
    ends: uint32_t[::1] = np.array(starts)
    places: uint32_t[::1] = np.empty(starts[starts.shape[0] - 1], np.uint32)
    place: cython.Py_ssize_t
    k: int64_t
    row: int64_t
    with cython.nogil:
        for place in range(order.shape[0]):
            row = order[place]
            for k in range(offsets[row], offsets[row] + terms[row]):
                places[ends[values[k]]] = cython.cast(uint32_t, place)
                ends[values[k]] += 1
    return places.base


@cython.final
@cython.auto_pickle(False)
@cython.cclass
class _Join:
    """The state of :func:`join_terms`: what it was given, and its work arrays."""

    values: cython.const[uint32_t][::1]
    offsets: cython.const[int64_t][::1]
    terms: int32_t[::1]
    gains: uint16_t[::1]
    lengths: cython.float[::1]
    order: cython.const[uint32_t][::1]
    starts: cython.const[uint32_t][::1]
    places: cython.const[uint32_t][::1]
    ends: uint32_t[::1]
    """Where each posting list would end if it held only what comes before the place at hand."""
    heads: uint32_t[:, ::1]
    """Of the lists of the row at hand: where each starts, where it ends, and its gain."""
    scores: uint32_t[::1]
    """Of each place; above a floor that rises, so that those of the last row need no clearing."""
    met: uint32_t[::1]

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1)
    def find_ends(self, place: uint32_t) -> int64_t:
        term: cython.Py_ssize_t
        for term in range(self.ends.shape[0]):
            while self.ends[term] < self.starts[term + 1] and self.places[self.ends[term]] < place:
                self.ends[term] += 1
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1)
    def open_lists(self, row: int64_t) -> int64_t:
        """Look up the lists of a row's terms, from where to where and their gains, and count them.

        The row itself is next in each, so that the ends move behind it. A loop of its own: the
        lists lie far apart, and their heads are fetched side by side here.
        """
        count: int64_t = 0
        k: int64_t
        term: uint32_t
        for k in range(self.offsets[row], self.offsets[row] + self.terms[row]):
            term = self.values[k]
            self.heads[0, count] = self.starts[term]
            self.heads[1, count] = self.ends[term]
            self.heads[2, count] = self.gains[term]
            count += self.ends[term] > self.starts[term]
            self.ends[term] += 1
        return count

    @cython.cfunc
    @cython.nogil
    @cython.overflowcheck(False)
    @cython.exceptval(-1)
    def add_gains(self, listed: int64_t, floor: uint32_t, bar: uint32_t) -> int64_t:
        """Add up gains for all places in the lists; take down which reach the bar, and count them.

        A score below the floor is as good as none: it was left by another row.
        """
        places: cython.const[uint32_t][::1] = self.places
        scores: uint32_t[::1] = self.scores
        count: int64_t = 0
        k: int64_t
        at: uint32_t
        gain: uint32_t
        score: uint32_t
        for k in range(listed):
            gain = self.heads[2, k]
            for at in range(self.heads[0, k], self.heads[1, k]):
                score = max(scores[places[at]], floor) + gain
                scores[places[at]] = score
                if cython.cast(uint32_t, score - bar) < gain:  # above the bar, and below it before
                    self.met[count] = places[at]
                    count += 1
        return count


@cython.cfunc
@cython.nogil
def _note(
    row: int64_t,
    other: uint32_t,
    cosine: cython.float,
    near: uint32_t[:, ::1],
    cosines: cython.float[:, ::1],
) -> int64_t:
    """Enter a row that another has met among the nearest of that one, where it belongs there."""
    size: int64_t = near.shape[1]
    place: int64_t = size
    while place > 0 and (
        cosine > cosines[row, place - 1]
        or (cosine == cosines[row, place - 1] and other < near[row, place - 1])
    ):
        place -= 1
        if place + 1 < size:
            near[row, place + 1] = near[row, place]
            cosines[row, place + 1] = cosines[row, place]
    if place < size:
        near[row, place] = other
        cosines[row, place] = cosine
    return 0


@cython.cfunc
@cython.nogil
def _meet(
    join: _Join,
    part: tuple[int64_t, int64_t],
    least: cython.double,
    near: uint32_t[:, ::1],
    cosines: cython.float[:, ::1],
) -> int64_t:
    floor: uint32_t = 0
    bar: uint32_t
    place: int64_t
    k: int64_t
    count: int64_t
    row: uint32_t
    other: uint32_t
    square: cython.double
    score: cython.float
    product: cython.float
    for place in range(part[0], part[1]):
        row = join.order[place]
        if floor == _LAST_FLOOR:
            join.scores[:] = 0
            floor = 0
        floor += cython.cast(uint32_t, 1) << _SCORE_BITS
        square = cython.cast(cython.double, join.lengths[row]) * join.lengths[row]
        bar = floor + max(
            cython.cast(uint32_t, 1), cython.cast(uint32_t, _ROUNDING * least * square)
        )
        count = join.add_gains(join.open_lists(row), floor, bar)
        for k in range(count):
            other = join.order[join.met[k]]
            product = join.lengths[other] * join.lengths[row]
            score = cython.cast(cython.float, join.scores[join.met[k]] - floor)
            if score >= cython.cast(cython.float, least) * product:
                _note(place, join.met[k], score / product, near, cosines)
                _note(join.met[k], cython.cast(uint32_t, place), score / product, near, cosines)
    return 0


def join_terms(rows, weights, lists, part: tuple[int64_t, int64_t], least: cython.double, nearest):
    """Meet the rows of some places with those before them that share terms; note the nearest.

    ``weights`` are ``gains`` u16[v], the squares of the terms' weights, of which no row's may
    exceed 2**16 - 1 together, and the ``lengths`` f32[n] of
    :func:`dedup.candidates._terms.weigh_rows`. ``lists`` are the rows in order u32[n], the longest
    first, and their posting lists: where each starts (:func:`list_starts`), and the places in it
    (:func:`post_terms`). Each row from place ``part[0]`` to ``part[1]`` (exclusive) meets those
    before it with which it has a cosine of ``least`` or more. Both are entered into ``nearest``, in
    place; it does not matter who is entered first. That is of each place in the order the nearest
    met so far: their places u32[n, k] and cosines f32[n, k], the highest first, of equal ones the
    earlier place first, 0 where there is none.

    Two rows meet where the shorter one has its turn, as in Bayardo, Ma and Srikant 2007, "Scaling
    up all pairs similarity search": what both have is then ``least`` of the shorter one's square
    or more, a bar that is one number for all rows before it.
    """
    join: _Join = _Join()
    near: uint32_t[:, ::1] = nearest[0]
    cosines: cython.float[:, ::1] = nearest[1]
    join.values, join.offsets, join.terms = rows
    join.gains, join.lengths = weights
    join.order, join.starts, join.places = lists
    join.ends = lists[1][: len(lists[1]) - 1].copy()
    join.heads = np.empty((3, max(1, rows[2].max(initial=0))), np.uint32)
    join.scores = np.zeros(part[1], np.uint32)
    join.met = np.empty(part[1], np.uint32)
    with cython.nogil:
        if part[0] > 0:
            join.find_ends(cython.cast(uint32_t, part[0]))
        _meet(join, part, least, near, cosines)


def merge_nearest(nearest, more):
    """Enter what rows have met elsewhere, another table of :func:`join_terms`, in place."""
    near: uint32_t[:, ::1] = nearest[0]
    cosines: cython.float[:, ::1] = nearest[1]
    others: uint32_t[:, ::1] = more[0]
    theirs: cython.float[:, ::1] = more[1]
    row: cython.Py_ssize_t
    k: cython.Py_ssize_t
    with cython.nogil:
        for row in range(others.shape[0]):
            for k in range(others.shape[1]):
                if theirs[row, k] > 0:
                    _note(row, others[row, k], theirs[row, k], near, cosines)


def shared_mass(
    words,
    masses: cython.const[uint32_t][::1],
    totals: uint64_t[::1],
    pairs: uint64_t[::1],
):
    """Give the mass of the words that both rows of a pair have, by that of the row with less.

    ``words`` ragged u32 are distinct words by rank, ``masses`` u32[v] what each weighs, ``totals``
    u64[n] what rows weigh. ``pairs`` u64[m] are ``i << 32 | j``; those of one i next to each other
    cost least, as its words are marked once. Returns f32[m].
    """
    values: cython.const[uint32_t][::1] = words[0]
    offsets: cython.const[int64_t][::1] = words[1]
    shares: cython.float[::1] = np.empty(pairs.shape[0], np.float32)
    own: uint32_t[::1] = np.zeros(masses.shape[0], np.uint32)
    marked: int64_t = -1
    m: cython.Py_ssize_t
    i: int64_t
    j: int64_t
    k: int64_t
    both: uint64_t
    least: uint64_t
    with cython.nogil:
        for m in range(pairs.shape[0]):
            i = pairs[m] >> 32
            j = pairs[m] & _LOW
            if i != marked:
                if marked >= 0:
                    for k in range(offsets[marked], offsets[marked + 1]):
                        own[values[k]] = 0
                for k in range(offsets[i], offsets[i + 1]):
                    own[values[k]] = masses[values[k]]
                marked = i
            both = 0
            for k in range(offsets[j], offsets[j + 1]):
                both += own[values[k]]
            least = min(totals[i], totals[j])
            shares[m] = cython.cast(
                cython.float,
                cython.cast(cython.double, both) / max(cython.cast(cython.double, least), 1.0),
            )
    return shares.base
