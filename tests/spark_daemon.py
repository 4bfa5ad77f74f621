"""Spark's daemon, which forks its workers of Python: it has loaded what they need before it does.

A worker that a task fails in ends, and the next would load all that again.
"""

import pandas  # noqa: F401
import pyarrow.compute  # noqa: F401
import pyspark.worker  # noqa: F401
from pyspark import daemon

import dedup.spark.scanning  # noqa: F401

if __name__ == "__main__":
    daemon.manager()
