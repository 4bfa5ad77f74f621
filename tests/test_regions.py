"""Regions: where one text reuses a stretch of the other."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.alignment.passages import align
from dedup.alignment.regions import NEAR, Extent, _span, _united
from dedup.model import Region
from dedup.reading.texts import read

pytestmark = pytest.mark.loops

REUSED = (
    "The harbour of Larvik was closed on Monday after a tanker lost its anchor in the storm.",
    "Two tugs from Sandefjord held the vessel off the rocks until the wind dropped at dawn.",
    "None of the nineteen sailors on board was hurt, the coast guard told reporters.",
)


def other(seed: int, count: int) -> list[str]:
    """Write sentences that share nothing with any other seed's."""
    generator = random.Random(seed)
    letters = "bcdfghklmnprstvwz"
    words = [
        "".join(generator.choice(letters) + generator.choice("aeiou") for _ in range(3))
        for _ in range(12 * count)
    ]
    return [" ".join(words[12 * k : 12 * k + 12]).capitalize() + "." for k in range(count)]


def regions(a: list[str], b: list[str]) -> tuple[str, str, tuple[Region, ...]]:
    text_a, text_b = " ".join(a), " ".join(b)
    tokens_a, tokens_b = read(text_a), read(text_b)
    flags_a, flags_b = ([False] * len(tokens.sentences) for tokens in (tokens_a, tokens_b))
    return text_a, text_b, align(tokens_a, tokens_b, flags_a, flags_b).regions


def test_a_stretch_that_is_reused_is_one_region_to_the_character() -> None:
    a, b, (region,) = regions(
        other(1, 6) + list(REUSED) + other(2, 6), other(3, 9) + list(REUSED) + other(4, 4)
    )
    wanted = " ".join(REUSED)
    assert a[region.a.start : region.a.end] == wanted
    assert b[region.b.start : region.b.end] == wanted


@pytest.mark.parametrize(("gap", "count"), [(4, 1), (5, 2)])
def test_four_sentences_without_counterpart_are_tolerated(gap: int, count: int) -> None:
    two = [
        "The mayor of Bergen opened a bridge of steel and glass over the fjord on Sunday.",
        *REUSED,
    ]
    _, _, found = regions(two[:2] + other(5, gap) + two[2:], two[:2] + other(6, gap) + two[2:])
    assert len(found) == count


def test_unrelated_texts_have_no_region() -> None:
    assert regions(other(7, 8), other(8, 8))[2] == ()


def test_one_word_lines_are_no_reuse() -> None:
    assert regions(["Oslo."], ["Oslo."])[2] == ()


def test_a_short_text_that_is_kept_whole_is_a_region() -> None:
    text, _, (region,) = regions(["Rain fell on Oslo."], ["Rain fell on Oslo."])
    assert (region.a.start, region.a.end) == (0, len(text))


def test_a_digest_draws_on_the_whole_source() -> None:
    source = other(9, 40)
    picked = [source[k] for k in (2, 14, 27, 38)]
    a, b, (region,) = regions(source, other(10, 8) + picked + other(11, 8))
    assert region.a.start <= a.index(source[2])
    assert region.a.end >= a.index(source[38]) + len(source[38]) - 1
    assert b[region.b.start : region.b.end].startswith(picked[0])


def test_a_long_run_in_one_endless_sentence_is_a_region_to_the_word() -> None:
    words = " ".join(other(12, 30)).replace(".", "").lower()
    run = " ".join(other(13, 4)).replace(".", "").lower()
    a, b, (region,) = regions([f"{words[:1000]} {run} {words[1000:]}."], [*other(14, 6), f"{run}."])
    assert a[region.a.start : region.a.end] == run
    assert b[region.b.start : region.b.end] == f"{run}."


def garbled(sentences: tuple[str, ...], seed: int) -> str:
    """Shuffle the words of sentences, and put another for each fifth."""
    words = " ".join(sentences).replace(".", "").replace(",", "").split()
    random.Random(seed).shuffle(words)
    words[4::5] = " ".join(other(seed, 2)).lower().replace(".", "").split()[: len(words[4::5])]
    return " ".join(words) + "."


