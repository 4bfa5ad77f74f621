"""The measures of a pair: symmetry, edges, what each of them tells."""

from __future__ import annotations

import itertools
import time
from dataclasses import asdict, replace

import numpy as np
import pytest
from harbour import NEWS, OTHER, RETOLD, STORY, found, joined, read_document
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from dedup.verdict.evidence import DENSE, _heaviest_path, _region, evidence
from dedup.verdict.judging import judge


@given(texts, texts)
def test_swapping_the_texts_changes_no_bit(a: str, b: str) -> None:
    assert asdict(found(a, b)) == asdict(found(b, a))


@given(st.lists(st.sampled_from([*STORY, *RETOLD, *OTHER]), max_size=12), st.data())
def test_swapping_news_changes_no_bit(sentences: list[str], data: st.DataObject) -> None:
    others = data.draw(st.lists(st.sampled_from([*STORY, *RETOLD, *OTHER]), max_size=12))
    there, back = found(joined(sentences), joined(others)), found(joined(others), joined(sentences))
    assert there == back
    assert judge(there) == judge(back)


@given(texts, texts)
def test_measures_are_shares(a: str, b: str) -> None:
    measured = asdict(found(a, b))
    assert measured.pop("kept_sentences") >= 0
    assert measured.pop("words") >= 0
    assert all(0.0 <= share <= 1.0 for share in measured.values()), measured


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(["Rain"] * 100_000),
        "\n".join(f"word{number}" for number in range(100_000)),
        "rain and snow fell on Leeds. " * 40_000,
    ],
)
def test_long_texts_take_linear_time(text: str) -> None:
    whole, cut = read_document(text), read_document(text[: len(text) // 2])
    start = time.perf_counter()
    assert evidence(whole, cut).linked <= 1.0
    assert time.perf_counter() - start < 5.0


def heaviest_path(partners: list[int], weights: list[float]) -> float:
    """Try every subsequence."""
    best = 0.0
    for size in range(1, len(partners) + 1):
        for chosen in itertools.combinations(range(len(partners)), size):
            ordered = [partners[k] for k in chosen]
            if ordered == sorted(ordered):
                best = max(best, sum(weights[k] for k in chosen))
    return best


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 9)), max_size=8))
def test_order_is_the_heaviest_path(counterparts: list[tuple[int, int]]) -> None:
    partners = [partner for partner, _ in counterparts]
    weights = [float(weight) for _, weight in counterparts]
    assert _heaviest_path(partners, weights) == heaviest_path(partners, weights)


def test_order_tells_a_shuffled_text() -> None:
    assert found(joined(STORY), joined(STORY)).in_order == 1.0
    assert found(joined(STORY), joined(STORY[::-1])).in_order < 0.5


def dense_stretch(sizes: list[int], linked: list[bool]) -> float:
    """Try every stretch: the most that linked words outweigh the others by."""
    worth = [
        size * (1 - DENSE if link else -DENSE) for size, link in zip(sizes, linked, strict=True)
    ]
    ends = range(len(sizes) + 1)
    return max(sum(worth[start:end]) for start in ends for end in ends if start <= end)


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), max_size=9))
def test_the_region_is_the_stretch_that_is_densest_with_links(
    sentences: list[tuple[int, bool]],
) -> None:
    sizes, linked = [size for size, _ in sentences], [link for _, link in sentences]
    region = _region(np.array(sizes, dtype=np.int64), np.array(linked, dtype=np.bool_)).tolist()
    inside = [at for at, flag in enumerate(region) if flag]
    assert inside == list(range(inside[0], inside[-1] + 1)) if inside else not any(linked)
    chosen = [size * (1 - DENSE if linked[at] else -DENSE) for at, size in enumerate(sizes)]
    assert sum(chosen[at] for at in inside) == dense_stretch(sizes, linked)


def test_the_region_leaves_an_appended_story_aside() -> None:
    alone = found(joined(STORY), joined(STORY))
    appended = found(joined([*OTHER, *STORY]), joined(STORY))
    assert alone.region == appended.region == 1.0
    assert alone.outside == appended.outside == 0.0
    assert alone.names == appended.names == 1.0


def test_links_apart_from_the_others_stand_outside_the_region() -> None:
    scattered = joined([STORY[0], *OTHER, *NEWS, *STORY[1:4]])
    assert found(scattered, joined(STORY[:4])).outside > 0.0


