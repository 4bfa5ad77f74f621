"""The evidence of many pairs of texts, compiled: what :func:`dedup.evidence.evidence` measures.

The readable definition, with a reason for every measure, is in :mod:`dedup.evidence`; here are
plain loops over the same arrays for the millions of pairs of a dump. Tests hold the two in step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

from dedup import evidence
from dedup.document import Mark
from dedup.kernels import I64, U32, U64, compiled

__all__ = ["MEASURES", "StoryArrays", "evidence_of_pairs"]

MEASURES = 18
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]

_LINKED, _DENSE, _OPENING = evidence.LINKED, evidence.DENSE, evidence.OPENING
_CONTENT, _RUN = np.float32(evidence.CONTENT), evidence.RUN
_CLOSE, _PART_OF_TEXT = evidence.CLOSE, evidence.PART_OF_TEXT
_NEAR_VERBATIM = evidence.NEAR_VERBATIM
_SHARED, _SHARED_WORDS = evidence.SHARED, evidence.SHARED_WORDS
_MOST_SENTENCES, _TINY = evidence.MOST_SENTENCES, evidence.TINY
_NUMBER, _NAME, _QUOTED = Mark.NUMBER, Mark.NAME, Mark.QUOTED
_FACT = Mark.NUMBER | Mark.NAME
_NOT_PLAIN = _FACT | _QUOTED
_MIX = np.uint64(0x9E3779B97F4A7C15)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_NO_WORD = np.uint64(1 << 32)
"""Above every word's id."""
_HASH_SHIFT = np.uint64(20)
"""The middle bits of a hash choose its slot: the lowest ones are mixed least."""


_Made = TypeVar("_Made", bound=Callable[..., object])


def _part(function: _Made) -> _Made:
    """Compile a part of a loop for the compiled loops that call it, and for nothing else.

    Without a way in from Python, and cached with its callers alone, it takes half as long.
    """
    made: _Made = numba.njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
    return made


class StoryArrays(NamedTuple):
    """The stories of many texts, ragged by ``offsets`` i64[n + 1] but for their sentence bounds.

    ``words``, ``weights`` and ``marks`` as in :class:`dedup.document.Document`; ``sentence`` i32,
    the number of each word's sentence; ``ordered`` u64, each story's ``word << 32 | position``
    ascending; ``bounds`` by ``bound_offsets`` i64[n + 1].
    """

    words: U32
    weights: F32
    marks: U8
    sentence: I32
    ordered: U64
    offsets: I64
    bounds: I32
    bound_offsets: I64


class _Story(NamedTuple):
    """The arrays of one story, as in :class:`StoryArrays`."""

    words: U32
    weights: F32
    marks: U8
    sentence: I32
    ordered: U64
    bounds: I32


class _Side(NamedTuple):
    """What is known of each word of one text beside the other, and of each of its sentences."""

    present: U8
    copied: U8
    near: U8
    group: I32
    """Where the same word begins among the other text's ``ordered``, and ends."""
    group_ends: I32
    once: I32
    """Where the other text has a word that either text has once, else -1."""
    partner: I32
    similarity: F64
    norms: F64
    region: U8
    gone: U8
    places: I32
    slots: I32
    """Where the run that begins with each word stands in the table of runs, or -1."""


class _Shared(NamedTuple):
    """Space that both texts of a pair are measured in."""

    weights: F64
    """What two sentences share, f64[rows * columns]."""
    commonness: F64
    best: F64
    table: U64
    filled: I32
    """The number of the filling that last used a slot of the table."""


(
    _OF_LINKED, _OF_ORDER, _OF_REGION, _OF_OUTSIDE, _OF_OPENING, _OF_TOGETHER, _OF_PLAIN, _OF_NAMES,
    _OF_NUMBERS, _OF_REPLACED_NAMES, _OF_REPLACED_NUMBERS, _OF_QUOTES, _OF_COPIED, _OF_KEPT,
    _OF_KEPT_SENTENCES, _OF_RARE, _OF_WORDS, _SHARES,
) = range(18)  # fmt: skip


