"""Score the sentence pairs of two texts by the rare letters they share.

A sentence is a vector of the 4-character grams of its words, weighted ``(1 + ln tf)·isf``; two
sentences score the cosine of their vectors. The sentence frequencies behind isf come from the two
texts themselves: words that a story repeats in every sentence weigh little, though they are rare
in the language. Sanchez-Perez, Sidorov and Gelbukh 2014, "A winning approach to text alignment
for text reuse detection at PAN 2014", use the same measure over words; grams add inflections.
Where the texts are long, grams that stand in the most sentence pairs are left out, so that time
and memory grow with the texts' length and not with its square.
"""

import cython
import numpy as np
from cython.cimports.libc.math import log, sqrt
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t, uint32_t, uint64_t

LEAST_SCORE = cython.declare(cython.double, 0.06)
"""Sentence pairs below this are not looked at further: what they share is chance."""
LEAST_KEPT = cython.declare(cython.double, 0.5)
"""Least length of a vector whose common grams were left out, as a part of its full length: what is
left of a sentence must not pass for the whole of it."""
ROUNDING = cython.declare(cython.double, 1e-9)
"""Most that rounding takes from the score of two sentences of the same words."""

_SPACE = cython.declare(uint32_t, 32)
_MIX = cython.declare(uint64_t, 0x9E3779B97F4A7C15)
"""Multiplier of the gram hash: 2**64 over the golden ratio, odd (Knuth, TAOCP 3, 6.4)."""
_MIX_TWICE = cython.declare(uint64_t, 0x9E3779B97F4A7C15**2 % 2**64)
_HIGH = cython.declare(uint64_t, 0xFFFFFFFF00000000)
"""The half of a key that holds the gram; the other half holds the sentence."""
_LOW = cython.declare(uint64_t, 0xFFFFFFFF)
_DIGIT = cython.declare(uint64_t, 0x7FF)
_DIGITS = cython.declare(int64_t, 0x800)
_LAST_DIGIT = cython.declare(uint64_t, 53)
"""Where the highest of a key's digits begins."""
_FEW_KEYS = cython.declare(int64_t, 1 << 14)
"""Keys that one digit parts into stretches of a few: hashes spread evenly."""

_FEW_COLUMNS = cython.declare(int64_t, 256)
"""Sentences of b that are all looked at for a score, whether they share a gram or not."""


