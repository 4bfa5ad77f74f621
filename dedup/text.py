"""Read a text: folded words and sentences, each with offsets into the text exactly as given.

A *word* is a run of letters, digits and the marks on them. Scripts written without spaces
(Han, kana, Hangul, Thai, Lao, Khmer, Burmese) give one word a character, so that word n-grams
become character n-grams there. Invisible joiners (soft hyphen, zero-width joiner and non-joiner,
word joiner, byte order mark) are dropped and break nothing.

Words are compared folded: composed (NFC), then each code point NFKC-normalised, case-folded and
normalised again, as :mod:`unicodedata` and :meth:`str.casefold` of the running Python do it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import distinct
from dedup.sentences import split_sentences

__all__ = ["Class", "Tokens", "classify", "fold", "read", "split_sentences", "words"]


class Class:
    """The classes of code points, one letter each, in the string :func:`shape` makes of a text."""

    SEPARATOR = " "
    LETTER = "a"
    """Part of a word that runs on."""
    SINGLE = "s"
    """A word of its own: a character of a script written without spaces."""
    MARK = "m"
    """A combining mark: stays with the character before it, begins no word."""
    IGNORED = "i"
    """Invisible: dropped, breaks no word, begins none."""


_IGNORED = frozenset("\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
_UNSPACED = ("CJK ", "HIRAGANA ", "KATAKANA ", "HANGUL ", "THAI ", "LAO ", "KHMER ", "MYANMAR ")
_UNSPACED_HALFWIDTH = ("HALFWIDTH KATAKANA ", "HALFWIDTH HANGUL ", "IDEOGRAPHIC ")
_WORD = re.compile(b"s[mi]*|a[ami]*")


def classify(char: str) -> str:
    r"""Tell the class of one code point, a letter of :class:`Class`.

    >>> [classify(c) for c in ("é", "中", "\u0301", "\u00ad", "-")]
    ['a', 's', 'm', 'i', ' ']
    """
    if char in _IGNORED:
        return Class.IGNORED
    if "\u1160" <= char <= "\u11ff" or "\ud7b0" <= char <= "\ud7ff":
        return (
            Class.MARK
        )  # Hangul vowels and finals: parts of the syllable that their initial began
    category = unicodedata.category(char)
    if category[0] == "M":
        return Class.IGNORED if "\ufe00" <= char <= "\ufe0f" else Class.MARK
    if category[0] not in "LN":
        return Class.SEPARATOR
    if category == "Lo" or char in "ーｰ々〇":
        name = unicodedata.name(char, "")
        if name.startswith(_UNSPACED) or name.startswith(_UNSPACED_HALFWIDTH):
            return Class.SINGLE
    return Class.LETTER


class _Fold(dict[int, str]):
    """``str.translate`` table from code point to its folded form, filled likewise."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if classify(char) == Class.IGNORED:
            folded = ""
        else:
            composed = unicodedata.normalize("NFKC", char).casefold()
            folded = unicodedata.normalize("NFKC", composed)
        self[code] = folded
        return folded


_FOLD = _Fold()
_CODE_POINTS = 0x110000
_classes = np.zeros(_CODE_POINTS, dtype=np.uint8)
"""The class of each code point as the ASCII code of its letter, 0 until it is first met."""


def shape(text: str) -> bytes:
    """Replace every code point by its class; the result is as long as the text.

    >>> shape("Café 中国")
    b'aaaa ss'
    """
    codes = _codes(text)
    found = _classes[codes]
    if not found.all():
        for code in distinct(codes[found == 0]).tolist():
            _classes[code] = ord(classify(chr(code)))
        found = _classes[codes]
    return found.tobytes()


def _codes(text: str) -> NDArray[np.uint8] | NDArray[np.uint32]:
    """Give the code points of a text."""
    if text.isascii():
        return np.frombuffer(text.encode("ascii"), dtype=np.uint8)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def fold(text: str) -> str:
    """Fold a text for comparison, with an ASCII fast path that gives the same.

    >>> fold("Ｆｕｌｌ-Width STRASSE straße")
    'full-width strasse strasse'
    """
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text).translate(_FOLD)


def word_spans(text: str) -> list[tuple[int, int]]:
    """Find the words of a text as ``(start, end)`` offsets, in reading order.

    >>> word_spans("Don't panic")
    [(0, 3), (4, 5), (6, 11)]
    """
    return list(zip(*_word_ends(text), strict=True))


def _word_ends(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Find where the words of a text start and where they end."""
    classes = shape(text)
    if _SPECIAL.search(classes):
        spans = [match.span() for match in _WORD.finditer(classes)]
        return tuple([start for start, _ in spans]), tuple([end for _, end in spans])
    inside = np.zeros(len(classes) + 2, dtype=np.bool_)
    inside[1:-1] = np.frombuffer(classes, dtype=np.uint8) == ord(Class.LETTER)
    edges = tuple((inside[1:] != inside[:-1]).nonzero()[0].tolist())
    return edges[::2], edges[1::2]


_SPECIAL = re.compile(b"[smi]")


def _folded(text: str, starts: tuple[int, ...], ends: tuple[int, ...]) -> list[str]:
    """Fold the words of a text: all at once where each code point folds to a single one."""
    spans = zip(starts, ends, strict=True)
    if text.isascii():
        lower = text.lower()
        return [lower[start:end] for start, end in spans]
    if not unicodedata.is_normalized("NFC", text):
        return [fold(text[start:end]) for start, end in spans]
    line, others = _folded_singly(text)
    words = [line[start:end] for start, end in spans]
    for at in others:
        k = bisect_right(starts, at) - 1
        if k >= 0 and at < ends[k]:
            words[k] = fold(text[starts[k] : ends[k]])
    return words


def _folded_singly(text: str) -> tuple[str, list[int]]:
    """Fold the code points that have a single one as their folded form; where the others stand."""
    codes = _codes(text)
    found = _single_folds[codes]
    for code in distinct(codes[found == 0]).tolist():
        folded = _FOLD[code]
        _single_folds[code] = ord(folded) if len(folded) == 1 else _OTHERWISE
    found = _single_folds[codes]
    other = found == _OTHERWISE
    found[other] = codes[other]
    return found.tobytes().decode("utf-32-le", "surrogatepass"), other.nonzero()[0].tolist()


_single_folds = np.zeros(_CODE_POINTS, dtype="<u4")
"""The folded form of each code point that has a single one, 0 until it is first met."""
_OTHERWISE = 0xFFFFFFFF
"""What stands there for a code point that folds to none or to several."""


def words(text: str) -> list[str]:
    """Cut a text into its folded words.

    >>> words("MOSCOW: Russia’s ties")
    ['moscow', 'russia', 's', 'ties']
    """
    return _folded(text, *_word_ends(text))


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text cut into words and sentences.

    ``words[k]`` is the folded form of ``text[starts[k]:ends[k]]``. Sentence ``i`` is
    ``text[s:e]`` for ``s, e = sentences[i]`` and holds the words ``bounds[i]`` to
    ``bounds[i + 1]`` (exclusive); ``bounds`` has one entry more than ``sentences``.
    """

    text: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentences: tuple[tuple[int, int], ...]
    bounds: tuple[int, ...]


def read(text: str) -> Tokens:
    """Cut a text into words and sentences.

    >>> read("Rain fell. It stopped.").bounds
    (0, 2, 4)
    """
    starts, ends = _word_ends(text)
    sentences = tuple(split_sentences(text))
    bounds = (*[bisect_left(starts, start) for start, _ in sentences], len(starts))
    return Tokens(text, tuple(_folded(text, starts, ends)), starts, ends, sentences, bounds)