@_part
def _story(stories: StoryArrays, row: int) -> _Story:
    """Take one story's arrays."""
    start, end = stories.offsets[row], stories.offsets[row + 1]
    return _Story(
        stories.words[start:end],
        stories.weights[start:end],
        stories.marks[start:end],
        stories.sentence[start:end],
        stories.ordered[start:end],
        stories.bounds[stories.bound_offsets[row] : stories.bound_offsets[row + 1]],
    )


@_part
def _new_side(words: int, sentences: int) -> _Side:
    return _Side(
        np.empty(words, np.uint8),
        np.empty(words, np.uint8),
        np.empty(words, np.uint8),
        np.empty(words, np.int32),
        np.empty(words, np.int32),
        np.empty(words, np.int32),
        np.empty(sentences, np.int32),
        np.empty(sentences, np.float64),
        np.empty(sentences, np.float64),
        np.empty(sentences, np.uint8),
        np.empty(sentences, np.uint8),
        np.empty(words, np.int32),
        np.empty(words, np.int32),
    )


@_part
def _new_shared(words: int, sentences: int) -> _Shared:
    size = 16
    while size < 2 * words:
        size *= 2
    return _Shared(
        np.empty(sentences * sentences, np.float64),
        np.empty(sentences + 1, np.float64),
        np.empty(sentences + 1, np.float64),
        np.empty(size, np.uint64),
        np.full(size, -1, np.int32),
    )


# --- Links ---------------------------------------------------------------------------------------


@_part
def _group_end(ordered: U64, start: int) -> int:
    """Find where the occurrences of the word at ``start`` end."""
    word = ordered[start] >> _HALF
    at = start + 1
    while at < ordered.size and ordered[at] >> _HALF == word:
        at += 1
    return at


@_part
def _sentences_of(ordered: U64, first: int, last: int, sentence: I32, into: I32) -> int:
    """List the distinct sentences of one word's occurrences, ascending; returns how many."""
    count = 0
    for k in range(first, last):
        place = sentence[np.int64(ordered[k] & _LOW)]
        if count == 0 or into[count - 1] != place:
            into[count] = place
            count += 1
    return count


@_part
def _note_group(
    ordered: U64, first: int, last: int, there: int, there_end: int, side: _Side
) -> None:
    """Note for every occurrence of a word that both texts have where the other text has it."""
    present, group, group_ends = side.present, side.group, side.group_ends
    for k in range(first, last):
        position = np.int64(ordered[k] & _LOW)
        present[position] = 1
        group[position], group_ends[position] = there, there_end


@_part
def _note_once(here: np.int64, there: np.int64, side: _Side, other: _Side) -> None:
    """Note a word that stands once in either text."""
    side.once[here], other.once[there] = there, here


@_part
def _add_norms(count: int, places: I32, squared: float, norms: F64) -> None:
    for x in range(count):
        norms[places[x]] += squared


@_part
def _share_words(
    one: _Story, two: _Story, side: _Side, other: _Side, shared: _Shared, into: F64
) -> None:
    """Sum what sentences share, their norms, and the rare words, as ``evidence._link`` weighs them.

    Words that both texts have are noted on either side; the square roots of the shares of rare
    words are written for both.
    """
    ordered, sentence, places, norms = one.ordered, one.sentence, side.places, side.norms
    ordered_there, sentence_there = two.ordered, two.sentence
    places_there, norms_there = other.places, other.norms
    common, commonness = shared.weights, shared.commonness
    columns = two.bounds.size - 1
    rare, rare_there, rare_both = 0.0, 0.0, 0.0
    at, to = 0, 0
    while at < ordered.size or to < ordered_there.size:
        left = ordered[at] >> _HALF if at < ordered.size else _NO_WORD
        right = ordered_there[to] >> _HALF if to < ordered_there.size else _NO_WORD
        at_end, to_end, here, there, weight = at, to, 0, 0, 0.0
        if left <= right:
            at_end = _group_end(ordered, at)
            here = _sentences_of(ordered, at, at_end, sentence, places)
            weight = np.float64(one.weights[np.int64(ordered[at] & _LOW)])
            rare += weight * weight
        if right <= left:
            to_end = _group_end(ordered_there, to)
            there = _sentences_of(ordered_there, to, to_end, sentence_there, places_there)
            weight = np.float64(two.weights[np.int64(ordered_there[to] & _LOW)])
            rare_there += weight * weight
        spread = max(here, there)
        squared = (weight * commonness[spread]) ** 2
        _add_norms(here, places, squared, norms)
        _add_norms(there, places_there, squared, norms_there)
        if left == right:
            rare_both += weight * weight
            _note_group(ordered, at, at_end, to, to_end, side)
            _note_group(ordered_there, to, to_end, at, at_end, other)
            if at_end - at == 1 and to_end - to == 1:
                position = np.int64(ordered[at] & _LOW)
                _note_once(position, np.int64(ordered_there[to] & _LOW), side, other)
            if spread <= _MOST_SENTENCES:
                for x in range(here):
                    for y in range(there):
                        common[places[x] * columns + places_there[y]] += squared
        at, to = at_end, to_end
    into[0, _OF_RARE] = np.sqrt(rare_both / rare) if rare > 0 else 0.0
    into[1, _OF_RARE] = np.sqrt(rare_both / rare_there) if rare_there > 0 else 0.0


