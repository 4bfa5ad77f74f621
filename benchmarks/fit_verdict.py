"""Fit the verdict's model and write it to dedup/data/verdict.npy and verdict.json.

    python benchmarks/fit_verdict.py --data FOLDER [--pairs CACHE.pickle]

Boosted trees (`tree_fit.py`, LightGBM) over all measures, on the pairs of `verdict_pairs.py`. A set
weighs less than its size, so that none dominates; pairs of scans that were read weigh most
together, each the same, and some the other stories of one wire that a first fit took for versions.
Log-odds are calibrated on a mix of pairs (`MIX`), by models that never saw the pair. Two smaller
models of the same form tell partial copies and templates from unrelated texts.

How to fit was chosen by five-fold cross-validation on two thirds of the groups, which
`quality_verdict.py` repeats, and measured on the untouched third by a model without it. The model
that ships is then fitted in the same way on all of them. An additive model (a function of each
measure and twenty tables of two) was fitted before and did worse than the trees by more than the
folds spread; see `README.md`.
"""

from __future__ import annotations

import argparse
import datetime
import json
import pickle
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from tree_fit import Floats, Growth, grow
from verdict_pairs import WIRE, Example, examples

from dedup.reading.texts import read_texts
from dedup.verdict.measures import COLUMNS
from dedup.verdict.stories import Stories

OUT = Path(__file__).parent.parent / "dedup" / "data" / "verdict.json"
VERSION = Growth()
KIND = Growth(bags=1, trees=150, leaves=8, rate=0.05, least=30)
FAVOUR = {
    "made wire apart": 8.0,
    "made wire topics": 2.0,
    "made two outlets": 2.0,
    "made template": 4.0,
    "made corrected": 25.0,
    "made corrected notice": 3.0,
    "made refilled": 10.0,
    "made record": 6.0,
    "made turned": 4.0,
    "made unrelated": 2.0,
    "wiki_templates": 6.0,
    "allsides_openings": 1.5,
    "l2r_news": 5.0,
    "meter wholly": 10.0,
    "sheepdog": 4.0,
    "siblings l2r_news": 3.0,
    "siblings llmfake_rewrites": 1.5,
    "siblings sheepdog": 1.5,
    "uppc": 1.5,
    "llmfake_rewrites": 2.0,
    "irekia": 2.0,
    "same event": 2.0,
    "retold": 0.2,
    "retold apart": 5.0,
}
"""What some sets weigh beside others."""
READ_SHARE = 1.5
"""What all pairs that were read weigh beside all others."""
READ_VARIANTS = 5.0
"""What their variants weigh beside those of other sets."""
VARIANT_FAVOUR = {"": 1.0, "equal": 0.7, "appended": 0.7, "half": 0.4, "mixed": 0.7}
VARIANT_FAVOUR |= {"moved": 0.3, "dated": 0.3}
DOUBTFUL = 0.3
MOST = 200
"""Pairs of a set, a variant and a label that are used: more of one kind say little more."""
MOST_OF_WIRE = 3_000
HARDEST = {"hardest": 0.1, "others": 0.025}
"""What other stories of one wire weigh among all that are no versions, in the second fit: those
that the first, which never saw them, called most probable, and as many of the others."""
HARDEST_PAIRS = 2_000
FULL_WEIGHT = 300
GROWTH = 0.75
"""A set's weight grows with its size to this power, up to ``FULL_WEIGHT`` pairs."""
TOTAL = 10_000.0
MIX = {"scans": 0.93, "sets": 0.07}
"""What the probability is calibrated on: pairs that scans of four dumps judge, read and weighed
back, and, for 7 in 100, the pairs of all other sets as they are weighed for the fit, but invented
ones, of which none says how often they come."""
KINDS = ("partial", "template")
FOLDS = 5


def measure(pairs: Sequence[Example]) -> Floats:
    """Measure every pair, f64[m, k]; each text is read once."""
    texts = sorted({text for pair in pairs for text in (pair.a, pair.b)})
    numbers = {text: number for number, text in enumerate(texts)}
    found = read_texts(texts)
    stories = Stories(found.words, found.marks)
    return stories.measures(np.array([(numbers[pair.a], numbers[pair.b]) for pair in pairs]))


