"""The posting lists and vocabulary of a segment: made and merged, in compiled loops.

A posting list is the rows that hold a word, ascending: the steps between them as varints.
"""

import cython
import numpy as np
from cython.cimports.dedup._tables import home_of, longest_row, places_for
from cython.cimports.dedup.index._varints import next_row, read_varint, write_varint
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t, uint32_t, uint64_t


@cython.cfunc
@cython.nogil
def _slot(word: uint32_t, slots: uint32_t[::1], ids: cython.const[uint32_t][::1]) -> int64_t:
    """Find the slot of a word, or the free one where it belongs."""
    mask: uint32_t = cython.cast(uint32_t, slots.shape[0] - 1)
    at: uint32_t = home_of(word, mask)
    while slots[at] != 0 and ids[slots[at] - 1] != word:
        at = (at + 1) & mask
    return at


def invert(words: cython.const[uint32_t][::1], offsets: cython.const[int64_t][::1]):
    """Number the distinct words of rows and list the rows that hold each.

    Returns ``ids`` u32[v], the words in the order met; ``numbers`` u32[nnz], each word's place in
    ``ids``; ``counts`` i64[v], how often each stands there; and the rows of each, ascending,
    ragged: ``rows`` i32, ``starts`` i64[v + 1]. Raises :class:`ValueError` for 2**31 words.
    """
    nnz: int64_t = words.shape[0]
    if nnz >= 2**31:
        raise ValueError(f"{nnz} words in a batch, where 2**31 are too many")
    slots: uint32_t[::1] = np.zeros(places_for(nnz), np.uint32)
    ids: uint32_t[::1] = np.empty(max(nnz, 1), np.uint32)
    numbers: uint32_t[::1] = np.empty(nnz, np.uint32)
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
    counts: int64_t[::1] = np.zeros(used, np.int64)
    starts: int64_t[::1] = np.zeros(used + 1, np.int64)
    last: int32_t[::1] = np.full(max(used, 1), -1, np.int32)
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
    rows: int32_t[::1] = np.empty(starts[used], np.int32)
    free: int64_t[::1] = starts.base[:used].copy()
    with cython.nogil:
        for row in range(offsets.shape[0] - 1):
            for k in range(offsets[row], offsets[row + 1]):
                number = numbers[k]
                if last[number] != row:
                    last[number] = cython.cast(int32_t, row)
                    rows[free[number]] = cython.cast(int32_t, row)
                    free[number] += 1
    return ids.base[:used].copy(), numbers.base, counts.base, rows.base, starts.base


def pack_postings(
    rows: cython.const[int32_t][::1],
    starts: cython.const[int64_t][::1],
    terms: cython.const[int64_t][::1],
):
    """Pack the lists ``rows[starts[t]:starts[t + 1]]`` of some terms, end to end.

    Returns ``packed`` u8, the steps from row to row, and ``ends`` i64[t + 1] in bytes.
    """
    ends: int64_t[::1] = np.zeros(terms.shape[0] + 1, np.int64)
    total: int64_t = 0
    t: cython.Py_ssize_t
    for t in range(terms.shape[0]):
        total += starts[terms[t] + 1] - starts[terms[t]]
    packed: uint8_t[::1] = np.empty(5 * total, np.uint8)
    at: int64_t = 0
    k: int64_t
    before: int64_t
    with cython.nogil:
        for t in range(terms.shape[0]):
            before = -1
            for k in range(starts[terms[t]], starts[terms[t] + 1]):
                at = write_varint(cython.cast(uint64_t, rows[k] - before - 1), packed, at)
                before = rows[k]
            ends[t + 1] = at
    return packed.base[:at].copy(), ends.base


@cython.cfunc
@cython.nogil
def _append_list(
    packed: cython.const[uint8_t][::1],
    bounds: cython.const[int64_t][::1],
    moved: cython.const[int32_t][::1],
    target: uint8_t[::1],
    state: int64_t[::1],
) -> int64_t:
    """Append one list, its rows renumbered, behind the ``state``: (byte, last row); count added."""
    at: cython.longlong = bounds[0]
    row: int64_t = bounds[2] - 1
    fresh: int64_t
    added: int64_t = 0
    while at < bounds[1]:
        row = next_row(packed, cython.address(at), bounds[1], row, bounds[3])
        fresh = moved[row]
        if fresh >= 0:
            if fresh <= state[1]:
                raise ValueError("two posting lists are of one word")
            state[0] = write_varint(cython.cast(uint64_t, fresh - state[1] - 1), target, state[0])
            state[1] = fresh
            added += 1
    return added


