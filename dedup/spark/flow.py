"""Values on their way through Spark: worked on where they are, or sent to where they meet.

An item is a value of Python, most often a tuple of arrays. To Spark it is a row of two columns: the
part that it is sent to, and its bytes. A row holds what a thousand articles have to say to a part,
so that Spark moves few rows of many bytes, and no work is done on single values.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession

from dedup.arrays import I32, I64, U64

__all__ = ["Flow", "sorted_by_part", "spark_parts"]

Work = Callable[[Iterator[Any]], Iterable[Any]]
"""From the items of a partition to others."""
Sending = Callable[[Iterator[Any]], Iterable[tuple[int, Any]]]
"""From the items of a partition to others, and which part each is for."""

_SCHEMA = "part int, bytes binary"
_SPARK_NAMES = {pa.int64(): "bigint", pa.float64(): "double", pa.string(): "string"}
_BYTES_AT_ONCE = 1 << 23


class Flow:
    """Items in the partitions of a DataFrame."""

    def __init__(self, frame: DataFrame) -> None:
        self._frame = frame

    @classmethod
    def read(cls, frame: DataFrame, work: Callable[[Iterator[pa.RecordBatch]], Any]) -> Flow:
        """Make items of the rows of any DataFrame."""
        return cls(frame.mapInArrow(lambda batches: _packed(_to_itself(work(batches))), _SCHEMA))

    @classmethod
    def of(cls, spark: SparkSession, items: Iterable[Any]) -> Flow:
        """Make a flow of items that the driver has."""
        rows = [(0, bytearray(pickle.dumps(item, protocol=5))) for item in items]
        return cls(spark.createDataFrame(rows, _SCHEMA))

    def mapped(self, work: Work) -> Flow:
        """Work on the items of each partition."""

        def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            return _packed(_to_itself(work(_items(batches))))

        return Flow(self._frame.mapInArrow(run, _SCHEMA))

    def sent(self, work: Sending, parts: int) -> Flow:
        """Work on the items of each partition and send what comes of it to so many parts."""
        return Flow.meeting([(self, work)], parts)

    @classmethod
    def meeting(cls, senders: Sequence[tuple[Flow, Sending]], parts: int) -> Flow:
        """Send what comes of several flows to so many parts, in one shuffle.

        Each part is one partition then, and one task.
        """
        names = spark_parts(parts)

        def sending(
            work: Sending,
        ) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
            return lambda batches: _packed((names[n], item) for n, item in work(_items(batches)))

        frames = [flow._frame.mapInArrow(sending(work), _SCHEMA) for flow, work in senders]
        return cls(reduce(DataFrame.union, frames).repartition(parts, "part"))

    def frame(self, work: Work, schema: pa.Schema) -> DataFrame:
        """Make a DataFrame with the columns of ``schema``; ``work`` gives columns by name."""

        def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for columns in work(_items(batches)):
                yield pa.RecordBatch.from_pydict(columns, schema=schema)

        names = ", ".join(f"{field.name} {_SPARK_NAMES[field.type]}" for field in schema)
        return self._frame.mapInArrow(run, names)

    def joined(self, other: Flow) -> Flow:
        """Put the items of another flow beside these."""
        return Flow(self._frame.union(other._frame))

    def kept(self) -> Flow:
        """Keep the items on the executors' disks once they are made."""
        self._frame.persist(StorageLevel.DISK_ONLY)
        return self

    def write(self, place: str) -> None:
        """Write the items to a folder; it counts as written when Spark has committed all."""
        self._frame.write.mode("overwrite").parquet(place)

    @classmethod
    def written(cls, spark: SparkSession, place: str) -> Flow:
        """Give the items that :meth:`write` has written."""
        return cls(spark.read.parquet(place))

    def collect(self) -> list[Any]:
        """Bring all items to the driver."""
        table = self._frame.select("bytes").toArrow()
        return [pickle.loads(item.as_buffer()) for item in table.column("bytes")]


def _items(batches: Iterator[pa.RecordBatch]) -> Iterator[Any]:
    for batch in batches:
        for item in batch.column(1):
            yield pickle.loads(item.as_buffer())


def _to_itself(items: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    return ((0, item) for item in items)


def _packed(items: Iterable[tuple[int, Any]]) -> Iterator[pa.RecordBatch]:
    """Put items into batches of some megabytes."""
    parts: list[int] = []
    data: list[bytes] = []
    size = 0
    for part, item in items:
        parts.append(part)
        data.append(pickle.dumps(item, protocol=5))
        size += len(data[-1])
        if size > _BYTES_AT_ONCE:
            yield _batch(parts, data)
            parts, data, size = [], [], 0
    if parts:
        yield _batch(parts, data)


def _batch(parts: list[int], data: list[bytes]) -> pa.RecordBatch:
    arrays = [pa.array(parts, pa.int32()), pa.array(data, pa.binary())]
    return pa.RecordBatch.from_arrays(arrays, ["part", "bytes"])


def sorted_by_part(keys: U64, parts: int) -> Iterator[tuple[int, I64]]:
    """Give each part that some of ``keys`` belong to, and the places of those, i64.

    >>> [(part, at.tolist()) for part, at in sorted_by_part(np.array([4, 7, 6], np.uint64), 2)]
    [(0, [0, 2]), (1, [1])]
    """
    of = keys % np.uint64(parts)
    order = np.argsort(of, kind="stable")
    found, starts = np.unique(of[order], return_index=True)
    edges = [*starts.tolist(), len(keys)]
    for number, part in enumerate(found.tolist()):
        yield part, order[edges[number] : edges[number + 1]]


def spark_parts(parts: int) -> list[int]:
    """Give for each part a number that Spark's hash puts into that partition of so many.

    What falls into one partition by mistake would still give the same result, only more slowly.

    >>> spark_parts(1)
    [0]
    """
    numbers = np.arange(64 * parts + 64, dtype=np.int32)
    found, first = np.unique(_spark_hash(numbers).astype(np.int64) % parts, return_index=True)
    names = np.arange(parts)
    names[found] = first
    chosen: list[int] = names.tolist()
    return chosen


def _spark_hash(values: I32) -> I32:
    """Hash as Spark does: MurmurHash3 (Appleby 2011), 32 bits, of four bytes with the seed 42."""
    mixed = values.astype(np.uint32) * np.uint32(0xCC9E2D51)
    mixed = ((mixed << np.uint32(15)) | (mixed >> np.uint32(17))) * np.uint32(0x1B873593)
    mixed ^= np.uint32(42)
    mixed = (mixed << np.uint32(13)) | (mixed >> np.uint32(19))
    mixed = mixed * np.uint32(5) + np.uint32(0xE6546B64)
    mixed ^= np.uint32(4)
    mixed = (mixed ^ (mixed >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    mixed = (mixed ^ (mixed >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return (mixed ^ (mixed >> np.uint32(16))).view(np.int32)
