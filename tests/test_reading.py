"""Texts read by compiled loops, one or many, in step with naive twins."""

from __future__ import annotations

import sys
import textwrap
from bisect import bisect_left
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import COMPILED, EDGES, WORDS, any_character, news_text, texts, unragged
from test_sentences import CASES, LARGE, REPEATED

from dedup.arrays import Ragged, encoded
from dedup.furniture.rules import RULES
from dedup.reading.texts import marks_of, read_marked, read_texts, read_utf8
from dedup.text.words import read_words

pytestmark = pytest.mark.loops

PIECES = (
    "Mr. Lee|the U.S. Senate|in St. Louis, Mo. on|Nov. 3|no. 4|p. 12|p.m. in|Sen. (D-Ohio)"
    "|Ph.D.|J. K. Rowling|It was I.|vs. Wade|e.g. rain|Inc. said|Corp. The|A.B.C. He|1. Rain"
    '|12. Snow|“We won.|We won.”|said “No”|‘Never.’|"We won."|"Go!" Ann Lee said|?" he asked'
    '|?” Jane Roe Doe of Ohio said he|!" A B C D E said|fell.Then|fell."Then|fell…Then|Amazon.com'
    "|fell.Then@x|a@b.Then|www.x.Org|x.Then/y|x.Then>|He paused … and|… The end|... maybe|. . . It"
    "|https://example.org/a.b?C=D|pic.twitter.com/x|(@jane) March 6, 2016|Jane DoeSenate votes MORE"
    "|— Jane Roe (@janeroe)|3.5 percent|1,250.75|$2m|two million|٣.٥|x².5|10,Twenty|今天下雨。"
    '|明天！？”后天|「雨」。|आज बारिश हुई।|هل نزل؟ نعم.|„Es regnet.“|«Il pleut.» Oui|"no|x"y"z|("a b'
    "|the storm that hit the coast early on Monday was strong in|and so it went on for days"
    "|By Jane Roe|Latest stories|Home|World|Sport News|Arts|MAYOR ASKED TO EXPLAIN THE FLOOD"
    "|Advertisement|Hide Caption|Choose your country|The views expressed here are his own."
    "|This story has been updated.|Sign up for our newsletter.|Copyright © 2019 A|© This is|***"
    "|Rain fell in Ohio on Monday and the mill was closed for the third time this year."
    "|\u212aan. City|ﬁn. ǅ. Ǆa|İ. ß.|a\u00adb. C|x\u200b. Y|e\u0301. E\u0301a"
).split("|")
SPACES = (
    " ",
    " ",
    " ",
    "\n",
    "\n\n",
    "\r\n",
    " \n ",
    "\t",
    "\u00a0",
    "\u3000",
    "\u2028",
    "\x1c",
    "",
)

piece = st.one_of(
    st.sampled_from(PIECES),
    st.sampled_from([rule.example for rule in RULES]),
    st.sampled_from(EDGES),
    any_character,
)
page = st.lists(st.tuples(piece, st.sampled_from(SPACES)), max_size=40).map(
    lambda parts: "".join(text + space for text, space in parts)
)
"""Newsroom traps, page furniture and odd characters with all kinds of white space between."""
dense = st.text(
    st.sampled_from("aAbB.!?…\"“”'’()[]—- \n\r\u2028,:;/@_1५中。„«»\u0301\ud800"), max_size=60
)
"""Few characters, those that rules name, so that they meet in every order."""
ODD_SPACES = [chr(c) for c in range(0x110000) if chr(c).isspace() and chr(c) not in "\r\n"]
_words = st.lists(st.sampled_from([*WORDS, "well-known", "中文", "كلمة", "* item"]), max_size=60)
wrapped = st.builds(
    lambda parts, width, gap: gap.join(textwrap.fill(" ".join(part), width) for part in parts),
    st.lists(_words, max_size=4),
    st.integers(20, 120),
    st.sampled_from(
        [
            "\n",
            "\n\n",
            "\n  ",
            "-\n",
            "\u00ad\r\n",
            "\t",
            "-\x0b\r",
            *(f"-{c}\n" for c in ODD_SPACES),
        ]
    ),
)
"""Texts in lines of some width, and some that only seem so."""
any_page = st.one_of(page, dense, news_text, wrapped, texts)


def check(batch: list[str]) -> None:
    """All that is read of texts is what the twins say of each."""
    found = read_texts(batch)
    assert (found.words.values.dtype, found.marks.dtype) == (np.uint32, np.uint8)
    for row, text in enumerate(batch):
        tokens, flags = found.flagged(row)
        plain = oracles.unwrapped(text)
        assert (tokens.text, tokens.plain) == (text, plain)
        assert list(tokens.words) == oracles.words(plain), text
        assert list(zip(tokens.starts, tokens.ends, strict=True)) == oracles.word_spans(plain), text
        assert list(tokens.sentences) == oracles.sentences(plain), text
        assert found.words[row].tolist() == [oracles.word_id(word) for word in tokens.words]
        assert list(flags) == oracles.furniture(plain), text
        low, high = found.words.offsets[row : row + 2]
        assert found.marks[low:high].tolist() == oracles.marks(plain), text
        starts = [start for start, _ in tokens.sentences]
        firsts = [bisect_left(tokens.starts, start) for start in starts]
        assert list(tokens.bounds) == [*firsts, len(tokens.words)]


