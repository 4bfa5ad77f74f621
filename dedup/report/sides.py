"""Two articles side by side, cut into the pieces that the page of a report shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dedup.comparison import compare
from dedup.model import Passage, PassageKind, Sentence, Span
from dedup.views.reasons import reason_lines, reasons
from dedup.views.wording import printable

__all__ = ["KINDS", "Piece", "Sides", "sides"]

KINDS = tuple(PassageKind)

Piece = tuple[int, int, str, tuple[tuple[int, int], ...]]
"""Kind of passage (position in ``KINDS``, -1: between sentences), number of the passage, text, and
the stretches of it that are taken verbatim, as offsets into the text."""


class Sides(NamedTuple):
    """The pieces of a and of b, and the evidence: what each reason adds, and its words."""

    a: list[Piece]
    b: list[Piece]
    reasons: list[tuple[str, str]]


def sides(a: str, b: str) -> Sides:
    """Compare two texts and cut each into pieces; joined, they give the text back.

    >>> [piece[:3] for piece in sides("Rain fell on Oslo. Trams stood.", "Rain fell on Oslo.").a]
    [(0, 0, 'Rain fell on Oslo.'), (-1, 0, ' '), (3, 1, 'Trams stood.')]
    """
    found = compare(a, b)
    passages = found.passages
    return Sides(
        list(_pieces(a, _sentences((p, p.a, [run for run, _ in p.copied]) for p in passages))),
        list(_pieces(b, _sentences((p, p.b, [run for _, run in p.copied]) for p in passages))),
        list(reason_lines(reasons(found.evidence))),
    )


_Placed = tuple[Sentence, int, int, list[Span]]


def _sentences(
    passages: Iterable[tuple[Passage, tuple[Sentence, ...], list[Span]]],
) -> list[_Placed]:
    """Put the sentences of one side in their order, each with its passage and verbatim runs."""
    found = [
        (sentence, KINDS.index(passage.kind), number, runs)
        for number, (passage, sentences, runs) in enumerate(passages)
        for sentence in sentences
    ]
    return sorted(found, key=lambda placed: placed[0].start)


def _pieces(text: str, sentences: list[_Placed]) -> Iterator[Piece]:
    at = 0
    for sentence, kind, number, runs in sentences:
        start, end = sentence.start, sentence.end
        if at < start:
            yield -1, 0, printable(text[at:start]), ()
        inside = tuple(
            (max(run.start, start) - start, min(run.end, end) - start)
            for run in sorted(runs)
            if run.start < end and run.end > start
        )
        yield kind, number, printable(text[start:end]), inside
        at = end
    if at < len(text):
        yield -1, 0, printable(text[at:]), ()
