"""What an index holds that may be versions of a scan's articles."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dedup.arrays import I64, Ragged, distinct, joined
from dedup.index.asking import TEXTS_AT_ONCE, Asked, Candidates, Window
from dedup.index.index import Index
from dedup.index.rows import Row
from dedup.threads import map_all


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
    index: Index,
    words: Ragged,
    dates: Sequence[datetime.date | None],
    but: Sequence[str],
    *,
    within: int | None,
    threads: int,
) -> Past:
    """Find the articles of an index worth judging with some texts, whose words are given.

    ``dates`` are those of the texts; with ``within``, in seconds, articles dated further from a
    text are not looked at for it. Articles with the ids ``but`` are not looked at at all.
    """
    store = index._store
    state = store.state()
    left_out = list(store.catalog.numbers(but).values())

    def look(first: int) -> Candidates:
        some = np.arange(first, min(first + TEXTS_AT_ONCE, len(dates)))
        windows = [Window.around(dates[at], within) for at in some.tolist()]
        with store.checked():
            asked = Asked.of(words.take(some), np.empty(0, np.uint8), windows, store.bands)
            return state.candidates(asked)

    starts = range(0, len(dates), TEXTS_AT_ONCE)
    found = map_all(look, starts, threads)
    texts = joined(
        [part.pairs[:, 0] + at for at, part in zip(starts, found, strict=True)], np.int64
    )
    numbers = joined([part.numbers[part.pairs[:, 1]] for part in found], np.int64)
    others = ~np.isin(numbers, left_out)
    texts, numbers = texts[others], numbers[others]
    every = joined([part.numbers for part in found], np.int64)
    held = distinct(numbers)
    rows = store.catalog.rows(held.tolist())
    if len(rows) < len(held):  # removed meanwhile: the next state has them no more
        return find_past(index, words, dates, but, within=within, threads=threads)
    order = np.argsort(every, kind="stable")
    at = order[np.searchsorted(every, held, sorter=order)]
    return Past(
        [rows[number] for number in held.tolist()],
        Ragged.joined([part.words for part in found]).take(at),
        Ragged.joined([part.marks for part in found], np.uint8).take(at),
        np.stack((np.searchsorted(held, numbers), texts), axis=1),
    )
