"""The strings of JSON written out, escapes in, UTF-8 out; and what was escaped before that."""

import cython
import numpy as np
from cython.cimports.dedup._tables import find_byte
from cython.cimports.dedup.dump._escapes import hex_value
from cython.cimports.libc.stdint import int64_t, uint8_t
from cython.cimports.libc.string import memcpy


@cython.cfunc
@cython.nogil
def _write_code(code: int64_t, target: uint8_t[::1], at: int64_t) -> int64_t:
    """Write a code point in UTF-8; where it ends."""
    if code < 0x80:
        target[at] = code
        return at + 1
    if code < 0x800:
        target[at] = 0xC0 | (code >> 6)
        target[at + 1] = 0x80 | (code & 0x3F)
        return at + 2
    if code < 0x10000:
        target[at] = 0xE0 | (code >> 12)
        target[at + 1] = 0x80 | ((code >> 6) & 0x3F)
        target[at + 2] = 0x80 | (code & 0x3F)
        return at + 3
    target[at] = 0xF0 | (code >> 18)
    target[at + 1] = 0x80 | ((code >> 12) & 0x3F)
    target[at + 2] = 0x80 | ((code >> 6) & 0x3F)
    target[at + 3] = 0x80 | (code & 0x3F)
    return at + 4


@cython.cfunc
@cython.nogil
def _escaped(source: cython.const[uint8_t][::1], at: int64_t) -> int64_t:
    """Read the code point of a valid escape whose backslash stands at ``at``."""
    byte: uint8_t = source[at + 1]
    code: int64_t = byte
    if byte == b"u":
        code = hex_value(source, at + 2)
        if code >= 0xD800 and code <= 0xDFFF:
            return 0x10000 + ((code - 0xD800) << 10) + (hex_value(source, at + 8) - 0xDC00)
    elif byte == b"n":
        code = 0x0A
    elif byte == b"t":
        code = 0x09
    elif byte == b"r":
        code = 0x0D
    elif byte == b"b":
        code = 0x08
    elif byte == b"f":
        code = 0x0C
    return code


@cython.cfunc
@cython.nogil
def _unescape(
    source: cython.const[uint8_t][::1], at: int64_t, end: int64_t, target: uint8_t[::1], to: int64_t
) -> int64_t:
    """Write one string to ``target`` from ``to``; where it ends."""
    code: int64_t
    size: int64_t
    while at < end:  # what stands before the next backslash is copied as it is
        size = find_byte(source, b"\\", at, end) - at
        if size:
            memcpy(cython.address(target[to]), cython.address(source[at]), size)
        at += size
        to += size
        if at < end:
            code = _escaped(source, at)
            at += 2 if source[at + 1] != b"u" else 6 if code < 0x10000 else 12
            to = _write_code(code, target, to)
    return to


def unescape(source: cython.const[uint8_t][::1], spans: cython.const[int64_t][:, ::1]):
    """Write the strings that stand at ``spans`` i64[n, 2] end to end in UTF-8, ragged u8.

    ``source`` is as for :func:`dedup.dump._json.find_fields`, which has found their escapes to be
    valid.
    """
    room: int64_t = 0
    row: cython.Py_ssize_t
    for row in range(spans.shape[0]):
        if not 0 <= spans[row, 0] <= spans[row, 1] <= source.shape[0]:
            raise ValueError(f"spans: row {row} leads out of {source.shape[0]} bytes")
        room += spans[row, 1] - spans[row, 0]
    target: uint8_t[::1] = np.empty(room, dtype=np.uint8)
    offsets: int64_t[::1] = np.zeros(spans.shape[0] + 1, dtype=np.int64)
    to: int64_t = 0
    with cython.nogil:
        for row in range(spans.shape[0]):
            to = _unescape(source, spans[row, 0], spans[row, 1], target, to)
            offsets[row + 1] = to
    return target.base[:to], offsets.base


@cython.cfunc
@cython.nogil
def _is_marked(
    texts: cython.const[uint8_t][::1], start: int64_t, end: int64_t, mark: uint8_t
) -> cython.bint:
    """Tell whether a mark stands before a letter of ASCII, ``#`` or ``/``."""
    last: int64_t = end - 1
    at: int64_t = find_byte(texts, mark, start, last)
    byte: uint8_t
    while at < last:
        byte = texts[at + 1]
        if 97 <= (byte | 32) <= 122 or byte == b"#" or byte == b"/":
            return True
        at = find_byte(texts, mark, at + 1, last)
    return False


def flag_marked(
    texts: cython.const[uint8_t][::1],
    offsets: cython.const[int64_t][::1],
    marks: cython.const[uint8_t][::1],
):
    """Flag the texts, u8, that have one of the marks before a letter of ASCII, ``#`` or ``/``.

    ``offsets`` i64[n + 1] are in bytes. Returns bool as u8[n].
    """
    flags = np.zeros(offsets.shape[0] - 1, np.uint8)
    found: uint8_t[::1] = flags
    row: cython.Py_ssize_t
    mark: cython.Py_ssize_t
    for row in range(found.shape[0]):
        if not 0 <= offsets[row] <= offsets[row + 1] <= texts.shape[0]:
            raise ValueError(f"offsets: those of row {row} lead out of {texts.shape[0]} bytes")
    with cython.nogil:
        for row in range(found.shape[0]):
            for mark in range(marks.shape[0]):
                if _is_marked(texts, offsets[row], offsets[row + 1], marks[mark]):
                    found[row] = 1
                    break
    return flags
