"""What a scan found as columns: pairs, members, clusters, and the rows of the input that stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from pyspark import Broadcast

from dedup.arrays import I64, U64, Flags, distinct
from dedup.dump.records import Fields, column_finder
from dedup.errors import InputError
from dedup.model import Article, Verdict
from dedup.spark.cards import Aside, Left, among
from dedup.spark.flow import joined, take
from dedup.spark.grouping import Members, Told
from dedup.spark.judging import Verdicts
from dedup.spark.matching import pair_keys
from dedup.spark.reading import Cards, Read, Texts, key_of, records_of
from dedup.verdict.judging import VERDICTS

NAMES = ("pairs", "members", "clusters", "unique", "rejected")
_JUDGED = [("verdict", pa.string()), ("probability", pa.float64()), ("jaccard", pa.float64())]
PAIRS = pa.schema([("a", pa.string()), ("b", pa.string()), *_JUDGED])
_CLUSTER = [("cluster", pa.int64()), ("representative", pa.string())]
MEMBERS = pa.schema([("id", pa.string()), *_CLUSTER, *_JUDGED])
CLUSTERS = pa.schema([*_CLUSTER, ("members", pa.int64())])
REJECTED = pa.schema([("id", pa.string()), ("reason", pa.string())])
_WORDINGS = np.array([verdict.value for verdict in VERDICTS], dtype=object)

Columns = Iterator[dict[str, Any]]


def check_text(names: Sequence[str], fields: Fields) -> None:
    """Raise :class:`InputError`, which names the columns, where none can hold the text."""
    if not column_finder(fields)(tuple(names)).text:
        shown = ", ".join(names)
        raise InputError(f"df: got the columns {shown!r}, wanted one for the text")


class Named(NamedTuple):
    """Pairs, and the ids of their first articles: 34 bytes each and the id."""

    ids: Texts
    pairs: Verdicts


def related(items: Iterator[Verdicts | Told | Cards | Left], least: float) -> Iterator[Verdicts]:
    """Give the pairs of a part that share something.

    Those of the same words stand with the one that stands for them.
    """
    for item in items:
        if isinstance(item, Left) and len(item.copies):
            yield Verdicts.of_copies(item.copies)
        elif isinstance(item, (Verdicts, Told)):
            pairs = item.pairs if isinstance(item, Told) else item
            yield take(pairs, pairs.are_related(least))


def name_first(items: Iterator[Cards | Verdicts]) -> Iterator[Named]:
    """Give pairs with the ids of their first articles, each once: some were asked about again."""
    cards, found = _cards_and_others(items)
    if found:
        pairs = joined(found)
        pairs = take(pairs, np.unique(pair_keys(pairs.keys), return_index=True)[1])
        yield Named(_ids_of(cards, pairs.keys[:, 0]), pairs)


def pair_columns(items: Iterator[Cards | Named | Left | Aside], heads: Broadcast[Any]) -> Columns:
    """List pairs by ids, the lesser first."""
    cards, found = _cards_and_others(items)
    for item in found:
        if isinstance(item, Aside):
            firsts, _ = _stand_for(item, heads)
            copies = np.sort(np.stack((firsts.ids, item.cards.ids), axis=1), axis=1)
            yield {"a": copies[:, 0], "b": copies[:, 1], **_identical(len(copies))}
        if not isinstance(item, Named):
            continue
        ids, pairs = item
        ends = np.sort(np.stack((ids, _ids_of(cards, pairs.keys[:, 1])), axis=1), axis=1)
        yield {
            "a": ends[:, 0],
            "b": ends[:, 1],
            "verdict": _WORDINGS[pairs.verdicts],
            "probability": pairs.probability,
            "jaccard": pairs.jaccard,
        }


def staying_aside(items: Iterator[Any]) -> Iterator[Aside]:
    """Give the articles that stay aside."""
    return (item for item in items if isinstance(item, Aside))


def _stand_for(item: Aside, heads: Broadcast[Any]) -> tuple[Cards, Cards]:
    """Give the first and the best of the same words for each article that stays aside."""
    found: tuple[Cards, Cards] = heads.value.of(item.cards)
    return found


def _identical(rows: int) -> dict[str, Any]:
    """Say of so many rows that their words are the same."""
    ones = np.ones(rows)
    verdicts = [Verdict.IDENTICAL.value] * rows
    return {"verdict": verdicts, "probability": ones, "jaccard": ones}


def _cards_and_others(items: Iterator[Any]) -> tuple[Cards | None, list[Any]]:
    """Part the cards of a part, in order of their keys, from what else is there."""
    every = [*items]
    others = [item for item in every if not isinstance(item, Cards)]
    parts = [item for item in every if isinstance(item, Cards)]
    if not parts:
        return None, others
    cards = joined(parts)
    return take(cards, np.argsort(cards.keys)), others


def _ids_of(cards: Cards | None, keys: U64) -> Texts:
    if cards is None:
        raise RuntimeError("pairs: the cards of some articles are not where they belong")
    found: Texts = cards.ids[np.searchsorted(cards.keys, keys)]
    return found


def settle_members(items: Iterator[Any]) -> Iterator[tuple[Cards, Members] | Aside]:
    """Put the cards of a part in order of their keys, and beside them the members among those."""
    cards, found = _cards_and_others(items)
    yield from (item for item in found if isinstance(item, Aside))
    if cards is not None:
        members = joined([_NO_MEMBERS, *(item for item in found if isinstance(item, Members))])
        yield cards, take(members, np.argsort(members.keys))


_WHOLE, _PART = np.empty(0, np.int64), np.empty(0)
_NO_MEMBERS = Members(
    keys=_WHOLE.astype(np.uint64),
    words=_WHOLE.astype(np.uint64),
    clusters=_WHOLE,
    ones=_WHOLE.astype(object),
    sizes=_WHOLE,
    verdicts=_WHOLE.astype(np.uint8),
    probability=_PART,
    jaccard=_PART,
)


def member_columns(
    items: Iterator[tuple[Cards, Members] | Aside], heads: Broadcast[Any]
) -> Columns:
    """List every article: alone, in a cluster that it represents, or as a version of another."""
    for item in items:
        if isinstance(item, Aside):
            _, bests = _stand_for(item, heads)
            cluster = {"cluster": bests.names.view(np.int64), "representative": bests.ids}
            yield {"id": item.cards.ids, **cluster, **_identical(len(bests.ids))}
            continue
        cards, members = item
        alone = np.ones(len(cards.keys), np.bool_)
        alone[np.searchsorted(cards.keys, members.keys)] = False
        no_version = alone.copy()
        no_version[np.searchsorted(cards.keys, members.keys[members.sizes > 0])] = True
        at = np.searchsorted(members.keys, cards.keys).clip(max=len(members.keys) - 1)
        yield {
            "id": cards.ids,
            "cluster": _spread(members.clusters, at, alone),
            "representative": _spread(members.ones, at, alone),
            "verdict": _spread(_WORDINGS[members.verdicts], at, no_version),
            "probability": _spread(members.probability, at, no_version),
            "jaccard": _spread(members.jaccard, at, no_version),
        }


def _spread(values: Any, at: I64, missing: Flags) -> Any:
    """Give each article its member's value, none to those that have ``missing`` set."""
    if missing.all():
        return [None] * len(missing)
    return pa.array(values[at], mask=missing)


def cluster_columns(items: Iterator[Any]) -> Columns:
    """List clusters by what represents them."""
    for members in items:
        if isinstance(members, Members):
            some = take(members, members.sizes > 0)
            yield {"cluster": some.clusters, "representative": some.ones, "members": some.sizes}


def rejected_columns(items: Iterator[Any]) -> Columns:
    """List what was set aside and why."""
    for item in items:
        if isinstance(item, (Read, Left)):
            ids, reasons = [*zip(*item.rejected, strict=True)] or ((), ())
            yield {"id": [*ids], "reason": [*reasons]}


def contents_of(
    items: Iterator[tuple[Cards, Members] | Aside], heads: Broadcast[Any]
) -> Iterator[tuple[U64, U64]]:
    """Tell which contents are gone from the input, and of which several rows but one is.

    Rows of the same content have the same words, so that all of them are in one part, or aside.
    """
    for item in items:
        if isinstance(item, Aside):
            contents = item.cards.contents
            stays = contents == _stand_for(item, heads)[1].contents
            yield distinct(contents[~stays]), distinct(contents[stays])
            continue
        cards, members = item
        contents, of = np.unique(cards.contents, return_inverse=True)
        stays = ~among(cards.keys, members.keys[members.sizes == 0])
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
