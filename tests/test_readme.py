"""What the README and the guide show is true: commands parse, Python gives what it shows."""

from __future__ import annotations

import doctest
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pyarrow.parquet as pq
import pytest

import dedup
from dedup import cli

ROOT = Path(__file__).parent.parent
PLACE = Path(dedup.__file__).parent.parent
"""Where the package lies: in the checkout, or where a wheel of it was installed."""
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/guide.md")}
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks_of(text: str, *languages: str) -> list[str]:
    """List the blocks of a page in some languages."""
    return [match[2] for match in _BLOCK.finditer(text) if match[1] in languages]


def commands() -> Iterator[list[str]]:
    """List the calls of ``dedup`` in shell blocks, without what installs it before."""
    for text in PAGES.values():
        for block in blocks_of(text, "sh", "crontab"):
            for line in re.sub(r"\$\(date .*\)", "2024-01-31", block).splitlines():
                for part in line.removeprefix("$ ").split("&&"):
                    words = shlex.split(part, comments=True)
                    if words and Path(words[0]).name == "dedup":
                        yield words[1 : words.index(">>") if ">>" in words else None]


COMMANDS = list(commands())


def block_after(mark: str) -> str:
    """Give the shell block that follows a mark."""
    rest = README.split(mark, 1)[1].lstrip()
    match = _BLOCK.match(rest)
    assert match is not None
    assert match[1] == "sh"
    return match[2].strip()


OURS = (
    "The council of Leeds voted on Monday to close two bridges over the Aire. Engineers had found "
    "cracks in the northern one last spring. Repairs will cost four million pounds, take a year. "
    "Lorries are sent round by the ring road until then."
)
POST = OURS.replace("The council of Leeds", "Leeds council").replace(" until then", "")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a copy of what a reader has, and with the files that the recipes speak of."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    other = "A bakery in Bergen won the national prize for its rye bread."
    rows = [
        {"id": "w1", "text": OURS.upper(), "date": "2024-03-02", "source": "Wire"},
        {"id": "p1", "text": POST, "date": "2024-03-01", "source": "Post"},
        {"id": "b1", "text": other, "date": "2024-03-01", "source": "Post"},
    ]
    Path("feed.jsonl").write_text("\n".join(map(json.dumps, rows)))
    Path("ours.txt").write_text(OURS)
    Path("labels.csv").write_text("a,b,label\nw1,p1,version\nw1,b1,not\n")
    Path("export.csv").write_text(f'id,text\n7,"{POST}"\n8,"{OURS}"\n9,"{other}"\n')
    return tmp_path


