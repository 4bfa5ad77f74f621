"""The compiled loops over tables of words: where buckets begin, and which language texts are in."""

import cython
import numpy as np
from cython.cimports.dedup._tables import place_of
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t, uint32_t, uint64_t

_MOST = cython.declare(cython.Py_ssize_t, 64)
"""Languages that a table may have."""


def find_buckets(ids: cython.const[uint32_t][::1], begins: int64_t[::1]) -> None:
    """Write where the ascending ids with each value of their upper bits begin, i64[2**bits + 1]."""
    buckets: int64_t = begins.shape[0] - 1
    shift: uint64_t = 32
    bucket: int64_t = 0
    k: cython.Py_ssize_t
    while shift > 0 and buckets > cython.cast(int64_t, 1) << (32 - shift):
        shift -= 1
    if buckets != cython.cast(int64_t, 1) << (32 - shift):
        raise ValueError(f"begins: got {buckets + 1}, wanted 2**bits and one more")
    with cython.nogil:
        for k in range(ids.shape[0]):
            while bucket <= cython.cast(int64_t, cython.cast(uint64_t, ids[k]) >> shift):
                begins[bucket] = k
                bucket += 1
        while bucket <= buckets:
            begins[bucket] = ids.shape[0]
            bucket += 1


@cython.cfunc
@cython.nogil
def _add_up(
    words: cython.const[uint32_t][::1],
    start: int64_t,
    end: int64_t,
    ids: cython.const[uint32_t][::1],
    buckets: cython.const[int64_t][::1],
    shift: uint32_t,
    weights: cython.const[uint8_t][:, ::1],
    sums: int32_t[::1],
) -> cython.int:
    """Add the weights of some words to the sum of each language."""
    k: int64_t
    column: cython.Py_ssize_t
    row: int64_t
    last: int64_t = buckets[buckets.shape[0] - 1]
    for k in range(start, end):
        row = place_of(ids, words[k], buckets[words[k] >> shift], last)
        if row < last and ids[row] == words[k]:
            for column in range(weights.shape[1]):
                sums[column] += weights[row, column]
    return 0


@cython.cfunc
@cython.nogil
@cython.exceptval(-2)
def _best(sums: int32_t[::1], languages: cython.Py_ssize_t, least: int64_t) -> cython.int:
    """Give the language with the largest sum, -1 where none comes up to ``least``."""
    column: cython.Py_ssize_t
    best: cython.Py_ssize_t = 0
    for column in range(1, languages):
        if sums[column] > sums[best]:
            best = column
    return cython.cast(cython.int, best) if sums[best] >= least and sums[best] > 0 else -1


def tell_languages(
    words: cython.const[uint32_t][::1],
    offsets: cython.const[int64_t][::1],
    ids: cython.const[uint32_t][::1],
    buckets: cython.const[int64_t][::1],
    weights: cython.const[uint8_t][:, ::1],
    most: cython.Py_ssize_t,
    least: cython.Py_ssize_t,
    half: cython.Py_ssize_t,
):
    """Tell the language of each row, i32[n]: the column of ``weights``, -1 for none or a mixture.

    Row ``r`` of ``weights`` is of the word ``ids[r]``, ascending; those whose upper ``b`` bits are
    ``k`` stand from ``buckets[k]`` to ``buckets[k + 1]`` (exclusive), i64[2**b + 1]. The first
    ``most`` words of a text count; they must come to ``least`` a word, and where they are twice
    ``half`` or more, both halves must tell the same language.
    """
    languages: cython.Py_ssize_t = weights.shape[1]
    shift: uint32_t = 32
    while shift > 0 and (1 << (32 - shift)) < buckets.shape[0] - 1:
        shift -= 1
    if languages < 1 or languages > _MOST or weights.shape[0] != ids.shape[0]:
        raise ValueError("weights of 1 to 64 languages for each id are wanted")
    if (1 << (32 - shift)) != buckets.shape[0] - 1 or buckets[buckets.shape[0] - 1] > ids.shape[0]:
        raise ValueError("buckets: 2**b and the number of ids behind them are wanted")
    found = np.empty(offsets.shape[0] - 1, dtype=np.int32)
    target: int32_t[::1] = found
    first: int32_t[::1] = np.empty(languages, dtype=np.int32)
    second: int32_t[::1] = np.empty(languages, dtype=np.int32)
    row: cython.Py_ssize_t
    column: cython.Py_ssize_t
    start: int64_t
    middle: int64_t
    end: int64_t
    one: cython.int
    with cython.nogil:
        for row in range(offsets.shape[0] - 1):
            start = offsets[row]
            end = min(offsets[row + 1], start + most)
            middle = start + (end - start) // 2
            for column in range(languages):
                first[column] = second[column] = 0
            _add_up(words, start, middle, ids, buckets, shift, weights, first)
            _add_up(words, middle, end, ids, buckets, shift, weights, second)
            one = -1
            if end - start >= 2 * half:
                one = _best(first, languages, least * (middle - start))
                if one != _best(second, languages, least * (end - middle)):
                    target[row] = -1
                    continue
            for column in range(languages):
                first[column] += second[column]
            target[row] = _best(first, languages, least * (end - start))
    return found
