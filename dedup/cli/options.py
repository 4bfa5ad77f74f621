"""What subcommands share: options, and how records that were set aside are told."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

import dedup
from dedup.errors import DumpError
from dedup.model import Rejected

Option = Callable[[Callable[..., None]], Callable[..., None]]


class _File(click.Path):
    """A file or folder by its path; a URL is refused, as nothing is fetched."""

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:
        """Give the path of what can be one."""
        if _URL.match(str(value)):
            told = "is a URL, and nothing is fetched: save it to a file first, a web page as"
            self.fail(f"{value} {told} .html, and name that", param, ctx)
        return super().convert(value, param, ctx)


_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+://")
FILE = _File(path_type=Path)
INPUT = _File(path_type=str)
"""A file, a folder, a glob or standard input."""
_REJECTED_SHOWN = 5


def read_days(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    """Read a number of days, with or without a ``d`` behind it."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)d?", value)
    if found is None:
        raise click.BadParameter(f"{value!r} is no number of days, such as 7 or 7d")
    return float(found[1])


def read_date(_: click.Context, __: click.Parameter, value: str | None) -> datetime.date | None:
    """Read a day, or a time, in ISO 8601."""
    try:
        return dedup.Article("", "", date=value).date
    except ValueError:
        raise click.BadParameter(f"{value!r} is no date, such as 2024-01-31") from None


def read_texts(paths: Sequence[Path], encoding: str) -> list[dedup.Article]:
    """Read the articles of files, each of one; standard input may be one of them."""
    from dedup.dump import STANDARD_INPUT

    if list(map(str, paths)).count(STANDARD_INPUT) > 1:
        raise click.UsageError("standard input is named twice, and can be read but once")
    return [_read_text(path, encoding) for path in paths]


def _read_text(path: Path, encoding: str) -> dedup.Article:
    """Read the article of a file, and note what may not be meant: HTML, or nothing at all."""
    from dedup.dump import read_article
    from dedup.dump.mending import has_markup

    article = read_article(path, encoding=encoding)
    told = ""
    if has_markup(article.text):
        told = "HTML, which is compared as it stands; name a web page .html"
    elif not any(map(str.isalnum, article.text)):
        told = "no words"
    if told:
        click.echo(f"note: {shown(str(path))} holds {told}", err=True)
    return article


json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
threads_option = click.option(
    "--threads", type=click.IntRange(min=1), metavar="N", help="Default: all cores."
)
quiet_option = click.option("--quiet", is_flag=True, help="Show no progress.")
within_option = click.option(
    "--within", callback=read_days, metavar="DAYS", help="Compare only articles so near by date."
)
encoding_option = click.option(
    "--encoding",
    metavar="NAME",
    default="utf-8",
    show_default=True,
    help="The encoding of text, CSV and JSON files, such as windows-1252.",
)


def number_option(*names: str, least: int, default: int, told: str) -> Option:
    """Make an option that takes how many of something there may be."""
    kind = click.IntRange(min=least)
    return click.option(
        *names, type=kind, default=default, show_default=True, metavar="N", help=told
    )


keep_option = click.option(
    "--keep",
    default="earliest",
    show_default=True,
    metavar="earliest|longest|first|source=LIST",
    help="Which article represents its versions; LIST are sources, best first, parted by commas.",
)
probability_option = click.option(
    "--min-probability",
    type=float,
    default=0.5,
    show_default=True,
    metavar="P",
    help="From which probability on, .5 or more, a version counts.",
)


_FIELDS = ("id", "url", "source", "date", "title", "text")


