"""The rows of an index: the words and marks of an article packed to bytes, in compiled loops.

A packed row is the number of its words, their numbers in the segment's vocabulary as varints, and
the marks that are not those of the word before. What lies on disk is checked while it is unpacked:
nothing is read out of bounds.
"""

import cython
import numpy as np
from cython.cimports.dedup.index._varints import read_varint, write_varint
from cython.cimports.libc.stdint import int64_t, uint8_t, uint32_t, uint64_t

from dedup.text.marks import Mark

_LASTING = cython.declare(uint8_t, Mark.FURNITURE | Mark.QUOTED)
"""Marks that a word has like the one before it, as a rule."""
_FAR = cython.declare(uint8_t, 7)
"""In the three bits of a gap: the gap follows as a varint."""
_MARK_BITS = cython.declare(uint8_t, 31)


@cython.cfunc
@cython.nogil
def _pack_marks(
    marks: cython.const[uint8_t][::1],
    start: int64_t,
    end: int64_t,
    packed: uint8_t[::1],
    at: int64_t,
) -> int64_t:
    """Pack the marks of a row: each that differs from what the word before lets expect."""
    expected: uint8_t = 0
    before: int64_t = start
    k: int64_t
    gap: int64_t
    for k in range(start, end):
        if marks[k] == expected:
            continue
        gap = k - before
        if gap < _FAR:
            packed[at] = cython.cast(uint8_t, gap << 5) | (marks[k] & _MARK_BITS)
            at += 1
        else:
            packed[at] = cython.cast(uint8_t, _FAR << 5) | (marks[k] & _MARK_BITS)
            at = write_varint(cython.cast(uint64_t, gap), packed, at + 1)
        before = k + 1
        expected = marks[k] & _LASTING
    return at


def pack_rows(
    numbers: cython.const[uint32_t][::1],
    marks: cython.const[uint8_t][::1],
    offsets: cython.const[int64_t][::1],
):
    """Pack rows of word numbers u32 and marks u8; returns bytes, ragged: u8 and i64[n + 1]."""
    if numbers.shape[0] != marks.shape[0] or offsets[offsets.shape[0] - 1] != marks.shape[0]:
        raise ValueError("numbers, marks and offsets are not of the same words")
    ends: int64_t[::1] = np.zeros(offsets.shape[0], np.int64)
    packed: uint8_t[::1] = np.empty(11 * numbers.shape[0] + 5 * offsets.shape[0], np.uint8)
    row: cython.Py_ssize_t
    k: int64_t
    at: int64_t = 0
    with cython.nogil:
        for row in range(offsets.shape[0] - 1):
            at = write_varint(cython.cast(uint64_t, offsets[row + 1] - offsets[row]), packed, at)
            for k in range(offsets[row], offsets[row + 1]):
                at = write_varint(numbers[k], packed, at)
            at = _pack_marks(marks, offsets[row], offsets[row + 1], packed, at)
            ends[row + 1] = at
    return packed.base[:at].copy(), ends.base


@cython.cfunc
@cython.nogil
def _unpack_marks(
    packed: cython.const[uint8_t][::1],
    bounds: tuple[int64_t, int64_t],
    marks: uint8_t[::1],
    start: int64_t,
    end: int64_t,
) -> cython.int:
    """Unpack the marks of a row to ``marks[start:end]``."""
    at: cython.longlong = bounds[0]
    word: int64_t = start
    lasting: uint8_t = 0
    byte: uint8_t
    gap: int64_t
    k: int64_t
    while at < bounds[1]:
        byte = packed[at]
        at += 1
        gap = byte >> 5
        if gap == _FAR:
            gap = read_varint(packed, cython.address(at), bounds[1])
        if gap < 0 or word + gap >= end:
            raise ValueError("a packed row has marks past its words")
        for k in range(gap):
            marks[word + k] = lasting
        word += gap
        marks[word] = byte & _MARK_BITS
        lasting = marks[word] & _LASTING
        word += 1
    for k in range(word, end):
        marks[k] = lasting
    return 0


