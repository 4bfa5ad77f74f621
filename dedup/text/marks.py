"""The byte that every stage keeps of a word beside its id."""

from __future__ import annotations


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


NUMBER_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    " fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy"
    " eighty ninety hundred thousand million billion trillion dozen half"
).split()
HEADLINE_STYLE = 0.7
"""Share of capitalised words from which a sentence counts as set in headline style."""
SHORTEST_NAME = 3
"""Letters of a name; shorter ones are initials and abbreviations, written in many ways."""
