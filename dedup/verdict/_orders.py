"""Chains and neighbours: whether two texts bring the same words in the same order.

Who retells a text goes through it from its beginning to its end; independent reports of one event
bring the same names, numbers and words in orders of their own. A *chain* is the longest run of
distinct words, not necessarily next to each other, whose first occurrences come in the same order
in both texts: a longest increasing subsequence (Fredman 1975). *Neighbours* are a content word and
the next one. Chains are asked of words of several kinds, since a copyist keeps names and numbers
where he replaces all else.
"""

import cython
from cython.cimports.dedup.verdict._links import Side
from cython.cimports.dedup.verdict._stories import Layout
from cython.cimports.libc.math import log1p
from cython.cimports.libc.stdint import int32_t, int64_t

from dedup.verdict import bounds

_KINDS = cython.declare(cython.int, bounds.KINDS)
_FACT = cython.declare(cython.int, bounds.KIND_NAMES.index("fact"))
_RARE = cython.declare(cython.int, bounds.KIND_NAMES.index("rare"))
_CONTENT = cython.declare(cython.int, bounds.KIND_NAMES.index("content"))


@cython.cfunc
@cython.nogil
def find_orders(layout: Layout, one: Side, two: Side) -> cython.int:
    """Find the chains and the neighbours of every kind; they are the same for both sides."""
    at: int64_t = one.story.at
    to: int64_t = two.story.at
    k: int64_t
    kind: cython.int
    entry: int32_t
    match: int32_t
    next_one: int32_t
    next_two: int32_t
    kinds: cython.int
    for kind in range(_KINDS):
        one.shared[kind] = 0
        one.chain[kind] = 0
    one.neighbours = 0
    for k in range(one.story.entries):
        entry = layout.arrivals[at + k]
        match = one.match[entry]
        if match < 0:
            continue
        kinds = layout.kinds[at + entry] & layout.kinds[to + match]
        if kinds == 0:
            continue
        for kind in range(_KINDS):
            if kinds >> kind & 1:
                one.shared[kind] += 1
                _prolong(one, kind, layout.first[to + match])
        next_one = layout.following[at + entry]
        next_two = layout.following[to + match]
        if kinds >> _CONTENT & 1 and next_one >= 0 and next_two >= 0:
            one.neighbours += one.match[next_one] == next_two
    for kind in range(_KINDS):
        two.shared[kind] = one.shared[kind]
        two.chain[kind] = one.chain[kind]
    two.neighbours = one.neighbours
    return 0


@cython.cfunc
@cython.inline
@cython.nogil
def _prolong(side: Side, kind: cython.int, place: int32_t) -> cython.int:
    """Enter the next place: ``ends`` holds where chains of each length end at the earliest."""
    low: int64_t = 0
    high: int64_t = side.chain[kind]
    middle: int64_t
    if high == 0 or side.ends[kind, high - 1] < place:
        side.ends[kind, high] = place
        side.chain[kind] += 1
        return 0
    while low < high:
        middle = (low + high) // 2
        if side.ends[kind, middle] < place:
            low = middle + 1
        else:
            high = middle
    side.ends[kind, low] = place
    return 0


# --- Measures ------------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _chain(side: Side, kind: cython.int) -> cython.double:
    return (side.chain[kind] + 1.0) / (side.layout.owned[side.row, kind] + 4.0)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _chain_order(side: Side, kind: cython.int) -> cython.double:
    return (side.chain[kind] + 1.0) / (side.shared[kind] + 2.0)


@cython.cfunc
@cython.nogil
def fact_chain(side: Side, other: Side) -> cython.double:
    return _chain(side, _FACT)


@cython.cfunc
@cython.nogil
def fact_chain_order(side: Side, other: Side) -> cython.double:
    return _chain_order(side, _FACT)


@cython.cfunc
@cython.nogil
def rare_chain(side: Side, other: Side) -> cython.double:
    return _chain(side, _RARE)


@cython.cfunc
@cython.nogil
def content_chain(side: Side, other: Side) -> cython.double:
    return _chain(side, _CONTENT)


@cython.cfunc
@cython.nogil
def content_chain_length(side: Side, other: Side) -> cython.double:
    return log1p(cython.cast(cython.double, side.chain[_CONTENT]))


@cython.cfunc
@cython.nogil
def content_chain_order(side: Side, other: Side) -> cython.double:
    return _chain_order(side, _CONTENT)


@cython.cfunc
@cython.nogil
def neighbours(side: Side, other: Side) -> cython.double:
    return (side.neighbours + 1.0) / (side.layout.owned[side.row, _CONTENT] + 4.0)


@cython.cfunc
@cython.nogil
def neighbours_count(side: Side, other: Side) -> cython.double:
    return log1p(cython.cast(cython.double, side.neighbours))
