"""The rare-term lane: words are counted as by a counter, pairs equal a naive join."""

from __future__ import annotations

import math

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import COMPILED, ragged, rows, unragged

from dedup.arrays import Ragged
from dedup.candidates import terms as lane
from dedup.candidates.terms import RareWords, TermSettings, candidate_pairs, weigh
from dedup.text.vocabulary import Vocabulary

BACKGROUND = Vocabulary(
    ids=np.array([1, 4, 9], dtype=np.uint32),
    frequencies=np.array([900, 30, 2], dtype=np.uint16),
    documents=1_000,
)
EVERY = TermSettings(least=1, most=200, cosine=0.0, share=0.0)
pool = st.lists(st.lists(st.integers(0, 12), max_size=10), max_size=10)


def counted(*batches: list[list[int]], most: int = 8_000) -> RareWords:
    rare = RareWords(most=most)
    for batch in batches:
        rare.add(ragged(batch))
    return rare


def known(rare: RareWords) -> dict[int, int]:
    ids, counts = rare.table()
    return dict(zip(ids.tolist(), counts.tolist(), strict=True))


def naive_weight(word: int, count: int, documents: int) -> float:
    """``ln((N + M + 1) / (df in the pool + df in the background))``."""
    frequencies = zip(BACKGROUND.ids.tolist(), BACKGROUND.frequencies.tolist(), strict=True)
    background = dict(frequencies).get(word, 1) - 1
    return math.log((documents + BACKGROUND.documents + 1) / (count + background))


def naive_ranking(
    lists: list[list[int]], wanted: TermSettings
) -> tuple[dict[int, int], list[float], tuple[int, int]]:
    """Give the rank of each word that counts, the weights by rank, and the tiers."""
    counts = oracles.document_frequencies(lists)

    def key(word: int) -> tuple[int, int, int]:
        tier = (counts[word] > wanted.rare) + (counts[word] > wanted.most)
        weight = np.float32(naive_weight(word, counts[word], len(lists)))
        return tier, round(float(np.float32(64) - weight) * 16), word

    ordered = sorted((word for word, count in counts.items() if count >= 2), key=key)
    weights = [naive_weight(word, counts[word], len(lists)) for word in ordered]
    tiers = [sum(key(word)[0] < tier for word in ordered) for tier in (1, 2)]
    return {word: rank for rank, word in enumerate(ordered)}, weights, (tiers[0], tiers[1])


def naive_join(
    lists: list[list[int]], wanted: TermSettings
) -> dict[tuple[int, int], tuple[float, float]]:
    """Give the cosine and the share of every pair of rows that have a term in common."""
    ranks, weights, tiers = naive_ranking(lists, wanted)
    rows = [sorted({ranks[word] for word in values if word in ranks}) for values in lists]
    picked = [oracles.picked_terms(row, tiers, (wanted.terms, wanted.least)) for row in rows]
    cosines = oracles.join_terms(picked, [weight**4 for weight in weights])
    masses = [round(weight**2 * 16) for weight in weights]
    return {
        (i, j): (cosine, oracles.held_share(rows[i], rows[j], masses))
        for (i, j), cosine in cosines.items()
    }


@given(st.lists(rows, max_size=4))
@COMPILED
def test_words_are_counted_as_by_a_counter(batches: list[list[list[int]]]) -> None:
    rare = counted(*batches)
    lists = [values for batch in batches for values in batch]
    assert known(rare) == oracles.document_frequencies(lists)
    assert rare.documents == len(lists)
    ids = rare.table()[0].tolist()
    assert [sorted(ids[number] for number in row) for row in unragged(rare.rows())] == [
        sorted(set(values)) for values in lists
    ]


def test_more_words_than_the_table_begins_with() -> None:
    draw = np.random.default_rng(8)
    batches = [
        [draw.integers(0, 2**32, 2_000).tolist() for _ in range(20)],
        [draw.integers(0, 2**32, 150_000).tolist(), [], [7, 7, 7]],
        [[word % 1_000 for word in range(3_000)] for _ in range(3)],
    ]
    expected = oracles.document_frequencies(values for batch in batches for values in batch)
    assert known(counted(*batches)) == expected


def test_batches_do_not_change_what_is_counted() -> None:
    lists = [[1, 2, 2], [], [2, 3], [1], [5, 5]]
    whole, parts = counted(lists), counted(lists[:1], [], lists[1:4], lists[4:])
    for one, other in zip(whole.table(), parts.table(), strict=True):
        assert one.tolist() == other.tolist()
    assert unragged(whole.rows()) == unragged(parts.rows())
    assert whole.documents == parts.documents == 5


