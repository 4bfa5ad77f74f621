"""Hypothesis strategies: texts of all scripts, texts like news, texts at the edges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedup.arrays import Ragged

COMPILED = settings(deadline=None, max_examples=60)
"""For tests of compiled loops: the first example may have to wait for the compiler."""

LATIN = "abcdeghilnorstu ABIST .,'-  éßøñçŁ"
SCRIPTS = {
    "latin": LATIN,
    "cyrillic": "абвгдеёжий кАБВ. ",
    "greek": "αβγδς σΣΆ; ",
    "arabic": "ابتثجحخدذ رزسشﷺ ؟،َُِ",
    "hebrew": "אבגדהוזח טיִַָ׳\u200f ",
    "devanagari": "कखगघचछ ज्झिी। ",
    "bengali": "কখগঘঙো া। ",
    "thai": "กขคงจฉชิีึ้ ",
    "khmer_lao_burmese": "កខគ ាិ ກຂ ົ ကခ ိ",
    "han": "中国新闻报道。，〇々",
    "japanese": "ひらがなカタカナーｶﾞ漢字。「」",
    "korean": "한국어뉴스 기사.",
    "armenian": "աբգդ եզ։ ",
    "turkish": "iıİI ğĞşŞ ",
}
EDGES = (
    "\ud800",  # lone surrogates
    "\udfff",
    "\0",
    "e\u0301",  # combining marks, canonical and not
    "o\u0328\u0301",
    "\u0301",
    "\u0345",
    "\u20dd",
    "\u1112\u1161\u11ab",  # jamo of one syllable
    "\u1100",
    "\u1161",
    "\u11a8",
    "\u3131",
    "가\u11a8",
    "か\u3099",
    "\u00ad",  # soft hyphen and other invisibles
    "\u200b",
    "\u200c",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\ufe0f",
    "\u034f",
    "\u00a0",  # white space that is no ASCII
    "\u202f",
    "\u3000",
    "\u2028",
    "\x85",
    "\x1c",
    "\x1f",
    "\r\n",
    "‘",
    "’",
    "“",
    "”",
    "«",
    "»",
    "…",
    "—",
    "ﬁ",  # ligatures and compatibility forms
    "ﬃ",
    "ﷺ",
    "Ⅻ",
    "½",
    "²",
    "Ａ",
    "㎏",
    "ŉ",
    "ẞ",
    "İ",
    "ı",
    "\u2126",  # characters that are never in composed form
    "\u212b",
    "\u0958",
    "\u2adc",
    "\u0344",
    "\ufb2c",
    "豈",
    "👩\u200d👧",
    "𝔘",
    "𠀀",
    "\U000e0041",
    "\U0010ffff",
)
WORDS = (
    "police mayor court said on Monday the a in of Rain fell city U.S. Mr. Smith 3.5 $2m p.m."
    " “We"
    " don't know,” he Nov. 12 million St. Louis Inc. no. 4 A. B. week’s and —"
).split()

any_character = st.characters(exclude_categories=())
"""Every code point, surrogates and unassigned ones among them."""

any_text = st.text(any_character, max_size=30)
edge_text = st.lists(
    st.one_of(st.sampled_from(EDGES), st.sampled_from(LATIN), any_character), max_size=25
).map("".join)
script_text = st.sampled_from(sorted(SCRIPTS)).flatmap(
    lambda name: st.text(st.sampled_from(SCRIPTS[name]), max_size=40)
)
mixed_text = st.lists(st.one_of(script_text, edge_text), max_size=4).map("".join)
ascii_text = st.text(st.characters(max_codepoint=127), max_size=60)

_stops = st.sampled_from([". ", ".", "! ", "? ", ".\n\n", ".” ", '." ', "… ", "\n", "\r\n", ": "])
_clause = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join)
news_text = st.lists(st.tuples(_clause, _stops), max_size=8).map(
    lambda parts: "".join(clause + stop for clause, stop in parts)
)
"""Sentences of newsroom words with abbreviations, numbers, quotations and broken lines."""

texts = st.one_of(news_text, mixed_text, edge_text, script_text, ascii_text, any_text)

word_id = st.one_of(st.integers(0, 5), st.integers(0, 2**32 - 1))
"""A word id: of few values, so that rows share shingles, or of all."""
row = st.lists(word_id, max_size=12)
rows = st.lists(row, max_size=8)


def ragged(lists: Sequence[Sequence[int]]) -> Ragged:
    """Lay rows end to end as the library does."""
    offsets: NDArray[np.int64] = np.zeros(len(lists) + 1, dtype=np.int64)
    np.cumsum([len(values) for values in lists], out=offsets[1:])
    flat = [value for values in lists for value in values]
    return Ragged(np.array(flat, dtype=np.uint32), offsets)


def unragged(array: Ragged) -> list[list[int]]:
    """Give the rows of a ragged array as lists."""
    return [array[number].tolist() for number in range(len(array))]
