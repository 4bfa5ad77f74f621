"""The loops of the MinHash lane, each in step with its naive twin."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import COMPILED, ragged, row, rows

from dedup.arrays import I64
from dedup.candidates import _sketches

pytestmark = pytest.mark.loops

small_key = st.integers(0, 6)


def as_pairs(pairs: list[tuple[int, int]]) -> I64:
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def test_shingles_of_words_that_begin_or_end_alike_differ() -> None:
    """No two of 27 triples of three words, and none of the shorter rows, share a hash."""
    lists = [[a, b, c] for a in (1, 2, 3) for b in (1, 2, 3) for c in (1, 2, 3)]
    lists += [[1], [2], [1, 2], [2, 1]]
    pairs = as_pairs(list(combinations(range(len(lists)), 2)))
    texts = ragged(lists)
    assert not _sketches.shingle_overlap(texts.values, texts.offsets, pairs)[:, 2].any()


@given(
    st.lists(st.lists(st.integers(0, 3), min_size=6, max_size=6), min_size=1, max_size=6),
    st.sampled_from([(1, 6), (2, 3), (3, 2), (6, 1), (2, 2)]),
)
@COMPILED
def test_band_keys_agree_where_bands_do(
    signatures: list[list[int]], shape: tuple[int, int]
) -> None:
    bands, per_band = shape
    keys = _sketches.band_keys(np.array(signatures, dtype=np.uint32), bands, per_band)
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
    found = _sketches.bucket_pairs(packed, bits, all_pairs, leaders).tolist()
    assert {(pair >> 32, pair & 0xFFFFFFFF) for pair in found} == oracles.bucket_pairs(
        keys, all_pairs, leaders
    )


def test_bucket_pairs_writes_no_pair_twice_in_a_band() -> None:
    found = _sketches.bucket_pairs(np.arange(100, dtype=np.uint64), 7, 10, 4)
    assert len(np.unique(found)) == len(found) == len(oracles.bucket_pairs([0] * 100, 10, 4))


@given(st.lists(row, min_size=1, max_size=6), st.data())
@COMPILED
def test_shingle_overlap_equals_the_twin(lists: list[list[int]], data: st.DataObject) -> None:
    number = st.integers(0, len(lists) - 1)
    pairs = data.draw(st.lists(st.tuples(number, number), max_size=12))
    both = ragged(lists)
    found = _sketches.shingle_overlap(both.values, both.offsets, as_pairs(pairs))
    assert found.tolist() == oracles.shingle_overlap(lists, pairs)


def test_shingle_overlap_of_long_rows() -> None:
    draw = np.random.default_rng(5)
    lists = [draw.integers(0, 40, 30_000).tolist() for _ in range(3)]
    pairs = [(0, 1), (0, 2), (1, 2), (0, 0)]
    both = ragged(lists)
    found = _sketches.shingle_overlap(both.values, both.offsets, as_pairs(pairs))
    assert found.tolist() == oracles.shingle_overlap(lists, pairs)


@given(rows)
@COMPILED
def test_rows_have_one_digest_exactly_if_they_are_equal(batch: list[list[int]]) -> None:
    parts = ragged(batch)
    found = _sketches.row_digests(parts.values, parts.offsets)
    assert [tuple(digest) for digest in found.tolist()] == [
        oracles.row_digest(values) for values in batch
    ]
    for i, one in enumerate(batch):
        for j, other in enumerate(batch):
            assert (one == other) == (found[i, 0] == found[j, 0]) == (found[i, 1] == found[j, 1])
