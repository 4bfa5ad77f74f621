"""Web pages, one a file or many in a WARC, their article taken out by trafilatura."""

from __future__ import annotations

import io
import logging
import zlib
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from typing import Any

from dedup.dump.charsets import decoded_page
from dedup.dump.extras import extra_module
from dedup.dump.files import unpacked, whole
from dedup.dump.formats import Options
from dedup.dump.inputs import Input
from dedup.dump.packing import BrokenFileError
from dedup.dump.pagedates import named_day, published
from dedup.dump.records import Row
from dedup.model import Rejected


def read_html(source: Input, options: Options) -> Iterator[Row | Rejected]:
    """Read the article of a web page; its id is the file's name without suffix."""
    blocks, _ = unpacked(source)  # bytes as they are, but UTF-16 by its mark
    page = whole(blocks, options.max_line_bytes)
    values = _article(page, "", ".html", "")
    if isinstance(values, str):
        yield Rejected(source.name, 0, values)
    else:
        yield Row(0, {"id": source.label, **values})


def read_warc(source: Input, options: Options) -> Iterator[Row | Rejected]:
    """Read the pages of a web archive; the line of a page is the position of its record, from 1.

    Pages that stand there as text (a WET file) are read as they are. Records that are no answers
    of a server (requests, notes on the crawl) are passed over. An answer that is no page, such as
    an image, is rejected. The date is the one that the page gives itself: when it was fetched is
    another matter.
    """
    archive = extra_module("warcio.archiveiterator", ".warc")
    blocks, _ = unpacked(source)  # bytes as they are: every record has its own encoding
    stream = _Stream(blocks)
    logging.getLogger("warcio").addHandler(_SILENT)
    records = archive.ArchiveIterator(stream)
    records.INC_RECORD = ""  # what it would write to standard error is noted
    line = wrong = 0
    found: Row | Rejected | None = None
    try:
        for line, record in enumerate(records, start=1):
            if found is not None:  # whose end was found only now
                yield _noted(found, records.err_count > wrong)
            found, wrong = None, records.err_count
            if record.rec_type in _READ:
                read = _row(record, line, source, options.max_line_bytes)
                if _is_cut_short(record):
                    raise BrokenFileError(stream.broken or "truncated: a record ends early", line)
                found = read
        if found is not None:
            yield _noted(found, records.err_count > wrong)
    except BrokenFileError:
        raise
    except Exception as error:  # warcio raises what a damaged archive makes its parts raise
        if found is not None:
            yield found
        raise BrokenFileError(stream.broken or f"damaged WARC: {error}", line + 1) from error
    if stream.broken:
        raise BrokenFileError(stream.broken, line + 1)


_WRONG_LENGTH = "WARC: a record is longer than it says"


def _noted(found: Row | Rejected, is_wrong: bool) -> Row | Rejected:
    """Note of an article that there was more of it than the archive says."""
    if is_wrong and isinstance(found, Row):
        return found._replace(notes=(*found.notes, _WRONG_LENGTH))
    return found


def _is_cut_short(record: Any) -> bool:
    """Tell whether the archive ends before the record does."""
    while record.raw_stream.read(_REST_BLOCK):
        pass
    left: int = getattr(record.raw_stream, "limit", 0)  # none for a record that tells no length
    return left > 0


_REST_BLOCK = 1 << 16


class _NoArticleError(Exception):
    """A record holds no article, for the reason given."""


def _row(record: Any, line: int, source: Input, most: int) -> Row | Rejected:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    try:
        values = _READ[record.rec_type](record, url, most)
    except _NoArticleError as error:
        return Rejected(source.name, line, str(error))
    identity = str(record.rec_headers.get_header("WARC-Record-ID") or "").strip("<>")
    return Row(line, {"id": identity, **values})


def _page(record: Any, url: str, most: int) -> dict[str, str]:
    """Read a page with the server's answer around it."""
    headers = record.http_headers
    status = (headers.get_statuscode() or "") if headers else ""
    if not status.startswith("2"):
        raise _NoArticleError(f"no answer: status {status or 'missing'} for {url}")
    kind = _html_type(headers, url)
    packing = (headers.get_header("Content-Encoding") or "").strip().casefold()
    if packing == "br" and find_spec("brotli") is None:
        reason = 'packed with brotli, which needs a package: pip install "dedup-news[warc]"'
        raise _NoArticleError(f"{reason}: {url}")
    if packing not in _PACKINGS:
        raise _NoArticleError(f"packed as {packing}, which is not read: {url}")
    if packing:  # warcio prints what it cannot unpack, and gives the part before as the whole
        headers.remove_header("Content-Encoding")
    return _article_in(record, url, most, kind, packing)


