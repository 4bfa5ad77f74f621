"""Texts as the aligner's loops take them: their letters, words and sentences as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dedup.arrays import F64, I32, I64, U8, U32, joined, offsets
from dedup.text.tokens import Flagged

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
    firsts = offsets([len(text.tokens.cuts) + 1 for text in texts])
    words = offsets([text.tokens.spans.shape[1] for text in texts])
    bounds = np.empty(firsts[-1], np.int64)
    furniture = np.zeros(firsts[-1], np.uint8)
    letter_offsets = np.zeros(words[-1] + 1, np.int64)
    letters = 0
    for (tokens, flags), at, first, end in zip(
        texts, firsts.tolist(), words.tolist(), words[1:].tolist(), strict=False
    ):
        last = at + len(flags)
        np.add(tokens.cuts[:, 2], first, out=bounds[at:last])
        bounds[last] = end
        furniture[at:last] = flags
        np.add(tokens.letter_offsets, letters, out=letter_offsets[first : end + 1])
        letters += len(tokens.letters)
    return Laid(
        joined([text.tokens.letters for text in texts], np.uint32),
        letter_offsets,
        bounds,
        firsts,
        furniture,
        _signs(texts, bounds, firsts),
    )


def _signs(texts: Sequence[Flagged], bounds: I64, firsts: I64) -> I32:
    """Number the sentences that have no words by their text."""
    signs = np.zeros(len(bounds), np.int32)
    empty = (bounds[1:] == bounds[:-1]).nonzero()[0].tolist()
    numbers: dict[str, int] = {}
    for at in empty:
        row = int(firsts.searchsorted(at, side="right")) - 1
        tokens, i = texts[row].tokens, at - int(firsts[row])
        if i < len(tokens.cuts):  # else at is where a text ends
            start, end = tokens.cuts[i, :2].tolist()
            signs[at] = numbers.setdefault(tokens.text[start:end], len(numbers) + 1)
    return signs