def test_the_opening_is_the_first_sentences() -> None:
    same = found(joined([*STORY[:3], *OTHER]), joined([*STORY[:3], *NEWS])).opening
    other = found(joined([*OTHER, *STORY[:3]]), joined([*NEWS, *STORY[:3]])).opening
    assert same > 0.9
    assert other < 0.3


def test_replaced_facts_need_one_on_either_side() -> None:
    fewer = joined(STORY).replace("37 of the 60", "most")
    other = joined(STORY).replace("37 of the 60", "29 of the 80")
    assert found(joined(STORY), fewer).replaced_numbers == 0.0
    assert found(joined(STORY), other).replaced_numbers > 0.0
    assert found(joined(STORY), other).replaced_names == 0.0
    assert found(joined(STORY), other.replace("Dahl", "Berg")).replaced_names > 0.0


def test_a_fact_that_stands_elsewhere_is_replaced_all_the_same() -> None:
    one = ["Acme said its profit rose to 31 crowns.", "Sales of timber fell to 55 in the north."]
    two = ["Acme said its profit rose to 55 crowns.", "Sales of timber fell to 31 in the north."]
    assert found(joined(one), joined(two)).replaced_numbers == 1.0
    assert found(joined(one), joined(one)).replaced_numbers == 0.0


def test_numbers_that_are_lost_count() -> None:
    kept = found(joined(STORY), joined(RETOLD)).missing_numbers
    lost = found(
        joined(STORY), joined(RETOLD).replace("37", "59").replace("8,300", "7,100")
    ).missing_numbers
    assert kept < lost


def test_names_of_the_region_are_looked_for_in_the_whole_other_text() -> None:
    renamed = joined(STORY).replace("Ingmar Dahl", "Jonas Berg").replace("Dahl", "Berg")
    moved = joined(STORY).replace("Board chairman Ingmar Dahl said r", "R") + " Ingmar Dahl left."
    assert found(joined(STORY), joined(STORY)).names == 1.0
    assert found(joined(STORY), moved).names == 1.0
    assert found(joined(STORY), renamed).names < 0.8
    assert found("rain fell.", "rain fell again.").names == 0.5


def test_details_of_a_retelling_stand_together() -> None:
    """Neighbours far apart in the other text do not; names and quotations are no details."""
    same = found(joined(STORY), joined(RETOLD)).together
    details = "herring granite cracks pillars traders petition signatures summer pier hall".split()
    apart = [f" {filler * 30}".join(details) for filler in ("and so on ", "as it was ")]
    assert same > 0.7
    assert found(". ".join(details), apart[0]).together == (10 / 11 + 1 / 11) / 2
    assert found(*apart).together == 1 / 11
    quoted = found("“" + " ".join(details) + ".”", "“" + " ".join(details) + ".” Nobody minded.")
    assert quoted.together == 0.5


def test_plain_words_are_no_names_numbers_or_quotations() -> None:
    one = "The board of Larsvik sold 12 old boats. “We must close the quay,” said Dahl."
    two = "The board of Brenno sold 40 old boats. “They may leave the pier,” said Orr."
    assert found(one, two).plain == 1.0
    assert found(one, two.replace("old boats", "red vans")).plain < 1.0


def test_furniture_is_put_aside() -> None:
    frame = ["Letters come by boat to all.", "Rain is near, readers told us."]
    bare = [read_document(joined([*story, *frame])) for story in (STORY, OTHER)]
    marked = [
        replace(one, marks=one.marks | np.where(np.arange(len(one.words)) < one.bounds[-3], 0, 8))
        for one in bare
    ]
    assert evidence(*bare).kept_sentences == 0
    assert evidence(*bare).linked > 0
    assert evidence(*marked).linked == 0


def test_a_sentence_counts_as_kept_if_it_is_long_and_nearly_verbatim() -> None:
    phrases = ["The talks go on in Geneva this week.", "Nobody was hurt, the police said later."]
    edited = [sentence.replace(" on ", " last ") for sentence in STORY[:2]]
    assert found(joined([*NEWS, *phrases]), joined([*OTHER, *phrases])).kept_sentences == 0
    assert found(joined([*NEWS, *STORY[:2]]), joined([*OTHER, *edited])).kept_sentences == 2
    assert found(joined([*NEWS, *STORY[:2]]), joined([*OTHER, *RETOLD[:2]])).kept_sentences == 0