@_part
def _clear_side(story: _Story, side: _Side) -> None:
    for at in range(story.words.size):
        side.present[at] = side.copied[at] = 0
        side.once[at] = -1
    for i in range(story.bounds.size - 1):
        side.norms[i], side.partner[i], side.similarity[i] = 0.0, -1, 0.0


@_part
def _clear_shared(rows: int, columns: int, shared: _Shared) -> None:
    for at in range(rows * columns):
        shared.weights[at] = 0.0
    longer = max(rows, columns)
    for count in range(1, longer + 1):
        shared.commonness[count] = np.log1p(longer / count)


@_part
def _choose_partners(rows: int, columns: int, side: _Side, other: _Side, weights: F64) -> None:
    """Give each sentence of either text its most similar one of the other, the first of equals.

    What they are before, -1 and 0, they stay where nothing is shared.
    """
    for x in range(rows):
        for y in range(columns):
            common = weights[x * columns + y]
            if common > 0.0:
                alike = common / np.sqrt(max(side.norms[x] * other.norms[y], _TINY))
                if alike > side.similarity[x]:
                    side.similarity[x], side.partner[x] = alike, y
                if alike > other.similarity[y]:
                    other.similarity[y], other.partner[y] = alike, x


# --- Words ---------------------------------------------------------------------------------------


@_part
def _gram(words: U32, at: int) -> np.uint64:
    hashed = np.uint64(0)
    for k in range(_RUN):
        hashed = (hashed ^ np.uint64(words[at + k])) * _MIX
        hashed ^= hashed >> np.uint64(29)
    return hashed


@_part
def _slot(gram: np.uint64, table: U64, filled: I32, stamp: int) -> np.int64:
    """Find the slot that holds a run's hash in this filling, or the free one where it belongs."""
    mask = table.size - 1
    slot = np.int64(gram >> _HASH_SHIFT) & mask
    while filled[slot] >= stamp and table[slot] != gram:
        slot = (slot + 1) & mask
    return slot


@_part
def _note_runs(words: U32, side: _Side, shared: _Shared, stamp: int) -> None:
    """Note the runs of a text whose words the other text has too, and where each is noted."""
    table, filled, slots = shared.table, shared.filled, side.slots
    together = 0
    for at in range(words.size):
        together = together + 1 if side.present[at] else 0
        if together >= _RUN:
            gram = _gram(words, at - _RUN + 1)
            slot = _slot(gram, table, filled, stamp)
            filled[slot], table[slot] = stamp, gram
            slots[at] = slot
        else:
            slots[at] = -1


@_part
def _copy_run(last: int, copied: U8) -> None:
    for at in range(last - _RUN + 1, last + 1):
        copied[at] = 1


