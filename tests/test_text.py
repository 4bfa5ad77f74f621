"""Words, folding and reading of texts, over all of Unicode."""

from __future__ import annotations

import sys
import unicodedata

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import any_character, ascii_text, texts

from dedup.reading.texts import read, word_spans
from dedup.text.points import POINTS, Trait
from dedup.text.tokens import classify, fold
from dedup.text.vocabulary import word_ids
from dedup.text.words import read_words


def words(text: str) -> list[str]:
    """Cut a text into its folded words."""
    return list(read(text).words)


ALL = [chr(code) for code in range(sys.maxunicode + 1)]
ASSIGNED = [char for char in ALL if unicodedata.category(char) not in ("Cn", "Co")]
UNASSIGNED = [char for char in ALL if unicodedata.category(char) in ("Cn", "Co")]


def test_every_code_point_has_its_class() -> None:
    """The table, which asks for each, holds of the unassigned ones one in sixteen."""
    wanted = [oracles.character_class(char) for char in ALL]
    assert list(map(classify, ALL)) == wanted
    classes = {" ": Trait.SEPARATOR, "a": Trait.LETTER, "s": Trait.SINGLE}
    classes |= {"m": Trait.MARK, "i": Trait.IGNORED}
    learnt = "".join(ASSIGNED + UNASSIGNED[::16])
    POINTS.learn(learnt)
    codes = [ord(char) for char in learnt]
    found = (POINTS.traits[codes] & Trait.CLASS).tolist()
    assert found == [classes[wanted[code]] for code in codes]


def test_every_code_point_folds_as_python_does() -> None:
    def expected(char: str) -> str:
        return "".join(map(oracles.fold_character, unicodedata.normalize("NFC", char)))

    assert [char for char in ASSIGNED if fold(char) != expected(char)] == []
    assert fold("".join(UNASSIGNED)) == "".join(UNASSIGNED)


def test_every_code_point_is_read_alike_by_kernel_plain_python_and_twin() -> None:
    """One row; in lines, so that no code point meets the one before.

    Of the unassigned ones, which :func:`classify` takes for separators above, one in sixteen.
    """
    lines = [f"a{char}b 中{char}c {char}" for char in ASSIGNED]
    text = "\n".join(lines + UNASSIGNED[::16])
    found = words(text)
    assert found == [word for line in lines for word in oracles.words(line)]
    assert np.array_equal(read_words([text]).values, word_ids(found))


def test_every_code_point_that_decomposes_is_read_as_its_parts_are() -> None:
    """All in one text each; in lines, so that no code point meets the one before."""
    composed = [char for char in ASSIGNED if unicodedata.normalize("NFD", char) != char]
    parts = [unicodedata.normalize("NFD", char) for char in composed]
    whole, apart = (
        words("\n".join(f"a{char}b 中{char}" for char in chars)) for chars in (composed, parts)
    )
    assert len(composed) > 13_000
    assert whole == apart


@given(texts)
def test_words_equal_the_twin(text: str) -> None:
    assert words(text) == oracles.words(oracles.unwrapped(text))


@given(any_character, any_character)
def test_pairs_of_code_points_equal_the_twin(one: str, other: str) -> None:
    text = f"x{one}{other}y {one}{other}"
    assert words(text) == oracles.words(oracles.unwrapped(text))


@given(ascii_text)
def test_ascii_takes_another_path_to_the_same_result(text: str) -> None:
    assert fold(text) == fold(text + "é")[:-1]
    assert words(text) == words(text + " é")[:-1]


