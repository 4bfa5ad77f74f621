"""The compiled loops that say where linked sentences may tell different facts, by ids and traits.

So only real differences are read as text.
"""

import cython
import numpy as np
from cython.cimports.dedup._tables import places_for
from cython.cimports.dedup.facts._traits import Marked, Words
from cython.cimports.libc.stdint import int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from dedup.facts.lexicon import AMOUNTS, REACH, Trait

_COUNTS = cython.declare(uint16_t, Trait.COUNTS)
_AMOUNTS = cython.declare(uint16_t, AMOUNTS)
_DENIES = cython.declare(uint16_t, Trait.DENIES)
_TURNS = cython.declare(uint16_t, Trait.TURNS)
_CAPITAL = cython.declare(uint16_t, Trait.CAPITAL)
_CASELESS = cython.declare(uint16_t, Trait.CASELESS)
_QUOTED = cython.declare(uint16_t, Trait.QUOTED)
_PREFIXED = cython.declare(uint16_t, Trait.PREFIXED)
_NEW = cython.declare(uint16_t, Trait.NEW)
_APART = cython.declare(uint16_t, Trait.APART)
_OPENS = cython.declare(uint16_t, Trait.OPENS)
_OPPOSED = cython.declare(uint16_t, Trait.OPPOSED)
_HEADLINE = cython.declare(uint16_t, Trait.HEADLINE)
_FREQUENT = cython.declare(uint16_t, Trait.FREQUENT)
_LOWER = cython.declare(uint64_t, 0xFFFFFFFF)
_SHORT = cython.declare(uint16_t, Trait.SHORT)
_REACH = cython.declare(int64_t, REACH)
"""Words between a negation and what it denies at most."""


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _place(word: uint32_t, slots: uint32_t[::1], taken: uint8_t[::1]) -> uint32_t:
    """Find the slot of a word, or the free one where it would stand."""
    mask: uint32_t = cython.cast(uint32_t, slots.shape[0] - 1)
    at: uint32_t = (word >> 3) & mask
    while taken[at] and slots[at] != word:
        at = (at + 1) & mask
    return at


@cython.cfunc
@cython.nogil
def _mark_unknown(
    here: Words, there: Words, slots: uint32_t[::1], taken: uint8_t[::1]
) -> cython.int:
    """Mark the words that the other text lacks, by way of a table as large as its words twice.

    A word keeps the mark of a prefix where the other text has the rest of it and not the word.
    """
    at: uint32_t
    k: int64_t
    taken[:] = 0
    for k in range(there.count):
        at = _place(there.ids[k], slots, taken)
        slots[at] = there.ids[k]
        taken[at] = 1
    for k in range(here.count):
        if taken[_place(here.ids[k], slots, taken)]:
            here.traits[k] &= ~_PREFIXED
        else:
            here.traits[k] |= _NEW
            if here.traits[k] & _PREFIXED and not taken[_place(here.rests[k], slots, taken)]:
                here.traits[k] &= ~_PREFIXED
    return 0


