"""Kill a scan at random moments, run it again, and compare what both runs together wrote.

Each round starts ``dedup scan`` in a process of its own, sends it SIGKILL after a random time
shorter than an undisturbed run takes, starts the same command again and lets it end. The folder
must then hold the same bytes as that of the undisturbed run. A scan that ends before its moment is
no round: another moment is drawn. Scans that were killed before they had made a folder count too.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "resume.json"
SEED = 17


def command(dump: Path, out: Path) -> list[str]:
    """Give the command under test."""
    return [sys.executable, "-m", "dedup", "scan", str(dump), "--out", str(out), "--quiet"]


def digests(folder: Path) -> dict[str, str]:
    """Give the check sum of every file of a folder, hidden ones too."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.blake2b(path.read_bytes()).hexdigest()
        for path in sorted(files)
    }


def killed_after(seconds: float, dump: Path, out: Path) -> bool:
    """Run the scan and kill it after some seconds; tell whether it was still running."""
    process = subprocess.Popen(command(dump, out))
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True
    return False


def main() -> None:
    """Kill and resume, round by round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dump", type=Path)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    draw = random.Random(SEED)
    with tempfile.TemporaryDirectory() as work:
        began = time.perf_counter()
        subprocess.run(command(options.dump, Path(work) / "whole"), check=True)
        whole = time.perf_counter() - began
        wanted = digests(Path(work) / "whole")
        rounds = []
        for number in range(options.rounds):
            out = Path(work) / f"round-{number}"
            while not killed_after(after := draw.uniform(0, whole), options.dump, out):
                shutil.rmtree(out, ignore_errors=True)  # it may have ended before it made one
            again = time.perf_counter()
            subprocess.run(command(options.dump, out), check=True)
            row = {
                "killed_after": round(after / whole, 3),
                "again": round((time.perf_counter() - again) / whole, 3),
                "same": digests(out) == wanted,
            }
            rounds.append(row)
            print(row, flush=True)
    same = sum(row["same"] for row in rounds)
    result = {"seconds": round(whole, 2), "same": same, "rounds": rounds}
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")
    print(f"{same} of {len(rounds)} rounds ended with the same bytes")


if __name__ == "__main__":
    main()
