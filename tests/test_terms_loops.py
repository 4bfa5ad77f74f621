"""The loops of the rare-term lane, each in step with its naive twin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from strategies import COMPILED, ragged, rows, unragged

from dedup.arrays import Ragged
from dedup.candidates import _joins, _terms

pytestmark = pytest.mark.loops

Rows = tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int32]]
Table = tuple[NDArray[np.uint32], NDArray[np.float32]]
Cosines = dict[tuple[int, int], float]

RANKS = 10
ranks = st.lists(st.sets(st.integers(0, RANKS - 1), max_size=9), max_size=8)


def nothing_common() -> NDArray[np.uint16]:
    return np.zeros(_terms.COMMON_SIZE, np.uint16)


@given(st.lists(rows, min_size=1, max_size=3), st.integers(1, 4))
@COMPILED
def test_count_words_and_enter_words_equal_a_counter(
    batches: list[list[list[int]]], cap: int
) -> None:
    size = 1 << sum(len(values) for batch in batches for values in batch).bit_length()
    ids, counts = np.zeros(size, np.uint32), np.zeros(size, np.uint64)
    common, known, seen, kept = nothing_common(), 0, 0, []
    for batch in batches:
        slots = np.zeros(2 * size, np.uint64)
        _terms.enter_words(ids[:known], slots)
        both, table = ragged(batch), (slots, ids, counts)
        found = _terms.count_words(both.values, both.offsets, table, common, (seen, known, cap))
        kept += unragged(Ragged(*found[:2]))
        seen, known = seen + len(batch), found[2]
    lists = [values for batch in batches for values in batch]
    expected = oracles.document_frequencies(lists)
    words = ids[:known].tolist()
    assert sorted(words) == sorted(expected)
    for word, state in zip(words, counts.tolist(), strict=False):
        last, count = divmod(state, 1 << 32)
        if expected[word] <= cap:
            assert count == expected[word]
            assert last == 1 + max(k for k, values in enumerate(lists) if word in values)
        else:
            assert cap < count <= expected[word]
    for values, numbers in zip(lists, kept, strict=True):
        found_words = [words[number] for number in numbers]
        assert len(set(found_words)) == len(found_words)
        rare = {word for word in values if expected[word] <= cap}
        assert rare <= set(found_words) <= set(values)


def test_words_marked_as_common_are_passed_over() -> None:
    common = nothing_common()
    given_words = np.array([7, 2**32 - 1, 2**31], dtype=np.uint32)
    _terms.mark_common(given_words, common)
    table = np.zeros(32, np.uint64), np.zeros(16, np.uint32), np.zeros(16, np.uint64)
    both = ragged([[7, 8, 7, 9, 8], [2**32 - 1, 2**32 - 2, 2**31, 2**31 + 1, 0]])
    numbers, ends, known = _terms.count_words(both.values, both.offsets, table, common, (0, 0, 5))
    assert table[1][:known].tolist() == [8, 9, 2**32 - 2, 2**31 + 1, 0]
    assert (numbers.tolist(), ends.tolist()) == ([0, 1, 2, 3, 4], [0, 2, 5])


def test_words_are_counted_while_there_is_room_for_a_whole_row() -> None:
    table = np.zeros(8, np.uint64), np.zeros(4, np.uint32), np.zeros(4, np.uint64)
    both = ragged([[5, 6], [6, 7], [7, 8, 9], [5]])
    found = _terms.count_words(both.values, both.offsets[1:], table, nothing_common(), (0, 0, 5))
    assert (unragged(Ragged(*found[:2])), found[2]) == ([[0, 1]], 2)
    assert table[1].tolist() == [6, 7, 0, 0]


@given(
    ranks, st.integers(0, 10), st.integers(0, 10), st.tuples(st.integers(1, 6), st.integers(1, 6))
)
@COMPILED
def test_rank_words_equals_the_twin(
    lists: list[set[int]], one: int, other: int, limits: tuple[int, int]
) -> None:
    tiers = min(one, other), max(one, other)
    of_numbers = np.array([3, 1, 0, 2, _terms.NO_RANK, 4, 5, 9, 8, 7], dtype=np.uint32)
    both = ragged([sorted(row) for row in lists])
    ends, terms = _terms.rank_words(
        both.values, both.offsets, of_numbers, tiers, (max(limits), min(limits))
    )
    assert terms.dtype == np.int32
    for numbers, found, count in zip(
        lists, unragged(Ragged(both.values, ends)), terms, strict=True
    ):
        known = [rank for rank in of_numbers[sorted(numbers)].tolist() if rank != _terms.NO_RANK]
        assert sorted(found) == sorted(known)
        picked = oracles.picked_terms(known, tiers, (max(limits), min(limits)))
        assert sorted(found[:count]) == picked


@given(st.sets(st.integers(0, 5_000), min_size=30, max_size=300), st.integers(1, 20))
@COMPILED
def test_the_rarest_of_many_words_are_terms(row: set[int], most: int) -> None:
    numbers = np.array(sorted(row, key=lambda word: word * 7 % 5_003), dtype=np.uint32)
    own = np.arange(5_001, dtype=np.uint32)
    _, terms = _terms.rank_words(numbers, np.array([0, len(row)]), own, (5_001, 5_001), (most, 1))
    assert sorted(numbers[: terms[0]].tolist()) == sorted(row)[:most]
    assert sorted(numbers.tolist()) == sorted(row)


def with_terms(lists: Iterable[set[int]], most: int) -> tuple[list[list[int]], Rows]:
    """Lay out rows of ranks, the first ``most`` of each its terms."""
    ordered = [sorted(row) for row in lists]
    terms = np.array([min(most, len(row)) for row in ordered], dtype=np.int32)
    both = ragged(ordered)
    return ordered, (both.values, both.offsets, terms)


@given(ranks, st.integers(0, 5), st.permutations(range(8)))
@COMPILED
def test_post_terms_equals_the_twin(lists: list[set[int]], most: int, shuffled: list[int]) -> None:
    ordered, laid_out = with_terms(lists, most)
    order = np.array([row for row in shuffled if row < len(lists)], dtype=np.uint32)
    starts = _joins.list_starts(laid_out, RANKS)
    places = _joins.post_terms(laid_out, order, starts)
    expected = [
        [place for place, row in enumerate(order.tolist()) if term in ordered[row][:most]]
        for term in range(RANKS)
    ]
    assert starts.tolist() == ragged(expected).offsets.tolist()
    assert places.tolist() == [place for term in expected for place in term]


def no_meetings(n: int, nearest: int) -> Table:
    return np.zeros((n, nearest), np.uint32), np.zeros((n, nearest), np.float32)


def meetings(
    laid_out: Rows,
    gains: Sequence[int],
    limits: tuple[float, int],
    cuts: Sequence[int] = (),
) -> Cosines:
    """Meet all rows, in parts that end at ``cuts``, each with a table of its own."""
    least, nearest = limits
    array = np.array(gains, dtype=np.uint16)
    masses = np.zeros(len(gains), np.uint32)
    lengths, _ = _terms.weigh_rows(*laid_out, array, masses)
    order = np.argsort(-lengths, kind="stable").astype(np.uint32)
    starts = _joins.list_starts(laid_out, len(gains))
    lists = order, starts, _joins.post_terms(laid_out, order, starts)
    n = len(lengths)
    edges = [0, *sorted(min(cut, n) for cut in cuts), n]
    whole = no_meetings(n, nearest)
    for part in pairwise(edges):
        table = no_meetings(n, nearest)
        _joins.join_terms(laid_out, (array, lengths), lists, part, least, table)
        _joins.merge_nearest(whole, table)
    near, cosines = whole
    assert (np.diff(cosines, axis=1) <= 0).all()
    places, ranks = np.nonzero(cosines)
    met = zip(order[places].tolist(), order[near[places, ranks]].tolist(), strict=True)
    pairs = [(min(i, j), max(i, j)) for i, j in met]
    return dict(zip(pairs, cosines[places, ranks].tolist(), strict=True))


@given(
    ranks,
    st.lists(st.integers(1, 6_000), min_size=RANKS, max_size=RANKS),
    st.floats(0.05, 0.95),
    st.tuples(st.integers(1, 4), st.integers(0, 6)),
    st.lists(st.integers(0, 8), max_size=2),
)
@COMPILED
def test_join_terms_equals_the_twin(
    lists: list[set[int]],
    gains: list[int],
    least: float,
    sizes: tuple[int, int],
    cuts: list[int],
) -> None:
    kept, most = sizes
    ordered, laid_out = with_terms(lists, most)
    every = meetings(laid_out, gains, (least, 8), cuts)
    twin = oracles.join_terms([row[:most] for row in ordered], gains)
    assert {p for p, cosine in twin.items() if cosine > least + 1e-5} <= set(every)
    assert set(every) <= {p for p, cosine in twin.items() if cosine > least - 1e-5}
    assert every == pytest.approx({pair: twin[pair] for pair in every}, abs=1e-5)
    apart = {pair: round(twin[pair], 5) for pair in every}
    if len(set(apart.values())) == len(apart):  # rounding leaves no doubt which is nearer
        wanted = oracles.nearest_pairs(apart, len(lists), kept)
        assert set(meetings(laid_out, gains, (least, kept), cuts)) == set(wanted)


@pytest.mark.parametrize("cuts", [(), (20, 41)])
def test_join_terms_keeps_the_nearest_of_many_equal_rows(cuts: tuple[int, ...]) -> None:
    n = 60
    _, laid_out = with_terms([{0}] * n, 1)
    assert len(meetings(laid_out, [1], (0.5, n), cuts)) == n * (n - 1) // 2
    first = {(0, 1), (0, 2), (0, 3), (1, 2)}
    expected = first | {(i, j) for i in range(3) for j in range(3, n)}
    assert set(meetings(laid_out, [1], (0.5, 3), cuts)) == expected


def test_scores_of_more_rows_than_their_floor_can_count() -> None:
    """The floor starts anew after 65,535 rows; what stands from before must not count."""
    n = 70_000
    lists = [{row + 1} for row in range(n)]
    lists[0] = lists[40_000] = lists[n - 1] = {0}
    _, laid_out = with_terms(lists, 1)
    expected = {(0, 40_000): 1.0, (0, n - 1): 1.0, (40_000, n - 1): 1.0}
    assert meetings(laid_out, [1] * (n + 1), (0.5, 2)) == expected


@given(
    ranks.filter(bool),
    st.lists(st.integers(0, 4_000), min_size=RANKS, max_size=RANKS),
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=12),
)
@COMPILED
def test_shared_mass_equals_the_twin(
    lists: list[set[int]], masses: list[int], pairs: list[tuple[int, int]]
) -> None:
    ordered, laid_out = with_terms(lists, 0)
    array = np.array(masses, dtype=np.uint32)
    _, totals = _terms.weigh_rows(*laid_out, np.zeros(RANKS, np.uint16), array)
    assert totals.tolist() == [sum(masses[word] for word in row) for row in ordered]
    pairs = [(i % len(lists), j % len(lists)) for i, j in pairs]
    packed = np.array([i << 32 | j for i, j in pairs], dtype=np.uint64)
    shares = _joins.shared_mass(laid_out[:2], array, totals, packed)
    assert shares.dtype == np.float32
    expected = [oracles.held_share(ordered[i], ordered[j], masses) for i, j in pairs]
    assert shares.tolist() == pytest.approx(expected, abs=1e-6)
