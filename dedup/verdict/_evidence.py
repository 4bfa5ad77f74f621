"""The evidence of pairs of stories: what they share is found, measured and combined.

Both texts of a pair are measured, each beside the other, and the table in
:mod:`dedup.verdict.measures` says how their values combine; swapping the texts changes no bit.
"""

import cython
import numpy as np
from cython.cimports.dedup.verdict._amounts import find_amounts
from cython.cimports.dedup.verdict._counting import share
from cython.cimports.dedup.verdict._lacking import find_head, find_lacking
from cython.cimports.dedup.verdict._links import Side, find_facts, find_said, link
from cython.cimports.dedup.verdict._measures import measure_side
from cython.cimports.dedup.verdict._orders import find_orders
from cython.cimports.dedup.verdict._runs import Table, copy_runs
from cython.cimports.dedup.verdict._stories import Layout, story_of
from cython.cimports.libc.stdint import int64_t, uint8_t

from dedup.verdict.measures import COLUMNS, MEASURES, Combine

__all__ = ["are_linked", "measure"]

_MOST = cython.declare(cython.Py_ssize_t, 96)
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
@cython.exceptval(-1)
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
@cython.exceptval(-1)
def _take(layout: Layout, one: Side, two: Side, row: int64_t, other: int64_t) -> cython.int:
    """Take the stories of a pair and link them."""
    one.row = row
    two.row = other
    one.story = story_of(layout, row)
    two.story = story_of(layout, other)
    link(layout, one, two)
    return 0


def measure(
    layout: Layout, pairs: cython.const[int64_t][:, ::1], found: cython.double[:, ::1]
) -> None:
    """Write the evidence of each pair (i, j) of stories to ``found`` f64[m, k].

    The columns are those of :data:`dedup.verdict.measures.COLUMNS`.
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
    with cython.nogil:
        for m in range(pairs.shape[0]):
            _take(layout, one, two, pairs[m, 0], pairs[m, 1])
            copy_runs(layout, one, two, table)
            find_orders(layout, one, two)
            find_amounts(layout, one, two)
            find_lacking(one)
            find_lacking(two)
            find_head(one)
            find_head(two)
            find_facts(layout, one, two)
            find_facts(layout, two, one)
            find_said(layout, one, two)
            find_said(layout, two, one)
            measure_side(one, two, here)
            measure_side(two, one, there)
            _combine(here, there, one.story.words - two.story.words, found[m])


def are_linked(
    layout: Layout,
    pairs: cython.const[int64_t][:, ::1],
    least: cython.double,
    found: uint8_t[::1],
) -> None:
    """Write of each pair (i, j) of stories whether they are linked well, to ``found`` u8[m].

    Either has ``least`` of its words in linked sentences, or they may be of the same words.
    """
    if pairs.shape[1] != 2 or found.shape[0] != pairs.shape[0]:
        raise ValueError(f"pairs: got {pairs.shape[0]} rows of {pairs.shape[1]}, wanted 2 columns")
    words, sentences = _room(layout, pairs)
    one: Side = Side(layout, words, sentences)
    two: Side = Side(layout, words, sentences)
    m: cython.Py_ssize_t
    same: cython.bint
    linked: cython.double
    with cython.nogil:
        for m in range(pairs.shape[0]):
            _take(layout, one, two, pairs[m, 0], pairs[m, 1])
            linked = max(
                share(one.linked_words, one.story.words), share(two.linked_words, two.story.words)
            )
            same = layout.digests[one.row, 0] == layout.digests[two.row, 0]
            same |= one.matches == max(one.story.entries, two.story.entries)
            found[m] = same or linked >= least
