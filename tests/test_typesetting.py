"""The same words and passages, however they are set: wrapped, hyphenated, with invisible marks."""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newsroom import Newsroom

import dedup
from dedup import Article, Comparison, Passage, Sentence
from dedup.reading.texts import read_flagged
from dedup.text.words import read_words
from dedup.text.wrapping import reset

Setter = Callable[[str, random.Random], str]


def wrapped(text: str, chance: random.Random) -> str:
    """Break lines at a width of 20 to 120."""
    width = chance.randint(20, 120)
    lines = textwrap.TextWrapper(width, break_long_words=False, break_on_hyphens=False)
    return "\n\n".join(map(lines.fill, text.split("\n\n")))


def within_words(text: str, mark: str, chance: random.Random, share: float = 0.1) -> str:
    """Set a mark into some of the longer words, not next to a hyphen."""
    words = text.split(" ")
    for k, word in enumerate(words):
        if word.isalpha() and len(word) > 5 and chance.random() < share:
            at = chance.randint(2, len(word) - 3)
            words[k] = word[:at] + mark + word[at:]
    return " ".join(words)


def softly_hyphenated(text: str, chance: random.Random) -> str:
    """Set soft hyphens into words."""
    return within_words(text, "\u00ad", chance)


def with_invisible_marks(text: str, chance: random.Random) -> str:
    """Set zero-width spaces, joiners and byte order marks into words."""
    for mark in "\u200b\u200d\u2060\ufeff":
        text = within_words(text, mark, chance)
    return text


def with_hard_spaces(text: str, chance: random.Random) -> str:
    """Put other spaces for spaces."""
    return "".join(
        chance.choice("\u00a0\u202f\u2009") if mark == " " and chance.random() < 0.2 else mark
        for mark in text
    )


def with_all(text: str, chance: random.Random) -> str:
    """Set a text in each of the ways."""
    for way in (softly_hyphenated, with_invisible_marks, with_hard_spaces, wrapped):
        text = way(text, chance)
    return text


IN_LINES: list[Setter] = [softly_hyphenated, with_invisible_marks, with_hard_spaces]
SETTERS: list[Setter] = [*IN_LINES, wrapped, with_all]


def hyphenated(text: str, width: int) -> str:
    """Break lines at a width, long words in small letters in two."""
    lines = [""]
    for word in text.split():
        room = width - len(lines[-1]) - 2
        if len(lines[-1]) + len(word) < width:
            lines[-1] += f" {word}" if lines[-1] else word
        elif word in LONG_WORDS and room > 2:
            cut = min(room, len(word) - 3)
            lines[-1] += f" {word[:cut]}-"
            lines.append(word[cut:])
        else:
            lines.append(word)
    return "\n".join(lines)


LONG_WORDS = "glassmaker astronomer correspondent newspaper commuters pensioners everything".split()
"""Words of the newsroom that are no compounds."""


def broken(paragraph: str, width: int) -> str:
    return textwrap.fill(paragraph, width, break_long_words=False)


def as_told(found: Comparison) -> tuple[object, ...]:
    """Give what a comparison says, its texts set in one line."""
    passages = [
        (p.kind, p.similarity, p.moved, p.changes, *map(set_in_one_line, (p.a, p.b)))
        for p in found.passages
    ]
    return found.verdict, found.probability, found.jaccard, passages


def set_in_one_line(sentences: tuple[Sentence, ...]) -> list[str]:
    texts = [re.sub(r"(?<=[a-z])-\n(?=[a-z])", "", sentence.text) for sentence in sentences]
    return [" ".join(text.split()) for text in texts]


@pytest.mark.parametrize("way", [broken, hyphenated])
@pytest.mark.parametrize("gap", ["\n\n", "\n"])
@pytest.mark.parametrize("titled", [False, True])
@pytest.mark.parametrize("seed", range(25))
def test_hard_wraps_change_no_passage(
    way: Callable[[str, int], str], gap: str, titled: bool, seed: int
) -> None:
    chance, room = random.Random(seed), Newsroom(seed)
    clean = room.story(chance.choice((9, 12, 15)))
    version = room.syndicated(clean)
    width = chance.randint(30, 200)
    paragraphs = [room.name()] * titled + clean.split("\n\n")
    one = dedup.compare(gap.join(paragraphs), version)
    text = gap.join(way(paragraph, width) for paragraph in paragraphs)
    other = dedup.compare(text, version)
    assert as_told(one) == as_told(other)
    sentences = [sentence for passage in other.passages for sentence in passage.a]
    assert all(text[s.start : s.end] == s.text for s in sentences)


def as_read(text: str) -> list[tuple[str, bool]]:
    """Give the sentences of a text, in one line each, and which are furniture."""
    (flagged,), _, _ = read_flagged([text])
    cut = [flagged.tokens.plain[start:end] for start, end in flagged.tokens.sentences]
    return list(zip(map(reset, cut), flagged.furniture, strict=True))


