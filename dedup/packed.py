"""The data files that ship with the package: read as they lie, without unpacking."""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np

__all__ = ["load_json", "load_table"]

_FOLDER = os.path.join(os.path.dirname(__file__), "data")  # noqa: PTH118, PTH120
"""Named without ``pathlib``, which takes as long to load as half of the package."""


def load_table(name: str) -> np.ndarray[Any, Any]:
    """Load an array: ``name.npy``.

    >>> load_table("english").dtype
    dtype('uint32')
    """
    found: np.ndarray[Any, Any] = np.load(f"{_FOLDER}/{name}.npy")
    return found


def load_json(name: str) -> Any:
    """Load ``name.json``.

    >>> sorted(load_json("verdict"))[:1]
    ['data']
    """
    with open(f"{_FOLDER}/{name}.json", encoding="utf-8") as file:  # noqa: PTH123
        return json.load(file)
