"""The evidence of a pair and the verdict made from it: plain cases, symmetry, edges, the model."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from dedup.document import Document, document
from dedup.furniture import furniture
from dedup.model import Verdict
from dedup.text import read
from dedup.verdict import (
    Evidence,
    Model,
    _heaviest_path,
    evidence,
    judge,
    model,
    value,
)

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))
STORY = [
    "The harbour board of Larsvik voted on Tuesday to close the old fish market in May.",
    "Traders have sold herring and cod there since 1911, when the quay was rebuilt in granite.",
    "Board chairman Ingmar Dahl said repairs would cost 4.2 million crowns, twice the estimate.",
    "“We cannot ask taxpayers to carry that,” Dahl told reporters after a four-hour meeting.",
    "Engineers found cracks in 37 of the 60 pillars under the hall at an inspection last autumn.",
    "The traders' association, led by Berit Solheim, wants the hall moved to the southern pier.",
    "Solheim handed over a petition with 8,300 signatures on the steps of the town hall.",
    "A final decision on the pier is due before the summer recess.",
]
RETOLD = [
    "Larsvik's old fish market will shut in May after a vote by the harbour board on Tuesday.",
    "Herring and cod have been sold at the granite quay since 1911.",
    "According to board chairman Ingmar Dahl, the repairs come to 4.2 million crowns, double the"
    " estimate.",
    "An inspection in autumn showed that 37 of the hall's 60 pillars had cracks, engineers said.",
    "Berit Solheim, who leads the traders' association, would like to move the hall to the southern"
    " pier and gave the town hall a petition that 8,300 people signed.",
    "Before the summer recess the pier is to be decided on.",
]
OTHER = [
    "Two climbers were rescued from the north face of Mount Arden on Sunday evening.",
    "A helicopter crew spotted their red jackets shortly before a snowstorm reached the ridge.",
    "Both men, students from Ostrava, were treated for frostbite in the valley hospital.",
    "Mountain guides had warned of loose rock and thunderstorms all week.",
]
NOTICE = (
    "{company} said its {quarter} quarter net profit rose to {a} mln dlrs, or {b} cts a share,"
    " from {c} mln dlrs, or {d} cts a share, a year ago. Sales rose to {e} mln dlrs from {f} mln."
)


def read_document(text: str) -> Document:
    tokens = read(text)
    return document(tokens, furniture(tokens))


def found(a: str, b: str) -> Evidence:
    return evidence(read_document(a), read_document(b))


def verdict(a: str, b: str) -> Verdict:
    return judge(found(a, b))[0]


def joined(sentences: list[str]) -> str:
    return "\n\n".join(sentences)


@pytest.fixture(scope="module")
def seeds() -> tuple[str, str]:
    first, second = (path.read_text("utf-8") for path in SEEDS)
    return first, second


# --- Plain cases ---------------------------------------------------------------------------------


def test_the_same_text_is_identical() -> None:
    assert judge(found(joined(STORY), joined(STORY))) == (Verdict.IDENTICAL, 1.0)


def test_case_and_punctuation_are_put_aside() -> None:
    changed = joined(STORY).upper().replace(",", " –").replace(".", "!")
    assert verdict(joined(STORY), changed) is Verdict.IDENTICAL


def test_cuts_and_a_new_lead_make_a_syndicated_copy() -> None:
    copy = ["Fishmongers in Larsvik must pack up this spring, the town has heard.", *STORY[2:7]]
    assert verdict(joined(STORY), joined(copy)) is Verdict.SYNDICATED


def test_an_excerpt_is_syndicated() -> None:
    assert verdict(joined(STORY), joined(STORY[:2])) is Verdict.SYNDICATED


def test_a_retelling_is_rewritten() -> None:
    kind, probability = judge(found(joined(STORY), joined(RETOLD)))
    assert kind is Verdict.REWRITTEN
    assert probability >= 0.9


def test_seeds_are_rewritten(seeds: tuple[str, str]) -> None:
    kind, probability = judge(found(*seeds))
    assert kind is Verdict.REWRITTEN
    assert probability >= 0.6


@pytest.mark.parametrize("second_story", [OTHER, OTHER[:2]])
def test_an_appended_story_hides_no_version(second_story: list[str]) -> None:
    assert verdict(joined(STORY), joined([*RETOLD, *second_story])) is Verdict.REWRITTEN
    assert verdict(joined([*STORY, *second_story]), joined(STORY)) is Verdict.SYNDICATED


def test_half_of_one_side_cut_away_hides_no_version() -> None:
    assert verdict(joined(STORY), joined(RETOLD[:3])) is Verdict.REWRITTEN
    assert verdict(joined(STORY), joined(STORY[4:])) is Verdict.SYNDICATED


def test_a_template_is_no_version() -> None:
    one = NOTICE.format(company="Acme Corp", quarter="second", a=3.4, b=34, c=2.9, d=31, e=55, f=50)
    two = NOTICE.format(company="Zenith Inc", quarter="third", a=8.1, b=77, c=6.6, d=60, e=12, f=10)
    assert verdict(one, two) is Verdict.TEMPLATE


@pytest.mark.parametrize(("old", "new"), [("3.4", "3.6"), ("second", "first"), ("34", "35")])
def test_a_correction_is_a_version(old: str, new: str) -> None:
    text = NOTICE.format(
        company="Acme Corp", quarter="second", a=3.4, b=34, c=2.9, d=31, e=55, f=50
    )
    assert verdict(text, text.replace(old, new, 1)) is Verdict.SYNDICATED
    assert verdict(joined(STORY), joined(STORY).replace("37", "39")) is Verdict.SYNDICATED


def test_a_shared_part_is_partial() -> None:
    shared = STORY[4:6]
    one, two = joined([*NEWS, *shared]), joined([*OTHER, *shared, *MORE])
    assert found(one, two).kept_sentences == 2
    assert verdict(one, two) is Verdict.PARTIAL


MORE = [
    "The weather service in Brenno expects fresh snow above two thousand metres until Thursday.",
    "Hut keepers were told to close the upper paths, which are popular with hikers in autumn.",
]
NEWS = [
    "Parliament in Veldora passed the budget with a majority of three votes on Thursday night.",
    "Finance minister Ada Quist defended higher duties on sugar, tobacco and imported timber.",
    "Opposition members walked out of the chamber when amendments on pensions were refused.",
    "Analysts expect the central bank to keep its rate unchanged until at least November.",
    "Railway unions announced a strike over wages for the first week of the school holidays.",
    "The prime minister will travel to Geneva on Saturday for talks on fishing quotas.",
]


def test_other_stories_are_unrelated() -> None:
    assert judge(found(joined(STORY), joined(OTHER)))[0] is Verdict.UNRELATED
    assert judge(found(joined(STORY), joined(OTHER)))[1] < 0.05


def test_the_same_quotations_make_no_version() -> None:
    speech = [
        "“We shall build four hundred bridges over the Torne before the decade ends, and nobody"
        " will stop us,” the premier said.",
        "“Those who laughed at the first bridge crossed it on their way to work this morning.”",
    ]
    assert found(joined([*NEWS[:4], *speech]), joined([*OTHER, *speech])).kept_sentences == 0
    assert not verdict(joined([*NEWS[:4], *speech]), joined([*OTHER, *speech])).is_version


def test_furniture_is_put_aside() -> None:
    tokens = [
        read(joined([*story, "Sign up for our letter.", "Rain is near, readers told us."]))
        for story in (STORY, OTHER)
    ]
    flags = [[*[False] * (len(one.sentences) - 2), True, True] for one in tokens]
    bare = [document(one, [False] * len(one.sentences)) for one in tokens]
    marked = [document(one, flag) for one, flag in zip(tokens, flags, strict=True)]
    assert evidence(*bare).kept_sentences == 0
    assert evidence(*bare).linked > 0
    assert evidence(*marked).linked == 0


# --- Edges ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("", "", (Verdict.IDENTICAL, 1.0)),
        ("…", " \n", (Verdict.IDENTICAL, 1.0)),
        ("", joined(STORY), (Verdict.UNRELATED, 0.0)),
        ("Rain", "rain!", (Verdict.IDENTICAL, 1.0)),
        ("\ud800", "\0", (Verdict.IDENTICAL, 1.0)),
    ],
)
def test_empty_and_one_word_texts(a: str, b: str, expected: tuple[Verdict, float]) -> None:
    assert judge(found(a, b)) == expected
    assert judge(found(b, a)) == expected


def test_other_words_are_unrelated() -> None:
    assert verdict("Rain", "Snow") is Verdict.UNRELATED


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
    assert all(0.0 <= share <= 1.0 for share in measured.values()), measured


@given(
    st.builds(
        Evidence,
        *[st.floats(0, 1) for _ in fields(Evidence)[:-3]],
        st.integers(0, 40).map(float),
        same=st.just(0.0),
        empty=st.sampled_from([0.0, 1.0]),
    )
)
def test_probability_and_verdict_agree(measured: Evidence) -> None:
    kind, probability = judge(measured)
    assert 0.0 <= probability <= 1.0
    assert (probability >= 0.5) == kind.is_version


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(["Rain"] * 100_000),
        "\n".join(f"word{number}" for number in range(100_000)),
        "rain and snow fell on Leeds. " * 40_000,
    ],
)
def test_long_texts_take_linear_time(text: str) -> None:
    whole = document(tokens := read(text), [False] * len(tokens.sentences))
    cut = document(tokens := read(text[: len(text) // 2]), [False] * len(tokens.sentences))
    start = time.perf_counter()
    assert judge(evidence(whole, cut))[1] <= 1.0
    assert time.perf_counter() - start < 5.0


# --- Measures ------------------------------------------------------------------------------------


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
    assert found(joined(STORY), joined(STORY[:6])).disorder == 0.0
    assert found(joined(STORY), joined(STORY[::-1])).disorder > 0.5
    assert found(joined(STORY), joined(STORY)).in_order == 1.0
    assert found(joined(STORY), joined(STORY[::-1])).in_order < 0.5


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


def test_names_in_a_neighbour_of_the_counterpart_are_not_missing() -> None:
    split = joined(STORY).replace("Board chairman Ingmar Dahl said r", "It was for Ingmar Dahl. R")
    assert (
        found(joined(STORY), split).missing_names
        == found(joined(STORY), joined(STORY)).missing_names
    )


# --- The model -----------------------------------------------------------------------------------


def test_terms_of_the_model_are_measures() -> None:
    names = {field.name for field in fields(Evidence)}
    assert all(set(term.split("*")) <= names for term in model().weights)
    assert 5 <= len(model().weights) <= 15


def test_weights_have_the_sign_that_their_names_tell() -> None:
    for_a_version = {"rare_words", "linked", "in_order"}
    for term, weight in model().weights.items():
        assert (weight > 0) == (term in for_a_version), term


def test_a_product_of_measures_is_a_term() -> None:
    measured = found(joined(STORY), joined(RETOLD))
    assert value(measured, "linked*apart") == measured.linked * measured.apart


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("rare_words", max),
        ("in_order", max),
        ("disorder", min),
        ("apart", min),
        ("missing_names", min),
        ("missing_numbers", min),
        ("quotes", min),
        ("replaced_names", min),
        ("replaced_numbers", min),
    ],
)
def test_better_evidence_raises_the_probability(
    name: str, better: Callable[[float, float], float]
) -> None:
    measured = found(joined(STORY), joined(RETOLD))
    low, high = replace(measured, **{name: 0.2}), replace(measured, **{name: 0.6})
    if better is min:
        low, high = high, low
    assert model().probability(low) < model().probability(high)


def test_a_model_is_logistic() -> None:
    measured = found(joined(STORY), joined(STORY))
    assert Model(0.0, {}).probability(measured) == 0.5
    assert Model(1.0, {"linked": 2.0}).probability(measured) == pytest.approx(0.9525741268)