def test_words_shuffled_across_sentences_are_a_region() -> None:
    mixed = garbled(REUSED, 15)
    a, b, (region,) = regions(
        other(16, 12) + list(REUSED) + other(17, 12), [*other(18, 12), mixed, *other(19, 12)]
    )
    assert a[region.a.start : region.a.end] == " ".join(REUSED)
    assert b[region.b.start : region.b.end] == mixed


def test_a_sentence_that_chance_brings_close_does_not_widen_a_region() -> None:
    topical = "A tanker in a storm: that is what the harbour of another town remembers of a Monday."
    a, b, (region,) = regions(
        [*other(20, 6), *REUSED, *other(21, 6)],
        [*other(22, 6), *REUSED, *other(23, 1), topical, *other(24, 6)],
    )
    assert b[region.b.start : region.b.end] == " ".join(REUSED)
    assert a[region.a.start : region.a.end] == " ".join(REUSED)


def test_excerpts_copied_at_length_are_no_digest() -> None:
    source = other(25, 60)
    near, far = source[4:9], source[40:45]
    a, b, found = regions(source, [*other(26, 4), *near, *far, *other(27, 4)])
    assert [a[region.a.start : region.a.end] for region in found] == [
        " ".join(near),
        " ".join(far),
    ]
    assert [b[region.b.start : region.b.end] for region in found] == [
        " ".join(near),
        " ".join(far),
    ]


def test_regions_that_meet_on_both_sides_are_one() -> None:
    extents = [
        Extent((0, 5), (0, 5)),
        Extent((1, 9), (40, 50)),
        Extent((4, 8), (4, 9)),
        Extent((20, 30), (4, 9)),
    ]
    assert sorted(_united(extents)) == [
        Extent((0, 8), (0, 9)),
        Extent((1, 9), (40, 50)),
        Extent((20, 30), (4, 9)),
    ]


def test_a_long_run_of_furniture_is_no_region() -> None:
    appeal = " ".join(other(28, 5))
    a, b = read(f"{appeal}\n\n{REUSED[0]}"), read(f"{appeal}\n\n{other(29, 1)[0]}")
    flags_a, flags_b = ([k < 5 for k in range(len(t.sentences))] for t in (a, b))
    assert align(a, b, flags_a, flags_b).regions == ()
    assert align(a, b, [False] * len(flags_a), [False] * len(flags_b)).regions


def test_a_long_text_kept_but_for_some_words_is_one_region() -> None:
    sentences, others = other(30, 1_500), other(34, 1_500)
    edited = [
        " ".join([*one.split()[:6], new.split()[1], *one.split()[7:]])
        for one, new in zip(sentences, others, strict=True)
    ]
    a, b, (region,) = regions(sentences, edited)
    assert (region.a.start, region.a.end) == (0, len(a))
    assert (region.b.start, region.b.end) == (0, len(b))


def test_a_long_run_is_a_region_though_its_words_stand_everywhere() -> None:
    run = " ".join(other(31, 4))
    repeats = [" ".join(run.replace(".", "").lower().split()[::-1]).capitalize() + "."] * 20
    a, b, found = regions([*repeats, run, *other(32, 6)], [*other(33, 6), run])
    assert run in [a[region.a.start : region.a.end] for region in found]
    assert run in [b[region.b.start : region.b.end] for region in found]


@given(
    st.lists(st.integers(1, 20), min_size=1, max_size=5),
    st.integers(0, 99),
    st.integers(1, 30),
)
def test_border_moves_to_a_sentence_s_own_by_few_words(
    sizes: list[int], first: int, length: int
) -> None:
    tokens = read("\n\n".join(" ".join(["word"] * size) + "." for size in sizes))
    first = min(first, len(tokens.words) - 1)
    end = min(first + length, len(tokens.words))
    span = _span(tokens, first, end)
    inside = [k for k, start in enumerate(tokens.starts) if span.start <= start < span.end]
    assert abs(inside[0] - first) <= NEAR
    assert abs(inside[-1] + 1 - end) <= NEAR
