"""Judge pairs of texts of which words and marks are known: arrays in, arrays out."""

from __future__ import annotations

import numpy as np

from dedup.arrays import F64, I64, U8, Flags, Ragged
from dedup.candidates import _sketches
from dedup.model import Verdict
from dedup.verdict.judging import CODES, VERDICTS, judge
from dedup.verdict.stories import Stories

__all__ = ["UNRELATED", "VERDICTS", "are_versions", "judge_pairs"]

UNRELATED = CODES[Verdict.UNRELATED]
_VERSIONS = [code for verdict, code in CODES.items() if verdict.is_version]


def are_versions(verdicts: U8) -> Flags:
    """Tell which verdicts say version, bool[m]."""
    return np.isin(verdicts, _VERSIONS)


def judge_pairs(words: Ragged, marks: U8, pairs: I64) -> tuple[U8, F64, F64, F64]:
    """Judge pairs of rows, i64[m, 2], of words, ragged u32, and their marks, u8.

    Gives verdicts u8[m], places in :data:`VERDICTS`; probability, Jaccard and containment, of the
    first text's shingles, f64[m].
    """
    verdicts, probability = judge(Stories(words, marks).measures(pairs))
    overlap = _sketches.shingle_overlap(words.values, words.offsets, pairs)
    own, other, both = overlap.astype(np.float64).T
    union = own + other - both
    return (
        verdicts,
        probability,
        np.divide(both, union, out=np.ones(len(pairs)), where=union > 0),
        np.divide(both, own, out=np.zeros(len(pairs)), where=own > 0),
    )
