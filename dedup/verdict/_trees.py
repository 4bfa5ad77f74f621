"""Sums of decision trees: what they say of a pair, and what each measure adds to it."""

import cython
import numpy as np
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t, uint16_t, uint64_t

__all__ = ["Forest"]

_MOST_LEAVES = cython.declare(int64_t, 16)
_TOGETHER = cython.declare(cython.Py_ssize_t, 4)
"""Pairs that go through the trees at once: 16 bits each, the leaves that are left of a tree."""
_LEAVES = cython.declare(uint64_t, 0xFFFF)
_ALL = cython.declare(uint64_t, 0xFFFFFFFFFFFFFFFF)
_EACH = cython.declare(uint64_t, 0x0001000100010001)
"""Times 16 bits, four of them."""
_LOWEST = cython.declare(uint8_t[256])


@cython.cfunc
def _enter_lowest() -> cython.int:
    """Enter the lowest bit of each byte, 8 for none."""
    byte: cython.int
    _LOWEST[0] = 8
    for byte in range(1, 256):
        _LOWEST[byte] = 0 if byte & 1 else _LOWEST[byte >> 1] + 1
    return 0


_enter_lowest()


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _first_left(leaves: uint64_t) -> int64_t:
    """Give the lowest of 16 bits, by two look-ups and no branch."""
    low: int64_t = _LOWEST[leaves & 0xFF]
    return low + (low >> 3) * _LOWEST[leaves >> 8 & 0xFF]


@cython.cclass
class Forest:
    """The nodes of all trees, and those that they begin with.

    A node asks for a column of the evidence, or is a leaf where its column is below 0. The node to
    its left stands behind it, for values up to its threshold; ``right`` is the other.

    To add up leaves, the nodes are not walked through: all that ask for a column stand together,
    ascending by threshold, and each whose threshold is passed strikes the leaves to its left. The
    first that is left of a tree is the one that walking comes to (QuickScorer; Lucchese et al.
    2015), of several pairs at once: nothing waits for memory, and hardly anything branches.
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
    left: cython.const[uint16_t][::1]
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
        left, leaves = np.empty(size, np.uint16), np.empty(of_trees.sum())
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
        left: uint16_t[::1],
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
                left[listed] = _LEAVES ^ ((_LEAVES >> (_MOST_LEAVES - below[node + 1])) << first)
                listed += 1
                waiting[count, 0] = node + 1
                waiting[count + 1, 0] = self.right[node]
                waiting[count + 1, 1] = first + below[node + 1]
                count += 2
        return None

    @cython.cfunc
    @cython.inline
    @cython.nogil
    @cython.exceptval(-1)
    def count_passed(self, column: cython.Py_ssize_t, value: cython.double) -> int64_t:
        """Count the nodes of a column whose threshold a value passes."""
        low: int64_t = self.begins[column]
        size: int64_t = self.begins[column + 1] - low
        half: int64_t
        while size > 0:
            half = (size + 1) // 2
            low += half if value > self.passed[low + half - 1] else 0
            size -= half
        return low - self.begins[column]

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1)
    def strike(
        self,
        measured: cython.const[cython.double][:, ::1],
        first: cython.Py_ssize_t,
        ends: uint64_t[::1],
        left: uint64_t[::1],
    ) -> cython.int:
        """Strike the leaves that pairs do not come to, ``_TOGETHER`` from ``first`` on.

        ``ends`` has room for the bits of each pair where the first node of a column stands whose
        threshold it does not pass, and is all 0 before and after.
        """
        column: cython.Py_ssize_t
        p: cython.Py_ssize_t
        k: int64_t
        begin: int64_t
        under: uint64_t
        count: cython.Py_ssize_t = min(_TOGETHER, measured.shape[0] - first)
        # The bits that are no pair's.
        none: uint64_t = ~(_ALL >> (16 * (_TOGETHER - count)))
        left[:] = _ALL
        for column in range(self.width):
            begin = self.begins[column]
            for p in range(count):
                k = self.count_passed(column, measured[first + p, column])
                ends[k] |= _LEAVES << (16 * p)
            under = none
            for k in range(begin, self.begins[column + 1]):
                under |= ends[k - begin]
                ends[k - begin] = 0
                if under == _ALL:
                    break
                left[self.trees[k]] &= under | (self.left[k] * _EACH)
            ends[self.begins[column + 1] - begin] = 0
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1)
    def sum_leaves(
        self, left: uint64_t[::1], first: cython.Py_ssize_t, found: cython.double[::1]
    ) -> cython.int:
        """Write the sums of the leaves that pairs come to: the first that is left of each tree."""
        totals = cython.declare(cython.double[4])
        tree: cython.Py_ssize_t
        p: cython.Py_ssize_t
        for p in range(4):
            totals[p] = 0.0
        for tree in range(self.roots.shape[0]):
            for p in range(4):
                totals[p] += self.leaves[self.firsts[tree] + _first_left(left[tree] >> (16 * p))]
        for p in range(min(_TOGETHER, found.shape[0] - first)):
            found[first + p] = totals[p]
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
        ends: uint64_t[::1] = np.zeros(np.diff(self.begins).max(initial=0) + 1, np.uint64)
        with cython.nogil:
            for m in range((measured.shape[0] + _TOGETHER - 1) // _TOGETHER):
                self.strike(measured, m * _TOGETHER, ends, left)
                self.sum_leaves(left, m * _TOGETHER, found)

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
