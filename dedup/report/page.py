"""One self-contained page to look at what a scan found."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from dedup.dump import to_json_line
from dedup.model import Cluster, Rejected, Verdict
from dedup.moments import as_utc
from dedup.report.figures import (
    arrivals,
    columns_over_time,
    duration,
    flows,
    followers,
    matrix,
    size_bars,
)
from dedup.report.findings import Listings, ScanFindings
from dedup.report.sides import IN_PAGE, Shown, laid
from dedup.views import pages
from dedup.views.wording import MEANING, loud_share, percent, printable

if TYPE_CHECKING:
    from markupsafe import Markup

_REJECTED_LISTED = 200


def listings_of(findings: ScanFindings, shown: Shown) -> Listings:
    """Make the listings that pages and tables need, still to be filled from the records."""
    paired = (name for pair in findings.pairs for name in (pair.a, pair.b))
    wanted = _names(findings.clusters).union(paired)
    opened = _names((*shown.clusters, *shown.apart))
    return Listings(wanted, frozenset(chain.from_iterable(shown.pairs)), opened)


def _names(clusters: Iterable[Cluster]) -> frozenset[str]:
    return frozenset(
        name
        for cluster in clusters
        for name in (cluster.representative, *(member.id for member in cluster.members))
    )


def page(
    findings: ScanFindings,
    listings: Listings,
    shown: Shown,
    suffix: str,
    compared: Sequence[tuple[str, str]],
) -> str:
    """Write the page: figures, and a list of clusters to search, sort, filter and open.

    ``suffix`` is that of the tables beside it, which it names where it leaves something off;
    ``compared`` are the pairs laid side by side, the first in this page and others in those that
    :func:`~dedup.report.sides.pair_pages` writes.

    It asks nothing of a network and runs no script but its own. Of very many clusters the largest
    are listed, and of the largest some are compared; the page says where it leaves off.
    """
    found = flows(findings.clusters, listings)
    verdicts = Counter(pair.verdict for pair in findings.pairs)
    return pages.template("dedup.report").render(
        findings=findings,
        suffix=suffix,
        share=percent(findings.versions / findings.articles if findings.articles else 0.0),
        verdicts=_in_order(Counter(one.verdict for c in findings.clusters for one in c.members)),
        others=[(one, count) for one, count in _in_order(verdicts) if not one.is_version],
        order=tuple(Verdict),
        meaning=MEANING,
        across=sum(_has_several_sources(c, listings) for c in findings.clusters),
        sizes=size_bars(findings.clusters),
        columns=columns_over_time(findings.clusters, listings),
        flows=found[:_FLOWS_NAMED],
        matrix=matrix(found),
        duration=duration,
        loud=loud_share(len(findings.rejected), findings.articles),
        reasons=_reasons(findings.rejected),
        rejected=findings.rejected[:_REJECTED_LISTED],
        listed=len(shown.clusters),
        sides=laid(compared[:IN_PAGE], listings),
        compared=len(compared),
        apart=len(shown.apart),
        data=_embedded(_data(shown, listings, compared)),
        printable=printable,
        **pages.assets("dedup.report"),
    )


_FLOWS_NAMED = 10


def _in_order(counts: Mapping[Verdict, int]) -> list[tuple[Verdict, int]]:
    """Give the verdicts that occur, in their order, and how often."""
    return [(verdict, counts[verdict]) for verdict in Verdict if counts[verdict]]


def _has_several_sources(cluster: Cluster, listings: Listings) -> bool:
    return len({article.source for article in listings.of(cluster)} - {""}) > 1


def _reasons(rejected: Iterable[Rejected]) -> list[tuple[str, int]]:
    """Count the rejected by the kind of reason, which is what stands before the first colon."""
    counts = Counter(item.reason.partition(":")[0] for item in rejected)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_REASONS_NAMED]


_REASONS_NAMED = 12


def _data(shown: Shown, listings: Listings, compared: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Give the lists to the script, as plain values and short, since there are many."""
    places = {pair: place for place, pair in enumerate(compared)}
    return {
        "in_page": IN_PAGE,
        "verdicts": [verdict.value for verdict in Verdict],
        "clusters": [_listed(cluster, listings, places) for cluster in shown.clusters],
        "apart": [_listed(pair, listings, places) for pair in shown.apart],
    }


def _listed(cluster: Cluster, listings: Listings, places: dict[tuple[str, str], int]) -> list[Any]:
    """List a cluster: its number, its first source, its articles, the representative first.

    An article is id, title, date, source, URL, when it came, its first words if it has no title
    and, if a member, verdict, probability, Jaccard similarity and the number of the comparison
    with the representative, -1 if there is none.
    """
    order = list(Verdict)
    rows: list[Any] = []
    articles = list(listings.of(cluster))
    for article, arrival in zip(articles, arrivals(articles), strict=True):
        date = _shown_date(article.date)
        known = article.id, article.title, date, article.source, article.url
        texts = *known, arrival, listings.opening(article.id)
        rows.append([printable(text) for text in texts])
    for row, member in zip(rows[1:], cluster.members, strict=True):
        scores = round(float(member.probability), 3), round(float(member.jaccard), 3)
        place = places.get((cluster.representative, member.id), -1)
        row += [order.index(member.verdict), *scores, place]
    first, _ = followers(articles)
    return [cluster.id, printable(first), rows]


_MINUTES = len("2023-10-31 09:30")


def _shown_date(date: datetime.date | None) -> str:
    """Write a date so that the order of the strings is that of the moments: in UTC."""
    if date is None:
        return ""
    is_moment = isinstance(date, datetime.datetime)
    return str(as_utc(date))[:_MINUTES] if is_moment else date.isoformat()


def _embedded(value: object) -> Markup:
    """Write a value as JSON that no HTML parser takes for markup."""
    from markupsafe import Markup

    written = to_json_line(value).decode()
    return Markup(written.replace("<", "\\u003c").replace("&", "\\u0026"))
