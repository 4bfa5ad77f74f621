"""What is looked up in a segment for many texts at once, in compiled loops.

The arrays of a segment may lie on a disk and be damaged: what they say is checked before it is
followed, and :class:`ValueError` raised where it leads out of bounds.
"""

import cython
import numpy as np
from cython.cimports.dedup._tables import home_of, places_for
from cython.cimports.dedup.index._varints import next_row
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t, uint32_t

NO_MOMENT = np.iinfo(np.int64).min
"""In place of an article's date where it has none."""
_UNDATED = cython.declare(int64_t, NO_MOMENT)
_BITS = cython.declare(uint32_t, (1 << 15) - 1)
"""Bits, but one, that tell of rows: several times as many as a text's terms have rows."""
_MOST = cython.declare(int64_t, 0x7FFFFFFF)
"""Terms that no row has more of."""
_ROUNDED = cython.declare(cython.double, 1 + 1e-9)
"""A sum of gains times this is no less than any other sum of them, whatever was rounded."""


@cython.cfunc
@cython.nogil
def _first_at_least(key: uint32_t, keys: cython.const[uint32_t][::1]) -> int64_t:
    """Find the first place whose key is no less.

    Keys are hashes, spread evenly: it is looked for around where it should be, so that few pages of
    a mapped array are touched.
    """
    low: int64_t = 0
    high: int64_t = keys.shape[0]
    guess: int64_t = (cython.cast(int64_t, key) * high) >> 32
    step: int64_t = 8
    if high == 0:
        return 0
    if keys[guess] < key:
        low = guess + 1
        while low + step < high and keys[low + step] < key:
            low += step + 1
            step *= 2
        high = min(high, low + step)
    else:
        high = guess
        while high - step > low and keys[high - step] >= key:
            high -= step
            step *= 2
        low = max(low, high - step)
    while low < high:
        guess = (low + high) >> 1
        if keys[guess] < key:
            low = guess + 1
        else:
            high = guess
    return low


def find_lists(
    terms: cython.const[uint32_t][::1],
    ends: cython.const[int64_t][::1],
    counts: cython.const[int32_t][::1],
    size: int64_t,
    wanted: cython.const[uint32_t][::1],
    found: int64_t[::1],
):
    """Find the posting lists of words: their first byte and the last and one more, i64[t, 2].

    ``terms`` u32 ascend; their lists lie by ``ends`` i64 in ``size`` bytes and have ``counts`` i32
    rows, which are added to ``found`` i64[t].
    """
    bounds: int64_t[:, ::1] = np.zeros((wanted.shape[0], 2), np.int64)
    t: cython.Py_ssize_t
    at: int64_t
    with cython.nogil:
        for t in range(wanted.shape[0]):
            at = _first_at_least(wanted[t], terms)
            if at == terms.shape[0] or terms[at] != wanted[t]:
                continue
            if not 0 <= ends[at] < ends[at + 1] <= size or counts[at] < 1:
                raise ValueError("a posting list leads past the end")
            bounds[t, 0] = ends[at]
            bounds[t, 1] = ends[at + 1]
            found[t] += counts[at]
    return bounds.base


def count_dead(
    packed: cython.const[uint8_t][::1],
    bounds: cython.const[int64_t][:, ::1],
    terms: cython.const[int64_t][::1],
    alive: cython.const[uint8_t][::1],
    last: int64_t,
    found: int64_t[::1],
):
    """Take the dead rows in the lists of some terms off ``found`` i64[t]; ``last`` is the last."""
    k: cython.Py_ssize_t
    t: int64_t
    row: int64_t
    at: cython.longlong
    with cython.nogil:
        for k in range(terms.shape[0]):
            t = terms[k]
            at = bounds[t, 0]
            row = -1
            while at < bounds[t, 1]:
                row = next_row(packed, cython.address(at), bounds[t, 1], row, alive.shape[0])
                if row > last:
                    break
                found[t] -= alive[row] == 0


@cython.cfunc
@cython.inline
@cython.nogil
def _may_answer(
    row: int64_t,
    alive: cython.const[uint8_t][::1],
    moments: cython.const[int64_t][::1],
    numbers: cython.const[int64_t][::1],
    window: cython.const[int64_t][::1],
) -> cython.int:
    """Tell whether a row is alive and in a window: dates from, to, numbers before, one but."""
    if not alive[row] or numbers[row] >= window[2] or numbers[row] == window[3]:
        return 0
    return window[0] <= moments[row] <= window[1] or moments[row] == _UNDATED


