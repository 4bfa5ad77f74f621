"""Hold `compare` against `scan`: every pair that a scan judged, compared alone.

    python benchmarks/agreement.py --data FOLDER

A scan knows which sentences many articles of one source carry; `compare` knows the two texts. What
that changes is counted: verdicts, and probabilities by how much. A cluster's members are each a
version of its representative; all pairs of them are compared, too, and those counted that are
unrelated to each other.
"""

from __future__ import annotations

import argparse
import json
from itertools import combinations
from pathlib import Path

from made_pairs import records

import dedup
from dedup import Verdict

DUMPS = ("bbc", "news_abp", "pages", "reuters21578")
OUT = Path(__file__).parent / "results" / "agreement.json"


def differing(data: Path, name: str) -> dict[str, object]:
    """Scan a dump and compare each pair that was judged."""
    report = dedup.scan(data / f"{name}.jsonl.gz")
    pairs = report.candidates()
    texts = {str(row["id"]): row["text"] for row in records(data, name)}
    alone = dedup.compare_many([(texts[pair.a], texts[pair.b]) for pair in pairs])
    both = list(zip(pairs, alone, strict=True))
    members = [
        (texts[one.id], texts[other.id])
        for cluster in report.clusters
        for one, other in combinations(cluster.members, 2)
    ]
    among = dedup.compare_many(members)
    return {
        "pairs": len(pairs),
        "other verdict": sum(one.verdict != other.verdict for one, other in both),
        "version for one alone": sum(
            one.verdict.is_version != other.is_version for one, other in both
        ),
        "greatest difference of probability": round(
            max(abs(one.probability - other.probability) for one, other in both), 4
        ),
        "members of a cluster": len(among),
        "unrelated to each other": sum(found.verdict is Verdict.UNRELATED for found in among),
    }


def main() -> None:
    """Count, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    found = {name: differing(data, name) for name in DUMPS}
    OUT.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
