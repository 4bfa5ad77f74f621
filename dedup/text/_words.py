"""The compiled loops that look texts over and that cut them into word ids.

Arrays in, arrays out; they release the interpreter lock. A ragged array is a flat one and
``offsets`` i64[n+1]: row ``i`` is ``flat[offsets[i]:offsets[i+1]]``.
They have naive twins in ``tests/oracles.py`` that Hypothesis holds in step with them.
"""

import cython
import numpy as np
from cython.cimports.dedup.text._words import decode_point, word_id
from cython.cimports.libc.stdint import int64_t, uint8_t, uint32_t, uint64_t

from dedup.text.points import CODE_POINTS, POINTS, SEVERAL, State, Trait
from dedup.text.vocabulary import POWERS

_CLASS = cython.declare(uint32_t, Trait.CLASS)
_LETTER = cython.declare(uint32_t, Trait.LETTER)
_SINGLE = cython.declare(uint32_t, Trait.SINGLE)
_MARK = cython.declare(uint32_t, Trait.MARK)
_IGNORED = cython.declare(uint32_t, Trait.IGNORED)
_COMPOSES = cython.declare(uint32_t, Trait.COMPOSES)
_MAY_COMPOSE = cython.declare(uint8_t, State.COMPOSES)
_UNKNOWN = cython.declare(uint8_t, State.UNKNOWN)
_CODE_POINTS = cython.declare(int64_t, CODE_POINTS)
_LONGEST = cython.declare(int64_t, 2**31 - 16)
_SEVERAL = cython.declare(uint32_t, SEVERAL)
_TRAITS = cython.declare(cython.const[uint32_t][::1], POINTS.traits)
_FOLDS = cython.declare(cython.const[uint32_t][::1], POINTS.folds)
_SPELLED = cython.declare(cython.const[uint32_t][::1], POINTS.spelled)

_POWERS = cython.declare(uint64_t[64])
_WIDE = cython.declare(uint8_t, 255)
"""In place of a byte that is part of a longer UTF-8 sequence."""
_ASCII = cython.declare(uint8_t[256])
"""For every byte its lower case, 0 for a separator and ``_WIDE`` beyond ASCII."""
_IS_LETTER = cython.declare(uint64_t[256])
"""All bits for a letter or digit of ASCII, else none."""


@cython.cfunc
@cython.overflowcheck(False)
def _fill_tables() -> cython.void:
    k: cython.int
    byte: cython.int
    for k in range(64):
        _POWERS[k] = POWERS[k]
    for byte in range(256):
        _ASCII[byte] = _WIDE if byte >= 128 else 0
        if 97 <= byte <= 122 or 48 <= byte <= 57:  # a to z, 0 to 9
            _ASCII[byte] = byte
        elif 65 <= byte <= 90:  # A to Z
            _ASCII[byte] = byte + 32
        _IS_LETTER[byte] = 0 - cython.cast(uint64_t, 0 < _ASCII[byte] < _WIDE)


_fill_tables()


@cython.cfunc
@cython.nogil
@cython.overflowcheck(False)
def _read_text(
    source: cython.const[uint8_t][::1],
    bounds: tuple[int64_t, int64_t],
    totals: uint64_t[::1],
) -> int64_t:
    """Write the polynomials of one text's words to ``totals``; how many, * 256 + its state."""
    at: cython.Py_ssize_t = bounds[0]
    end: cython.Py_ssize_t = bounds[1]
    count: int64_t = 0
    total: uint64_t = 0
    place: uint64_t = 0  # of the open word's next code point
    is_open: uint64_t  # all bits or none, as ``letter``
    letter: uint64_t
    state: uint8_t = 0
    inside: uint32_t = 0  # the class of the word that is open, 0 for none
    byte: uint8_t
    flags: uint32_t
    kind: uint32_t
    point: int64_t
    form: uint32_t
    k: uint32_t
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
            is_open = 0 - cython.cast(uint64_t, inside != 0)
            while at < end:
                byte = _ASCII[source[at]]
                if byte == _WIDE:
                    break
                letter = _IS_LETTER[source[at]]
                totals[count] = total
                count -= cython.cast(int64_t, is_open & ~letter)
                total = (total + byte * _POWERS[place & 63]) & letter
                place = (place + 1) & letter
                is_open = letter
                at += 1
            inside = _LETTER if is_open else 0
            continue
        point = decode_point(source, at)
        at += point & 7
        flags = _TRAITS[point >> 3]
        kind = flags & _CLASS
        if flags == 0:
            state |= _UNKNOWN
        elif flags & _COMPOSES:
            state |= _MAY_COMPOSE
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
        form = _FOLDS[point >> 3]
        if form & _SEVERAL:
            form -= _SEVERAL
            for k in range(_SPELLED[form]):
                total += _SPELLED[form + 1 + k] * _POWERS[place & 63]
                place += 1
        elif form:
            total += form * _POWERS[place & 63]
            place += 1
    if inside:
        totals[count] = total
        count += 1
    return (count << 8) | state


