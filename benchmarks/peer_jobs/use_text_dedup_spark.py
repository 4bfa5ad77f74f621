"""Run the stages of text-dedup's Spark script up to its connected components: its own functions.

Those components are left out, and the join and the writing that follow: they want the Java part of
GraphFrames, which no package for Python holds that fits Spark 4. Its settings are kept (250
permutations, 5-grams, .7) but for the partitions, of which its thousands would cost two cores more.

    python benchmarks/peer_jobs/use_text_dedup_spark.py DUMP.jsonl
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

PERMUTATIONS, PARTS = 250, 8


def script() -> Any:
    """Import the script, with a name in the place of GraphFrames, and send it to workers whole."""
    from pyspark import cloudpickle

    graphs: Any = ModuleType("graphframes")
    graphs.GraphFrame = None
    sys.modules["graphframes"] = graphs
    from text_dedup import minhash_spark

    cloudpickle.register_pickle_by_value(minhash_spark)
    return minhash_spark


def edges_of(rows: Any, peer: Any) -> int:
    """Hash all texts, group them by band and count the edges that come of it."""
    bands, size = peer.optimal_param(0.7, PERMUTATIONS)
    highest = peer.MOD_PRIME
    settings = {
        "num_perm": PERMUTATIONS,
        "ngram_size": 5,
        "min_length": 5,
        "hashranges": [(band * size, (band + 1) * size) for band in range(bands)],
        "permutations": (
            peer.RNG.randint(1, highest, size=PERMUTATIONS, dtype=peer.DTYPE),
            peer.RNG.randint(0, highest, size=PERMUTATIONS, dtype=peer.DTYPE),
        ),
    }
    hashed = rows.rdd.flatMap(lambda row: peer.generate_hash_values(row[1], row[0], **settings))
    buckets = hashed.groupBy(lambda found: (found[0], found[1]), PARTS)
    edges = buckets.flatMap(lambda met: peer.generate_edges([one[2] for one in met[1]]))
    return int(edges.distinct().count())


def main() -> None:
    from pyspark.sql import SparkSession, functions
    from spark import QUICK, Spent

    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", "3g")
        .config("spark.driver.extraJavaOptions", QUICK)
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.network.timeout", "900s")
        .getOrCreate()
    )
    peer = script()
    rows = session.read.json(sys.argv[1]).select("id", "text").repartition(PARTS)
    rows = rows.withColumn("id", functions.monotonically_increasing_id()).persist()
    articles = rows.count()
    spent = Spent()
    spent.start()
    began, cpu = time.perf_counter(), spent.seconds()
    edges = edges_of(rows, peer)
    seconds = round(time.perf_counter() - began, 1)
    figures = {"articles": articles, "edges": edges, "seconds": seconds}
    print(json.dumps({**figures, "cpu": round(spent.seconds() - cpu, 1)}))
    session.stop()


if __name__ == "__main__":
    main()
