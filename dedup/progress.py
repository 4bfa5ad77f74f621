"""Show how far a scan is: a bar in a terminal, a plain line every few seconds elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

    from dedup.corpus.result import Progress

__all__ = ["resident_bytes", "stages"]

_EVERY = 5.0
"""Seconds between two lines where no terminal shows a bar."""
_COUNTED = {"judge": "pairs"}
"""What a stage counts, where it is not articles."""
_MEGABYTE = 1_000_000


@contextmanager
def stages(stream: TextIO, *, quiet: bool) -> Iterator[Progress]:
    """Give the progress to hand to a scan, and clear it away at the end."""
    if quiet:
        yield _ignore
    elif stream.isatty():
        with _bars(stream) as progress:
            yield progress
    else:
        yield _Lines(stream)


def resident_bytes() -> int | None:
    """Tell how much memory the process holds now; ``None`` where the system does not say.

    Systems without ``/proc`` say only how much it held at most.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return next(
            int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS")
        )
    except (OSError, StopIteration):
        return _peak_bytes()


def _peak_bytes() -> int | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _memory() -> str:
    held = resident_bytes()
    return "" if held is None else f"{held / _MEGABYTE:,.0f} MB"


def _speed(stage: str, each_second: float) -> str:
    return f"{each_second:,.0f} {_COUNTED.get(stage, 'articles')}/s"


def _ignore(stage: str, done: int, total: int | None, /) -> None:
    """Show nothing."""


@contextmanager
def _bars(stream: TextIO) -> Iterator[Progress]:
    """Show a bar a stage: how much is done, how fast, the time left, and the memory held."""
    with _make_bars(stream) as bars:
        shown = ""

        def show(stage: str, done: int, total: int | None, /) -> None:
            nonlocal shown
            if stage != shown:
                if bars.tasks:
                    _finish(bars)
                shown = stage
                bars.add_task(stage, total=total, memory="", speed="")
            task = bars.tasks[-1]
            bars.update(task.id, completed=done, total=total)
            speed = "" if task.speed is None else _speed(stage, task.speed)
            bars.update(task.id, memory=_memory(), speed=speed)

        yield show


def _finish(bars: Bars) -> None:
    """Fill the last bar: a stage tells of the next ones only, not of its own end."""
    task = bars.tasks[-1]
    whole = task.completed if task.total is None else task.total
    bars.update(task.id, completed=whole, total=whole, memory="", speed="")
    bars.stop_task(task.id)


def _make_bars(stream: TextIO) -> Bars:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        SpinnerColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars

    return Bars(
        SpinnerColumn(),
        TextColumn("{task.description:<8}"),
        BarColumn(bar_width=14),
        MofNCompleteColumn(),
        TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[memory]}"),
        console=Console(file=stream),
        transient=True,
    )


class _Lines:
    """Plain lines for a log."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._stage = ""
        self._began = self._told = 0.0
        self._first = 0

    def __call__(self, stage: str, done: int, total: int | None, /) -> None:
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._began, self._first = stage, now, done
        elif now - self._told < _EVERY:
            return
        self._told = now
        said = [f"{stage}: {done:,}" + ("" if total is None else f" of {total:,}")]
        seconds = now - self._began
        if seconds > 0 and done > self._first:
            speed = (done - self._first) / seconds
            said.append(_speed(stage, speed))
            if total is not None:
                said.append(f"{_clock((total - done) / speed)} left")
        said.append(_memory())
        print(", ".join(filter(None, said)), file=self._stream, flush=True)


def _clock(seconds: float) -> str:
    """Write a time as a clock does.

    >>> _clock(59.6), _clock(3725)
    ('0:01:00', '1:02:05')
    """
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}"
