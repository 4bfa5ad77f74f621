"""Which segments of an index to merge: few enough to ask, none rewritten more often than it must.

Segments of about one size merge eight at a time (a log-structured merge: O'Neil et al. 1996), only
neighbours, so that the rows of a segment stay in the order of their numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

from dedup.index.rows import SegmentRow

__all__ = ["to_compact", "to_merge"]

FAN = 8
SMALLEST = 1 << 11
"""Segments of up to so many rows count as of one size."""
LARGEST = 1 << 19
"""Segments that would become larger than this do not merge: a merge takes seconds, not minutes."""
MOST_DEAD = 0.1
"""A segment with a larger share of dead rows is written anew."""


def _level(rows: int) -> int:
    level = 0
    while rows > SMALLEST:
        rows //= FAN
        level += 1
    return level


def to_merge(segments: Sequence[SegmentRow]) -> list[SegmentRow]:
    """Choose neighbours to make one segment of, or one to rid of its dead; none where all is well.

    ``segments`` come in order.
    """
    for segment in segments:
        if segment.rows - segment.live > MOST_DEAD * segment.rows:
            return [segment]
    for level in range(_level(LARGEST)):
        run: list[SegmentRow] = []
        for segment in reversed(segments):
            if _level(segment.live) > level:
                break
            run.insert(0, segment)
        if len(run) >= FAN:
            return run
    return []


def to_compact(segments: Sequence[SegmentRow]) -> list[SegmentRow]:
    """Choose the next neighbours that one segment can hold; none where nothing is left to do."""
    run: list[SegmentRow] = []
    for segment in segments:
        if sum(one.live for one in run) + segment.live > LARGEST:
            if len(run) > 1:
                return run
            run = []
        run.append(segment)
    if len(run) > 1:
        return run
    return [segment for segment in segments if segment.live < segment.rows][:1]
