"""Chains and neighbours: whether two texts bring the same words in the same order.

Who retells a text goes through it from its beginning to its end; independent reports of one event
bring the same names, numbers and words in orders of their own. A *chain* is the longest run of
distinct words, not necessarily next to each other, whose first occurrences come in the same order
in both texts: a longest increasing subsequence (Fredman 1975). *Neighbours* are a word and the next
one of its kind. Both are asked of words of several kinds, since a copyist keeps names and numbers
where he replaces all else.
"""

import cython
from cython.cimports.dedup.verdict._links import Side
from cython.cimports.dedup.verdict._stories import Layout, Story, story_of
from cython.cimports.libc.math import log1p
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t

from dedup.text.marks import Mark
from dedup.verdict import measures

__all__ = ["arrange"]

_KINDS = cython.declare(cython.int, measures.KINDS)
_NEIGHBOURED = cython.declare(cython.int, measures.NEIGHBOURED)
_FACT = cython.declare(cython.int, measures.KIND_NAMES.index("fact"))
_NUMBER = cython.declare(cython.int, measures.KIND_NAMES.index("number"))
_RARE = cython.declare(cython.int, measures.KIND_NAMES.index("rare"))
_PLAIN = cython.declare(cython.int, measures.KIND_NAMES.index("plain"))
_CONTENT = cython.declare(cython.int, measures.KIND_NAMES.index("content"))
_IS_NUMBER = cython.declare(uint8_t, Mark.NUMBER)
_IS_FACT = cython.declare(uint8_t, Mark.NUMBER | Mark.NAME)
_RARE_FROM = cython.declare(cython.double, measures.RARE)
_CONTENT_FROM = cython.declare(cython.double, measures.CONTENT)


# --- Each text alone -----------------------------------------------------------------------------


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(-1, check=False)
def _kinds_of(layout: Layout, entry: int64_t) -> cython.int:
    """Tell of which kinds a distinct word is: a bit each."""
    marks: uint8_t = layout.entry_marks[entry]
    is_number: cython.int = (marks & _IS_NUMBER) != 0
    is_fact: cython.int = (marks & _IS_FACT) != 0
    is_rare: cython.int = layout.weights[entry] >= _RARE_FROM
    is_content: cython.int = layout.weights[entry] >= _CONTENT_FROM
    return (
        is_fact << _FACT
        | is_number << _NUMBER
        | (is_rare | is_number) << _RARE
        | (layout.plain[entry] > 0) << _PLAIN
        | (is_content | is_fact) << _CONTENT
    )


def arrange(layout: Layout, pairs: cython.const[int64_t][:, ::1]) -> None:
    """Tell the kinds of the distinct words of texts in pairs, and in which order they first come.

    What was arranged before stays. One thread at a time may do so, and none may measure meanwhile
    what is not arranged yet. Rows that are none are passed over.
    """
    m: cython.Py_ssize_t
    end: cython.Py_ssize_t
    row: int64_t
    story = cython.declare(Story)
    if pairs.shape[1] != 2:
        raise ValueError(f"pairs: got {pairs.shape[1]} columns, wanted 2")
    with cython.nogil:
        for m in range(pairs.shape[0]):
            for end in range(2):
                row = pairs[m, end]
                if not 0 <= row < layout.rows or layout.arranged[row]:
                    continue
                story = story_of(layout, row)
                _tell_kinds(layout, cython.address(story), row)
                _list_arrivals(layout, cython.address(story))
                layout.arranged[row] = 1


@cython.cfunc
@cython.nogil
@cython.exceptval(-1)
def _tell_kinds(layout: Layout, story: cython.pointer[Story], row: cython.Py_ssize_t) -> cython.int:
    entry: int64_t
    kind: cython.int
    kinds: cython.int
    for kind in range(_KINDS):
        layout.owned[row, kind] = 0
    for entry in range(story.at, story.at + story.entries):
        kinds = _kinds_of(layout, entry)
        layout.kinds[entry] = cython.cast(uint8_t, kinds)
        for kind in range(_KINDS):
            layout.owned[row, kind] += kinds >> kind & 1
    return 0


