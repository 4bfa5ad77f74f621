"""Find the links of pairs of texts, and what was kept in them, by the aligner's loops."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from dedup.alignment._chain import mark_moved
from dedup.alignment._choice import REVISED_LEVEL, choose_pairs, strengthen_pairs
from dedup.alignment._grams import score_sentences
from dedup.alignment._likeness import measure_likeness
from dedup.alignment._runs import tile_runs
from dedup.alignment._stars import group_pairs
from dedup.alignment._words import look_into, merge_kept, number_words
from dedup.alignment.laid import Laid, Numbers, Scored
from dedup.arrays import F64, I32, I64, U8, offsets
from dedup.values import frozen

LEAST_RUN = 2
"""Words of the shortest run that is shown inside linked sentences."""
LEAST_LONG_RUN = 5
"""Words of the shortest run that counts wherever it stands: shorter ones are mostly idiom."""
LIMITS = np.array((16, 100_000, 4_000_000))
"""Sentence pairs looked at: for each gram of a sentence, on average, which keeps the join linear;
however short the texts are; and at most, which bounds its memory."""
_LOGS = np.log(np.maximum(np.arange(4096.0), 1.0))
_NO_LABELS = np.empty(0, np.int32)


@frozen()
class Links:
    """What was found in pairs of texts; those of pair m begin at the m-th offset.

    ``groups`` i32[g, 6] are up to three sentences of a and of b, rising, then -1, in the order of
    b; ``coverage`` f64[m, 2] the share of each text's words in them, furniture left out; ``labels``
    i32 the group in its pair of each of ``numbers``, the words, -1 where it has none or was
    ``kept`` whole. ``long_runs`` are verbatim runs wherever they stand: word in a, word in b,
    length; ``scored`` are sentence pairs; both are made for regions.
    """

    groups: I32
    similarity: F64
    offsets: I64
    kept: U8
    moved: U8
    coverage: F64
    labels: I32
    numbers: Numbers
    scored: Scored
    long_runs: tuple[I32, I64]


def find_links(texts: Laid, pairs: I64, *, with_regions: bool) -> Links:
    """Link the sentences of pairs of texts, i64[m, 2]."""
    numbers, shapes = number_words(texts, pairs), _shapes(texts, pairs)
    found = score_sentences(texts, pairs, _LOGS, _spreads(shapes), LIMITS)
    scored, entries, whole = found[:4], found[4:8], found[8]
    wanted = np.ones_like(whole) if with_regions else 1 - whole
    long_runs = tile_runs(*numbers[:2], _NO_LABELS, wanted, LEAST_LONG_RUN)
    if len(long_runs[0]):
        scored = merge_kept(scored, long_runs, numbers, texts, pairs)
    near = strengthen_pairs(scored, texts, pairs)
    revised = max(near[5].tolist(), default=0.0) >= REVISED_LEVEL
    likeness = measure_likeness(near, texts, pairs) if revised else near[3]
    chosen = choose_pairs(near, likeness, texts, pairs)
    groups, similarity, ends = group_pairs(near, chosen, entries, texts, pairs)
    kept, sizes, labels, coverage = look_into(groups, ends, numbers, texts, pairs)
    moved = mark_moved(groups, ends, sizes, np.array(shapes))
    shown = groups, similarity, ends, kept, moved, coverage, labels
    return Links(*shown, numbers, scored, long_runs)


def runs_inside(words: I32, labels: I32, size: int) -> I32:
    """Find the verbatim runs inside the groups of a pair: word in a, word in b, length, i32[r, 3].

    ``words`` are those of a, so many, then of b, and ``labels`` the group of each.
    """
    sides = np.array((0, size, len(words)))
    return tile_runs(words, sides, labels, np.ones(1, np.uint8), LEAST_RUN)[0]


def _shapes(texts: Laid, pairs: I64) -> list[tuple[int, int]]:
    """Count the sentences of either text of each pair."""
    firsts = texts.firsts.tolist()
    return [
        (firsts[i + 1] - firsts[i] - 1, firsts[j + 1] - firsts[j] - 1) for i, j in pairs.tolist()
    ]


def _spreads(shapes: list[tuple[int, int]]) -> tuple[F64, I64]:
    """Lay the tables of each pair's sentence counts end to end, and tell where each begins."""
    tables = [_spread(rows + columns) for rows, columns in shapes]
    return np.concatenate(tables), offsets(map(len, tables))


@lru_cache(maxsize=512)
def _spread(sentences: int) -> F64:
    """Give ``ln((sentences + 1) / n)`` of every n up to all sentences; the first entry is void."""
    counts = np.arange(sentences + 1, dtype=np.float64)
    counts[0] = 1.0
    table: F64 = np.log((sentences + 1) / counts)
    return table