@cython.cfunc
@cython.nogil
def _measure_rows(
    packed: cython.const[uint8_t][::1],
    ends: cython.const[int64_t][::1],
    rows: cython.const[int64_t][::1],
    offsets: int64_t[::1],
    starts: int64_t[::1],
) -> cython.int:
    """Read how many words rows have, into ``offsets``, and where those begin, into ``starts``."""
    i: cython.Py_ssize_t
    row: int64_t
    length: int64_t
    at: cython.longlong
    for i in range(rows.shape[0]):
        row = rows[i]
        if row < 0 or row + 1 >= ends.shape[0]:
            raise ValueError(f"row {row} is not there")
        if not 0 <= ends[row] <= ends[row + 1] <= packed.shape[0]:
            raise ValueError(f"row {row} leads past the end")
        at = ends[row]
        length = read_varint(packed, cython.address(at), ends[row + 1])
        if not 0 <= length <= ends[row + 1] - at:
            raise ValueError(f"row {row} has fewer words than it says")
        offsets[i + 1] = offsets[i] + length
        starts[i] = at
    return 0


def unpack_rows(
    packed: cython.const[uint8_t][::1],
    ends: cython.const[int64_t][::1],
    rows: cython.const[int64_t][::1],
    vocabulary: cython.const[uint32_t][::1],
):
    """Unpack some rows: words u32, marks u8 and offsets i64[k + 1].

    Raises :class:`ValueError` where the bytes are not those of :func:`pack_rows`.
    """
    count: cython.Py_ssize_t = rows.shape[0]
    offsets: int64_t[::1] = np.zeros(count + 1, np.int64)
    starts: int64_t[::1] = np.zeros(count + 1, np.int64)
    with cython.nogil:
        _measure_rows(packed, ends, rows, offsets, starts)
    words: uint32_t[::1] = np.empty(offsets[count], np.uint32)
    marks: uint8_t[::1] = np.empty(offsets[count], np.uint8)
    i: cython.Py_ssize_t
    k: int64_t
    end: int64_t
    number: int64_t
    at: cython.longlong
    with cython.nogil:
        for i in range(count):
            end = ends[rows[i] + 1]
            at = starts[i]
            for k in range(offsets[i], offsets[i + 1]):
                number = read_varint(packed, cython.address(at), end)
                if not 0 <= number < vocabulary.shape[0]:
                    raise ValueError(f"row {rows[i]} has a word that is not there")
                words[k] = vocabulary[number]
            _unpack_marks(packed, (at, end), marks, offsets[i], offsets[i + 1])
    return words.base, marks.base, offsets.base


def recode(
    packed: cython.const[uint8_t][::1],
    ends: cython.const[int64_t][::1],
    rows: cython.const[int64_t][::1],
    numbers: cython.const[uint32_t][::1],
):
    """Give some rows other word numbers, ``numbers`` u32[v] by the old ones; bytes, ragged.

    Marks are copied as they are packed.
    """
    count: cython.Py_ssize_t = rows.shape[0]
    offsets: int64_t[::1] = np.zeros(count + 1, np.int64)
    starts: int64_t[::1] = np.zeros(count + 1, np.int64)
    size: int64_t = 0
    i: cython.Py_ssize_t
    with cython.nogil:
        _measure_rows(packed, ends, rows, offsets, starts)
        for i in range(count):
            # A word takes five bytes at most, one at the least before; so does the length.
            size += 5 + 4 * (offsets[i + 1] - offsets[i]) + ends[rows[i] + 1] - starts[i]
    target: uint8_t[::1] = np.empty(size, np.uint8)
    written: int64_t[::1] = np.zeros(count + 1, np.int64)
    to: int64_t = 0
    left: int64_t
    end: int64_t
    number: int64_t
    at: cython.longlong
    with cython.nogil:
        for i in range(count):
            end = ends[rows[i] + 1]
            at = starts[i]
            to = write_varint(cython.cast(uint64_t, offsets[i + 1] - offsets[i]), target, to)
            left = offsets[i + 1] - offsets[i]
            while left > 0:
                left -= 1
                number = read_varint(packed, cython.address(at), end)
                if not 0 <= number < numbers.shape[0]:
                    raise ValueError(f"row {rows[i]} has a word that is not there")
                to = write_varint(numbers[number], target, to)
            target[to : to + end - at] = packed[at:end]
            to += end - at
            written[i + 1] = to
    return target.base[:to].copy(), written.base
