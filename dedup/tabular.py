"""Results as tables in memory: columns of plain values become a data frame or a table of Arrow."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from dedup.dump.extras import extra_module
from dedup.errors import MissingExtraError
from dedup.moments import as_utc

Columns = Mapping[str, Sequence[Any]]
"""Values by name. What names articles, the columns of ``IDS``, is of any type."""
IDS = frozenset({"id", "representative", "a", "b"})
_WHOLE, _REAL = frozenset({"cluster"}), frozenset({"probability", "jaccard", "containment"})


def _is_date(name: str) -> bool:
    return name.startswith("date")


def _moments(values: Sequence[datetime.date | None]) -> list[datetime.datetime | None]:
    return [None if value is None else as_utc(value) for value in values]


def as_dicts(columns: Columns) -> list[dict[str, Any]]:
    """Make a dict of each row.

    >>> as_dicts({"id": ["a", "b"], "cluster": [0, None]})
    [{'id': 'a', 'cluster': 0}, {'id': 'b', 'cluster': None}]
    """
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def as_arrow(columns: Columns) -> Any:
    """Make a table of pyarrow; ids of several types become strings, dates moments in UTC."""
    try:
        arrow = extra_module("pyarrow", ".parquet")
    except MissingExtraError as error:
        raise MissingExtraError.of("a table of pyarrow", "pyarrow", "parquet") from error
    ids = [v for name in IDS & columns.keys() for v in columns[name] if v is not None]
    kept = bool(ids) and len({type(one) for one in ids}) == 1 and _fits(arrow, ids)
    made = {}
    for name, values in columns.items():
        if name in IDS:
            shown = values if kept else [None if v is None else str(v) for v in values]
            made[name] = arrow.array(shown, arrow.array(ids).type if kept else arrow.string())
        elif _is_date(name):
            made[name] = arrow.array(_moments(values), arrow.timestamp("us", "UTC"))
        else:
            kind = "int64" if name in _WHOLE else "double" if name in _REAL else "string"
            made[name] = arrow.array(values, kind)
    return arrow.table(made)


def _fits(arrow: Any, values: list[Any]) -> bool:
    try:
        arrow.array(values)
    except (arrow.ArrowException, OverflowError, TypeError):
        return False
    return True


def as_pandas(columns: Columns) -> Any:
    """Make a data frame of pandas; what is missing is NA, and ids are as they came."""
    try:
        pandas = extra_module("pandas", ".pandas")
    except MissingExtraError as error:
        raise MissingExtraError.of("a data frame", "pandas", "pandas") from error
    made = {}
    for name, values in columns.items():
        if name in IDS:
            made[name] = pandas.Series(values)
        elif _is_date(name):
            made[name] = pandas.Series(_moments(values), dtype="datetime64[us, UTC]")
        else:
            kind = "Int64" if name in _WHOLE else "float64" if name in _REAL else "string"
            made[name] = pandas.Series(values, dtype=kind)
    return pandas.DataFrame(made)
