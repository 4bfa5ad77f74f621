"""Cluster the sentence pairs that speak for reuse, and find stretches that sum up a long text.

Seeds, clusters of seeds and the gap tolerated between them follow Sanchez-Perez, Sidorov and
Gelbukh 2014, "A winning approach to text alignment for text reuse detection at PAN 2014". The
parameters were chosen on parts of PAN 2013's training pairs (``benchmarks/quality_alignment.py``
measures all of them) and lie where both halves of the sources change little.
"""

import cython
import numpy as np
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t

LEAST_SEED_WORDS = cython.declare(int64_t, 2)
"""Words of the shortest sentence that can be a seed: one word says nothing of reuse."""
STRONG_SEED = cython.declare(cython.double, 0.35)
"""Score from which a sentence pair begins a region."""
WEAK_SEED = cython.declare(cython.double, 0.2)
"""Score from which one extends a region that it lies close to."""
RELATIVE_SEED = cython.declare(cython.double, 0.8)
"""Least score of a seed as a part of the best score that either of its sentences has."""
MOST_GAP = cython.declare(int64_t, 4)
"""Sentences without a strong seed that a region may hold in a row, on either side."""
REACH = cython.declare(int64_t, 4)
"""Sentences from a region's border within which a weak seed extends it, on both sides."""
MOST_ROUNDS = cython.declare(int64_t, 16)
"""Times that weak seeds may extend a region further: keeps the time linear."""

DIGEST_SEED = cython.declare(cython.double, 0.3)
"""Score from which a sentence pair counts towards a digest: a stretch that sums up a long text."""
DIGEST_GAP = cython.declare(int64_t, 1)
"""Sentences without a seed that a digest may hold in a row."""
DIGEST_PAIRS = cython.declare(int64_t, 3)
"""Sentences, on either side, that make a digest at least."""
DIGEST_SPREAD = cython.declare(cython.double, 0.7)
"""Most of a digest's mass that one region may hold: a digest draws on many places."""
DIGEST_LIFT = cython.declare(cython.double, 40.0)
"""Times that seeds are at least as dense in a digest as in the rest of its text."""


