"""The compiled loops of the MinHash lane, from bytes to pairs, and how every loop is compiled.

Arrays in, arrays out: no loop knows of texts or ids. They release the interpreter lock and are
cached on disk after the first compilation.
A ragged array is a flat one and ``offsets`` i64[n+1]: row ``i`` is
``flat[offsets[i]:offsets[i+1]]``.
Each kernel has a naive twin in ``tests/oracles.py`` that Hypothesis holds in step with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numba
import numpy as np

from dedup.arrays import I32, I64, U8, U32, U64

__all__ = [
    "claim_places",
    "compiled",
    "decode_point",
    "inlined",
    "longest_row",
    "read_words",
]

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a loop when it is first called; it runs without the interpreter lock."""
    made: F = numba.njit(nogil=True, cache=True, boundscheck=False)(function)
    return made


def inlined(function: F) -> F:
    """Compile a piece of a loop into the loops that call it."""
    made: F = numba.njit(nogil=True, cache=True, forceinline=True)(function)
    return made


@inlined
def longest_row(offsets: I64) -> int:
    """Give the length of the longest row of a ragged array, 1 at least."""
    longest = 1
    for row in range(offsets.size - 1):
        longest = max(longest, offsets[row + 1] - offsets[row])
    return longest


LETTER, SEPARATOR, SINGLE, MARK, IGNORED = 1, 2, 3, 4, 5
"""Classes of code points, as :class:`dedup.text.tokens.Class` has them; 0 is one not classified
yet."""
CLASS_BITS = 7
COMPOSES = 8
"""Flag of a code point that may compose with its neighbours, so that its text is composed first."""
UNKNOWN = 16

WORD_PERIOD = 64
_WORD_BASE = np.uint64(0x9E3779B97F4A7C15)
_WORD_MIX = np.uint64(0xD6E8FEB86659FD93)


@inlined
def _finish_word(total: np.uint64) -> np.uint32:
    """Turn a word's polynomial into its id, as :func:`dedup.text.vocabulary.word_ids` does."""
    return np.uint32(((total ^ (total >> np.uint64(32))) * _WORD_MIX) >> np.uint64(32))


WIDE = 255
"""In place of a byte that is part of a longer UTF-8 sequence."""


def _fold_ascii() -> U8:
    """Give for every byte its lower case, 0 for a separator and ``WIDE`` beyond ASCII, u8[256]."""
    folded = np.zeros(256, dtype=np.uint8)
    for byte in b"abcdefghijklmnopqrstuvwxyz0123456789":
        folded[byte] = byte
    folded[ord("A") : ord("Z") + 1] = np.arange(ord("a"), ord("z") + 1)
    folded[128:] = WIDE
    return folded


_ASCII = _fold_ascii()


@inlined
def _powers() -> U64:
    """Give the powers of the words' polynomial, u64[WORD_PERIOD]."""
    powers = np.ones(WORD_PERIOD, dtype=np.uint64)
    for k in range(1, WORD_PERIOD):
        powers[k] = powers[k - 1] * _WORD_BASE
    return powers


@inlined
def decode_point(source: U8, at: np.uint64) -> tuple[np.uint32, np.uint64]:
    """Read the code point of two to four UTF-8 bytes that begins at ``at``; also where it ends."""
    lead = np.uint32(source[at])
    low = np.uint32(0x3F)
    six = np.uint32(6)
    second = np.uint32(source[at + np.uint64(1)]) & low
    if lead < 0xE0:
        return ((lead & np.uint32(0x1F)) << six) | second, at + np.uint64(2)
    third = np.uint32(source[at + np.uint64(2)]) & low
    if lead < 0xF0:
        return ((((lead & np.uint32(0x0F)) << six) | second) << six) | third, at + np.uint64(3)
    fourth = np.uint32(source[at + np.uint64(3)]) & low
    head = ((((lead & np.uint32(0x07)) << six) | second) << six) | third
    return (head << six) | fourth, at + np.uint64(4)


