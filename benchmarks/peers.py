"""Measure this library and its peers side by side, on the same texts, in one run.

Three things are measured: sketching (raw text to a signature of 128 permutations, one core), the
near-duplicate job (dump file to pairs of word 3-shingle Jaccard ≥ .5, two cores), and that job as a
whole process, from the interpreter's start to its end, with nothing left out. Every other job is a
process of its own and they run one after the other; process start, imports, and a warm-up on 50
texts stay outside the clock for everybody and are reported apart. The dump is unpacked first, so
that gzip is not what is measured. The order of the jobs is rotated from round to round; figures are
medians over the rounds, and the ratio to this library is taken within each round.

What the peers do less or otherwise than this library stands at the head of each file in
`peer_jobs/`. The peers live in an environment of their own, which needs
datasketch rensa gaoya text-dedup "datatrove[processing]" spacy xxhash orjson.

    python benchmarks/peers.py --data FOLDER --peers-python PEERS_ENVIRONMENT/bin/python
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
OURS = "dedup"
KINDS = ("sketch", "pairs", "process")
WARM_TEXTS = 50
Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Job:
    """Name one thing to measure, the file that does it and the packages it rests on."""

    kind: str
    name: str
    module: str
    packages: tuple[str, ...]
    verifies: str = ""


_OURS = ("dedup", "numpy")
_READ = ("orjson",)
JOBS = (
    Job("sketch", OURS, "use_dedup", _OURS),
    Job("sketch", "gaoya", "use_gaoya", ("gaoya",)),
    Job("sketch", "gaoya signatures", "use_gaoya", ("gaoya",)),
    Job("sketch", "rensa", "use_rensa", ("rensa",)),
    Job("sketch", "datasketch", "use_datasketch", ("datasketch", "numpy")),
    Job("sketch", "datasketch xxh32", "use_datasketch", ("datasketch", "numpy", "xxhash")),
    Job("pairs", OURS, "use_dedup", _OURS, "exactly"),
    Job("process", OURS, "use_dedup", _OURS, "exactly"),
    Job("process", "gaoya", "use_gaoya", ("gaoya", *_READ), "by estimate"),
    Job("process", "rensa", "use_rensa", ("rensa", *_READ), "by estimate"),
    Job("pairs", f"{OURS} scan", "use_dedup", _OURS, "exactly, and judges"),
    Job("pairs", "gaoya", "use_gaoya", ("gaoya", *_READ), "by estimate"),
    Job("pairs", "rensa", "use_rensa", ("rensa", *_READ), "by estimate"),
    Job("pairs", "datasketch", "use_datasketch", ("datasketch", "numpy", *_READ), "by estimate"),
    Job(
        "pairs",
        "datasketch xxh32",
        "use_datasketch",
        ("datasketch", "numpy", "xxhash", *_READ),
        "by estimate",
    ),
    Job("pairs", "text-dedup", "use_text_dedup", ("text-dedup", "datasets", "numpy"), "no; groups"),
    Job("pairs", "datatrove", "use_datatrove", ("datatrove", "spacy", "numpy"), "no; groups"),
    Job("pairs", "datatrove plain words", "use_datatrove", ("datatrove", "numpy"), "no; groups"),
)


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder of news_abp.jsonl.gz")
    parser.add_argument("--peers-python", default=sys.executable, help="interpreter of the peers")
    parser.add_argument("--limit", type=int, help="only the first texts")
    parser.add_argument("--repeat", type=int, default=3, help="rounds")
    parser.add_argument("--out", type=Path, default=HERE / "results" / "peers.json")
    parser.add_argument("--only", help="names of jobs, with commas between")
    parser.add_argument("--timeout", type=float, default=1200, help="seconds that a job may take")
    args = parser.parse_args()
    found = shutil.which(args.peers_python)
    if found is None:
        parser.error(f"--peers-python: no interpreter {args.peers_python!r}")
    args.peers_python = str(
        Path(found).absolute()
    )  # not resolved: a link leads out of the environment
    return args


def unpack(folder: Path, limit: int | None, work: Path) -> tuple[Path, Path]:
    """Write the dump and the few texts of the warm-up as plain JSON Lines."""
    dump, warm = work / "dump.jsonl", work / "warm.jsonl"
    with gzip.open(folder / "news_abp.jsonl.gz", "rb") as packed, dump.open("wb") as plain:
        plain.writelines(itertools.islice(packed, limit))
    with dump.open("rb") as plain:
        warm.write_bytes(b"".join(itertools.islice(plain, WARM_TEXTS)))
    return dump, warm


def descendants(root: int) -> list[int]:
    """Return the processes that `root` started, and those that these started."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:  # it has ended since
                continue
            children[int(stat.rpartition(")")[2].split()[1])].append(int(entry.name))
    found: list[int] = []
    waiting = [root]
    while waiting:
        waiting += (mine := children[waiting.pop()])
        found += mine
    return found


