"""The stories of many texts as arrays for :mod:`dedup.verdict.evidence_loops`, compiled.

The readable definition is :func:`dedup.reading.document.story` and, for the weights,
:meth:`dedup.text.vocabulary.Vocabulary.idf`; tests hold the two in step.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.arrays import F32, I32, I64, U8, U32, U64
from dedup.text.kernels import compiled, inlined
from dedup.text.marks import Mark
from dedup.text.vocabulary import BUCKET_SHIFT, VocabularyArrays
from dedup.verdict import evidence
from dedup.verdict.evidence_loops import StoryArrays

__all__ = ["ToldStories", "index_stories", "tell_stories"]

_FURNITURE, _SENTENCE = Mark.FURNITURE, Mark.SENTENCE
_NUMBER, _NAME, _QUOTED = Mark.NUMBER, Mark.NAME, Mark.QUOTED
_FACT = Mark.NUMBER | Mark.NAME
_NOT_PLAIN = _FACT | _QUOTED
_CONTENT = np.float32(evidence.CONTENT)
_SHIFT = np.uint32(BUCKET_SHIFT)
_DIGIT_BITS = 8
"""Bits sorted by in one pass: few, so that a text of some hundred words outweighs their table."""
_DIGITS = 1 << _DIGIT_BITS
_PASSES = 32 // _DIGIT_BITS
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_NO_WORD = np.uint64(1 << 32)
"""Above every word's id."""


class ToldStories(NamedTuple):
    """What :func:`tell_stories` returns."""

    words: U32
    weights: F32
    marks: U8
    sentence: I32
    ordered: U64
    offsets: I64
    bounds: I32
    bound_offsets: I64


@inlined
def _idf(word: np.uint32, ids: U32, idf: F32, buckets: I64, unknown: np.float32) -> np.float32:
    """Look up the background idf of one word."""
    bucket = word >> _SHIFT
    found = unknown
    for at in range(buckets[bucket], buckets[bucket + np.uint32(1)]):
        if ids[at] == word:
            found = idf[at]
    return found


@compiled
def _sort(words: U32, ordered: U64, spare: U64, counts: I32) -> None:
    """Write ``word << 32 | position`` of a text in ascending order: radix sort, lowest digit first.

    ``spare`` is as long as ``ordered``; ``counts`` i32[_DIGITS].
    """
    for at in range(words.size):
        ordered[at] = np.uint64(words[at]) << _HALF | np.uint64(at)
    source, target = ordered, spare
    low = np.uint64(_DIGITS - 1)
    for turn in range(_PASSES):
        shift = np.uint64(32 + turn * _DIGIT_BITS)
        counts[:] = 0
        for at in range(words.size):
            counts[(source[at] >> shift) & low] += 1
        before = np.int32(0)
        for digit in range(_DIGITS):
            here = counts[digit]
            counts[digit] = before
            before = np.int32(before + here)
        for at in range(words.size):
            place = (source[at] >> shift) & low
            target[counts[place]] = source[at]
            counts[place] += 1
        source, target = target, source


@compiled
def _weigh(
    ordered: U64, weights: F32, ids: U32, idf: F32, buckets: I64, unknown: np.float32
) -> None:
    """Write each word's background idf, looked up once for each distinct word, in their order."""
    last, found = np.uint64(0), unknown
    for at in range(ordered.size):
        word = ordered[at] >> _HALF
        if at == 0 or word != last:
            last, found = word, _idf(np.uint32(word), ids, idf, buckets, unknown)
        weights[ordered[at] & _LOW] = found


@inlined
def _all_alike(marks: U8, start: int, end: int) -> bool:
    """Tell whether a text is all story or all furniture: either way nothing is left out."""
    aside = 0
    for at in range(start, end):
        aside += marks[at] & _FURNITURE != 0
    return aside == 0 or aside == end - start


