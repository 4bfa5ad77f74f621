"""From texts to ragged arrays of word ids."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import Ragged, decoded, encoded
from dedup.text import _words
from dedup.text.marks import Point
from dedup.text.tokens import Class, classify, fold

__all__ = [
    "CLASSES",
    "CODE_POINTS",
    "Learned",
    "Ragged",
    "read_words",
    "words_of_utf8",
]


CLASSES = {
    Class.SEPARATOR: Point.SEPARATOR,
    Class.LETTER: Point.LETTER,
    Class.SINGLE: Point.SINGLE,
    Class.MARK: Point.MARK,
    Class.IGNORED: Point.IGNORED,
}
CODE_POINTS = 0x110000
_FOLD_ROOM = 1 << 17
"""More than all foldings of all code points need together (about 45,000 with their counts)."""
_COMMON = (*range(0x250), *range(0x2000, 0x2070), *range(0x20A0, 0x20D0))
"""Code points learned at once, Latin letters and punctuation; a batch with others is read twice."""
_JAMO = range(0x1100, 0x1200)


class Learned:
    """What compiled loops know of code points: filled in Python as they are met.

    ``known`` [CODE_POINTS] is 0 for one that was not met. What is written once never changes, and
    ``known`` is written last, so a reader in another thread sees either nothing of a code point or
    all.
    """

    def __init__(self, known: NDArray[Any]) -> None:
        self._known = known
        self._lock = Lock()
        self.learn("".join(map(chr, _COMMON)))

    def learn(self, text: str) -> None:
        """Enter the code points of a text."""
        with self._lock:
            for char in sorted(set(text)):
                if self._known[ord(char)] == 0:
                    self._known[ord(char)] = self._entered(char)

    def _entered(self, char: str) -> int:
        """Enter all else that is to be known of a code point, and give what makes it known."""
        raise NotImplementedError


class _Tables(Learned):
    """Class and folding of code points as arrays, from :mod:`dedup.text.tokens`."""

    def __init__(self) -> None:
        self.classes = np.zeros(CODE_POINTS, dtype=np.uint8)
        self.fold_at = np.zeros(CODE_POINTS, dtype=np.int32)
        self.fold_codes = np.zeros(_FOLD_ROOM, dtype=np.uint32)
        self._used = 1  # 0 means that a code point folds to itself
        super().__init__(self.classes)

    def _entered(self, char: str) -> int:
        code = ord(char)
        folded = [ord(c) for c in fold(char)]
        if folded != [code]:
            self.fold_codes[self._used : self._used + len(folded) + 1] = [len(folded), *folded]
            self.fold_at[code] = self._used
            self._used += len(folded) + 1
        composes = (
            unicodedata.category(char)[0] == "M"
            or code in _JAMO
            or not unicodedata.is_normalized("NFC", char)
        )
        return CLASSES[classify(char)] | (Point.COMPOSES if composes else 0)


_tables = _Tables()


def read_words(texts: Sequence[str]) -> Ragged:
    """Cut texts into word ids, as :func:`dedup.text.tokens.words` and ``vocabulary.word_ids``
    would.

    >>> read_words(["Rain fell.", ""]).offsets.tolist()
    [0, 2, 2]
    """
    return words_of_utf8(encoded(texts))


def words_of_utf8(texts: Ragged) -> Ragged:
    """Cut texts that stand end to end in UTF-8 (u8, surrogates passed) into word ids.

    Only texts that have to be composed first, or that have a code point not met before, are
    decoded.

    >>> words_of_utf8(Ragged(np.frombuffer(b"Rain fell.", np.uint8), np.array([0, 10]))).offsets
    array([0, 2])
    """
    words, state = _read(texts)
    again = (state & (Point.UNKNOWN | Point.COMPOSES)).nonzero()[0]
    if not len(again):
        return words
    composed = [unicodedata.normalize("NFC", decoded(texts[row])) for row in again.tolist()]
    for row, text in zip(again.tolist(), composed, strict=True):
        if state[row] & Point.UNKNOWN:
            _tables.learn(decoded(texts[row]))
        _tables.learn(text)
    order = np.arange(len(words))
    order[again] = len(words) + np.arange(len(again))
    return Ragged.joined([words, _read(encoded(composed))[0]]).take(order)


def _read(texts: Ragged) -> tuple[Ragged, NDArray[np.uint8]]:
    values, ends, state = _words.read_words(
        texts.values, texts.offsets, _tables.classes, _tables.fold_at, _tables.fold_codes
    )
    return Ragged(values, ends), state
