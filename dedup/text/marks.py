"""The byte that every stage keeps of a word beside its id."""

from __future__ import annotations

__all__ = ["Mark"]


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
