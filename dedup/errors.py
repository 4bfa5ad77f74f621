"""The exceptions of the library, one small tree with :class:`DedupError` at its root."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "BusyError",
    "DedupError",
    "DumpError",
    "FormatError",
    "InputError",
    "MissingExtraError",
]


class DedupError(Exception):
    """Any error that this library raises on purpose.

    >>> try:
    ...     raise InputError("limit: got 0, wanted an int of 1 or more")
    ... except DedupError as error:
    ...     print(error)
    limit: got 0, wanted an int of 1 or more
    """


class InputError(DedupError, ValueError):
    """An argument that cannot be used; the message says which, what came and what was wanted.

    A ``ValueError``, too.

    >>> import dedup
    >>> try:
    ...     dedup.Article("a1", "Rain fell.", date="yesterday")
    ... except ValueError as error:
    ...     print(error)
    Article.date: got 'yesterday', wanted a date in ISO 8601
    """

    @classmethod
    def of(cls, argument: str, got: object, wanted: str) -> InputError:
        """Word the error for one argument.

        >>> print(InputError.of("limit", 0, "an int of 1 or more"))
        limit: got 0, wanted an int of 1 or more
        """
        return cls(f"{argument}: got {brief(got)}, wanted {wanted}")


class DumpError(DedupError):
    """A dump that could not be read at all: no such file, no articles in it, no known format.

    >>> import dedup
    >>> try:
    ...     dedup.scan("nowhere.jsonl")
    ... except dedup.DumpError as error:
    ...     print(error)
    nowhere.jsonl: no such file or folder
    """


class FormatError(DedupError):
    """Saved state that cannot be loaded: cut short, of another version or of other settings.

    >>> import dedup
    >>> try:
    ...     dedup.Index.load("nowhere.index")
    ... except dedup.FormatError as error:
    ...     print(error)
    nowhere.index: no such file or folder
    """

    @classmethod
    def of(cls, path: Path, reason: str) -> FormatError:
        """Word the error for one saved file.

        >>> from pathlib import Path
        >>> print(FormatError.of(Path("news.index"), "cut short"))
        news.index: cut short
        """
        return cls(f"{path}: {reason}")


class BusyError(DedupError):
    """An index that another process or thread is changing, and went on changing while we waited.

    ``Index.open(path, wait=…)`` says how long a change waits, in seconds.

    >>> issubclass(BusyError, DedupError)
    True
    """


class MissingExtraError(DedupError, ImportError):
    """An optional dependency is missing; the message names the extra that installs it.

    An ``ImportError``, too.

    >>> issubclass(MissingExtraError, ImportError)
    True
    """

    @classmethod
    def of(cls, what: str, package: str, extra: str) -> MissingExtraError:
        """Word the error for one package of one extra.

        >>> print(MissingExtraError.of("reading .warc", "warcio", "warc"))
        reading .warc needs the package warcio: pip install "dedup-news[warc]"
        """
        return cls(f'{what} needs the package {package}: pip install "dedup-news[{extra}]"')


def brief(value: object, limit: int = 60) -> str:
    """Show a value in an error message: its ``repr``, cut, and the type where that is the point.

    >>> brief(b"news")
    "bytes b'news'"
    """
    shown = repr(value)
    if len(shown) > limit:
        shown = shown[: limit - 1] + "…"
    if isinstance(value, (str, int, float, bool, type(None))):
        return shown
    return f"{type(value).__name__} {shown}"
