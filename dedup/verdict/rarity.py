"""How rare versions are among the pairs of one dump, and what that does to their probability.

A probability is right on the mix of pairs that the model was calibrated on. Where versions are
rarer among the pairs judged, each is less probable, by Bayes' rule; how rare they are can be told
from the probabilities themselves, by expectation maximisation (Saerens, Latinne and Decaestecker,
"Adjusting the outputs of a classifier to new a priori probabilities", 2002). It takes for granted
that versions and others look as they do in the mix, only in other shares.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from dedup.arrays import F64
from dedup.packed import load_json

_ROUNDS = 1000
_STILL = 1e-9
"""Where the share moves by less, it stands."""
_SURE = 1e-9
"""No probability is nearer to 0 or 1: one alone would decide the share."""


@lru_cache(maxsize=1)
def _mix() -> float:
    """Give the share of versions in the mix that the model was calibrated on."""
    return float(load_json("verdict")["share"])


def chances(probability: F64, share: float) -> F64:
    """Turn probabilities, f64[m], into those where versions make up a share of all pairs.

    >>> chances(np.array([0.5, 1.0]), 0.01).round(2).tolist()
    [0.13, 1.0]
    """
    mix = _mix()
    sure = np.clip(probability, _SURE, 1 - _SURE)
    here, others = share / mix * sure, (1 - share) / (1 - mix) * (1 - sure)
    found: F64 = here / (here + others)
    return found


def share_of_versions(probability: F64) -> float:
    """Estimate which share of pairs are versions, from their probabilities, f64[m].

    0 of no pairs.

    >>> round(share_of_versions(np.array([0.99, 0.9, 0.02, 0.01, 0.01, 0.01])), 2)
    0.41
    """
    share = _mix()
    for _ in range(_ROUNDS if len(probability) else 0):
        before, share = share, float(chances(probability, share).mean())
        if abs(share - before) < _STILL:
            break
    return share if len(probability) else 0.0
