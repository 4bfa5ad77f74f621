"""What a measure of the evidence is, and how its values of the two texts of a pair become one."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Combine(IntEnum):
    """How the values of the two texts of a pair become one, the same with the texts swapped."""

    GREATER = 0
    """Of either: the greater value."""
    LESSER = 1
    """Of both: the lesser value."""
    MEAN = 2
    """On average."""
    SHORTER = 3
    """Of the text with fewer words; the greater value where both have as many."""


class Measure(NamedTuple):
    """A measure of what one text has in common with the other; from 0 to 1 unless it is a count."""

    name: str
    counted: str
    """What is counted of each text."""
    combine: Combine
    words: str
    """The measure in plain words."""
