"""The compiled loops of an index: rows packed to bytes, posting lists, scores.

A number is packed as a varint, seven bits a byte, the lowest first. A packed row is the number of
its words, their numbers in the segment's vocabulary, and the marks that are not those of the word
before. Whatever lies on disk is checked while it is unpacked: nothing is read out of bounds.
"""

import cython
import numpy as np
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t, uint32_t, uint64_t

from dedup.text.marks import Mark

__all__ = [
    "collisions",
    "count_alive",
    "invert",
    "merge_postings",
    "pack_postings",
    "pack_rows",
    "recode",
    "score_rows",
    "unpack_rows",
]

_LASTING = cython.declare(uint8_t, Mark.FURNITURE | Mark.QUOTED)
"""Marks that a word has like the one before it, as a rule."""
_FAR = cython.declare(uint8_t, 7)
"""In the three bits of a gap: the gap follows as a varint."""
_MARK_BITS = cython.declare(uint8_t, 31)


# --- varints -------------------------------------------------------------------------------------


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(-1)
def _write(value: uint64_t, packed: uint8_t[::1], at: int64_t) -> int64_t:
    """Write a number; returns where it ends."""
    while value >= 128:
        packed[at] = cython.cast(uint8_t, (value & 127) | 128)
        value >>= 7
        at += 1
    packed[at] = cython.cast(uint8_t, value)
    return at + 1


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _read(packed: cython.const[uint8_t][::1], at: cython.p_longlong, end: int64_t) -> int64_t:
    """Read a number of up to 35 bits and move on; ValueError where it leads past the end."""
    value: int64_t = 0
    shift: cython.int = 0
    place: int64_t = at[0]
    byte: uint8_t
    while True:
        if place >= end or shift > 28:
            with cython.gil:
                raise ValueError("a packed number is cut short")
        byte = packed[place]
        place += 1
        value |= cython.cast(int64_t, byte & 127) << shift
        if byte < 128:
            break
        shift += 7
    at[0] = place
    return value


# --- vocabulary and posting lists ----------------------------------------------------------------


@cython.cfunc
@cython.nogil
@cython.overflowcheck(False)
@cython.exceptval(-1)
def _slot(word: uint32_t, slots: uint32_t[::1], ids: uint32_t[::1]) -> int64_t:
    """Find the slot of a word, or the free one where it belongs."""
    mask: uint32_t = cython.cast(uint32_t, slots.shape[0] - 1)
    at: uint32_t = ((word * cython.cast(uint32_t, 0x9E3779B1)) >> 7) & mask
    while slots[at] != 0 and ids[slots[at] - 1] != word:
        at = (at + 1) & mask
    return at


def invert(words: cython.const[uint32_t][::1], offsets: cython.const[int64_t][::1]):
    """Number the distinct words of rows and list the rows that hold each.

    Returns ``ids`` u32[v], the words in the order met; ``numbers`` u32[nnz], each word's place in
    ``ids``; ``counts`` i64[v], how often each stands there; and the rows of each, ascending,
    ragged: ``rows`` i32, ``starts`` i64[v + 1].
    """
    nnz: int64_t = words.shape[0]
    size: int64_t = 16
    while size < 2 * nnz:
        size *= 2
    slots: uint32_t[::1] = np.zeros(size, np.uint32)
    ids_array = np.empty(max(nnz, 1), np.uint32)
    numbers_array = np.empty(nnz, np.uint32)
    ids: uint32_t[::1] = ids_array
    numbers: uint32_t[::1] = numbers_array
    used: int64_t = 0
    k: int64_t
    at: int64_t
    with cython.nogil:
        for k in range(nnz):
            at = _slot(words[k], slots, ids)
            if slots[at] == 0:
                ids[used] = words[k]
                used += 1
                slots[at] = cython.cast(uint32_t, used)
            numbers[k] = slots[at] - 1
    counts_array = np.zeros(used, np.int64)
    starts_array = np.zeros(used + 1, np.int64)
    last: int32_t[::1] = np.full(max(used, 1), -1, np.int32)
    counts: int64_t[::1] = counts_array
    starts: int64_t[::1] = starts_array
    row: cython.Py_ssize_t
    number: uint32_t
    with cython.nogil:
        for row in range(offsets.shape[0] - 1):
            for k in range(offsets[row], offsets[row + 1]):
                number = numbers[k]
                counts[number] += 1
                if last[number] != row:
                    last[number] = cython.cast(int32_t, row)
                    starts[number + 1] += 1
        for k in range(used):
            starts[k + 1] += starts[k]
            last[k] = -1
    rows_array = np.empty(starts_array[used], np.int32)
    rows: int32_t[::1] = rows_array
    free: int64_t[::1] = starts_array[:used].copy()
    with cython.nogil:
        for row in range(offsets.shape[0] - 1):
            for k in range(offsets[row], offsets[row + 1]):
                number = numbers[k]
                if last[number] != row:
                    last[number] = cython.cast(int32_t, row)
                    rows[free[number]] = cython.cast(int32_t, row)
                    free[number] += 1
    return ids_array[:used].copy(), numbers_array, counts_array, rows_array, starts_array


