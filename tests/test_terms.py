"""The rare-term lane: frequencies equal a counter, pairs equal a naive join."""

from __future__ import annotations

import math

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import COMPILED, ragged, rows

from dedup.terms import Frequencies, TermSettings, candidate_pairs, weigh
from dedup.vocabulary import Vocabulary

BACKGROUND = Vocabulary(
    ids=np.array([1, 4, 9], dtype=np.uint32),
    frequencies=np.array([900, 30, 2], dtype=np.uint16),
    documents=1_000,
)
FEW = TermSettings(terms=4, most=3, cosine=0.3, containment=0.0)
pool = st.lists(st.lists(st.integers(0, 12), max_size=10), max_size=10)


def counted(*batches: list[list[int]]) -> Frequencies:
    frequencies = Frequencies()
    for batch in batches:
        frequencies.add(ragged(batch))
    return frequencies


def naive_weight(word: int, count: int, documents: int) -> float:
    """``ln((N + M + 1) / (df in the pool + df in the background))``."""
    known = dict(zip(BACKGROUND.ids.tolist(), BACKGROUND.frequencies.tolist(), strict=True))
    background = known.get(word, 1) - 1
    return math.log((documents + BACKGROUND.documents + 1) / (count + background))


def naive_join(lists: list[list[int]], wanted: TermSettings) -> dict[tuple[int, int], float]:
    """Weigh, pick and join word by word and pair by pair, none below any cosine left out."""
    counts = oracles.document_frequencies(lists)
    ids = sorted(word for word, count in counts.items() if 2 <= count <= wanted.most)
    weights = [naive_weight(word, counts[word], len(lists)) for word in ids]
    rarity = [float(np.float32(64) - np.float32(weight)) for weight in weights]
    picked = [oracles.rarest_terms(values, ids, rarity, wanted.terms) for values in lists]
    return oracles.join_terms(picked, weights)


@given(st.lists(rows, max_size=4))
@COMPILED
def test_frequencies_equal_a_counter(batches: list[list[list[int]]]) -> None:
    frequencies = counted(*batches)
    lists = [values for batch in batches for values in batch]
    expected = oracles.document_frequencies(lists)
    ids, counts = frequencies.table()
    assert ids.tolist() == sorted(expected)
    assert counts.tolist() == [expected[word] for word in ids.tolist()]
    assert frequencies.documents == len(lists)


def test_frequencies_of_more_words_than_the_table_begins_with() -> None:
    draw = np.random.default_rng(8)
    batches = [
        [draw.integers(0, 2**32, 2_000).tolist() for _ in range(20)],
        [draw.integers(0, 2**32, 150_000).tolist(), [], [7, 7, 7]],
        [[word % 1_000 for word in range(3_000)] for _ in range(3)],
    ]
    ids, counts = counted(*batches).table()
    expected = oracles.document_frequencies(values for batch in batches for values in batch)
    assert dict(zip(ids.tolist(), counts.tolist(), strict=True)) == expected


def test_batches_do_not_change_frequencies() -> None:
    lists = [[1, 2, 2], [], [2, 3], [1], [5, 5]]
    whole, parts = counted(lists), counted(lists[:1], [], lists[1:4], lists[4:])
    for one, other in zip(whole.table(), parts.table(), strict=True):
        assert one.tolist() == other.tolist()
    assert whole.documents == parts.documents == 5


@given(st.dictionaries(st.integers(0, 12), st.integers(1, 50), min_size=1))
def test_weights_follow_their_formula(counts: dict[int, int]) -> None:
    ids = sorted(counts)
    array = np.array(ids, dtype=np.uint32)
    given_counts = np.array([counts[word] for word in ids], dtype=np.int32)
    found = weigh(array, given_counts, 50, BACKGROUND)
    assert found.dtype == np.float32
    assert found.tolist() == pytest.approx(
        [naive_weight(word, counts[word], 50) for word in ids], abs=1e-5
    )