class _Seeds:
    """The seeds of a pair of texts by (a, b), those picked of them, and how these are labelled."""

    def prepare(self, most: int64_t, sentences: int64_t) -> object:
        """Make the work arrays for so many pairs, and texts of so many sentences each."""
        self.a, self.b = np.empty(most, np.int32), np.empty(most, np.int32)
        self.score, self.mass = np.empty(most), np.empty(most)
        self.best_a, self.best_b = np.empty(sentences), np.empty(sentences)
        self.pick, self.label = np.empty(most, np.int32), np.empty(most, np.int32)
        self.finer, self.order = np.empty(most, np.int32), np.empty(most, np.int32)
        self.spare = np.empty(most, np.int32)
        self.places = np.empty(max(most, sentences) + 1, np.int32)
        self.members, self.ends = np.empty(most, np.int32), np.empty(most + 1, np.int32)
        self.box = np.empty(4, np.int64)
        return None

    def select(self) -> int64_t:
        """Keep the pairs that are clear in themselves and beside the best of their sentences."""
        k: int64_t
        kept: int64_t = 0
        for k in range(self.rows):
            self.best_a[k] = 0.0
        for k in range(self.columns):
            self.best_b[k] = 0.0
        for k in range(self.count):
            self.best_a[self.a[k]] = max(self.best_a[self.a[k]], self.score[k])
            self.best_b[self.b[k]] = max(self.best_b[self.b[k]], self.score[k])
        for k in range(self.count):
            rival: cython.double = max(self.best_a[self.a[k]], self.best_b[self.b[k]])
            if self.score[k] >= WEAK_SEED and self.score[k] >= RELATIVE_SEED * rival:
                self.a[kept] = self.a[k]
                self.b[kept] = self.b[k]
                self.score[kept] = self.score[k]
                kept += 1
        self.count = kept
        return kept

    def pick_from(self, least: cython.double) -> int64_t:
        """Pick the seeds of some score, all with one label."""
        k: int64_t
        self.picked = 0
        for k in range(self.count):
            if self.score[k] >= least:
                self.pick[self.picked] = cython.cast(int32_t, k)
                self.label[self.picked] = 0
                self.picked += 1
        return self.picked

    def sort(self, keys: int32_t[::1], most: int64_t, through: cython.bint) -> int64_t:
        """Sort ``spare`` to ``order`` by keys up to ``most``, equal ones as they stand.

        The keys are of picked seeds, or of seeds where it goes ``through`` what was picked.
        """
        k: int64_t
        at: int64_t = 0
        places: int32_t[::1] = self.places
        for k in range(most + 1):
            places[k] = 0
        for k in range(self.picked):
            places[keys[self.pick[k] if through else k]] += 1
        for k in range(most + 1):
            at += places[k]
            places[k] = cython.cast(int32_t, at - places[k])
        for k in range(self.picked):
            key: int32_t = keys[self.pick[self.spare[k]] if through else self.spare[k]]
            self.order[places[key]] = self.spare[k]
            places[key] += 1
        return 0

    def split(self, sentences: int32_t[::1], most: int64_t, gap: int64_t) -> int64_t:
        """Split every cluster where more than ``gap`` sentences lie between neighbours.

        Gives how many clusters there are then.
        """
        k: int64_t
        labels: int64_t = 0
        for k in range(self.picked):
            self.spare[k] = cython.cast(int32_t, k)
        self.sort(sentences, most, True)
        for k in range(self.picked):
            self.spare[k] = self.order[k]
        self.sort(self.label, self.picked, False)
        for k in range(self.picked):
            one: int64_t = self.order[k - 1] if k else 0
            other: int64_t = self.order[k]
            step: int64_t = sentences[self.pick[other]] - sentences[self.pick[one]]
            if k and (self.label[one] != self.label[other] or step > gap + 1):
                labels += 1
            self.finer[other] = cython.cast(int32_t, labels)
        for k in range(self.picked):
            self.label[k] = self.finer[k]
        return labels + (self.picked > 0)

    def join(self) -> int64_t:
        """Label picked seeds so that no cluster has a gap too wide on either side."""
        before: int64_t = 0
        count: int64_t = min(self.picked, 1)
        while before != count:
            before = count
            self.split(self.a, self.rows, MOST_GAP)
            count = self.split(self.b, self.columns, MOST_GAP)
        return count

    def gather(self, clusters: int64_t) -> int64_t:
        """List the picked seeds in ``members`` cluster by cluster; the k-th ends at ``ends[k]``."""
        k: int64_t
        for k in range(self.picked):
            self.spare[k] = cython.cast(int32_t, k)
        self.sort(self.label, self.picked, False)
        for k in range(clusters):
            self.ends[k] = 0
        for k in range(self.picked):
            self.members[k] = self.pick[self.order[k]]
            self.ends[self.label[self.order[k]]] = cython.cast(int32_t, k + 1)
        return clusters

    def frame(self, start: int64_t, end: int64_t) -> int64_t:
        """Make the box of some of the members."""
        k: int64_t
        for k in range(start, end):
            self.widen(self.members[k], k == start)
        return end - start

    def widen(self, seed: int64_t, begin: cython.bint) -> int64_t:
        """Make the box hold a seed, or that alone."""
        box: int64_t[::1] = self.box
        box[0] = self.a[seed] if begin else min(box[0], cython.cast(int64_t, self.a[seed]))
        box[1] = self.a[seed] if begin else max(box[1], cython.cast(int64_t, self.a[seed]))
        box[2] = self.b[seed] if begin else min(box[2], cython.cast(int64_t, self.b[seed]))
        box[3] = self.b[seed] if begin else max(box[3], cython.cast(int64_t, self.b[seed]))
        return 0

    def extend(self) -> int64_t:
        """Take in seeds that lie close to the box, and again: until none is left, or enough."""
        box: int64_t[::1] = self.box
        for _ in range(MOST_ROUNDS):
            top: int64_t = box[0]
            bottom: int64_t = box[1]
            left: int64_t = box[2]
            right: int64_t = box[3]
            k: int64_t = self.first_from(top - REACH)
            while k < self.count and self.a[k] <= bottom + REACH:
                if left - REACH <= self.b[k] <= right + REACH:
                    self.widen(k, False)
                k += 1
            if top == box[0] and bottom == box[1] and left == box[2] and right == box[3]:
                break
        return 0

    def first_from(self, sentence: int64_t) -> int64_t:
        """Find the first seed whose sentence of a is this one or comes behind it."""
        low: int64_t = 0
        high: int64_t = self.count
        while low < high:
            middle: int64_t = (low + high) >> 1
            if self.a[middle] < sentence:
                low = middle + 1
            else:
                high = middle
        return low

    def swap(self) -> int64_t:
        """Change the sides, and sort the seeds by the other text."""
        k: int64_t
        self.pick_from(-1.0)
        for k in range(self.picked):
            self.spare[k] = cython.cast(int32_t, k)
        self.sort(self.b, self.columns, True)
        for k in range(self.count):
            self.label[k] = self.b[self.order[k]]
            self.finer[k] = self.a[self.order[k]]
            self.mass[k] = self.score[self.order[k]]
        for k in range(self.count):
            self.a[k] = self.label[k]
            self.b[k] = self.finer[k]
            self.score[k] = self.mass[k]
        self.rows, self.columns = self.columns, self.rows
        return 0

    def count_places(self, sentences: int32_t[::1], most: int64_t) -> int64_t:
        """Count the sentences of one text that picked seeds have."""
        k: int64_t
        found: int64_t = 0
        for k in range(most):
            self.places[k] = 0
        for k in range(self.picked):
            found += self.places[sentences[self.pick[k]]] == 0
            self.places[sentences[self.pick[k]]] = 1
        return found

    def is_digest(self, start: int64_t, end: int64_t, total: cython.double) -> cython.int:
        """Tell whether members draw on many places of a and stand out from the rest of b.

        The box is theirs; all members have ``total`` score. Others are picked and labelled then.
        """
        k: int64_t
        mass: cython.double = 0.0
        largest: cython.double = 0.0
        self.picked = end - start
        for k in range(self.picked):
            self.pick[k] = self.members[start + k]
            self.label[k] = 0
            mass += self.score[self.pick[k]]
        clusters: int64_t = self.join()
        for k in range(clusters):
            self.mass[k] = 0.0
        for k in range(self.picked):
            self.mass[self.label[k]] += self.score[self.pick[k]]
        for k in range(clusters):
            largest = max(largest, self.mass[k])
        places: int64_t = self.count_places(self.a, self.rows)
        places = min(places, self.count_places(self.b, self.columns))
        width: int64_t = self.box[3] - self.box[2] + 1
        rest: cython.double = (total - mass) / max(1, self.columns - width)
        return (
            places >= DIGEST_PAIRS
            and largest <= DIGEST_SPREAD * mass
            and mass / width >= DIGEST_LIFT * rest
        )

    def give_clusters(self, out: int64_t[:, ::1], at: int64_t) -> int64_t:
        """Give out the boxes of clusters of strong seeds, extended by weak ones."""
        k: int64_t
        start: int64_t = 0
        self.pick_from(STRONG_SEED)
        for k in range(self.gather(self.join())):
            self.frame(start, self.ends[k])
            self.extend()
            out[at, 0] = self.box[0]
            out[at, 1] = self.box[1]
            out[at, 2] = self.box[2]
            out[at, 3] = self.box[3]
            at += 1
            start = self.ends[k]
        return at

    def give_digests(self, out: int64_t[:, ::1], at: int64_t, turned: cython.bint) -> int64_t:
        """Give out the boxes of stretches of b that sum up a, sentences from here and there."""
        k: int64_t
        start: int64_t = 0
        total: cython.double = 0.0
        for k in range(self.pick_from(DIGEST_SEED)):
            total += self.score[self.pick[k]]
        for k in range(self.gather(self.split(self.b, self.columns, DIGEST_GAP))):
            found: cython.bint = self.frame(start, self.ends[k]) >= DIGEST_PAIRS
            if found and self.is_digest(start, self.ends[k], total):
                out[at, 0] = self.box[2 if turned else 0]
                out[at, 1] = self.box[3 if turned else 1]
                out[at, 2] = self.box[0 if turned else 2]
                out[at, 3] = self.box[1 if turned else 3]
                out[at, 4] = turned
                at += 1
            start = self.ends[k]
        return at


