"""Fit an additive model: a piecewise linear function of each measure, and tables of a few pairs.

A generalised additive model with pairwise terms (Lou et al. 2013). The steps from knot to knot are
the coefficients, bounded below or above where the sign of a measure is known, so that functions
are monotone there; ridge penalties hold steps small and slopes alike. The whole is convex.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from dedup.verdict.measures import COLUMNS, MEASURES

Floats = NDArray[np.float64]


class Penalties(NamedTuple):
    """What a squared coefficient costs, and a squared difference of neighbouring slopes."""

    ridge: float = 0.5
    smooth: float = 1.0
    pair: float = 1.0
    pair_smooth: float = 1.0


class Fit:
    """An additive model of some terms: its knots, what it costs, and how it is solved."""

    def __init__(
        self,
        terms: Sequence[str],
        measured: Floats,
        version: Floats,
        weights: Floats,
        penalties: Penalties | None = None,
        knots: int = 7,
    ) -> None:
        penalties = penalties or Penalties()
        self.terms = tuple(terms)
        self.knots: list[list[Floats]] = []
        self._bounds: list[tuple[float | None, float | None]] = []
        blocks = []
        for term in terms:
            names = term.split("*")
            count = knots if len(names) == 1 else 4
            places = [_knots(measured[:, COLUMNS[name]], version, weights, count) for name in names]
            self.knots.append(places)
            if len(names) == 1:
                blocks.append(_step_costs(places[0], penalties))
                sign = MEASURES[COLUMNS[term]].sign
                bound = (0.0 if sign > 0 else None, 0.0 if sign < 0 else None)
                self._bounds += [bound] * len(blocks[-1])
            else:
                blocks.append(_table_costs(len(places[0]), len(places[1]), penalties))
                self._bounds += [(None, None)] * len(blocks[-1])
        self._starts = np.cumsum([0, *map(len, blocks)])
        self._costs = np.zeros((self._starts[-1], self._starts[-1]))
        for at, block in zip(self._starts, blocks, strict=False):
            self._costs[at : at + len(block), at : at + len(block)] = block

    def design(self, measured: Floats) -> Floats:
        """Give the coefficients' factors of each pair, f64[m, coefficients]."""
        columns = []
        for term, places in zip(self.terms, self.knots, strict=True):
            values = [measured[:, COLUMNS[name]] for name in term.split("*")]
            if len(values) == 1:
                steps = (values[0][:, None] - places[0][:-1]) / np.diff(places[0])
                columns.append(np.clip(steps, 0, 1))
            else:
                one, two = (_hats(v, t) for v, t in zip(values, places, strict=True))
                columns.append((one[:, :, None] * two[:, None, :]).reshape(len(one), -1))
        return np.concatenate(columns, axis=1)

    def solve(
        self, design: Floats, version: Floats, weights: Floats, start: Floats | None = None
    ) -> Floats:
        """Fit the coefficients, the intercept last, by L-BFGS-B (Byrd et al. 1995)."""

        def cost(given: Floats) -> tuple[float, Floats]:
            odds = design @ given[:-1] + given[-1]
            loss = float((weights * (np.logaddexp(0, odds) - version * odds)).sum())
            off = weights * (1 / (1 + np.exp(-np.clip(odds, -50, 50))) - version)
            bent = self._costs @ given[:-1]
            return loss + 0.5 * float(given[:-1] @ bent), np.append(
                design.T @ off + bent, off.sum()
            )

        found = minimize(
            cost,
            np.zeros(design.shape[1] + 1) if start is None else start,
            jac=True,
            method="L-BFGS-B",
            bounds=[*self._bounds, (None, None)],
            options={"maxiter": 300, "maxcor": 20, "ftol": 1e-8},
        )
        solution: Floats = found.x
        return solution

    def saved(self, solution: Floats, measured: Floats, weights: Floats) -> dict[str, Any]:
        """Give the model as :meth:`dedup.verdict.additive.Additive.read` takes it; each term is
        moved to 0 on average.
        """
        design, intercept, terms = self.design(measured), float(solution[-1]), {}
        for k, (term, places) in enumerate(zip(self.terms, self.knots, strict=True)):
            own = solution[self._starts[k] : self._starts[k + 1]]
            columns = design[:, self._starts[k] : self._starts[k + 1]]
            mean = float(np.average(columns @ own, weights=weights))
            values = np.concatenate(([0.0], np.cumsum(own))) if "*" not in term else own
            intercept += mean
            terms[term] = [
                [np.round(one, 4).tolist() for one in places],
                np.round(values - mean, 4).tolist(),
            ]
        return {"intercept": round(intercept, 4), "terms": terms}


