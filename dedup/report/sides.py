"""Which pairs a report lays side by side, and the pages of those that its own has no room for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from dedup.comparison import compare_many
from dedup.model import Cluster, Member, Verdict
from dedup.report.findings import Listings, ScanFindings
from dedup.views import pages
from dedup.views.page import side_by_side
from dedup.views.wording import printable

if TYPE_CHECKING:
    from markupsafe import Markup

IN_PAGE = 200
"""Pairs that open in the report's own page; aligning them takes a second, and 2 MB of it. As many
stand in each of the pages beside it."""
LISTED = 20_000
"""A browser holds and filters this many clusters with ease; the rest stand in clusters.jsonl."""
_APART_LISTED = 200
"""Of the pairs that share a part or a form alone."""
_STORIES_FIRST = 140
_APART_FIRST = 40
_MEMBERS_FIRST = 3
"""Of one cluster, among the pairs of the report's own page."""
_LONGEST = 40_000
"""Characters of a text beyond which no one reads it beside another."""

Ids = tuple[str, str]


class Shown(NamedTuple):
    """What a report's page shows of a scan.

    ``clusters`` are those listed, the largest first, ``apart`` the pairs that are no versions, most
    alike first, each as if it were a cluster, and ``pairs`` those to lay side by side.
    """

    clusters: list[Cluster]
    apart: list[Cluster]
    pairs: list[Ids]


def shown_of(findings: ScanFindings, most: int = IN_PAGE) -> Shown:
    """Choose what to show, with ``most`` pairs side by side."""
    clusters = sorted(findings.clusters, key=lambda cluster: (-len(cluster.members), cluster.id))
    others = _apart(findings)
    return Shown(clusters[:LISTED], others, [*_chosen(clusters[:LISTED], others, most)])


def _apart(findings: ScanFindings) -> list[Cluster]:
    others = (pair for pair in findings.pairs if not pair.verdict.is_version)
    alike = nsmallest(_APART_LISTED, others, key=lambda pair: (-pair.jaccard, pair.a, pair.b))
    return [
        Cluster(number, pair.a, (Member(pair.b, pair.verdict, pair.probability, pair.jaccard),))
        for number, pair in enumerate(alike)
    ]


def comparable(shown: Shown, listings: Listings) -> list[Ids]:
    """Give the pairs to lay whose texts are at hand, and short enough for a reader."""
    return [
        pair
        for pair in shown.pairs
        if all(0 < len(listings[name].text) <= _LONGEST for name in pair)
    ]


def _chosen(clusters: Sequence[Cluster], apart: Sequence[Cluster], most: int) -> Iterator[Ids]:
    """Choose pairs by id: for the report's own page, and then so that each story has one."""
    listed = [
        [(cluster.representative, member.id) for member in sorted(cluster.members, key=_sameness)]
        for cluster in clusters
    ]
    others = [(one.representative, one.members[0].id) for one in apart]
    first = islice(_of_most_kinds(listed[:_STORIES_FIRST], others[:_APART_FIRST]), IN_PAGE)
    rounds = chain((pairs[0] for pairs in listed), others, *(pairs[1:] for pairs in listed))
    return islice(dict.fromkeys(chain(first, rounds if most > IN_PAGE else ())), most)


def _of_most_kinds(stories: Sequence[Sequence[Ids]], others: Iterable[Ids]) -> Iterator[Ids]:
    """Give one pair of each story, then pairs that are no versions, then further members."""
    first, *further = (
        [pairs[number] for pairs in stories if number < len(pairs)]
        for number in range(_MEMBERS_FIRST)
    )
    return chain(first, others, *further)


def _sameness(member: Member) -> tuple[bool, float, str]:
    """Order members by how much a comparison tells: other words, light edits, copies."""
    return member.verdict is Verdict.IDENTICAL, member.jaccard, member.id


def laid(pairs: Sequence[Ids], listings: Listings, start: int = 0) -> list[Markup]:
    """Lay pairs side by side; they are numbered from ``start``."""
    found = compare_many([(listings[a], listings[b]) for a, b in pairs])
    return [side_by_side(one, f"{number}-") for number, one in enumerate(found, start)]


def pair_pages(pairs: Sequence[Ids], listings: Listings) -> Iterator[tuple[str, str]]:
    """Write the pages of the pairs that come after those of the report's own: name and content.

    The script of that page knows them by number: ``pairs-2.html#pair-317``.
    """
    for start in range(IN_PAGE, len(pairs), IN_PAGE):
        part = pairs[start : start + IN_PAGE]
        names = [[_name(listings, name) for name in pair] for pair in part]
        content = pages.template("dedup.report", "pairs.html.jinja").render(
            start=start,
            sides=list(zip(names, laid(part, listings, start), strict=True)),
            **pages.assets("dedup.report", "pairs"),
        )
        yield f"pairs-{start // IN_PAGE + 1}.html", content


def _name(listings: Listings, name: str) -> str:
    return printable(listings[name].title or name)
