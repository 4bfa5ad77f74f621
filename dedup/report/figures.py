"""The figures of a report: how large clusters are, when versions came, who had a story first."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from dedup.model import Article, Cluster, Verdict
from dedup.moments import as_utc
from dedup.report.findings import Listings

_SIZES = ((2, 2), (3, 3), (4, 4), (5, 5), (6, 10), (11, 20), (21, 50), (51, 0))
"""Bounds of the bars for cluster sizes, both included; 0 stands for no bound."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How many there are of one kind."""

    label: str
    count: int


def size_bars(clusters: Iterable[Cluster]) -> list[Bar]:
    """Count clusters by the number of their articles, up to the largest there is.

    >>> from dedup.model import Member
    >>> twin = Member("b", Verdict.IDENTICAL, 1.0, 1.0)
    >>> size_bars([Cluster(0, "a", (twin,)), Cluster(1, "c", (twin, twin))])
    [Bar(label='2', count=1), Bar(label='3', count=1)]
    """
    sizes = [1 + len(cluster.members) for cluster in clusters]
    largest = max(sizes, default=0)
    bars = []
    for low, high in _SIZES:
        if low > largest:
            break
        within = sum(low <= size <= (high or size) for size in sizes)
        label = str(low) if low == high else f"{low}–{high}" if high else f"{low}+"
        bars.append(Bar(label, within))
    return bars


@dataclass(frozen=True, slots=True)
class Column:
    """Versions published in one day, month or year: how many of each verdict."""

    label: str
    counts: tuple[int, ...]
    """One number for each :class:`~dedup.model.Verdict`, in their order."""

    @property
    def total(self) -> int:
        """How many versions there are of all verdicts."""
        return sum(self.counts)


_DAYS_SHOWN = 92
_MONTHS_SHOWN = 120


def columns_over_time(clusters: Iterable[Cluster], listings: Listings) -> list[Column]:
    """Count dated versions by day, month or year, whichever gives columns that can be told apart.

    Columns follow one another without gaps; one without a version is empty.
    """
    found = Counter(
        (datetime.date(date.year, date.month, date.day), member.verdict)
        for cluster in clusters
        for member in cluster.members
        if (date := listings[member.id].date) is not None
    )
    if not found:
        return []
    days = [day for day, _ in found]
    labels = _labels(min(days), max(days))
    width = len(labels[0])
    counts = Counter[tuple[str, Verdict]]()
    for (day, verdict), count in found.items():
        counts[day.isoformat()[:width], verdict] += count
    return [Column(label, tuple(counts[label, verdict] for verdict in Verdict)) for label in labels]


def _labels(first: datetime.date, last: datetime.date) -> list[str]:
    days = (last - first).days
    if days < _DAYS_SHOWN:
        return [(first + datetime.timedelta(day)).isoformat() for day in range(days + 1)]
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    if len(months) <= _MONTHS_SHOWN:
        return [f"{month // 12:04}-{month % 12 + 1:02}" for month in months]
    return [f"{year:04}" for year in range(first.year, last.year + 1)]


@dataclass(frozen=True, slots=True)
class Flow:
    """Stories that one source had first and another later: how often, and the median delay."""

    first: str
    later: str
    count: int
    delay: datetime.timedelta


def flows(clusters: Iterable[Cluster], listings: Listings) -> list[Flow]:
    """Count who had stories first and who followed, the most frequent first.

    A cluster counts where one source was first (:func:`followers`); each source that followed
    counts once, with its own earliest article.
    """
    delays: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for cluster in clusters:
        first, later = followers(list(listings.of(cluster)))
        for source, delay in later.items():
            delays[first, source].append(delay.total_seconds())
    found = [
        Flow(first, source, len(seconds), datetime.timedelta(seconds=median(seconds)))
        for (first, source), seconds in delays.items()
    ]
    return sorted(found, key=lambda flow: (-flow.count, flow.first, flow.later))


