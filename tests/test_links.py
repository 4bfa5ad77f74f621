"""Scores of sentence pairs, and the links chosen among them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import oracles
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from newsroom import Newsroom
from strategies import texts

from dedup.alignment import finding
from dedup.alignment._chain import mark_moved
from dedup.alignment._choice import REVISED_LEVEL, choose_pairs, strengthen_pairs
from dedup.alignment._grams import score_sentences
from dedup.alignment._likeness import LONGEST_LIKENED, measure_likeness
from dedup.alignment._stars import MOST_MERGED, group_pairs
from dedup.alignment.finding import LIMITS, find_links
from dedup.alignment.laid import Laid, Near, Scored, lay
from dedup.reading.texts import read
from dedup.text.tokens import Flagged, Tokens

pytestmark = pytest.mark.loops

SENTENCES = st.lists(
    st.sampled_from(
        ["Rain fell.", "Rain fell on Oslo.", "Trams stood still.", "雨。", "Oslo!", "…"]
    ),
    max_size=6,
).map("\n".join)
PAIR = np.array([[0, 1]])
LEAST_SCORE = 0.06
NEIGHBOUR_BONUS = 0.15


def laid(*texts: str) -> Laid:
    tokens = [read(text) for text in texts]
    return lay([Flagged(each, (False,) * len(each.sentences)) for each in tokens])


def words(tokens: Tokens) -> list[tuple[str, ...]]:
    return [tokens.words[first:end] for first, end in pairwise(tokens.bounds)]


def score(texts: Laid, limits: np.ndarray = LIMITS) -> tuple[np.ndarray, ...]:
    return score_sentences(
        texts, PAIR, finding._LOGS, finding._spreads(finding._shapes(texts, PAIR)), limits
    )


def as_dict(scored: tuple[np.ndarray, ...]) -> dict[tuple[int, int], float]:
    a, b, values = (part.tolist() for part in scored[:3])
    return dict(zip(zip(a, b, strict=True), values, strict=True))


@settings(max_examples=80, deadline=None)
@given(SENTENCES | texts, SENTENCES | texts)
@example("\ufdf7", "\ufdfa")  # a ligature that stands for a phrase
def test_scores_agree_with_the_plain_formula(a: str, b: str) -> None:
    found = as_dict(score(laid(a, b)))
    wanted = oracles.sentence_scores(words(read(a)), words(read(b)))
    assert list(found) == sorted(found)
    assert {pair for pair, value in wanted.items() if value >= LEAST_SCORE + 1e-9} <= found.keys()
    assert all(wanted[pair] == pytest.approx(value) for pair, value in found.items())


@pytest.mark.parametrize("seed", range(6))
def test_scores_of_news_agree_with_the_plain_formula(seed: int) -> None:
    newsroom = Newsroom(seed)
    story = newsroom.story(24)
    version = newsroom.syndicated(story)
    wanted = oracles.sentence_scores(words(read(story)), words(read(version)))
    found = as_dict(score(laid(story, version)))
    assert found == pytest.approx({p: v for p, v in wanted.items() if v >= LEAST_SCORE})


def test_common_grams_are_left_out_where_they_cost_too_much() -> None:
    story = Newsroom(1).story()
    both = laid(story, story.replace(" the ", " that "))
    whole, cut = score(both), score(both, np.array((1, 100, 10_000)))
    assert whole[8].tolist() == [1]
    assert cut[8].tolist() == [0]
    assert len(cut[0]) < len(whole[0])
    assert all(value <= 1.0 for value in cut[2])
    assert all(cut[2][cut[0] == cut[1]] > 0.5)  # each sentence has enough left to meet its like


def test_many_pairs_are_scored_and_linked_as_each_alone() -> None:
    newsroom = Newsroom(3)
    told = [newsroom.story(), "", newsroom.story(), "…\n\n…", "Rain fell on Oslo."]
    told += [newsroom.syndicated(story) for story in told[:3]]
    pairs = np.array([(i, j) for i in range(len(told)) for j in range(len(told))])
    together = find_links(laid(*told), pairs, with_regions=True)
    for m, (i, j) in enumerate(pairs.tolist()):
        alone = find_links(laid(told[i], told[j]), PAIR, with_regions=True)
        start, end = together.offsets[m : m + 2]
        for name in ("groups", "similarity", "kept", "moved"):
            mine = getattr(together, name)[start:end]
            assert mine.tolist() == getattr(alone, name).tolist(), name
        runs = together.long_runs
        assert runs[0][slice(*runs[1][m : m + 2])].tolist() == alone.long_runs[0].tolist()
        words = slice(*together.numbers[1][[2 * m, 2 * m + 2]])
        assert together.numbers[0][words].tolist() == alone.numbers[0].tolist()
        assert together.labels[words].tolist() == alone.labels.tolist()
        assert together.coverage[m].tolist() == alone.coverage[0].tolist()


# --- Likeness ------------------------------------------------------------------------------------


def revised(pairs: list[tuple[int, int]]) -> Near:
    """Say that sentence pairs are worth a look, in texts that were revised."""
    a, b = (np.array([pair[side] for pair in pairs], dtype=np.int32) for side in (0, 1))
    half = np.full(len(pairs), 0.5)
    return a, b, half, half, np.array([0, len(pairs), len(pairs)]), np.array([1.0, 0.0])


@settings(max_examples=80, deadline=None)
@given(SENTENCES | texts, SENTENCES | texts)
def test_likeness_is_the_share_of_letters_in_common(a: str, b: str) -> None:
    sides = words(read(a)), words(read(b))
    pairs = [(i, j) for i in range(len(sides[0])) for j in range(len(sides[1]))]
    found = measure_likeness(revised(pairs), laid(a, b), PAIR)
    for (i, j), value in zip(pairs, found.tolist(), strict=True):
        one, other = " ".join(sides[0][i]), " ".join(sides[1][j])
        both = len(one) + len(other)
        share = 2 * oracles.common_letters(one, other) / both if both else 1.0
        assert value + 0.5 == pytest.approx(share)


def test_likeness_of_long_sentences_and_of_longer_ones() -> None:
    long = "rain fell on " * (LONGEST_LIKENED // 13)
    a, b = long.strip(), long.replace("fell", "fall").strip()
    (value,) = measure_likeness(revised([(0, 0)]), laid(a, b), PAIR)
    assert value + 0.5 == pytest.approx(oracles.common_letters(a, b) / len(a))
    longer = laid(f"{a} on and on and on", b)
    assert measure_likeness(revised([(0, 0)]), longer, PAIR).tolist() == [0.0]


# --- Choice --------------------------------------------------------------------------------------


def one_problem(a: list[int], b: list[int], values: list[float]) -> Scored:
    offsets = np.array([0, len(a)])
    return np.array(a, dtype=np.int32), np.array(b, dtype=np.int32), np.array(values), offsets


def lines(rows: int, columns: int) -> Laid:
    return laid("\n".join(["rain"] * rows), "\n".join(["rain"] * columns))


def test_neighbours_strengthen_a_pair_and_never_across_the_end_of_a_row() -> None:
    scored = one_problem([0, 1, 1, 2], [0, 0, 1, 0], [0.5, 0.3, 0.4, 0.9])
    near = strengthen_pairs(scored, lines(3, 2), PAIR)
    assert near[2].tolist() == [0.5, 0.3, 0.4, 0.9]
    bonus = NEIGHBOUR_BONUS * np.array([0.4, 0.0, 0.5, 0.0])
    assert near[3].tolist() == pytest.approx((near[2] + bonus).tolist())


def test_story_and_furniture_are_two_problems() -> None:
    a, b = read("rain\nrain"), read("rain\nrain")
    both = lay([Flagged(a, (False, True)), Flagged(b, (False, True))])
    scored = one_problem([0, 0, 1, 1], [0, 1, 0, 1], [0.5, 0.6, 0.7, 0.8])
    near = strengthen_pairs(scored, both, PAIR)
    assert near[2].tolist() == [0.5, 0.8]
    assert near[4].tolist() == [0, 1, 2]


SCORES = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(0, 5)), st.integers(0, 20), max_size=20
)


@given(SCORES)
def test_pairs_are_chosen_by_strength_those_that_choose_each_other_first(
    scores: dict[tuple[int, int], int],
) -> None:
    pairs = sorted(scores)
    strength = {pair: scores[pair] / 20 for pair in pairs}
    a, b = [i for i, _ in pairs], [j for _, j in pairs]
    values = np.array([strength[pair] for pair in pairs])
    parts = one_problem(a, b, [])
    near = parts[0], parts[1], values, values, np.array([0, len(a), len(a)]), np.array([0.5, 0.0])
    order, ends = choose_pairs(near, values, lines(6, 6), PAIR)
    chosen = [pairs[k] for k in order.tolist()]
    assert ends.tolist() == [0, 0, len(order), len(order), len(order)]
    best_a = {i: max(strength[p] for p in pairs if p[0] == i) for i in a}
    best_b = {j: max(strength[p] for p in pairs if p[1] == j) for j in b}
    crossed = any(i < k and j > m for i, j in pairs for k, m in pairs)
    if not crossed:  # then no pair loses strength
        leads = {p: (strength[p] == best_a[p[0]]) + (strength[p] == best_b[p[1]]) for p in pairs}
        wanted = [p for p in pairs if leads[p] and strength[p] >= 0.2]
        key = {p: (-leads[p], -strength[p], abs(p[0] - p[1]), p) for p in wanted}
        assert chosen == sorted((p for p in wanted if strength[p] >= least()), key=key.__getitem__)


def least() -> float:
    """Give the least strength between texts of six sentences whose typical score is a half."""
    return max(0.15, 0.042 + 0.043 * float(np.log(6.0)), 0.4 * 0.5)


LINKS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 5)), max_size=9)


@given(LINKS)
def test_groups_outside_the_heaviest_chain_are_moved(links: list[tuple[int, int, int]]) -> None:
    groups = np.array([link[:2] for link in links], dtype=np.int32).reshape(-1, 2)
    weights = np.array([link[2] for link in links], dtype=np.int64)
    moved = mark_moved(groups, np.array([0, len(links)]), weights, np.array([[10, 10]]))
    chain = sorted(link for link, mark in zip(links, moved.tolist(), strict=True) if not mark)
    assert all(x[0] < y[0] and x[1] < y[1] for x, y in pairwise(chain))
    a, b, w = ([link[k] for link in links] for k in range(3))
    assert sum(link[2] for link in chain) == oracles.heaviest_chain(a, b, [float(x) for x in w])


# --- Groups --------------------------------------------------------------------------------------


def linked(a: str, b: str) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    groups = find_links(laid(a, b), PAIR, with_regions=False).groups.tolist()
    return [
        tuple(tuple(k for k in side if k >= 0) for side in (row[:MOST_MERGED], row[MOST_MERGED:]))
        for row in groups
    ]  # type: ignore[misc]


@settings(max_examples=80, deadline=None)
@given(SENTENCES | texts, SENTENCES | texts)
def test_groups_are_stars_and_share_no_sentence(a: str, b: str) -> None:
    groups = linked(a, b)
    assert groups == sorted(groups, key=lambda group: group[1])
    for side in (0, 1):
        members = [k for group in groups for k in group[side]]
        assert len(members) == len(set(members))
    assert all(list(side) == sorted(side) for group in groups for side in group)
    assert all(min(len(x), len(y)) == 1 for x, y in groups)
    assert all(max(len(x), len(y)) <= MOST_MERGED for x, y in groups)


def test_a_partner_that_explains_nothing_more_is_not_taken() -> None:
    b = "Rain fell on Oslo and trams stood in Bergen."
    assert linked("Rain fell on Oslo. Rain fell on Oslo. Trams stood in Bergen.", b) == [
        ((0, 2), (0,))
    ]


def test_pairs_are_taken_in_the_order_they_are_given() -> None:
    both = lines(3, 3)
    near = (*revised([(0, 0), (0, 1), (1, 1), (2, 2)])[:5], np.array([0.3, 0.0]))
    entries = score(both)[4:8]
    chosen = np.array([1, 0, 2, 3], dtype=np.int32), np.array([0, 0, 4, 4, 4])
    groups, scores, _ = group_pairs(near, chosen, entries, both, PAIR)
    assert groups[:, ::MOST_MERGED].tolist() == [[0, 1], [2, 2]]
    assert scores.tolist() == [0.5, 0.5]


def test_unrelated_sentences_are_not_linked() -> None:
    a = "The harbour was closed after a tanker lost its anchor. Two tugs held the vessel."
    b = "A jury acquitted the former mayor of bribery. Prosecutors will not appeal."
    assert linked(a, b) == []


def test_the_closer_of_two_candidates_is_linked() -> None:
    a = "Two tugs held the tanker off the rocks until dawn."
    b = "A tanker was seen off the coast.\nUntil dawn two tugs held the tanker off the rocks."
    assert linked(a, b) == [((0,), (1,))]


TOLD = (
    "Heavy rain fell on the old mill town all Monday. Trams stood still near the harbour for hours."
    " The mayor asked for calm in a short letter. Nobody was hurt, the police said later."
)
TOLD_ANEW = (
    "The town of the old mill had heavy rain on Monday, while its trams near the harbour stood for"
    " hours. Police told us later that nobody had been hurt. A letter from the mayor, a short one,"
    " asked for calm."
)


def test_sentences_of_texts_told_anew_are_merged_and_split() -> None:
    both = laid(TOLD, TOLD_ANEW)
    assert strengthen_pairs(score(both)[:4], both, PAIR)[5].max() < REVISED_LEVEL
    assert linked(TOLD, TOLD_ANEW) == [((0, 1), (0,)), ((3,), (1,)), ((2,), (2,))]
    assert linked(TOLD_ANEW, TOLD) == [((0,), (0, 1)), ((2,), (2,)), ((1,), (3,))]


KEPT = [
    "Two tugs held the tanker off the rocks until dawn.",
    "Nineteen sailors spent the night on deck in heavy rain.",
    "The owner promised to pay for a new pier.",
    "Divers will look at the hull when the sea is calm.",
    "Ferries to Denmark leave from Sandefjord for now.",
]


def test_in_a_revised_text_likeness_decides_where_topic_does_not() -> None:
    topical = "A pier like that, the owner of a rival pier wrote, is what nobody would promise."
    reworded = "The owners promise that they pay for the new pier."
    revised = [*KEPT[:2], "{}", *KEPT[3:]]
    a = "\n".join(KEPT)
    kept = [((k,), (k,)) for k in (0, 1, 3, 4)]
    assert linked(a, "\n".join(revised).format(topical)) == kept
    assert ((2,), (2,)) in linked(a, "\n".join(revised).format(reworded))


def test_a_further_partner_in_a_revised_text_makes_the_whole_more_like() -> None:
    split = ["The owner promised to pay.", "It is for a new pier."]
    whole = "The owner promised to pay, and it is for a new pier."
    a = "\n".join([*KEPT[:2], whole, *KEPT[3:]])
    assert ((2,), (2, 3)) in linked(a, "\n".join([*KEPT[:2], *split, *KEPT[3:]]))
    swapped = "\n".join([*KEPT[:2], *split[::-1], *KEPT[3:]])
    assert ((2,), (2, 3)) not in linked(a, swapped)


def test_a_mere_phrase_is_no_part_of_a_split_sentence() -> None:
    whole = "The owner of the tanker promised to pay for a new pier, as the town had hoped."
    split = ["The owner of the tanker promised to pay for a new pier.", "The town had hoped."]
    a, b = "\n".join([*KEPT[:2], whole, *KEPT[3:]]), "\n".join([*KEPT[:2], *split, *KEPT[3:]])
    assert ((2,), (2,)) in linked(a, b)


def test_a_crossing_weighs_as_much_as_likeness_in_a_revised_text() -> None:
    crossing = "Ferry owners may want to pay for it."
    b = "\n".join([KEPT[0], crossing, KEPT[1], *KEPT[3:]])
    assert linked("\n".join(KEPT), b) == [((0,), (0,)), ((1,), (2,)), ((3,), (3,)), ((4,), (4,))]
