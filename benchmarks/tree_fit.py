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

__all__ = ["Floats", "Forest", "Growth", "grow"]

Floats = NDArray[np.float64]


class Growth(NamedTuple):
    """How many trees are grown, how large, and how much each of them may say."""

    trees: int = 1000
    leaves: int = 8
    rate: float = 0.04
    least: int = 40
    """Pairs in a leaf at the least."""
    columns: float = 0.6
    """Share of the columns that a tree may ask for, drawn anew for each,"""
    pairs: float = 0.7
    """and of the pairs that it is grown on."""


class Forest:
    """Some trees: what they say, and their nodes."""

    def __init__(self, booster: lightgbm.Booster) -> None:
        self._booster = booster
        self.slope, self.shift = 1.0, 0.0

    def log_odds(self, measured: Floats) -> Floats:
        """Add up the trees for each pair, f64[m]."""
        said: Floats = self._booster.predict(measured, raw_score=True)
        return said * self.slope + self.shift

    def nodes(self) -> tuple[Nodes, list[int]]:
        """Give all nodes, and where each tree begins.

        What is added to all log-odds stands in the first tree.
        """
        rows: list[tuple[int, int, float, float]] = []
        roots = []
        for number, tree in enumerate(self._booster.dump_model()["tree_info"]):
            roots.append(len(rows))
            self._add(tree["tree_structure"], rows, self.shift if number == 0 else 0.0)
        return np.array(rows, NODE), roots

    def _add(
        self, node: dict[str, Any], rows: list[tuple[int, int, float, float]], shift: float
    ) -> tuple[float, float]:
        """Add a node and all below it; its value, and how many pairs came to it."""
        at = len(rows)
        if "leaf_value" in node:
            value = node["leaf_value"] * self.slope + shift
            rows.append((-1, 0, 0.0, value))
            return value, node.get("leaf_count", 1)
        if node["decision_type"] != "<=" or node["missing_type"] != "None":
            raise ValueError(f"a node asks {node['decision_type']} for {node['missing_type']}")
        rows.append((0, 0, 0.0, 0.0))
        left, lefts = self._add(node["left_child"], rows, shift)
        right_at = len(rows)
        right, rights = self._add(node["right_child"], rows, shift)
        value = (left * lefts + right * rights) / (lefts + rights)
        rows[at] = (node["split_feature"], right_at, node["threshold"], value)
        return value, lefts + rights


def grow(measured: Floats, version: Floats, weights: Floats, growth: Growth) -> Forest:
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
        "seed": 1,
        "verbose": -1,
    }
    return Forest(lightgbm.train(settings, data, growth.trees))