def _check_bounds(bounds: cython.const[int64_t][:, ::1], size: int64_t, rows: int64_t):
    """Check that lists and their rows lie within bounds; gives the bytes of all lists."""
    total: int64_t = 0
    k: cython.Py_ssize_t
    for k in range(bounds.shape[0]):
        if not 0 <= bounds[k, 0] <= bounds[k, 1] <= size:
            raise ValueError("a posting list leads past the end")
        if not 0 <= bounds[k, 2] <= bounds[k, 3] <= rows:
            raise ValueError("a posting list names a row that is not there")
        total += bounds[k, 1] - bounds[k, 0]
    return total


def merge_postings(
    terms: cython.const[uint32_t][::1],
    packed: cython.const[uint8_t][::1],
    bounds: cython.const[int64_t][:, ::1],
    moved: cython.const[int32_t][::1],
    order: cython.const[int64_t][::1],
):
    """Merge the posting lists of segments whose rows follow each other.

    Of the lists end to end: ``terms`` u32[t]; ``bounds`` i64[t, 4], the first byte, the last byte
    and one more, and in ``moved`` the first row of the list's segment, the last and one more;
    ``moved`` i32, the new number of each row, ascending, -1 for one that is gone. ``order`` i64[t]
    sorts the lists by term, the segments in their order. Returns ``terms`` u32[v], ``packed`` u8,
    ``ends`` i64[v + 1] and ``counts`` i32[v] of the lists that have a row left. Raises
    :class:`ValueError` for lists that were not made by :func:`pack_postings`.
    """
    total = _check_bounds(bounds, packed.shape[0], moved.shape[0])
    merged: uint32_t[::1] = np.empty(terms.shape[0], np.uint32)
    ends: int64_t[::1] = np.zeros(terms.shape[0] + 1, np.int64)
    counts: int32_t[::1] = np.zeros(terms.shape[0], np.int32)
    # A step grows only where segments meet: by four bytes at most for each list that is joined.
    target: uint8_t[::1] = np.empty(total + 5 * terms.shape[0], np.uint8)
    state: int64_t[::1] = np.zeros(2, np.int64)
    used: int64_t = 0
    k: cython.Py_ssize_t
    list_: int64_t
    with cython.nogil:
        for k in range(order.shape[0]):
            list_ = order[k]
            if used == 0 or counts[used - 1] == 0 or merged[used - 1] != terms[list_]:
                if used == 0 or counts[used - 1] != 0:
                    used += 1
                merged[used - 1] = terms[list_]
                state[1] = -1
            counts[used - 1] += cython.cast(
                int32_t, _append_list(packed, bounds[list_], moved, target, state)
            )
            ends[used] = state[0]
    if used and counts[used - 1] == 0:
        used -= 1
    return (
        merged.base[:used].copy(),
        target.base[: ends[used]].copy(),
        ends.base[: used + 1].copy(),
        counts.base[:used].copy(),
    )


