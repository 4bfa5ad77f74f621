"""Regular expressions that are compiled when they are first used."""

from __future__ import annotations

import re
from typing import Any, cast


class _Later:
    """Stands in for a pattern; its methods, once asked for, are the pattern's own."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._given = pattern, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._given), name)
        setattr(self, name, found)
        return found


def later(pattern: str, flags: int = 0) -> re.Pattern[str]:
    r"""Take a pattern as :func:`re.compile` does, and compile it on first use: most wait for good.

    >>> later(r"\d+").findall("12 people, 3 days")
    ['12', '3']
    """
    return cast("re.Pattern[str]", _Later(pattern, flags))
