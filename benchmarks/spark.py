"""Hold a scan on Spark against one machine's: rows that differ, CPU seconds, bytes shuffled.

Each dump, JSON Lines, is scanned by both in processes of their own. CPU seconds of Spark are those
of its virtual machine and of all Python workers, from when the session stands and the dump lies in
Parquet until all five tables are written; of ``dedup.scan``, those of its process with the report
written. Rows that differ are those of pairs, members and unique articles, and of clusters by their
representative, that one has and the other has not. ``--copies`` adds so many copies of the first
article, ``--paragraph`` one paragraph to every text; of stages with four tasks or more those are
told whose slowest task exceeds the median most, and for how long that one waited for its worker of
Python to start and to load its packages. The Parquet files have row groups of 4 MB: a group
is read by one task, however many tasks a file is parted among. ``driver bytes`` are the most that
Python held at once in the driver while tables were made, and ``peak MB`` the most that lay in
memory of the virtual machine, of all Python workers, of the largest one, and of all with the
driver's Python; a page that several have is parted among them.
``--lose-executor`` runs two executors, each a process of its own, and kills one with all that it
keeps in the midst of a job. Figures are added to those that ``--out`` has of other dumps.

    python benchmarks/spark.py DUMP.jsonl[.gz]... [--cores 2] [--memory 3g] [--copies N]
        [--paragraph] [--parts N] [--lose-executor] [--name NAME] [--out FILE.json]
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
ROW_GROUP = 4 << 20
QUICK = "-XX:TieredStopAtLevel=1"
"""Spark's own code compiled once, not twice: it does little here, and compiling is most of that."""


def scan_here(dump: str, folder: str) -> dict[str, Any]:
    """Scan in this process and write the report."""
    import dedup

    began, cpu = time.perf_counter(), time.process_time()
    report = dedup.scan(Path(dump))
    report.write(folder)
    figures = {
        "articles": report.articles,
        "seconds": round(time.perf_counter() - began, 1),
        "cpu": round(time.process_time() - cpu, 1),
    }
    exact = {  # the files of a report round numbers
        "pairs": [
            (*sorted((p.a, p.b)), p.verdict.value, p.probability, p.jaccard) for p in report.pairs
        ],
        "members": [
            (m.id, cluster.representative, m.verdict.value, m.probability, m.jaccard)
            for cluster in report.clusters
            for m in cluster.members
        ],
        "clusters": [(c.representative, len(c.members)) for c in report.clusters],
    }
    (Path(folder) / "exact.json").write_text(json.dumps(exact), encoding="utf-8")
    return figures