def pack_postings(
    rows: cython.const[int32_t][::1],
    starts: cython.const[int64_t][::1],
    terms: cython.const[int64_t][::1],
):
    """Pack the lists ``rows[starts[t]:starts[t + 1]]`` of some terms, end to end.

    Returns ``packed`` u8, the steps from row to row, and ``ends`` i64[t + 1] in bytes.
    """
    ends_array = np.zeros(terms.shape[0] + 1, np.int64)
    ends: int64_t[::1] = ends_array
    total: int64_t = 0
    t: cython.Py_ssize_t
    for t in range(terms.shape[0]):
        total += starts[terms[t] + 1] - starts[terms[t]]
    packed_array = np.empty(5 * total, np.uint8)
    packed: uint8_t[::1] = packed_array
    at: int64_t = 0
    k: int64_t
    before: int64_t
    with cython.nogil:
        for t in range(terms.shape[0]):
            before = -1
            for k in range(starts[terms[t]], starts[terms[t] + 1]):
                at = _write(cython.cast(uint64_t, rows[k] - before - 1), packed, at)
                before = rows[k]
            ends[t + 1] = at
    return packed_array[:at].copy(), ends_array


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _append_list(
    packed: cython.const[uint8_t][::1],
    bounds: tuple[int64_t, int64_t],
    moved: cython.const[int32_t][::1],
    first: int64_t,
    target: uint8_t[::1],
    state: int64_t[::1],
) -> int64_t:
    """Append one list, its rows renumbered, behind the ``state``: (byte, last row); count added."""
    at: cython.longlong = bounds[0]
    row: int64_t = -1
    fresh: int64_t
    added: int64_t = 0
    while at < bounds[1]:
        row += 1 + _read(packed, cython.address(at), bounds[1])
        if first + row >= moved.shape[0]:
            with cython.gil:
                raise ValueError("a posting list names a row that is not there")
        fresh = moved[first + row]
        if fresh >= 0:
            state[0] = _write(cython.cast(uint64_t, fresh - state[1] - 1), target, state[0])
            state[1] = fresh
            added += 1
    return added


def merge_postings(
    terms: cython.const[uint32_t][::1],
    packed: cython.const[uint8_t][::1],
    bounds: cython.const[int64_t][:, ::1],
    moved: cython.const[int32_t][::1],
    order: cython.const[int64_t][::1],
):
    """Merge the posting lists of segments whose rows follow each other.

    Of the lists end to end: ``terms`` u32[t]; ``bounds`` i64[t, 3], the first byte, the last byte
    and one more, and where in ``moved`` the rows of the list's segment begin; ``moved`` i32, the
    new number of each row, -1 for one that is gone. ``order`` i64[t] sorts the lists by term, the
    segments in their order. Returns ``terms`` u32[v], ``packed`` u8, ``ends`` i64[v + 1] and
    ``counts`` i32[v] of the lists that have a row left.
    """
    merged_array = np.empty(terms.shape[0], np.uint32)
    ends_array = np.zeros(terms.shape[0] + 1, np.int64)
    counts_array = np.zeros(terms.shape[0], np.int32)
    # A step grows only where segments meet: by four bytes at most for each list that is joined.
    target_array = np.empty(packed.shape[0] + 5 * terms.shape[0], np.uint8)
    merged: uint32_t[::1] = merged_array
    ends: int64_t[::1] = ends_array
    counts: int32_t[::1] = counts_array
    target: uint8_t[::1] = target_array
    state: int64_t[::1] = np.zeros(2, np.int64)
    used: int64_t = 0
    k: cython.Py_ssize_t
    list_: int64_t
    added: int64_t
    with cython.nogil:
        for k in range(order.shape[0]):
            list_ = order[k]
            if used == 0 or counts[used - 1] == 0 or merged[used - 1] != terms[list_]:
                if used == 0 or counts[used - 1] != 0:
                    used += 1
                merged[used - 1] = terms[list_]
                state[1] = -1
            added = _append_list(
                packed,
                (bounds[list_, 0], bounds[list_, 1]),
                moved,
                bounds[list_, 2],
                target,
                state,
            )
            counts[used - 1] += cython.cast(int32_t, added)
            ends[used] = state[0]
    if used and counts_array[used - 1] == 0:
        used -= 1
    return (
        merged_array[:used].copy(),
        target_array[: ends_array[used]].copy(),
        ends_array[: used + 1].copy(),
        counts_array[:used].copy(),
    )


