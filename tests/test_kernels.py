"""Every compiled kernel in step with its naive twin."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from strategies import COMPILED, EDGES, ascii_text, ragged, row, rows, texts, unragged

from dedup import kernels
from dedup.shingles import Ragged, read_words, shingle_hashes

small_key = st.integers(0, 6)
pair_lists = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=20)


def as_pairs(pairs: list[tuple[int, int]]) -> kernels.I64:
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


@given(st.lists(texts, max_size=6))
@COMPILED
def test_read_words_equals_the_twin(batch: list[str]) -> None:
    found = read_words(batch)
    assert found.values.dtype == np.uint32
    assert found.offsets.dtype == np.int64
    assert unragged(found) == oracles.read_words(batch)


def test_read_words_of_every_pair_of_edge_cases_equals_the_twin() -> None:
    batch = [f"a{one}{other}b" for one in EDGES for other in EDGES]
    batch += [f"{one}a {other}" for one in EDGES for other in EDGES]
    assert unragged(read_words(batch)) == oracles.read_words(batch)


@given(st.lists(texts, min_size=2, max_size=6))
@COMPILED
def test_a_row_does_not_depend_on_its_batch(batch: list[str]) -> None:
    alone = [read_words([text]).values.tolist() for text in batch]
    assert unragged(read_words(batch)) == alone
    assert unragged(Ragged.joined([read_words([text]) for text in batch])) == alone


@given(ascii_text)
@COMPILED
def test_ascii_and_the_general_path_give_the_same_hashes(text: str) -> None:
    """Full-width forms fold to ASCII, code point for code point, on the general path."""
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    assert read_words([wide]).values.tolist() == read_words([text]).values.tolist()
    behind_han = read_words(["中 " + text]).values.tolist()
    assert behind_han[1:] == read_words([text]).values.tolist()


@given(rows)
@COMPILED
def test_shingle_hashes_equal_the_twin(lists: list[list[int]]) -> None:
    found = shingle_hashes(ragged(lists))
    assert found.values.dtype == np.uint32
    assert unragged(found) == [oracles.shingle_hashes(values) for values in lists]


def test_shingles_of_words_that_begin_or_end_alike_differ() -> None:
    """No two of 27 triples of three words, and none of the shorter rows, share a hash."""
    lists = [[a, b, c] for a in (1, 2, 3) for b in (1, 2, 3) for c in (1, 2, 3)]
    lists += [[1], [2], [1, 2], [2, 1]]
    found = shingle_hashes(ragged(lists)).values.tolist()
    assert len(set(found)) == len(lists)


@given(
    st.lists(st.lists(st.integers(0, 3), min_size=6, max_size=6), min_size=1, max_size=6),
    st.sampled_from([(1, 6), (2, 3), (3, 2), (6, 1), (2, 2)]),
)
@COMPILED
def test_band_keys_agree_where_bands_do(
    signatures: list[list[int]], shape: tuple[int, int]
) -> None:
    bands, per_band = shape
    keys = kernels.band_keys(np.array(signatures, dtype=np.uint32), bands, per_band)
    assert keys.dtype == np.uint64
    assert keys.shape == (bands, len(signatures))
    for i, a in enumerate(signatures):
        for j, b in enumerate(signatures):
            same = (keys[:, i] == keys[:, j]).tolist()
            assert same == oracles.bands_equal(a, b, bands, per_band)
    assert len(np.intersect1d(keys[0], keys[-1])) == 0 or bands == 1


@given(st.lists(small_key, max_size=40), st.integers(1, 8), st.integers(1, 3))
@COMPILED
def test_bucket_pairs_equal_the_twin(keys: list[int], all_pairs: int, leaders: int) -> None:
    bits = max(1, len(keys).bit_length())
    packed = np.array(
        sorted(key << bits | number for number, key in enumerate(keys)), dtype=np.uint64
    )
    found = kernels.bucket_pairs(packed, bits, all_pairs, leaders).tolist()
    assert {(pair >> 32, pair & 0xFFFFFFFF) for pair in found} == oracles.bucket_pairs(
        keys, all_pairs, leaders
    )


def test_bucket_pairs_writes_no_pair_twice_in_a_band() -> None:
    found = kernels.bucket_pairs(np.arange(100, dtype=np.uint64), 7, 10, 4)
    assert len(np.unique(found)) == len(found) == len(oracles.bucket_pairs([0] * 100, 10, 4))


@given(st.lists(row, min_size=1, max_size=6), st.data())
@COMPILED
def test_shingle_overlap_equals_the_twin(lists: list[list[int]], data: st.DataObject) -> None:
    number = st.integers(0, len(lists) - 1)
    pairs = data.draw(st.lists(st.tuples(number, number), max_size=12))
    both = ragged(lists)
    found = kernels.shingle_overlap(both.values, both.offsets, as_pairs(pairs))
    assert found.tolist() == oracles.shingle_overlap(lists, pairs)


def test_shingle_overlap_of_long_rows() -> None:
    draw = np.random.default_rng(5)
    lists = [draw.integers(0, 40, 30_000).tolist() for _ in range(3)]
    pairs = [(0, 1), (0, 2), (1, 2), (0, 0)]
    both = ragged(lists)
    found = kernels.shingle_overlap(both.values, both.offsets, as_pairs(pairs))
    assert found.tolist() == oracles.shingle_overlap(lists, pairs)


def no_common_words() -> kernels.U32:
    common = np.full(kernels.COMMON_SIZE, 0xFFFFFFFF, np.uint32)
    common[-1] = 0
    return common


@given(st.lists(rows, min_size=1, max_size=3), st.integers(1, 4))
@COMPILED
def test_count_words_and_enter_words_equal_a_counter(
    batches: list[list[list[int]]], cap: int
) -> None:
    size = 1 << sum(len(values) for batch in batches for values in batch).bit_length()
    ids, counts = np.zeros(size, np.uint32), np.zeros(size, np.uint64)
    common, known, seen, kept = no_common_words(), 0, 0, []
    for batch in batches:
        slots = np.zeros(2 * size, np.uint64)
        kernels.enter_words(ids[:known], slots)
        both, table = ragged(batch), (slots, ids, counts)
        found = kernels.count_words(both.values, both.offsets, table, common, (seen, known, cap))
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


def test_words_given_as_common_are_passed_over() -> None:
    common = no_common_words()
    common[7 >> kernels.COMMON_SHIFT] = 7
    table = np.zeros(16, np.uint64), np.zeros(8, np.uint32), np.zeros(8, np.uint64)
    both = ragged([[7, 8, 7, 9, 8]])
    numbers, ends, known = kernels.count_words(both.values, both.offsets, table, common, (0, 0, 5))
    assert (table[1][:known].tolist(), numbers.tolist(), ends.tolist()) == ([8, 9], [0, 1], [0, 2])


ranks = st.lists(st.sets(st.integers(0, 9), max_size=9), max_size=8)


@given(
    ranks, st.integers(0, 10), st.integers(0, 10), st.tuples(st.integers(1, 6), st.integers(1, 6))
)
@COMPILED
def test_rank_words_equals_the_twin(
    lists: list[set[int]], one: int, other: int, limits: tuple[int, int]
) -> None:
    tiers = min(one, other), max(one, other)
    of_numbers = np.array([3, 1, 0, 2, kernels.NO_RANK, 4, 5, 9, 8, 7], dtype=np.uint32)
    both = ragged([sorted(row) for row in lists])
    values, ends, terms = kernels.rank_words(
        both.values, both.offsets, of_numbers, tiers, (max(limits), min(limits))
    )
    assert values.dtype == np.uint32
    assert terms.dtype == np.int32
    for numbers, found, count in zip(lists, unragged(Ragged(values, ends)), terms, strict=True):
        known = [rank for rank in of_numbers[sorted(numbers)].tolist() if rank != kernels.NO_RANK]
        assert sorted(found) == sorted(known)
        picked = oracles.picked_terms(known, tiers, (max(limits), min(limits)))
        assert sorted(found[:count]) == picked


def with_terms(
    lists: list[set[int]], most: int
) -> tuple[list[list[int]], Ragged, NDArray[np.int32]]:
    """Lay out rows of ranks, the first ``most`` of each its terms."""
    ordered = [sorted(row) for row in lists]
    terms = np.array([min(most, len(row)) for row in ordered], dtype=np.int32)
    return ordered, ragged(ordered), terms


@given(ranks, st.integers(0, 5))
@COMPILED
def test_post_terms_equals_the_twin(lists: list[set[int]], most: int) -> None:
    ordered, both, terms = with_terms(lists, most)
    starts, rows_of = kernels.post_terms(both.values, both.offsets, terms, 10)
    expected = [[i for i, row in enumerate(ordered) if k in row[:most]] for k in range(10)]
    assert starts.tolist() == ragged(expected).offsets.tolist()
    assert rows_of.tolist() == [row for term in expected for row in term]


@given(
    ranks,
    st.lists(st.tuples(st.integers(1, 6_000), st.integers(0, 4_000)), min_size=10, max_size=10),
    st.tuples(st.floats(0.05, 0.95), st.floats(0.0, 0.9)),
    st.tuples(st.integers(0, 8), st.integers(1, 4), st.integers(0, 6)),
)
@COMPILED
def test_join_terms_equals_the_twin(
    lists: list[set[int]],
    weights: list[tuple[int, int]],
    least: tuple[float, float],
    sizes: tuple[int, int, int],
) -> None:
    cut, kept, most = sizes
    ordered, both, terms = with_terms(lists, most)
    gains, masses = zip(*weights, strict=True)
    arrays = np.array(gains, dtype=np.uint16), np.array(masses, dtype=np.uint32)
    rows_of = both.values, both.offsets, terms
    postings = kernels.post_terms(*rows_of, 10)
    lengths = kernels.weigh_rows(*rows_of, *arrays)
    assert lengths[1].tolist() == [sum(masses[word] for word in row) for row in ordered]

    def joined(nearest: int, share: float) -> list[tuple[tuple[int, int], float]]:
        found: list[tuple[tuple[int, int], float]] = []
        for part in pairwise([0, min(cut, len(lists)), len(lists)]):
            limits = least[0], nearest, share
            packed = kernels.join_terms(rows_of, arrays, lengths, postings, part, limits)
            pairs = [(pair >> 32, pair & 0xFFFFFFFF) for pair in packed[0].tolist()]
            found += zip(pairs, packed[1].tolist(), strict=True)
        return found

    every = joined(8, 0.0)
    shares = dict(every)
    assert sorted(every) == sorted([*shares.items(), *shares.items()])  # once from each side
    twin = oracles.join_terms([row[:most] for row in ordered], gains)
    sure = {pair for pair, cosine in twin.items() if cosine > least[0] + 1e-5}
    assert sure <= set(shares) <= {p for p, cosine in twin.items() if cosine > least[0] - 1e-5}
    for (i, j), share in shares.items():
        assert share == pytest.approx(oracles.held_share(ordered[i], ordered[j], masses), abs=1e-6)
    apart = {pair: round(twin[pair], 5) for pair in shares}
    if len(set(apart.values())) == len(apart):  # rounding leaves no doubt which is nearer
        near = oracles.nearest_pairs(apart, len(lists), kept)
        wanted = [pair for pair in near if abs(shares[pair] - least[1]) > 1e-6]
        found = [pair for pair, _ in joined(kept, least[1])]
        assert {p for p in wanted if shares[p] > least[1]} <= set(found) <= set(near)


def test_join_terms_keeps_the_nearest_of_many_equal_rows() -> None:
    n = 60
    rows_of = np.zeros(n, np.uint32), np.arange(n + 1), np.ones(n, np.int32)
    weights = np.ones(1, np.uint16), np.ones(1, np.uint32)
    table = rows_of, weights, kernels.weigh_rows(*rows_of, *weights)
    postings = kernels.post_terms(*rows_of, 1)
    packed, shares = kernels.join_terms(*table, postings, (0, n), (0.5, n, 1.0))
    assert len(np.unique(packed)) == n * (n - 1) // 2
    assert (shares == 1).all()
    packed, _ = kernels.join_terms(*table, postings, (0, n), (0.5, 3, 1.0))
    first = {(0, 1), (0, 2), (0, 3), (1, 2)}
    expected = first | {(i, j) for i in range(3) for j in range(3, n)}
    assert {(int(p) >> 32, int(p) & 0xFFFFFFFF) for p in packed} == expected


@given(pair_lists)
@COMPILED
def test_find_roots_equals_the_twin(pairs: list[tuple[int, int]]) -> None:
    found = kernels.find_roots(12, as_pairs(pairs))
    assert found.tolist() == oracles.find_roots(12, pairs)


def test_find_roots_of_a_long_chain() -> None:
    n = 200_000
    chain = np.stack((np.arange(n - 1), np.arange(1, n)), axis=1)
    assert not kernels.find_roots(n, chain[::-1].copy()).any()


@given(rows)
@COMPILED
def test_rows_have_one_digest_exactly_if_they_are_equal(batch: list[list[int]]) -> None:
    parts = ragged(batch)
    found = kernels.row_digests(parts.values, parts.offsets)
    assert [tuple(digest) for digest in found.tolist()] == [
        oracles.row_digest(values) for values in batch
    ]
    for i, one in enumerate(batch):
        for j, other in enumerate(batch):
            assert (one == other) == (found[i, 0] == found[j, 0]) == (found[i, 1] == found[j, 1])


@given(st.lists(st.lists(st.integers(1, 40), max_size=9), max_size=4))
@COMPILED
def test_places_are_claimed_as_in_a_dict(batches: list[list[int]]) -> None:
    keys, taken = np.zeros(128, np.uint64), np.zeros(128, np.uint64)
    known: dict[int, int] = {}
    place = 0
    for batch in batches:
        expected = []
        for digest in batch:
            place += 1
            expected.append(known.get(digest * 64, 0))
            known.setdefault(digest * 64, place)
        places = np.arange(place - len(batch) + 1, place + 1).astype(np.uint64)
        digests = np.array(batch, dtype=np.uint64) * np.uint64(64)
        assert kernels.claim_places(digests, places, keys, taken).tolist() == expected
