"""The runs of words that two stories share: copied from one to the other, or from a third."""

import cython
import numpy as np
from cython.cimports.dedup.verdict._links import Side
from cython.cimports.dedup.verdict._stories import Layout
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t, uint32_t, uint64_t

from dedup.text.marks import Mark
from dedup.verdict.bounds import CONTENT, RUN

_QUOTED = cython.declare(uint8_t, Mark.QUOTED)
_FACT = cython.declare(uint8_t, Mark.NUMBER | Mark.NAME)
_CONTENT = cython.declare(cython.double, CONTENT)
_RUN = cython.declare(int64_t, RUN)
_MIX = cython.declare(uint64_t, 0x9E3779B97F4A7C15)
"""2^64 over the golden ratio: Fibonacci hashing (Knuth, The Art of Computer Programming, 6.4)."""


class Table:
    """Where the runs of a text are noted: slots, and the number of the filling that used each."""

    def __init__(self, words: cython.Py_ssize_t):
        size: cython.Py_ssize_t = _table_size(words)
        self.grams = np.empty(size, np.uint64)
        self.filled = np.zeros(size, np.int64)
        self.stamp = 0  # of none: the first filling has 2


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _table_size(words: int64_t) -> int64_t:
    """Give the slots that the runs of a text of so many words are noted in: a power of two."""
    size: int64_t = 16
    while size < 2 * words:
        size *= 2
    return size


@cython.cfunc
@cython.inline
@cython.nogil
@cython.overflowcheck(False)
@cython.exceptval(check=False)
def _gram(words: uint32_t[::1], at: int64_t) -> uint64_t:
    """Hash a run of words."""
    hashed: uint64_t = 0
    k: int64_t
    for k in range(at, at + _RUN):
        hashed = (hashed ^ words[k]) * _MIX
        hashed ^= hashed >> 29
    return hashed


@cython.cfunc
@cython.inline
@cython.nogil
def _slot(table: Table, gram: uint64_t, mask: int64_t) -> int64_t:
    """Find the slot that holds a run's hash in this filling, or the free one where it belongs.

    The middle bits of a hash choose its slot: the lowest ones are mixed least.
    """
    slot: int64_t = cython.cast(int64_t, gram >> 20) & mask
    while table.filled[slot] >= table.stamp and table.grams[slot] != gram:
        slot = (slot + 1) & mask
    return slot


@cython.cfunc
@cython.nogil
def _find_runs(
    side: Side, entries: int32_t[::1], match: int32_t[::1], run_ends: int32_t[::1]
) -> int64_t:
    """List where the runs end whose words the other story has too; returns how many."""
    k: int64_t
    together: int64_t = 0
    count: int64_t = 0
    for k in range(side.story.words):
        together = (together + 1) * (match[entries[side.story.at + k]] >= 0)
        run_ends[count] = cython.cast(int32_t, k)
        count += together >= _RUN
    return count


@cython.cfunc
@cython.nogil
def _copy_run(layout: Layout, side: Side, end: int64_t, copied: int64_t) -> int64_t:
    """Count the words of a run that were ``copied`` in no run before; returns where it ends.

    Runs that end one word apart are one longer run, noted where that ends outside quotations.
    """
    k: int64_t
    is_fact: cython.int
    at: int64_t = side.story.at
    if copied < end:
        side.run_start = end - _RUN + 1
    for k in range(max(copied, end - _RUN + 1), end + 1):
        side.copied[layout.sentence[at + k]] += 1
        if layout.marks[at + k] & _QUOTED:
            side.copied_quotes[layout.sentence[at + k]] += 1
            continue
        is_fact = (layout.marks[at + k] & _FACT) != 0
        side.copied_own += 1
        side.copied_facts += is_fact
        side.copied_content += not is_fact and layout.weights[at + layout.entry[at + k]] >= _CONTENT
    if not layout.marks[at + end] & _QUOTED:
        side.longest_run = max(side.longest_run, end + 1 - side.run_start)
    return end + 1


@cython.cfunc
@cython.nogil
def copy_runs(layout: Layout, one: Side, two: Side, table: Table) -> cython.int:
    """Count the words of either story in runs of ``RUN`` words or more that both have.

    A slot of the table holds the stamp where the second story has the run, and the stamp + 1 where
    the first has it too.
    """
    k: int64_t
    slot: int64_t
    copied: int64_t = 0
    _begin_copying(one)
    _begin_copying(two)
    runs_there: int64_t = _find_runs(two, layout.entry, two.match, two.run_ends)
    if runs_there == 0:
        return 0
    runs: int64_t = _find_runs(one, layout.entry, one.match, one.run_ends)
    if runs == 0:
        return 0
    mask: int64_t = _table_size(runs_there) - 1
    table.stamp += 2
    for k in range(runs_there):
        gram: uint64_t = _gram(layout.words, two.story.at + two.run_ends[k] - _RUN + 1)
        slot = _slot(table, gram, mask)
        table.filled[slot] = table.stamp
        table.grams[slot] = gram
        two.slots[k] = slot
    for k in range(runs):
        slot = _slot(table, _gram(layout.words, one.story.at + one.run_ends[k] - _RUN + 1), mask)
        if table.filled[slot] >= table.stamp:
            table.filled[slot] = table.stamp + 1
            copied = _copy_run(layout, one, one.run_ends[k], copied)
    copied = 0
    for k in range(runs_there):
        if table.filled[two.slots[k]] > table.stamp:
            copied = _copy_run(layout, two, two.run_ends[k], copied)
    return 0


@cython.cfunc
@cython.nogil
def _begin_copying(side: Side) -> cython.int:
    side.copied[: side.story.sentences] = 0
    side.copied_quotes[: side.story.sentences] = 0
    side.run_start = 0
    side.longest_run = 0
    side.copied_own = 0
    side.copied_facts = 0
    side.copied_content = 0
    return 0
