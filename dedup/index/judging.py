"""Judge pairs of texts of which words and marks are known: arrays in, arrays out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.arrays import F64, I64, U8, Ragged
from dedup.candidates import _sketches
from dedup.model import Verdict
from dedup.verdict.judging import CODES, VERDICTS, judge
from dedup.verdict.stories import Stories

__all__ = ["VERDICTS", "Judged", "judge_pairs"]

_UNRELATED = CODES[Verdict.UNRELATED]
_VERSIONS = [code for verdict, code in CODES.items() if verdict.is_version]


class Judged(NamedTuple):
    """Pairs by their places among others, ascending, i64[k], and how they compare.

    ``verdicts`` u8[k] are places in :data:`VERDICTS`; containment is of the first text's shingles.
    """

    places: I64
    verdicts: U8
    probability: F64
    jaccard: F64
    containment: F64


def judge_pairs(words: Ragged, marks: U8, pairs: I64, *, versions: bool = False) -> Judged:
    """Judge pairs of rows, i64[m, 2], of words, ragged u32, and their marks, u8.

    Gives those that are not unrelated, or with ``versions`` those that are versions.
    """
    measured = Stories(words, marks).measures(pairs, of="versions" if versions else "related")
    verdicts, probability = judge(measured)
    wanted = np.isin(verdicts, _VERSIONS) if versions else verdicts != _UNRELATED
    places = np.flatnonzero(wanted)
    overlap = _sketches.shingle_overlap(words.values, words.offsets, pairs[places])
    own, other, both = overlap.astype(np.float64).T
    union = own + other - both
    return Judged(
        places,
        verdicts[wanted],
        probability[wanted],
        np.divide(both, union, out=np.ones(len(places)), where=union > 0),
        np.divide(both, own, out=np.zeros(len(places)), where=own > 0),
    )