class _Scorer:
    """The work arrays of one pair, and the results of all; b's sentences follow those of a."""

    def prepare(self, letters: int64_t, sentences: int64_t) -> object:
        """Make the work arrays for pairs of so many letters and sentences."""
        # Few arrays, cut up: making one takes as long as sorting a hundred keys.
        keys: uint64_t[::1] = np.empty(2 * letters + 1, np.uint64)
        self.keys, self.spare = keys[: letters + 1], keys[letters + 1 :]
        self.places = np.empty(_DIGITS, np.int64)
        numbers: int32_t[::1] = np.empty(5 * letters + sentences + 2, np.int32)
        self.gram, self.sentence = numbers[:letters], numbers[letters : 2 * letters]
        self.tf, self.in_a = numbers[2 * letters : 3 * letters], numbers[3 * letters : 4 * letters]
        self.heads, self.met = numbers[4 * letters : 5 * letters + 1], numbers[5 * letters + 1 :]
        self.kept = np.empty(letters, np.uint8)
        self.weight = np.empty(letters)
        sums: cython.double[::1] = np.zeros(3 * sentences)
        self.whole, self.rest = sums[:sentences], sums[sentences : 2 * sentences]
        self.sums = sums[2 * sentences :]
        return None

    @cython.overflowcheck(False)
    def hash_grams(self, text: int64_t, sentence: int64_t, count: int64_t) -> int64_t:
        """Hash the grams of a text's words, a blank around each; the sentence in the low half.

        A word of one character counts with the first of its follower instead, which makes bigrams
        of the scripts that are written without spaces. Two blanks keep sentences apart.
        """
        # What is read through ``self`` is read anew after each store, which may have changed it.
        letters: cython.const[uint32_t][::1] = self.letters
        offsets: cython.const[int64_t][::1] = self.letter_offsets
        keys: uint64_t[::1] = self.keys
        first: uint32_t = _SPACE
        second: uint32_t = _SPACE
        third: uint32_t = _SPACE
        s: int64_t
        word: int64_t
        k: int64_t
        for s in range(self.firsts[text], self.firsts[text + 1] - 1):
            for word in range(self.bounds[s], self.bounds[s + 1] + 1):
                end: int64_t = offsets[word + (word < self.bounds[s + 1])]
                for k in range(offsets[word], end + 1):
                    last: uint32_t = letters[k] if k < end else _SPACE
                    # Words are short: what is no gram is hashed, too, and written over.
                    key: uint64_t = (first * _MIX + second) * _MIX_TWICE
                    key = (key + third * _MIX + last) * _MIX
                    keys[count] = (key & _HIGH) | sentence
                    count += (second != _SPACE) & ((third != _SPACE) | (first == _SPACE))
                    first = second
                    second = third
                    third = last
            sentence += 1
        return count

    def sort(self, count: int64_t) -> int64_t:
        """Sort keys by their upper half, equal ones as they come, from ``keys`` to ``spare``."""
        self.part(self.keys, self.spare, count, 32)
        self.part(self.spare, self.keys, count, 43)
        return self.part(self.keys, self.spare, count, 54)

    def sort_hashes(self, count: int64_t) -> int64_t:
        """Sort keys as :meth:`sort` does, of which few have the same highest digit."""
        if count > _FEW_KEYS:
            return self.sort(count)
        self.part(self.keys, self.spare, count, _LAST_DIGIT)
        return self.settle(count)

    def part(
        self, source: uint64_t[::1], target: uint64_t[::1], count: int64_t, shift: uint64_t
    ) -> int64_t:
        """Sort keys by the digit that begins at ``shift``."""
        places: int64_t[::1] = self.places
        k: int64_t
        digit: int64_t
        at: int64_t = 0
        for digit in range(_DIGITS):
            places[digit] = 0
        for k in range(count):
            places[(source[k] >> shift) & _DIGIT] += 1
        for digit in range(_DIGITS):
            at += places[digit]
            places[digit] = at - places[digit]
        for k in range(count):
            digit = (source[k] >> shift) & _DIGIT
            target[places[digit]] = source[k]
            places[digit] += 1
        return 0

    def settle(self, count: int64_t) -> int64_t:
        """Sort the keys in ``spare``, which are sorted by their highest digit, by the others."""
        keys: uint64_t[::1] = self.spare
        k: int64_t
        at: int64_t
        key: uint64_t
        for k in range(1, count):
            key = keys[k]
            at = k
            while at and (keys[at - 1] >> 32) > (key >> 32):
                keys[at] = keys[at - 1]
                at -= 1
            keys[at] = key
        return 0

    def count(self, keys: int64_t) -> int64_t:
        """Make entries of sorted keys: gram, sentence, tf; of each gram its first entry and how
        many are a's. Gives the sentence pairs that share a gram, all grams together.
        """
        spare: cython.const[uint64_t][::1] = self.spare
        gram: int32_t[::1] = self.gram
        sentence: int32_t[::1] = self.sentence
        tf: int32_t[::1] = self.tf
        heads: int32_t[::1] = self.heads
        in_a: int32_t[::1] = self.in_a
        entries: int64_t = 0
        grams: int64_t = 0
        products: int64_t = 0
        k: int64_t
        key: uint64_t
        last: uint64_t = _LOW  # of no sentence
        is_new: cython.int
        begins: cython.int
        mine: cython.int
        for k in range(keys):  # nothing branches: what comes again is anyone's guess
            key = spare[k]
            is_new = key != last
            begins = k == 0 or (key ^ last) & _HIGH != 0
            last = key
            entries += is_new
            grams += begins
            gram[entries - 1] = grams - 1
            sentence[entries - 1] = cython.cast(int32_t, key & _LOW)
            tf[entries - 1] = 1 if is_new else tf[entries - 1] + 1
            heads[grams - 1] = entries - 1 if begins else heads[grams - 1]
            mine = is_new & (cython.cast(int64_t, key & _LOW) < self.rows)
            in_a[grams - 1] = mine if begins else in_a[grams - 1] + mine
        heads[grams] = entries
        self.entries = entries
        self.grams = grams
        for k in range(grams):
            products += self.products(k)
        return products

    def products(self, gram: int64_t) -> int64_t:
        """Count the sentence pairs that share a gram."""
        both: int64_t = self.heads[gram + 1] - self.heads[gram]
        return self.in_a[gram] * (both - self.in_a[gram])

    def keep(self, products: int64_t) -> int64_t:
        """Mark the grams that stand in the fewest sentence pairs, as many as can be afforded.

        1 where these are all.
        """
        g: int64_t
        budget: int64_t = min(max(self.limits[0] * self.entries, self.limits[1]), self.limits[2])
        if products <= budget:
            for g in range(self.grams):
                self.kept[g] = 1
            return 1
        for g in range(self.grams):  # what is beyond the budget is all one
            self.keys[g] = cython.cast(uint64_t, min(self.products(g), budget + 1)) << 32
        self.sort(self.grams)
        total: int64_t = 0
        dearest: int64_t = budget + 1
        for g in range(self.grams):
            total += cython.cast(int64_t, self.spare[g] >> 32)
            if total > budget:
                dearest = cython.cast(int64_t, self.spare[g] >> 32)
                break
        for g in range(self.grams):
            self.kept[g] = self.products(g) < dearest
        return 0

    def weigh(
        self, spread: cython.const[cython.double][::1], at: int64_t, keeps_all: cython.bint
    ) -> int64_t:
        """Weigh the entries so that sentences are unit vectors; grams that are not kept weigh 0.

        ``spread`` has ``ln((total + 1) / n)`` of the sentences n that hold a gram, from ``at`` on.
        """
        whole: cython.double[::1] = self.whole
        weight: cython.double[::1] = self.weight
        sentences: int64_t = self.rows + self.columns
        k: int64_t
        g: int64_t
        value: cython.double
        for k in range(sentences):
            whole[k] = 0.0
        for k in range(self.entries):
            g = self.gram[k]
            value = self.logs[self.tf[k]] if self.tf[k] < self.logs.shape[0] else log(self.tf[k])
            value = (1.0 + value) * spread[at + self.heads[g + 1] - self.heads[g]]
            whole[self.sentence[k]] += value * value
            weight[k] = value
        for k in range(sentences):
            whole[k] = sqrt(whole[k])
        if not keeps_all:
            self.leave_out(sentences)
        for k in range(self.entries):
            weight[k] /= whole[self.sentence[k]]
        return 0

    def leave_out(self, sentences: int64_t) -> int64_t:
        """Weigh grams that are not kept with 0, and shorten the lengths of their sentences."""
        k: int64_t
        for k in range(sentences):
            self.rest[k] = 0.0
        for k in range(self.entries):
            if not self.kept[self.gram[k]]:
                self.weight[k] = 0.0
            self.rest[self.sentence[k]] += self.weight[k] * self.weight[k]
        for k in range(sentences):
            self.whole[k] = max(LEAST_KEPT * self.whole[k], sqrt(self.rest[k]))
        return 0

    def file(self, first: int64_t, at: int64_t) -> int64_t:
        """Give out the entries by sentence, from ``at`` on, their bounds from ``first`` on."""
        bounds: int64_t[::1] = self.out_bounds
        total: int64_t = self.rows + self.columns
        s: int64_t
        k: int64_t
        place: int64_t
        for s in range(total + 1):
            bounds[first + s] = 0
        for k in range(self.entries):
            bounds[first + self.sentence[k] + 1] += 1
        bounds[first] = at
        for s in range(first + 1, first + total + 1):
            place = bounds[s]
            bounds[s] = at
            at += place
        for k in range(self.entries):
            s = first + self.sentence[k] + 1
            self.out_gram[bounds[s]] = self.gram[k]
            self.out_weight[bounds[s]] = self.weight[k]
            bounds[s] += 1
        return at

    def join(self, row: int64_t, first: int64_t) -> int64_t:
        """Add up what a sentence of a shares with each of b; where those are many, counts them."""
        sums: cython.double[::1] = self.sums
        sentence: cython.const[int32_t][::1] = self.sentence
        weight: cython.const[cython.double][::1] = self.weight
        rows: int64_t = self.rows
        found: int64_t = 0
        e: int64_t
        k: int64_t
        g: int64_t
        column: int64_t
        mine: cython.double
        for e in range(self.out_bounds[first + row], self.out_bounds[first + row + 1]):
            g = self.out_gram[e]
            if not self.kept[g]:
                continue
            mine = self.out_weight[e]
            if self.columns <= _FEW_COLUMNS:  # all are asked for
                for k in range(self.heads[g] + self.in_a[g], self.heads[g + 1]):
                    sums[sentence[k] - rows] += mine * weight[k]
                continue
            for k in range(self.heads[g] + self.in_a[g], self.heads[g + 1]):
                column = sentence[k] - rows
                if sums[column] == 0.0:
                    self.met[found] = column
                    found += 1
                sums[column] += mine * weight[k]
        return found

    def give(self, row: int64_t, column: int64_t, at: int64_t) -> int64_t:
        """Give out the score of a pair where it is high enough, and forget its sum."""
        score: cython.double = self.sums[column]
        self.sums[column] = 0.0
        if score < LEAST_SCORE:
            return at
        self.out_a[at] = row
        self.out_b[at] = column
        self.out_score[at] = 1.0 if score > 1.0 - ROUNDING else score
        return at + 1

    def score(self, first: int64_t, at: int64_t) -> int64_t:
        """Give out the pairs of some score by (a, b), from ``at`` on."""
        row: int64_t
        k: int64_t
        begin: int64_t
        place: int64_t
        for row in range(self.rows):
            found: int64_t = self.join(row, first)
            if self.columns <= _FEW_COLUMNS or 32 * found >= self.columns:
                for k in range(self.columns):
                    at = self.give(row, k, at)
                continue
            begin = at
            for k in range(found):
                at = self.give(row, self.met[k], at)
            for k in range(begin + 1, at):
                column: int32_t = self.out_b[k]
                score: cython.double = self.out_score[k]
                place = k
                while place > begin and self.out_b[place - 1] > column:
                    self.out_b[place] = self.out_b[place - 1]
                    self.out_score[place] = self.out_score[place - 1]
                    place -= 1
                self.out_b[place] = column
                self.out_score[place] = score
        return at


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _sentences(work: _Scorer, text: int64_t) -> int64_t:
    return work.firsts[text + 1] - work.firsts[text] - 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _letters(work: _Scorer, text: int64_t) -> int64_t:
    """Count the letters of a text: it has no more grams."""
    start: int64_t = work.bounds[work.firsts[text]]
    end: int64_t = work.bounds[work.firsts[text + 1] - 1]
    return work.letter_offsets[end] - work.letter_offsets[start]


