"""A whole dump: every article read, candidates found by both lanes, judged, and grouped."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

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
from dedup.corpus.past import NOTHING_PAST, Listed, beside, look_back
from dedup.corpus.pool import Candidates, Pool, find_candidates, read_pool
from dedup.corpus.windows import Window
from dedup.dump.again import Places
from dedup.dump.cards import Cards
from dedup.dump.frames import Table
from dedup.dump.sources import Source, open_source
from dedup.errors import InputError
from dedup.index.index import Index
from dedup.index.past import Past
from dedup.index.rows import Row, seconds_of
from dedup.model import Article, Cluster, Member, Pair, Rejected, as_path
from dedup.packed import load_json
from dedup.report import rows
from dedup.threads import check_threads
from dedup.version import __version__

__all__ = ["Progress", "Report", "scan"]

_THRESHOLD = 0.5
"""The Jaccard similarity from which on the LSH lane promises its recall; below, terms find more."""


_A_DAY = 86_400


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

    def __len__(self) -> int:
        return self.articles

    def _repr_html_(self) -> str:
        from dedup.views.notebook import clusters_to_html

        return clusters_to_html(self.articles, len(self.pairs), self.clusters)

    def unique(self) -> list[Article]:
        """Give the articles that are no version of another, in input order.

        A dump is read once more for them.
        """
        versions = {member.id for cluster in self.clusters for member in cluster.members}
        found = (item for item in self._source.records() if isinstance(item, dump.Record))
        return [item.article for item in found if item.article.id not in versions]

    def to_pandas(self) -> Any:
        """Give a data frame of pandas: a row for each article, in input order.

        Its columns are ``id``, as it came (an int, a UUID, ...), ``cluster``, ``representative``,
        ``verdict``, ``probability`` and ``jaccard``: how the article compares with its cluster's
        representative. Raises :class:`~dedup.errors.MissingExtraError` without pandas.
        """
        return rows.as_pandas(self._columns())

    def to_arrow(self) -> Any:
        """Give the same as a table of pyarrow; ids of several types become strings."""
        return rows.as_arrow(self._columns())

    def _columns(self) -> dict[str, list[Any]]:
        return rows.columns(self._cards.ids, self._cards.original_ids(), self.clusters)

    @property
    def notes(self) -> Mapping[str, int]:
        """What was left out of articles that were kept, or passed over, and how often."""
        return self._findings.notes

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
    extract_html: bool = False,
    against: Index | None = None,
    within: float | datetime.timedelta | None = None,
) -> Report:
    """Find the versions of one story among many articles.

    ``articles`` are articles, texts or mappings with the usual field names, a table of pandas,
    polars or pyarrow, or dumps: a ``Path``, several, or a single ``str``, which is a path too.
    Dumps are read twice, and once more when the report is written, so that their texts need
    not be kept; articles from a generator go to a temporary file. ``fields`` names their fields,
    where they are not the usual ones, and ``encoding`` that of their JSON, CSV and text files,
    where it is not UTF-8. ``extract_html`` takes texts out of the HTML that they stand in.

    An article without an id gets one made from what it says, the same in every file and on every
    day; where none has an id, its position, from 0, is its id. Of records with one id that one is
    kept whose words have the least digest, whatever order they come in.

    ``keep`` says which article represents a cluster: ``earliest``, ``longest``, ``first``, or
    ``source=Wire,Post`` for one of the sources named, in order of preference.
    ``min_probability`` says from which probability on a version counts. The result is the same for
    any number of ``threads``.

    ``against`` is an index: the articles are compared with what it holds, too, and pairs and
    clusters may name articles of it, which count as having come before. It is not changed; its
    articles whose ids stand in the scan too are not looked at.
    ``within`` is a number of days or a ``timedelta``: articles dated further from each other are
    not looked at together; those without a date are.

    ``checkpoint`` names a folder for what is finished of a scan of files: after a kill the same
    call goes on from there. Writing the report empties it; files that changed in the meantime
    make it start anew.

    Raises :class:`~dedup.errors.DumpError` where nothing can be read, or where every record is set
    aside, and :class:`~dedup.errors.InputError` for arguments that cannot be used.

    >>> found = scan(["Rain fell on Oslo all day.", "Rain fell on Oslo, all day!", "Sun at last."])
    >>> [len(cluster.members) for cluster in found.clusters]
    [1]
    """
    preference = Preference.parse(keep)
    check_share("min_probability", min_probability, top_included=True)
    threads = check_threads(threads)
    tell = _checked(progress)
    seconds = seconds_of(within)
    folder = None if checkpoint is None else as_path(checkpoint, "checkpoint")
    scratch = None if folder is None else folder.parent
    source = open_source(articles, fields, encoding, extract_html=extract_html, scratch=scratch)
    if source.files is not None:
        source.files.find()
    tell("read", 0, None)  # before the first block, which may wait for a compiler
    reading: dict[str, object] = {
        "fields": repr(fields),
        "encoding": encoding,
        "extract_html": extract_html,
        "within": seconds,
    }
    if against is not None:
        reading["against"] = repr(against.state_key())
    kept = _checkpoint(folder, source, reading)
    bands = choose_bands(_THRESHOLD)
    pool = read_pool(source, bands, threads, kept=kept, tell=lambda done: tell("read", done, None))
    source = source.settled(pool.aside)
    tell("match", 0, len(pool))
    window = Window(pool.cards.dates(), seconds)
    candidates = window.parted(find_candidates(pool, TermSettings(), threads), pool.cards.ids)
    past = NOTHING_PAST
    if against is not None:
        past = look_back(against, pool, candidates, seconds, threads)
    pool.forget_sketches()
    judged = _judge(pool, source, candidates, past, threads, kept, tell)
    tell("group", 0, len(pool))
    listed = Listed.of(past, pool)
    window = Window(listed.dates, seconds)
    ranked = rank(preference, listed.dates, listed.lengths, listed.sources, listed.ids)

    def verify(asked: NDArray[np.int64]) -> list[bool]:
        near = window.near(asked)
        found = iter(judged.of(asked[near]))
        return [bool(one and next(found).is_version(min_probability)) for one in near.tolist()]

    groups = stars(_versions(judged, ranked, min_probability, window), ranked, verify)
    of_scan = [(one, others) for one, others in groups if max(one, *others) >= listed.first]
    clusters = _clusters(of_scan, listed.ids, judged)
    pairs = tuple(_pairs(listed, judged, min_probability))
    settings = {"keep": str(preference), "min_probability": min_probability}
    if seconds is not None:
        settings["within"] = seconds / _A_DAY
    for name in preference.unknown(set(listed.sources)):
        pool.notes[f"keep: no article has the source {name!r}"] = 1
    return _report(pool, source, kept, (clusters, pairs, settings), past)


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
        fitted = load_json("verdict")
        return {"release": __version__, "files": files, **reading, "fitted": fitted}

    return Checkpoint(folder, job)


def _judge(
    pool: Pool,
    source: Source,
    candidates: Candidates,
    past: Past,
    threads: int,
    kept: Checkpoint,
    tell: Progress,
) -> Judgements:
    """Read the candidates' texts again and judge every pair of them, articles of the past first."""
    pairs, copies = candidates.pairs, candidates.copies
    rows = distinct(np.concatenate((pairs.ravel(), copies.ravel(), past.pairs[:, 1])))
    tell("prepare", 0, len(rows))
    articles = mark_rows(
        source,
        pool,
        rows,
        threads=threads,
        kept=kept,
        tell=lambda done: tell("prepare", done, len(rows)),
    )
    articles, pairs, copies = beside(past, articles, pairs, copies)
    found: list[Judged] = []
    done = 0
    tell("judge", 0, len(pairs))
    for part in judge_pairs(articles, pairs, threads=threads, kept=kept):
        found.append(part)
        done += len(part.verdicts)
        tell("judge", done, len(pairs))
    return Judgements(articles, pairs, copies, Judged.joined(found), threads)


