"""What several measures count: words of sentences, and shares."""

import cython
from cython.cimports.dedup.verdict._links import Side
from cython.cimports.libc.stdint import int64_t

from dedup.verdict import bounds

_SHARED = cython.declare(cython.double, bounds.SHARED)
_SHARED_WORDS = cython.declare(int64_t, bounds.SHARED_WORDS)


@cython.cfunc
@cython.nogil
def words_of(side: Side, i: int64_t) -> int64_t:
    """Count the words of a sentence."""
    at: int64_t = side.story.edge + i
    return side.layout.bounds[at + 1] - side.layout.bounds[at]


@cython.cfunc
@cython.nogil
def words_between(side: Side, start: int64_t, end: int64_t) -> int64_t:
    """Count the words of sentences ``start`` to ``end`` (exclusive)."""
    edge: int64_t = side.story.edge
    return side.layout.bounds[edge + end] - side.layout.bounds[edge + start]


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def share(part: cython.double, whole: int64_t) -> cython.double:
    """Divide; 0 where the whole is nothing."""
    return part / cython.cast(cython.double, whole) if whole > 0 else 0.0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def drawn(part: int64_t, whole: int64_t) -> cython.double:
    """Divide, what little there is drawn to one half."""
    return cython.cast(cython.double, part + 1) / cython.cast(cython.double, whole + 2)


@cython.cfunc
@cython.nogil
def is_copied(side: Side, i: int64_t) -> cython.int:
    """Tell whether a sentence stands in copied runs for the most part."""
    return side.copied[i] >= _SHARED * words_of(side, i)


@cython.cfunc
@cython.nogil
def is_kept(side: Side, i: int64_t) -> cython.int:
    """Tell whether a sentence that is no stock phrase stands in copied runs for the most part."""
    return words_of(side, i) >= _SHARED_WORDS and is_copied(side, i)


@cython.cfunc
@cython.nogil
def is_own(side: Side, i: int64_t) -> cython.int:
    """Tell whether a sentence is the outlet's own prose for the most part, no quotation."""
    return 2 * side.layout.quoted[side.story.edge + i] < words_of(side, i)
