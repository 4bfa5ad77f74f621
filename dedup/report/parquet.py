"""The tables of a report as Parquet files, through pyarrow."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dedup.dump import from_json_line, to_json_line
from dedup.dump.extras import extra_module
from dedup.errors import MissingExtraError

_MOMENT, _LOCAL = "timestamp[us, tz=UTC]", "timestamp[us]"
_LISTING = {"title": "string", "date": _MOMENT, "source": "string", "url": "string"}
_SCORES = {"verdict": "string", "probability": "double", "jaccard": "double"}

MEMBERS: Mapping[str, str] = {
    **{"cluster": "int64", "representative": "string", "id": "string"},
    **_SCORES,
    **_LISTING,
    **{f"representative_{name}": kind for name, kind in _LISTING.items()},
}
"""The columns of ``clusters.parquet``, a row for each member, and their types."""
PAIRS: Mapping[str, str] = {
    **{"a": "string", "b": "string", **_SCORES},
    **dict.fromkeys(("title_a", "source_a", "title_b", "source_b"), "string"),
}
"""The columns of ``pairs.parquet``."""
REJECTED: Mapping[str, str] = {"source": "string", "line": "int64", "reason": "string"}
"""The columns of ``rejected.parquet``."""

_JSON = "json"
_ENCODING = {b"encoding": b"json"}
"""The metadata of a column that holds JSON text."""
_GROUP_ROWS = 8192
_GROUP_CHARACTERS = 16 << 20
"""A row group ends with the row that reaches either: it is held in memory until it is written."""


def check_parquet() -> None:
    """Tell before a long scan that pyarrow is missing: :class:`MissingExtraError`."""
    try:
        extra_module("pyarrow.parquet", ".parquet")
    except MissingExtraError as error:
        raise MissingExtraError.of("writing Parquet", "pyarrow", "parquet") from error


def write_rows(stream: Any, columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows to an open file, group by group; a name that a row lacks is null there.

    ``columns`` gives each name the alias of an Arrow type (``string``, ``list<int64>``), or
    ``json`` for a column of JSON text, which its metadata ``encoding`` tells.
    """
    arrow = extra_module("pyarrow", ".parquet")
    schema = arrow.schema([_field(arrow, name, kind) for name, kind in columns.items()])
    parquet = extra_module("pyarrow.parquet", ".parquet")
    with parquet.ParquetWriter(stream, schema, compression="zstd") as writer:
        for group in _groups(rows):
            arrays = [
                _array(arrow, [row.get(name) for row in group], kind, schema.field(place).type)
                for place, (name, kind) in enumerate(columns.items())
            ]
            writer.write_batch(arrow.RecordBatch.from_arrays(arrays, schema=schema))


def _field(arrow: Any, name: str, kind: str) -> Any:
    return arrow.field(name, _type(arrow, kind), metadata=_ENCODING if kind == _JSON else None)


def _type(arrow: Any, kind: str) -> Any:
    if kind.startswith(_LIST):
        return arrow.list_(_type(arrow, _inner(kind)))
    if kind == _MOMENT:
        return arrow.timestamp("us", "UTC")
    return arrow.type_for_alias("string" if kind in {_JSON, _NULL} else kind)


