"""The steps of an alignment by the compiled loops of :mod:`dedup.alignment.loops`."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dedup.alignment import links, runs, similarity
from dedup.alignment import loops as kernel
from dedup.alignment.links import Group
from dedup.alignment.passages import Steps
from dedup.alignment.runs import Run
from dedup.alignment.similarity import Candidates, Vectors
from dedup.arrays import F64, I64
from dedup.text.tokens import Tokens

__all__ = ["STEPS"]


def _vectors(a: Tokens, b: Tokens) -> Vectors:
    rows, columns = len(a.sentences), len(b.sentences)
    texts = similarity.folded_sentences(a) + similarity.folded_sentences(b)
    keys = kernel.gram_keys(*similarity.line(texts))
    keys.sort()
    gram, sentence, tf, heads, in_a, in_b, most, products = kernel.count_grams(keys, rows)
    if products <= similarity.LEAST_PRODUCTS:
        kept = np.ones(len(heads), dtype=bool)
    else:
        kept = similarity.affordable(in_a * in_b, len(gram))
    tables = similarity.logs(most), similarity.logs(rows + columns, rows + columns + 1)
    weight = kernel.weigh_grams(
        (gram, sentence, tf), in_a, in_b, kept, tables, similarity.LEAST_KEPT
    )
    return Vectors(texts, gram, sentence, weight, heads, in_a, in_b, kept, rows, columns)


def _candidates(made: Vectors) -> Candidates:
    if made.rows * made.columns > similarity.MOST_PRODUCTS:
        return similarity.candidates(made)
    a, b, score = kernel.join_grams(
        (made.sentence, made.weight),
        (made.heads, made.in_a, made.in_b),
        made.kept,
        (made.rows, made.columns),
        (similarity.LEAST_SCORE, 1.0 - similarity.ROUNDING),
    )
    return Candidates(a, b, score)


# --- Links -------------------------------------------------------------------------------------


def _level(scored: Candidates, threshold: float) -> float:
    return kernel.level(scored.a, scored.b, scored.score, threshold)


def _with_neighbours(scored: Candidates, least: float, _columns: int) -> tuple[Candidates, F64]:
    strength = kernel.with_neighbours(scored.a, scored.b, scored.score, links.NEIGHBOUR_BONUS)
    near = scored.score >= least - links.NEIGHBOUR_BONUS
    return scored.where(near), strength[near]


def _with_order(pairs: Candidates, strength: F64, penalty: float) -> F64:
    return kernel.with_order(pairs.a, pairs.b, strength, links.ANCHOR, penalty)


def _choice(
    pairs: Candidates, strength: F64, least: float, made: Vectors
) -> list[tuple[int, int, float]]:
    order = kernel.order_choice(pairs.a, pairs.b, strength, least, made.rows, made.columns)
    a, b, score = pairs.a[order], pairs.b[order], pairs.score[order]
    return list(zip(a.tolist(), b.tolist(), score.tolist(), strict=True))


class _Residuals:
    """Equal to :class:`dedup.alignment.similarity.Residuals`."""

    __slots__ = ("_arrays",)

    def __init__(self, made: Vectors) -> None:
        places, bounds = kernel.by_sentence(made.sentence, made.rows + made.columns)
        left = np.zeros(len(made.heads))
        self._arrays = made.gram, made.weight, places, bounds, left

    def score(self, centre: int, taken: Iterable[int], more: int) -> float:
        """Give the cosine of ``more`` with ``centre``, the grams of ``taken`` struck from it."""
        return kernel.residual(*self._arrays, np.array([centre, *taken, more]))


_TOOLS = links.Tools(_level, _with_neighbours, _with_order, _choice, _Residuals)


def _link(made: Vectors, scored: Candidates) -> list[Group]:
    if not len(scored.a):
        return []
    groups, scores, level = kernel.link_pairs(
        (scored.a, scored.b, scored.score),
        (made.gram, made.sentence, made.weight, made.heads),
        (made.rows, made.columns),
        (links.chance_strength(made), *_STRENGTHS),
        (links.LEAST_MERGE, links.RELATIVE_MERGE),
        links.MOST_MERGED,
    )
    if level >= links.REVISED:  # likeness decides, which RapidFuzz measures
        return links.link(made, scored, _TOOLS)
    return [
        Group(_members(row[: links.MOST_MERGED]), _members(row[links.MOST_MERGED :]), score)
        for row, score in zip(groups.tolist(), scores.tolist(), strict=True)
    ]


_STRENGTHS = (
    links.ANCHOR,
    links.NEIGHBOUR_BONUS,
    links.CROSSING_PENALTY,
    links.RELATIVE_LINK,
)


def _members(row: list[int]) -> tuple[int, ...]:
    """Drop the places in a group that no sentence takes."""
    return tuple(row[: row.index(-1)]) if -1 in row else tuple(row)


# --- Words and runs ----------------------------------------------------------------------------


def _number_words(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[I64, ...]:
    words = " ".join((*a, *b, ""))
    codes = np.frombuffer(words.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    numbers = kernel.number_words(codes, len(a) + len(b))
    if len(numbers) < len(a) + len(b):  # there is a blank in a word
        return runs.number_words(a, b)
    return numbers[: len(a)], numbers[len(a) :]


def _verbatim_runs(a: I64, b: I64, least: int, groups: tuple[I64, I64] | None = None) -> list[Run]:
    if len(a) < least or len(b) < least:
        return []
    labels = groups or (np.zeros_like(a), np.zeros_like(b))
    powers = runs.POWERS[:least]
    return sorted(kernel.tile_runs(a, b, labels, powers, runs.GROUP_FACTOR, runs.MAX_REPEATS))


def _chain(a: list[int], b: list[int], weights: list[float]) -> list[int]:
    chain = kernel.heaviest_chain(np.array(a, np.int64), np.array(b, np.int64), np.array(weights))
    found: list[int] = chain.tolist()
    return found


STEPS = Steps(_number_words, _vectors, _candidates, _link, _verbatim_runs, _chain)
"""Equal to :data:`dedup.alignment.passages.PLAIN_STEPS`, and quicker once they are loaded."""
