"""Values on their way through Spark: worked on where they are, or sent to where they meet.

An item is a value of Python, most often a table: a named tuple of arrays of one length, what a
thousand articles have to say to a part. Spark moves few of them, of many bytes each, and never
looks inside: no work is done on single values, and none in its virtual machine.
"""

from __future__ import annotations

import gc
import pickle
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial, reduce
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from pyspark import RDD, StorageLevel
from pyspark.serializers import CPickleSerializer
from pyspark.sql import DataFrame, SparkSession

from dedup.arrays import U64

Work = Callable[[Any], Iterable[Any]]
"""From the items of a partition to others."""
Sending = Callable[[Any], Iterable[tuple["U64 | int", Any]]]
"""From the items of a partition to tables, and a number for each row or one for all.

What is left of a number divided by that of parts says which part a row is for.
"""
Table = TypeVar("Table")

_SPARK_NAMES = {pa.int64(): "bigint", pa.float64(): "double", pa.string(): "string"}


class Flow:
    """Items in the partitions of a cluster; ``rdd`` has them and knows how to make them again.

    Items that were sent lie in parts, and so do those that are made of them where they are.
    ``sent`` has the same items as they come from a shuffle, each in a plain tuple behind its part.
    """

    def __init__(self, rdd: RDD[Any], sent: RDD[Any] | None = None) -> None:
        self._rdd = rdd
        self._sent = sent

    @classmethod
    def read(cls, frame: DataFrame, work: Callable[[Iterator[pa.RecordBatch]], Any]) -> Flow:
        """Make items of the rows of any DataFrame."""

        def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for item in _worked(batches, work):
                yield pa.RecordBatch.from_pydict({"item": [pickle.dumps(item, protocol=5)]})

        return cls._of_frame(frame.mapInArrow(run, "item binary"))

    @classmethod
    def _of_frame(cls, frame: DataFrame) -> Flow:
        """Take each value of a frame with one column of bytes for an item, as it is."""
        frame_of_bytes = getattr(frame._jdf, "as")(_bytes_encoder(frame.sparkSession))
        context = frame.sparkSession.sparkContext
        return cls(RDD(frame_of_bytes.javaRDD(), context, CPickleSerializer()))

    def mapped(self, work: Work) -> Flow:
        """Work on the items of each partition."""
        return Flow(self._rdd.mapPartitions(partial(_worked, work=work), True))

    def sent(self, work: Sending, parts: int) -> Flow:
        """Work on the items of each partition and send what comes of it to so many parts."""
        return Flow.meeting([(self, work)], parts)

    @classmethod
    def meeting(cls, senders: Sequence[tuple[Flow, Sending | None]], parts: int) -> Flow:
        """Send what comes of several flows to so many parts.

        Each part is one partition then, and one task. ``None`` sends nothing: the items lie in
        these parts already and are no plain tuples. One worker of Python takes all as they come.
        """
        sent = reduce(RDD.union, [flow._in_parts(work, parts) for flow, work in senders])
        return cls(sent.mapPartitions(_arrived, preservesPartitioning=True), sent)

    def _in_parts(self, work: Sending | None, parts: int) -> RDD[Any]:
        if work is not None:
            sending = partial(_worked, work=partial(_by_part, work=work, parts=parts))
            return self._rdd.mapPartitions(sending).partitionBy(parts, _itself)
        if self.parts != parts:
            raise ValueError(f"items: got {self.parts} parts, wanted {parts}")
        return self._rdd if self._sent is None else self._sent

    @property
    def parts(self) -> int | None:
        """In how many parts the items lie; ``None`` where they were never sent."""
        return self._rdd.partitioner.numPartitions if self._rdd.partitioner else None

    def frame(self, work: Work, schema: pa.Schema) -> DataFrame:
        """Make a DataFrame with the columns of ``schema``; ``work`` gives columns by name."""

        def made(items: Iterable[Any]) -> Iterator[pa.RecordBatch]:
            return (pa.RecordBatch.from_pydict(columns, schema=schema) for columns in work(items))

        def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            yield from _worked(batches, _unpickled)

        names = ", ".join(f"{field.name} {_SPARK_NAMES[field.type]}" for field in schema)
        return _to_frame(self._rdd.mapPartitions(made)).mapInArrow(run, names)

    def joined(self, *others: Flow) -> Flow:
        """Put the items of other flows beside these."""
        return Flow(reduce(RDD.union, [flow._rdd for flow in others], self._rdd))

    def kept(self) -> Flow:
        """Keep the items on the executors' disks once they are made."""
        self._rdd.persist(StorageLevel.DISK_ONLY)
        self._sent = None
        return self

    def write(self, place: str) -> None:
        """Write the items to a folder; it counts as written when Spark has committed all."""
        _to_frame(self._rdd.mapPartitionsWithIndex(_numbered)).write.mode("overwrite").parquet(
            place
        )

    @classmethod
    def written(cls, spark: SparkSession, place: str, parts: int | None) -> Flow:
        """Give the items that :meth:`write` has written, in as many parts as they lay in."""
        numbered = cls._of_frame(spark.read.parquet(place))
        return numbered.mapped(_arrived) if parts is None else numbered.sent(iter, parts)

    def collect(self) -> list[Any]:
        """Bring all items to the driver."""
        return self._rdd.collect()


