"""Measure `dedup.trace` on METER's three classes, and fit its two thresholds.

    python benchmarks/quality_trace.py --data FOLDER [--out FILE.json]

Each story is traced over all agency copy of its day and catchline. Two thresholds, of the new words
that a wholly derived story may have and of what is accounted for in a partially derived one, are
chosen for macro F1 on four fifths of the stories (by story, groups kept whole) and measured on the
rest.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from verdict_pairs import records

from dedup.reading.texts import read_flagged
from dedup.tracing import COPIED, MOST_NEW_WORDS, MOSTLY, NEW_SHARE, PARTIALLY, measure

OUT = Path(__file__).parent / "results" / "quality_trace.json"
CLASSES = ("non-derived", "partially-derived", "wholly-derived")
FOLDS, REPEATS = 5, 5
COUNTS = range(21)
"""New words that are tried as the most of a wholly derived story."""
SHARES = np.arange(0.3, 0.7, 0.01)
"""Shares that are tried as the least accounted for in a partially derived story."""
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def macro_f1(found: Ints, wanted: Ints) -> float:
    scores = []
    for number in range(len(CLASSES)):
        right = ((found == number) & (wanted == number)).sum()
        scores.append(2 * right / max(1, (found == number).sum() + (wanted == number).sum()))
    return float(np.mean(scores))


def classify(values: Floats, thresholds: tuple[int, float]) -> Ints:
    """Class by what is accounted for, copied, new and there at all: the columns of ``values``."""
    accounted, copied, new_words, words = values.T
    most_new, least = thresholds
    wholly = (accounted >= MOSTLY) & (new_words <= np.maximum(most_new, NEW_SHARE * words))
    return np.where(wholly, 2, ((accounted >= least) | (copied >= COPIED)).astype(np.int64))


def best_thresholds(values: Floats, wanted: Ints) -> tuple[int, float]:
    choices = product(COUNTS, SHARES.tolist())
    return max(choices, key=lambda pair: macro_f1(classify(values, pair), wanted))


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
    values = np.zeros((len(rows), 4))
    for number, row in enumerate(rows):
        story, *sources = read_flagged([row["text"], *(source["text"] for source in row["pa"])])[0]
        measured = measure(*story, sources)
        counts = measured.new_words, measured.words
        values[number] = measured.accounted, measured.copied, *counts
    wanted = np.array([CLASSES.index(row["label"]) for row in rows])
    scores = cross_validated(values, wanted, [row["story"] for row in rows])
    shipped = classify(values, (MOST_NEW_WORDS, PARTIALLY))
    confusion = [
        [int(((wanted == i) & (shipped == j)).sum()) for j in range(len(CLASSES))]
        for i in range(len(CLASSES))
    ]
    results = {
        "macro f1, cross-validated": round(float(np.mean(scores)), 4),
        "spread over ways to part": round(float(np.std(scores)), 4),
        "thresholds fitted on all": [round(t, 2) for t in best_thresholds(values, wanted)],
        "thresholds that ship": [MOST_NEW_WORDS, PARTIALLY],
        "macro f1 of those": round(macro_f1(shipped, wanted), 4),
        "confusion of those, rows by label": dict(zip(CLASSES, confusion, strict=True)),
    }
    options.out.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