@given(st.lists(any_page, max_size=4))
@COMPILED
def test_texts_are_read_as_the_twins_read_them(batch: list[str]) -> None:
    check(batch)


@given(st.lists(any_page, max_size=4))
@COMPILED
def test_what_is_read_without_letters_is_the_same(batch: list[str]) -> None:
    whole, bare = read_texts(batch), read_texts(batch, letters=False)
    assert bare.letters.size == 0
    assert whole.marks.tolist() == bare.marks.tolist()
    assert unragged(whole.words) == unragged(bare.words) == unragged(read_words(batch))
    words, marks = read_marked(batch)
    assert unragged(words) == unragged(whole.words)
    assert marks.values.tolist() == marks_of(encoded(batch), words).tolist() == whole.marks.tolist()


@pytest.mark.parametrize("space", ODD_SPACES)
@pytest.mark.parametrize("hyphen", "-\u2010\u00ad")
def test_white_space_of_any_kind_behind_a_hyphen_is_nothing(hyphen: str, space: str) -> None:
    batch = [f"the govern{hyphen}{space}\nment met", f"the govern{hyphen}\r{space}ment met"]
    check(batch)
    assert unragged(read_words(batch)) == 2 * oracles.read_words(["the government met"])


def test_newsroom_cases() -> None:
    marks = str.maketrans({"|": " ", "^": "", "¶": "\n"})
    check([case.translate(marks) for case in CASES])


def test_pieces_in_every_pair() -> None:
    batch = [f"{one} {other}" for one in PIECES for other in PIECES]
    check(batch[::3])


def test_every_rule_for_furniture_is_tried_where_it_matches() -> None:
    story = "Rain fell in Ohio on Monday and the mill was closed for the third time this year."
    lines = [line for rule in RULES for line in (rule.example, rule.near_miss)]
    check([f"{story}\n\n{line}\n\nThe river rose." for line in lines])
    check([f"{line} {story}" for line in lines])
    check(["\n".join(lines)])


def test_every_code_point_is_known_as_python_knows_it() -> None:
    """One in 41, lest it take long, around a full stop and as a word's first and last.

    Past the ideographs most are unassigned or private and alike: there one in 1,021 and the tags.
    """
    codes = [*range(0, 0x34000, 41), *range(0xE0000, 0xE0200, 41)]
    codes += range(0x34000, sys.maxunicode + 1, 1_021)
    chars = [chr(code) for code in codes]
    check(
        [
            "\n".join(f"He fell. {c}a{c} b{c}. {c} fell.{c}a" for c in chars[at::40])
            for at in range(40)
        ]
    )


@pytest.mark.parametrize("text", [*LARGE.values(), *(one * 2_000 for one in REPEATED.values())])
def test_extreme_texts(text: str) -> None:
    check([text[:1_000], "", text[:1]])
    whole = read_texts([text[:100_000]])
    assert unragged(whole.words) == unragged(read_words([text[:100_000]]))


def test_a_text_does_not_depend_on_its_batch_or_thread() -> None:
    batch = [f"{one}. {other}" for one in PIECES[:40] for other in PIECES]
    whole = read_marked(batch)
    halves = batch[::2], batch[1::2]
    with ThreadPoolExecutor(2) as pool:
        even, odd = pool.map(read_marked, halves)
    for k in (0, 1):
        assert unragged(even[k]) == unragged(whole[k])[::2]
        assert unragged(odd[k]) == unragged(whole[k])[1::2]


def test_words_of_other_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="words: those of text 1 are not its own"):
        marks_of(encoded(["Rain fell.", "It stopped."]), read_words(["Rain fell.", "It"]))


@pytest.mark.parametrize(
    "source",
    [
        b"\xff",
        b"a\x80",
        b"\xc3",
        b"\xc3a",
        b"\xe2\x82",
        b"\xf0\x9f\x98",
        b"\xf4\x90\x80\x80",
        b"\xf8",
    ],
)
def test_other_bytes_than_utf8_are_refused(source: bytes) -> None:
    with pytest.raises(ValueError, match="text 1 is not UTF-8"):
        read_utf8(
            Ragged(np.frombuffer(b"Rain" + source, np.uint8), np.array([0, 4, len(source) + 4]))
        )


@pytest.mark.parametrize("at", [[0, 5, 4], [-1, 4], [0, 11], [6, 4]])
def test_offsets_that_lead_out_are_refused(at: list[int]) -> None:
    with pytest.raises(ValueError, match="end to end"):
        read_utf8(Ragged(np.frombuffer(b"Rain fell.", np.uint8), np.array(at)))


def test_no_texts_are_read() -> None:
    found = read_texts([])
    assert [len(found.words), found.sentence_offsets.tolist()] == [0, [0]]
    assert read_texts(["", "Rain.", ""]).sentence_offsets.tolist() == [0, 0, 1, 1]


def test_a_sentence_of_a_megabyte_and_a_text_of_fifty_are_read() -> None:
    long = "rain fell and " * 75_000
    assert read_texts([long]).sentences.tolist() == [[0, len(long) - 1, 0]]
    large = "Rain fell on “Oslo”. " * 2_400_000
    found = read_texts([large], letters=False)
    assert len(found.sentences) == 2_400_000
    assert len(found.marks) == 4 * 2_400_000