def field_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that name a dump's fields."""
    for name in _FIELDS:
        option = click.option(
            f"--{name}-field", metavar="NAME", help=f"The field that holds the {name}."
        )
        command = option(command)
    return command


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say how dumps are read."""
    return encoding_option(field_options(command))


def reading(*, extract_html: bool | None = None, encoding: str, **fields: str | None) -> Any:
    """Give what the options of :func:`reading_options` say, as arguments of the library's calls.

    ``--extract-html`` is among them where the command has it.
    """
    given = {"fields": named_fields(fields), "encoding": encoding}
    return given if extract_html is None else {**given, "extract_html": extract_html}


@dataclass(frozen=True, slots=True)
class Scanning:
    """How dumps are scanned, as the options of :func:`scan_options` say.

    ``chosen`` and ``read_as`` are arguments of :func:`dedup.scan`: which versions count, and how
    dumps are read.
    """

    threads: int | None
    quiet: bool
    chosen: Mapping[str, Any]
    read_as: Mapping[str, Any]

    def scan(self, inputs: Sequence[str], **more: Any) -> dedup.Report:
        """Scan dumps so."""
        paths = [Path(name) for name in inputs]
        return dedup.scan(paths, threads=self.threads, **self.chosen, **self.read_as, **more)


_CHOSEN = frozenset(["within", "keep", "min_probability"])
_READ_AS = frozenset(["encoding", "extract_html", *(f"{name}_field" for name in _FIELDS)])


def scan_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of a command that scans, and give it all they say as one :class:`Scanning`.

    It takes that as ``how``. ``--keep``, ``--min-probability`` and ``--extract-html`` are among
    them where the command has them.
    """

    @wraps(command)
    def gathered(*, threads: int | None, quiet: bool, **given: Any) -> None:
        chosen, read_as = (
            {name: given.pop(name) for name in names & given.keys()}
            for names in (_CHOSEN, _READ_AS)
        )
        command(how=Scanning(threads, quiet, chosen, reading(**read_as)), **given)

    return within_option(threads_option(quiet_option(reading_options(gathered))))


def named_fields(options: Mapping[str, str | None]) -> dedup.Fields:
    """Give the fields that the options of :func:`field_options` name."""
    return dedup.Fields(**{key.removesuffix("_field"): name for key, name in options.items()})


def check_read(inputs: Sequence[str], rejected: Sequence[Rejected]) -> None:
    """Raise :class:`DumpError` for inputs named of which nothing could be read; the rest is done.

    A file inside a folder or found by a glob is one of many and stands among the rejected only.
    """
    named = {str(Path(name)) for name in inputs}
    unread = [record.source for record in rejected if not record.line and record.source in named]
    if unread:
        raise DumpError(f"nothing could be read of {', '.join(unread)}; the rest is done")


def tell_rejected(rejected: Sequence[Rejected], used: int, place: Path | None) -> None:
    """Tell what was set aside: by reason, and loudly where it is more than a few."""
    if not rejected:
        return
    from dedup.views.wording import count, loud_share

    share = loud_share(len(rejected), used)
    where = f": all in {place}" if place else ""
    head = f"{count(len(rejected), 'record')} set aside"
    if share:
        head = f"WARNING: {head}, {share} of all"
    click.echo(head + where, err=True)
    by_reason: dict[str, list[Rejected]] = {}
    for record in rejected:
        by_reason.setdefault(record.reason.partition(":")[0], []).append(record)
    often = sorted(by_reason.items(), key=lambda item: -len(item[1]))
    for reason, records in often if len(rejected) > _REJECTED_SHOWN else ():
        click.echo(f"  {len(records):,} {shown(reason)}, such as", err=True)
        _show_rejected(records[:1], "    ")
    if len(rejected) <= _REJECTED_SHOWN:
        _show_rejected(rejected, "  ")


def _show_rejected(rejected: Iterable[Rejected], margin: str) -> None:
    for record in rejected:
        line = f":{record.line}" if record.line else ""
        click.echo(f"{margin}{shown(record.source)}{line}: {shown(record.reason)}", err=True)


def tell_notes(notes: Mapping[str, int], keep: str = "") -> None:
    """Tell what was left out of articles that were kept, and what was passed over."""
    for note, times in sorted(notes.items()):
        click.echo(f"note: {shown(note)} ({times:,} ×)", err=True)
    if keep == "earliest" and any(note.startswith("date:") for note in notes):
        click.echo(
            "note: articles without a date come after those with one, the least id first", err=True
        )


def shown(text: str) -> str:
    """Show a name or text of others in one line that gives no orders to a terminal."""
    from dedup.views.wording import one_line

    return one_line(text)
