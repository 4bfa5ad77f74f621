"""Read what releases up to 0.1 saved: format 2, one file of ids, words and marks."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from pathlib import Path
from tokenize import TokenError
from typing import Any, NamedTuple

import numpy as np

from dedup.arrays import U8, Ragged
from dedup.errors import FormatError

_DAMAGE = (
    *(OSError, ValueError, LookupError, TypeError, EOFError, ArithmeticError, MemoryError),
    *(RuntimeError, SyntaxError, TokenError, struct.error, zlib.error, zipfile.BadZipFile),
)
"""What NumPy and zipfile raise over a damaged file, depending on where the damage is."""


class FormatTwo(NamedTuple):
    """An index of format 2: its settings, ids, words and marks."""

    settings: dict[str, Any]
    ids: list[str]
    words: Ragged
    marks: U8


def read_format_two(path: Path) -> FormatTwo:
    """Read an index of format 2; :class:`~dedup.errors.FormatError` for anything else."""
    try:
        with path.open("rb") as stream:
            if not zipfile.is_zipfile(stream):
                raise FormatError.of(path, "not a dedup index, or cut short")
            stream.seek(0)
            with np.load(stream, allow_pickle=False) as arrays:
                meta = json.loads(arrays["meta"].tobytes())
                _check(path, meta)
                words = Ragged(
                    arrays["words"].astype(np.uint32), arrays["offsets"].astype(np.int64)
                )
                return _fitting(path, meta, words, arrays["marks"].astype(np.uint8))
    except FormatError:
        raise
    except _DAMAGE as error:
        raise FormatError.of(path, f"not a dedup index, or cut short ({error})") from error


def _check(path: Path, meta: object) -> None:
    if not isinstance(meta, dict) or meta.get("format") != "dedup index":
        raise FormatError.of(path, "not a dedup index")
    if meta.get("version") != 2:
        got = meta.get("version")
        raise FormatError.of(path, f"version is {got!r}, this release reads 2 and 3")


def _fitting(path: Path, meta: dict[str, Any], words: Ragged, marks: U8) -> FormatTwo:
    ids = meta["ids"]
    ends = words.offsets
    if (
        len(ends) != len(ids) + 1
        or ends[0] != 0
        or (np.diff(ends) < 0).any()
        or not ends[-1] == len(words.values) == len(marks)
        or len(set(ids)) != len(ids)
    ):
        raise FormatError.of(path, "the words and marks are not those of the articles")
    settings = {name: meta[name] for name in ("threshold", "recall", "num_perm")}
    return FormatTwo(settings, ids, words, marks)