@cython.final
@cython.cclass
class _Scores:
    """The sums of rows, ``used`` of them, found through an open table and told by bits.

    ``slots`` hold a row's place in ``rows`` and ``sums``, and one more. A bit that is not set in
    ``bits`` says that none of many rows has a sum, without a look at the table.
    """

    slots: uint32_t[::1]
    bits: uint8_t[::1]
    rows: uint32_t[::1]
    sums: cython.double[::1]
    used: int64_t
    mask: uint32_t

    def __cinit__(self, room: int64_t):
        size: int64_t = places_for(room)
        self.slots = np.zeros(size, np.uint32)
        self.bits = np.zeros((_BITS >> 3) + 1, np.uint8)
        self.rows = np.empty(max(room, 1), np.uint32)
        self.sums = np.empty(max(room, 1), np.float64)
        self.used = 0
        self.mask = cython.cast(uint32_t, size - 1)

    @cython.cfunc
    @cython.inline
    @cython.nogil
    @cython.exceptval(-1)
    def add(self, row: uint32_t, gain: cython.double) -> cython.int:
        """Add to the sum of a row."""
        at: uint32_t = home_of(row, self.mask)
        bit: uint32_t
        while self.slots[at] != 0:
            if self.rows[self.slots[at] - 1] == row:
                self.sums[self.slots[at] - 1] += gain
                return 0
            at = (at + 1) & self.mask
        bit = home_of(row, _BITS)
        self.bits[bit >> 3] |= 1 << (bit & 7)
        self.rows[self.used] = row
        self.sums[self.used] = gain
        self.used += 1
        self.slots[at] = cython.cast(uint32_t, self.used)
        return 0

    @cython.cfunc
    @cython.inline
    @cython.nogil
    @cython.exceptval(-1)
    def may_have(self, row: uint32_t) -> cython.int:
        """Tell whether a row may have a sum; one that has is always told."""
        bit: uint32_t = home_of(row, _BITS)
        return (self.bits[bit >> 3] >> (bit & 7)) & 1

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1)
    def clear(self) -> cython.int:
        self.slots[:] = 0
        self.bits[:] = 0
        self.used = 0
        return 0


@cython.cfunc
@cython.nogil
def _add_list(
    scores: _Scores,
    packed: cython.const[uint8_t][::1],
    bounds: cython.const[int64_t][::1],
    gain: cython.double,
    sizes: cython.const[int32_t][::1],
    largest: int64_t,
) -> cython.int:
    """Add a gain to the rows of a posting list that have a sum, or terms up to ``largest``."""
    at: cython.longlong = bounds[0]
    row: int64_t = -1
    while at < bounds[1]:
        row = next_row(packed, cython.address(at), bounds[1], row, sizes.shape[0])
        if largest == _MOST or scores.may_have(cython.cast(uint32_t, row)) or sizes[row] <= largest:
            scores.add(cython.cast(uint32_t, row), gain)
    return 0


@cython.cfunc
@cython.nogil
def _add_lists(
    scores: _Scores,
    packed: cython.const[uint8_t][::1],
    bounds: cython.const[int64_t][:, ::1],
    gains: cython.const[cython.double][::1],
    terms: cython.const[int32_t][::1],
    sizes: cython.const[int32_t][::1],
    wanted: tuple[cython.double, int64_t, cython.double],
) -> cython.int:
    """Add what a text's terms gain to the rows that hold them.

    Rows are ``wanted`` with a sum no less than the first, or of fewer terms than the second
    accordingly less, and more than the third: those that are met first in a late list, which are
    the long ones, must be small to reach that, or cannot.
    """
    k: int64_t
    term: int32_t
    largest: int64_t
    left: cython.double = 0.0
    for k in range(terms.shape[0]):
        if bounds[terms[k], 0] < bounds[terms[k], 1]:
            left += gains[terms[k]]
    left *= _ROUNDED
    for k in range(terms.shape[0]):
        term = terms[k]
        if bounds[term, 0] == bounds[term, 1]:
            continue
        largest = _MOST
        if left <= wanted[2]:
            largest = -1
        elif left < wanted[0]:
            largest = cython.cast(int64_t, left * wanted[1] / wanted[0])
        _add_list(scores, packed, bounds[term], gains[term], sizes, largest)
        left -= gains[term]
    return 0


@cython.cfunc
@cython.nogil
def _keep_best(
    row: int64_t,
    score: cython.double,
    rows: int64_t[::1],
    scores: cython.double[::1],
    kept: int64_t,
) -> int64_t:
    """Put a row among the ``kept`` best, the best first, the first of equals; how many are kept."""
    at: int64_t = kept
    if kept == rows.shape[0]:
        at -= 1
        if scores[at] > score or (scores[at] == score and rows[at] < row):
            return kept
    else:
        kept += 1
    while at > 0 and (scores[at - 1] < score or (scores[at - 1] == score and rows[at - 1] > row)):
        scores[at] = scores[at - 1]
        rows[at] = rows[at - 1]
        at -= 1
    scores[at] = score
    rows[at] = row
    return kept


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _least_kept(sums: cython.const[cython.double][::1], kept: int64_t) -> cython.double:
    """Give the sum that a row must exceed to be among the best, of which so many are kept."""
    return sums[kept - 1] if kept == sums.shape[0] else -1.0


