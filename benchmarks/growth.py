"""Run one measurement on dumps of growing size, each in a process of its own."""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path


def measure_growth(script: Path, about: str | None, run: Callable[[Path], None]) -> None:
    """Read the command line of ``script``, measure every dump and write how cost grows.

    ``run`` measures one dump in this process and prints its figures as JSON, ``articles`` and
    ``seconds`` among them; the slope between two sizes, on a logarithmic scale, is added as
    ``exponent``. The rows are written to ``results`` under the script's name.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("dumps", nargs="+", type=Path, help="dumps grown by grow.py")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        run(options.dumps[0])
        return
    rows = []
    for dump in sorted(options.dumps, key=lambda path: path.stat().st_size):
        command = [sys.executable, str(script), "--one", str(dump)]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        rows.append({"megabytes": dump.stat().st_size // 1_000_000, **json.loads(output)})
        print(rows[-1], flush=True)
    for small, large in pairwise(rows):
        growth = math.log(large["seconds"] / small["seconds"])
        large["exponent"] = round(growth / math.log(large["articles"] / small["articles"]), 3)
        print(f"{small['articles']:,} to {large['articles']:,}: exponent {large['exponent']}")
    results = script.parent / "results" / f"{script.stem}.json"
    results.write_text(json.dumps(rows, indent=1) + "\n")
