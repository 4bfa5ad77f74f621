"""The evidence of many pairs of texts, compiled: what :func:`dedup.verdict.evidence.evidence`
measures.

The readable definition, with a reason for every measure, is in :mod:`dedup.verdict.evidence`; here
are
plain loops over the same arrays for the millions of pairs of a dump. Tests hold the two in step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import numba
import numpy as np

from dedup.arrays import F64, I32, I64, U8, U32, U64
from dedup.text.kernels import compiled
from dedup.text.marks import Mark
from dedup.verdict import evidence

__all__ = ["StoryArrays", "evidence_of_pairs"]

_MEASURES = len(evidence.MEASURES)

_LINKED, _DENSE, _OPENING = evidence.LINKED, evidence.DENSE, evidence.OPENING
_RUN, _CLOSE, _PART_OF_TEXT = evidence.RUN, evidence.CLOSE, evidence.PART_OF_TEXT
_NEAR_VERBATIM = evidence.NEAR_VERBATIM
_SHARED, _SHARED_WORDS = evidence.SHARED, evidence.SHARED_WORDS
_MOST_SENTENCES, _TINY = evidence.MOST_SENTENCES, evidence.TINY
_NUMBER, _NAME, _QUOTED = Mark.NUMBER, Mark.NAME, Mark.QUOTED
_MIX = np.uint64(0x9E3779B97F4A7C15)
_HASH_SHIFT = np.uint64(20)
"""The middle bits of a hash choose its slot: the lowest ones are mixed least."""


_Made = TypeVar("_Made", bound=Callable[..., object])


def _part(function: _Made) -> _Made:
    """Compile a part of a loop into the compiled loops that call it, and for nothing else.

    Without a way in from Python, and cached with its callers alone, it takes half as long. It is
    inlined, as to hand over a story means to copy some hundred fields. Division by 0 gives what
    NumPy gives: a check before each one would keep loops from running vectorised.
    """
    made: _Made = numba.njit(
        nogil=True,
        no_cpython_wrapper=True,
        no_cfunc_wrapper=True,
        error_model="numpy",
        forceinline=True,
    )(function)
    return made


class StoryArrays(NamedTuple):
    """The stories of many texts, and lists of what the evidence of their pairs is made of.

    By ``offsets`` i64[n + 1], a word each: ``words`` and ``marks`` as in
    :class:`dedup.reading.document.Document`, ``sentence`` the sentence's number, ``entry`` the
    word's
    among the distinct words.

    By ``entry_offsets`` i64[n + 1], a distinct word each, ascending by id: ``vocabulary`` the ids,
    ``weights``, ``plain`` how often it is a content word and no name, number or quotation, and
    ``detail`` the position of a plain word that stands there just once, else -1. The sentences that
    hold word e are ``places[place_starts[e] : place_starts[e + 1]]``.

    By ``detail_offsets`` and ``fact_offsets``, as they come in the text: ``details`` the entries of
    details, ``facts`` the positions of names and numbers.

    By ``bound_offsets``, a sentence each and one more: ``bounds`` where they begin and the last one
    ends; ``quoted``, ``names`` and ``numbers``, how many words are; ``commonness[k]`` the factor
    for a word in k sentences.

    One a story: ``rare`` the sum of the squared weights of its distinct words, and ``digests``
    u64[n, 2] of all words of the text.
    """

    words: U32
    marks: U8
    sentence: I32
    entry: I32
    offsets: I64
    vocabulary: U32
    weights: F64
    plain: I32
    detail: I32
    entry_offsets: I64
    place_starts: I64
    places: I32
    details: I32
    detail_offsets: I64
    facts: I32
    fact_offsets: I64
    bounds: I32
    quoted: I32
    names: I32
    numbers: I32
    commonness: F64
    bound_offsets: I64
    rare: F64
    digests: U64


class _Story(NamedTuple):
    """The arrays of one story, as in :class:`StoryArrays`, but ``places`` of all."""

    words: U32
    marks: U8
    sentence: I32
    entry: I32
    vocabulary: U32
    weights: F64
    plain: I32
    detail: I32
    place_starts: I64
    places: I32
    details: I32
    facts: I32
    bounds: I32
    quoted: I32
    names: I32
    numbers: I32
    commonness: F64
    rare: float


class _Side(NamedTuple):
    """What is known of each distinct word of one text beside the other, and of each sentence."""

    match: I32
    """The entry of the same word in the other text, or -1."""
    squared: F64
    """The square of what the word weighs between these two texts."""
    norms: F64
    partner: I32
    similarity: F64
    copied: I32
    """How many words of each sentence stand in runs that the other text has too."""
    names: I32
    """How many names of each sentence its counterpart lacks."""
    numbers: I32
    run_ends: I32
    """Where the runs end whose words the other text has too, and their slots in the table."""
    slots: I32


class _Shared(NamedTuple):
    """Space that both texts of a pair are measured in."""

    here: I32
    """The entries, in one text and in the other, of the words that both have."""
    there: I32
    cells: F64
    """What two sentences share, f64[rows * columns], and then how similar they are."""
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
    first, last = stories.entry_offsets[row], stories.entry_offsets[row + 1]
    edge, edges = stories.bound_offsets[row], stories.bound_offsets[row + 1]
    return _Story(
        stories.words[start:end],
        stories.marks[start:end],
        stories.sentence[start:end],
        stories.entry[start:end],
        stories.vocabulary[first:last],
        stories.weights[first:last],
        stories.plain[first:last],
        stories.detail[first:last],
        stories.place_starts[first : last + 1],
        stories.places,
        stories.details[stories.detail_offsets[row] : stories.detail_offsets[row + 1]],
        stories.facts[stories.fact_offsets[row] : stories.fact_offsets[row + 1]],
        stories.bounds[edge:edges],
        stories.quoted[edge:edges],
        stories.names[edge:edges],
        stories.numbers[edge:edges],
        stories.commonness[edge:edges],
        stories.rare[row],
    )


@_part
def _new_side(words: int, sentences: int) -> _Side:
    return _Side(
        np.empty(words, np.int32),
        np.empty(words, np.float64),
        np.empty(sentences, np.float64),
        np.empty(sentences, np.int32),
        np.empty(sentences, np.float64),
        np.empty(sentences, np.int32),
        np.empty(sentences, np.int32),
        np.empty(sentences, np.int32),
        np.empty(words, np.int32),
        np.empty(words, np.int32),
    )


@_part
def _table_size(words: int) -> int:
    """Give the slots that the runs of a text of so many words are noted in: a power of two."""
    size = 16
    while size < 2 * words:
        size *= 2
    return size


@_part
def _new_shared(words: int, sentences: int, cells: int) -> _Shared:
    size = _table_size(words)
    return _Shared(
        np.empty(words + 1, np.int32),
        np.empty(words + 1, np.int32),
        np.empty(cells, np.float64),
        np.empty(sentences + 1, np.float64),
        np.empty(size, np.uint64),
        np.full(size, -1, np.int32),
    )


# --- Links ---------------------------------------------------------------------------------------


@_part
def _match_words(one: U32, two: U32, shared: _Shared) -> int:
    """List the words that two vocabularies share; returns how many.

    Every step writes, and only a match is kept: no branch that a processor could guess wrong.
    """
    here, there = shared.here, shared.there
    at, to, count = 0, 0, 0
    while at < one.size and to < two.size:
        left, right = one[at], two[to]
        here[count], there[count] = at, to
        count += left == right
        at += left <= right
        to += right <= left
    return count


@_part
def _weigh_words(story: _Story, commonness: F64, side: _Side) -> None:
    """Weigh each distinct word by its spread over its own text alone; none is matched yet."""
    starts, weights, match, squared = story.place_starts, story.weights, side.match, side.squared
    for entry in range(weights.size):
        match[entry] = -1
        squared[entry] = (weights[entry] * commonness[starts[entry + 1] - starts[entry]]) ** 2


@_part
def _add_norms(story: _Story, side: _Side) -> None:
    """Sum the squared weights of the distinct words of each sentence, in the words' order."""
    starts, places, squared, norms = story.place_starts, story.places, side.squared, side.norms
    norms[: story.bounds.size] = 0.0
    for entry in range(story.vocabulary.size):
        for k in range(starts[entry], starts[entry + 1]):
            norms[places[k]] += squared[entry]


