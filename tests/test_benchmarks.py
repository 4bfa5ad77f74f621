"""Every script of ``benchmarks/`` starts: all that it takes from the package is still there."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "benchmarks"
PEERS = {
    *("atheris", "babel", "datatrove", "gaoya"),
    *("lemminflect", "lightgbm", "msgpack", "pyspark", "rensa", "text_dedup", "wordfreq"),
}
"""Packages that a script alone needs: where one is not installed its script is skipped."""


@pytest.mark.parametrize("name", sorted(str(p.relative_to(FOLDER)) for p in FOLDER.rglob("*.py")))
def test_a_script_starts(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = FOLDER / name
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    monkeypatch.setattr(sys, "path", [str(script.parent), *sys.path])
    code: object = None
    try:
        runpy.run_path(str(script), run_name="__main__")
    except ModuleNotFoundError as error:
        if error.name not in PEERS:
            raise
        pytest.skip(f"needs {error.name}")
    except SystemExit as end:
        code = end.code
    is_command = "__main__" in script.read_text("utf-8")
    assert code == (0 if is_command else None)
    assert capsys.readouterr().out.startswith("usage: " if is_command else "")
