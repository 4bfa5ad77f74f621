"""What a report is made from: the findings of a scan, and what the records add to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dedup.model import Article, Cluster, Pair, Rejected
from dedup.views.wording import opening


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
    past: Mapping[str, Article] = field(default_factory=dict)
    """By id the articles of an index that the scan went against, without their texts."""

    @property
    def versions(self) -> int:
        """How many articles are versions of another that represents them."""
        members = (member.id for cluster in self.clusters for member in cluster.members)
        return sum(name not in self.past for name in members)


class Listings:
    """What stands in a list about the articles wanted: all but the text, which few need.

    ``wanted`` are the ids of those that stand in one; ``with_text`` the ids whose texts are kept
    as well, to be shown side by side; ``with_opening`` those whose first words are kept where they
    have no title.
    """

    def __init__(
        self,
        wanted: frozenset[str],
        with_text: frozenset[str],
        with_opening: frozenset[str] = frozenset(),
    ) -> None:
        self._wanted = wanted
        self._with_text = with_text
        self._with_opening = with_opening
        self._articles: dict[str, Article] = {}
        self._openings: dict[str, str] = {}

    @property
    def wanted(self) -> frozenset[str]:
        """The ids of the articles that stand in a list."""
        return self._wanted

    def needs_text(self, name: str, title: str) -> bool:
        """Tell whether the text of an article is needed, by its id and its title."""
        return name in self._with_text or (name in self._with_opening and not title)

    def take(self, article: Article) -> None:
        """Keep what a list or a comparison will need of an article, if anything."""
        if article.id in self._wanted:
            bare = replace(article, text="") if article.text else article
            self._articles[article.id] = bare
            if article.text and self.needs_text(article.id, article.title):
                self.take_text(article.id, article.text)

    def take_text(self, name: str, text: str) -> None:
        """Keep what is needed of the text of an article that was taken."""
        article = self._articles[name]
        if name in self._with_text:
            self._articles[name] = replace(article, text=text)
        if name in self._with_opening and not article.title:
            self._openings[name] = opening(text)

    def __getitem__(self, name: str) -> Article:
        """Give an article that was taken; one that the records did not hold is an id alone."""
        return self._articles.get(name) or Article(name, "")

    def opening(self, name: str) -> str:
        """Give the first words of an article without a title, ``""`` where none were kept."""
        return self._openings.get(name, "")

    def of(self, cluster: Cluster) -> Iterator[Article]:
        """Give the articles of a cluster, the representative first."""
        yield self[cluster.representative]
        for member in cluster.members:
            yield self[member.id]
