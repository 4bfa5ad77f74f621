"""The compiled loops and nothing else: arrays in, arrays out.

Everything here releases the interpreter lock and is cached on disk after the first compilation.
A ragged array is a flat one and ``offsets`` i64[n+1]: row ``i`` is
``flat[offsets[i]:offsets[i+1]]``.
Each kernel has a naive twin in ``tests/oracles.py`` that Hypothesis holds in step with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

__all__ = [
    "band_keys",
    "bucket_pairs",
    "claim_places",
    "compiled",
    "count_words",
    "enter_words",
    "find_roots",
    "inlined",
    "join_terms",
    "longest_row",
    "post_terms",
    "rank_words",
    "read_words",
    "row_digests",
    "shingle_hashes",
    "shingle_overlap",
    "signatures",
    "weigh_rows",
]

U16 = NDArray[np.uint16]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]
F32 = NDArray[np.float32]

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a loop when it is first called; it runs without the interpreter lock."""
    made: F = numba.njit(nogil=True, cache=True, boundscheck=False)(function)
    return made


def inlined(function: F) -> F:
    """Compile a piece of a loop into the loops that call it."""
    made: F = numba.njit(nogil=True, cache=True, forceinline=True)(function)
    return made


LETTER, SEPARATOR, SINGLE, MARK, IGNORED = 1, 2, 3, 4, 5
"""Classes of code points, as :class:`dedup.text.Class` has them; 0 is one not classified yet."""
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
    """Turn a word's polynomial into its id, as :func:`dedup.vocabulary.word_ids` does."""
    return np.uint32(((total ^ (total >> np.uint64(32))) * _WORD_MIX) >> np.uint64(32))


WIDE = 255
"""In place of a byte that is part of a longer UTF-8 sequence."""


def _fold_ascii() -> NDArray[np.uint8]:
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
def _decode(source: NDArray[np.uint8], at: np.uint64) -> tuple[np.uint32, np.uint64]:
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


@compiled
def read_words(
    source: NDArray[np.uint8],
    offsets: I64,
    classes: NDArray[np.uint8],
    fold_at: NDArray[np.int32],
    fold_codes: U32,
) -> tuple[U32, I64, NDArray[np.uint8]]:
    """Cut texts into word ids, as :func:`dedup.vocabulary.word_ids` gives them to folded words.

    ``source`` u8 is the texts in UTF-8 (surrogates passed) end to end, ``offsets`` in bytes.
    ``classes`` u8[0x110000] gives each code point's class and flags. A code point c folds to itself
    where ``fold_at[c]`` is 0, else to the ``fold_codes[fold_at[c]]`` code points that follow there.
    Returns the words, ragged u32, and ``state`` u8[n]: ``UNKNOWN`` for a row with a code point that
    ``classes`` lacks (its words mean nothing then), ``COMPOSES`` for one to be composed first.
    """
    ends = np.zeros(offsets.size, dtype=np.int64)
    state = np.zeros(offsets.size - 1, dtype=np.uint8)
    words = np.empty(source.size + 1, dtype=np.uint32)
    longest = np.int64(0)
    for row in range(offsets.size - 1):
        longest = max(longest, offsets[row + 1] - offsets[row])
    totals = np.empty(longest + 1, dtype=np.uint64)
    powers = _powers()
    # Unsigned throughout: a signed index costs a test for counting from the end.
    none, one, turn = np.uint64(0), np.uint64(1), np.uint64(WORD_PERIOD - 1)
    written = np.int64(0)
    for row in range(offsets.size - 1):
        count = none
        total, place = none, none  # the open word's sum, and the place of its next code point
        inside = np.uint8(0)  # the class of the word that is open, 0 for none
        at, end = np.uint64(offsets[row]), np.uint64(offsets[row + 1])
        while at < end:
            byte = _ASCII[source[at]]
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
                        byte = _ASCII[source[at]]
                inside = np.uint8(LETTER if is_open else 0)
                continue
            code, at = _decode(source, at)
            flags = classes[code]
            kind = flags & CLASS_BITS
            if flags == 0:
                state[row] |= UNKNOWN
            state[row] |= flags & COMPOSES
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
        for k in range(np.int64(count)):
            words[written + k] = _finish_word(totals[k])
        written += np.int64(count)
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
def signatures(words: U32, offsets: I64, a: U32, b: U32) -> NDArray[np.uint32]:
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
def band_keys(sketches: NDArray[np.uint32], bands: int, rows: int) -> U64:
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
def _slot(key: np.uint32, keys: U32, used: NDArray[np.int32], stamp: int, mask: int) -> np.int64:
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


