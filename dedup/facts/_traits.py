"""The compiled loops that say which words may tell a fact, and where linked sentences may differ.

They look words up by id, so that only real differences are read as text.
"""

import cython
import numpy as np
from cython.cimports.dedup.facts._traits import (
    is_alpha,
    is_decimal,
    is_lower,
    is_upper,
    to_lower,
)
from cython.cimports.libc.stdint import (
    int32_t,
    int64_t,
    uint8_t,
    uint16_t,
    uint32_t,
    uint64_t,
)

from dedup.facts.lexicon import Trait

__all__ = ["mark_new", "mark_words", "may_differ"]

_COUNTS = cython.declare(uint16_t, Trait.COUNTS)
_DENIES = cython.declare(uint16_t, Trait.DENIES)
_TURNS = cython.declare(uint16_t, Trait.TURNS)
_CAPITAL = cython.declare(uint16_t, Trait.CAPITAL)
_CASELESS = cython.declare(uint16_t, Trait.CASELESS)
_QUOTED = cython.declare(uint16_t, Trait.QUOTED)
_PREFIXED = cython.declare(uint16_t, Trait.PREFIXED)
_NEW = cython.declare(uint16_t, Trait.NEW)
_OPENS = cython.declare(uint16_t, Trait.OPENS)
_FREQUENT = cython.declare(uint16_t, Trait.FREQUENT)
_HEADLINE = cython.declare(uint16_t, Trait.HEADLINE)
_LEAST_REST = cython.declare(cython.Py_ssize_t, 4)
"""Letters that must follow a beginning that turns a word round."""
_REACH = cython.declare(int64_t, 4)
"""Words between a negation and what it denies at most."""
_STEM = cython.declare(cython.Py_ssize_t, 4)
"""Letters by which neighbours of names are compared."""
_LOWER = cython.declare(uint64_t, 0xFFFFFFFF)
_LEAST_QUOTED = cython.declare(cython.Py_ssize_t, 3)
"""Words of the shortest quotation."""
_BASE = cython.declare(uint64_t, 0x9E3779B97F4A7C15)
_MIX = cython.declare(uint64_t, 0xD6E8FEB86659FD93)
_PERIOD = cython.declare(cython.Py_ssize_t, 64)
_HEADLINE_TENTHS = cython.declare(int64_t, 7)
"""Tenths of a sentence's cased words from which capitals say nothing."""


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _is_quote(code: uint32_t) -> cython.bint:
    if code == 0x22 or code == 0xAB or code == 0xBB:
        return True
    if code < 0x2018:
        return False
    return (
        code <= 0x201F
        or code == 0x2039
        or code == 0x203A
        or (0x300C <= code <= 0x300F)
        or code == 0xFF02
    )


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _slot(
    word: uint32_t, slots: cython.const[uint32_t][::1], traits: cython.const[uint16_t][::1]
) -> cython.Py_ssize_t:
    """Find the slot of a word, or the free one where it would stand."""
    mask: uint32_t = cython.cast(uint32_t, slots.shape[0] - 1)
    at: uint32_t = (word >> 5) & mask
    while traits[at] != 0 and slots[at] != word:
        at = (at + 1) & mask
    return at


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
@cython.overflowcheck(False)
def _id(codes: cython.const[uint32_t][::1], start: int64_t, end: int64_t) -> int64_t:
    """Give the id of a word, as ``vocabulary.word_ids`` does, with its letters made small."""
    total: uint64_t = 0
    power: uint64_t = 1
    k: cython.Py_ssize_t
    code: uint32_t
    for k in range(end - start):
        code = codes[start + k]
        code = to_lower(code) if code >= 0x80 else (code | 0x20 if 0x41 <= code <= 0x5A else code)
        if k % _PERIOD == 0:
            power = 1
        total += code * power
        power *= _BASE
    return cython.cast(int64_t, ((total ^ (total >> 32)) * _MIX) >> 32)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1)
def _prefix_length(
    codes: cython.const[uint32_t][::1],
    start: int64_t,
    end: int64_t,
    prefixes: cython.const[uint32_t][:, ::1],
) -> cython.int:
    """Count the letters of a beginning that turns words round, 0 for none; rows end with zeros."""
    row: cython.Py_ssize_t
    k: cython.Py_ssize_t
    for row in range(prefixes.shape[0]):
        k = 0
        if (codes[start] | 0x20 if codes[start] < 0x80 else codes[start]) != prefixes[row, 0]:
            continue
        while (
            k < prefixes.shape[1]
            and prefixes[row, k] != 0
            and start + k < end
            and (codes[start + k] | 0x20 if codes[start + k] < 0x80 else codes[start + k])
            == prefixes[row, k]
        ):
            k += 1
        if (k == prefixes.shape[1] or prefixes[row, k] == 0) and end - start >= k + _LEAST_REST:
            return cython.cast(cython.int, k)
    return 0


