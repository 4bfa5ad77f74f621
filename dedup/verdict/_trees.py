"""Sums of decision trees: what they say of a pair, and what each measure adds to it."""

import cython
import numpy as np
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t, uint64_t

__all__ = ["Forest"]

_MOST_LEAVES = cython.declare(int64_t, 64)
_ALL = cython.declare(uint64_t, 0xFFFFFFFFFFFFFFFF)
_DE_BRUIJN = cython.declare(uint64_t, 0x03F79D71B4CB0A89)
"""Times a power of two, its highest six bits differ for each of the 64 (Leiserson et al. 1998)."""
_LOWEST = cython.declare(uint8_t[64])


@cython.cfunc
@cython.overflowcheck(False)
def _enter_lowest() -> cython.int:
    """Enter which bit it is that has these six."""
    k: cython.int
    for k in range(64):
        _LOWEST[(_DE_BRUIJN << k) >> 58] = cython.cast(uint8_t, k)
    return 0


_enter_lowest()


@cython.cclass
class Forest:
    """The nodes of all trees, and those that they begin with.

    A node asks for a column of the evidence, or is a leaf where its column is below 0. The node to
    its left stands behind it, for values up to its threshold; ``right`` is the other.

    To add up leaves, the nodes are not walked through: all that ask for a column stand together,
    ascending by threshold, and each whose threshold is passed strikes the leaves to its left. The
    first that is left of a tree is the one that walking comes to (QuickScorer; Lucchese et al.
    2015): nothing waits for memory, and hardly anything branches.
    """

    columns: cython.const[int64_t][::1]
    right: cython.const[int64_t][::1]
    thresholds: cython.const[cython.double][::1]
    values: cython.const[cython.double][::1]
    roots: cython.const[int64_t][::1]
    width: cython.Py_ssize_t
    # Of the nodes that are no leaves, ascending by column and threshold.
    begins: cython.const[int64_t][::1]
    passed: cython.const[cython.double][::1]
    trees: cython.const[int32_t][::1]
    left: cython.const[uint64_t][::1]
    # The leaves of each tree from the left.
    leaves: cython.const[cython.double][::1]
    firsts: cython.const[int64_t][::1]

    def __init__(self, columns, right, thresholds, values, roots, width):
        self.columns = columns
        self.right = right
        self.thresholds = thresholds
        self.values = values
        self.roots = roots
        self.width = width
        self.check()
        self.lay_out()

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
    def count_leaves(self) -> object:
        """Count the leaves below each node, i64[nodes]: what it leads to stands behind it."""
        node: cython.Py_ssize_t
        counts = np.ones(self.columns.shape[0], np.int64)
        below: int64_t[::1] = counts
        for node in range(self.columns.shape[0] - 1, -1, -1):
            if self.columns[node] >= 0:
                below[node] = min(below[node + 1] + below[self.right[node]], _MOST_LEAVES + 1)
        return counts

    @cython.cfunc
    def lay_out(self) -> object:
        """List the nodes by column and the leaves by tree."""
        counts = self.count_leaves()
        of_trees = counts[np.asarray(self.roots)]
        if of_trees.max(initial=0) > _MOST_LEAVES:
            raise ValueError(f"trees: wanted {_MOST_LEAVES} leaves of each at most")
        size: cython.Py_ssize_t = of_trees.sum() - len(of_trees)
        nodes, trees = np.empty(size, np.int64), np.empty(size, np.int32)
        left, leaves = np.empty(size, np.uint64), np.empty(of_trees.sum())
        self.firsts = np.cumsum(of_trees) - of_trees
        self.list_nodes(counts, nodes, trees, left, leaves)
        columns, thresholds = np.asarray(self.columns)[nodes], np.asarray(self.thresholds)[nodes]
        order = np.lexsort((thresholds, columns))
        self.begins = np.searchsorted(columns[order], np.arange(self.width + 1))
        self.passed, self.trees, self.left = thresholds[order], trees[order], left[order]
        self.leaves = leaves
        return None

    @cython.cfunc
    @cython.overflowcheck(False)
    def list_nodes(
        self,
        below: int64_t[::1],
        nodes: int64_t[::1],
        trees: int32_t[::1],
        left: uint64_t[::1],
        leaves: cython.double[::1],
    ) -> object:
        """Walk through every tree from the left: its leaves, and which ones each node strikes."""
        waiting: int64_t[:, ::1] = np.empty((_MOST_LEAVES + 1, 2), np.int64)
        tree: cython.Py_ssize_t
        node: int64_t
        first: int64_t
        count: cython.Py_ssize_t
        listed: cython.Py_ssize_t = 0
        for tree in range(self.roots.shape[0]):
            waiting[0, 0] = self.roots[tree]
            waiting[0, 1] = 0
            count = 1
            while count:
                count -= 1
                node = waiting[count, 0]
                first = waiting[count, 1]
                if self.columns[node] < 0:
                    leaves[self.firsts[tree] + first] = self.values[node]
                    continue
                nodes[listed] = node
                trees[listed] = cython.cast(int32_t, tree)
                left[listed] = _ALL ^ ((_ALL >> (64 - below[node + 1])) << first)
                listed += 1
                waiting[count, 0] = node + 1
                waiting[count + 1, 0] = self.right[node]
                waiting[count + 1, 1] = first + below[node + 1]
                count += 2
        return None

    @cython.cfunc
    @cython.inline
    @cython.nogil
    @cython.overflowcheck(False)
    @cython.exceptval(-1)
    def sum_leaves(
        self,
        measured: cython.const[cython.double][:, ::1],
        m: cython.Py_ssize_t,
        left: uint64_t[::1],
        found: cython.double[::1],
    ) -> cython.int:
        """Write the sum of the leaves that pair ``m`` comes to; ``left`` is room for all trees."""
        column: cython.Py_ssize_t
        k: int64_t
        tree: cython.Py_ssize_t
        lowest: uint64_t
        value: cython.double
        total: cython.double = 0.0
        for tree in range(self.roots.shape[0]):
            left[tree] = _ALL
        for column in range(self.width):
            value = measured[m, column]
            k = self.begins[column]
            while k < self.begins[column + 1] and value > self.passed[k]:
                left[self.trees[k]] &= self.left[k]
                k += 1
        for tree in range(self.roots.shape[0]):
            lowest = left[tree] & (~left[tree] + 1)
            total += self.leaves[self.firsts[tree] + _LOWEST[(lowest * _DE_BRUIJN) >> 58]]
        found[m] = total
        return 0

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
        """Write the sum of the leaves that each pair, f64[m, k], comes to, f64[m]."""
        m: cython.Py_ssize_t
        if measured.shape[1] != self.width or found.shape[0] != measured.shape[0]:
            raise ValueError(f"found: wanted {measured.shape[0]} rows of {self.width}")
        left: uint64_t[::1] = np.empty(self.roots.shape[0], np.uint64)
        with cython.nogil:
            for m in range(measured.shape[0]):
                self.sum_leaves(measured, m, left, found)

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
