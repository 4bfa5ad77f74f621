"""A scan's result as a table in memory, one row an article."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dedup.dump.extras import extra_module
from dedup.errors import MissingExtraError
from dedup.model import Cluster

__all__ = ["as_arrow", "as_pandas", "columns"]


def columns(
    ids: Sequence[str], originals: Sequence[object], clusters: Iterable[Cluster]
) -> dict[str, list[Any]]:
    """Give the columns: ids as they came, and what each article is in its cluster.

    Outside of clusters all but the id is ``None``; of a representative verdict and scores are.

    >>> from dedup.model import Member, Verdict
    >>> one = Cluster(0, "7", (Member("8", Verdict.IDENTICAL, 1.0, 1.0),))
    >>> found = columns(["7", "8", "9"], [7, 8, 9], [one])
    >>> found["id"], found["representative"], found["jaccard"]
    ([7, 8, 9], [7, 7, None], [None, 1.0, None])
    """
    given = dict(zip(ids, originals, strict=True))
    rows: dict[str, tuple[Any, ...]] = {}
    for cluster in clusters:
        first = cluster.representative
        rows[first] = (cluster.id, given.get(first, first), None, None, None)
        for found in cluster.members:
            scores = found.verdict.value, float(found.probability), float(found.jaccard)
            rows[found.id] = (cluster.id, given.get(first, first), *scores)
    told = [rows.get(name, (None,) * len(_NAMES)) for name in ids]
    parts = zip(*told, strict=True) if told else [()] * len(_NAMES)
    return {"id": list(originals), **dict(zip(_NAMES, map(list, parts), strict=True))}


_NAMES = ("cluster", "representative", "verdict", "probability", "jaccard")
_KINDS = {"cluster": "int64", "verdict": "string", "probability": "double", "jaccard": "double"}


def as_arrow(found: dict[str, list[Any]]) -> Any:
    """Make a table of pyarrow; ids of several types in one column become strings."""
    arrow = _arrow()
    names = found["id"]
    same = len({type(name) for name in names}) <= 1
    kept = same and _fits(arrow, names)
    made = {}
    for name, values in found.items():
        if name in _KINDS:
            made[name] = arrow.array(values, _KINDS[name])
        else:
            shown = values if kept else [None if v is None else str(v) for v in values]
            made[name] = arrow.array(shown, None if kept and names else arrow.string())
    return arrow.table(made)


def _arrow() -> Any:
    try:
        return extra_module("pyarrow", ".parquet")
    except MissingExtraError as error:
        raise MissingExtraError.of("a table of pyarrow", "pyarrow", "parquet") from error


def _fits(arrow: Any, values: list[Any]) -> bool:
    try:
        arrow.array(values)
    except (arrow.ArrowException, OverflowError, TypeError):
        return False
    return True


def as_pandas(found: dict[str, list[Any]]) -> Any:
    """Make a data frame of pandas; what is missing is NA, and ids are as they came."""
    try:
        pandas = extra_module("pandas", ".pandas")
    except MissingExtraError as error:
        raise MissingExtraError.of("a data frame", "pandas", "pandas") from error
    frame = pandas.DataFrame({name: pandas.Series(values) for name, values in found.items()})
    whole = {"cluster": "Int64", "verdict": "string", "probability": "float64"}
    return frame.astype({**whole, "jaccard": "float64"})
