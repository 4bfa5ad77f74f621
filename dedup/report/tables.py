"""The rows of a report's tables: what stands in each of its data files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any

from dedup.errors import InputError
from dedup.model import Article, Cluster, Member, Pair, Rejected
from dedup.moments import as_utc
from dedup.report.findings import Listings
from dedup.views.machine import listing

_DECIMALS = 6
"""Of probabilities and similarities: more than any of them is certain to."""


class TableFormat(StrEnum):
    """The kind of file that a report's tables come in."""

    JSONL = "jsonl"
    """JSON Lines: one object a line, in UTF-8."""
    PARQUET = "parquet"
    """Apache Parquet, typed; needs pyarrow."""

    @classmethod
    def parse(cls, value: object) -> TableFormat:
        """Read a format's name; :class:`InputError` for another value."""
        try:
            return cls(str(value))
        except ValueError:
            raise InputError.of("format", value, f"one of {', '.join(cls)}") from None


def cluster_rows(clusters: Iterable[Cluster], listings: Listings) -> Iterator[dict[str, Any]]:
    """Give a row for each cluster, its members inside it."""
    for cluster in clusters:
        yield {
            "id": cluster.id,
            "representative": cluster.representative,
            **listing(listings[cluster.representative]),
            "members": [
                {"id": member.id, **_scores(member), **listing(listings[member.id])}
                for member in cluster.members
            ],
        }


def member_rows(clusters: Iterable[Cluster], listings: Listings) -> Iterator[dict[str, Any]]:
    """Give a row for each member of a cluster, what is known of its representative beside it.

    A date is a moment in UTC: midnight where it has no time, as it stands where it has no zone.
    """
    for cluster in clusters:
        first = _typed_listing(listings[cluster.representative])
        for member in cluster.members:
            yield {
                "cluster": cluster.id,
                "representative": cluster.representative,
                "id": member.id,
                **_scores(member),
                **_typed_listing(listings[member.id]),
                **{f"representative_{name}": value for name, value in first.items()},
            }


def pair_rows(pairs: Iterable[Pair], listings: Listings) -> Iterator[dict[str, Any]]:
    """Give a row for each pair, with what an editor knows its two articles by."""
    for pair in pairs:
        a, b = listings[pair.a], listings[pair.b]
        yield {
            "a": pair.a,
            "b": pair.b,
            **_scores(pair),
            "title_a": a.title,
            "source_a": a.source,
            "title_b": b.title,
            "source_b": b.source,
        }


def rejected_rows(rejected: Iterable[Rejected]) -> Iterator[dict[str, Any]]:
    """Give a row for each record set aside."""
    return ({"source": r.source, "line": r.line, "reason": r.reason} for r in rejected)


def _scores(found: Member | Pair) -> dict[str, Any]:
    return {
        "verdict": found.verdict.value,
        "probability": round(float(found.probability), _DECIMALS),
        "jaccard": round(float(found.jaccard), _DECIMALS),
    }


def _typed_listing(article: Article) -> dict[str, Any]:
    return listing(article) | {"date": as_utc(article.date) if article.date else None}
