"""What the words are that two stories share: prose, or lists of names and numbers.

Line-ups, tables and notices in one form share long runs of words, but not what anybody wrote.
Functions of the table in :mod:`dedup.verdict.measures`, which says what is counted.
"""

import cython
from cython.cimports.dedup.verdict._counting import drawn
from cython.cimports.dedup.verdict._links import Side
from cython.cimports.libc.math import log1p
from cython.cimports.libc.stdint import int64_t, uint8_t

from dedup.text.marks import Mark
from dedup.verdict import bounds

__all__: list[str] = []

_NAME = cython.declare(uint8_t, Mark.NAME)
_LINKED = cython.declare(cython.double, bounds.LINKED)
_CONTENT = cython.declare(cython.double, bounds.CONTENT)


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
def _linked(side: Side, names: cython.bint) -> cython.double:
    """Share of the words of linked sentences that are names, or function words."""
    at: int64_t = side.story.at
    k: int64_t
    words: int64_t = 0
    found: int64_t = 0
    for k in range(at, at + side.story.words):
        if side.similarity[side.layout.sentence[k]] < _LINKED:
            continue
        words += 1
        if names:
            found += (side.layout.marks[k] & _NAME) != 0
        else:
            found += side.layout.weights[at + side.layout.entry[k]] < _CONTENT
    return drawn(found, words)


@cython.cfunc
@cython.nogil
def function_words(side: Side, other: Side) -> cython.double:
    return _linked(side, False)


@cython.cfunc
@cython.nogil
def linked_names(side: Side, other: Side) -> cython.double:
    return _linked(side, True)
