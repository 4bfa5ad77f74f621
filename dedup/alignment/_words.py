"""The words of two texts: their numbers, and which sentences keep them all.

Numbers are equal where the letters of the words are.
"""

import cython
import numpy as np
from cython.cimports.dedup._tables import home_of, places_for
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t, uint32_t

from dedup.alignment._stars import MOST_MERGED

_MOST = cython.declare(int64_t, MOST_MERGED)


@cython.cfunc
@cython.nogil
def _same_word(
    letters: cython.const[uint32_t][::1], one: int64_t, other: int64_t, length: int64_t
) -> cython.int:
    k: int64_t
    for k in range(length):
        if letters[one + k] != letters[other + k]:
            return 0
    return 1


class _Numbering:
    """An open table of words, each by the first place where it stands."""

    def clear(self, words: int64_t) -> int64_t:
        """Forget the words; there is room for so many then."""
        k: int64_t
        self.mask = places_for(words) - 1
        self.distinct = 0
        for k in range(self.mask + 1):
            self.table[k] = 0
        return 0

    @cython.overflowcheck(False)
    def number(self, word: int64_t) -> int64_t:
        """Give the number of a word, by its letters."""
        start: int64_t = self.offsets[word]
        length: int64_t = self.offsets[word + 1] - start
        mask: uint32_t = cython.cast(uint32_t, self.mask)
        at: int64_t = home_of(self.ids[word], mask)
        while self.table[at]:
            known: int64_t = self.places[self.table[at] - 1]
            begin: int64_t = self.offsets[known]
            # An id has 32 bits: now and then two words have the same.
            if (
                self.ids[known] == self.ids[word]
                and self.offsets[known + 1] - begin == length
                and _same_word(self.letters, begin, start, length)
            ):
                return self.table[at] - 1
            at = (at + 1) & self.mask
        self.places[self.distinct] = word
        self.distinct += 1
        self.table[at] = cython.cast(int32_t, self.distinct)
        return self.distinct - 1


def lay_sentences(
    sentences: cython.const[int32_t][:, ::1],
    sentence_offsets: cython.const[int64_t][::1],
    word_offsets: cython.const[int64_t][::1],
    furniture: cython.const[uint8_t][::1],
):
    """Lay the sentences of texts, i32[m, 3], out as :class:`dedup.alignment.laid.Laid` has them.

    Gives its ``bounds``, ``firsts`` and ``furniture``, ``signs`` that are all 0, and how many
    sentences have no words.
    """
    rows: cython.Py_ssize_t = sentence_offsets.shape[0] - 1
    size: cython.Py_ssize_t = sentences.shape[0] + rows
    if word_offsets.shape[0] != rows + 1 or furniture.shape[0] != sentences.shape[0]:
        raise ValueError(f"word_offsets, furniture: wanted those of {rows} texts")
    bounds, firsts = np.empty(size, np.int64), np.array(sentence_offsets, np.int64)
    flags, signs = np.zeros(size, np.uint8), np.zeros(size, np.int32)
    out: int64_t[::1] = bounds
    starts: int64_t[::1] = firsts
    out_flags: uint8_t[::1] = flags
    at: int64_t
    row: int64_t
    wordless: int64_t = 0
    with cython.nogil:
        for row in range(rows):
            starts[row] += row
            for at in range(sentence_offsets[row], sentence_offsets[row + 1]):
                out[at + row] = word_offsets[row] + sentences[at, 2]
                out_flags[at + row] = furniture[at]
            out[sentence_offsets[row + 1] + row] = word_offsets[row + 1]
            for at in range(sentence_offsets[row] + row, sentence_offsets[row + 1] + row):
                wordless += out[at] == out[at + 1]
        starts[rows] += rows
    return bounds, firsts, flags, signs, wordless


