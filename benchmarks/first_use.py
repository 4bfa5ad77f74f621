"""Measure a first use: a new environment, its first scans and comparison, on a read-only disk too.

    python benchmarks/first_use.py --data FOLDER [--out benchmarks/results/first_use.json]

Makes an environment, installs this checkout there with pip, which compiles it, and runs the command
as a user does. CPU seconds stand beside wall; a first run is one run, all others are medians of
``ROUNDS``. The bars: a first scan of two files takes one CPU second, of 2,000 articles 1.2 times
the second; a process that compares two texts 1.2 times one that imports numpy and rapidfuzz; the
environment has 300 MB.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results" / "first_use.json"
ROUNDS = 15
SCANS = 5
ARTICLES = 2_000
IMPORTS = "import numpy, rapidfuzz"
SHORT = "import dedup; dedup.compare('The mayor of Oslo resigned.', 'The mayor resigned today.')"
SEEDS = (
    "import dedup, glob; dedup.compare(*(open(p, encoding='utf-8').read()"
    " for p in sorted(glob.glob('{folder}/*.txt'))))"
)


class Taken(NamedTuple):
    """CPU and wall seconds of a process and those it waited for."""

    cpu: float
    wall: float


def run(command: Sequence[str | Path], folder: Path, **added: str) -> Taken:
    """Run a command to its end in an environment that names no caches."""
    kept = {name: held for name, held in os.environ.items() if not name.startswith("PYTHON")}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=kept | added, check=False, capture_output=True, text=True
    )
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{command}: ended with {done.returncode}\n{done.stderr}")
    return Taken(
        after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime,
        wall,
    )


def medians(taken: Sequence[Taken]) -> dict[str, float]:
    """Give the medians of several runs."""
    return {
        "cpu": round(median(each.cpu for each in taken), 3),
        "wall": round(median(each.wall for each in taken), 3),
    }


def installed(checkout: Path, environment: Path) -> Taken:
    """Install the last commit in a new environment, compiling it."""
    checkout.mkdir()
    packed = subprocess.run(
        ["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True
    ).stdout
    subprocess.run(["tar", "-x", "-C", str(checkout)], input=packed, check=True)
    run([sys.executable, "-m", "venv", environment], checkout)
    install = [environment / "bin" / "python", "-m", "pip", "install", "--quiet"]
    return run([*install, "--disable-pip-version-check", checkout], checkout)


def megabytes(folder: Path) -> float:
    """Add up the files of a folder."""
    sizes = (path.lstat().st_size for path in folder.rglob("*") if path.is_file())
    return round(sum(sizes) / 1e6, 1)


def scans(command: Path, folder: Path, dumps: dict[str, list[Path]]) -> dict[str, object]:
    """Scan each dump for the first time, and some times more."""
    told: dict[str, object] = {}
    for name, paths in dumps.items():
        taken = []
        for number in range(1 + SCANS):
            out = folder / f"{name} {number}"
            taken.append(run([command, "scan", *paths, "--out", out], folder, HOME=str(folder)))
        again = medians(taken[1:])
        told[name] = {
            "first": medians(taken[:1]),
            "again": again,
            "ratio": round(taken[0].cpu / again["cpu"], 2),
        }
    return told


def read_only(command: Path, folder: Path, paths: list[Path]) -> dict[str, object]:
    """Scan where neither the environment nor the home folder can be written."""
    home, out = folder / "home", folder / "out"
    home.mkdir()
    environment = command.parent.parent
    if os.geteuid() == 0:  # whom modes do not stop
        script = (
            'for f in "$1" "$2"; do mount --bind "$f" "$f"; mount -o remount,ro,bind "$f"; done;'
            ' ! touch "$1/written" 2>/dev/null || exit 9; shift 2; exec "$@"'
        )
        start = ["unshare", "--mount", "sh", "-c", script, "sh", str(environment), str(home)]
    else:
        subprocess.run(["chmod", "-R", "a-w", str(environment), str(home)], check=True)
        start = []
    taken = run([*start, command, "scan", *paths, "--out", out], folder, HOME=str(home))
    return medians([taken]) | {"report": (out / "report.html").is_file()}


def first_compare(python: Path, folder: Path) -> dict[str, object]:
    """Start processes that compare, and one that imports numpy and rapidfuzz, in turn."""
    codes = {"imports": IMPORTS, "short": SHORT, "seeds": SEEDS.format(folder=ROOT / "seeds")}
    taken: dict[str, list[Taken]] = {name: [] for name in codes}
    for _ in range(ROUNDS):
        for name, code in codes.items():
            taken[name].append(run([python, "-c", code], folder))
    told: dict[str, object] = {name: medians(runs) for name, runs in taken.items()}
    for name in ("short", "seeds"):
        ratios = [a.cpu / b.cpu for a, b in zip(taken[name], taken["imports"], strict=True)]
        told[f"{name}, ratio"] = round(median(ratios), 2)
    return told


def main() -> None:
    """Make the environment, run everything once, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--out", type=Path, default=RESULTS)
    asked = parser.parse_args()
    told: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        articles = folder / "articles.jsonl"
        with gzip.open(asked.data / "news_abp.jsonl.gz", "rt", encoding="utf-8") as lines:
            articles.write_text("".join(islice(lines, ARTICLES)), "utf-8")
        environment = folder / "environment"
        python, command = environment / "bin" / "python", environment / "bin" / "dedup"
        told["install"] = medians([installed(folder / "checkout", environment)])
        told["environment, MB"] = megabytes(environment)
        dumps = {"two files": sorted((ROOT / "seeds").glob("*.txt")), "2,000 articles": [articles]}
        told |= scans(command, folder, dumps)
        told["first compare"] = first_compare(python, folder)
        told["read-only"] = read_only(command, folder, [articles])
        shutil.rmtree(environment, ignore_errors=True)
    print(json.dumps(told, indent=1))
    asked.out.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