def weigh(pairs: Sequence[Example], measured: Floats) -> Floats:
    """Weigh the pairs to fit on, versions and others the same in sum; 0 for all that are not."""
    rng = random.Random(MOST)
    groups = defaultdict(list)
    decided = measured[:, COLUMNS["same"]] + measured[:, COLUMNS["empty"]] > 0
    for number, pair in enumerate(pairs):
        if pair.version is not None and not pair.untouched and not decided[number]:
            groups[pair.source, pair.variant, pair.version].append(number)
    weights = np.zeros(len(pairs))
    for (source, variant, _), numbers in groups.items():
        most = MOST_OF_WIRE if source in WIRE else MOST // 3 if variant else MOST
        total = min(len(numbers), FULL_WEIGHT) ** GROWTH
        total *= READ_VARIANTS if pairs[numbers[0]].read else 1.0
        total *= FAVOUR.get(source, 1.0) * VARIANT_FAVOUR[variant]
        used = rng.sample(numbers, min(most, len(numbers)))
        own = np.array([DOUBTFUL if pairs[number].doubtful else 1.0 for number in used])
        weights[used] = total * own / own.sum()
    return balanced(pairs, weights)


def balanced(pairs: Sequence[Example], weights: Floats) -> Floats:
    """Weigh versions and others the same in sum."""
    version, found = versions(pairs), weights.copy()
    for side in (version, ~version):
        found[side] *= TOTAL / 2 / weights[side].sum()
    return found


def with_hardest(pairs: Sequence[Example], weights: Floats, log_odds: Floats) -> Floats:
    """Weigh the other stories of one wire by how sure a first fit was of them.

    In a dump they are hundreds to one version, and nearly all are easy; what counts is the rest.
    """
    of_wire = np.array([pair.source in WIRE and not pair.untouched for pair in pairs])
    found = np.flatnonzero(of_wire)
    order = found[np.argsort(-log_odds[found], kind="stable")]
    hardest, rest = order[:HARDEST_PAIRS], order[HARDEST_PAIRS:]
    others = np.random.default_rng(1).choice(rest, min(HARDEST_PAIRS, len(rest)), replace=False)
    weighed = np.where(of_wire, 0.0, weights)
    side = ~versions(pairs)
    weighed[side] *= TOTAL / 2 * (1 - sum(HARDEST.values())) / weighed[side].sum()
    for name, chosen in (("hardest", hardest), ("others", others)):
        weighed[chosen] = TOTAL / 2 * HARDEST[name] / len(chosen)
    return weighed


def versions(pairs: Sequence[Example]) -> NDArray[np.bool_]:
    return np.array([pair.version is True for pair in pairs])


def with_read(pairs: Sequence[Example], weights: Floats) -> Floats:
    """Weigh the pairs that were read, doubtful ones little, beside all others."""
    read = np.array([pair.read and not pair.variant for pair in pairs])
    others = weights * ~np.array([pair.read for pair in pairs])
    own = np.array([DOUBTFUL if pair.doubtful else 1.0 for pair in pairs])
    own *= read & np.array([not pair.untouched and pair.version is not None for pair in pairs])
    weighed = np.where(read, own * (READ_SHARE * others.sum() / own.sum()), weights)
    return balanced(pairs, weighed)


class Fitted:
    """A model of all that is given, and of all but each fold."""

    def __init__(
        self,
        measured: Floats,
        told: NDArray[np.bool_],
        weights: Floats,
        folds: NDArray[np.intp],
        growth: Growth,
    ) -> None:
        version = told.astype(np.float64)
        used = weights > 0
        self.share = 0.5
        """Of versions in the mix that the log-odds are calibrated on."""
        self.grown = grow(measured[used], version[used], weights[used], growth)
        self.log_odds = np.empty(len(measured))
        for fold in range(FOLDS):
            rest, here = used & (folds != fold), folds == fold
            part = grow(measured[rest], version[rest], weights[rest], growth)
            self.log_odds[here] = part.log_odds(measured[here])

    def move(self, slope: float, shift: float) -> None:
        """Multiply all log-odds and add a shift."""
        self.log_odds = self.log_odds * slope + shift
        self.grown.slope, self.grown.shift = slope, shift


def fit_version(pairs: Sequence[Example], measured: Floats) -> Fitted:
    """Fit what tells versions from all other pairs, and calibrate it on the mix (Platt 1999)."""
    folds = np.array([pair.fold for pair in pairs])
    told = versions(pairs)
    weights = weigh(pairs, measured)
    first = Fitted(measured, told, with_read(pairs, weights), folds, VERSION)
    weights = with_read(pairs, with_hardest(pairs, weights, first.log_odds))
    fitted = Fitted(measured, told, weights, folds, VERSION)
    mixed = mix(pairs, weights)
    fitted.move(*platt(fitted.log_odds, told, mixed))
    fitted.share = float(mixed[told].sum() / mixed.sum())
    return fitted