@compiled
def count_words(
    words: U32, offsets: I64, table: tuple[U64, U32, U64], common: U32, state: tuple[int, int, int]
) -> tuple[U32, I64, int]:
    """Add each row's distinct words to a table of document frequencies, in place.

    ``table`` is ``slots`` u64[size], an open table that holds ``word << 32 | number + 1``, 0 for a
    free slot, with ``size`` a power of two that the caller keeps at least twice as large as it will
    fill; ``ids`` u32[numbers], the word of each number; and ``counts`` u64[numbers],
    ``row << 32 | count`` with the row that last added to it, from 1 on. ``common`` u32[COMMON_SIZE]
    holds words to pass over, one for each value of a word's upper bits: most of a text is common
    words. One in more than ``most`` rows is put there; where another takes its place it is counted
    again, so that its count may stay anywhere above ``most``. ``state`` is how many rows and
    numbers there are already, and ``most``. Returns the numbers of each row's distinct words that
    were not passed over, ragged u32, and how many numbers there are now.
    """
    slots, ids, counts = table
    first, numbers, most = state
    longest = longest_row(offsets)
    left, found = np.empty(longest, np.uint32), np.empty(longest, np.uint32)
    kept, ends = np.empty(words.size, np.uint32), np.zeros(offsets.size, np.int64)
    written = np.uint64(0)
    for row in range(offsets.size - 1):
        stamp = np.uint64(first + row + 1)
        size = np.uint64(0)
        for k in range(np.uint64(offsets[row]), np.uint64(offsets[row + 1])):
            left[size] = words[k]
            size += np.uint64(common[words[k] >> COMMON_SHIFT] != words[k])
        for k in range(size):
            at = _word_slot(left[k], slots)
            if slots[at] == 0:
                ids[numbers] = left[k]
                numbers += 1
                slots[at] = (np.uint64(left[k]) << _HALF) | np.uint64(numbers)
            found[k] = np.uint32(slots[at] & _LOW) - np.uint32(1)
        for k in range(size):  # a loop of its own, without a branch that could not be foreseen
            number = found[k]
            is_new = np.uint64((counts[number] >> _HALF) != stamp)
            count = (counts[number] & _LOW) + is_new
            counts[number] = (stamp << _HALF) | count
            kept[written] = number
            written += is_new
            if count > np.uint64(most):
                common[ids[number] >> COMMON_SHIFT] = ids[number]
        ends[row + 1] = np.int64(written)
    return kept[:written].copy(), ends, numbers


COMMON_SIZE = 1 << 18
COMMON_SHIFT = np.uint32(14)
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)


@inlined
def longest_row(offsets: I64) -> int:
    """Give the length of the longest row of a ragged array, 1 at least."""
    longest = 1
    for row in range(offsets.size - 1):
        longest = max(longest, offsets[row + 1] - offsets[row])
    return longest


@inlined
def _word_slot(word: np.uint32, slots: U64) -> np.uint64:
    """Find where a word stands in a table of words, or the free place where it would."""
    at = (np.uint64(word) * np.uint64(slots.size)) >> _HALF  # word ids spread evenly
    mask = np.uint64(slots.size - 1)
    while slots[at] != 0 and np.uint32(slots[at] >> _HALF) != word:
        at = (at + np.uint64(1)) & mask
    return at


@compiled
def enter_words(ids: U32, slots: U64) -> None:
    """Enter words, numbered in order, into an empty table of :func:`count_words`, in place."""
    for number in range(ids.size):
        word = np.uint64(ids[number])
        slots[_word_slot(ids[number], slots)] = (word << _HALF) | np.uint64(number + 1)


NO_RANK = np.uint32(0xFFFFFFFF)


