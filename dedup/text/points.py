"""What is known of code points and of words by their letters: the tables that compiled loops read.

A code point is looked up in Python once, when it is first met.
"""

from __future__ import annotations

import unicodedata
from _thread import allocate_lock  # threading, which this is part of, takes a while to load
from collections.abc import Iterable

import numpy as np

from dedup.arrays import U32, distinct
from dedup.text.tokens import Class, classify, fold

CODE_POINTS = 0x110000
LINE_BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
PERHAPS_BREAK = "\x1f"
"""White space for a wrap between two sentences, which perhaps stood in two paragraphs."""
FULL_WIDTH = "。！？｡؟۔।॥։።။"
PROSE_ENDS = '.!:;,…"”’—'


class Trait:
    """What a code point is: its class in the lowest three bits, and flags above."""

    SEPARATOR = 1
    LETTER = 2
    SINGLE = 3
    MARK = 4
    IGNORED = 5
    CLASS = 7
    """The bits of the class, one of those above, each as in :class:`dedup.text.tokens.Class`."""
    SPACE = 1 << 3
    BREAK = 1 << 4
    """Ends a line."""
    STOP = 1 << 5
    FULL_WIDTH = 1 << 6
    """A full stop of a script that sets no white space behind it."""
    CLOSER = 1 << 7
    OPENER = 1 << 8
    LOWER = 1 << 9
    UPPER = 1 << 10
    TITLE = 1 << 11
    """A capital followed by a small letter, in one code point."""
    DIGIT = 1 << 12
    ALPHA = 1 << 13
    ALNUM = 1 << 14
    DELIMITER = 1 << 15
    """Ends the look back for the token before a full stop."""
    BEFORE_NAME = 1 << 16
    """A quotation mark; what follows is capitalised for that."""
    QUOTATION = 1 << 17
    """Begins a quotation."""
    BEFORE_QUOTATION = 1 << 18
    """What a straight quotation mark stands behind when it begins a quotation."""
    NO_WRAP = 1 << 19
    """Ends a line that no hard-wrapped one goes on from."""
    PROSE_END = 1 << 20
    """Ends a paragraph of prose."""
    SPEECH = 1 << 21
    """Opens a sentence that is quoted speech and no furniture, whatever it says."""
    QUOTATION_END = 1 << 22
    """Ends a quotation."""
    COMPOSES = 1 << 23
    """May compose with its neighbours: words with it are composed before they are folded."""


class State:
    """What is known of a text when it was looked over, as flags."""

    UNKNOWN = 1
    """It has a code point that was not met yet."""
    COMPOSES = 2
    """Some of its words may have to be composed before they are folded."""


_CLASSES = {
    Class.SEPARATOR: Trait.SEPARATOR,
    Class.LETTER: Trait.LETTER,
    Class.SINGLE: Trait.SINGLE,
    Class.MARK: Trait.MARK,
    Class.IGNORED: Trait.IGNORED,
}
_SETS = (
    (Trait.BREAK, LINE_BREAKS),
    (Trait.STOP, ".!?…" + FULL_WIDTH),
    (Trait.FULL_WIDTH, FULL_WIDTH),
    (Trait.CLOSER, "\"'”’»›)]}」』】）］"),
    (Trait.OPENER, "\"'“‘«‹([{¿¡„「『【（［—–-•*"),
    (Trait.DELIMITER, '"“”‘([{«—–/'),
    (Trait.NO_WRAP, ".!?:;"),
    (Trait.BEFORE_NAME, "“\"‘'«„"),
    (Trait.QUOTATION, '“„«"'),
    (Trait.QUOTATION_END, "”»"),
    (Trait.BEFORE_QUOTATION, "([—–-"),
    (Trait.PROSE_END, PROSE_ENDS),
    (Trait.SPEECH, "\"'“‘«„「"),
)
"""Sets of code points that rules name, by their trait."""
_NAMED: dict[str, int] = {}
for _trait, _members in _SETS:
    for _member in _members:
        _NAMED[_member] = _NAMED.get(_member, 0) | _trait
_PROPERTIES = (
    (Trait.LOWER, str.islower),
    (Trait.UPPER, str.isupper),
    (Trait.DIGIT, str.isdigit),
    (Trait.ALPHA, str.isalpha),
    (Trait.ALNUM, str.isalnum),
    (Trait.SPACE | Trait.DELIMITER | Trait.BEFORE_QUOTATION, str.isspace),
)
_COMPOSING = frozenset([*range(0x1100, 0x1200), 0x16D67])
"""Letters that are composed with the one before: Hangul's, and a vowel sign of Kirat Rai."""


def _traits(char: str) -> int:
    """Give the class and the traits of a code point."""
    found = _CLASSES[classify(char)] | _NAMED.get(char, 0)
    for trait, holds in _PROPERTIES:
        if holds(char):
            found |= trait
    category = unicodedata.category(char)
    composes = (
        category[0] == "M" or ord(char) in _COMPOSING or not unicodedata.is_normalized("NFC", char)
    )
    return found | Trait.TITLE * (category == "Lt") | Trait.COMPOSES * composes


SEVERAL = 1 << 31
"""Added to the place of a folded form in ``spelled`` where it has several code points."""
_SPELLED_ROOM = 1 << 17
"""More than the foldings of all code points to several need together, with their counts."""


_COMMON = range(0x80)
"""Met at once: ASCII, which loops pass over without a look."""


class Points:
    """Traits and foldings of code points, filled in Python as these are met.

    ``traits`` u32[CODE_POINTS], 0 for a code point not met yet. ``folds`` u32[CODE_POINTS]: the
    folded form of each, 0 where that is nothing, ``SEVERAL + k`` where it is the ``spelled[k]``
    code points that follow there. What is written once never changes, and ``traits`` are written
    last: a loop in another thread sees either nothing of a code point or all.
    """

    def __init__(self) -> None:
        self.traits: U32 = np.zeros(CODE_POINTS, np.uint32)
        self.folds: U32 = np.zeros(CODE_POINTS, np.uint32)
        self.spelled: U32 = np.zeros(_SPELLED_ROOM, np.uint32)
        self._used = 0
        self._lock = allocate_lock()
        self.learn("".join(map(chr, _COMMON)))

    def learn(self, text: str) -> None:
        """Enter the code points of a text."""
        codes = np.array([text]).view(np.uint32)
        new = distinct(codes[self.traits[codes] == 0]).tolist()
        with self._lock:
            for code in new:
                if not self.traits[code]:  # nor met by another thread since
                    self.folds[code] = self._folded([ord(c) for c in fold(chr(code))])
                    self.traits[code] = _traits(chr(code))

    def _folded(self, codes: list[int]) -> int:
        if len(codes) < 2:
            return sum(codes)
        at = self._used
        self._used += len(codes) + 1
        self.spelled[at : self._used] = [len(codes), *codes]
        return SEVERAL + at


POINTS = Points()


def gathered(groups: Iterable[tuple[int, Iterable[str]]]) -> dict[str, int]:
    """Join the flags of words that stand in several groups.

    >>> gathered([(1, ["a", "b"]), (2, ["b"])])
    {'a': 1, 'b': 3}
    """
    found: dict[str, int] = {}
    for flag, words in groups:
        for word in words:
            found[word] = found.get(word, 0) | flag
    return found