@cython.cfunc
def _scorer(
    texts: object, pairs: cython.const[int64_t][:, ::1], limits: cython.const[int64_t][::1]
) -> _Scorer:
    """Make the work arrays that hold the largest of the pairs, and the results of all."""
    work: _Scorer = _Scorer()
    work.letters = texts.letters
    work.letter_offsets = texts.letter_offsets
    work.bounds = texts.bounds
    work.firsts = texts.firsts
    work.limits = limits
    most: int64_t = 1
    widest: int64_t = 0
    total: int64_t = 0
    sentences: int64_t = 0
    found: int64_t = 0
    m: cython.Py_ssize_t
    for m in range(pairs.shape[0]):
        rows: int64_t = _sentences(work, pairs[m, 0])
        columns: int64_t = _sentences(work, pairs[m, 1])
        size: int64_t = _letters(work, pairs[m, 0]) + _letters(work, pairs[m, 1])
        if size >= 2**31:
            raise ValueError(f"{size} letters in two texts, where 2**31 are too many")
        most = max(most, size)
        widest = max(widest, rows + columns)
        total += size
        sentences += rows + columns + 1
        found += min(rows * columns, min(max(limits[0] * size, limits[1]), limits[2]))
    work.prepare(most, widest)
    work.out_gram, work.out_weight = np.empty(total, np.int32), np.empty(total)
    work.out_bounds = np.empty(sentences, np.int64)
    work.out_a, work.out_b = np.empty(found, np.int32), np.empty(found, np.int32)
    work.out_score = np.empty(found)
    return work


