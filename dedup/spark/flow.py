"""Values on their way through Spark: worked on where they are, or sent to where they meet.

An item is a value of Python, most often a tuple of arrays: what a thousand articles have to say to
a part. Spark moves few of them, of many bytes each, and never looks inside: no work is done on
single values, and none in its virtual machine.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark import RDD, StorageLevel
from pyspark.sql import DataFrame, SparkSession

from dedup.arrays import I64, U64

__all__ = ["Flow", "Sending", "sorted_by_part"]

Work = Callable[[Any], Iterable[Any]]
"""From the items of a partition to others."""
Sending = Callable[[Any], Iterable[tuple[int, Any]]]
"""From the items of a partition to others, and which part each is for."""

_SCHEMA = "item binary"
_SPARK_NAMES = {pa.int64(): "bigint", pa.float64(): "double", pa.string(): "string"}


class Flow:
    """Items in the partitions of a cluster; ``rdd`` has them and knows how to make them again."""

    def __init__(self, rdd: RDD[Any]) -> None:
        self._rdd = rdd

    @classmethod
    def read(cls, frame: DataFrame, work: Callable[[Iterator[pa.RecordBatch]], Any]) -> Flow:
        """Make items of the rows of any DataFrame."""

        def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for item in work(batches):
                yield pa.RecordBatch.from_pydict({"item": [pickle.dumps(item, protocol=5)]})

        return cls._of_frame(frame.mapInArrow(run, _SCHEMA))

    @classmethod
    def _of_frame(cls, frame: DataFrame) -> Flow:
        return cls(frame.rdd.mapPartitions(lambda rows: (pickle.loads(row[0]) for row in rows)))

    @classmethod
    def of(cls, spark: SparkSession, items: Iterable[Any]) -> Flow:
        """Make a flow of items that the driver has."""
        return cls(spark.sparkContext.parallelize([*items], 1))

    def mapped(self, work: Work) -> Flow:
        """Work on the items of each partition."""
        return Flow(self._rdd.mapPartitions(work))

    def sent(self, work: Sending, parts: int) -> Flow:
        """Work on the items of each partition and send what comes of it to so many parts."""
        return Flow.meeting([(self, work)], parts)

    @classmethod
    def meeting(cls, senders: Sequence[tuple[Flow, Sending]], parts: int) -> Flow:
        """Send what comes of several flows to so many parts.

        Each part is one partition then, and one task.
        """
        sent = [flow._rdd.mapPartitions(work).partitionBy(parts, _itself) for flow, work in senders]
        return cls(reduce(RDD.union, sent).values())

    def frame(self, work: Work, schema: pa.Schema) -> DataFrame:
        """Make a DataFrame with the columns of ``schema``; ``work`` gives columns by name."""

        def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            items = (pickle.loads(item.as_buffer()) for rows in batches for item in rows.column(0))
            for columns in work(items):
                yield pa.RecordBatch.from_pydict(columns, schema=schema)

        names = ", ".join(f"{field.name} {_SPARK_NAMES[field.type]}" for field in schema)
        return self._to_frame().mapInArrow(run, names)

    def _to_frame(self) -> DataFrame:
        rows = self._rdd.map(lambda item: (bytearray(pickle.dumps(item, protocol=5)),))
        spark = SparkSession.builder.getOrCreate()
        return spark.createDataFrame(rows, _SCHEMA, verifySchema=False)

    def joined(self, other: Flow) -> Flow:
        """Put the items of another flow beside these."""
        return Flow(self._rdd.union(other._rdd))

    def kept(self) -> Flow:
        """Keep the items on the executors' disks once they are made."""
        self._rdd.persist(StorageLevel.DISK_ONLY)
        return self

    def write(self, place: str) -> None:
        """Write the items to a folder; it counts as written when Spark has committed all."""
        self._to_frame().write.mode("overwrite").parquet(place)

    @classmethod
    def written(cls, spark: SparkSession, place: str) -> Flow:
        """Give the items that :meth:`write` has written."""
        return cls._of_frame(spark.read.parquet(place))

    def collect(self) -> list[Any]:
        """Bring all items to the driver."""
        return self._rdd.collect()


def _itself(part: int) -> int:
    return part


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
