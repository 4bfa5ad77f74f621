"""Flags: what is known of a code point, and the byte that every stage keeps of a word."""

from __future__ import annotations

__all__ = ["Mark", "Point"]


class Mark:
    """What is known of one word beside its id: bit flags."""

    NUMBER = 1
    """It has a digit in it or is a number word."""
    NAME = 2
    """It is capitalised inside a sentence that is not capitalised throughout."""
    QUOTED = 4
    """It stands within quotation marks."""
    FURNITURE = 8
    """It is site furniture: its whole sentence, or a piece set into one."""
    SENTENCE = 16
    """A sentence begins with it."""


class Point:
    """What the compiled reading of words knows of one code point: its class, and flags above.

    0 is a code point that was not met yet. The classes are those of
    :class:`dedup.text.tokens.Class`.
    """

    LETTER = 1
    SEPARATOR = 2
    SINGLE = 3
    MARK = 4
    IGNORED = 5
    CLASS = 7
    """The bits of the class."""
    COMPOSES = 8
    """It may compose with its neighbours, so that its text is composed first."""
    UNKNOWN = 16
    """Of a text, not of a code point: it has one that was not met yet."""
