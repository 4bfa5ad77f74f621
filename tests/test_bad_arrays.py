"""What compiled loops say to arrays that they cannot take: a named error, and no crash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dedup.arrays import Ragged
from dedup.candidates import _sketches
from dedup.reading.texts import read_texts, read_utf8
from dedup.verdict.stories import Stories

pytestmark = pytest.mark.loops

TEXTS = read_texts(["Rain fell on Oslo all day. Trams stood.", "Rain fell on Oslo. Snow followed."])
WORDS, OFFSETS, MARKS = TEXTS.words.values, TEXTS.words.offsets, TEXTS.marks
PAIRS = np.array([[0, 1]])


def overlap(words: Any, offsets: Any, pairs: Any) -> Any:
    return _sketches.shingle_overlap(words, offsets, pairs)


def measured(words: Any, offsets: Any, pairs: Any) -> Any:
    return Stories(Ragged(words, offsets), MARKS).measures(pairs)


def striped(array: Any) -> Any:
    """Give the same values, not contiguous."""
    return np.stack((array, array), axis=-1)[..., 0]


def read_only(array: Any) -> Any:
    kept = array.copy()
    kept.flags.writeable = False
    return kept


@pytest.mark.parametrize("loop", [overlap, measured])
@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("spoil", [striped, lambda array: array.astype(np.float32), list, str])
def test_other_arrays_are_refused(
    loop: Callable[..., Any], place: int, spoil: Callable[[Any], Any]
) -> None:
    given = [WORDS, OFFSETS, PAIRS]
    given[place] = spoil(given[place])
    with pytest.raises((TypeError, ValueError, AttributeError)):
        loop(*given)


@pytest.mark.parametrize("loop", [overlap, measured])
def test_read_only_arrays_are_taken(loop: Callable[..., Any]) -> None:
    wanted = loop(WORDS, OFFSETS, PAIRS).tolist()
    assert loop(read_only(WORDS), read_only(OFFSETS), read_only(PAIRS)).tolist() == wanted


@pytest.mark.parametrize("loop", [overlap, measured])
@pytest.mark.parametrize("pair", [[0, 2], [-1, 0], [2**40, 0], [0, 1, 1]])
def test_pairs_of_texts_that_are_not_there_are_refused(
    loop: Callable[..., Any], pair: list[int]
) -> None:
    with pytest.raises(ValueError, match="pairs: got"):
        loop(WORDS, OFFSETS, np.array([pair]))


def test_offsets_that_lead_out_of_the_words_are_refused() -> None:
    for offsets in (OFFSETS + 1, OFFSETS - 1, OFFSETS[::-1].copy()):
        with pytest.raises(ValueError, match="offsets"):
            overlap(WORDS, offsets, PAIRS)


def test_bytes_that_are_no_text_are_refused() -> None:
    for raw in (b"\xff", b"\xe4\xb8", b"\xc0\x80", b"a\x80"):
        with pytest.raises(ValueError, match="UTF-8"):
            read_utf8(Ragged(np.frombuffer(raw, np.uint8), np.array([0, len(raw)])))
