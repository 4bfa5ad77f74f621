"""Short news texts in 22 languages, read from ``newsroom_languages.toml``; all invented."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import NamedTuple

__all__ = ["TEXTS", "Texts"]


class Texts(NamedTuple):
    """The texts of one language.

    ``edits`` are pairs of what stands in the source and what the light edit puts there, each a
    fact; ``event`` is a report of the same event by another hand, ``other`` one of another event.
    """

    source: str
    edits: list[tuple[str, str]]
    rewrite: str
    event: str
    other: str

    @property
    def edited(self) -> str:
        """The source with its facts changed."""
        text = self.source
        for old, new in self.edits:
            assert old in text, old
            text = text.replace(old, new)
        return text


_TABLE = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"),
)
TEXTS = {language: Texts(**texts) for language, texts in _TABLE.items()}
"""The texts by language."""
