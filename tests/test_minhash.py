"""Signatures: datasketch's own, for any size and seed, and of use to datasketch."""

from __future__ import annotations

import numpy as np
import oracles
import pytest
from datasketch import LeanMinHash, MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import COMPILED, ragged, rows, texts

from dedup.candidates.lsh import MAX_PERMUTATIONS, check_permutations
from dedup.candidates.minhash import as_lean_minhash, signatures, sketch
from dedup.errors import InputError

STORY = "Rain fell on the city for the third day and the river rose above its banks."
OTHER = "The central bank raised its key rate by half a point to slow the rise in prices."


@given(rows, st.integers(2, 40), st.integers(0, 2**32 - 1))
@settings(COMPILED, max_examples=40)
def test_signatures_equal_datasketchs(lists: list[list[int]], num_perm: int, seed: int) -> None:
    found = signatures(ragged(lists), num_perm, seed)
    assert found.dtype == np.uint32
    assert found.shape == (len(lists), num_perm)
    assert found.flags.c_contiguous
    assert found.tolist() == [oracles.signature(values, num_perm, seed) for values in lists]


@pytest.mark.parametrize("num_perm", [128, 256, 1000])
def test_signatures_of_usual_and_large_sizes_equal_datasketchs(num_perm: int) -> None:
    draw = np.random.default_rng(3)
    lists = [draw.integers(0, 2**32, n).tolist() for n in (0, 1, 2, 3, 300)]
    found = signatures(ragged(lists), num_perm)
    assert found.tolist() == [oracles.signature(values, num_perm, 1) for values in lists]


@given(st.lists(texts, max_size=3))
@settings(COMPILED, max_examples=25)
def test_a_sketch_is_the_signature_of_the_twins_words(batch: list[str]) -> None:
    expected = [oracles.signature(values, 16, 1) for values in oracles.read_words(batch)]
    assert sketch(batch, num_perm=16).tolist() == expected


def test_a_sketch_does_not_depend_on_threads_or_batches() -> None:
    batch = [f"{STORY} {number} {OTHER[number % 60 :]}" for number in range(700)]
    alone = sketch(batch, num_perm=32)
    assert np.array_equal(sketch(batch, num_perm=32, threads=3), alone)
    assert np.array_equal(sketch(batch[600:601], num_perm=32), alone[600:601])
    assert sketch([], num_perm=32).shape == (0, 32)


def test_an_empty_text_has_the_empty_signature() -> None:
    empty = MinHash(num_perm=64, seed=1, scheme="affine32").hashvalues
    assert sketch(["", "... !"], num_perm=64).tolist() == [empty.tolist()] * 2


def test_case_and_punctuation_do_not_change_a_sketch_and_words_do() -> None:
    one, same, other = sketch([STORY, STORY.upper().replace(" ", " — "), OTHER])
    assert np.array_equal(one, same)
    assert np.count_nonzero(one == other) < 10


def test_agreement_of_signatures_estimates_jaccard() -> None:
    base = np.random.default_rng(1).integers(0, 2**32, (2, 1002)).tolist()
    a, b = base[0], base[0][:752] + base[1][:250]
    found = signatures(ragged([a, b]), 4096)
    jaccard = 750 / 1250
    deviation = (jaccard * (1 - jaccard) / 4096) ** 0.5
    assert abs(np.mean(found[0] == found[1]) - jaccard) < 4 * deviation


def test_lean_minhash_is_datasketchs_and_its_lsh_takes_it() -> None:
    near = STORY.replace("third", "fourth")
    one, two, three = (as_lean_minhash(values) for values in sketch([STORY, near, OTHER]))
    assert isinstance(one, LeanMinHash)
    lsh = MinHashLSH(threshold=0.5, num_perm=128)
    lsh.insert("story", one)
    lsh.insert("other", three)
    assert lsh.query(one) == ["story"]
    assert lsh.query(two) == ["story"]
    assert one.jaccard(two) == np.mean(one.hashvalues == two.hashvalues)


def test_lean_minhash_equals_one_that_datasketch_made() -> None:
    values = oracles.read_words([STORY])[0]
    theirs = MinHash(num_perm=64, seed=7, scheme="affine32", hashfunc=lambda h: h)
    for h in oracles.shingle_hashes(values):
        theirs.update(h)
    ours = as_lean_minhash(sketch([STORY], num_perm=64, seed=7)[0], seed=7)
    assert ours == LeanMinHash(theirs)
    assert ours.jaccard(theirs) == 1.0
    assert LeanMinHash.deserialize(bytearray(serialised(ours))) == ours


def serialised(sketch_of_one: LeanMinHash) -> bytes:
    buffer = bytearray(sketch_of_one.bytesize())
    sketch_of_one.serialize(buffer)
    return bytes(buffer)


@pytest.mark.parametrize(
    "num_perm", [0, 1, -1, 10**9, MAX_PERMUTATIONS + 1, True, 12.0, "128", None]
)
def test_impossible_numbers_of_permutations_are_refused(num_perm: object) -> None:
    with pytest.raises(InputError, match=r"^num_perm: got .*, wanted an int") as refused:
        check_permutations(num_perm)
    assert repr(num_perm) in str(refused.value)
    with pytest.raises(InputError, match="num_perm"):
        sketch([STORY], num_perm=num_perm)  # type: ignore[arg-type]


@pytest.mark.parametrize("num_perm", [2, 128, MAX_PERMUTATIONS])
def test_possible_numbers_of_permutations_pass(num_perm: int) -> None:
    assert check_permutations(num_perm) == num_perm
