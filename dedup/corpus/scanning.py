"""A whole dump: every article read, candidates found by both lanes, judged, and grouped."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dedup import dump, report
from dedup.arrays import decoded, distinct
from dedup.candidates.lsh import check_share, choose_bands, pack_pairs, unpack_pairs
from dedup.candidates.terms import TermSettings
from dedup.corpus.checkpoint import NOTHING_KEPT, Checkpoint
from dedup.corpus.clusters import Preference, Star, rank, stars
from dedup.corpus.judging import Judged, Judgements, judge_pairs
from dedup.corpus.marking import mark_rows
from dedup.corpus.pool import Candidates, Pool, find_candidates, read_pool
from dedup.dump.again import Places
from dedup.dump.cards import Cards
from dedup.dump.frames import Table
from dedup.dump.sources import Source, open_source
from dedup.errors import InputError
from dedup.model import Article, Cluster, Member, Pair, Rejected, as_path
from dedup.threads import check_threads
from dedup.verdict.judging import model
from dedup.version import __version__

__all__ = ["Progress", "Report", "scan"]

_THRESHOLD = 0.5
"""The Jaccard similarity from which on the LSH lane promises its recall; below, terms find more."""


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
    _kept: Checkpoint = field(repr=False)
    _cards: Cards = field(repr=False)
    _places: Places | None = field(repr=False)

    def write(
        self,
        folder: str | os.PathLike[str],
        *,
        format: str = "jsonl",  # noqa: A002
        progress: Progress | None = None,
    ) -> None:
        """Write the result to a folder: tables, a summary and a page to look at.

        ``format`` is that of the tables: ``jsonl`` or ``parquet``. Each file appears whole or not
        at all. Raises :class:`~dedup.errors.DumpError` where the folder holds something else or
        cannot be written, :class:`~dedup.errors.MissingExtraError` for Parquet without pyarrow.
        """
        place = as_path(folder, "folder")
        tell = _checked(progress)
        tell("write", 0, self.articles)
        report.write(
            place,
            self._findings,
            self._source.records,
            format,
            lambda done: tell("write", done, self.articles),
            None if self._places is None else self._unique_lines,
        )
        self._kept.clear()

    def _unique_lines(self, versions: frozenset[str], listings: report.Listings) -> Iterator[bytes]:
        """Copy the lines of a dump whose lines can be fetched singly."""
        if self._places is None:
            raise ValueError("places: got None, wanted where the lines of the dump stand")
        ids, wanted = self._cards.ids, listings.wanted
        shown: list[int] = []
        for row in (row for row, key in enumerate(ids) if key in wanted):
            card = self._cards[row]
            if listings.needs_text(card.id, card.title):
                shown.append(row)
            else:
                listings.take(self._article(row, ""))
        for batch in self._source.texts(np.array(shown, np.int64), self._places):
            found = batch.read()
            for k, row in enumerate(batch.rows.tolist()):
                listings.take(self._article(row, decoded(found[k])))
        kept = np.array([key not in versions for key in ids], dtype=np.bool_)
        return self._places.raw_lines(np.flatnonzero(kept))

    def _article(self, row: int, text: str) -> Article:
        card = self._cards[row]
        return Article(card.id, text, card.title, card.date, card.source, card.url)


def scan(
    articles: Iterable[Article | str | Mapping[str, object] | Path] | str | Path | Table,
    *,
    keep: str = "earliest",
    min_probability: float = 0.5,
    fields: dump.Fields | None = None,
    encoding: str = "utf-8",
    threads: int | None = None,
    progress: Progress | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
) -> Report:
    """Find the versions of one story among many articles.

    ``articles`` are articles, texts or mappings with the usual field names, a table of pandas,
    polars or pyarrow, or paths of dumps: a ``Path``, or a ``str`` that names a file or ends like
    one. Dumps are read twice, and once more when the report is written, so that their texts need
    not be kept. ``fields`` names their fields, where they are not the usual ones, and ``encoding``
    that of their JSON, CSV and text files, where it is not UTF-8.

    ``keep`` says which article represents a cluster: ``earliest``, ``longest``, ``first``, or
    ``source=Wire,Post`` for one of the sources named, in order of preference.
    ``min_probability`` says from which probability on a version counts. The result is the same for
    any number of ``threads``.

    ``checkpoint`` names a folder for what is finished of a scan of files: after a kill the same
    call goes on from there. Writing the report empties it; files that changed in the meantime
    make it start anew.

    >>> found = scan(["Rain fell on Oslo all day.", "Rain fell on Oslo, all day!", "Sun at last."])
    >>> [len(cluster.members) for cluster in found.clusters]
    [1]
    """
    preference = Preference.parse(keep)
    check_share("min_probability", min_probability, top_included=True)
    threads = check_threads(threads)
    tell = _checked(progress)
    folder = None if checkpoint is None else as_path(checkpoint, "checkpoint")
    source = open_source(articles, fields, encoding)
    if source.files is not None:
        source.files.find()
    tell("read", 0, None)  # before the first block, which may wait for a compiler
    kept = _checkpoint(folder, source, {"fields": repr(fields), "encoding": encoding})
    bands = choose_bands(_THRESHOLD)
    pool = read_pool(source, bands, threads, kept=kept, tell=lambda done: tell("read", done, None))
    tell("match", 0, len(pool))
    candidates = find_candidates(pool, TermSettings(), threads)
    pool.forget_sketches()
    judged = _judge(pool, source, candidates, threads, kept, tell)
    tell("group", 0, len(pool))
    sources = pool.cards.sources()
    ranked = rank(preference, pool.cards.dates(), pool.counts.tolist(), sources, pool.cards.ids)
    groups = stars(
        _versions(judged, ranked, min_probability),
        ranked,
        lambda asked: [found.is_version(min_probability) for found in judged.of(asked)],
    )
    clusters = _clusters(groups, pool, judged)
    pairs = tuple(_pairs(pool, judged, min_probability))
    settings = {"keep": str(preference), "min_probability": min_probability}
    for name in preference.unknown(set(sources)):
        pool.notes[f"keep: no article has the source {name!r}"] = 1
    return _report(pool, source, kept, clusters, pairs, settings)


def _checked(progress: Progress | None) -> Progress:
    """Give the progress to tell, which may be nobody; refuse what cannot be called."""
    if progress is not None and not callable(progress):
        raise InputError.of("progress", progress, "a function of stage, done and total, or None")
    return progress or _silent


def _checkpoint(folder: Path | None, source: Source, reading: Mapping[str, object]) -> Checkpoint:
    """Open the checkpoint of a scan of files that can be read again; of others nothing is kept."""
    files = source.files.states() if folder is not None and source.files is not None else None
    if folder is None or files is None:
        return NOTHING_KEPT

    def job() -> dict[str, object]:
        fitted = model()
        return {
            "release": __version__,
            "files": files,
            **reading,
            "intercept": fitted.intercept,
            "weights": dict(fitted.weights),
        }

    return Checkpoint(folder, job)


def _judge(
    pool: Pool,
    source: Source,
    candidates: Candidates,
    threads: int,
    kept: Checkpoint,
    tell: Progress,
) -> Judgements:
    """Read the candidates' texts again and judge every pair of them."""
    pairs, copies = candidates.pairs, candidates.copies
    rows = distinct(np.concatenate((pairs.ravel(), copies.ravel())))
    tell("prepare", 0, len(rows))
    articles = mark_rows(
        source,
        pool,
        rows,
        threads=threads,
        kept=kept,
        tell=lambda done: tell("prepare", done, len(rows)),
    )
    found: list[Judged] = []
    done = 0
    tell("judge", 0, len(pairs))
    for part in judge_pairs(articles, pairs, threads=threads, kept=kept):
        found.append(part)
        done += len(part.verdicts)
        tell("judge", done, len(pairs))
    return Judgements(articles, pairs, copies, Judged.joined(found), threads)


