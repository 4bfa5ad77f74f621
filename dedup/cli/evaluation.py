"""``dedup evaluate``: how well a scan does on one's own labelled pairs, and where to cut."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

import dedup
from dedup.cli.options import (
    FILE,
    INPUT,
    Scanning,
    json_option,
    number_option,
    scan_options,
    tell_rejected,
)
from dedup.errors import DedupError
from dedup.progress import stages
from dedup.writing import check_place, write_whole

if TYPE_CHECKING:
    from dedup.evaluation import Quality


@click.command(
    short_help="Say how well a scan does on your own labelled pairs.",
    epilog="Example: dedup evaluate labels.csv --data news.jsonl --precision .95",
)
@click.argument("labels", type=FILE)
@click.option(
    "--data",
    "inputs",
    type=INPUT,
    multiple=True,
    required=True,
    metavar="INPUT",
    help="The dump that the pairs are from; may be given several times.",
)
@click.option(
    "--precision",
    type=float,
    metavar="P",
    help="Find the --min-probability from which this share of what is flagged is right.",
)
@click.option("--chart", type=FILE, metavar="OUT.svg", help="Draw precision and recall.")
@click.option(
    "--candidates",
    type=FILE,
    metavar="OUT.jsonl",
    help="Write the pairs below the cut, the most probable first.",
)
@json_option
@scan_options
def evaluate(
    labels: Path,
    inputs: tuple[str, ...],
    precision: float | None,
    chart: Path | None,
    candidates: Path | None,
    as_json: bool,
    how: Scanning,
) -> None:
    """Say how well a scan tells the versions among labelled pairs, by threshold.

    LABELS is JSON Lines, CSV or TSV with a, b (ids) and label: a verdict, version or not, true or
    false. The whole dump is scanned, which takes most of the time.
    """
    from dedup.evaluation.labelled import check_precision
    from dedup.evaluation.labels import read_labels

    read = read_labels(labels)  # before a long scan, as all that may be wrong
    if precision is not None:
        check_precision(precision)
    for path in filter(None, (chart, candidates)):
        check_place(path)
    with stages(sys.stderr, quiet=how.quiet) as progress:
        report = how.scan(inputs, progress=progress)
    found = dedup.evaluate(read, report)
    cut = None if precision is None else found.cut(precision)
    if chart is not None:
        write_whole(chart, [found.to_svg().encode()])
    if candidates is not None:
        _write_candidates(candidates, report, 0.5 if cut is None else cut.threshold)
    if as_json:
        told = found.to_dict()
        if precision is not None:
            told["cut"] = None if cut is None else cut.to_dict()
        click.echo(json.dumps(told, indent=2))
    else:
        click.echo(str(found))
        if precision is not None:
            click.echo(_told(cut, precision, found.versions))
    tell_rejected(report.rejected, report.articles, None)


@click.command(
    short_help="Draw pairs of a dump for you to label.",
    epilog="Example: dedup draw news.jsonl --out to_label.csv --pairs 200",
)
@click.argument("inputs", type=INPUT, nargs=-1, required=True, metavar="INPUT...")
@click.option("--out", type=FILE, required=True, metavar="OUT.csv", help="Where the pairs go.")
@number_option("--pairs", "number", least=1, default=200, told="How many.")
@click.option(
    "--seed", type=int, default=0, show_default=True, metavar="N", help="Another draws others."
)
@scan_options
def draw(
    inputs: tuple[str, ...],
    out: Path,
    number: int,
    seed: int,
    how: Scanning,
) -> None:
    """Draw pairs of a dump for you to label, some of every probability, for dedup evaluate.

    OUT.csv has titles and openings of both texts, and an empty label for you to fill in: version or
    not. What the scan said of a pair is not shown, as it would lead you.
    """
    import csv

    from dedup.views.wording import count

    check_place(out)  # before a long scan
    with stages(sys.stderr, quiet=how.quiet) as progress:
        report = how.scan(inputs, progress=progress)
    rows = report.draw(number, seed=seed)
    if not rows:
        raise DedupError("no two articles share anything: there is no pair to label")
    lines = io.StringIO(newline="")
    writer = csv.DictWriter(lines, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    write_whole(out, [lines.getvalue().encode("utf-8-sig", "replace")])  # whose mark Excel wants
    click.echo(f"{count(len(rows), 'pair')} to label: {out}")
    tell_rejected(report.rejected, report.articles, None)


def _told(cut: Quality | None, precision: float, versions: int) -> str:
    from dedup.views.wording import count

    if not versions:
        return "no pair is labelled as a version: draw more, or more probable ones, and label them"
    if cut is None:
        return f"no threshold has a precision of {precision:g} on these pairs"
    return (
        f"--min-probability {cut.threshold:g}: precision {cut.precision}, recall {cut.recall}, "
        f"{count(round(cut.flagged), 'pair')} flagged"
    )


def _write_candidates(path: Path, report: dedup.Report, below: float) -> None:
    rows = (row for row in report.to_dicts("candidates") if row["probability"] < below)
    lines = (json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows)
    write_whole(path, (line.encode("utf-8", "surrogatepass") for line in lines))
