"""Measure `dedup.trace` on METER's three classes, and fit its two thresholds.

    python benchmarks/quality_trace.py --data FOLDER [--out FILE.json]

Each story is traced over all agency copy of its day and catchline. Two thresholds are chosen for
macro F1 on four fifths of the stories (by story, groups kept whole) and measured on the rest.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from verdict_pairs import records

from dedup.furniture import furniture
from dedup.text import read
from dedup.tracing import COPIED, PARTIALLY, WHOLLY, measure

OUT = Path(__file__).parent / "results" / "quality_trace.json"
CLASSES = ("non-derived", "partially-derived", "wholly-derived")
FOLDS, REPEATS, STEPS = 5, 5, 50
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def macro_f1(found: Ints, wanted: Ints) -> float:
    scores = []
    for number in range(len(CLASSES)):
        right = ((found == number) & (wanted == number)).sum()
        scores.append(2 * right / max(1, (found == number).sum() + (wanted == number).sum()))
    return float(np.mean(scores))


def classify(values: Floats, thresholds: tuple[float, float]) -> Ints:
    """Class by what is accounted for (column 0), at least partially where enough is copied (1)."""
    classes = np.searchsorted(np.array(thresholds), values[:, 0], side="right")
    return np.maximum(classes, values[:, 1] >= COPIED)


def best_thresholds(values: Floats, wanted: Ints) -> tuple[float, float]:
    steps = np.unique(np.quantile(values[:, 0], np.linspace(0.02, 0.98, STEPS))).tolist()
    return max(combinations(steps, 2), key=lambda pair: macro_f1(classify(values, pair), wanted))


def cross_validated(values: Floats, wanted: Ints, stories: Sequence[str]) -> list[float]:
    """Give macro F1 over all stories, once for each way to part them into folds."""
    scores = []
    for repeat in range(REPEATS):
        folds = np.array([zlib.crc32(f"{repeat}{story}".encode()) % FOLDS for story in stories])
        found = np.zeros(len(wanted), dtype=np.int64)
        for fold in range(FOLDS):
            inside = folds == fold
            thresholds = best_thresholds(values[~inside], wanted[~inside])
            found[inside] = classify(values[inside], thresholds)
        scores.append(macro_f1(found, wanted))
    return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the development data")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    rows = records(options.data, "meter")
    values = np.zeros((len(rows), 2))
    for number, row in enumerate(rows):
        tokens = read(row["text"])
        sources = [read(source["text"]) for source in row["pa"]]
        measured = measure(tokens, furniture(tokens), sources)
        values[number] = measured.accounted, measured.copied
    wanted = np.array([CLASSES.index(row["label"]) for row in rows])
    scores = cross_validated(values, wanted, [row["story"] for row in rows])
    shipped = classify(values, (PARTIALLY, WHOLLY))
    confusion = [
        [int(((wanted == i) & (shipped == j)).sum()) for j in range(len(CLASSES))]
        for i in range(len(CLASSES))
    ]
    results = {
        "macro f1, cross-validated": round(float(np.mean(scores)), 4),
        "spread over ways to part": round(float(np.std(scores)), 4),
        "thresholds fitted on all": [round(t, 3) for t in best_thresholds(values, wanted)],
        "thresholds that ship": [PARTIALLY, WHOLLY],
        "confusion of those, rows by label": dict(zip(CLASSES, confusion, strict=True)),
    }
    options.out.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