def row_terms(
    words: cython.const[uint32_t][::1],
    offsets: cython.const[int64_t][::1],
    common: cython.const[uint32_t][::1],
):
    """Give the distinct words of each row that are not among ``common``, in the order met.

    ``common`` u32 are distinct. Returns u32 and offsets i64[n + 1].
    """
    longest: int64_t = common.shape[0] + longest_row(offsets)
    row: cython.Py_ssize_t
    slots: uint32_t[::1] = np.zeros(places_for(longest), np.uint32)
    places: int64_t[::1] = np.empty(longest, np.int64)
    ids: uint32_t[::1] = np.empty(longest, np.uint32)
    terms: uint32_t[::1] = np.empty(words.shape[0], np.uint32)
    ends: int64_t[::1] = np.zeros(offsets.shape[0], np.int64)
    used: int64_t
    found: int64_t = 0
    k: int64_t
    at: int64_t
    with cython.nogil:
        for k in range(common.shape[0]):
            at = _slot(common[k], slots, ids)
            ids[k] = common[k]
            slots[at] = cython.cast(uint32_t, k + 1)
        for row in range(offsets.shape[0] - 1):
            used = common.shape[0]
            for k in range(offsets[row], offsets[row + 1]):
                at = _slot(words[k], slots, ids)
                if slots[at] == 0:
                    ids[used] = words[k]
                    places[used] = at
                    used += 1
                    slots[at] = cython.cast(uint32_t, used)
                    terms[found] = words[k]
                    found += 1
            for k in range(common.shape[0], used):
                slots[places[k]] = 0
            ends[row + 1] = found
    return terms.base[:found].copy(), ends.base


@cython.cfunc
@cython.nogil
def _count_shared(
    packed: cython.const[uint8_t][::1],
    bounds: tuple[int64_t, int64_t],
    vocabulary: cython.const[uint32_t][::1],
    terms: cython.const[uint32_t][::1],
    slots: uint32_t[::1],
    last: int64_t[::1],
    stamp: int64_t,
) -> int32_t:
    """Count the terms, found by ``slots``, that a packed row holds; ``last`` has those counted."""
    at: cython.longlong = bounds[0]
    left: int64_t = -1
    number: int64_t
    slot: uint32_t
    shared: int32_t = 0
    if 0 <= bounds[0] <= bounds[1] <= packed.shape[0]:
        left = read_varint(packed, cython.address(at), bounds[1])
    if not 0 <= left <= bounds[1] - at:
        raise ValueError("a packed row has fewer words than it says")
    while left > 0:
        left -= 1
        number = read_varint(packed, cython.address(at), bounds[1])
        if not 0 <= number < vocabulary.shape[0]:
            raise ValueError("a packed row has a word that is not there")
        slot = slots[_slot(vocabulary[number], slots, terms)]
        if slot != 0 and last[slot - 1] != stamp:
            last[slot - 1] = stamp
            shared += 1
    return shared


def shared_terms(
    texts: tuple,
    pairs: cython.const[int64_t][:, ::1],
    packed: cython.const[uint8_t][::1],
    ends: cython.const[int64_t][::1],
    vocabulary: cython.const[uint32_t][::1],
):
    """Count the terms of texts that packed rows hold, i32[m].

    ``texts`` are ``terms`` u32, distinct in each, ragged by offsets i64[q + 1]; ``pairs`` i64[m, 2]
    are texts, ascending, and rows of ``packed`` u8, ragged by ``ends``, whose words are places in
    ``vocabulary`` u32. Raises :class:`ValueError` for what :func:`dedup.index._rows.pack_rows` did
    not make.
    """
    terms: cython.const[uint32_t][::1] = texts[0]
    starts: cython.const[int64_t][::1] = texts[1]
    widest: int64_t = longest_row(starts)
    # So empty that most words, which are no terms, are known at once.
    slots: uint32_t[::1] = np.empty(places_for(8 * widest), np.uint32)
    last: int64_t[::1] = np.empty(widest, np.int64)
    shared: int32_t[::1] = np.zeros(pairs.shape[0], np.int32)
    held: int64_t = -1
    m: cython.Py_ssize_t
    k: int64_t
    row: int64_t
    own: cython.const[uint32_t][::1] = terms[:0]
    with cython.nogil:
        for m in range(pairs.shape[0]):
            if pairs[m, 0] != held:
                held = pairs[m, 0]
                own = terms[starts[held] : starts[held + 1]]
                slots[:] = 0
                for k in range(own.shape[0]):
                    slots[_slot(own[k], slots, own)] = cython.cast(uint32_t, k + 1)
                    last[k] = -1
            row = pairs[m, 1]
            if not 0 <= row < ends.shape[0] - 1:
                raise ValueError(f"row {row} is not there")
            shared[m] = _count_shared(
                packed, (ends[row], ends[row + 1]), vocabulary, own, slots, last, m
            )
    return shared.base
