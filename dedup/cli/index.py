"""``dedup index``: keep articles on disk and ask who ran a story, and when."""

from __future__ import annotations

import datetime
import json
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import dedup
from dedup.cli.options import (
    FILE,
    INPUT,
    check_read,
    encoding_option,
    number_option,
    quiet_option,
    read_date,
    read_days,
    read_texts,
    reading,
    reading_options,
    shown,
    tell_rejected,
    threads_option,
)
from dedup.errors import DumpError
from dedup.model import Rejected
from dedup.progress import stages

if TYPE_CHECKING:
    from dedup.dump import Record
    from dedup.index.following import NewVersion, Taken
    from dedup.index.matches import Matches
    from dedup.index.rows import Row

_WAIT = 600.0
"""Seconds that a command waits for another process to end its change."""

_index = click.argument("path", type=FILE, metavar="INDEX")
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
_replace = click.option(
    "--replace", is_flag=True, help="An article whose id is there takes the old one's place."
)


@click.group()
def index() -> None:
    """Keep articles in an index and ask it who ran a story, and when."""


def _opened(path: Path) -> dedup.Index:
    """Open an index that is there."""
    return dedup.Index.open(path, wait=_WAIT, create=False)


@index.command(
    short_help="Add the articles of dumps to an index.",
    epilog="Example: dedup index add news.index monday.jsonl.gz",
)
@_index
@click.argument("inputs", type=INPUT, nargs=-1, required=True, metavar="INPUT...")
@_replace
@threads_option
@quiet_option
@reading_options
def add(
    path: Path,
    inputs: tuple[str, ...],
    replace: bool,
    threads: int | None,
    quiet: bool,
    **read_as: Any,
) -> None:
    """Add the articles of dumps to an index; it is made where there is none.

    Each file is in the index as a whole before the next is begun.
    """
    from dedup.dump import STANDARD_INPUT, read
    from dedup.dump.ids import ID_TAKEN
    from dedup.dump.reading import find_readable, nothing_usable
    from dedup.views.wording import count

    paths = [Path(name) for name in inputs]
    files, rejected, _ = find_readable(paths)
    if not path.exists() and STANDARD_INPUT not in inputs:
        _check_usable(read(paths, **reading(**read_as)))
    with (
        dedup.Index.open(path, wait=_WAIT) as found,
        stages(sys.stderr, quiet=quiet) as progress,
    ):
        added, usable = 0, False
        for file in files:
            place = file.path or Path(STANDARD_INPUT)
            taken = found.take(
                place, replace=replace, threads=threads, progress=progress, **reading(**read_as)
            )
            added += taken.articles
            rejected.extend(taken.rejected)
            usable |= taken.articles > 0 or any(ID_TAKEN in one.reason for one in taken.rejected)
        held = len(found)
    if usable:
        click.echo(f"{count(added, 'article')} added, {held:,} in {path}")
    else:
        raise DumpError(nothing_usable(rejected))
    tell_rejected(rejected, added, None)
    check_read(inputs, rejected)


def _check_usable(records: Iterable[Record | Rejected]) -> None:
    """Raise :class:`DumpError` where no record can be used, before an index is made for it."""
    rejected: list[Rejected] = []
    for record in records:
        if not isinstance(record, Rejected):
            return
        rejected.append(record)
    from dedup.dump.reading import nothing_usable

    raise DumpError(nothing_usable(rejected))


@index.command(
    short_help="List the articles that share a story with a text.",
    epilog="Example: dedup index query news.index ours.txt --within 7d",
)
@_index
@click.argument("article", type=FILE, metavar="TEXT.txt")
@number_option("--limit", least=1, default=10, told="How many at most.")
@click.option(
    "--within",
    callback=read_days,
    metavar="DAYS",
    help="Leave out articles dated further from the text's date: --date, its own, or today.",
)
@click.option("--date", callback=read_date, metavar="DATE", help="The date of the text.")
@_json
@encoding_option
def query(
    path: Path,
    article: Path,
    limit: int,
    within: float | None,
    date: datetime.date | None,
    as_json: bool,
    encoding: str,
) -> None:
    """List the articles of an index that share a story with a text, best first."""
    (read,) = read_texts((article,), encoding)
    day = date or read.date
    if within is not None and day is None:
        day = datetime.datetime.now(datetime.UTC).date()
        click.echo(f"note: the text has no date; today, {day}, is taken (--date)", err=True)
    with _opened(path) as found:
        asked = dedup.Article("", read.text, date=day if within is not None else None)
        matches = found.query(asked, limit=limit, within=within)
    if as_json:
        _lines(matches.to_dicts())
    elif matches:
        _show(matches)
    else:
        click.echo("no article shares a story with it")


def _show(matches: Matches) -> None:
    """Print a match a line, in columns; on a terminal titles are cut to its width."""
    room = shutil.get_terminal_size().columns - 1 if sys.stdout.isatty() else None
    for line in str(matches).splitlines():
        click.echo(line[:room])