@compiled
def rank_words(
    numbers: U32, offsets: I64, ranks: U32, tiers: tuple[int, int], limits: tuple[int, int]
) -> tuple[U32, I64, NDArray[np.int32]]:
    """Put words by their rank and pick the terms of every row.

    ``numbers`` ragged u32 are the distinct words of each row; ``ranks`` u32[v] says how rare each
    is, 0 the rarest, ``NO_RANK`` for one to leave out. A row's terms are its rarest words of a rank
    below ``tiers[0]``, ``limits[0]`` at most; where those are fewer than ``limits[1]``, so many of
    its words of a rank below ``tiers[1]``. Returns the ranks of each row's words, ragged u32, the
    terms first, and how many terms each row has, i32[n].
    """
    values = np.empty(offsets[-1] - offsets[0], np.uint32)
    ends = np.zeros(offsets.size, np.int64)
    terms = np.zeros(offsets.size - 1, np.int32)
    others = np.empty(longest_row(offsets), np.uint32)
    rare = np.uint32(tiers[0])
    at = np.uint64(0)
    for row in range(offsets.size - 1):
        start, left = at, np.uint64(0)
        for k in range(np.uint64(offsets[row]), np.uint64(offsets[row + 1])):
            rank = ranks[numbers[k]]
            values[at] = others[left] = rank
            at += np.uint64(rank < rare)
            left += np.uint64((rank >= rare) & (rank != NO_RANK))
        count = np.int64(at - start)
        for k in range(left):
            values[at + k] = others[k]
        at += left
        if count < limits[1]:
            values[start:at].sort()
            held = np.searchsorted(values[start:at], np.uint32(tiers[1]))
            count = min(np.int64(limits[1]), np.int64(held))
        elif count > limits[0]:
            values[start : start + np.uint64(count)].sort()
            count = np.int64(limits[0])
        terms[row] = count
        ends[row + 1] = np.int64(at)
    return values[:at].copy(), ends, terms


@compiled
def post_terms(values: U32, offsets: I64, terms: NDArray[np.int32], ranks: int) -> tuple[I64, U32]:
    """Invert the terms of rows to posting lists.

    ``values`` ragged u32, of row ``i`` the first ``terms[i]`` count, all below ``ranks``. Returns
    ``starts`` i64[ranks + 1] and the rows, u32, ascending in each list.
    """
    starts = np.zeros(ranks + 1, np.int64)
    for row in range(terms.size):
        for k in range(offsets[row], offsets[row] + terms[row]):
            starts[values[k] + 1] += 1
    for term in range(ranks):
        starts[term + 1] += starts[term]
    ends = starts.copy()
    rows = np.empty(starts[ranks], np.uint32)
    for row in range(terms.size):
        for k in range(offsets[row], offsets[row] + terms[row]):
            rows[ends[values[k]]] = row
            ends[values[k]] += 1
    return starts, rows


@compiled
def weigh_rows(
    values: U32, offsets: I64, terms: NDArray[np.int32], gains: U16, masses: U32
) -> tuple[F32, U64]:
    """Give the length of each row's vector of terms, f32[n], and the mass of its words, u64[n].

    A term adds its ``gains`` to the square of the length; each word, term or not, its ``masses``.
    """
    lengths, totals = np.zeros(terms.size, np.float32), np.zeros(terms.size, np.uint64)
    for row in range(terms.size):
        squared = np.uint64(0)
        for k in range(offsets[row], offsets[row] + terms[row]):
            squared += gains[values[k]]
        lengths[row] = np.sqrt(np.float64(squared))
        for k in range(offsets[row], offsets[row + 1]):
            totals[row] += masses[values[k]]
    return lengths, totals


