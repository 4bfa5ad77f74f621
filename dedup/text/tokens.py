"""Classes and folding of code points, and a text cut into words and sentences.

A *word* is a run of letters, digits and the marks on them. Scripts written without spaces
(Han, kana, Hangul, Thai, Lao, Khmer, Burmese) give one word a character, so that word n-grams
become character n-grams there. Invisible joiners (soft hyphen, zero-width joiner and non-joiner,
word joiner, byte order mark) are dropped and break nothing.

Words are compared folded: composed (NFC), then each code point NFKC-normalised, case-folded and
normalised again, as :mod:`unicodedata` and :meth:`str.casefold` of the running Python do it.
"""

from __future__ import annotations

import unicodedata
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from dedup.arrays import I32, I64, U32
from dedup.text.vocabulary import language_of


class Class:
    """The classes of code points, one letter each."""

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


def classify(char: str) -> str:
    r"""Tell the class of one code point, a letter of :class:`Class`.

    >>> [classify(c) for c in ("é", "中", "\u0301", "\u00ad", "-")]
    ['a', 's', 'm', 'i', ' ']
    """
    if char in _IGNORED:
        return Class.IGNORED
    if "\u1160" <= char <= "\u11ff" or "\ud7b0" <= char <= "\ud7ff":
        # Hangul vowels and finals: parts of the syllable that their initial began.
        return Class.MARK
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
    """``str.translate`` table from code point to its folded form, filled as these are met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if classify(char) == Class.IGNORED:
            folded = ""
        else:
            composed = unicodedata.normalize("NFKC", char).casefold()
            folded = unicodedata.normalize("NFKC", composed)
            if len(folded) > 1:  # some Arabic ligatures are a phrase: one word, without blanks
                folded = folded.replace(" ", "")
        self[code] = folded
        return folded


_FOLD = _Fold()


def fold(text: str) -> str:
    """Fold a text for comparison, with an ASCII fast path that gives the same.

    >>> fold("Ｆｕｌｌ-Width STRASSE straße")
    'full-width strasse strasse'
    """
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text).translate(_FOLD)


class Tokens:
    """A text cut into words and sentences: arrays, and views of them that are made when asked for.

    ``spans`` i32[2, n]: where each word starts and ends in the text; ``cuts`` i32[m, 3]: where each
    sentence starts and ends, and its first word. ``letters`` u32 are the folded words, code points,
    the word ``k`` from ``letter_offsets[k]`` to ``letter_offsets[k + 1]``, i64[n + 1]. ``ids``
    u32[n] number them. ``plain`` is the text as it was read, hard wraps undone, see
    :mod:`dedup.text.wrapping`.
    """

    def __init__(
        self,
        text: str,
        plain: str,
        *,
        spans: I32,
        cuts: I32,
        letters: U32,
        letter_offsets: I64,
        ids: U32,
    ) -> None:
        self.text = text
        self.plain = plain
        self.spans = spans
        self.cuts = cuts
        self.letters = letters
        self.letter_offsets = letter_offsets
        self.ids = ids

    @cached_property
    def language(self) -> str:
        """The code of the language it is in, ``""`` for none or a mixture."""
        return language_of(self.ids)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The folded form of ``text[starts[k]:ends[k]]`` for each word."""
        line = self.letters.tobytes().decode("utf-32-le", "surrogatepass")
        return tuple([line[low:high] for low, high in pairwise(self.letter_offsets.tolist())])

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where each word starts."""
        return tuple(self.spans[0].tolist())

    @cached_property
    def ends(self) -> tuple[int, ...]:
        """Where each word ends."""
        return tuple(self.spans[1].tolist())

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """The sentences, each ``text[s:e]`` for a pair ``(s, e)``."""
        return tuple(zip(*self.cuts[:, :2].T.tolist(), strict=True))

    @cached_property
    def bounds(self) -> tuple[int, ...]:
        """Sentence ``i`` holds the words ``bounds[i]`` to ``bounds[i + 1]`` (exclusive)."""
        return (*self.cuts[:, 2].tolist(), self.spans.shape[1])


class Flagged(NamedTuple):
    """A text that was read, and which of its sentences are furniture, one flag each."""

    tokens: Tokens
    furniture: tuple[bool, ...]
