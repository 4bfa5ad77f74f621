"""Bands that keep their promise, candidates that are neither lost nor too many."""

from __future__ import annotations

import math
import random
import time
from fractions import Fraction
from itertools import pairwise

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from strategies import COMPILED, ragged

from dedup.candidates import _sketches, lsh
from dedup.candidates.lsh import (
    Bands,
    candidate_pairs,
    choose_bands,
    pack_pairs,
    sorted_pairs,
    thinned,
    unpack_pairs,
)
from dedup.candidates.minhash import signatures
from dedup.errors import InputError

pytestmark = pytest.mark.loops

THRESHOLDS = [step / 20 for step in range(6, 20)]
RECALLS = [0.5, 0.8, 0.9, 0.95, 0.99]
EPSILON = 1e-12
SECONDS = 2.0
"""Bound for a job of a quarter of a second."""


@pytest.mark.parametrize("recall", RECALLS)
@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_bands_keep_their_promise_with_the_longest_rows(threshold: float, recall: float) -> None:
    bands = choose_bands(threshold, recall=recall)
    assert (bands.threshold, bands.recall) == (threshold, recall)
    assert bands.permutations == bands.bands * bands.rows <= 128
    assert bands.probability(threshold) >= recall - EPSILON
    fewer = Bands(bands.bands - 1, bands.rows, threshold, recall)
    assert fewer.probability(threshold) < recall
    longer = Bands(128 // (bands.rows + 1), bands.rows + 1, threshold, recall)
    assert longer.probability(threshold) < recall


@given(
    st.floats(0.01, 1.0),
    st.floats(0.01, 0.999),
    st.sampled_from([2, 16, 64, 128, 256, 512, 1024, 4096]),
)
def test_any_choice_keeps_its_promise_or_says_what_it_needs(
    threshold: float, recall: float, num_perm: int
) -> None:
    """Also where ``threshold ** rows`` is too small for a float."""
    try:
        bands = choose_bands(threshold, recall=recall, num_perm=num_perm)
    except InputError as refused:
        assert 1 - (1 - threshold) ** num_perm < recall + EPSILON
        wanted = int(str(refused).split("wanted ")[1].split()[0])
        assert num_perm < wanted
        assert 1 - (1 - threshold) ** wanted >= recall - EPSILON
    else:
        assert bands.permutations <= num_perm
        assert bands.probability(threshold) >= recall - EPSILON


@pytest.mark.parametrize(("threshold", "num_perm"), [(0.05, 256), (0.3, 4096), (0.5, 2048)])
def test_many_permutations_at_a_low_threshold(threshold: float, num_perm: int) -> None:
    bands = choose_bands(threshold, num_perm=num_perm)
    assert bands.permutations <= num_perm
    assert bands.probability(threshold) >= 0.95


def test_a_threshold_of_one_takes_one_band() -> None:
    bands = choose_bands(1.0)
    assert (bands.bands, bands.rows, bands.probability(1.0)) == (1, 128, 1.0)


def test_probability_is_the_s_curve() -> None:
    bands = Bands(20, 5, 0.5, 0.4)
    for percent in range(0, 101, 5):
        s = Fraction(percent, 100)
        exact = 1 - (1 - s**5) ** 20
        assert math.isclose(bands.probability(percent / 100), exact, abs_tol=1e-9)
    curve = [bands.probability(percent / 100) for percent in range(101)]
    assert all(low <= high for low, high in pairwise(curve))


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        *(("threshold", value) for value in (0, 0.0, -0.5, 1.01, 2, True, "0.8", None)),
        *(("recall", value) for value in (0, 1, 1.0, -1, 1.5, False, "high", None)),
    ],
)
def test_impossible_shares_are_refused(argument: str, value: object) -> None:
    settings: dict[str, object] = {"threshold": 0.5, "recall": 0.9, argument: value}
    with pytest.raises(InputError, match=rf"^{argument}: got .*, wanted a number above 0") as told:
        choose_bands(settings["threshold"], recall=settings["recall"])  # type: ignore[arg-type]
    assert repr(value) in str(told.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_shares_that_are_no_numbers_are_refused(value: float) -> None:
    with pytest.raises(InputError, match="threshold: got"):
        choose_bands(value)
    with pytest.raises(InputError, match="recall: got"):
        choose_bands(0.5, recall=value)


@pytest.mark.parametrize("num_perm", [0, -3, 4097, 12.0, "128", True])
def test_impossible_numbers_of_permutations_are_refused(num_perm: object) -> None:
    with pytest.raises(InputError, match=r"^num_perm: got .*, wanted") as told:
        choose_bands(0.5, num_perm=num_perm)  # type: ignore[arg-type]
    assert repr(num_perm) in str(told.value)


def test_too_few_permutations_are_refused_with_the_number_needed() -> None:
    with pytest.raises(InputError, match=r"num_perm: got 8, wanted 9 or more .* 0\.3 .* 0\.95"):
        choose_bands(0.3, num_perm=8)
    assert choose_bands(0.3, num_perm=9).probability(0.3) >= 0.95


def pairs_of_jaccard(tenths: int, count: int) -> list[list[int]]:
    """Make rows of unique words, two and two of which have a Jaccard similarity of ``tenths``.

    Of ``n`` shingles each, ``s`` in common: s / (2 n - s) = tenths / 10.
    """
    n, s = 10 + tenths, 2 * tenths
    n, s = 4 * n, 4 * s
    ids = np.random.default_rng(tenths).permutation(count * (2 * n + 2)).reshape(count, -1)
    scattered = (ids.astype(np.uint64) * 2_654_435_761 % 2**32).tolist()
    made = []
    for words in scattered:
        one = words[: n + 2]
        made += [one, one[: s + 2] + words[n + 2 :][: n - s]]
    return made


@pytest.mark.parametrize(("tenths", "recall"), [(3, 0.95), (5, 0.9), (7, 0.95), (9, 0.99)])
def test_measured_recall_is_the_promised_one(tenths: int, recall: float) -> None:
    count = 2_000
    lists = pairs_of_jaccard(tenths, count)
    both = ragged(lists)
    wanted = np.arange(2 * count, dtype=np.int64).reshape(count, 2)
    sizes = _sketches.shingle_overlap(both.values, both.offsets, wanted)
    shared = sizes[:, 2] / (sizes[:, 0] + sizes[:, 1] - sizes[:, 2])
    assert np.allclose(shared, tenths / 10)
    bands = choose_bands(tenths / 10, recall=recall)
    keys = _sketches.band_keys(signatures(both), bands.bands, bands.rows)
    found = np.isin(pack_pairs(wanted), pack_pairs(candidate_pairs(keys)))
    theory = bands.probability(tenths / 10)
    deviation = math.sqrt(theory * (1 - theory) / count)
    assert abs(found.mean() - theory) < 4 * deviation
    assert found.mean() > recall - 3 * deviation


@given(st.lists(st.lists(st.integers(0, 5), min_size=8, max_size=8), max_size=4))
@COMPILED
def test_small_buckets_give_every_pair_that_shares_a_key(keys: list[list[int]]) -> None:
    array = np.array(keys, dtype=np.uint64).reshape(-1, 8)
    found = candidate_pairs(array)
    assert found.dtype == np.int64
    assert found.tolist() == sorted(map(list, oracles.candidate_pairs(keys)))
    assert np.array_equal(candidate_pairs(array, threads=2), found)


def ties_all(pairs: NDArray[np.int64], rows: int) -> bool:
    """Tell whether each row but the first is paired with an earlier one: chains tie all then."""
    return np.unique(pairs[:, 1]).tolist() == [*range(1, rows)]


def test_buckets_of_64_are_listed_and_of_65_chained() -> None:
    listed = candidate_pairs(np.zeros((1, 64), dtype=np.uint64))
    assert len(listed) == 64 * 63 // 2
    chained = candidate_pairs(np.zeros((1, 65), dtype=np.uint64))
    assert len(chained) < len(listed)
    assert ties_all(chained, 65)


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (3, 0), (3, 1)])
def test_too_few_rows_have_no_pairs(shape: tuple[int, int]) -> None:
    assert candidate_pairs(np.zeros(shape, dtype=np.uint64)).shape == (0, 2)


