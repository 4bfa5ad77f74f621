"""dedup, this library: the one adapter between the harness and its interface.

It exact-verifies every pair it reports, which none of the peers does.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from pathlib import Path

from reading import NUM_PERM, THRESHOLD, Found

_dedup = importlib.import_module("dedup")
_lsh = importlib.import_module("dedup.candidates.lsh")
_neardup = importlib.import_module("dedup.corpus.neardup")
_sources = importlib.import_module("dedup.dump.sources")


def sketch(batch: list[str]) -> int:
    """Sketch texts on one thread; return how many."""
    made = _dedup.sketch(batch, threads=1)
    if made.shape != (len(batch), NUM_PERM) or str(made.dtype) != "uint32":
        raise ValueError(
            f"signatures: got {made.dtype} {made.shape}, wanted uint32 [n, {NUM_PERM}]"
        )
    return len(made)


def near_duplicates(path: Path, work: Path) -> Found:
    """Find the verified pairs of a dump, with both cores, as record numbers."""
    del work
    source = _sources.open_source(path, None)
    bands = _lsh.choose_bands(THRESHOLD)
    found = _neardup.similar_rows(source, bands, os.cpu_count() or 1)
    return Found(pairs=[(i, j) for i, j in found.rows.tolist()])


def scan(path: Path, work: Path) -> Found:
    """Do the whole of ``dedup scan``: both lanes, verdicts, clusters and every output file."""
    report = _dedup.scan(path)
    report.write(work / "report")
    rows = {key: row for row, key in enumerate(report._cards.ids)}
    return Found(pairs=[(rows[pair.a], rows[pair.b]) for pair in report.pairs])


SKETCHES: dict[str, Callable[[list[str]], int]] = {"dedup": sketch}
PAIRS: dict[str, Callable[[Path, Path], Found]] = {
    "dedup": near_duplicates,
    "dedup scan": scan,
}