@_part
def _share_words(
    one: _Story,
    two: _Story,
    commonness: F64,
    side: _Side,
    other: _Side,
    shared: _Shared,
    count: int,
) -> float:
    """Match the words that both texts have and sum what sentences share: ``evidence._link``.

    Returns the summed squares of the words' weights.
    """
    columns = two.bounds.size - 1
    starts, places, match, squares = one.place_starts, one.places, side.match, side.squared
    starts_there, places_there = two.place_starts, two.places
    match_there, squares_there = other.match, other.squared
    here, there, weights, cells = shared.here, shared.there, one.weights, shared.cells
    rare = 0.0
    for k in range(count):
        entry, entry_there = here[k], there[k]
        first, end = starts[entry], starts[entry + 1]
        first_there, end_there = starts_there[entry_there], starts_there[entry_there + 1]
        spread = max(end - first, end_there - first_there)
        squared = (weights[entry] * commonness[spread]) ** 2
        rare += weights[entry] * weights[entry]
        match[entry], match_there[entry_there] = entry_there, entry
        squares[entry] = squares_there[entry_there] = squared
        if spread <= _MOST_SENTENCES:
            for x in range(first, end):
                row = places[x] * columns
                for y in range(first_there, end_there):
                    cells[row + places_there[y]] += squared
    return rare


