"""Draw what ``min_probability`` trades: precision and recall on pairs of scans that were read.

The pairs of ``labels/scan_pairs.jsonl`` and ``read_pairs.jsonl`` are looked up in scans of their
dumps, as they were drawn: by what was said of them, so that the hard ones are more frequent than in
a dump. The model was fitted on all of them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import dedup
from dedup.evaluation import Evaluation, LabelledPair

ROOT = Path(__file__).parent.parent
LABELS = ROOT / "benchmarks" / "labels"
DUMPS = ("bbc", "news_abp", "pages", "reuters21578")
RESULTS = ROOT / "benchmarks" / "results"


def read(data: Path) -> list[LabelledPair]:
    """Look up the labelled pairs of every dump."""
    texts = [(LABELS / f"{name}_pairs.jsonl").read_text("utf-8") for name in ("scan", "read")]
    rows = [json.loads(line) for text in texts for line in text.splitlines()]
    pairs: list[LabelledPair] = []
    for name in DUMPS:
        labels = [(row["a"], row["b"], row["label"]) for row in rows if row["set"] == name]
        pairs += dedup.evaluate(labels, data / f"{name}.jsonl.gz").pairs
    return pairs


def main() -> None:
    """Scan, look up, and write the figures and the chart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    found = Evaluation(tuple(read(parser.parse_args().data)))
    (RESULTS / "threshold.svg").write_text(found.to_svg(), encoding="utf-8")
    (RESULTS / "threshold.json").write_text(json.dumps(found.to_dict(), indent=1) + "\n")
    print(found)


if __name__ == "__main__":
    main()
