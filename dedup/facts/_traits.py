"""The compiled loop that says which words of a text may tell a fact, by their ids."""

import cython
import numpy as np
from cython.cimports.dedup.facts._standing import mark_quotes, open_sentences
from cython.cimports.dedup.facts._table import WordTable, slot_of
from cython.cimports.dedup.facts._traits import (
    Words,
    is_alpha,
    is_decimal,
    is_lower,
    is_upper,
    to_lower,
)
from cython.cimports.dedup.text._words import word_id
from cython.cimports.libc.stdint import int32_t, int64_t, uint16_t, uint32_t, uint64_t

from dedup.facts.lexicon import GROUPS, LEAD_BITS, LEAST_REST, LEAST_WORD, STEM, Column, Trait
from dedup.text.vocabulary import POWERS

_COUNTS = cython.declare(uint16_t, Trait.COUNTS)
_OPPOSED = cython.declare(uint16_t, Trait.OPPOSED)
_DENIES = cython.declare(uint16_t, Trait.DENIES)
_CAPITAL = cython.declare(uint16_t, Trait.CAPITAL)
_CASELESS = cython.declare(uint16_t, Trait.CASELESS)
_PREFIXED = cython.declare(uint16_t, Trait.PREFIXED)
_SHORT = cython.declare(uint16_t, Trait.SHORT)
_IRREGULAR = cython.declare(uint16_t, Trait.IRREGULAR)
_LEAST_REST = cython.declare(cython.Py_ssize_t, LEAST_REST)
_LEAST_WORD = cython.declare(int32_t, LEAST_WORD)
_STEM = cython.declare(cython.Py_ssize_t, STEM)
_SIDES = cython.declare(cython.Py_ssize_t, Column.SIDES)
_IN_PLACE = cython.declare(cython.Py_ssize_t, Column.IN_PLACE)
_STEMS = cython.declare(cython.Py_ssize_t, Column.STEMS)
_LEADS = cython.declare(cython.Py_ssize_t, Column.LEADS)
_LEAD_BITS = cython.declare(uint32_t, LEAD_BITS)
_OF_ALL = cython.declare(uint64_t, 1 << (GROUPS - 1))
"""The side of all words that are on one side alone."""
_POWERS = cython.declare(cython.const[uint64_t][::1], POWERS)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _small(code: uint32_t) -> uint32_t:
    """Make a letter small."""
    return code | 0x20 if code < 0x80 else cython.cast(uint32_t, to_lower(code))


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
@cython.overflowcheck(False)
def _term(code: uint32_t, place: int64_t) -> uint64_t:
    """Give what a letter, made small, adds to the polynomial of its word."""
    return _small(code) * _POWERS[place & 63]


@cython.cfunc
@cython.nogil
@cython.exceptval(0, check=True)
@cython.overflowcheck(False)
def _id(codes: cython.const[uint32_t][::1], start: int64_t, end: int64_t) -> uint32_t:
    """Give the id of a word, as ``vocabulary.word_ids`` does, with its letters made small."""
    total: uint64_t = 0
    k: int64_t
    for k in range(end - start):
        total += _term(codes[start + k], k)
    return word_id(total)


@cython.cfunc
@cython.nogil
@cython.overflowcheck(False)
def _sides_of_beginning(
    codes: cython.const[uint32_t][::1], start: int64_t, end: int64_t, beginnings: WordTable
) -> uint64_t:
    """Gather the sides of all beginnings of a word; those of one side are of that of all, too."""
    total: uint64_t = 0
    found: uint64_t = 0
    longest: int64_t = _STEM
    k: int64_t = 0
    slot: int64_t
    while k < min(end - start, longest):
        total += _term(codes[start + k], k)
        k += 1
        if k >= _STEM:
            slot = slot_of(beginnings, word_id(total))
            if beginnings.traits[slot]:
                found |= beginnings.columns[_SIDES, slot]
                longest = max(longest, beginnings.traits[slot])
    if found and not found >> 32:
        found |= _OF_ALL
    elif found and not found << 32:
        found |= _OF_ALL << 32
    return found


