"""From a row of a dump to an article: which field is which, and what makes a row unusable."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from functools import lru_cache
from typing import Any, NamedTuple, TypeGuard

from dedup.dump.dates import parse_date
from dedup.errors import InputError, brief
from dedup.model import Article, Rejected

__all__ = [
    "USUAL_NAMES",
    "Columns",
    "Fields",
    "Record",
    "Row",
    "column_finder",
    "first_value",
    "host",
    "record",
    "to_json_line",
    "wanted_names",
]


@dataclass(frozen=True, slots=True)
class Fields:
    """The names of a dump's fields, where they are not the usual ones (:data:`USUAL_NAMES`).

    >>> Fields(text="story", date="printed on").date
    'printed on'
    """

    text: str | None = None
    title: str | None = None
    date: str | None = None
    source: str | None = None
    url: str | None = None
    id: str | None = None

    def __post_init__(self) -> None:
        for field in dataclass_fields(self):
            value = getattr(self, field.name)
            if value is not None and (not isinstance(value, str) or not value):
                raise InputError.of(f"Fields.{field.name}", value, "the name of a field, or None")


USUAL_NAMES: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "body", "content", "maintext", "article"),
    "title": ("title", "headline"),
    "date": (
        *("date", "published", "publish_date", "date_publish", "published_at", "date_published"),
        *("publication_date", "publishedat", "datepublished", "pubdate"),
    ),
    "source": ("source", "domain", "publisher", "source_domain"),
    "url": ("url",),
    "id": ("id",),
}
"""For each field the names it goes by, compared without case, the best first."""


class Row(NamedTuple):
    """One row of a dump, before anything is known about its fields."""

    line: int
    values: Mapping[str, Any]
    raw: bytes | None = None
    """The row as a JSON line in UTF-8, where it came as one."""
    id: str = ""
    """The id to take where ``values`` hold none; made from the file and the line if empty."""


@dataclass(frozen=True, slots=True)
class Record:
    """An article, where it stood, and the row it was made from.

    ``notes`` name what was left out of the article without setting it aside, ``"date: not a date"``
    for one. They are few and fixed, so that they can be counted over a dump.
    """

    article: Article
    source: str
    line: int
    raw: bytes | Mapping[str, Any]
    notes: tuple[str, ...] = ()

    def to_json_line(self) -> bytes:
        r"""Write the row again, original fields in original order, without a line break.

        >>> Record(Article("1", "Rain."), "a.csv", 2, {"n": "1", "body": "Rain."}).to_json_line()
        b'{"n":"1","body":"Rain."}'
        """
        return self.raw if isinstance(self.raw, bytes) else to_json_line(self.raw)


def to_json_line(value: object) -> bytes:
    r"""Write a value as one line of JSON in UTF-8; lone surrogates become ``\u`` escapes.

    >>> to_json_line({"text": "caf\u00e9 \ud800"})
    b'{"text":"caf\\u00e9 \\ud800"}'
    """
    import orjson

    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":"), default=_plain).encode()


def _plain(value: object) -> object:
    """Put a value that JSON has no type for as text, ISO 8601 for dates."""
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def wanted_names(fields: Fields) -> dict[str, tuple[str, ...]]:
    """Give for each field the names it goes by in a dump, case put aside, the best first.

    >>> wanted_names(Fields(text="Story"))["text"]
    ('story',)
    """
    return {
        field: (usual if (name := getattr(fields, field)) is None else (name.casefold(),))
        for field, usual in USUAL_NAMES.items()
    }


class Columns(NamedTuple):
    """The names under which one shape of row holds each field, the best first."""

    text: tuple[str, ...]
    title: tuple[str, ...]
    date: tuple[str, ...]
    source: tuple[str, ...]
    url: tuple[str, ...]
    id: tuple[str, ...]
    notes: tuple[str, ...] = ()
    """What to note of each row: fields that were asked for by name and are not there."""


@lru_cache(maxsize=8)
def column_finder(fields: Fields) -> Callable[[tuple[str, ...]], Columns]:
    """Give the function that finds the fields among the names of a row; it remembers shapes.

    >>> columns = column_finder(Fields(title="Kicker"))(("ID", "Body", "kicker", "Content"))
    >>> columns.text, columns.title, columns.date
    (('Body', 'Content'), ('kicker',), ())
    """
    wanted = wanted_names(fields)

    def find(names: tuple[str, ...]) -> Columns:
        folded: dict[str, str] = {}
        for name in names:
            folded.setdefault(str(name).strip().casefold(), name)
        found = {
            field: tuple(folded[name] for name in usual if name in folded)
            for field, usual in wanted.items()
        }
        notes = (f"{f}: no such field" for f in wanted if getattr(fields, f) and not found[f])
        return Columns(**found, notes=tuple(notes))

    return lru_cache(maxsize=_SHAPES_REMEMBERED)(find)


_SHAPES_REMEMBERED = 256
"""Rows of one dump have few shapes; a dump in which each differs is read at the price of a look."""


def record(row: Row, columns: Columns, source: str, label: str) -> Record | Rejected:
    """Make the article of a row; a row without a usable text or id is rejected with the reason.

    A missing id is made as ``label:line``. A title, source, URL or date that cannot be read is
    left empty and noted: a text is not given up for the sake of its date.
    """
    values = row.values
    text = first_value(values, columns.text)
    if not isinstance(text, str) or not text.strip():
        return Rejected(source, row.line, _why_no_text(text, columns, values))
    identity = first_value(values, columns.id)
    if identity is None:
        identity = row.id or f"{label}:{row.line}"
    elif type(identity) is int or _is_whole(identity):
        identity = str(int(identity))
    elif not isinstance(identity, str):
        reason = f"id not a str or an int: {columns.id[0]} is {brief(identity)}"
        return Rejected(source, row.line, reason)
    notes = list(columns.notes)
    url = _short_text(values, columns.url, "url", notes)
    article = Article(
        id=identity,
        text=text,
        title=_short_text(values, columns.title, "title", notes),
        date=_date(values, columns.date, notes),
        source=_short_text(values, columns.source, "source", notes) or host(url),
        url=url,
    )
    return Record(article, source, row.line, values if row.raw is None else row.raw, tuple(notes))


def _is_whole(value: object) -> TypeGuard[float]:
    """Tell a whole number held as a float, as tables hold those of a column with gaps."""
    return type(value) is float and value.is_integer() and abs(value) <= _LARGEST_WHOLE


_LARGEST_WHOLE = 2**53
"""Up to which a float holds every whole number."""


def first_value(values: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """Take the first value that is there, ``None`` where none is."""
    for name in names:
        value = values[name]
        if value is not None and value != "":
            return value
    return None


def _why_no_text(text: object, columns: Columns, values: Mapping[str, Any]) -> str:
    if not columns.text:
        shown = ", ".join(str(name) for name in values)
        return f"no text: the fields are {brief(shown, 200)}; name the one that holds it"
    if text is None or isinstance(text, str):
        return f"empty text: the field is {columns.text[0]}"
    return f"text not a str: {columns.text[0]} is {brief(text)}"


def _short_text(
    values: Mapping[str, Any], names: tuple[str, ...], field: str, notes: list[str]
) -> str:
    value = first_value(values, names)
    if isinstance(value, Mapping):  # NewsAPI: "source": {"id": "bbc-news", "name": "BBC News"}
        value = value.get("name")
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, (int, float)):
        return str(value)
    notes.append(f"{field}: not a text")
    return ""


def _date(
    values: Mapping[str, Any], names: tuple[str, ...], notes: list[str]
) -> datetime.date | None:
    value = first_value(values, names)
    if value is None:
        return None
    try:
        return parse_date(value)
    except ValueError:
        notes.append("date: not a date")
        return None


_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#@]*@)?(?:www\d?\.)?([^/?#:]+)", re.IGNORECASE)


def host(url: str) -> str:
    """Name the site of a URL, the source of an article that names none."""
    match = _HOST.match(url)
    return match.group(1).casefold() if match else ""
