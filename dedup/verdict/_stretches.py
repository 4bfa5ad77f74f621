"""The stretch of a text that has most in common with the other, by what its words weigh.

Whoever adds another story, or page furniture, adds names and words that the other text lacks, but
in one place; an independent report brings its own throughout. So that stretch is looked for whose
words outweigh most what it brings beside: each distinct word, where it first stands, counts its
weight if the other text has it, and a part of that against it if not (Kadane's algorithm).
"""

import cython
from cython.cimports.dedup.verdict._links import Side
from cython.cimports.dedup.verdict._stories import CAPITAL
from cython.cimports.libc.stdint import int64_t, uint8_t

from dedup.text.marks import Mark
from dedup.verdict import bounds

_FACT = cython.declare(uint8_t, Mark.NUMBER | Mark.NAME)
_NAMED = cython.declare(cython.double, bounds.NAMED)
_CONTENT = cython.declare(cython.double, bounds.CONTENT)
_HEAVIEST = cython.declare(cython.double, bounds.HEAVIEST)
_LACKING_FACT = cython.declare(cython.double, bounds.LACKING_FACT)
_LACKING_CONTENT = cython.declare(cython.double, bounds.LACKING_CONTENT)


@cython.cfunc
@cython.nogil
def find_stretches(side: Side) -> cython.int:
    """Weigh the names and numbers, and the content words, of all a text and of its stretches."""
    at: int64_t = side.story.at
    k: int64_t
    entry: int64_t
    weight: cython.double
    facts: cython.double = 0.0
    content: cython.double = 0.0
    side.facts = 0.0
    side.fact_stretch = 0.0
    side.content = 0.0
    side.content_stretch = 0.0
    for k in range(side.story.entries):
        entry = side.layout.arrivals[at + k]
        weight = min(side.layout.weights[at + entry], _HEAVIEST)
        if side.layout.entry_marks[at + entry] & (_FACT | CAPITAL) and weight >= _NAMED:
            side.facts += weight
            facts += weight if side.match[entry] >= 0 else -_LACKING_FACT * weight
            facts = max(0.0, facts)
            side.fact_stretch = max(side.fact_stretch, facts)
        if weight >= _CONTENT:
            side.content += weight
            content += weight if side.match[entry] >= 0 else -_LACKING_CONTENT * weight
            content = max(0.0, content)
            side.content_stretch = max(side.content_stretch, content)
    return 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _share(stretch: cython.double, fewer: cython.double, drawn: cython.double) -> cython.double:
    """Few are drawn to a third; a word may weigh more in the language of one text."""
    return min(1.0, (stretch + drawn) / (fewer + 3.0 * drawn))


@cython.cfunc
@cython.nogil
def fact_stretch(side: Side, other: Side) -> cython.double:
    return _share(side.fact_stretch, min(side.facts, other.facts), 3.0)


@cython.cfunc
@cython.nogil
def content_stretch(side: Side, other: Side) -> cython.double:
    return _share(side.content_stretch, min(side.content, other.content), 6.0)