@cython.cfunc
@cython.nogil
def _prefix_length(
    codes: cython.const[uint32_t][::1],
    start: int64_t,
    end: int64_t,
    prefixes: cython.const[uint32_t][:, ::1],
) -> cython.int:
    """Count the letters of a beginning that turns words round, 0 for none; rows end with zeros."""
    row: cython.Py_ssize_t
    k: int64_t
    longest: int64_t = min(prefixes.shape[1], end - start)
    for row in range(prefixes.shape[0]):
        k = 0
        while k < longest and prefixes[row, k] and _small(codes[start + k]) == prefixes[row, k]:
            k += 1
        if (k == prefixes.shape[1] or prefixes[row, k] == 0) and end - start >= k + _LEAST_REST:
            return cython.cast(cython.int, k)
    return 0


@cython.cclass
class Marked:
    """The words of a text, and what each may tell.

    ``words`` u32[n] are their ids, ``traits`` u16[n] flags of :class:`~dedup.facts.lexicon.Trait`,
    ``stems`` u32[n] the ids of their first letters, of an irregular form's those of its verb. The
    loops have more: the sides, u64[2, n], groups of words that turn round that a word is of, a bit
    each, one side in the lower half, its opposite in the upper, first of those with opposites
    anywhere, then in place; and the rests, u32[n], ids of what a prefix leaves of a word, 0 for
    none.
    """

    def __init__(
        self,
        codes: cython.const[uint32_t][::1],
        words: object,
        spans: cython.const[int32_t][:, ::1],
        cuts: cython.const[int32_t][:, ::1],
        table: WordTable,
        beginnings: WordTable,
        prefixes: cython.const[uint32_t][:, ::1],
    ):
        """Mark words.

        ``codes`` are the code points of the text; ``spans`` i32[2, n] where each word starts and
        ends; ``cuts`` i32[m, 3] its first word last, for each sentence; ``table`` has
        the words of a language; ``beginnings`` those of words with opposites; ``prefixes`` a row of
        code points each.
        """
        count: cython.Py_ssize_t = spans.shape[1]
        self.words = words
        self.traits = np.zeros(count, dtype=np.uint16)
        parts = np.zeros((2, count), dtype=np.uint32)
        self.stems = parts[0]
        self._words = words
        self._traits = self.traits
        self._sides = np.zeros((2, count), dtype=np.uint64)
        self._parts = parts
        if self._words.shape[0] != count or spans.shape[0] != 2:
            raise ValueError("words and spans: one for each word is wanted")
        if count and spans[1, count - 1] > codes.shape[0]:
            raise ValueError("spans: beyond the text")
        if cuts.shape[0] and not 0 <= cuts[cuts.shape[0] - 1, 2] <= count:
            raise ValueError("cuts: a sentence begins beyond the words")
        with cython.nogil:
            _mark_words(self, codes, spans, table, prefixes)
            _mark_begun(self, codes, spans, beginnings)
            _mark_known(self, table)
            mark_quotes(codes, spans, self._traits)
            open_sentences(self._traits, cuts)

    @cython.cfunc
    def stretch(self, first: int64_t, last: int64_t) -> Words:
        """Give the words from one to another (exclusive)."""
        if not 0 <= first <= last <= self._words.shape[0]:
            raise ValueError("first, last: outside the text")
        if not self._words.shape[0]:  # there is nothing to point at
            return Words(
                ids=cython.NULL,
                traits=cython.NULL,
                sides=cython.NULL,
                in_place=cython.NULL,
                stems=cython.NULL,
                rests=cython.NULL,
                count=0,
                first=0,
                last=0,
            )
        return Words(
            ids=cython.address(self._words[0]),
            traits=cython.address(self._traits[0]),
            sides=cython.address(self._sides[0, 0]),
            in_place=cython.address(self._sides[1, 0]),
            stems=cython.address(self._parts[0, 0]),
            rests=cython.address(self._parts[1, 0]),
            count=self._words.shape[0],
            first=first,
            last=last,
        )

    def with_trait(self, first: cython.Py_ssize_t, last: cython.Py_ssize_t, wanted: uint16_t):
        """Number the words from one to another (exclusive) that have one of some traits."""
        here: Words = self.stretch(first, last)
        found: list = []
        k: int64_t
        for k in range(here.first, here.last):
            if here.traits[k] & wanted:
                found.append(k)
        return found


