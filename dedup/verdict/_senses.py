"""The gist of a sentence: one vector for what its words mean, by which two texts are likened.

Who rewrites a story takes other words of like sense, sentence by sentence; words shared tell
nothing of it. The vector of a sentence is the sum of those of its distinct words, weighed by how
rare they are (as in Arora et al. 2017). In English a word has the vector that
:mod:`dedup.verdict.senses` lists, and counts for nothing without one; in other languages each word
has one of its own, so that a sentence is like another by what words both have. All sums are of
whole numbers: the same on every machine.
"""

import cython
import numpy as np
from cython.cimports.dedup._tables import place_of
from cython.cimports.dedup.verdict._counting import share
from cython.cimports.dedup.verdict._links import Side
from cython.cimports.dedup.verdict._stories import Layout, Story
from cython.cimports.libc.math import sqrt
from cython.cimports.libc.stdint import (
    int8_t,
    int16_t,
    int32_t,
    int64_t,
    uint8_t,
    uint32_t,
    uint64_t,
)
from cython.cimports.libc.string import memcpy

from dedup.text.marks import Mark
from dedup.verdict import bounds

_NUMBER = cython.declare(uint8_t, Mark.NUMBER)
_HEAVIEST = cython.declare(cython.double, bounds.HEAVIEST_SENSE)
_STEPS = cython.declare(cython.double, bounds.SENSE_STEPS)
_MOST = cython.declare(int64_t, bounds.MOST_GISTS)
_WORDS = cython.declare(int64_t, bounds.GIST_WORDS)
_ONE = cython.declare(cython.double, 127.0 * 127.0)
_NEAR = cython.declare(cython.double, bounds.NEAR_GIST * 127.0 * 127.0)
_NEAREST = cython.declare(cython.double, bounds.NEAREST_GIST * 127.0 * 127.0)
_MIX = cython.declare(uint64_t, 0x9E3779B97F4A7C15)
_MIX_AGAIN = cython.declare(uint64_t, 0xBF58476D1CE4E5B9)
_MIX_LAST = cython.declare(uint64_t, 0x94D049BB133111EB)
_SIGN = cython.declare(int32_t, 16)
"""What each value of a vector of a word's own is, or the opposite: 127 / sqrt(64)."""


class Senses:
    """Vectors of words.

    ``ids`` u32[n] ascend, and ``buckets`` i64[2 ** bits + 1] tell where those with each value of
    their upper bits begin. A vector, in units of 1 / 127, is a centroid for each of its parts, four
    values i8 as one u32 of ``centroids`` u32[16, 256]; which ones say ``codes`` u8[n, 16].
    """

    def __init__(
        self,
        ids: cython.const[uint32_t][::1],
        buckets: cython.const[int64_t][::1],
        codes: cython.const[uint8_t][:, ::1],
        centroids: cython.const[uint32_t][:, ::1],
    ):
        if (bounds.PARTS, bounds.WIDTH) != (16, 4):  # as the loops take it
            raise ValueError(f"bounds: got {bounds.PARTS} parts of {bounds.WIDTH}, wanted 16 of 4")
        if codes.shape[0] != ids.shape[0] or codes.shape[1] != 16:
            raise ValueError(f"codes: wanted 16 for each of {ids.shape[0]} words")
        if centroids.shape[0] != 16 or centroids.shape[1] != 256:
            raise ValueError("centroids: wanted 256 for each of 16 parts")
        if ids.shape[0] == 0:
            raise ValueError("ids: got none, wanted one at least")
        bits: cython.int = (buckets.shape[0] - 1).bit_length() - 1
        if buckets.shape[0] != (1 << bits) + 1 or buckets[buckets.shape[0] - 1] != ids.shape[0]:
            raise ValueError(f"buckets: wanted those of {ids.shape[0]} words")
        self.ids = ids
        # Half as long, they are found in the processor's cache.
        self.buckets = np.asarray(buckets).astype(np.int32)
        self.codes = codes
        self.centroids = centroids
        self.shift = 32 - bits


# --- Gists ---------------------------------------------------------------------------------------


@cython.cfunc
@cython.inline
@cython.nogil
@cython.overflowcheck(False)
@cython.exceptval(check=False)
def _mixed(word: uint64_t) -> uint64_t:
    """Mix the bits of a number (SplitMix64, Steele et al. 2014), which wraps around on purpose."""
    word += _MIX
    word = (word ^ (word >> 30)) * _MIX_AGAIN
    word = (word ^ (word >> 27)) * _MIX_LAST
    return word ^ (word >> 31)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _make_own(word: uint32_t, vector: cython.pointer[int8_t]) -> cython.void:
    """Make a vector that only this word has: nearly at right angles to that of any other."""
    bits: uint64_t = _mixed(word)
    k: int64_t
    for k in range(64):
        vector[k] = cython.cast(int8_t, _SIGN if bits & 1 else -_SIGN)
        bits >>= 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _unpack(senses: Senses, vector: cython.pointer[int8_t]) -> cython.void:
    """Put a vector together, sixteen parts of four values, of the codes that end it."""
    centroids: cython.pointer[cython.const[uint32_t]] = cython.address(senses.centroids[0, 0])
    codes: cython.pointer[uint8_t] = cython.cast(cython.pointer[uint8_t], vector + 48)
    parts: cython.pointer[uint32_t] = cython.cast(cython.pointer[uint32_t], vector)
    part: int64_t
    for part in range(16):  # the last four are written over the codes that were read
        parts[part] = centroids[256 * part + codes[part]]


