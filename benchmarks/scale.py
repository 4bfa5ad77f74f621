"""Measure how cost grows with size: near-duplicates of a grown dump, from file to verified pairs.

The dumps are grown by ``grow.py`` (the first n articles are the same for every size); each size
runs in a process of its own. The exponent is the slope between two sizes on a logarithmic scale.
Recall is against the edit model's truth, as far as exact Jaccard reaches .5.
"""

from __future__ import annotations

import json
import resource
import time
from pathlib import Path

from growth import measure_growth

from dedup.candidates.resemblance import resemblance
from dedup.text.words import read_words

CHECKED = 20_000
"""True pairs whose exact similarity is computed to know which of them the job promises."""


def run(dump: Path) -> None:
    """Run the job on one dump in this process and print its figures as JSON."""
    import dedup

    began, cpu = time.perf_counter(), time.process_time()
    pairs = dedup.near_duplicates(dump, threshold=0.5)
    figures = {
        "seconds": round(time.perf_counter() - began, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "pairs": len(pairs),
    }
    found = {(pair.a, pair.b) for pair in pairs}
    with dump.open("rb") as lines:
        articles = sum(1 for _ in lines)
    print(json.dumps({"articles": articles, **figures, "recall": recall(dump, found)}))


def recall(dump: Path, found: set[tuple[str, str]]) -> float:
    """Give the share of the first true pairs of Jaccard .5 or more that were found."""
    with dump.with_suffix(".truth.tsv").open() as lines:
        truth = [
            tuple(line.split("\t")[:2]) for line, _ in zip(lines, range(CHECKED), strict=False)
        ]
    wanted = {key for pair in truth for key in pair}
    texts: dict[str, str] = {}
    with dump.open("rb") as lines_of_dump:
        for line in lines_of_dump:
            row = json.loads(line)
            if row["id"] in wanted:
                texts[row["id"]] = row["text"]
    hits = promised = 0
    for a, b in truth:
        words = read_words([texts[a], texts[b]])
        if resemblance(words[0], words[1]).jaccard >= 0.5:
            promised += 1
            hits += (a, b) in found
    return round(hits / promised, 4)


if __name__ == "__main__":
    measure_growth(Path(__file__), __doc__, run)