@cython.cfunc
@cython.nogil
@cython.exceptval(-1)
def _list_arrivals(layout: Layout, story: cython.pointer[Story]) -> cython.int:
    """List the distinct words as they first come, and what of each kind comes next behind them."""
    at: int64_t = story.at
    k: int64_t
    entry: int32_t
    kinds: cython.int
    is_first: cython.bint
    left: int64_t = story.entries
    fact: int32_t = -1
    plain: int32_t = -1
    content: int32_t = -1
    for k in range(story.words - 1, -1, -1):
        entry = layout.entry[at + k]
        kinds = layout.kinds[at + entry]
        is_first = layout.first[at + entry] == k
        left -= is_first
        if is_first:
            layout.arrivals[at + left] = entry
        # Further to the front, where each is first, it is written over.
        layout.following[0, at + entry] = fact
        layout.following[1, at + entry] = plain
        layout.following[2, at + entry] = content
        fact = entry if kinds >> _FACT & 1 else fact
        plain = entry if kinds >> _PLAIN & 1 else plain
        content = entry if kinds >> _CONTENT & 1 else content
    return 0


# --- A pair --------------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
@cython.exceptval(-1)
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
        one.neighbours[kind] = 0
    for k in range(one.story.entries):
        entry = layout.arrivals[at + k]
        match = one.match[entry]
        if match < 0:
            continue
        kinds = layout.kinds[at + entry] & layout.kinds[to + match]
        for kind in range(_KINDS):
            if kinds >> kind & 1:
                one.shared[kind] += 1
                _prolong(one, kind, layout.first[to + match])
        for kind in range(_NEIGHBOURED):
            next_one = layout.following[kind, at + entry]
            next_two = layout.following[kind, to + match]
            if kinds >> kind & 1 and next_one >= 0 and next_two >= 0:
                one.neighbours[kind] += one.match[next_one] == next_two
    for kind in range(_KINDS):
        two.shared[kind] = one.shared[kind]
        two.chain[kind] = one.chain[kind]
        two.neighbours[kind] = one.neighbours[kind]
    return 0


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(-1)
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
def _chain_length(side: Side, kind: cython.int) -> cython.double:
    return log1p(cython.cast(cython.double, side.chain[kind]))


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _chain_order(side: Side, kind: cython.int) -> cython.double:
    return (side.chain[kind] + 1.0) / (side.shared[kind] + 2.0)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _neighbours(side: Side, kind: cython.int) -> cython.double:
    return (side.neighbours[kind] + 1.0) / (side.layout.owned[side.row, kind] + 4.0)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _neighbours_count(side: Side, kind: cython.int) -> cython.double:
    return log1p(cython.cast(cython.double, side.neighbours[kind]))


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def fact_chain(side: Side, other: Side) -> cython.double:
    return _chain(side, _FACT)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def fact_chain_length(side: Side, other: Side) -> cython.double:
    return _chain_length(side, _FACT)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def fact_chain_order(side: Side, other: Side) -> cython.double:
    return _chain_order(side, _FACT)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def fact_neighbours(side: Side, other: Side) -> cython.double:
    return _neighbours(side, _FACT)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def fact_neighbours_count(side: Side, other: Side) -> cython.double:
    return _neighbours_count(side, _FACT)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def number_chain(side: Side, other: Side) -> cython.double:
    return _chain(side, _NUMBER)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def number_chain_length(side: Side, other: Side) -> cython.double:
    return _chain_length(side, _NUMBER)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def number_chain_order(side: Side, other: Side) -> cython.double:
    return _chain_order(side, _NUMBER)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def rare_chain(side: Side, other: Side) -> cython.double:
    return _chain(side, _RARE)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def rare_chain_length(side: Side, other: Side) -> cython.double:
    return _chain_length(side, _RARE)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def rare_chain_order(side: Side, other: Side) -> cython.double:
    return _chain_order(side, _RARE)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def plain_chain(side: Side, other: Side) -> cython.double:
    return _chain(side, _PLAIN)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def plain_chain_length(side: Side, other: Side) -> cython.double:
    return _chain_length(side, _PLAIN)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def plain_chain_order(side: Side, other: Side) -> cython.double:
    return _chain_order(side, _PLAIN)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def plain_neighbours(side: Side, other: Side) -> cython.double:
    return _neighbours(side, _PLAIN)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def plain_neighbours_count(side: Side, other: Side) -> cython.double:
    return _neighbours_count(side, _PLAIN)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def content_chain(side: Side, other: Side) -> cython.double:
    return _chain(side, _CONTENT)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def content_chain_length(side: Side, other: Side) -> cython.double:
    return _chain_length(side, _CONTENT)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def content_chain_order(side: Side, other: Side) -> cython.double:
    return _chain_order(side, _CONTENT)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def content_neighbours(side: Side, other: Side) -> cython.double:
    return _neighbours(side, _CONTENT)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def content_neighbours_count(side: Side, other: Side) -> cython.double:
    return _neighbours_count(side, _CONTENT)
