"""The date and the place that a text opens with, as agencies' copy does, and measures of them.

A date is a month's name beside a number of one or two digits, whatever stands before it: *LIMA,
March 3 -*, *On 3 March*, *3 de marzo*; or two numbers with signs: *3月3日*, *3 tháng 3*. Only what
differs is measured: two texts that open with one date, and a text that opens with none, say
nothing.
"""

import cython
from cython.cimports.dedup._tables import find_id
from cython.cimports.dedup.verdict._links import Side
from cython.cimports.dedup.verdict._stories import Layout
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t, uint32_t

from dedup.text.marks import Mark
from dedup.verdict import bounds

_FURNITURE = cython.declare(uint8_t, Mark.FURNITURE)
FILLER, MONTH_AHEAD, DAY_AHEAD, MONTH_BEHIND = -1, -2, -3, -4
"""Codes of the signs of a date: what stands between a day and the name of its month, what says that
the number before it is a month, or a day, and what says that the number behind it is a month."""
_FILLER = cython.declare(int64_t, FILLER)
_MONTH_AHEAD = cython.declare(int64_t, MONTH_AHEAD)
_DAY_AHEAD = cython.declare(int64_t, DAY_AHEAD)
_MONTH_BEHIND = cython.declare(int64_t, MONTH_BEHIND)
_DAY = cython.declare(int64_t, 1)
_NAME = cython.declare(int64_t, 2)
_LED = cython.declare(int64_t, 3)
_NUMBERED = cython.declare(int64_t, 4)
_BOTH = cython.declare(int64_t, 5)
"""What was read of a date last: a day; the name of a month; a day and a sign that a month follows;
a month as a number; and a day behind that."""
_MONTHS = cython.declare(int64_t, 12)
_MONTH = cython.declare(int64_t, bounds.DAYS_OF_MONTH + 1)
_YEAR = cython.declare(int64_t, 12 * (bounds.DAYS_OF_MONTH + 1))
_OPENING = cython.declare(int64_t, bounds.OPENING_WORDS)
_MOST_DAYS = cython.declare(int64_t, bounds.MOST_DAYS)


@cython.cfunc
@cython.nogil
def _own_words(marks: cython.const[uint8_t][::1], start: int64_t, end: int64_t) -> int64_t:
    """Count the words of a stretch that are no furniture."""
    k: int64_t
    own: int64_t = 0
    for k in range(start, end):
        own += (marks[k] & _FURNITURE) == 0
    return own


def read_dates(
    layout: Layout,
    words: cython.const[uint32_t][::1],
    marks: cython.const[uint8_t][::1],
    offsets: cython.const[int64_t][::1],
    calendar: cython.const[uint32_t][::1],
    codes: cython.const[int32_t][::1],
) -> None:
    """Read the date that each text opens with, and its first word where that stands before it.

    Texts are ragged ``words`` and ``marks`` as they were laid out; behind the date is the head.
    ``codes`` say of each id of ``calendar``, ascending, which day it is, or which month, times
    ``DAYS_OF_MONTH`` and one more, or that it is one of the signs of a date.
    """
    row: cython.Py_ssize_t
    if offsets.shape[0] != layout.rows + 1 or codes.shape[0] != calendar.shape[0]:
        raise ValueError(f"offsets: got {offsets.shape[0]}, wanted {layout.rows + 1}")
    if offsets[layout.rows] > words.shape[0] or marks.shape[0] != words.shape[0]:
        raise ValueError(f"words: got {words.shape[0]}, wanted {offsets[layout.rows]} and marks")
    with cython.nogil:
        for row in range(layout.rows):
            _read_date(layout, row, words, (offsets[row], offsets[row + 1]), calendar, codes)
            layout.heads[row] = _own_words(marks, offsets[row], offsets[row] + layout.heads[row])


@cython.cfunc
@cython.nogil
def _read_date(
    layout: Layout,
    row: cython.Py_ssize_t,
    words: cython.const[uint32_t][::1],
    ends: tuple[int64_t, int64_t],
    calendar: cython.const[uint32_t][::1],
    codes: cython.const[int32_t][::1],
) -> cython.int:
    """Read the date that one text opens with, as soon as both its parts are there."""
    state: int64_t = 0
    read: int64_t = 0
    begin: int64_t = ends[0]
    k: int64_t
    at: int64_t
    code: int64_t
    is_behind: cython.bint
    for k in range(ends[0], min(ends[1], ends[0] + _OPENING)):
        at = find_id(calendar, words[k])
        code = codes[at] if at >= 0 else 0
        if state == _BOTH and code != _DAY_AHEAD:  # the number may be a day by itself: 3月 3 May
            state, read, begin = _DAY, read % _MONTH, k - 1
        if _completes(state, code):
            layout.dates[row, 0] = read + (code * _MONTH if state == _LED else max(code, 0))
            layout.heads[row] = k + 1 - ends[0]
            if begin > ends[0]:
                layout.dates[row, 1] = 1 + cython.cast(int64_t, words[ends[0]])
            return 0
        if state == _DAY and code == _FILLER:
            continue
        is_behind = state == _DAY and begin + 1 == k
        if is_behind and code == _MONTH_BEHIND:
            state = _LED
        elif is_behind and code == _MONTH_AHEAD and read <= _MONTHS:
            state, read = _NUMBERED, read * _MONTH
        elif state == _NUMBERED and 0 < code < _MONTH:
            state, read = _BOTH, read + code
        else:
            state = 0 if code <= 0 else (_DAY if code < _MONTH else _NAME)
            read, begin = code, k
    return 0


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _completes(state: int64_t, code: int64_t) -> cython.bint:
    """Tell whether a word ends a date of which a part was read."""
    if state == _DAY:
        return code >= _MONTH
    if state == _NAME:
        return 0 < code < _MONTH
    if state == _LED:
        return 0 < code <= _MONTHS
    return state == _BOTH and code == _DAY_AHEAD


@cython.cfunc
@cython.nogil
def days_apart(side: Side, other: Side) -> cython.double:
    here: int64_t = side.layout.dates[side.row, 0]
    there: int64_t = other.layout.dates[other.row, 0]
    if here == 0 or there == 0:
        return 0.0
    apart: int64_t = max(here - there, there - here)
    return cython.cast(cython.double, min(min(apart, _YEAR - apart), _MOST_DAYS))


@cython.cfunc
@cython.nogil
def elsewhere(side: Side, other: Side) -> cython.double:
    here: int64_t = side.layout.dates[side.row, 1]
    there: int64_t = other.layout.dates[other.row, 1]
    return 1.0 if here > 0 and there > 0 and here != there else 0.0
