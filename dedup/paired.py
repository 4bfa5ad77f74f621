"""Two texts read and measured by compiled loops, equal to the plain way of reading and measuring.

The loops of a scan, put to work on a single pair. They take half a second to load, so
:func:`dedup.compare` begins without them.
"""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dedup import kernels
from dedup.aligning import STEPS
from dedup.arrays import Ragged
from dedup.document import Document
from dedup.evidence import Evidence, evidence
from dedup.evidence_kernel import StoryArrays, evidence_of_pairs
from dedup.measuring import Measured
from dedup.preparation import read_flagged
from dedup.resemblance import Resemblance
from dedup.story_kernel import tell_stories
from dedup.vocabulary import english

__all__ = ["STEPS", "measure"]

_MEASURES = tuple(measure.name for measure in fields(Evidence))
_SAME = _MEASURES.index("same")
_MOST_LINKS = 1 << 20
"""Sentences of one text times those of the other, from which on no dense table is made of them."""
_PAIR = np.array([[0, 1]], dtype=np.int64)


def measure(a: str, b: str) -> Measured:
    """Read two texts and measure what they share.

    The same as :func:`dedup.measuring.measure` but for the last bits of sums in the evidence,
    which a comparison rounds away.

    >>> measure("Rain fell in Leeds.", "Rain fell in Leeds.").evidence.same
    1.0
    """
    (first, second), words, marks = read_flagged([a, b])
    return Measured(first, second, _evidence(words, marks), _resemblance(words))


def _evidence(words: Ragged, marks: NDArray[np.uint8]) -> Evidence:
    told = StoryArrays(*tell_stories(words.values, marks, words.offsets, *_background()))
    rows, columns = np.diff(told.bound_offsets).tolist()
    if rows * columns > _MOST_LINKS:
        both = (Document.of(words[k], Ragged(marks, words.offsets)[k]) for k in range(2))
        return evidence(*both)
    measured = evidence_of_pairs(_PAIR, told)[0].tolist()
    # Furniture among the same words may lie elsewhere; the words are what counts.
    measured[_SAME] = max(measured[_SAME], float(np.array_equal(words[0], words[1])))
    return Evidence(*measured)


@lru_cache(maxsize=1)
def _background() -> tuple[NDArray[np.uint32], NDArray[np.float32], NDArray[np.int64], np.float32]:
    """Give the background vocabulary to the loops."""
    return english().arrays()


def _resemblance(words: Ragged) -> Resemblance:
    return Resemblance.of_counts(
        *kernels.shingle_overlap(words.values, words.offsets, _PAIR)[0].tolist()
    )
