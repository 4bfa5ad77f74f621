"""The one fitted model, that turns the evidence of pairs of texts into verdicts.

One pair or a million: the evidence is an array f64[m, k], a pair a row and its columns as in
:data:`dedup.verdict.measures.COLUMNS`, and so are the answers.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from dedup.arrays import F64, U8, Flags
from dedup.model import Verdict
from dedup.packed import load_json, load_table
from dedup.values import frozen
from dedup.verdict.measures import COLUMNS
from dedup.verdict.trees import NODE, Trees

__all__ = [
    "CODES",
    "DECIDING",
    "VERDICTS",
    "Model",
    "bounded",
    "judge",
    "kinds",
    "model",
]

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


@frozen()
class Model:
    """What was fitted: is one text of a pair a version of the other, and if not, what are they?

    ``version`` gives the log-odds of that. ``partial`` and ``template`` are asked for other pairs:
    above 0 a real part is shared, or the wording around other facts.
    """

    version: Trees
    partial: Trees
    template: Trees

    def probability(self, measured: F64) -> F64:
        """Give the probability that one text of a pair is a version of the other, f64[m]."""
        return bounded(self.version.log_odds(measured), measured)


def bounded(log_odds: F64, measured: F64) -> F64:
    """Turn log-odds into probabilities, within what a few measures say by themselves.

    A version tells most sentences of one text. Two that share a sentence or two, at most
    ``COUNTERPARTS`` of either, are none, however alike those are. A text of less than
    ``FEW_WORDS`` finds some counterpart in any long text, which says nothing unless it is alike.

    >>> nothing, all_of_it = [0.0] * len(COLUMNS), [1.0] * len(COLUMNS)
    >>> bounded(np.zeros(2), np.array([all_of_it, nothing])).tolist()
    [0.5, 0.0]
    """
    of = measured.T
    linked, opening = of[COLUMNS["linked"]], of[COLUMNS["opening"]]
    few = of[COLUMNS["words"]] < FEW_WORDS
    most = np.where(linked < COUNTERPARTS, 0.5 / COUNTERPARTS * linked, 1.0)
    if few.any():
        alike = np.where(few & (opening < ALIKE), 0.5 / ALIKE * opening, 1.0)
        most = np.minimum(most, alike)
    return np.minimum(1.0 / (1.0 + np.exp(-log_odds)), most).round(DECIMALS)


@lru_cache(maxsize=1)
def model() -> Model:
    """Load the model that ships with the package; the file says how it was fitted."""
    begun, nodes = load_json("verdict")["trees"], load_table("verdict", NODE)
    return Model(*(Trees(nodes, begun[name]) for name in ("version", "partial", "template")))


MOSTLY = 0.5
"""Share of the shorter text's own words in kept sentences from which it is the same text."""
PART = 2
"""Own sentences that both texts must have nearly verbatim for a real part to be shared."""
FRAME = 0.5
"""Share of words in linked sentences from which two texts have one wording."""


def judge(measured: F64) -> tuple[U8, F64]:
    """Turn evidence f64[m, k] into verdicts u8[m], their places in :data:`VERDICTS`, and f64[m].

    That is the probability that one text of a pair is a version of the other: .5 or more exactly if
    the verdict is identical, syndicated or rewritten. Two texts without words are identical; a text
    without words is unrelated to any other.

    >>> verdicts, probability = judge(np.array([[0.0] * 35 + [1.0, 0.0] + [0.0] * 35 + [1.0, 0.0]]))
    >>> VERDICTS[verdicts[0]].value, float(probability[0])
    ('identical', 1.0)
    """
    same, empty = (measured[:, COLUMNS[name]] for name in DECIDING)
    probability = np.where((same != 0) | (empty != 0), same, model().probability(measured))
    partial, template = (of.log_odds(measured) > 0 for of in (model().partial, model().template))
    return kinds(measured, probability, partial=partial, template=template), probability


def kinds(measured: F64, probability: F64, *, partial: Flags, template: Flags) -> U8:
    """Name the verdicts of pairs whose probability of being versions is known, u8[m].

    ``partial`` and ``template`` say what each would be if it is no version.
    """
    same, kept, sentences, linked = (
        measured[:, COLUMNS[name]] for name in ("same", "kept", "kept_sentences", "linked")
    )
    found = np.full(len(measured), CODES[Verdict.UNRELATED], np.uint8)
    version = probability >= 0.5
    found[partial & (sentences >= PART)] = CODES[Verdict.PARTIAL]
    found[template & (linked >= FRAME)] = CODES[Verdict.TEMPLATE]
    found[version] = CODES[Verdict.REWRITTEN]
    found[version & (kept >= MOSTLY)] = CODES[Verdict.SYNDICATED]
    found[same != 0] = CODES[Verdict.IDENTICAL]
    return found
