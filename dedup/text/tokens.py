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
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import distinct
from dedup.text.sentences import split_sentences

__all__ = [
    "Class",
    "Flagged",
    "Tokens",
    "classify",
    "fold",
    "folded_words",
    "read",
    "split_sentences",
    "words",
]


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
    return _looked_up(_codes(text)).tobytes()


_Codes = NDArray[np.uint8] | NDArray[np.uint32]


def _looked_up(codes: _Codes) -> NDArray[np.uint8]:
    """Give the class of each code point, learned where it is met for the first time."""
    found = _classes[codes]
    if not found.all():
        for code in distinct(codes[found == 0]).tolist():
            _classes[code] = ord(classify(chr(code)))
        found = _classes[codes]
    return found


def _codes(text: str) -> _Codes:
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
    starts, ends = _edges(_looked_up(_codes(text)))
    return list(zip(starts, ends, strict=True))


_LETTER = ord(Class.LETTER)


def _edges(classes: NDArray[np.uint8]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Find where the words of a text start and where they end."""
    if not _is_plain(classes):
        spans = [match.span() for match in _WORD.finditer(classes.tobytes())]
        return tuple([start for start, _ in spans]), tuple([end for _, end in spans])
    inside = np.zeros(len(classes) + 2, dtype=np.bool_)
    np.equal(classes, _LETTER, out=inside[1:-1])
    edges = tuple((inside[1:] != inside[:-1]).nonzero()[0].tolist())
    return edges[::2], edges[1::2]


def _is_plain(classes: NDArray[np.uint8]) -> bool:
    """Tell whether a text has letters and separators alone, so that blanks part its words."""
    return len(classes) == 0 or int(classes.max()) <= _LETTER


def _folded(text: str, starts: Sequence[int], ends: Sequence[int]) -> list[str]:
    """Fold the words of a text: all at once where each code point folds to a single one."""
    latin = _folded_bytes(text)
    if latin is not None:
        return latin
    if not unicodedata.is_normalized("NFC", text):
        return [fold(text[start:end]) for start, end in zip(starts, ends, strict=True)]
    codes = _codes(text)
    folded = _folded_singly(codes)
    others = (folded == _OTHERWISE).nonzero()[0].tolist()
    for at in others:
        folded[at] = codes[at]
    line = folded.tobytes().decode("utf-32-le", "surrogatepass")
    words = [line[start:end] for start, end in zip(starts, ends, strict=True)]
    for at in others:
        k = bisect_right(starts, at) - 1
        if k >= 0 and at < ends[k]:
            words[k] = fold(text[starts[k] : ends[k]])
    return words


_BYTES = 256
_ASCII = bytes(range(128))


@lru_cache(maxsize=1)
def _byte_folds() -> bytes:
    """Give each letter of Latin-1 its folded form there, and a blank to the rest."""
    folds = (fold(chr(code)) if _is_byte_letter(chr(code)) else " " for code in range(_BYTES))
    return "".join(folds).encode("latin-1")


def _is_byte_letter(char: str) -> bool:
    folded = fold(char)
    one_byte = len(folded) == 1 and max(ord(char), ord(folded)) < _BYTES
    return one_byte and classify(char) == Class.LETTER


@cache
def _folds_in_place(char: str) -> bool:
    """Tell whether a code point is a separator, or a letter of Latin-1 that folds to another."""
    return classify(char) == Class.SEPARATOR or _is_byte_letter(char)


def _folded_bytes(text: str) -> list[str] | None:
    """Fold the words of a text of Latin letters byte by byte; None for any other.

    Beyond Latin-1 it may have separators, as the quotation marks and dashes of most news.
    """
    beyond_ascii = text.encode("utf-8", "surrogatepass").translate(None, _ASCII)
    if not all(map(_folds_in_place, set(beyond_ascii.decode("utf-8", "surrogatepass")))):
        return None
    line = text.encode("latin-1", "replace").translate(_byte_folds())
    return line.decode("latin-1").split()


def _folded_singly(codes: _Codes) -> NDArray[np.uint32]:
    """Fold the code points that have a single one as their folded form, u32; the others differ."""
    found = _single_folds[codes]
    if not found.all():
        for code in distinct(codes[found == 0]).tolist():
            folded = _FOLD[code]
            _single_folds[code] = ord(folded) if len(folded) == 1 else _OTHERWISE
        found = _single_folds[codes]
    return found


_single_folds = np.zeros(_CODE_POINTS, dtype="<u4")
"""The folded form of each code point that has a single one, 0 until it is first met."""
_OTHERWISE = 0xFFFFFFFF
"""What stands there for a code point that folds to none or to several."""


def words(text: str) -> list[str]:
    """Cut a text into its folded words.

    >>> words("MOSCOW: Russia’s ties")
    ['moscow', 'russia', 's', 'ties']
    """
    return _folded(text, *_edges(_looked_up(_codes(text))))


def folded_words(text: str, starts: Sequence[int], ends: Sequence[int]) -> list[str]:
    """Fold the words of a text whose offsets are known.

    >>> folded_words("MOSCOW: Russia", (0, 8), (6, 14))
    ['moscow', 'russia']
    """
    return _folded(text, starts, ends)


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


class Flagged(NamedTuple):
    """A text that was read, and which of its sentences are furniture, one flag each."""

    tokens: Tokens
    furniture: tuple[bool, ...]


def read(text: str) -> Tokens:
    """Cut a text into words and sentences.

    >>> read("Rain fell. It stopped.").bounds
    (0, 2, 4)
    """
    starts, ends = _edges(_looked_up(_codes(text)))
    sentences = tuple(split_sentences(text))
    bounds = (*[bisect_left(starts, start) for start, _ in sentences], len(starts))
    folded = tuple(_folded(text, starts, ends))
    return Tokens(text, folded, starts, ends, sentences, bounds)
