"""A text or two, read and measured: all that a comparison knows before it aligns."""

from __future__ import annotations

from typing import NamedTuple

from dedup.candidates.resemblance import Resemblance, resemblance
from dedup.reading.document import Document
from dedup.reading.texts import read_texts
from dedup.text.tokens import Flagged, Tokens
from dedup.verdict.evidence import Evidence, evidence

__all__ = ["Measured", "measure", "prepare"]


class Measured(NamedTuple):
    """Two texts as they were read, and what was measured of them."""

    a: Flagged
    b: Flagged
    evidence: Evidence
    resemblance: Resemblance


def prepare(text: str) -> tuple[Tokens, tuple[bool, ...], Document]:
    """Read a text: its words and sentences, which of them are furniture, and the arrays."""
    found = read_texts([text])
    return *found.flagged(0, text), found.document(0)


def measure(a: str, b: str) -> Measured:
    """Read two texts and measure what they share.

    >>> measure("Rain fell in Leeds.", "Rain fell in Leeds.").evidence.same
    1.0
    """
    tokens_a, flags_a, document_a = prepare(a)
    tokens_b, flags_b, document_b = prepare(b)
    return Measured(
        Flagged(tokens_a, flags_a),
        Flagged(tokens_b, flags_b),
        evidence(document_a, document_b),
        resemblance(document_a.words, document_b.words),
    )
