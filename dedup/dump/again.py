"""Lines of a dump fetched again, singly, by where they stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dedup.arrays import I32, I64, Ragged, joined
from dedup.dump.batches import LineBlock
from dedup.dump.formats import Options
from dedup.dump.inputs import Input
from dedup.errors import DumpError

_BYTES_AT_ONCE = 1 << 20
"""Bytes of lines fetched at once."""
_BYTES_COPIED = 1 << 22
"""Bytes of lines copied at once, which need not fit a core's cache."""
_PASSED_OVER = 1 << 14
"""Bytes between two lines that are read with them: two readings would take longer."""


@dataclass(frozen=True, slots=True)
class LineSet:
    """Lines of one plain file: ``spans`` i64[n, 2], offset and length, of articles ``rows``."""

    source: Input
    options: Options
    rows: I64
    spans: I64

    def read(self) -> Ragged:
        """Give the texts in UTF-8; :class:`DumpError` if the file is no longer as it was."""
        found = LineBlock(self.source, 0, self.options, self._lines()).texts()
        if len(found) != len(self.rows):
            raise DumpError(f"{self.source.name}: the file has changed while it was in use")
        return found

    def raw(self) -> bytes:
        """Give the lines with a line feed behind each, white space around them put aside."""
        data = self._lines()
        ends = np.cumsum(self.spans[:, 1] + 1)
        codes = np.frombuffer(data, dtype=np.uint8)
        bare = (codes[ends - self.spans[:, 1] - 1] == ord("{")) & (codes[ends - 2] == ord("}"))
        if bare.all():
            return data
        lines = data.decode("utf-8").split("\n")
        bare_lines = (line.strip().removeprefix("\ufeff").strip() for line in lines[:-1])
        return b"".join(line.encode("utf-8") + b"\n" for line in bare_lines)

    def _lines(self) -> bytes:
        """Read the lines, a line feed behind each."""
        runs: list[bytes | memoryview] = []
        try:
            with self.source.file.open("rb") as stream:
                for at, ends in self._stretches():
                    stream.seek(at)
                    data = memoryview(stream.read(ends[-1][1] - at))
                    runs += [data[start - at : end - at] for start, end in ends]
        except OSError as error:
            raise DumpError(f"{self.source.name}: cannot be read again: {error}") from error
        found = b"\n".join((*runs, b""))
        if len(found) != int(self.spans[:, 1].sum()) + len(self.spans):
            raise DumpError(f"{self.source.name}: the file has changed while it was in use")
        return found

    def _stretches(self) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """Give what to read in one go: where it begins, and the runs of lines in it.

        There is one line at least. Lines that follow each other are a run; between two runs of
        one stretch little is passed over, as each reading waits its turn among the threads.
        """
        starts, ends = self.spans[:, 0], self.spans.sum(axis=1)
        last = np.append(np.flatnonzero(starts[1:] != ends[:-1] + 1), len(starts) - 1)
        starts, ends = starts[np.append(0, last[:-1] + 1)], ends[last]
        cuts = np.flatnonzero(starts[1:] - ends[:-1] > _PASSED_OVER) + 1
        for first, stop in pairwise([0, *cuts.tolist(), len(starts)]):
            runs = zip(starts[first:stop].tolist(), ends[first:stop].tolist(), strict=True)
            yield int(starts[first]), list(runs)


class Places:
    """Where the line of every article stands, 12 bytes an article: offset i64 and length i32.

    Rows are those of the dump in its order. Only plain files of JSON Lines have such places.
    """

    def __init__(self, inputs: list[Input], options: Options) -> None:
        self._inputs = inputs
        self._options = options
        self._offsets: list[I64] = []
        self._lengths: list[I32] = []
        self._firsts: list[int] = []
        self._numbers: list[int] = []
        self._count = 0

    def add(self, number: int, spans: I64) -> None:
        """Add the places of the next articles, i64[n, 2], which stand in file ``number``."""
        if not self._numbers or self._numbers[-1] != number:
            self._numbers.append(number)
            self._firsts.append(self._count)
        self._offsets.append(spans[:, 0].copy())
        self._lengths.append(spans[:, 1].astype(np.int32))
        self._count += len(spans)

    def taken(self, rows: I64) -> Places:
        """Keep the places of some articles, ascending."""
        found = Places(self._inputs, self._options)
        found._offsets = [joined(self._offsets, np.int64)[rows]]
        found._lengths = [joined(self._lengths, np.int32)[rows]]
        found._firsts = np.searchsorted(rows, self._firsts).tolist()
        found._numbers = list(self._numbers)
        found._count = len(rows)
        return found

    def __len__(self) -> int:
        return self._count

    def raw_lines(self, rows: I64) -> Iterator[bytes]:
        """Give the lines of rows, ascending, as they stand but for white space around them.

        Many come at once, each with a line feed behind it. Raises :class:`DumpError` if a file
        can no longer be read.
        """
        for lines in self.line_sets(rows, _BYTES_COPIED):
            yield lines.raw()

    def line_sets(self, rows: I64, at_once: int = _BYTES_AT_ONCE) -> Iterator[LineSet]:
        """Group rows, ascending, to sets of lines of one file and about ``at_once`` bytes."""
        self._offsets = [joined(self._offsets, np.int64)]
        self._lengths = [joined(self._lengths, np.int32)]
        lengths = self._lengths[0][rows].astype(np.int64)
        spans = np.stack((self._offsets[0][rows], lengths), axis=1)
        before = np.cumsum(lengths) // at_once
        files = np.searchsorted(np.array(self._firsts), rows, side="right")
        cuts = np.flatnonzero((np.diff(before) != 0) | (np.diff(files) != 0)) + 1
        for start, stop in zip([0, *cuts.tolist()], [*cuts.tolist(), len(rows)], strict=True):
            if start < stop:
                number = self._numbers[bisect_right(self._firsts, int(rows[start])) - 1]
                yield LineSet(
                    self._inputs[number], self._options, rows[start:stop], spans[start:stop]
                )