@cython.cfunc
@cython.nogil
def _list_vectors(
    senses: Senses, layout: Layout, story: cython.pointer[Story], row: int64_t, words: int64_t
) -> cython.int:
    """List the vectors of the distinct words among the first ``words``, and what each counts.

    What has no vector counts nothing: where senses are listed, a number or a word without one.
    Rows are found first, then their codes copied, so that the memory is not waited for word by
    word.
    """
    k: int64_t
    at: int64_t
    entry: int64_t
    word: uint32_t
    has_one: cython.int
    count: int64_t = 0
    end: int64_t = senses.ids.shape[0]
    sensed: cython.bint = layout.sensed[row]
    for entry in range(story.at, story.at + story.entries):
        word = layout.vocabulary[entry]
        at = word
        has_one = layout.first[entry] < words
        if sensed:
            at = place_of(senses.ids, word, senses.buckets[word >> senses.shift], end)
            at = min(at, end - 1)
            has_one &= senses.ids[at] == word
            has_one &= (layout.entry_marks[entry] & _NUMBER) == 0
        layout.listed[count] = at
        layout.vector[entry] = cython.cast(int16_t, count)
        layout.steps[entry] = has_one * cython.cast(
            int16_t, _STEPS * min(layout.weights[entry], _HEAVIEST) + 0.5
        )
        count += has_one
    for k in range(count):
        vector = cython.address(layout.vectors[k, 0])
        if sensed:
            memcpy(vector + 48, cython.address(senses.codes[layout.listed[k], 0]), 16)
        else:
            _make_own(cython.cast(uint32_t, layout.listed[k]), vector)
    for k in range(count * sensed):
        _unpack(senses, cython.address(layout.vectors[k, 0]))
    return 0


@cython.cfunc
@cython.nogil
def _sum_vectors(
    layout: Layout, at: int64_t, i: int64_t, sums: cython.pointer[int32_t]
) -> cython.int:
    """Sum the vectors of the distinct words of sentence ``i``, each as often as it counts."""
    # The compiler keeps them in registers, as nothing else knows where they are.
    total = cython.declare(int32_t[64])
    vector: cython.pointer[cython.const[int8_t]]
    steps: int16_t
    k: int64_t
    entry: int64_t
    value: cython.int
    for value in range(64):
        total[value] = 0
    for k in range(at + layout.held_starts[i], at + layout.held_starts[i + 1]):
        entry = at + layout.held[k]
        steps = layout.steps[entry]
        if steps == 0:
            continue
        vector = cython.address(layout.vectors[layout.vector[entry], 0])
        for value in range(64):
            # It fits into 16 bits, in which twice as many are multiplied at once.
            total[value] += cython.cast(int16_t, steps * vector[value])
    for value in range(64):
        sums[value] = total[value]
    return 0


@cython.cfunc
@cython.nogil
def _set_gist(
    layout: Layout, row: int64_t, at: int64_t, sums: cython.pointer[int32_t]
) -> cython.int:
    """Write the sum of vectors with a length of 127; what is no sum of any is no gist."""
    squared: int64_t = 0
    k: cython.int
    words: int32_t = layout.bounds[at + 1] - layout.bounds[at]
    scale: cython.double
    value: cython.double
    rounded: int32_t
    gist: cython.pointer[int16_t] = cython.address(layout.gists[at, 0])
    whole: cython.pointer[int32_t] = cython.address(layout.wholes[row, 0])
    for k in range(64):
        squared += cython.cast(int64_t, sums[k]) * sums[k]
    if squared == 0:
        return 0
    layout.gist_words[at] = words
    scale = 127.0 / sqrt(cython.cast(cython.double, squared))
    for k in range(64):
        # The floor of it, which is a call of a function where the processor's is not known.
        value = sums[k] * scale + 0.5
        rounded = cython.cast(int32_t, value)
        rounded -= value < rounded
        gist[k] = cython.cast(int16_t, rounded)
        whole[k] += words * rounded
    return 0


