"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable

import click

import dedup

__all__ = ["encoding", "fields", "keep", "min_probability", "named_fields"]

encoding = click.option(
    "--encoding",
    metavar="NAME",
    default="utf-8",
    show_default=True,
    help="The encoding of text, CSV and JSON files, such as windows-1252.",
)


keep = click.option(
    "--keep",
    default="earliest",
    show_default=True,
    metavar="earliest|longest|first|source=LIST",
    help="Which article represents its versions; LIST are sources, best first, parted by commas.",
)
min_probability = click.option(
    "--min-probability",
    type=float,
    default=0.5,
    show_default=True,
    metavar="P",
    help="From which probability on a version counts.",
)


def fields(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that name a dump's fields."""
    for name in ("id", "url", "source", "date", "title", "text"):
        option = click.option(
            f"--{name}-field", metavar="NAME", help=f"The field that holds the {name}."
        )
        command = option(command)
    return command


def named_fields(options: dict[str, str | None]) -> dedup.Fields:
    """Take the names that :func:`fields` has read."""
    return dedup.Fields(**{key.removesuffix("_field"): name for key, name in options.items()})
