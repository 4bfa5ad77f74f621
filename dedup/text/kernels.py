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
    "band_keys",
    "bucket_pairs",
    "claim_places",
    "compiled",
    "decode_point",
    "inlined",
    "longest_row",
    "read_words",
    "row_digests",
    "shingle_hashes",
    "shingle_overlap",
    "signatures",
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

SHINGLE_WORDS = 3
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


_MIX_1 = np.uint64(0x9E3779B97F4A7C15)
_MIX_2 = np.uint64(0xD6E8FEB86659FD93)


@inlined
def _shingle(first: np.uint32, second: np.uint32, third: np.uint32) -> np.uint32:
    mixed = (np.uint64(first) * _MIX_1) ^ np.uint64(second)
    mixed = (mixed ^ (mixed >> np.uint64(32))) * _MIX_2 + np.uint64(third)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX_1
    return np.uint32(mixed >> np.uint64(32))


@inlined
def _fill_shingles(words: U32, start: int, end: int, target: U32, at: int) -> int:
    """Write the shingles of one text to ``target`` from ``at``; a short text is one shingle."""
    if end - start >= SHINGLE_WORDS:
        for k in range(start, end - SHINGLE_WORDS + 1):
            target[at] = _shingle(words[k], words[k + 1], words[k + 2])
            at += 1
    elif end - start == 2:
        target[at] = _shingle(words[start], words[start + 1], np.uint32(0))
        at += 1
    elif end - start == 1:
        target[at] = _shingle(words[start], np.uint32(0), np.uint32(0))
        at += 1
    return at


@compiled
def shingle_hashes(words: U32, offsets: I64) -> tuple[U32, I64]:
    """Hash the word 3-shingles of every row, in reading order, repeats kept, ragged u32.

    A row of one or two words has one shingle, an empty row none.
    """
    shingles = np.empty(words.size + 1, dtype=np.uint32)
    ends = np.zeros(offsets.size, dtype=np.int64)
    at = 0
    for row in range(offsets.size - 1):
        at = _fill_shingles(words, offsets[row], offsets[row + 1], shingles, at)
        ends[row + 1] = at
    return shingles[:at].copy(), ends


@compiled
def signatures(words: U32, offsets: I64, a: U32, b: U32) -> U32:
    """Sketch every row: MinHash over its word 3-shingles, u32[n, k], C order.

    datasketch's scheme ``affine32``: the shingle hash through MurmurHash3's finaliser, then the
    minimum of ``a[k] * h + b[k]`` modulo 2**32. An empty row is all 2**32 - 1.
    """
    rows, permutations = offsets.size - 1, a.size
    sketches = np.empty((rows, permutations), dtype=np.uint32)
    longest = 1
    for row in range(rows):
        longest = max(longest, offsets[row + 1] - offsets[row])
    hashes = np.empty(longest, dtype=np.uint32)
    for row in range(rows):
        count = _fill_shingles(words, offsets[row], offsets[row + 1], hashes, 0)
        for k in range(count):
            h = hashes[k]
            # The compiler widens products to 64 bits; the finaliser is defined on 32.
            h = np.uint32((h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B))
            h = np.uint32((h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35))
            hashes[k] = h ^ (h >> np.uint32(16))
        for p in range(permutations):
            factor, shift = a[p], b[p]
            least = np.uint32(0xFFFFFFFF)
            for k in range(count):
                least = min(least, np.uint32(factor * hashes[k] + shift))
            sketches[row, p] = least
    return sketches


_DIGEST_MIX = (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53))


@compiled
def row_digests(values: U32, offsets: I64) -> U64:
    """Digest every row of a ragged array to 128 bits, u64[n, 2]: equal rows, equal digests.

    Two multiplicative chains with other constants and shifts, and the length; each step can be
    undone, so rows of one length that differ in one value never agree.
    """
    digests = np.empty((offsets.size - 1, 2), dtype=np.uint64)
    for row in range(offsets.size - 1):
        length = np.uint64(offsets[row + 1] - offsets[row])
        first, second = _DIGEST_MIX
        for k in range(offsets[row], offsets[row + 1]):
            value = np.uint64(values[k])
            first = (first ^ value) * _MIX_1 + _MIX_2
            first ^= first >> np.uint64(32)
            second = (second + value) * _MIX_2 + _MIX_1
            second ^= second >> np.uint64(29)
        digests[row, 0] = (first ^ (first >> np.uint64(29)) ^ length) * _DIGEST_MIX[0]
        digests[row, 1] = (second ^ (second >> np.uint64(32)) ^ length) * _DIGEST_MIX[1]
    return digests


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


