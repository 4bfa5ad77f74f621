"""A fact in a stretch of news English, where it stands and in a form that can be compared.

What kinds there are: :mod:`dedup.facts.quantities` has numbers and dates, :mod:`dedup.facts.names`
names,
:mod:`dedup.facts.quotations` quotations and :mod:`dedup.facts.negations` negated words. All are
rules, made for
precision: what is found is meant to be shown to an editor. Other scripts and languages yield their
digits and quotation marks, and little else.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dedup.reading.texts import word_spans
from dedup.text.tokens import fold

__all__ = ["CONTEXT", "STEM", "WORD", "Fact", "Stretch", "simple_words"]


class Stretch(NamedTuple):
    """A stretch of text, its folded words and where in it they start, counted from ``base``."""

    text: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    base: int = 0

    @classmethod
    def of(cls, text: str) -> Stretch:
        """Find the words of a stretch."""
        spans = word_spans(text)
        words = tuple(fold(text[start:end]) for start, end in spans)
        return cls(text, words, tuple(start for start, _ in spans))

    def last_word(self, end: int) -> str:
        """Give the last folded word of the text up to ``end``."""
        return self.words[bisect_left(self.starts, self.base + end) - 1]

    def matches(self, pattern: re.Pattern[str], places: Iterable[int]) -> Iterator[re.Match[str]]:
        """Match a pattern that begins with one of the words numbered ``places``, rising.

        The same as ``pattern.finditer`` and quicker: other words are not looked at.
        """
        reached = 0
        for place in places:
            start = self.starts[place] - self.base
            if start >= reached:
                match = pattern.match(self.text, start)
                if match:
                    reached = match.end()
                    yield match


class Fact(NamedTuple):
    """A fact where it stands, ``source[start:end]``, and in a form that can be compared."""

    source: str
    start: int
    end: int
    value: tuple[str, ...]

    @property
    def text(self) -> str:
        """The fact as it is written."""
        return self.source[self.start : self.end]

    @property
    def before(self) -> str:
        """The beginning of the word before it."""
        found = WORD.findall(self.source, max(0, self.start - CONTEXT), self.start)
        return found[-1].casefold()[:STEM] if found else ""

    @property
    def after(self) -> str:
        """The beginning of the word behind it: facts between like words answer one question."""
        match = _AFTER.match(self.source, self.end, self.end + CONTEXT)
        return match.group(1).casefold()[:STEM] if match else ""


STEM = 4
"""Letters by which the words around a fact are compared: enough to pass over inflections."""
WORD = re.compile(r"[^\W_]+")
_AFTER = re.compile(r"\W*(?:of\s+|the\s+|about\s+)*([^\W_]+)")
CONTEXT = 30
"""Characters around a fact in which the words next to it are looked for."""


def simple_words(text: str) -> list[str]:
    """Cut a fact into its folded words, without offsets: quicker than reading it.

    >>> simple_words("the U.S. Senate")
    ['the', 'u', 's', 'senate']
    """
    return [word.casefold() for word in WORD.findall(text)]