@_part
def _choose_partners(rows: int, columns: int, side: _Side, other: _Side, cells: F64) -> None:
    """Give each sentence of either text its most similar one of the other, the first of equals.

    Where nothing is shared the partner is -1 and the similarity 0.
    """
    norms, best, chosen = other.norms, other.similarity, other.partner
    for y in range(columns):
        chosen[y], best[y] = -1, 0.0
    for x in range(rows):
        row = cells[x * columns : (x + 1) * columns]
        norm = side.norms[x]
        for y in range(columns):
            row[y] /= np.sqrt(max(norm * norms[y], _TINY))
        partner, similarity = -1, 0.0
        for y in range(columns):
            if row[y] > similarity:
                partner, similarity = y, row[y]
            if row[y] > best[y]:
                chosen[y], best[y] = x, row[y]
        side.partner[x], side.similarity[x] = partner, similarity


@_part
def _link(one: _Story, two: _Story, side: _Side, other: _Side, shared: _Shared, into: F64) -> int:
    """Link the sentences of two texts; returns how many distinct words they share.

    Those are listed in ``shared``; the square roots of the shares of rare words are written.
    """
    rows, columns = one.bounds.size - 1, two.bounds.size - 1
    shared.cells[: rows * columns] = 0.0
    commonness = one.commonness if rows >= columns else two.commonness
    _weigh_words(one, commonness, side)
    _weigh_words(two, commonness, other)
    count = _match_words(one.vocabulary, two.vocabulary, shared)
    rare = _share_words(one, two, commonness, side, other, shared, count)
    _add_norms(one, side)
    _add_norms(two, other)
    _choose_partners(rows, columns, side, other, shared.cells)
    into[0, _OF_RARE] = np.sqrt(rare / one.rare) if one.rare > 0 else 0.0
    into[1, _OF_RARE] = np.sqrt(rare / two.rare) if two.rare > 0 else 0.0
    return count


# --- Words ---------------------------------------------------------------------------------------


@_part
def _gram(words: U32, at: int) -> np.uint64:
    hashed = np.uint64(0)
    for k in range(_RUN):
        hashed = (hashed ^ np.uint64(words[at + k])) * _MIX
        hashed ^= hashed >> np.uint64(29)
    return hashed


@_part
def _slot(gram: np.uint64, table: U64, filled: I32, stamp: int, mask: int) -> np.int64:
    """Find the slot that holds a run's hash in this filling, or the free one where it belongs."""
    slot = np.int64(gram >> _HASH_SHIFT) & mask
    while filled[slot] >= stamp and table[slot] != gram:
        slot = (slot + 1) & mask
    return slot


@_part
def _find_runs(story: _Story, side: _Side) -> int:
    """List where the runs end whose words the other text has too; returns how many."""
    entries, match, run_ends = story.entry, side.match, side.run_ends
    together, count = 0, 0
    for at in range(entries.size):
        together = (together + 1) * (match[entries[at]] >= 0)
        if together >= _RUN:
            run_ends[count] = at
            count += 1
    return count