@compiled
def tell_stories(
    words: U32, marks: U8, offsets: I64, ids: U32, idf: F32, buckets: I64, unknown: np.float32
) -> tuple[U32, F32, U8, I32, U64, I64, I32, I64]:
    """Put the furniture of every text aside and lay out what is left.

    Texts are ragged ``words`` and ``marks`` by ``offsets``; ``ids``, ``idf`` and ``buckets`` are
    a vocabulary's, ``unknown`` the idf of a word that it lacks. Returns, ragged by the sixth:
    words, idf weights, marks, the number of each word's sentence, and ``word << 32 | position``
    ascending; then the offsets i64[n + 1]; then where the sentences of each text begin and the
    last one ends, ragged i32, and the offsets of those, i64[n + 1].
    """
    rows = offsets.size - 1
    kept_words, weights = np.empty(words.size, np.uint32), np.empty(words.size, np.float32)
    kept_marks, sentence = np.empty(words.size, np.uint8), np.empty(words.size, np.int32)
    ordered, spare = np.empty(words.size, np.uint64), np.empty(words.size, np.uint64)
    kept_offsets, bound_offsets = np.zeros(rows + 1, np.int64), np.zeros(rows + 1, np.int64)
    bounds = np.empty(words.size + rows, np.int32)
    counts = np.empty(_DIGITS, np.int32)
    to, edge = 0, 0
    for row in range(rows):
        first, start, end = to, offsets[row], offsets[row + 1]
        whole = _all_alike(marks, start, end)
        open_sentence, raw, count = -1, 0, 0
        for at in range(start, end):
            raw += marks[at] & _SENTENCE != 0
            if not whole and marks[at] & _FURNITURE != 0:
                continue
            if raw != open_sentence:
                open_sentence = raw
                bounds[edge] = to - first
                edge += 1
                count += 1
            kept_words[to], kept_marks[to] = words[at], marks[at]
            sentence[to] = count - 1
            to += 1
        bounds[edge] = to - first
        edge += 1
        kept_offsets[row + 1], bound_offsets[row + 1] = to, edge
        _sort(kept_words[first:to], ordered[first:to], spare[first:to], counts)
        _weigh(ordered[first:to], weights[first:to], ids, idf, buckets, unknown)
    return (
        kept_words[:to],
        weights[:to],
        kept_marks[:to],
        sentence[:to],
        ordered[:to],
        kept_offsets,
        bounds[:edge],
        bound_offsets,
    )


# --- What the words of a story are listed by --------------------------------------------------


@inlined
def _list_words(told: ToldStories, row: int, found: StoryArrays) -> None:
    """List the distinct words of a story in their order, each with the sentences that hold it.

    What is known so far is written at every occurrence, so that nothing branches: whether a word
    comes again is more than a processor can guess.
    """
    ordered, weights, marks, sentence = told.ordered, told.weights, told.marks, told.sentence
    vocabulary, idf, plain, detail = found.vocabulary, found.weights, found.plain, found.detail
    place_starts, places, entries = found.place_starts, found.places, found.entry
    start, first = told.offsets[row], found.entry_offsets[row]
    entry, place, rare = first - 1, place_starts[first] - 1, 0.0
    last, last_sentence, of_plain = _NO_WORD, -1, 0
    for k in range(start, told.offsets[row + 1]):
        word, position = ordered[k] >> _HALF, np.int64(ordered[k] & _LOW)
        at = start + position
        new, weight = word != last, np.float64(weights[at])
        entry += new
        place += new | (sentence[at] != last_sentence)
        of_plain = (0 if new else of_plain) + (
            (marks[at] & _NOT_PLAIN == 0) & (weights[at] >= _CONTENT)
        )
        vocabulary[entry], idf[entry], plain[entry] = word, weight, of_plain
        detail[entry] = position if new else -1
        places[place], place_starts[entry + 1] = sentence[at], place + 1
        entries[at] = entry - first
        rare += weight * weight if new else 0.0
        last, last_sentence = word, sentence[at]
    found.entry_offsets[row + 1], found.rare[row] = entry + 1, rare


