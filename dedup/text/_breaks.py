"""The compiled look for texts that may be hard-wrapped, by the bytes around their line breaks.

Nearly all others are out: what is left is read line by line in :mod:`dedup.text._wraps`.
"""

import cython
import numpy as np
from cython.cimports.dedup._tables import find_byte
from cython.cimports.libc.stdint import int64_t, uint8_t, uint32_t

LEAST, MOST = 20, 256
"""Characters of the least and of the greatest width."""

_LEAST = cython.declare(int64_t, LEAST)
_MOST = cython.declare(int64_t, MOST)


@cython.cfunc
@cython.nogil
def _may_part(source: cython.const[uint8_t][::1], first: int64_t, end: int64_t) -> cython.bint:
    """Tell whether a line ends with a hyphen, or with white space of which more is to be asked."""
    last: uint32_t = source[end - 1]
    if last < 0x80:
        return last == 0x2D or last < 32
    if end - first > 1:
        last |= cython.cast(uint32_t, source[end - 2]) << 8
    if last >> 8 == 0xC2:
        return last == 0xC2AD or last == 0xC285 or last == 0xC2A0
    if end - first > 2:
        last |= cython.cast(uint32_t, source[end - 3]) << 16
    if last >> 8 == 0xE280:
        last &= 0xFF
        return last <= 0x8A or last == 0x90 or last == 0xA8 or last == 0xA9 or last == 0xAF
    return last == 0xE2819F or last == 0xE19A80 or last == 0xE38080


@cython.cfunc
@cython.nogil
def _may_go_on(source: cython.const[uint8_t][::1], first: int64_t, end: int64_t) -> cython.bint:
    """Tell whether the break behind a line may tell a width; most say no by their bytes."""
    if _may_part(source, first, end):
        return True
    return _LEAST <= end - first <= 4 * _MOST and source[end - 1] not in b".!?:;"


@cython.cfunc
@cython.nogil
def _may_wrap(
    source: cython.const[uint8_t][::1],
    first: int64_t,
    end: int64_t,
    sign: uint8_t,
    parted: cython.bint,
) -> cython.bint:
    """Tell whether behind some break, no blank line, a sentence may go on; or a word if ``parted``.

    Breaks end with the byte ``sign``.
    """
    line: int64_t = first
    at: int64_t = find_byte(source, sign, first, end)
    stop: int64_t
    while at < end:
        stop = at
        if sign == 10 and stop > line and source[stop - 1] == 13:
            stop -= 1
        while stop > line and (source[stop - 1] == 32 or source[stop - 1] == 9):
            stop -= 1
        if stop > line and at + 1 < end and source[at + 1] not in b"\n\r":
            if _may_part(source, line, stop) if parted else _may_go_on(source, line, stop):
                return True
        line = at + 1
        at = find_byte(source, sign, line, end)
    return False


@cython.cfunc
def _flags(
    source: cython.const[uint8_t][::1],
    offsets: cython.const[int64_t][::1],
    parted: cython.bint,
):
    """Flag the texts that :func:`_may_wrap`."""
    found = np.zeros(offsets.shape[0] - 1, np.uint8)
    flags: uint8_t[::1] = found
    row: int64_t
    first: int64_t
    end: int64_t
    with cython.nogil:
        for row in range(flags.shape[0]):
            first = offsets[row]
            end = offsets[row + 1]
            flags[row] = _may_wrap(source, first, end, 10, parted) or _may_wrap(
                source, first, end, 13, parted
            )
    return found


def find_hyphens(source: cython.const[uint8_t][::1], offsets: cython.const[int64_t][::1]):
    """Tell which texts may have lines that end with a hyphen, u8[n]; nearly all others are out.

    ``source`` u8 is the texts in UTF-8 (surrogates passed) end to end, ``offsets`` i64[n + 1] in
    bytes.
    """
    return _flags(source, offsets, True)


def find_open(source: cython.const[uint8_t][::1], offsets: cython.const[int64_t][::1]):
    """Tell which texts, given alike, may have line breaks that are wraps, u8[n]."""
    return _flags(source, offsets, False)
