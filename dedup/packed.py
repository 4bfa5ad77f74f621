"""The data files that ship with the package, read as they lie: a first use waits for them.

``.npy`` holds what every process needs, not compressed; ``.npz`` what few do. A ``.json`` that
holds a table a language has each on a line of its own.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.lib.npyio import NpzFile

__all__ = ["load_entry", "load_json", "load_table", "open_tables"]

_FOLDER = os.path.join(os.path.dirname(__file__), "data")  # noqa: PTH118, PTH120
"""Named without ``pathlib``, which takes as long to load as half of the package."""


def load_table(name: str) -> np.ndarray[Any, Any]:
    """Load an array: ``name.npy``.

    >>> load_table("english").dtype
    dtype('uint32')
    """
    found: np.ndarray[Any, Any] = np.load(f"{_FOLDER}/{name}.npy")
    return found


def open_tables(name: str) -> NpzFile:
    """Open several arrays, each loaded where it is asked for: ``name.npz``."""
    found: NpzFile = np.load(f"{_FOLDER}/{name}.npz")
    return found


def load_json(name: str) -> Any:
    """Load ``name.json``.

    >>> sorted(load_json("verdict"))[:1]
    ['data']
    """
    with open(f"{_FOLDER}/{name}.json", encoding="utf-8") as file:  # noqa: PTH123
        return json.load(file)


def load_entry(name: str, key: str) -> Any:
    """Load one entry of ``name.json``, an object with a line an entry; ``None`` if it has none.

    >>> load_entry("facts", "de")["decimal"], load_entry("facts", "xx")
    (',', None)
    """
    start = f'"{key}":'
    with open(f"{_FOLDER}/{name}.json", encoding="utf-8") as file:  # noqa: PTH123
        for line in file:
            if line.startswith(start):
                return json.loads(line[len(start) :].rstrip(",\n"))
    return None
