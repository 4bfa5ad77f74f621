"""The same feed into other libraries' indexes, side by side with :class:`dedup.Index`.

gaoya and datasketch hold signatures in memory or, datasketch, in Redis, answer with ids alone, and
find near-copies only; datasketch's is asked with its own signatures, made inside the clock, as
gaoya's are. A server's seconds are not counted, those by the clock hold them. Each runs in a
process of its own. Found is the share of planted versions whose origin is in the answer, by kind.
"""

from __future__ import annotations

import argparse
import atexit
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import orjson

ASKED, NUM_PERM, THRESHOLD, BATCH = 1_500, 128, 0.5, 1_000
_WORD = re.compile(r"\w+")

Add = Callable[[list[tuple[str, str]]], None]
Ask = Callable[[str], set[str]]


def with_dedup(place: Path) -> tuple[Add, Ask]:
    """On disk, candidates of both lanes, judged."""
    from dedup import Article, Index

    index = Index.open(place, stories=False)
    return (
        lambda batch: index.add([Article(key, text) for key, text in batch]),
        lambda text: {match.id for match in index.query(text, limit=20)},
    )


def with_gaoya(_: Path) -> tuple[Add, Ask]:
    """In memory, verified by estimate; all threads when inserting in bulk."""
    index = import_module("gaoya.minhash").MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=THRESHOLD,
        num_bands=42,
        band_size=3,
        num_hashes=NUM_PERM,
        analyzer="word",
        lowercase=True,
        ngram_range=(3, 3),
    )
    keys: list[str] = []

    def add(batch: list[tuple[str, str]]) -> None:
        first = len(keys)
        keys.extend(key for key, _ in batch)
        texts = [text for _, text in batch]
        index.par_bulk_insert_docs(list(range(first, len(keys))), texts)

    return add, lambda text: {keys[found] for found in index.query(text)}


def with_redis(place: Path) -> tuple[Add, Ask]:
    """As in memory, but kept by a Redis server of its own, which writes each change to the disk."""
    place.mkdir()
    socket = str(place / "socket")
    command = ["redis-server", "--port", "0", "--unixsocket", socket, "--dir", str(place)]
    server = subprocess.Popen(
        [*command, "--appendonly", "yes", "--save", ""], stdout=subprocess.DEVNULL
    )
    atexit.register(server.wait)
    atexit.register(server.terminate)
    while not Path(socket).exists():
        time.sleep(0.01)
    return with_datasketch(place, {"type": "redis", "redis": {"unix_socket_path": socket}})


def with_datasketch(_: Path, storage: dict[str, Any] | None = None) -> tuple[Add, Ask]:
    """In memory, candidates by bands, not verified."""
    from datasketch import MinHash, MinHashLSH

    lsh = MinHashLSH(threshold=THRESHOLD, num_perm=NUM_PERM, storage_config=storage)

    def sketch(text: str) -> Any:
        words = _WORD.findall(text.lower())
        made = MinHash(num_perm=NUM_PERM)
        made.update_batch({" ".join(words[at : at + 3]).encode() for at in range(len(words) - 2)})
        return made

    def add(batch: list[tuple[str, str]]) -> None:
        with lsh.insertion_session() as session:
            for key, text in batch:
                session.insert(key, sketch(text))

    return add, lambda text: set(lsh.query(sketch(text)))


LIBRARIES: dict[str, Callable[[Path], tuple[Add, Ask]]] = {
    "dedup": with_dedup,
    "gaoya": with_gaoya,
    "datasketch": with_datasketch,
    "datasketch on Redis": with_redis,
}


def measure(name: str, dump: Path, count: int) -> dict[str, Any]:
    """Fill an index and ask for versions of what is in it."""
    with tempfile.TemporaryDirectory() as folder:
        add, ask = LIBRARIES[name](Path(folder) / "i")
        used = walls = 0.0
        with dump.open("rb") as lines:
            while rows := [orjson.loads(line) for line in islice(lines, min(BATCH, count))]:
                began, clock = time.process_time(), time.perf_counter()
                add([(row["id"], row["text"]) for row in rows])
                used += time.process_time() - began
                walls += time.perf_counter() - clock
                count -= len(rows)
        truth = dict[str, tuple[str, str]]()
        with dump.with_suffix(".truth.tsv").open() as lines_of_truth:
            for line in islice(lines_of_truth, ASKED):
                of, key, kind = line.split()
                truth[key] = of, kind
        took, hits = [], defaultdict(list)
        with dump.open("rb") as lines:
            for row in map(orjson.loads, islice(lines, 20 * ASKED)):
                if row["id"] in truth:
                    of, kind = truth[row["id"]]
                    began = time.process_time()
                    found = ask(row["text"])
                    took.append(1000 * (time.process_time() - began))
                    hits[kind].append(of in found)
    return {
        "library": name,
        "add_seconds": round(used, 1),
        "add_wall_seconds": round(walls, 1),
        "query_median_ms": round(float(np.median(took)), 2),
        "query_p95_ms": round(float(np.quantile(took, 0.95)), 2),
        "found": {kind: round(sum(own) / len(own), 3) for kind, own in sorted(hits.items())},
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Measure each library in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dump", type=Path, required=True, metavar="FILE.jsonl")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--only", choices=LIBRARIES)
    options = parser.parse_args()
    if options.only:
        print(json.dumps(measure(options.only, options.dump, options.count)))
        return
    for name in LIBRARIES:
        subprocess.run([sys.executable, __file__, *sys.argv[1:], "--only", name], check=False)


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    main()
