"""Parquet and Arrow files, read batch by batch through pyarrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from dedup.dump.cells import BadCell
from dedup.dump.extras import extra_module
from dedup.dump.files import seekable
from dedup.dump.formats import Options, check_columns
from dedup.dump.inputs import Input
from dedup.dump.packing import BrokenFileError
from dedup.dump.records import Row, used_columns
from dedup.model import Rejected

_BATCH_ROWS = 256
_OF_DAMAGE = (OSError, ValueError, OverflowError, MemoryError, SystemError)
"""What pyarrow raises besides its own for a file that is not what it says."""
_FEATHER_1 = b"FEA1"
_OLD_FEATHER = (
    "a Feather file of version 1, which is no Arrow file; write it again as version 2 or as Parquet"
)


def read_parquet(source: Input, options: Options) -> Iterator[Row | Rejected]:
    """Read a Parquet file; the line of a row is its position, from 1."""
    arrow = extra_module("pyarrow", ".parquet")
    parquet = extra_module("pyarrow.parquet", ".parquet")
    with seekable(source) as stream:
        try:
            table = parquet.ParquetFile(stream)
            columns = table.schema_arrow.names
            names, used = _used(columns, options)
            wanted = [columns[place] for place in used]
            batches = table.iter_batches(batch_size=_BATCH_ROWS, columns=wanted)
            yield from batch_rows(arrow, batches, names)
        except (arrow.ArrowException, *_OF_DAMAGE) as error:
            raise BrokenFileError(f"damaged Parquet: {error}") from error


def read_arrow(source: Input, options: Options) -> Iterator[Row | Rejected]:
    """Read an Arrow (Feather) file or stream; the line of a row is its position, from 1."""
    arrow = extra_module("pyarrow", ".arrow")
    with seekable(source) as stream:
        if stream.read(len(_FEATHER_1)) == _FEATHER_1:
            raise BrokenFileError(_OLD_FEATHER)
        stream.seek(0)
        try:
            names, used = _used(_open_arrow(arrow, stream).schema.names, options)
            stream.seek(0)
            table = _open_arrow(arrow, stream, arrow.ipc.IpcReadOptions(included_fields=used))
            yield from batch_rows(arrow, _batches(table), names)
        except (arrow.ArrowException, *_OF_DAMAGE) as error:
            raise BrokenFileError(f"damaged Arrow file: {error}") from error


def _used(columns: Sequence[str], options: Options) -> tuple[list[str], list[int]]:
    """Give the names of the columns to read, each once, and their places."""
    names = check_columns(columns, options)
    if not options.fields_only or any("." in name for name in columns):  # as parts of a column have
        return names, list(range(len(names)))
    used = used_columns(columns, options.fields)
    return [names[place] for place in used], used


def _open_arrow(arrow: Any, stream: Any, options: Any = None) -> Any:
    try:
        return arrow.ipc.open_file(stream, options=options)
    except arrow.ArrowInvalid:
        stream.seek(0)
        return arrow.ipc.open_stream(stream, options=options)


def _batches(table: Any) -> Iterator[Any]:
    """Give the batches of a file, which are fetched by number, or of a stream, which come.

    Their offsets are checked, as what damaged ones point to is not theirs.
    """
    is_file = hasattr(table, "num_record_batches")
    numbers = range(table.num_record_batches if is_file else 0)
    for batch in map(table.get_batch, numbers) if is_file else table:
        batch.validate(full=True)
        yield batch


def batch_rows(arrow: Any, batches: Iterable[Any], names: Sequence[str]) -> Iterator[Row]:
    """Give the rows of record batches as plain values under ``names``, numbered from 1."""
    line = 0
    for batch in batches:
        columns = [_values(arrow, column) for column in batch.columns]
        for values in zip(*columns, strict=True):
            line += 1
            yield Row(line, dict(zip(names, values, strict=True)))


def _values(arrow: Any, column: Any) -> list[Any]:
    """Give the cells of a column; one that Python has no value for is a :class:`BadCell`."""
    kind = column.type
    if arrow.types.is_timestamp(kind) and kind.unit == "ns":  # for which Python has no type
        column = column.cast(arrow.timestamp("us", tz=kind.tz), safe=False)
    try:
        found: list[Any] = column.to_pylist()
    except (ValueError, OverflowError, arrow.ArrowException):
        found = [_value(arrow, cell) for cell in column]
    return found


def _value(arrow: Any, cell: Any) -> Any:
    try:
        return cell.as_py()
    except (ValueError, OverflowError, arrow.ArrowException):
        return BadCell(str(getattr(cell, "value", None) or cell.type))