def test_counts_stop_above_the_cap() -> None:
    rare = counted([[7, 8], [7, 7]], [[7, 8], [7, 7]], [[7, 8], [7, 7]], [[8]], most=3)
    assert known(rare) == {7: 4, 8: 4}


def test_common_words_are_neither_counted_nor_kept() -> None:
    far = 9 << 20
    rare = RareWords(np.array([7, far], dtype=np.uint32), most=5)
    rare.add(ragged([[7, 8, far], [8, 7]]))
    assert known(rare) == {7: 6, far: 6, 8: 2}
    assert unragged(rare.rows()) == [[2], [2]]
    many = RareWords(np.arange(70_000, dtype=np.uint32))  # more than the table begins with
    many.add(ragged([[69_999, 70_000]]))
    assert known(many)[70_000] == 1


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


@given(
    pool,
    st.tuples(st.integers(2, 6), st.integers(1, 4)),
    st.tuples(st.integers(2, 4), st.integers(0, 3)),
    st.tuples(st.floats(0.05, 0.95), st.floats(0.0, 0.9)),
)
@settings(COMPILED, max_examples=100)
def test_candidates_equal_a_naive_join(
    lists: list[list[int]],
    terms: tuple[int, int],
    caps: tuple[int, int],
    least: tuple[float, float],
) -> None:
    wanted = TermSettings(
        terms=max(terms),
        least=min(terms),
        rare=caps[0],
        most=caps[0] + caps[1],
        cosine=least[0],
        share=least[1],
    )
    pairs, shares = candidate_pairs(counted(lists), BACKGROUND, wanted)
    assert pairs.dtype == np.int64
    assert shares.dtype == np.float32
    found = [(i, j) for i, j in pairs.tolist()]
    assert found == sorted(set(found))
    assert all(i < j for i, j in found)
    naive = naive_join(lists, wanted)
    for pair, share in zip(found, shares.tolist(), strict=True):
        assert share == pytest.approx(naive[pair][1], abs=1e-3)  # masses are rounded

    def above(by: float) -> set[tuple[int, int]]:
        floors = wanted.cosine + by, wanted.share + by
        return {pair for pair, both in naive.items() if both[0] > floors[0] and both[1] > floors[1]}

    assert above(1e-3) <= set(found) <= above(-1e-3)


@given(pool, st.sets(st.integers(0, 9)), st.integers(1, 4))
@settings(COMPILED, max_examples=60)
def test_threads_change_nothing_and_skipped_rows_pair_with_none(
    lists: list[list[int]], skipped: set[int], threads: int
) -> None:
    wanted = BACKGROUND, TermSettings(rare=5, cosine=0.1, share=0.1)
    every, shares = candidate_pairs(counted(lists), *wanted)
    left = np.array(sorted(skipped & set(range(len(lists)))), dtype=np.int64)
    kept = ~np.isin(every, left).any(axis=1)
    found = candidate_pairs(counted(lists), *wanted, threads=threads, skipped=left)
    assert found[0].tolist() == every[kept].tolist()
    assert found[1].tolist() == shares[kept].tolist()


@given(pool, st.permutations(range(10)))
@settings(COMPILED, max_examples=60)
def test_the_order_of_texts_and_words_changes_no_pair(
    lists: list[list[int]], order: list[int]
) -> None:
    lists = lists + [[]] * (10 - len(lists))
    turned = [lists[row][::-1] for row in order]
    pairs, shares = candidate_pairs(counted(lists), BACKGROUND, EVERY)
    moved, moved_shares = candidate_pairs(counted(turned), BACKGROUND, EVERY)
    found = {
        (min(order[i], order[j]), max(order[i], order[j])): share
        for (i, j), share in zip(moved.tolist(), moved_shares.tolist(), strict=True)
    }
    assert found == dict(zip(map(tuple, pairs.tolist()), shares.tolist(), strict=True))


def test_a_word_above_the_cap_pairs_nobody_and_one_at_the_cap_does() -> None:
    for number, expected in ((3, 3), (4, 0)):
        lists = [[50, 100 + k] for k in range(number)]
        wanted = TermSettings(rare=2, most=3)
        assert len(candidate_pairs(counted(lists), BACKGROUND, wanted)[0]) == expected


