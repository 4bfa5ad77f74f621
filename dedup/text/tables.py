"""What the compiled reading of texts looks up: flags of code points and words, limits, hash tables.

The definitions stand in :mod:`dedup.text.sentences`, :mod:`dedup.text.tokens`,
:mod:`dedup.reading.document` and
:mod:`dedup.furniture.finding`; their character sets, words and limits come in as :class:`Tables`,
so that
they are written down once and a compiled loop kept on disk never holds old ones.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.arrays import I32, U32, U64, Flags
from dedup.text.kernels import inlined

__all__ = [
    "NUMBER_BITS",
    "Clue",
    "HashTable",
    "Known",
    "Limits",
    "Scratch",
    "Tables",
    "Trait",
    "Try",
    "key_of",
    "known_token",
    "known_word",
    "lower",
    "phrases_there",
    "place_of",
]

Int = int | np.int64
Bool = bool | np.bool_


class Trait:
    """What a code point is, as flags above its class (the lowest three bits, see ``kernels``)."""

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
    """Opens a sentence that is quoted speech and no furniture."""
    PHRASE = 1 << 22
    """Begins a phrase that only furniture holds."""
    QUOTATION_END = 1 << 23
    """Ends a quotation."""


class Known:
    """What is known of a word by its letters, as flags."""

    TITLE = 1
    PLAIN = 1 << 1
    BEFORE_NUMBER = 1 << 2
    ALSO_LOWER = 1 << 3
    SOMETIMES = 1 << 4
    STARTER = 1 << 5
    VERSUS = 1 << 6
    SPEECH = 1 << 7
    NUMBER = 1 << 8
    """A number word."""
    FIRST_OF_LINE = 1 << 9
    """Rules for whole paragraphs look at those it begins."""
    FIRST_OF_BLOCK = 1 << 10
    """Rules for the beginning of a paragraph do."""
    FIRST_OF_SENTENCE = 1 << 11
    FIRST_OF_TWO = 1 << 12
    """Rules for sentences do if a word with ``SECOND_OF_TWO`` follows."""
    SECOND_OF_TWO = 1 << 13
    LAST_OF_LINE = 1 << 14
    """Rules for paragraphs look at those it ends."""
    LAST_OF_BLOCK = 1 << 15
    LAST_OF_SENTENCE = 1 << 16


class Clue:
    """Which rules for furniture may match somewhere in a text, as flags; 0 for most texts."""

    UNKNOWN = 1
    """It holds a code point that the table lacks; nothing else is said then."""
    OTHER_WORDS = 2
    """The words that came with it are not its own."""
    PHRASE = 4
    INSET = 8
    MENU = 16
    CAPITALS = 32
    REPEATED = 64
    TRIED = 128
    """A sentence or paragraph is to be tried by rule."""


class Try:
    """What rules for furniture do with a sentence, as flags."""

    OPENS = 1
    """It opens a paragraph."""
    PARAGRAPH = 2
    """Rules for paragraphs look at the paragraph that it opens."""
    SENTENCE = 4
    """Rules for sentences look at it."""


class Limits(NamedTuple):
    """The limits that rules set, as their definitions have them."""

    look_back: int
    wrap_min: int
    wrap_max: int
    wrap_gap: int
    speakers: int
    longest_line: int
    shortest_menu: int
    longest_entry: int
    headlines_above: int
    shortest_headline: int
    longest_headline: int
    long_sentence: int
    headline: float
    shortest_name: int
    zero: int
    """What is known of a number at the edge of a paragraph."""
    bracket: int
    """What is known of the word before a closing bracket."""


class HashTable(NamedTuple):
    """A table of flags by key, u64 and u32, with free places (0); its size is a power of two."""

    keys: U64
    flags: U32


class Tables(NamedTuple):
    """What the loops look up.

    ``traits`` u32[0x110000]; ``tokens``, what is known of abbreviations and the like by
    :func:`key_of`, and ``words`` of words by their ids; ``numbers`` bool[2^NUMBER_BITS], whether
    the id of some number word begins with these bits, as few other words do; ``links`` and
    ``phrases`` u32, the code points of each phrase after their number and the clue they are, end
    to end.
    """

    traits: U32
    tokens: HashTable
    words: HashTable
    numbers: Flags
    links: U32
    phrases: U32
    limits: Limits


class Scratch(NamedTuple):
    """Room for what is known of one text while it is read.

    ``codes`` and ``flags`` u32, its code points and their traits; ``events`` i32, the remarkable
    ones, and ``words_before`` i32, how many words begin up to each; ``edges`` i32, where each word
    starts and ends, in turn; ``begins`` and ``stops`` i32 of its paragraphs.
    """

    codes: U32
    flags: U32
    events: I32
    words_before: I32
    edges: I32
    begins: I32
    stops: I32


# --- looking up ---------------------------------------------------------------------------------

_CAPITAL_A, _CAPITAL_Z, _SMALL_A = map(ord, "AZa")
_APOSTROPHE, _CURLY = map(ord, "'’")
_KELVIN = 0x212A
"""The one code point beyond ASCII whose lower case is an ASCII letter: k."""
_TO_LOWER = 32
_HASH_BASE = np.uint64(0x100000001B3)
_HASH_START = np.uint64(0xCBF29CE484222325)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_PLACE_SHIFT = np.uint64(40)
NUMBER_BITS = 12
"""First bits of a word's id by which number words are told from most others."""
_WIDTH = 1 << 64


