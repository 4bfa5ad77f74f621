"""Run one job of one library in this process and write what it took.

Imports and a warm-up on a few texts (which compiles, starts pools, fills caches) come before the
clock starts and are reported apart. A sketching job is bound to one core before anything is
imported, so that no library starts a second thread.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import importlib.metadata
import json
import os
import platform
import resource
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any


def cpu_seconds() -> float:
    """Return the CPU time of this process and of all its finished descendants."""
    total = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        total += usage.ru_utime + usage.ru_stime
    return total


def status_mb(field: str) -> float:
    """Return a memory field of /proc/self/status in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"/proc/self/status has no {field}")


def timed(call: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """Call and return the result with wall and CPU seconds and this process's memory in MB."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the peak of imports and warm-up is forgotten
    before = status_mb("VmRSS")
    cpu, wall = cpu_seconds(), time.perf_counter()
    result = call()
    wall, cpu = time.perf_counter() - wall, cpu_seconds() - cpu
    took = {"wall_s": wall, "cpu_s": cpu, "idle_mb": before, "peak_mb": status_mb("VmHWM")}
    return result, took


def sketching(module: ModuleType, name: str, args: argparse.Namespace) -> dict[str, Any]:
    """Sketch all texts of the dump, read before the clock starts."""
    read: Callable[[Path], list[str]] = importlib.import_module("reading").texts
    sketch: Callable[[list[str]], int] = module.SKETCHES[name]
    warm = time.perf_counter()
    sketch(read(args.warm))
    warm = time.perf_counter() - warm
    batch = read(args.input)
    made, took = timed(lambda: sketch(batch))
    if made != len(batch):
        raise ValueError(f"signatures: got {made}, wanted {len(batch)}")
    return {"warm_s": warm, "texts": made, **took}


def pairing(module: ModuleType, name: str, args: argparse.Namespace) -> dict[str, Any]:
    """Find the near-duplicates of the dump, reading included."""
    find: Callable[[Path, Path], Any] = module.PAIRS[name]
    prepare: Callable[[Path, Path], None] | None = getattr(module, "prepare", None)
    folders = [args.work / "warm", args.work / "full"]
    for folder, dump in zip(folders, (args.warm, args.input), strict=True):
        folder.mkdir()
        if prepare:
            prepare(dump, folder)
    warm = time.perf_counter()
    find(args.warm, folders[0])
    warm = time.perf_counter() - warm
    found, took = timed(lambda: find(args.input, folders[1]))
    return {"warm_s": warm, "pairs": found.pairs, "groups": found.groups, **took}


def whole_process(module: ModuleType, name: str, args: argparse.Namespace) -> dict[str, Any]:
    """Find the near-duplicates once and at once, as a user's script does; nothing is left out.

    The clock runs from before the interpreter was started; CPU time is all that the process took.
    """
    found = module.PAIRS[name](args.input, args.work)
    took = {"wall_s": time.time() - args.began, "cpu_s": cpu_seconds()}
    return {"pairs": found.pairs, "groups": found.groups, "peak_mb": status_mb("VmHWM"), **took}


def versions(packages: list[str]) -> dict[str, str]:
    """Return the versions of the packages that are installed, and of Python."""
    known = {"python": platform.python_version()}
    for package in packages:
        try:
            known[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return known


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Import, warm up and time; a library that is missing is reported, not raised."""
    started = time.perf_counter()
    try:
        module = importlib.import_module(args.module)
    except ImportError as error:
        return {"unavailable": str(error)}
    imported = time.perf_counter() - started
    run = {"sketch": sketching, "pairs": pairing, "process": whole_process}[args.kind]
    try:
        result = run(module, args.name, args)
    except (AttributeError, NotImplementedError) as error:
        if args.module != "use_dedup":
            raise
        return {"unavailable": str(error)}  # the library is there, this part of it not yet
    return {"import_s": imported, **result, "versions": versions(args.package)}


def main() -> None:
    """Read the arguments, measure, write a JSON file."""
    parser = argparse.ArgumentParser()
    for option in ("module", "name", "kind"):
        parser.add_argument(f"--{option}", required=True)
    for option in ("input", "warm", "work", "out"):
        parser.add_argument(f"--{option}", type=Path, required=True)
    parser.add_argument("--began", type=float, default=0.0, help="when the process was started")
    parser.add_argument("--package", action="append", default=[])
    args = parser.parse_args()
    if args.kind == "sketch":
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    args.out.write_text(json.dumps(measure(args)))


if __name__ == "__main__":
    main()
