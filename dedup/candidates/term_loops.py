"""The loops of the rare-term lane, compiled: words counted, terms picked, rows met and weighed.

A ragged array is a flat one and ``offsets`` i64[n+1], as in :mod:`dedup.text.kernels`. Each kernel
has
a naive twin in ``tests/oracles.py``.
"""

from __future__ import annotations

import numpy as np

from dedup.arrays import F32, I32, I64, U16, U32, U64
from dedup.text.kernels import compiled, inlined, longest_row

__all__ = [
    "COMMON_SIZE",
    "NO_RANK",
    "count_words",
    "enter_words",
    "join_terms",
    "list_starts",
    "mark_common",
    "merge_nearest",
    "nearest_pairs",
    "post_terms",
    "rank_words",
    "shared_mass",
    "weigh_rows",
]

_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
_COMMON_BITS = 17
"""The table of common words has 256 kB, so that it stays in a core's cache beside the others."""
COMMON_SIZE = 1 << _COMMON_BITS
_COMMON_SHIFT = np.uint32(32 - _COMMON_BITS)
_COMMON_REST = np.uint32((1 << (32 - _COMMON_BITS)) - 1)


@inlined
def _common_mark(word: np.uint32) -> np.uint16:
    """Give what stands for a word in its place in a table of common words, where 0 is none."""
    return np.uint16((word & _COMMON_REST) + np.uint32(1))


@compiled
def mark_common(words: U32, common: U16) -> None:
    """Put words into a table of common words, in place: one for each value of their upper bits."""
    for k in range(words.size):
        common[words[k] >> _COMMON_SHIFT] = _common_mark(words[k])


@compiled
def count_words(
    words: U32, offsets: I64, table: tuple[U64, U32, U64], common: U16, state: tuple[int, int, int]
) -> tuple[U32, I64, int]:
    """Add each row's distinct words to a table of document frequencies, in place, while they fit.

    ``table`` is ``slots`` u64[size], an open table that holds ``word << 32 | number + 1``, 0 for a
    free slot, with ``size`` a power of two at least twice that of the other two; ``ids``
    u32[numbers], the word of each number; and ``counts`` u64[numbers], ``row << 32 | count`` with
    the row that last added to it, from 1 on. ``common`` u16[COMMON_SIZE] holds words to pass over
    (:func:`mark_common`): most of a text is common words. One in more than ``most`` rows is put
    there; where another takes its place it is counted again, so that its count may stay anywhere
    above ``most``. ``state`` is how many rows and numbers there are already, and ``most``.

    Returns the numbers of the distinct words of each row that were not passed over, ragged u32, up
    to the first row for which ``ids`` may not have the room, and how many numbers there are now.
    """
    slots, ids, counts = table
    first, numbers, most = state
    longest = longest_row(offsets)
    left, found = np.empty(longest, np.uint32), np.empty(longest, np.uint32)
    kept, ends = np.empty(offsets[-1] - offsets[0], np.uint32), np.zeros(offsets.size, np.int64)
    written = np.uint64(0)
    for row in range(offsets.size - 1):
        stamp = np.uint64(first + row + 1)
        size = np.uint64(0)
        for k in range(np.uint64(offsets[row]), np.uint64(offsets[row + 1])):
            left[size] = words[k]
            size += np.uint64(common[words[k] >> _COMMON_SHIFT] != _common_mark(words[k]))
        if numbers + np.int64(size) > ids.size:
            return kept[:written].copy(), ends[: row + 1].copy(), numbers
        for k in range(size):
            at = _word_slot(left[k], slots)
            if slots[at] == 0:
                ids[numbers] = left[k]
                numbers += 1
                slots[at] = (np.uint64(left[k]) << _HALF) | np.uint64(numbers)
            found[k] = np.uint32(slots[at] & _LOW) - np.uint32(1)
        for k in range(size):  # a loop of its own, without a branch that could not be foreseen
            number = found[k]
            is_new = np.uint64((counts[number] >> _HALF) != stamp)
            count = (counts[number] & _LOW) + is_new
            counts[number] = (stamp << _HALF) | count
            kept[written] = number
            written += is_new
            if count > np.uint64(most):
                common[ids[number] >> _COMMON_SHIFT] = _common_mark(ids[number])
        ends[row + 1] = np.int64(written)
    return kept[:written].copy(), ends, numbers


@inlined
def _word_slot(word: np.uint32, slots: U64) -> np.uint64:
    """Find where a word stands in a table of words, or the free place where it would."""
    at = (np.uint64(word) * np.uint64(slots.size)) >> _HALF  # word ids spread evenly
    mask = np.uint64(slots.size - 1)
    while slots[at] != 0 and np.uint32(slots[at] >> _HALF) != word:
        at = (at + np.uint64(1)) & mask
    return at


