"""Measure the verdict on the labelled pairs, and on the untouched third apart.

    python benchmarks/quality_verdict.py --data FOLDER [--pairs CACHE.pickle] [--out FILE.json]

Every figure is by models that never saw the pair. Those on the pairs for development are of
five-fold cross-validation, groups kept whole, as in `fit_verdict.py`; the untouched pairs are
judged by a model fitted on all others. The model that ships, fitted in the same way on all pairs,
judges the seeds alone, which are in no fit. "Flagged" means a probability of .5 or more.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from fit_verdict import FOLDS, KINDS, cached, fit_kind, fit_version
from numpy.typing import NDArray
from tree_fit import Floats
from verdict_pairs import MIXED, VERSIONS, Example

import dedup
from dedup.model import Verdict
from dedup.verdict import judging
from dedup.verdict.measures import COLUMNS

HERE = Path(__file__).parent
OUT = HERE / "results" / "quality_verdict.json"
BINS = 10
Flags = NDArray[np.bool_]
Result = dict[str, Any]


class Judged:
    """Pairs with their probabilities and verdicts; some of them are asked for by what they are."""

    def __init__(
        self, pairs: Sequence[Example], chosen: Flags, probability: Floats, verdicts: NDArray[Any]
    ) -> None:
        self.pairs, self.chosen = pairs, chosen
        self.probability, self.verdicts = probability, verdicts
        self.version = np.array([pair.version is True for pair in pairs])
        self.known = np.array([pair.version is not None for pair in pairs])
        self.folds = np.array([pair.fold for pair in pairs])

    def where(self, *, variant: str = "", later: bool = False, **wanted: str) -> Flags:
        """Flag the pairs of a variant whose fields begin as they are wanted to."""
        found: Flags = self.chosen & np.array(
            [
                pair.variant == variant
                and (not later or pair.of_scan)
                and all(getattr(pair, name).startswith(value) for name, value in wanted.items())
                for pair in self.pairs
            ],
            dtype=np.bool_,
        )
        return found

    def flagged(self, chosen: Flags) -> Result:
        """Give the share flagged, its spread over the folds and the number of pairs."""
        hits = self.probability >= 0.5
        folds = [hits[chosen & (self.folds == fold)] for fold in range(FOLDS)]
        spread = np.std([fold.mean() for fold in folds if len(fold)]) if chosen.any() else 0.0
        share = float(hits[chosen].mean()) if chosen.any() else 0.0
        return {
            "flagged": round(share, 4),
            "spread": round(float(spread), 4),
            "pairs": int(chosen.sum()),
        }

    def found(self, chosen: Flags, *, weighed: bool = False) -> Result:
        """Give precision and recall of version or not; a doubtful pair is right either way."""
        weights = np.array([pair.weight if weighed else 1.0 for pair in self.pairs]) * chosen
        doubtful = np.array([pair.doubtful for pair in self.pairs])
        hits = self.probability >= 0.5
        right = float(weights[hits & (self.version | doubtful)].sum())
        alarms = float(weights[hits & ~self.version & ~doubtful].sum())
        misses = float(weights[~hits & self.version & ~doubtful].sum())
        precision, recall = right / max(right + alarms, 1e-9), right / max(right + misses, 1e-9)
        return {
            "precision": round(precision, 4),
            "recall": round(recall, 4),
            "f1": round(2 * precision * recall / max(precision + recall, 1e-9), 4),
            "pairs": int(chosen.sum()),
        }


def by_set(judged: Judged) -> Result:
    """Share flagged of every set, its versions and its other pairs apart, and their variants."""
    found: Result = {}
    kinds = {(pair.source, pair.language, pair.variant) for pair in judged.pairs}
    for source, language, variant in sorted(kinds):
        of_set = judged.where(variant=variant, language=language)
        of_set &= np.array([pair.source == source for pair in judged.pairs])
        for name, side in (("versions", judged.version), ("others", ~judged.version)):
            chosen = of_set & side & judged.known
            if chosen.any():
                key = " ".join(filter(None, (source, language, variant, name)))
                found[key] = judged.flagged(chosen)
    return found


def by_reading(judged: Judged) -> Result:
    """Pairs read by eye: precision and recall, and of each verdict how often it is right."""
    read = judged.where() & np.array([pair.read for pair in judged.pairs])
    scans = judged.where(source="scan ")
    found: Result = {
        "pairs of scans": judged.found(scans),
        "drawn by overlap": judged.found(
            judged.where(source="drawn") | judged.where(source="pages")
        ),
        "hardest": judged.found(judged.where(source="hardest")),
        "all sets as one dump": judged.found(judged.where(source=MIXED)),
    }
    for name in ("reuters21578", "bbc", "pages", "news_abp"):
        later = judged.where(source=f"scan {name}", later=True)
        found[f"scan {name}, weighed back"] = judged.found(later, weighed=True)
    for verdict in Verdict:
        said = np.flatnonzero(read & (judged.verdicts == verdict.value)).tolist()
        right = [verdict.value in judged.pairs[k].verdicts for k in said]
        version = [bool(VERSIONS & set(judged.pairs[k].verdicts)) for k in said]
        found[f"said {verdict.value}"] = {
            "pairs": len(said),
            "right": round(float(np.mean(right)), 4) if said else None,
            "a version": round(float(np.mean(version)), 4) if said else None,
        }
    return found


_FOUND = {"l2r_news": 0.95, "llmfake_rewrites": 0.96, "sheepdog": 0.94, "gpt_rephrase_news": 0.97}
_FOUND |= {"raidar_news": 0.97, "polished_news": 0.99, "onestop": 0.99, "porsimples": 0.99}
_FOUND |= {"wikiversions": 0.94, "irekia": 0.85, "deplain_web": 0.93, "uppc": 0.93}
"""Least share of the versions of a set that is to be flagged,"""
_FLAGGED = {"same event": 0.01, "ecbplus": 0.03, "allsides_openings": 0.08, "fakenews_amt": 0.03}
_FLAGGED |= {"duc_updates": 0.02, "duc_agencies": 0.01, "gpt_rephrase_news": 0.02, "uppc": 0.12}
_FLAGGED |= {"wiki_templates": 0.03, "rpm2": 0.01, "multiling2011": 0.01}
"""and most of its other pairs."""
_VARIED = {"equal": (0.93, 0.02), "appended": (0.93, 0.01)}
"""The same of rewrites and of reports of one event, both cut to equal lengths or appended to."""


def bars(judged: Judged) -> Result:
    """Every bar on a share flagged, beside that share: at least it of versions, at most of others.

    Reports that METER calls wholly derived count as found where they are `partial`, too.
    """

    def share(side: Flags, variant: str = "", **wanted: str) -> float | None:
        chosen = judged.where(variant=variant, **wanted) & side & judged.known
        return float(judged.flagged(chosen)["flagged"]) if chosen.any() else None

    version, others = judged.version, ~judged.version
    rows = [(name, share(version, source=name), ">=", bar) for name, bar in _FOUND.items()]
    rows += [(name, share(others, source=name), "<=", bar) for name, bar in _FLAGGED.items()]
    rows += [("Gemini", share(version, source="l2r_news", detail="Gemini"), ">=", 0.88)]
    for language, most in (("de", 0.01), ("en", 0.04), ("es", 0.01), ("fr", 0.01)):
        wiki = {"source": "gpt_rephrase_wiki", "language": language}
        rows += [(f"wiki {language}", share(version, **wiki), ">=", 0.97)]
        rows += [(f"wiki {language}", share(others, **wiki), "<=", most)]
    for variant, (least, most) in _VARIED.items():
        rows += [(variant, share(version, variant, source="l2r_news"), ">=", least)]
        rows += [(variant, share(others, variant, source="same event"), "<=", most)]
    meter = judged.where(source="meter wholly")
    told = (judged.probability >= 0.5) | (judged.verdicts == Verdict.PARTIAL.value)
    rows += [("METER wholly", round(float(told[meter].mean()), 4), ">=", 0.97)]
    return {f"{name} {sign} {bar}": value for name, value, sign, bar in rows}


def calibration(judged: Judged) -> Result:
    """The reliability diagram and the expected calibration error, on pairs of scans."""
    chosen = judged.where(source="scan ", later=True)
    weights = np.array([pair.weight for pair in judged.pairs]) * chosen
    bins = np.minimum((judged.probability * BINS).astype(np.int64), BINS - 1)
    rows, error = [], 0.0
    for number in range(BINS):
        inside = chosen & (bins == number)
        if inside.any():
            own = weights[inside]
            share = float(own.sum() / weights.sum())
            mean = float(np.average(judged.probability[inside], weights=own))
            right = float(np.average(judged.version[inside], weights=own))
            rows.append([round(share, 4), round(mean, 4), round(right, 4)])
            error += share * abs(mean - right)
    return {"expected calibration error": round(error, 4), "share, mean, versions": rows}


def unseen(pairs: list[Example], measured: Floats) -> dict[str, Judged]:
    """Judge every pair by models that were fitted without it.

    Those for development are judged by the models of the other folds, the untouched ones by a model
    of all pairs for development.
    """
    untouched = np.array([pair.untouched for pair in pairs])
    fitted = [fit_version(pairs, measured), *(fit_kind(kind, pairs, measured) for kind in KINDS)]
    odds, *kinds = (
        np.where(untouched, one.grown.log_odds(measured), one.log_odds) for one in fitted
    )
    decided = [measured[:, COLUMNS[name]] != 0 for name in judging.DECIDING]
    probability = judging.bounded(odds, measured)
    probability = np.where(decided[0] | decided[1], measured[:, COLUMNS["same"]], probability)
    codes = judging.kinds(measured, probability, partial=kinds[0] > 0, template=kinds[1] > 0)
    verdicts = np.array([verdict.value for verdict in judging.VERDICTS])[codes]
    return {
        "development, five folds": Judged(pairs, ~untouched, probability, verdicts),
        "untouched": Judged(pairs, untouched, probability, verdicts),
    }


def seeds() -> Result:
    texts = [path.read_text("utf-8") for path in sorted((HERE.parent / "seeds").glob("*.txt"))]
    found = dedup.compare(*texts)
    return {"verdict": found.verdict.value, "probability": round(found.probability, 4)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the development data")
    parser.add_argument("--pairs", type=Path, help="where all pairs and their measures are kept")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    pairs, measured = cached(options.data, options.pairs)
    results = {
        name: {
            "bars": bars(judged),
            "sets": by_set(judged),
            "read": by_reading(judged),
            "calibration": calibration(judged),
        }
        for name, judged in unseen(pairs, measured).items()
    } | {"seeds": seeds()}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
