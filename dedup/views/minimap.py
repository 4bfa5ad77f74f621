"""The two texts drawn small: a bar each, and a ribbon from every passage to its partner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dedup.model import Findings, Sentence

__all__ = ["HEIGHT", "Bar", "Map", "Ribbon", "minimap"]

HEIGHT = 1000
"""Units from the first character of a text to its last; finer than a screen has rows."""


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


def minimap(findings: Findings) -> Map:
    """Draw the passages to scale.

    >>> from dedup.model import Article, Findings, Passage, PassageKind, Sentence, Verdict
    >>> a, b = Article("a", "Rain. Sun."), Article("b", "Sun.")
    >>> sun = Passage(PassageKind.COPIED, (Sentence(6, 10, "Sun."),), (Sentence(0, 4, "Sun."),))
    >>> minimap(Findings(a, b, Verdict.SYNDICATED, 1, 1, 1, 1, 1, 1, (sun,), {})).ribbons
    (Ribbon(a_top=600, a_end=1000, b_top=0, b_end=1000, classes='copied', passage=1),)
    """
    bars = {(bar.side, bar.top, bar.height): bar for bar in reversed([*_bars(findings)])}
    ribbons = {(r.a_top, r.b_top): r for r in reversed([*_ribbons(findings)])}
    return Map(tuple(reversed(bars.values())), tuple(reversed(ribbons.values())))


def _bars(findings: Findings) -> Iterator[Bar]:
    lengths = {"a": len(findings.a.text), "b": len(findings.b.text)}
    for number, passage in enumerate(findings.passages, start=1):
        for side, sentences in (("a", passage.a), ("b", passage.b)):
            for sentence in sentences:
                top, end = _units(sentence, lengths[side])
                yield Bar(side, top, end - top, passage.kind.value, number)


def _ribbons(findings: Findings) -> Iterator[Ribbon]:
    for number, passage in enumerate(findings.passages, start=1):
        classes = passage.kind.value + " moved" * passage.moved
        sizes = len(passage.a), len(passage.b)
        longest = max(sizes) if min(sizes) else 0
        for place in range(longest):
            in_a = passage.a[place * sizes[0] // longest]
            in_b = passage.b[place * sizes[1] // longest]
            a_units = _units(in_a, len(findings.a.text))
            b_units = _units(in_b, len(findings.b.text))
            yield Ribbon(*a_units, *b_units, classes, number)


def _units(sentence: Sentence, length: int) -> tuple[int, int]:
    """Scale a sentence's offsets; it stays at least one unit high."""
    top = min(HEIGHT * sentence.start // length, HEIGHT - 1)
    return top, max(HEIGHT * sentence.end // length, top + 1)
