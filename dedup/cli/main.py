"""The command: each subcommand is one library call and a way to show its result.

What takes long to load is imported by the subcommand that needs it, so that help comes at once and
Ctrl-C is heard from the start.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import NoReturn

import click

import dedup
from dedup.cli.evaluation import draw, evaluate
from dedup.cli.index import index
from dedup.cli.options import (
    FILE,
    INPUT,
    Scanning,
    check_read,
    encoding_option,
    json_option,
    keep_option,
    number_option,
    probability_option,
    read_texts,
    scan_options,
    shown,
    tell_notes,
    tell_rejected,
)
from dedup.cli.spark import scan_on_spark
from dedup.errors import DedupError, InputError
from dedup.progress import stages
from dedup.writing import write_whole

_BAD_USAGE, _UNREADABLE, _INTERRUPTED = 2, 1, 130


class _Stoppable(click.Group):
    """Commands that Ctrl-C ends as any error does, and a reader who stops reading without one.

    click would print an empty line for the first, and exit with 1 for the second.
    """

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise click.Abort from None
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.exceptions.Exit(0) from None


@click.group(cls=_Stoppable, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(dedup.__version__, prog_name="dedup")
def command() -> None:
    """Tell when news articles are the same story, and show what was copied."""


@command.command(epilog="Example: dedup compare ours.txt theirs.txt --html report.html")
@click.argument("a", type=FILE)
@click.argument("b", type=FILE)
@click.option("--html", "page", type=FILE, metavar="OUT.html", help="Write a page to look at.")
@json_option
@encoding_option
def compare(a: Path, b: Path, page: Path | None, as_json: bool, encoding: str) -> None:
    """Compare the articles in two files.

    A and B are plain text or, as .html, web pages, each also .gz or .zst; - is standard input.
    """
    comparison = dedup.compare(*read_texts((a, b), encoding))
    if page is not None:  # before anything is shown: a reader may stop reading early
        write_whole(page, [comparison.to_html().encode("utf-8", "replace")])
    if as_json:
        click.echo(comparison.to_json(indent=2))
    else:
        from rich.console import Console

        from dedup.views.terminal import show

        console = Console(highlight=False)
        with console.capture() as view:
            show(comparison, console)
        click.echo(view.get(), nl=False)
    if page is not None:
        click.echo(f"The two side by side: {page.resolve()}", err=as_json)


@command.command(
    short_help="Tell which sources an article was made from.",
    epilog="Example: dedup trace story.txt wire-1.txt wire-2.txt",
)
@click.argument("article", type=FILE)
@click.argument("sources", type=FILE, nargs=-1, required=True, metavar="SOURCE...")
@json_option
@encoding_option
def trace(article: Path, sources: tuple[Path, ...], as_json: bool, encoding: str) -> None:
    """Tell, sentence by sentence, which of several sources an article was made from."""
    import json

    from dedup.views.terminal import trace_to_text

    told, *others = read_texts((article, *sources), encoding)
    found = dedup.trace(told, others)
    if as_json:
        lines = [
            {"start": one.start, "end": one.end, "source": None if k is None else str(sources[k])}
            for one, k, _ in found.sentences
        ]
        whole = {"derivation": found.derivation, "coverage": found.coverage, "sentences": lines}
        click.echo(json.dumps(whole, indent=2))
        return
    names = [source.name for source in sources]
    click.echo(trace_to_text(found.sentences, found.coverage, found.derivation, names))


@command.command(epilog="Example: dedup scan news.jsonl.gz --out found/")
@click.argument("inputs", type=INPUT, nargs=-1, required=True, metavar="INPUT...")
@click.option("--out", type=FILE, required=True, metavar="FOLDER", help="Where the files go.")
@keep_option
@click.option(
    "--format",
    "table_format",
    default="jsonl",
    show_default=True,
    metavar="jsonl|parquet",
    help="The format of the tables.",
)
@number_option(
    "--side-by-side",
    least=0,
    default=200,
    told="How many pairs to lay side by side, past 200 in pages of their own.",
)
@probability_option
@click.option(
    "--against", type=FILE, metavar="INDEX", help="Compare with what an index holds, too."
)
@click.option("--add", is_flag=True, help="Then add the articles to that index.")
@click.option("--extract-html", is_flag=True, help="Take texts out of the HTML they stand in.")
@json_option
@scan_options
def scan(
    inputs: tuple[str, ...],
    out: Path,
    table_format: str,
    side_by_side: int,
    against: Path | None,
    add: bool,
    as_json: bool,
    how: Scanning,
) -> None:
    """Find the versions of one story in news dumps.

    INPUT is a file of JSON, CSV, TSV, Parquet, Arrow, WARC, RSS, Atom, NITF, NewsML-G2, HTML or
    plain text, each also .gz, .zst, .bz2 or .xz, a folder or a .zip of such files, a glob, or - for
    JSON Lines on standard input.
    After a kill the same command goes on from what was finished. Slowest are taking texts out of
    HTML (some 15 pages a second a core) and, in news on one topic, judging the many candidates;
    a scan that takes long says at its end what did.
    """
    from dedup.report import CHECKPOINT, check_folder, check_format

    check_folder(out)
    check_format(table_format)
    if add and against is None:
        raise click.UsageError("--add wants --against INDEX, the index to add to")
    index = None if against is None else dedup.Index.open(against, create=add)
    with index or nullcontext(), stages(sys.stderr, quiet=how.quiet) as progress:
        report = how.scan(inputs, progress=progress, checkpoint=out / CHECKPOINT, against=index)
        report.write(out, format=table_format, side_by_side=side_by_side, progress=progress)
        if index is not None and add:
            given = [Path(name) for name in inputs]
            index.add(given, on_error="skip", threads=how.threads, progress=progress, **how.read_as)
    if as_json:
        click.echo((out / "summary.json").read_bytes(), nl=False)
    else:
        click.echo(_found(report))
    tell_rejected(report.rejected, report.articles, out / f"rejected.{table_format}")
    tell_notes(report.notes, how.chosen["keep"])
    _tell_made_ids(report)
    click.echo(f"The report: {(out / 'report.html').resolve()}", err=as_json)
    check_read(inputs, report.rejected)


def _tell_made_ids(report: dedup.Report) -> None:
    """Say where ids come from that no reader knows, as where the field has an unusual name."""
    from dedup.dump.ids import is_made

    named = (name for pair in report.pairs for name in (pair.a, pair.b))
    if report.pairs and all(map(is_made, named)):
        told = (
            "no ids were found: each is made from what its article says; --id-field names the field"
        )
        click.echo(f"note: {told}", err=True)


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


command.add_command(draw)
command.add_command(evaluate)
command.add_command(index)
command.add_command(scan_on_spark)


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
    except OSError as error:
        _fail(f"{error.filename or 'standard output'}: {error.strerror}", _UNREADABLE)
    sys.exit(0)


def _fail(message: str, code: int) -> NoReturn:
    click.echo(f"dedup: {shown(message)}", err=True)
    sys.exit(code)
