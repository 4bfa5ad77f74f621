"""Near-duplicates alone: pairs of texts by the Jaccard similarity of their shingles, verified."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dedup.arrays import F64, I64, U64, Growing, Ragged, distinct
from dedup.candidates import lsh
from dedup.candidates.lsh import Bands, choose_bands
from dedup.candidates.resemblance import jaccards
from dedup.corpus.pool import Candidates, Keeps, Pool, find_copies, read_pool
from dedup.corpus.windows import Window
from dedup.dump import Fields
from dedup.dump.again import Places
from dedup.dump.frames import Table
from dedup.dump.sources import Source, Texts, open_source
from dedup.index.rows import seconds_of
from dedup.model import Article
from dedup.text.words import words_of_utf8
from dedup.threads import check_threads, in_order


class SimilarPair(NamedTuple):
    """Two articles, ``a`` before ``b`` in the input, and their exact Jaccard similarity.

    >>> a, b, jaccard = SimilarPair("0", "1", 0.8)
    >>> jaccard
    0.8
    """

    a: str
    b: str
    jaccard: float


def near_duplicates(
    articles: Iterable[Article | str | Mapping[str, object] | Path] | str | Path | Table,
    *,
    threshold: float = 0.5,
    recall: float = 0.95,
    num_perm: int = 128,
    threads: int | None = None,
    fields: Fields | None = None,
    encoding: str = "utf-8",
    extract_html: bool = False,
    within: float | datetime.timedelta | None = None,
) -> list[SimilarPair]:
    """Find the pairs whose word 3-shingles have a Jaccard similarity of ``threshold`` or more.

    Each pair at the threshold is found with a probability of at least ``recall``, a more similar
    one with a higher; each is verified, so none is below the threshold. Texts of the same words
    are not listed pair by pair: each is paired with the first of them. Of more
    than 200,000 pairs, and two an article, those between texts that are like more than 32 others
    each are thinned out, as of forms: such a text keeps its most similar one and one that many have
    in common, so that what hangs together still does. No verdict is given here;
    :func:`dedup.scan` gives one and finds rewritten versions too. ``articles`` and ``within`` are
    taken as there.

    >>> near_duplicates(["Rain fell on Oslo all day.", "Rain fell on Oslo, all day!", "Sun."])
    [SimilarPair(a='0', b='1', jaccard=1.0)]
    """
    found = similar_rows(
        open_source(articles, fields, encoding, extract_html=extract_html),
        choose_bands(threshold, recall=recall, num_perm=num_perm),
        check_threads(threads),
        seconds_of(within),
    )
    return [
        SimilarPair(found.ids[i], found.ids[j], score)
        for (i, j), score in zip(found.rows.tolist(), found.jaccard.tolist(), strict=True)
    ]


class SimilarRows(NamedTuple):
    """Near-duplicates by row: ``rows`` i64[m, 2], i < j, sorted, ``jaccard`` f64[m], ``ids``."""

    rows: I64
    jaccard: F64
    ids: list[str]


def similar_rows(
    source: Source, bands: Bands, threads: int, within: int | None = None
) -> SimilarRows:
    """Find the verified pairs at the bands' threshold or above among the articles of a source."""
    at_hand = source.is_at_hand
    keeps = Keeps(cards=within is not None, words=not at_hand, terms=False)
    pool = read_pool(source, bands, threads, keeps=keeps)
    source = source.settled(pool.aside)
    first, copies = find_copies(pool)
    pairs = _similar(pool, first, threads)
    if within is not None:
        window = Window(pool.cards.dates(), within)
        parted = window.parted(Candidates(pairs, copies), pool.cards.ids)
        pairs, copies = parted.pairs, parted.copies
    if at_hand:
        jaccard = _jaccard_read_again(source, pool.places, pairs, threads)
    else:
        jaccard = jaccards(pool.words, pairs)
    similar = jaccard >= bands.threshold
    pairs, jaccard = _thinned(pairs[similar], jaccard[similar], pool.digests[:, 0])
    rows = np.concatenate((pairs, np.sort(copies, axis=1)))
    scores = np.concatenate((jaccard, np.ones(len(copies))))
    order = np.lexsort((rows[:, 1], rows[:, 0]))
    return SimilarRows(rows[order], scores[order], pool.cards.ids)


def _similar(pool: Pool, first: I64, threads: int) -> I64:
    """Find the pairs of some rows that share a band, the lesser row first."""
    order = np.argsort(pool.digests[first, 0], kind="stable")
    return first[lsh.candidate_pairs(pool.keys_of(first), threads=threads, order=order)]


def _thinned(pairs: I64, jaccard: F64, digests: U64) -> tuple[I64, F64]:
    """Leave two pairs each, where they are very many, to rows in many pairs among themselves."""
    if len(pairs) <= lsh.most_similar(len(digests)):
        return pairs, jaccard
    between = lsh.crowded(pairs, len(digests), _LISTED)[pairs].all(axis=1)
    apart = ((1 - jaccard[between]) * 2**31).astype(np.uint64)
    kept = np.ones(len(pairs), np.bool_)
    kept[between] = lsh.two_each(pairs[between], apart, np.argsort(digests, kind="stable"))
    return pairs[kept], jaccard[kept]


_LISTED = 32
"""Pairs of one row that are listed whatever it is like."""


def _jaccard_read_again(source: Source, places: Places | None, pairs: I64, threads: int) -> F64:
    """Compare rows whose words were not kept: their texts are read a second time."""
    rows = distinct(pairs.ravel())
    growing = Growing()
    for _, words in in_order(_words_of, source.texts(rows, places), threads):
        growing.append(words)
    return jaccards(growing.done(), np.searchsorted(rows, pairs))


def _words_of(texts: Texts) -> Ragged:
    return words_of_utf8(texts.read())
