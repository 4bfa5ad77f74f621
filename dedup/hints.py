"""Warnings to who calls the library, told of the line that called it."""

from __future__ import annotations

import os
import re
import sys
import warnings

_LONGEST_NAME = 1_024
_LIKE_A_PATH = r"[^\n\r\0]*(?:\.\w{1,8}|[/\\][^\s/\\]+)"


def _names_a_file(text: str) -> bool:
    """Tell whether a text is the path of a file that is there; only what looks so is asked for.

    >>> _names_a_file("Rain fell on Oslo."), _names_a_file(__file__)
    (False, True)
    """
    if len(text) > _LONGEST_NAME or re.fullmatch(_LIKE_A_PATH, text) is None:
        return False
    return os.path.isfile(text)  # noqa: PTH113 - a comparison of texts never needs pathlib


def warn_of_a_file(text: str, name: str) -> bool:
    """Warn that a ``str`` is taken for a text although a file is called so; tell if one is."""
    found = _names_a_file(text)
    if found:
        warn(f"{name}: {text!r} is the text here, not the file; Path({text!r}) is the file")
    return found


def warn(message: str) -> None:
    """Warn at the line outside of the package from which it was called."""
    level, frame = 1, sys._getframe(1)
    while frame.f_globals.get("__name__", "").startswith("dedup.") and frame.f_back:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, stacklevel=level + 1)