@compiled
def enter_words(ids: U32, slots: U64) -> None:
    """Enter words, numbered in order, into an empty table of :func:`count_words`, in place."""
    for number in range(ids.size):
        word = np.uint64(ids[number])
        slots[_word_slot(ids[number], slots)] = (word << _HALF) | np.uint64(number + 1)


NO_RANK = np.uint32(0xFFFFFFFF)


@compiled
def rank_words(
    numbers: U32, offsets: I64, ranks: U32, tiers: tuple[int, int], limits: tuple[int, int]
) -> tuple[U32, I64, I32]:
    """Put words by their rank and pick the terms of every row.

    ``numbers`` ragged u32 are the distinct words of each row; ``ranks`` u32[v] says how rare each
    is, 0 the rarest, ``NO_RANK`` for one to leave out. A row's terms are its rarest words of a rank
    below ``tiers[0]``, ``limits[0]`` at most; where those are fewer than ``limits[1]``, so many of
    its words of a rank below ``tiers[1]``. Returns the ranks of each row's words, ragged u32, the
    terms first, and how many terms each row has, i32[n].
    """
    values = np.empty(offsets[-1] - offsets[0], np.uint32)
    ends = np.zeros(offsets.size, np.int64)
    terms = np.zeros(offsets.size - 1, np.int32)
    found = np.empty(longest_row(offsets) + 1, np.uint32)
    one = np.uint64(1)
    at = np.uint64(0)
    for row in range(offsets.size - 1):
        size = np.uint64(0)
        for k in range(np.uint64(offsets[row]), np.uint64(offsets[row + 1])):
            rank = ranks[numbers[k]]
            found[size] = rank
            size += np.uint64(rank != NO_RANK)
        if size == 0:
            ends[row + 1] = np.int64(at)
            continue
        bound = np.uint32(_term_bound(found[:size], tiers, limits))
        front, back = at, at + size - one
        for k in range(size):  # to either end, without a branch that could not be foreseen
            values[front] = values[back] = found[k]
            is_term = np.uint64(found[k] < bound)
            front += is_term
            back -= one - is_term
        terms[row] = np.int32(front - at)
        at += size
        ends[row + 1] = np.int64(at)
    return values[:at], ends, terms


@inlined
def _term_bound(ranks: U32, tiers: tuple[int, int], limits: tuple[int, int]) -> int:
    """Give the rank below which a row's ranks, which are distinct, are those of its terms."""
    bound, most = tiers[0], limits[0]
    count = _count_below(ranks, bound)
    if count < limits[1]:
        bound, most = tiers[1], limits[1]
        count = _count_below(ranks, bound)
    low = 0
    while count > most:  # halving a range of ranks, whose counts run in vector registers
        middle = (low + bound) // 2
        count = _count_below(ranks, middle)
        if count < most:
            low, count = middle, most + 1
        else:
            bound = middle
    return bound


@inlined
def _count_below(ranks: U32, bound: int) -> int:
    count, limit = 0, np.uint32(bound)
    for k in range(ranks.size):
        count += ranks[k] < limit
    return count


@compiled
def weigh_rows(values: U32, offsets: I64, terms: I32, gains: U16, masses: U32) -> tuple[F32, U64]:
    """Give the length of each row's vector of terms, f32[n], and the mass of its words, u64[n].

    A term adds its ``gains`` to the square of the length; each word, term or not, its ``masses``.
    """
    lengths, totals = np.zeros(terms.size, np.float32), np.zeros(terms.size, np.uint64)
    for row in range(terms.size):
        squared = np.uint64(0)
        for k in range(offsets[row], offsets[row] + terms[row]):
            squared += gains[values[k]]
        lengths[row] = np.sqrt(np.float64(squared))
        for k in range(offsets[row], offsets[row + 1]):
            totals[row] += masses[values[k]]
    return lengths, totals


_Rows = tuple[U32, I64, I32]
"""What :func:`rank_words` gives: ragged words by rank, and how many of each row are terms."""
_Places = U16 | U32
"""Places of rows in their order; where two bytes hold them the posting lists take half the room."""
_Lists = tuple[U32, U32, _Places]
"""The rows in their order, and their posting lists: where each starts, and the places in it."""
_Nearest = tuple[U32, F32]
"""Of each row the nearest met so far: rows u32[n, k] and cosines f32[n, k], the highest first, of
equal ones the earlier row first, 0 where there is none."""


