"""What a scan reads: articles in memory or dumps on disk, the same stream as often as asked."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dedup import dump
from dedup.dump import Fields, Record
from dedup.errors import InputError
from dedup.model import Article, Rejected

__all__ = ["Source", "open_source"]

STANDARD_INPUT = "-"
_NO_BATCH = (Article, Mapping, bytes, bytearray)
"""What can be iterated but holds no articles."""


@dataclass(frozen=True, slots=True)
class Source:
    """A stream of records that can be read again: every reading gives the same."""

    records: Callable[[], Iterator[Record | Rejected]]


def open_source(
    articles: Iterable[Article | str | Mapping[str, object] | Path] | str | Path,
    fields: Fields | None,
) -> Source:
    """Tell dumps from articles: a ``Path``, or a ``str`` that names a file or ends like one.

    Paths are read in sorted order, whatever order they came in. An iterable of articles is read
    through at once and kept.
    """
    if isinstance(articles, (str, Path)):
        return _of_paths([articles], fields)
    if isinstance(articles, _NO_BATCH) or not isinstance(articles, Iterable):
        raise InputError.of("articles", articles, "an iterable of articles, or paths of dumps")
    values = list(articles)
    paths = [v for v in values if isinstance(v, Path) or (isinstance(v, str) and _is_path(v))]
    if paths and len(paths) == len(values):
        return _of_paths(paths, fields)
    at_hand = [value for value in values if not isinstance(value, Path)]
    if len(at_hand) < len(values):
        raise InputError("articles: got paths and articles together, wanted one or the other")
    kept = list(dump.read_values(at_hand, fields=fields))
    return Source(lambda: iter(kept))


def _of_paths(paths: Sequence[str | Path], fields: Fields | None) -> Source:
    ordered = sorted(paths, key=str)
    if all(str(path) != STANDARD_INPUT for path in ordered):
        return Source(lambda: dump.read(ordered, fields))
    if len(ordered) > 1:
        raise InputError("articles: got standard input and files together, wanted one or the other")
    return _of_standard_input(fields)


def _of_standard_input(fields: Fields | None) -> Source:
    """Keep standard input in a temporary file, since it is read more than once."""
    spool = tempfile.NamedTemporaryFile(suffix=".jsonl")  # noqa: SIM115 - open as long as the source
    shutil.copyfileobj(sys.stdin.buffer, spool)
    spool.flush()

    def records() -> Iterator[Record | Rejected]:
        for found in dump.read(spool.name, fields):
            yield replace(found, source="standard input")

    return Source(records)


_LONGEST_NAME = 255
"""Characters of the longest file name; a longer text is not looked for on disk."""


def _is_path(value: str) -> bool:
    """Tell a path from a text: it ends like a dump or is a short line that names a file."""
    if "\n" in value or "\0" in value:
        return False
    name = value.removesuffix(".gz").removesuffix(".zst")
    if value == STANDARD_INPUT or (" " not in name and name.endswith(tuple(dump.FORMATS))):
        return True
    try:
        return 0 < len(value) <= _LONGEST_NAME and Path(value).exists()
    except (OSError, ValueError):
        return False
