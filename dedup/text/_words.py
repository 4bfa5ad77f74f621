"""The compiled loop that cuts texts into word ids.

Arrays in, arrays out; it releases the interpreter lock. A ragged array is a flat one and
``offsets`` i64[n+1]: row ``i`` is ``flat[offsets[i]:offsets[i+1]]``.
The loop has a naive twin in ``tests/oracles.py`` that Hypothesis holds in step with it.
"""

import cython
import numpy as np
from cython.cimports.dedup.text._words import decode_point
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t, uint32_t, uint64_t

from dedup.text.marks import Point

__all__ = ["read_words"]

_CLASS = cython.declare(uint8_t, Point.CLASS)
_LETTER = cython.declare(uint8_t, Point.LETTER)
_SINGLE = cython.declare(uint8_t, Point.SINGLE)
_MARK = cython.declare(uint8_t, Point.MARK)
_IGNORED = cython.declare(uint8_t, Point.IGNORED)
_COMPOSES = cython.declare(uint8_t, Point.COMPOSES)
_UNKNOWN = cython.declare(uint8_t, Point.UNKNOWN)

_PERIOD = cython.declare(int64_t, 64)
_BASE = cython.declare(uint64_t, 0x9E3779B97F4A7C15)
_MIX = cython.declare(uint64_t, 0xD6E8FEB86659FD93)
_POWERS = cython.declare(uint64_t[64])
"""The powers of the words' polynomial."""
_WIDE = cython.declare(uint8_t, 255)
"""In place of a byte that is part of a longer UTF-8 sequence."""
_ASCII = cython.declare(uint8_t[256])
"""For every byte its lower case, 0 for a separator and ``_WIDE`` beyond ASCII."""


@cython.cfunc
@cython.overflowcheck(False)
def _fill_tables() -> cython.void:
    k: cython.int
    byte: cython.int
    _POWERS[0] = 1
    for k in range(1, _PERIOD):
        _POWERS[k] = _POWERS[k - 1] * _BASE
    for byte in range(256):
        _ASCII[byte] = _WIDE if byte >= 128 else 0
        if 97 <= byte <= 122 or 48 <= byte <= 57:  # a to z, 0 to 9
            _ASCII[byte] = byte
        elif 65 <= byte <= 90:  # A to Z
            _ASCII[byte] = byte + 32


_fill_tables()


@cython.cfunc
@cython.nogil
@cython.overflowcheck(False)
@cython.exceptval(-1)
def _read_text(
    source: cython.const[uint8_t][::1],
    bounds: tuple[int64_t, int64_t],
    classes: cython.const[uint8_t][::1],
    fold_at: cython.const[int32_t][::1],
    fold_codes: cython.const[uint32_t][::1],
    totals: uint64_t[::1],
) -> int64_t:
    """Write the polynomials of one text's words to ``totals``; how many, * 256 + its state."""
    at: cython.Py_ssize_t = bounds[0]
    end: cython.Py_ssize_t = bounds[1]
    count: cython.Py_ssize_t = 0
    total: uint64_t = 0
    place: uint64_t = 0  # of the open word's next code point
    is_open: uint64_t
    letter: uint64_t
    state: uint8_t = 0
    inside: uint8_t = 0  # the class of the word that is open, 0 for none
    byte: uint8_t
    flags: uint8_t
    kind: uint8_t
    point: int64_t
    code: int64_t
    first: int64_t
    k: int64_t
    while at < end:
        byte = _ASCII[source[at]]
        if byte != _WIDE:
            if inside == _SINGLE:
                totals[count] = total
                count += 1
                total = 0
                place = 0
                inside = 0
            # Words are short: a branch at each of their ends costs more than it saves.
            is_open = inside != 0
            while at < end:
                byte = _ASCII[source[at]]
                if byte == _WIDE:
                    break
                letter = byte != 0
                totals[count] = total
                count += is_open & (letter ^ 1)
                total = (total + byte * _POWERS[place & 63]) & (0 - letter)
                place = (place + 1) & (0 - letter)
                is_open = letter
                at += 1
            inside = _LETTER if is_open else 0
            continue
        point = decode_point(source, at)
        at += point & 7
        code = point >> 3
        flags = classes[code]
        kind = flags & _CLASS
        state |= flags & _COMPOSES if flags else _UNKNOWN
        if inside and kind != _MARK and kind != _IGNORED and (kind != _LETTER or inside == _SINGLE):
            totals[count] = total
            count += 1
            total = 0
            place = 0
            inside = 0
        if kind == _LETTER or kind == _SINGLE:
            inside = kind
        elif kind != _MARK or inside == 0:
            continue
        first = fold_at[code]
        if first == 0:
            total += cython.cast(uint64_t, code) * _POWERS[place & 63]
            place += 1
        else:
            for k in range(first + 1, first + 1 + fold_codes[first]):
                total += fold_codes[k] * _POWERS[place & 63]
                place += 1
    if inside:
        totals[count] = total
        count += 1
    return (count << 8) | state