@compiled
def list_starts(rows: _Rows, ranks: int) -> U32:
    """Tell where the posting list of each term starts when they stand end to end, u32[ranks + 1].

    ``rows`` are those of :func:`rank_words`, their ranks below ``ranks``.
    """
    values, offsets, terms = rows
    starts = np.zeros(ranks + 1, np.uint32)
    for row in range(terms.size):
        for k in range(np.uint64(offsets[row]), np.uint64(offsets[row] + terms[row])):
            starts[values[k] + np.uint32(1)] += np.uint32(1)
    for term in range(ranks):
        starts[term + 1] += starts[term]
    return starts


@compiled
def post_terms(rows: _Rows, order: U32, starts: U32, places: _Places) -> None:
    """Fill the posting lists of :func:`list_starts`: the places in ``order`` that have each term.

    ``order`` u32[n] says which row has each place; ``places`` [starts[-1]] are filled in place,
    ascending in each list.
    """
    values, offsets, terms = rows
    ends = starts.copy()
    for place in range(order.size):
        row = order[place]
        for k in range(np.uint64(offsets[row]), np.uint64(offsets[row] + terms[row])):
            places[ends[values[k]]] = place
            ends[values[k]] += np.uint32(1)


_SCORE_BITS = np.uint32(16)
_LAST_FLOOR = np.uint32(0xFFFF0000)
_ROUNDING = 0.999
"""A bar is lowered by this, so that single precision rounds no pair away before it is measured."""


@compiled
def join_terms(
    rows: _Rows,
    weights: tuple[U16, F32],
    lists: _Lists,
    part: tuple[int, int],
    least: float,
    nearest: _Nearest,
) -> None:
    """Meet the rows of some places with those before them that share terms; note the nearest.

    ``weights`` are ``gains`` u16[v], the squares of the terms' weights, of which no row's may
    exceed 2**16 - 1 together, and the ``lengths`` f32[n] of :func:`weigh_rows`. ``lists`` are the
    rows in order u32[n], the longest first, and their posting lists by :func:`post_terms`. Each row
    from place ``part[0]`` to ``part[1]`` (exclusive) meets those before it with which it has a
    cosine of ``least`` or more. Both are entered into ``nearest``, in place; it does not matter
    who is entered first.

    Two rows meet where the shorter one has its turn, as in Bayardo, Ma and Srikant 2007, "Scaling
    up all pairs similarity search": what both have is then ``least`` of the shorter one's square
    or more, a bar that is one number for all rows before it.
    """
    order, _, places = lists
    gains, lengths = weights
    ends = _ends_before(lists, part[0])
    most = _most_terms(rows)
    heads = np.empty(most, np.uint64), np.empty(most, np.uint64), np.empty(most, np.uint32)
    scores, met = np.zeros(part[1], np.uint32), np.empty(part[1], np.uint32)
    floor = np.uint32(0)
    for place in range(part[0], part[1]):
        row = order[place]
        # Scores are above a floor that rises, so that those of the last row need no clearing.
        if floor == _LAST_FLOOR:
            scores[:] = 0
            floor = np.uint32(0)
        floor = np.uint32(floor + (np.uint32(1) << _SCORE_BITS))
        square = np.float64(lengths[row]) * np.float64(lengths[row])
        bar = np.uint32(floor + max(np.uint32(1), np.uint32(_ROUNDING * least * square)))
        listed = _open_lists(row, rows, gains, (lists[1], ends), heads)
        count = _add_gains(listed, heads, places, (floor, bar), (scores, met))
        for k in range(count):
            other = order[met[k]]
            product = lengths[other] * lengths[row]
            score = np.float32(scores[met[k]] - floor)
            if score >= np.float32(least) * product:
                _note(row, other, score / product, nearest)
                _note(other, row, score / product, nearest)


@inlined
def _most_terms(rows: _Rows) -> int:
    most = 0
    for row in range(rows[2].size):
        most = max(most, rows[2][row])
    return most


@inlined
def _ends_before(lists: _Lists, place: int) -> U32:
    """Find where each posting list would end if it held only what comes before a place."""
    _, starts, places = lists
    ends = starts[:-1].copy()
    for term in range(ends.size if place > 0 else 0):
        while ends[term] < starts[term + 1] and places[ends[term]] < place:
            ends[term] += np.uint32(1)
    return ends


