from __future__ import annotations

import io

import pytest

from dedup.progress import stages


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


def test_a_log_gets_one_plain_line_a_stage() -> None:
    assert tell_all(io.StringIO(), quiet=False) == "read: 0\njudge: 0 of 4,000\nwrite: 0\n"


def test_a_log_hears_more_as_time_goes_by(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("dedup.progress.time.monotonic", lambda: now[0])
    stream = io.StringIO()
    with stages(stream, quiet=False) as tell:
        for done in range(0, 1200, 100):
            tell("read", done, None)
            now[0] += 1.0
    assert stream.getvalue().splitlines() == ["read: 0", "read: 500", "read: 1,000"]


def test_quiet_shows_nothing() -> None:
    assert tell_all(io.StringIO(), quiet=True) == ""
    assert tell_all(Terminal(), quiet=True) == ""


def test_a_terminal_gets_bars_that_go_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    shown = tell_all(Terminal(), quiet=False)
    assert "read" in shown
    assert "judge" in shown
    assert "4000/4000" in shown
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
