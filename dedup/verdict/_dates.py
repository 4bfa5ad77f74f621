"""The date and the place that a text opens with, as agencies' copy does, and measures of them.

A date is a month's name beside a number of one or two digits, whatever stands before it: *LIMA,
March 3 -*, *On 3 March*. Only what differs is measured: two texts that open with one date, and a
text that opens with none, say nothing.
"""

import cython
from cython.cimports.dedup.verdict._links import Side
from cython.cimports.dedup.verdict._stories import Layout
from cython.cimports.libc.stdint import int32_t, int64_t, uint32_t

from dedup.verdict import bounds

__all__ = ["read_dates"]

_MONTH = cython.declare(int64_t, bounds.DAYS_OF_MONTH + 1)
_YEAR = cython.declare(int64_t, 12 * (bounds.DAYS_OF_MONTH + 1))
_OPENING = cython.declare(int64_t, bounds.OPENING_WORDS)
_MOST_DAYS = cython.declare(int64_t, bounds.MOST_DAYS)


@cython.cfunc
@cython.nogil
@cython.exceptval(-2)
def _found(ids: cython.const[uint32_t][::1], word: uint32_t) -> int64_t:
    """Find a word among ascending ids: its place, or -1."""
    low: int64_t = 0
    high: int64_t = ids.shape[0]
    middle: int64_t
    while low < high:
        middle = (low + high) // 2
        if ids[middle] < word:
            low = middle + 1
        else:
            high = middle
    return low if low < ids.shape[0] and ids[low] == word else -1


def read_dates(
    layout: Layout,
    words: cython.const[uint32_t][::1],
    offsets: cython.const[int64_t][::1],
    calendar: cython.const[uint32_t][::1],
    codes: cython.const[int32_t][::1],
) -> None:
    """Read the date that each text opens with, and its first word where that stands before it.

    Texts are ragged ``words`` as they were laid out. ``codes`` say of each id of ``calendar``,
    ascending, which day it is, or which month, times ``DAYS_OF_MONTH`` and one more.
    """
    row: cython.Py_ssize_t
    k: int64_t
    at: int64_t
    code: int64_t
    last: int64_t
    if offsets.shape[0] != layout.rows + 1 or codes.shape[0] != calendar.shape[0]:
        raise ValueError(f"offsets: got {offsets.shape[0]}, wanted {layout.rows + 1}")
    if offsets[layout.rows] > words.shape[0]:
        raise ValueError(f"words: got {words.shape[0]}, wanted {offsets[layout.rows]}")
    with cython.nogil:
        for row in range(layout.rows):
            last = 0
            for k in range(offsets[row], min(offsets[row + 1], offsets[row] + _OPENING)):
                at = _found(calendar, words[k])
                code = codes[at] if at >= 0 else 0
                if code > 0 and last > 0 and (code >= _MONTH) != (last >= _MONTH):
                    layout.dates[row, 0] = code + last
                    if k > offsets[row] + 1:
                        layout.dates[row, 1] = 1 + cython.cast(int64_t, words[offsets[row]])
                    break
                last = code


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def days_apart(side: Side, other: Side) -> cython.double:
    here: int64_t = side.layout.dates[side.row, 0]
    there: int64_t = other.layout.dates[other.row, 0]
    if here == 0 or there == 0:
        return 0.0
    apart: int64_t = max(here - there, there - here)
    return cython.cast(cython.double, min(min(apart, _YEAR - apart), _MOST_DAYS))


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def elsewhere(side: Side, other: Side) -> cython.double:
    here: int64_t = side.layout.dates[side.row, 1]
    there: int64_t = other.layout.dates[other.row, 1]
    return 1.0 if here > 0 and there > 0 and here != there else 0.0
