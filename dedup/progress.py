"""Show how far a scan is: a bar in a terminal, a plain line every few seconds elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from dedup.scanning import Progress

__all__ = ["stages"]

_EVERY = 5.0
"""Seconds between two lines where no terminal shows a bar."""


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


def _ignore(stage: str, done: int, total: int | None, /) -> None:
    """Show nothing."""


@contextmanager
def _bars(stream: TextIO) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(file=stream), transient=True) as bars:
        tasks: dict[str, int] = {}

        def show(stage: str, done: int, total: int | None, /) -> None:
            if stage not in tasks:
                for task in tasks.values():
                    bars.stop_task(task)  # type: ignore[arg-type]
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]

        yield show


class _Lines:
    """Plain lines for a log."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._stage = ""
        self._last = 0.0

    def __call__(self, stage: str, done: int, total: int | None, /) -> None:
        now = time.monotonic()
        if stage == self._stage and now - self._last < _EVERY:
            return
        self._stage, self._last = stage, now
        of = f" of {total:,}" if total is not None else ""
        print(f"{stage}: {done:,}{of}", file=self._stream, flush=True)