def _groups(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    group: list[Mapping[str, Any]] = []
    characters = 0
    for row in rows:
        group.append(row)
        characters += sum(len(value) for value in row.values() if isinstance(value, str))
        if len(group) == _GROUP_ROWS or characters >= _GROUP_CHARACTERS:
            yield group
            group, characters = [], 0
    if group:
        yield group


def _array(arrow: Any, values: list[Any], kind: str, wanted: Any) -> Any:
    if kind == _JSON:
        values = [None if value is None else to_json_line(value).decode() for value in values]
    try:
        return arrow.array(values, wanted)
    except (arrow.ArrowInvalid, UnicodeEncodeError):
        return arrow.array([_fitted(value, kind) for value in values], wanted)


def _fitted(value: Any, kind: str) -> Any:
    """Fit what Parquet cannot hold: lone surrogates, integers too long for a column of fractions.

    A lone surrogate becomes U+FFFD, the integer the nearest fraction.
    """
    if isinstance(value, (list, tuple)):
        return [_fitted(item, _inner(kind)) for item in value]
    if isinstance(value, str):
        return _encodable(value)
    return float(value) if kind == "double" and isinstance(value, int) else value


def _encodable(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


_NULL = "null"
_LIST = "list<"
_KINDS: Mapping[type, str] = {
    **{type(None): _NULL, bool: "bool", int: "int64", float: "double", str: "string"},
    **{bytes: "binary", datetime.date: "date32"},
}


def _inner(kind: str) -> str:
    return kind.removeprefix(_LIST).removesuffix(">")


class FieldTypes:
    """The fields of records of many shapes, in the order first met, and a type for each.

    Integers beside fractions become fractions. A field whose values fit no one type, or are
    objects or lists of such, is JSON text throughout; one without any value is a string. Where
    records have more than ``_MOST_FIELDS`` names between them, the rest of the names and their
    values stand in one field, ``other_fields``, as a JSON object: a column costs memory for every
    row of a group.

    >>> types = FieldTypes()
    >>> types.take({"id": 1, "tags": ["rain"], "rank": 2})
    >>> types.take({"id": "b", "rank": 0.5})
    >>> types.columns()
    {'id': 'json', 'tags': 'list<string>', 'rank': 'double'}
    """

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}

    def take(self, row: Mapping[str, Any]) -> None:
        """Look at the values of one record."""
        for name, value in row.items():
            known = self._kinds.get(name)
            if known is not None:
                self._kinds[name] = _merged(known, _kind(value))
            elif len(self._kinds) < _MOST_FIELDS:
                self._kinds[name] = _kind(value)
            else:
                self._kinds[_OTHERS] = _JSON

    def fitted(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """Put the values of a record into the columns, when all records were looked at."""
        if self._kinds.keys() >= row.keys():
            return row
        others = {name: value for name, value in row.items() if name not in self._kinds}
        return {**row, _OTHERS: others}

    def columns(self) -> dict[str, str]:
        """Give the type of each field, as :func:`write_rows` takes them."""
        return dict(self._kinds)


_MOST_FIELDS = 1000
_OTHERS = "other_fields"
_LARGEST = 2**63


def _kind(value: object) -> str:
    known = _KINDS.get(type(value))
    if type(value) is int:
        return "int64" if -_LARGEST <= value < _LARGEST else _JSON
    if known is not None:
        return known
    if isinstance(value, datetime.datetime):
        return _LOCAL if value.tzinfo is None else _MOMENT
    if isinstance(value, (list, tuple)):
        inner = _NULL
        for item in value:
            inner = _merged(inner, _kind(item))
        return _list_of(inner)
    return _JSON


def _list_of(inner: str) -> str:
    return _JSON if inner == _JSON or inner.startswith(_LIST) else f"{_LIST}{inner}>"


def _merged(one: str, other: str) -> str:
    """Find the narrowest type that holds values of both."""
    if one == other or other == _NULL:
        return one
    if one == _NULL:
        return other
    if {one, other} == {"int64", "double"}:
        return "double"
    if one.startswith(_LIST) and other.startswith(_LIST):
        return _list_of(_merged(_inner(one), _inner(other)))
    return _JSON


def fields_of(raw: bytes | Mapping[str, Any]) -> dict[str, Any]:
    """Give a record's original fields, names as text that Parquet can hold.

    >>> fields_of(b'{"n": 1}'), fields_of({2: "x"})
    ({'n': 1}, {'2': 'x'})
    """
    values = from_json_line(raw) if isinstance(raw, bytes) else raw
    return {_encodable(str(name)): value for name, value in values.items()}