def test_the_first_block_sets_up_and_does_the_main_job(folder: Path) -> None:
    first = _BLOCK.search(README)
    assert first is not None
    assert first[1] == "sh"
    steps = [shlex.split(step) for step in first[2].strip().split("&&")]
    assert [step[0] for step in steps] == ["python3.11", ".venv/bin/pip", ".venv/bin/dedup"]
    assert steps[0][1:3] == ["-m", "venv"]
    assert steps[1][1] == "install"
    assert steps[2][1] == "compare"
    run = subprocess.run(
        [sys.executable, "-m", "dedup", *steps[2][1:]],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONPATH": str(PLACE), "PYTHONIOENCODING": "utf-8", "PATH": ""},
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
    parent = click.Context(cli.command, **cli.command.context_settings)
    command.make_context(" ".join(words), list(rest), parent=parent)


@pytest.mark.parametrize("page", PAGES)
def test_python_gives_what_it_shows(folder: Path, page: str) -> None:
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    shared: dict[str, object] = {}  # a reader goes on with what an earlier block made
    blocks = blocks_of(PAGES[page], "pycon")
    assert len(blocks) >= 4
    for number, text in enumerate(blocks):
        name = f"Python block {number} of {page}"
        test = doctest.DocTestParser().get_doctest(text, shared, name, name, 0)
        runner = doctest.DocTestRunner(optionflags=flags)
        assert runner.run(test, clear_globs=False).failed == 0, name
        shared.update(test.globs)


def test_recipes_are_short() -> None:
    recipes = PAGES["docs/guide.md"].split("## Recipes")[1].split("\n## ")[0].split("\n### ")[1:]
    assert len(recipes) > 11
    for recipe in recipes:
        for block in blocks_of(recipe, "pycon", "sh", "py", "dockerfile"):
            lines = [line for line in block.splitlines() if line.strip()]
            code = [line for line in lines if line[:3] in (">>>", "...")] or lines
            assert len(code) <= 8, recipe


def test_the_join_gives_every_article_its_cluster(folder: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    dedup.scan(folder / "feed.jsonl").write(folder / "found", format="parquet")
    (query,) = blocks_of(PAGES["docs/guide.md"], "sql")
    rows = duckdb.sql(query).fetchall()
    assert [row[:4] for row in rows] == [
        ("p1", 0, "p1", None),
        ("w1", 0, "p1", "syndicated"),
        ("b1", None, None, None),
    ]
    table = duckdb.sql("SELECT * FROM 'found/unique.parquet'")
    assert dedup.scan(table).articles == 2


# --- tables


def table_after(mark: str) -> list[list[str]]:
    """Give the cells of the table that follows a mark, without its head."""
    lines = README.split(mark, 1)[1].lstrip().split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in lines]


def names_in(cell: str) -> list[str]:
    return re.findall(r"`(\w+)`", cell)


def test_the_schema_is_that_of_the_files(folder: Path) -> None:
    Path("feed.jsonl").write_text(Path("feed.jsonl").read_text() + "\n{broken\n")
    report = dedup.scan(folder / "feed.jsonl")
    report.write("lines")
    report.write("tables", format="parquet")
    told = {names: cell for (names, _, cell) in table_after("<!-- schema -->")}
    files = {path.name for path in [*Path("lines").iterdir(), *Path("tables").iterdir()]}
    shown = set()
    for name in files:
        kind = Path(name).stem + ".*"
        columns = told.get(f"`{name}`") or told[f"`{kind}`"]
        shown.add(f"`{name}`" if f"`{name}`" in told else f"`{kind}`")
        if name == "report.html" or name.startswith("unique"):
            continue
        if name.endswith(".parquet"):
            assert pq.read_schema(f"tables/{name}").names == names_in(columns), name
        else:
            text = Path("lines", name).read_text()
            row = json.loads(text if name == "summary.json" else text.splitlines()[0])
            inner = [*row["members"][0]] if "members" in row else []
            assert [*row, *inner] == names_in(columns), name
    assert shown == set(told)


def test_the_page_of_the_library_names_all_of_it() -> None:
    rows = table_after("<!-- api -->")
    text = "\n".join(" ".join(row) for row in rows)
    for name in dedup.__all__:
        assert re.search(rf"\b{name}(s|es)?\b", text.replace("`", "")), name
    for first, second in rows:
        for call in re.findall(r"(\w+)\(", first):
            assert hasattr(dedup, call) or hasattr(dedup.Index, call), call
        results = [name for name in re.findall(r"`(\w+)`", second) if name in dedup.__all__]
        if first.startswith("`Index"):
            assert all(hasattr(dedup.Index, name) for name in re.findall(r"`([a-z]\w+)`", second))
        elif results:
            owner = getattr(dedup, results[0])
            for name in re.findall(r"`([a-z]\w+)(?:\(\w*\))?`", second):
                assert hasattr(owner, name) or name in owner._fields, (results[0], name)


def test_the_readme_fits_into_250_lines() -> None:
    assert len(README.splitlines()) <= 250


def test_tables_are_those_of_the_results() -> None:
    script = ROOT / "benchmarks" / "tables.py"
    subprocess.run([sys.executable, str(script), "--check"], check=True, capture_output=True)


def test_what_the_chart_is_said_to_show_is_what_was_measured() -> None:
    rises = re.search(r"Precision rises from ([\d.]+) at \.5 to ([\d.]+) at \.95", README)
    falls = re.search(r"recall falls from ([\d.]+) to ([\d.]+)", README)
    assert rises is not None
    assert falls is not None
    found = json.loads((ROOT / "benchmarks" / "results" / "threshold.json").read_text())
    known = {row["threshold"]: row for row in found["thresholds"]}
    for told, name in ((rises, "precision"), (falls, "recall")):
        shown = [f"{known[least][name]['value']:.2f}" for least in (0.5, 0.95)]
        assert [*told.groups()] == shown


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(page: str) -> None:
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", PAGES[page]):
        assert (ROOT / page).parent.joinpath(target).exists(), target


def test_names_of_the_library_exist() -> None:
    for name in re.findall(r"\bdedup\.([A-Za-z_]+)\(", "".join(PAGES.values())):
        assert hasattr(dedup, name), name
