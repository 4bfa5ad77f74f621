"""What a rule for page furniture is."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple


class Scope(StrEnum):
    """How much of a text a rule must match, and how much it flags then."""

    LINE = "line"
    """The whole paragraph, from its first word to its end; flags the paragraph."""
    BLOCK = "block"
    """The beginning of a paragraph; flags the paragraph, however long."""
    SENTENCE = "sentence"
    """The beginning of a sentence; flags that sentence."""
    WITHIN = "within"
    """These very letters anywhere in a paragraph; flags the paragraph."""
    LIST = "list"
    """The whole paragraph; flags it and the headlines in the lines below it."""


class _Fields(NamedTuple):
    name: str
    scope: Scope
    pattern: str
    example: str
    near_miss: str
    first: str = ""
    last: str = ""
    like_headline: bool = False


class Rule(_Fields):
    """One kind of furniture.

    ``first`` and ``last`` are folded words, blanks between: the rule is tried where the sentence
    or paragraph begins with one of ``first`` or ends with one of ``last``; two words that only
    together tell a beginning, or the end of a paragraph with a number, are joined by a hyphen. For
    paragraphs ``0`` stands for any number and ``)`` for any word before a closing bracket. The
    pattern is matched from the first word on, case ignored; for :attr:`Scope.WITHIN` it is phrases,
    ``|`` between. What looks ``like_headline`` may be the text's own on top, so the first paragraph
    is spared.
    """

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern, ready to match; whole paragraphs may end in any punctuation."""
        whole = self.scope in (Scope.LINE, Scope.LIST)
        pattern = rf"(?:{self.pattern})\W*\Z" if whole else self.pattern
        return re.compile(pattern, re.I | re.S)
