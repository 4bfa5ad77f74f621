"""The command: each subcommand is one library call and a way to show its result.

What takes long to load is imported by the subcommand that needs it, so that help comes at once and
Ctrl-C is heard from the start.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

import dedup
from dedup import options
from dedup.errors import DedupError, DumpError, InputError
from dedup.index.locks import exclusive
from dedup.model import Article, Rejected
from dedup.progress import stages
from dedup.writing import write_whole

if TYPE_CHECKING:
    from dedup.dump import Record

__all__ = ["main"]

_BAD_USAGE, _UNREADABLE, _INTERRUPTED = 2, 1, 130
_FILE = click.Path(path_type=Path)
_REJECTED_SHOWN = 5
_FEW = 0.01
"""The share of records set aside that needs no loud word."""
_ADDED_AT_ONCE = 1000


class _Interruptible(click.Group):
    """Commands that Ctrl-C ends as any error does; click would print an empty line for it."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise click.Abort from None


@click.group(cls=_Interruptible, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(dedup.__version__, prog_name="dedup")
def command() -> None:
    """Tell when news articles are the same story, and show what was copied."""


@command.command(epilog="Example: dedup compare ours.txt theirs.txt --html report.html")
@click.argument("a", type=_FILE)
@click.argument("b", type=_FILE)
@click.option("--html", "page", type=_FILE, metavar="OUT.html", help="Write a page to look at.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@options.encoding
def compare(a: Path, b: Path, page: Path | None, as_json: bool, encoding: str) -> None:
    """Compare the articles in two files.

    A and B are plain text or, as .html, web pages, each also .gz or .zst; - is standard input.
    """
    from dedup.dump import STANDARD_INPUT, read_article

    if str(a) == str(b) == STANDARD_INPUT:
        raise click.UsageError("A and B are both standard input, which is read once")
    articles = [read_article(path, encoding=encoding) for path in (a, b)]
    for path, article in zip((a, b), articles, strict=True):
        _tell_markup(path, article)
    comparison = dedup.compare(*articles)
    if page is not None:  # before anything is shown: a reader may stop reading early
        write_whole(page, [comparison.to_html().encode("utf-8", "replace")])
    if as_json:
        click.echo(comparison.to_json(indent=2))
    else:
        from rich.console import Console

        from dedup import views

        views.show(comparison, Console(highlight=False))
    if page is not None:
        click.echo(f"The two side by side: {page.resolve()}", err=as_json)


def _tell_markup(path: Path, article: Article) -> None:
    from dedup.dump.mending import has_markup

    if has_markup(article.text):
        told = "holds HTML, which is compared as it stands; name a web page .html"
        click.echo(f"note: {_shown(str(path))} {told}", err=True)


@command.command(epilog="Example: dedup scan news.jsonl.gz --out found/")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--out", type=_FILE, required=True, metavar="FOLDER", help="Where the files go.")
@options.keep
@click.option(
    "--format",
    "table_format",
    default="jsonl",
    show_default=True,
    metavar="jsonl|parquet",
    help="The format of the tables.",
)
@options.min_probability
@click.option("--threads", type=click.IntRange(min=1), metavar="N", help="Default: all cores.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@click.option("--extract-html", is_flag=True, help="Take texts out of the HTML they stand in.")
@options.encoding
@options.fields
def scan(
    inputs: tuple[str, ...],
    out: Path,
    keep: str,
    table_format: str,
    min_probability: float,
    threads: int | None,
    quiet: bool,
    extract_html: bool,
    encoding: str,
    **fields: str | None,
) -> None:
    """Find the versions of one story in news dumps.

    INPUT is a file of JSON, CSV, TSV, Parquet, Arrow, WARC, RSS, Atom, NITF, NewsML-G2, HTML or
    plain text, each also .gz, .zst, .bz2 or .xz, a folder or a .zip of such files, a glob, or - for
    JSON Lines on standard input.
    After a kill the same command goes on from what was finished.
    """
    from dedup.report import CHECKPOINT, check_folder, check_format

    check_folder(out)
    check_format(table_format)
    with stages(sys.stderr, quiet=quiet) as progress:
        report = dedup.scan(
            [Path(name) for name in inputs],
            keep=keep,
            min_probability=min_probability,
            threads=threads,
            fields=options.named_fields(fields),
            encoding=encoding,
            progress=progress,
            checkpoint=out / CHECKPOINT,
            extract_html=extract_html,
        )
        report.write(out, format=table_format, progress=progress)
    click.echo(_found(report))
    _tell_rejected(report.rejected, report.articles, out / f"rejected.{table_format}")
    _tell_notes(report.notes, keep)
    click.echo(f"The report: {(out / 'report.html').resolve()}")
    _check_read(inputs, report.rejected)


@command.command(
    name="spark",
    short_help="Find the versions in a dump that Spark reads.",
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
@options.keep
@options.min_probability
@options.fields
def scan_on_spark(
    inputs: tuple[str, ...],
    out: str,
    read_as: str,
    keep: str,
    min_probability: float,
    **fields: str | None,
) -> None:
    """Find the versions of one story in a dump that Apache Spark reads.

    INPUT and PATH are any that Spark knows, on a cluster's file system or a cloud's.
    """
    scan_rows = dedup.spark.scan  # before Spark itself is loaded: it says what is missing
    from pyspark.sql import SparkSession

    session = SparkSession.builder.appName("dedup").getOrCreate()
    reading = {"header": "true", "multiLine": "true", "escape": '"'} if read_as == "csv" else {}
    rows = session.read.options(**reading).format(read_as).load([*inputs])
    found = scan_rows(
        rows, keep=keep, min_probability=min_probability, fields=options.named_fields(fields)
    )
    found.write(out)
    click.echo(f"{found.articles:,} articles: the tables are in {out}")


def _check_read(inputs: Sequence[str], rejected: Sequence[Rejected]) -> None:
    """Raise :class:`DumpError` for inputs named of which nothing could be read; the rest is done.

    A file inside a folder or found by a glob is one of many and stands among the rejected only.
    """
    named = {str(Path(name)) for name in inputs}
    unread = [record.source for record in rejected if not record.line and record.source in named]
    if unread:
        raise DumpError(f"nothing could be read of {', '.join(unread)}; the rest is done")


def _found(report: dedup.Report) -> str:
    """Say in a line what a scan found."""
    from dedup.views.wording import count

    versions = sum(len(cluster.members) for cluster in report.clusters)
    pairs = len(report.pairs)
    are = "is a version" if versions == 1 else "are versions"
    found = f"{versions:,} {are} of {count(len(report.clusters), 'other')}"
    share = "shares" if pairs == 1 else "share"
    return (
        f"{count(report.articles, 'article')}: "
        f"{found if versions else 'none is a version of another'}, "
        f"{count(pairs, 'pair')} {share} a story or a part of it"
    )


def _tell_rejected(rejected: Sequence[Rejected], used: int, place: Path | None) -> None:
    """Tell what was set aside: by reason, and loudly where it is more than a few."""
    if not rejected:
        return
    from dedup.views.wording import count, percent

    share = len(rejected) / (len(rejected) + used)
    where = f": all in {place}" if place else ""
    head = f"{count(len(rejected), 'record')} set aside"
    if share > _FEW:
        head = f"WARNING: {head}, {percent(share)} of all"
    click.echo(head + where, err=True)
    by_reason: dict[str, list[Rejected]] = {}
    for record in rejected:
        by_reason.setdefault(record.reason.partition(":")[0], []).append(record)
    often = sorted(by_reason.items(), key=lambda item: -len(item[1]))
    for reason, records in often if len(rejected) > _REJECTED_SHOWN else ():
        click.echo(f"  {len(records):,} {_shown(reason)}, such as", err=True)
        _show_rejected(records[:1], "    ")
    if len(rejected) <= _REJECTED_SHOWN:
        _show_rejected(rejected, "  ")


def _show_rejected(rejected: Iterable[Rejected], margin: str) -> None:
    for record in rejected:
        line = f":{record.line}" if record.line else ""
        click.echo(f"{margin}{_shown(record.source)}{line}: {_shown(record.reason)}", err=True)


def _tell_notes(notes: Mapping[str, int], keep: str = "") -> None:
    """Tell what was left out of articles that were kept, and what was passed over."""
    for note, times in sorted(notes.items()):
        click.echo(f"note: {_shown(note)} ({times:,} ×)", err=True)
    if keep == "earliest" and any(note.startswith("date:") for note in notes):
        click.echo("note: of articles without a date the first read counts as earliest", err=True)


def _shown(text: str) -> str:
    """Show a name or text of others in one line that gives no orders to a terminal."""
    from dedup.views.wording import printable

    return " ".join(printable(text).split())


@command.group()
def index() -> None:
    """Keep articles in an index file and ask it who ran a story."""


@index.command(
    short_help="Add the articles of dumps to an index.",
    epilog="Example: dedup index add news.index monday.jsonl.gz",
)
@click.argument("path", type=_FILE, metavar="INDEX")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@options.encoding
@options.fields
def add(path: Path, inputs: tuple[str, ...], encoding: str, **fields: str | None) -> None:
    """Add the articles of dumps to an index; it is made where there is none."""
    from dedup.dump import read
    from dedup.dump.reading import nothing_usable
    from dedup.views.wording import count

    with _alone(path):
        found = dedup.Index.load(path) if path.exists() else dedup.Index()
        before = len(found)
        paths = [Path(name) for name in inputs]
        records = read(paths, options.named_fields(fields), encoding=encoding)
        usable, rejected = _add_all(found, records)
        if not usable:
            raise DumpError(nothing_usable(rejected))
        found.save(path)
    added = len(found) - before
    click.echo(f"{count(added, 'article')} added, {len(found):,} in {path}")
    _tell_rejected(rejected, added, None)
    _check_read(inputs, rejected)


def _alone(path: Path) -> AbstractContextManager[None]:
    """Change an index while no other process does, so that what it adds is not lost."""
    return exclusive(path, lambda: click.echo(f"waiting for who changes {path}", err=True))


def _add_all(
    found: dedup.Index, records: Iterable[Record | Rejected]
) -> tuple[bool, list[Rejected]]:
    """Add articles by the thousand; tell if there was any, new or not, and what was set aside."""
    rejected: list[Rejected] = []
    batch: list[Article] = []
    usable = False
    for record in records:
        if isinstance(record, Rejected):
            rejected.append(record)
            continue
        usable = True
        if record.article.id in found:
            reason = f"the id {record.article.id!r} is in the index"
            rejected.append(Rejected(record.source, record.line, reason))
        else:
            batch.append(record.article)
        if len(batch) == _ADDED_AT_ONCE:
            found.add(batch)
            batch = []
    found.add(batch)
    return usable, rejected


@index.command(
    short_help="List the articles that share a story with a text.",
    epilog="Example: dedup index query news.index ours.txt",
)
@click.argument("path", type=_FILE, metavar="INDEX")
@click.argument("article", type=_FILE, metavar="TEXT.txt")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    metavar="N",
    help="How many at most.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@options.encoding
def query(path: Path, article: Path, limit: int, as_json: bool, encoding: str) -> None:
    """List the articles of an index that share a story with a text, best first."""
    from dedup.dump import read_article

    asked = read_article(article, encoding=encoding).text
    matches = dedup.Index.load(path).query(asked, limit=limit)
    if as_json:
        for match in matches:
            click.echo(json.dumps(asdict(match)))
        return
    if not matches:
        click.echo("no article shares a story with it")
    for match in matches:
        click.echo(
            f"{match.verdict:<11} {match.probability:>5.0%} probable  Jaccard {match.jaccard:.2f}  "
            f"containment {match.containment:.2f}  {match.id}"
        )


@index.command(
    short_help="Remove articles from an index by id.",
    epilog="Example: dedup index remove news.index 20240131-0007",
)
@click.argument("path", type=_FILE, metavar="INDEX")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
def remove(path: Path, ids: tuple[str, ...]) -> None:
    """Remove articles from an index by id: all of them or, where one is unknown, none."""
    with _alone(path):
        found = dedup.Index.load(path)
        for key in ids:
            found.remove(key)
        found.save(path)
    click.echo(f"{len(ids):,} removed, {len(found):,} in {path}")


@index.command(
    short_help="Say what an index holds and promises.",
    epilog="Example: dedup index stats news.index",
)
@click.argument("path", type=_FILE, metavar="INDEX")
def stats(path: Path) -> None:
    """Say how many articles an index holds and what its settings promise."""
    found = dedup.Index.load(path)
    bands = found.bands
    click.echo(f"articles   {len(found):,}")
    click.echo(f"file       {path.stat().st_size:,} bytes")
    click.echo(f"signature  {bands.permutations} minima in {bands.bands} bands of {bands.rows}")
    click.echo(f"promise    recall {bands.recall} of pairs at Jaccard {bands.threshold}")


def main() -> NoReturn:
    """Run the command; errors are one line on standard error and an exit code."""
    # NumPy starts threads for linear algebra, which spin for a while; no command has any to do.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what it cannot show, it spells out
    try:
        command.main(standalone_mode=False)
    except click.exceptions.Abort:
        _fail("interrupted", _INTERRUPTED)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _fail(error.format_message(), error.exit_code)
    except InputError as error:
        _fail(str(error), _BAD_USAGE)
    except DedupError as error:
        _fail(str(error), _UNREADABLE)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        _fail(f"{error.filename or 'standard output'}: {error.strerror}", _UNREADABLE)
    sys.exit(0)


def _fail(message: str, code: int) -> NoReturn:
    click.echo(f"dedup: {_shown(message)}", err=True)
    sys.exit(code)