def _lines(values: Iterable[Any]) -> None:
    for value in values:
        click.echo(json.dumps(value, default=str))


@index.command(
    short_help="Remove articles from an index by id.",
    epilog="Example: dedup index remove news.index 20240131-0007",
)
@_index
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
def remove(path: Path, ids: tuple[str, ...]) -> None:
    """Remove articles from an index by id: all of them or, where one is unknown, none."""
    with _opened(path) as found:
        before = len(found)
        found.remove(ids)
        click.echo(f"{before - len(found):,} removed, {len(found):,} in {path}")


@index.command(
    short_help="Forget the articles dated before a day.",
    epilog="Example: dedup index expire news.index --before 2024-01-31",
)
@_index
@click.option(
    "--before", callback=read_date, required=True, metavar="DATE", help="The first day to keep."
)
def expire(path: Path, before: datetime.date) -> None:
    """Forget the articles of an index dated before a day; those without a date stay."""
    with _opened(path) as found:
        gone = found.expire(before)
        click.echo(f"{gone:,} removed, {len(found):,} in {path}")


@index.command(
    "list",
    short_help="List the articles of an index.",
    epilog="Example: dedup index list news.index --json",
)
@_index
@_json
def list_(path: Path, as_json: bool) -> None:
    """List the articles of an index in the order added: date, source, id and title."""
    with _opened(path) as found:
        if as_json:
            _lines(_named(row) for row in found.articles())
            return
        for row in found.articles():
            date = "" if row.date is None else row.date.isoformat()[:10]
            known = map(shown, (row.source, row.id, row.title))
            click.echo("  ".join([f"{date:<10}", *known]).rstrip())


def _named(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row._asdict().items() if name != "number"}


@index.command(
    short_help="Say what an index holds and promises.",
    epilog="Example: dedup index stats news.index",
)
@_index
@_json
def stats(path: Path, as_json: bool) -> None:
    """Say what an index holds and what its settings promise."""
    with _opened(path) as found:
        held, bands = found.stats(), found.bands
    if as_json:
        _lines([held._asdict()])
        return
    click.echo(f"articles   {held.articles:,}")
    click.echo(f"stories    {held.stories:,} that several tell")
    click.echo(f"dates      {held.first or '-'} to {held.last or '-'}")
    click.echo(f"disk       {held.bytes:,} bytes, segments: {held.segments}")
    click.echo(f"signature  {bands.permutations} minima in {bands.bands} bands of {bands.rows}")
    click.echo(f"promise    recall {bands.recall} of pairs at Jaccard {bands.threshold}")


@index.command(
    short_help="Give back the space of what was removed.",
    epilog="Example: dedup index compact news.index",
)
@_index
def compact(path: Path) -> None:
    """Merge the segments of an index and give back the space of what was removed, at once.

    Adding and removing do so too, little by little.
    """
    with _opened(path) as found:
        before = found.stats()
        found.compact()
        after = found.stats()
    click.echo(
        f"{before.bytes:,} bytes before, {after.bytes:,} after; "
        f"segments: {before.segments} before, {after.segments} after"
    )


@index.command(
    short_help="Take in the dumps of a folder as they appear.",
    epilog="Example: dedup index follow news.index incoming/ --json",
)
@_index
@click.argument("folder", type=FILE, metavar="FOLDER")
@click.option("--once", is_flag=True, help="End when all that is there is taken in.")
@_replace
@threads_option
@_json
@reading_options
def follow(
    path: Path,
    folder: Path,
    once: bool,
    replace: bool,
    threads: int | None,
    as_json: bool,
    **read_as: Any,
) -> None:
    """Take in the dumps of a folder as they appear, once each, and tell the new versions found.

    After a kill the same command goes on where it was. The index is made where there is none.
    """
    with dedup.Index.open(path, wait=_WAIT) as found:
        for taken in found.follow(
            folder,
            replace=replace,
            threads=threads,
            wait=not once,
            **reading(**read_as),
        ):
            _tell_taken(taken, as_json)
            sys.stdout.flush()


def _tell_taken(taken: Taken, as_json: bool) -> None:
    from dedup.views.wording import count

    if as_json:
        _lines(_version(taken, found) for found in taken.versions)
    else:
        versions = count(len(taken.versions), "new version")
        click.echo(f"{shown(taken.path.name)}: {count(taken.articles, 'article')}, {versions}")
        for line in _told(taken.versions):
            click.echo(line)
    tell_rejected(taken.rejected, taken.articles, None)


def _version(taken: Taken, found: NewVersion) -> dict[str, Any]:
    scores = {"verdict": found.verdict, "probability": found.probability, "jaccard": found.jaccard}
    return {"file": str(taken.path), **_named(found.article), **scores, "of": _named(found.of)}


def _told(versions: Iterable[NewVersion]) -> Iterator[str]:
    for found in versions:
        own, of = (
            " ".join(filter(None, (shown(row.id), shown(row.source), str(row.date or "")[:10])))
            for row in (found.article, found.of)
        )
        yield f"  {own}: {found.verdict} ({found.probability:.0%}) of {of}"
