"""Tell how far a scan is, or adding to an index.

A bar in a terminal, a line in a notebook, lines of a log elsewhere.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from dedup.errors import InputError

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

LOG = logging.getLogger("dedup")
LOG.addHandler(logging.NullHandler())  # silent, until who uses the library wants to hear it
_EVERY = 5.0
"""Seconds between two lines where no terminal shows a bar."""
_EVERY_SHOWN = 0.2
"""Seconds between two changes of the line in a notebook."""
_LONG = 20.0
"""Seconds from which on it is said at the end what took them."""
_WHY = {
    "read": "unpacking and parsing, and of pages taking the text out",
    "match": "looking for candidates by shingles and rare words",
    "prepare": "reading the candidates once more to mark their words",
    "judge": "comparing each candidate with its counterpart; news on one topic has most",
    "group": "comparing versions with who represents them",
    "add": "reading words, and comparing with the articles that the index holds",
    "write": "reading the dump once more for its unique articles",
}
"""What makes a stage slow."""
_COUNTED = {"judge": "pairs"}
"""What a stage counts, where it is not articles."""
_MEGABYTE = 1_000_000


class Progress(Protocol):
    """What :func:`dedup.scan` and :meth:`dedup.Index.add` tell while they work."""

    def __call__(self, stage: str, done: int, total: int | None, /) -> None:
        """Hear that ``done`` of ``total`` (``None``: not known) units of a stage are done."""


@contextmanager
def telling(progress: Progress | bool | None) -> Iterator[Progress]:
    """Give whom to tell: a function, for ``True`` who looks on, or nobody; and the log.

    Raises :class:`~dedup.errors.InputError` for what cannot be called.
    """
    if progress is not None and not isinstance(progress, bool) and not callable(progress):
        raise InputError.of("progress", progress, "a function of stage, done and total, or a bool")
    if progress is True:
        with stages(sys.stderr, quiet=False) as shown:
            yield _logged(shown)
    else:
        yield _logged(progress or _ignore)


def _logged(progress: Progress) -> Progress:
    """Tell the log of each stage when it begins."""
    if not LOG.isEnabledFor(logging.INFO):
        return progress
    known: set[str] = set()

    def tell(stage: str, done: int, total: int | None, /) -> None:
        if stage not in known:
            known.add(stage)
            LOG.info("%s begins%s", stage, "" if total is None else f": {total:,}")
        progress(stage, done, total)

    return tell


@contextmanager
def stages(stream: TextIO, *, quiet: bool) -> Iterator[Progress]:
    """Give the progress to hand to a scan, clear it away at the end and say what took long."""
    if quiet:
        yield _ignore
        return
    spent = _Spent()
    notebook = _notebook_line()
    if notebook is not None:
        lines = _Lines(notebook, _EVERY_SHOWN)
        yield spent.beside(lines)
        lines.end()
    elif stream.isatty() and os.environ.get("TERM") != "dumb":
        with _bars(stream) as progress:
            yield spent.beside(progress)
    else:
        lines = _Lines(_printing(stream), _EVERY)
        yield spent.beside(lines)
        lines.end()
    said = spent.said()
    if said:
        print(said, file=stream, flush=True)


class _Spent:
    """The seconds that each stage took."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._stage, self._since = "", time.monotonic()

    def beside(self, progress: Progress) -> Progress:
        """Tell the progress, too."""

        def tell(stage: str, done: int, total: int | None, /) -> None:
            if stage != self._stage:
                self._end()
                self._stage = stage
            progress(stage, done, total)

        return tell

    def said(self) -> str:
        """Say which stage took most, where all took long; the scan has ended."""
        self._end()
        whole = sum(self._seconds.values())
        if whole < _LONG:
            return ""
        longest = max(self._seconds, key=self._seconds.__getitem__)
        seconds = _clock(self._seconds[longest])
        return f"took {_clock(whole)}, most of it, {seconds}, to {longest}: {_WHY[longest]}"

    def _end(self) -> None:
        now = time.monotonic()
        if self._stage:
            self._seconds[self._stage] = self._seconds.get(self._stage, 0.0) + now - self._since
        self._since = now


def _notebook_line() -> Callable[[str], None] | None:
    """Give what shows a line in a notebook, each in the place of the one before."""
    shell = sys.modules.get("IPython")
    if shell is None or type(shell.get_ipython()).__name__ != "ZMQInteractiveShell":
        return None
    shown: list[Any] = []

    def show(line: str) -> None:
        data = {"text/plain": line}
        if shown:
            shown[0].update(data, raw=True)
        else:
            shown.append(shell.display.display(data, raw=True, display_id=True))

    return show


def _printing(stream: TextIO) -> Callable[[str], None]:
    return lambda line: print(line, file=stream, flush=True)


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
    """Plain lines: a stage's beginning and end, and one in ``every`` seconds between them."""

    def __init__(self, show: Callable[[str], None], every: float) -> None:
        self._show = show
        self._every = every
        self._stage = ""
        self._began = self._told = 0.0
        self._first = self._done = self._shown = 0
        self._total: int | None = None

    def __call__(self, stage: str, done: int, total: int | None, /) -> None:
        now = time.monotonic()
        begins = stage != self._stage
        if begins:
            self.end()
            self._stage, self._began, self._first = stage, now, done
        self._done, self._total = done, total
        if begins or now - self._told >= self._every:
            self._tell(now)

    def end(self) -> None:
        """Say that the stage is done: it tells of the next one only, not of its own end."""
        whole = self._done if self._total is None else self._total
        if self._stage and self._shown != whole:
            self._done = whole
            self._tell(time.monotonic())

    def _tell(self, now: float) -> None:
        self._told, self._shown = now, self._done
        of = "" if self._total is None else f" of {self._total:,}"
        said = [f"{self._stage}: {self._done:,}{of}"]
        seconds = now - self._began
        if seconds > 0 and self._done > self._first:
            speed = (self._done - self._first) / seconds
            said.append(_speed(self._stage, speed))
            if self._total is not None and self._done < self._total:
                said.append(f"{_clock((self._total - self._done) / speed)} left")
        said.append(_memory())
        self._show(", ".join(filter(None, said)))


def _clock(seconds: float) -> str:
    """Write a time as a clock does.

    >>> _clock(59.6), _clock(3725)
    ('0:01:00', '1:02:05')
    """
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}"
