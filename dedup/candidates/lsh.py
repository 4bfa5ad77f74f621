"""Locality-sensitive hashing: choose bands for a promised recall, find candidate pairs.

A pair of Jaccard similarity ``s`` shares the ``rows`` minima of one band with probability
``s ** rows``, so it becomes a candidate with probability ``1 - (1 - s ** rows) ** bands``
(Leskovec, Rajaraman and Ullman, *Mining of Massive Datasets*, section 3.4).
"""

from __future__ import annotations

import math

import numpy as np

from dedup.arrays import I64, U64, Flags, distinct, distinct_rows
from dedup.candidates import _sketches
from dedup.errors import InputError
from dedup.threads import map_all
from dedup.values import frozen

THRESHOLD = 0.5
"""The Jaccard similarity from which on a scan promises its recall; below, rare terms find more."""
MAX_PERMUTATIONS = 4096
"""Above this a sketch is larger than an article's own shingles."""
_ALL_PAIRS = 64
"""A bucket up to this size gives all its pairs."""
_LEADERS = 2
"""In a larger bucket each row meets so many at the bucket's head, so that the cost stays linear.
What is alike in more than one band has other, smaller buckets in common as a rule."""


_MANY_PAIRS = 200_000
MANY_PAIRS_A_ROW = 16
"""Pairs from which on a row is like very many others."""


@frozen()
class Bands:
    """How a signature is cut: ``bands`` bands of ``rows`` minima each.

    Pairs of the Jaccard similarity ``threshold`` are found with at least ``recall``.
    """

    bands: int
    rows: int
    threshold: float
    recall: float

    def probability(self, jaccard: float) -> float:
        """Give the probability that a pair of this Jaccard similarity becomes a candidate.

        >>> round(choose_bands(.5).probability(.5), 3)
        0.954
        """
        return 1.0 - (1.0 - jaccard**self.rows) ** self.bands

    @property
    def permutations(self) -> int:
        """How many minima of a signature the bands use."""
        return self.bands * self.rows


def choose_bands(threshold: float, *, recall: float = 0.95, num_perm: int = 128) -> Bands:
    """Choose the bands that find pairs at ``threshold`` with at least ``recall``.

    The longest rows win, since they bring the fewest false candidates; then as few bands as keep
    the promise. ``Bands.probability`` says what the choice costs at any other similarity.

    >>> bands = choose_bands(.8, recall=.95)
    >>> bands.bands, bands.rows
    (13, 7)
    """
    check_share("threshold", threshold, top_included=True)
    check_share("recall", recall, top_included=False)
    check_permutations(num_perm)
    if threshold == 1.0:
        return Bands(1, num_perm, threshold, recall)
    for rows in range(num_perm, 0, -1):
        missed = math.log1p(-(threshold**rows))  # 0 where so long a row is never shared
        bands = math.log1p(-recall) / missed if missed else math.inf
        if bands * rows <= num_perm and math.ceil(bands) * rows <= num_perm:
            return Bands(math.ceil(bands), rows, threshold, recall)
    raise InputError(
        f"num_perm: got {num_perm}, wanted {_least_permutations(threshold, recall)} or more to "
        f"find pairs of Jaccard {threshold} with a recall of {recall}"
    )


def _least_permutations(threshold: float, recall: float) -> int:
    return math.ceil(math.log1p(-recall) / math.log1p(-threshold))


def check_permutations(num_perm: object) -> int:
    """Refuse a number of permutations that no sketch can have."""
    if isinstance(num_perm, bool) or not isinstance(num_perm, int):
        raise InputError.of("num_perm", num_perm, "an int")
    if not 2 <= num_perm <= MAX_PERMUTATIONS:
        raise InputError.of("num_perm", num_perm, f"an int from 2 to {MAX_PERMUTATIONS}")
    return num_perm


def check_share(name: str, value: object, *, top_included: bool) -> None:
    """Refuse what is not a number above 0 and below (or up to) 1."""
    wanted = "a number above 0 and " + ("up to 1" if top_included else "below 1")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InputError.of(name, value, wanted)
    if not (0 < value < 1 or (top_included and value == 1)):
        raise InputError.of(name, value, wanted)


def candidate_pairs(
    keys: U64,
    *,
    threads: int = 1,
    order: I64 | None = None,
) -> I64:
    """Find the pairs of rows that share a band key.

    ``keys`` u64[bands, n]. Returns i64[m, 2], i < j, unique, sorted. A bucket of more than 64
    rows gives no more than the pairs with its first two rows, so the cost stays linear in its
    size; which rows are first says ``order`` i64[n], all rows (their own order where there is
    none).
    """
    bands, n = keys.shape
    if n < 2 or bands == 0:
        return np.empty((0, 2), dtype=np.int64)
    bits = max(1, (n - 1).bit_length())
    numbers = np.arange(n, dtype=np.uint64)
    if order is not None:
        numbers[order] = np.arange(n, dtype=np.uint64)

    def of_band(band: int) -> U64:
        packed = np.sort((keys[band] << np.uint64(bits)) | numbers)
        return distinct(_sketches.bucket_pairs(packed, bits, _ALL_PAIRS, _LEADERS))

    found = unpack_pairs(distinct(np.concatenate(map_all(of_band, range(bands), threads))))
    return found if order is None else sorted_pairs(order[found])


