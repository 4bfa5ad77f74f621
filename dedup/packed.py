"""The data files that ship with the package, read as they lie: a first use waits for them.

``.npy`` holds what every process needs, not compressed; ``.npz`` what few do. A ``.jsonl``
holds a language a line.
"""

from __future__ import annotations

import json
import os
from mmap import ACCESS_READ, mmap
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.lib.npyio import NpzFile

_FOLDER = os.path.join(os.path.dirname(__file__), "data")  # noqa: PTH118, PTH120
"""Named without ``pathlib``, which takes as long to load as half of the package."""


_HEADER = 128
"""Bytes before the values of a plain array in a ``.npy``, skipped: parsing them takes long."""


def map_table(name: str, kind: str | np.dtype[Any]) -> np.ndarray[Any, Any]:
    """Map such values into memory, read-only: of a large table little is looked at.

    >>> map_table("english", "<u4")[0], map_table("english", "<u4").flags.writeable
    (np.uint32(58822), False)
    """
    with open(f"{_FOLDER}/{name}.npy", "rb") as file:  # noqa: PTH123
        mapped = mmap(file.fileno(), 0, access=ACCESS_READ)
    return np.frombuffer(mapped, kind, offset=_HEADER)


def open_tables(name: str) -> NpzFile:
    """Open several arrays, each loaded where it is asked for: ``name.npz``."""
    found: NpzFile = np.load(f"{_FOLDER}/{name}.npz")
    return found


def load_json(name: str) -> Any:
    """Load ``name.json``.

    >>> load_json("verdict")["script"]
    'benchmarks/fit_verdict.py'
    """
    with open(f"{_FOLDER}/{name}.json", encoding="utf-8") as file:  # noqa: PTH123
        return json.load(file)


def load_line(name: str, language: str) -> Any:
    """Load the line of a language in ``name.jsonl``; ``None`` if it has none.

    >>> load_line("facts", "de")["decimal"], load_line("facts", "xx")
    (',', None)
    """
    start = f'{{"language":"{language}",'
    with open(f"{_FOLDER}/{name}.jsonl", encoding="utf-8") as file:  # noqa: PTH123
        return next((json.loads(line) for line in file if line.startswith(start)), None)