def pair_gains(
    names: Sequence[str], measured: Floats, off: Floats, curvature: Floats, bins: int = 5
) -> list[tuple[float, str]]:
    """Rank pairs of measures by how much of what a model leaves a table of each would explain.

    ``off`` is what is left of each pair, weighed, and ``curvature`` its second derivative: the FAST
    of Lou et al. (2013). The best first.
    """
    places = {}
    for name in names:
        values = measured[:, COLUMNS[name]]
        edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1]))
        places[name] = np.searchsorted(edges, values, side="right")

    def explained(cells: NDArray[np.intp], count: int) -> float:
        sums = np.bincount(cells, off, count)
        return float((sums * sums / (np.bincount(cells, curvature, count) + 20)).sum())

    alone = {name: explained(places[name], bins) for name in names}
    gains = [
        (
            explained(places[one] * bins + places[two], bins * bins) - max(alone[one], alone[two]),
            f"{one}*{two}",
        )
        for k, one in enumerate(names)
        for two in names[k + 1 :]
    ]
    return sorted(gains, reverse=True)


def _knots(values: Floats, version: Floats, weights: Floats, count: int) -> Floats:
    """Choose knots where the values of versions and of others lie, half each."""
    shares = np.linspace(0.02, 0.98, count)
    halves = []
    for side in (1, 0):
        own, weight = values[version == side], weights[version == side]
        order = np.argsort(own, kind="stable")
        halves.append(np.interp(shares, np.cumsum(weight[order]) / weight.sum(), own[order]))
    found = np.round((halves[0] + halves[1]) / 2, 3)
    found[0] = round(float(min(halves[0][0], halves[1][0])), 3)
    found[-1] = round(float(max(halves[0][-1], halves[1][-1])), 3)
    kept = [found[0]]
    for knot in found[1:]:
        if knot - kept[-1] > 0.04 * (found[-1] - found[0]):
            kept.append(knot)
    return np.array(kept if len(kept) > 1 else [kept[0], kept[0] + 0.001])


def _hats(values: Floats, knots: Floats) -> Floats:
    """Share each value out to the knots on either side of it."""
    values = np.clip(values, knots[0], knots[-1])
    at = np.clip(np.searchsorted(knots, values, side="right") - 1, 0, len(knots) - 2)
    share = (values - knots[at]) / np.diff(knots)[at]
    found = np.zeros((len(values), len(knots)))
    found[np.arange(len(values)), at] = 1 - share
    found[np.arange(len(values)), at + 1] = share
    return found


def _step_costs(knots: Floats, penalties: Penalties) -> Floats:
    steps = len(knots) - 1
    widths = np.diff(knots) / (knots[-1] - knots[0]) * steps
    bends = np.diff(np.diag(1 / widths), axis=0)
    return penalties.smooth * bends.T @ bends + penalties.ridge * np.eye(steps)


def _table_costs(rows: int, columns: int, penalties: Penalties) -> Floats:
    one, two = (np.diff(np.eye(size), axis=0) for size in (rows, columns))
    rough = np.kron(one.T @ one, np.eye(columns)) + np.kron(np.eye(rows), two.T @ two)
    return penalties.pair_smooth * rough + penalties.pair * np.eye(rows * columns)
