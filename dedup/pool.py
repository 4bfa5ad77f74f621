"""The articles of a scan as arrays, and the candidates among them from both lanes."""

from __future__ import annotations

import datetime
import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup import kernels, lsh, terms
from dedup.arrays import Growing, distinct
from dedup.dump import Record
from dedup.errors import InputError
from dedup.lsh import Bands
from dedup.minhash import signatures
from dedup.model import Rejected
from dedup.shingles import Ragged, read_words
from dedup.vocabulary import english

__all__ = [
    "Candidates",
    "Card",
    "Pool",
    "check_threads",
    "find_candidates",
    "find_copies",
    "read_pool",
]

_BATCH = 512
"""Articles cut and sketched at once."""
_IN_FLIGHT = 4
"""Batches a thread that may wait, read but not yet cut."""


@dataclass(frozen=True, slots=True)
class Card:
    """What is kept of an article beside its arrays."""

    id: str
    title: str
    date: datetime.date | None
    source: str
    url: str


@dataclass(slots=True)
class Pool:
    """The articles of a dump in the order read: cards, word ids and band keys u64[bands, n]."""

    cards: list[Card]
    words: Ragged
    keys: NDArray[np.uint64]
    frequencies: terms.Frequencies
    rejected: list[Rejected]
    notes: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.cards)

    def keys_of(self, rows: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Give the band keys of some rows, ascending; of all rows without a copy."""
        return self.keys[:, rows] if len(rows) < len(self) else self.keys

    def lengths(self) -> NDArray[np.int64]:
        """Count the words of every article, i64[n]."""
        return np.diff(self.words.offsets)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of rows to judge, i64[m, 2], and copies: each with the first row of the same words.

    Both i < j, unique, sorted. Of several rows with the same words only the first stands in
    ``pairs``; ``copies`` ties each other one to it.
    """

    pairs: NDArray[np.int64]
    copies: NDArray[np.int64]


def read_pool(
    records: Iterator[Record | Rejected],
    bands: Bands,
    threads: int,
    *,
    with_terms: bool = True,
    tell: Callable[[int], None] | None = None,
) -> Pool:
    """Read every record: cut and sketch the articles in batches on several threads.

    ``with_terms`` also counts document frequencies, for the rare-term lane; ``tell`` hears how
    many articles were read. The order, and so the result, is that of the records for any number
    of threads.
    """
    pool = Pool(
        [], Ragged.joined([]), np.empty((bands.bands, 0), np.uint64), terms.Frequencies(), []
    )
    growing = Growing()
    keys: list[NDArray[np.uint64]] = []

    def work(texts: list[str]) -> tuple[Ragged, NDArray[np.uint64]]:
        words = read_words(texts)
        return words, kernels.band_keys(
            signatures(words, bands.permutations), bands.bands, bands.rows
        )

    def take(done: Future[tuple[Ragged, NDArray[np.uint64]]]) -> None:
        words, band_keys = done.result()
        growing.append(words)
        keys.append(band_keys)
        if with_terms:
            pool.frequencies.add(words)

    with ThreadPoolExecutor(threads) as executor:
        waiting: deque[Future[tuple[Ragged, NDArray[np.uint64]]]] = deque()
        for texts in _batches(records, pool):
            waiting.append(executor.submit(work, texts))
            if len(waiting) > _IN_FLIGHT * threads:
                take(waiting.popleft())
            if tell is not None:
                tell(len(pool))
        while waiting:
            take(waiting.popleft())
    pool.words = growing.done()
    pool.keys = _side_by_side(keys, bands.bands, len(pool))
    return pool


def _side_by_side(parts: list[NDArray[np.uint64]], bands: int, rows: int) -> NDArray[np.uint64]:
    """Put batches of band keys beside each other, u64[bands, rows], each let go once copied."""
    keys = np.empty((bands, rows), dtype=np.uint64)
    at = 0
    parts.reverse()
    while parts:
        part = parts.pop()
        keys[:, at : at + part.shape[1]] = part
        at += part.shape[1]
    return keys


def _batches(records: Iterator[Record | Rejected], pool: Pool) -> Iterator[list[str]]:
    """Cut the stream into batches of texts; cards, notes and rejected records go to the pool."""
    texts: list[str] = []
    shared: dict[object, Any] = {}  # one object for all the equal dates and sources of a dump
    for record in records:
        if isinstance(record, Rejected):
            pool.rejected.append(record)
            continue
        article = record.article
        date = shared.setdefault(article.date, article.date)
        source = shared.setdefault(article.source, article.source)
        pool.cards.append(Card(article.id, article.title, date, source, article.url))
        for note in record.notes:
            pool.notes[note] = pool.notes.get(note, 0) + 1
        texts.append(article.text)
        if len(texts) == _BATCH:
            yield texts
            texts = []
    if texts:
        yield texts


def check_threads(threads: object) -> int:
    """Give the number of threads to use: ``None`` means one for each core."""
    if threads is None:
        return os.cpu_count() or 1
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise InputError.of("threads", threads, "an int of 1 or more, or None")
    return threads


def find_candidates(pool: Pool, settings: terms.TermSettings, threads: int) -> Candidates:
    """Find the pairs worth judging: by shared bands and by shared rare terms."""
    first, copies = find_copies(pool.words)
    words = pool.words.take(first)
    similar = lsh.candidate_pairs(pool.keys_of(first), threads=threads)
    related, _ = terms.candidate_pairs(words, pool.frequencies, english(), settings)
    packed = distinct(np.concatenate((lsh.pack_pairs(similar), lsh.pack_pairs(related))))
    return Candidates(first[lsh.unpack_pairs(packed)], copies)


def find_copies(words: Ragged) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Put aside rows of the same words as an earlier row, and rows without words.

    Returns the rows left, i64[f] ascending, and the pairs (first, copy), i64[m, 2].
    """
    seen: dict[bytes, int] = {}
    first, copies = [], []
    for row in range(len(words)):
        own = words[row]
        if len(own) == 0:
            continue
        digest = hashlib.blake2b(own.tobytes(), digest_size=16).digest()
        earlier = seen.setdefault(digest, row)
        if earlier == row:
            first.append(row)
        else:
            copies.append((earlier, row))
    pairs = np.array(sorted(copies), dtype=np.int64).reshape(-1, 2)
    return np.array(first, dtype=np.int64), pairs
