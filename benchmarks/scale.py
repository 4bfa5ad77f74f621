"""Measure how cost grows with size: near-duplicates of a grown dump, from file to verified pairs.

The dumps are grown by ``grow.py`` (the first n articles are the same for every size); each size
runs in a process of its own, compiled beforehand. The exponent is the slope between two sizes on a
logarithmic scale. Recall is against the edit model's truth, as far as exact Jaccard reaches .5.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

from dedup.resemblance import resemblance
from dedup.shingles import read_words

sys.path.insert(0, str(Path(__file__).parent / "peer_jobs"))
from loops import load_loops

RESULTS = Path(__file__).parent / "results" / "scale.json"
CHECKED = 20_000
"""True pairs whose exact similarity is computed to know which of them the job promises."""


def run(dump: Path) -> None:
    """Run the job on one dump in this process and print its figures as JSON."""
    import dedup

    load_loops()
    began, cpu = time.perf_counter(), time.process_time()
    pairs = dedup.near_duplicates(dump, threshold=0.5)
    figures = {
        "seconds": round(time.perf_counter() - began, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "pairs": len(pairs),
    }
    found = {(pair.a, pair.b) for pair in pairs}
    print(json.dumps({**figures, "recall": recall(dump, found)}))


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


def main() -> None:
    """Run every dump given, smallest first, and report growth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dumps", nargs="+", type=Path, help="dumps grown by grow.py")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        run(options.dumps[0])
        return
    rows = []
    for dump in sorted(options.dumps, key=lambda path: path.stat().st_size):
        articles = sum(1 for _ in dump.open("rb"))
        command = [sys.executable, __file__, "--one", str(dump)]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        size = {"articles": articles, "megabytes": dump.stat().st_size // 1_000_000}
        rows.append({**size, **json.loads(output)})
        print(rows[-1], flush=True)
    for small, large in pairwise(rows):
        growth = math.log(large["seconds"] / small["seconds"])
        large["exponent"] = round(growth / math.log(large["articles"] / small["articles"]), 3)
        print(f"{small['articles']:,} to {large['articles']:,}: exponent {large['exponent']}")
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
