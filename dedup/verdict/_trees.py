"""Sums of decision trees: what they say of a pair, and what each measure adds to it."""

import cython
import numpy as np
from cython.cimports.dedup.verdict._trees import Node
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t, uint16_t, uint64_t

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
def _first_of(leaves: uint64_t) -> int64_t:
    """Give the lowest of 16 bits, by two look-ups and no branch."""
    low: int64_t = _LOWEST[leaves & 0xFF]
    return low + (low >> 3) * _LOWEST[leaves >> 8 & 0xFF]


@cython.cfunc
def _check(
    measured: cython.const[cython.double][:, ::1],
    asked: cython.const[uint8_t][::1],
    found: cython.double[::1],
    width: cython.Py_ssize_t,
) -> object:
    """Refuse evidence of other columns, and answers of another number of pairs."""
    rows: cython.Py_ssize_t = measured.shape[0]
    if measured.shape[1] != width or found.shape[0] != rows or asked.shape[0] != rows:
        raise ValueError(f"found: wanted {rows} rows of {width}")
    return None


@cython.final
@cython.cclass
class Forest:
    """The nodes of all trees (:data:`dedup.verdict.trees.NODE`), and those that they begin with.

    ``below`` counts the leaves below each.
    """

    nodes: cython.const[Node][::1]
    roots: cython.const[int64_t][::1]
    below: uint8_t[::1]
    width: cython.Py_ssize_t

    def __init__(self, nodes, roots, width):
        self.nodes = nodes
        self.roots = roots
        self.width = width
        self.check()
        self.below = np.ones(self.nodes.shape[0], np.uint8)
        self.count_leaves()

    @cython.cfunc
    def check(self) -> object:
        """Refuse nodes of columns that there are not, or that lead back or out of the table."""
        nodes: cython.Py_ssize_t = self.nodes.shape[0]
        node: cython.Py_ssize_t
        for node in range(nodes):
            column: cython.Py_ssize_t = self.nodes[node].column
            right: cython.Py_ssize_t = node + self.nodes[node].right
            if column >= self.width:
                raise ValueError(f"trees: node {node} is of no column, {self.width} there are")
            if column >= 0 and not node + 1 < right < nodes:
                raise ValueError(f"trees: node {node} leads to {right} of {nodes}")
        for node in range(self.roots.shape[0]):
            if not 0 <= self.roots[node] < nodes:
                raise ValueError(f"trees: root {self.roots[node]} is none of {nodes} nodes")
        return None

    @cython.cfunc
    def count_leaves(self) -> object:
        """Count the leaves below each node: what it leads to stands behind it."""
        node: cython.Py_ssize_t
        for node in range(self.nodes.shape[0] - 1, -1, -1):
            if self.nodes[node].column >= 0:
                count: int64_t = self.below[node + 1] + self.below[node + self.nodes[node].right]
                self.below[node] = cython.cast(uint8_t, min(count, _MOST_LEAVES + 1))
        for node in range(self.roots.shape[0]):
            if self.below[self.roots[node]] > _MOST_LEAVES:
                raise ValueError(f"trees: wanted {_MOST_LEAVES} leaves of each at most")
        return None

    @cython.cfunc
    @cython.inline
    @cython.nogil
    @cython.exceptval(-1)
    def after(self, node: int64_t, measured: cython.const[cython.double][::1]) -> int64_t:
        """Go on from a node that is no leaf, without a branch: which way is anyone's guess."""
        further: int64_t = measured[self.nodes[node].column] > self.nodes[node].threshold
        return node + 1 + further * (self.nodes[node].right - 1)

    def log_odds(
        self,
        measured: cython.const[cython.double][:, ::1],
        asked: cython.const[uint8_t][::1],
        found: cython.double[::1],
    ) -> None:
        """Write what :meth:`Scorer.log_odds` does, bit by bit, walking through the trees."""
        m: cython.Py_ssize_t
        tree: cython.Py_ssize_t
        node: int64_t
        total: cython.double
        _check(measured, asked, found, self.width)
        with cython.nogil:
            for m in range(measured.shape[0]):
                if not asked[m]:
                    continue
                total = 0.0
                for tree in range(self.roots.shape[0]):
                    node = self.roots[tree]
                    while self.nodes[node].column >= 0:
                        node = self.after(node, measured[m])
                    total += self.nodes[node].value
                found[m] = total

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
        gained: cython.double
        if measured.shape[1] != self.width or found.shape[1] != self.width:
            raise ValueError(f"found: wanted columns {self.width}")
        if found.shape[0] != measured.shape[0]:
            raise ValueError(f"found: wanted {measured.shape[0]} rows of {self.width}")
        with cython.nogil:
            for m in range(measured.shape[0]):
                found[m, :] = 0.0
                for tree in range(self.roots.shape[0]):
                    node = self.roots[tree]
                    while self.nodes[node].column >= 0:
                        following = self.after(node, measured[m])
                        # Each is widened first: the difference of two floats is rounded.
                        gained = self.nodes[following].value
                        gained -= self.nodes[node].value
                        found[m, self.nodes[node].column] += gained
                        node = following