def key_of(token: str) -> int:
    """Give the key of a token in lower case in :class:`Tables`: FNV-1a over code points."""
    key = int(_HASH_START)
    for char in token:
        key = (key ^ ord(char)) * int(_HASH_BASE) % _WIDTH
    return key


def place_of(key: int, size: int) -> int:
    """Give the first place to look for a key in a table of ``size`` places, a power of two."""
    return (key * int(_SPREAD) % _WIDTH >> int(_PLACE_SHIFT)) % size


@inlined
def _look_up(table: HashTable, key: np.uint64) -> Int:
    """Find the flags of a key; 0 for one not there."""
    keys = table.keys
    last = np.uint64(keys.size - 1)
    at = ((key * _SPREAD) >> _PLACE_SHIFT) & last
    while keys[at] != 0:
        if keys[at] == key:
            return np.int64(table.flags[at])
        at = (at + np.uint64(1)) & last
    return 0


@inlined
def lower(code: Int) -> Int:
    """Lower a code point as far as ASCII goes."""
    if _CAPITAL_A <= code <= _CAPITAL_Z:
        return code + _TO_LOWER
    return np.int64(_SMALL_A + 10) if code == _KELVIN else code


@inlined
def known_token(codes: U32, start: Int, end: Int, tokens: HashTable) -> Int:
    """Look up a token by its code points in lower case, ’ as '."""
    key = _HASH_START
    for k in range(start, end):
        code = lower(np.int64(codes[k]))
        if code == _CURLY:
            code = np.int64(_APOSTROPHE)
        key = (key ^ np.uint64(code)) * _HASH_BASE
    return _look_up(tokens, key)


@inlined
def known_word(word: np.uint32, words: HashTable) -> Int:
    """Look up a word by its id."""
    return _look_up(words, np.uint64(word))


@inlined
def _is_there(codes: U32, at: Int, length: Int, wanted: U32, start: Int, end: Int) -> Bool:
    """Tell whether the letters ``wanted[start:end]`` stand there."""
    if at + end - start > length:
        return False
    k = start
    while k < end and codes[at + k - start] == wanted[k]:
        k += 1
    return k == end


@inlined
def phrases_there(codes: U32, at: Int, length: Int, phrases: U32) -> Int:
    """Tell which phrases stand there: their clues together."""
    clues: Int = 0
    place: Int = 0
    while place < phrases.size:
        start, end = place + 2, place + 2 + np.int64(phrases[place])
        if codes[at] == phrases[start] and _is_there(codes, at, length, phrases, start, end):
            clues |= np.int64(phrases[place + 1])
        place = end
    return clues
