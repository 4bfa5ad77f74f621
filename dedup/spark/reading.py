"""The rows of a DataFrame read: ids, words, marks and sketches of a thousand articles at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple, TypeAlias
from zlib import crc32

import numpy as np
import pyarrow as pa
from pyspark import TaskContext

from dedup.arrays import F64, I64, U64, Flags, Ragged, encoded
from dedup.candidates import _sketches
from dedup.candidates.lsh import Bands
from dedup.candidates.minhash import signatures
from dedup.corpus.clusters import Keep, Preference, moment
from dedup.dump import Record
from dedup.dump.ids import content_key
from dedup.dump.records import Columns, Fields, Row, column_finder, record
from dedup.index.rows import moments_of
from dedup.model import Article
from dedup.reading.texts import read_utf8
from dedup.spark.flow import take
from dedup.spark.packing import Packed

_ROWS_AT_ONCE = 1000
Texts: TypeAlias = "np.ndarray[Any, np.dtype[np.object_]]"


class Cards(NamedTuple):
    """What is known of some articles beside their words: 110 bytes each and the id.

    ``ids`` are strings. u64 a row: ``keys`` tell rows apart, ``contents`` are the same where all
    that is read is the same, ``names`` hang on the id alone, ``digests`` on the words alone.
    ``leaders`` are the keys of the articles that stand for those of the same words, ``bests`` of
    the ones among them that represent best. ``ranks`` f64[n, 2] are lower the better an article
    represents others; of equal ones the least id does. ``moments`` i64 are dates as
    :func:`~dedup.index.rows.moments_of` gives them, ``counts`` i64 words, ``times`` i64 the
    rows of the input that an article was, ``aside`` i64 the copies of which only the one that
    represents them best tells.
    """

    ids: Texts
    keys: U64
    contents: U64
    names: U64
    digests: U64
    leaders: U64
    bests: U64
    ranks: F64
    moments: I64
    counts: I64
    times: I64
    aside: I64


class Read(NamedTuple):
    """Some articles as they were read, and why other rows were set aside.

    ``sources`` u64 are numbered by name, 0 for none; ``bands`` u64[b, n] are band keys.
    """

    cards: Cards
    sources: U64
    packed: Packed
    bands: U64
    rejected: list[tuple[str | None, str]]

    def of_rows(self, kept: Flags) -> Read:
        """Leave articles out."""
        if kept.all():
            return self
        rows = np.flatnonzero(kept)
        return Read(
            cards=take(self.cards, rows),
            sources=self.sources[rows],
            packed=self.packed.take(rows),
            bands=self.bands[:, rows],
            rejected=self.rejected,
        )

    def with_keys(self, keys: U64) -> Read:
        """Give the articles other keys."""
        return self._replace(cards=self.cards._replace(keys=keys))


def read_rows(
    batches: Iterator[pa.RecordBatch], fields: Fields, bands: Bands, preference: Preference
) -> Iterator[Read]:
    """Read the rows of a partition.

    Rows of which all is the same are told apart by how many of them the partition has; so their
    keys are the same whatever order the rows come in.
    """
    context = TaskContext.get()
    place = context.partitionId() if context else 0
    seen: Counter[int] = Counter()
    for batch in batches:
        for start in range(0, batch.num_rows, _ROWS_AT_ONCE):
            yield _read(batch.slice(start, _ROWS_AT_ONCE), fields, bands, preference, place, seen)


def _read(
    batch: pa.RecordBatch,
    fields: Fields,
    bands: Bands,
    preference: Preference,
    place: int,
    seen: Counter[int],
) -> Read:
    articles: list[Article] = []
    rejected: list[tuple[str | None, str]] = []
    for found in records_of(batch, fields):
        if isinstance(found, Article):
            articles.append(found)
        else:
            rejected.append((None, found))
    texts = read_utf8(encoded([article.text for article in articles]), letters=False)
    words = texts.words
    minima = signatures(words, bands.permutations)
    return Read(
        cards=_cards(articles, words, preference, place, seen),
        sources=np.array([number(a.source) if a.source else 0 for a in articles], np.uint64),
        packed=Packed.of(words, texts.marks),
        bands=_sketches.band_keys(minima, bands.bands, bands.rows),
        rejected=rejected,
    )


def _cards(
    articles: Sequence[Article],
    words: Ragged,
    preference: Preference,
    place: int,
    seen: Counter[int],
) -> Cards:
    contents = [key_of(article) for article in articles]
    keys = []
    for content in contents:
        keys.append(number(f"{content} {place} {seen[content]}"))
        seen[content] += 1
    own = np.array(keys, np.uint64)
    counts = np.diff(words.offsets)
    digests = _sketches.row_digests(words.values, words.offsets)
    return Cards(
        ids=np.array([article.id for article in articles], object),
        keys=own,
        contents=np.array(contents, np.uint64),
        names=np.array([number(article.id) for article in articles], np.uint64),
        digests=np.ascontiguousarray(digests[:, 0]),
        leaders=own,
        bests=own,
        ranks=_ranks(articles, counts, preference),
        moments=moments_of([article.date for article in articles]),
        counts=counts,
        times=np.ones(len(articles), np.int64),
        aside=np.zeros(len(articles), np.int64),
    )


def records_of(batch: pa.RecordBatch, fields: Fields) -> Iterator[Article | str]:
    """Make the article of each row, or tell why there is none."""
    columns: Columns = column_finder(fields)(tuple(batch.schema.names))
    for values in batch.to_pylist():
        found = record(Row(0, values), columns, "")
        yield found.article if isinstance(found, Record) else found.reason


def key_of(article: Article) -> int:
    """Number an article by all that is read of it, as a scan does that has ids to tell apart."""
    return content_key(article, crc32(article.text.encode("utf-8", "surrogatepass")))


def number(text: str) -> int:
    """Number a text so that two have the same by chance once in 2^64."""
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little")


def _ranks(articles: Sequence[Article], counts: I64, preference: Preference) -> F64:
    """Tell by two numbers how well articles represent others, f64[n, 2], the best the lowest."""
    ranks = np.zeros((len(articles), 2))
    if preference.keep is Keep.LONGEST:
        ranks[:, 0] = -counts
        return ranks
    last, places = len(preference.sources), preference.places()
    for row, article in enumerate(articles):
        missing, seconds = moment(article.date)
        ranks[row] = places.get(article.source.casefold(), last), np.inf if missing else seconds
    return ranks
