"""What is written to where Spark writes: tables, all of them or none, and finished stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from dedup.errors import DumpError
from dedup.spark.flow import Flow

_UNFINISHED = ".unfinished"


def write(frames: Mapping[str, DataFrame], path: str) -> None:
    """Write tables as Parquet to folders below ``path``, which is there when all are written.

    They are written to a folder beside it first, which is renamed then, and removed on an error;
    what a kill leaves of it is overwritten by the next attempt.
    """
    spark = next(iter(frames.values())).sparkSession
    files, target = _located(spark, path)
    _, unfinished = _located(spark, path.rstrip("/") + _UNFINISHED)
    if files.exists(target):
        raise DumpError(f"{path}: there is something already; name a folder that is not there yet")
    try:
        for name, frame in frames.items():
            frame.write.mode("overwrite").parquet(f"{unfinished.toString()}/{name}")
        if not files.rename(unfinished, target):
            raise DumpError(f"{path}: the finished folder {unfinished} cannot be renamed to it")
    except BaseException:
        files.delete(unfinished, True)
        raise


class Checkpoint:
    """The finished stages of one job in a folder that Spark writes; without one, on local disks.

    ``job`` tells by plain values what is being done to what. Raises
    :class:`~dedup.errors.DumpError` for a folder with the stages of another job.
    """

    def __init__(self, spark: SparkSession, folder: str | None, job: str) -> None:
        self._spark = spark
        self._folder = None if folder is None else folder.rstrip("/")
        if self._folder is None or self._is_done("job"):
            if self._folder is not None and self._text("job") != job:
                reason = "holds what is finished of another scan; name a new folder"
                raise DumpError(f"{folder}: {reason}")
            return
        self._write("job", job)

    def number(self, name: str, value: int) -> int:
        """Give the number that was kept before, or keep this one."""
        if self._folder is None:
            return value
        if not self._is_done(name):
            self._write(name, str(value))
        return int(self._text(name))

    def _write(self, name: str, text: str) -> None:
        frame = self._spark.createDataFrame([(text,)], "value string").coalesce(1)
        frame.write.mode("overwrite").text(f"{self._folder}/{name}")

    def _text(self, name: str) -> str:
        (row,) = self._spark.read.text(f"{self._folder}/{name}").collect()
        return str(row.value)

    def keep(self, name: str, flow: Flow) -> Flow:
        """Give a stage that was finished before, or finish and keep it."""
        if self._folder is None:
            return flow.kept()
        place = f"{self._folder}/{name}"
        if not self._is_done(name):
            flow.write(place)
        return Flow.written(self._spark, place, flow.parts)

    def _is_done(self, name: str) -> bool:
        files, done = _located(self._spark, f"{self._folder}/{name}/_SUCCESS")
        return bool(files.exists(done))


def _located(spark: SparkSession, path: str) -> tuple[Any, Any]:
    """Give the file system of a path and the path as that wants it."""
    java: Any = spark._jvm  # the only way to Hadoop's file systems
    place = java.org.apache.hadoop.fs.Path(path)
    return place.getFileSystem(spark._jsparkSession.sessionState().newHadoopConf()), place
