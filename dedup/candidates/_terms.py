"""The loops of the rare-term lane, compiled: words counted, terms picked and weighed.

A ragged array is a flat one and ``offsets`` i64[n+1], as in :mod:`dedup.candidates._sketches`.
Each loop has a naive twin in ``tests/oracles.py``.
"""

import cython
import numpy as np
from cython.cimports.dedup._tables import longest_row
from cython.cimports.libc.math import sqrt
from cython.cimports.libc.stdint import int32_t, int64_t, uint16_t, uint32_t, uint64_t

COMMON_SIZE = 1 << 17
"""The table of common words has 256 kB, so that it stays in a core's cache beside the others."""
NO_RANK = 0xFFFFFFFF

_SHIFT = cython.declare(uint32_t, 32 - 17)
_REST = cython.declare(uint32_t, (1 << (32 - 17)) - 1)
_NO_RANK = cython.declare(uint32_t, NO_RANK)
_LOW = cython.declare(uint64_t, 0xFFFFFFFF)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _common_mark(word: uint32_t) -> uint16_t:
    """Give what stands for a word in its place in a table of common words, where 0 is none."""
    return (word & _REST) + 1


def mark_common(words: cython.const[uint32_t][::1], common: uint16_t[::1]):
    """Put words into a table of common words, in place: one for each value of their upper bits."""
    k: cython.Py_ssize_t
    for k in range(words.shape[0]):
        common[words[k] >> _SHIFT] = _common_mark(words[k])


@cython.cfunc
@cython.inline
@cython.nogil
def _word_slot(word: uint32_t, slots: uint64_t[::1]) -> int64_t:
    """Find where a word stands in a table of words, or the free place where it would."""
    size: uint64_t = slots.shape[0]
    at: uint64_t = (word * size) >> 32  # word ids spread evenly
    while slots[at] != 0 and slots[at] >> 32 != word:
        at = (at + 1) & (size - 1)
    return at


@cython.cfunc
@cython.nogil
def _count_rare(
    words: cython.const[uint32_t][::1],
    start: int64_t,
    end: int64_t,
    common: uint16_t[::1],
    left: uint32_t[::1],
) -> int64_t:
    """Write the words of a row that are not common to ``left``; how many."""
    size: int64_t = 0
    k: int64_t
    for k in range(start, end):
        left[size] = words[k]
        size += common[words[k] >> _SHIFT] != _common_mark(words[k])
    return size


@cython.cfunc
@cython.nogil
def _number_words(
    left: uint32_t[::1], size: int64_t, slots: uint64_t[::1], ids: uint32_t[::1], numbers: int64_t
) -> int64_t:
    """Put the numbers of words in their places, new ones for new words; how many there are now."""
    k: int64_t
    at: int64_t
    for k in range(size):
        at = _word_slot(left[k], slots)
        if slots[at] == 0:
            ids[numbers] = left[k]
            numbers += 1
            slots[at] = (cython.cast(uint64_t, left[k]) << 32) | cython.cast(uint64_t, numbers)
        left[k] = cython.cast(uint32_t, (slots[at] & _LOW) - 1)
    return numbers


@cython.cfunc
@cython.nogil
def _count_numbers(
    found: uint32_t[::1],
    size: int64_t,
    counts: uint64_t[::1],
    stamp: uint64_t,
    kept: uint32_t[::1],
    written: int64_t,
) -> int64_t:
    """Count each number once for the row ``stamp`` and write it to ``kept``; where that ends."""
    k: int64_t
    is_new: uint64_t
    count: uint64_t
    for k in range(size):  # without a branch that could not be foreseen
        count = counts[found[k]]
        is_new = (count >> 32) != stamp
        counts[found[k]] = (stamp << 32) | ((count & _LOW) + is_new)
        kept[written] = found[k]
        written += is_new
    return written


def count_words(
    words: cython.const[uint32_t][::1],
    offsets: cython.const[int64_t][::1],
    table,
    common: uint16_t[::1],
    state: tuple[int64_t, int64_t, int64_t],
):
    """Add each row's distinct words to a table of document frequencies, in place, while they fit.

    ``table`` is ``slots`` u64[size], an open table that holds ``word << 32 | number + 1``, 0 for a
    free slot, with ``size`` a power of two at least twice that of the other two; ``ids``
    u32[numbers], the word of each number; and ``counts`` u64[numbers], ``row << 32 | count`` with
    the row that last added to it, from 1 on. ``common`` u16[COMMON_SIZE] holds words to pass over
    (:func:`mark_common`): most of a text is common words. One in more than ``most`` rows is put
    there; where another takes its place it is counted again, so that its count may stay anywhere
    above ``most``. ``state`` is how many rows and numbers there are already, and ``most``.

    Returns the numbers of the distinct words of each row that were not passed over, ragged u32, up
    to the first row for which ``ids`` may not have the room, and how many numbers there are now.
    """
    slots: uint64_t[::1] = table[0]
    ids: uint32_t[::1] = table[1]
    counts: uint64_t[::1] = table[2]
    left: uint32_t[::1] = np.empty(longest_row(offsets), np.uint32)
    kept: uint32_t[::1] = np.empty(offsets[offsets.shape[0] - 1] - offsets[0], np.uint32)
    ends: int64_t[::1] = np.zeros(offsets.shape[0], np.int64)
    numbers: int64_t = state[1]
    most: uint64_t = state[2]
    written: int64_t = 0
    size: int64_t
    k: int64_t
    row: cython.Py_ssize_t
    done: cython.Py_ssize_t = 0
    with cython.nogil:
        for row in range(offsets.shape[0] - 1):
            size = _count_rare(words, offsets[row], offsets[row + 1], common, left)
            if numbers + size > ids.shape[0]:
                break
            numbers = _number_words(left, size, slots, ids, numbers)
            written = _count_numbers(left, size, counts, state[0] + row + 1, kept, written)
            for k in range(ends[row], written):
                if (counts[kept[k]] & _LOW) > most:
                    common[ids[kept[k]] >> _SHIFT] = _common_mark(ids[kept[k]])
            ends[row + 1] = written
            done = row + 1
    return kept.base[:written].copy(), ends.base[: done + 1].copy(), numbers


