"""Sums of decision trees: what they say of a pair, and what each measure adds to it."""

import cython
from cython.cimports.libc.stdint import int64_t

__all__ = ["Forest"]

_AT_ONCE = cython.declare(cython.Py_ssize_t, 64)
"""Pairs whose evidence is kept at hand, 38 KB of it."""


@cython.cclass
class Forest:
    """The nodes of all trees, and those that they begin with.

    A node asks for a column of the evidence, or is a leaf where its column is below 0. The node to
    its left stands behind it, for values up to its threshold; ``right`` is the other.
    """

    columns: cython.const[int64_t][::1]
    right: cython.const[int64_t][::1]
    thresholds: cython.const[cython.double][::1]
    values: cython.const[cython.double][::1]
    roots: cython.const[int64_t][::1]
    width: cython.Py_ssize_t

    def __init__(self, columns, right, thresholds, values, roots, width):
        self.columns = columns
        self.right = right
        self.thresholds = thresholds
        self.values = values
        self.roots = roots
        self.width = width
        self.check()

    @cython.cfunc
    def check(self) -> object:
        """Refuse nodes of columns that there are not, or that lead back or out of the table."""
        nodes: cython.Py_ssize_t = self.columns.shape[0]
        node: cython.Py_ssize_t
        for size in (self.right.shape[0], self.thresholds.shape[0], self.values.shape[0]):
            if size != nodes:
                raise ValueError(f"trees: got {size} values of a kind for {nodes} nodes")
        for node in range(nodes):
            if self.columns[node] >= self.width:
                raise ValueError(f"trees: node {node} is of no column, {self.width} there are")
            if self.columns[node] >= 0 and not node + 1 < self.right[node] < nodes:
                raise ValueError(f"trees: node {node} leads to {self.right[node]} of {nodes}")
        for node in range(self.roots.shape[0]):
            if not 0 <= self.roots[node] < nodes:
                raise ValueError(f"trees: root {self.roots[node]} is none of {nodes} nodes")
        return None

    @cython.cfunc
    @cython.inline
    @cython.nogil
    @cython.exceptval(-1)
    def after(self, node: int64_t, measured: cython.const[cython.double][::1]) -> int64_t:
        """Go on from a node that is no leaf, without a branch: which way is anyone's guess."""
        further: int64_t = measured[self.columns[node]] > self.thresholds[node]
        return node + 1 + further * (self.right[node] - node - 1)

    def log_odds(
        self,
        measured: cython.const[cython.double][:, ::1],
        found: cython.double[::1],
    ) -> None:
        """Write the sum of the leaves that each pair, f64[m, k], comes to, f64[m].

        A tree is asked of some pairs before the next is, while its nodes are at hand.
        """
        start: cython.Py_ssize_t = 0
        end: cython.Py_ssize_t
        m: cython.Py_ssize_t
        tree: cython.Py_ssize_t
        node: int64_t
        if measured.shape[1] != self.width or found.shape[0] != measured.shape[0]:
            raise ValueError(f"found: wanted {measured.shape[0]} rows of {self.width}")
        with cython.nogil:
            while start < measured.shape[0]:
                end = min(start + _AT_ONCE, measured.shape[0])
                for m in range(start, end):
                    found[m] = 0.0
                for tree in range(self.roots.shape[0]):
                    for m in range(start, end):
                        node = self.roots[tree]
                        while self.columns[node] >= 0:
                            node = self.after(node, measured[m])
                        found[m] += self.values[node]
                start = end

    def contributions(
        self,
        measured: cython.const[cython.double][:, ::1],
        found: cython.double[:, ::1],
    ) -> None:
        """Write what each column adds to the log-odds of each pair, f64[m, k].

        On the way to a leaf each step adds what the value of the next node is more than that of
        the last; it is the column's which the last node asks for.
        """
        m: cython.Py_ssize_t
        tree: cython.Py_ssize_t
        node: int64_t
        following: int64_t
        if measured.shape[1] != self.width or found.shape[1] != self.width:
            raise ValueError(f"found: wanted columns {self.width}")
        if found.shape[0] != measured.shape[0]:
            raise ValueError(f"found: wanted {measured.shape[0]} rows of {self.width}")
        with cython.nogil:
            for m in range(measured.shape[0]):
                found[m, :] = 0.0
                for tree in range(self.roots.shape[0]):
                    node = self.roots[tree]
                    while self.columns[node] >= 0:
                        following = self.after(node, measured[m])
                        found[m, self.columns[node]] += self.values[following] - self.values[node]
                        node = following