def bucket_pairs(buckets: U64, keys: U64) -> U64:
    """Find the pairs that share a bucket, as :func:`candidate_pairs` does, where rows are keys.

    ``buckets`` and ``keys`` u64[m] say what is in which. The first of a bucket are those of the
    least keys. Returns the keys of pairs, u64[k, 2], the lesser first, unique, sorted.

    >>> bucket_pairs(np.array([5, 5, 9], np.uint64), np.array([2, 1, 3], np.uint64)).tolist()
    [[1, 2]]
    """
    order = np.lexsort((keys, buckets))
    buckets, keys = buckets[order], keys[order]
    again = np.zeros(len(keys), dtype=np.bool_)
    again[1:] = buckets[1:] == buckets[:-1]
    shared = again.copy()
    shared[:-1] |= again[1:]
    keys, opens = keys[shared], ~again[shared]
    bits = np.uint64(max(1, len(keys).bit_length()))
    packed = (np.cumsum(opens).astype(np.uint64) << bits) | np.arange(len(keys), dtype=np.uint64)
    found = distinct(_sketches.bucket_pairs(packed, int(bits), _ALL_PAIRS, _LEADERS))
    return distinct_rows(keys[unpack_pairs(found)])


def thinned(pairs: I64, keys: U64, order: I64) -> I64:
    """Leave each row two of its pairs, where there are more than two pairs a row and 200,000.

    They are those that :func:`two_each` chooses by the bands that pairs share. ``pairs`` i64[m, 2]
    are sorted, ``keys`` u64[bands, n], and ``order`` i64[n] says which rows are first. So forms, of
    which each is like very many, cost no more than articles.
    """
    if len(pairs) <= most_similar(keys.shape[1]):
        return pairs
    apart = np.zeros(len(pairs), np.uint64)
    for band in keys:
        apart += band[pairs[:, 0]] != band[pairs[:, 1]]
    return pairs[two_each(pairs, apart, order)]


def two_each(pairs: I64, apart: U64, order: I64) -> Flags:
    """Choose two pairs of each row, so that what hangs together still does, bool[m].

    They are the one with the row that it is least ``apart`` from, u64[m] below 2**32, of equals
    the first, and the one with the first of all that it is paired with. ``order`` i64[n] says which
    rows are first.

    >>> pairs = np.array([[0, 1], [0, 2], [1, 2], [1, 3], [2, 3]])
    >>> two_each(pairs, np.array([5, 5, 1, 5, 5], np.uint64), np.arange(4)).tolist()
    [True, True, True, True, False]
    """
    places = np.empty(len(order), np.uint64)
    places[order] = np.arange(len(order), dtype=np.uint64)
    apart = apart << np.uint64(32)
    best = np.full(len(order), np.iinfo(np.uint64).max)
    first = best.copy()
    sides = (pairs[:, 0], pairs[:, 1]), (pairs[:, 1], pairs[:, 0])
    for row, partner in sides:
        np.minimum.at(best, row, apart | places[partner])
        np.minimum.at(first, row, places[partner])
    chosen = np.zeros(len(pairs), np.bool_)
    for row, partner in sides:
        chosen |= (apart | places[partner] == best[row]) | (places[partner] == first[row])
    return chosen


def crowded(pairs: I64, rows: int, most: int = MANY_PAIRS_A_ROW) -> Flags:
    """Tell which rows are in more than ``most`` of the pairs, bool[rows]."""
    return np.bincount(pairs.ravel(), minlength=rows) > most


def most_similar(rows: int) -> int:
    """Tell how many pairs of so many rows are not :func:`thinned`."""
    return max(_MANY_PAIRS, 2 * rows)


def sorted_pairs(pairs: I64) -> I64:
    """Put pairs i64[m, 2] in order, the lesser row of each first, each pair once.

    >>> sorted_pairs(np.array([[3, 1], [0, 2], [1, 3]])).tolist()
    [[0, 2], [1, 3]]
    """
    return unpack_pairs(distinct(pack_pairs(np.sort(pairs, axis=1))))


def unpack_pairs(packed: U64) -> I64:
    """Turn ``i << 32 | j`` u64[m] into pairs i64[m, 2]."""
    low = packed & np.uint64(0xFFFFFFFF)
    return np.stack((packed >> np.uint64(32), low), axis=1).astype(np.int64)


def pack_pairs(pairs: I64) -> U64:
    """Turn pairs i64[m, 2] into ``i << 32 | j`` u64[m]."""
    return (pairs[:, 0].astype(np.uint64) << np.uint64(32)) | pairs[:, 1].astype(np.uint64)
