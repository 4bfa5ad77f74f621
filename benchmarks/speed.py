"""Time `dedup.compare` and its stages: two short texts beside difflib, long texts, texts a second.

    python benchmarks/speed.py --data FOLDER [--out benchmarks/results/speed.json]

FOLDER holds the development data: `seeds/` and `news_abp.jsonl.gz`. Times are processor time of
one thread; a figure is the least of many runs, a ratio the median of runs taken in turn.
"""

from __future__ import annotations

import argparse
import gzip
import json
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from itertools import islice, pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

import dedup
from dedup.alignment.passages import align
from dedup.reading.texts import read, read_marked, read_texts
from dedup.verdict.judging import judge
from dedup.verdict.stories import Stories

Record = dict[str, Any]

ROUNDS = 60
"""Rounds in which the short texts are timed, each stage in turn."""
LONG_TEXTS = (5_000, 200_000)
"""Words of the long texts."""
PAIR = np.array([[0, 1]])
PAIRS = 10_000
"""Pairs that are compared in one call."""
TEXTS = 1_000
"""News texts that are read for the figure of texts a second."""
KINDS_OF_INPUT = {
    "100,000 one-word lines": lambda word: f"{word}\n" * 100_000,
    "one sentence of 1 MB": lambda word: f"{word} of the long rain " * 50_000,
}


def seconds(run: Callable[[], object]) -> float:
    """Give the processor time of one run."""
    began = time.process_time_ns()
    run()
    return (time.process_time_ns() - began) / 1e9


def news(data: Path) -> Iterator[str]:
    with gzip.open(data / "news_abp.jsonl.gz", "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)["text"]


def seeds(data: Path) -> Record:
    """Time the seed pair, each stage and difflib in turn; milliseconds."""
    x, y = (path.read_text(encoding="utf-8") for path in sorted((data / "seeds").glob("*.txt")))
    texts = read_texts([x, y])
    (a, flags_a), (b, flags_b) = texts.flagged(0, x), texts.flagged(1, y)
    stories = Stories(texts.words, texts.marks)
    measured = stories.measures(PAIR)
    one, other = dedup.Article("a", x), dedup.Article("b", y)
    stages: dict[str, Callable[[], object]] = {
        "compare": lambda: dedup.compare(one, other),
        "compare, passages": lambda: dedup.compare(one, other).passages,
        "difflib": lambda: SequenceMatcher(None, a.words, b.words, autojunk=False).get_opcodes(),
        "read": lambda: read_texts([x, y]),
        "align": lambda: align(a, b, flags_a, flags_b, with_regions=False),
        "align with regions": lambda: align(a, b, flags_a, flags_b),
        "lay out stories": lambda: Stories(texts.words, texts.marks),
        "evidence": lambda: stories.measures(PAIR),
        "judge": lambda: judge(measured),
    }
    rounds = [{name: seconds(run) for name, run in stages.items()} for _ in range(ROUNDS)]
    return {
        "words": [len(a.words), len(b.words)],
        "least_ms": {name: 1e3 * min(times[name] for times in rounds) for name in stages},
        "median_ms": {name: 1e3 * median(times[name] for times in rounds) for name in stages},
        "to_difflib": {
            name: median(times[name] / times["difflib"] for times in rounds)
            for name in ("compare", "compare, passages")
        },
    }


def joined(texts: Iterator[str], words: int) -> str:
    """Join texts until they have so many words."""
    parts, count = [], 0
    while count < words:
        parts.append(next(texts))
        count += len(parts[-1].split())
    return "\n\n".join(parts)


def long_pair(data: Path, words: int) -> tuple[str, str]:
    """Make two texts of news of which one half is the same."""
    texts = news(data)
    shared = joined(texts, words // 2)
    own_a, own_b = (joined(texts, words - words // 2) for _ in range(2))
    return f"{shared}\n\n{own_a}", f"{shared}\n\n{own_b}"


def timed_alone(name: str, data: Path) -> Record:
    """Compare two texts in a process of its own: the first time and a warm one, peak memory."""
    if name in KINDS_OF_INPUT:
        x, y = KINDS_OF_INPUT[name]("rain"), KINDS_OF_INPUT[name]("snow")
    else:
        x, y = long_pair(data, int(name))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    first = seconds(lambda: dedup.compare(x, y))
    rounds = range(2 if len(x) > 100_000 else 7)
    warm = min(seconds(lambda: dedup.compare(x, y)) for _ in rounds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "first_s": first,
        "warm_s": warm,
        "peak_mb": peak // 1024,
        "before_mb": before // 1024,
    }


def in_child(name: str, data: Path) -> Record:
    command = [sys.executable, __file__, "--data", str(data), "--alone", name]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def texts_a_second(data: Path) -> Record:
    """Time reading, furniture and document over news texts; texts a second, warm."""
    texts = list(islice(news(data), TEXTS))
    took = min(seconds(lambda: read_marked(texts)) for _ in range(2))
    words = sum(len(read(text).words) for text in texts) / len(texts)
    return {"prepare": len(texts) / took, "mean_words": words}


def many(data: Path) -> Record:
    """Time `compare_many` on pairs of neighbours among news articles; milliseconds a pair."""
    texts = [dedup.Article(str(at), text) for at, text in enumerate(islice(news(data), PAIRS + 1))]
    pairs = list(pairwise(texts))
    runs: dict[str, Callable[[], object]] = {
        "one thread": lambda: dedup.compare_many(pairs, threads=1),
        "two threads": lambda: dedup.compare_many(pairs, threads=2),
        "one thread, passages besides": lambda: [
            each.passages for each in dedup.compare_many(pairs, threads=1)
        ],
    }
    took: Record = {}
    for name, run in runs.items():
        began, spent = time.perf_counter(), seconds(run)
        wall = time.perf_counter() - began
        took[name] = {"cpu_ms": 1e3 * spent / len(pairs), "wall_ms": 1e3 * wall / len(pairs)}
    return {"pairs": len(pairs), **took}


def measure(data: Path) -> Record:
    results: Record = {}
    for name in (*map(str, LONG_TEXTS), *KINDS_OF_INPUT):  # first: a child inherits peak memory
        results[f"{name} words" if name.isdigit() else name] = in_child(name, data)
    return results | {
        "machine": {"python": platform.python_version(), "numpy": np.__version__},
        "seeds": seeds(data),
        "many": many(data),
        "texts_a_second": texts_a_second(data),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the development data")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results/speed.json")
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        print(json.dumps(timed_alone(options.alone, options.data)))
        return
    results = measure(options.data)
    options.out.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
