"""Why a pair was judged as it was: the evidence that weighed most, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import expm1

import numpy as np

from dedup.arrays import F64
from dedup.model import Reason
from dedup.verdict.judging import DECIDING, model
from dedup.verdict.measures import COLUMNS, LOGARITHM, MEASURES
from dedup.views.wording import START, count, measure_words, percent

_SHOWN = 10
"""Pieces of evidence that are told one by one; the others are small, and are told as their sum."""
_COUNTS = frozenset(measure.name for measure in MEASURES if measure.counted.endswith("a count."))
"""Measures that are no shares, and are told as they are."""
_SHOWN_FROM = 0.05
"""Log-odds below which even the sum of the others changes no figure that a reader sees."""


def reasons(evidence: Mapping[str, float]) -> tuple[Reason, ...]:
    """Give the measures and what each adds, the weightiest first, the start at the end.

    The contributions add up to the log-odds of the probability, unless that is held below one half
    since too little has a counterpart (:func:`dedup.verdict.judging.bounded`). Where the words are
    the same one by one, or one text has none, that alone decides. Where a measure is not at hand
    there are no reasons.

    >>> [(reason.term, reason.contribution) for reason in reasons({"same": 1.0})]
    [('same', None)]
    """
    for name in DECIDING:
        if evidence.get(name):
            return (Reason(name, measure_words(name), 1.0, None),)
    if any(name not in evidence for name in COLUMNS):
        return ()
    row = np.array([[float(evidence[name]) for name in COLUMNS]])
    start = Reason("intercept", START, 1.0, model().version.intercept)
    return (*sorted(_weighed(row), key=lambda reason: -abs(reason.contribution or 0.0)), start)


def _weighed(row: F64) -> Iterator[Reason]:
    """Say what each measure adds that the model asks for."""
    for name, said in zip(COLUMNS, model().version.contributions(row)[0].tolist(), strict=False):
        if name not in DECIDING:
            yield Reason(name, measure_words(name), float(row[0, COLUMNS[name]]), said)


def reason_lines(found: Sequence[Reason]) -> Iterator[tuple[str, str]]:
    """Word the weightiest reasons: what each adds to the log-odds, and what it is.

    What the others add together comes behind them, so that all lines add up.

    >>> [*reason_lines([Reason("linked", "words in sentences with a counterpart", 0.5, 2.0)])]
    [('+2.0', 'words in sentences with a counterpart: 50%')]
    """
    evidence = [reason for reason in found if reason.term != "intercept"]
    for reason in evidence[:_SHOWN]:
        if reason.contribution is None:
            yield "", reason.words
        elif abs(reason.contribution) >= _SHOWN_FROM:
            yield _signed(reason.contribution), _told(reason)
    others = evidence[_SHOWN:]
    together = sum(reason.contribution or 0.0 for reason in others)
    if abs(together) >= _SHOWN_FROM:
        yield _signed(together), f"{count(len(others), 'smaller piece')} of evidence together"
    for start in (reason for reason in found if reason.term == "intercept"):
        yield _signed(start.contribution or 0.0), start.words


def _told(reason: Reason) -> str:
    """Word a measure and its value: that of which it is the logarithm, a count or a share."""
    words = reason.words.removesuffix(LOGARITHM)
    if words != reason.words:
        return f"{words}: {expm1(reason.value):.3g}"
    value = f"{reason.value:.3g}" if reason.term in _COUNTS else percent(reason.value)
    return f"{words}: {value}"


def _signed(number: float) -> str:
    return f"{number:+.1f}".replace("-", "−")
