"""What an index holds that may be versions of a scan's articles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dedup.arrays import I64, Ragged, joined
from dedup.index.asking import Asked, Candidates, Window
from dedup.index.index import Index
from dedup.index.rows import Row, around, moment_of
from dedup.model import Article
from dedup.threads import map_all

__all__ = ["Past", "find_past"]

_AT_ONCE = 128
"""Texts looked for in one go: what bounds the memory of their candidates."""


class Past(NamedTuple):
    """Articles of an index that are worth judging with some texts.

    ``articles`` k, in the order added, with ``words`` ragged u32 and ``marks`` ragged u8; ``pairs``
    i64[m, 2] are places of articles and of texts.
    """

    articles: Sequence[Row]
    words: Ragged
    marks: Ragged
    pairs: I64


def find_past(
    index: Index, words: Ragged, articles: Sequence[Article], within: int | None, threads: int
) -> Past:
    """Find the articles of an index worth judging with some texts, whose words are given.

    Of ``articles`` ids and dates count: one that the index has too is left out of what is found for
    it, and with ``within``, in seconds, so are those dated further from it.
    """
    store = index._store
    state = store.state()
    own = store.catalog.numbers([article.id for article in articles])

    def look(first: int) -> Candidates:
        some = np.arange(first, min(first + _AT_ONCE, len(articles)))
        windows = [
            Window(around(moment_of(articles[at].date), within), own.get(articles[at].id))
            for at in some.tolist()
        ]
        with store.checked():
            asked = Asked.of(words.take(some), np.empty(0, np.uint8), windows, store.bands)
            return state.candidates(asked)

    starts = range(0, len(articles), _AT_ONCE)
    found = map_all(look, starts, threads)
    texts = joined(
        [part.pairs[:, 0] + at for at, part in zip(starts, found, strict=True)], np.int64
    )
    numbers = joined([part.numbers[part.pairs[:, 1]] for part in found], np.int64)
    held, at, places = _first_of_each(joined([part.numbers for part in found], np.int64), numbers)
    rows = store.catalog.rows(held.tolist())
    if len(rows) < len(held):  # removed meanwhile: the next state has them no more
        return find_past(index, words, articles, within, threads)
    return Past(
        [rows[number] for number in held.tolist()],
        Ragged.joined([part.words for part in found]).take(at),
        Ragged.joined([part.marks for part in found], np.uint8).take(at),
        np.stack((places, texts), axis=1),
    )


def _first_of_each(every: I64, wanted: I64) -> tuple[I64, I64, I64]:
    """Give the distinct numbers, ascending, where each stands first, and the places of others."""
    held, at = np.unique(every, return_index=True)
    return held, at.astype(np.int64), np.searchsorted(held, wanted).astype(np.int64)
