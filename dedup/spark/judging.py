"""Pairs and the words of their articles brought together, and judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from pyspark import Broadcast

from dedup.arrays import F64, I64, U8, U64, Flags, distinct, distinct_rows
from dedup.corpus.judging import WORDS_LAID, Judged, blocks_of, judge_stories, local_rows
from dedup.corpus.marking import mark_repeated, sentences_of
from dedup.furniture._repetition import keyed
from dedup.furniture.repetition import RARE, STORIES, are_original
from dedup.spark.cards import Aside, Left, among
from dedup.spark.couples import Chosen, meeting_places
from dedup.spark.flow import joined
from dedup.spark.matching import Kept, pair_keys
from dedup.spark.packing import Packed
from dedup.spark.reading import Cards, Read

_ROWS_AT_ONCE = 1000
_NOWHERE = -1
_NO_PAIRS = np.empty((0, 2), np.uint64)


class Rows(NamedTuple):
    """The candidates among some articles.

    ``keys`` u64[n], ``sources`` u64[n] as in :class:`~dedup.spark.reading.Read`. ``rows`` i64[k] of
    them are needed in the parts ``parts`` i64[k].
    """

    keys: U64
    sources: U64
    packed: Packed
    rows: I64
    parts: I64


class Verdicts(NamedTuple):
    """What was found of pairs that were :class:`~dedup.spark.couples.Chosen`: 34 bytes each."""

    keys: U64
    stands: Flags
    verdicts: U8
    probability: F64
    jaccard: F64

    @classmethod
    def of_copies(cls, pairs: U64) -> Verdicts:
        """Say of pairs that they have the same words."""
        return cls(pairs, np.ones(len(pairs), np.bool_), *Judged.of_copies(len(pairs)))

    def are_versions(self, min_probability: float) -> Flags:
        """Tell which pairs count as versions."""
        sure: Flags = self.stands & self._judged().are_versions(min_probability)
        return sure

    def are_related(self, min_probability: float) -> Flags:
        """Tell which pairs share a story or a part of it."""
        return self._judged().are_related(min_probability)

    def _judged(self) -> Judged:
        return Judged(self.verdicts, self.probability, self.jaccard)


def homes_of(pairs: U64) -> U64:
    """Number where pairs are judged: all of one article's in which its key is the lesser one."""
    return pairs[:, 0] >> np.uint64(32)


def homes_apart(pairs: U64) -> U64:
    """Number where pairs are judged of which one article may have most: each pair by itself."""
    return pair_keys(pairs) >> np.uint64(32)


class Needs(NamedTuple):
    """Articles u64[k], and in which part each is needed, i64[k]."""

    keys: U64
    parts: I64


def send_needs(
    items: Iterator[Any], parts: int, homes: Callable[[U64], U64] = homes_of
) -> Iterator[tuple[U64, Needs]]:
    """Tell articles in which parts pairs of them are judged, each part once: 16 bytes each."""
    for chosen in items:
        of_both = np.repeat(homes(chosen.keys) % np.uint64(parts), 2)
        needs = distinct_rows(np.stack((chosen.keys.ravel(), of_both), axis=1))
        keys = np.ascontiguousarray(needs[:, 0])
        yield keys, Needs(keys, needs[:, 1].astype(np.int64))


def send_copies(items: Iterator[Cards | Left | Aside]) -> Iterator[tuple[U64, Needs]]:
    """Tell articles with the words of others that they are candidates, though needed nowhere."""
    for item in items:
        if not isinstance(item, Cards):
            copies = item.cards.keys if isinstance(item, Aside) else item.copies
            keys = distinct(copies.ravel())
            yield keys, Needs(keys, np.full(len(keys), _NOWHERE))


def send_articles(items: Iterator[Read], kept: Kept) -> Iterator[tuple[U64, Any]]:
    """Send words and marks to where is known who needs them: 1.7 bytes a word."""
    for read in map(kept.keyed, items):
        keys = read.cards.keys
        yield keys, (keys, read.sources, read.packed)


def settle_rows(items: Iterator[Any]) -> Iterator[Rows]:
    """Put the articles that are candidates together with where they are needed."""
    articles: list[tuple[U64, U64, Packed]] = []
    needs: list[Needs] = []
    for item in items:
        (needs if isinstance(item, Needs) else articles).append(item)
    if not needs:
        return
    wanted, parts = joined(needs)
    order = np.lexsort((parts, wanted))
    wanted, parts = wanted[order], parts[order]
    new = np.ones(len(wanted), np.bool_)
    new[1:] = (wanted[1:] != wanted[:-1]) | (parts[1:] != parts[:-1])
    wanted, parts = wanted[new], parts[new]
    for keys, sources, packed in articles:
        rows = np.flatnonzero(among(keys, wanted))
        local, at = meeting_places(keys[rows], wanted)
        some = parts[at] != _NOWHERE
        yield Rows(keys[rows], sources[rows], packed.take(rows), local[some], parts[at][some])


class _Sentences(NamedTuple):
    """The sentences of the articles whose source is known: u64[m], and whose they are, i32[m]."""

    ids: U64
    keys: U64
    article: np.ndarray[Any, np.dtype[np.int32]]
    articles: int

    @classmethod
    def of(cls, rows: Rows) -> _Sentences:
        words, marks = rows.packed.unpacked()
        found = sentences_of(words, marks.values)
        article = np.repeat(np.arange(len(rows.keys), dtype=np.int32), np.diff(found.offsets))
        keys = keyed(found.values, rows.sources[article])
        return cls(found.values, keys, article, len(rows.keys))

    def known(self, rows: Rows) -> Flags:
        """Tell which have words and a known source."""
        found: Flags = (self.ids != 0) & (rows.sources[self.article] != 0)
        return found

    def once_each(self, some: Flags) -> U64:
        """Give the keys of some sentences, each once an article."""
        article = self.article[some].astype(np.uint64)
        return distinct_rows(np.stack((self.keys[some], article), axis=1))[:, 0]


