"""From a row of a dump to an article: which field is which, and what makes a row unusable."""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields
from functools import lru_cache
from typing import Any, NamedTuple

from dedup.dump.cells import IdKind, id_of, name_of, original_id, plain, text_of
from dedup.dump.dates import parse_date
from dedup.dump.ids import is_made, made_id
from dedup.dump.mending import HAS_MARKUP, mended, mended_name
from dedup.errors import InputError, brief
from dedup.model import Article, Rejected


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
    "text": (
        *("text", "bodytext", "body", "content", "maintext", "article", "articlebody", "plaintext"),
        *("article_body", "full_text", "fulltext", "article_text"),
    ),
    "title": ("title", "headline", "webtitle"),
    "date": (
        *("date", "published", "publish_date", "date_publish", "published_at", "date_published"),
        *("publication_date", "publishedat", "datepublished", "pubdate", "publishing_date"),
        *("pub_date", "date_gmt", "webpublicationdate"),
    ),
    "source": ("source", "domain", "publisher", "source_domain", "publication"),
    "url": ("url", "link", "weburl"),
    "id": ("id", "_id", "guid", "uuid", "article_id"),
}
"""For each field the names it goes by, compared without case, the best first."""


def with_inner(values: dict[str, Any]) -> dict[str, Any]:
    """Add to the fields of a hit those of the article in it, as search services answer.

    >>> with_inner({"_id": "7", "_source": {"text": "Rain."}})["text"]
    'Rain.'
    """
    for name in _INNER:
        inner = values.get(name)
        if isinstance(inner, dict):
            return {**values, **inner}
    return values


_INNER = ("_source", "fields")
"""Objects in which a hit holds its article: of Elasticsearch, of the Guardian."""


class Row(NamedTuple):
    """One row of a dump, before anything is known about its fields."""

    line: int
    values: Mapping[str, Any]
    raw: bytes | None = None
    """The row as a JSON line in UTF-8, where it came as one."""
    notes: tuple[str, ...] = ()
    """What to note of it beside what its fields give cause to."""


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
    id_kind: IdKind = IdKind.STR

    @property
    def original_id(self) -> object:
        """The id as it came: an int, a UUID or what else the dump has for one."""
        return original_id(self.article.id, self.id_kind)

    @property
    def has_made_id(self) -> bool:
        """Whether the id was made, as the record came with none."""
        return is_made(self.article.id.partition("-")[0])

    def named(self, identity: str) -> Record:
        """Give the record under another id."""
        if identity == self.article.id:
            return self
        return replace(self, article=replace(self.article, id=identity))

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
        return orjson.dumps(value, default=_listed)
    except TypeError:
        return json.dumps(_bare(value), separators=(",", ":"), default=_written).encode()


def from_json_line(line: bytes) -> Any:
    """Read a line of JSON, also what only the standard library takes: NaN, lone surrogates."""
    import orjson

    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return json.loads(line)


def _listed(value: object) -> list[object]:
    """Put a named tuple as the list that any other tuple is."""
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(type(value).__name__)


