"""Ask an index in processes and threads while one adds to it: do readers wait, do they see halves?

The writer adds batches and replaces some. Readers count the articles and query. What they wait is
wall time less their own processor's time: with more readers than cores most of it is the queue for
a core. So the same is measured again while the writer adds to another index: what the first run
has beyond the second is what readers wait for the writer.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np
import orjson

import dedup
from dedup import Article, Index

PROCESSES, THREADS, BATCH = 4, 8, 200


def batches(dump: Path) -> list[list[Article]]:
    """Read the batches that are added."""
    with dump.open("rb") as lines:
        rows = [orjson.loads(line) for line in islice(lines, 60 * BATCH)]
    found = [Article(row["id"], row["text"]) for row in rows]
    return [found[at : at + BATCH] for at in range(0, len(found), BATCH)]


class Reader:
    """Asks an index until it is told to stop; keeps how long each question took and waited."""

    def __init__(self, place: Path, asked: list[Article]) -> None:
        self._place, self._asked = place, asked
        self.counted: list[tuple[float, float]] = []
        self.queried: list[tuple[float, float]] = []
        self.wrong: list[str] = []

    def run(self, end: float) -> None:
        """Ask until a moment of :func:`time.monotonic`."""
        with Index.open(self._place) as index:
            for article in cycle(self._asked[:50]):
                if time.monotonic() >= end:
                    return
                try:
                    count = self._timed(self.counted, index.__len__)
                    found = self._timed(self.queried, index.query, article.text)
                except dedup.DedupError as error:
                    self.wrong.append(repr(error))
                    return
                if count % BATCH:
                    self.wrong.append(f"{count} articles: half a batch was seen")
                if article.id not in {match.id for match in found}:
                    self.wrong.append("an article that was always there was not found")

    def _timed(self, kept: list[tuple[float, float]], ask: Any, *given: str) -> Any:
        wall, own = time.perf_counter(), time.thread_time()
        found = ask(*given)
        took = time.perf_counter() - wall
        kept.append((took, took - (time.thread_time() - own)))
        return found


def read(place: Path, dump: Path, seconds: float, threads: int) -> dict[str, Any]:
    """Ask on several threads of this process."""
    asked = batches(dump)[0]
    readers = [Reader(place, asked) for _ in range(threads)]
    end = time.monotonic() + seconds
    running = [threading.Thread(target=reader.run, args=(end,)) for reader in readers]
    for one in running:
        one.start()
    for one in running:
        one.join()
    return {
        "count": [took for reader in readers for took in reader.counted],
        "query": [took for reader in readers for took in reader.queried],
        "wrong": [wrong for reader in readers for wrong in reader.wrong],
    }


def write(place: Path, given: list[list[Article]], end: threading.Event) -> int:
    """Add batch after batch until told to stop."""
    done = 0
    with Index.open(place) as index:
        for number, batch in enumerate(given):
            if end.is_set():
                break
            index.add(batch)
            done += 1
            if number % 5 == 4:
                index.add(given[number - 3], replace=True)
    return done


def measure(dump: Path, seconds: float, *, shared: bool) -> dict[str, Any]:
    """Ask one index while the same one, or another, is added to."""
    given = batches(dump)
    with tempfile.TemporaryDirectory() as folder:
        place, other = Path(folder) / "asked", Path(folder) / "other"
        for one in (place, other):
            with Index.open(one) as index:
                index.add([article for batch in given[:10] for article in batch])
        end = threading.Event()
        added: list[int] = []
        target = place if shared else other
        writer = threading.Thread(target=lambda: added.append(write(target, given[10:], end)))
        command = [sys.executable, __file__, "--dump", str(dump), "--seconds", str(seconds)]
        processes = [
            subprocess.Popen([*command, "--read", str(place)], stdout=subprocess.PIPE)
            for _ in range(PROCESSES)
        ]
        writer.start()
        found = [read(place, dump, seconds, THREADS)]
        found += [json.loads(process.communicate()[0]) for process in processes]
        end.set()
        writer.join()
    told: dict[str, Any] = {"batches_added": added[0]}
    told["wrong"] = [wrong for one in found for wrong in one["wrong"]][:5]
    for kind in ("count", "query"):
        waits = 1000 * np.array([wait for one in found for _, wait in one[kind]])
        told[kind] = {
            "number": len(waits),
            **{f"wait_{q}_ms": round(float(np.quantile(waits, q)), 2) for q in (0.5, 0.95, 0.99)},
            "longest_ms": round(float(waits.max()), 1),
            "over_50_ms": int((waits > 50).sum()),
        }
    return told


def main() -> None:
    """Measure with the writer on the index that is asked, and on another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dump", type=Path, required=True, metavar="FILE.jsonl")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        print(json.dumps(read(options.read, options.dump, options.seconds, 1)))
        return
    for shared in (True, False):
        told = measure(options.dump, options.seconds, shared=shared)
        print(json.dumps({"writer": "the same index" if shared else "another", **told}))


if __name__ == "__main__":
    main()
