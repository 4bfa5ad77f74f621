"""A text as the verdict sees it: arrays kept from the first pass, no strings."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.arrays import F32, I32, U8, U32
from dedup.text.marks import Mark
from dedup.text.vocabulary import english, word_ids

__all__ = ["HEADLINE_STYLE", "NUMBER_WORDS", "SHORTEST_NAME", "Document"]


class Document(NamedTuple):
    """The words of one text in reading order, C order, one entry a word unless said otherwise.

    ``words`` u32[n], ids as :func:`dedup.text.vocabulary.word_ids` gives them; ``weights`` f32[n],
    background idf in nats; ``marks`` u8[n], flags of :class:`Mark`; ``bounds`` i32[s + 1]: sentence
    ``i`` holds the words ``bounds[i]`` to ``bounds[i + 1]`` (exclusive), one or more.
    """

    words: U32
    weights: F32
    marks: U8
    bounds: I32

    @classmethod
    def of(cls, words: U32, marks: U8) -> Document:
        """Make a document of its words and their marks: all that has to be kept of a text.

        >>> whole = Document.of(word_ids(["rain", "fell", "stop"]), np.array([16, 0, 16], np.uint8))
        >>> whole.bounds.tolist()
        [0, 2, 3]
        """
        bounds = np.append(np.flatnonzero(marks & Mark.SENTENCE), len(words))
        return cls(words, english().idf(words), marks, bounds.astype(np.int32))


NUMBER_WORDS = np.sort(
    word_ids(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
        " fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy"
        " eighty ninety hundred thousand million billion trillion dozen half".split()
    )
)
HEADLINE_STYLE = 0.7
"""Share of capitalised words from which a sentence counts as set in headline style."""
SHORTEST_NAME = 3
"""Letters of a name; shorter ones are initials and abbreviations, written in many ways."""
