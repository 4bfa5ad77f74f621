"""Cells of rows, whatever they came in: one rule for what is missing, a text, a name or an id.

Rows come from JSON, CSV, Arrow, pandas, polars and from Python itself. What each of them puts for
"nothing" (``None``, NaN, ``NaT``, ``pd.NA``) counts as nothing everywhere, and what stands for a
text (a list of paragraphs, an object with the text inside) is read everywhere.
"""

from __future__ import annotations

import decimal
import uuid
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any

import numpy as np


class BadCell:
    """A cell that no value of Python can hold, such as a time after the year 9999."""

    def __init__(self, shown: str) -> None:
        self.shown = shown

    def __repr__(self) -> str:
        return self.shown

    __str__ = __repr__


def plain(cell: Any) -> Any:
    """Turn a cell into a value that Python has a type for; ``None`` for one that is missing.

    >>> plain(np.float64("nan")), plain(np.int64(7)), plain(np.datetime64("NaT", "s"))
    (None, 7, None)
    """
    if cell is None or type(cell) in _PLAIN:
        return cell
    if isinstance(cell, np.datetime64):
        cell = cell.astype("datetime64[us]")
    if isinstance(cell, (np.generic, np.ndarray)):
        cell = cell.tolist()
    if _is_missing(cell):
        return None
    if hasattr(cell, "to_pydatetime"):  # a Timestamp of pandas, a datetime with nanoseconds
        return cell.to_pydatetime(warn=False)
    return cell.to_list() if hasattr(cell, "to_list") else cell  # a list inside polars


_PLAIN = frozenset({str, int, bool, dict, list})


def _is_missing(cell: Any) -> bool:
    """Tell NaN and NaT, which do not equal themselves, and NA, which does not know."""
    try:
        return cell is None or bool(cell != cell)
    except (TypeError, decimal.InvalidOperation):  # the latter of a signalling NaN
        return True
    except ValueError:  # a series, which is compared item by item
        return False


_INNER = ("rendered", "text", "#text", "value", "name", "@id")
"""Where an object holds the text it stands for: WordPress, Telegram, XML as JSON, schema.org."""
_NAMES_INNER = ("name", "title", "rendered", "text", "#text", "value", "@id", "id")


def text_of(value: Any, depth: int = 8) -> str | None:
    r"""Read a text: a string, paragraphs in a list, or an object that holds them.

    A list that has objects in it is a text with marks, as Telegram writes it: its pieces follow
    one another without a break. ``None`` for a value that is no text.

    >>> text_of(["Rain fell.", "Then snow."])
    'Rain fell.\n\nThen snow.'
    >>> text_of(["Rain fell on ", {"type": "link", "text": "Oslo"}, "."])
    'Rain fell on Oslo.'
    """
    if type(value) is str:
        return value
    value = plain(value)
    if isinstance(value, str):
        return str(value)
    if depth == 0:
        return None
    if isinstance(value, Mapping):
        return _text_of_object(value, depth - 1)
    if not isinstance(value, (list, tuple)):
        return None
    found = [text_of(item, depth - 1) for item in value]
    parts = [part for part in found if part is not None]
    if len(parts) < len(found) or not parts:
        return None
    has_marks = any(isinstance(item, Mapping) and "sections" not in item for item in value)
    return ("" if has_marks and not _are_sections(value) else "\n\n").join(parts)


def _are_sections(value: list[Any] | tuple[Any, ...]) -> bool:
    return all(isinstance(item, Mapping) and "paragraphs" in item for item in value)


def _text_of_object(value: Mapping[Any, Any], depth: int) -> str | None:
    """Read the body that Fundus writes (summary and sections), or what an object holds."""
    if "sections" in value or "paragraphs" in value:
        parts = (
            text_of(value.get(name), depth)
            for name in ("headline", "summary", "paragraphs", "sections")
            if value.get(name)
        )
        return "\n\n".join(part for part in parts if part)
    for name in _INNER:
        if value.get(name) is not None:
            return text_of(value[name], depth)
    return None


def name_of(value: Any) -> str | None:
    """Read a title, a source or an address: a text, a number, or the name of an object.

    >>> name_of({"id": "bbc-news", "name": "BBC News"}), name_of([" Post "]), name_of({})
    ('BBC News', 'Post', None)
    """
    value = plain(value)
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, (int, float, decimal.Decimal)):
        return str(value)
    if isinstance(value, Mapping):
        for name in _NAMES_INNER:
            if isinstance(found := plain(value.get(name)), (str, int, float)):
                return str(found).strip()
    if isinstance(value, (list, tuple)) and value:
        parts = [item if isinstance(item, str) else _name_inside(item) for item in value]
        if all(parts):
            return ", ".join(part.strip() for part in parts if part)
    return None


def _name_inside(value: Any) -> str | None:
    return name_of(value) if isinstance(value, Mapping) else None


class IdKind(IntEnum):
    """What an id was before it became a string, so that it can be given back as it came."""

    STR = 0
    INT = 1
    FLOAT = 2
    DECIMAL = 3
    UUID = 4
    BYTES = 5


_RESTORED: Mapping[IdKind, Callable[[str], object]] = {
    IdKind.STR: str,
    IdKind.INT: int,
    IdKind.FLOAT: float,
    IdKind.DECIMAL: decimal.Decimal,
    IdKind.UUID: uuid.UUID,
    IdKind.BYTES: str.encode,
}


def original_id(identity: str, kind: int) -> object:
    """Give an id back as it came.

    >>> original_id("7", IdKind.INT), original_id("7", IdKind.FLOAT), original_id("7", IdKind.STR)
    (7, 7.0, '7')
    """
    return _RESTORED[IdKind(kind)](identity)


def id_of(value: Any) -> tuple[str, IdKind] | None:
    """Read an id and what it was; ``None`` for a value that is no id. It is not missing.

    >>> id_of(7.0), id_of(decimal.Decimal("7.50")), id_of({"$oid": "6f"}), id_of(7.5)
    (('7', <IdKind.FLOAT: 2>), ('7.50', <IdKind.DECIMAL: 3>), ('6f', <IdKind.STR: 0>), None)
    """
    if isinstance(value, str):
        return str(value), IdKind.STR
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(int(value)), IdKind.INT
    if isinstance(value, float):
        is_whole = value.is_integer() and abs(value) <= _LARGEST_WHOLE
        return (str(int(value)), IdKind.FLOAT) if is_whole else None
    if isinstance(value, decimal.Decimal):
        return (str(value), IdKind.DECIMAL) if value.is_finite() else None
    if isinstance(value, uuid.UUID):
        return str(value), IdKind.UUID
    if isinstance(value, bytes):
        return _id_of_bytes(value)
    if isinstance(value, Mapping) and len(value) == 1:  # an id of MongoDB
        inner = value.get("$oid", value.get("$numberLong"))
        return (inner, IdKind.STR) if isinstance(inner, str) and inner else None
    return None


def _id_of_bytes(value: bytes) -> tuple[str, IdKind] | None:
    try:
        return value.decode("utf-8"), IdKind.BYTES
    except UnicodeDecodeError:
        return None


_LARGEST_WHOLE = 2**53
"""Up to which a float holds every whole number."""
