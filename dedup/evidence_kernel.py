"""The evidence of many pairs of texts, compiled: what :func:`dedup.verdict.evidence` measures.

The readable definition, with a reason for every measure, is in :mod:`dedup.verdict`; here are
plain loops over the same arrays for the millions of pairs of a dump. Tests hold the two in step.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup import verdict
from dedup.document import Mark
from dedup.kernels import I64, U32, U64, compiled, inlined

__all__ = ["MEASURES", "evidence_of_pairs"]

MEASURES = 15
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]

_LINKED, _FOLLOWING = verdict.LINKED, verdict.FOLLOWING
_NEARBY, _RUN, _SENTENCE = verdict.NEARBY, verdict.RUN, verdict.SENTENCE
_NEAR_VERBATIM, _UNKNOWN = verdict.NEAR_VERBATIM, verdict.UNKNOWN
_MOST_SENTENCES, _TINY = verdict.MOST_SENTENCES, verdict.TINY
_NUMBER, _NAME, _QUOTED = Mark.NUMBER, Mark.NAME, Mark.QUOTED
_MIX = np.uint64(0x9E3779B97F4A7C15)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


@inlined
def _group_end(ordered: U64, start: int, end: int) -> int:
    """Find where the occurrences of the word at ``start`` end."""
    word = ordered[start] >> _HALF
    at = start + 1
    while at < end and ordered[at] >> _HALF == word:
        at += 1
    return at


@inlined
def _sentences_of(ordered: U64, first: int, last: int, sentence: I32, base: int, into: I32) -> int:
    """List the distinct sentences of one word's occurrences, ascending; returns how many."""
    count = 0
    for k in range(first, last):
        place = sentence[base + np.int64(ordered[k] & _LOW)]
        if count == 0 or into[count - 1] != place:
            into[count] = place
            count += 1
    return count


@inlined
def _gram(words: U32, at: int) -> np.uint64:
    hashed = np.uint64(0)
    for k in range(_RUN):
        hashed = (hashed ^ np.uint64(words[at + k])) * _MIX
        hashed ^= hashed >> np.uint64(29)
    return hashed


@compiled
def _mark_runs(
    x: U32, present: U8, y: U32, y_present: U8, copied: U8, table: U64, filled: I32, stamp: int
) -> None:
    """Flag the words of x that stand in runs of ``RUN`` words or more that y has too."""
    mask = table.size - 1
    together = 0
    for at in range(y.size):
        together = together + 1 if y_present[at] else 0
        if together >= _RUN:
            gram = _gram(y, at - _RUN + 1)
            slot = np.int64(gram >> np.uint64(20)) & mask
            while filled[slot] == stamp and table[slot] != gram:
                slot = (slot + 1) & mask
            filled[slot] = stamp
            table[slot] = gram
    together = 0
    for at in range(x.size):
        copied[at] = 0
        together = together + 1 if present[at] else 0
        if together >= _RUN:
            gram = _gram(x, at - _RUN + 1)
            slot = np.int64(gram >> np.uint64(20)) & mask
            while filled[slot] == stamp and table[slot] != gram:
                slot = (slot + 1) & mask
            if filled[slot] == stamp:
                for k in range(at - _RUN + 1, at + 1):
                    copied[k] = 1


@compiled
def _nearness(
    bounds: I32, partner: I32, group: I32, group_ends: I32, other_ordered: U64,
    other_sentence: I32, near: U8,
) -> None:  # fmt: skip
    """Find how many sentences from its sentence's counterpart each word stands, 2 at most."""
    for i in range(bounds.size - 1):
        for at in range(bounds[i], bounds[i + 1]):
            near[at] = 2
            if partner[i] < 0:
                continue
            for k in range(group[at], group_ends[at]):
                place = other_sentence[np.int64(other_ordered[k] & _LOW)]
                near[at] = min(near[at], abs(place - partner[i]))


