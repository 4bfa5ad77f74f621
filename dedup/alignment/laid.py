"""Texts as the aligner's loops take them: their letters, words and sentences as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np

from dedup.arrays import F64, I32, I64, U8, U32, joined, offsets
from dedup.text.tokens import Flagged, Tokens

__all__ = ["Laid", "Near", "Numbers", "Scored", "lay"]

Numbers = tuple[I32, I64, I64]
"""The words of pairs of texts: see :func:`dedup.alignment._words.number_words`."""
Scored = tuple[I32, I32, F64, I64]
"""Sentence pairs: see :func:`dedup.alignment._grams.score_sentences`."""
Near = tuple[I32, I32, F64, F64, I64, F64]
"""Those worth a look: see :func:`dedup.alignment._choice.strengthen_pairs`."""


class Laid(NamedTuple):
    """Several texts end to end; words are numbered through all of them.

    ``letters`` u32 are the folded code points, ``letter_offsets`` i64[words + 1]. The row of text t
    in ``bounds`` i64, ``furniture`` u8 and ``signs`` i32 begins at ``firsts[t]``, i64[n + 1], and
    has one entry more than the text has sentences: sentence i has the words ``bounds[i]`` to
    ``bounds[i + 1]`` of the row. A sentence without words has the number of its text in ``signs``,
    equal where it is; all others have 0.
    """

    letters: U32
    letter_offsets: I64
    bounds: I64
    firsts: I64
    furniture: U8
    signs: I32


def lay(texts: Sequence[Flagged]) -> Laid:
    """Lay texts end to end.

    >>> from dedup.reading.texts import read
    >>> story = Flagged(read("Rain fell. It is."), (False, True))
    >>> laid = lay([story, Flagged(read("No"), (False,))])
    >>> laid.bounds.tolist(), laid.firsts.tolist(), laid.furniture.tolist()
    ([0, 2, 4, 4, 5], [0, 3, 5], [0, 1, 0, 0, 0])
    """
    firsts = offsets(len(text.tokens.bounds) for text in texts)
    bounds = np.fromiter(
        chain.from_iterable(text.tokens.bounds for text in texts), np.int64, int(firsts[-1])
    )
    before = offsets(text.tokens.spans.shape[1] for text in texts)[:-1]
    bounds += before.repeat(firsts[1:] - firsts[:-1])
    flags = bytes(chain.from_iterable((*text.furniture, False) for text in texts))
    return Laid(
        joined([text.tokens.letters for text in texts], np.uint32),
        offsets(
            np.concatenate(
                [np.empty(0, np.int64), *(np.diff(x.tokens.letter_offsets) for x in texts)]
            )
        ),
        bounds,
        firsts,
        np.frombuffer(flags, np.uint8),
        _signs([text.tokens for text in texts], int(firsts[-1])),
    )


def _signs(texts: Sequence[Tokens], size: int) -> I32:
    """Number the sentences that have no words by their text."""
    signs = np.zeros(size, np.int32)
    numbers: dict[str, int] = {}
    at = 0
    for tokens in texts:
        for i, (first, end) in enumerate(pairwise(tokens.bounds)):
            if first == end:
                sign = tokens.text[slice(*tokens.sentences[i])]
                signs[at + i] = numbers.setdefault(sign, len(numbers) + 1)
        at += len(tokens.bounds)
    return signs
