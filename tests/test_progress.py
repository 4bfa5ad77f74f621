from __future__ import annotations

import io
import logging
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

import dedup
from dedup.progress import resident_bytes, stages


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def tell_all(stream: io.StringIO, *, quiet: bool) -> str:
    with stages(stream, quiet=quiet) as tell:
        tell("read", 0, None)
        tell("read", 250, None)
        tell("judge", 0, 4000)
        tell("judge", 4000, 4000)
        tell("write", 0, None)
    return stream.getvalue()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Hold the time, in seconds, and let the process seem to hold 250 MB."""
    now = [100.0]
    monkeypatch.setattr("dedup.progress.time.monotonic", lambda: now[0])
    monkeypatch.setattr("dedup.progress.resident_bytes", lambda: 250_000_000)
    return now


@pytest.mark.usefixtures("clock")
def test_a_log_gets_the_beginning_and_the_end_of_a_stage() -> None:
    shown = tell_all(io.StringIO(), quiet=False)
    assert shown.splitlines() == TOLD


TOLD = [
    *("read: 0, 250 MB", "read: 250, 250 MB"),
    *("judge: 0 of 4,000, 250 MB", "judge: 4,000 of 4,000, 250 MB"),
    "write: 0, 250 MB",
]


def test_a_stage_that_says_nothing_of_its_end_is_done_when_the_next_begins() -> None:
    stream = io.StringIO()
    with stages(stream, quiet=False) as tell:
        tell("match", 0, 700)
        tell("group", 0, 700)
    told = [line.split(",")[0] for line in stream.getvalue().splitlines()]
    assert told == ["match: 0 of 700", "match: 700 of 700", "group: 0 of 700", "group: 700 of 700"]


def test_a_stage_that_breaks_off_is_not_called_done() -> None:
    stream = io.StringIO()
    with suppress(KeyError), stages(stream, quiet=False) as tell:
        tell("match", 0, 700)
        raise KeyError
    assert "match: 0 of 700" in stream.getvalue()
    assert "700 of 700" not in stream.getvalue()


def test_a_log_hears_the_speed_and_the_time_left_as_time_goes_by(clock: list[float]) -> None:
    stream = io.StringIO()
    with stages(stream, quiet=False) as tell:
        for done in range(0, 1200, 100):
            tell("read", done, None)
            clock[0] += 1.0
        for done in range(0, 4000, 300):
            tell("judge", done, 4000)
            clock[0] += 1.0
    assert stream.getvalue().splitlines() == [
        "read: 0, 250 MB",
        "read: 500, 100 articles/s, 250 MB",
        "read: 1,000, 100 articles/s, 250 MB",
        "read: 1,100, 92 articles/s, 250 MB",
        "judge: 0 of 4,000, 250 MB",
        "judge: 1,500 of 4,000, 300 pairs/s, 0:00:08 left, 250 MB",
        "judge: 3,000 of 4,000, 300 pairs/s, 0:00:03 left, 250 MB",
        "judge: 4,000 of 4,000, 286 pairs/s, 250 MB",
        "took 0:00:26, most of it, 0:00:14, to judge: comparing each candidate with its "
        "counterpart; news on one topic has most",
    ]


def test_a_stage_that_is_taken_up_again_is_not_called_faster_than_it_is(
    clock: list[float],
) -> None:
    stream = io.StringIO()
    with stages(stream, quiet=False) as tell:
        tell("read", 1_000_000, None)
        clock[0] += 10
        tell("read", 1_000_500, None)
    assert stream.getvalue().splitlines()[1] == "read: 1,000,500, 50 articles/s, 250 MB"


def test_a_system_that_tells_no_memory_shows_none(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dedup.progress.resident_bytes", lambda: None)
    assert tell_all(io.StringIO(), quiet=False).startswith("read: 0\n")


def test_the_memory_held_is_that_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    before = resident_bytes()
    assert before is not None
    block = bytearray(200_000_000)
    block[::4096] = b"x" * len(block[::4096])
    after = resident_bytes()
    assert after is not None
    assert 100_000_000 < after - before < 400_000_000
    monkeypatch.setattr("dedup.progress.Path", lambda name: Path("/no/such/folder"))
    peak = resident_bytes()
    assert peak is not None
    assert peak >= 0.9 * after


def test_quiet_shows_nothing() -> None:
    assert tell_all(io.StringIO(), quiet=True) == ""
    assert tell_all(Terminal(), quiet=True) == ""


def test_a_terminal_gets_bars_that_go_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    shown = tell_all(Terminal(), quiet=False)
    assert "read" in shown
    assert "judge" in shown
    assert "4000/4000" in shown
    assert re.search(r"\d MB", shown)
    assert shown.rstrip("\n").endswith("\x1b[2K"), "the bars are erased at the end"


@dataclass
class Handle:
    shown: list[str]

    def update(self, data: dict[str, str], raw: bool) -> None:
        assert raw
        self.shown.append(data["text/plain"])


@pytest.mark.usefixtures("clock")
def test_a_notebook_gets_one_line_that_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    handle = Handle([])
    shell = type("ZMQInteractiveShell", (), {})()

    def display(data: dict[str, str], raw: bool, display_id: bool) -> Handle:
        assert display_id
        handle.update(data, raw)
        return handle

    notebook = SimpleNamespace(get_ipython=lambda: shell, display=SimpleNamespace(display=display))
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    assert tell_all(io.StringIO(), quiet=False) == ""
    assert handle.shown == TOLD


def test_true_shows_progress_and_nothing_else_does(capfd: pytest.CaptureFixture[str]) -> None:
    dedup.scan(["Rain fell.", "Rain fell!"], progress=True)
    shown = capfd.readouterr()
    assert (shown.out, shown.err.splitlines()[0][:7]) == ("", "read: 0")
    for progress in (False, None):
        dedup.scan(["Rain fell.", "Rain fell!"], progress=progress)
    assert capfd.readouterr() == ("", "")
    with pytest.raises(dedup.InputError, match="progress: got 7, wanted a function"):
        dedup.scan(["Rain fell."], progress=7)  # type: ignore[arg-type]


def test_the_log_hears_of_each_stage_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "dedup"):
        dedup.scan(["Rain fell.", "Rain fell!"])
    assert caplog.messages[0] == "read begins"
    stages = [message.split(" ")[0] for message in caplog.messages]
    assert stages == ["read", "match", "prepare", "judge", "group"]


def test_bars_are_put_away_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    stream = Terminal()

    def scan() -> None:
        with stages(stream, quiet=False) as tell:
            tell("read", 10, None)
            raise RuntimeError("the scan broke")

    with pytest.raises(RuntimeError, match="broke"):
        scan()
    assert "\x1b[?25h" in stream.getvalue(), "the cursor is shown again"