def enter_words(ids: cython.const[uint32_t][::1], slots: uint64_t[::1]):
    """Enter words, numbered in order, into an empty table of :func:`count_words`, in place."""
    number: cython.Py_ssize_t
    for number in range(ids.shape[0]):
        slots[_word_slot(ids[number], slots)] = (
            cython.cast(uint64_t, ids[number]) << 32
        ) | cython.cast(uint64_t, number + 1)


@cython.cfunc
@cython.nogil
def _count_below(ranks: uint32_t[::1], size: int64_t, bound: int64_t) -> int64_t:
    count: int64_t = 0
    limit: uint32_t = cython.cast(uint32_t, bound)
    k: int64_t
    for k in range(size):
        count += ranks[k] < limit
    return count


@cython.cfunc
@cython.nogil
def _term_bound(
    ranks: uint32_t[::1],
    size: int64_t,
    tiers: tuple[int64_t, int64_t],
    limits: tuple[int64_t, int64_t],
) -> int64_t:
    """Give the rank below which a row's ranks, which are distinct, are those of its terms."""
    bound: int64_t = tiers[0]
    most: int64_t = limits[0]
    count: int64_t = _count_below(ranks, size, bound)
    low: int64_t = 0
    middle: int64_t
    if count < limits[1]:
        bound = tiers[1]
        most = limits[1]
        count = _count_below(ranks, size, bound)
    while count > most:  # halving a range of ranks, whose counts run in vector registers
        middle = (low + bound) // 2
        count = _count_below(ranks, size, middle)
        if count < most:
            low = middle
            count = most + 1
        else:
            bound = middle
    return bound


def rank_words(
    numbers: uint32_t[::1],
    offsets: cython.const[int64_t][::1],
    ranks: cython.const[uint32_t][::1],
    tiers: tuple[int64_t, int64_t],
    limits: tuple[int64_t, int64_t],
):
    """Put the ranks of words in their place and pick the terms of every row.

    ``numbers`` ragged u32 are the distinct words of each row; ``ranks`` u32[v] says how rare each
    is, 0 the rarest, ``NO_RANK`` for one to leave out. A row's terms are its rarest words of a rank
    below ``tiers[0]``, ``limits[0]`` at most; where those are fewer than ``limits[1]``, so many of
    its words of a rank below ``tiers[1]``. From ``offsets[0]`` on, the ranks of each row's words
    come to stand in ``numbers``, row after row, the terms first. Returns where each row begins and
    the last one ends, counted from there, i64[n+1], and how many terms each has, i32[n].
    """
    ends: int64_t[::1] = np.zeros(offsets.shape[0], np.int64)
    terms: int32_t[::1] = np.zeros(offsets.shape[0] - 1, np.int32)
    found: uint32_t[::1] = np.empty(longest_row(offsets) + 1, np.uint32)
    row: cython.Py_ssize_t
    size: int64_t
    bound: int64_t
    k: int64_t
    front: int64_t
    back: int64_t
    at: int64_t = offsets[0]
    is_term: int64_t
    with cython.nogil:
        for row in range(offsets.shape[0] - 1):
            size = 0
            for k in range(offsets[row], offsets[row + 1]):
                found[size] = ranks[numbers[k]]
                size += found[size] != _NO_RANK
            bound = _term_bound(found, size, tiers, limits)
            front = at
            back = at + size - 1
            for k in range(size):  # to either end, without a branch that could not be foreseen
                numbers[front] = found[k]
                numbers[back] = found[k]
                is_term = found[k] < bound
                front += is_term
                back -= 1 - is_term
            terms[row] = cython.cast(int32_t, front - at)
            at += size
            ends[row + 1] = at - offsets[0]
    return ends.base, terms.base


def weigh_rows(
    values: cython.const[uint32_t][::1],
    offsets: cython.const[int64_t][::1],
    terms: int32_t[::1],
    gains: uint16_t[::1],
    masses: cython.const[uint32_t][::1],
):
    """Give the length of each row's vector of terms, f32[n], and the mass of its words, u64[n].

    A term adds its ``gains`` to the square of the length; each word, term or not, its ``masses``.
    """
    lengths: cython.float[::1] = np.zeros(terms.shape[0], np.float32)
    totals: uint64_t[::1] = np.zeros(terms.shape[0], np.uint64)
    squared: uint64_t
    k: int64_t
    row: cython.Py_ssize_t
    with cython.nogil:
        for row in range(terms.shape[0]):
            squared = 0
            for k in range(offsets[row], offsets[row] + terms[row]):
                squared += gains[values[k]]
            lengths[row] = cython.cast(cython.float, sqrt(cython.cast(cython.double, squared)))
            for k in range(offsets[row], offsets[row + 1]):
                totals[row] += masses[values[k]]
    return lengths.base, totals.base