@compiled
def _missing(marks: U8, bounds: I32, similarity: F64, near: U8, mark: int) -> float:
    """Share of the marked words of linked sentences that the counterpart and neighbours lack."""
    missing, wanted = 0, 0
    for i in range(bounds.size - 1):
        if similarity[i] >= _LINKED:
            for at in range(bounds[i], bounds[i + 1]):
                if marks[at] & mark != 0:
                    wanted += 1
                    missing += near[at] > 1
    return (missing + 1) / (wanted + 2)


@compiled
def _flag_gone(marks: U8, bounds: I32, near: U8, mark: int, into: U8) -> None:
    """Flag the sentences with a marked word that their counterpart lacks."""
    for i in range(bounds.size - 1):
        into[i] = 0
        for at in range(bounds[i], bounds[i + 1]):
            if marks[at] & mark != 0 and near[at] > 0:
                into[i] = 1
                break


@compiled
def _replaced(gone: U8, come: U8, bounds: I32, partner: I32, similarity: F64) -> float:
    """Share of words in linked sentences in which other facts stand for their own."""
    replaced = 0
    for i in range(bounds.size - 1):
        if similarity[i] >= _LINKED and gone[i] and come[partner[i]]:
            replaced += bounds[i + 1] - bounds[i]
    words = bounds[bounds.size - 1] if bounds.size else 0
    return replaced / words if words else 0.0


@compiled
def _paths(bounds: I32, partner: I32, similarity: F64, best: F64, least: float, into: F64) -> None:
    """Weigh all counterparts from ``least`` on, and the heaviest path in the other's order.

    Sentences weigh their words; for ``least`` below ``LINKED`` their words times the similarity.
    """
    into[0], into[1] = 0.0, 0.0
    for i in range(bounds.size - 1):
        best[i] = 0.0
        if similarity[i] < least:
            continue
        weight = np.float64(bounds[i + 1] - bounds[i])
        if least < _LINKED:
            weight *= similarity[i]
        into[0] += weight
        before = 0.0
        for k in range(i):
            if best[k] > before and partner[k] <= partner[i]:
                before = best[k]
        best[i] = before + weight
        into[1] = max(into[1], best[i])


@compiled
def _apart(partner: I32, similarity: F64, count: int) -> float:
    far, steps, last = 0, 0, -1
    for i in range(count):
        if similarity[i] >= _LINKED:
            if last >= 0:
                steps += 1
                far += abs(partner[i] - partner[last]) > _NEARBY
            last = i
    return far / steps if steps else _UNKNOWN


@compiled
def _own_prose(marks: U8, copied: U8, bounds: I32, into: F64) -> None:
    """Measure linked words aside: share of own words kept, own sentences kept, quotes, copied."""
    own_words, kept_words, kept, quoted_copied, all_copied = 0, 0, 0, 0, 0
    for i in range(bounds.size - 1):
        size = bounds[i + 1] - bounds[i]
        quoted, same = 0, 0
        for at in range(bounds[i], bounds[i + 1]):
            quoted += marks[at] & _QUOTED != 0
            same += copied[at]
            quoted_copied += copied[at] and marks[at] & _QUOTED != 0
        all_copied += same
        if 2 * quoted < size:
            own_words += size
            if same >= _NEAR_VERBATIM * size:
                kept_words += size
                kept += size >= _SENTENCE
    words = max(1, bounds[bounds.size - 1])
    into[0] = kept_words / own_words if own_words else 0.0
    into[1] = kept
    into[2] = quoted_copied / words
    into[3] = all_copied / words


@compiled
def _choose_partners(
    shared: F64, norms: F64, rows: int, columns: int, partner: I32, similarity: F64
) -> None:
    """Give each sentence of either text its most similar one of the other, the first of equals.

    ``shared`` f64[rows * columns] holds what two sentences share; ``partner`` and ``similarity``
    [2, longest] are written, -1 and 0 where nothing is shared.
    """
    longer = max(rows, columns)
    partner[:, :longer] = -1
    similarity[:, :longer] = 0.0
    for x in range(rows):
        for y in range(columns):
            common = shared[x * columns + y]
            if common > 0.0:
                alike = common / np.sqrt(max(norms[0, x] * norms[1, y], _TINY))
                if alike > similarity[0, x]:
                    similarity[0, x], partner[0, x] = alike, y
                if alike > similarity[1, y]:
                    similarity[1, y], partner[1, y] = alike, x


