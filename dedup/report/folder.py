"""The folder of a report: its data files, put in place whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dedup.dump import Record, to_json_line
from dedup.errors import DumpError
from dedup.model import Article, Cluster, Pair, Rejected
from dedup.report.findings import Listings, ScanFindings
from dedup.report.page import page, texts_shown

__all__ = ["check_folder", "write"]

_FORMAT = "dedup scan"
_FORMAT_VERSION = 1
_SUMMARY = "summary.json"
_UNFINISHED = ".dedup-unfinished"
"""The folder inside the report's own in which files are made; while it stands, they are not all
in place. Inside, because what holds the report may not be writable or be another disk."""
_DECIMALS = 6
"""Of probabilities and similarities: more than any of them is certain to."""


def check_folder(folder: Path) -> None:
    """Tell before a long scan that its report could not be written: raises :class:`DumpError`.

    A folder may hold an earlier report, which will be replaced, and an unfinished one; any other
    content is left alone and refused.
    """
    try:
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
    if (folder / _UNFINISHED).is_dir():
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
) -> None:
    """Write ``clusters``, ``pairs``, ``unique`` and ``rejected.jsonl``, a summary and a page.

    ``records`` reads the scanned dump once more. The files are made apart, brought to disk and
    then moved into ``folder`` one by one, the summary last: where there is one, all is whole, and
    a run that was killed leaves a folder that the next one takes over. Raises
    :class:`DumpError` as :func:`check_folder` does, or where the disk refuses.
    """
    check_folder(folder)
    try:
        with _in_place_at_once(folder) as unfinished:
            shown = texts_shown(findings)
            listings = Listings(findings.clusters, shown)
            _write_unique(unfinished / "unique.jsonl", findings.clusters, records(), listings)
            clusters = (_cluster(cluster, listings) for cluster in findings.clusters)
            _write_lines(unfinished / "clusters.jsonl", clusters)
            _write_lines(unfinished / "pairs.jsonl", map(_pair, findings.pairs))
            _write_lines(unfinished / "rejected.jsonl", map(_rejected, findings.rejected))
            _write(
                unfinished / "report.html", [page(findings, listings).encode("utf-8", "replace")]
            )
            summary = json.dumps(_summary(findings), indent=2, default=str) + "\n"
            _write(unfinished / _SUMMARY, [summary.encode()])
    except OSError as error:
        raise _cannot_write(folder, error) from error


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
    (folder / _SUMMARY).unlink(missing_ok=True)
    for path in sorted(unfinished.iterdir(), key=lambda path: (path.name == _SUMMARY, path.name)):
        path.replace(folder / path.name)
    _sync_folder(folder)
    unfinished.rmdir()


def _sync_folder(folder: Path) -> None:
    """Bring the names in a folder to disk, where the system knows how (Windows does not)."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write(path: Path, parts: Iterable[bytes]) -> None:
    with path.open("xb") as stream:
        stream.writelines(parts)
        stream.flush()
        os.fsync(stream.fileno())


def _write_lines(path: Path, values: Iterable[object]) -> None:
    _write(path, (to_json_line(value) + b"\n" for value in values))


def _write_unique(
    path: Path,
    clusters: Iterable[Cluster],
    records: Iterator[Record | Rejected],
    listings: Listings,
) -> None:
    """Write the records that are no version of another, as they came, and take listings of all."""
    versions = {member.id for cluster in clusters for member in cluster.members}

    def unique() -> Iterator[bytes]:
        for record in records:
            if isinstance(record, Rejected):
                continue
            listings.take(record.article)
            if record.article.id not in versions:
                yield record.to_json_line() + b"\n"

    _write(path, unique())


def _cluster(cluster: Cluster, listings: Listings) -> dict[str, Any]:
    return {
        "id": cluster.id,
        "representative": cluster.representative,
        **_listing(listings[cluster.representative]),
        "members": [
            {
                "id": member.id,
                "verdict": member.verdict.value,
                "probability": round(float(member.probability), _DECIMALS),
                "jaccard": round(float(member.jaccard), _DECIMALS),
                **_listing(listings[member.id]),
            }
            for member in cluster.members
        ],
    }


def _listing(article: Article) -> dict[str, Any]:
    return {
        "title": article.title,
        "date": article.date.isoformat() if article.date else None,
        "source": article.source,
        "url": article.url,
    }


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "a": pair.a,
        "b": pair.b,
        "verdict": pair.verdict.value,
        "probability": round(float(pair.probability), _DECIMALS),
        "jaccard": round(float(pair.jaccard), _DECIMALS),
    }


def _rejected(rejected: Rejected) -> dict[str, Any]:
    return {"source": rejected.source, "line": rejected.line, "reason": rejected.reason}


def _summary(findings: ScanFindings) -> dict[str, Any]:
    """Count what was found; the first two keys tell the folder for a report of this library."""
    verdicts = Counter(pair.verdict.value for pair in findings.pairs)
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
