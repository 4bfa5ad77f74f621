"""The arrays the verdict sees: marks of words, and furniture put aside."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from strategies import texts

from dedup.reading.document import Document, document, story
from dedup.text.marks import Mark
from dedup.text.tokens import read
from dedup.text.vocabulary import word_ids


def document_of(text: str) -> Document:
    tokens = read(text)
    return document(tokens, [False] * len(tokens.sentences))


def marked(text: str, mark: int) -> list[str]:
    tokens = read(text)
    flags = document(tokens, [False] * len(tokens.sentences)).marks & mark
    return [word for word, flag in zip(tokens.words, flags, strict=True) if flag]


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


def test_furniture_is_marked_sentence_by_sentence() -> None:
    tokens = read("Sign up here. Rain fell. Share this.")
    whole = document(tokens, [True, False, True])
    assert (whole.marks & Mark.FURNITURE > 0).tolist() == [True] * 3 + [False] * 2 + [True] * 2
    kept = story(whole)
    assert kept.words.tolist() == word_ids(["rain", "fell"]).tolist()
    assert kept.bounds.tolist() == [0, 2]


def test_pieces_of_furniture_are_marked_word_by_word() -> None:
    tokens = read("Rain fell, Jane Doe MORE, in Leeds.")
    whole = document(tokens, [False], [(2, 5)])
    assert story(whole).words.tolist() == word_ids(["rain", "fell", "in", "leeds"]).tolist()
    assert story(whole).bounds.tolist() == [0, 4]


def test_sentences_begin_with_their_mark_and_have_words() -> None:
    tokens = read("Rain fell.\n\n* * *\n\nNobody minded it.")
    assert len(tokens.sentences) == 3
    whole = document(tokens, [False] * 3)
    assert (whole.marks & Mark.SENTENCE > 0).tolist() == [True, False, True, False, False]
    assert whole.bounds.tolist() == [0, 2, 5]


def test_a_page_of_furniture_alone_stays_as_it_is() -> None:
    tokens = read("Sign up here. Share this.")
    whole = document(tokens, [True, True])
    assert story(whole) is whole


@given(texts)
def test_arrays_fit_together(text: str) -> None:
    tokens = read(text)
    furniture = [index % 3 == 1 for index in range(len(tokens.sentences))]
    whole = document(tokens, furniture)
    for made in (whole, story(whole)):
        assert (made.words.dtype, made.weights.dtype) == (np.uint32, np.float32)
        assert (made.marks.dtype, made.bounds.dtype) == (np.uint8, np.int32)
        assert len(made.words) == len(made.weights) == len(made.marks) == made.bounds[-1]
        assert (np.diff(made.bounds) > 0).all()
    again = Document.of(whole.words, whole.marks)
    assert again.bounds.tolist() == whole.bounds.tolist()
    assert again.weights.tolist() == whole.weights.tolist()
    assert whole.words.tolist() == word_ids(tokens.words).tolist()
    assert (whole.weights >= 0).all()


@pytest.mark.parametrize("text", ["", "Rain", "\ud800", "\0", "。", "雨が降った。誰も見ない。"])
def test_odd_texts_make_documents(text: str) -> None:
    made = document_of(text)
    assert len(made.words) == len(read(text).words)
