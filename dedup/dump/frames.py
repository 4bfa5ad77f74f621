"""Tables in memory: the rows of pandas, polars and pyarrow tables, none of which is imported.

They are told by what they can do. Any other table that streams Arrow data, as a relation of
DuckDB does, is taken too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, Protocol

from dedup.dump.cells import plain
from dedup.dump.extras import extra_module
from dedup.dump.records import Fields, column_finder, distinct_names
from dedup.dump.tables import batch_rows
from dedup.errors import InputError

_PANDAS, _POLARS, _ARROW = "itertuples", "iter_rows", "__arrow_c_stream__"
_LAZY = ("collect", "collect_schema")
"""What polars' plan of a table can do, whose columns are not known before it is carried out."""
_ROWS_AT_ONCE = 1024
"""Rows of an Arrow table that are made into Python values at once."""


class Table(Protocol):
    """A table of pandas, polars or pyarrow, for type checkers: they all stream Arrow data."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> object:
        """Give the rows as a stream (Arrow PyCapsule interface)."""


class Frame(NamedTuple):
    """A table: the names of its columns, and its rows as mappings, as often as asked."""

    columns: tuple[str, ...]
    rows: Callable[[], Iterator[dict[str, Any]]]

    def has(self, fields: Fields | None, name: str) -> bool:
        """Tell whether there is a column for a field."""
        return bool(getattr(column_finder(fields or Fields())(self.columns), name))

    def check(self, fields: Fields | None, *wanted: str) -> None:
        """Raise :class:`InputError`, which names the columns, where a wanted field has none.

        >>> Frame(("headline",), lambda: iter(())).check(None, "title", "text")
        Traceback (most recent call last):
        dedup.errors.InputError: articles: got a table of 'headline', wanted a column for the text
        """
        found = column_finder(fields or Fields())(self.columns)
        for name in wanted:
            if not getattr(found, name):
                shown, asked = ", ".join(self.columns), getattr(fields, name, None)
                wished = f"a column for the {name}" if asked is None else f"a column {asked!r}"
                message = f"articles: got a table of {shown!r}, wanted {wished}"
                raise InputError(message)


def open_frame(value: Any, fields: Fields | None = None) -> Frame | None:
    """Take a table, or tell by ``None`` that the value is none.

    Cells are plain values (:func:`~dedup.dump.cells.plain`). pandas is read row by row rather than
    through Arrow, which refuses columns of mixed types. A stream of Arrow data that flows only once
    is held in memory, and so is what a lazy table of polars comes to. Raises :class:`InputError`
    where two columns have a name that one of ``fields`` is read from.
    """
    if not isinstance(value, type) and all(hasattr(value, name) for name in _LAZY):
        value = value.collect()
    if isinstance(value, type) or not (hasattr(value, "columns") or hasattr(value, "schema")):
        return None
    fields = fields or Fields()
    if hasattr(value, _PANDAS):
        names = _named(map(str, value.columns), fields)
        return Frame(names, lambda: _rows(names, value.itertuples(index=False, name=None)))
    if hasattr(value, _POLARS):
        names = _named(value.columns, fields)
        return Frame(names, lambda: _rows(names, value.iter_rows()))
    return _open_arrow(value, fields) if hasattr(value, _ARROW) else None


def _named(names: Iterable[str], fields: Fields) -> tuple[str, ...]:
    try:
        return tuple(distinct_names(list(names), fields))
    except ValueError as error:
        raise InputError(f"articles: {error}") from None


def _open_arrow(value: Any, fields: Fields) -> Frame:
    arrow = extra_module("pyarrow", ".arrow")
    table = arrow.table(value)
    names = _named(table.schema.names, fields)

    def rows() -> Iterator[dict[str, Any]]:
        batches = table.to_batches(max_chunksize=_ROWS_AT_ONCE)
        return _rows(names, (row.values.values() for row in batch_rows(arrow, batches, names)))

    return Frame(names, rows)


def _rows(names: tuple[str, ...], rows: Iterable[Iterable[Any]]) -> Iterator[dict[str, Any]]:
    return (dict(zip(names, map(plain, row), strict=True)) for row in rows)
