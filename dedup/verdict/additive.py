"""Additive models over the measures of the evidence: a sum of tabulated functions, and its parts.

A term is the name of a measure, or of two with ``*`` between that count together. Its table gives
what it adds to the log-odds at some values of the measure, the knots; between two knots it is
interpolated, beyond the last it stays. So what a model says is the sum of what its terms say, and
nothing else: that sum is the explanation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from dedup.arrays import F64, I64, offsets
from dedup.verdict import _additive
from dedup.verdict.measures import COLUMNS

__all__ = ["Additive", "Shape"]


class Shape(NamedTuple):
    """The table of a term: ``knots`` of each of its measures, ascending, and ``values``.

    Those are one for each knot, or for each pair of knots, row by row.
    """

    knots: tuple[tuple[float, ...], ...]
    values: tuple[float, ...]


class Additive:
    """A sum of tabulated functions of measures, in log-odds.

    >>> one = Additive(-1.0, {"linked": Shape(((0.0, 1.0),), (0.0, 4.0))})
    >>> one.log_odds(np.full((1, len(COLUMNS)), 0.5)).tolist()
    [1.0]
    """

    def __init__(self, intercept: float, shapes: Mapping[str, Shape]) -> None:
        self.intercept = intercept
        self.shapes = shapes

    @classmethod
    def read(cls, saved: Mapping[str, Any]) -> Additive:
        """Make a model of what a file holds: an intercept, and knots and values by term."""
        shapes = {
            term: Shape(tuple(tuple(map(float, one)) for one in knots), tuple(map(float, values)))
            for term, (knots, values) in saved["terms"].items()
        }
        return cls(float(saved["intercept"]), shapes)

    def contributions(self, measured: F64) -> F64:
        """Give what each term adds to the log-odds of each pair, f64[m, terms].

        ``measured`` f64[m, k], columns as :data:`dedup.verdict.measures.COLUMNS`.
        """
        found = np.empty((len(measured), len(self.shapes)))
        _additive.contributions(*self._plan, np.ascontiguousarray(measured), found)
        return found

    def log_odds(self, measured: F64) -> F64:
        """Add up the terms of each pair, f64[m]; a pair has the same among others as alone."""
        if not self.shapes:
            return np.full(len(measured), self.intercept)
        found = np.empty(len(measured))
        _additive.log_odds(*self._plan, self.intercept, np.ascontiguousarray(measured), found)
        return found

    @cached_property
    def _plan(self) -> tuple[I64, F64, F64]:
        """The tables of all terms end to end: terms, knots and values as the loop takes them."""
        columns = [_columns(term) for term in self.shapes]
        tables = [shape.knots for shape in self.shapes.values()]
        starts = iter(offsets(len(knots) for table in tables for knots in table).tolist())
        placed = [[(next(starts), len(knots)) for knots in table] for table in tables]
        values = offsets(len(shape.values) for shape in self.shapes.values()).tolist()
        terms = [
            (
                of[0],
                of[1] if len(of) > 1 else -1,
                *at[0],
                *(at[1] if len(at) > 1 else (0, 0)),
                begun,
            )
            for of, at, begun in zip(columns, placed, values, strict=False)
        ]
        return (
            np.array(terms, np.int64).reshape(-1, 7),
            _flat([knots for table in tables for knots in table]),
            _flat([shape.values for shape in self.shapes.values()]),
        )


def _columns(term: str) -> list[int]:
    return [COLUMNS[name] for name in term.split("*")]


def _flat(rows: Sequence[Sequence[float]]) -> F64:
    return np.array([value for row in rows for value in row], np.float64)
