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
    "compiled",
    "count_words",
    "find_roots",
    "inlined",
    "join_terms",
    "rarest_terms",
    "read_words",
    "rehash",
    "shingle_hashes",
    "shingle_overlap",
    "signatures",
]

U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]

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


@inlined
def _fold_ascii(source: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Fold every ASCII byte: lower case, 0 for a separator, ``WIDE`` for others; one 0 follows.

    Plain arithmetic on bytes, so that the compiler takes many at once.
    """
    folded = np.zeros(source.size + 1, dtype=np.uint8)
    for k in range(source.size):
        byte = source[k]
        lower = np.uint8(byte | np.uint8(32))
        value = np.uint8(0)
        if np.uint8(lower - np.uint8(97)) < np.uint8(26):
            value = lower
        if np.uint8(byte - np.uint8(48)) < np.uint8(10):
            value = byte
        if byte >= np.uint8(128):
            value = np.uint8(WIDE)
        folded[k] = value
    return folded


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
    ascii_folded = _fold_ascii(source)
    totals = np.empty(source.size + 1, dtype=np.uint64)
    ends = np.zeros(offsets.size, dtype=np.int64)
    state = np.zeros(offsets.size - 1, dtype=np.uint8)
    powers = np.ones(WORD_PERIOD, dtype=np.uint64)
    for k in range(1, WORD_PERIOD):
        powers[k] = powers[k - 1] * _WORD_BASE
    # Unsigned throughout: a signed index costs a test for counting from the end.
    none, one, turn = np.uint64(0), np.uint64(1), np.uint64(WORD_PERIOD - 1)
    count = none
    for row in range(offsets.size - 1):
        total, place = none, none  # the open word's sum, and the place of its next code point
        inside = np.uint8(0)  # the class of the word that is open, 0 for none
        at, end = np.uint64(offsets[row]), np.uint64(offsets[row + 1])
        while at < end:
            byte = ascii_folded[at]
            if byte == 0 or (byte != WIDE and inside == SINGLE):
                if inside:
                    totals[count] = total
                    count += one
                    total, place, inside = none, none, np.uint8(0)
                at += np.uint64(byte == 0)
                continue
            if byte != WIDE:
                inside = np.uint8(LETTER)
                while at < end and byte != 0 and byte != WIDE:
                    total += np.uint64(byte) * powers[place & turn]
                    place += one
                    at += one
                    byte = ascii_folded[at]
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
        ends[row + 1] = count
    words = np.empty(count, dtype=np.uint32)
    for k in range(words.size):
        words[k] = _finish_word(totals[k])
    return words, ends, state


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
    words: U32,
    offsets: I64,
    keys: U32,
    counts: NDArray[np.int32],
    last: NDArray[np.int32],
    first: int,
) -> int:
    """Add each row's distinct words to a table of document frequencies, in place.

    The table is open: ``keys`` u32[size], ``counts`` i32[size] (0 for a free slot) and ``last``
    i32[size], the row that last added to it; ``size`` is a power of two that the caller keeps at
    least twice as large as it will fill. Rows are numbered from ``first``. Returns how many words
    were new.
    """
    mask = keys.size - 1
    new = 0
    for row in range(offsets.size - 1):
        number = np.int32(first + row)
        for k in range(offsets[row], offsets[row + 1]):
            word = words[k]
            at = _home(word, mask)
            while counts[at] != 0 and keys[at] != word:
                at = (at + 1) & mask
            if counts[at] == 0:
                keys[at] = word
                counts[at] = 1
                last[at] = number
                new += 1
            elif last[at] != number:
                counts[at] += 1
                last[at] = number
    return new


@compiled
def rehash(
    keys: U32,
    counts: NDArray[np.int32],
    last: NDArray[np.int32],
    new_keys: U32,
    new_counts: NDArray[np.int32],
    new_last: NDArray[np.int32],
) -> None:
    """Enter all words of one frequency table into a larger, empty one, in place."""
    mask = new_keys.size - 1
    for old in range(keys.size):
        if counts[old] != 0:
            at = _home(keys[old], mask)
            while new_counts[at] != 0:
                at = (at + 1) & mask
            new_keys[at] = keys[old]
            new_counts[at] = counts[old]
            new_last[at] = last[old]


@compiled
def rarest_terms(
    words: U32, offsets: I64, ids: U32, frequency: NDArray[np.float32], kept: int
) -> NDArray[np.int32]:
    """Pick the rarest words of every row that a vocabulary has, i32[n, kept], -1 where fewer.

    ``ids`` u32[v] is sorted; ``frequency`` f32[v] ranks a word, in steps of a sixteenth, and a
    word of ``inf`` is never picked. Picked are positions in ``ids``, in order of frequency and
    then of id.
    """
    size = 16
    while size < 2 * ids.size:
        size *= 2
    mask = size - 1
    table = np.full(size, -1, np.int32)
    for position in range(ids.size):
        at = _home(ids[position], mask)
        while table[at] >= 0:
            at = (at + 1) & mask
        table[at] = position
    picked = np.full((offsets.size - 1, kept), -1, np.int32)
    seen = np.full(ids.size, -1, np.int32)
    longest = 1
    for row in range(offsets.size - 1):
        longest = max(longest, offsets[row + 1] - offsets[row])
    ranks = np.empty(longest, np.uint64)
    for row in range(offsets.size - 1):
        count = 0
        for k in range(offsets[row], offsets[row + 1]):
            word = words[k]
            at = _home(word, mask)
            while table[at] >= 0 and ids[table[at]] != word:
                at = (at + 1) & mask
            position = table[at]
            if position < 0 or seen[position] == row or frequency[position] == np.inf:
                continue
            seen[position] = row
            rank = np.uint64(np.round(frequency[position] * np.float32(16)))
            ranks[count] = (rank << np.uint64(32)) | np.uint64(position)
            count += 1
        ordered = np.sort(ranks[:count])
        for k in range(min(kept, count)):
            picked[row, k] = np.int32(ordered[k] & np.uint64(0xFFFFFFFF))
    return picked


@compiled
def join_terms(
    picked: NDArray[np.int32],
    weights: NDArray[np.float32],
    starts: I64,
    postings: NDArray[np.int32],
    least: float,
) -> tuple[U64, NDArray[np.float32]]:
    """Join rows that share rare terms: the pairs whose weighted cosine is at least ``least``.

    ``picked`` i32[n, t] holds each row's terms (-1 for none), ``weights`` f32[v] the terms'
    weights; term v's rows are ``postings[starts[v]:starts[v + 1]]``, ascending. The cosine is
    between vectors of squared weights. Returns ``i << 32 | j``, i < j, unique, in order of
    j, and the cosines.
    """
    n = picked.shape[0]
    norms = np.zeros(n, np.float32)
    for i in range(n):
        total = np.float32(0)
        for k in range(picked.shape[1]):
            if picked[i, k] >= 0:
                total += weights[picked[i, k]] ** 4
        norms[i] = np.sqrt(total)
    scores = np.zeros(n, np.float32)
    touched = np.empty(n, np.int32)
    pairs = np.empty(1024, np.uint64)
    cosines = np.empty(1024, np.float32)
    found = 0
    for j in range(n):
        count = 0
        for k in range(picked.shape[1]):
            term = picked[j, k]
            if term < 0:
                break
            gain = weights[term] ** 4
            for at in range(starts[term], starts[term + 1]):
                i = postings[at]
                if i >= j:
                    break
                if scores[i] == 0:
                    touched[count] = i
                    count += 1
                scores[i] += gain
        for i in touched[:count]:
            cosine = scores[i] / (norms[i] * norms[j])
            scores[i] = 0
            if cosine >= least:
                if found == pairs.size:
                    pairs = np.concatenate((pairs, np.empty_like(pairs)))
                    cosines = np.concatenate((cosines, np.empty_like(cosines)))
                pairs[found] = (np.uint64(i) << np.uint64(32)) | np.uint64(j)
                cosines[found] = cosine
                found += 1
    return pairs[:found].copy(), cosines[:found].copy()


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