def send_sentences(items: Iterator[Rows]) -> Iterator[tuple[U64, tuple[U64, I64]]]:
    """Count in how many articles of a source each sentence stands: 16 bytes a sentence."""
    found = []
    for rows in items:
        sentences = _Sentences.of(rows)
        found.append(sentences.once_each(sentences.known(rows)))
    return _counted(found)


def send_original_sentences(
    items: Iterator[Rows], repeated: Broadcast[Any]
) -> Iterator[tuple[U64, tuple[U64, I64]]]:
    """Count in how many original articles the sentences stand that more than two have."""
    found = []
    for rows in items:
        sentences = _Sentences.of(rows)
        own = (sentences.ids != 0) & ~among(sentences.keys, repeated)
        original = are_original(sentences.ids, own, sentences.article, sentences.articles)
        some = sentences.known(rows) & ~own & original[sentences.article]
        found.append(sentences.once_each(some))
    return _counted(found)


def _counted(found: list[U64]) -> Iterator[tuple[U64, tuple[U64, I64]]]:
    if found:
        keys, counts = np.unique(np.concatenate(found), return_counts=True)
        yield keys, (keys, counts)


def add_sentences(items: Iterator[tuple[U64, I64]], least: int) -> Iterator[U64]:
    """Add up counts and give the sentences that ``least`` articles or more have."""
    columns = [*zip(*items, strict=True)]
    if columns:
        keys, counts = (np.concatenate(column) for column in columns)
        order = np.argsort(keys)
        keys, counts = keys[order], counts[order]
        starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
        yield keys[starts[np.add.reduceat(counts, starts) >= least]]


MORE_THAN_RARE, MANY = RARE + 1, STORIES


def send_rows(items: Iterator[Rows], furniture: Broadcast[Any]) -> Iterator[tuple[int, Any]]:
    """Send words and marks to where pairs of them are judged, and mark repeated sentences."""
    for rows in items:
        yield from _sent_rows(rows, rows.rows, rows.parts, furniture)


def send_asked_rows(
    items: Iterator[Rows | Needs], furniture: Broadcast[Any]
) -> Iterator[tuple[int, Any]]:
    """Send the articles that are asked for."""
    every = [*items]
    needs = [item for item in every if isinstance(item, Needs)]
    if not needs:
        return
    wanted, parts = joined(needs)
    wanted, parts = wanted[np.argsort(wanted)], parts[np.argsort(wanted)]
    for rows in every:
        if not isinstance(rows, Rows):
            continue
        local, at = meeting_places(rows.keys, wanted)
        yield from _sent_rows(rows, local, parts[at], furniture)


def _sent_rows(
    rows: Rows, local: I64, parts: I64, furniture: Broadcast[Any]
) -> Iterator[tuple[int, Any]]:
    if not len(local):
        return
    packed = rows.packed if not len(furniture.value) else _marked(rows, furniture)
    for part in distinct(parts).tolist():
        some = local[parts == part]
        yield part, (rows.keys[some], packed.take(some))


def _marked(rows: Rows, furniture: Broadcast[Any]) -> Packed:
    """Mark the sentences that are furniture."""
    sentences = _Sentences.of(rows)
    flags = sentences.known(rows) & among(sentences.keys, furniture)
    have_some = np.bincount(sentences.article[flags], minlength=len(rows.keys)) > 0
    some = np.flatnonzero(have_some)
    words, marks = rows.packed.unpacked(some)
    mark_repeated(marks.values, flags[have_some[sentences.article]])
    return rows.packed.replaced(some, Packed.of(words, marks.values))


def judge(items: Iterator[Any]) -> Iterator[Verdicts]:
    """Judge the pairs of a part."""
    asked: list[Chosen] = []
    articles: list[tuple[U64, Packed]] = []
    for item in items:
        (asked if isinstance(item, Chosen) else articles).append(item)
    pairs, stands = _once_each(asked)
    if not len(pairs):
        return
    keys = np.concatenate([keys for keys, _ in articles])
    order = np.argsort(keys)
    packed = Packed.joined([packed for _, packed in articles])
    del articles
    at = np.searchsorted(keys[order], pairs)
    rows = order[at]
    if not (keys[rows] == pairs).all():
        raise RuntimeError("pairs: the articles of some were not sent along")
    done = 0
    for block in blocks_of(rows, packed.counts.astype(np.int64), WORDS_LAID):
        found = _judge_block(packed, block)
        some = slice(done, done + len(block))
        yield Verdicts(pairs[some], stands[some], *found)
        done += len(block)


def _once_each(parts: Sequence[Chosen]) -> Chosen:
    """Put pairs together, each once; one that stands anywhere does."""
    keys = np.concatenate([_NO_PAIRS, *(part.keys for part in parts)])
    stands = np.concatenate([np.empty(0, np.bool_), *(part.stands for part in parts)])
    order = np.lexsort((~stands, keys[:, 1], keys[:, 0]))
    keys = keys[order]
    new = np.ones(len(keys), np.bool_)
    new[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    return Chosen(keys[new], stands[order][new])


def _judge_block(packed: Packed, pairs: I64) -> Judged:
    some, local = local_rows(pairs)
    return judge_stories(*packed.unpacked(some), local)
