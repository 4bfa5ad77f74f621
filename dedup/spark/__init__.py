"""A dump on Apache Spark: the stages of ``corpus/`` over the partitions of a DataFrame.

Rule: nothing hangs on how rows are parted or ordered; keys and arrays travel, a text never does.
"""

from importlib.util import find_spec

from dedup.errors import MissingExtraError

for _package in ("pyspark", "pyarrow"):
    if find_spec(_package) is None:
        raise MissingExtraError.of("dedup.spark", _package, "spark")

from dedup.spark.scanning import Found, scan  # noqa: E402 - it needs both packages

__all__ = ["Found", "scan"]
