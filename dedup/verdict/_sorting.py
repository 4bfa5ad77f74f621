"""The words of a story in ascending order, each with its position."""

import cython
from cython.cimports.libc.stdint import int32_t, int64_t, uint32_t, uint64_t


@cython.cfunc
@cython.nogil
def sort_words(
    words: cython.const[uint32_t][::1],
    at: int64_t,
    count: int64_t,
    ordered: uint64_t[::1],
    spare: uint64_t[::1],
    counts: int32_t[:, ::1],
) -> cython.int:
    """Write ``word << 32 | position`` in ascending order: radix sort, the lowest byte first.

    Bytes, as a text of some hundred words outweighs their table; ``counts`` i32[4, 256].
    """
    k: int64_t
    turn: cython.Py_ssize_t
    digit: cython.Py_ssize_t
    before: int32_t
    here: int32_t
    key: uint64_t
    counts[:, :] = 0
    for k in range(count):
        key = words[at + k]
        counts[0, key & 255] += 1
        counts[1, (key >> 8) & 255] += 1
        counts[2, (key >> 16) & 255] += 1
        counts[3, key >> 24] += 1
        ordered[k] = (key << 32) | cython.cast(uint64_t, k)
    for turn in range(4):
        before = 0
        for digit in range(256):
            here = counts[turn, digit]
            counts[turn, digit] = before
            before += here
    for turn in range(0, 4, 2):
        _scatter(ordered, spare, count, 32 + 8 * turn, counts[turn])
        _scatter(spare, ordered, count, 40 + 8 * turn, counts[turn + 1])
    return 0


@cython.cfunc
@cython.inline
@cython.nogil
def _scatter(
    source: uint64_t[::1],
    target: uint64_t[::1],
    count: int64_t,
    shift: cython.int,
    places: int32_t[::1],
) -> cython.int:
    """Move entries to the places of one of their bytes, as they come."""
    k: int64_t
    digit: cython.Py_ssize_t
    for k in range(count):
        digit = (source[k] >> shift) & 255
        target[places[digit]] = source[k]
        places[digit] += 1
    return 0
