"""What a report is made from: the findings of a scan, and what the records add to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dedup.model import Article, Cluster, Pair, Rejected

__all__ = ["Listings", "ScanFindings"]


@dataclass(frozen=True, slots=True)
class ScanFindings:
    """What a scan found, in plain values; titles, dates and texts come with the records.

    ``articles`` counts those that were read, without the rejected; ``notes`` count what was left
    out of articles that were kept (:attr:`dedup.dump.Record.notes`); ``settings`` are what the
    scan was asked for. How long it took is not among them: the same scan writes the same bytes.
    """

    articles: int
    clusters: tuple[Cluster, ...]
    pairs: tuple[Pair, ...]
    rejected: tuple[Rejected, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)

    @property
    def versions(self) -> int:
        """How many articles are versions of another that represents them."""
        return sum(len(cluster.members) for cluster in self.clusters)


class Listings:
    """What stands in a list about the articles of clusters: all but the text, which few need.

    ``with_text`` are the ids whose texts are kept as well, to be shown side by side.
    """

    def __init__(self, clusters: tuple[Cluster, ...], with_text: frozenset[str]) -> None:
        self._wanted = {
            name
            for cluster in clusters
            for name in (cluster.representative, *(member.id for member in cluster.members))
        }
        self._with_text = with_text
        self._articles: dict[str, Article] = {}

    @property
    def wanted(self) -> frozenset[str]:
        """The ids of the articles that stand in a list."""
        return frozenset(self._wanted)

    @property
    def shown(self) -> frozenset[str]:
        """The ids of those whose texts are kept as well."""
        return self._with_text

    def take(self, article: Article) -> None:
        """Keep what a list or a comparison will need of an article, if anything."""
        if article.id in self._wanted:
            text = article.text if article.id in self._with_text else ""
            self._articles[article.id] = replace(article, text=text)

    def __getitem__(self, name: str) -> Article:
        """Give an article that was taken; one that the records did not hold is an id alone."""
        return self._articles.get(name) or Article(name, "")

    def of(self, cluster: Cluster) -> Iterator[Article]:
        """Give the articles of a cluster, the representative first."""
        yield self[cluster.representative]
        for member in cluster.members:
            yield self[member.id]
