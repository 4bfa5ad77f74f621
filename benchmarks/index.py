"""Measure an index on disk over a grown feed: adding batch by batch, asking, forgetting.

The dump and its truth come from ``grow.py``; a batch is an hour of the feed. Asked are articles of
the feed, half of them versions of another, each left out of its own answer; a planted version
counts as found where the article that it was made from is in the answer and judged a version.
Seconds are of the processor unless their name says ``wall``.
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from dedup import Article, Index

FIRST = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
ASKED, SEED = 400, 7
FORGOTTEN = 0.1
TOLD = 50


def feed(dump: Path, count: int, batches: int) -> Iterator[list[Article]]:
    """Give the articles in batches, each dated in its hour."""
    size = count // batches
    with dump.open("rb") as lines:
        for hour in range(batches):
            rows = (orjson.loads(line) for line in islice(lines, size))
            date = FIRST + hour * HOUR
            yield [Article(r["id"], r["text"], f"Title {r['id']}", date, r["source"]) for r in rows]


def add_all(index: Index, dump: Path, count: int, batches: int) -> dict[str, Any]:
    """Add the feed; how long it took in all and a batch."""
    used, walls = [], []
    for number, batch in enumerate(feed(dump, count, batches)):
        if number % TOLD == 0:
            print(f"batch {number}: {sum(used):.1f} s", file=sys.stderr, flush=True)
        cpu, wall = time.process_time(), time.perf_counter()
        index.add(batch)
        used.append(time.process_time() - cpu)
        walls.append(time.perf_counter() - wall)
    return {
        "add_seconds": round(sum(used), 1),
        "add_wall_seconds": round(sum(walls), 1),
        "batch_p95_seconds": round(float(np.quantile(used, 0.95)), 3),
        "batch_p95_wall_seconds": round(float(np.quantile(walls, 0.95)), 3),
        "batch_longest_seconds": round(max(used), 2),
    }


def sample(dump: Path, count: int) -> tuple[list[Article], dict[str, tuple[str, str]]]:
    """Give articles to ask for, and the origin and kind of those that are versions."""
    truth: dict[str, tuple[str, str]] = {}
    with dump.with_suffix(".truth.tsv").open() as lines:
        for line in lines:
            of, key, kind = line.split()
            if int(key[1:]) < count:
                truth[key] = of, kind
    draw = random.Random(SEED)
    wanted = set(draw.sample(sorted(truth), min(ASKED, len(truth))))
    wanted |= {f"g{draw.randrange(count):07d}" for _ in range(ASKED)}
    found = []
    with dump.open("rb") as lines:
        for line in islice(lines, count):
            if line[7:15].decode() in wanted:
                row = orjson.loads(line)
                found.append(Article(row["id"], row["text"]))
    return found, truth


def ask(index: Index, asked: list[Article], truth: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """Ask one by one: how long it takes, and the share of planted versions found."""
    for article in asked[:50]:
        index.query(article)
    used, hits = [], defaultdict(list)
    for article in asked:
        began = time.process_time()
        found = index.query(article, limit=50)
        used.append(1000 * (time.process_time() - began))
        if article.id in truth:
            of, kind = truth[article.id]
            versions = {match.id for match in found if match.verdict.is_version}
            hits[kind].append(of in versions)
    return {
        "query_median_ms": round(float(np.median(used)), 2),
        "query_p95_ms": round(float(np.quantile(used, 0.95)), 2),
        "found": {kind: round(sum(own) / len(own), 4) for kind, own in sorted(hits.items())},
    }


_RUN = """
import json, resource, subprocess, sys
print(subprocess.run(sys.argv[1:], check=True, capture_output=True, text=True).stdout)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
seconds = round(used.ru_utime + used.ru_stime, 2)
print(json.dumps({"shell_seconds": seconds, "shell_peak_mb": used.ru_maxrss // 1024}))
"""


def ask_from_shell(place: Path, article: Article) -> dict[str, Any]:
    """Ask with the command, in a process of its own."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as text:
        text.write(article.text)
        text.flush()
        command = [sys.executable, "-m", "dedup", "index", "query", str(place), text.name]
        # From a small process: what is forked from a large one counts as large until it begins.
        asked = [sys.executable, "-c", _RUN, *command]
        told = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    *shown, figures = told.splitlines()
    found: dict[str, Any] = json.loads(figures)
    return {**found, "shell_found": any(article.id in line for line in shown)}


def forget(index: Index, batches: int) -> dict[str, Any]:
    """Forget the first tenth."""
    before = index.stats()
    cpu, wall = time.process_time(), time.perf_counter()
    gone = index.expire(FIRST + int(FORGOTTEN * batches) * HOUR)
    used = time.process_time() - cpu
    after = index.stats()
    return {
        "expired": gone,
        "expire_seconds": round(used, 2),
        "expire_wall_seconds": round(time.perf_counter() - wall, 2),
        "bytes_per_article_after": round(after.bytes / after.articles),
        "space_back": round((before.bytes - after.bytes) / before.bytes, 4),
    }


def compact(index: Index) -> dict[str, Any]:
    """Merge all that one segment can hold."""
    cpu, wall = time.process_time(), time.perf_counter()
    index.compact()
    used = time.process_time() - cpu
    after = index.stats()
    return {
        "compact_seconds": round(used, 2),
        "compact_wall_seconds": round(time.perf_counter() - wall, 2),
        "compact_segments": after.segments,
        "compact_bytes_per_article": round(after.bytes / after.articles),
    }


def measure(dump: Path, count: int, batches: int, place: Path, stories: bool) -> dict[str, Any]:
    """Measure one size."""
    index = Index.open(place, stories=stories)
    figures: dict[str, Any] = {"articles": count, "batches": batches}
    figures |= add_all(index, dump, count, batches)
    stats = index.stats()
    figures |= {"bytes_per_article": round(stats.bytes / count), "segments": stats.segments}
    figures["stories"] = stats.stories
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(figures, file=sys.stderr, flush=True)
    asked, truth = sample(dump, count)
    figures |= ask(index, asked, truth)
    figures |= ask_from_shell(place, asked[0])
    figures |= forget(index, batches)
    figures |= compact(index)
    index.close()
    return figures


def main() -> None:
    """Measure an index over a feed of a given size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dump", type=Path, required=True, metavar="FILE.jsonl")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--batches", type=int, required=True)
    parser.add_argument("--index", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--no-stories", action="store_true", help="Add without comparing.")
    options = parser.parse_args()
    size = options.count, options.batches
    found = measure(options.dump, *size, options.index, not options.no_stories)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
