"""Measure the recall that LSH promises, on real texts and edited copies of every similarity.

Each text gets one copy with a random share of its words replaced, so that the pairs' exact
Jaccard similarities spread over the whole range. For each threshold the measured share of pairs at
or above it that become candidates stands beside the promise, and the candidates' precision after
exact verification beside 1. The S-curve of one threshold is drawn as an SVG for the README.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import Ragged
from dedup.candidates import _sketches, lsh
from dedup.candidates.minhash import signatures
from dedup.text.words import read_words

SEED = 7
RECALL = 0.95
THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
DRAWN = 0.5
RESULTS = Path(__file__).parent / "results"


def edited(text: str, share: float, draw: random.Random) -> str:
    """Replace a share of a text's words by words that stand nowhere else."""
    words = text.split()
    for place in range(len(words)):
        if draw.random() < share:
            words[place] = f"x{draw.getrandbits(48):x}"
    return " ".join(words)


def make_pairs(texts: list[str]) -> tuple[Ragged, NDArray[np.float64]]:
    """Give texts and copies as rows 2k and 2k + 1, and each pair's exact Jaccard similarity."""
    draw = random.Random(SEED)
    rows: list[str] = []
    for text in texts:
        rows += [text, edited(text, draw.random() ** 1.5 * 0.35, draw)]
    words = read_words(rows)
    pairs = np.arange(len(rows), dtype=np.int64).reshape(-1, 2)
    counts = _sketches.shingle_overlap(words.values, words.offsets, pairs)
    return words, counts[:, 2] / (counts[:, 0] + counts[:, 1] - counts[:, 2])


def measure(words: Ragged, jaccard: NDArray[np.float64], threshold: float) -> dict[str, object]:
    """Measure one threshold: recall above and just above it, and precision after verification."""
    bands = lsh.choose_bands(threshold, recall=RECALL)
    keys = _sketches.band_keys(signatures(words, bands.permutations), bands.bands, bands.rows)
    candidates = lsh.candidate_pairs(keys)
    found = np.zeros(len(jaccard), dtype=bool)
    own = candidates[(candidates[:, 0] % 2 == 0) & (candidates[:, 1] == candidates[:, 0] + 1)]
    found[own[:, 0] // 2] = True
    counts = _sketches.shingle_overlap(words.values, words.offsets, candidates)
    exact = counts[:, 2] / (counts[:, 0] + counts[:, 1] - counts[:, 2])
    kept = candidates[exact >= threshold]
    checked = [naive_jaccard(words[i], words[j]) >= threshold for i, j in kept.tolist()]
    above, near = jaccard >= threshold, (jaccard >= threshold) & (jaccard < threshold + 0.04)
    return {
        "threshold": threshold,
        "bands": bands.bands,
        "rows": bands.rows,
        "promised": RECALL,
        "theory_at_threshold": round(bands.probability(threshold), 4),
        "recall_just_above": round(float(found[near].mean()), 4),
        "pairs_just_above": int(near.sum()),
        "recall": round(float(found[above].mean()), 4),
        "pairs": int(above.sum()),
        "precision_verified": round(float(np.mean(checked)), 4),
        "candidates": len(candidates),
        "verified": len(kept),
        "curve": curve(jaccard, found) if threshold == DRAWN else [],
    }


def naive_jaccard(a: NDArray[np.uint32], b: NDArray[np.uint32]) -> float:
    """Compare two texts by their sets of word triples themselves, unhashed."""
    first, second = (set(zip(*(w.tolist()[k:] for k in range(3)), strict=False)) for w in (a, b))
    return len(first & second) / max(1, len(first | second))


def curve(jaccard: NDArray[np.float64], found: NDArray[np.bool_]) -> list[list[float]]:
    """Give the measured share of candidates by similarity, in steps of .05."""
    points = []
    for low in np.arange(0.0, 1.0, 0.05):
        inside = (jaccard >= low) & (jaccard < low + 0.05)
        if inside.sum() >= 20:
            middle, share = float(jaccard[inside].mean()), float(found[inside].mean())
            points.append([round(middle, 4), round(share, 4), int(inside.sum())])
    return points


def draw_curve(row: dict[str, object]) -> str:
    """Draw theory as a line and measurement as points, one self-contained SVG."""
    bands = lsh.Bands(int(str(row["bands"])), int(str(row["rows"])), DRAWN, RECALL)
    width, height, left, top = 520, 280, 50, 20

    def at(similarity: float, share: float) -> tuple[float, float]:
        return left + similarity * (width - left - 20), top + (1 - share) * (height - top - 50)

    steps = np.linspace(0, 1, 101).tolist()
    line = " ".join("{:.1f},{:.1f}".format(*at(s, bands.probability(s))) for s in steps)
    points = row["curve"]
    assert isinstance(points, list)
    dots = "".join(
        '<circle cx="{:.1f}" cy="{:.1f}" r="4" fill="#b3261e"/>'.format(*at(s, share))
        for s, share, _ in points
    )
    (x0, y0), (x1, y1), (xt, _) = at(0, 0), at(1, 1), at(DRAWN, 0)
    ticks = "".join(
        f'<text x="{at(s, 0)[0]:.0f}" y="{y0 + 18:.0f}" text-anchor="middle">{s:.1f}</text>'
        f'<text x="{x0 - 8:.0f}" y="{at(0, s)[1] + 4:.0f}" text-anchor="end">{s:.1f}</text>'
        for s in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12" fill="#333">'
        f'<rect width="{width}" height="{height}" fill="#fff"/>'
        f'<path d="M{x0},{y1}V{y0}H{x1}" fill="none" stroke="#999"/>'
        f'<path d="M{xt:.0f},{y1}V{y0}" stroke="#999" stroke-dasharray="4 4"/>{ticks}'
        f'<polyline points="{line}" fill="none" stroke="#1f5aa6" stroke-width="2"/>{dots}'
        f'<text x="{(x0 + x1) / 2:.0f}" y="{height - 6}" text-anchor="middle">'
        "exact Jaccard similarity of a pair</text>"
        f'<text x="{x1:.0f}" y="{y0 - 10:.0f}" text-anchor="end">'
        "share of pairs that become candidates: line theory, points measured</text></svg>\n"
    )


def main() -> None:
    """Measure all thresholds and write the result and the plot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--limit", type=int, default=8000)
    options = parser.parse_args()
    with gzip.open(options.data / "news_abp.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [
            json.loads(line)["text"] for line, _ in zip(lines, range(options.limit), strict=False)
        ]
    words, jaccard = make_pairs(texts)
    rows = [measure(words, jaccard, threshold) for threshold in THRESHOLDS]
    for row in rows:
        print({name: value for name, value in row.items() if name != "curve"})
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "sketch_recall.json").write_text(json.dumps(rows, indent=1) + "\n")
    drawn = next(row for row in rows if row["threshold"] == DRAWN)
    (RESULTS / "s_curve.svg").write_text(draw_curve(drawn))


if __name__ == "__main__":
    main()
