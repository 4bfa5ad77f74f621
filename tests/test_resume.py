"""A scan that is killed and run again: what it kept is used, and the bytes are those of one run."""

from __future__ import annotations

import csv
import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from newsroom import Newsroom

import dedup
from dedup.corpus.checkpoint import Checkpoint
from dedup.report import CHECKPOINT

SMALL = {
    "dedup.corpus.pool._BLOCKS_A_PART": 2,
    "dedup.dump.blocks.BLOCK_BYTES": 4000,
    "dedup.dump.blocks._BLOCK_RECORDS": 8,
    "dedup.corpus.marking._WORDS_A_PART": 900,
    "dedup.corpus.judging._WORDS_AT_ONCE": 600,
}
"""Sizes at which a few dozen articles make several parts of every kind, and are worth compiling."""


class KilledError(BaseException):
    """Stands for SIGKILL: nothing catches it."""


@pytest.fixture(autouse=True)
def _many_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in SMALL.items():
        monkeypatch.setattr(name, size)


def dump_lines(prefix: str, count: int) -> list[str]:
    """Write stories and their versions, and between them what is set aside or noted."""
    room = Newsroom(7)
    lines = []
    for number, article in enumerate(room.articles(count, prefix)):
        row = {"id": article.id, "date": str(article.date), "text": article.text}
        if number % 3 == 1:
            del row["id"]
        if number % 5 == 2:
            row["date"] = "no date"
        lines.append(json.dumps(row))
        if number % 3 == 0:
            lines.append(
                json.dumps({"id": f"{article.id}v", "text": room.syndicated(article.text)})
            )
        if number % 6 == 0:
            text = "Id taken." if number % 12 else f"{article.text} Id taken."
            lines += ['{"id": "broken', "", json.dumps({"id": article.id, "text": text})]
    return lines


def plain(folder: Path) -> None:
    for name in "ab":
        (folder / f"{name}.jsonl").write_text("\n".join(dump_lines(name, 12)))


def packed(folder: Path) -> None:
    for name in "ab":
        data = "\n".join(dump_lines(name, 6)).encode()
        (folder / f"{name}.jsonl.gz").write_bytes(gzip.compress(data))