@cython.cfunc
@cython.nogil
@cython.exceptval(-1)
def _longest_row(offsets: cython.const[int64_t][::1], size: int64_t) -> int64_t:
    """Give the length of the longest row; -2 where offsets lead out of ``size`` or backward."""
    longest: int64_t = 0
    row: cython.Py_ssize_t
    rows: cython.Py_ssize_t = offsets.shape[0] - 1
    if rows < 0 or offsets[0] < 0 or offsets[rows] > size:
        return -2
    for row in range(rows):
        if offsets[row + 1] < offsets[row]:
            return -2
        longest = max(longest, offsets[row + 1] - offsets[row])
    return longest


@cython.overflowcheck(False)
def read_words(
    source: cython.const[uint8_t][::1],
    offsets: cython.const[int64_t][::1],
    classes: cython.const[uint8_t][::1],
    fold_at: cython.const[int32_t][::1],
    fold_codes: cython.const[uint32_t][::1],
):
    """Cut texts into word ids, those that :func:`dedup.text.vocabulary.word_ids` gives.

    ``source`` u8 is the texts in UTF-8 (surrogates passed) end to end, ``offsets`` in bytes.
    ``classes`` u8[0x110000] gives each code point's class and flags, see
    :class:`dedup.text.marks.Point`. A code point c folds to itself where ``fold_at[c]`` is 0, else
    to the ``fold_codes[fold_at[c]]`` code points that follow there.
    Returns the words, ragged u32, and ``state`` u8[n]: ``UNKNOWN`` for a row with a code point that
    ``classes`` lacks (its words mean nothing then), ``COMPOSES`` for one to be composed first.
    """
    longest: int64_t = _longest_row(offsets, source.shape[0])
    if longest < 0 or classes.shape[0] != 0x110000 or fold_at.shape[0] != 0x110000:
        raise ValueError("texts that do not stand end to end, or tables of another size")
    words = np.empty(source.shape[0] + 1, dtype=np.uint32)
    ends = np.zeros(offsets.shape[0], dtype=np.int64)
    states = np.zeros(offsets.shape[0] - 1, dtype=np.uint8)
    totals: uint64_t[::1] = np.empty(longest + 1, dtype=np.uint64)
    out: uint32_t[::1] = words
    bounds: int64_t[::1] = ends
    state: uint8_t[::1] = states
    row: cython.Py_ssize_t
    written: cython.Py_ssize_t = 0
    k: int64_t
    found: int64_t
    total: uint64_t
    with cython.nogil:
        for row in range(offsets.shape[0] - 1):
            found = _read_text(
                source, (offsets[row], offsets[row + 1]), classes, fold_at, fold_codes, totals
            )
            state[row] = found & 255
            for k in range(found >> 8):
                total = totals[k]
                out[written + k] = cython.cast(uint32_t, ((total ^ (total >> 32)) * _MIX) >> 32)
            written += found >> 8
            bounds[row + 1] = written
    return words[:written].copy(), ends, states
