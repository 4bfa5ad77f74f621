"""What users give: an article, its text or the path of a file that is one; the path of a place."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dedup.errors import InputError
from dedup.hints import warn, warn_of_a_file
from dedup.model import Article

if TYPE_CHECKING:
    from pathlib import Path


def as_article(
    value: Article | str | Path, name: str, *, extract_html: bool | None = None
) -> Article:
    """Take an article; a ``str`` is its text and a ``Path`` a file. ``name`` is the argument's.

    A ``str`` with HTML in it is told by a warning, or its text taken out if ``extract_html``;
    ``None`` says nothing. So is a ``str`` that is the path of a file, which was meant, as a rule.

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
    if isinstance(value, Article):
        return value
    if not isinstance(value, str):
        raise InputError.of(name, value, "a str or a dedup.Article")
    warn_of_a_file(value, name)
    if extract_html is not None and "<" in value:
        value = _without_markup(value, name, extract_html)
    return Article(id=name, text=value)


def as_path(value: object, name: str) -> Path:
    """Take a str or a path wherever a file or folder is wanted; ``name`` is the argument's.

    >>> as_path("news.index", "path").suffix
    '.index'
    """
    if isinstance(value, str) or (
        isinstance(value, os.PathLike) and isinstance(os.fspath(value), str)
    ):
        from pathlib import Path  # which a comparison of texts never needs

        return Path(value)
    raise InputError.of(name, value, "a path, as str or Path")


def _without_markup(text: str, name: str, extract_html: bool) -> str:
    from dedup.dump.mending import has_markup, text_of_markup

    if not has_markup(text):
        return text
    if extract_html:
        return text_of_markup(text)
    warn(f"{name}: HTML markup in the text; extract_html=True takes the text out of it")
    return text
