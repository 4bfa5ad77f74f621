"""What one text tells and the other lacks: its names, its rare words, and what its head brings.

Functions of the table in :mod:`dedup.verdict.measures`, which says what is counted. The head is
what a text says first, behind the date that it opens with: who reports the same news has the names
and the amounts of it, who reports of another company in the same form has not.
"""

import cython
from cython.cimports.dedup.verdict._counting import drawn
from cython.cimports.dedup.verdict._links import Side
from cython.cimports.dedup.verdict._stories import CAPITAL
from cython.cimports.libc.math import log1p
from cython.cimports.libc.stdint import int64_t, uint8_t, uint64_t

from dedup.text.marks import Mark
from dedup.verdict import bounds

_NUMBER = cython.declare(uint8_t, Mark.NUMBER)
_FACT = cython.declare(uint8_t, Mark.NUMBER | Mark.NAME)
_POSITION = cython.declare(uint64_t, 0xFFFFFFFF)
_NAME = cython.declare(uint8_t, Mark.NAME)
_NAMED = cython.declare(cython.double, bounds.NAMED)
_RARE = cython.declare(cython.double, bounds.RARE)
_HEAVIEST = cython.declare(cython.double, bounds.HEAVIEST)
_FADES = cython.declare(cython.double, bounds.FADES)
_HEAD = cython.declare(int64_t, bounds.HEAD)
_HEAD_NAMES = cython.declare(int64_t, bounds.HEAD_NAMES)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(-1, check=False)
def _is_name(marks: uint8_t, weight: cython.double) -> cython.int:
    return (marks & (_NAME | CAPITAL)) != 0 and not marks & _NUMBER and weight >= _NAMED


@cython.cfunc
@cython.nogil
def find_lacking(side: Side) -> cython.int:
    """Weigh the names and the rare words of a text, and those of them that the other lacks."""
    at: int64_t = side.story.at
    k: int64_t
    marks: uint8_t
    weight: cython.double
    side.names = 0.0
    side.names_lacking = 0.0
    side.rare = 0.0
    side.rare_lacking = 0.0
    for k in range(side.story.entries):
        marks = side.layout.entry_marks[at + k]
        weight = side.layout.weights[at + k]
        if _is_name(marks, weight):
            side.names += weight
            side.names_lacking += weight if side.match[k] < 0 else 0.0
        elif weight >= _RARE and not marks & (_FACT | CAPITAL):
            side.rare += weight
            side.rare_lacking += weight if side.match[k] < 0 else 0.0
    return 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _share(weighed: cython.double, lacking: cython.double) -> cython.double:
    """Few words are drawn to a third, as if words of the weight 9 were there."""
    return (weighed - lacking + 3.0) / (weighed + 9.0)


@cython.cfunc
@cython.nogil
def name_weight(side: Side, other: Side) -> cython.double:
    return _share(side.names, side.names_lacking)


@cython.cfunc
@cython.nogil
def names_lacking(side: Side, other: Side) -> cython.double:
    return log1p(max(0.0, side.names_lacking))


@cython.cfunc
@cython.nogil
def rare_weight(side: Side, other: Side) -> cython.double:
    return _share(side.rare, side.rare_lacking)


@cython.cfunc
@cython.nogil
def rare_lacking(side: Side, other: Side) -> cython.double:
    return log1p(max(0.0, side.rare_lacking))


# --- The head ------------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
def find_head(side: Side) -> cython.int:
    """Count the names of the head, and those of them that the other text has; the first apart."""
    at: int64_t = side.story.at
    start: int64_t = side.layout.heads[side.row]
    k: int64_t
    entry: int64_t
    side.head_names = 0
    side.head_there = 0
    side.first_there = 0
    for k in range(start, min(start + _HEAD, side.story.words)):
        entry = side.layout.entry[at + k]
        if _is_name(side.layout.marks[at + k], side.layout.weights[at + entry]):
            side.head_names += 1
            side.head_there += side.match[entry] >= 0
            if side.head_names <= _HEAD_NAMES:
                side.first_there = side.head_there
    return 0


@cython.cfunc
@cython.nogil
def head_facts(side: Side, other: Side) -> cython.double:
    """Few are drawn to one half, as if two more were there."""
    start: int64_t = side.layout.heads[side.row]
    k: int64_t
    position: int64_t
    facts: int64_t = side.head_names
    there: int64_t = side.head_there
    for k in range(side.story.amounts):
        position = cython.cast(int64_t, side.layout.amounts[side.story.amounts_at + k] & _POSITION)
        if start <= position and position < start + _HEAD:
            facts += 1
            there += side.has_amount[k]
    return drawn(there, facts)


@cython.cfunc
@cython.nogil
def head_names(side: Side, other: Side) -> cython.double:
    """Few are drawn to one half, as if one more were there."""
    names: cython.double = min(side.head_names, _HEAD_NAMES)
    return (side.first_there + 0.5) / (names + 1.0)


@cython.cfunc
@cython.nogil
def first_words(side: Side, other: Side) -> cython.double:
    """Few are drawn to one half, as if words of the weight 3 were there."""
    at: int64_t = side.story.at
    start: int64_t = side.layout.heads[side.row]
    k: int64_t
    entry: int64_t
    weight: cython.double
    counts: cython.double = 1.0
    weighed: cython.double = 3.0
    there: cython.double = 1.5
    for k in range(start, min(start + _HEAD, side.story.words)):
        entry = side.layout.entry[at + k]
        weight = side.layout.weights[at + entry]
        if weight >= _NAMED and not side.layout.marks[at + k] & _NUMBER:
            weight = min(weight, _HEAVIEST) * counts
            weighed += weight
            there += weight if side.match[entry] >= 0 else 0.0
        counts *= _FADES
    return there / weighed


@cython.cfunc
@cython.nogil
def first_rare(side: Side, other: Side) -> cython.double:
    at: int64_t = side.story.at
    start: int64_t = side.layout.heads[side.row]
    k: int64_t
    entry: int64_t
    for k in range(start, min(start + _HEAD, side.story.words)):
        entry = side.layout.entry[at + k]
        if side.layout.weights[at + entry] >= _RARE and not side.layout.marks[at + k] & _NUMBER:
            return 1.0 if side.match[entry] >= 0 else 0.0
    return 0.5