def number_words(texts: object, pairs: cython.const[int64_t][:, ::1]):
    """Number the words of pairs of texts, each pair in order of appearance.

    ``texts`` as :class:`dedup.alignment.laid.Laid`. Returns the numbers, i32: of each pair a's
    words, then b's; where each side begins, i64[2m + 1]; and how many there are, i64[m].
    """
    bounds: cython.const[int64_t][::1] = texts.bounds
    firsts: cython.const[int64_t][::1] = texts.firsts
    work: _Numbering = _Numbering()
    work.ids = texts.ids
    work.letters = texts.letters
    work.offsets = texts.letter_offsets
    sides = np.zeros(2 * pairs.shape[0] + 1, np.int64)
    counts = np.zeros(pairs.shape[0], np.int64)
    starts: int64_t[::1] = sides
    distinct: int64_t[::1] = counts
    most: int64_t = 1
    k: int64_t
    m: cython.Py_ssize_t
    for k in range(2 * pairs.shape[0]):
        t: int64_t = pairs[k >> 1, k & 1]
        starts[k + 1] = starts[k] + bounds[firsts[t + 1] - 1] - bounds[firsts[t]]
        if k & 1:
            most = max(most, starts[k + 1] - starts[k - 1])
    if most >= 2**30:
        raise ValueError(f"texts of {most} words together, where 2**30 are too many")
    work.table = np.empty(places_for(most), np.int32)
    work.places = np.empty(most, np.int64)
    numbers = np.empty(starts[2 * pairs.shape[0]], np.int32)
    out: int32_t[::1] = numbers
    with cython.nogil:
        for k in range(2 * pairs.shape[0]):
            m = k >> 1
            if k & 1 == 0:
                work.clear(starts[k + 2] - starts[k])
            first: int64_t = bounds[firsts[pairs[m, k & 1]]]
            at: int64_t
            for at in range(starts[k + 1] - starts[k]):
                out[starts[k] + at] = cython.cast(int32_t, work.number(first + at))
            distinct[m] = work.distinct
    return numbers, sides, counts