@cython.final
@cython.cclass
class Scorer:
    """The leaves of a forest, and the nodes that strike them.

    To add up leaves, trees are not walked through: all nodes that ask for a column stand together,
    ascending by threshold, and each whose threshold is passed strikes the leaves to its left. The
    first that is left of a tree is the one that walking comes to (QuickScorer; Lucchese et al.
    2015), of several pairs at once: nothing waits for memory, and hardly anything branches.
    """

    width: cython.Py_ssize_t
    # Of the nodes that are no leaves, ascending by column and threshold; the most of a column.
    begins: int64_t[::1]
    passed: cython.double[::1]
    trees: int32_t[::1]
    left: uint16_t[::1]
    most: int64_t
    # The leaves of each tree from the left.
    leaves: cython.double[::1]
    firsts: cython.const[int64_t][::1]

    def __init__(self, forest: Forest):
        of_trees = np.asarray(forest.below)[np.asarray(forest.roots)].astype(np.int64)
        size: cython.Py_ssize_t = of_trees.sum() - len(of_trees)
        self.width = forest.width
        self.firsts = np.cumsum(of_trees) - of_trees
        self.leaves = np.empty(of_trees.sum())
        self.begins = np.zeros(self.width + 1, np.int64)
        self.passed, self.trees = np.empty(size), np.empty(size, np.int32)
        self.left = np.empty(size, np.uint16)
        nodes, trees = np.empty(size, np.int64), np.empty(size, np.int32)
        left, thresholds = np.empty(size, np.uint16), np.empty(size)
        self.list_nodes(forest, nodes, trees, left, thresholds)
        self.sort_nodes(forest, nodes, trees, left, np.argsort(thresholds))
        self.most = np.diff(self.begins).max(initial=0)

    @cython.cfunc
    @cython.overflowcheck(False)
    def list_nodes(
        self,
        forest: Forest,
        nodes: int64_t[::1],
        trees: int32_t[::1],
        left: uint16_t[::1],
        thresholds: cython.double[::1],
    ) -> object:
        """Walk through every tree from the left: its leaves, and which ones each node strikes."""
        waiting: int64_t[:, ::1] = np.empty((_MOST_LEAVES + 1, 2), np.int64)
        tree: cython.Py_ssize_t
        node: int64_t
        first: int64_t
        count: cython.Py_ssize_t
        listed: cython.Py_ssize_t = 0
        for tree in range(forest.roots.shape[0]):
            waiting[0, 0] = forest.roots[tree]
            waiting[0, 1] = 0
            count = 1
            while count:
                count -= 1
                node = waiting[count, 0]
                first = waiting[count, 1]
                if forest.nodes[node].column < 0:
                    self.leaves[self.firsts[tree] + first] = forest.nodes[node].value
                    continue
                nodes[listed] = node
                trees[listed] = cython.cast(int32_t, tree)
                kept: uint64_t = _LEAVES >> (_MOST_LEAVES - forest.below[node + 1])
                left[listed] = _LEAVES ^ (kept << first)
                thresholds[listed] = forest.nodes[node].threshold
                listed += 1
                waiting[count, 0] = node + 1
                waiting[count + 1, 0] = node + forest.nodes[node].right
                waiting[count + 1, 1] = first + forest.below[node + 1]
                count += 2
        return None

    @cython.cfunc
    def sort_nodes(
        self,
        forest: Forest,
        nodes: cython.const[int64_t][::1],
        trees: cython.const[int32_t][::1],
        left: cython.const[uint16_t][::1],
        order: cython.const[int64_t][::1],
    ) -> object:
        """Put the nodes of each column together, in an order that is by threshold."""
        ends: int64_t[::1] = np.zeros(self.width + 1, np.int64)
        k: cython.Py_ssize_t
        at: int64_t
        column: cython.Py_ssize_t
        for k in range(nodes.shape[0]):
            self.begins[forest.nodes[nodes[k]].column + 1] += 1
        for column in range(self.width):
            self.begins[column + 1] += self.begins[column]
            ends[column] = self.begins[column]
        for k in range(order.shape[0]):
            column = forest.nodes[nodes[order[k]]].column
            at = ends[column]
            ends[column] += 1
            self.passed[at] = forest.nodes[nodes[order[k]]].threshold
            self.trees[at] = trees[order[k]]
            self.left[at] = left[order[k]]
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
        chosen: cython.pointer[cython.Py_ssize_t],
        count: cython.Py_ssize_t,
        ends: uint64_t[::1],
        standing: uint64_t[::1],
    ) -> cython.int:
        """Strike the leaves that the chosen pairs, ``_TOGETHER`` at most, do not come to.

        ``ends`` has room for the bits of each pair where the first node of a column stands whose
        threshold it does not pass, and is all 0 before and after.
        """
        trees: cython.const[int32_t][::1] = self.trees
        left: cython.const[uint16_t][::1] = self.left
        column: cython.Py_ssize_t
        p: cython.Py_ssize_t
        k: int64_t
        begin: int64_t
        under: uint64_t
        # The bits that are no pair's.
        none: uint64_t = ~(_ALL >> (16 * (_TOGETHER - count)))
        standing[:] = _ALL
        for column in range(self.width):
            begin = self.begins[column]
            for p in range(count):
                k = self.count_passed(column, measured[chosen[p], column])
                ends[k] |= _LEAVES << (16 * p)
            under = none
            for k in range(begin, self.begins[column + 1]):
                under |= ends[k - begin]
                ends[k - begin] = 0
                if under == _ALL:
                    break
                standing[trees[k]] &= under | (left[k] * _EACH)
            ends[self.begins[column + 1] - begin] = 0
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1)
    def sum_leaves(
        self,
        standing: uint64_t[::1],
        chosen: cython.pointer[cython.Py_ssize_t],
        count: cython.Py_ssize_t,
        found: cython.double[::1],
    ) -> cython.int:
        """Write the sums of the leaves that pairs come to: the first that stands of each tree."""
        totals = cython.declare(cython.double[4])
        tree: cython.Py_ssize_t
        p: cython.Py_ssize_t
        for p in range(4):
            totals[p] = 0.0
        for tree in range(self.firsts.shape[0]):
            for p in range(4):
                totals[p] += self.leaves[self.firsts[tree] + _first_of(standing[tree] >> (16 * p))]
        for p in range(count):
            found[chosen[p]] = totals[p]
        return 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def add_up_one(
        self, measured: cython.const[cython.double][::1], standing: uint16_t[::1]
    ) -> cython.double:
        """Give the sum of one pair: where it is alone, a quarter of the memory is gone through."""
        trees: cython.const[int32_t][::1] = self.trees
        left: cython.const[uint16_t][::1] = self.left
        total: cython.double = 0.0
        column: cython.Py_ssize_t
        tree: cython.Py_ssize_t
        k: int64_t
        begin: int64_t
        standing[:] = cython.cast(uint16_t, _LEAVES)
        for column in range(self.width):
            begin = self.begins[column]
            for k in range(begin, begin + self.count_passed(column, measured[column])):
                standing[trees[k]] &= left[k]
        for tree in range(self.firsts.shape[0]):
            total += self.leaves[self.firsts[tree] + _first_of(standing[tree])]
        return total

    def log_odds(
        self,
        measured: cython.const[cython.double][:, ::1],
        asked: cython.const[uint8_t][::1],
        found: cython.double[::1],
    ) -> None:
        """Write the sum of the leaves that each pair, f64[m, k], comes to, f64[m].

        Those that are not ``asked``, u8[m], are left as they are.
        """
        rows: cython.Py_ssize_t = measured.shape[0]
        m: cython.Py_ssize_t
        count: cython.Py_ssize_t = 0
        chosen = cython.declare(cython.Py_ssize_t[4])
        _check(measured, asked, found, self.width)
        standing: uint64_t[::1] = np.empty(self.firsts.shape[0], np.uint64)
        standing_of_one: uint16_t[::1] = np.asarray(standing).view(np.uint16)
        ends: uint64_t[::1] = np.zeros(self.most + 1, np.uint64)
        with cython.nogil:
            for m in range(rows):
                if asked[m]:
                    chosen[count] = m
                    count += 1
                if count < _TOGETHER and m + 1 < rows:
                    continue
                if count == 1:
                    found[chosen[0]] = self.add_up_one(measured[chosen[0]], standing_of_one)
                elif count:
                    self.strike(measured, chosen, count, ends, standing)
                    self.sum_leaves(standing, chosen, count, found)
                count = 0
