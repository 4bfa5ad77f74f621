"""The compiled loops that say where linked sentences may tell different facts, by ids and traits.

So only real differences are read as text.
"""

import cython
import numpy as np
from cython.cimports.libc.stdint import int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from dedup.facts.lexicon import Trait

__all__ = ["mark_new", "may_differ"]

_COUNTS = cython.declare(uint16_t, Trait.COUNTS)
_DENIES = cython.declare(uint16_t, Trait.DENIES)
_TURNS = cython.declare(uint16_t, Trait.TURNS)
_CAPITAL = cython.declare(uint16_t, Trait.CAPITAL)
_CASELESS = cython.declare(uint16_t, Trait.CASELESS)
_QUOTED = cython.declare(uint16_t, Trait.QUOTED)
_PREFIXED = cython.declare(uint16_t, Trait.PREFIXED)
_NEW = cython.declare(uint16_t, Trait.NEW)
_FREQUENT = cython.declare(uint16_t, Trait.FREQUENT)
_LOWER = cython.declare(uint64_t, 0xFFFFFFFF)
_REACH = cython.declare(int64_t, 4)
"""Words between a negation and what it denies at most."""


@cython.cfunc
@cython.nogil
@cython.exceptval(-1)
def _mark_unknown(
    words: cython.const[uint32_t][::1],
    traits: uint16_t[::1],
    rests: cython.const[uint32_t][::1],
    others: cython.const[uint32_t][::1],
    slots: uint32_t[::1],
    taken: uint8_t[::1],
) -> cython.int:
    """Mark the words that the other text lacks, by way of a table as large as its words twice.

    A word keeps the mark of a prefix where the other text has the rest of it and not the word.
    """
    mask: uint32_t = cython.cast(uint32_t, slots.shape[0] - 1)
    at: uint32_t
    k: cython.Py_ssize_t
    for k in range(taken.shape[0]):
        taken[k] = 0
    for k in range(others.shape[0]):
        at = (others[k] >> 3) & mask
        while taken[at] and slots[at] != others[k]:
            at = (at + 1) & mask
        slots[at] = others[k]
        taken[at] = 1
    for k in range(words.shape[0]):
        at = (words[k] >> 3) & mask
        while taken[at] and slots[at] != words[k]:
            at = (at + 1) & mask
        if taken[at]:
            traits[k] &= ~_PREFIXED
        else:
            traits[k] |= _NEW
        if traits[k] & _PREFIXED:
            at = (rests[k] >> 3) & mask
            while taken[at] and slots[at] != rests[k]:
                at = (at + 1) & mask
            if not taken[at]:
                traits[k] &= ~_PREFIXED
    return 0