@given(pool, st.integers(1, 6), st.integers(2, 5), st.floats(0.05, 0.95))
@settings(COMPILED, max_examples=100)
def test_candidates_equal_a_naive_cosine_join(
    lists: list[list[int]], terms: int, most: int, cosine: float
) -> None:
    wanted = TermSettings(terms=terms, most=most, cosine=cosine, containment=0.0)
    pairs, cosines = candidate_pairs(ragged(lists), counted(lists), BACKGROUND, wanted)
    assert pairs.dtype == np.int64
    assert cosines.dtype == np.float32
    found = [(i, j) for i, j in pairs.tolist()]
    assert found == sorted(set(found))
    assert all(i < j for i, j in found)
    naive = naive_join(lists, wanted)
    for pair, value in zip(found, cosines.tolist(), strict=True):
        assert value == pytest.approx(naive[pair], abs=1e-5)
    assert {pair for pair, value in naive.items() if value > cosine + 1e-5} <= set(found)
    assert set(found) <= {pair for pair, value in naive.items() if value > cosine - 1e-5}


@given(pool, st.floats(0.2, 0.9), st.floats(0.01, 0.9))
@settings(COMPILED, max_examples=100)
def test_pairs_of_middling_cosine_must_share_wording(
    lists: list[list[int]], sure: float, containment: float
) -> None:
    arrays = ragged(lists), counted(lists), BACKGROUND
    every, cosines = candidate_pairs(*arrays, TermSettings(most=5, containment=0.0))
    wanted = TermSettings(most=5, sure=sure, containment=containment)
    kept, kept_cosines = candidate_pairs(*arrays, wanted, threads=2)
    expected = []
    for (i, j), cosine in zip(every.tolist(), cosines.tolist(), strict=True):
        one, other = (set(oracles.shingle_hashes(lists[row])) for row in (i, j))
        share = len(one & other) / min(len(one), len(other))
        if cosine >= sure or share >= containment:
            expected.append(([i, j], cosine))
    assert list(zip(kept.tolist(), kept_cosines.tolist(), strict=True)) == expected


@given(pool, st.sets(st.integers(0, 9)), st.integers(1, 4))
@settings(COMPILED, max_examples=60)
def test_threads_change_nothing_and_skipped_rows_pair_with_none(
    lists: list[list[int]], skipped: set[int], threads: int
) -> None:
    arrays = ragged(lists), counted(lists), BACKGROUND, TermSettings(most=5, cosine=0.1)
    every, cosines = candidate_pairs(*arrays)
    left = np.array(sorted(skipped & set(range(len(lists)))), dtype=np.int64)
    kept = ~np.isin(every, left).any(axis=1)
    found = candidate_pairs(*arrays, threads=threads, skipped=left)
    assert found[0].tolist() == every[kept].tolist()
    assert found[1].tolist() == cosines[kept].tolist()


def test_counts_stop_above_the_cap() -> None:
    frequencies = Frequencies(most=3)
    for _ in range(4):
        frequencies.add(ragged([[7, 8], [7, 7]]))
    ids, counts = frequencies.table()
    assert dict(zip(ids.tolist(), counts.tolist(), strict=True)) == {7: 4, 8: 4}


def test_a_word_above_the_cap_pairs_nobody_and_one_at_the_cap_does() -> None:
    for number, expected in ((3, 3), (4, 0)):
        lists = [[50, 100 + k] for k in range(number)]
        pairs, _ = candidate_pairs(ragged(lists), counted(lists), BACKGROUND, FEW)
        assert len(pairs) == expected


def test_rare_words_count_and_common_ones_of_the_background_hardly_do() -> None:
    lists = [[1, 20, 21, 5], [20, 21, 9, 1], [1, 30, 31, 32], [30, 31, 32, 4]]
    wanted = TermSettings(cosine=0.0, containment=0.0)
    pairs, cosines = candidate_pairs(ragged(lists), counted(lists), BACKGROUND, wanted)
    by_pair = dict(zip(map(tuple, pairs.tolist()), cosines.tolist(), strict=True))
    assert by_pair[0, 1] > 0.9
    assert by_pair[2, 3] > 0.9
    assert by_pair[0, 2] < 0.01


def test_nothing_shared_gives_no_pairs() -> None:
    pools: list[list[list[int]]] = [[], [[]], [[1, 2], [3, 4]], [[], []]]
    for lists in pools:
        pairs, cosines = candidate_pairs(ragged(lists), counted(lists), BACKGROUND, FEW)
        assert pairs.shape == (0, 2)
        assert cosines.shape == (0,)


def test_equal_rows_have_a_cosine_of_one() -> None:
    lists = [[11, 12, 13], [11, 12, 13, 13], [14]]
    pairs, cosines = candidate_pairs(ragged(lists), counted(lists), BACKGROUND, FEW)
    assert pairs.tolist() == [[0, 1]]
    assert cosines.tolist() == pytest.approx([1.0])
