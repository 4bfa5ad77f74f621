"""A user's program that uses every public name runs; mypy reads it with the package."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import dedup

PROGRAM = Path(__file__).parent / "typed_program.py"
PLACE = {**os.environ, "PYTHONPATH": str(Path(dedup.__file__).parent.parent)}


def test_the_program_uses_every_public_name() -> None:
    text = PROGRAM.read_text(encoding="utf-8")
    assert [name for name in dedup.__all__ if not re.search(rf"\b{name}\b", text)] == []


def test_the_program_runs(tmp_path: Path) -> None:
    command = [sys.executable, str(PROGRAM), str(tmp_path)]
    done = subprocess.run(command, env=PLACE, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
