"""The assembly of passages: invariants on any text, and the cases an editor would try first."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dedup.alignment.passages import align
from dedup.model import Aligned as Alignment
from dedup.model import Passage, PassageKind
from dedup.reading.texts import read
from dedup.text.tokens import Tokens

LEAD = "The harbour of Larvik was closed on Monday after a tanker lost its anchor in the storm."
TUGS = "Two tugs from Sandefjord held the vessel off the rocks until the wind dropped at dawn."
CREW = "None of the nineteen sailors on board was hurt, the coast guard told reporters."
OWNER = "The owner, a shipping company in Piraeus, promised to pay for the damaged pier."
COURT = "A jury in Tromsø acquitted the former mayor of taking bribes from a fish farm."
STORY = (LEAD, TUGS, CREW, OWNER)


def aligned(a: str, b: str) -> Alignment:
    tokens_a, tokens_b = read(a), read(b)
    none_a, none_b = [False] * len(tokens_a.sentences), [False] * len(tokens_b.sentences)
    return align(tokens_a, tokens_b, none_a, none_b)


def kinds(alignment: Alignment) -> list[str]:
    return [passage.kind.value for passage in alignment.passages]


WORDS = st.sampled_from(
    "rain fell on oslo trams Stood 12 19 not “we 雨 شمس é x. y! \n \n\n , ”".split(" ")
)
TEXTS = st.lists(WORDS, max_size=40).map(" ".join)
ANY_TEXT = TEXTS | st.text(max_size=60)


def swapped(passage: Passage) -> Passage:
    kind = {"added": "dropped", "dropped": "added"}.get(passage.kind.value, passage.kind.value)
    return Passage(
        PassageKind(kind),
        passage.b,
        passage.a,
        passage.similarity,
        passage.moved,
        tuple(sorted((b, a) for a, b in passage.copied)),
        tuple(type(change)(change.kind, change.b, change.a) for change in passage.changes),
    )


def flags(tokens: Tokens, seed: int) -> list[bool]:
    generator = random.Random(seed)
    return [generator.random() < 0.3 for _ in tokens.sentences]


@settings(max_examples=150, deadline=None)
@given(ANY_TEXT, ANY_TEXT, st.integers(0, 3))
def test_every_sentence_stands_in_one_passage_and_spans_hold(a: str, b: str, seed: int) -> None:
    tokens_a, tokens_b = read(a), read(b)
    alignment = align(tokens_a, tokens_b, flags(tokens_a, seed), flags(tokens_b, seed))
    for tokens, side in ((tokens_a, "a"), (tokens_b, "b")):
        found = [s for passage in alignment.passages for s in getattr(passage, side)]
        assert sorted((s.start, s.end) for s in found) == list(tokens.sentences)
        assert all(tokens.text[s.start : s.end] == s.text for s in found)
    for passage in alignment.passages:
        for one, other in passage.copied:
            assert read(a[one.start : one.end]).words == read(b[other.start : other.end]).words
            assert passage.a[0].start <= one.start < one.end <= passage.a[-1].end
            assert passage.b[0].start <= other.start < other.end <= passage.b[-1].end
    assert 0.0 <= alignment.coverage_a <= 1.0
    assert 0.0 <= alignment.coverage_b <= 1.0


@settings(max_examples=150, deadline=None)
@given(ANY_TEXT, ANY_TEXT, st.integers(0, 3))
@example("rain x. ”", "x. Stood \n rain x. ”", 0)
def test_swapping_the_texts_mirrors_the_result(a: str, b: str, seed: int) -> None:
    tokens_a, tokens_b = read(a), read(b)
    flags_a, flags_b = flags(tokens_a, seed), flags(tokens_b, seed)
    there = align(tokens_a, tokens_b, flags_a, flags_b)
    back = align(tokens_b, tokens_a, flags_b, flags_a)
    assert set(map(swapped, there.passages)) == set(back.passages)
    assert (there.coverage_a, there.coverage_b) == (back.coverage_b, back.coverage_a)
    assert {(r.a, r.b) for r in there.regions} == {(r.b, r.a) for r in back.regions}


@settings(max_examples=100, deadline=None)
@given(ANY_TEXT, ANY_TEXT)
def test_passages_come_in_the_order_of_b_and_dropped_ones_where_they_stood(a: str, b: str) -> None:
    passages = aligned(a, b).passages
    in_b = [passage.b[0].start for passage in passages if passage.b]
    assert in_b == sorted(in_b)
    dropped = [passage.a[0].start for passage in passages if not passage.b]
    before = {s.start: k for k, passage in enumerate(passages) for s in passage.a}
    starts = sorted(before)
    for start in dropped:
        behind = starts.index(start) - 1
        if behind >= 0:
            assert before[starts[behind]] < before[start]


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_a_text_aligns_with_itself_as_copied(text: str) -> None:
    alignment = aligned(text, text)
    assert alignment.coverage_a == alignment.coverage_b == (1.0 if read(text).words else 0.0)
    with_words = [p for p in alignment.passages if p.a and read(p.a[0].text).words]
    assert all(passage.kind is PassageKind.COPIED for passage in with_words)
    assert not any(passage.moved for passage in with_words)


def test_a_copied_story_is_one_region() -> None:
    alignment = aligned(" ".join(STORY), " ".join(STORY))
    assert kinds(alignment) == ["copied"] * 4
    (region,) = alignment.regions
    assert (region.a.start, region.a.end) == (0, len(" ".join(STORY)))


def test_added_and_dropped_sentences_stand_where_they_are_read() -> None:
    alignment = aligned(" ".join((LEAD, TUGS, CREW)), " ".join((LEAD, COURT, CREW)))
    assert kinds(alignment) == ["copied", "dropped", "added", "copied"]


def test_an_appended_story_is_added_and_outside_the_region() -> None:
    more = "Judges said no money changed hands. The prosecutor will not appeal the verdict."
    b = " ".join((*STORY, COURT, more))
    alignment = aligned(" ".join(STORY), b)
    assert kinds(alignment) == ["copied"] * 4 + ["added"] * 3
    assert [region.b.end for region in alignment.regions] == [b.index(OWNER) + len(OWNER)]


def test_a_sentence_that_changes_its_place_is_moved() -> None:
    alignment = aligned(" ".join(STORY), " ".join((OWNER, LEAD, TUGS, CREW)))
    assert [passage.moved for passage in alignment.passages] == [True, False, False, False]


def test_two_sentences_merged_into_one_make_one_passage() -> None:
    a = (
        f"{LEAD} Two tugs from Sandefjord held the vessel off the rocks."
        " The wind dropped at dawn on Tuesday."
    )
    b = (
        f"{LEAD} Two Sandefjord tugs held the vessel off the rocks until the wind dropped at dawn"
        " on Tuesday."
    )
    (merged,) = (p for p in aligned(a, b).passages if p.kind is PassageKind.REWRITTEN)
    assert (len(merged.a), len(merged.b)) == (2, 1)
    (split,) = (p for p in aligned(b, a).passages if p.kind is PassageKind.REWRITTEN)
    assert (len(split.a), len(split.b)) == (1, 2)


def test_a_repeated_sentence_links_once() -> None:
    alignment = aligned(f"{LEAD} {TUGS}", f"{LEAD} {TUGS}\n\n{LEAD}")
    assert kinds(alignment) == ["copied", "copied", "added"]


def test_shared_furniture_is_one_boilerplate_passage() -> None:
    a, b = read(f"{LEAD}\nSign up for our letter"), read(f"{COURT}\nSign up for our letter")
    alignment = align(a, b, [False, True], [False, True])
    (passage,) = (p for p in alignment.passages if p.kind is PassageKind.BOILERPLATE)
    assert passage.a[0].text == passage.b[0].text == "Sign up for our letter"
    assert alignment.coverage_a == 0.0


def test_furniture_does_not_link_with_the_story() -> None:
    a, b = read(LEAD), read(LEAD)
    alignment = align(a, b, [True], [False])
    assert sorted(kinds(alignment)) == ["added", "boilerplate"]


def test_changed_facts_are_named() -> None:
    b = TUGS.replace("Two tugs", "Three tugs")
    (passage,) = aligned(TUGS, b).passages
    assert [(c.kind.value, c.a, c.b) for c in passage.changes] == [("number", "Two", "Three")]
    assert len(passage.copied) == 1
    span, other = passage.copied[0]
    assert TUGS[span.start : span.end] == b[other.start : other.end] == TUGS[4:-1]


@pytest.mark.parametrize(
    "text",
    [
        "\ud800 lone",
        "nul\0byte here",
        "今日は雨が降りました。電車は止まりました。",
        "هطل المطر على المدينة. توقفت الحافلات.",
        "… !!! ???",
        "x " * 50_000,
        "rain\n" * 5_000,
    ],
)
def test_odd_texts_align_with_themselves(text: str) -> None:
    alignment = aligned(text, text)
    assert alignment.coverage_a == (1.0 if read(text).words else 0.0)


def test_long_texts_take_time_in_proportion() -> None:
    generator = random.Random(7)
    words = [f"w{k}" for k in range(400)]
    lines = [" ".join(generator.choices(words, k=12)) + "." for _ in range(4_000)]
    alignment = aligned("\n".join(lines), "\n".join(lines[::-1]))
    assert kinds(alignment).count("copied") == len(lines)


def test_passages_are_the_same_without_regions() -> None:
    text = "Rain fell on Oslo all night long. Trams stood still.\n" * 4
    a, b = read(text), read(f"It was cold.\n{text}")
    flags_a, flags_b = (False,) * len(a.sentences), (False,) * len(b.sentences)
    whole = align(a, b, flags_a, flags_b)
    without = align(a, b, flags_a, flags_b, with_regions=False)
    assert whole.regions
    assert without == replace(whole, regions=())


def test_facts_are_named_alike_where_linked_sentences_stand_on_two_lines() -> None:
    apart = "Heavy rain fell on the mill town all Monday.{}It hurt 12 people near the harbour."
    merged = "Heavy rain fell on the mill town all Monday and hurt 19 people near the harbour."
    named = [
        [[(c.a, c.b) for c in p.changes] for p in aligned(apart.format(gap), merged).passages]
        for gap in (" ", "\n\n")
    ]
    assert named == [[[("12", "19")]], [[("12", "19")]]]
