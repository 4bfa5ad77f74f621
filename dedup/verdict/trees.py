"""Boosted decision trees over the measures of the evidence: a sum, and its exact parts.

Each tree asks for one column of the evidence after the other until it comes to a leaf; the leaves
of all trees add up to log-odds (Friedman 2001). Every node has a value, the mean of the pairs that
came to it when the trees were grown. What a measure adds is what the values change by at the nodes
that ask for it (Saabas 2014, also in Lundberg et al. 2020): these parts and the start make up the
whole, so they are the explanation.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TypeAlias

import numpy as np

from dedup.arrays import F64, U8
from dedup.verdict import _trees
from dedup.verdict.measures import COLUMNS, MEASURES

Nodes: TypeAlias = np.ndarray[tuple[int], np.dtype[np.void]]

NODE = np.dtype([("column", "<i2"), ("right", "<i2"), ("threshold", "<f4"), ("value", "<f4")])
"""A node as a file holds it: the column that it asks for, -1 for a leaf; how many nodes on that to
its right stands, that to its left is the next one, for values up to ``threshold``; its value."""


_FEW = 16
"""Pairs whose trees are walked through: the first ones, as to lay those out takes longer."""


class Trees:
    """A sum of decision trees, in log-odds: ``nodes`` of :data:`NODE`, and where each tree begins.

    >>> nodes = np.array([(0, 2, 0.5, 0.25), (-1, 0, 0.0, -1.0), (-1, 0, 0.0, 1.5)], NODE)
    >>> one = Trees(nodes, [0])
    >>> measured = np.full((1, len(COLUMNS)), 0.75)
    >>> one.log_odds(measured).tolist(), one.intercept, one.contributions(measured)[0, 0].item()
    ([1.5], 0.25, 1.25)
    """

    def __init__(self, nodes: Nodes, roots: Sequence[int]) -> None:
        begins = np.array(roots, np.int64)
        self.intercept = float(nodes["value"][begins].sum(dtype=np.float64))
        """What the trees say before anything is asked for: the sum of the values of the roots."""
        self._pairs = 0
        self._forest = _trees.Forest(nodes, begins, len(COLUMNS))

    def contributions(self, measured: F64) -> F64:
        """Give what each measure adds to the log-odds of each pair, f64[m, measures].

        ``measured`` f64[m, k], columns as :data:`dedup.verdict.measures.COLUMNS`.
        """
        found = np.empty((len(measured), len(COLUMNS)))
        self._forest.contributions(np.ascontiguousarray(measured), found)
        return found[:, : len(MEASURES)] + found[:, len(MEASURES) :]

    @cached_property
    def _scorer(self) -> _trees.Scorer:
        """Lay the trees out to be added up at once."""
        return _trees.Scorer(self._forest)

    def log_odds(self, measured: F64) -> F64:
        """Add up the trees for each pair, f64[m]; a pair has the same among others as alone."""
        found = np.empty(len(measured))
        self.write_log_odds(np.ascontiguousarray(measured), np.ones(len(measured), np.uint8), found)
        return found

    def write_log_odds(self, measured: F64, asked: U8, found: F64) -> None:
        """Write what :meth:`log_odds` gives to ``found`` f64[m], of the pairs ``asked`` u8[m]."""
        self._pairs += len(measured)
        adds_up = self._scorer if self._pairs > _FEW else self._forest
        adds_up.log_odds(measured, asked, found)
