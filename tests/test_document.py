"""The arrays the verdict sees: marks of words, and furniture put aside."""

from __future__ import annotations

import numpy as np
import pytest
from harbour import read_document
from hypothesis import given
from strategies import texts

from dedup.reading.texts import read
from dedup.text.marks import Mark
from dedup.text.vocabulary import word_ids


def marked(text: str, mark: int) -> list[str]:
    flags = read_document(text).marks & mark
    return [word for word, flag in zip(read(text).words, flags, strict=True) if flag]


def test_numbers_are_digits_and_number_words() -> None:
    text = "He paid two million dollars, 3.5 percent more, for the B52 in 1990s style."
    assert marked(text, Mark.NUMBER) == ["two", "million", "3", "5", "b52", "1990s"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The envoy, Ms Petrova, flew to Oslo on Friday.", ["petrova", "oslo", "friday"]),
        ("Petrova flew. Nobody saw her.", []),
        ("She said: “Nobody is here but Olga.”", ["olga"]),
        ("The U.S. and the US and the EU met Nato.", ["nato"]),
        ("Envoy Petrova Flies to Oslo for Peace Talks", []),
        ("ALL OF THIS IS SHOUTED IN MOSCOW", []),
    ],
)
def test_names_are_capitals_inside_a_sentence(text: str, names: list[str]) -> None:
    assert marked(text, Mark.NAME) == names


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("“It rains,” he said. “Still.”", ["it", "rains", "still"]),
        ('"It rains," he said.', ["it", "rains"]),
        ("“It rains and\n\nit pours.", ["it", "rains", "and"]),
        ('The 6" pipe broke. Nobody cared.', []),
        ("Er sagte: „Es regnet.“ Alle gingen.", ["es", "regnet"]),
        ("It didn't rain.", []),
    ],
)
def test_quoted_words_stand_within_quotation_marks(text: str, quoted: list[str]) -> None:
    assert marked(text, Mark.QUOTED) == quoted


STORY = "Rain fell in Leeds, they said, on a day when nobody minded it at all."


def test_furniture_is_marked_sentence_by_sentence() -> None:
    whole = read_document(f"Date:\n\n{STORY}\n\nLatest stories")
    words = len(whole.words)
    furniture = [True, *[False] * (words - 3), True, True]
    assert (whole.marks & Mark.FURNITURE > 0).tolist() == furniture
    kept = whole.words[(whole.marks & Mark.FURNITURE) == 0]
    assert kept.tolist() == word_ids(read(STORY).words).tolist()


def test_pieces_of_furniture_are_marked_word_by_word() -> None:
    whole = read_document(
        "The senator from Ohio, Jane Doe Jane DoeSenate votes on rain MORE, said so in Leeds."
    )
    left = "the senator from ohio said so in leeds".split()
    assert set(left) <= set(read("The senator from Ohio said so in Leeds").words)
    kept = whole.words[(whole.marks & Mark.FURNITURE) == 0]
    assert kept[:4].tolist() == word_ids(left[:4]).tolist()
    assert kept[-4:].tolist() == word_ids(left[4:]).tolist()
    assert len(kept) < len(whole.words)


def test_sentences_begin_with_their_mark_and_have_words() -> None:
    text = "Rain fell.\n\n* * *\n\nNobody minded it."
    assert len(read(text).sentences) == 3
    whole = read_document(text)
    assert (whole.marks & Mark.SENTENCE > 0).tolist() == [True, False, True, False, False]
    assert whole.bounds.tolist() == [0, 2, 5]


def test_of_a_page_of_furniture_alone_nothing_is_marked() -> None:
    assert not (read_document("Date:\n\nLatest stories").marks & Mark.FURNITURE).any()


@given(texts)
def test_arrays_fit_together(text: str) -> None:
    tokens, whole = read(text), read_document(text)
    assert (whole.words.dtype, whole.weights.dtype) == (np.uint32, np.float32)
    assert whole.marks.dtype == np.uint8
    assert len(whole.words) == len(whole.weights) == len(whole.marks) == whole.bounds[-1]
    assert (np.diff(whole.bounds) > 0).all()
    assert whole.words.tolist() == word_ids(tokens.words).tolist()
    assert (whole.weights >= 0).all()


@pytest.mark.parametrize("text", ["", "Rain", "\ud800", "\0", "。", "雨が降った。誰も見ない。"])
def test_odd_texts_make_documents(text: str) -> None:
    made = read_document(text)
    assert len(made.words) == len(read(text).words)
