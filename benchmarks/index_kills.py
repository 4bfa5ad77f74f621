"""Kill a process that changes an index, at random moments, and look at what is left each time.

The process adds, removes, follows a folder, expires and merges, step by step, and tells each step
that is done. After a kill the index must open, and hold what it held after the last step told or
after the one under way: nothing in between, nothing lost.
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from dedup import Article, Index

WORDS = "harbour council bridge storm verdict ferry strike budget quarry orchard tannery lantern"
BATCH, SEED = 60, 5
LONGEST = 1.5
"""Seconds after which a process is killed at the latest."""


def day(step: int) -> datetime.date:
    """Give the date of a step's articles."""
    return datetime.date(2024, 1, 1) + datetime.timedelta(days=step)


def batch(step: int) -> list[Article]:
    """Make the articles of a step; some are versions of those of a step before."""
    found = []
    for number in range(BATCH):
        draw = random.Random(f"{step // 2}-{number}")
        names = [f"{draw.choice(WORDS.split())}{draw.randrange(400)}" for _ in range(80)]
        text = " ".join(
            f"The {a} met the {b}." for a, b in zip(names[::2], names[1::2], strict=True)
        )
        found.append(Article(f"{step}-{number}", f"{text} Step {step}.", date=day(step)))
    return found


def kept_after(held: dict[str, datetime.date], step: int) -> dict[str, datetime.date]:
    """Give what is held after a step."""
    kind = step % 5
    if kind == 2:
        return {key: date for key, date in held.items() if not key.startswith(f"{step - 2}-1")}
    if kind == 4:
        return {key: date for key, date in held.items() if date >= day(step - 12)}
    return {**held, **{article.id: day(step) for article in batch(step)}}


def do(index: Index, folder: Path, step: int) -> None:
    """Do a step."""
    kind = step % 5
    if kind == 2:
        index.remove([key for key in index if key.startswith(f"{step - 2}-1")])
    elif kind == 3:
        rows = [{"id": a.id, "text": a.text, "date": str(a.date)} for a in batch(step)]
        unfinished = folder / f".{step}.jsonl"
        unfinished.write_text("".join(json.dumps(row) + "\n" for row in rows))
        unfinished.replace(folder / f"{step}.jsonl")
        for _ in index.follow(folder, wait=False):
            pass
    elif kind == 4:
        index.expire(day(step - 12))
        index.compact()
    else:
        index.add(batch(step))


def work(place: Path, folder: Path, first: int) -> None:
    """Do steps until killed."""
    index = Index.open(place)
    print("begun", flush=True)
    step = first
    while True:
        do(index, folder, step)
        print(step, flush=True)
        step += 1


def rounds(root: Path, kills: int) -> Iterator[tuple[int, float]]:
    """Kill and look; give the number of steps finished and the seconds that opening took."""
    place, folder = root / "i", root / "in"
    folder.mkdir()
    chance = random.Random(SEED)
    held: dict[str, datetime.date] = {}
    step = 0
    for _ in range(kills):
        command = [sys.executable, __file__, "--work", str(place), str(folder), str(step)]
        worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert worker.stdout is not None
        assert worker.stdout.readline() == "begun\n"
        time.sleep(chance.uniform(0, LONGEST))
        worker.kill()
        done = [int(line) for line in worker.communicate()[0].split()]
        for finished in done:
            held = kept_after(held, finished)
        step += len(done)
        began = time.perf_counter()
        with Index.open(place) as index:
            found = {row.id: row.date for row in index.articles()}
            seconds = time.perf_counter() - began
            further = kept_after(held, step)
            if found not in (held, further):
                raise SystemExit(f"step {step}: {len(found)} articles, wanted {len(held)}")
            for match in index.query(batch(max(step - 1, 0))[0].text):
                assert match.id in found
        if found == further != held:
            held, step = further, step + 1
        yield len(done), seconds


def main() -> None:
    """Kill a process many times."""
    if sys.argv[1:2] == ["--work"]:
        work(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as root:
        found = list(rounds(Path(root), options.kills))
    steps = sum(done for done, _ in found)
    slowest = max(seconds for _, seconds in found)
    print(json.dumps({"kills": len(found), "steps": steps, "slowest_open_s": round(slowest, 3)}))


if __name__ == "__main__":
    main()
