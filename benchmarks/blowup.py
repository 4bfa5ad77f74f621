"""Feed the engine what makes others blow up, at two sizes, and report how time and memory grow.

Each case runs in a process of its own: many copies of one text, many light edits of one text, many
texts that share one boilerplate paragraph, texts of one word, one huge text among small ones, forms
of one line, each like very many; they are searched for near-duplicates. Forms of one shape and of
two are scanned, and half of them against the other half in an index.
Pairs that must not be lost on the way are planted and counted: every text of a family of copies or
edits tied to another one, and two in a hundred boilerplate texts that are versions of another.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results" / "blowup.json"
SIZES = {
    "copies": 200_000,
    "light edits": 50_000,
    "boilerplate": 100_000,
    "one word": 200_000,
    "huge text": 50_000_000,
    "near forms": 100_000,
    "forms": 100_000,
    "two forms": 100_000,
    "forms against": 100_000,
}
PLANTED = 50
"""One boilerplate text in so many is followed, anywhere later, by a version of it."""

_draw = random.Random(5)
_WORDS = [f"w{k}" for k in range(20_000)]


def text(count: int) -> str:
    """Invent a text."""
    return " ".join(_draw.choices(_WORDS, k=count))


def edited(words: str, changes: int) -> str:
    """Replace some words of a text."""
    changed = words.split(" ")
    for _ in range(changes):
        changed[_draw.randrange(len(changed))] = _draw.choice(_WORDS)
    return " ".join(changed)


def made(case: str, size: int) -> tuple[list[str], list[tuple[int, int]]]:
    """Make the texts of a case and the pairs planted among them, seeded."""
    if case == "copies":
        return [text(300)] * size, []
    if case == "light edits":
        whole = text(300)
        return [edited(whole, 3) for _ in range(size)], []
    if case == "boilerplate":
        shared = text(120)
        own = [text(60) for _ in range(size - size // PLANTED)]
        own += [edited(own[k * PLANTED % len(own)], 2) for k in range(size // PLANTED)]
        order = sorted(range(size), key=lambda _: _draw.random())
        place = {row: at for at, row in enumerate(order)}
        count = size - size // PLANTED
        pairs = [(place[k * PLANTED % count], place[count + k]) for k in range(size // PLANTED)]
        planted = [(min(pair), max(pair)) for pair in pairs]
        return [f"{own[row]} {shared}" for row in order], planted
    if "forms" in case:
        shapes = FORMS if case == "two forms" else FORMS[:1]
        return [form(number, shapes[number % len(shapes)]) for number in range(size)], []
    if case == "one word":
        return [f"w{k % (size // 4)}" for k in range(size)], []
    return [text(size // 7), *(text(200) for _ in range(1000))], []


FORMS = (
    "Order {number} for {name} of {town} was confirmed on {day} March 2021 and will be "
    "delivered within {days} days.",
    "Invoice {number} to {name} in {town} is due on {day} April 2021; please pay it within {days} "
    "weeks from now.",
)


def form(number: int, shape: str) -> str:
    """Fill in a form."""
    name, town = _draw.choice(_WORDS[:10]), _draw.choice(_WORDS[:5])
    day, days = _draw.randint(1, 28), _draw.randint(2, 9)
    return shape.format(number=number, name=name, town=town, day=day, days=days)


def against_half(texts: list[str]) -> Sequence[Any]:
    """Scan the second half of texts against an index of the first."""
    import dedup

    articles = [dedup.Article(str(number), text) for number, text in enumerate(texts)]
    index = dedup.Index()
    index.add(articles[: len(articles) // 2])
    return dedup.scan(articles[len(articles) // 2 :], against=index).pairs


def untied(pairs: list[tuple[int, int]], size: int) -> int:
    """Count the texts that no chain of pairs ties to the first one."""
    partners = defaultdict(set)
    for one, other in pairs:
        partners[one].add(other)
        partners[other].add(one)
    tied, waiting = {0}, [0]
    while waiting:
        found = partners[waiting.pop()] - tied
        tied |= found
        waiting += found
    return size - len(tied)


def run(case: str, size: int) -> None:
    """Run one case in this process and print its figures as JSON."""
    import dedup

    texts, planted = made(case, size)
    dedup.near_duplicates(texts[-50:])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, cpu = time.perf_counter(), time.process_time()
    if case in ("forms", "two forms"):
        pairs: Sequence[Any] = dedup.scan(texts).pairs
    elif case == "forms against":
        pairs = against_half(texts)
    else:
        pairs = dedup.near_duplicates(texts, threshold=0.5)
    seconds = {
        "seconds": round(time.perf_counter() - began, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures = {**seconds, "pairs": len(pairs), "texts": len(texts)}
    found = [(int(pair.a), int(pair.b)) for pair in pairs]
    if planted:
        figures |= {"planted": len(planted), "planted_found": len(set(planted) & set(found))}
    if case in ("copies", "light edits"):
        figures["untied"] = untied(found, size)
    print(json.dumps({**figures, "peak_mb": peak // 1024, "texts_mb": before // 1024}))


def main() -> None:
    """Run every case at a quarter of its size and at its size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", choices=SIZES)
    parser.add_argument("--size", type=int, help="run the case in this process and print it")
    options = parser.parse_args()
    if options.size:
        run(options.case, options.size)
        return
    found = json.loads(RESULTS.read_text()) if options.case else {}
    for case, size in SIZES.items():
        if options.case not in (None, case):
            continue
        rows = []
        for part in (size // 4, size):
            command = [sys.executable, __file__, "--case", case, "--size", str(part)]
            output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            rows.append({"size": part, **json.loads(output)})
            print(case, rows[-1], flush=True)
        found[case] = rows
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
