"""From texts to ragged arrays of word ids."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from dedup.arrays import U8, Ragged, decoded, encoded
from dedup.text import _words
from dedup.text.points import POINTS, State
from dedup.text.wrapping import hyphenated_rows, unhyphenated


def read_words(texts: Sequence[str]) -> Ragged:
    """Cut texts into word ids, as :func:`dedup.reading.texts.read_texts` does.

    >>> read_words(["Rain fell.", ""]).offsets.tolist()
    [0, 2, 2]
    """
    return words_of_utf8(encoded(texts))


def words_of_utf8(texts: Ragged) -> Ragged:
    """Cut texts that stand end to end in UTF-8 (u8, surrogates passed) into word ids.

    Only texts that have to be composed first, that have a code point not met before, or that
    may have words parted at the ends of lines, are decoded.

    >>> import numpy as np
    >>> words_of_utf8(Ragged(np.frombuffer(b"Rain fell.", np.uint8), np.array([0, 10]))).offsets
    array([0, 2])
    """
    words, state = _read(texts)
    parted = hyphenated_rows(texts)
    odd = state & (State.UNKNOWN | State.COMPOSES) != 0
    odd[parted] = True
    rows = odd.nonzero()[0]
    if not len(rows):
        return words
    given = {row: decoded(texts[row]) for row in rows.tolist()}
    POINTS.learn("".join(given.values()))
    joined = dict(zip(parted.tolist(), unhyphenated(texts, parted), strict=True))
    composed = [unicodedata.normalize("NFC", text) for text in (given | joined).values()]
    POINTS.learn("".join(composed))
    return words.replaced(rows, _read(encoded(composed))[0])


def _read(texts: Ragged) -> tuple[Ragged, U8]:
    values, ends, state = _words.read_words(texts.values, texts.offsets)
    return Ragged(values, ends), state