def test_one_key_of_200_000_rows_costs_pairs_and_time_linear_in_them() -> None:
    n = 200_000
    keys = np.full((1, n), 2**64 - 1, dtype=np.uint64)
    candidate_pairs(keys[:, :100].copy())  # compiles
    began = time.process_time()
    found = candidate_pairs(keys)
    assert time.process_time() - began < SECONDS
    assert n - 1 <= len(found) <= 16 * n
    assert (found[:, 0] < found[:, 1]).all()
    assert ties_all(found, n)


def test_random_keys_of_full_width_bring_no_false_pairs() -> None:
    keys = np.random.default_rng(2).integers(0, 2**64, (4, 3_000), dtype=np.uint64)
    keys[1, 700], keys[3, 2_999] = keys[1, 20], keys[3, 0]
    assert candidate_pairs(keys).tolist() == [[0, 2_999], [20, 700]]


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)), max_size=5))
def test_packed_pairs_come_back(pairs: list[tuple[int, int]]) -> None:
    array = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    packed = pack_pairs(array)
    assert packed.dtype == np.uint64
    assert unpack_pairs(packed).tolist() == array.tolist()


@given(
    st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=2, max_size=12),
    st.randoms(use_true_random=False),
)
def test_of_very_many_pairs_the_most_alike_and_the_first_stay(
    rows: list[list[int]], chance: random.Random
) -> None:
    keys = np.array(rows, np.uint64).T.copy()
    order = np.array(chance.sample(range(len(rows)), len(rows)))
    places = np.argsort(order).tolist()
    pairs = candidate_pairs(keys, order=order)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lsh, "_MANY_PAIRS", 0)
        found = thinned(pairs, keys, order)
    if len(pairs) <= 2 * len(rows):
        assert found.tolist() == pairs.tolist()
        return
    wanted = set()
    for row in range(len(rows)):
        partners = [int(pair[1 - k]) for pair in pairs for k in (0, 1) if pair[k] == row]
        alike = {other: int((keys[:, row] == keys[:, other]).sum()) for other in partners}
        if partners:
            wanted.add((row, min(partners, key=lambda other: (-alike[other], places[other]))))
            wanted.add((row, min(partners, key=places.__getitem__)))
    assert found.tolist() == sorted_pairs(np.array([*wanted])).tolist()
    assert thinned(pairs, keys, order).tolist() == pairs.tolist()
