"""Page furniture by repetition: sentences that stand in many articles of one source."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dedup.arrays import I32, I64, U64, Flags
from dedup.furniture._repetition import holders, keyed
from dedup.threads import in_order

STORIES = 5
"""Original articles of one source that must hold a sentence before it counts as furniture."""
RARE = 2
"""Articles of one source that may hold a sentence which is an article's own; a page is often
saved twice."""
_ORIGINAL = 1 / 3
"""Share of its sentences that must be an article's own for it to count as original."""


def repeated(
    ids: U64,
    offsets: I64,
    sources: I64,
    stories: int = STORIES,
    *,
    threads: int = 1,
) -> Flags:
    """Tell which sentences stand in many stories of one source, bool[m].

    ``ids`` u64[m] are the sentences of all articles, end to end; article ``j`` holds those from
    ``offsets[j]`` to ``offsets[j + 1]`` (exclusive), i64[n + 1], and comes from ``sources[j]``,
    i64[n]. A sentence is furniture where ``stories`` or more original articles of one source hold
    it. Original is an article a third of whose sentences stand in two articles of its source at
    most: the versions of one wire story repeat one another and count for nothing.

    The numbers were chosen by reading what they flag in 6,000 pages of US politics: from 3 stories
    on the first sentences of the news itself are among it, from 5 on only such as “Why?”.

    >>> ids = np.array([1, 9, 2, 9, 3, 9], np.uint64)
    >>> repeated(ids, np.array([0, 2, 4, 6]), np.zeros(3, np.int64), stories=3).tolist()
    [False, True, False, True, False, True]
    """
    sizes = np.diff(offsets)
    article = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    keys = _keys(ids, sources, article)
    every = np.ones(len(sizes), np.uint8)
    own = ids != 0

    def find_own(part: I64) -> None:
        own[part] &= holders(keys[part], article[part], every) <= RARE

    _in_parts(find_own, keys, threads)
    original = are_original(ids, own, article, len(sizes)).view(np.uint8)
    found: Flags = ids != 0

    def find_repeated(part: I64) -> None:
        found[part] &= holders(keys[part], article[part], original) >= stories

    _in_parts(find_repeated, keys, threads)
    return found


def are_original(ids: U64, own: Flags, article: I32, articles: int) -> Flags:
    """Tell which articles are original, bool[n]: a third of their sentences or more are ``own``.

    ``ids`` u64[m] are the sentences, ``article`` i32[m] whose they are, ``own`` bool[m] whether few
    articles have them.
    """
    worded = np.bincount(article[ids != 0], minlength=articles)
    found: Flags = np.bincount(article[own], minlength=articles) >= _ORIGINAL * worded
    return found


_AT_ONCE = 1 << 17
"""Sentences looked at together, so few that a cache holds most of the table of them."""


def _keys(ids: U64, sources: I64, article: I32) -> U64:
    """Number sentences anew so that those of two sources differ, u64[m]."""
    keys = np.empty_like(ids)
    for start in range(0, len(ids), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        keys[some] = keyed(ids[some], sources.astype(np.uint64)[article[some]])
    return keys


def _in_parts(work: Callable[[I64], None], keys: U64, threads: int) -> None:
    """Let a function work on parts of the sentences, by their places, i64, on several threads.

    Equal sentences are in one part; the places ascend.
    """
    last = (1 << (len(keys) // _AT_ONCE).bit_length()) - 1
    numbers = np.empty(len(keys), np.min_scalar_type(last))
    np.bitwise_and(keys, np.uint64(last), out=numbers, casting="unsafe")
    for _ in in_order(lambda part: work(np.flatnonzero(numbers == part)), range(last + 1), threads):
        pass
