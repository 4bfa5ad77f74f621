"""What compiled loops say to arrays that they cannot take: a named error, and no crash."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dedup.arrays import Ragged
from dedup.candidates import _sketches
from dedup.index import _lists
from dedup.index.records import read_batches
from dedup.model import Article
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


@pytest.mark.skipif(os.name != "posix", reason="files with holes are POSIX's")
def test_sizes_past_31_bits_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    """The arrays are files with nothing in them: they take no memory until they are read."""
    with (tmp_path / "holes").open("wb") as stream:
        stream.truncate(4 << 31)
    words = np.memmap(tmp_path / "holes", np.uint32, "r")
    text = np.memmap(tmp_path / "holes", np.uint8, "r", shape=(1 << 31,))
    with pytest.raises(ValueError, match="2147483648 words in a batch"):
        _lists.invert(words, np.array([0, len(words)]))
    with pytest.raises(ValueError, match="one of 2147483648 bytes"):
        read_utf8(Ragged(text, np.array([0, len(text)])))


def test_an_index_adds_in_batches_that_end_at_a_bound_of_characters() -> None:
    articles = [Article(str(k), "rain " * size) for k, size in enumerate((3, 4, 30, 2, 0, 1, 9))]
    cut = list(read_batches(articles, characters=40))
    assert [[int(one.id) for one in batch] for batch, *_ in cut] == [[0, 1], [2], [3, 4, 5], [6]]
    assert [len(words.values) for _, words, _ in cut] == [7, 30, 3, 9]
    assert list(read_batches([])) == []


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