# --- rows ----------------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
@cython.exceptval(-1)
def _pack_marks(
    marks: cython.const[uint8_t][::1],
    start: int64_t,
    end: int64_t,
    packed: uint8_t[::1],
    at: int64_t,
) -> int64_t:
    """Pack the marks of a row: each that differs from what the word before lets expect."""
    expected: uint8_t = 0
    before: int64_t = start
    k: int64_t
    gap: int64_t
    for k in range(start, end):
        if marks[k] == expected:
            continue
        gap = k - before
        if gap < _FAR:
            packed[at] = cython.cast(uint8_t, gap << 5) | (marks[k] & _MARK_BITS)
            at += 1
        else:
            packed[at] = cython.cast(uint8_t, _FAR << 5) | (marks[k] & _MARK_BITS)
            at = _write(cython.cast(uint64_t, gap), packed, at + 1)
        before = k + 1
        expected = marks[k] & _LASTING
    return at


def pack_rows(
    numbers: cython.const[uint32_t][::1],
    marks: cython.const[uint8_t][::1],
    offsets: cython.const[int64_t][::1],
):
    """Pack rows of word numbers u32 and marks u8; returns bytes, ragged: u8 and i64[n + 1]."""
    if numbers.shape[0] != marks.shape[0] or offsets[offsets.shape[0] - 1] != marks.shape[0]:
        raise ValueError("numbers, marks and offsets are not of the same words")
    ends_array = np.zeros(offsets.shape[0], np.int64)
    packed_array = np.empty(11 * numbers.shape[0] + 5 * offsets.shape[0], np.uint8)
    ends: int64_t[::1] = ends_array
    packed: uint8_t[::1] = packed_array
    row: cython.Py_ssize_t
    k: int64_t
    at: int64_t = 0
    with cython.nogil:
        for row in range(offsets.shape[0] - 1):
            at = _write(cython.cast(uint64_t, offsets[row + 1] - offsets[row]), packed, at)
            for k in range(offsets[row], offsets[row + 1]):
                at = _write(numbers[k], packed, at)
            at = _pack_marks(marks, offsets[row], offsets[row + 1], packed, at)
            ends[row + 1] = at
    return packed_array[:at].copy(), ends_array


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _unpack_marks(
    packed: cython.const[uint8_t][::1],
    bounds: tuple[int64_t, int64_t],
    marks: uint8_t[::1],
    start: int64_t,
    end: int64_t,
) -> cython.int:
    """Unpack the marks of a row to ``marks[start:end]``."""
    at: cython.longlong = bounds[0]
    word: int64_t = start
    lasting: uint8_t = 0
    byte: uint8_t
    gap: int64_t
    k: int64_t
    while at < bounds[1]:
        byte = packed[at]
        at += 1
        gap = byte >> 5
        if gap == _FAR:
            gap = _read(packed, cython.address(at), bounds[1])
        if word + gap >= end:
            with cython.gil:
                raise ValueError("a packed row has marks past its words")
        for k in range(gap):
            marks[word + k] = lasting
        word += gap
        marks[word] = byte & _MARK_BITS
        lasting = marks[word] & _LASTING
        word += 1
    for k in range(word, end):
        marks[k] = lasting
    return 0