@compiled
def evidence_of_pairs(
    pairs: I64,
    words: U32,
    weights: NDArray[np.float32],
    marks: U8,
    sentence: I32,
    ordered: U64,
    offsets: I64,
    bounds: I32,
    bound_offsets: I64,
) -> F64:
    """Measure each pair (i, j) of stories; f64[m, 15], columns as the fields of ``Evidence``.

    Stories are ragged: ``words``, ``weights``, ``marks`` and ``sentence`` (the number of each
    word's sentence) by ``offsets``, ``bounds`` by ``bound_offsets``. ``ordered`` u64 holds each
    story's ``word << 32 | position``, ascending.
    """
    longest, most = 1, 1
    for m in range(pairs.shape[0]):
        for side in range(2):
            row = pairs[m, side]
            longest = max(longest, offsets[row + 1] - offsets[row])
            most = max(most, bound_offsets[row + 1] - bound_offsets[row])
    size = 16
    while size < 2 * longest:
        size *= 2
    table, filled = np.empty(size, np.uint64), np.full(size, -1, np.int32)
    present = np.empty((2, longest), np.uint8)
    copied = np.empty((2, longest), np.uint8)
    group, group_ends = np.empty((2, longest), np.int32), np.empty((2, longest), np.int32)
    partner, similarity = np.empty((2, most), np.int32), np.empty((2, most), np.float64)
    norms, best = np.empty((2, most), np.float64), np.empty(most, np.float64)
    near = np.empty((2, longest), np.uint8)
    gone = np.empty((2, most), np.uint8)
    path = np.empty(2, np.float64)
    places_a, places_b = np.empty(longest, np.int32), np.empty(longest, np.int32)
    commonness = np.empty(most + 1, np.float64)
    prose = np.empty((2, 4), np.float64)
    shares = np.empty((2, 8), np.float64)
    shared = np.empty(most * most, np.float64)
    found = np.zeros((pairs.shape[0], MEASURES), np.float64)
    for m in range(pairs.shape[0]):
        i, j = pairs[m, 0], pairs[m, 1]
        a0, a1, b0, b1 = offsets[i], offsets[i + 1], offsets[j], offsets[j + 1]
        bounds_a = bounds[bound_offsets[i] : bound_offsets[i + 1]]
        bounds_b = bounds[bound_offsets[j] : bound_offsets[j + 1]]
        n, k = a1 - a0, b1 - b0
        rows, columns = bounds_a.size - 1, bounds_b.size - 1
        longer = max(rows, columns)
        for count in range(1, longer + 1):
            commonness[count] = np.log1p(longer / count)
        norms[:, :longer] = 0.0
        shared[: rows * columns] = 0.0
        rare_a, rare_b, rare_both = 0.0, 0.0, 0.0
        at, to = a0, b0
        while at < a1 or to < b1:
            if to >= b1:
                turn = -1
            elif at >= a1:
                turn = 1
            else:
                left, right = ordered[at] >> _HALF, ordered[to] >> _HALF
                turn = -1 if left < right else (1 if right < left else 0)
            at_end, to_end, in_a, in_b, spread = at, to, 0, 0, 0
            weight = 0.0
            if turn <= 0:
                at_end = _group_end(ordered, at, a1)
                in_a = _sentences_of(ordered, at, at_end, sentence, a0, places_a)
                weight = np.float64(weights[a0 + np.int64(ordered[at] & _LOW)])
                rare_a += weight * weight
            if turn >= 0:
                to_end = _group_end(ordered, to, b1)
                in_b = _sentences_of(ordered, to, to_end, sentence, b0, places_b)
                weight = np.float64(weights[b0 + np.int64(ordered[to] & _LOW)])
                rare_b += weight * weight
            spread = max(in_a, in_b)
            squared = (weight * commonness[spread]) ** 2
            for x in range(in_a):
                norms[0, places_a[x]] += squared
            for y in range(in_b):
                norms[1, places_b[y]] += squared
            if turn == 0:
                rare_both += weight * weight
                if spread <= _MOST_SENTENCES:
                    for x in range(in_a):
                        for y in range(in_b):
                            shared[places_a[x] * columns + places_b[y]] += squared
            for x in range(at, at_end):
                position = np.int64(ordered[x] & _LOW)
                present[0, position] = turn == 0
                group[0, position], group_ends[0, position] = to - b0, to_end - b0
            for y in range(to, to_end):
                position = np.int64(ordered[y] & _LOW)
                present[1, position] = turn == 0
                group[1, position], group_ends[1, position] = at - a0, at_end - a0
            at, to = at_end, to_end
        _choose_partners(shared, norms, rows, columns, partner, similarity)
        words_a, words_b = words[a0:a1], words[b0:b1]
        present_a, present_b = present[0, :n], present[1, :k]
        _mark_runs(words_a, present_a, words_b, present_b, copied[0], table, filled, 2 * m)
        _mark_runs(words_b, present_b, words_a, present_a, copied[1], table, filled, 2 * m + 1)
        for side in range(2):
            own, own_marks = (bounds_a, marks[a0:a1]) if side == 0 else (bounds_b, marks[b0:b1])
            there = ordered[b0:b1] if side == 0 else ordered[a0:a1]
            sentences_there = sentence[b0:b1] if side == 0 else sentence[a0:a1]
            mine, alike = partner[side], similarity[side]
            linked = 0
            for x in range(own.size - 1):
                if alike[x] >= _LINKED:
                    linked += own[x + 1] - own[x]
            total = own[own.size - 1] if own.size else 0
            shares[side, 0] = linked / total if total else 0.0
            _paths(own, mine, alike, best, _LINKED, path)
            shares[side, 1] = path[1] / total if total else 0.0
            _paths(own, mine, alike, best, _FOLLOWING, path)
            shares[side, 2] = max(0.0, 1.0 - path[1] / path[0]) if path[0] > 0 else _UNKNOWN
            shares[side, 3] = _apart(mine, alike, own.size - 1)
            _nearness(own, mine, group[side], group_ends[side], there, sentences_there, near[side])
            shares[side, 4] = _missing(own_marks, own, alike, near[side], _NAME)
            shares[side, 5] = _missing(own_marks, own, alike, near[side], _NUMBER)
            _own_prose(own_marks, copied[side], own, prose[side])
        for fact in range(2):
            mark = _NAME if fact == 0 else _NUMBER
            _flag_gone(marks[a0:a1], bounds_a, near[0], mark, gone[0])
            _flag_gone(marks[b0:b1], bounds_b, near[1], mark, gone[1])
            shares[0, 6 + fact] = _replaced(gone[0], gone[1], bounds_a, partner[0], similarity[0])
            shares[1, 6 + fact] = _replaced(gone[1], gone[0], bounds_b, partner[1], similarity[1])
        both = found[m]
        of_a = np.sqrt(rare_both / rare_a) if rare_a > 0 else 0.0
        of_b = np.sqrt(rare_both / rare_b) if rare_b > 0 else 0.0
        both[0] = max(of_a, of_b)
        both[1] = max(shares[0, 0], shares[1, 0])
        both[2] = (shares[0, 1] + shares[1, 1]) / 2
        both[3] = min(shares[0, 2], shares[1, 2])
        both[4] = min(shares[0, 3], shares[1, 3])
        both[5] = (shares[0, 4] + shares[1, 4]) / 2
        both[6] = min(shares[0, 5], shares[1, 5])
        both[7] = (shares[0, 6] + shares[1, 6]) / 2
        both[8] = min(shares[0, 7], shares[1, 7])
        both[9] = (prose[0, 2] + prose[1, 2]) / 2
        both[10] = np.sqrt(max(prose[0, 3], prose[1, 3])) * (1.0 - both[1])
        if n != k:
            both[11] = prose[0, 0] if n < k else prose[1, 0]
        else:
            both[11] = max(prose[0, 0], prose[1, 0])
        both[12] = min(prose[0, 1], prose[1, 1])
        both[13] = np.array_equal(words_a, words_b)
        both[14] = (n == 0) != (k == 0)
    return found