def score_sentences(
    texts: object,
    pairs: cython.const[int64_t][:, ::1],
    logs: cython.const[cython.double][::1],
    spreads: tuple,
    limits: cython.const[int64_t][::1],
):
    """Score the sentences of pairs of texts; ``texts`` as :class:`dedup.alignment.laid.Laid`.

    ``logs`` has ln n, ``spreads`` are the tables of every pair end to end and where each begins;
    ``limits`` the sentence pairs that are looked at: for each entry, at least, at most.

    Returns the scored sentences of a and of b, i32, and their scores, 0 to 1, by (a, b); where each
    pair of texts begins, i64[m + 1]; the entries by sentence: gram, i32, and weight; their bounds,
    a row of sentences + 1 for each pair; where that row begins, i64[m]; and whether all grams were
    kept, u8[m].
    """
    work: _Scorer = _scorer(texts, pairs, limits)
    work.logs = logs
    spread: cython.const[cython.double][::1] = spreads[0]
    spread_starts: cython.const[int64_t][::1] = spreads[1]
    found = np.zeros(pairs.shape[0] + 1, np.int64)
    firsts = np.zeros(pairs.shape[0], np.int64)
    whole = np.empty(pairs.shape[0], np.uint8)
    offsets: int64_t[::1] = found
    rows: int64_t[::1] = firsts
    kept: uint8_t[::1] = whole
    entries: int64_t = 0
    first: int64_t = 0
    at: int64_t = 0
    m: int64_t
    with cython.nogil:
        for m in range(pairs.shape[0]):
            a: int64_t = pairs[m, 0]
            b: int64_t = pairs[m, 1]
            work.rows = _sentences(work, a)
            work.columns = _sentences(work, b)
            keys: int64_t = work.hash_grams(b, work.rows, work.hash_grams(a, 0, 0))
            work.sort_hashes(keys)
            kept[m] = work.keep(work.count(keys))
            work.weigh(spread, spread_starts[m], kept[m])
            rows[m] = first
            entries = work.file(first, entries)
            at = work.score(first, at)
            offsets[m + 1] = at
            first += work.rows + work.columns + 1
    scored = work.out_a.base[:at], work.out_b.base[:at], work.out_score.base[:at]
    filed = work.out_gram.base[:entries], work.out_weight.base[:entries], work.out_bounds.base
    return *scored, found, *filed, firsts, whole
