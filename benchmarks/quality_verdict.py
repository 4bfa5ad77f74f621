"""Measure the verdict on the development data: every figure by models that never saw the pair.

    python benchmarks/quality_verdict.py --data FOLDER [--out FILE.json]

Five-fold cross-validation, groups kept whole, as in `fit_verdict.py`; the spread is the standard
deviation over the folds. "Flagged" means a probability of .5 or more. Unrelated pairs and the seeds
are judged by the model that ships.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from fit_verdict import (
    FOLDS,
    cross_validated,
    held_out,
    measure,
    mix_weights,
    stories_of,
    table,
)
from numpy.typing import NDArray
from verdict_pairs import VARIANTS, Example, examples, rare_word_pairs, records

from dedup.model import Verdict
from dedup.verdict.judging import VERDICTS, judge, kinds

HERE = Path(__file__).parent
OUT = HERE / "results" / "quality_verdict.json"
PAGES_TRIED = 100_000
"""Pairs of versions of different pages."""
BINS = 10
Flags = NDArray[np.bool_]
Result = dict[str, Any]


class Measured:
    """All pairs with the probabilities of the models that were fitted without them."""

    def __init__(self, pairs: Sequence[Example]) -> None:
        self.pairs = pairs
        measured = measure(pairs)
        self.weights = mix_weights(pairs)
        models = cross_validated(pairs, table(measured), self.weights)
        self.probabilities = held_out(pairs, measured, models)
        self.verdicts = kinds(measured, self.probabilities)
        self.folds = np.array([pair.fold for pair in pairs])

    def where(self, source: str, variant: str = "", detail: str = "") -> Flags:
        """Flag the pairs of one source and variant whose detail holds a word."""
        return np.array(
            [
                pair.source == source and pair.variant == variant and detail in pair.detail
                for pair in self.pairs
            ]
        )

    def flagged(self, chosen: Flags) -> Result:
        """Give the share flagged, its spread over the folds and the number of pairs."""
        hits = self.probabilities >= 0.5
        folds = [hits[chosen & (self.folds == fold)] for fold in range(FOLDS)]
        spread = np.std([fold.mean() for fold in folds if len(fold)])
        return {
            "flagged": round(float(hits[chosen].mean()), 4),
            "spread": round(float(spread), 4),
            "pairs": int(chosen.sum()),
        }

    def verdict(self, number: int) -> Verdict:
        """Give the verdict under the held-out probability, by the rules of :func:`judge`."""
        return VERDICTS[self.verdicts[number]]


def rewrites(measured: Measured) -> Result:
    """Rewrites and same-event pairs, plain and in every variant, at the one threshold."""
    found: Result = {}
    for variant in VARIANTS:
        positive = measured.where("rewrite", variant)
        negative = measured.where("same event", variant)
        limit = np.sort(measured.probabilities[negative])[::-1][int(0.02 * negative.sum())]
        found[variant or "plain"] = {
            "rewrites": measured.flagged(positive),
            "same event": measured.flagged(negative),
            "rewrites at 2 % same event": round(
                float((measured.probabilities[positive] > limit).mean()), 4
            ),
        }
    models = sorted({pair.detail for pair in measured.pairs if pair.source == "rewrite"})
    found["models"] = {
        model: measured.flagged(measured.where("rewrite", "", model)) for model in models
    }
    return found


def meter(measured: Measured) -> Result:
    """METER with its closest source: flagged as a version, and as a version or partial."""
    found: Result = {}
    for label in ("wholly", "partially", "non"):
        chosen = measured.where(f"meter {label}")
        verdicts = [measured.verdict(int(number)) for number in np.flatnonzero(chosen)]
        derived = [
            found_kind.is_version or found_kind is Verdict.PARTIAL for found_kind in verdicts
        ]
        found[label] = measured.flagged(chosen) | {
            "version or partial": round(float(np.mean(derived)), 4)
        }
    return found


def labelled(measured: Measured, source: str) -> Result:
    """Pairs read by eye: F1 of version or not, and the share of verdicts that are right.

    ``accepted`` takes a second accepted label as right too.
    """
    chosen = np.flatnonzero(measured.where(source)).tolist()
    rows = [(measured.verdict(k), measured.pairs[k].detail.split()) for k in chosen]
    found: Result = {"pairs": len(rows)}
    for name, count in (("first label", 1), ("accepted", None)):
        right = [verdict.value in labels[:count] for verdict, labels in rows]
        hits = misses = alarms = 0
        for verdict, labels in rows:
            versions = {Verdict(label).is_version for label in labels[:count]}
            wanted = verdict.is_version if len(versions) == 2 else versions.pop()
            hits += wanted and verdict.is_version
            misses += wanted and not verdict.is_version
            alarms += verdict.is_version and not wanted
        found[name] = {
            "hits": hits,
            "misses": misses,
            "false alarms": alarms,
            "f1": round(2 * hits / (2 * hits + misses + alarms), 4),
            "verdict right": round(float(np.mean(right)), 4),
        }
    return found


def calibration(measured: Measured) -> Result:
    """The reliability diagram and the expected calibration error, pairs weighed as in the mix."""
    used = measured.weights > 0
    version = np.array([pair.version is True for pair in measured.pairs], dtype=np.float64)[used]
    probability, weights = measured.probabilities[used], measured.weights[used]
    bins = np.minimum((probability * BINS).astype(np.int64), BINS - 1)
    rows, error = [], 0.0
    for number in range(BINS):
        inside = bins == number
        if not inside.any():
            continue
        share = float(weights[inside].sum() / weights.sum())
        mean = float(np.average(probability[inside], weights=weights[inside]))
        right = float(np.average(version[inside], weights=weights[inside]))
        rows.append([round(share, 4), round(mean, 4), round(right, 4)])
        error += share * abs(mean - right)
    return {"expected calibration error": round(error, 4), "share, mean, versions": rows}


def different_pages(data: Path) -> Result:
    """Pairs of versions of different wiki pages, a page and its talk page being one."""
    pages = defaultdict(list)
    for row in records(data, "wikiversions"):
        pages[row["group"].lower().replace("talk:", "")].append(row["text"])
    texts = [text for versions in pages.values() for text in versions]
    numbers = iter(range(len(texts)))
    numbered = {page: [next(numbers) for _ in versions] for page, versions in pages.items()}
    rng = random.Random(PAGES_TRIED)
    names = sorted(numbered)
    drawn = [rng.sample(names, 2) for _ in range(PAGES_TRIED)]
    pairs = [[rng.choice(numbered[page]) for page in both] for both in drawn]
    flagged = sum(verdict.is_version for verdict, _ in judged(texts, pairs))
    return {"pairs": PAGES_TRIED, "flagged": flagged}


def judged(texts: Sequence[str], pairs: Sequence[Sequence[int]]) -> Iterator[tuple[Verdict, float]]:
    """Judge pairs of texts, given by their numbers, by the model that ships."""
    verdicts, probability = judge(stories_of(texts).measures(np.array(pairs, dtype=np.int64)))
    return ((VERDICTS[n], p) for n, p in zip(verdicts, probability.tolist(), strict=True))


def dump(data: Path) -> Result:
    """All pairs of the 15,000 articles that share rare words: those flagged, by their ids."""
    rows = records(data, "news_abp")
    texts = [row["text"] for row in rows]
    pairs = sorted(rare_word_pairs(texts))
    flagged = [
        [rows[i]["id"], rows[j]["id"], verdict.value, round(probability, 3)]
        for (i, j), (verdict, probability) in zip(pairs, judged(texts, pairs), strict=True)
        if verdict.is_version
    ]
    return {"candidates": len(pairs), "flagged": len(flagged), "pairs": flagged}


def seeds() -> Result:
    texts = [path.read_text("utf-8") for path in sorted((HERE.parent / "seeds").glob("*.txt"))]
    ((verdict, probability),) = judged(texts, [[0, 1]])
    return {"verdict": verdict.value, "probability": round(probability, 4)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the development data")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    measured = Measured(examples(options.data))
    rest = (
        "wikiversions",
        "edited",
        "repeat",
        "shared words",
        "apart",
        "template",
        "grafted",
        "unrelated",
    )
    results = {
        "rewrites and same event": rewrites(measured),
        "meter": meter(measured),
        "labelled": labelled(measured, "labelled"),
        "flagged or nearly so by an earlier model, labelled": labelled(measured, "dump"),
        "other pairs": {source: measured.flagged(measured.where(source)) for source in rest},
        "calibration": calibration(measured),
        "seeds": seeds(),
        "different pages": different_pages(options.data),
        "dump": dump(options.data),
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    shown = results | {"dump": {k: v for k, v in results["dump"].items() if k != "pairs"}}
    print(json.dumps(shown, indent=1))


if __name__ == "__main__":
    main()
