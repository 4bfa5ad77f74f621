"""The one fitted model, that turns the evidence of a pair of texts into a verdict."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from dedup.model import Verdict
from dedup.verdict.evidence import Evidence

__all__ = ["Model", "bounded", "judge", "kind", "model", "value"]

DECIMALS = 9
"""Of a probability: fewer than a float has, so that a sum taken in another order gives the same."""


COUNTERPARTS = 0.4
"""Share of either text's words in linked sentences below which two texts are no versions."""
FEW_WORDS = 15
"""Words, those of a sentence, below which a text is a version only if the openings are alike,"""
ALIKE = 0.3
"""which is this similarity to their counterparts, on average: one word in common gives less."""


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model: weights in log-odds of terms over :class:`Evidence`.

    A term is the name of a measure, or of two with ``*`` between, their product: what holds within
    linked sentences counts only as far as there are any.
    """

    intercept: float
    weights: Mapping[str, float]

    def probability(self, found: Evidence) -> float:
        """Give the probability that one text is a version of the other."""
        z = self.intercept
        for term, weight in self.weights.items():
            z += weight * value(found, term)
        return bounded(z, found)


def bounded(log_odds: float, found: Evidence) -> float:
    """Turn log-odds into a probability, below .5 where too little has a counterpart.

    A version tells most sentences of one text. Two that share a sentence or two, at most
    ``COUNTERPARTS`` of either, are none, however alike those are. A text of less than
    ``FEW_WORDS`` finds some counterpart in any long text, which says nothing unless it is alike.

    >>> from dedup.reading.texts import read_texts
    >>> from dedup.verdict.evidence import evidence
    >>> text = read_texts(["Rain fell in Leeds. Nobody minded."]).document(0)
    >>> bounded(0.0, evidence(text, text))
    0.5
    """
    probability = 1.0 / (1.0 + math.exp(-log_odds))
    if found.linked < COUNTERPARTS:
        probability = min(probability, 0.5 * found.linked / COUNTERPARTS)
    if found.words < FEW_WORDS and found.opening < ALIKE:
        probability = min(probability, 0.5 * found.opening / ALIKE)
    return round(probability, DECIMALS)


def value(found: Evidence, term: str) -> float:
    """Give the value of one term of a model.

    >>> from dedup.reading.texts import read_texts
    >>> from dedup.verdict.evidence import evidence
    >>> text = read_texts(["Rain fell in Leeds. Nobody minded."]).document(0)
    >>> value(evidence(text, text), "linked*in_order")
    1.0
    """
    name, _, other = term.partition("*")
    found_value = float(getattr(found, name))
    return found_value * getattr(found, other) if other else found_value


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


def judge(found: Evidence) -> tuple[Verdict, float]:
    """Turn evidence into a verdict and the probability that one text is a version of the other.

    The probability is .5 or more exactly if the verdict is identical, syndicated or rewritten.
    Two texts without words are identical; a text without words is unrelated to any other.
    """
    certain = found.same or found.empty
    probability = found.same if certain else model().probability(found)
    return kind(found, probability), probability


def kind(found: Evidence, probability: float) -> Verdict:
    """Name the verdict of a pair whose probability of being versions is known."""
    if found.same:
        return Verdict.IDENTICAL
    if probability >= 0.5:
        return Verdict.SYNDICATED if found.kept >= MOSTLY else Verdict.REWRITTEN
    if found.linked >= FRAME and max(found.replaced_names, found.replaced_numbers) >= OTHER_FACTS:
        return Verdict.TEMPLATE
    return Verdict.PARTIAL if found.kept_sentences >= PART else Verdict.UNRELATED
