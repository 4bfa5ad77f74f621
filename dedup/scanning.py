"""A whole dump: every article read, candidates found by both lanes, judged, and grouped."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from dedup import dump, kernels, report
from dedup.clusters import Keep, rank, stars
from dedup.comparison import prepare
from dedup.document import Document
from dedup.errors import InputError
from dedup.lsh import check_share, choose_bands
from dedup.model import Article, Cluster, Member, Pair, Rejected, Verdict
from dedup.pool import Candidates, Pool, check_threads, find_candidates, read_pool
from dedup.resemblance import Resemblance
from dedup.sources import Source, open_source
from dedup.stories import Stories
from dedup.terms import TermSettings
from dedup.verdict import judge

__all__ = ["Progress", "Report", "scan"]

_THRESHOLD = 0.5
"""The Jaccard similarity from which on the LSH lane promises its recall; below, terms find more."""
_TELL_EVERY = 100
"""Articles between two words of progress."""
_JUDGED_AT_ONCE = 8192
"""Pairs judged between two words of progress."""


class Progress(Protocol):
    """What :func:`scan` tells while it works."""

    def __call__(self, stage: str, done: int, total: int | None, /) -> None:
        """Hear that ``done`` of ``total`` (``None``: not known) units of a stage are done."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a scan found.

    ``articles`` were read. ``pairs`` were judged to share a story or a part of it, in input order;
    ``clusters`` hold the versions of one story, each member compared with its representative;
    ``rejected`` the records set aside.
    """

    articles: int
    clusters: tuple[Cluster, ...] = field(repr=False)
    pairs: tuple[Pair, ...] = field(repr=False)
    rejected: tuple[Rejected, ...] = field(repr=False)
    _findings: report.ScanFindings = field(repr=False)
    _source: Source = field(repr=False)

    def write(self, folder: str | os.PathLike[str]) -> None:
        """Write the result to a folder: JSON Lines, a summary and a page to look at.

        Each file appears whole or not at all. Raises :class:`~dedup.errors.DumpError` where the
        folder holds something else or cannot be written.
        """
        report.write(Path(folder), self._findings, self._source.records)


def scan(
    articles: Iterable[Article | str | Mapping[str, object] | Path] | str | Path,
    *,
    keep: str = "earliest",
    min_probability: float = 0.5,
    fields: dump.Fields | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Find the versions of one story among many articles.

    ``articles`` are articles, texts or mappings with the usual field names, or paths of dumps: a
    ``Path``, or a ``str`` that names a file or ends like one. Dumps are read twice, and once more
    when the report is written, so that their texts need not be kept. ``keep`` says which article
    represents a cluster (``earliest``, ``longest``, ``first``), ``min_probability`` from which
    probability on a version counts. The result is the same for any number of ``threads``.

    >>> found = scan(["Rain fell on Oslo all day.", "Rain fell on Oslo, all day!", "Sun at last."])
    >>> [len(cluster.members) for cluster in found.clusters]
    [1]
    """
    kept = _as_keep(keep)
    check_share("min_probability", min_probability, top_included=True)
    threads = check_threads(threads)
    tell = progress or _silent
    bands = choose_bands(_THRESHOLD)
    source = open_source(articles, fields)
    records = source.records()
    pool = read_pool(records, bands, threads, tell=lambda done: tell("read", done, None))
    candidates = find_candidates(pool, TermSettings(), threads)
    judged = _judge(pool, source, candidates, threads, tell)
    ranked = rank(kept, [card.date for card in pool.cards], pool.lengths().tolist())
    groups = stars(
        _versions(judged, candidates, ranked, min_probability),
        ranked,
        lambda one, others: [judged(one, other).is_version(min_probability) for other in others],
    )
    clusters = _clusters(groups, pool, judged)
    pairs = tuple(_pairs(pool, judged, min_probability))
    return _report(
        pool, source, clusters, pairs, {"keep": kept, "min_probability": min_probability}
    )


def _versions(
    judged: _Judgements, candidates: Candidates, ranked: NDArray[np.int64], min_probability: float
) -> NDArray[np.int64]:
    """Give the pairs that are versions, i64[m, 2], rows of the same words by the best of them.

    The candidates name the first row of the same words; what represents a cluster is the row
    that ranks best, so it takes the first one's place.
    """
    place, copies = np.argsort(ranked).tolist(), candidates.copies.tolist()
    best: dict[int, int] = {}
    for first, copy in copies:
        best[first] = min(best.get(first, first), copy, key=place.__getitem__)
    found = {(best[first], row) for first, copy in copies for row in (first, copy)}
    for i, j in candidates.pairs.tolist():
        pair = best.get(i, i), best.get(j, j)
        if judged(*pair).is_version(min_probability):
            found.add(pair)
    distinct_rows = sorted(pair for pair in found if pair[0] != pair[1])
    return np.array(distinct_rows, dtype=np.int64).reshape(-1, 2)


