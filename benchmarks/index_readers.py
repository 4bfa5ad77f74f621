"""Ask an index in processes and threads while another process adds to it: do readers wait for it?

Readers count the articles and query, four of them alone in a process and eight as threads of one.
What a call takes by the clock beyond its own processor's time it waited. A thread that never gave
its processor up by itself meanwhile (``ru_nvcsw`` of ``getrusage``) waited for a processor and
nothing else; one that did may have slept for a lock or the disk, and a thread for another of its
process, as one at a time runs Python. Readers have no patience: a lock of the database that one
would have to wait for is an error, which is counted. The same is measured again while the writer
adds to another index.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import orjson

from dedup import Article, BusyError, Index
from dedup.index import catalog

PROCESSES, THREADS, BATCH = 4, 8, 200
LONG_MS = 50.0


class Call(NamedTuple):
    """The milliseconds of a call: by the clock, waited for anything, and perhaps for a lock."""

    wall: float
    waited: float
    slept: float


def batches(dump: Path) -> list[list[Article]]:
    """Read the batches that are added."""
    with dump.open("rb") as lines:
        rows = [orjson.loads(line) for line in islice(lines, 60 * BATCH)]
    found = [Article(row["id"], row["text"]) for row in rows]
    return [found[at : at + BATCH] for at in range(0, len(found), BATCH)]


def timed(kept: list[Call], ask: Callable[..., Any], *given: str) -> Any:
    """Call and keep what the call took."""
    switches = resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw
    wall, own = time.perf_counter(), time.thread_time()
    found = ask(*given)
    took = time.perf_counter() - wall
    waited = 1000 * (took - (time.thread_time() - own))
    slept = resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw > switches
    kept.append(Call(1000 * took, waited, waited if slept else 0.0))
    return found


class Reader:
    """Asks an index until it is told to stop; keeps what each call took."""

    def __init__(self, place: Path, asked: list[Article]) -> None:
        self._place, self._asked = place, asked
        self.count: list[Call] = []
        self.query: list[Call] = []
        self.locked = 0
        self.wrong: list[str] = []

    def run(self, end: float) -> None:
        """Ask until a moment of :func:`time.monotonic`."""
        with Index.open(self._place) as index:
            for article in cycle(self._asked[:50]):
                if time.monotonic() >= end:
                    return
                try:
                    count = timed(self.count, index.__len__)
                    found = timed(self.query, index.query, article.text)
                except BusyError:
                    self.locked += 1
                    continue
                if count % BATCH:
                    self.wrong.append(f"{count} articles: half a batch was seen")
                if article.id not in {match.id for match in found}:
                    self.wrong.append("an article that was always there was not found")


def read(place: Path, dump: Path, seconds: float, threads: int) -> dict[str, Any]:
    """Ask on several threads of this process."""
    catalog._PATIENCE = 0
    asked = batches(dump)[0]
    readers = [Reader(place, asked) for _ in range(threads)]
    end = time.monotonic() + seconds
    running = [threading.Thread(target=reader.run, args=(end,)) for reader in readers]
    for one in running:
        one.start()
    for one in running:
        one.join()
    found: dict[str, Any] = {"locked": sum(reader.locked for reader in readers)}
    for kind in ("count", "query", "wrong"):
        found[kind] = [call for reader in readers for call in getattr(reader, kind)]
    return found


def write(place: Path, dump: Path, seconds: float) -> int:
    """Add batch after batch, and some in place of others, for so long."""
    end = time.monotonic() + seconds
    given = batches(dump)[10:]
    done = 0
    with Index.open(place) as index:
        for number, batch in enumerate(given):
            if time.monotonic() >= end:
                break
            index.add(batch)
            done += 1
            if number % 5 == 4:
                index.add(given[number - 3], replace=True)
    return done


def told(calls: list[Call]) -> dict[str, Any]:
    """Say what calls took, and how many slept long."""
    columns = np.array(calls).reshape(-1, len(Call._fields)).T
    by_name = dict(zip(Call._fields, columns, strict=True))
    figures: dict[str, Any] = {"calls": len(calls)}
    for name, values in by_name.items():
        figures[f"{name}_0.99_ms"] = round(float(np.quantile(values, 0.99)), 2)
        figures[f"{name}_longest_ms"] = round(float(values.max()), 1)
        figures[f"{name}_over_50_ms"] = int((values > LONG_MS).sum())
    figures["slept"] = int((by_name["slept"] > 0).sum())
    return figures


def measure(dump: Path, seconds: float, *, shared: bool) -> dict[str, Any]:
    """Ask one index while the same one, or another, is added to."""
    given = batches(dump)
    with tempfile.TemporaryDirectory() as folder:
        place, other = Path(folder) / "asked", Path(folder) / "other"
        for one in (place, other):
            with Index.open(one) as index:
                index.add([article for batch in given[:10] for article in batch])
        command = [sys.executable, __file__, "--dump", str(dump), "--seconds", str(seconds)]

        def start(*options: str) -> subprocess.Popen[bytes]:
            return subprocess.Popen([*command, *options], stdout=subprocess.PIPE)

        writer = start("--write", str(place if shared else other))
        alone = [start("--read", str(place)) for _ in range(PROCESSES)]
        beside = start("--read", str(place), "--threads", str(THREADS))
        found = {
            "processes": [json.loads(process.communicate()[0]) for process in alone],
            "threads": [json.loads(beside.communicate()[0])],
        }
        added = json.loads(writer.communicate()[0])
    every = [one for some in found.values() for one in some]
    figures: dict[str, Any] = {"batches_added": added}
    figures["locked"] = sum(one["locked"] for one in every)
    figures["wrong"] = [wrong for one in every for wrong in one["wrong"]][:5]
    for readers, some in found.items():
        for kind in ("count", "query"):
            figures[f"{kind}, {readers}"] = told([call for one in some for call in one[kind]])
    return figures


def main() -> None:
    """Measure with the writer on the index that is asked, and on another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dump", type=Path, required=True, metavar="FILE.jsonl")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        print(json.dumps(read(options.read, options.dump, options.seconds, options.threads)))
    elif options.write:
        print(json.dumps(write(options.write, options.dump, options.seconds)))
    else:
        for shared in (True, False):
            figures = measure(options.dump, options.seconds, shared=shared)
            print(json.dumps({"writer": "the same index" if shared else "another", **figures}))


if __name__ == "__main__":
    main()
