"""The one seam at which packages that only some dumps need are imported."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from dedup.errors import MissingExtraError

_EXTRAS = {
    ".parquet": ("pyarrow", "parquet"),
    ".arrow": ("pyarrow", "parquet"),
    ".feather": ("pyarrow", "parquet"),
    ".html": ("trafilatura", "html"),
    ".htm": ("trafilatura", "html"),
    ".warc": ("warcio", "warc"),
    ".wet": ("warcio", "warc"),
    ".pandas": ("pandas", "pandas"),
    ".rss": ("feedparser", "feed"),
    ".atom": ("feedparser", "feed"),
    ".xml": ("feedparser", "feed"),
    "what comes into a folder": ("watchfiles", "follow"),
}
"""By format the package that reads it and the extra that installs it."""


def check_extra(kind: str) -> None:
    """Tell before reading begins that a format's package is missing: :class:`MissingExtraError`.

    What is ``.xml`` may need none.

    >>> check_extra(".jsonl")
    """
    package, extra = _EXTRAS.get(kind, ("", ""))
    if kind != ".xml" and package and find_spec(package) is None:
        raise MissingExtraError.of(f"reading {kind}", package, extra)


def extra_module(name: str, kind: str) -> Any:
    """Import a module of the package that reads a format, or of one it is used with."""
    try:
        return import_module(name)
    except ImportError as error:
        _, extra = _EXTRAS[kind]
        package = name.partition(".")[0]
        raise MissingExtraError.of(f"reading {kind}", package, extra) from error
