"""A window of dates: which articles of a scan are near enough to be looked at together."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from itertools import product

import numpy as np

from dedup.arrays import I64, Flags, distinct
from dedup.candidates.lsh import pack_pairs, unpack_pairs
from dedup.corpus.pool import Candidates
from dedup.index._lookups import NO_MOMENT
from dedup.index.rows import moments_of


class Window:
    """Dates of articles by row, and how many seconds apart two may be; ``None`` is no bound.

    An article without a date is near every other. Dates may be given as
    :func:`~dedup.index.rows.moments_of` has them.

    >>> days = [datetime.date(2024, 1, day) for day in (1, 2, 9)]
    >>> Window([*days, None], 86_400).near(np.array([[0, 1], [1, 2], [0, 3]])).tolist()
    [True, False, True]
    """

    def __init__(self, dates: Sequence[datetime.date | None] | I64, within: int | None) -> None:
        self._dates = dates
        self.within = within

    @cached_property
    def _moments(self) -> I64:
        return self._dates if isinstance(self._dates, np.ndarray) else moments_of(self._dates)

    def near(self, pairs: I64) -> Flags:
        """Tell which pairs of rows, i64[m, 2], are near enough, bool[m]."""
        if self.within is None:
            return np.ones(len(pairs), np.bool_)
        moments = self._moments[pairs]
        undated = (moments == NO_MOMENT).any(axis=1)
        near: Flags = undated | (np.abs(np.subtract(*moments.T)) <= self.within)
        return near

    def parted(self, found: Candidates, ids: Sequence[str]) -> Candidates:
        """Leave out candidates that are not near, and part copies that are not.

        Of rows of the same words of which not all are near the one that stands for them the first
        by date and id stands for those near it, the next for those near that one, and so on; each
        has the candidates that the one row had.
        """
        if self.within is None:
            return found
        leaders: dict[int, list[int]] = {}
        copies = []
        firsts, starts = np.unique(found.copies[:, 0], return_index=True)
        of_firsts = np.split(found.copies, starts[1:])
        for first, own in zip(firsts.tolist(), of_firsts, strict=False):
            if self.near(own).all():
                leaders[first] = [first]
                copies += own.tolist()
                continue
            rows = [first, *own[:, 1].tolist()]
            leaders[first] = []
            for row in sorted(rows, key=lambda row: (self._moments[row], ids[row])):
                held = leaders[first]
                if held and self.near(np.array([[held[-1], row]]))[0]:
                    copies.append([held[-1], row])
                else:
                    held.append(row)
        pairs = [
            pair
            for i, j in found.pairs.tolist()
            for pair in product(leaders.get(i, [i]), leaders.get(j, [j]))
        ]
        every = np.sort(np.array(pairs, np.int64).reshape(-1, 2), axis=1)
        kept = unpack_pairs(distinct(pack_pairs(every[self.near(every)])))
        return replace(found, pairs=kept, copies=np.array(sorted(copies), np.int64).reshape(-1, 2))
