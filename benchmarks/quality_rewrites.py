"""Measure how many rewrites without a copied phrase are found, on news invented for it.

    python benchmarks/quality_rewrites.py

`labels/invented_news.jsonl` has fifty events that never happened, each told four times: by a
source, by two that wrote it anew in other words throughout (the second with another story or page
furniture around it in most cases), and by a reporter who did not see it. No fit knows them. Needs
no other data.
"""

from __future__ import annotations

import argparse
import json
from itertools import combinations
from pathlib import Path

import dedup

HERE = Path(__file__).parent
INVENTED = HERE / "labels" / "invented_news.jsonl"
OUT = HERE / "results" / "quality_rewrites.json"
TOLD = ("source", "rewrite", "second rewrite", "independent")


def flagged() -> dict[str, dict[str, float]]:
    """Compare the four texts of each event, all pairs of them."""
    rows = [json.loads(line) for line in INVENTED.read_text("utf-8").splitlines()]
    events = [(row["source"], *row["rewrites"], row["independent"]) for row in rows]
    found = {}
    for (i, one), (j, two) in combinations(enumerate(TOLD), 2):
        pairs = dedup.compare_many([(texts[i], texts[j]) for texts in events])
        likely = sorted(pair.probability for pair in pairs)
        found[f"{one}, {two}"] = {
            "pairs": len(pairs),
            "flagged": round(sum(pair.is_version for pair in pairs) / len(pairs), 4),
            "median probability": round(likely[len(likely) // 2], 4),
        }
    return found


def main() -> None:
    """Compare, and write the figures."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    found = flagged()
    OUT.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
