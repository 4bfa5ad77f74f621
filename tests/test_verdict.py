"""The verdict made from the evidence of a pair: plain cases, edges, the model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from harbour import MORE, NEWS, NOTICE, OTHER, RETOLD, STORY, found, joined, judged, measured
from hypothesis import given
from hypothesis import strategies as st

from dedup.model import Verdict
from dedup.verdict.judging import VERDICTS, Model, bounded, judge, model
from dedup.verdict.measures import COLUMNS, MEASURES, Measure, values

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))


def verdict(a: str, b: str) -> Verdict:
    return judged(a, b)[0]


@pytest.fixture(scope="module")
def seeds() -> tuple[str, str]:
    first, second = (path.read_text("utf-8") for path in SEEDS)
    return first, second


# --- Plain cases ---------------------------------------------------------------------------------


def test_the_same_text_is_identical() -> None:
    assert judged(joined(STORY), joined(STORY)) == (Verdict.IDENTICAL, 1.0)


def test_case_and_punctuation_are_put_aside() -> None:
    changed = joined(STORY).upper().replace(",", " –").replace(".", "!")
    assert verdict(joined(STORY), changed) is Verdict.IDENTICAL


def test_cuts_and_a_new_lead_make_a_syndicated_copy() -> None:
    copy = ["Fishmongers in Larsvik must pack up this spring, the town has heard.", *STORY[2:7]]
    assert verdict(joined(STORY), joined(copy)) is Verdict.SYNDICATED


def test_an_excerpt_is_syndicated() -> None:
    assert verdict(joined(STORY), joined(STORY[:2])) is Verdict.SYNDICATED


def test_a_retelling_is_rewritten() -> None:
    kind, probability = judged(joined(STORY), joined(RETOLD))
    assert kind is Verdict.REWRITTEN
    assert probability >= 0.9


def test_seeds_are_rewritten(seeds: tuple[str, str]) -> None:
    kind, probability = judged(*seeds)
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
    assert judged(joined(STORY), joined(OTHER))[0] is Verdict.UNRELATED
    assert judged(joined(STORY), joined(OTHER))[1] < 0.05


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
    assert judged(a, b) == expected
    assert judged(b, a) == expected


def test_other_words_are_unrelated() -> None:
    assert verdict("Rain", "Snow") is Verdict.UNRELATED


def evidence(**given: float) -> np.ndarray:
    """Make evidence of the measures given; all else is 0."""
    return np.array([[given.get(measure.name, 0.0) for measure in MEASURES]])


def changed(measured: np.ndarray, **to: float) -> np.ndarray:
    again = measured.copy()
    for name, value in to.items():
        again[:, COLUMNS[name]] = value
    return again


COUNTS = ("kept_sentences", "words", "same", "empty")


@given(
    st.fixed_dictionaries(
        {measure.name: st.floats(0, 1) for measure in MEASURES if measure.name not in COUNTS}
        | {name: st.integers(0, 40).map(float) for name in COUNTS[:2]}
        | {"empty": st.sampled_from([0.0, 1.0])}
    )
)
def test_probability_and_verdict_agree(given_measures: dict[str, float]) -> None:
    (verdict,), (probability,) = judge(evidence(**given_measures))
    assert 0.0 <= probability <= 1.0
    assert (probability >= 0.5) == VERDICTS[verdict].is_version


def test_pairs_judged_together_are_judged_as_each_alone() -> None:
    several = np.concatenate([measured(joined(STORY), joined(one)) for one in (RETOLD, OTHER, [])])
    verdicts, probability = judge(several)
    for at in range(3):
        alone = judge(several[at : at + 1])
        assert (alone[0][0], alone[1][0]) == (verdicts[at], probability[at])


def test_a_sentence_with_a_word_in_common_is_no_version() -> None:
    few, text = "Rain fell on Bergen.", joined([*STORY[:3], "Rain is expected at the weekend."])
    assert verdict(few, text) is Verdict.UNRELATED
    assert verdict(text, few) is Verdict.UNRELATED


def test_a_few_words_are_a_version_only_where_the_openings_are_alike() -> None:
    few = changed(measured(joined(STORY), joined(RETOLD)), words=14.0, opening=0.2)
    three = np.array([3.0])
    assert bounded(three, few) < 0.5
    assert bounded(three, changed(few, words=15.0)) > 0.5
    assert bounded(three, changed(few, opening=0.3)) > 0.5
    assert verdict("Rain fell in Leeds on Monday.", "On Monday rain fell in Leeds.").is_version


# --- The model -----------------------------------------------------------------------------------


def test_terms_of_the_model_are_measures() -> None:
    assert all(set(term.split("*")) <= set(COLUMNS) for term in model().weights)
    assert 5 <= len(model().weights) <= 15


def test_weights_have_the_sign_of_what_they_weigh() -> None:
    """The last of a product that speaks for or against: what is before scales it."""
    for term, weight in model().weights.items():
        signs = [MEASURES[COLUMNS[name]].sign for name in term.split("*")]
        assert weight * [sign for sign in signs if sign][-1] > 0, term


def test_a_product_of_measures_is_a_term() -> None:
    row = found(joined(STORY), joined(RETOLD))
    terms = values(measured(joined(STORY), joined(RETOLD)), "linked*outside")
    assert terms.tolist() == [row.linked * row.outside]


@pytest.mark.parametrize("measure", [one for one in MEASURES if one.sign], ids=lambda one: one.name)
def test_better_evidence_raises_the_probability(measure: Measure) -> None:
    found_so_far = changed(measured(joined(STORY), joined(RETOLD)), kept=0.5)
    low, high = (changed(found_so_far, **{measure.name: value}) for value in (0.2, 0.6))
    if measure.sign < 0:
        low, high = high, low
    assert model().probability(low) < model().probability(high)


def test_a_model_is_logistic() -> None:
    same = measured(joined(STORY), joined(STORY))
    assert Model(0.0, {}).probability(same) == 0.5
    assert Model(1.0, {"linked": 2.0}).probability(same) == pytest.approx(0.9525741268)
