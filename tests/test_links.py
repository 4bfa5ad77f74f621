"""Scores of sentence pairs, and the links chosen among them."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.alignment.links import MOST_MERGED, NEIGHBOUR_BONUS, _with_neighbours, link
from dedup.alignment.order import heaviest_chain
from dedup.alignment.similarity import LEAST_SCORE, Candidates, Residuals, candidates, vectors
from dedup.reading.texts import read
from dedup.text.tokens import Tokens

SENTENCES = st.lists(
    st.sampled_from(
        ["Rain fell.", "Rain fell on Oslo.", "Trams stood still.", "雨。", "Oslo!", "…"]
    ),
    max_size=6,
).map("\n".join)


def grams(tokens: Tokens, index: int) -> Counter[str]:
    """Cut the words of a sentence into 4-character grams, the plain way."""
    found: Counter[str] = Counter()
    words = tokens.words[tokens.bounds[index] : tokens.bounds[index + 1]]
    for k, word in enumerate(words):
        padded = f" {word} "
        if len(word) == 1:
            padded += words[k + 1][0] if k + 1 < len(words) else " "
        found.update(padded[at : at + 4] for at in range(len(padded) - 3))
    return found


def plain_scores(a: Tokens, b: Tokens) -> dict[tuple[int, int], float]:
    """Give the tf-isf cosine of every sentence pair, the plain way."""
    sides = [[grams(tokens, i) for i in range(len(tokens.sentences))] for tokens in (a, b)]
    frequency = Counter(gram for side in sides for counts in side for gram in counts)
    total = len(a.sentences) + len(b.sentences) + 1

    def vector(counts: Counter[str]) -> dict[str, float]:
        raw = {g: (1 + math.log(n)) * math.log(total / frequency[g]) for g, n in counts.items()}
        norm = math.sqrt(sum(value * value for value in raw.values()))
        return {g: value / norm for g, value in raw.items()}

    left, right = ([vector(counts) for counts in side] for side in sides)
    scores = {
        (i, j): sum(x.get(g, 0.0) * value for g, value in y.items())
        for i, x in enumerate(left)
        for j, y in enumerate(right)
    }
    return {pair: score for pair, score in scores.items() if score >= LEAST_SCORE + 1e-9}


@settings(max_examples=80, deadline=None)
@given(SENTENCES, SENTENCES)
def test_scores_agree_with_the_plain_formula(a: str, b: str) -> None:
    tokens_a, tokens_b = read(a), read(b)
    found = candidates(vectors(tokens_a, tokens_b))
    scored = dict(
        zip(zip(found.a.tolist(), found.b.tolist(), strict=True), found.score, strict=True)
    )
    wanted = plain_scores(tokens_a, tokens_b)
    assert wanted.keys() <= scored.keys()
    assert all(scored[pair] == pytest.approx(score) for pair, score in wanted.items())


def test_merging_candidates_keeps_the_higher_score_and_the_order() -> None:
    one = Candidates(np.array([0, 1]), np.array([1, 0]), np.array([0.5, 0.4]))
    other = Candidates(np.array([1, 0]), np.array([0, 0]), np.array([0.9, 0.3]))
    both = one.merged(other)
    assert list(zip(both.a, both.b, both.score, strict=True)) == [
        (0, 0, 0.3),
        (0, 1, 0.5),
        (1, 0, 0.9),
    ]


def test_a_partner_that_explains_nothing_more_scores_nothing() -> None:
    a = read("Rain fell on Oslo. Rain fell on Oslo. Trams stood in Bergen.")
    b = read("Rain fell on Oslo and trams stood in Bergen.")
    residuals = Residuals(vectors(a, b))
    assert residuals.score(3, [0], 1) == 0.0
    assert residuals.score(3, [0], 2) > 0.5
    assert residuals.score(3, [], 1) == residuals.score(3, [], 0)


def linked(a: str, b: str) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    made = vectors(read(a), read(b))
    return [(group.a, group.b) for group in link(made, candidates(made))]


@settings(max_examples=80, deadline=None)
@given(SENTENCES, SENTENCES)
def test_groups_are_stars_and_share_no_sentence(a: str, b: str) -> None:
    groups = linked(a, b)
    for side in (0, 1):
        members = [k for group in groups for k in group[side]]
        assert len(members) == len(set(members))
    assert all(min(len(x), len(y)) == 1 for x, y in groups)
    assert all(max(len(x), len(y)) <= MOST_MERGED for x, y in groups)


def test_unrelated_sentences_are_not_linked() -> None:
    a = "The harbour was closed after a tanker lost its anchor. Two tugs held the vessel."
    b = "A jury acquitted the former mayor of bribery. Prosecutors will not appeal."
    assert linked(a, b) == []


def test_the_closer_of_two_candidates_is_linked() -> None:
    a = "Two tugs held the tanker off the rocks until dawn."
    b = "A tanker was seen off the coast.\nUntil dawn two tugs held the tanker off the rocks."
    assert linked(a, b) == [((0,), (1,))]


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


def test_neighbours_strengthen_a_pair_and_never_across_the_end_of_a_row() -> None:
    a, b = np.array([0, 1, 1, 2]), np.array([0, 0, 1, 0])
    pairs, strength = _with_neighbours(Candidates(a, b, np.array([0.5, 0.3, 0.4, 0.9])), 0.2, 2)
    assert pairs.score.tolist() == [0.5, 0.3, 0.4, 0.9]
    bonus = NEIGHBOUR_BONUS * np.array([0.4, 0.0, 0.5, 0.0])
    assert strength.tolist() == pytest.approx((pairs.score + bonus).tolist())


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 5)), max_size=9))
def test_the_chain_is_the_heaviest(links: list[tuple[int, int, int]]) -> None:
    a, b = [x for x, _, _ in links], [y for _, y, _ in links]
    weights = [float(w) for _, _, w in links]
    chain = heaviest_chain(a, b, weights)
    places = [(a[k], b[k]) for k in chain]
    assert all(x[0] < y[0] and x[1] < y[1] for x, y in pairwise(places))
    best: dict[int, float] = {}
    for k in sorted(range(len(a)), key=lambda k: (a[k], b[k])):
        before = [best[m] for m in best if a[m] < a[k] and b[m] < b[k]]
        best[k] = weights[k] + max(before, default=0.0)
    assert sum(weights[k] for k in chain) == max(best.values(), default=0.0)
