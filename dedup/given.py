"""An article as users give one: an article, a text, or the path of a file that is one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dedup import model
from dedup.model import Article

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["as_article"]


def as_article(value: Article | str | Path, name: str) -> Article:
    """Take an article; a ``str`` is its text and a ``Path`` a file. ``name`` is the argument's.

    Raises :class:`~dedup.errors.InputError` for another value, and for the file of a dump, which
    holds many; :class:`~dedup.errors.DumpError` for a file that cannot be read.

    >>> as_article("Rain fell.", "a").text
    'Rain fell.'
    """
    if isinstance(value, os.PathLike):
        from pathlib import Path  # which a text does not need, nor what reads files

        from dedup.dump import read_article

        if isinstance(value, Path):
            return read_article(value)
    return model.as_article(value, name)