def unpack_rows(
    packed: cython.const[uint8_t][::1],
    ends: cython.const[int64_t][::1],
    rows: cython.const[int64_t][::1],
    vocabulary: cython.const[uint32_t][::1],
):
    """Unpack some rows: words u32, marks u8 and offsets i64[k + 1].

    Raises :class:`ValueError` where the bytes are not those of :func:`pack_rows`.
    """
    count: cython.Py_ssize_t = rows.shape[0]
    offsets_array = np.zeros(count + 1, np.int64)
    starts_array = np.zeros(count + 1, np.int64)
    offsets: int64_t[::1] = offsets_array
    starts: int64_t[::1] = starts_array
    row: int64_t
    i: cython.Py_ssize_t
    k: int64_t
    number: int64_t
    length: int64_t
    at: cython.longlong
    with cython.nogil:
        for i in range(count):
            row = rows[i]
            if row < 0 or row + 1 >= ends.shape[0]:
                with cython.gil:
                    raise ValueError(f"row {row} is not there")
            if not 0 <= ends[row] <= ends[row + 1] <= packed.shape[0]:
                with cython.gil:
                    raise ValueError(f"row {row} leads past the end")
            at = ends[row]
            length = _read(packed, cython.address(at), ends[row + 1])
            if length > ends[row + 1] - at:
                with cython.gil:
                    raise ValueError(f"row {row} has fewer words than it says")
            offsets[i + 1] = offsets[i] + length
            starts[i] = at
    words_array = np.empty(offsets_array[count], np.uint32)
    marks_array = np.empty(offsets_array[count], np.uint8)
    words: uint32_t[::1] = words_array
    marks: uint8_t[::1] = marks_array
    with cython.nogil:
        for i in range(count):
            row = rows[i]
            at = starts[i]
            for k in range(offsets[i], offsets[i + 1]):
                number = _read(packed, cython.address(at), ends[row + 1])
                if number >= vocabulary.shape[0]:
                    with cython.gil:
                        raise ValueError(f"row {row} has a word that is not in the vocabulary")
                words[k] = vocabulary[number]
            _unpack_marks(packed, (at, ends[row + 1]), marks, offsets[i], offsets[i + 1])
    return words_array, marks_array, offsets_array


# --- looking up ----------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
@cython.exceptval(-1)
def _place(row: uint32_t, rows: uint32_t[::1], used: uint8_t[::1]) -> int64_t:
    """Find the place of a row in an open table, or the free one where it belongs."""
    mask: uint32_t = cython.cast(uint32_t, rows.shape[0] - 1)
    at: uint32_t = _home(row) & mask
    while used[at] and rows[at] != row:
        at = (at + 1) & mask
    return at


@cython.cfunc
@cython.inline
@cython.nogil
@cython.overflowcheck(False)
@cython.exceptval(check=False)
def _home(row: uint32_t) -> uint32_t:
    return (row * cython.cast(uint32_t, 0x9E3779B1)) >> 7


def score_rows(
    packed: cython.const[uint8_t][::1],
    bounds: cython.const[int64_t][:, ::1],
    gains: cython.const[cython.double][::1],
    wanted: cython.const[uint8_t][::1],
):
    """Add up what each row has of some terms.

    ``bounds`` i64[t, 2] are the terms' lists in ``packed``, ``gains`` f64[t] what each adds, in
    this
    order; rows whose ``wanted`` u8[n] is 0 are passed over. Returns rows i64 and sums f64, in no
    order.
    """
    room: int64_t = 0
    t: cython.Py_ssize_t
    for t in range(bounds.shape[0]):
        if not 0 <= bounds[t, 0] <= bounds[t, 1] <= packed.shape[0]:
            raise ValueError("a posting list leads past the end")
        room += bounds[t, 1] - bounds[t, 0]
    size: int64_t = 16
    while size < 2 * room:
        size *= 2
    rows: uint32_t[::1] = np.empty(size, np.uint32)
    used_array = np.zeros(size, np.uint8)
    used: uint8_t[::1] = used_array
    sums: cython.double[::1] = np.empty(size, np.float64)
    found: int64_t = 0
    row: int64_t
    place: int64_t
    at: cython.longlong
    with cython.nogil:
        for t in range(bounds.shape[0]):
            at = bounds[t, 0]
            row = -1
            while at < bounds[t, 1]:
                row += 1 + _read(packed, cython.address(at), bounds[t, 1])
                if row >= wanted.shape[0]:
                    with cython.gil:
                        raise ValueError("a posting list names a row that is not there")
                if not wanted[row]:
                    continue
                place = _place(cython.cast(uint32_t, row), rows, used)
                if not used[place]:
                    used[place] = 1
                    rows[place] = cython.cast(uint32_t, row)
                    sums[place] = 0.0
                    found += 1
                sums[place] += gains[t]
    kept = np.flatnonzero(used_array)
    return np.asarray(rows)[kept].astype(np.int64), np.asarray(sums)[kept]


