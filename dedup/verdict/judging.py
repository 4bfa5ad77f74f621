"""The one fitted model, that turns the evidence of pairs of texts into verdicts.

One pair or a million: the evidence is an array f64[m, k], a pair a row and its columns as in
:data:`dedup.verdict.measures.COLUMNS`, and so are the answers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np

from dedup.arrays import F64, U8
from dedup.model import Verdict
from dedup.verdict.measures import COLUMNS, values

__all__ = ["DECIDING", "VERDICTS", "Model", "bounded", "judge", "kinds", "model"]

VERDICTS = tuple(Verdict)
"""A verdict's number in arrays is its place here."""
DECIMALS = 9
"""Of a probability: fewer than a float has, so that a sum taken in another order gives the same."""
DECIDING = ("same", "empty")
"""Measures that decide by themselves, before the model is asked."""

COUNTERPARTS = 0.4
"""Share of either text's words in linked sentences below which two texts are no versions."""
FEW_WORDS = 15
"""Words, those of a sentence, below which a text is a version only if the openings are alike,"""
ALIKE = 0.3
"""which is this similarity to their counterparts, on average: one word in common gives less."""


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model: weights in log-odds of terms over the measures.

    A term is the name of a measure, or of two with ``*`` between, their product: what holds within
    linked sentences counts only as far as there are any.
    """

    intercept: float
    weights: Mapping[str, float]

    def probability(self, measured: F64) -> F64:
        """Give the probability that one text of a pair is a version of the other, f64[m]."""
        log_odds = np.full(len(measured), self.intercept)
        for term, weight in self.weights.items():
            log_odds += weight * values(measured, term)
        return bounded(log_odds, measured)


def bounded(log_odds: F64, measured: F64) -> F64:
    """Turn log-odds into probabilities, below .5 where too little has a counterpart.

    A version tells most sentences of one text. Two that share a sentence or two, at most
    ``COUNTERPARTS`` of either, are none, however alike those are. A text of less than
    ``FEW_WORDS`` finds some counterpart in any long text, which says nothing unless it is alike.

    >>> bounded(np.zeros(2), np.array([[1.0] * 19, [0.0] * 19])).tolist()
    [0.5, 0.0]
    """
    linked, words, opening = (measured[:, COLUMNS[name]] for name in ("linked", "words", "opening"))
    probability = 1.0 / (1.0 + np.exp(-log_odds))
    most = np.where(linked < COUNTERPARTS, 0.5 * linked / COUNTERPARTS, 1.0)
    few = (words < FEW_WORDS) & (opening < ALIKE)
    most = np.where(few, np.minimum(most, 0.5 * opening / ALIKE), most)
    return np.minimum(probability, most).round(DECIMALS)


@lru_cache(maxsize=1)
def model() -> Model:
    """Load the weights that ship with the package; the file says how they were fitted."""
    saved = json.loads((files("dedup") / "data" / "verdict.json").read_text("utf-8"))
    return Model(saved["intercept"], saved["weights"])


MOSTLY = 0.5
"""Share of the shorter text's own words in kept sentences from which it is the same text."""
PART = 2
"""Own sentences that both texts must have nearly verbatim for a real part to be shared."""
FRAME = 0.5
"""Share of words in linked sentences from which two texts have one wording."""
OTHER_FACTS = 0.4
"""Share of words in sentences with replaced names, or numbers, that makes a template."""


def judge(measured: F64) -> tuple[U8, F64]:
    """Turn evidence f64[m, k] into verdicts u8[m], their places in :data:`VERDICTS`, and f64[m].

    That is the probability that one text of a pair is a version of the other: .5 or more exactly if
    the verdict is identical, syndicated or rewritten. Two texts without words are identical; a text
    without words is unrelated to any other.

    >>> verdicts, probability = judge(np.array([[0.0] * 17 + [1.0, 0.0]]))
    >>> VERDICTS[verdicts[0]].value, float(probability[0])
    ('identical', 1.0)
    """
    same, empty = (measured[:, COLUMNS[name]] for name in DECIDING)
    probability = np.where((same != 0) | (empty != 0), same, model().probability(measured))
    return kinds(measured, probability), probability


def kinds(measured: F64, probability: F64) -> U8:
    """Name the verdicts of pairs whose probability of being versions is known, u8[m]."""

    def column(name: str) -> F64:
        return measured[:, COLUMNS[name]]

    other_facts = np.maximum(column("replaced_names"), column("replaced_numbers"))
    rules = (
        (Verdict.PARTIAL, column("kept_sentences") >= PART),
        (Verdict.TEMPLATE, (column("linked") >= FRAME) & (other_facts >= OTHER_FACTS)),
        (Verdict.REWRITTEN, probability >= 0.5),
        (Verdict.SYNDICATED, (probability >= 0.5) & (column("kept") >= MOSTLY)),
        (Verdict.IDENTICAL, column("same") != 0),
    )
    found = np.full(len(measured), VERDICTS.index(Verdict.UNRELATED), np.uint8)
    for verdict, holds in rules:  # a later one counts for more
        found[holds] = VERDICTS.index(verdict)
    return found