def _resource(record: Any, url: str, most: int) -> dict[str, str]:
    """Read a page that was saved without the answer around it."""
    return _article_in(record, url, most, _html_type(record.rec_headers, url))


def _html_type(headers: Any, url: str) -> str:
    kind: str = headers.get_header("Content-Type") or ""
    if "html" not in kind.casefold():
        raise _NoArticleError(f"no page: {kind or 'no type'} at {url}")
    return kind


def _article_in(record: Any, url: str, most: int, kind: str, packing: str = "") -> dict[str, str]:
    try:
        page = record.content_stream().read(most + 1)
        page = _inflated(page, packing, most + 1)
    except Exception as error:  # of the decompressor, or of warcio at damaged chunks
        raise _NoArticleError(f"damaged page: {error}: {url}") from error
    values = _article(_bounded(page, most, url), url, ".warc", kind)
    if isinstance(values, str):
        raise _NoArticleError(f"{values}: {url}")
    return values


def _bounded(page: bytes, most: int, url: str) -> bytes:
    if len(page) > most:
        raise _NoArticleError(f"page longer than {most:,} bytes: {url}")
    return page


def _inflated(page: bytes, packing: str, most: int) -> bytes:
    """Unpack a page as far as it may be long; one that is not packed as it says is as it should be.

    >>> _inflated(zlib.compress(b"Rain."), "deflate", 3), _inflated(b"Rain.", "gzip", 9)
    (b'Rai', b'Rain.')
    """
    if packing == "br":
        return _from_brotli(page, most)
    if packing == "deflate":
        with suppress(zlib.error):
            return zlib.decompressobj().decompress(page, most)
        with suppress(zlib.error):
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(page, most)
    if packing in _GZIP and page.startswith(b"\x1f\x8b"):
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(page, most)
    return page


def _from_brotli(page: bytes, most: int) -> bytes:
    inflater = extra_module("brotli", ".warc").Decompressor()
    parts = [inflater.process(page, output_buffer_limit=most)]
    while not inflater.is_finished() and parts[-1] and sum(map(len, parts)) < most:
        parts.append(inflater.process(b"", output_buffer_limit=most))
    return b"".join(parts)


def _text(record: Any, url: str, most: int) -> dict[str, str]:
    """Read a page that stands there as text, the title on its first line."""
    data = _bounded(record.content_stream().read(most + 1), most, url)
    text = data.decode("utf-8", "replace")
    title = text.lstrip().partition("\n")[0].strip()
    return {"url": url, "title": title, "text": text}


_READ = {"response": _page, "resource": _resource, "conversion": _text}
_GZIP = frozenset({"gzip", "x-gzip"})
_PACKINGS = frozenset({"", "identity", "deflate", "br", *_GZIP})


_SILENT = logging.NullHandler()
_DATES = {"original_date": True, "extensive_search": False}
"""The day of publishing where a page names it; the search takes any year in its text for it."""
_MOST_TAGS = 50_000
"""Tags beyond which a page is not looked through: the parser's time grows faster than they do."""


def _article(page: bytes, url: str, kind: str, header: str) -> dict[str, str] | str:
    """Take the article out of a page, or tell why there is none."""
    tags = page.count(b"<")
    if tags > _MOST_TAGS:
        return f"no article in the page, which has {tags:,} tags"
    trafilatura = extra_module("trafilatura", kind)
    logging.getLogger("trafilatura").addHandler(_SILENT)  # what it has to say is the reason here
    written = decoded_page(page, header)
    try:
        found = trafilatura.bare_extraction(
            written.encode("utf-8", "replace"),
            url=url or None,
            include_comments=False,
            with_metadata=True,
            date_extraction_params=_DATES,
        )
    except Exception as error:  # of a parser met by a page made to break it
        return f"no article in the page: {type(error).__name__}: {error}"
    if found is None or not (found.text or "").strip():
        return "no article in the page"
    return {
        "url": url or found.url or "",
        "title": found.title or "",
        "date": published(written, named_day(written, found.text, found.date or "")),
        "source": found.sitename or found.hostname or "",
        "text": found.text,
    }


class _Stream(io.RawIOBase):
    """Blocks of bytes as the file that a reader of archives wants.

    That reader reads ahead: where the blocks break off it is told of an end, so that it gives all
    records before, and ``broken`` holds the reason.
    """

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.broken = ""
        self._blocks = blocks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            while not self._rest:
                self._rest = next(self._blocks)
        except StopIteration:
            return 0
        except BrokenFileError as error:
            self.broken = error.reason
            return 0
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
