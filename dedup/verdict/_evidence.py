"""The evidence of pairs of stories: what they share is found, measured and combined.

Both texts of a pair are measured, each beside the other, and the table in
:mod:`dedup.verdict.measures` says how their values combine; swapping the texts changes no bit.
"""

import cython
import numpy as np
from cython.cimports.dedup.verdict._amounts import Numerals, find_amounts
from cython.cimports.dedup.verdict._arranging import arrange_row
from cython.cimports.dedup.verdict._counting import is_kept, is_own, share
from cython.cimports.dedup.verdict._lacking import find_head, find_lacking
from cython.cimports.dedup.verdict._links import Side, find_facts, find_said, link
from cython.cimports.dedup.verdict._measures import measure_side
from cython.cimports.dedup.verdict._orders import find_orders
from cython.cimports.dedup.verdict._paths import find_path
from cython.cimports.dedup.verdict._runs import Table, copy_runs
from cython.cimports.dedup.verdict._senses import Senses, find_likest
from cython.cimports.dedup.verdict._stories import Layout, story_of
from cython.cimports.dedup.verdict._stretches import find_stretches
from cython.cimports.libc.stdint import int64_t

from dedup.verdict import limits
from dedup.verdict.measures import COLUMNS, MEASURES, Combine

_MOST = cython.declare(cython.Py_ssize_t, 96)
_PART = cython.declare(int64_t, limits.PART)
_COMBINE = cython.declare(cython.int[96])
_GREATER = cython.declare(cython.int, Combine.GREATER)
_LESSER = cython.declare(cython.int, Combine.LESSER)
_MEAN = cython.declare(cython.int, Combine.MEAN)


@cython.cfunc
def _take_table() -> cython.int:
    """Take from the table how the sides of a pair combine."""
    at: cython.Py_ssize_t
    for at in range(min(_MOST, len(MEASURES))):
        _COMBINE[at] = MEASURES[at].combine
    return 0


_take_table()


@cython.cfunc
@cython.nogil
def _combine(
    here: cython.double[::1],
    there: cython.double[::1],
    longer: int64_t,
    found: cython.double[::1],
) -> cython.int:
    """Combine the values of both sides; ``longer`` is how many more words the first has.

    Behind all combined values stand those of the other side: the lesser, or the greater where the
    combined value is the lesser.
    """
    at: cython.Py_ssize_t
    count: cython.Py_ssize_t = here.shape[0]
    for at in range(count):
        if _COMBINE[at] == _LESSER:
            found[count + at] = max(here[at], there[at])
        else:
            found[count + at] = min(here[at], there[at])
        if _COMBINE[at] == _MEAN:
            found[at] = (here[at] + there[at]) / 2.0
        elif _COMBINE[at] == _LESSER:
            found[at] = min(here[at], there[at])
        elif _COMBINE[at] == _GREATER or longer == 0:
            found[at] = max(here[at], there[at])
        else:
            found[at] = here[at] if longer < 0 else there[at]
    return 0


@cython.cfunc
def _room(layout: Layout, pairs: cython.const[int64_t][:, ::1]) -> tuple[int64_t, int64_t]:
    """Give the words of the longest story in a pair and the sentences of the one with the most."""
    words: int64_t = 0
    sentences: int64_t = 0
    m: cython.Py_ssize_t
    end: cython.Py_ssize_t
    row: int64_t
    for m in range(pairs.shape[0]):
        for end in range(2):
            row = pairs[m, end]
            if not 0 <= row < layout.rows:
                raise ValueError(f"pairs: got row {row}, wanted one of {layout.rows}")
            words = max(words, layout.stories[row, 1])
            sentences = max(sentences, layout.stories[row, 4])
    return words, sentences


@cython.cfunc
@cython.nogil
def _take(layout: Layout, one: Side, two: Side, row: int64_t, other: int64_t) -> cython.int:
    """Take the stories of a pair and link them."""
    one.row = row
    two.row = other
    one.story = story_of(layout, row)
    two.story = story_of(layout, other)
    link(layout, one, two)
    return 0


@cython.cfunc
@cython.nogil
def _arrange(layout: Layout, side: Side, numerals: Numerals, senses: Senses) -> cython.int:
    """List what else the measures ask of a story."""
    arrange_row(layout, side.row, numerals, senses)
    side.story = story_of(layout, side.row)
    return 0


@cython.cfunc
@cython.nogil
def _are_linked(one: Side, two: Side, least: cython.double) -> cython.int:
    """Tell whether so much of either story is linked, or both may be of the same words."""
    return (
        share(one.linked_words, one.story.words) >= least
        or share(two.linked_words, two.story.words) >= least
        or one.matches == max(one.story.entries, two.story.entries)
    )


@cython.cfunc
@cython.nogil
def _keeps_part(side: Side) -> cython.int:
    """Tell whether so many of its own sentences are kept as make a part."""
    kept: int64_t = 0
    i: int64_t
    for i in range(side.story.sentences):
        kept += is_kept(side, i) and is_own(side, i)
    return kept >= _PART


def measure(
    layout: Layout,
    pairs: cython.const[int64_t][:, ::1],
    numerals: Numerals,
    senses: Senses,
    least: cython.double,
    parts: cython.bint,
    found: cython.double[:, ::1],
) -> None:
    """Write the evidence of each pair (i, j) of stories to ``found`` f64[m, k].

    The columns are those of :data:`dedup.verdict.measures.COLUMNS`. All of a pair are 0 if neither
    story has ``least`` of its words in linked sentences, unless they may be of the same words, or,
    with ``parts``, if both have ``PART`` kept sentences of their own. What is not arranged yet of a
    story is, so one thread at a time may measure.
    """
    if pairs.shape[1] != 2 or found.shape[0] != pairs.shape[0]:
        raise ValueError(f"pairs: got {pairs.shape[0]} rows of {pairs.shape[1]}, wanted 2 columns")
    if found.shape[1] != len(COLUMNS):
        raise ValueError(f"found: got {found.shape[1]} columns, wanted {len(COLUMNS)}")
    words, sentences = _room(layout, pairs)
    one: Side = Side(layout, words, sentences)
    two: Side = Side(layout, words, sentences)
    table: Table = Table(words)
    sides: cython.double[:, ::1] = np.empty((2, len(MEASURES)), np.float64)
    here: cython.double[::1] = sides[0]
    there: cython.double[::1] = sides[1]
    m: cython.Py_ssize_t
    linked: cython.bint
    with cython.nogil:
        for m in range(pairs.shape[0]):
            _take(layout, one, two, pairs[m, 0], pairs[m, 1])
            linked = _are_linked(one, two, least)
            if linked or parts:
                copy_runs(layout, one, two, table)
            if not linked and not (parts and _keeps_part(one) and _keeps_part(two)):
                found[m, :] = 0.0
                continue
            _arrange(layout, one, numerals, senses)
            _arrange(layout, two, numerals, senses)
            find_orders(layout, one, two)
            find_likest(layout, one, two)
            find_path(layout, one, two)
            find_amounts(layout, one, two)
            find_lacking(one)
            find_lacking(two)
            find_stretches(one)
            find_stretches(two)
            find_head(one)
            find_head(two)
            find_facts(layout, one, two)
            find_facts(layout, two, one)
            find_said(layout, one, two)
            find_said(layout, two, one)
            measure_side(one, two, here)
            measure_side(two, one, there)
            _combine(here, there, one.story.words - two.story.words, found[m])