def mark_new(
    words_a: cython.const[uint32_t][::1],
    traits_a: uint16_t[::1],
    rests_a: cython.const[uint32_t][::1],
    words_b: cython.const[uint32_t][::1],
    traits_b: uint16_t[::1],
    rests_b: cython.const[uint32_t][::1],
):
    """Mark the words of two texts that the other one lacks."""
    size: int64_t = 64
    while size < 2 * max(words_a.shape[0], words_b.shape[0]) + 2:
        size *= 2
    slots: uint32_t[::1] = np.empty(size, dtype=np.uint32)
    taken: uint8_t[::1] = np.empty(size, dtype=np.uint8)
    with cython.nogil:
        _mark_unknown(words_a, traits_a, rests_a, words_b, slots, taken)
        _mark_unknown(words_b, traits_b, rests_b, words_a, slots, taken)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _all_traits(traits: cython.const[uint16_t][::1], first: int64_t, last: int64_t) -> uint16_t:
    k: int64_t
    found: uint16_t = 0
    for k in range(first, last):
        found |= traits[k]
    return found


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _differ(
    words_a: cython.const[uint32_t][::1],
    traits_a: cython.const[uint16_t][::1],
    words_b: cython.const[uint32_t][::1],
    traits_b: cython.const[uint16_t][::1],
    first_a: int64_t,
    last_a: int64_t,
    first_b: int64_t,
    last_b: int64_t,
    wanted: uint16_t,
) -> cython.bint:
    """Tell whether the words of a trait differ, in order."""
    i: int64_t = first_a
    j: int64_t = first_b
    while True:
        while i < last_a and not traits_a[i] & wanted:
            i += 1
        while j < last_b and not traits_b[j] & wanted:
            j += 1
        if i == last_a or j == last_b:
            return i != last_a or j != last_b
        if words_a[i] != words_b[j]:
            return True
        i += 1
        j += 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _behind_capitals(traits: cython.const[uint16_t][::1], k: int64_t, last: int64_t) -> int64_t:
    """Give the word behind a run of capitalised words."""
    while k < last and traits[k] & _CAPITAL:
        k += 1
    return k


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _alike_around(
    stems_a: cython.const[uint32_t][::1],
    traits_a: cython.const[uint16_t][::1],
    k: int64_t,
    stems_b: cython.const[uint32_t][::1],
    traits_b: cython.const[uint16_t][::1],
    j: int64_t,
) -> cython.bint:
    """Tell whether two words, or the runs of capitals they are in, have a like neighbour."""
    end_a: int64_t = _behind_capitals(traits_a, k, stems_a.shape[0])
    end_b: int64_t = _behind_capitals(traits_b, j, stems_b.shape[0])
    if end_a < stems_a.shape[0] and end_b < stems_b.shape[0] and stems_a[end_a] == stems_b[end_b]:
        return True
    while k > 0 and traits_a[k] & _CAPITAL and traits_a[k - 1] & _CAPITAL:
        if j > 0 and stems_a[k - 1] == stems_b[j - 1]:
            return True
        k -= 1
    while j > 0:
        if k > 0 and stems_a[k - 1] == stems_b[j - 1]:
            return True
        if not traits_b[j - 1] & _CAPITAL:
            return False
        j -= 1
    return False


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _names_may_differ(
    stems_a: cython.const[uint32_t][::1],
    traits_a: cython.const[uint16_t][::1],
    stems_b: cython.const[uint32_t][::1],
    traits_b: cython.const[uint16_t][::1],
    first_a: int64_t,
    last_a: int64_t,
    first_b: int64_t,
    last_b: int64_t,
) -> cython.bint:
    """Tell whether new words that may be names stand between like words."""
    k: int64_t
    j: int64_t
    for k in range(first_a, last_a):
        if traits_a[k] & _NEW and traits_a[k] & (_CAPITAL | _CASELESS):
            for j in range(first_b, last_b):
                if traits_b[j] & _NEW and traits_b[j] & (_CAPITAL | _CASELESS):
                    if traits_b[j] & _CASELESS or _alike_around(
                        stems_a, traits_a, k, stems_b, traits_b, j
                    ):
                        return True
    return False


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _denies_a_word_of(
    traits: cython.const[uint16_t][::1],
    stems: cython.const[uint32_t][::1],
    first: int64_t,
    last: int64_t,
    others: cython.const[uint32_t][::1],
    start: int64_t,
    end: int64_t,
    back: int64_t,
) -> cython.bint:
    """Tell whether the other stretch has a word that stands near a negation, by its stem."""
    k: int64_t
    near: int64_t
    j: int64_t
    for k in range(first, last):
        if traits[k] & _DENIES:
            for near in range(max(first, k - back), min(last, k + _REACH + 1)):
                if not traits[near] & (_FREQUENT | _DENIES):
                    for j in range(start, end):
                        if others[j] == stems[near]:
                            return True
    return False


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _is_put_in(
    words: cython.const[uint32_t][::1],
    traits: cython.const[uint16_t][::1],
    first: int64_t,
    last: int64_t,
    others: cython.const[uint32_t][::1],
    start: int64_t,
    end: int64_t,
) -> cython.bint:
    """Tell whether the other stretch has the words around a negation without it."""
    k: int64_t
    j: int64_t
    for k in range(first + 1, last - 1):
        if traits[k] & _DENIES:
            for j in range(start, end - 1):
                if others[j] != words[k - 1] or others[j + 1] != words[k + 1]:
                    continue
                if k - 2 >= first and j - 1 >= start and others[j - 1] == words[k - 2]:
                    return True
                if k + 2 < last and j + 2 < end and others[j + 2] == words[k + 2]:
                    return True
    return False


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _turned_between_like(
    words_a: cython.const[uint32_t][::1],
    sides_a: cython.const[uint64_t][::1],
    words_b: cython.const[uint32_t][::1],
    sides_b: cython.const[uint64_t][::1],
    first_a: int64_t,
    last_a: int64_t,
    first_b: int64_t,
    last_b: int64_t,
) -> cython.bint:
    """Tell whether opposites stand between the same two words."""
    k: int64_t
    j: int64_t
    for k in range(first_a + 1, last_a - 1):
        if sides_a[k]:
            for j in range(first_b + 1, last_b - 1):
                if (
                    (
                        ((sides_a[k] >> 32) & sides_b[j] & _LOWER)
                        or (sides_a[k] & (sides_b[j] >> 32) & _LOWER)
                    )
                    and words_a[k - 1] == words_b[j - 1]
                    and words_a[k + 1] == words_b[j + 1]
                ):
                    return True
    return False


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _all_sides(sides: cython.const[uint64_t][::1], first: int64_t, last: int64_t) -> uint64_t:
    k: int64_t
    found: uint64_t = 0
    for k in range(first, last):
        found |= sides[k]
    return found


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _turn_round(a: uint64_t, b: uint64_t) -> cython.bint:
    """Tell whether of some group one stretch has one side alone, and the other the opposite."""
    plus_a: uint64_t = (a & _LOWER) & ~(a >> 32)
    minus_a: uint64_t = (a >> 32) & ~(a & _LOWER)
    plus_b: uint64_t = (b & _LOWER) & ~(b >> 32)
    minus_b: uint64_t = (b >> 32) & ~(b & _LOWER)
    return (plus_a & minus_b) != 0 or (minus_a & plus_b) != 0


