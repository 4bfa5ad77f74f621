"""Measure a whole scan against size and truth: both lanes, verdicts, clusters and all output.

The dumps are grown by ``grow.py``, whose truth is known; each is scanned in a process of its own
and its report written to a folder that is then read back. Precision is the share of version pairs
whose articles were made from one original; recall, by kind of edit, the share of versions that are
in a pair with the original they were made from. Growth from one size to the next is given as the
slope on a logarithmic scale.
"""

from __future__ import annotations

import json
import resource
import tempfile
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

from growth import measure_growth

VERSIONS = ("identical", "syndicated", "rewritten")


class Stages:
    """Take the time that each stage of a scan began."""

    def __init__(self) -> None:
        self.began: dict[str, float] = {}

    def __call__(self, stage: str, done: int, total: int | None, /) -> None:
        """Hear of progress."""
        del done, total
        self.began.setdefault(stage, time.perf_counter())

    def seconds(self, end: float) -> dict[str, float]:
        """Give what each stage took, the last one until ``end``."""
        times = [*self.began.values(), end]
        took = (round(after - before, 2) for before, after in pairwise(times))
        return dict(zip(self.began, took, strict=True))


def run(dump: Path) -> None:
    """Scan one dump in this process and print the figures as JSON."""
    import dedup

    stages = Stages()
    began, cpu = time.perf_counter(), time.process_time()
    report = dedup.scan(dump, progress=stages)
    stages("write", 0, None)
    with tempfile.TemporaryDirectory() as folder:
        report.write(folder)
        ended = time.perf_counter()
        figures = {
            "articles": report.articles,
            "seconds": round(ended - began, 2),
            "cpu_seconds": round(time.process_time() - cpu, 2),
            "stages": stages.seconds(ended),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "clusters": len(report.clusters),
        }
        figures["peak_bytes_an_article"] = figures["peak_mb"] * (1 << 20) // report.articles
        truth = dump.with_suffix(".truth.tsv")
        if truth.exists():
            figures |= against(truth, Path(folder))
    print(json.dumps(figures))


def against(truth: Path, folder: Path) -> dict[str, Any]:
    """Hold the pairs of a report against the truth of a grown dump."""
    made: dict[str, tuple[str, str]] = {}
    with truth.open() as lines:
        for line in lines:
            original, version, kind = line.rstrip("\n").split("\t")
            made[version] = original, kind
    found = set()
    with (folder / "pairs.jsonl").open() as lines:
        for line in lines:
            pair = json.loads(line)
            if pair["verdict"] in VERSIONS:
                found.add((min(pair["a"], pair["b"]), max(pair["a"], pair["b"])))
    origin = {version: original for version, (original, _) in made.items()}
    right = sum(origin.get(a, a) == origin.get(b, b) for a, b in found)
    asked = Counter(kind for _, kind in made.values())
    hits = Counter(
        kind
        for version, (original, kind) in made.items()
        if (min(version, original), max(version, original)) in found
    )
    return {
        "version_pairs": len(found),
        "precision": round(right / len(found), 5) if found else None,
        "recall": {kind: round(hits[kind] / asked[kind], 4) for kind in sorted(asked)},
    }


if __name__ == "__main__":
    measure_growth(Path(__file__), __doc__, run)
