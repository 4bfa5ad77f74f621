"""What a few measures say by themselves, whatever else the evidence of two texts adds up to."""

from __future__ import annotations

from dedup.verdict.measures import ENOUGH

__all__ = [
    "ALIKE",
    "COUNTERPARTS",
    "DECIMALS",
    "FEW_WORDS",
    "FRAME",
    "KEPT",
    "KEPT_OPENING",
    "LIFTED",
    "LITTLE_COPIED",
    "MOSTLY",
    "OPENS_ALIKE",
    "OTHER_NAMES",
    "PART",
    "SAME_NAMES",
    "SAME_NUMBERS",
    "SAME_OPENING",
]

DECIMALS = 9
"""Of a probability: fewer than a float has, so that a sum taken in another order gives the same."""

COUNTERPARTS = 0.4
"""Share of either text's words in linked sentences below which two texts are no versions."""
FEW_WORDS = 15
"""Words, those of a sentence, below which a text is a version only if the openings are alike,"""
ALIKE = 0.3
"""which is this similarity to their counterparts, on average: one word in common gives less."""

LIFTED = 0.8
"""Probability at least of two texts that are lifted. Of the 361 of the development data that open
alike, copy little and are versions by the sum, 357 are; of the 41 below one half with the same
wording, 24."""
OPENS_ALIKE = {
    "words": float(ENOUGH),
    "front": 0.44,
    "lead": 0.5,
    "opening": 0.42,
    "linked": 0.55,
    "region": 0.6,
}
"""How much of some measures it takes for long texts to open alike."""
LITTLE_COPIED = 2.8
"""Logarithm of the words of the longest copied run up to which two texts copy little."""
KEPT, KEPT_OPENING = 0.8, 0.9
"""Share of kept sentences, and likeness of the openings, from which the wording is the same,"""
SAME_OPENING = 0.99
"""or, of a few words, this likeness of the openings: the same in another order,"""
OTHER_NAMES, SAME_NAMES, SAME_NUMBERS = 0.1, 0.5, 0.4
"""with so few names replaced, so many shared, and as many numbers."""

MOSTLY = 0.5
"""Share of the shorter text's own words in kept sentences from which it is the same text."""
PART = 2
"""Own sentences that both texts must have nearly verbatim for a real part to be shared."""
FRAME = 0.5
"""Share of words in linked sentences from which two texts have one wording."""