@compiled
def band_keys(sketches: U32, bands: int, rows: int) -> U64:
    """Hash each band of ``rows`` signature values to one key, u64[bands, n], C order."""
    n = sketches.shape[0]
    keys = np.empty((bands, n), dtype=np.uint64)
    for i in range(n):
        for band in range(bands):
            key = _MIX_2 + np.uint64(band)
            for k in range(band * rows, (band + 1) * rows):
                key = (key ^ np.uint64(sketches[i, k])) * _MIX_1
                key ^= key >> np.uint64(31)
            keys[band, i] = key
    return keys


@compiled
def bucket_pairs(packed: U64, id_bits: int, all_pairs: int, leaders: int) -> U64:
    """List the candidate pairs of one band.

    ``packed`` u64 is sorted: a key in the upper bits, a row number in the lowest ``id_bits``. A
    bucket of up to ``all_pairs`` rows gives all its pairs. In a larger one each row is paired
    with the ``leaders`` rows before it and with the bucket's first ``leaders`` rows, so that the
    cost stays linear. Returns ``i << 32 | j``, i < j, u64, unsorted and with repeats.
    """
    mask = (np.uint64(1) << np.uint64(id_bits)) - np.uint64(1)
    count = 0
    for writing in range(2):
        if writing:
            pairs = np.empty(count, dtype=np.uint64)
            count = 0
        start = 0
        while start < packed.size:
            key = packed[start] >> np.uint64(id_bits)
            end = start + 1
            while end < packed.size and packed[end] >> np.uint64(id_bits) == key:
                end += 1
            small = end - start <= all_pairs
            for y in range(start + 1, end):
                low = start if small else max(start, y - leaders)
                head = 0 if small else min(leaders, low - start)
                if writing:
                    j = packed[y] & mask
                    for x in range(low, y):
                        pairs[count] = ((packed[x] & mask) << np.uint64(32)) | j
                        count += 1
                    for x in range(start, start + head):
                        pairs[count] = ((packed[x] & mask) << np.uint64(32)) | j
                        count += 1
                else:
                    count += y - low + head
            start = end
    return pairs


@inlined
def _home(key: np.uint32, mask: int) -> np.int64:
    """Give the place in an open table at which the search for a key begins."""
    return np.int64((key * np.uint32(0x9E3779B1)) >> np.uint32(4)) & mask


@inlined
def _slot(key: np.uint32, keys: U32, used: I32, stamp: int, mask: int) -> np.int64:
    """Find where ``key`` stands, or the free place where it would, by linear probing."""
    at = _home(key, mask)
    while used[at] == stamp and keys[at] != key:
        at = (at + 1) & mask
    return at


@compiled
def shingle_overlap(words: U32, offsets: I64, pairs: I64) -> I64:
    """Count distinct shingles: of i, of j, of both, for each pair (i, j); i64[m, 3].

    Pairs in order of i cost least: the table of i is built once.
    """
    longest = 1
    for m in range(pairs.shape[0]):
        for side in range(2):
            row = pairs[m, side]
            longest = max(longest, offsets[row + 1] - offsets[row])
    size = 16
    while size < 2 * longest:
        size *= 2
    mask = size - 1
    keys_i, keys_j = np.empty(size, np.uint32), np.empty(size, np.uint32)
    used_i, used_j = np.full(size, -1, np.int32), np.full(size, -1, np.int32)
    buffer = np.empty(longest, np.uint32)
    counts = np.zeros((pairs.shape[0], 3), np.int64)
    built, distinct_i, stamp_i = -1, 0, 0
    for m in range(pairs.shape[0]):
        i, j = pairs[m, 0], pairs[m, 1]
        if i != built:
            built, distinct_i, stamp_i = i, 0, m
            n = _fill_shingles(words, offsets[i], offsets[i + 1], buffer, 0)
            for k in range(n):
                at = _slot(buffer[k], keys_i, used_i, stamp_i, mask)
                if used_i[at] != stamp_i:
                    used_i[at] = stamp_i
                    keys_i[at] = buffer[k]
                    distinct_i += 1
        n = _fill_shingles(words, offsets[j], offsets[j + 1], buffer, 0)
        distinct_j = shared = 0
        for k in range(n):
            at = _slot(buffer[k], keys_j, used_j, m, mask)
            if used_j[at] != m:
                used_j[at] = m
                keys_j[at] = buffer[k]
                distinct_j += 1
                shared += used_i[_slot(buffer[k], keys_i, used_i, stamp_i, mask)] == stamp_i
        counts[m, 0], counts[m, 1], counts[m, 2] = distinct_i, distinct_j, shared
    return counts
