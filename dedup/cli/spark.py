"""``dedup spark``: scan a dump that Apache Spark reads."""

from __future__ import annotations

import click

import dedup
from dedup.cli.options import (
    field_options,
    keep_option,
    named_fields,
    probability_option,
    within_option,
)


@click.command(
    name="spark",
    short_help="Scan a dump on Spark.",
    epilog="Example: dedup spark hdfs:///news/2024 --out hdfs:///news/found",
)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--out", required=True, metavar="PATH", help="Where the tables go, as Parquet.")
@click.option(
    "--format",
    "read_as",
    type=click.Choice(("json", "parquet", "orc", "csv")),
    default="json",
    show_default=True,
    help="What INPUT is; JSON is a record a line.",
)
@keep_option
@probability_option
@within_option
@field_options
def scan_on_spark(
    inputs: tuple[str, ...],
    out: str,
    read_as: str,
    keep: str,
    min_probability: float,
    within: float | None,
    **fields: str | None,
) -> None:
    """Find the versions of one story in a dump that Apache Spark reads.

    INPUT and PATH are any that Spark knows, on a cluster's file system or a cloud's. No row of them
    is first, so --keep first is refused.
    """
    scan_rows = dedup.spark.scan  # before Spark itself is loaded: it says what is missing
    from pyspark.sql import SparkSession

    session = SparkSession.builder.appName("dedup").getOrCreate()
    reading = {"header": "true", "multiLine": "true", "escape": '"'} if read_as == "csv" else {}
    rows = session.read.options(**reading).format(read_as).load([*inputs])
    found = scan_rows(
        rows,
        keep=keep,
        min_probability=min_probability,
        within=within,
        fields=named_fields(fields),
    )
    found.write(out)
    click.echo(f"{found.articles:,} articles: the tables are in {out}")