@cython.cfunc
@cython.nogil
def read_gists(
    senses: Senses, layout: Layout, story: cython.pointer[Story], row: int64_t
) -> cython.int:
    """Sum up the first ``MOST_GISTS`` sentences of a text; short ones have no gist."""
    sums = cython.declare(int32_t[64])
    i: int64_t
    end: int64_t = story.edge + min(story.sentences, _MOST)
    layout.wholes[row, :] = 0
    _list_vectors(senses, layout, story, row, layout.bounds[end])
    for i in range(story.edge, end):
        layout.gist_words[i] = 0
        if layout.bounds[i + 1] - layout.bounds[i] >= _WORDS:
            _sum_vectors(layout, story.at, i, sums)
            _set_gist(layout, row, i, sums)
    return 0


# --- Two texts -----------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
def _begin(layout: Layout, side: Side) -> cython.int:
    """Count the gists of a side and the words they stand for; nothing is like them yet."""
    i: int64_t
    side.gists = 0
    side.gist_words = 0
    side.summed = min(side.story.sentences, _MOST)
    for i in range(side.summed):
        side.likest[i] = -127 * 127
        side.likeness[i] = 0
        side.gists += layout.gist_words[side.story.edge + i] > 0
        side.gist_words += layout.gist_words[side.story.edge + i]
    return 0


@cython.cfunc
@cython.nogil
def find_likest(layout: Layout, one: Side, two: Side) -> cython.int:
    """Find how like each gist the likest one of the other text is, and all of them together."""
    here: cython.pointer[cython.const[int16_t]]
    there: cython.pointer[cython.const[int16_t]]
    i: int64_t
    j: int64_t
    k: int64_t
    alike: int32_t
    _begin(layout, one)
    _begin(layout, two)
    for i in range(one.summed):
        if layout.gist_words[one.story.edge + i] == 0:
            continue
        here = cython.address(layout.gists[one.story.edge + i, 0])
        for j in range(two.summed):
            if layout.gist_words[two.story.edge + j] == 0:
                continue
            there = cython.address(layout.gists[two.story.edge + j, 0])
            alike = 0
            for k in range(64):
                alike += here[k] * there[k]
            one.likest[i] = max(one.likest[i], alike)
            two.likest[j] = max(two.likest[j], alike)
            one.likeness[i] += alike
            two.likeness[j] += alike
            one.alike[i, j] = alike
    one.gist_whole = _compare_wholes(layout, one.row, two.row)
    two.gist_whole = one.gist_whole
    return 0


@cython.cfunc
@cython.nogil
def _compare_wholes(layout: Layout, row: int64_t, other: int64_t) -> cython.double:
    """Tell how like two texts are on the whole: the cosine of the sums of their gists."""
    k: int64_t
    here: int64_t
    there: int64_t
    both: int64_t = 0
    of_one: int64_t = 0
    of_other: int64_t = 0
    for k in range(64):
        here = layout.wholes[row, k]
        there = layout.wholes[other, k]
        both += here * there
        of_one += here * here
        of_other += there * there
    if of_one == 0 or of_other == 0:
        return 0.0
    return _shown(both / sqrt(cython.cast(cython.double, of_one) * of_other))


# --- Measures ------------------------------------------------------------------------------------


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _shown(likeness: cython.double) -> cython.double:
    """Hold a likeness between 0 and 1: less is as good as nothing, more is of rounding."""
    return min(1.0, max(0.0, likeness))


@cython.cfunc
@cython.nogil
def _weigh(side: Side, other: Side, apart: int64_t) -> cython.double:
    """Average how like the likest gists are, by words, less ``apart`` times the average of all."""
    i: int64_t
    found: int64_t = 0
    if other.gists == 0:
        return 0.0
    for i in range(side.summed):
        found += side.layout.gist_words[side.story.edge + i] * (
            cython.cast(int64_t, side.likest[i]) * other.gists - apart * side.likeness[i]
        )
    return _shown(share(found / (_ONE * other.gists), side.gist_words))


@cython.cfunc
@cython.nogil
def gist_alike(side: Side, other: Side) -> cython.double:
    return _weigh(side, other, 0)


@cython.cfunc
@cython.nogil
def gist_apart(side: Side, other: Side) -> cython.double:
    return _weigh(side, other, 1)


@cython.cfunc
@cython.nogil
def _share_from(side: Side, other: Side, least: cython.double) -> cython.double:
    """Share of the words in sentences whose gist is so like one of the other text's."""
    i: int64_t
    found: int64_t = 0
    for i in range(side.summed):
        if other.gists > 0 and side.likest[i] >= least:
            found += side.layout.gist_words[side.story.edge + i]
    return share(found, side.gist_words)


@cython.cfunc
@cython.nogil
def gist_near(side: Side, other: Side) -> cython.double:
    return _share_from(side, other, _NEAR)


@cython.cfunc
@cython.nogil
def gist_nearest(side: Side, other: Side) -> cython.double:
    return _share_from(side, other, _NEAREST)


@cython.cfunc
@cython.nogil
def gist_whole(side: Side, other: Side) -> cython.double:
    return side.gist_whole
