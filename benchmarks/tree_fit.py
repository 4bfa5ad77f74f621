"""Grow boosted decision trees with LightGBM, and give them as `dedup.verdict.trees` takes them.

LightGBM (Ke et al. 2017) is needed for fitting alone. One thread and a fixed seed: the same data
give the same trees.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import lightgbm
import numpy as np
from numpy.typing import NDArray

from dedup.verdict.trees import NODE, Nodes

__all__ = ["Floats", "Grown", "Growth", "grow"]

Floats = NDArray[np.float64]


class Growth(NamedTuple):
    """How many trees are grown, how large, and how much each of them may say."""

    bags: int = 3
    """How many sums of trees are grown, each on its own draw of pairs and columns; their mean says
    what none of them says by chance (Breiman 1996)."""
    trees: int = 400
    leaves: int = 16
    rate: float = 0.08
    least: int = 40
    """Pairs in a leaf at the least."""
    columns: float = 0.3
    """Share of the columns that a tree may ask for, drawn anew for each,"""
    pairs: float = 0.7
    """and of the pairs that it is grown on."""


class Grown:
    """Several sums of trees: the mean of what they say, and their nodes."""

    def __init__(self, boosters: list[lightgbm.Booster]) -> None:
        self._boosters = boosters
        self.slope, self.shift = 1.0, 0.0

    def log_odds(self, measured: Floats) -> Floats:
        """Add up the trees for each pair, f64[m]."""
        said = sum(booster.predict(measured, raw_score=True) for booster in self._boosters)
        found: Floats = said / len(self._boosters) * self.slope + self.shift
        return found

    def nodes(self) -> tuple[Nodes, list[int]]:
        """Give all nodes, and where each tree begins.

        What is added to all log-odds stands in the first tree.
        """
        rows: list[tuple[int, int, float, float]] = []
        roots = []
        for booster in self._boosters:
            for tree in booster.dump_model()["tree_info"]:
                shift = 0.0 if roots else self.shift
                roots.append(len(rows))
                self._add(tree["tree_structure"], rows, shift)
        return np.array(rows, NODE), roots

    def _add(
        self, node: dict[str, Any], rows: list[tuple[int, int, float, float]], shift: float
    ) -> tuple[float, float]:
        """Add a node and all below it; its value, and how many pairs came to it."""
        at = len(rows)
        if "leaf_value" in node:
            value = node["leaf_value"] * self.slope / len(self._boosters) + shift
            rows.append((-1, 0, 0.0, value))
            return value, node.get("leaf_count", 1)
        if node["decision_type"] != "<=" or node["missing_type"] != "None":
            raise ValueError(f"a node asks {node['decision_type']} for {node['missing_type']}")
        rows.append((0, 0, 0.0, 0.0))
        left, lefts = self._add(node["left_child"], rows, shift)
        right_at = len(rows)
        right, rights = self._add(node["right_child"], rows, shift)
        value = (left * lefts + right * rights) / (lefts + rights)
        rows[at] = (node["split_feature"], right_at - at, node["threshold"], value)
        return value, lefts + rights


def grow(measured: Floats, version: Floats, weights: Floats, growth: Growth) -> Grown:
    """Grow trees on weighed pairs, f64[m, k], that are versions (1) or not (0)."""
    data = lightgbm.Dataset(measured, version, weight=weights / weights.mean())
    settings = {
        "objective": "binary",
        "num_leaves": growth.leaves,
        "learning_rate": growth.rate,
        "min_data_in_leaf": growth.least,
        "lambda_l2": 3.0,
        "feature_fraction": growth.columns,
        "bagging_fraction": growth.pairs,
        "bagging_freq": 1,
        "max_bin": 127,
        "use_missing": False,
        "num_threads": 1,
        "deterministic": True,
        "verbose": -1,
    }
    seeds = range(1, growth.bags + 1)
    return Grown([lightgbm.train(settings | {"seed": s}, data, growth.trees) for s in seeds])