@_part
def _copy_run(story: _Story, side: _Side, end: int, copied: int, shares: F64) -> int:
    """Count the words of a run that were ``copied`` in no run before; returns where it ends."""
    for at in range(max(copied, end - _RUN + 1), end + 1):
        side.copied[story.sentence[at]] += 1
        shares[_OF_COPIED] += 1
        shares[_OF_QUOTES] += story.marks[at] & _QUOTED != 0
    return end + 1


@_part
def _count_copied(
    one: _Story, two: _Story, side: _Side, other: _Side, shared: _Shared, stamp: int, into: F64
) -> None:
    """Count the words of either text in runs of ``RUN`` words or more that both have.

    A slot of the table holds ``stamp`` where the second text has the run, and ``stamp + 1`` where
    the first has it too.
    """
    table, filled = shared.table, shared.filled
    runs_there = _find_runs(two, other)
    runs = _find_runs(one, side) if runs_there else 0
    mask = _table_size(runs_there) - 1
    for k in range(runs_there if runs else 0):
        gram = _gram(two.words, other.run_ends[k] - _RUN + 1)
        slot = _slot(gram, table, filled, stamp, mask)
        filled[slot], table[slot], other.slots[k] = stamp, gram, slot
    copied = 0
    for k in range(runs):
        end = side.run_ends[k]
        slot = _slot(_gram(one.words, end - _RUN + 1), table, filled, stamp, mask)
        if filled[slot] >= stamp:
            filled[slot] = stamp + 1
            copied = _copy_run(one, side, end, copied, into[0])
    copied = 0
    for k in range(runs_there if runs else 0):
        if filled[other.slots[k]] > stamp:
            copied = _copy_run(two, other, other.run_ends[k], copied, into[1])


@_part
def _closest(there: _Story, match: int, partner: int) -> int:
    """Find how many sentences from the counterpart the other text has a word, 2 at most."""
    closest = 2
    for k in range(there.place_starts[match], there.place_starts[match + 1]):
        closest = min(closest, abs(there.places[k] - partner))
    return closest


# --- Measures of one side ------------------------------------------------------------------------


@_part
def _region(bounds: I32, side: _Side) -> tuple[int, int]:
    """Find where the region's sentences begin and end; see
    :func:`dedup.verdict.evidence._region`.
    """
    greatest, first, end, total, start = 0.0, 0, 0, 0.0, 0
    for i in range(bounds.size - 1):
        if total <= 0.0:
            total, start = 0.0, i
        size = bounds[i + 1] - bounds[i]
        total += (1.0 - _DENSE) * size if side.similarity[i] >= _LINKED else -_DENSE * size
        if total > greatest:
            greatest, first, end = total, start, i + 1
    return first, end


@_part
def _heaviest_path(bounds: I32, side: _Side, best: F64, columns: int) -> float:
    """Weigh, in words, the heaviest path of linked sentences whose counterparts do not go back.

    ``best`` f64[columns + 1] is a Fenwick tree of the heaviest paths that end up to a counterpart.
    """
    best[: columns + 1] = 0.0
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
def _measure_links(story: _Story, there: _Story, side: _Side, best: F64, shares: F64) -> None:
    """Measure what is linked: how much, where, and in which order; and which facts are there."""
    bounds = story.bounds
    first, end = _region(bounds, side)
    sentences = bounds.size - 1
    linked, outside, alike = 0, 0, 0.0
    for i in range(sentences):
        if side.similarity[i] >= _LINKED:
            size = bounds[i + 1] - bounds[i]
            linked += size
            outside += 0 if first <= i < end else size
    opening = min(_OPENING, sentences)
    for i in range(opening):
        alike += (bounds[i + 1] - bounds[i]) * side.similarity[i]
    words = max(1, bounds[sentences])
    shorter = max(1, min(story.words.size, there.words.size))
    path = _heaviest_path(bounds, side, best, there.bounds.size - 1)
    shares[_OF_LINKED] = linked / words
    shares[_OF_ORDER] = path / words
    shares[_OF_REGION] = min(1.0, (bounds[end] - bounds[first]) / shorter)
    shares[_OF_OUTSIDE] = outside / max(1, linked)
    shares[_OF_OPENING] = alike / max(1, bounds[opening])
    _measure_facts(story, there, side, first, end, shares)


