"""Numbers of sentences by their words, and by words and source."""

import cython
import numpy as np
from cython.cimports.libc.stdint import int64_t, uint32_t, uint64_t

__all__ = ["keyed", "sentence_ids"]

_ODD = cython.declare(uint64_t, 0x9E3779B97F4A7C15)
"""2^64 divided by the golden ratio, made odd: Knuth, TAOCP 3, section 6.4 (Fibonacci hashing)."""


@cython.cfunc
@cython.inline
@cython.nogil
@cython.overflowcheck(False)
@cython.exceptval(check=False)
def _mixed(value: uint64_t) -> uint64_t:
    """Spread a value over 64 bits, 0 to 0: the finaliser of MurmurHash3 (Appleby 2011)."""
    value = (value ^ (value >> 33)) * cython.cast(uint64_t, 0xFF51AFD7ED558CCD)
    value = (value ^ (value >> 33)) * cython.cast(uint64_t, 0xC4CEB9FE1A85EC53)
    return value ^ (value >> 33)


@cython.overflowcheck(False)
def sentence_ids(word_ids: cython.const[uint32_t][::1], bounds: cython.const[int64_t][::1]):
    """Number sentences by their words, u64[m]; 0 for a sentence without words.

    ``word_ids`` u32[n] are the words of one text or of many, end to end; sentence ``i`` holds the
    words ``bounds[i]`` to ``bounds[i + 1]`` (exclusive), i64[m + 1], never falling. The id is a
    polynomial in the mixed word ids (Karp and Rabin 1987), modulo 2^64, so it depends on the words
    and their order alone. Raises :class:`ValueError` for bounds beyond the words.
    """
    count: int64_t = bounds.shape[0] - 1
    if count >= 0 and (bounds[0] < 0 or bounds[count] > word_ids.shape[0]):
        raise ValueError("bounds: beyond the words")
    ids: uint64_t[::1] = np.empty(max(count, 0), np.uint64)
    sentence: int64_t
    word: int64_t
    total: uint64_t
    power: uint64_t
    with cython.nogil:
        for sentence in range(count):
            total = 0
            power = 1
            for word in range(bounds[sentence], bounds[sentence + 1]):
                # no word counts as nothing
                total += _mixed(cython.cast(uint64_t, word_ids[word]) + 1) * power
                power *= _ODD
            ids[sentence] = _mixed(total)
    return ids.base


@cython.overflowcheck(False)
def keyed(ids: cython.const[uint64_t][::1], sources: cython.const[uint64_t][::1]):
    """Number sentences u64[m] of ``sources`` u64[m] so that those of two sources differ, u64[m]."""
    if ids.shape[0] != sources.shape[0]:
        raise ValueError("sources: wanted one a sentence")
    keys: uint64_t[::1] = np.empty(ids.shape[0], np.uint64)
    at: int64_t
    with cython.nogil:
        for at in range(ids.shape[0]):
            keys[at] = _mixed(ids[at] + (sources[at] + 1) * _ODD)
    return keys.base
