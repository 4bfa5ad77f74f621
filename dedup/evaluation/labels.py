"""Read labelled pairs: two ids, and whether one text is a version of the other."""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from dedup.dump.frames import Table, open_frame
from dedup.errors import DumpError, InputError
from dedup.given import as_path
from dedup.model import Verdict

_Row = tuple[Any, Any, Any] | tuple[Any, Any, Any, Any] | Mapping[str, Any]
Labels = Iterable[_Row] | str | Path | Table
"""What labels come in: tuples, mappings, a table, or a file of JSON Lines, CSV or TSV."""

_NAMES = {
    "a": ("a", "id_a", "a_id", "id1", "id_1", "left", "left_id"),
    "b": ("b", "id_b", "b_id", "id2", "id_2", "right", "right_id"),
    "label": ("label", "verdict", "version", "is_version", "is_a_version", "gold"),
}
"""For each field the names it goes by, compared without case; a space is an underscore."""
_WORDS = {
    **{verdict.value: verdict.is_version for verdict in Verdict},
    **dict.fromkeys(("version", "versions", "yes", "true", "1", "duplicate"), True),
    **dict.fromkeys(("not", "no", "false", "0", "none", "other", "different"), False),
}


_EMPTY = frozenset({"", "nan", "<na>", "nat"})
"""What stands where a table has no value."""


class Label(NamedTuple):
    """Two ids, whether one is a version of the other, and how many pairs the pair stands for."""

    a: str
    b: str
    is_version: bool
    weight: float = 1


def read_labels(labels: Labels, encoding: str = "utf-8") -> list[Label]:
    """Read labels, each pair once, in the order given.

    A label is a verdict, ``version`` or ``not``, true or false; its weight, as
    :meth:`dedup.Report.draw` gives it, is 1 where no field ``weight`` says another. Raises
    :class:`~dedup.errors.InputError` for one that is neither, for a pair with two labels, and where
    there is none; :class:`~dedup.errors.DumpError` for a file that cannot be read.

    >>> read_labels([("a1", "b7", "rewritten")])
    [Label(a='a1', b='b7', is_version=True, weight=1)]
    >>> read_labels([{"a": 4, "b": 5, "label": False, "weight": 2.5}])
    [Label(a='4', b='5', is_version=False, weight=2.5)]
    """
    found: dict[frozenset[str], Label] = {}
    rows, unlabelled = 0, list[str]()
    for place, row in _rows(labels, encoding):
        rows += 1
        label = _label(row, place)
        if label is None:
            unlabelled.append(place)
            continue
        known = found.setdefault(frozenset(label[:2]), label)
        if known.is_version != label.is_version:
            raise InputError(f"{place}: {label.a!r} and {label.b!r} have another label before")
    if unlabelled:
        raise InputError(
            f"{unlabelled[0]}: label: got '', as in {len(unlabelled):,} of {rows:,} rows; wanted "
            "version or not in each: fill them in, or take these rows out"
        )
    if not found:
        raise InputError("labels: got none, wanted labelled pairs")
    return [*found.values()]


def _rows(labels: Labels, encoding: str) -> Iterator[tuple[str, Any]]:
    """Give each row with the name of its place, for errors."""
    if isinstance(labels, (str, os.PathLike)):
        path = as_path(labels, "labels")
        rows: Iterable[Any] = _rows_of_file(path, encoding)
        yield from ((f"{path}:{line}", row) for line, row in rows)
        return
    frame = open_frame(labels)
    if frame is not None:
        rows = frame.rows()
    elif isinstance(labels, (Mapping, bytes)) or not isinstance(labels, Iterable):
        raise InputError.of("labels", labels, "triples, mappings, a table or a path")
    else:
        rows = labels
    yield from ((f"labels[{place}]", row) for place, row in enumerate(rows))


def _rows_of_file(path: Path, encoding: str) -> Iterator[tuple[int, Any]]:
    is_table = path.suffix.lower() in {".csv", ".tsv"}
    shown = "utf-8-sig" if encoding == "utf-8" else encoding
    try:
        with path.open(encoding=shown, newline="") as lines:
            if is_table:
                parted = csv.DictReader(lines, delimiter=_delimiter(path, lines.readline()))
                lines.seek(0)
                yield from ((_first_line(row, parted.line_num), row) for row in parted)
                return
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, _parsed(line, f"{path}:{number}")
    except OSError as error:
        raise DumpError(f"{path}: cannot be read: {error.strerror}") from error
    except (UnicodeError, LookupError, csv.Error) as error:
        raise DumpError(f"{path}: cannot be read as {encoding}: {error}") from error


def _first_line(row: Mapping[str, Any], last: int) -> int:
    """Give the line on which a record begins that ends on another, texts in it having several."""
    return last - sum(str(value).count("\n") for value in row.values())


def _delimiter(path: Path, head: str) -> str:
    return "\t" if path.suffix.lower() == ".tsv" else max(",;\t", key=head.count)


def _parsed(line: str, place: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise InputError(f"{place}: not JSON: {error}") from None


def _label(row: Any, place: str) -> Label | None:
    """Read a row, ``None`` where its label is left empty."""
    weight: Any = 1
    if isinstance(row, Mapping):
        names = {str(name).strip().lower().replace(" ", "_"): name for name in row}
        found = [_value(row, names, wanted, place) for wanted in _NAMES]
        weight = row[names["weight"]] if "weight" in names else 1
    elif isinstance(row, (tuple, list)) and len(_NAMES) <= len(row) <= len(_NAMES) + 1:
        found = [*row[: len(_NAMES)]]
        weight = [*row, weight][len(_NAMES)]
    else:
        raise InputError.of(place, row, "two ids and a label")
    a, b = (str(one).strip() for one in found[:2])
    if a == b:
        raise InputError.of(place, a, "two ids that differ")
    label = "" if found[2] is None else str(found[2]).strip().lower()
    if label in _EMPTY:
        return None
    if label not in _WORDS:
        raise InputError.of(f"{place}: label", found[2], "a verdict, version or not, true or false")
    return Label(a, b, _WORDS[label], _weight(weight, place))


def _weight(value: Any, place: str) -> float:
    try:
        weight = float(value)
    except (TypeError, ValueError):
        weight = math.nan
    if not 0 < weight < math.inf:
        raise InputError.of(f"{place}: weight", value, "a number above 0")
    return int(weight) if weight.is_integer() else weight


def _value(row: Mapping[Any, Any], names: Mapping[str, Any], wanted: str, place: str) -> Any:
    for name in _NAMES[wanted]:
        if name in names:
            return row[names[name]]
    raise InputError.of(place, [*row], f"a field {' or '.join(_NAMES[wanted][:3])}")