@compiled
def join_terms(
    rows: tuple[U32, I64, NDArray[np.int32]],
    weights: tuple[U16, U32],
    sizes: tuple[F32, U64],
    lists: tuple[I64, U32],
    part: tuple[int, int],
    limits: tuple[float, int, float],
) -> tuple[U64, F32]:
    """Join some rows with those that share rare terms, and weigh all words that two have.

    ``rows`` are those of :func:`rank_words`: ragged words by rank, and how many of each are terms.
    ``weights`` are ``gains`` u16[v] and ``masses`` u32[v] of the words, ``sizes`` what
    :func:`weigh_rows` gives for them, ``lists`` the posting lists of :func:`post_terms`. The cosine
    of two rows is between vectors of terms, the squares of whose weights are ``gains``, which no
    row's may exceed 2**16 - 1 together; the share, the mass of the words of both by that of the row
    with less. Each row from ``part[0]`` to
    ``part[1]`` (exclusive) meets, of the rows with a cosine of ``limits[0]`` or more, the
    ``limits[1]`` nearest, of equal ones the earlier. Returns the pairs of a share of ``limits[2]``
    or more as ``i << 32 | j``, i < j, and their shares; a pair may come twice, from both sides.
    """
    values, offsets, terms = rows
    lengths, totals = sizes
    least, nearest, share = limits
    n = lengths.size
    scores, touched = np.zeros(n, np.uint16), np.empty(n + 1, np.uint32)
    near, cosines = np.empty(n, np.uint32), np.empty(n, np.float32)
    own = np.zeros(weights[1].size, np.uint32)
    most = (part[1] - part[0]) * min(nearest, n)
    pairs, shares = np.empty(most, np.uint64), np.empty(most, np.float32)
    found = 0
    for j in range(part[0], part[1]):
        if terms[j] == 0:
            continue
        own_terms = values[offsets[j] : offsets[j] + terms[j]]
        count = _add_gains(own_terms, weights[0], lists, scores, touched)
        close = _take_near(j, touched[:count], scores, lengths, least, (near, cosines))
        if close == 0:
            continue
        if close > nearest:
            _keep_nearest(near[:close], cosines[:close], nearest)
            close = nearest
        words = values[offsets[j] : offsets[j + 1]]
        for k in range(words.size):
            own[words[k]] = weights[1][words[k]]
        for k in range(close):
            other = np.int64(near[k])
            both = np.uint64(0)
            for at in range(np.uint64(offsets[other]), np.uint64(offsets[other + 1])):
                both += own[values[at]]
            fewest = min(np.float64(totals[other]), np.float64(totals[j]))
            held = np.float64(both) / max(fewest, 1.0)
            if held >= share:
                low, high = (other, j) if other < j else (j, other)
                pairs[found] = (np.uint64(low) << _HALF) | np.uint64(high)
                shares[found] = held
                found += 1
        for k in range(words.size):
            own[words[k]] = 0
    return pairs[:found].copy(), shares[:found].copy()


@inlined
def _add_gains(
    terms: U32, gains: U16, lists: tuple[I64, U32], scores: U16, touched: U32
) -> np.uint64:
    """Add up the gains of some terms for all rows that have them; list those rows, and count."""
    starts, postings = lists
    count = np.uint64(0)
    for k in range(terms.size):
        gain = gains[terms[k]]
        for at in range(np.uint64(starts[terms[k]]), np.uint64(starts[terms[k] + 1])):
            i = postings[at]
            touched[count] = i
            count += np.uint64(scores[i] == 0)  # without a branch that could not be foreseen
            scores[i] += gain
    return count


@inlined
def _take_near(
    row: int, touched: U32, scores: U16, lengths: F32, least: float, into: tuple[U32, F32]
) -> int:
    """Take the rows touched, but the row itself, that are near enough; set all scores to 0."""
    near, cosines = into
    close = 0
    bar = np.float32(least)
    for k in range(touched.size):
        i = touched[k]
        score = np.float32(scores[i])
        scores[i] = 0
        product = lengths[i] * lengths[row]
        if score >= bar * product and i != row:
            near[close], cosines[close] = i, score / product
            close += 1
    return close


@compiled
def _keep_nearest(near: U32, cosines: F32, kept: int) -> None:
    """Move the entries of the highest cosines, of equal ones the earlier rows, to the front."""
    for place in range(kept):
        best = place
        for k in range(place + 1, near.size):
            if cosines[k] > cosines[best] or (cosines[k] == cosines[best] and near[k] < near[best]):
                best = k
        near[place], near[best] = near[best], near[place]
        cosines[place], cosines[best] = cosines[best], cosines[place]


@compiled
def find_roots(n: int, pairs: I64) -> I64:
    """Label connected components: the least row number of each row's component, i64[n]."""
    parents = np.arange(n)
    for m in range(pairs.shape[0]):
        x, y = pairs[m, 0], pairs[m, 1]
        while parents[x] != x:
            parents[x] = parents[parents[x]]
            x = parents[x]
        while parents[y] != y:
            parents[y] = parents[parents[y]]
            y = parents[y]
        if x < y:
            parents[y] = x
        else:
            parents[x] = y
    for i in range(n):
        parents[i] = parents[parents[i]]
    return parents