def mark_new(a: Marked, b: Marked):
    """Mark the words of two texts that the other one lacks."""
    one: Words = a.stretch(0, 0)
    other: Words = b.stretch(0, 0)
    size: int64_t = places_for(max(one.count, other.count) + 1)
    slots: uint32_t[::1] = np.empty(size, dtype=np.uint32)
    taken: uint8_t[::1] = np.empty(size, dtype=np.uint8)
    with cython.nogil:
        _mark_unknown(one, other, slots, taken)
        _mark_unknown(other, one, slots, taken)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _all_traits(here: Words) -> uint16_t:
    k: int64_t
    found: uint16_t = 0
    for k in range(here.first, here.last):
        found |= here.traits[k]
    return found


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _differ(a: Words, b: Words, wanted: uint16_t) -> cython.bint:
    """Tell whether the words of a trait differ, in order."""
    i: int64_t = a.first
    j: int64_t = b.first
    while True:
        while i < a.last and not a.traits[i] & wanted:
            i += 1
        while j < b.last and not b.traits[j] & wanted:
            j += 1
        if i == a.last or j == b.last:
            return i != a.last or j != b.last
        if a.ids[i] != b.ids[j]:
            return True
        i += 1
        j += 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _behind_capitals(here: Words, k: int64_t) -> int64_t:
    """Give the word behind a run of capitalised words."""
    while k < here.count and here.traits[k] & _CAPITAL:
        k += 1
    return k


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _alike_around(a: Words, k: int64_t, b: Words, j: int64_t) -> cython.bint:
    """Tell whether two words, or the runs of capitals they are in, have a like neighbour."""
    end_a: int64_t = _behind_capitals(a, k)
    end_b: int64_t = _behind_capitals(b, j)
    if end_a < a.count and end_b < b.count and a.stems[end_a] == b.stems[end_b]:
        return True
    while k > 0 and a.traits[k] & _CAPITAL and a.traits[k - 1] & _CAPITAL:
        if j > 0 and a.stems[k - 1] == b.stems[j - 1]:
            return True
        k -= 1
    while j > 0:
        if k > 0 and a.stems[k - 1] == b.stems[j - 1]:
            return True
        if not b.traits[j - 1] & _CAPITAL:
            return False
        j -= 1
    return False


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _ends_new_name(here: Words, k: int64_t) -> cython.bint:
    """Tell whether a word is new and may be a name, the last word of one, or a first name."""
    if not here.traits[k] & _NEW:
        return False
    if here.traits[k] & _CAPITAL:
        if here.traits[k] & _APART or k + 1 == here.count:
            return True
        return here.traits[k + 1] & (_CAPITAL | _OPENS | _NEW) != (_CAPITAL | _NEW)
    return here.traits[k] & _CASELESS != 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _names_may_differ(a: Words, b: Words) -> cython.bint:
    """Tell whether new words that may be names stand between like words."""
    k: int64_t
    j: int64_t
    for k in range(a.first, a.last):
        if _ends_new_name(a, k):
            for j in range(b.first, b.last):
                if _ends_new_name(b, j):
                    if b.traits[j] & _CASELESS or _alike_around(a, k, b, j):
                        return True
    return False


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _has_denied(here: Words, k: int64_t, step: int64_t, there: Words) -> cython.bint:
    """Tell whether the other stretch has, by its stem, the first word from one on that can be
    denied.
    """
    near: int64_t = k
    j: int64_t
    for _ in range(_REACH):
        near += step
        if near < here.first or near >= here.last:
            return False
        if not here.traits[near] & (_FREQUENT | _COUNTS | _SHORT):
            for j in range(there.first, there.last):
                if there.stems[j] == here.stems[near]:
                    return True
            return False
    return False


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _denies_a_word_of(here: Words, there: Words, back: int64_t) -> cython.bint:
    """Tell whether the other stretch has a word that a negation may deny."""
    k: int64_t
    for k in range(here.first, here.last):
        if here.traits[k] & _DENIES:
            if _has_denied(here, k, 1, there) or (back and _has_denied(here, k, -1, there)):
                return True
    return False


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _is_put_in(here: Words, there: Words) -> cython.bint:
    """Tell whether the other stretch has the words around a negation without it."""
    k: int64_t
    j: int64_t
    for k in range(here.first + 1, here.last - 1):
        if here.traits[k] & _DENIES:
            for j in range(there.first, there.last - 1):
                if there.ids[j] != here.ids[k - 1] or there.ids[j + 1] != here.ids[k + 1]:
                    continue
                if k - 2 >= here.first and j - 1 >= there.first:
                    if there.ids[j - 1] == here.ids[k - 2]:
                        return True
                if k + 2 < here.last and j + 2 < there.last and there.ids[j + 2] == here.ids[k + 2]:
                    return True
    return False


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _are_opposite(one: uint64_t, other: uint64_t) -> cython.bint:
    """Tell whether of some group one has a side and the other the opposite."""
    return (((one >> 32) & other) | (one & (other >> 32))) & _LOWER != 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _may_stand_for(a: Words, k: int64_t, b: Words, j: int64_t) -> cython.bint:
    """Tell whether the same word, or none, stands before two words, or behind them, the most
    frequent ones passed over.
    """
    step: int64_t
    for step in range(-1, 2, 2):
        if _id_at(a, k + step) == _id_at(b, j + step):
            return True
        if _id_at(a, _past_frequent(a, k, step)) == _id_at(b, _past_frequent(b, j, step)):
            return True
    return False


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _id_at(here: Words, k: int64_t) -> int64_t:
    """Give the id of a word, -1 outside a stretch."""
    return cython.cast(int64_t, here.ids[k]) if here.first <= k < here.last else -1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _past_frequent(here: Words, k: int64_t, step: int64_t) -> int64_t:
    """Give the next word that is not among the most frequent ones, or negates."""
    k += step
    while here.first <= k < here.last and here.traits[k] & (_FREQUENT | _DENIES) == _FREQUENT:
        k += step
    return k


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _turned_in_place(a: Words, b: Words) -> cython.bint:
    """Tell whether of two words with opposites one may stand in the place of the other."""
    k: int64_t
    j: int64_t
    for k in range(a.first, a.last):
        if a.traits[k] & _OPPOSED:
            for j in range(b.first, b.last):
                if _are_opposite(a.in_place[k], b.in_place[j]) and _may_stand_for(a, k, b, j):
                    return True
    return False


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _may_be_replaced(here: Words, k: int64_t) -> cython.bint:
    """Tell whether a word is new and neither a name nor a number nor among the most frequent."""
    return here.traits[k] & (_NEW | _CAPITAL | _AMOUNTS | _FREQUENT) == _NEW


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _is_alike(a: Words, k: int64_t, b: Words, j: int64_t, step: int64_t) -> cython.bint:
    """Tell whether the same word stands on one side of two words, and behind it, where it is one of
    the most frequent, the same again.
    """
    if _id_at(a, k + step) != _id_at(b, j + step):
        return False
    if _id_at(a, k + step) < 0 or not a.traits[k + step] & _FREQUENT:
        return True
    return _id_at(a, k + 2 * step) == _id_at(b, j + 2 * step)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _replacing(a: Words, k: int64_t, b: Words) -> int64_t:
    """Give the last new word of a stretch that stands between the same words as one of another
    stretch, -1 for none.
    """
    j: int64_t
    if _may_be_replaced(a, k):
        for j in range(b.last - 1, b.first - 1, -1):
            if _may_be_replaced(b, j) and _is_alike(a, k, b, j, -1) and _is_alike(a, k, b, j, 1):
                return j
    return -1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _is_replaced(a: Words, b: Words) -> cython.bint:
    """Tell whether a new word stands between the same words as one of the other stretch."""
    k: int64_t
    for k in range(a.first, a.last):
        if _replacing(a, k, b) >= 0:
            return True
    return False


