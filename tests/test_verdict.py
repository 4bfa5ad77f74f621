"""The verdict made from the evidence of a pair: plain cases, edges, the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from harbour import MORE, NEWS, NOTICE, OTHER, RETOLD, STORY, found, joined
from hypothesis import given
from hypothesis import strategies as st

from dedup.model import Verdict
from dedup.verdict.evidence import Evidence
from dedup.verdict.judging import Model, bounded, judge, model, value

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))


def verdict(a: str, b: str) -> Verdict:
    return judge(found(a, b))[0]


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
    assert probability >= 0.8


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


@given(
    st.builds(
        Evidence,
        *[st.floats(0, 1) for _ in fields(Evidence)[:-4]],
        st.integers(0, 40).map(float),
        st.integers(0, 40).map(float),
        same=st.just(0.0),
        empty=st.sampled_from([0.0, 1.0]),
    )
)
def test_probability_and_verdict_agree(measured: Evidence) -> None:
    kind, probability = judge(measured)
    assert 0.0 <= probability <= 1.0
    assert (probability >= 0.5) == kind.is_version


def test_a_sentence_with_a_word_in_common_is_no_version() -> None:
    few, text = "Rain fell on Bergen.", joined([*STORY[:3], "Rain is expected at the weekend."])
    assert verdict(few, text) is Verdict.UNRELATED
    assert verdict(text, few) is Verdict.UNRELATED


def test_a_few_words_are_a_version_only_where_the_openings_are_alike() -> None:
    measured = replace(found(joined(STORY), joined(RETOLD)), words=14.0, opening=0.2)
    assert bounded(3.0, measured) < 0.5
    assert bounded(3.0, replace(measured, words=15.0)) > 0.5
    assert bounded(3.0, replace(measured, opening=0.3)) > 0.5
    assert verdict("Rain fell in Leeds on Monday.", "On Monday rain fell in Leeds.").is_version


# --- Measures ------------------------------------------------------------------------------------


# --- The model -----------------------------------------------------------------------------------


def test_terms_of_the_model_are_measures() -> None:
    names = {field.name for field in fields(Evidence)}
    assert all(set(term.split("*")) <= names for term in model().weights)
    assert 5 <= len(model().weights) <= 15


def test_weights_have_the_sign_that_their_names_tell() -> None:
    for_a_version = {"region*together", "rare_words*together", "in_order*names", "opening"}
    for term, weight in model().weights.items():
        assert (weight > 0) == (term in for_a_version), term


def test_a_product_of_measures_is_a_term() -> None:
    measured = found(joined(STORY), joined(RETOLD))
    assert value(measured, "linked*outside") == measured.linked * measured.outside


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("rare_words", max),
        ("in_order", max),
        ("region", max),
        ("opening", max),
        ("together", max),
        ("names", max),
        ("outside", min),
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
