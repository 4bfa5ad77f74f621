"""The compiled loops of the MinHash lane: shingles, signatures, bands, buckets, overlaps.

Arrays in, arrays out: no loop knows of texts or ids. They release the interpreter lock.
A ragged array is a flat one and ``offsets`` i64[n+1]: row ``i`` is
``flat[offsets[i]:offsets[i+1]]``.
Each loop has a naive twin in ``tests/oracles.py`` that Hypothesis holds in step with it.
"""

import cython
import numpy as np
from cython.cimports.dedup._tables import home_of, longest_row, places_for
from cython.cimports.dedup.candidates._sketches import least_affine
from cython.cimports.libc.stdint import int32_t, int64_t, uint32_t, uint64_t

SHINGLE_WORDS = 3
_WORDS = cython.declare(int64_t, SHINGLE_WORDS)
_MIX_1 = cython.declare(uint64_t, 0x9E3779B97F4A7C15)
_MIX_2 = cython.declare(uint64_t, 0xD6E8FEB86659FD93)
_DIGEST_1 = cython.declare(uint64_t, 0xFF51AFD7ED558CCD)
_DIGEST_2 = cython.declare(uint64_t, 0xC4CEB9FE1A85EC53)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.overflowcheck(False)
@cython.exceptval(check=False)
def _shingle(first: uint32_t, second: uint32_t, third: uint32_t) -> uint32_t:
    mixed: uint64_t = (cython.cast(uint64_t, first) * _MIX_1) ^ second
    mixed = (mixed ^ (mixed >> 32)) * _MIX_2 + third
    mixed = (mixed ^ (mixed >> 29)) * _MIX_1
    return cython.cast(uint32_t, mixed >> 32)


@cython.cfunc
@cython.nogil
def _fill_shingles(
    words: cython.const[uint32_t][::1],
    start: int64_t,
    end: int64_t,
    target: uint32_t[::1],
    at: int64_t,
) -> int64_t:
    """Write the shingles of one text to ``target`` from ``at``; a short text is one shingle."""
    k: int64_t
    if end - start >= _WORDS:
        for k in range(start, end - _WORDS + 1):
            target[at] = _shingle(words[k], words[k + 1], words[k + 2])
            at += 1
    elif end - start == 2:
        target[at] = _shingle(words[start], words[start + 1], 0)
        at += 1
    elif end - start == 1:
        target[at] = _shingle(words[start], 0, 0)
        at += 1
    return at


@cython.cfunc
@cython.nogil
@cython.overflowcheck(False)
def _sign(
    count: int64_t,
    hashes: uint32_t[::1],
    a: cython.const[uint32_t][::1],
    b: cython.const[uint32_t][::1],
    signature: uint32_t[::1],
) -> cython.int:
    """Write the signature of one row of ``count`` shingle hashes, which are finished in place."""
    k: int64_t
    p: cython.Py_ssize_t
    h: uint32_t
    for k in range(count):
        h = hashes[k]
        h = (h ^ (h >> 16)) * cython.cast(uint32_t, 0x85EBCA6B)
        h = (h ^ (h >> 13)) * cython.cast(uint32_t, 0xC2B2AE35)
        hashes[k] = h ^ (h >> 16)
    for p in range(a.shape[0]):
        signature[p] = least_affine(cython.address(hashes[0]), count, a[p], b[p])
    return 0


def signatures(
    words: cython.const[uint32_t][::1],
    offsets: cython.const[int64_t][::1],
    a: cython.const[uint32_t][::1],
    b: cython.const[uint32_t][::1],
):
    """Sketch every row: MinHash over its word 3-shingles, u32[n, k], C order.

    datasketch's scheme ``affine32``: the shingle hash through MurmurHash3's finaliser, then the
    minimum of ``a[k] * h + b[k]`` modulo 2**32. An empty row is all 2**32 - 1.
    """
    rows: cython.Py_ssize_t = offsets.shape[0] - 1
    sketches: uint32_t[:, ::1] = np.empty((rows, a.shape[0]), dtype=np.uint32)
    hashes: uint32_t[::1] = np.empty(longest_row(offsets), dtype=np.uint32)
    row: cython.Py_ssize_t
    count: int64_t
    with cython.nogil:
        for row in range(rows):
            count = _fill_shingles(words, offsets[row], offsets[row + 1], hashes, 0)
            _sign(count, hashes, a, b, sketches[row])
    return sketches.base


