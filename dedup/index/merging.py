"""Which segments of an index to merge: few enough to ask, none rewritten more often than it must.

A merge joins the newest segments, eight or more, where that at least doubles the first of them: a
row is rewritten as often as its segment can double (a log-structured merge: O'Neil et al. 1996).
Only neighbours merge, so that the rows of a segment stay in the order of their numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

from dedup.index.rows import SegmentRow

FAN = 8
LARGEST = 1 << 17
"""Rows of the largest segment that a change makes of others: that takes two seconds,"""
LARGEST_COMPACT = 1 << 19
"""and of the largest that :meth:`dedup.Index.compact` makes."""
MOST_DEAD = 0.1
"""A segment with a larger share of dead rows is written anew."""


def to_merge(segments: Sequence[SegmentRow]) -> list[SegmentRow]:
    """Choose neighbours to make one segment of, or one to rid of its dead; none where all is well.

    ``segments`` come in order.
    """
    for segment in segments:
        if segment.rows - segment.live > MOST_DEAD * segment.rows:
            return [segment]
    for first in range(len(segments) - FAN + 1):
        rows = sum(segment.live for segment in segments[first:])
        if 2 * segments[first].live <= rows <= LARGEST:
            return list(segments[first:])
    return []


def to_compact(segments: Sequence[SegmentRow]) -> list[SegmentRow]:
    """Choose the next neighbours that one segment can hold; none where nothing is left to do."""
    run: list[SegmentRow] = []
    for segment in segments:
        if sum(one.live for one in run) + segment.live > LARGEST_COMPACT:
            if len(run) > 1:
                return run
            run = []
        run.append(segment)
    if len(run) > 1:
        return run
    return [segment for segment in segments if segment.live < segment.rows][:1]