def in_lines(paragraphs: list[str], width: int) -> str:
    lines = textwrap.TextWrapper(width, break_long_words=False, break_on_hyphens=False)
    return "\n".join(map(lines.fill, paragraphs))


WIDTHS = range(40, 121)


def test_furniture_behind_a_full_last_line_is_none_of_its_paragraph() -> None:
    paragraphs = Newsroom(4).story(12).split("\n\n")
    page = [line for paragraph in paragraphs for line in (paragraph, "Advertisement")]
    clean = as_read("\n".join(page))
    assert [furniture for _, furniture in clean].count(True) == len(paragraphs)
    for width in WIDTHS:
        assert as_read(in_lines(page, width)) == clean, width


def test_a_caption_keeps_its_credit() -> None:
    caption = (
        "People walk to the harbour of Bergen on Monday, some of them with flags in their hands."
    )
    credit = "(Photo by Anna Berg/Getty Images)"
    page = [Newsroom(4).story(12).replace("\n\n", " "), f"{caption} {credit}"]
    clean = as_read("\n".join(page))
    assert clean[-2:] == [(caption, True), (credit, True)]
    for width in range(len(caption), len(caption) + 6):
        assert as_read(in_lines(page, width)) == clean, width


def test_a_list_behind_a_full_last_line_keeps_its_numbers() -> None:
    points = Newsroom(5).story(6).split("\n\n")
    page = [f"{number}. {point}" for number, point in enumerate(points, 1)]
    clean = as_read("\n".join(page))
    for width in WIDTHS:
        assert as_read(in_lines(page, width)) == clean, width


HEADLINES = [
    "Harbour opens after the long storm",
    "Mayor says the budget is too small",
    "Trams stand still for a second day",
    "Club sells its best player abroad",
    "Sign in to read more of this",
]
"""Lines with room for the next word at 60 and more."""


def test_the_width_is_told_among_headlines() -> None:
    names = (
        "The talks between Anna Berg of Bergen and Ole Dahl of Oslo on the tunnel under Lake Orr "
        "were led by Per Lund of Narvik and later by Kari Moe of Stavanger, who had run the "
        "harbour and the ferries until the council of the town of Bodin sold them to Nordic Lines "
        "in May."
    )
    page = [*HEADLINES, *HEADLINES, names, *HEADLINES, *HEADLINES]
    clean = as_read("\n".join(page))
    for width in (60, 64, 72, 80):
        assert as_read(in_lines(page, width)) == clean, width


def test_a_number_behind_a_comma_goes_on() -> None:
    paragraph = "The figures leave out what the hospital earned until the shop was sold on Dec 29,"
    table = ["Shr 36 cts", "Net 1.2 mln", "Revs 4.5 mln", "Avg shrs 3.1 mln"]
    clean = as_read("\n".join([*table, f"{paragraph} 1986."]))
    assert as_read("\n".join([*table, paragraph, "1986."])) == clean


@pytest.mark.parametrize("way", SETTERS)
@given(st.integers(0, 10**6))
@settings(deadline=None, max_examples=15)
def test_a_text_set_in_another_way_has_the_same_words(way: Setter, seed: int) -> None:
    clean = Newsroom(seed).story()
    odd = way(clean, random.Random(seed))
    words = read_words([clean, odd])
    assert words[0].tolist() == words[1].tolist()
    found = dedup.compare(clean, odd)
    assert (found.verdict, found.jaccard) == ("identical", 1.0)


@pytest.mark.parametrize("way", IN_LINES)
@given(st.integers(0, 10**6))
@settings(deadline=None, max_examples=10)
def test_marks_inside_lines_change_no_passage(way: Setter, seed: int) -> None:
    room = Newsroom(seed)
    clean = room.story()
    version = room.syndicated(clean)
    one = dedup.compare(clean, version)
    other = dedup.compare(way(clean, random.Random(seed)), version)
    assert (other.verdict, other.probability) == (one.verdict, one.probability)
    assert list(map(shape, other.passages)) == list(map(shape, one.passages))


def shape(passage: Passage) -> tuple[object, ...]:
    """Give what of a passage does not hang on offsets."""
    counts = map(len, (passage.a, passage.b, passage.copied, passage.changes))
    return passage.kind, passage.moved, *counts


def test_a_dump_of_texts_set_in_every_way_is_one_cluster() -> None:
    chance = random.Random(3)
    clean = Newsroom(3).story()
    texts = [clean, *(way(clean, chance) for way in SETTERS)]
    (cluster,) = dedup.scan([Article(str(n), text) for n, text in enumerate(texts)]).clusters
    assert {(member.verdict, member.jaccard) for member in cluster.members} == {("identical", 1.0)}
    assert len(cluster.members) == len(SETTERS)
