"""Measure how long it takes to start: the import, a first comparison, and what they stand on."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "startup.json"
ROUNDS = 15
CASES = {
    "python": "pass",
    "numpy + rapidfuzz": "import numpy, rapidfuzz",
    "import dedup": "import dedup",
    "first compare": "import dedup; dedup.compare('Rain fell in Leeds.', 'Rain fell.')",
}


def main() -> None:
    """Start each case in turn, round by round, and report medians and the ratio."""
    seconds: dict[str, list[float]] = {name: [] for name in CASES}
    for _ in range(ROUNDS):
        for name, code in CASES.items():
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            seconds[name].append(time.perf_counter() - began)
    medians = {name: round(statistics.median(taken), 4) for name, taken in seconds.items()}
    base = medians["numpy + rapidfuzz"]
    ratios = {name: round(taken / base, 3) for name, taken in medians.items()}
    print(medians, ratios)
    RESULTS.write_text(json.dumps({"seconds": medians, "ratio": ratios}, indent=1) + "\n")


if __name__ == "__main__":
    main()
