"""Articles in XML: RSS and Atom (a WordPress export is RSS), NITF, NewsML-G2, Reuters' RCV1.

Feeds are read by feedparser, which takes what publishers write rather than what they should. The
agencies' formats are read by the standard library's parser. A file that declares entities is set
aside whole: no news format needs them, and attacks do.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree import ElementTree

from dedup.dump.dates import parse_date
from dedup.dump.extras import extra_module
from dedup.dump.files import unpacked, whole
from dedup.dump.formats import Options
from dedup.dump.inputs import Input
from dedup.dump.mending import has_markup, text_of_markup
from dedup.dump.packing import BrokenFileError
from dedup.dump.records import Row
from dedup.model import Rejected

A_SUMMARY = "text: a summary, as the feed gives no more"
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_UTF_16 = re.compile(rb"\A\s*<\?xml[^>]*encoding\s*=\s*[\"']utf-16[^>]*\?>", re.IGNORECASE)
_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]*)")
_FEEDS = frozenset({"rss", "feed", "rdf"})
_AGENCIES = frozenset({"nitf", "newsmessage", "newsitem", "newsml"})


def read_xml(source: Input, options: Options) -> Iterator[Row | Rejected]:
    """Read a feed or an agency's file; the line of an article is its position in it, from 1."""
    blocks, _ = unpacked(source)
    data = _UTF_16.sub(b"", whole(blocks, options.max_line_bytes))  # which it no longer is
    if _ENTITY.search(data):
        raise BrokenFileError("XML that declares entities, which is not read")
    root = _root(data)
    if root in _FEEDS:
        yield from _of_feed(source, data)
    elif root in _AGENCIES:
        yield from _of_agency(data)
    else:
        wanted = "wanted RSS, Atom, NITF or NewsML-G2"
        raise BrokenFileError(f"XML of an unknown kind: its root is {root or 'missing'}; {wanted}")


def _root(data: bytes) -> str:
    """Name the root element, without its namespace and in lower case.

    >>> _root(b'<?xml version="1.0"?><!-- a <b> --><rdf:RDF xmlns="x">')
    'rdf'
    """
    found = _ROOT.search(re.sub(rb"<!--.*?-->", b"", data[:_LOOKED_AT], flags=re.DOTALL))
    if found is None:
        return ""
    name = found[1].decode("utf-8", "replace").casefold()
    return name.rpartition(":")[2]


_LOOKED_AT = 1 << 16


def _of_feed(source: Input, data: bytes) -> Iterator[Row | Rejected]:
    parse = extra_module("feedparser", ".xml").parse
    # A stream: of a string feedparser asks whether it is an address.
    found = parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    if not found.entries:
        reason = f": {found.bozo_exception}" if found.get("bozo") else ""
        raise BrokenFileError(f"no article in the feed{reason}")
    name = _plain(found.feed.get("title"))
    for line, entry in enumerate(found.entries, start=1):
        bodies = [_plain(part.get("value")) for part in entry.get("content", ())]
        body = max(bodies, key=len, default="")
        text = body or _plain(entry.get("summary"))
        row = {
            "id": entry.get("id", ""),
            "url": entry.get("link", ""),
            "title": _plain(entry.get("title")),
            "date": _date(entry),
            "source": name,
            "text": text,
        }
        yield Row(line, row, notes=() if body or not text else (A_SUMMARY,))


def _plain(text: object) -> str:
    if not isinstance(text, str):  # feedparser gives None for what is torn
        return ""
    return text_of_markup(text) if has_markup(text) or "&" in text else text.strip()


def _date(entry: Any) -> object:
    """Give a date as it is written, or, where that cannot be read, as feedparser reads it."""
    for name in ("published", "updated", "created"):
        written, parsed = entry.get(name), entry.get(f"{name}_parsed")
        if written:
            try:
                return parse_date(written)
            except ValueError:
                return _moment(parsed) if parsed else written
    return None


def _moment(parsed: Sequence[int]) -> datetime.datetime:
    year, month, day, hour, minute, second = parsed[:6]
    return datetime.datetime(year, month, day, hour, minute, second, tzinfo=datetime.UTC)


def _of_agency(data: bytes) -> Iterator[Row | Rejected]:
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise BrokenFileError(f"damaged XML: {error}") from error
    items = [element for element in root.iter() if _name(element) == "newsitem"]
    for line, item in enumerate(items or [root], start=1):
        yield Row(line, {name: value for name, value in _article(item).items() if value})


def _article(item: Any) -> dict[str, str]:
    """Take the fields of a NITF document, or of an item of NewsML-G2 or RCV1."""
    first: dict[str, Any] = {}
    for element in item.iter():
        first.setdefault(_name(element), element)
    own = _name(item) == "newsitem"
    issued = (first[name].get(kind) for name, kind in _ISSUED if name in first)
    identity = (item.get("guid") or item.get("itemid") or "") if own else ""
    if not identity and "doc-id" in first:
        identity = first["doc-id"].get("id-string") or ""
    return {
        "id": identity,
        "title": _words(first, "headline", "hl1", "hedline", "title"),
        "date": _words(first, "contentcreated", "versioncreated")
        or next(filter(None, issued), "")
        or (item.get("date") or "" if own else ""),
        "source": _words(first, "provider", "infosource", "copyrightholder", "doc.copyright"),
        "text": _body(first),
    }


_ISSUED = (("date.issue", "norm"), ("pubdata", "date.publication"), ("story.date", "norm"))
"""Elements of NITF and their attributes that tell when a text went out."""


def _body(first: dict[str, Any]) -> str:
    """Give the paragraphs of the body, or all it says where it has none."""
    for name in ("body.content", "inlinexml", "text", "inlinedata", "body"):
        body = first.get(name)
        if body is None:
            continue
        parts = [_said(part) for part in body.iter() if _name(part) in _PARAGRAPHS]
        text = "\n\n".join(part for part in parts if part) or _said(body)
        if text:
            return text
    return ""


_PARAGRAPHS = frozenset({"p", "hl2"})


def _words(first: dict[str, Any], *names: str) -> str:
    for name in names:
        if name in first and (said := _said(first[name]) or first[name].get("literal") or ""):
            return said
    return ""


def _said(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _name(element: Any) -> str:
    """Name an element without its namespace; a comment has none."""
    tag = element.tag
    return tag.rpartition("}")[2].casefold() if isinstance(tag, str) else ""