def share_mb(pid: int) -> float:
    """Return a process's proportional share of memory in MB, 0 if it has ended."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def watch(process: subprocess.Popen[bytes], timeout: float) -> float:
    """Wait for a process; return the peak in MB of its tree, 0 if it never had children.

    Pages that processes share are counted once (the proportional share, five times a second). A
    single process is not sampled: it reads the exact peak from the kernel itself.
    """
    peak, end = 0.0, time.monotonic() + timeout
    try:
        while process.poll() is None:
            if time.monotonic() > end:
                raise TimeoutError(f"took longer than {timeout:.0f} s")
            if others := descendants(process.pid):
                peak = max(peak, sum(share_mb(pid) for pid in (process.pid, *others)))
            time.sleep(0.2)
    finally:
        if process.poll() is None:  # too slow, or the run was broken off
            os.killpg(process.pid, signal.SIGKILL)  # it leads a session: its children end with it
            process.wait()
    return peak


def run(job: Job, dump: Path, warm: Path, args: argparse.Namespace) -> Result:
    """Run one job in a process of its own; a failure is a result too and never stops the rest."""
    ours = job.module == "use_dedup"
    environment = dict(os.environ)
    if ours:  # found without being installed
        environment["PYTHONPATH"] = str(HERE.parent)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        out, log = work / "result.json", work / "log.txt"
        command = [
            sys.executable if ours else args.peers_python,
            str(HERE / "peer_jobs" / "job.py"),
        ]
        values = {"module": job.module, "name": job.name, "kind": job.kind, "input": dump}
        values |= {"warm": warm, "work": work, "out": out}
        command += [f"--{key}={value}" for key, value in values.items()]
        command += [f"--package={package}" for package in job.packages]
        command.append(f"--began={time.time()}")
        with log.open("wb") as sink:
            process = subprocess.Popen(
                command, stdout=sink, stderr=sink, env=environment, start_new_session=True, cwd=work
            )
            try:
                tree = watch(process, args.timeout)
            except TimeoutError as error:
                return {"failed": str(error)}
        if process.returncode or not out.exists():
            lines = log.read_text(errors="replace").strip().splitlines()
            return {"failed": lines[-1] if lines else f"exit {process.returncode}"}
        result: Result = json.loads(out.read_text())
    if tree:
        result["peak_mb"] = max(result["peak_mb"], tree)
        result["peak_of"] = "tree, sampled"
    return result


def score(result: Result, truth: set[tuple[int, int]]) -> None:
    """Replace the pairs or groups of a result by their number, recall and precision.

    A group counts as all the pairs in it.
    """
    pairs = {(min(i, j), max(i, j)) for i, j in result.pop("pairs")}
    groups = result.pop("groups")
    found, hits = len(pairs), len(pairs & truth)
    if groups:
        label = {member: number for number, group in enumerate(groups) for member in group}
        found = sum(len(group) * (len(group) - 1) // 2 for group in groups)
        hits = sum(label.get(i, -1) == label.get(j, -2) for i, j in truth)
        result["groups"] = len(groups)
    result["pairs"] = found
    result["recall"] = hits / len(truth) if truth else None
    result["precision"] = hits / found if found else None


def brute_force(dump: Path, work: Path) -> set[tuple[int, int]]:
    """Return the true pairs."""
    out = work / "truth.json"
    script = str(HERE / "peer_jobs" / "truth.py")
    subprocess.run([sys.executable, script, f"--input={dump}", f"--out={out}"], check=True)
    return {(i, j) for i, j in json.loads(out.read_text())}


def rounds(jobs: list[Job], dump: Path, warm: Path, args: argparse.Namespace) -> list[list[Result]]:
    """Run every job once a round, each round in another order; return the results by job."""
    results: list[list[Result]] = [[] for _ in jobs]
    for number in range(args.repeat):
        for kind in KINDS:
            places = [place for place, job in enumerate(jobs) if job.kind == kind]
            turn = number * len(places) // args.repeat
            for place in places[turn:] + places[:turn]:
                result = run(jobs[place], dump, warm, args)
                result["load"] = os.getloadavg()[0]
                results[place].append(result)
                took = (
                    result.get("unavailable") or result.get("failed") or f"{result['wall_s']:.2f} s"
                )
                print(f"round {number + 1}: {kind} {jobs[place].name}: {took}", file=sys.stderr)
    return results


def summary(job: Job, results: list[Result], ours: list[Result]) -> Result:
    """Take the medians over the rounds, and the ratio of wall (and CPU) times within each round."""
    line: Result = {"kind": job.kind, "name": job.name, "rounds": results}
    if job.verifies:
        line["verifies"] = job.verifies
    good = [result for result in results if "wall_s" in result]
    if not good:
        first = results[0]
        return line | {key: first[key] for key in ("unavailable", "failed") if key in first}
    for key, value in good[0].items():
        if isinstance(value, int | float):
            line[key] = statistics.median(result[key] for result in good)
        elif key in ("versions", "peak_of"):
            line[key] = value
    for key in ("wall_s", "cpu_s"):
        if ratios := [
            theirs[key] / mine[key]
            for theirs, mine in zip(results, ours, strict=True)
            if key in theirs and key in mine
        ]:
            line[f"{key}_to_ours"] = statistics.median(ratios)
            line[f"{key}_to_ours_range"] = [min(ratios), max(ratios)]
    return line


def environment() -> Result:
    """Describe the machine, as far as it matters for the figures."""
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "cpus": len(os.sched_getaffinity(0)),
        "cpu": models[0] if models else platform.machine(),
    }


def cell(value: Any, form: str) -> str:
    """Format a figure, or a dash where there is none."""
    return "-" if value is None else format(value, form)


SKETCH_COLUMNS = (
    ("texts/s", "rate", ",.0f"),
    ("texts/CPU s", "cpu_rate", ",.0f"),
    ("ours is x", "wall_s_to_ours", ".2f"),
    ("x by CPU", "cpu_s_to_ours", ".2f"),
    ("import s", "import_s", ".2f"),
    ("warm-up s", "warm_s", ".2f"),
)
PAIRS_COLUMNS = (
    ("wall s", "wall_s", ".2f"),
    ("CPU s", "cpu_s", ".2f"),
    ("ours is x", "wall_s_to_ours", ".2f"),
    ("x by CPU", "cpu_s_to_ours", ".2f"),
    ("peak MB", "peak_mb", ",.0f"),
    ("idle MB", "idle_mb", ",.0f"),
    ("pairs", "pairs", ",.0f"),
    ("recall", "recall", ".3f"),
    ("precision", "precision", ".3f"),
    ("verifies", "verifies", "s"),
    ("import s", "import_s", ".2f"),
    ("warm-up s", "warm_s", ".2f"),
)


def table(lines: list[Result], columns: tuple[tuple[str, str, str], ...]) -> str:
    """Lay out one kind of job; a job that did not run says why instead of figures."""
    rows = [["", *(title for title, _, _ in columns)]]
    notes = {}
    for line in lines:
        reason = line.get("failed") or line.get("unavailable")
        if reason:
            word = "failed" if "failed" in line else "not available"
            notes[len(rows)] = f"{line['name']:<24}{word}: {reason}"
        rows.append([line["name"], *(cell(line.get(key), form) for _, key, form in columns)])
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        notes.get(number)
        or "  ".join(
            [
                row[0].ljust(24),
                *(value.rjust(w) for value, w in zip(row[1:], widths[1:], strict=True)),
            ]
        )
        for number, row in enumerate(rows)
    )


def show(report: Result) -> None:
    """Print the report as two tables."""
    machine = report["environment"]
    print(f"\n{report['texts']:,} texts, {report['megabytes']:.1f} MB, {report['repeat']} rounds")
    print(f"{machine['cpus']} CPUs ({machine['cpu']}), Python {machine['python']}")
    seen: dict[str, str] = {}
    for line in report["jobs"]:
        seen |= {
            name: version for name, version in line.get("versions", {}).items() if name != "python"
        }
    print(", ".join(f"{name} {version}" for name, version in sorted(seen.items())))
    by_kind = {kind: [line for line in report["jobs"] if line["kind"] == kind] for kind in KINDS}
    print("\nRaw text to signature of 128 permutations, one core\n")
    print(table(by_kind["sketch"], SKETCH_COLUMNS))
    print(f"\nDump file to near-duplicate pairs, {report['true_pairs']:,} pairs by brute force\n")
    print(table(by_kind["pairs"], PAIRS_COLUMNS))
    print("\nThe same as a whole process, from the interpreter's start to its end\n")
    print(table(by_kind["process"], PAIRS_COLUMNS))


def measure(args: argparse.Namespace, work: Path) -> Result:
    """Run everything and return the report."""
    dump, warm = unpack(args.data, args.limit, work)
    chosen = {OURS, *args.only.split(",")} if args.only else {job.name for job in JOBS}
    jobs = [job for job in JOBS if job.name in chosen]
    truth = brute_force(dump, work)
    results = rounds(jobs, dump, warm, args)
    ours = {job.kind: mine for job, mine in zip(jobs, results, strict=True) if job.name == OURS}
    lines = []
    for job, mine in zip(jobs, results, strict=True):
        for result in mine:
            if "pairs" in result:
                score(result, truth)
            elif "wall_s" in result:
                result["rate"] = result["texts"] / result["wall_s"]
                result["cpu_rate"] = result["texts"] / result["cpu_s"]
        lines.append(summary(job, mine, ours[job.kind]))
    with dump.open("rb") as file:
        texts = sum(1 for _ in file)
    return {
        "environment": environment(),
        "texts": texts,
        "megabytes": dump.stat().st_size / 1e6,
        "repeat": args.repeat,
        "true_pairs": len(truth),
        "jobs": lines,
    }


def main() -> None:
    """Measure, show and save."""
    args = options()
    with tempfile.TemporaryDirectory() as folder:
        report = measure(args, Path(folder))
    show(report)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
