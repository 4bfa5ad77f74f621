"""When a web page was published: the hour, which who takes the article out leaves away."""

from __future__ import annotations

import datetime
import html
import json
import re
from collections.abc import Iterator
from contextlib import suppress

from dedup.dump.dates import parse_date
from dedup.moments import zoned

_TAG = re.compile(r"<([a-z]+)\s([^<>]{0,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"(?<![\w:.-])([\w:.-]++)\s*+=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_OF_PUBLISHING = re.compile(
    r"publi|pub-?date|issued|created|\A(?:dc\.|dcterms\.|sailthru\.)?date\Z", re.IGNORECASE
)
"""The names under which a page tells of its publishing, in Open Graph, Dublin Core, and so on."""
_OF_CHANGING = re.compile(r"modif|updat|expir", re.IGNORECASE)
_IN_DATA = re.compile(r'"datePublished"\s*+:\s*+("[^"\n]{8,60}")')


def named_day(page: str, text: str, day: str) -> str:
    """Give the day that was found in a page, ``""`` where a sentence of its text alone has it.

    What a sentence speaks of on that day, in ISO 8601, is another matter. At the head of the text
    it may be the day of the story, and in a line of its own it is.

    >>> text = "The mayor has kept the law of the sea, which was passed in Oslo on 2021-05-12."
    >>> named_day(f"<p>{text}</p>", text, "2021-05-12")
    ''
    """
    written = day and page.count(day)
    if not written or day in text[:_HEAD]:
        return day
    spoken = sum(line.count(day) for line in text.splitlines() if len(line) > _LONGEST_DATE)
    return day if written > spoken else ""


_HEAD = 60
"""Letters at the head of a text in which a day is that of the story: *Oslo, 2021-05-12: ...*"""
_LONGEST_DATE = 40
"""Letters of the longest line that is but a date with a word or two: *Published 2021-05-12*."""


def published(page: str, day: str) -> str:
    """Give the moment, in ISO 8601, that a page names for the day on which it was published.

    It is the first that is on that day in any zone: of ``<meta>``, of the page's data for search
    engines, of other elements marked so, of ``<time>``. Where the page names none, the day.

    >>> published("<meta name=pubdate content='31 Oct 2023 9:30 GMT'>", "2023-10-31")
    '2023-10-31T09:30:00+00:00'
    >>> published("<time datetime=2023-11-03T09:30:00Z>", "2023-10-31")
    '2023-10-31'
    """
    try:
        start = zoned(datetime.date.fromisoformat(day))
    except ValueError:
        return day
    for written in _named(page):
        with suppress(ValueError, OverflowError):
            found = parse_date(html.unescape(written))
            if isinstance(found, datetime.datetime):
                after = zoned(found) - start
                if -_FARTHEST_ZONE <= after < _DAY + _FARTHEST_ZONE:
                    return found.isoformat()
    return day


_DAY = datetime.timedelta(days=1)
_FARTHEST_ZONE = datetime.timedelta(hours=14)


def _named(page: str) -> Iterator[str]:
    """Give what may be the moment of publishing, the surest first."""
    metas: list[str] = []
    marked: list[str] = []
    times: list[str] = []
    for tag, inside in _TAG.findall(page):
        own = {name.casefold(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(inside)}
        written = own.get("content") or own.get("datetime")
        names = [own.get(name, "") for name in ("property", "name", "itemprop", "class")]
        if not written:
            continue
        if any(map(_OF_PUBLISHING.search, names)):
            (metas if tag.casefold() == "meta" else marked).append(written)
        elif tag.casefold() == "time" and not any(map(_OF_CHANGING.search, names)):
            times.append(written)
    yield from metas
    for quoted in _IN_DATA.findall(page):
        with suppress(ValueError):
            yield json.loads(quoted)
    yield from marked
    yield from times
