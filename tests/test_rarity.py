"""How rare versions are in a dump, and what that does to their probability."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.packed import load_json
from dedup.verdict.rarity import chances, share_of_versions

MIX = load_json("verdict")["share"]
PROBABILITIES = st.lists(st.floats(0, 1), min_size=1, max_size=50).map(np.array)


def drawn(share: float, count: int = 200_000) -> tuple[np.ndarray, np.ndarray]:
    """Draw pairs of a share of versions, with the probabilities that are right in the mix."""
    rng = np.random.default_rng(3)
    version = rng.random(count) < share
    score = rng.normal(np.where(version, 1.5, -1.5), 1.0)  # log-odds of 3 * score at even shares
    odds = np.exp(3 * score) * MIX / (1 - MIX)
    return version, odds / (1 + odds)


@pytest.mark.parametrize("share", [0.002, 0.02, 0.1, 0.5, 0.9])
def test_the_share_is_told_and_the_chances_are_right(share: float) -> None:
    version, probability = drawn(share)
    told = share_of_versions(probability)
    assert told == pytest.approx(version.mean(), rel=0.15)
    chance = chances(probability, told)
    for low in np.arange(0, 1, 0.25):
        inside = (chance >= low) & (chance < low + 0.25)
        if inside.sum() > 500:
            assert chance[inside].mean() == pytest.approx(version[inside].mean(), abs=0.08)


@given(PROBABILITIES)
def test_the_order_stays_and_the_share_of_the_mix_changes_nothing(found: np.ndarray) -> None:
    order = np.argsort(found, kind="stable")
    assert (np.diff(chances(found, 0.01)[order]) >= 0).all()
    assert chances(found, MIX) == pytest.approx(found, abs=1e-8)
    assert 0.0 <= share_of_versions(found) <= 1.0


def test_no_pairs_have_no_versions() -> None:
    assert share_of_versions(np.empty(0)) == 0.0
