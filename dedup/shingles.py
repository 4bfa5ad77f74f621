"""From texts to ragged arrays of word ids, and to the hashes of their word 3-shingles."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from dedup import kernels
from dedup.arrays import Ragged
from dedup.text import Class, classify, fold

__all__ = ["Ragged", "read_words", "shingle_hashes"]


_CLASSES = {
    Class.SEPARATOR: kernels.SEPARATOR,
    Class.LETTER: kernels.LETTER,
    Class.SINGLE: kernels.SINGLE,
    Class.MARK: kernels.MARK,
    Class.IGNORED: kernels.IGNORED,
}
_CODE_POINTS = 0x110000
_FOLD_ROOM = 1 << 17
"""More than all foldings of all code points need together (about 45,000 with their counts)."""
_COMMON = (*range(0x250), *range(0x2000, 0x2070), *range(0x20A0, 0x20D0))
"""Code points learned at once, Latin letters and punctuation; a batch with others is read twice."""
_JAMO = range(0x1100, 0x1200)


class _Tables:
    """Class and folding of code points as arrays, filled from :mod:`dedup.text` as they are met.

    What is written once never changes, and a code point's class is written last, so a reader in
    another thread sees either nothing of a code point or all.
    """

    def __init__(self) -> None:
        self.classes = np.zeros(_CODE_POINTS, dtype=np.uint8)
        self.fold_at = np.zeros(_CODE_POINTS, dtype=np.int32)
        self.fold_codes = np.zeros(_FOLD_ROOM, dtype=np.uint32)
        self._used = 1  # 0 means that a code point folds to itself
        self._lock = Lock()
        self.learn("".join(map(chr, _COMMON)))

    def learn(self, text: str) -> None:
        """Enter the code points of a text."""
        with self._lock:
            for char in sorted(set(text)):
                if self.classes[ord(char)] == 0:
                    self._enter(char)

    def _enter(self, char: str) -> None:
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
        self.classes[code] = _CLASSES[classify(char)] | (kernels.COMPOSES if composes else 0)


_tables = _Tables()


def read_words(texts: Sequence[str]) -> Ragged:
    """Cut texts into word ids, as :func:`dedup.text.words` and ``vocabulary.word_ids`` would.

    >>> read_words(["Rain fell.", ""]).offsets.tolist()
    [0, 2, 2]
    """
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    words, state = _read(encoded)
    if (state & kernels.UNKNOWN).any():
        for row in np.flatnonzero(state & kernels.UNKNOWN).tolist():
            _tables.learn(texts[row])
        words, state = _read(encoded)
    composes = np.flatnonzero(state & kernels.COMPOSES).tolist()
    changed = False
    for row in composes:
        composed = unicodedata.normalize("NFC", texts[row])
        if composed != texts[row]:
            _tables.learn(composed)
            encoded[row] = composed.encode("utf-8", "surrogatepass")
            changed = True
    return _read(encoded)[0] if changed else words


def _read(encoded: Sequence[bytes]) -> tuple[Ragged, NDArray[np.uint8]]:
    offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)), out=offsets[1:])
    source = np.frombuffer(b"".join(encoded), dtype=np.uint8)
    values, ends, state = kernels.read_words(
        source, offsets, _tables.classes, _tables.fold_at, _tables.fold_codes
    )
    return Ragged(values, ends), state


def shingle_hashes(words: Ragged) -> Ragged:
    """Hash the word 3-shingles of every row, in reading order, repeats kept."""
    return Ragged(*kernels.shingle_hashes(words.values, words.offsets))