def _versions(
    judged: Judgements, ranked: NDArray[np.int64], min_probability: float, window: Window
) -> NDArray[np.int64]:
    """Give the pairs that are versions, i64[m, 2], rows of the same words by the best of them.

    The candidates name the first row of the same words; what represents a cluster is the row
    that ranks best, so it takes the first one's place, where it is near enough.
    """
    best = _best_copies(judged.copies, ranked)
    moved = best[judged.pairs]
    moved = np.where(window.near(moved)[:, None], moved, judged.pairs)
    stays = (moved == judged.pairs).all(axis=1)
    of_copies = np.concatenate([np.stack((best[c], c), axis=1) for c in judged.copies.T])
    of_copies = np.concatenate((of_copies[window.near(of_copies)], judged.copies))
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


def _clusters(
    groups: Sequence[Star], ids: Sequence[str], judged: Judgements
) -> tuple[Cluster, ...]:
    """Turn groups of rows into clusters, in input order of their representatives."""
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


def _pairs(listed: Listed, judged: Judgements, min_probability: float) -> Iterator[Pair]:
    """List the pairs that share a story or a part of it, in input order."""
    for (i, j), found in judged.related(min_probability):
        if j >= listed.first:
            yield Pair(listed.ids[i], listed.ids[j], *found)


def _report(
    pool: Pool,
    source: Source,
    kept: Checkpoint,
    found: tuple[tuple[Cluster, ...], tuple[Pair, ...], Mapping[str, object]],
    past: Past,
) -> Report:
    clusters, pairs, settings = found
    rejected = tuple(pool.rejected)
    findings = report.ScanFindings(
        articles=len(pool),
        clusters=clusters,
        pairs=pairs,
        rejected=rejected,
        settings=settings,
        notes=pool.notes,
        past={row.id: _without_text(row) for row in past.articles},
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


def _without_text(row: Row) -> Article:
    return Article(row.id, "", row.title, row.date, row.source, row.url)


def _silent(stage: str, done: int, total: int | None, /) -> None:
    """Tell nobody."""
