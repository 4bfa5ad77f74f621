"""Find the story line: the heaviest series of links that both texts tell in one order."""

import cython
import numpy as np
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t


class Chain:
    """Links between places of two texts, and the work arrays of finding the heaviest chain."""

    def prepare(self, most: int64_t, sentences: int64_t) -> object:
        """Make the work arrays for so many links, and texts of so many sentences each."""
        of_links: int32_t[::1] = np.empty(6 * most, np.int32)
        self.link_a, self.link_b = of_links[:most], of_links[most : 2 * most]
        self.sorted_a = of_links[2 * most : 3 * most]
        self.sorted_b = of_links[3 * most : 4 * most]
        self.before, self.chain = of_links[4 * most : 5 * most], of_links[5 * most :]
        size: int64_t = sentences + 2
        of_places: int32_t[::1] = np.empty(3 * size, np.int32)
        self.places, self.ranks = of_places[:size], of_places[size : 2 * size]
        self.ends = of_places[2 * size :]
        values: cython.double[::1] = np.empty(most + size)
        self.weight, self.tree = values[:most], values[most:]
        return None

    def sort_links(self) -> int64_t:
        """Sort links by a, and those of one a by b from the last; rank the places of b."""
        places: int32_t[::1] = self.places
        k: int64_t
        at: int64_t = 0
        found: int32_t
        for k in range(self.columns + 1):
            places[k] = 0
            self.ranks[k] = 0
        for k in range(self.links):
            places[self.link_b[k]] += 1
        for k in range(self.columns):
            self.ranks[k + 1] = self.ranks[k] + (places[k] > 0)
        for k in range(self.columns - 1, -1, -1):
            found = places[k]
            places[k] = cython.cast(int32_t, at)
            at += found
        for k in range(self.links):
            self.sorted_b[places[self.link_b[k]]] = cython.cast(int32_t, k)
            places[self.link_b[k]] += 1
        for k in range(self.rows + 1):
            places[k] = 0
        for k in range(self.links):
            places[self.link_a[k] + 1] += 1
        for k in range(self.rows):
            places[k + 1] += places[k]
        for k in range(self.links):
            at = self.sorted_b[k]
            self.sorted_a[places[self.link_a[at]]] = cython.cast(int32_t, at)
            places[self.link_a[at]] += 1
        return 0

    def find(self) -> int64_t:
        """Find the links of the greatest total weight that rise on both sides, in ``chain``.

        A heaviest increasing subsequence by a Fenwick tree of prefix maxima (Fenwick 1994),
        O(n log n). Gives how many they are; they come in the order of a.
        """
        k: int64_t
        turn: int64_t
        at: int64_t
        total: cython.double
        heaviest: cython.double = 0.0
        last: int64_t = -1
        self.sort_links()
        width: int64_t = self.ranks[self.columns]
        for k in range(width + 1):
            self.tree[k] = 0.0
            self.ends[k] = -1
        for turn in range(self.links):
            k = self.sorted_a[turn]
            self.before[k] = -1
            total = 0.0
            at = self.ranks[self.link_b[k]]
            while at > 0:  # the heaviest chain that ends at one of the first places of b
                if self.tree[at] > total:
                    total = self.tree[at]
                    self.before[k] = self.ends[at]
                at &= at - 1
            total += self.weight[k]
            if total > heaviest:
                heaviest = total
                last = k
            at = self.ranks[self.link_b[k]] + 1
            while at <= width:
                if total > self.tree[at]:
                    self.tree[at] = total
                    self.ends[at] = cython.cast(int32_t, k)
                at += at & -at
        self.size = self.unwind(last)
        return self.size

    def unwind(self, last: int64_t) -> int64_t:
        """List the chain that ends at a link, first to last."""
        size: int64_t = 0
        k: int64_t = last
        while k >= 0:
            size += 1
            k = self.before[k]
        k = last
        at: int64_t = size
        while k >= 0:
            at -= 1
            self.chain[at] = cython.cast(int32_t, k)
            k = self.before[k]
        return size

    def count_before(self) -> int64_t:
        """Count the chain before each place: of a in ``places``, of b in ``ranks``."""
        k: int64_t
        for k in range(self.rows + 1):
            self.places[k] = 0
        for k in range(self.columns + 1):
            self.ranks[k] = 0
        for k in range(self.size):
            self.places[self.link_a[self.chain[k]] + 1] += 1
            self.ranks[self.link_b[self.chain[k]] + 1] += 1
        for k in range(self.rows):
            self.places[k + 1] += self.places[k]
        for k in range(self.columns):
            self.ranks[k + 1] += self.ranks[k]
        return 0


def mark_moved(
    groups: cython.const[int32_t][:, ::1],
    offsets: cython.const[int64_t][::1],
    weights: cython.const[int64_t][::1],
    shapes: cython.const[int64_t][:, ::1],
):
    """Mark the groups that stand outside the heaviest chain of those of their pair, u8[g].

    ``groups`` i32[g, 2k] are up to k sentences of a, then of b, the first of which counts; those of
    pair m begin at ``offsets[m]``; ``shapes`` has the sentences that a and b have, i64[m, 2].
    """
    of_b: int64_t = groups.shape[1] // 2
    work: Chain = Chain()
    most: int64_t = 1
    places: int64_t = 1
    marks = np.ones(groups.shape[0], np.uint8)
    out: uint8_t[::1] = marks
    m: cython.Py_ssize_t
    k: int64_t
    for m in range(shapes.shape[0]):
        most = max(most, offsets[m + 1] - offsets[m])
        places = max(places, max(shapes[m, 0], shapes[m, 1]))
    work.prepare(most, places)
    with cython.nogil:
        for m in range(shapes.shape[0]):
            work.rows = shapes[m, 0]
            work.columns = shapes[m, 1]
            work.links = offsets[m + 1] - offsets[m]
            for k in range(work.links):
                work.link_a[k] = groups[offsets[m] + k, 0]
                work.link_b[k] = groups[offsets[m] + k, of_b]
                work.weight[k] = cython.cast(cython.double, weights[offsets[m] + k])
            work.find()
            for k in range(work.size):
                out[offsets[m] + work.chain[k]] = 0
    return marks