@_part
def _mark_runs(x: U32, y: U32, side: _Side, other: _Side, shared: _Shared, stamp: int) -> None:
    """Flag the words of either text that stand in runs of ``RUN`` words or more that both have.

    A slot of the table holds ``stamp`` where y has the run, and ``stamp + 1`` where x has it too.
    """
    table, filled = shared.table, shared.filled
    _note_runs(y, other, shared, stamp)
    together = 0
    for at in range(x.size):
        together = together + 1 if side.present[at] else 0
        if together >= _RUN:
            slot = _slot(_gram(x, at - _RUN + 1), table, filled, stamp)
            if filled[slot] >= stamp:
                filled[slot] = stamp + 1
                _copy_run(at, side.copied)
    for at in range(y.size):
        if other.slots[at] >= 0 and filled[other.slots[at]] > stamp:
            _copy_run(at, other.copied)


@_part
def _nearness(story: _Story, there: _Story, side: _Side) -> None:
    """Find how many sentences from its sentence's counterpart each fact stands, 2 at most."""
    sentence, sentence_there, ordered_there = story.sentence, there.sentence, there.ordered
    partners, near, group, group_ends = side.partner, side.near, side.group, side.group_ends
    for at in range(sentence.size):
        if story.marks[at] & _FACT != 0:
            partner = partners[sentence[at]]
            closest = 2
            if partner >= 0 and side.present[at]:
                for k in range(group[at], group_ends[at]):
                    place = sentence_there[np.int64(ordered_there[k] & _LOW)]
                    closest = min(closest, abs(place - partner))
            near[at] = closest


# --- Measures of one side ------------------------------------------------------------------------


@_part
def _find_region(bounds: I32, side: _Side) -> int:
    """Flag the region's sentences; returns its words. See :func:`dedup.evidence._region`."""
    greatest, first, end, total, start = 0.0, 0, 0, 0.0, 0
    for i in range(bounds.size - 1):
        if total <= 0.0:
            total, start = 0.0, i
        size = bounds[i + 1] - bounds[i]
        total += (1.0 - _DENSE) * size if side.similarity[i] >= _LINKED else -_DENSE * size
        if total > greatest:
            greatest, first, end = total, start, i + 1
    for i in range(bounds.size - 1):
        side.region[i] = first <= i < end
    return bounds[end] - bounds[first] if end else 0


@_part
def _heaviest_path(bounds: I32, side: _Side, best: F64, columns: int) -> float:
    """Weigh, in words, the heaviest path of linked sentences whose counterparts do not go back.

    ``best`` f64[columns + 1] is a Fenwick tree of the heaviest paths that end up to a counterpart.
    """
    for at in range(columns + 1):
        best[at] = 0.0
    heaviest = 0.0
    for i in range(bounds.size - 1):
        if side.similarity[i] < _LINKED:
            continue
        at = side.partner[i] + 1
        weight = 0.0
        while at > 0:
            weight = max(weight, best[at])
            at -= at & -at
        weight += bounds[i + 1] - bounds[i]
        heaviest = max(heaviest, weight)
        at = side.partner[i] + 1
        while at <= columns:
            best[at] = max(best[at], weight)
            at += at & -at
    return heaviest


@_part
def _measure_links(
    bounds: I32, side: _Side, best: F64, shorter: int, columns: int, shares: F64
) -> None:
    """Measure what is linked: how much, where, and in which order."""
    region = _find_region(bounds, side)
    sentences = bounds.size - 1
    linked, outside, alike = 0, 0, 0.0
    for i in range(sentences):
        if side.similarity[i] >= _LINKED:
            size = bounds[i + 1] - bounds[i]
            linked += size
            outside += 0 if side.region[i] else size
    opening = min(_OPENING, sentences)
    for i in range(opening):
        alike += (bounds[i + 1] - bounds[i]) * side.similarity[i]
    words = max(1, bounds[sentences])
    shares[_OF_LINKED] = linked / words
    shares[_OF_ORDER] = _heaviest_path(bounds, side, best, columns) / words
    shares[_OF_REGION] = min(1.0, region / max(1, shorter))
    shares[_OF_OUTSIDE] = outside / max(1, linked)
    shares[_OF_OPENING] = alike / max(1, bounds[opening])


