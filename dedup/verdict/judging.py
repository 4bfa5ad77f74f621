"""The one fitted model, that turns the evidence of pairs of texts into verdicts.

One pair or a million: the evidence is an array f64[m, k], a pair a row and its columns as in
:data:`dedup.verdict.measures.COLUMNS`, and so are the answers.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate

import numpy as np

from dedup.arrays import F64, U8, Flags
from dedup.model import Verdict
from dedup.packed import load_json, map_table
from dedup.values import frozen
from dedup.verdict import _judging
from dedup.verdict.measures import COLUMNS
from dedup.verdict.trees import NODE, Trees

VERDICTS = tuple(Verdict)
"""A verdict's number in arrays is its place here."""
CODES = {verdict: code for code, verdict in enumerate(VERDICTS)}
DECIDING = ("same", "empty")
"""Measures that decide by themselves, before the model is asked."""


@frozen()
class Model:
    """What was fitted: is one text of a pair a version of the other, and if not, what are they?

    ``version`` gives the log-odds of that. ``partial`` and ``template`` are asked for other pairs:
    above 0 a real part is shared, or the wording around other facts.
    """

    version: Trees
    partial: Trees
    template: Trees


def bounded(log_odds: F64, measured: F64) -> F64:
    """Turn log-odds into probabilities, within what a few measures say by themselves.

    The limits are those of :mod:`dedup.verdict.limits`. A version tells most sentences of one text.
    Two that share a sentence or two, at most ``COUNTERPARTS`` of either, are none, however alike
    those are. A text of less than ``FEW_WORDS`` finds some counterpart in any long text, which says
    nothing unless it is alike; one of less than ``LEAST_WORDS`` says next to nothing of its own.
    Two with many names and none in common, ``NAMED_ALIKE``, tell of other persons and places.

    >>> bounded(np.zeros(2), np.array([[9.0] * len(COLUMNS), [0.0] * len(COLUMNS)])).tolist()
    [0.5, 0.0]
    """
    found = np.empty(len(measured))
    _judging.bound(log_odds, measured, found)
    return found


@lru_cache(maxsize=1)
def model() -> Model:
    """Load the model that ships with the package; the file says how it was fitted."""
    saved = load_json("verdict")
    if saved["columns"] != list(COLUMNS):
        raise ValueError("the model's columns: it was fitted on other measures; fit it anew")
    names = ("version", "partial", "template")
    *ends, _ = accumulate(saved["nodes"][name] for name in names)
    nodes = np.split(map_table("verdict", NODE), ends)
    return Model(*(Trees(own, saved["trees"][n]) for own, n in zip(nodes, names, strict=True)))


def judge(measured: F64) -> tuple[U8, F64]:
    """Turn evidence f64[m, k] into verdicts u8[m], their places in :data:`VERDICTS`, and f64[m].

    That is the probability that one text of a pair is a version of the other: .5 or more exactly if
    the verdict is identical, syndicated or rewritten. Two texts without words are identical; a text
    without words is unrelated to any other.

    >>> measured = np.zeros((1, len(COLUMNS)))
    >>> measured[0, COLUMNS["same"]] = 1.0
    >>> verdicts, probability = judge(measured)
    >>> VERDICTS[verdicts[0]].value, float(probability[0])
    ('identical', 1.0)
    """
    fitted = model()
    log_odds, asked = np.zeros((3, len(measured))), np.empty(len(measured), np.uint8)
    # Each is asked only where its answer counts, so the last ones are about few pairs.
    for kind, trees in ((0, fitted.version), (2, fitted.template), (1, fitted.partial)):
        if _judging.ask(kind, measured, log_odds, asked):
            trees.write_log_odds(measured, asked, log_odds[kind])
    verdicts, probability = np.empty(len(measured), np.uint8), np.empty(len(measured))
    _judging.judge(measured, log_odds, verdicts, probability)
    return verdicts, probability


def kinds(measured: F64, probability: F64, *, partial: Flags, template: Flags) -> U8:
    """Name the verdicts of pairs whose probability of being versions is known, u8[m].

    ``partial`` and ``template`` say what each would be if it is no version.
    """
    flags = partial.astype(np.float64), template.astype(np.float64)
    found = np.empty(len(measured), np.uint8)
    _judging.name_verdicts(measured, probability, *flags, found)
    return found
