"""A text as the verdict sees it: arrays kept from the first pass, no strings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import I64, distinct
from dedup.text.marks import Mark
from dedup.text.tokens import Tokens
from dedup.text.vocabulary import english, word_ids

__all__ = [
    "HEADLINE_STYLE",
    "NUMBER_WORDS",
    "QUOTATION_MARKS",
    "SHORTEST_NAME",
    "Document",
    "document",
    "story",
]


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """The words of one text in reading order, C order, one entry a word unless said otherwise.

    ``words`` u32[n], ids as :func:`dedup.text.vocabulary.word_ids` gives them; ``weights`` f32[n],
    background idf in nats; ``marks`` u8[n], flags of :class:`Mark`; ``bounds`` i32[s + 1]: sentence
    ``i`` holds the words ``bounds[i]`` to ``bounds[i + 1]`` (exclusive), one or more.
    """

    words: NDArray[np.uint32]
    weights: NDArray[np.float32]
    marks: NDArray[np.uint8]
    bounds: NDArray[np.int32]

    @classmethod
    def of(cls, words: NDArray[np.uint32], marks: NDArray[np.uint8]) -> Document:
        """Make a document of its words and their marks: all that has to be kept of a text.

        >>> whole = Document.of(word_ids(["rain", "fell", "stop"]), np.array([16, 0, 16], np.uint8))
        >>> whole.bounds.tolist()
        [0, 2, 3]
        """
        bounds = np.append(np.flatnonzero(marks & Mark.SENTENCE), len(words))
        return cls(words, english().idf(words), marks, bounds.astype(np.int32))


NUMBER_WORDS = np.sort(
    word_ids(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
        " fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy"
        " eighty ninety hundred thousand million billion trillion dozen half".split()
    )
)
_QUOTATION = re.compile(
    r"[“„«\"](?:(?<=“)[^”\n]*|(?<=„)[^“”\n]*[“”]?|(?<=«)[^»\n]*"
    r"|(?<=\")(?<![^\s(\[—–-]\")(?=\S)[^\"\n]*)"
)
QUOTATION_MARKS = "“\"‘'«„"
HEADLINE_STYLE = 0.7
"""Share of capitalised words from which a sentence counts as set in headline style."""
SHORTEST_NAME = 3
"""Letters of a name; shorter ones are initials and abbreviations, written in many ways."""


def document(
    tokens: Tokens, furniture: Sequence[bool], insets: Sequence[tuple[int, int]] = ()
) -> Document:
    """Turn a text that was read into arrays.

    ``furniture`` has one flag a sentence; ``insets`` are ranges ``(first, last + 1)`` of words that
    are furniture inside a sentence, as :func:`dedup.furniture.finding.insets` finds them. A
    sentence
    without a word vanishes.

    >>> from dedup.text.tokens import read
    >>> found = document(read("They met Ms Orr once: “No.” It cost 40."), [False] * 2)
    >>> found.marks.tolist()
    [16, 0, 0, 2, 0, 4, 16, 0, 1]
    """
    bounds = np.array(tokens.bounds, dtype=np.int32)
    sizes = np.diff(bounds)
    words = word_ids(tokens.words)
    marks = np.zeros(len(words), dtype=np.uint8)
    if len(words):
        starts, ends = np.array(tokens.starts), np.array(tokens.ends)
        traits = _traits(tokens.text)
        marks[_numbers(words, traits, starts, ends)] |= Mark.NUMBER
        marks[_names(traits, starts, ends, bounds)] |= Mark.NAME
        marks[_quoted(tokens.text, starts)] |= Mark.QUOTED
        marks[np.repeat(np.array(furniture, dtype=bool), sizes)] |= Mark.FURNITURE
        for first, end in insets:
            marks[first:end] |= Mark.FURNITURE
        marks[bounds[:-1][sizes > 0]] |= Mark.SENTENCE
    return Document.of(words, marks)


_KNOWN, _UPPER, _DIGIT, _QUOTE = 1, 2, 4, 8
_code_traits = np.zeros(0x110000, dtype=np.uint8)
"""What a code point is, as flags; 0 until it is first met."""


def _traits(text: str) -> NDArray[np.uint8]:
    """Look up the traits of each code point of a text, u8[len(text)]."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    found = _code_traits[codes]
    if not found.all():
        for code in distinct(codes[found == 0]).tolist():
            char = chr(code)
            quote = _QUOTE if char in QUOTATION_MARKS else 0
            upper, digit = _UPPER * char.isupper(), _DIGIT * char.isdigit()
            _code_traits[code] = _KNOWN | upper | digit | quote
        found = _code_traits[codes]
    return found


def _numbers(
    words: NDArray[np.uint32], traits: NDArray[np.uint8], starts: I64, ends: I64
) -> NDArray[np.bool_]:
    """Flag the words with a digit in them and the number words."""
    digits = np.concatenate(([0], np.cumsum((traits & _DIGIT) != 0)))
    at = np.minimum(np.searchsorted(NUMBER_WORDS, words), len(NUMBER_WORDS) - 1)
    flags: NDArray[np.bool_] = (NUMBER_WORDS[at] == words) | (digits[ends] > digits[starts])
    return flags


def _names(
    traits: NDArray[np.uint8], starts: I64, ends: I64, bounds: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Flag the words that are capitalised although no sentence or quotation begins with them."""
    upper = (traits[starts] & _UPPER) != 0
    sizes = np.diff(bounds)
    capitalised = np.diff(np.concatenate(([0], np.cumsum(upper)))[bounds])
    headline = np.repeat(capitalised >= HEADLINE_STYLE * sizes, sizes)
    quote_before = (traits[np.maximum(starts - 1, 0)] & _QUOTE) != 0
    quote_before[0] &= starts[0] > 0
    found: NDArray[np.bool_] = upper & ~headline & ~quote_before & (ends - starts >= SHORTEST_NAME)
    found[bounds[:-1][sizes > 0]] = False
    return found


def _quoted(text: str, starts: I64) -> NDArray[np.bool_]:
    """Flag the words within quotation marks; an open quotation ends with its paragraph."""
    spans = [match.span() for match in _QUOTATION.finditer(text)]
    edges = np.searchsorted(starts, np.array(spans, dtype=np.int64).reshape(-1, 2))
    depth = np.zeros(len(starts) + 1, dtype=np.int64)
    np.add.at(depth, edges[:, 0], 1)
    np.add.at(depth, edges[:, 1], -1)
    flags: NDArray[np.bool_] = np.cumsum(depth)[:-1] > 0
    return flags


def story(whole: Document) -> Document:
    """Put the furniture aside; a text that is nothing else is left as it is."""
    kept = (whole.marks & Mark.FURNITURE) == 0
    if kept.all() or not kept.any():
        return whole
    sentence = np.repeat(np.arange(len(whole.bounds) - 1), np.diff(whole.bounds))
    sizes = np.bincount(sentence[kept])
    bounds = np.concatenate(([0], np.cumsum(sizes[sizes > 0]))).astype(np.int32)
    return Document(whole.words[kept], whole.weights[kept], whole.marks[kept], bounds)
