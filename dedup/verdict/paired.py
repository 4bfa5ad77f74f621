"""Two texts read and measured by compiled loops, equal to the plain way of reading and measuring.

The loops of a scan, put to work on a single pair. They take half a second to load, so
:func:`dedup.compare` begins without them.
"""

from __future__ import annotations

import numpy as np

from dedup.arrays import Ragged
from dedup.candidates import _sketches
from dedup.candidates.resemblance import Resemblance
from dedup.reading.preparation import read_flagged
from dedup.verdict.measuring import Measured
from dedup.verdict.stories import Stories

__all__ = ["measure"]

_PAIR = np.array([[0, 1]], dtype=np.int64)


def measure(a: str, b: str) -> Measured:
    """Read two texts and measure what they share.

    The same as :func:`dedup.verdict.measuring.measure` but for the last bits of sums in the
    evidence,
    which a comparison rounds away.

    >>> measure("Rain fell in Leeds.", "Rain fell in Leeds.").evidence.same
    1.0
    """
    (first, second), words, marks = read_flagged([a, b])
    return Measured(first, second, Stories(words, marks).evidence(_PAIR)[0], _resemblance(words))


def _resemblance(words: Ragged) -> Resemblance:
    return Resemblance.of_counts(
        *_sketches.shingle_overlap(words.values, words.offsets, _PAIR)[0].tolist()
    )
