"""Tables written to where Spark writes, all of them or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyspark.sql import DataFrame

from dedup.errors import DumpError

__all__ = ["write"]

_UNFINISHED = ".unfinished"


def write(frames: Mapping[str, DataFrame], path: str) -> None:
    """Write tables as Parquet to folders below ``path``, which is there when all are written.

    They are written to a folder beside it first, which is renamed then, and removed on an error;
    what a kill leaves of it is overwritten by the next attempt.
    """
    spark = next(iter(frames.values())).sparkSession
    java: Any = spark._jvm
    target = java.org.apache.hadoop.fs.Path(path)
    unfinished = java.org.apache.hadoop.fs.Path(path.rstrip("/") + _UNFINISHED)
    configuration = spark._jsparkSession.sessionState().newHadoopConf()
    files = target.getFileSystem(configuration)
    if files.exists(target):
        raise DumpError(f"{path}: there is something already; name a folder that is not there yet")
    try:
        for name, frame in frames.items():
            place = java.org.apache.hadoop.fs.Path(unfinished, name)
            frame.write.mode("overwrite").parquet(place.toString())
        if not files.rename(unfinished, target):
            raise DumpError(f"{path}: the finished folder {unfinished} cannot be renamed to it")
    except BaseException:
        files.delete(unfinished, True)
        raise