def mix(pairs: Sequence[Example], weights: Floats) -> Floats:
    """Weigh the pairs to calibrate on."""
    scans = np.array(
        [pair.weight * (pair.of_scan and not pair.variant and not pair.untouched) for pair in pairs]
    )
    invented = np.array([pair.source.startswith("retold") for pair in pairs])
    sets = weights * np.array([not pair.read and not pair.variant for pair in pairs]) * ~invented
    return MIX["scans"] * scans / scans.sum() + MIX["sets"] * sets / sets.sum()


def platt(log_odds: Floats, told: NDArray[np.bool_], weights: Floats) -> tuple[float, float]:
    """Find the slope and the shift by which log-odds are right for weighed pairs."""

    def cost(line: Floats) -> tuple[float, Floats]:
        odds = line[0] * log_odds + line[1]
        off = weights * (1 / (1 + np.exp(-np.clip(odds, -50, 50))) - told)
        loss = float((weights * (np.logaddexp(0, odds) - told * odds)).sum())
        return loss, np.array([float(off @ log_odds), off.sum()])

    slope, shift = minimize(cost, np.array([1.0, 0.0]), jac=True).x
    return float(slope), float(shift)


def fit_kind(kind: str, pairs: Sequence[Example], measured: Floats) -> Fitted:
    """Fit what tells pairs of one verdict from others that are no versions either.

    Where a reader accepts it beside another verdict, or it is accepted beside the first, a pair
    counts little.
    """
    folds = np.array([pair.fold for pair in pairs])
    told = np.array([pair.verdicts[:1] == (kind,) for pair in pairs])
    weights = np.zeros(len(pairs))
    for number, pair in enumerate(pairs):
        known = pair.version is False and not pair.untouched and not pair.variant
        # Stories of one wire that days part are unrelated or one form: nobody said which.
        told_apart = pair.source.startswith("made ") and pair.source not in WIRE
        if known and (pair.verdicts or told_apart):
            both = kind in pair.verdicts and set(pair.verdicts) != {kind}
            read = 4.0 if pair.read else 1.0
            weights[number] = read * (DOUBTFUL if both else 1.0)
    made = np.array([not pair.read for pair in pairs])
    read_total = weights[~made].sum()
    weights[made] *= 0.5 * read_total / max(weights[made].sum(), 1e-9)
    weights *= TOTAL / 4 / weights.sum()
    fitted = Fitted(measured, told, weights, folds, KIND)
    fitted.move(1.0, -best_cut(fitted.log_odds, told, weights))
    return fitted


def best_cut(log_odds: Floats, told: NDArray[np.bool_], weights: Floats) -> float:
    """Find the cut with the greatest F1 of weighed pairs."""
    order = np.argsort(-log_odds, kind="stable")
    right = np.cumsum((weights * told)[order])
    said = np.cumsum(weights[order])
    return float(log_odds[order[np.argmax(2 * right / (said + right[-1]))]])


def cached(data: Path, cache: Path | None) -> tuple[list[Example], Floats]:
    """Build and measure all pairs; both are kept in a file if one is named."""
    if cache is not None and cache.is_file():
        columns, pairs, measured = pickle.loads(cache.read_bytes())
        if columns == list(COLUMNS):
            return pairs, measured
    pairs = examples(data)
    measured = measure(pairs)
    if cache is not None:
        cache.write_bytes(pickle.dumps((list(COLUMNS), pairs, measured)))
    return pairs, measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the development data")
    parser.add_argument("--pairs", type=Path, help="where all pairs and their measures are kept")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    pairs, measured = cached(options.data, options.pairs)
    used = [replace(pair, untouched=False) for pair in pairs]
    fitted = {"version": fit_version(used, measured)}
    fitted |= {kind: fit_kind(kind, used, measured) for kind in KINDS}
    grown = {name: one.grown.nodes() for name, one in fitted.items()}
    saved = {
        "script": "benchmarks/fit_verdict.py",
        "data": "development data: all of pairs/, scan_pairs, pages_pairs, l2r_news, l2r_other,"
        " basil, semeval22, meter, wikiversions, news_abp, reuters21578, bbc; benchmarks/labels."
        " How to fit was chosen without a third of the groups (benchmarks/split.py)",
        "date": datetime.date.today().isoformat(),
        "columns": list(COLUMNS),
        "share": fitted["version"].share,
        "nodes": {name: len(nodes) for name, (nodes, _) in grown.items()},
        "trees": {name: roots for name, (_, roots) in grown.items()},
    }
    # As bytes, so that the head of the file is as short as `dedup.packed` takes it to be.
    every = np.concatenate([nodes for nodes, _ in grown.values()])
    np.save(options.out.with_suffix(".npy"), every.view(np.uint8))
    options.out.write_text(json.dumps(saved) + "\n", "utf-8")


if __name__ == "__main__":
    main()