@inlined
def _list_details(told: ToldStories, row: int, found: StoryArrays) -> None:
    """List details and facts as they come: the positions of facts, the entries of details.

    Each word is written down, and stays where the next one does not take its place.
    """
    marks, entries, plain, detail = told.marks, found.entry, found.plain, found.detail
    details, facts = found.details, found.facts
    start, first = told.offsets[row], found.entry_offsets[row]
    count, fact = found.detail_offsets[row], found.fact_offsets[row]
    for at in range(start, told.offsets[row + 1]):
        entry = first + entries[at]
        is_detail = (detail[entry] >= 0) & (plain[entry] > 0)
        detail[entry] = detail[entry] if is_detail else -1
        details[count], facts[fact] = entries[at], at - start
        count += is_detail
        fact += marks[at] & _FACT != 0
    found.detail_offsets[row + 1], found.fact_offsets[row + 1] = count, fact


@inlined
def _count_marks(told: ToldStories, row: int, found: StoryArrays) -> None:
    """Count the quoted words, names and numbers of each sentence."""
    start, edge = told.offsets[row], told.bound_offsets[row]
    quoted, names, numbers = found.quoted, found.names, found.numbers
    bounds, marks = told.bounds, told.marks
    for i in range(edge, told.bound_offsets[row + 1] - 1):
        words_quoted, of_names, of_numbers = 0, 0, 0
        for at in range(start + bounds[i], start + bounds[i + 1]):
            words_quoted += marks[at] & _QUOTED != 0
            of_names += marks[at] & _NAME != 0
            of_numbers += marks[at] & _NUMBER != 0
        quoted[i], names[i], numbers[i] = words_quoted, of_names, of_numbers


@inlined
def _weigh_spreads(told: ToldStories, row: int, found: StoryArrays) -> None:
    """Write the factor for a word in n of a story's S sentences: ``ln(1 + S / n)``."""
    edge = told.bound_offsets[row]
    sentences = told.bound_offsets[row + 1] - edge - 1
    found.commonness[edge] = 0.0
    for count in range(1, sentences + 1):
        found.commonness[edge + count] = np.log1p(sentences / count)


@compiled
def index_stories(
    texts: tuple[U32, U8, I64], vocabulary: VocabularyArrays, digests: U64
) -> StoryArrays:
    """List what the evidence of pairs asks of each story, once for all its pairs.

    ``texts`` are words, marks and offsets as :func:`tell_stories` takes them, with ``vocabulary``;
    ``digests`` u64[n, 2] are those of all words of each text. The arrays have room for the most
    there can be; offsets say what is used.
    """
    told_words, marks, offsets = texts
    ids, idf, buckets, unknown = vocabulary
    told = ToldStories(*tell_stories(told_words, marks, offsets, ids, idf, buckets, unknown))
    words, edges, rows = told.words.size, told.bounds.size, told.offsets.size - 1
    found = StoryArrays(
        told.words,
        told.marks,
        told.sentence,
        np.empty(words, np.int32),
        told.offsets,
        np.empty(words, np.uint32),
        np.empty(words, np.float64),
        np.empty(words, np.int32),
        np.empty(words, np.int32),
        np.zeros(rows + 1, np.int64),
        np.zeros(words + 1, np.int64),
        np.empty(words, np.int32),
        np.empty(words, np.int32),
        np.zeros(rows + 1, np.int64),
        np.empty(words, np.int32),
        np.zeros(rows + 1, np.int64),
        told.bounds,
        np.empty(edges, np.int32),
        np.empty(edges, np.int32),
        np.empty(edges, np.int32),
        np.empty(edges, np.float64),
        told.bound_offsets,
        np.empty(rows, np.float64),
        digests,
    )
    for row in range(rows):
        _list_words(told, row, found)
        _list_details(told, row, found)
        _count_marks(told, row, found)
        _weigh_spreads(told, row, found)
    return found
