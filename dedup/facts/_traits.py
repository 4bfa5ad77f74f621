"""The compiled loop that says which words of a text may tell a fact, by their ids."""

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
    uint16_t,
    uint32_t,
    uint64_t,
)

from dedup.facts.lexicon import Trait

__all__ = ["mark_words", "number_words"]

_COUNTS = cython.declare(uint16_t, Trait.COUNTS)
_DENIES = cython.declare(uint16_t, Trait.DENIES)
_TURNS = cython.declare(uint16_t, Trait.TURNS)
_CAPITAL = cython.declare(uint16_t, Trait.CAPITAL)
_CASELESS = cython.declare(uint16_t, Trait.CASELESS)
_QUOTED = cython.declare(uint16_t, Trait.QUOTED)
_PREFIXED = cython.declare(uint16_t, Trait.PREFIXED)
_OPENS = cython.declare(uint16_t, Trait.OPENS)
_HEADLINE = cython.declare(uint16_t, Trait.HEADLINE)
_LEAST_REST = cython.declare(cython.Py_ssize_t, 4)
"""Letters that must follow a beginning that turns a word round."""
_STEM = cython.declare(cython.Py_ssize_t, 4)
"""Letters by which neighbours of names are compared."""
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
        return code == 0x5F4
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


def number_words(letters: cython.const[uint32_t][::1], offsets: cython.const[int64_t][::1]):
    """Give the ids of folded words, u32[n]; ``offsets`` i64[n+1] part the letters."""
    found = np.empty(offsets.shape[0] - 1, dtype=np.uint32)
    ids: uint32_t[::1] = found
    k: cython.Py_ssize_t
    if offsets[offsets.shape[0] - 1] > letters.shape[0]:
        raise ValueError("offsets: beyond the letters")
    with cython.nogil:
        for k in range(ids.shape[0]):
            ids[k] = cython.cast(uint32_t, _id(letters, offsets[k], offsets[k + 1]))
    return found


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
    openings: uint32_t = 0
    with cython.nogil:
        for k in range(prefixes.shape[0]):
            openings |= cython.cast(uint32_t, 1) << (prefixes[k, 0] & 31)
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
            prefix = 0
            if (openings >> (code & 31)) & 1:
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