@cython.overflowcheck(False)
def row_digests(values: cython.const[uint32_t][::1], offsets: cython.const[int64_t][::1]):
    """Digest every row of a ragged array to 128 bits, u64[n, 2]: equal rows, equal digests.

    Two multiplicative chains with other constants and shifts, two values a step, and the length;
    each step can be undone, so rows of one length that differ in one value never agree.
    """
    digests: uint64_t[:, ::1] = np.empty((offsets.shape[0] - 1, 2), dtype=np.uint64)
    row: cython.Py_ssize_t
    k: int64_t
    length: uint64_t
    both: uint64_t
    first: uint64_t
    second: uint64_t
    with cython.nogil:
        for row in range(offsets.shape[0] - 1):
            length = offsets[row + 1] - offsets[row]
            first = _DIGEST_1
            second = _DIGEST_2
            for k in range(offsets[row], offsets[row + 1], 2):
                both = values[k]
                if k + 1 < offsets[row + 1]:
                    both |= cython.cast(uint64_t, values[k + 1]) << 32
                first = (first ^ both) * _MIX_1 + _MIX_2
                first ^= first >> 32
                second = (second + both) * _MIX_2 + _MIX_1
                second ^= second >> 29
            digests[row, 0] = (first ^ (first >> 29) ^ length) * _DIGEST_1
            digests[row, 1] = (second ^ (second >> 32) ^ length) * _DIGEST_2
    return digests.base


@cython.overflowcheck(False)
def band_keys(
    sketches: cython.const[uint32_t][:, ::1], bands: cython.Py_ssize_t, rows: cython.Py_ssize_t
):
    """Hash each band of ``rows`` signature values to one key, u64[bands, n], C order."""
    n: cython.Py_ssize_t = sketches.shape[0]
    if bands < 0 or rows < 0 or bands * rows > sketches.shape[1]:
        raise ValueError(f"bands: {bands} of {rows} rows, of {sketches.shape[1]} values at most")
    keys: uint64_t[:, ::1] = np.empty((bands, n), dtype=np.uint64)
    i: cython.Py_ssize_t
    band: cython.Py_ssize_t
    k: cython.Py_ssize_t
    key: uint64_t
    with cython.nogil:
        for i in range(n):
            for band in range(bands):
                key = _MIX_2 + cython.cast(uint64_t, band)
                for k in range(band * rows, (band + 1) * rows):
                    key = (key ^ sketches[i, k]) * _MIX_1
                    key ^= key >> 31
                keys[band, i] = key
    return keys.base


@cython.cfunc
@cython.nogil
def _list_bucket(
    packed: cython.const[uint64_t][::1],
    bucket: tuple[int64_t, int64_t],
    limits: tuple[int64_t, int64_t],
    mask: uint64_t,
    pairs: uint64_t[::1],
    count: int64_t,
) -> int64_t:
    """List one bucket's pairs to ``pairs`` from ``count`` on, or count them where it is empty."""
    start: int64_t = bucket[0]
    end: int64_t = bucket[1]
    met: int64_t = end - start if end - start <= limits[0] else limits[1]
    y: int64_t
    x: int64_t
    last: int64_t
    j: uint64_t
    for y in range(start + 1, end):
        last = min(y, start + met)
        if pairs.shape[0] == 0:
            count += last - start
            continue
        j = packed[y] & mask
        for x in range(start, last):
            pairs[count] = ((packed[x] & mask) << 32) | j
            count += 1
    return count


@cython.cfunc
@cython.nogil
def _list_buckets(
    packed: cython.const[uint64_t][::1],
    id_bits: uint64_t,
    limits: tuple[int64_t, int64_t],
    pairs: uint64_t[::1],
) -> int64_t:
    """List the pairs of all buckets to ``pairs``, or count them where that is empty."""
    mask: uint64_t = (cython.cast(uint64_t, 1) << id_bits) - 1
    start: int64_t = 0
    end: int64_t
    count: int64_t = 0
    key: uint64_t
    while start < packed.shape[0]:
        key = packed[start] >> id_bits
        end = start + 1
        while end < packed.shape[0] and packed[end] >> id_bits == key:
            end += 1
        count = _list_bucket(packed, (start, end), limits, mask, pairs, count)
        start = end
    return count


