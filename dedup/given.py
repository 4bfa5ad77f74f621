"""An article as users give one: an article, a text, or the path of a file that is one."""

from __future__ import annotations

import os
import sys
import warnings
from typing import TYPE_CHECKING

from dedup import model
from dedup.model import Article

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["as_article"]


def as_article(
    value: Article | str | Path, name: str, *, extract_html: bool | None = None
) -> Article:
    """Take an article; a ``str`` is its text and a ``Path`` a file. ``name`` is the argument's.

    A ``str`` with HTML in it is told by a warning, or its text taken out if ``extract_html``;
    ``None`` says nothing.

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
    if extract_html is not None and isinstance(value, str) and "<" in value:
        value = _without_markup(value, name, extract_html)
    return model.as_article(value, name)


def _without_markup(text: str, name: str, extract_html: bool) -> str:
    from dedup.dump.mending import has_markup, text_of_markup

    if not has_markup(text):
        return text
    if extract_html:
        return text_of_markup(text)
    message = f"{name}: HTML markup in the text; extract_html=True takes the text out of it"
    warnings.warn(message, stacklevel=_level_of_caller())
    return text


def _level_of_caller() -> int:
    """Tell how many calls up the one is that came from outside of the package."""
    level, frame = 1, sys._getframe(1)
    while frame.f_globals.get("__name__", "").startswith("dedup.") and frame.f_back:
        level, frame = level + 1, frame.f_back
    return level