@cython.cfunc
def _seeds(
    offsets: cython.const[int64_t][::1],
    firsts: cython.const[int64_t][::1],
    pairs: cython.const[int64_t][:, ::1],
) -> _Seeds:
    """Make the work arrays that hold the largest of several pairs."""
    work: _Seeds = _Seeds()
    most: int64_t = 1
    sentences: int64_t = 1
    k: cython.Py_ssize_t
    for k in range(pairs.shape[0]):
        most = max(most, offsets[k + 1] - offsets[k])
    for k in range(2 * pairs.shape[0]):
        t: int64_t = pairs[k >> 1, k & 1]
        sentences = max(sentences, firsts[t + 1] - firsts[t])
    work.prepare(most, sentences)
    return work


def find_clusters(scored: tuple, texts: object, pairs: cython.const[int64_t][:, ::1]):
    """Find the clusters of seeds and the digests of pairs of texts, furniture left out.

    ``scored`` as of :func:`dedup.alignment._grams.score_sentences`. Returns the first and last
    sentence of a and of b of each cluster, i64[c, 4], and where each pair's begin, i64[m + 1]; and
    the same of stretches of b that sum up one of a, then of a that sum up one of b, as far as they
    are shorter: a fifth column is 0 and 1.
    """
    a: cython.const[int32_t][::1] = scored[0]
    b: cython.const[int32_t][::1] = scored[1]
    score: cython.const[cython.double][::1] = scored[2]
    offsets: cython.const[int64_t][::1] = scored[3]
    firsts: cython.const[int64_t][::1] = texts.firsts
    bounds: cython.const[int64_t][::1] = texts.bounds
    flags: cython.const[uint8_t][::1] = texts.furniture
    work: _Seeds = _seeds(offsets, firsts, pairs)
    clusters, digests = np.empty((a.shape[0], 4), np.int64), np.empty((a.shape[0], 5), np.int64)
    ends = np.zeros((2, pairs.shape[0] + 1), np.int64)
    out: int64_t[:, ::1] = clusters
    out_digests: int64_t[:, ::1] = digests
    out_ends: int64_t[:, ::1] = ends
    at: int64_t = 0
    found: int64_t = 0
    k: int64_t
    m: int64_t
    with cython.nogil:
        for m in range(pairs.shape[0]):
            first_a: int64_t = firsts[pairs[m, 0]]
            first_b: int64_t = firsts[pairs[m, 1]]
            work.rows = firsts[pairs[m, 0] + 1] - first_a - 1
            work.columns = firsts[pairs[m, 1] + 1] - first_b - 1
            work.count = 0
            for k in range(offsets[m], offsets[m + 1]):
                row: int64_t = first_a + a[k]
                column: int64_t = first_b + b[k]
                fewest: int64_t = min(
                    bounds[row + 1] - bounds[row], bounds[column + 1] - bounds[column]
                )
                if fewest >= LEAST_SEED_WORDS and flags[row] == 0 and flags[column] == 0:
                    work.a[work.count] = a[k]
                    work.b[work.count] = b[k]
                    work.score[work.count] = score[k]
                    work.count += 1
            work.select()
            at = work.give_clusters(out, at)
            found = work.give_digests(out_digests, found, False)
            work.swap()
            found = work.give_digests(out_digests, found, True)
            out_ends[0, m + 1] = at
            out_ends[1, m + 1] = found
    return clusters[:at], ends[0], digests[:found], ends[1]
