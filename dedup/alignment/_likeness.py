"""Measure how like the letters of two sentences are, for texts revised sentence by sentence.

The measure is RapidFuzz's ``Indel.normalized_similarity`` of the folded words, a blank between
them, by a bit-parallel longest common subsequence (Hyyrö 2004, "Bit-parallel LCS-length computation
revisited").
"""

import cython
import numpy as np
from cython.cimports.libc.stdint import int32_t, int64_t, uint32_t, uint64_t

from dedup.alignment._choice import REVISED_LEVEL

CHANCE_LIKENESS = cython.declare(cython.double, 0.5)
"""Share of letters, in order, that two sentences on one topic have in common by chance."""
LONGEST_LIKENED = 1_000
"""Characters of the longest sentence whose likeness is measured: bounds the time."""

_LONGEST = cython.declare(int64_t, LONGEST_LIKENED)
_REVISED = cython.declare(cython.double, REVISED_LEVEL)
_BLOCKS = cython.declare(int64_t, LONGEST_LIKENED // 64 + 1)
"""64-bit words that hold the longest sentence."""
_CODES = cython.declare(int64_t, 0x200000)
_CODE_MASK = cython.declare(uint32_t, 0x1FFFFF)
_BLANK = cython.declare(uint32_t, 32)


class Likeness:
    """Counts the letters that a sentence has in common, in order, with others in a row."""

    def prepare(self, texts: object) -> object:
        """Number the letters of the texts and make a mask for each."""
        self.letters = texts.letters
        self.offsets = texts.letter_offsets
        self.bounds = texts.bounds
        self.symbols = np.zeros(_CODES, np.int32)  # a few pages of it are ever touched
        count: int64_t = 1
        k: int64_t
        with cython.nogil:
            for k in range(self.letters.shape[0]):
                if self.symbols[self.letters[k] & _CODE_MASK] == 0:
                    self.symbols[self.letters[k] & _CODE_MASK] = cython.cast(int32_t, count)
                    count += 1
            if self.symbols[_BLANK] == 0:
                self.symbols[_BLANK] = cython.cast(int32_t, count)
                count += 1
        self.masks = np.zeros(count * _BLOCKS, np.uint64)
        self.state = np.empty(_BLOCKS, np.uint64)
        self.pattern = -1
        return None

    def size(self, sentence: int64_t) -> int64_t:
        """Count the characters of a sentence, given by its place in ``bounds``."""
        start: int64_t = self.bounds[sentence]
        end: int64_t = self.bounds[sentence + 1]
        return self.offsets[end] - self.offsets[start] + max(end - start - 1, 0)

    def mark(self, letter: uint32_t, at: int64_t) -> int64_t:
        """Mark a letter of the pattern at its place, or unmark all places of it, for below 0."""
        row: int64_t = self.symbols[letter & _CODE_MASK] * _BLOCKS
        k: int64_t
        if at >= 0:
            self.masks[row + (at >> 6)] |= cython.cast(uint64_t, 1) << (at & 63)
        else:
            for k in range(self.blocks):
                self.masks[row + k] = 0
        return 0

    def mark_all(self, sentence: int64_t, setting: cython.bint) -> int64_t:
        """Mark the letters of a sentence at their places, or unmark them."""
        at: int64_t = 0
        word: int64_t
        k: int64_t
        for word in range(self.bounds[sentence], self.bounds[sentence + 1]):
            if at > 0:
                self.mark(_BLANK, at if setting else -1)
                at += 1
            for k in range(self.offsets[word], self.offsets[word + 1]):
                self.mark(self.letters[k], at if setting else -1)
                at += 1
        return at

    def take(self, sentence: int64_t) -> int64_t:
        """Make a sentence of up to ``LONGEST_LIKENED`` characters the pattern."""
        if self.pattern == sentence:
            return 0
        if self.pattern >= 0:
            self.mark_all(self.pattern, False)
        self.pattern = sentence
        self.length = self.size(sentence)
        self.blocks = (self.length + 63) >> 6
        self.mark_all(sentence, True)
        return 0

    @cython.overflowcheck(False)
    def step(self, letter: uint32_t) -> int64_t:
        """Read a letter."""
        row: int64_t = self.symbols[letter & _CODE_MASK] * _BLOCKS
        carry: uint64_t = 0
        k: int64_t
        for k in range(self.blocks):
            before: uint64_t = self.state[k]
            met: uint64_t = before & self.masks[row + k]
            added: uint64_t = before + met
            over: uint64_t = added < before
            added += carry
            carry = over | (added < carry)
            self.state[k] = added | (before - met)
        return 0

    def read(self, sentence: int64_t, at: int64_t) -> int64_t:
        """Read a sentence behind ``at`` characters, a blank between."""
        word: int64_t
        k: int64_t
        for word in range(self.bounds[sentence], self.bounds[sentence + 1]):
            if at > 0:
                self.step(_BLANK)
                at += 1
            for k in range(self.offsets[word], self.offsets[word + 1]):
                self.step(self.letters[k])
            at += self.offsets[word + 1] - self.offsets[word]
        return at

    def begin(self) -> int64_t:
        """Begin to read."""
        k: int64_t
        for k in range(self.blocks):
            self.state[k] = ~cython.cast(uint64_t, 0)
        return 0

    @cython.overflowcheck(False)
    def similarity(self, read: int64_t) -> cython.double:
        """Give the likeness of the pattern and of the ``read`` characters, 0 to 1."""
        common: int64_t = 0
        k: int64_t
        total: int64_t = self.length + read
        for k in range(self.blocks):
            zeros: uint64_t = ~self.state[k]
            while zeros:
                zeros &= zeros - 1
                common += 1
        if total == 0:
            return 1.0
        distance: cython.double = total - 2 * common
        return 1.0 - distance / total


def measure_likeness(near: tuple, texts: object, pairs: cython.const[int64_t][:, ::1]):
    """Measure how much more of their letters sentences have in common, in order, than by chance.

    ``near`` as of :func:`dedup.alignment._choice.strengthen_pairs`; 0 where no sentence was
    revised, f64.
    """
    a: cython.const[int32_t][::1] = near[0]
    b: cython.const[int32_t][::1] = near[1]
    offsets: cython.const[int64_t][::1] = near[4]
    levels: cython.const[cython.double][::1] = near[5]
    firsts: cython.const[int64_t][::1] = texts.firsts
    likeness = np.zeros(a.shape[0])
    out: cython.double[::1] = likeness
    work: Likeness = Likeness()
    work.prepare(texts)
    problem: cython.Py_ssize_t
    k: int64_t
    with cython.nogil:
        for problem in range(levels.shape[0]):
            if levels[problem] < _REVISED:
                continue
            for k in range(offsets[problem], offsets[problem + 1]):
                one: int64_t = firsts[pairs[problem >> 1, 0]] + a[k]
                other: int64_t = firsts[pairs[problem >> 1, 1]] + b[k]
                if max(work.size(one), work.size(other)) <= _LONGEST:
                    work.take(one)
                    work.begin()
                    out[k] = work.similarity(work.read(other, 0)) - CHANCE_LIKENESS
    return likeness