@_part
def _measure_facts(
    story: _Story, there: _Story, side: _Side, first: int, end: int, shares: F64
) -> None:
    """Measure which facts of the region, sentences ``first`` to ``end``, the other text has.

    Counts too which facts of every sentence stand in its counterpart.
    """
    names, numbers, names_there, numbers_there = 0, 0, 0, 0
    for i in range(story.bounds.size - 1):
        side.names[i], side.numbers[i] = story.names[i], story.numbers[i]
    for i in range(first, end):
        names += story.names[i]
        numbers += story.numbers[i]
    facts, entries, matches, partners = story.facts, story.entry, side.match, side.partner
    for at in facts:
        match = matches[entries[at]]
        if match < 0:
            continue
        marks, sentence = story.marks[at], story.sentence[at]
        partner = partners[sentence]
        closest = _closest(there, match, partner) if partner >= 0 else 2
        side.names[sentence] -= closest == 0 and marks & _NAME != 0
        side.numbers[sentence] -= closest == 0 and marks & _NUMBER != 0
        if first <= sentence < end:
            names_there += marks & _NAME != 0
            numbers_there += closest < 2 and marks & _NUMBER != 0
    shares[_OF_NAMES] = names_there / names if names else 0.5
    shares[_OF_NUMBERS] = (numbers - numbers_there + 1) / (numbers + 2)


