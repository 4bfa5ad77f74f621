"""The folder of a report: its data files, put in place whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain, takewhile
from pathlib import Path
from threading import Event
from typing import Any

from dedup.dump import Record, to_json_line
from dedup.errors import DumpError
from dedup.model import Cluster, Rejected
from dedup.report import parquet
from dedup.report.findings import Listings, ScanFindings
from dedup.report.page import listings_of, page
from dedup.report.sides import IN_PAGE, comparable, pair_pages, shown_of
from dedup.report.tables import (
    TableFormat,
    cluster_rows,
    member_rows,
    pair_rows,
    rejected_rows,
)
from dedup.values import many_values
from dedup.writing import new_file, sync_folder

_FORMAT = "dedup scan"
_FORMAT_VERSION = 1
_SUMMARY = "summary.json"
CHECKPOINT = ".dedup-checkpoint"
"""The folder beside it in which a scan may keep what it finished, until its report is written."""
_UNFINISHED = ".dedup-unfinished"
"""The folder inside the report's own in which files are made. Inside, because what holds the report
may not be writable or be another disk."""
_FINISHED = ".dedup-finished"
"""What that folder is called once all files in it are whole: they are then put in place, and what a
kill leaves of them there the next run puts in place."""
_TABLES = ("clusters", "pairs", "rejected", "unique")
_TABLE_FILES = frozenset(f"{name}.{kind}" for name in _TABLES for kind in TableFormat)


def check_folder(folder: Path) -> None:
    """Tell before a long scan that its report could not be written: raises :class:`DumpError`.

    A folder may hold an earlier report, which will be replaced, and an unfinished one; any other
    content is left alone and refused.
    """
    try:
        if (folder / _FINISHED).is_dir():
            _put_in_place(folder)
        if folder.exists() and not folder.is_dir():
            raise DumpError(f"{folder}: a file, wanted a folder for the report")
        if folder.is_dir() and any(folder.iterdir()) and not _is_ours(folder):
            reason = "not empty, and holds no earlier report; name a new or empty folder"
            raise DumpError(f"{folder}: {reason}")
        place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        if not os.access(place, os.W_OK | os.X_OK):
            raise DumpError(f"{place}: not writable; change its permissions or name another folder")
    except OSError as error:
        raise _cannot_write(folder, error) from error


def _is_ours(folder: Path) -> bool:
    if any((folder / name).is_dir() for name in (_UNFINISHED, _FINISHED, CHECKPOINT)):
        return True
    try:
        summary = json.loads((folder / _SUMMARY).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(summary, dict) and summary.get("format") == _FORMAT


def _cannot_write(folder: Path, error: OSError) -> DumpError:
    reason = error.strerror or str(error)
    advice = "make room, change permissions or name another folder"
    return DumpError(f"{folder}: the report cannot be written ({reason}); {advice}")


def write(
    folder: Path,
    findings: ScanFindings,
    records: Callable[[], Iterator[Record | Rejected]],
    table_format: str = TableFormat.JSONL,
    tell: Callable[[int], None] | None = None,
    unique_lines: UniqueLines | None = None,
    side_by_side: int = IN_PAGE,
) -> None:
    """Write the tables ``clusters``, ``pairs``, ``unique`` and ``rejected``, a summary and a page.

    ``records`` reads the scanned dump once more, and twice for Parquet, whose types have to be
    known first (:class:`~dedup.report.parquet.FieldTypes`); ``tell`` hears how many articles were
    read. ``unique_lines``, where there is a quicker way for JSON Lines than by ``records``, fills
    the listings and gives the lines of all records but those of the ids given; they are written
    on a thread of their own while the rest is made. ``side_by_side``
    pairs are laid so, those that the page has no room for in pages beside it. ``table_format`` is
    the name of a :class:`~dedup.report.tables.TableFormat`. The files are made apart, brought to
    disk and then moved into ``folder`` one by one, the summary last: where there is one, all is
    whole, and a run that was killed leaves a folder that the next one takes over. Raises
    :class:`DumpError` as :func:`check_folder` does, or where the disk refuses, and
    :class:`MissingExtraError` for Parquet without pyarrow.
    """
    check_folder(folder)
    kind = check_format(table_format)
    if tell is not None:
        records = _telling(records, tell)
    shown = shown_of(findings, side_by_side)
    listings = listings_of(findings, shown)
    for article in findings.past.values():
        listings.take(article)
    try:
        with _in_place_at_once(folder) as unfinished, ExitStack() as beside:
            versions = _versions(findings.clusters)
            unique = unfinished / "unique.jsonl"
            if kind is TableFormat.PARQUET:
                _write_parquet(unfinished, findings, records, listings)
            elif unique_lines is None:
                _write(unique, _unique_lines(records(), versions, listings))
            else:
                beside.enter_context(_meanwhile(unique, unique_lines(versions, listings)))
            if kind is TableFormat.JSONL:
                _write_json_lines(unfinished, findings, listings)
            compared = comparable(shown, listings)
            with many_values():
                first = page(findings, listings, shown, kind.value, compared)
            for name, content in chain([("report.html", first)], pair_pages(compared, listings)):
                _write(unfinished / name, [content.encode("utf-8", "replace")])
            summary = json.dumps(_summary(findings), indent=2, default=str) + "\n"
            _write(unfinished / _SUMMARY, [summary.encode()])
    except OSError as error:
        raise _cannot_write(folder, error) from error


def _telling(
    records: Callable[[], Iterator[Record | Rejected]], tell: Callable[[int], None]
) -> Callable[[], Iterator[Record | Rejected]]:
    """Let each reading of the records tell how far it is."""

    def read() -> Iterator[Record | Rejected]:
        done = 0
        for record in records():
            yield record
            done += not isinstance(record, Rejected)
            if done % _TELL_EVERY == 0:
                tell(done)

    return read


_TELL_EVERY = 100
"""Articles between two words of progress."""


def check_format(name: str) -> TableFormat:
    """Read the name of a format: :class:`InputError` for an unknown one.

    Tells before a long scan that the format's package is missing: :class:`MissingExtraError`.
    """
    table_format = TableFormat.parse(name)
    if table_format is TableFormat.PARQUET:
        parquet.check_parquet()
    return table_format


@contextmanager
def _in_place_at_once(folder: Path) -> Iterator[Path]:
    """Give a folder to make files in, and move them to ``folder`` when all went well."""
    is_new = not folder.exists()
    unfinished = folder / _UNFINISHED
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        yield unfinished
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        if is_new:
            folder.rmdir()
        raise
    sync_folder(unfinished)
    unfinished.replace(folder / _FINISHED)
    _put_in_place(folder)


def _put_in_place(folder: Path) -> None:
    """Move whole files to their places, the summary last; a second call goes on where one ended."""
    finished = folder / _FINISHED
    names = {path.name for path in finished.iterdir()}
    if _SUMMARY in names:
        (folder / _SUMMARY).unlink(missing_ok=True)
        kinds = {Path(name).suffix for name in names & _TABLE_FILES}
        for name in _TABLE_FILES if kinds else ():  # an earlier report's, in the other format
            if Path(name).suffix not in kinds:
                (folder / name).unlink(missing_ok=True)
        for path in folder.glob("pairs-[0-9]*.html"):  # of which it had more
            path.unlink()
        for name in sorted(names - {_SUMMARY}):
            (finished / name).replace(folder / name)
        (finished / _SUMMARY).replace(folder / _SUMMARY)
        sync_folder(folder)
    finished.rmdir()


def _write(path: Path, parts: Iterable[bytes]) -> None:
    with new_file(path) as stream:
        stream.writelines(parts)


@contextmanager
def _meanwhile(path: Path, parts: Iterable[bytes]) -> Iterator[None]:
    """Write a large file on a thread of its own; its error is told at the end, if no other was."""
    from concurrent.futures import ThreadPoolExecutor  # which only a report needs

    failed = Event()
    with ThreadPoolExecutor(1) as executor:
        writing = executor.submit(_write, path, takewhile(lambda _: not failed.is_set(), parts))
        try:
            yield
        except BaseException:
            failed.set()
            raise
        writing.result()


UniqueLines = Callable[[frozenset[str], Listings], Iterable[bytes]]


def _write_json_lines(folder: Path, findings: ScanFindings, listings: Listings) -> None:
    tables = {
        "clusters": cluster_rows(findings.clusters, listings),
        "pairs": pair_rows(findings.pairs, listings),
        "rejected": rejected_rows(findings.rejected),
    }
    for name, rows in tables.items():
        _write(folder / f"{name}.jsonl", (to_json_line(row) + b"\n" for row in rows))


def _write_parquet(
    folder: Path,
    findings: ScanFindings,
    records: Callable[[], Iterator[Record | Rejected]],
    listings: Listings,
) -> None:
    versions = _versions(findings.clusters)

    def unique() -> Iterator[dict[str, Any]]:
        return (parquet.fields_of(record.raw) for record in _unique(records(), versions, listings))

    types = parquet.FieldTypes()
    for fields in unique():
        types.take(fields)
    members = member_rows(findings.clusters, listings)
    tables = {
        "unique": (types.columns(), map(types.fitted, unique())),
        "clusters": (parquet.MEMBERS, members),
        "pairs": (parquet.PAIRS, pair_rows(findings.pairs, listings)),
        "rejected": (parquet.REJECTED, rejected_rows(findings.rejected)),
    }
    for name, (columns, rows) in tables.items():
        with new_file(folder / f"{name}.parquet") as stream:
            parquet.write_rows(stream, columns, rows)


def _versions(clusters: Iterable[Cluster]) -> frozenset[str]:
    return frozenset(member.id for cluster in clusters for member in cluster.members)


def _unique_lines(
    records: Iterator[Record | Rejected], versions: frozenset[str], listings: Listings
) -> Iterator[bytes]:
    found = _unique(records, versions, listings)
    return (record.to_json_line() + b"\n" for record in found)


def _unique(
    records: Iterator[Record | Rejected], versions: frozenset[str], listings: Listings
) -> Iterator[Record]:
    """Give the records that are no version of another, and take listings of all on the way."""
    for record in records:
        if isinstance(record, Rejected):
            continue
        listings.take(record.article)
        if record.article.id not in versions:
            yield record


def _summary(findings: ScanFindings) -> dict[str, Any]:
    """Count what was found; the first two keys tell the folder for a report of this library."""
    verdicts = Counter(pair.verdict for pair in findings.pairs)
    return {
        "format": _FORMAT,
        "format_version": _FORMAT_VERSION,
        "articles": findings.articles,
        "unique": findings.articles - findings.versions,
        "versions": findings.versions,
        "clusters": len(findings.clusters),
        "pairs": dict(sorted(verdicts.items())),
        "rejected": len(findings.rejected),
        "notes": dict(sorted(findings.notes.items())),
        "settings": dict(findings.settings),
    }
