"""Find verbatim runs: stretches of words that two texts share, tiled without overlap.

Greedy string tiling (Wise 1993, "String similarity via greedy string tiling and running
Karp-Rabin matching"), with anchors found by one sort-join over word n-grams, so that the time
grows with the length of the texts and not with their product.
"""

from __future__ import annotations

import heapq
from collections import defaultdict

import numpy as np

from dedup.arrays import I64

__all__ = ["Run", "number_words", "verbatim_runs"]

MAX_REPEATS = 16
"""Anchors of an n-gram that repeats in both texts: all pairs up to this many, else k-th to k-th."""

Run = tuple[int, int, int]
"""A verbatim run: first word in a, first word in b, number of words."""


_BASE = -7046029254386353131
"""Base of the n-gram hash: 2**64 over the golden ratio, signed (Knuth, TAOCP 3, 6.4)."""
POWERS = np.cumprod(np.full(8, _BASE, dtype=np.int64))
GROUP_FACTOR = POWERS[-1]


def number_words(*texts: tuple[str, ...]) -> tuple[I64, ...]:
    """Number the words of several texts with one numbering, in order of appearance; i64[n] each.

    >>> [ids.tolist() for ids in number_words(("rain", "fell"), ("fell", "rain", "now"))]
    [[0, 1], [1, 0, 2]]
    """
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    return tuple(
        np.fromiter(map(numbers.__getitem__, words), dtype=np.int64, count=len(words))
        for words in texts
    )


def verbatim_runs(a: I64, b: I64, least: int, groups: tuple[I64, I64] | None = None) -> list[Run]:
    """Tile two word sequences by their common runs of ``least`` words or more, longest first.

    ``a`` and ``b`` are word numbers, i64[n] and i64[m]; ``groups`` labels each word of both, and a
    run then stays within words of one label (below 0: none). Returns ``(start in a, start in b,
    length)`` in the order of a; no word of either text is in two runs.

    >>> verbatim_runs(np.array([1, 2, 3, 9, 4, 5]), np.array([4, 5, 1, 2, 3]), 2)
    [(0, 2, 3), (4, 0, 2)]
    """
    if len(a) < least or len(b) < least:
        return []
    group_a, group_b = groups if groups is not None else (None, None)
    at_a, keys_a = _ngrams(a, group_a, least)
    at_b, keys_b = _ngrams(b, group_b, least)
    rows, columns = _join(keys_a, keys_b)
    start_a, start_b = at_a[rows], at_b[columns]
    same = np.ones(len(rows), dtype=bool)
    if group_a is not None and group_b is not None:
        same &= group_a[start_a] == group_b[start_b]
    for step in range(least):
        same &= a[start_a + step] == b[start_b + step]
    return _tile(_diagonals(start_a[same], start_b[same], least), len(a), len(b), least)


def _ngrams(words: I64, groups: I64 | None, n: int) -> tuple[I64, I64]:
    """Hash every word n-gram that lies in one group; their positions and their keys.

    The hash is a polynomial in the word numbers, modulo 2**64. Equal keys are no proof: runs are
    checked word by word.
    """
    keys = np.convolve(words + 1, POWERS[:n], "valid")
    if groups is None:
        return np.arange(len(keys)), keys
    head = groups[: len(keys)]
    inside = head >= 0
    for step in range(1, n):
        inside &= groups[step : step + len(keys)] == head
    at = inside.nonzero()[0]
    return at, keys[at] + head[at] * GROUP_FACTOR


def _join(a: I64, b: I64) -> tuple[I64, I64]:
    """Pair equal keys: every pair of a rare key, the k-th with the k-th of one that repeats."""
    if not len(a) or not len(b):
        return a[:0], b[:0]
    order_b = b.argsort(kind="stable")
    sorted_b = b[order_b]
    first = sorted_b.searchsorted(a)
    hits = (sorted_b.take(first, mode="clip") == a).nonzero()[0]
    hits = hits[a[hits].argsort(kind="stable")]
    keys, first = a[hits], first[hits]
    found = sorted_b.searchsorted(keys, "right") - first
    group = keys.searchsorted(keys)
    rank = np.arange(len(keys)) - group
    many = (keys.searchsorted(keys, "right") - group) * found > MAX_REPEATS
    first = np.where(many, first + rank, first)
    count = np.where(many, (rank < found).astype(np.int64), found)
    rows = hits.repeat(count)
    within = np.arange(len(rows)) - (count.cumsum() - count).repeat(count)
    return rows, order_b[first.repeat(count) + within]


def _diagonals(a: I64, b: I64, n: int) -> list[Run]:
    """Join anchors that follow one another on both sides into runs."""
    if not len(a):
        return []
    order = np.lexsort((a, b - a))
    a, b = a[order], b[order]
    new = np.ones(len(a), dtype=bool)
    new[1:] = (a[1:] - a[:-1] != 1) | (b[1:] - b[:-1] != 1)
    heads = new.nonzero()[0]
    lengths = np.append(heads[1:], len(a)) - heads + (n - 1)
    return list(zip(a[heads].tolist(), b[heads].tolist(), lengths.tolist(), strict=True))


def _tile(runs: list[Run], words_a: int, words_b: int, least: int) -> list[Run]:
    """Take runs longest first; one that meets words already taken is cut and waits again."""
    taken_a, taken_b = bytearray(words_a), bytearray(words_b)
    queue = [(-length, start_a, start_b) for start_a, start_b, length in runs]
    heapq.heapify(queue)
    tiles = []
    while queue:
        negative, at_a, at_b = heapq.heappop(queue)
        length = -negative
        skip, free = _free(taken_a[at_a : at_a + length], taken_b[at_b : at_b + length])
        if free == length:
            tiles.append((at_a, at_b, length))
            taken_a[at_a : at_a + length] = taken_b[at_b : at_b + length] = b"\1" * length
        elif free >= least:
            heapq.heappush(queue, (-free, at_a + skip, at_b + skip))
    return sorted(tiles)


def _free(taken_a: bytearray, taken_b: bytearray) -> tuple[int, int]:
    """Find the longest stretch free on both sides: ``(offset, length)``, the first of equals."""
    if 1 not in taken_a and 1 not in taken_b:
        return 0, len(taken_a)
    either = int.from_bytes(taken_a, "big") | int.from_bytes(taken_b, "big")
    taken = either.to_bytes(len(taken_a), "big")
    longest = max(taken.split(b"\1"), key=len)
    return taken.index(longest), len(longest)