def scan_spark(dump: str, folder: str, given: argparse.Namespace) -> dict[str, Any]:
    """Scan on Spark in this machine and write the tables."""
    import pyspark
    from pyspark.sql import SparkSession

    import dedup.spark

    cores = given.cores

    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = str(ROOT)
    events = Path(folder) / "events"
    events.mkdir()
    master = f"local[{cores}]"
    if given.lose_executor:
        master = f"local-cluster[{cores},1,2048]"
        os.environ["SPARK_HOME"] = str(Path(pyspark.__file__).parent)
    session = (
        SparkSession.builder.master(master)
        .config("spark.driver.memory", given.memory)
        .config("spark.driver.extraJavaOptions", QUICK)
        .config("spark.default.parallelism", str(given.parts or cores))
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.network.timeout", "900s")  # on a machine that others use, too
        .config("spark.eventLog.enabled", "true")
        .config("spark.eventLog.rolling.enabled", "false")
        .config("spark.eventLog.compress", "false")
        .config("spark.eventLog.dir", events.as_uri())
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    spent = Spent()
    spent.start()
    place = f"{folder}/dump"
    parted = session.read.json(dump).repartition(given.parts or 2 * cores)
    parted.write.option("parquet.block.size", ROW_GROUP).parquet(place)
    rows = session.read.parquet(place)
    killer = Killer(session.sparkContext)
    if given.lose_executor:
        killer.start()
    tracemalloc.start()
    began, cpu = time.perf_counter(), spent.seconds()
    found = dedup.spark.scan(rows)
    found.write(f"{folder}/tables")
    cpu = spent.seconds() - cpu
    figures = {
        "articles": found.articles,
        "seconds": round(time.perf_counter() - began, 1),
        "cpu": round(cpu, 1),
        "driver bytes": tracemalloc.get_traced_memory()[1],
        "peak MB": spent.peaks,
        **killer.done,
    }
    session.stop()
    written, times = stages(Path(folder) / "events")
    written.pop(min(stage for stage, size in written.items() if size))  # that of the dump itself
    largest = sorted(written.values(), reverse=True)[:12]
    figures |= {"shuffled": sum(written.values()), "largest shuffles": largest}
    uneven: list[dict[str, float]] = []
    for tasks in times.values():
        if len(tasks) >= 4:
            slowest, starting = max(tasks)
            middle = median(seconds for seconds, _ in tasks)
            stage = {"slowest": slowest, "starting": starting, "median": middle}
            uneven.append({**stage, "tasks": len(tasks)})
    uneven.sort(key=lambda stage: stage["median"] - stage["slowest"])
    return {**figures, "most uneven stages": uneven[:3]}


def stages(events: Path) -> tuple[dict[int, int], dict[int, list[tuple[float, float]]]]:
    """Read from Spark's log the bytes each stage wrote for a shuffle, and its tasks' seconds.

    Beside those of a task are those in which its worker started, as far as Spark tells.
    """
    written: dict[int, int] = {}
    times: dict[int, list[tuple[float, float]]] = {}
    for log in events.iterdir():
        for event in lines(log):
            if event["Event"] == "SparkListenerTaskEnd" and event.get("Task Metrics"):
                stage, metrics = event["Stage ID"], event["Task Metrics"]
                size = metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
                written[stage] = written.get(stage, 0) + size
                told = event["Task Info"]["Accumulables"]
                starting = sum(int(one["Update"]) for one in told if one["Name"] in STARTING)
                seconds = metrics["Executor Run Time"] / 1000, starting / 1000
                times.setdefault(stage, []).append(seconds)
    return written, times


STARTING = ("time to start Python workers", "time to initialize Python workers")


def changed(dump: str, target: Path, copies: int, paragraph: bool) -> str:
    """Write a dump with copies of its first article, or with one paragraph in every text."""
    opened = gzip.open if dump.endswith(".gz") else open
    with opened(dump, "rt", encoding="utf-8") as stream, target.open("w", encoding="utf-8") as out:
        for number, line in enumerate(stream):
            row = json.loads(line)
            if paragraph:
                row["text"] += f"\n\n{PARAGRAPH}"
            for copy in range(1 + copies * (number == 0)):
                out.write(json.dumps({**row, "id": f"{row['id']}-{copy}" if copy else row["id"]}))
                out.write("\n")
    return str(target)


PARAGRAPH = (
    "Our reporters on the coast will follow the harbour trial through the autumn. Write to the "
    "desk with what you saw at the ferry that night, and say whether we may print your name."
)


class Killer(Thread):
    """Kills one executor, with all that it keeps, while a job runs for which it has kept some."""

    def __init__(self, context: Any) -> None:
        super().__init__(daemon=True)
        self._tracker = context.statusTracker()
        self.done: dict[str, int] = {}

    def run(self) -> None:
        """Wait for that job and for a task of it to be done."""
        while not self.done:
            time.sleep(0.2)
            late = [job for job in self._tracker.getActiveJobsIds() if job >= LATE]
            if late:
                executor = min(executors())
                os.kill(executor, signal.SIGKILL)
                self.done = {"executor lost in job": late[0]}


LATE = 8
"""A job that comes after rows were read, words counted and candidates found."""


def executors() -> list[int]:
    """List the processes of executors below this one."""
    found = []
    for process in below(os.getpid())[0]:
        command = (Path("/proc") / str(process) / "cmdline").read_bytes()
        if b"CoarseGrainedExecutorBackend" in command:
            found.append(process)
    return found


def below(root: int) -> tuple[list[int], dict[int, tuple[float, bool]]]:
    """List all processes below one.

    Comes with the CPU seconds of every process there is, and whether it is Java.
    """
    parents: dict[int, list[int]] = {}
    used = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().rpartition(")")
        except OSError:
            continue
        fields = rest.split()
        cpu = sum(int(value) for value in fields[11:13]) / TICKS
        used[int(stat.parent.name)] = cpu, name.endswith("(java")
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = parents.get(root, [])
    for process in found:
        found += parents.get(process, [])
    return found, used


def held(process: int) -> float:
    """Give the MB that lie in memory for a process, of shared pages its part."""
    try:
        found = (Path("/proc") / str(process) / "smaps_rollup").read_text()
    except OSError:  # it has ended
        return 0.0
    (kilobytes,) = re.findall(r"^Pss: +(\d+)", found, re.MULTILINE) or ("0",)
    return int(kilobytes) / 1024


class Spent(Thread):
    """Adds up the CPU seconds of all processes below this one, those that have ended too.

    ``peaks`` are the most MB that they had at once.

    They are looked at twice a second, as Spark's workers end without telling anyone what they used,
    and their memory every other second. What looking takes is left out.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._used: dict[int, float] = {}
        self._own = 0.0
        self.peaks = dict.fromkeys(("java", "workers", "largest worker", "all"), 0)

    def run(self) -> None:
        """Look again and again."""
        for number in count():
            processes, used = self._look()
            if number % 4 == 0:
                self._weigh(processes, used)
            self._own = time.thread_time()
            time.sleep(0.5)

    def seconds(self) -> float:
        """Give what all have used up to now, this process too."""
        self._look()
        return sum(self._used.values()) + time.process_time() - self._own

    def _look(self) -> tuple[list[int], dict[int, tuple[float, bool]]]:
        processes, used = below(os.getpid())
        self._used.update({process: used[process][0] for process in processes})
        return processes, used

    def _weigh(self, processes: list[int], used: dict[int, tuple[float, bool]]) -> None:
        java = sum(held(process) for process in processes if used[process][1])
        workers = [held(process) for process in processes if not used[process][1]]
        every = java + sum(workers) + held(os.getpid())
        now = java, sum(workers), max(workers, default=0), every
        for name, value in zip(self.peaks, now, strict=True):
            self.peaks[name] = max(self.peaks[name], round(value))


def lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as stream:
        yield from map(json.loads, stream)


def differing(here: Path, there: Path) -> dict[str, int]:
    """Count the rows that one has and the other has not."""
    import pyarrow.parquet as parquet

    def table(name: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = parquet.read_table(there / "tables" / name).to_pylist()
        return rows

    judged = ("verdict", "probability", "jaccard")
    exact = json.loads((here / "exact.json").read_text(encoding="utf-8"))
    of_scan = {name: set(map(tuple, rows)) for name, rows in exact.items()}
    of_scan["unique"] = {str(row.get("id")) for row in lines(here / "unique.jsonl")}
    of_spark = {
        "pairs": {(row["a"], row["b"], *(row[name] for name in judged)) for row in table("pairs")},
        "members": {
            (row["id"], row["representative"], *(row[name] for name in judged))
            for row in table("members")
            if row["verdict"]
        },
        "clusters": {(row["representative"], row["members"]) for row in table("clusters")},
        "unique": {str(row.get("id")) for row in table("unique")},
    }
    found = {name: len(of_scan[name] ^ of_spark[name]) for name in of_scan}
    found["rows"] = sum(map(len, of_scan.values()))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dumps", nargs="+")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--memory", default="3g")
    parser.add_argument("--copies", type=int, default=0)
    parser.add_argument("--paragraph", action="store_true")
    parser.add_argument("--parts", type=int, help="partitions of each shuffle")
    parser.add_argument("--lose-executor", action="store_true")
    parser.add_argument("--name", help="what figures are called; the name of the dump without one")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--alone", choices=("here", "spark"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        (dump,) = given.dumps
        if given.alone == "here":
            figures = scan_here(dump, given.folder)
        else:
            figures = scan_spark(dump, given.folder, given)
        print(json.dumps(figures))
        return
    results = json.loads(given.out.read_text()) if given.out and given.out.exists() else {}
    for dump in given.dumps:
        with tempfile.TemporaryDirectory() as folder:
            runs = {}
            source = dump
            if given.copies or given.paragraph:
                target = Path(folder) / "changed.jsonl"
                source = changed(dump, target, given.copies, given.paragraph)
            for kind in ("here", "spark"):
                place = Path(folder) / kind
                place.mkdir()
                command = [
                    sys.executable,
                    __file__,
                    source,
                    "--alone",
                    kind,
                    "--folder",
                    str(place),
                ]
                command += ["--cores", str(given.cores), "--memory", given.memory]
                command += ["--parts", str(given.parts)] if given.parts else []
                command += ["--lose-executor"] if given.lose_executor else []
                environment = {**os.environ, "PYTHONPATH": str(ROOT)}
                output = subprocess.run(
                    command, check=True, stdout=subprocess.PIPE, text=True, env=environment
                ).stdout
                runs[kind] = json.loads(output.splitlines()[-1])
            runs["differing"] = differing(Path(folder) / "here", Path(folder) / "spark")
        spark = runs["spark"]
        runs["cpu ratio"] = round(spark["cpu"] / max(runs["here"]["cpu"], 0.1), 2)
        runs["bytes an article"] = round(spark["shuffled"] / max(spark["articles"], 1))
        results[given.name or Path(dump).name] = runs
        print(json.dumps({dump: runs}, indent=1), flush=True)
    if given.out:
        given.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
