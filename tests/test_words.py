"""Texts cut into word ids by the compiled loop, in step with its naive twin."""

from __future__ import annotations

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import COMPILED, EDGES, ascii_text, texts, unragged

from dedup.arrays import Ragged
from dedup.text import _words
from dedup.text.words import read_words

pytestmark = pytest.mark.loops


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


@pytest.mark.parametrize(
    "offsets", [[], [-1, 3], [0, 4], [0, 2, 1, 3]], ids=["none", "before", "behind", "backward"]
)
def test_offsets_that_lead_out_of_the_texts_are_refused(offsets: list[int]) -> None:
    source = np.frombuffer(b"abc", dtype=np.uint8)
    with pytest.raises(ValueError, match="end to end"):
        _words.read_words(source, np.array(offsets, np.int64))
