from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

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
def test_a_log_gets_one_plain_line_a_stage() -> None:
    shown = tell_all(io.StringIO(), quiet=False)
    assert shown == "read: 0, 250 MB\njudge: 0 of 4,000, 250 MB\nwrite: 0, 250 MB\n"


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
        "judge: 0 of 4,000, 250 MB",
        "judge: 1,500 of 4,000, 300 pairs/s, 0:00:08 left, 250 MB",
        "judge: 3,000 of 4,000, 300 pairs/s, 0:00:03 left, 250 MB",
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