@given(texts)
def test_composed_and_decomposed_texts_have_the_same_words(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert words(text) == words(composed) == words(decomposed)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Don’t PANIC—yet", "don t panic yet"),
        ("co\u00adoper\u00adate", "cooperate"),
        ("zero\u200bwidth\ufeffword\u2060joiner", "zerowidthwordjoiner"),
        ("\u00adlead", "lead"),
        ("non\u00a0breaking\u202fspaces\u3000here", "non breaking spaces here"),
        ("“Quoted” ‘words’ «here»", "quoted words here"),
        ("ﬁnance oﬃce", "finance office"),
        ("STRASSE Straße", "strasse strasse"),
        ("Ｆｕｌｌ　Ｗｉｄｔｈ１２", "full width12"),
        ("ΣΊΣΥΦΟΣ σίσυφος", "σίσυφοσ σίσυφοσ"),
        ("İstanbul", "i\u0307stanbul"),
        ("I\u0307stanbul", "i\u0307stanbul"),
        ("ısı IŞIK", "ısı işik"),
        ("cafe\u0301 café", "café café"),
        ("מוסקבה־הבירה", "מוסקבה הבירה"),
        ("شَدَّة وَ", "شَدَّة وَ"),
        ("می\u200cخواهم", "میخواهم"),
        ("हिन्दी में", "हिन्दी में"),
        ("1,250.75 km² ½", "1 250 75 km2 1⁄2"),
        ("x\ud800y\0z", "x y z"),
        ("\u0301 \u0301a", "a"),
        ("👍🏽 ok ❤️", "ok"),
        ("", ""),
        (" \n\t", ""),
    ],
)
def test_words_of_spaced_scripts(text: str, expected: str) -> None:
    assert words(text) == [unicodedata.normalize("NFC", word) for word in expected.split()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("中国新闻", "中 国 新 闻"),
        ("東京タワーだ", "東 京 タ ワ ー だ"),
        ("한국 뉴스", "한 국 뉴 스"),
        ("\u1112\u1161\u11ab\u1100\u116e\u11a8", "한 국"),
        ("が か\u3099", "が が"),
        ("G20峰会2023年", "g20 峰 会 2023 年"),
        ("ข่าว", "ข\u0e48 า ว"),
        ("កម្ពុជា", "ក ម\u17d2 ព\u17bb ជ\u17b6"),
        ("人々〇", "人 々 〇"),
        ("ABC株", "abc 株"),
        ("株ABC", "株 abc"),
    ],
)
def test_scripts_without_spaces_give_a_word_a_character(text: str, expected: str) -> None:
    assert words(text) == expected.split()


@given(texts)
def test_tokens_fit_together(text: str) -> None:
    tokens = read(text)
    assert tokens.text == text
    assert list(tokens.words) == words(text)
    assert list(zip(tokens.starts, tokens.ends, strict=True)) == word_spans([text])[0]
    assert len(tokens.bounds) == len(tokens.sentences) + 1
    assert tokens.bounds[0] == 0
    assert tokens.bounds[-1] == len(tokens.words)
    for number, (start, end) in enumerate(tokens.sentences):
        for k in range(tokens.bounds[number], tokens.bounds[number + 1]):
            assert start <= tokens.starts[k] < tokens.ends[k] <= end


@given(texts)
def test_each_word_is_what_stands_at_its_place(text: str) -> None:
    tokens = read(text)
    for word, start, end in zip(tokens.words, tokens.starts, tokens.ends, strict=True):
        assert words(text[start:end]) == [word]
        assert word


@given(
    st.text(
        st.sampled_from("aB ßé\u0301…½İıſΣ中ｶﾞ\u200b\u00ad\ufb01\0\ud800٣Ａ\u2126 "), max_size=12
    )
)
def test_words_folded_all_at_once_are_those_folded_one_by_one(text: str) -> None:
    tokens = read(text)
    spans = zip(tokens.starts, tokens.ends, strict=True)
    assert tokens.words == tuple(fold(text[start:end]) for start, end in spans)


@pytest.mark.parametrize("first", [0, 0x100, 0x2000, 0x20A0])
def test_each_code_point_between_latin_letters_folds_as_it_does_alone(first: int) -> None:
    for char in map(chr, range(first, first + 0x100)):
        text = f"Ab{char}cD — {char} “É”"
        assert words(text) == oracles.words(text)
