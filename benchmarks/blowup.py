"""Feed the engine what makes others blow up, at two sizes, and report how time and memory grow.

Each case runs in a process of its own: many copies of one text, many texts that share one
boilerplate paragraph, texts of one word, one huge text among small ones.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "blowup.json"
SIZES = {"copies": 200_000, "boilerplate": 100_000, "one word": 200_000, "huge text": 50_000_000}


def made(case: str, size: int) -> list[str]:
    """Make the texts of a case, seeded; words are invented."""
    draw = random.Random(5)
    words = [f"w{k}" for k in range(20_000)]

    def text(count: int) -> str:
        return " ".join(draw.choices(words, k=count))

    if case == "copies":
        return [text(300)] * size
    if case == "boilerplate":
        shared = text(120)
        return [f"{text(60)} {shared}" for _ in range(size)]
    if case == "one word":
        return [f"w{k % (size // 4)}" for k in range(size)]
    return [text(size // 7), *(text(200) for _ in range(1000))]


def run(case: str, size: int) -> None:
    """Run one case in this process and print its figures as JSON."""
    import dedup

    texts = made(case, size)
    dedup.near_duplicates(texts[-50:])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    pairs = dedup.near_duplicates(texts, threshold=0.5)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures = {"seconds": round(seconds, 2), "pairs": len(pairs), "texts": len(texts)}
    print(json.dumps({**figures, "peak_mb": peak // 1024, "texts_mb": before // 1024}))


def main() -> None:
    """Run every case at a quarter of its size and at its size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", choices=SIZES)
    parser.add_argument("--size", type=int)
    options = parser.parse_args()
    if options.case:
        run(options.case, options.size)
        return
    found = {}
    for case, size in SIZES.items():
        rows = []
        for part in (size // 4, size):
            command = [sys.executable, __file__, "--case", case, "--size", str(part)]
            output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            rows.append({"size": part, **json.loads(output)})
            print(case, rows[-1], flush=True)
        found[case] = rows
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