class _Sentences:
    """The words of the sentences of one pair, counted from the first word of their text."""

    def turn_to(
        self, firsts: cython.const[int64_t][::1], sides: cython.const[int64_t][::1], a: int64_t,
        b: int64_t, m: int64_t,
    ) -> int64_t:  # fmt: skip
        """Turn to a pair of texts."""
        self.row_a = firsts[a]
        self.row_b = firsts[b]
        self.rows = firsts[a + 1] - firsts[a] - 1
        self.columns = firsts[b + 1] - firsts[b] - 1
        self.first_a = sides[2 * m]
        self.first_b = sides[2 * m + 1]
        return 0

    def covered(self, group: cython.const[int32_t][::1], side: int64_t) -> int64_t:
        """Count the words of a group's sentences of one side, furniture left out."""
        row: int64_t = self.row_b if side else self.row_a
        words: int64_t = 0
        k: int64_t
        for k in range(side * _MOST, side * _MOST + _MOST):
            if group[k] >= 0 and not self.furniture[row + group[k]]:
                words += self.bounds[row + group[k] + 1] - self.bounds[row + group[k]]
        return words

    def own(self, side: int64_t) -> int64_t:
        """Count the words of all sentences of one side, furniture left out."""
        row: int64_t = self.row_b if side else self.row_a
        words: int64_t = 0
        at: int64_t
        for at in range(row, row + (self.columns if side else self.rows)):
            if not self.furniture[at]:
                words += self.bounds[at + 1] - self.bounds[at]
        return words

    def at_a(self, sentence: int64_t) -> int64_t:
        """Give the first word of a sentence of a."""
        return self.bounds[self.row_a + sentence] - self.bounds[self.row_a]

    def at_b(self, sentence: int64_t) -> int64_t:
        """Give the first word of a sentence of b."""
        return self.bounds[self.row_b + sentence] - self.bounds[self.row_b]

    def first_from(self, row: int64_t, count: int64_t, word: int64_t) -> int64_t:
        """Find the first of the sentences of a row that begins at a word or behind it."""
        low: int64_t = 0
        high: int64_t = count
        while low < high:
            middle: int64_t = (low + high) >> 1
            if self.bounds[row + middle] - self.bounds[row] < word:
                low = middle + 1
            else:
                high = middle
        return low

    def keeps_all(self, group: cython.const[int32_t][::1]) -> cython.int:
        """Tell whether linked sentences are one run on both sides, and nothing else."""
        k: int64_t
        last_a: int64_t = group[0]
        last_b: int64_t = group[_MOST]
        for k in range(1, _MOST):
            if group[k] >= 0:
                if group[k] != last_a + 1:
                    return 0
                last_a = group[k]
            if group[_MOST + k] >= 0:
                if group[_MOST + k] != last_b + 1:
                    return 0
                last_b = group[_MOST + k]
        at_a: int64_t = self.at_a(group[0])
        at_b: int64_t = self.at_b(group[_MOST])
        length: int64_t = self.at_a(last_a + 1) - at_a
        if length != self.at_b(last_b + 1) - at_b:
            return 0
        for k in range(length):
            if self.words[self.first_a + at_a + k] != self.words[self.first_b + at_b + k]:
                return 0
        return 1

    def label(
        self, group: cython.const[int32_t][::1], labels: int32_t[::1], label: int64_t
    ) -> int64_t:
        """Label the words of linked sentences, unless the label is below 0; counts them."""
        words: int64_t = 0
        k: int64_t
        at: int64_t
        for k in range(_MOST):
            if group[k] >= 0:
                words += self.at_a(group[k] + 1) - self.at_a(group[k])
                if label >= 0:
                    for at in range(self.at_a(group[k]), self.at_a(group[k] + 1)):
                        labels[self.first_a + at] = cython.cast(int32_t, label)
            if group[_MOST + k] >= 0:
                words += self.at_b(group[_MOST + k] + 1) - self.at_b(group[_MOST + k])
                if label >= 0:
                    for at in range(self.at_b(group[_MOST + k]), self.at_b(group[_MOST + k] + 1)):
                        labels[self.first_b + at] = cython.cast(int32_t, label)
        return words


def look_into(
    groups: cython.const[int32_t][:, ::1],
    offsets: cython.const[int64_t][::1],
    numbers: tuple,
    texts: object,
    pairs: cython.const[int64_t][:, ::1],
):
    """Look into the groups of :func:`dedup.alignment._stars.group_pairs`.

    ``numbers`` as of :func:`number_words`. Returns whether each has all words in common, u8[g]; how
    many words it has, i64[g]; for each word the number of its group in its pair, i32, -1 where it
    has none or where all words are in common; and the share of each text's words that are in
    groups, furniture left out, f64[m, 2].
    """
    firsts: cython.const[int64_t][::1] = texts.firsts
    sides: cython.const[int64_t][::1] = numbers[1]
    work: _Sentences = _Sentences()
    work.bounds = texts.bounds
    work.words = numbers[0]
    work.furniture = texts.furniture
    kept, sizes = np.zeros(groups.shape[0], np.uint8), np.zeros(groups.shape[0], np.int64)
    marks, coverage = np.empty(work.words.shape[0], np.int32), np.zeros((pairs.shape[0], 2))
    out: uint8_t[::1] = kept
    words: int64_t[::1] = sizes
    labels: int32_t[::1] = marks
    shares: cython.double[:, ::1] = coverage
    m: cython.Py_ssize_t
    g: int64_t
    side: int64_t
    covered: int64_t
    own: int64_t
    with cython.nogil:
        for g in range(labels.shape[0]):
            labels[g] = -1
        for m in range(pairs.shape[0]):
            work.turn_to(firsts, sides, pairs[m, 0], pairs[m, 1], m)
            for g in range(offsets[m], offsets[m + 1]):
                out[g] = work.keeps_all(groups[g])
                words[g] = work.label(groups[g], labels, -1 if out[g] else g - offsets[m])
            for side in range(2):
                covered = 0
                for g in range(offsets[m], offsets[m + 1]):
                    covered += work.covered(groups[g], side)
                own = work.own(side)
                if own:
                    shares[m, side] = cython.cast(cython.double, covered) / own
    return kept, sizes, marks, coverage


