"""The verdict made from the evidence of a pair: plain cases, edges, the model."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import oracles
import pytest
from harbour import MORE, NEWS, NOTICE, OTHER, RETOLD, STORY, found, joined, judged, measured
from hypothesis import given
from hypothesis import strategies as st
from newsroom import Newsroom

import dedup
from dedup.model import Verdict
from dedup.verdict._judging import judge as judge_odds
from dedup.verdict.judging import VERDICTS, bounded, judge, model
from dedup.verdict.measures import COLUMNS, MEASURES
from dedup.verdict.trees import NODE, Trees

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
    return np.array([[given.get(name, 0.0) for name in COLUMNS]])


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


def test_texts_of_many_names_with_none_in_common_are_no_versions() -> None:
    """Whatever their sentences mean: of such labelled pairs not one in a hundred is a version."""
    apart = changed(measured(joined(STORY), joined(RETOLD)), name_weight_other=0.04)
    three = np.array([3.0])
    assert bounded(three, apart) == [0.4]
    assert bounded(three, changed(apart, name_weight_other=0.05)) > 0.9
    for seed in (31, 32, 33):
        news = Newsroom(seed)
        assert not any(pair.verdict.is_version for pair in dedup.scan(news.articles(150)).pairs)


# --- The model -----------------------------------------------------------------------------------


FITTED = [model().version, model().partial, model().template]
EVIDENCE = st.lists(st.floats(-2, 2), min_size=len(COLUMNS), max_size=len(COLUMNS))


@given(EVIDENCE)
def test_what_measures_add_and_the_start_are_the_log_odds(row: list[float]) -> None:
    for fitted in FITTED:
        said = fitted.contributions(np.array([row]))[0]
        assert len(said) == len(MEASURES)
        total = fitted.intercept + math.fsum(said)
        assert fitted.log_odds(np.array([row]))[0] == pytest.approx(total, abs=1e-9)


Node = tuple[int, int, float, float]


def rounded(value: float) -> float:
    """Give the value that a node can hold."""
    return float(np.float32(value))


def grown(draw: random.Random, depth: int = 4) -> list[Node]:
    """Draw a tree, its nodes from the root to the left, as :data:`NODE` holds them."""
    value = rounded(draw.uniform(-2, 2))
    if depth == 0 or draw.random() < 0.25:
        return [(-1, 0, 0.0, value)]
    left, right = grown(draw, depth - 1), grown(draw, depth - 1)
    root = (draw.randrange(len(COLUMNS)), 1 + len(left), rounded(draw.uniform(-1, 1)), value)
    return [root, *left, *right]


def leaf_of(nodes: list[Node], row: list[float]) -> float:
    """Twin of the compiled loop: go from the root to a leaf, and give its value."""
    at = 0
    while nodes[at][0] >= 0:
        column, right, threshold, _ = nodes[at]
        at += 1 if row[column] <= threshold else right
    return nodes[at][3]


def planted(trees: list[list[Node]]) -> Trees:
    """Put trees one behind the other."""
    roots = np.cumsum([0, *map(len, trees)])[:-1].tolist()
    return Trees(np.array([node for tree in trees for node in tree], NODE), roots)


@pytest.mark.loops
@given(st.integers(0, 2**32), st.integers(1, 4), EVIDENCE)
def test_trees_say_what_the_twin_does(seed: int, count: int, row: list[float]) -> None:
    draw = random.Random(seed)
    trees = [grown(draw) for _ in range(count)]
    found = planted(trees)
    wanted = math.fsum(leaf_of(tree, row) for tree in trees)
    assert found.log_odds(np.array([row]))[0] == pytest.approx(wanted, abs=1e-9)
    parts = found.contributions(np.array([row]))[0].tolist()
    assert found.intercept + math.fsum(parts) == pytest.approx(wanted, abs=1e-9)


@pytest.mark.loops
@given(st.integers(0, 2**32), st.integers(1, 60))
def test_first_pairs_many_and_one_alone_are_told_the_same_to_the_last_bit(
    seed: int, count: int
) -> None:
    draw = random.Random(seed)
    found = planted([grown(draw) for _ in range(count)])
    random_rows = np.random.default_rng(seed)
    rows = random_rows.uniform(-1.5, 1.5, (50, len(COLUMNS)))
    first = [found.log_odds(row[np.newaxis])[0] for row in rows[:5]]
    many = found.log_odds(rows).tolist()
    assert first == many[:5]
    assert [found.log_odds(row[np.newaxis])[0] for row in rows] == many
    asked = random_rows.integers(0, 2, len(rows)).astype(np.uint8)
    some = np.full(len(rows), 99.0)
    found.write_log_odds(rows, asked, some)
    assert some.tolist() == np.where(asked, many, 99.0).tolist()


@pytest.mark.loops
@pytest.mark.parametrize(
    ("nodes", "roots", "message"),
    [
        ([(len(COLUMNS), 2, 0, 0), (-1, 0, 0, 0), (-1, 0, 0, 0)], [0], "no column"),
        ([(0, 0, 0, 0), (-1, 0, 0, 0), (-1, 0, 0, 0)], [0], "leads to 0"),
        ([(0, 3, 0, 0), (-1, 0, 0, 0), (-1, 0, 0, 0)], [0], "leads to 3"),
        ([(-1, 0, 0, 0)], [1], "root 1|index 1"),
    ],
)
def test_trees_that_lead_out_of_their_table_are_refused(
    nodes: list[Any], roots: list[int], message: str
) -> None:
    with pytest.raises((ValueError, IndexError), match=message):
        Trees(np.array(nodes, NODE), roots)


def staircase(leaves: int) -> list[Node]:
    """A tree that asks for the first column again and again: leaf ``k`` is for values up to k."""
    steps = [[(0, 2, float(k), 0.0), (-1, 0, 0.0, float(k))] for k in range(leaves - 1)]
    return [*(node for step in steps for node in step), (-1, 0, 0.0, float(leaves - 1))]


@pytest.mark.loops
def test_a_tree_has_16_leaves_at_most() -> None:
    trees = Trees(np.array(staircase(16), NODE), [0])
    rows = np.zeros((18, len(COLUMNS)))
    rows[:, 0] = np.arange(-1, 17)
    assert trees.log_odds(rows).tolist() == [0.0, *range(16), 15.0]
    with pytest.raises(ValueError, match="16 leaves"):
        Trees(np.array(staircase(17), NODE), [0])


@pytest.mark.loops
def test_evidence_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="wanted"):
        model().version.log_odds(np.zeros((1, len(COLUMNS) - 1)))
    with pytest.raises(ValueError, match="wanted"):
        model().version.contributions(np.zeros((1, len(COLUMNS) + 1)))


# --- The compiled loop ---------------------------------------------------------------------------

LIMITS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.9, 1, 2, 3, 14, 15, 120]
ODDS = st.floats(-6, 6)


@pytest.mark.loops
@given(
    st.lists(st.sampled_from(LIMITS), min_size=len(COLUMNS), max_size=len(COLUMNS)),
    st.tuples(ODDS, ODDS, ODDS),
    st.sampled_from([(0, 0), (0, 0), (0, 0), (1, 0), (0, 1)]),
)
def test_pairs_are_judged_as_the_twin_does(
    row: list[float], odds: tuple[float, float, float], sure: tuple[int, int]
) -> None:
    pair = changed(np.array([row], np.float64), same=sure[0], empty=sure[1])
    verdicts, probability = np.empty(1, np.uint8), np.empty(1)
    judge_odds(pair, np.array(odds).reshape(3, 1), verdicts, probability)
    of = dict(zip(COLUMNS, pair[0].tolist(), strict=True))
    named, chance = oracles.judged(*odds, of)
    assert VERDICTS[verdicts[0]] == named
    assert probability[0] == pytest.approx(chance, abs=1e-9)


def test_evidence_of_other_measures_is_refused() -> None:
    with pytest.raises(ValueError, match=f"measured: got 1 rows of {len(COLUMNS) - 1},"):
        bounded(np.zeros(1), np.zeros((1, len(COLUMNS) - 1)))
    with pytest.raises(ValueError, match="measured: got 2 rows"):
        bounded(np.zeros(1), np.zeros((2, len(COLUMNS))))