@cython.cfunc
@cython.nogil
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


def read_words(source: cython.const[uint8_t][::1], offsets: cython.const[int64_t][::1]):
    """Cut texts into word ids, those that :func:`dedup.text.vocabulary.word_ids` gives.

    ``source`` u8 is the texts in UTF-8 (surrogates passed) end to end, ``offsets`` in bytes.
    Returns the words, ragged u32, and the state of each text, u8[n], flags of
    :class:`dedup.text.points.State`: with ``UNKNOWN`` its words mean nothing, with ``COMPOSES`` it
    is to be composed first.
    """
    longest: int64_t = _longest_row(offsets, source.shape[0])
    if longest < 0:
        raise ValueError("texts that do not stand end to end")
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
    with cython.nogil:
        for row in range(offsets.shape[0] - 1):
            found = _read_text(source, (offsets[row], offsets[row + 1]), totals)
            state[row] = found & 255
            for k in range(found >> 8):
                out[written + k] = word_id(totals[k])
            written += found >> 8
            bounds[row + 1] = written
    return words[:written].copy(), ends, states


# --- looking texts over -------------------------------------------------------------------------


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _size(lead: uint32_t) -> int64_t:
    """Give how many bytes a code point has whose first one is ``lead``; 0 where none begins so."""
    if lead < 0x80:
        return 1
    if lead < 0xE0:
        return 2 if lead >= 0xC2 else 0
    if lead < 0xF0:
        return 3
    return 4 if lead <= 0xF4 else 0


@cython.cfunc
@cython.nogil
@cython.exceptval(-2)
def _survey_text(
    source: cython.const[uint8_t][::1],
    at: int64_t,
    end: int64_t,
    state: uint8_t[::1],
    row: int64_t,
) -> int64_t:
    """Note the state of one text; give the letters it may fold to, -1 where it is no UTF-8."""
    room: int64_t = 0
    code: int64_t
    size: int64_t
    k: int64_t
    while at < end:
        room += 1
        if source[at] < 0x80:
            at += 1
            continue
        size = _size(source[at])
        if size == 0 or at + size > end:
            return -1
        for k in range(1, size):
            if source[at + k] & 0xC0 != 0x80:
                return -1
        code = decode_point(source, at) >> 3
        if code >= _CODE_POINTS:
            return -1
        at += size
        if _TRAITS[code] == 0:
            state[row] |= _UNKNOWN
        elif _TRAITS[code] & _COMPOSES:
            state[row] |= _MAY_COMPOSE
        if _FOLDS[code] & _SEVERAL:
            room += _SPELLED[_FOLDS[code] - _SEVERAL]
    return room


def survey(source: cython.const[uint8_t][::1], offsets: cython.const[int64_t][::1]):
    """Look texts over: flags of ``State`` of each, u8[n], and the letters that all may fold to.

    ``source`` u8 is the texts in UTF-8 (surrogates passed) end to end, ``offsets`` i64[n + 1] in
    bytes. Raises :class:`ValueError` for other bytes, for offsets that fall or lead out of them,
    and for a text of 2 GB.
    """
    states = np.zeros(max(0, offsets.shape[0] - 1), np.uint8)
    state: uint8_t[::1] = states
    row: int64_t = 0
    room: int64_t = 0
    found: int64_t = 0
    longest: int64_t = _longest_row(offsets, source.shape[0])
    if longest < 0:
        raise ValueError("texts that do not stand end to end")
    if longest > _LONGEST:
        raise ValueError(f"texts: one of {longest} bytes, of {_LONGEST} at most")
    with cython.nogil:
        while row < state.shape[0] and found >= 0:
            found = _survey_text(source, offsets[row], offsets[row + 1], state, row)
            room += found
            row += 1
    if found < 0:
        raise ValueError(f"texts: text {row - 1} is not UTF-8")
    return states, room