def merge_kept(
    scored: tuple, runs: tuple, numbers: tuple, texts: object, pairs: cython.const[int64_t][:, ::1]
):
    """Add the sentence pairs that stand whole in one verbatim run on both sides, with score 1.

    The scores find them too, but not where a long text repeats its words everywhere. ``scored`` as
    of :func:`dedup.alignment._grams.score_sentences`, ``runs`` and where each pair's begin as of
    :func:`dedup.alignment._runs.tile_runs`. Returns what ``scored`` is.
    """
    a: cython.const[int32_t][::1] = scored[0]
    b: cython.const[int32_t][::1] = scored[1]
    score: cython.const[cython.double][::1] = scored[2]
    offsets: cython.const[int64_t][::1] = scored[3]
    run: cython.const[int32_t][:, ::1] = runs[0]
    run_offsets: cython.const[int64_t][::1] = runs[1]
    firsts: cython.const[int64_t][::1] = texts.firsts
    sides: cython.const[int64_t][::1] = numbers[1]
    work: _Sentences = _Sentences()
    work.bounds = texts.bounds
    room: int64_t = a.shape[0] + sides[2 * pairs.shape[0]]
    all_a, all_b = np.empty(room, np.int32), np.empty(room, np.int32)
    all_scores, all_offsets = np.empty(room), np.zeros(pairs.shape[0] + 1, np.int64)
    out_a: int32_t[::1] = all_a
    out_b: int32_t[::1] = all_b
    out_score: cython.double[::1] = all_scores
    starts: int64_t[::1] = all_offsets
    at: int64_t = 0
    m: cython.Py_ssize_t
    k: int64_t
    r: int64_t
    i: int64_t
    j: int64_t
    with cython.nogil:
        for m in range(pairs.shape[0]):
            work.turn_to(firsts, sides, pairs[m, 0], pairs[m, 1], m)
            k = offsets[m]
            for r in range(run_offsets[m], run_offsets[m + 1]):
                begin_a: int64_t = run[r, 0]
                begin_b: int64_t = run[r, 1]
                length: int64_t = run[r, 2]
                i = work.first_from(work.row_a, work.rows, begin_a)
                j = work.first_from(work.row_b, work.columns, begin_b)
                while (
                    i < work.rows
                    and j < work.columns
                    and max(work.at_a(i + 1) - begin_a, work.at_b(j + 1) - begin_b) <= length
                ):
                    ahead: int64_t = (work.at_a(i) - begin_a) - (work.at_b(j) - begin_b)
                    size: int64_t = work.at_a(i + 1) - work.at_a(i)
                    if ahead == 0 and 0 < size and size == work.at_b(j + 1) - work.at_b(j):
                        while k < offsets[m + 1] and (a[k] < i or (a[k] == i and b[k] < j)):
                            out_a[at] = a[k]
                            out_b[at] = b[k]
                            out_score[at] = score[k]
                            at += 1
                            k += 1
                        if k < offsets[m + 1] and a[k] == i and b[k] == j:
                            k += 1
                        out_a[at] = cython.cast(int32_t, i)
                        out_b[at] = cython.cast(int32_t, j)
                        out_score[at] = 1.0
                        at += 1
                    i += ahead <= 0
                    j += ahead >= 0
            while k < offsets[m + 1]:
                out_a[at] = a[k]
                out_b[at] = b[k]
                out_score[at] = score[k]
                at += 1
                k += 1
            starts[m + 1] = at
    return all_a[:at], all_b[:at], all_scores[:at], all_offsets