def bucket_pairs(
    packed: cython.const[uint64_t][::1], id_bits: uint64_t, all_pairs: int64_t, leaders: int64_t
):
    """List the candidate pairs of one band.

    ``packed`` u64 is sorted: a key in the upper bits, a row number in the lowest ``id_bits``. A
    bucket of up to ``all_pairs`` rows gives all its pairs. In a larger one each row is paired
    with the bucket's first ``leaders`` rows alone, so that the cost stays linear. Returns
    ``i << 32 | j``, i < j, u64, unsorted.
    """
    count: int64_t
    nothing: uint64_t[::1] = np.empty(0, dtype=np.uint64)
    with cython.nogil:
        count = _list_buckets(packed, id_bits, (all_pairs, leaders), nothing)
    pairs = np.empty(count, dtype=np.uint64)
    if count:
        out: uint64_t[::1] = pairs
        with cython.nogil:
            _list_buckets(packed, id_bits, (all_pairs, leaders), out)
    return pairs


@cython.cfunc
@cython.nogil
def _slot(
    key: uint32_t, keys: uint32_t[::1], used: int32_t[::1], stamp: int32_t, mask: int64_t
) -> int64_t:
    """Find where ``key`` stands, or the free place where it would, by linear probing."""
    at: int64_t = home_of(key, cython.cast(uint32_t, mask))
    while used[at] == stamp and keys[at] != key:
        at = (at + 1) & mask
    return at


@cython.cfunc
@cython.nogil
def _enter(
    key: uint32_t, keys: uint32_t[::1], used: int32_t[::1], stamp: int32_t, mask: int64_t
) -> int64_t:
    """Enter ``key`` into an open table; 1 where it is new, else 0."""
    at: int64_t = _slot(key, keys, used, stamp, mask)
    if used[at] == stamp:
        return 0
    used[at] = stamp
    keys[at] = key
    return 1


@cython.cfunc
def _longest_of(
    offsets: cython.const[int64_t][::1], pairs: cython.const[int64_t][:, ::1], words: int64_t
) -> int64_t:
    """Give the length of the longest row that stands in a pair, 1 at least; check that all do."""
    longest: int64_t = 1
    m: cython.Py_ssize_t
    side: cython.Py_ssize_t
    row: int64_t
    if pairs.shape[1] != 2:
        raise ValueError(f"pairs: got {pairs.shape[1]} columns, wanted 2")
    for m in range(pairs.shape[0]):
        for side in range(2):
            row = pairs[m, side]
            if not 0 <= row < offsets.shape[0] - 1:
                raise ValueError(f"pairs: got row {row}, wanted one of {offsets.shape[0] - 1}")
            if not 0 <= offsets[row] <= offsets[row + 1] <= words:
                raise ValueError(f"offsets: those of row {row} lead out of {words} words")
            longest = max(longest, offsets[row + 1] - offsets[row])
    return longest


def shingle_overlap(
    words: cython.const[uint32_t][::1],
    offsets: cython.const[int64_t][::1],
    pairs: cython.const[int64_t][:, ::1],
):
    """Count distinct shingles: of i, of j, of both, for each pair (i, j); i64[m, 3].

    Pairs in order of i cost least: the table of i is built once.
    """
    longest: int64_t = _longest_of(offsets, pairs, words.shape[0])
    size: int64_t = places_for(longest)
    keys_i: uint32_t[::1] = np.empty(size, np.uint32)
    keys_j: uint32_t[::1] = np.empty(size, np.uint32)
    # Pairs are counted from 1 there: 0 is of none.
    used_i: int32_t[::1] = np.zeros(size, np.int32)
    used_j: int32_t[::1] = np.zeros(size, np.int32)
    buffer: uint32_t[::1] = np.empty(longest, np.uint32)
    counts: int64_t[:, ::1] = np.zeros((pairs.shape[0], 3), np.int64)
    mask: int64_t = size - 1
    built: int64_t = -1
    distinct_i: int64_t = 0
    stamp: int32_t = 0
    m: cython.Py_ssize_t
    with cython.nogil:
        for m in range(pairs.shape[0]):
            i: int64_t = pairs[m, 0]
            j: int64_t = pairs[m, 1]
            k: int64_t
            n: int64_t
            if i != built:
                built = i
                distinct_i = 0
                stamp = cython.cast(int32_t, m + 1)
                n = _fill_shingles(words, offsets[i], offsets[i + 1], buffer, 0)
                for k in range(n):
                    distinct_i += _enter(buffer[k], keys_i, used_i, stamp, mask)
            counts[m, 0] = distinct_i
            n = _fill_shingles(words, offsets[j], offsets[j + 1], buffer, 0)
            for k in range(n):
                if _enter(buffer[k], keys_j, used_j, cython.cast(int32_t, m + 1), mask):
                    counts[m, 1] += 1
                    at: int64_t = _slot(buffer[k], keys_i, used_i, stamp, mask)
                    counts[m, 2] += used_i[at] == stamp
    return counts.base
