"""A scan against an index: its articles stand before those of the scan and are judged alike."""

from __future__ import annotations

import datetime
from typing import NamedTuple

import numpy as np

from dedup.arrays import I64, Ragged, distinct
from dedup.candidates import _sketches
from dedup.candidates.lsh import Bands, most_similar, pack_pairs, thinned, unpack_pairs
from dedup.candidates.minhash import signatures
from dedup.corpus.marking import MarkedRows
from dedup.corpus.pool import Candidates, Pool
from dedup.index.index import Index
from dedup.index.past import Past, find_past

NOTHING_PAST = Past(
    (), Ragged.of([], np.uint32), Ragged.of([], np.uint8), np.empty((0, 2), np.int64)
)


class Listed(NamedTuple):
    """What is known of articles by row; those from ``first`` on are the scan's own."""

    first: int
    ids: list[str]
    dates: list[datetime.date | None]
    sources: list[str]
    lengths: list[int]

    @classmethod
    def of(cls, past: Past, pool: Pool) -> Listed:
        """List the articles of the past, then those of a pool."""
        rows, cards = past.articles, pool.cards
        return cls(
            len(rows),
            [*(row.id for row in rows), *cards.ids],
            [*(row.date for row in rows), *cards.dates()],
            [*(row.source for row in rows), *cards.sources()],
            [*np.diff(past.words.offsets).tolist(), *pool.counts.tolist()],
        )


def look_back(
    index: Index,
    pool: Pool,
    candidates: Candidates,
    within: int | None,
    threads: int,
    bands: Bands,
) -> tuple[Past, int]:
    """Find the articles of an index that are worth judging with those of a pool, by its rows.

    Of several rows of the same words the one that stands for the others is looked for. Gives also
    how many pairs were left out, of articles that are like very many others.
    """
    rows = np.setdiff1d(np.flatnonzero(pool.counts), candidates.copies[:, 1])
    dates, ids = pool.cards.dates(), pool.cards.ids
    of_rows = [dates[row] for row in rows.tolist()]
    words = pool.words.take(rows)
    found = find_past(index, words, of_rows, ids, within=within, threads=threads)
    kept = _thinned(found, pool, rows, bands)
    pairs = np.stack((kept[:, 0], rows[kept[:, 1]]), axis=1)
    return found._replace(pairs=pairs), len(found.pairs) - len(kept)


def _thinned(found: Past, pool: Pool, rows: I64, bands: Bands) -> I64:
    """Thin out pairs of articles of the past and of rows, as those among the rows are."""
    if len(found.pairs) <= most_similar(len(found.articles) + len(rows)):
        return found.pairs
    minima = signatures(found.words, bands.permutations)
    of_past = _sketches.band_keys(minima, bands.bands, bands.rows)
    digests = _sketches.row_digests(found.words.values, found.words.offsets)[:, 0]
    every = np.concatenate((digests, pool.digests[rows, 0]))
    keys = np.concatenate((of_past, pool.keys_of(rows)), axis=1)
    own = np.array([0, len(found.articles)])
    ordered = unpack_pairs(distinct(pack_pairs(found.pairs + own)))
    kept: I64 = thinned(ordered, keys, np.argsort(every, kind="stable")) - own
    return kept


def beside(
    past: Past, articles: MarkedRows, pairs: I64, copies: I64
) -> tuple[MarkedRows, I64, I64]:
    """Put the articles of the past before the rows of a pool, and their pairs among its pairs."""
    count = len(past.articles)
    if not count:
        return articles, pairs, copies
    own = past.pairs + np.array([0, count])
    every = unpack_pairs(distinct(pack_pairs(np.concatenate((own, pairs + count)))))
    marked = MarkedRows(
        np.concatenate((np.arange(count), articles.rows + count)),
        Ragged.joined([past.words, articles.words]),
        Ragged.joined([past.marks, articles.marks], np.uint8),
    )
    return marked, every, copies + count