def _to_frame(rdd: RDD[Any]) -> DataFrame:
    """Make a frame with one column of bytes, a value for each item."""
    spark = SparkSession.builder.getOrCreate()
    items = rdd._reserialize(CPickleSerializer())._jrdd.rdd()
    return DataFrame(spark._jsparkSession.createDataset(items, _bytes_encoder(spark)).toDF(), spark)


def _bytes_encoder(spark: SparkSession) -> Any:
    java: Any = spark._jvm
    return java.org.apache.spark.sql.Encoders.BINARY()


def _worked(items: Any, work: Work) -> Iterable[Any]:
    """Work on items in one of Spark's workers."""
    _leave_alone(len(sys.modules))
    return work(items)


@lru_cache(maxsize=1)
def _leave_alone(modules: int) -> None:
    """Leave what is loaded by now, so many modules, out of a worker's search for garbage.

    Spark has a worker search all its objects after each task, for 40 ms, which is several times
    what a task with a few hundred articles takes. The first tasks load more.
    """
    gc.freeze()


def _unpickled(batches: Iterable[pa.RecordBatch]) -> Iterator[Any]:
    return (pickle.loads(one.as_buffer()) for rows in batches for one in rows.column(0))


def _itself(part: int) -> int:
    return part


def _arrived(items: Iterable[Any]) -> Iterator[Any]:
    return (item[1] if type(item) is tuple else item for item in items)


def _numbered(part: int, items: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    return ((part, item) for item in items)


def by(key: Callable[[Any], U64], kind: type = object) -> Sending:
    """Send the tables of a kind, each row by its number."""
    return partial(_numbered_rows, key=key, kind=kind)


def _numbered_rows(
    items: Iterable[Any], key: Callable[[Any], U64], kind: type
) -> Iterator[tuple[U64, Any]]:
    return ((key(item), item) for item in items if isinstance(item, kind))


def _by_part(items: Iterable[Any], work: Sending, parts: int) -> Iterator[tuple[int, Any]]:
    """Give each part the rows that are for it, in their order.

    >>> table = np.array([4, 7, 6], np.uint64)
    >>> [(part, rows.tolist()) for part, rows in _by_part([table], by(lambda keys: keys), 2)]
    [(0, [4, 6]), (1, [7])]
    """
    for numbers, table in work(items):
        if isinstance(numbers, int):
            yield numbers % parts, table
            continue
        of = numbers % np.uint64(parts)
        order = np.argsort(of, kind="stable")
        found, starts = np.unique(of[order], return_index=True)
        for part, rows in zip(found.tolist(), np.split(order, starts)[1:], strict=True):
            yield part, take(table, rows)


def take(table: Table, rows: Any) -> Table:
    """Choose some rows of a table, which may hold others, in the order given."""
    whole: Any = table
    found: Table
    if isinstance(whole, np.ndarray):
        found = whole[rows]
    elif hasattr(whole, "take"):
        found = whole.take(rows)
    else:
        found = _table(table, (take(part, rows) for part in whole))
    return found


def joined(tables: Iterable[Table]) -> Table:
    """Put tables, one or more, end to end."""
    every: list[Any] = [*tables]
    columns = zip(*every, strict=True)
    found: Table = _table(
        every[0],
        (joined(c) if isinstance(c[0], tuple) else np.concatenate(c) for c in columns),
    )
    return found


def _table(like: Table, columns: Iterable[Any]) -> Table:
    make: Any = getattr(like, "_make", tuple)
    found: Table = make(columns)
    return found