def _clusters(
    groups: Sequence[tuple[int, list[int]]], pool: Pool, judged: _Judgements
) -> tuple[Cluster, ...]:
    """Turn groups of rows into clusters, in input order of their representatives."""
    found = []
    for number, (one, others) in enumerate(sorted(groups)):
        members = []
        for other in others:
            judgement = judged(one, other)
            members.append(Member(pool.cards[other].id, *judgement))
        found.append(Cluster(number, pool.cards[one].id, tuple(members)))
    return tuple(found)


def _pairs(pool: Pool, judged: _Judgements, min_probability: float) -> Iterator[Pair]:
    """List the pairs that share a story or a part of it, in input order."""
    for i, j in sorted(judged.known):
        judgement = judged(i, j)
        if judgement.verdict is not Verdict.UNRELATED or judgement.probability >= min_probability:
            yield Pair(pool.cards[i].id, pool.cards[j].id, *judgement)


def _report(
    pool: Pool,
    source: Source,
    clusters: tuple[Cluster, ...],
    pairs: tuple[Pair, ...],
    settings: Mapping[str, object],
) -> Report:
    rejected = tuple(pool.rejected)
    findings = report.ScanFindings(
        articles=len(pool),
        clusters=clusters,
        pairs=pairs,
        rejected=rejected,
        settings=settings,
        notes=pool.notes,
    )
    return Report(len(pool), clusters, pairs, rejected, findings, source)


def _silent(stage: str, done: int, total: int | None, /) -> None:
    """Tell nobody."""


def _as_keep(value: object) -> Keep:
    try:
        return Keep(str(value))
    except ValueError:
        raise InputError.of("keep", value, f"one of {', '.join(Keep)}") from None


class _Judgement(NamedTuple):
    """How two articles compare, in the order of :class:`Pair` and :class:`Member`."""

    verdict: Verdict
    probability: float
    jaccard: float

    def is_version(self, min_probability: float) -> bool:
        """Whether the pair counts as versions in this scan."""
        return self.verdict.is_version and self.probability >= min_probability


_COPY = _Judgement(Verdict.IDENTICAL, 1.0, 1.0)


class _Judgements:
    """The judgements of a scan; a pair of rows not judged yet is judged when it is asked for."""

    def __init__(self, pool: Pool, stories: Stories, copies: NDArray[np.int64]) -> None:
        self._words = pool.words
        self._stories = stories
        self._first = dict(copies[:, ::-1].tolist())
        self.known = dict.fromkeys(zip(*copies.T.tolist(), strict=True), _COPY)

    def __call__(self, one: int, other: int) -> _Judgement:
        pair = (min(one, other), max(one, other))
        found = self.known.get(pair)
        if found is None:
            same = self._first.get(one, one) == self._first.get(other, other)
            found = _COPY if same else self._judged(np.array([pair]), 1)[0]
        return found

    def _judged(self, pairs: NDArray[np.int64], threads: int) -> list[_Judgement]:
        counts = kernels.shingle_overlap(self._words.values, self._words.offsets, pairs).tolist()
        return [
            _Judgement(*judge(measured), Resemblance.of_counts(*overlap).jaccard)
            for measured, overlap in zip(
                self._stories.evidence(pairs, threads=threads), counts, strict=True
            )
        ]

    def add(self, pairs: NDArray[np.int64], threads: int) -> None:
        """Judge pairs and keep the judgements."""
        judged = self._judged(pairs, threads)
        self.known.update(zip(map(tuple, pairs.tolist()), judged, strict=True))


def _judge(
    pool: Pool, source: Source, candidates: Candidates, threads: int, tell: Progress
) -> _Judgements:
    """Read the candidates' texts again and judge every pair of them."""
    pairs = candidates.pairs
    wanted = set(pairs.ravel().tolist())
    documents: dict[int, Document] = {}
    prepared: dict[bytes, Document] = {}  # of texts that stand in the dump more than once
    copied = set(candidates.copies.ravel().tolist())
    rows = (record for record in source.records() if not isinstance(record, Rejected))
    for row, record in enumerate(rows):
        if row in copied:
            digest = blake2b(record.article.text.encode("utf-8", "surrogatepass")).digest()
            if digest not in prepared:
                prepared[digest] = prepare(record.article)[2]
            documents[row] = prepared[digest]
        elif row in wanted:
            documents[row] = prepare(record.article)[2]
        if row % _TELL_EVERY == 0:
            tell("prepare", row, len(pool))
    judged = _Judgements(pool, Stories(documents), candidates.copies)
    for at in range(0, len(pairs), _JUDGED_AT_ONCE):
        tell("judge", at, len(pairs))
        judged.add(pairs[at : at + _JUDGED_AT_ONCE], threads)
    return judged