def mark_words(
    codes: cython.const[uint32_t][::1],
    words: cython.const[uint32_t][::1],
    starts: cython.const[int32_t][::1],
    ends: cython.const[int32_t][::1],
    bounds: cython.const[int64_t][::1],
    slots: cython.const[uint32_t][::1],
    known: cython.const[uint16_t][::1],
    known_sides: cython.const[uint64_t][::1],
    prefixes: cython.const[uint32_t][:, ::1],
):
    """Give each word of a text its traits u16[n], its sides u64[n], its stem and the rest u32[n].

    ``codes`` are the code points of the text; ``bounds`` the first word of each sentence and the
    number of words; ``slots``, ``known`` and ``known_sides`` an open table from ids to traits and
    sides of a language. The sides are the groups of words that turn round that a word is of, a bit
    each, one side in the lower half, its opposite in the upper; the stem is the id of its first
    letters, the rest that of what a prefix leaves of it, 0 where it has none.
    """
    count: cython.Py_ssize_t = words.shape[0]
    found = np.zeros(count, dtype=np.uint16)
    found_sides = np.zeros(count, dtype=np.uint64)
    found_stems = np.zeros(count, dtype=np.uint32)
    found_rests = np.zeros(count, dtype=np.uint32)
    if starts.shape[0] != count or ends.shape[0] != count:
        raise ValueError("starts and ends: one for each word is wanted")
    if count and ends[count - 1] > codes.shape[0]:
        raise ValueError("ends: beyond the text")
    if bounds.shape[0] == 0 or bounds[bounds.shape[0] - 1] != count:
        raise ValueError("bounds: the number of words is wanted last")
    traits: uint16_t[::1] = found
    sides: uint64_t[::1] = found_sides
    stems: uint32_t[::1] = found_stems
    rests: uint32_t[::1] = found_rests
    k: cython.Py_ssize_t
    slot: cython.Py_ssize_t
    prefix: cython.int
    trait: uint16_t
    code: uint32_t
    with cython.nogil:
        for k in range(count):
            slot = _slot(words[k], slots, known)
            trait = known[slot]
            if trait & _TURNS:
                sides[k] = known_sides[slot]
            code = codes[starts[k]]
            if is_decimal(code):
                trait |= _COUNTS
            elif is_upper(code):
                trait |= _CAPITAL
            elif not is_lower(code) and is_alpha(code):
                trait |= _CASELESS
            traits[k] = trait
            stems[k] = cython.cast(uint32_t, _id(codes, starts[k], min(ends[k], starts[k] + _STEM)))
            prefix = _prefix_length(codes, starts[k], ends[k], prefixes)
            if prefix:
                traits[k] |= _PREFIXED
                rests[k] = cython.cast(uint32_t, _id(codes, starts[k] + prefix, ends[k]))
        _mark_quotes(codes, starts, ends, traits)
        _open_sentences(traits, bounds)
    return found, found_sides, found_stems, found_rests


@cython.cfunc
@cython.nogil
@cython.exceptval(-1)
def _mark_quotes(
    codes: cython.const[uint32_t][::1],
    starts: cython.const[int32_t][::1],
    ends: cython.const[int32_t][::1],
    traits: uint16_t[::1],
) -> cython.int:
    """Mark the words beside quotation marks, not at apostrophes and words at arm's length."""
    count: cython.Py_ssize_t = starts.shape[0]
    k: cython.Py_ssize_t
    opened: cython.Py_ssize_t = -_LEAST_QUOTED
    at: int64_t
    start: int64_t
    end: int64_t
    blank: cython.bint
    for k in range(count + 1):
        start = ends[k - 1] if k else 0
        end = starts[k] if k < count else codes.shape[0]
        if (
            k
            and k < count
            and end == start + 1
            and (codes[start] == 0x2019 or codes[start] == 0x27)
        ):
            continue
        blank = k == 0
        for at in range(start, end):
            if not _is_quote(codes[at]):
                blank = blank or codes[at] <= 0x20 or codes[at] == 0xA0
            elif blank or at + 1 == end:
                if k < count:
                    traits[k] |= _QUOTED
                    if at + 1 == end:
                        traits[k] |= _OPENS
                    opened = k
            elif k - opened < _LEAST_QUOTED:
                traits[opened] &= ~_QUOTED
            else:
                traits[k - 1] |= _QUOTED
    return 0


@cython.cfunc
@cython.nogil
@cython.exceptval(-1)
def _open_sentences(traits: uint16_t[::1], bounds: cython.const[int64_t][::1]) -> cython.int:
    """Take capitals from the words that open a sentence, capitals and quotes from headlines."""
    s: cython.Py_ssize_t
    k: int64_t
    capitals: int64_t
    cased: int64_t
    for s in range(bounds.shape[0] - 1):
        capitals = 0
        cased = 0
        for k in range(bounds[s] + 1, bounds[s + 1]):  # the first word has one anyway
            if traits[k] & _CAPITAL:
                capitals += 1
            if not traits[k] & (_CASELESS | _COUNTS):
                cased += 1
        if cased > 1 and 10 * capitals >= _HEADLINE_TENTHS * cased:
            for k in range(bounds[s], bounds[s + 1]):
                traits[k] = (traits[k] & ~(_CAPITAL | _QUOTED)) | _HEADLINE
        elif bounds[s] < bounds[s + 1]:
            traits[bounds[s]] |= _OPENS
        for k in range(bounds[s], bounds[s + 1]):
            if traits[k] & _OPENS and not (k + 1 < bounds[s + 1] and traits[k + 1] & _CAPITAL):
                traits[k] &= ~_CAPITAL
    return 0


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
        if _denies_a_word_of(
            traits_a, stems_a, first_a, last_a, stems_b, first_b, last_b, back
        ) or _denies_a_word_of(traits_b, stems_b, first_b, last_b, stems_a, first_a, last_a, back):
            found |= _DENIES
    if here_a & here_b & _TURNS and _turn_round(
        _all_sides(sides_a, first_a, last_a), _all_sides(sides_b, first_b, last_b)
    ):
        found |= _TURNS
    if either & _PREFIXED:
        found |= _PREFIXED
    return found