def followers(articles: Sequence[Article]) -> tuple[str, dict[str, datetime.timedelta]]:
    """Tell which source was first, ``""`` if none alone was, and how much later the others were.

    Where one of the articles has a date without a time, all are compared by day, since nothing is
    known of the hour. Articles without a source do not count.
    """
    if len({article.source for article in articles}) == 1:
        return "", {}
    moments: dict[str, datetime.datetime] = {}
    for article, moment in zip(articles, _moments(articles), strict=True):
        if article.source and moment is not None:
            moments[article.source] = min(moment, moments.get(article.source, moment))
    ordered = sorted((moment, source) for source, moment in moments.items())
    if len(ordered) < 2 or ordered[0][0] == ordered[1][0]:
        return "", {}
    (start, first), *later = ordered
    return first, {source: moment - start for moment, source in later}


def arrivals(articles: Sequence[Article]) -> list[str]:
    """Word for each article of a story when it came: first, or how long after the first.

    By day where one of them has a date without a time; ``""`` for an article without a date.

    >>> days = "2023-10-31", "2023-11-02", None, "2023-10-31"
    >>> arrivals([Article(str(n), "", date=day) for n, day in enumerate(days)])
    ['same day', '2 days later', '', 'same day']
    """
    moments = _moments(articles)
    known = [moment for moment in moments if moment is not None]
    if not known:
        return [""] * len(articles)
    first = min(known)
    together = "same day" if _by_day(articles) else "same time"
    start = "first" if known.count(first) == 1 else together
    return [
        "" if moment is None else start if moment == first else f"{duration(moment - first)} later"
        for moment in moments
    ]


def _by_day(articles: Sequence[Article]) -> bool:
    return any(a.date is not None and not isinstance(a.date, datetime.datetime) for a in articles)


def _moments(articles: Sequence[Article]) -> list[datetime.datetime | None]:
    """Give the moment of each article in UTC, midnight of all where one has no time of day."""
    found = [as_utc(article.date) if article.date else None for article in articles]
    kinds = {isinstance(article.date, datetime.datetime) for article in articles if article.date}
    if len(kinds) < 2:
        return found
    midnight = datetime.time(tzinfo=datetime.UTC)
    return [moment and datetime.datetime.combine(moment, midnight) for moment in found]


_UNITS = (("year", 365.25 * 86_400, 2), ("day", 86_400, 1), ("hour", 3_600, 1), ("minute", 60, 0))
"""Of time: name, seconds, and from how many on it is used."""


def duration(delay: datetime.timedelta) -> str:
    """Word a delay in the unit that suits it, by two digits or all before the point.

    >>> duration(datetime.timedelta(minutes=95)), duration(datetime.timedelta(days=1))
    ('1.6 hours', '1 day')
    """
    told = delay.total_seconds()
    unit, seconds = next((u, seconds) for u, seconds, least in _UNITS if told >= least * seconds)
    number = told / seconds
    shown = f"{number:,.{0 if number >= 10 else 1}f}".removesuffix(".0")
    return f"{shown} {unit}" if shown == "1" else f"{shown} {unit}s"


@dataclass(frozen=True, slots=True)
class Matrix:
    """Flows between the sources that have most of them: rows had it first, columns later."""

    firsts: tuple[str, ...]
    laters: tuple[str, ...]
    cells: tuple[tuple[Flow | None, ...], ...]
    highest: int
    left_out: int
    """Flows, counted as stories, of sources that are not shown."""


_MOST_SOURCES = 12


def matrix(found: Sequence[Flow]) -> Matrix:
    """Arrange flows by source, the busiest first; a table of more would not be read."""
    firsts, laters = Counter[str](), Counter[str]()
    for flow in found:
        firsts[flow.first] += flow.count
        laters[flow.later] += flow.count
    rows, tops = _busiest(firsts), _busiest(laters)
    inside = [flow for flow in found if flow.first in rows and flow.later in tops]
    rows = tuple(source for source in rows if any(flow.first == source for flow in inside))
    tops = tuple(source for source in tops if any(flow.later == source for flow in inside))
    by_pair = {(flow.first, flow.later): flow for flow in inside}
    return Matrix(
        firsts=rows,
        laters=tops,
        cells=tuple(tuple(by_pair.get((first, later)) for later in tops) for first in rows),
        highest=max((flow.count for flow in inside), default=0),
        left_out=sum(flow.count for flow in found) - sum(flow.count for flow in inside),
    )


def _busiest(counts: Counter[str]) -> tuple[str, ...]:
    ordered = sorted(counts, key=lambda source: (-counts[source], source))
    return tuple(ordered[:_MOST_SOURCES])
