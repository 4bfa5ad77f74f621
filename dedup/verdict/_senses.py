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

from dedup.text.marks import Mark
from dedup.verdict import bounds

__all__ = ["Senses"]

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
    """Vectors of words, as product quantization packs them.

    ``ids`` u32[n] ascend, and ``buckets`` i64[2 ** bits + 1] tell where those with each value of
    their upper bits begin. ``codes`` u8[n, PARTS] name the centroid of each part of a vector, and
    ``centroids`` i8[PARTS, CENTROIDS, WIDTH] are in units of 1 / 127.
    """

    def __init__(
        self,
        ids: cython.const[uint32_t][::1],
        buckets: cython.const[int64_t][::1],
        codes: cython.const[uint8_t][:, ::1],
        centroids: cython.const[int8_t][:, :, ::1],
    ):
        shape = (bounds.PARTS, bounds.CENTROIDS, bounds.WIDTH)
        if shape != (16, 256, 4):  # as the loops and the arrays on the stack take it to be
            raise ValueError(f"bounds: got {shape}, wanted 16 parts, 256 centroids, 4 values")
        if (centroids.shape[0], centroids.shape[1], centroids.shape[2]) != shape:
            raise ValueError(f"centroids: wanted {shape}")
        if codes.shape[0] != ids.shape[0] or codes.shape[1] != bounds.PARTS:
            raise ValueError(f"codes: wanted {bounds.PARTS} for each of {ids.shape[0]} words")
        bits: cython.int = (buckets.shape[0] - 1).bit_length() - 1
        if buckets.shape[0] != (1 << bits) + 1 or buckets[buckets.shape[0] - 1] != ids.shape[0]:
            raise ValueError(f"buckets: wanted those of {ids.shape[0]} words")
        self.ids = ids
        self.buckets = buckets
        self.codes = codes
        # Floats hold whole numbers of this size as they are, and four of them are added at once.
        self.centroids = np.asarray(centroids).astype(np.float32)
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
def _add_listed(
    senses: Senses, word: uint32_t, times: cython.float, sums: cython.pointer[cython.float]
) -> cython.int:
    """Add the vector that is listed for a word, if there is one."""
    end: int64_t = senses.ids.shape[0]
    at: int64_t = place_of(senses.ids, word, senses.buckets[word >> senses.shift], end)
    part: int64_t
    k: int64_t
    centroid: cython.pointer[cython.float]
    if at == end or senses.ids[at] != word:
        return 0
    for part in range(16):
        centroid = cython.address(senses.centroids[part, senses.codes[at, part], 0])
        for k in range(4):
            sums[4 * part + k] += times * centroid[k]
    return 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _add_own(
    word: uint32_t, times: cython.float, sums: cython.pointer[cython.float]
) -> cython.void:
    """Add a vector that only this word has: nearly at right angles to that of any other."""
    bits: uint64_t = _mixed(word)
    k: int64_t
    for k in range(64):
        sums[k] += times * (_SIGN if bits >> k & 1 else -_SIGN)


@cython.cfunc
@cython.nogil
def _set_gist(
    layout: Layout, row: int64_t, at: int64_t, sums: cython.pointer[cython.float]
) -> cython.int:
    """Write the sum of vectors with a length of 127; what is no sum of any is no gist."""
    squared: cython.double = 0.0
    k: int64_t
    words: int32_t = layout.bounds[at + 1] - layout.bounds[at]
    scale: cython.double
    value: cython.double
    rounded: int32_t
    for k in range(64):
        squared += cython.cast(cython.double, sums[k]) * sums[k]
    if squared == 0.0:
        return 0
    layout.gist_words[at] = words
    scale = 127.0 / sqrt(squared)
    for k in range(64):
        # The floor of it, which is a call of a function where the processor's is not known.
        value = sums[k] * scale + 0.5
        rounded = cython.cast(int32_t, value)
        rounded -= value < rounded
        layout.gists[at, k] = cython.cast(int16_t, rounded)
        layout.wholes[row, k] += words * rounded
    return 0


@cython.cfunc
@cython.nogil
def read_gists(
    senses: Senses, layout: Layout, story: cython.pointer[Story], row: int64_t
) -> cython.int:
    """Sum up the first ``MOST_GISTS`` sentences of a text; short ones have no gist."""
    sums = cython.declare(cython.float[64])
    i: int64_t
    k: int64_t
    entry: int64_t
    times: cython.float
    layout.wholes[row, :] = 0
    for i in range(story.edge, story.edge + min(story.sentences, _MOST)):
        layout.gist_words[i] = 0
        if layout.bounds[i + 1] - layout.bounds[i] < _WORDS:
            continue
        for k in range(64):
            sums[k] = 0.0
        for k in range(story.at + layout.held_starts[i], story.at + layout.held_starts[i + 1]):
            entry = story.at + layout.held[k]
            times = cython.cast(int32_t, _STEPS * min(layout.weights[entry], _HEAVIEST) + 0.5)
            if not layout.sensed[row]:
                _add_own(layout.vocabulary[entry], times, sums)
            elif not layout.entry_marks[entry] & _NUMBER:
                _add_listed(senses, layout.vocabulary[entry], times, sums)
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
    return 0


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
    k: int64_t
    here: cython.double
    there: cython.double
    both: cython.double = 0.0
    of_one: cython.double = 0.0
    of_other: cython.double = 0.0
    for k in range(64):
        here = side.layout.wholes[side.row, k]
        there = side.layout.wholes[other.row, k]
        both += here * there
        of_one += here * here
        of_other += there * there
    return _shown(both / sqrt(of_one * of_other)) if of_one > 0.0 and of_other > 0.0 else 0.0
