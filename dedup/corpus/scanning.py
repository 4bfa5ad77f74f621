"""A whole dump: every article read, candidates found by both lanes, judged, and grouped."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dedup import dump, report
from dedup.arrays import I64, distinct
from dedup.candidates.lsh import THRESHOLD, choose_bands
from dedup.candidates.terms import TermSettings
from dedup.corpus.checkpoint import NOTHING_KEPT, Checkpoint
from dedup.corpus.clusters import Choice, Preference, rank, rank_by
from dedup.corpus.grouping import Grouping, check_probability
from dedup.corpus.judging import Judged, Judgements, judge_pairs, visits
from dedup.corpus.marking import mark_rows
from dedup.corpus.past import NOTHING_PAST, Listed, beside, look_back
from dedup.corpus.pool import Candidates, Pool, find_candidates, read_pool
from dedup.corpus.result import Report, report_of
from dedup.corpus.windows import Window
from dedup.dump.frames import Table
from dedup.dump.sources import Source, open_source
from dedup.given import as_path
from dedup.index.index import Index
from dedup.index.past import Past
from dedup.index.rows import Row, seconds_of
from dedup.model import Article
from dedup.packed import load_json
from dedup.progress import Progress, telling
from dedup.threads import check_threads
from dedup.version import __version__

_A_DAY = 86_400
_LEFT_OUT = "pairs not looked at: of texts that are like very many others"


def scan(
    articles: Iterable[Article | str | Mapping[str, object] | Path] | str | Path | Table,
    *,
    keep: str | Choice = "earliest",
    min_probability: float = 0.5,
    fields: dump.Fields | None = None,
    encoding: str = "utf-8",
    threads: int | None = None,
    progress: Progress | bool | None = None,
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
    ``source=Wire,Post`` for one of the sources named, in order of preference; or a function that
    takes an article without its text and the number of its words: the one for which it gives most
    represents, of equals the least id. ``min_probability``, .5 or more, says from which probability
    on a version counts; less is refused, as no verdict below it says version. The result is the
    same for any number of ``threads``.

    ``against`` is an index: the articles are compared with what it holds, too, and pairs and
    clusters may name articles of it, which count as having come before. It is not changed; its
    articles whose ids stand in the scan too are not looked at.
    ``within`` is a number of days or a ``timedelta``: articles dated further from each other are
    not looked at together; those without a date are.

    ``checkpoint`` names a folder for what is finished of a scan of files: after a kill the same
    call goes on from there. Writing the report empties it; files that changed in the meantime
    make it start anew.

    ``progress`` is a function that hears of it, or ``True`` for a bar in a terminal or a notebook.
    The logger ``dedup`` hears of each stage, too.

    Raises :class:`~dedup.errors.DumpError` where nothing can be read, or where every record is set
    aside, and :class:`~dedup.errors.InputError` for arguments that cannot be used.

    >>> found = scan(["Rain fell on Oslo all day.", "Rain fell on Oslo, all day!", "Sun at last."])
    >>> [len(cluster.members) for cluster in found.clusters]
    [1]
    """
    folder = None if checkpoint is None else as_path(checkpoint, "checkpoint")
    scratch = None if folder is None else folder.parent
    job = _Job(
        open_source(articles, fields, encoding, extract_html=extract_html, scratch=scratch),
        keep if callable(keep) else Preference.parse(keep),
        check_probability("min_probability", min_probability),
        check_threads(threads),
        against,
        seconds_of(within),
    )
    if job.source.files is not None:
        job.source.files.find()
    reading: dict[str, object] = {
        "fields": repr(fields),
        "encoding": encoding,
        "extract_html": extract_html,
        "within": job.within,
    }
    if against is not None:
        reading["against"] = repr(against.state_key())
    with telling(progress) as tell:
        tell("read", 0, None)
        return _scanned(job, _checkpoint(folder, job.source, reading), tell)


class _Job(NamedTuple):
    """What to scan, and how: ``within`` so many seconds, from the probability ``least`` on."""

    source: Source
    keep: Preference | Choice
    least: float
    threads: int
    against: Index | None
    within: int | None


def _scanned(job: _Job, kept: Checkpoint, tell: Progress) -> Report:
    """Read, find candidates, judge and group."""
    bands = choose_bands(THRESHOLD)
    pool = read_pool(
        job.source, bands, job.threads, kept=kept, tell=lambda done: tell("read", done, None)
    )
    source = job.source.settled(pool.aside)
    tell("match", 0, len(pool))
    window = Window(pool.cards.dates(), job.within)
    near = None if job.within is None else window.near
    keeps = job.against is not None
    found = find_candidates(pool, TermSettings(), job.threads, near, keeps_keys=keeps)
    candidates = window.parted(found, pool.cards.ids)
    left_out, past = candidates.left_out, NOTHING_PAST
    if job.against is not None:
        asked = job.against, pool, candidates, job.within, job.threads
        past, of_past = look_back(*asked, bands)
        left_out += of_past
    if left_out:
        pool.notes[_LEFT_OUT] = left_out
    pool.forget_sketches()
    judged = _judge(pool, source, candidates, past, job.threads, kept, tell)
    tell("group", 0, len(pool))
    listed = Listed.of(past, pool)
    ranked = _ranked(job.keep, listed, past, pool)
    window = Window(listed.dates, job.within)
    grouping = Grouping(listed.first, listed.ids, ranked, window, judged)
    grouping.thin()
    if isinstance(job.keep, Preference):
        for name in job.keep.unknown(set(listed.sources)):
            pool.notes[f"keep: no article has the source {name!r}"] = 1
    findings = report.ScanFindings(
        len(pool),
        *grouping.at(job.least),
        rejected=tuple(pool.rejected),
        settings=_settings(job),
        notes=pool.notes,
        past={row.id: _without_text(row) for row in past.articles},
    )
    return report_of(findings, source, kept, pool.cards, pool.places, grouping)


def _settings(job: _Job) -> dict[str, object]:
    """Give what a scan was asked for, as its summary tells it."""
    named = getattr(job.keep, "__name__", str(job.keep))
    settings: dict[str, object] = {"keep": named, "min_probability": job.least}
    return settings if job.within is None else {**settings, "within": job.within / _A_DAY}


def _ranked(keep: Preference | Choice, listed: Listed, past: Past, pool: Pool) -> I64:
    """Order articles by how well they represent, best first, i64[n]."""
    if isinstance(keep, Preference):
        return rank(keep, listed.dates, listed.lengths, listed.sources, listed.ids)
    own = pool.cards.articles(np.arange(len(pool)))
    articles = [*map(_without_text, past.articles), *own]
    return rank_by(keep, articles, listed.lengths)


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
    pool.keep_words(rows)
    tell("prepare", 0, len(rows))
    articles = mark_rows(
        source,
        pool,
        rows,
        threads=threads,
        kept=kept,
        tell=lambda done: tell("prepare", done, len(rows)),
    )
    pool.forget_words()
    articles, pairs, copies = beside(past, articles, pairs, copies)
    found: list[Judged] = []
    done = 0
    tell("judge", 0, len(pairs))
    order = visits(pairs, len(articles.words))
    for part in judge_pairs(articles, pairs[order], threads=threads, kept=kept):
        found.append(part)
        done += len(part.verdicts)
        tell("judge", done, len(pairs))
    in_place = Judged.joined(found).taken(np.argsort(order))
    return Judgements(articles, pairs, copies, in_place, threads)


def _without_text(row: Row) -> Article:
    return Article(row.id, "", row.title, row.date, row.source, row.url)