def _bare(value: object) -> object:
    """Put nothing where JSON has no word for a number, and keys as text."""
    value = plain(value)
    if isinstance(value, Mapping):
        return {str(key): _bare(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_bare(item) for item in value]
    return None if isinstance(value, float) and math.isinf(value) else value


def _written(value: object) -> object:
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


def used_columns(names: Sequence[str], fields: Fields) -> list[int]:
    """Tell which columns of a table may hold a field of an article, by their places.

    >>> used_columns(["Body", "photo", "ID"], Fields())
    [0, 2]
    """
    wanted = {name for usual in wanted_names(fields).values() for name in usual}
    return [k for k, name in enumerate(names) if str(name).strip().casefold() in wanted]


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
        missing = (f for f in wanted if getattr(fields, f) and not found[f])
        notes = (no_such_field(f, getattr(fields, f)) for f in missing)
        return Columns(**found, notes=tuple(notes))

    return lru_cache(maxsize=_SHAPES_REMEMBERED)(find)


def no_such_field(field: str, name: str) -> str:
    """Say that records have no field of the name that was given for one.

    >>> no_such_field("text", "story")
    "text: no field 'story'"
    """
    return f"{field}: no field {name!r}"


_SHAPES_REMEMBERED = 256
"""Rows of one dump have few shapes; a dump in which each differs is read at the price of a look."""


def distinct_names(names: Sequence[str], fields: Fields) -> list[str]:
    """Name every column of a table apart; refuse two that one field could be read from.

    A name that stands again gets a number, so that nothing of a row is lost. Raises
    :class:`ValueError` where the names of a field that is read are not clear.

    >>> distinct_names(["text", "tag", "tag"], Fields())
    ['text', 'tag', 'tag (2)']
    >>> distinct_names(["text", "Text"], Fields())
    Traceback (most recent call last):
    ValueError: two columns are named 'text'; rename one of them, or name another for the text
    """
    wanted = wanted_names(fields)
    folded = [str(name).strip().casefold() for name in names]
    for field, usual in wanted.items():
        for name in usual:
            if folded.count(name) > 1:
                advice = f"rename one of them, or name another for the {field}"
                raise ValueError(f"two columns are named {name!r}; {advice}")
            if name in folded:
                break
    found: list[str] = []
    taken = set(names)
    for name in names:
        number, unique = 1, name
        while unique in found or (number > 1 and unique in taken):
            number += 1
            unique = f"{name} ({number})"
        found.append(unique)
    return found


def record(
    row: Row, columns: Columns, source: str, *, extract_html: bool = False
) -> Record | Rejected:
    """Make the article of a row; a row without a usable text or id is rejected with the reason.

    Of several fields that could hold a thing the first usable one does. A missing id is made, see
    :func:`made_id`. A title, source, URL or date that cannot be read is left empty and noted: a
    text is not given up for the sake of its date.
    """
    values = row.values
    text = _first_text(values, columns.text)
    if text is None:
        return Rejected(source, row.line, _why_no_text(columns, values))
    text, has_markup = mended(text, extract_html=extract_html)
    if not text.strip():
        return Rejected(source, row.line, f"empty text: no words in the HTML of {columns.text[0]}")
    found = _first_id(values, columns.id)
    if isinstance(found, str):
        return Rejected(source, row.line, found)
    notes = [*row.notes, *columns.notes]
    if has_markup:
        notes.append(HAS_MARKUP)
    url = _first_name(values, columns.url, "url", notes)
    title = _first_name(values, columns.title, "title", notes)
    date = _first_date(values, columns.date, notes)
    place = _first_name(values, columns.source, "source", notes) or host(url)
    identity, kind = found or (
        made_id(text.encode("utf-8", "surrogatepass"), title, date, place, url),
        IdKind.STR,
    )
    raw = values if row.raw is None else row.raw
    article = Article(identity, text, title, date, place, url)
    return Record(article, source, row.line, raw, tuple(notes), kind)


def first_value(values: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """Take the first value that is there; ``None`` where none is."""
    return next((value for _, value in _present(values, names)), None)


def _present(values: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Give the values that are there, neither missing nor blank, with their names."""
    for name in names:
        value = plain(values[name])
        if value is not None and not (isinstance(value, str) and not value.strip()):
            yield name, value


def _first_text(values: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        text = text_of(values[name])
        if text is not None and text.strip():
            return text
    return None


def _first_id(values: Mapping[str, Any], names: tuple[str, ...]) -> tuple[str, IdKind] | str | None:
    """Take the first id there is; ``None`` where all are missing, the reason where none is one."""
    reason = None
    for name, value in _present(values, names):
        found = id_of(value)
        if found is not None:
            return found
        reason = reason or f"id not a str or an int: {name} is {brief(value)}"
    return reason


def _why_no_text(columns: Columns, values: Mapping[str, Any]) -> str:
    if not columns.text:
        shown = ", ".join(str(name) for name in values)
        told = next((note[len("text") :] for note in columns.notes if note.startswith("text")), "")
        return f"no text{told}: the fields are {brief(shown, 200)}; name the one that holds it"
    name, value = columns.text[0], first_value(values, columns.text)
    if value is None or (text_of(value) is not None):
        return f"empty text: the field is {name}"
    return f"text not a str: {name} is {brief(value)}"


def _first_name(
    values: Mapping[str, Any], names: tuple[str, ...], field: str, notes: list[str]
) -> str:
    is_there = False
    for _, value in _present(values, names):
        found = name_of(value)
        if found:
            return mended_name(found)
        is_there = True
    if is_there:
        notes.append(f"{field}: not a text")
    return ""


def _first_date(
    values: Mapping[str, Any], names: tuple[str, ...], notes: list[str]
) -> datetime.date | None:
    is_there = False
    for _, value in _present(values, names):
        try:
            found = parse_date(value)
        except ValueError:
            is_there = True
            continue
        if found is not None:
            return found
    if is_there:
        notes.append(NOT_A_DATE)
    return None


NOT_A_DATE = "date: not a date"
"""The note for a date that cannot be read."""


_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//(?:[^/?#@]*@)?(?:www\d?\.)?([^/?#:]+)", re.IGNORECASE)


def host(url: str) -> str:
    """Name the site of a URL, the source of an article that names none."""
    match = _HOST.match(url)
    return match.group(1).casefold() if match else ""