def test_a_text_without_rare_words_is_found_by_less_rare_ones() -> None:
    lists = [[50, 51, 52, 60, 61], [50, 51, 52, 70, 71]] + [[50, 51, 52]] * 8
    for least, expected in ((1, 1), (0, 0)):
        wanted = TermSettings(rare=2, most=10, least=least, share=0.0)
        pairs, _ = candidate_pairs(counted(lists), BACKGROUND, wanted)
        assert ([0, 1] in pairs.tolist()) == bool(expected)


def test_two_texts_that_share_a_sentence_are_no_candidates() -> None:
    sentence = list(range(100, 105))
    one, other = [*range(200, 230), *sentence], [*range(300, 330), *sentence]
    lists = [one, other, one[:30], other[:30]]  # so that all words stand in two texts
    pairs, _ = candidate_pairs(counted(lists), BACKGROUND, TermSettings(cosine=0.1))
    assert pairs.tolist() == [[0, 2], [1, 3]]
    pairs, _ = candidate_pairs(counted(lists), BACKGROUND, TermSettings(cosine=0.1, share=0.1))
    assert pairs.tolist() == [[0, 1], [0, 2], [1, 3]]


def test_a_large_pool_keeps_the_pairs_of_the_highest_share(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lists = [[*range(50, 50 + held), *range(80, 100 - held)] for held in (20, 18, 12, 7)]
    wanted = TermSettings(cosine=0.0, share=0.0, pairs=0.5)
    every, shares = candidate_pairs(counted(lists), BACKGROUND, wanted)
    assert len(every) == 6
    assert len(set(np.sort(shares)[1:5].tolist())) == 4  # no tie where the cuts are made
    monkeypatch.setattr(lane, "ALL_PAIRS", 3)
    pairs, best = candidate_pairs(counted(lists), BACKGROUND, wanted)
    highest = np.sort(np.argsort(shares)[-3:])
    assert pairs.tolist() == every[highest].tolist()
    assert best.tolist() == shares[highest].tolist()
    more = TermSettings(cosine=0.0, share=0.0, pairs=1.0)
    assert len(candidate_pairs(counted(lists), BACKGROUND, more)[0]) == 4


def test_rare_words_count_and_common_ones_of_the_background_hardly_do() -> None:
    lists = [[1, 20, 21, 5], [20, 21, 9, 1], [1, 30, 31, 32], [30, 31, 32, 4]]
    pairs, shares = candidate_pairs(counted(lists), BACKGROUND, EVERY)
    by_pair = dict(zip(map(tuple, pairs.tolist()), shares.tolist(), strict=True))
    assert by_pair[0, 1] > 0.9
    assert by_pair[2, 3] > 0.9
    assert by_pair.get((0, 2), 0.0) < 0.01


def test_nothing_shared_gives_no_pairs() -> None:
    pools: list[list[list[int]]] = [[], [[]], [[1, 2], [3, 4]], [[], []]]
    for lists in pools:
        pairs, shares = candidate_pairs(counted(lists), BACKGROUND, TermSettings())
        assert pairs.shape == (0, 2)
        assert shares.shape == (0,)


def test_equal_rows_share_all() -> None:
    lists = [[11, 12, 13], [11, 12, 13, 13], [14]]
    pairs, shares = candidate_pairs(counted(lists), BACKGROUND, TermSettings())
    assert pairs.tolist() == [[0, 1]]
    assert shares.tolist() == [1.0]


def test_more_rows_than_two_bytes_can_number() -> None:
    half = 35_000
    words = np.tile(np.arange(half, dtype=np.uint32), 2)
    rare = RareWords()
    rare.add(Ragged(words, np.arange(2 * half + 1)))
    pairs, shares = candidate_pairs(rare, BACKGROUND, TermSettings(), threads=2)
    assert np.array_equal(pairs, np.arange(half)[:, None] + [0, half])
    assert (shares == 1).all()


@pytest.mark.parametrize(("terms", "least"), [(64, 12), (3, 70), (500, 1)])
def test_the_gains_of_many_rare_terms_do_not_run_over(terms: int, least: int) -> None:
    lists = [list(range(100, 200)), list(range(100, 200)), list(range(1_000, 1_100))]
    wanted = TermSettings(terms=terms, least=least, cosine=0.99)
    assert candidate_pairs(counted(lists), BACKGROUND, wanted)[0].tolist() == [[0, 1]]
