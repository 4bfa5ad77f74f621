"""Records that come only once, kept in a temporary file so that they can be read again."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

from dedup.dump.cells import IdKind
from dedup.dump.files import lines
from dedup.dump.records import Record, from_json_line, to_json_line
from dedup.errors import DumpError
from dedup.model import Article, Rejected

_BLOCK = 1 << 20


class Spool:
    """Records written to a file without a name, which goes with this object or its process.

    Rows come back as JSON has them: a date in them is a text in ISO 8601, and so is written.
    Raises :class:`~dedup.errors.DumpError`, which names the folder, where the disk is full.

    >>> spool = Spool([Record(Article("1", "Rain."), "articles", 1, {"id": 1, "text": "Rain."})])
    >>> [record.to_json_line() for record in spool.records() if isinstance(record, Record)]
    [b'{"id":1,"text":"Rain."}']
    """

    def __init__(self, found: Iterable[Record | Rejected], folder: Path | None = None) -> None:
        self.all_made = True
        """Whether no record came with an id of its own."""
        self._turn = Lock()
        place = folder if folder is not None and folder.is_dir() else Path(tempfile.gettempdir())
        try:
            self._stream: BinaryIO = tempfile.TemporaryFile(dir=place)  # noqa: SIM115 - outlives it
            for item in found:
                if isinstance(item, Record):
                    self.all_made &= item.has_made_id
                self._stream.write(_written(item))
            self._stream.flush()
        except OSError as error:
            reason = error.strerror or str(error)
            advice = "make room, set TMPDIR to a larger disk, or give the articles as files"
            message = f"{place}: articles that come only once cannot be kept ({reason}); {advice}"
            raise DumpError(message) from error

    def records(self) -> Iterator[Record | Rejected]:
        """Read all records again; several readings may be under way."""
        written = (line or b"" for _, line in lines(self._blocks(), sys.maxsize))
        for line in written:
            fields = from_json_line(line)
            if len(fields) == len(_REJECTED):
                yield Rejected(*fields)
            else:
                yield _record(fields, next(written))

    def _blocks(self) -> Iterator[bytes]:
        """Give the blocks from the beginning, without moving where another reading stands."""
        at = 0
        while block := self._block(at):
            at += len(block)
            yield block

    def _block(self, at: int) -> bytes:
        with self._turn:
            self._stream.seek(at)
            return self._stream.read(_BLOCK)

    def __del__(self) -> None:
        with suppress(AttributeError, OSError):
            self._stream.close()


_REJECTED = ("source", "line", "reason")


def _written(item: Record | Rejected) -> bytes:
    if isinstance(item, Rejected):
        return to_json_line([item.source, item.line, item.reason]) + b"\n"
    article, date = item.article, item.article.date
    fields = [
        *(article.id, article.text, article.title, date and date.isoformat(), article.source),
        *(article.url, item.source, item.line, list(item.notes), int(item.id_kind)),
    ]
    is_article = isinstance(item.raw, dict) and item.raw == asdict(article)
    raw = b"" if is_article else item.to_json_line()
    return to_json_line(fields) + b"\n" + raw + b"\n"


def _record(fields: list[Any], raw: bytes) -> Record:
    identity, text, title, date, source, url, place, line, notes, kind = fields
    article = Article(identity, text, title, date, source, url)
    return Record(article, place, line, raw or asdict(article), tuple(notes), IdKind(kind))
