"""Find verbatim runs: stretches of words that two texts share, tiled without overlap.

Greedy string tiling (Wise 1993, "String similarity via greedy string tiling and running
Karp-Rabin matching"), with anchors found by a table of word n-grams, so that the time grows with
the length of the texts and not with their product.
"""

import cython
import numpy as np
from cython.cimports.dedup._tables import places_for
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t, uint64_t

MAX_REPEATS = cython.declare(int64_t, 16)
"""Anchors of an n-gram that repeats in both texts: all pairs up to this many, else k-th to k-th."""

_MIX = cython.declare(uint64_t, 0x9E3779B97F4A7C15)
"""Multiplier of the hashes: 2**64 over the golden ratio, odd (Knuth, TAOCP 3, 6.4)."""
_LOW = cython.declare(uint64_t, 0xFFFFFFFF)
_ROOM = cython.declare(int64_t, 2**31)
"""More than the length of any run: the heap gives the least key first."""


class _Tiler:
    """The work arrays of a tiling; places are those in a's and b's words, counted from 0."""

    def prepare(self, most_a: int64_t, most_b: int64_t) -> object:
        """Make the work arrays for texts of so many words."""
        size: int64_t = places_for(most_a)
        grams: int32_t[::1] = np.empty(4 * size, np.int32)
        self.head, self.tail = grams[:size], grams[size : 2 * size]
        self.count_a, self.count_b = grams[2 * size : 3 * size], grams[3 * size :]
        words: int32_t[::1] = np.zeros(3 * most_a + most_b, np.int32)
        self.following, self.tile_b = words[:most_a], words[most_a : 2 * most_a]
        self.tile_length, self.slot = words[2 * most_a : 3 * most_a], words[3 * most_a :]
        taken: uint8_t[::1] = np.zeros(most_a + most_b, np.uint8)
        self.taken_a, self.taken_b = taken[:most_a], taken[most_a:]
        most: int64_t = 2 * (most_a + most_b)  # a key of up to MAX_REPEATS pairs has no more
        anchors: int32_t[::1] = np.empty(4 * (most + MAX_REPEATS + 1), np.int32)
        self.run_a, self.run_b = anchors[:most], anchors[most : 2 * most]
        self.length, self.starts = anchors[2 * most : 3 * most], anchors[3 * most : 4 * most]
        self.near = anchors[4 * most :]
        self.keys = np.empty(most, np.uint64)
        return None

    def label(self, at: int64_t) -> int64_t:
        """Give the label of a word, -1 for none; all are alike where there are no labels."""
        return self.labels[at] if self.labels.shape[0] else 0

    @cython.overflowcheck(False)
    def find(self, at: int64_t) -> int64_t:
        """Find where the n-gram at a word stands in the table, or the free place for it."""
        words: cython.const[int32_t][::1] = self.words
        key: uint64_t = self.label(at) + 1
        step: int64_t
        for step in range(self.least):
            key = (key + cython.cast(uint64_t, words[at + step])) * _MIX
            key ^= key >> 32
        place: int64_t = cython.cast(int64_t, key) & self.mask
        while self.head[place] >= 0:
            known: int64_t = self.first_a + self.head[place]
            same: cython.bint = self.label(known) == self.label(at)
            for step in range(self.least):
                same = same and words[known + step] == words[at + step]
            if same:
                break
            place = (place + 1) & self.mask
        return place

    def enter(self) -> int64_t:
        """Enter the n-grams of a, and look up those of b."""
        k: int64_t
        place: int64_t
        alike: int64_t = 0
        at: int64_t
        self.mask = places_for(self.size_a) - 1
        for k in range(self.mask + 1):
            self.head[k] = -1
            self.count_a[k] = 0
            self.count_b[k] = 0
        for k in range(self.size_a):
            at = self.first_a + k
            alike = alike + 1 if k and self.label(at) == self.label(at - 1) else 1
            if alike < self.least or self.label(at) < 0:
                continue
            place = self.find(at + 1 - self.least)
            if self.head[place] < 0:
                self.head[place] = cython.cast(int32_t, k + 1 - self.least)
            else:
                self.following[self.tail[place]] = cython.cast(int32_t, k + 1 - self.least)
            self.tail[place] = cython.cast(int32_t, k + 1 - self.least)
            self.following[k + 1 - self.least] = -1
            self.count_a[place] += 1
        for k in range(self.size_b):
            self.slot[k] = -1
        for k in range(self.size_b):
            at = self.first_b + k
            alike = alike + 1 if k and self.label(at) == self.label(at - 1) else 1
            if alike < self.least or self.label(at) < 0:
                continue
            place = self.find(at + 1 - self.least)
            if self.head[place] >= 0:
                self.slot[k + 1 - self.least] = cython.cast(int32_t, place)
                self.count_b[place] += 1
        return 0

    def anchor(self) -> int64_t:
        """Pair equal n-grams, and join those that follow one another on both sides into runs.

        Of a rare one every pair counts, of one that repeats the k-th with the k-th. ``near`` has
        the anchors at this word of b and those at the one before, each with its run.
        """
        near: int32_t[::1] = self.near
        half: int64_t = 2 * (MAX_REPEATS + 1)
        now: int64_t = 0
        before: int64_t = half
        count: int64_t
        known: int64_t = 0
        j: int64_t
        i: int64_t
        self.runs = 0
        for j in range(self.size_b):
            count = 0
            place: int64_t = self.slot[j]
            if place >= 0:
                i = self.head[place]
                many: cython.bint = (
                    cython.cast(int64_t, self.count_a[place]) * self.count_b[place] > MAX_REPEATS
                )
                past: int64_t = 0
                while i >= 0:
                    while past < known and near[before + 2 * past] < i - 1:
                        past += 1
                    near[now + 2 * count] = cython.cast(int32_t, i)
                    if past < known and near[before + 2 * past] == i - 1:
                        near[now + 2 * count + 1] = near[before + 2 * past + 1]
                        self.length[near[now + 2 * count + 1]] += 1
                    else:
                        near[now + 2 * count + 1] = cython.cast(int32_t, self.begin(i, j))
                    count += 1
                    if many:  # the next of b takes the next of a
                        self.head[place] = self.following[i]
                        break
                    i = self.following[i]
            known = count
            now, before = before, now
        return 0

    def begin(self, i: int64_t, j: int64_t) -> int64_t:
        """Begin a run at an anchor; gives its number."""
        self.run_a[self.runs] = cython.cast(int32_t, i)
        self.run_b[self.runs] = cython.cast(int32_t, j)
        self.length[self.runs] = cython.cast(int32_t, self.least)
        self.runs += 1
        return self.runs - 1

    def is_before(self, one: int64_t, other: int64_t) -> cython.int:
        """Tell whether one place of the heap comes before another: longer, else earlier."""
        if self.keys[one] != self.keys[other]:
            return self.keys[one] < self.keys[other]
        return self.starts[one] < self.starts[other]

    def sift(self, at: int64_t, size: int64_t) -> int64_t:
        """Let what stands at a place of the heap sink to where it belongs."""
        key: uint64_t = self.keys[at]
        start: int32_t = self.starts[at]
        child: int64_t = 2 * at + 1
        while child < size:
            if child + 1 < size and self.is_before(child + 1, child):
                child += 1
            if key < self.keys[child] or (key == self.keys[child] and start < self.starts[child]):
                break
            self.keys[at] = self.keys[child]
            self.starts[at] = self.starts[child]
            at = child
            child = 2 * at + 1
        self.keys[at] = key
        self.starts[at] = start
        return 0

    def put(self, at: int64_t, i: int64_t, j: int64_t, length: int64_t) -> int64_t:
        """Put a run at a place of the heap."""
        self.keys[at] = (cython.cast(uint64_t, _ROOM - length) << 32) | cython.cast(uint64_t, i)
        self.starts[at] = cython.cast(int32_t, j)
        return 0

    def tile(self) -> int64_t:
        """Take runs longest first; one that meets words already taken is cut and waits again."""
        size: int64_t = self.runs
        k: int64_t
        for k in range(size):
            self.put(k, self.run_a[k], self.run_b[k], self.length[k])
        for k in range(size // 2 - 1, -1, -1):
            self.sift(k, size)
        while size > 0:
            i: int64_t = cython.cast(int64_t, self.keys[0] & _LOW)
            j: int64_t = self.starts[0]
            length: int64_t = _ROOM - cython.cast(int64_t, self.keys[0] >> 32)
            skip: int64_t = self.find_free(i, j, length)
            free: int64_t = self.best
            if free >= self.least and free < length:
                self.put(0, i + skip, j + skip, free)
            else:
                if free == length:
                    self.take(i, j, length)
                size -= 1
                self.keys[0] = self.keys[size]
                self.starts[0] = self.starts[size]
            if size > 0:
                self.sift(0, size)
        return 0

    def find_free(self, i: int64_t, j: int64_t, length: int64_t) -> int64_t:
        """Find the longest stretch free on both sides, the first of equals; ``best`` its length."""
        taken_a: uint8_t[::1] = self.taken_a
        taken_b: uint8_t[::1] = self.taken_b
        best: int64_t = 0
        start: int64_t = 0
        run: int64_t = 0
        step: int64_t
        for step in range(length):
            run = 0 if taken_a[i + step] | taken_b[j + step] else run + 1
            if run > best:
                best = run
                start = step + 1 - run
        self.best = best
        return start

    def take(self, i: int64_t, j: int64_t, length: int64_t) -> int64_t:
        """Take a run."""
        step: int64_t
        for step in range(length):
            self.taken_a[i + step] = 1
            self.taken_b[j + step] = 1
        self.tile_b[i] = cython.cast(int32_t, j)
        self.tile_length[i] = cython.cast(int32_t, length)
        return 0

    def give(self, out: int32_t[::1], at: int64_t) -> int64_t:
        """Give out the tiles in the order of a, and forget them."""
        k: int64_t
        for k in range(self.size_a):
            self.taken_a[k] = 0
            if self.tile_length[k] > 0:
                out[at] = cython.cast(int32_t, k)
                out[at + 1] = self.tile_b[k]
                out[at + 2] = self.tile_length[k]
                self.tile_length[k] = 0
                at += 3
        for k in range(self.size_b):
            self.taken_b[k] = 0
        return at


def tile_runs(
    words: cython.const[int32_t][::1],
    sides: cython.const[int64_t][::1],
    labels: cython.const[int32_t][::1],
    wanted: cython.const[uint8_t][::1],
    least: int64_t,
):
    """Tile pairs of word sequences by their common runs of ``least`` words or more, longest first.

    ``words`` and ``sides`` as of :func:`dedup.alignment._words.number_words`; ``labels``, none or
    one for each word, keep a run within words of one label (below 0: in none). Pairs that are not
    ``wanted``, u8[m], get no runs. Returns the runs in the order of a, i32[r, 3]: start in a, start
    in b, length; and where each pair's begin, i64[m + 1]. No word of either text is in two runs.
    """
    work: _Tiler = _Tiler()
    pairs: cython.Py_ssize_t = wanted.shape[0]
    most_a: int64_t = 1
    most_b: int64_t = 1
    room: int64_t = 0
    m: cython.Py_ssize_t
    if least < 1 or sides.shape[0] < 2 * pairs + 1 or sides[2 * pairs] > words.shape[0]:
        raise ValueError("runs are wanted of more words than there are, or of none")
    for m in range(pairs):
        if not wanted[m]:
            continue
        most_a = max(most_a, sides[2 * m + 1] - sides[2 * m])
        most_b = max(most_b, sides[2 * m + 2] - sides[2 * m + 1])
        room += min(sides[2 * m + 1] - sides[2 * m], sides[2 * m + 2] - sides[2 * m + 1]) // least
    work.prepare(most_a, most_b)
    work.words = words
    work.labels = labels
    work.least = least
    runs = np.empty(3 * room, np.int32)
    ends = np.zeros(pairs + 1, np.int64)
    out: int32_t[::1] = runs
    offsets: int64_t[::1] = ends
    at: int64_t = 0
    with cython.nogil:
        for m in range(pairs):
            work.first_a = sides[2 * m]
            work.first_b = sides[2 * m + 1]
            work.size_a = sides[2 * m + 1] - sides[2 * m]
            work.size_b = sides[2 * m + 2] - sides[2 * m + 1]
            if wanted[m] and min(work.size_a, work.size_b) >= least:
                work.enter()
                work.anchor()
                work.tile()
                at = work.give(out, at)
            offsets[m + 1] = at // 3
    return runs[:at].reshape(-1, 3).copy(), ends