def count_alive(
    packed: cython.const[uint8_t][::1],
    bounds: cython.const[int64_t][:, ::1],
    alive: cython.const[uint8_t][::1],
):
    """Count the rows alive in each of some lists, i64[t]."""
    counts_array = np.zeros(bounds.shape[0], np.int64)
    counts: int64_t[::1] = counts_array
    t: cython.Py_ssize_t
    row: int64_t
    at: cython.longlong
    with cython.nogil:
        for t in range(bounds.shape[0]):
            if not 0 <= bounds[t, 0] <= bounds[t, 1] <= packed.shape[0]:
                with cython.gil:
                    raise ValueError("a posting list leads past the end")
            at = bounds[t, 0]
            row = -1
            while at < bounds[t, 1]:
                row += 1 + _read(packed, cython.address(at), bounds[t, 1])
                if row >= alive.shape[0]:
                    with cython.gil:
                        raise ValueError("a posting list names a row that is not there")
                counts[t] += alive[row] != 0
    return counts_array


@cython.cfunc
@cython.nogil
@cython.exceptval(-1)
def _first_at_least(key: uint32_t, keys: cython.const[uint32_t][::1]) -> int64_t:
    """Find the first place whose key is no less, by halving."""
    low: int64_t = 0
    high: int64_t = keys.shape[0]
    middle: int64_t
    while low < high:
        middle = (low + high) >> 1
        if keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low


def collisions(
    keys: cython.const[uint32_t][::1],
    sorted_keys: cython.const[uint32_t][:, ::1],
    sorted_rows: cython.const[uint32_t][:, ::1],
    wanted: cython.const[uint8_t][::1],
    most: int64_t,
):
    """Find rows that share band keys with a text whose key of each band is in ``keys`` u32[b].

    ``sorted_keys`` u32[b, n] ascend in each band, ``sorted_rows`` are the rows they are of. Of each
    band at most ``most`` rows that are ``wanted`` u8[n] are taken, the first. Returns rows i64, one
    for each band that it shares, in no order.
    """
    room_array = np.empty(keys.shape[0] * min(most, sorted_keys.shape[1]), np.int64)
    room: int64_t[::1] = room_array
    found: int64_t = 0
    band: cython.Py_ssize_t
    at: int64_t
    taken: int64_t
    row: uint32_t
    with cython.nogil:
        for band in range(keys.shape[0]):
            at = _first_at_least(keys[band], sorted_keys[band])
            taken = 0
            while (
                taken < most and at < sorted_keys.shape[1] and sorted_keys[band, at] == keys[band]
            ):
                row = sorted_rows[band, at]
                if row >= cython.cast(uint32_t, wanted.shape[0]):
                    with cython.gil:
                        raise ValueError("a band names a row that is not there")
                if wanted[row]:
                    room[found] = row
                    found += 1
                    taken += 1
                at += 1
    return room_array[:found].copy()


def recode(
    packed: cython.const[uint8_t][::1],
    ends: cython.const[int64_t][::1],
    rows: cython.const[int64_t][::1],
    numbers: cython.const[uint32_t][::1],
):
    """Give some rows other word numbers, ``numbers`` u32[v] by the old ones; bytes, ragged."""
    identity = np.arange(numbers.shape[0], dtype=np.uint32)
    words, marks, offsets = unpack_rows(packed, ends, rows, identity)
    return pack_rows(np.asarray(numbers)[words], marks, offsets)
