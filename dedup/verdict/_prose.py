"""What the words are that two stories share: prose, or lists of names and numbers.

Line-ups, tables and notices in one form share long runs of words, but not what anybody wrote.
Functions of the table in :mod:`dedup.verdict.measures`, which says what is counted.
"""

import cython
from cython.cimports.dedup.verdict._counting import drawn, words_of
from cython.cimports.dedup.verdict._links import Side
from cython.cimports.libc.math import log1p
from cython.cimports.libc.stdint import int32_t, int64_t

from dedup.verdict import bounds

_LINKED = cython.declare(cython.double, bounds.LINKED)


@cython.cfunc
@cython.nogil
def copied_content(side: Side, other: Side) -> cython.double:
    return log1p(side.copied_content)


@cython.cfunc
@cython.nogil
def copied_facts(side: Side, other: Side) -> cython.double:
    return drawn(side.copied_facts, side.copied_own)


@cython.cfunc
@cython.nogil
def _of_linked(side: Side, counted: int32_t[::1]) -> cython.double:
    """Share of the words of linked sentences that are counted."""
    i: int64_t
    words: int64_t = 0
    found: int64_t = 0
    for i in range(side.story.sentences):
        if side.similarity[i] >= _LINKED:
            words += words_of(side, i)
            found += counted[side.story.edge + i]
    return drawn(found, words)


@cython.cfunc
@cython.nogil
def function_words(side: Side, other: Side) -> cython.double:
    return _of_linked(side, side.layout.function)


@cython.cfunc
@cython.nogil
def linked_names(side: Side, other: Side) -> cython.double:
    return _of_linked(side, side.layout.names)