@inlined
def _read_text(
    text: U8, classes: U8, folds: tuple[I32, U32], powers: U64, totals: U64
) -> tuple[np.int64, np.uint8]:
    """Write the polynomials of one text's words to ``totals``; how many, and the text's state."""
    fold_at, fold_codes = folds
    # Unsigned throughout: a signed index costs a test for counting from the end.
    none, one, turn = np.uint64(0), np.uint64(1), np.uint64(WORD_PERIOD - 1)
    at, end = none, np.uint64(text.size)
    count, state = none, np.uint8(0)
    total, place = none, none  # the open word's sum, and the place of its next code point
    inside = np.uint8(0)  # the class of the word that is open, 0 for none
    while at < end:
        byte = _ASCII[text[at]]
        if byte != WIDE:
            if inside == SINGLE:
                totals[count] = total
                count += one
                total, place, inside = none, none, np.uint8(0)
            # Words are short: a branch at each of their ends costs more than it saves.
            is_open = np.uint64(inside != 0)
            while at < end and byte != WIDE:
                letter = np.uint64(byte != 0)
                totals[count] = total
                count += is_open & (letter ^ one)
                total = (total + np.uint64(byte) * powers[place & turn]) & (none - letter)
                place = (place + one) & (none - letter)
                is_open = letter
                at += one
                if at < end:
                    byte = _ASCII[text[at]]
            inside = np.uint8(LETTER if is_open else 0)
            continue
        code, at = decode_point(text, at)
        flags = classes[code]
        kind = flags & CLASS_BITS
        state |= flags & COMPOSES if flags else UNKNOWN
        if inside and kind != MARK and kind != IGNORED and (kind != LETTER or inside == SINGLE):
            totals[count] = total
            count += one
            total, place, inside = none, none, np.uint8(0)
        if kind == LETTER or kind == SINGLE:
            inside = np.uint8(kind)
        elif kind != MARK or inside == 0:
            continue
        first = fold_at[code]
        if first == 0:
            total += np.uint64(code) * powers[place & turn]
            place += one
        else:
            for k in range(first + 1, first + 1 + np.int64(fold_codes[first])):
                total += np.uint64(fold_codes[k]) * powers[place & turn]
                place += one
    if inside:
        totals[count] = total
        count += one
    return np.int64(count), state


@compiled
def read_words(
    source: U8, offsets: I64, classes: U8, fold_at: I32, fold_codes: U32
) -> tuple[U32, I64, U8]:
    """Cut texts into word ids, as :func:`dedup.text.vocabulary.word_ids` gives them to folded
    words.

    ``source`` u8 is the texts in UTF-8 (surrogates passed) end to end, ``offsets`` in bytes.
    ``classes`` u8[0x110000] gives each code point's class and flags. A code point c folds to itself
    where ``fold_at[c]`` is 0, else to the ``fold_codes[fold_at[c]]`` code points that follow there.
    Returns the words, ragged u32, and ``state`` u8[n]: ``UNKNOWN`` for a row with a code point that
    ``classes`` lacks (its words mean nothing then), ``COMPOSES`` for one to be composed first.
    """
    ends = np.zeros(offsets.size, dtype=np.int64)
    state = np.zeros(offsets.size - 1, dtype=np.uint8)
    words = np.empty(source.size + 1, dtype=np.uint32)
    totals = np.empty(longest_row(offsets) + 1, dtype=np.uint64)
    powers = _powers()
    folds = fold_at, fold_codes
    written = np.int64(0)
    for row in range(offsets.size - 1):
        text = source[offsets[row] : offsets[row + 1]]
        count, state[row] = _read_text(text, classes, folds, powers, totals)
        for k in range(count):
            words[written + k] = _finish_word(totals[k])
        written += count
        ends[row + 1] = written
    return words[:written].copy(), ends, state


@compiled
def claim_places(digests: U64, places: U64, keys: U64, taken: U64) -> U64:
    """Enter digests into an open table, in place: give who has each already, u64[n], 0 for none.

    ``keys`` u64[size] holds digests, 0 for a free slot, and ``taken`` u64[size] their places;
    ``size`` is a power of two that the caller keeps at twice what it will hold.
    """
    mask = np.uint64(keys.size - 1)
    first = np.zeros(digests.size, dtype=np.uint64)
    for k in range(digests.size):
        at = digests[k] & mask
        while keys[at] != 0 and keys[at] != digests[k]:
            at = (at + np.uint64(1)) & mask
        if keys[at] == 0:
            keys[at] = digests[k]
            taken[at] = places[k]
        else:
            first[k] = taken[at]
    return first
