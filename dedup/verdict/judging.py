"""The one fitted model, that turns the evidence of pairs of texts into verdicts.

One pair or a million: the evidence is an array f64[m, k], a pair a row and its columns as in
:data:`dedup.verdict.measures.COLUMNS`, and so are the answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from itertools import product

import numpy as np

from dedup.arrays import F64, I64, U8, offsets
from dedup.model import Verdict
from dedup.packed import load_json
from dedup.verdict.measures import COLUMNS

__all__ = ["CODES", "DECIDING", "VERDICTS", "Model", "bounded", "judge", "kinds", "model"]

VERDICTS = tuple(Verdict)
"""A verdict's number in arrays is its place here."""
CODES = {verdict: code for code, verdict in enumerate(VERDICTS)}
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


class Model:
    """A logistic model: weights in log-odds of terms over the measures.

    A term is the name of a measure, or of several with ``*`` between, their product: what holds
    within linked sentences counts only as far as there are any.
    """

    def __init__(self, intercept: float, weights: Mapping[str, float]) -> None:
        self.intercept = intercept
        self.weights = weights

    def log_odds(self, measured: F64) -> F64:
        """Give the log-odds that one text of a pair is a version of the other, f64[m].

        A pair has the same among others as alone: terms are added up in their order.
        """
        if not self.weights:
            return np.full(len(measured), self.intercept)
        factors, starts, weights = self._terms
        values = np.multiply.reduceat(measured.take(factors, axis=1), starts, axis=1)
        values *= weights
        found: F64 = values.cumsum(axis=1)[:, -1]
        return found + self.intercept

    @cached_property
    def _terms(self) -> tuple[I64, I64, F64]:
        """The columns of the factors of all terms, where each term's begin, and the weights."""
        terms = [[COLUMNS[name] for name in term.split("*")] for term in self.weights]
        starts = offsets(map(len, terms))[:-1]
        return np.concatenate(terms), starts, np.array([*self.weights.values()])

    def probability(self, measured: F64) -> F64:
        """Give the probability that one text of a pair is a version of the other, f64[m]."""
        return bounded(self.log_odds(measured), measured)


def bounded(log_odds: F64, measured: F64) -> F64:
    """Turn log-odds into probabilities, below .5 where too little has a counterpart.

    A version tells most sentences of one text. Two that share a sentence or two, at most
    ``COUNTERPARTS`` of either, are none, however alike those are. A text of less than
    ``FEW_WORDS`` finds some counterpart in any long text, which says nothing unless it is alike.

    >>> bounded(np.zeros(2), np.array([[1.0] * 19, [0.0] * 19])).tolist()
    [0.5, 0.0]
    """
    of = measured.T
    linked, opening = of[COLUMNS["linked"]], of[COLUMNS["opening"]]
    few = of[COLUMNS["words"]] < FEW_WORDS
    most = np.where(linked < COUNTERPARTS, 0.5 / COUNTERPARTS * linked, 1.0)
    if few.any():
        alike = np.where(few & (opening < ALIKE), 0.5 / ALIKE * opening, 1.0)
        most = np.minimum(most, alike)
    probability = 1.0 / (1.0 + np.exp(-log_odds))
    return np.minimum(probability, most).round(DECIMALS)


@lru_cache(maxsize=1)
def model() -> Model:
    """Load the weights that ship with the package; the file says how they were fitted."""
    saved = load_json("verdict")
    return Model(saved["intercept"], saved["weights"])


MOSTLY = 0.5
"""Share of the shorter text's own words in kept sentences from which it is the same text."""
PART = 2
"""Own sentences that both texts must have nearly verbatim for a real part to be shared."""
FRAME = 0.5
"""Share of words in linked sentences from which two texts have one wording."""
OTHER_FACTS = 0.4
"""Share of words in sentences with replaced names, or numbers, that makes a template."""

_LIMITS = {
    "same": 1.0,
    "kept": MOSTLY,
    "linked": FRAME,
    "replaced_names": OTHER_FACTS,
    "replaced_numbers": OTHER_FACTS,
    "kept_sentences": PART,
}
"""What a verdict turns on besides the probability: whether a measure is as great as this."""


def _kind(
    version: bool, same: bool, kept: bool, framed: bool, names: bool, numbers: bool, part: bool
) -> Verdict:
    """Name the verdict of a pair: is it a version, and which limits does it reach?"""
    if same:
        return Verdict.IDENTICAL
    if version:
        return Verdict.SYNDICATED if kept else Verdict.REWRITTEN
    if framed and (names or numbers):
        return Verdict.TEMPLATE
    return Verdict.PARTIAL if part else Verdict.UNRELATED


_KINDS = np.array([CODES[_kind(*held)] for held in product((False, True), repeat=7)], np.uint8)
"""The verdict for every case, numbered by its bits in the order of :func:`_kind`."""
_LIMITED = np.array([COLUMNS[name] for name in _LIMITS])
_LEAST = np.array([*_LIMITS.values()])


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
    reached = np.packbits(measured.take(_LIMITED, axis=1) >= _LEAST, axis=1)[:, 0] >> 2
    found: U8 = _KINDS[reached + 64 * (probability >= 0.5)]
    return found