@_part
def _together(story: _Story, there: _Story, side: _Side) -> float:
    """Share of neighbouring details that stand together in the other text."""
    steps, close, last = 0, 0, -1
    most = min(_CLOSE, there.words.size // _PART_OF_TEXT)
    details, matches, places = story.details, side.match, there.detail
    for entry in details:
        match = matches[entry]
        if match < 0 or places[match] < 0:
            continue
        place = places[match]
        if last >= 0:
            steps += 1
            close += abs(place - last) <= most
        last = place
    return (close + 1) / (steps + 2)


@_part
def _measure_plain(story: _Story, entries: I32, shares: F64) -> None:
    """Measure which plain words are among the ``entries`` that the other text has too."""
    plain, there = story.plain, 0
    for entry in entries:
        there += plain[entry]
    total = int(plain.sum())
    shares[_OF_PLAIN] = there / total if total else 0.5


@_part
def _measure_words(story: _Story, side: _Side, shares: F64) -> None:
    """Measure what is kept and, of the copied words counted, what share they are."""
    own_words, kept_words, shared = 0, 0, 0
    for i in range(story.bounds.size - 1):
        size, copied = story.bounds[i + 1] - story.bounds[i], side.copied[i]
        if 2 * story.quoted[i] < size:
            own_words += size
            if copied >= _NEAR_VERBATIM * size:
                kept_words += size
            shared += size >= _SHARED_WORDS and copied >= _SHARED * size
    words = max(1, story.words.size)
    shares[_OF_QUOTES] /= words
    shares[_OF_COPIED] /= words
    shares[_OF_KEPT] = kept_words / max(1, own_words)
    shares[_OF_KEPT_SENTENCES] = shared
    shares[_OF_WORDS] = story.words.size


# --- Measures of a pair --------------------------------------------------------------------------


@_part
def _share_replaced(bounds: I32, side: _Side, lacking: I32, lacking_there: I32) -> float:
    """Share of words in linked sentences in which other facts stand for their own.

    ``lacking`` and ``lacking_there`` count the facts of each sentence that its counterpart lacks.
    """
    replaced = 0
    for i in range(bounds.size - 1):
        if side.similarity[i] >= _LINKED and lacking[i] and lacking_there[side.partner[i]]:
            replaced += bounds[i + 1] - bounds[i]
    share: float = replaced / max(1, bounds[bounds.size - 1])
    return share


@_part
def _measure_side(
    story: _Story, there: _Story, side: _Side, other: _Side, entries: I32, shares: F64
) -> None:
    """Measure one side of a pair whose sentences are linked and whose facts are counted."""
    names = _share_replaced(story.bounds, side, side.names, other.names)
    numbers = _share_replaced(story.bounds, side, side.numbers, other.numbers)
    shares[_OF_REPLACED_NAMES], shares[_OF_REPLACED_NUMBERS] = names, numbers
    shares[_OF_TOGETHER] = _together(story, there, side)
    _measure_plain(story, entries, shares)
    _measure_words(story, side, shares)


@_part
def _measure_pair(
    one: _Story, two: _Story, side: _Side, other: _Side, shared: _Shared, stamp: int, into: F64
) -> None:
    """Write what is measured of either side of a pair, f64[2, _SHARES]."""
    into[:] = 0.0
    side.copied[: one.bounds.size] = 0
    other.copied[: two.bounds.size] = 0
    count = _link(one, two, side, other, shared, into)
    _count_copied(one, two, side, other, shared, stamp, into)
    _measure_links(one, two, side, shared.best, into[0])
    _measure_links(two, one, other, shared.best, into[1])
    _measure_side(one, two, side, other, shared.here[:count], into[0])
    _measure_side(two, one, other, side, shared.there[:count], into[1])


@_part
def _same_words(one: U32, two: U32) -> bool:
    same = one.size == two.size
    at = 0
    while same and at < one.size:
        same = one[at] == two[at]
        at += 1
    return same


@_part
def _mean(sides: F64, of: int) -> float:
    mean: float = (sides[0, of] + sides[1, of]) / 2.0
    return mean


@_part
def _combine(sides: F64, same: bool, into: F64) -> None:
    """Write the evidence of a pair, a value each of ``evidence.MEASURES``, from both its sides."""
    one, two = sides[0], sides[1]
    linked = max(one[_OF_LINKED], two[_OF_LINKED])
    kept, kept_there = one[_OF_KEPT], two[_OF_KEPT]
    longer = one[_OF_WORDS] - two[_OF_WORDS]
    into[0] = max(one[_OF_RARE], two[_OF_RARE])
    into[1] = linked
    into[2] = _mean(sides, _OF_ORDER)
    into[3] = _mean(sides, _OF_REGION)
    into[4] = _mean(sides, _OF_OUTSIDE)
    into[5] = _mean(sides, _OF_OPENING)
    into[6] = _mean(sides, _OF_TOGETHER)
    into[7] = min(one[_OF_PLAIN], two[_OF_PLAIN])
    into[8] = max(one[_OF_NAMES], two[_OF_NAMES])
    into[9] = min(one[_OF_NUMBERS], two[_OF_NUMBERS])
    into[10] = _mean(sides, _OF_REPLACED_NAMES)
    into[11] = min(one[_OF_REPLACED_NUMBERS], two[_OF_REPLACED_NUMBERS])
    into[12] = _mean(sides, _OF_QUOTES)
    into[13] = np.sqrt(max(one[_OF_COPIED], two[_OF_COPIED])) * (1.0 - linked)
    into[14] = kept if longer < 0 else kept_there if longer > 0 else max(kept, kept_there)
    into[15] = min(one[_OF_KEPT_SENTENCES], two[_OF_KEPT_SENTENCES])
    into[16] = min(one[_OF_WORDS], two[_OF_WORDS])
    into[17] = same
    into[18] = (one[_OF_WORDS] == 0) != (two[_OF_WORDS] == 0)


@compiled
def evidence_of_pairs(pairs: I64, stories: StoryArrays) -> F64:
    """Measure each pair (i, j) of stories; f64[m, k], columns as ``evidence.MEASURES``.

    The measure ``same`` is 1 too where the digests of all words are equal: furniture among the same
    words may lie elsewhere; the words are what counts.
    """
    words, sentences, cells = 1, 1, 1
    for m in range(pairs.shape[0]):
        area = 1
        for end in range(2):
            row = pairs[m, end]
            edges = stories.bound_offsets[row + 1] - stories.bound_offsets[row]
            words = max(words, stories.offsets[row + 1] - stories.offsets[row])
            sentences, area = max(sentences, edges), area * edges
        cells = max(cells, area)
    side, other = _new_side(words, sentences), _new_side(words, sentences)
    shared = _new_shared(words, sentences, cells)
    sides = np.empty((2, _SHARES), np.float64)
    found = np.empty((pairs.shape[0], _MEASURES), np.float64)
    for m in range(pairs.shape[0]):
        i, j = pairs[m, 0], pairs[m, 1]
        one, two = _story(stories, i), _story(stories, j)
        _measure_pair(one, two, side, other, shared, 2 * m, sides)
        whole, whole_there = stories.digests[i], stories.digests[j]
        same = whole[0] == whole_there[0] and whole[1] == whole_there[1]
        _combine(sides, same or _same_words(one.words, two.words), found[m])
    return found