def replacing(a: Marked, b: Marked, ends_a: tuple, ends_b: tuple):
    """Pair the new words of a stretch with the last such one of another between the same words."""
    here: Words = a.stretch(ends_a[0], ends_a[1])
    there: Words = b.stretch(ends_b[0], ends_b[1])
    found: list = []
    k: int64_t
    j: int64_t
    for k in range(here.first, here.last):
        j = _replacing(here, k, there)
        if j >= 0:
            found.append((k, j))
    return found


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
@cython.overflowcheck(False)
def _one_side_alone(here: Words) -> uint64_t:
    """Give the groups of which a stretch has one side and not the other, by side.

    Each side of a group is a bit in its own half: shifted, the halves change places.
    """
    k: int64_t
    found: uint64_t = 0
    for k in range(here.first, here.last):
        found |= here.sides[k]
    return found & ~((found >> 32) | (found << 32))


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _a_negation_differs(a: Words, b: Words, back: int64_t) -> cython.bint:
    return _differ(a, b, _DENIES) and (
        _denies_a_word_of(a, b, back)
        or _denies_a_word_of(b, a, back)
        or _is_put_in(a, b)
        or _is_put_in(b, a)
    )


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _is_headline(here: Words) -> cython.bint:
    """Tell whether a stretch is a headline, which has no quotation to change."""
    if here.first == here.last:
        return False
    return here.traits[here.first] & here.traits[here.last - 1] & _HEADLINE != 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _traits_that_differ(a: Words, b: Words, back: int64_t) -> uint16_t:
    here_a: uint16_t = _all_traits(a)
    here_b: uint16_t = _all_traits(b)
    either: uint16_t = here_a | here_b
    found: uint16_t = either & _PREFIXED
    if either & _COUNTS and _differ(a, b, _COUNTS):
        found |= _COUNTS
    elif here_a & _AMOUNTS and here_b & _AMOUNTS and _differ(a, b, _AMOUNTS):
        found |= _COUNTS
    if here_a & here_b & _NEW and _names_may_differ(a, b):
        found |= _CAPITAL
    if here_a & here_b & _NEW and _is_replaced(a, b):
        found |= _NEW
    if either & _QUOTED and not (_is_headline(a) or _is_headline(b)):
        found |= _QUOTED
    if either & _DENIES and _a_negation_differs(a, b, back):
        found |= _DENIES
    if here_a & here_b & _OPPOSED:
        if _are_opposite(_one_side_alone(a), _one_side_alone(b)) or _turned_in_place(a, b):
            found |= _TURNS
    return found


def may_differ(a: Marked, b: Marked, ends_a: tuple, ends_b: tuple, back: cython.Py_ssize_t) -> int:
    """Give the traits of which two stretches may tell different facts, or 0.

    Each stretch has the words from the first of its ends to the second (exclusive). A negation
    denies one of the words behind it, or before it where there is ``back``.
    """
    here: Words = a.stretch(ends_a[0], ends_a[1])
    there: Words = b.stretch(ends_b[0], ends_b[1])
    return _traits_that_differ(here, there, back)
