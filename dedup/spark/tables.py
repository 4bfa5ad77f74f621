"""What a scan found as columns: pairs, members, clusters, and the rows of the input that stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from pyspark import Broadcast

from dedup.arrays import F64, I64, U8, U64
from dedup.dump.records import Fields, column_finder
from dedup.errors import InputError
from dedup.model import Article, Verdict
from dedup.spark.cards import Left, among
from dedup.spark.judging import Verdicts, pair_keys
from dedup.spark.reading import Cards, Read, key_of, records_of
from dedup.verdict.judging import VERDICTS

__all__ = [
    "IDS",
    "MEMBERS",
    "NAMES",
    "PAIRS",
    "RANKS",
    "REJECTED",
    "Members",
    "check_text",
    "contents_of",
    "copy_columns",
    "id_columns",
    "member_columns",
    "pair_columns",
    "rank_columns",
    "rejected_columns",
    "staying",
]

NAMES = ("pairs", "members", "clusters", "unique", "rejected")
RANKS = pa.schema(
    [
        ("first", pa.float64()),
        ("second", pa.float64()),
        ("id", pa.string()),
        ("key", pa.int64()),
        ("leader", pa.int64()),
        ("moment", pa.int64()),
    ]
)
IDS = pa.schema([("id", pa.string()), ("key", pa.int64())])
_JUDGED = [("verdict", pa.string()), ("probability", pa.float64()), ("jaccard", pa.float64())]
PAIRS = pa.schema([("one", pa.int64()), ("other", pa.int64()), *_JUDGED])
MEMBERS = pa.schema([("id", pa.string()), ("cluster", pa.int64()), ("role", pa.string()), *_JUDGED])
REJECTED = pa.schema([("id", pa.string()), ("reason", pa.string())])
_WORDINGS = np.array([verdict.value for verdict in VERDICTS], dtype=object)

Columns = Iterator[dict[str, Any]]


class Members(NamedTuple):
    """The articles that are in clusters, by key: of a version, how it compares with ``ones``.

    ``keys`` u64[m] ascending; ``clusters`` i64, ``verdicts`` u8, ``probability`` and ``jaccard``
    f64. ``ones`` u64[k] ascending are the representatives, ``numbers`` i64 their clusters and
    ``sizes`` i64 how many versions those have.
    """

    keys: U64
    clusters: I64
    verdicts: U8
    probability: F64
    jaccard: F64
    ones: U64
    numbers: I64
    sizes: I64

    @classmethod
    def of(
        cls,
        keys: U64,
        ones: U64,
        clusters: I64,
        judged: tuple[U8, F64, F64],
    ) -> Members:
        """Put members in order of their keys; ``ones`` u64[m] represent them."""
        order = np.argsort(keys)
        first, at, sizes = np.unique(ones, return_index=True, return_counts=True)
        columns = (keys, clusters, *judged)
        parts: list[Any] = [*(column[order] for column in columns), first, clusters[at], sizes]
        return cls(*parts)


def check_text(names: Sequence[str], fields: Fields) -> None:
    """Raise :class:`InputError`, which names the columns, where none can hold the text."""
    if not column_finder(fields)(tuple(names)).text:
        shown = ", ".join(names)
        raise InputError(f"df: got the columns {shown!r}, wanted one for the text")


def rank_columns(items: Iterator[Cards | Left], wanted: Broadcast[Any]) -> Columns:
    """List how well the articles ``wanted`` represent others."""
    for cards in _cards(items):
        some = cards.take(np.flatnonzero(among(cards.keys, wanted)))
        yield {
            "first": some.ranks[:, 0],
            "second": some.ranks[:, 1],
            "id": some.ids,
            "key": some.keys.view(np.int64),
            "leader": some.leaders.view(np.int64),
            "moment": some.moments,
        }


def id_columns(items: Iterator[Cards | Left]) -> Columns:
    """List the id of each key."""
    for cards in _cards(items):
        yield {"id": cards.ids, "key": cards.keys.view(np.int64)}


def _cards(items: Iterator[Cards | Left]) -> Iterator[Cards]:
    return (item for item in items if isinstance(item, Cards))


def pair_columns(
    items: Iterator[Verdicts], least: float, without: Broadcast[Any] | None = None
) -> Columns:
    """List pairs that share something; ``without`` are numbers of pairs listed elsewhere."""
    for found in items:
        some = found.are_related(least)
        if without is not None:
            some &= ~among(pair_keys(found.keys), without)
        kept = found.take(some)
        yield {
            "one": kept.keys[:, 0].view(np.int64),
            "other": kept.keys[:, 1].view(np.int64),
            "verdict": _WORDINGS[kept.verdicts],
            "probability": kept.probability,
            "jaccard": kept.jaccard,
        }


def copy_columns(items: Iterator[Cards | Left]) -> Columns:
    """List the pairs of the same words, each with the first of them."""
    for left in items:
        if isinstance(left, Left):
            ones = np.ones(len(left.copies))
            yield {
                "one": left.copies[:, 0].copy().view(np.int64),
                "other": left.copies[:, 1].copy().view(np.int64),
                "verdict": [Verdict.IDENTICAL.value] * len(ones),
                "probability": ones,
                "jaccard": ones,
            }


def member_columns(items: Iterator[Cards | Left], members: Broadcast[Members]) -> Columns:
    """List every article: alone, ``one`` that represents a cluster, or its ``version``."""
    known = members.value
    for cards in _cards(items):
        is_version, is_one = among(cards.keys, known.keys), among(cards.keys, known.ones)
        at = np.searchsorted(known.keys, cards.keys[is_version])
        clusters = np.zeros(len(cards.keys), np.int64)
        clusters[is_version] = known.clusters[at]
        clusters[is_one] = known.numbers[np.searchsorted(known.ones, cards.keys[is_one])]
        roles = np.full(len(cards.keys), None, dtype=object)
        roles[is_version], roles[is_one] = "version", "one"
        judged = np.zeros((2, len(cards.keys)))
        judged[:, is_version] = known.probability[at], known.jaccard[at]
        verdicts = np.full(len(cards.keys), None, dtype=object)
        verdicts[is_version] = _WORDINGS[known.verdicts[at]]
        yield {
            "id": cards.ids,
            "cluster": pa.array(clusters, mask=~(is_version | is_one)),
            "role": roles,
            "verdict": verdicts,
            "probability": pa.array(judged[0], mask=~is_version),
            "jaccard": pa.array(judged[1], mask=~is_version),
        }


def rejected_columns(items: Iterator[Any]) -> Columns:
    """List what was set aside and why."""
    for item in items:
        if isinstance(item, (Read, Left)):
            ids, reasons = [*zip(*item.rejected, strict=True)] or ((), ())
            yield {"id": [*ids], "reason": [*reasons]}


def contents_of(
    items: Iterator[Cards | Left], members: Broadcast[Members]
) -> Iterator[tuple[U64, U64]]:
    """Tell which contents are gone from the input, and of which several rows but one is.

    Rows of the same content have the same words, so that all of them are in one part.
    """
    for cards in _cards(items):
        if len(cards.keys):
            contents, of = np.unique(cards.contents, return_inverse=True)
            stays = ~among(cards.keys, members.value.keys)
            staying = np.bincount(of, weights=stays)
            rows = np.bincount(of, weights=cards.times)
            yield contents[staying == 0], contents[(staying > 0) & (rows > staying)]


def staying(
    batches: Iterator[pa.RecordBatch],
    fields: Fields,
    used: Sequence[str],
    gone: Broadcast[Any],
    repeated: Broadcast[Any],
) -> Iterator[pa.RecordBatch]:
    """Leave out the rows that are no article or a version; number those of which one is to stay."""
    for batch in batches:
        keys = np.zeros(batch.num_rows, np.uint64)
        stays = np.zeros(batch.num_rows, np.bool_)
        for row, found in enumerate(records_of(batch.select(used), fields)):
            if isinstance(found, Article):
                keys[row], stays[row] = key_of(found), True
        stays &= ~among(keys, gone)
        again = among(keys, repeated)
        numbers = pa.array(keys.view(np.int64), mask=~again)
        yield batch.append_column(AGAIN, numbers).filter(pa.array(stays))


AGAIN = "dedup same content"
"""The name of a column while rows of one content are found, of which one stays."""
