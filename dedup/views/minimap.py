"""The two texts drawn small: a bar each, and a ribbon from every passage to its partner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dedup.model import Findings, Sentence

HEIGHT = 1000
"""Units from the first character of the longer text to its last; finer than a screen has rows."""
_LEAST = 4
"""Part of that height, as a divisor, that the shorter text has at least: less could not be seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A sentence in the bar of text a or b: its top and height, in units."""

    side: str
    top: int
    height: int
    classes: str
    passage: int


@dataclass(frozen=True, slots=True)
class Ribbon:
    """A link: where it leaves a and where it arrives in b, in units, top and bottom."""

    a_top: int
    a_end: int
    b_top: int
    b_end: int
    classes: str
    passage: int


@dataclass(frozen=True, slots=True)
class Map:
    """All that the small drawing shows; of what falls on the same units only the first."""

    bars: tuple[Bar, ...]
    ribbons: tuple[Ribbon, ...]
    a: int
    """The height of text a, in units."""
    b: int


def minimap(findings: Findings) -> Map:
    """Draw the passages to scale, the shorter text shorter.

    >>> from dedup.model import Article, Findings, Passage, PassageKind, Sentence, Verdict
    >>> a, b = Article("a", "Rain. Sun."), Article("b", "Sun.")
    >>> sun = Passage(PassageKind.COPIED, (Sentence(6, 10, "Sun."),), (Sentence(0, 4, "Sun."),))
    >>> minimap(Findings(a, b, Verdict.SYNDICATED, 1, 1, 1, 1, 1, 1, (sun,), {})).ribbons
    (Ribbon(a_top=600, a_end=1000, b_top=0, b_end=400, classes='copied', passage=1),)
    """
    lengths = len(findings.a.text), len(findings.b.text)
    longest = max(*lengths, 1)
    a, b = (_Scale(n, max(HEIGHT * n // longest, HEIGHT // _LEAST)) for n in lengths)
    bars = {(bar.side, bar.top, bar.height): bar for bar in reversed([*_bars(findings, a, b)])}
    ribbons = {(r.a_top, r.b_top): r for r in reversed([*_ribbons(findings, a, b)])}
    shown = tuple(reversed(bars.values())), tuple(reversed(ribbons.values()))
    return Map(*shown, a.height, b.height)


@dataclass(frozen=True, slots=True)
class _Scale:
    """A text's characters, and the units they are drawn in."""

    length: int
    height: int

    def units(self, sentence: Sentence) -> tuple[int, int]:
        """Scale a sentence's offsets; it stays at least one unit high."""
        top = min(self.height * sentence.start // self.length, self.height - 1)
        return top, max(self.height * sentence.end // self.length, top + 1)


def _bars(findings: Findings, a: _Scale, b: _Scale) -> Iterator[Bar]:
    for number, passage in enumerate(findings.passages, start=1):
        for side, sentences, scale in (("a", passage.a, a), ("b", passage.b, b)):
            for sentence in sentences:
                top, end = scale.units(sentence)
                yield Bar(side, top, end - top, passage.kind.value, number)


def _ribbons(findings: Findings, a: _Scale, b: _Scale) -> Iterator[Ribbon]:
    for number, passage in enumerate(findings.passages, start=1):
        classes = passage.kind.value + " moved" * passage.moved
        sizes = len(passage.a), len(passage.b)
        longest = max(sizes) if min(sizes) else 0
        for place in range(longest):
            in_a = passage.a[place * sizes[0] // longest]
            in_b = passage.b[place * sizes[1] // longest]
            yield Ribbon(*a.units(in_a), *b.units(in_b), classes, number)