def may_differ(
    words_a: cython.const[uint32_t][::1],
    traits_a: cython.const[uint16_t][::1],
    sides_a: cython.const[uint64_t][::1],
    stems_a: cython.const[uint32_t][::1],
    words_b: cython.const[uint32_t][::1],
    traits_b: cython.const[uint16_t][::1],
    sides_b: cython.const[uint64_t][::1],
    stems_b: cython.const[uint32_t][::1],
    first_a: cython.Py_ssize_t,
    last_a: cython.Py_ssize_t,
    first_b: cython.Py_ssize_t,
    last_b: cython.Py_ssize_t,
    back: cython.Py_ssize_t,
) -> int:
    """Give the traits of which two stretches may tell different facts, or 0.

    A negation denies one of the words behind it, or of the ``back`` words before it.
    """
    if not (0 <= first_a <= last_a <= words_a.shape[0] <= traits_a.shape[0]):
        raise ValueError("first_a, last_a: outside the text")
    if not (0 <= first_b <= last_b <= words_b.shape[0] <= traits_b.shape[0]):
        raise ValueError("first_b, last_b: outside the text")
    if min(sides_a.shape[0], stems_a.shape[0]) < last_a or (
        min(sides_b.shape[0], stems_b.shape[0]) < last_b
    ):
        raise ValueError("sides, stems: one for each word is wanted")
    found: uint16_t = 0
    here_a: uint16_t = _all_traits(traits_a, first_a, last_a)
    here_b: uint16_t = _all_traits(traits_b, first_b, last_b)
    either: uint16_t = here_a | here_b
    if either & _COUNTS and _differ(
        words_a, traits_a, words_b, traits_b, first_a, last_a, first_b, last_b, _COUNTS
    ):
        found |= _COUNTS
    if here_a & here_b & _NEW and _names_may_differ(
        stems_a, traits_a, stems_b, traits_b, first_a, last_a, first_b, last_b
    ):
        found |= _CAPITAL
    if either & _QUOTED:
        found |= _QUOTED
    if either & _DENIES and _differ(
        words_a, traits_a, words_b, traits_b, first_a, last_a, first_b, last_b, _DENIES
    ):
        if (
            _denies_a_word_of(traits_a, stems_a, first_a, last_a, stems_b, first_b, last_b, back)
            or _denies_a_word_of(traits_b, stems_b, first_b, last_b, stems_a, first_a, last_a, back)
            or _is_put_in(words_a, traits_a, first_a, last_a, words_b, first_b, last_b)
            or _is_put_in(words_b, traits_b, first_b, last_b, words_a, first_a, last_a)
        ):
            found |= _DENIES
    if here_a & here_b & _TURNS:
        if _turn_round(
            _all_sides(sides_a, first_a, last_a), _all_sides(sides_b, first_b, last_b)
        ) or _turned_between_like(
            words_a, sides_a, words_b, sides_b, first_a, last_a, first_b, last_b
        ):
            found |= _TURNS
    if either & _PREFIXED:
        found |= _PREFIXED
    return found
