"""Regions: where one text reuses a stretch of the other."""

from __future__ import annotations

import random

import pytest

from dedup.alignment import align
from dedup.model import Region
from dedup.text import read

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
    alignment = align(read(text_a), read(text_b), [False] * len(a), [False] * len(b))
    return text_a, text_b, alignment.regions


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
