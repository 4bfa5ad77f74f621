"""A text or two, read and measured: all that a comparison knows before it aligns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from dedup.arrays import F64, U8, Ragged, joined
from dedup.candidates.resemblance import Resemblance, resemblance
from dedup.furniture.finding import find_furniture
from dedup.reading.document import Document, document
from dedup.text.tokens import Flagged, Tokens, read
from dedup.verdict.stories import Stories

__all__ = ["Measured", "measure", "prepare", "read_texts"]

Reader = Callable[[Sequence[str]], tuple[Sequence[Flagged], Ragged, U8]]
_PAIR = np.array([[0, 1]], dtype=np.int64)


class Measured(NamedTuple):
    """Two texts as they were read, and what was measured of them, f64[1, k]."""

    a: Flagged
    b: Flagged
    measures: F64
    resemblance: Resemblance


def prepare(text: str) -> tuple[Tokens, tuple[bool, ...], Document]:
    """Read a text: its words and sentences, which of them are furniture, and the arrays."""
    tokens = read(text)
    flags, insets = find_furniture(tokens)
    return tokens, flags, document(tokens, flags, insets)


def read_texts(texts: Sequence[str]) -> tuple[list[Flagged], Ragged, U8]:
    """Read texts one by one: each with its furniture, the words of all, and their marks."""
    prepared = [prepare(text) for text in texts]
    words = Ragged.of([whole.words for _, _, whole in prepared], np.uint32)
    marks = joined([whole.marks for _, _, whole in prepared], np.uint8)
    return [Flagged(tokens, flags) for tokens, flags, _ in prepared], words, marks


def measure(a: str, b: str, *, reader: Reader = read_texts) -> Measured:
    """Read two texts and measure what they share.

    >>> measure("Rain fell in Leeds.", "Rain fell in Leeds.").resemblance.jaccard
    1.0
    """
    (first, second), words, marks = reader([a, b])
    measures = Stories(words, marks).measures(_PAIR)
    return Measured(first, second, measures, resemblance(words[0], words[1]))