def table(folder: Path) -> None:
    rows = [json.loads(line) for line in dump_lines("a", 10) if line.endswith("}")]
    with (folder / "a.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, ["id", "date", "text"])
        writer.writeheader()
        writer.writerows(rows)


def mixed(folder: Path) -> None:
    plain(folder)
    table(folder)
    data = gzip.compress("\n".join(dump_lines("cut", 12)).encode())
    (folder / "cut.jsonl.gz").write_bytes(data[:-500])
    (folder / "one.txt").write_text("Rain fell on the harbour all day.")
    for number in range(5):
        (folder / f"empty{number}.jsonl").write_text("")


def run(folder: Path, out: Path, *, keep: str = "earliest", table_format: str = "jsonl") -> None:
    found = dedup.scan(folder, keep=keep, threads=2, checkpoint=out / CHECKPOINT)
    found.write(out, format=table_format, side_by_side=3)


def run_killed(folder: Path, out: Path, after: int) -> bool:
    """Scan until so many parts are kept; whether there were as many."""
    keep = Checkpoint.keep
    kept = 0

    def keep_or_die(self: Checkpoint, name: str, arrays: dict[str, np.ndarray]) -> None:
        nonlocal kept
        keep(self, name, arrays)
        kept += 1
        if kept == after:
            raise KilledError

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Checkpoint, "keep", keep_or_die)
        try:
            run(folder, out)
        except KilledError:
            return True
    return False


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("make", [plain, packed, table, mixed])
def test_killed_after_any_part_a_second_run_gives_the_same_bytes(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    make(folder)
    run(folder, tmp_path / "undisturbed")
    wanted = bytes_of(tmp_path / "undisturbed")
    after = 1
    while run_killed(folder, out := tmp_path / f"out{after}", after):
        run(folder, out)
        assert bytes_of(out) == wanted, after
        after += 1
    assert after > 4


def test_killed_by_the_system_a_second_run_goes_on(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    plain(folder)
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, json.dumps(SMALL), folder, out],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    left = {path.name for path in (out / CHECKPOINT).iterdir()}
    assert "read-1.dedup-part" in left
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("dedup.corpus.pool._BLOCKS_A_PART", 10**9)  # what is read now is not kept
        run(folder, out)
    run(folder, tmp_path / "undisturbed")
    assert bytes_of(out) == bytes_of(tmp_path / "undisturbed")


_KILLED = f"""
import importlib, json, os, sys
from pathlib import Path
import dedup
from dedup.corpus.checkpoint import Checkpoint

for name, size in json.loads(sys.argv[1]).items():
    module, _, constant = name.rpartition(".")
    setattr(importlib.import_module(module), constant, size)
keep = Checkpoint.keep

def keep_and_die(self, name, arrays):
    keep(self, name, arrays)
    if name == "read-1":
        os.kill(os.getpid(), {int(signal.SIGKILL)})

Checkpoint.keep = keep_and_die
dedup.scan(Path(sys.argv[2]), checkpoint=Path(sys.argv[3]) / "{CHECKPOINT}")
"""


def killed_scan(tmp_path: Path, after: int = 3) -> tuple[Path, Path]:
    """Give the folder of a scan that was killed, and that of its report."""
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    plain(folder)
    assert run_killed(folder, out, after)
    return folder, out


def check_same_as_undisturbed(folder: Path, out: Path, **settings: str) -> None:
    run(folder, out, **settings)
    clean = out.with_name("undisturbed")
    run(folder, clean, **settings)
    assert bytes_of(out) == bytes_of(clean)


@pytest.mark.parametrize("settings", [{"keep": "longest"}, {"table_format": "parquet"}])
def test_a_second_run_may_ask_for_something_else(tmp_path: Path, settings: dict[str, str]) -> None:
    check_same_as_undisturbed(*killed_scan(tmp_path), **settings)


def grow(path: Path) -> None:
    with path.open("a") as stream:
        stream.write("\n" + json.dumps({"id": "late", "text": "Snow fell on the harbour."}))


def reverse(path: Path) -> None:
    """Change the file and neither its size nor its time of change."""
    state = path.stat()
    path.write_text("\n".join(reversed(path.read_text().split("\n"))))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert path.stat().st_size == state.st_size


@pytest.mark.parametrize("change", [grow, reverse, Path.unlink])
@pytest.mark.parametrize("name", ["a.jsonl", "b.jsonl"])
def test_changed_inputs_are_read_anew(
    tmp_path: Path, change: Callable[[Path], None], name: str
) -> None:
    folder, out = killed_scan(tmp_path, after=5)
    change(folder / name)
    check_same_as_undisturbed(folder, out)


def test_a_new_input_is_read(tmp_path: Path) -> None:
    folder, out = killed_scan(tmp_path)
    (folder / "0.jsonl").write_text('{"id": "late", "text": "Snow fell on the harbour."}')
    check_same_as_undisturbed(folder, out)


@pytest.mark.parametrize("name", ["read-0", "read-1", "marks-0", "judged-0"])
@pytest.mark.parametrize("size", [0, 100, -1])
def test_a_part_cut_short_is_made_again(tmp_path: Path, name: str, size: int) -> None:
    folder, out = killed_scan(tmp_path, after=9)
    path = out / CHECKPOINT / f"{name}.dedup-part"
    path.write_bytes(path.read_bytes()[:size])
    check_same_as_undisturbed(folder, out)


def test_a_killed_scan_leaves_an_earlier_report_as_it_was(tmp_path: Path) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    table(folder)
    run(folder, out)
    before = bytes_of(out)
    plain(folder)
    assert run_killed(folder, out, 3)
    (out / CHECKPOINT).rename(tmp_path / "aside")
    assert bytes_of(out) == before
    (tmp_path / "aside").rename(out / CHECKPOINT)
    check_same_as_undisturbed(folder, out)
