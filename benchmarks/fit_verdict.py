"""Fit the verdict's model and write it to dedup/data/verdict.json.

    python benchmarks/fit_verdict.py --data FOLDER

A logistic model with a small ridge penalty, fitted by iteratively reweighted least squares. The
pairs come from `verdict_pairs.py`; `MIX` says how much each kind weighs, and that is also the mix
of pairs the probabilities are calibrated on. The figures in the file are of five-fold
cross-validation, groups kept whole; `quality_verdict.py` prints all of them.
"""

from __future__ import annotations

import argparse
import datetime
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from dedup.reading.preparation import read_marked
from numpy.typing import NDArray
from verdict_pairs import Example, examples

from dedup.verdict.judging import Model
from dedup.verdict.measures import values
from dedup.verdict.stories import Stories

Floats = NDArray[np.float64]

OUT = Path(__file__).parent.parent / "dedup" / "data" / "verdict.json"
TERMS = (
    "region*together",
    "rare_words*together",
    "in_order*names",
    "opening",
    "quotes",
    "outside",
    "kept*patches",
    "linked*missing_numbers",
    "plain*replaced_names",
    "plain*replaced_numbers",
)
"""Measures of the evidence, or products of two: the first four speak for a version, all others
against one."""
MIX = {
    True: {
        "rewrite": 9.0,
        "wikiversions": 0.7,
        "meter wholly": 2.5,
        "edited": 0.6,
        "repeat": 0.6,
        "labelled": 3.6,
        "dump": 0.7,
    },
    False: {
        "same event": 7.0,
        "meter non": 0.6,
        "shared words": 2.0,
        "apart": 8.0,
        "unrelated": 0.5,
        "template": 3.0,
        "grafted": 3.0,
        "labelled": 7.5,
        "dump": 16.0,
    },
}
"""What each kind of pair weighs among the versions and among the others."""
VARIANT_MIX = {"": 1.5, "equal": 1.6, "appended": 1.0, "half": 0.7, "mixed": 2.0}
VERSIONS = 0.51
"""Share of versions in the mix."""
RIDGE = 1.0
FOLDS = 5


def measure(pairs: Sequence[Example]) -> Floats:
    """Gather the evidence of every pair, f64[m, k]; each text is read once."""
    texts = sorted({text for pair in pairs for text in (pair.a, pair.b)})
    numbers = {text: number for number, text in enumerate(texts)}
    wanted = np.array([(numbers[pair.a], numbers[pair.b]) for pair in pairs])
    return stories_of(texts).measures(wanted)


def stories_of(texts: Sequence[str]) -> Stories:
    """Read texts into what the verdict sees."""
    words, marks = read_marked(texts)
    return Stories(words, marks.values)


def mix_weights(pairs: Sequence[Example]) -> Floats:
    """Weigh every pair so that the kinds come in the shares of the mix; 0 for unlabelled ones."""
    kinds = [(pair.source, pair.variant, pair.version) for pair in pairs]
    counts = Counter(kinds)
    weights = np.zeros(len(pairs))
    for number, (source, variant, version) in enumerate(kinds):
        if version is not None:
            share = MIX[version][source] * VARIANT_MIX[variant]
            weights[number] = share / counts[source, variant, version]
    versions = np.array([pair.version is True for pair in pairs])
    weights[versions] *= VERSIONS / weights[versions].sum()
    weights[~versions] *= (1 - VERSIONS) / weights[~versions].sum()
    return weights * np.count_nonzero(weights)


def fit(found: Floats, version: Floats, weights: Floats) -> Model:
    """Fit the logistic model by Newton's method (iteratively reweighted least squares)."""
    spread = np.maximum(found.std(axis=0), 1e-9)
    design = np.column_stack((found / spread, np.ones(len(found))))
    penalty = np.diag([RIDGE] * found.shape[1] + [0.0])
    solution = np.zeros(design.shape[1])
    for _ in range(25):
        probability = 1 / (1 + np.exp(-design @ solution))
        gradient = design.T @ (weights * (version - probability)) - penalty @ solution
        curvature = weights * probability * (1 - probability)
        step = np.linalg.solve((design.T * curvature) @ design + penalty, gradient)
        solution += step
        if np.abs(step).max() < 1e-8:
            break
    coefficients = solution[:-1] / spread
    return Model(float(solution[-1]), dict(zip(TERMS, coefficients.tolist(), strict=True)))


def table(measured: Floats) -> Floats:
    return np.column_stack([values(measured, term) for term in TERMS])


def cross_validated(pairs: Sequence[Example], found: Floats, weights: Floats) -> list[Model]:
    """Fit one model a fold, on the pairs of the other folds."""
    folds = np.array([pair.fold for pair in pairs])
    version = np.array([pair.version is True for pair in pairs], dtype=np.float64)
    models = []
    for fold in range(FOLDS):
        used = (folds != fold) & (weights > 0)
        models.append(fit(found[used], version[used], weights[used]))
    return models


def held_out(pairs: Sequence[Example], measured: Floats, models: Sequence[Model]) -> Floats:
    """Give every pair's probability by the model that was fitted without its fold."""
    folds = np.array([pair.fold for pair in pairs])
    found = np.empty(len(pairs))
    for fold, model in enumerate(models):
        found[folds == fold] = model.probability(measured[folds == fold])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the development data")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    pairs = examples(options.data)
    measured = measure(pairs)
    found, weights = table(measured), mix_weights(pairs)
    used = weights > 0
    version = np.array([pair.version is True for pair in pairs], dtype=np.float64)
    model = fit(found[used], version[used], weights[used])
    models = cross_validated(pairs, found, weights)
    flagged = held_out(pairs, measured, models) >= 0.5
    kinds = np.array([f"{pair.source} {pair.variant}".strip() for pair in pairs])
    saved = {
        "script": "benchmarks/fit_verdict.py",
        "data": "development data: l2r_news, wikiversions, meter, basil, semeval22, news_abp,"
        " reuters21578, bbc; benchmarks/labels/news_abp_pairs.jsonl",
        "date": datetime.date.today().isoformat(),
        "figures": {
            "about": "share flagged as versions, five-fold cross-validation, groups kept whole",
            **{kind: round(float(flagged[kinds == kind].mean()), 3) for kind in sorted(set(kinds))},
        },
        "intercept": round(model.intercept, 4),
        "weights": {name: round(weight, 4) for name, weight in model.weights.items()},
    }
    options.out.write_text(json.dumps(saved, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps(saved, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
