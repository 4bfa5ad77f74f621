"""Texts as the aligner's loops take them: their letters, words and sentences as arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from dedup.alignment._words import lay_sentences
from dedup.arrays import F64, I32, I64, U8, U32, Ragged, joined, offsets
from dedup.reading.texts import Texts
from dedup.text.tokens import Flagged

Numbers = tuple[I32, I64, I64]
"""The words of pairs of texts: see :func:`dedup.alignment._words.number_words`."""
Scored = tuple[I32, I32, F64, I64]
"""Sentence pairs: see :func:`dedup.alignment._grams.score_sentences`."""
Near = tuple[I32, I32, F64, F64, I64, F64]
"""Those worth a look: see :func:`dedup.alignment._choice.strengthen_pairs`."""


class Laid(NamedTuple):
    """Several texts end to end; words are numbered through all of them.

    ``ids`` u32 number the words, ``letters`` u32 are their folded code points, ``letter_offsets``
    i64[words + 1]. The row of text t
    in ``bounds`` i64, ``furniture`` u8 and ``signs`` i32 begins at ``firsts[t]``, i64[n + 1], and
    has one entry more than the text has sentences: sentence i has the words ``bounds[i]`` to
    ``bounds[i + 1]`` of the row. A sentence without words has the number of its text in ``signs``,
    equal where it is; all others have 0.
    """

    ids: U32
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
    all_tokens = [tokens for tokens, _ in texts]
    letters = offsets(len(tokens.letters) for tokens in all_tokens).tolist()
    begins = [
        tokens.letter_offsets[:-1] + start
        for tokens, start in zip(all_tokens, letters, strict=False)
    ]
    return _laid(
        Ragged(
            np.concatenate([np.empty((0, 3), np.int32), *(tokens.cuts for tokens in all_tokens)]),
            offsets(len(tokens.cuts) for tokens in all_tokens),
        ),
        np.array([flag for _, flags in texts for flag in flags], np.uint8),
        (
            joined([tokens.ids for tokens in all_tokens], np.uint32),
            joined([tokens.letters for tokens in all_tokens], np.uint32),
            joined([*begins, np.array(letters[-1:])], np.int64),
        ),
        offsets(tokens.spans.shape[1] for tokens in all_tokens),
        lambda row: all_tokens[row].text,
    )


def lay_read(texts: Texts, text_of: Callable[[int], str]) -> Laid:
    """Lay texts as they were read; ``text_of`` gives a text by its number."""
    return _laid(
        Ragged(texts.sentences, texts.sentence_offsets),
        texts.furniture.view(np.uint8),
        (texts.words.values, texts.letters, texts.letter_offsets),
        texts.words.offsets,
        text_of,
    )


def _laid(
    sentences: Ragged,
    furniture: U8,
    words: tuple[U32, U32, I64],
    word_offsets: I64,
    text_of: Callable[[int], str],
) -> Laid:
    bounds, firsts, flags, signs, wordless = lay_sentences(
        sentences.values, sentences.offsets, word_offsets, furniture
    )
    if wordless:
        _sign(signs, bounds, sentences, text_of)
    return Laid(*words, bounds, firsts, flags, signs)


def _sign(signs: I32, bounds: I64, sentences: Ragged, text_of: Callable[[int], str]) -> None:
    """Number the sentences that have no words by their text."""
    numbers: dict[str, int] = {}
    for row in range(len(sentences)):
        first = int(sentences.offsets[row]) + row
        for i, (start, end, _) in enumerate(sentences[row].tolist(), start=first):
            if bounds[i] == bounds[i + 1]:
                signs[i] = numbers.setdefault(text_of(row)[start:end], len(numbers) + 1)
