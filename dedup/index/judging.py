"""Judge pairs of texts of which words and marks are known: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dedup.arrays import F64, I64, U8, Flags, Ragged, joined_columns
from dedup.candidates import _sketches
from dedup.model import Verdict
from dedup.verdict.judging import CODES, VERDICTS, judge
from dedup.verdict.stories import Stories

__all__ = ["UNRELATED", "VERDICTS", "Judged", "judge_pairs"]

UNRELATED = CODES[Verdict.UNRELATED]
_VERSIONS = [code for verdict, code in CODES.items() if verdict.is_version]


class Judged(NamedTuple):
    """How the texts of pairs compare, a pair a row.

    ``verdicts`` u8[m], places in :data:`VERDICTS`; ``probability``, ``jaccard`` and
    ``containment``, of the first text's shingles, f64[m].
    """

    verdicts: U8
    probability: F64
    jaccard: F64
    containment: F64

    def are_versions(self) -> Flags:
        """Tell which pairs are versions, bool[m]."""
        return np.isin(self.verdicts, _VERSIONS)

    def take(self, rows: I64) -> Judged:
        """Give some pairs, in the order given."""
        verdicts, probability, jaccard, containment = self
        return Judged(verdicts[rows], probability[rows], jaccard[rows], containment[rows])

    @classmethod
    def joined(cls, parts: Sequence[Judged]) -> Judged:
        """Put what was found of several pairs end to end."""
        return cls(*joined_columns(parts, (np.uint8, np.float64, np.float64, np.float64)))


def judge_pairs(words: Ragged, marks: U8, pairs: I64) -> Judged:
    """Judge pairs of rows, i64[m, 2], of words, ragged u32, and their marks, u8."""
    verdicts, probability = judge(Stories(words, marks).measures(pairs))
    overlap = _sketches.shingle_overlap(words.values, words.offsets, pairs)
    own, other, both = overlap.astype(np.float64).T
    union = own + other - both
    return Judged(
        verdicts,
        probability,
        np.divide(both, union, out=np.ones(len(pairs)), where=union > 0),
        np.divide(both, own, out=np.zeros(len(pairs)), where=own > 0),
    )
