"""Numbers of sentences by their words, and by words and source."""

import cython
import numpy as np
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t, uint32_t, uint64_t

_ODD = cython.declare(uint64_t, 0x9E3779B97F4A7C15)
"""2^64 divided by the golden ratio, made odd: Knuth, TAOCP 3, section 6.4 (Fibonacci hashing)."""
_COUNT = cython.declare(uint64_t, 0xFFFFFFFF)
"""The bits of an entry that count; those above hold the last article, from 1."""


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


@cython.cfunc
@cython.nogil
def _place_of(key: uint64_t, table: uint64_t[:, ::1], shift: int64_t) -> int64_t:
    """Find the place of a sentence in the table, or the free one where it belongs."""
    place: int64_t = cython.cast(int64_t, key >> shift)
    while table[place, 1] and table[place, 0] != key:
        place = (place + 1) & (table.shape[0] - 1)
    return place


def holders(
    keys: cython.const[uint64_t][::1],
    article: cython.const[int32_t][::1],
    counted: cython.const[uint8_t][::1],
):
    """Count the articles that hold each sentence, i64[m]; ``counted`` u8[n] says which count.

    ``article`` i32[m], ascending, holds each of the sentences ``keys`` u64[m]. They go to an open
    hash table, by their highest bits: each with the last article met and the count.
    """
    bits: int64_t = max(1, int(2 * keys.shape[0] - 1).bit_length())
    table: uint64_t[:, ::1] = np.zeros((1 << bits, 2), np.uint64)
    found: int64_t[::1] = np.empty(keys.shape[0], np.int64)
    at: int64_t
    place: int64_t
    holder: uint64_t
    with cython.nogil:
        for at in range(keys.shape[0]):
            place = _place_of(keys[at], table, 64 - bits)
            holder = cython.cast(uint64_t, article[at]) + 1
            if table[place, 1] >> 32 != holder:
                table[place, 0] = keys[at]
                table[place, 1] = holder << 32 | table[place, 1] & _COUNT
                table[place, 1] += counted[article[at]]
            found[at] = place
        for at in range(keys.shape[0]):
            found[at] = cython.cast(int64_t, table[found[at], 1] & _COUNT)
    return found.base
