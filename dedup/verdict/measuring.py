"""Two texts, read and measured: all that a comparison knows before it aligns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.arrays import F64
from dedup.candidates import _sketches
from dedup.candidates.resemblance import Resemblance
from dedup.reading.texts import read_flagged
from dedup.text.tokens import Flagged
from dedup.verdict.stories import Stories

__all__ = ["Measured", "measure"]

_PAIR = np.array([[0, 1]], dtype=np.int64)


class Measured(NamedTuple):
    """Two texts as they were read, and what was measured of them.

    ``measures`` f64[1, k], columns as :data:`dedup.verdict.measures.COLUMNS` has them.
    """

    a: Flagged
    b: Flagged
    measures: F64
    resemblance: Resemblance


def measure(a: str, b: str) -> Measured:
    """Read two texts and measure what they share.

    >>> measure("Rain fell in Leeds.", "Rain fell in Leeds.").resemblance.jaccard
    1.0
    """
    (first, second), words, marks = read_flagged([a, b])
    shingles = _sketches.shingle_overlap(words.values, words.offsets, _PAIR)
    resemblance = Resemblance.of_counts(*shingles[0].tolist())
    return Measured(first, second, Stories(words, marks).measures(_PAIR), resemblance)