def _versions(
    judged: Judgements, ranked: NDArray[np.int64], min_probability: float
) -> NDArray[np.int64]:
    """Give the pairs that are versions, i64[m, 2], rows of the same words by the best of them.

    The candidates name the first row of the same words; what represents a cluster is the row
    that ranks best, so it takes the first one's place.
    """
    best = _best_copies(judged.copies, ranked)
    moved = best[judged.pairs]
    stays = (moved == judged.pairs).all(axis=1)
    of_copies = np.concatenate([np.stack((best[c], c), axis=1) for c in judged.copies.T])
    others = moved[~stays]
    verdicts = judged.of(others)
    pairs = np.concatenate(
        (
            judged.pairs[stays & judged.are_versions(min_probability)],
            others[[found.is_version(min_probability) for found in verdicts]],
            of_copies[of_copies[:, 0] != of_copies[:, 1]],
        )
    )
    return unpack_pairs(distinct(pack_pairs(np.sort(pairs, axis=1))))


def _best_copies(copies: NDArray[np.int64], ranked: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give for each row that of the same words which ranks best, i64[n].

    ``copies`` i64[m, 2] tie rows to the first of the same words.
    """
    place = np.argsort(ranked)
    best_place = place.copy()
    np.minimum.at(best_place, copies[:, 0], place[copies[:, 1]])
    best = ranked[best_place]
    best[copies[:, 1]] = best[copies[:, 0]]
    found: NDArray[np.int64] = best
    return found


def _clusters(groups: Sequence[Star], pool: Pool, judged: Judgements) -> tuple[Cluster, ...]:
    """Turn groups of rows into clusters, in input order of their representatives."""
    ids = pool.cards.ids
    groups = sorted(groups)
    rows = [(one, other) for one, others in groups for other in others]
    judgements = iter(judged.of(np.array(rows, dtype=np.int64).reshape(-1, 2)))
    return tuple(
        Cluster(
            number,
            ids[one],
            tuple(Member(ids[other], *next(judgements)) for other in others),
        )
        for number, (one, others) in enumerate(groups)
    )


def _pairs(pool: Pool, judged: Judgements, min_probability: float) -> Iterator[Pair]:
    """List the pairs that share a story or a part of it, in input order."""
    ids = pool.cards.ids
    for (i, j), found in judged.related(min_probability):
        yield Pair(ids[i], ids[j], *found)


def _report(
    pool: Pool,
    source: Source,
    kept: Checkpoint,
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
    return Report(
        articles=len(pool),
        clusters=clusters,
        pairs=pairs,
        rejected=rejected,
        _findings=findings,
        _source=source,
        _kept=kept,
        _cards=pool.cards,
        _places=pool.places,
    )


def _silent(stage: str, done: int, total: int | None, /) -> None:
    """Tell nobody."""
