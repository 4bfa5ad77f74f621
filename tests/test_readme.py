"""What the README shows is true: its commands parse and run, its Python gives what it shows."""

from __future__ import annotations

import doctest
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import dedup
from dedup import cli

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(match[1], match[2]) for match in _BLOCK.finditer(README)]
PYTHON = [text for language, text in BLOCKS if language in {"python", "pycon"}]


def commands() -> Iterator[list[str]]:
    """List the calls of ``dedup`` in shell blocks, without what installs it before."""
    for language, text in BLOCKS:
        if language not in {"sh", "bash", "console"}:
            continue
        for line in text.replace("\\\n", " ").splitlines():
            for part in line.removeprefix("$ ").split("&&"):
                words = shlex.split(part, comments=True)
                if words and Path(words[0]).name == "dedup":
                    yield words[1:]


COMMANDS = list(commands())


def block_after(mark: str) -> str:
    """Give the shell block that follows a mark."""
    rest = README.split(mark, 1)[1].lstrip()
    match = _BLOCK.match(rest)
    assert match is not None
    assert match[1] == "sh"
    return match[2].strip()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a copy of what a reader has, so that nothing is written into the repository."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_first_block_sets_up_and_does_the_main_job(folder: Path) -> None:
    language, text = BLOCKS[0]
    steps = [shlex.split(step) for step in text.strip().split("&&")]
    assert language == "sh"
    assert [step[0] for step in steps] == ["python3.11", ".venv/bin/pip", ".venv/bin/dedup"]
    assert steps[0][1:3] == ["-m", "venv"]
    assert steps[1][1] == "install"
    assert steps[2][1] == "compare"
    run = subprocess.run(
        [sys.executable, "-m", "dedup", *steps[2][1:]],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "PATH": ""},
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert "REWRITTEN" in run.stdout
    page = folder / steps[2][steps[2].index("--html") + 1]
    assert str(page.resolve()) in run.stdout.replace("\n", "")
    assert page.read_text(encoding="utf-8").lower().startswith("<!doctype html>")


def test_the_test_command_installs_what_the_tests_import() -> None:
    assert README.count("<!-- test -->") == 1
    block = block_after("<!-- test -->")
    assert "'.[test]'" in block
    assert block.split("&&")[-1].split()[:3] == [".venv/bin/python", "-m", "pytest"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = " ".join(project["optional-dependencies"]["test"])
    assert all(name in packages for name in ("pytest", "hypothesis", "pytest-xdist"))


def test_ci_runs_the_readmes_own_command() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "<!-- test -->" in script
    assert "README.md" in script


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_commands_parse(words: list[str]) -> None:
    command: click.Command = cli.command
    rest = words
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        command, rest = command.commands[rest[0]], rest[1:]
    if rest in (["--help"], ["-h"], ["--version"]):
        return
    command.make_context(" ".join(words), list(rest))


def test_python_gives_what_it_shows(folder: Path) -> None:
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    shared: dict[str, object] = {}  # a reader goes on with what an earlier block made
    for number, text in enumerate(PYTHON):
        name = f"Python block {number} of README.md"
        if ">>>" not in text:
            exec(compile(text, name, "exec"), shared)
            continue
        test = doctest.DocTestParser().get_doctest(text, shared, name, name, 0)
        runner = doctest.DocTestRunner(optionflags=flags)
        assert runner.run(test, clear_globs=False).failed == 0, name
        shared.update(test.globs)


def test_tables_are_those_of_the_results() -> None:
    script = ROOT / "benchmarks" / "tables.py"
    subprocess.run([sys.executable, str(script), "--check"], check=True, capture_output=True)


def test_links_lead_to_files() -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", README):
        assert (ROOT / target).exists(), target


def test_names_of_the_library_exist() -> None:
    for name in re.findall(r"\bdedup\.([A-Za-z_]+)\(", README):
        assert hasattr(dedup, name), name
