"""Parquet and Arrow files, read batch by batch through pyarrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from dedup.dump.extras import extra_module
from dedup.dump.files import BrokenFileError, Input, seekable
from dedup.dump.formats import Options, check_columns
from dedup.dump.records import Row
from dedup.model import Rejected

__all__ = ["batch_rows", "read_arrow", "read_parquet"]

_BATCH_ROWS = 256


def read_parquet(source: Input, options: Options) -> Iterator[Row | Rejected]:
    """Read a Parquet file; the line of a row is its position, from 1."""
    arrow = extra_module("pyarrow", ".parquet")
    parquet = extra_module("pyarrow.parquet", ".parquet")
    with seekable(source) as stream:
        try:
            table = parquet.ParquetFile(stream)
            check_columns(table.schema_arrow.names, options)
            yield from batch_rows(arrow, table.iter_batches(batch_size=_BATCH_ROWS))
        except (arrow.ArrowException, OSError) as error:
            raise BrokenFileError(f"damaged Parquet: {error}") from error


def read_arrow(source: Input, options: Options) -> Iterator[Row | Rejected]:
    """Read an Arrow (Feather) file or stream; the line of a row is its position, from 1."""
    arrow = extra_module("pyarrow", ".arrow")
    with seekable(source) as stream:
        try:
            table = _open_arrow(arrow, stream)
            check_columns(table.schema.names, options)
            yield from batch_rows(arrow, _batches(table))
        except (arrow.ArrowException, OSError) as error:
            raise BrokenFileError(f"damaged Arrow file: {error}") from error


def _open_arrow(arrow: Any, stream: Any) -> Any:
    try:
        return arrow.ipc.open_file(stream)
    except arrow.ArrowInvalid:
        stream.seek(0)
        return arrow.ipc.open_stream(stream)


def _batches(table: Any) -> Iterator[Any]:
    """Give the batches of a file, which are fetched by number, or of a stream, which come."""
    if hasattr(table, "num_record_batches"):
        return (table.get_batch(number) for number in range(table.num_record_batches))
    return iter(table)


def batch_rows(arrow: Any, batches: Iterable[Any]) -> Iterator[Row]:
    """Give the rows of record batches as plain values, numbered from 1."""
    line = 0
    for batch in batches:
        names = batch.schema.names
        columns = [_plain(arrow, column).to_pylist() for column in batch.columns]
        for values in zip(*columns, strict=True):
            line += 1
            yield Row(line, dict(zip(names, values, strict=True)))


def _plain(arrow: Any, column: Any) -> Any:
    """Bring nanoseconds, for which Python has no type, to microseconds."""
    kind = column.type
    if arrow.types.is_timestamp(kind) and kind.unit == "ns":
        return column.cast(arrow.timestamp("us", tz=kind.tz), safe=False)
    return column
