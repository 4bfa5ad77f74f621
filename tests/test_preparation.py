"""Many texts read by compiled loops, in step with reading one by one in Python."""

from __future__ import annotations

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import COMPILED, EDGES, any_character, news_text, texts, unragged
from test_sentences import CASES, LARGE, REPEATED

from dedup.arrays import offsets
from dedup.furniture.finding import furniture, insets
from dedup.furniture.rules import RULES
from dedup.reading.document import document
from dedup.reading.loops import Reading
from dedup.reading.preparation import marks_of, read_cuts, read_marked
from dedup.text.sentences import split_sentences
from dedup.text.tables import Try
from dedup.text.tokens import read
from dedup.text.words import read_words

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
any_page = st.one_of(page, dense, news_text, texts)


def joined(batch: list[str]) -> tuple[np.ndarray, np.ndarray]:
    encoded = [text.encode("utf-8", "surrogatepass") for text in batch]
    return np.frombuffer(b"".join(encoded), np.uint8), offsets(map(len, encoded))


def cuts(batch: list[str]) -> Reading:
    return read_cuts(*joined(batch), read_words(batch))


def expected(text: str) -> tuple[list[int], list[int]]:
    """Word ids and marks by the definition, of one text."""
    tokens = read(text)
    whole = document(tokens, furniture(tokens), insets(tokens))
    return whole.words.tolist(), whole.marks.tolist()


def check(batch: list[str]) -> None:
    words, marks = read_marked(batch)
    assert (words.values.dtype, marks.values.dtype) == (np.uint32, np.uint8)
    found = list(zip(unragged(words), unragged(marks), strict=True))
    for text, one in zip(batch, found, strict=True):
        assert one == expected(text), text


@given(st.lists(any_page, max_size=4))
@COMPILED
def test_marks_equal_the_definition(batch: list[str]) -> None:
    check(batch)


def check_cuts(batch: list[str]) -> None:
    """Sentences, words and paragraphs of the loops are those of the definitions."""
    found, words = cuts(batch), read_words(batch).offsets
    for row, text in enumerate(batch):
        tokens = read(text)
        rows = slice(*found.offsets[row : row + 2])
        assert found.sentences[rows, :2].tolist() == [list(s) for s in split_sentences(text)], text
        assert (*found.sentences[rows, 2].tolist(), len(tokens.words)) == tokens.bounds
        of_row = slice(*words[row : row + 2])
        assert tuple(found.starts[of_row].tolist()) == tokens.starts
        assert tuple(found.ends[of_row].tolist()) == tokens.ends
        gaps = [text[a[1] : b[0]] for a, b in pairwise(tokens.sentences)]
        opens = [True, *(bool(re.search("[\n-\r\x1c-\x1e\x85\u2028\u2029]", gap)) for gap in gaps)]
        assert (found.tries[rows] & Try.OPENS > 0).tolist() == opens[: len(tokens.sentences)]


@given(st.lists(any_page, max_size=4))
@COMPILED
def test_sentences_equal_the_definition(batch: list[str]) -> None:
    check_cuts(batch)


def test_newsroom_cases() -> None:
    marks = str.maketrans({"|": " ", "^": "", "¶": "\n"})
    check_cuts([case.translate(marks) for case in CASES])


def test_pieces_in_every_pair() -> None:
    batch = [f"{one} {other}" for one in PIECES for other in PIECES]
    check_cuts(batch)
    check(batch[::17])


def test_every_rule_for_furniture_is_tried_where_it_matches() -> None:
    story = "Rain fell in Ohio on Monday and the mill was closed for the third time this year."
    lines = [line for rule in RULES for line in (rule.example, rule.near_miss)]
    check([f"{story}\n\n{line}\n\nThe river rose." for line in lines])
    check([f"{line} {story}" for line in lines])
    check(["\n".join(lines)])


def test_every_code_point_is_known_as_python_knows_it() -> None:
    """One in 41, lest it take long, around a full stop and as a word's first and last."""
    chars = [chr(code) for code in range(0, sys.maxunicode + 1, 41)]
    check(
        [
            "\n".join(f"He fell. {c}a{c} b{c}. {c} fell.{c}a" for c in chars[at::40])
            for at in range(40)
        ]
    )


@pytest.mark.parametrize("text", [*LARGE.values(), *(one * 2_000 for one in REPEATED.values())])
def test_extreme_texts(text: str) -> None:
    check([text[:100_000], "", text[:1]])


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
        marks_of(*joined(["Rain fell.", "It stopped."]), read_words(["Rain fell.", "It"]))