def score_rows(
    postings: tuple,
    gains: cython.const[cython.double][::1],
    texts: tuple,
    segment: tuple,
    first: int64_t,
    best: tuple,
):
    """Add up what rows have of the terms of texts, and put the best rows among those of each text.

    Of the ``postings`` u8, ``bounds`` i64[t, 2] are the terms' lists, ``gains`` f64[t] what each
    adds. Of the texts: ``terms`` i32, ragged by ``ends`` i64[q + 1], added in this order; ``sizes``
    i64[q], how many words each has; ``least`` f64[q], what a row of as many words must reach (one
    of fewer accordingly less); ``windows`` i64[q, 4], the dates from and to, the number
    to stop before, and one to leave out. Of the segment: ``alive`` u8[n], ``moments`` i64[n],
    ``sizes`` i32[n] and ``numbers`` i64[n].

    The best, of this segment and of those asked before, which numbered their rows from less than
    ``first`` on: rows i64[q, k], numbered so, and sums f64[q, k], the best first, the first of
    equals; and how many there are, i64[q].
    """
    packed: cython.const[uint8_t][::1] = postings[0]
    bounds: cython.const[int64_t][:, ::1] = postings[1]
    terms: cython.const[int32_t][::1] = texts[0]
    ends: cython.const[int64_t][::1] = texts[1]
    sizes: cython.const[int64_t][::1] = texts[2]
    least: cython.const[cython.double][::1] = texts[3]
    windows: cython.const[int64_t][:, ::1] = texts[4]
    alive: cython.const[uint8_t][::1] = segment[0]
    moments: cython.const[int64_t][::1] = segment[1]
    row_sizes: cython.const[int32_t][::1] = segment[2]
    numbers: cython.const[int64_t][::1] = segment[3]
    rows: int64_t[:, ::1] = best[0]
    sums: cython.double[:, ::1] = best[1]
    kept: int64_t[::1] = best[2]
    q: cython.Py_ssize_t
    k: int64_t
    room: int64_t
    widest: int64_t = 0
    for q in range(sizes.shape[0]):
        room = 0
        for k in range(ends[q], ends[q + 1]):
            room += bounds[terms[k], 1] - bounds[terms[k], 0]
        widest = max(widest, room)
    table: _Scores = _Scores(widest)
    row: int64_t
    score: cython.double
    beaten: cython.double
    with cython.nogil:
        for q in range(sizes.shape[0]):
            beaten = _least_kept(sums[q], kept[q])
            _add_lists(
                table,
                packed,
                bounds,
                gains,
                terms[ends[q] : ends[q + 1]],
                row_sizes,
                (least[q], sizes[q], beaten),
            )
            for k in range(table.used):
                row = table.rows[k]
                score = table.sums[k]
                if score <= beaten or score * sizes[q] < least[q] * min(sizes[q], row_sizes[row]):
                    continue
                if _may_answer(row, alive, moments, numbers, windows[q]):
                    kept[q] = _keep_best(first + row, score, rows[q], sums[q], kept[q])
            table.clear()


def collisions(
    keys: cython.const[uint32_t][:, ::1],
    bands: tuple,
    windows: cython.const[int64_t][:, ::1],
    segment: tuple,
    taken: int64_t[:, ::1],
    most: int64_t,
):
    """Find rows that share band keys with texts whose keys are ``keys`` u32[q, b].

    ``bands`` are ``keys`` u32[b, n], ascending in each band, and ``rows`` u32[b, n] they are of;
    ``windows`` and ``segment`` as in :func:`score_rows`. For a text and a band at most ``most``
    rows are taken, the first, over all segments: ``taken`` i64[q, b] counts on. Returns texts i64
    and rows i64, once for each band that they share.
    """
    sorted_keys: cython.const[uint32_t][:, ::1] = bands[0]
    sorted_rows: cython.const[uint32_t][:, ::1] = bands[1]
    alive: cython.const[uint8_t][::1] = segment[0]
    moments: cython.const[int64_t][::1] = segment[1]
    numbers: cython.const[int64_t][::1] = segment[3]
    starts: int64_t[:, ::1] = np.empty((keys.shape[0], keys.shape[1]), np.int64)
    room: int64_t = 0
    q: cython.Py_ssize_t
    band: cython.Py_ssize_t
    at: int64_t
    with cython.nogil:
        for q in range(keys.shape[0]):
            for band in range(keys.shape[1]):
                at = _first_at_least(keys[q, band], sorted_keys[band])
                starts[q, band] = at
                while (
                    at < sorted_keys.shape[1]
                    and at < starts[q, band] + most
                    and sorted_keys[band, at] == keys[q, band]
                ):
                    at += 1
                room += at - starts[q, band]
    found_texts: int64_t[::1] = np.empty(room, np.int64)
    found_rows: int64_t[::1] = np.empty(room, np.int64)
    found: int64_t = 0
    row: uint32_t
    with cython.nogil:
        for q in range(keys.shape[0]):
            for band in range(keys.shape[1]):
                at = starts[q, band]
                while (
                    taken[q, band] < most
                    and at < sorted_keys.shape[1]
                    and sorted_keys[band, at] == keys[q, band]
                ):
                    row = sorted_rows[band, at]
                    at += 1
                    if row >= alive.shape[0]:
                        raise ValueError("a band names a row that is not there")
                    if _may_answer(row, alive, moments, numbers, windows[q]):
                        found_texts[found] = q
                        found_rows[found] = row
                        found += 1
                        taken[q, band] += 1
    return found_texts.base[:found].copy(), found_rows.base[:found].copy()