@cython.cfunc
@cython.nogil
def _mark_words(
    marked: Marked,
    codes: cython.const[uint32_t][::1],
    spans: cython.const[int32_t][:, ::1],
    table: WordTable,
    prefixes: cython.const[uint32_t][:, ::1],
) -> cython.int:
    """Mark each word by itself: by the table, its first letter, and its beginning."""
    k: cython.Py_ssize_t
    prefix: cython.int
    trait: uint16_t
    start: int32_t
    end: int32_t
    code: uint32_t
    openings: uint32_t = 0
    for k in range(prefixes.shape[0]):
        openings |= cython.cast(uint32_t, 1) << (prefixes[k, 0] & 31)
    for k in range(spans.shape[1]):
        start, end = spans[0, k], spans[1, k]
        trait = table.traits[slot_of(table, marked._words[k])]
        code = codes[start]
        if 0x61 <= code <= 0x7A:
            pass
        elif is_decimal(code):
            trait |= _COUNTS
        elif is_upper(code):
            trait |= _CAPITAL
        elif not is_lower(code) and is_alpha(code):  # Arabic writes *and* and *in* together with 12
            trait |= _COUNTS if is_decimal(codes[end - 1]) else _CASELESS
        marked._parts[0, k] = _id(codes, start, min(end, start + _STEM))
        if end - start < _LEAST_WORD:
            trait |= _SHORT
        prefix = 0
        if (openings >> (_small(code) & 31)) & 1:
            prefix = _prefix_length(codes, start, end, prefixes)
        if prefix:
            trait |= _PREFIXED
            marked._parts[1, k] = _id(codes, start + prefix, end)
        marked._traits[k] = trait
    return 0


@cython.cfunc
@cython.nogil
def _mark_known(marked: Marked, table: WordTable) -> cython.int:
    """Mark the sides of words that the table knows as having opposites, and the stems of verbs.

    A word that has one as the end of several alone has none behind others than these.
    """
    k: cython.Py_ssize_t
    slot: int64_t
    stem: uint64_t
    leads: uint64_t
    for k in range(marked._traits.shape[0]):
        if marked._traits[k] & (_OPPOSED | _IRREGULAR):
            slot = slot_of(table, marked._words[k])
            stem = table.columns[_STEMS, slot]
            leads = table.columns[_LEADS, slot]
            if stem:
                marked._parts[0, k] = cython.cast(uint32_t, stem)
            if leads and (k == 0 or not (leads >> (marked._words[k - 1] % _LEAD_BITS)) & 1):
                if not marked._sides[1, k]:
                    marked._traits[k] &= ~_OPPOSED
                continue
            marked._sides[0, k] = table.columns[_SIDES, slot]
            marked._sides[1, k] |= table.columns[_IN_PLACE, slot]
    return 0


@cython.cfunc
@cython.nogil
def _mark_begun(
    marked: Marked,
    codes: cython.const[uint32_t][::1],
    spans: cython.const[int32_t][:, ::1],
    beginnings: WordTable,
) -> cython.int:
    """Mark the sides of the words that begin as words with opposites do."""
    k: cython.Py_ssize_t
    found: uint64_t
    for k in range(spans.shape[1]):
        if spans[1, k] - spans[0, k] < _STEM:
            continue
        if beginnings.traits[slot_of(beginnings, marked._parts[0, k])]:
            found = _sides_of_beginning(codes, spans[0, k], spans[1, k], beginnings)
            if found:
                marked._traits[k] |= _OPPOSED
                marked._sides[1, k] |= found
    return 0