@inlined
def _open_lists(
    row: np.uint32, rows: _Rows, gains: U16, lists: tuple[U32, U32], heads: tuple[U64, U64, U32]
) -> np.uint64:
    """Look up the lists of a row's terms, from where to where and their gains, and count them.

    The row itself is next in each, so that the ends move behind it. A loop of its own: the lists
    lie far apart, and their heads are fetched side by side here.
    """
    values, offsets, terms = rows
    starts, ends = lists
    from_, to, gain = heads
    count = np.uint64(0)
    for k in range(np.uint64(offsets[row]), np.uint64(offsets[row] + terms[row])):
        term = values[k]
        from_[count], to[count], gain[count] = starts[term], ends[term], gains[term]
        count += np.uint64(ends[term] > starts[term])
        ends[term] += np.uint32(1)
    return count


@inlined
def _add_gains(
    listed: np.uint64,
    heads: tuple[U64, U64, U32],
    places: _Places,
    limits: tuple[np.uint32, np.uint32],
    into: tuple[U32, U32],
) -> np.uint64:
    """Add up gains for all places in some lists; take down which reach the bar, and count them.

    A score below the floor is as good as none: it was left by another row.
    """
    from_, to, gains = heads
    floor, bar = limits
    scores, met = into
    count = np.uint64(0)
    for k in range(listed):
        gain = gains[k]
        for at in range(from_[k], to[k]):
            place = places[at]
            score = np.uint32(max(scores[place], floor) + gain)
            scores[place] = score
            if np.uint32(score - bar) < gain:  # above the bar, and below it before
                met[count] = place
                count += np.uint64(1)
    return count


@inlined
def _is_nearer(cosine: np.float32, row: np.uint32, other: np.float32, its_row: np.uint32) -> bool:
    return bool(cosine > other or (cosine == other and row < its_row))


@inlined
def _note(row: np.uint32, other: np.uint32, cosine: np.float32, nearest: _Nearest) -> None:
    """Enter a row that another has met among the nearest of that one, where it belongs there."""
    near, cosines = nearest
    size = near.shape[1]
    place = size
    while place > 0 and _is_nearer(cosine, other, cosines[row, place - 1], near[row, place - 1]):
        place -= 1
        if place + 1 < size:
            near[row, place + 1] = near[row, place]
            cosines[row, place + 1] = cosines[row, place]
    if place < size:
        near[row, place], cosines[row, place] = other, cosine


@compiled
def merge_nearest(nearest: _Nearest, more: _Nearest) -> None:
    """Enter what rows have met elsewhere, another table of :func:`join_terms`, in place."""
    near, cosines = more
    for row in range(near.shape[0]):
        for k in range(near.shape[1]):
            if cosines[row, k] > 0:
                _note(np.uint32(row), near[row, k], cosines[row, k], nearest)


@compiled
def nearest_pairs(nearest: _Nearest) -> U64:
    """List each row with its nearest as ``i << 32 | j``, i < j; a pair may come from both sides."""
    near, cosines = nearest
    pairs = np.empty(cosines.size, np.uint64)
    count = 0
    for row in range(near.shape[0]):
        for k in range(near.shape[1]):
            if cosines[row, k] > 0:
                one, other = np.uint64(row), np.uint64(near[row, k])
                pairs[count] = (min(one, other) << _HALF) | max(one, other)
                count += 1
    return pairs[:count].copy()


@compiled
def shared_mass(words: tuple[U32, I64], masses: U32, totals: U64, pairs: U64) -> F32:
    """Give the mass of the words that both rows of a pair have, by that of the row with less.

    ``words`` ragged u32 are distinct words by rank, ``masses`` u32[v] what each weighs, ``totals``
    u64[n] what rows weigh. ``pairs`` u64[m] are ``i << 32 | j``; those of one i next to each other
    cost least, as its words are marked once. Returns f32[m].
    """
    values, offsets = words
    shares = np.empty(pairs.size, np.float32)
    own = np.zeros(masses.size, np.uint32)
    marked = np.int64(-1)
    for m in range(pairs.size):
        i, j = np.int64(pairs[m] >> _HALF), np.int64(pairs[m] & _LOW)
        if i != marked:
            if marked >= 0:
                for k in range(np.uint64(offsets[marked]), np.uint64(offsets[marked + 1])):
                    own[values[k]] = 0
            for k in range(np.uint64(offsets[i]), np.uint64(offsets[i + 1])):
                own[values[k]] = masses[values[k]]
            marked = i
        both = np.uint64(0)
        for k in range(np.uint64(offsets[j]), np.uint64(offsets[j + 1])):
            both += own[values[k]]
        shares[m] = np.float64(both) / max(np.float64(min(totals[i], totals[j])), 1.0)
    return shares
