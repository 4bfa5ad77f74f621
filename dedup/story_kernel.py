"""The stories of many texts as arrays for :mod:`dedup.evidence_kernel`, compiled.

The readable definition is :func:`dedup.document.story` and, for the weights,
:meth:`dedup.vocabulary.Vocabulary.idf`; tests hold the two in step.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.document import Mark
from dedup.kernels import I64, U32, U64, compiled, inlined
from dedup.vocabulary import BUCKET_SHIFT

__all__ = ["tell_stories"]

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]

_FURNITURE, _SENTENCE = Mark.FURNITURE, Mark.SENTENCE
_SHIFT = np.uint32(BUCKET_SHIFT)
_DIGIT_BITS = 8
"""Bits sorted by in one pass: few, so that a text of some hundred words outweighs their table."""
_DIGITS = 1 << _DIGIT_BITS
_PASSES = 32 // _DIGIT_BITS
_HALF = np.uint64(32)


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
        weights[ordered[at] & np.uint64(0xFFFFFFFF)] = found


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