@_part
def _plain(marks: int, weight: np.float32) -> np.bool_:
    """Tell a content word that is no name, number or quotation."""
    return np.bool_(marks & _NOT_PLAIN == 0 and weight >= _CONTENT)


@_part
def _together(story: _Story, there: _Story, side: _Side) -> float:
    """Share of neighbouring details that stand together in the other text."""
    steps, close, last = 0, 0, -1
    most = min(_CLOSE, there.words.size // _PART_OF_TEXT)
    for at in range(story.words.size):
        place = side.once[at]
        if place < 0 or not _plain(story.marks[at] | there.marks[place], story.weights[at]):
            continue
        if last >= 0:
            steps += 1
            close += abs(place - last) <= most
        last = place
    return (close + 1) / (steps + 2)


@_part
def _measure_present(story: _Story, side: _Side, shares: F64) -> None:
    """Measure which names of the region and which plain words the other text has."""
    names, names_there, plain, plain_there = 0, 0, 0, 0
    for at in range(story.words.size):
        marks = story.marks[at]
        if marks & _NAME != 0 and side.region[story.sentence[at]]:
            names += 1
            names_there += side.present[at]
        if _plain(marks, story.weights[at]):
            plain += 1
            plain_there += side.present[at]
    shares[_OF_NAMES] = names_there / names if names else 0.5
    shares[_OF_PLAIN] = plain_there / plain if plain else 0.5


@_part
def _missing_numbers(story: _Story, side: _Side) -> float:
    """Share of the numbers in the region that the counterpart and its neighbours lack."""
    missing, wanted = 0, 0
    for at in range(story.words.size):
        if story.marks[at] & _NUMBER != 0 and side.region[story.sentence[at]]:
            wanted += 1
            missing += side.near[at] > 1
    return (missing + 1) / (wanted + 2)


@_part
def _measure_words(story: _Story, side: _Side, shares: F64) -> None:
    """Measure what is missing, quoted, copied and kept."""
    own_words, kept_words, shared, quoted_copied, all_copied = 0, 0, 0, 0, 0
    for i in range(story.bounds.size - 1):
        size = story.bounds[i + 1] - story.bounds[i]
        quoted, same = 0, 0
        for at in range(story.bounds[i], story.bounds[i + 1]):
            spoken = story.marks[at] & _QUOTED != 0
            quoted += spoken
            same += side.copied[at]
            quoted_copied += side.copied[at] and spoken
        all_copied += same
        if 2 * quoted < size:
            own_words += size
            if same >= _NEAR_VERBATIM * size:
                kept_words += size
            shared += size >= _SHARED_WORDS and same >= _SHARED * size
    words = max(1, story.words.size)
    shares[_OF_NUMBERS] = _missing_numbers(story, side)
    shares[_OF_QUOTES] = quoted_copied / words
    shares[_OF_COPIED] = all_copied / words
    shares[_OF_KEPT] = kept_words / max(1, own_words)
    shares[_OF_KEPT_SENTENCES] = shared
    shares[_OF_WORDS] = story.words.size


# --- Measures of a pair --------------------------------------------------------------------------


@_part
def _flag_gone(story: _Story, side: _Side, mark: int) -> None:
    """Flag the sentences with a marked word that their counterpart lacks."""
    for i in range(story.bounds.size - 1):
        side.gone[i] = 0
    for at in range(story.words.size):
        if story.marks[at] & mark != 0 and side.near[at] > 0:
            side.gone[story.sentence[at]] = 1


@_part
def _share_replaced(bounds: I32, side: _Side, other: _Side) -> float:
    """Share of words in linked sentences in which other facts stand for their own."""
    replaced = 0.0
    for i in range(bounds.size - 1):
        if side.similarity[i] >= _LINKED and side.gone[i] and other.gone[side.partner[i]]:
            replaced += bounds[i + 1] - bounds[i]
    return replaced / max(1.0, float(bounds[bounds.size - 1]))


@_part
def _measure_replaced(one: _Story, two: _Story, side: _Side, other: _Side, into: F64) -> None:
    """Measure the replaced facts of either side, names and then numbers."""
    for kind in range(2):
        mark = _NUMBER if kind else _NAME
        _flag_gone(one, side, mark)
        _flag_gone(two, other, mark)
        into[0, _OF_REPLACED_NAMES + kind] = _share_replaced(one.bounds, side, other)
        into[1, _OF_REPLACED_NAMES + kind] = _share_replaced(two.bounds, other, side)


@_part
def _measure_pair(
    one: _Story, two: _Story, side: _Side, other: _Side, shared: _Shared, stamp: int, into: F64
) -> None:
    """Write what is measured of either side of a pair, f64[2, _SHARES]."""
    rows, columns = one.bounds.size - 1, two.bounds.size - 1
    shorter = min(one.words.size, two.words.size)
    _clear_side(one, side)
    _clear_side(two, other)
    _clear_shared(rows, columns, shared)
    _share_words(one, two, side, other, shared, into)
    _choose_partners(rows, columns, side, other, shared.weights)
    _mark_runs(one.words, two.words, side, other, shared, stamp)
    _nearness(one, two, side)
    _nearness(two, one, other)
    _measure_links(one.bounds, side, shared.best, shorter, columns, into[0])
    _measure_links(two.bounds, other, shared.best, shorter, rows, into[1])
    _measure_words(one, side, into[0])
    _measure_words(two, other, into[1])
    _measure_present(one, side, into[0])
    _measure_present(two, other, into[1])
    into[0, _OF_TOGETHER] = _together(one, two, side)
    into[1, _OF_TOGETHER] = _together(two, one, other)
    _measure_replaced(one, two, side, other, into)


@_part
def _same_words(one: U32, two: U32) -> bool:
    same = one.size == two.size
    at = 0
    while same and at < one.size:
        same = one[at] == two[at]
        at += 1
    return same


@compiled
def _measure_pairs(pairs: I64, stories: StoryArrays, same: U8) -> F64:
    """Measure either side of each pair, f64[m, 2, _SHARES]; flag those of the same words."""
    words, sentences = 1, 1
    for m in range(pairs.shape[0]):
        for end in range(2):
            row = pairs[m, end]
            words = max(words, stories.offsets[row + 1] - stories.offsets[row])
            sentences = max(sentences, stories.bound_offsets[row + 1] - stories.bound_offsets[row])
    side, other = _new_side(words, sentences), _new_side(words, sentences)
    shared = _new_shared(words, sentences)
    found = np.empty((pairs.shape[0], 2, _SHARES), np.float64)
    for m in range(pairs.shape[0]):
        one, two = _story(stories, pairs[m, 0]), _story(stories, pairs[m, 1])
        same[m] = _same_words(one.words, two.words)
        _measure_pair(one, two, side, other, shared, 2 * m, found[m])
    return found


def evidence_of_pairs(pairs: I64, stories: StoryArrays) -> F64:
    """Measure each pair (i, j) of stories; f64[m, 18], columns as the fields of ``Evidence``."""
    same = np.empty(len(pairs), np.uint8)
    sides = _measure_pairs(pairs, stories, same)
    most, least, mean = sides.max(axis=1), sides.min(axis=1), sides.mean(axis=1)
    of_words = sides[:, :, _OF_WORDS]
    shorter = (of_words == least[:, _OF_WORDS, None]) * sides[:, :, _OF_KEPT]
    return np.column_stack(
        (
            most[:, _OF_RARE],
            most[:, _OF_LINKED],
            mean[:, _OF_ORDER],
            mean[:, _OF_REGION],
            mean[:, _OF_OUTSIDE],
            mean[:, _OF_OPENING],
            mean[:, _OF_TOGETHER],
            least[:, _OF_PLAIN],
            most[:, _OF_NAMES],
            least[:, _OF_NUMBERS],
            mean[:, _OF_REPLACED_NAMES],
            least[:, _OF_REPLACED_NUMBERS],
            mean[:, _OF_QUOTES],
            np.sqrt(most[:, _OF_COPIED]) * (1.0 - most[:, _OF_LINKED]),
            shorter.max(axis=1),
            least[:, _OF_KEPT_SENTENCES],
            same,
            (of_words == 0).sum(axis=1) == 1,
        )
    )
