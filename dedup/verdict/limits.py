"""What a few measures say by themselves, whatever else the evidence of two texts adds up to."""

from __future__ import annotations

DECIMALS = 9
"""Of a probability: fewer than a float has, so that a sum taken in another order gives the same."""

COUNTERPARTS = 0.4
"""Share of either text's words in linked sentences below which two texts are no versions,"""
APART = 0.2
"""and below which that is certain: none of 124 pairs of scans that were read was a version there,
and one of 517 between the two."""
FEW_WORDS = 15
"""Words, those of a sentence, below which a text is a version only if the openings are alike,"""
ALIKE = 0.3
"""which is this similarity to their counterparts, on average: one word in common gives less."""

LEAST_WORDS = 6
"""Words below which a text says too little to be a version of another, unless it is the same."""

NAMED_ALIKE = 0.05
"""Weight of the names that both texts have, as a share, below which they tell of other persons and
places, in whatever like words: of 840 labelled pairs below it 7 are versions. Nothing is below
it where either text has few names: they are drawn to one third."""

MOSTLY = 0.5
"""Share of the shorter text's own words in kept sentences from which it is the same text."""
PART = 2
"""Own sentences that both texts must have nearly verbatim for a real part to be shared."""
FRAME = 0.5
"""Share of words in linked sentences from which two texts have one wording."""
