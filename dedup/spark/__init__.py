"""The scan of a dump on Apache Spark: the stages of ``corpus/`` over the partitions of a DataFrame.

Rule: nothing hangs on how rows are parted or ordered; what travels is keys and arrays, a text never.
"""

from dedup.spark.scanning import Found, scan

__all__ = ["Found", "scan"]
