"""JSON that is not one object a line: arrays, printed over many lines, inside an answer's envelope.

Only the object under way is held, so that a document may be of any size.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from dedup.dump.files import OTHER_ENCODING
from dedup.dump.inputs import Input
from dedup.dump.records import USUAL_NAMES, Row, to_json_line, with_inner
from dedup.errors import brief
from dedup.model import Rejected

ENVELOPES = frozenset(
    "articles items results docs documents messages entries stories posts news hits response data"
    " @graph".split()
)
"""Names of the list, or of an object around the list, in which services answer with articles."""
_TEXT_NAMES = frozenset(USUAL_NAMES["text"])
_LOOKS_LIKE_NEWS = re.compile(
    r'"(?:text|content|body|title|headline|articleBody|description|url|link|webTitle|_source)"\s*:'
)
_LOOKED_AT = 4000
"""Characters of a list in which one of its objects shows what it is."""
_SPACE = re.compile(r"[ \t\n\r]*")
_JSON_NAMES = {list: "an array", str: "a string", bool: "a truth value", type(None): "null"}


def not_an_object(value: object) -> str:
    """Word the reason to set aside a value of JSON that is no object."""
    return f"not a JSON object but {_JSON_NAMES.get(type(value), 'a number')}"


def begins_document(head: bytes) -> bool:
    r"""Tell JSON Lines from one document by the beginning of a file.

    >>> begins_document(b'{"id": 1}\n'), begins_document(b'[{"id": 1}]')
    (False, True)
    >>> begins_document(b'{"id": 1,\n "text": "Rain."}')
    True
    >>> begins_document(b'{"articles": [{"url": "http://x.example/')
    True
    """
    head = head.lstrip()
    if head[:1] == b"[":
        return True
    if head[:1] != b"{":
        return False
    line, feed, _ = head.partition(b"\n")
    if _is_article(line):
        return False
    if feed and line.rstrip().endswith((b"{", b",", b"[", b":")):
        return True
    return _list_inside(line.decode("utf-8", "replace"), 0) is not None


def _is_article(line: bytes) -> bool:
    """Tell a whole object with a text, whatever lists it has besides."""
    try:
        return _has_text(json.loads(line))
    except (ValueError, RecursionError):
        return False


def _has_text(value: object) -> bool:
    return isinstance(value, dict) and any(name.casefold() in _TEXT_NAMES for name in value)


class _Inside(NamedTuple):
    """Where the objects of a list begin, and how many objects are open around it."""

    at: int
    depth: int


def _list_inside(text: str, at: int, depth: int = 1) -> _Inside | None:
    """Find the list of articles in the object that begins at ``at``; ``None`` if it is one itself.

    >>> _list_inside('{"ok": true, "response": {"docs": [{"body": "Rain."}]}}', 0)
    _Inside(at=35, depth=2)
    """
    decoder = json.JSONDecoder()
    at = _end_of_space(text, at + 1)
    try:
        while text[at : at + 1] == '"':
            name, at = decoder.raw_decode(text, at)
            at = _end_of_space(text, at)
            if text[at : at + 1] != ":" or name.casefold() in _TEXT_NAMES:
                return None
            at = _end_of_space(text, at + 1)
            if name in ENVELOPES:
                found = _entered(text, at, depth)
                if found is not None:
                    return found
            _, at = decoder.raw_decode(text, at)
            at = _skip(text, at, ",")
    except (ValueError, RecursionError):  # it goes on beyond what is seen of it
        return None
    return None


def _entered(text: str, at: int, depth: int) -> _Inside | None:
    if text[at : at + 1] == "{" and depth < _MOST_DEPTH:
        return _list_inside(text, at, depth + 1)
    if text[at : at + 1] != "[":
        return None
    inside = _end_of_space(text, at + 1)
    is_news = text[inside : inside + 1] == "{" and _LOOKS_LIKE_NEWS.search(
        text, inside, inside + _LOOKED_AT
    )
    return _Inside(inside, depth) if is_news else None


_MOST_DEPTH = 4


def _skip(text: str, at: int, mark: str) -> int:
    """Pass white space and at most one ``mark``."""
    at = _end_of_space(text, at)
    return _end_of_space(text, at + 1) if text[at : at + 1] == mark else at


def _end_of_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


class _Stopped(Exception):  # noqa: N818 - no error of the library's
    """There is no reading on, for the reason given."""


class _Document:
    """The text of a document as far as it was read and not yet passed."""

    def __init__(self, blocks: Iterator[bytes], encoding: str, limit: int) -> None:
        self._blocks = blocks
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._json = json.JSONDecoder()
        self._limit = limit
        self._is_read = False
        self._before = 0
        self._counted = 0
        self._line = 1
        self.text = ""
        self.at = 0

    @property
    def passed(self) -> int:
        """How many characters were passed."""
        return self._before + self.at

    @property
    def line(self) -> int:
        """The line on which reading stands."""
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def _more(self) -> bool:
        """Read on, so that at least twice as much is at hand; tell whether there was more."""
        if self._is_read:
            return False
        _ = self.line
        parts = [self.text[self.at :]]
        size, wanted = len(parts[0]), 2 * len(parts[0])
        self._before += self.at
        self.at = self._counted = 0
        while size <= wanted and not self._is_read:
            block = next(self._blocks, None)
            self._is_read = block is None
            parts.append(self._decoded(block or b""))
            size += len(parts[-1])
        self.text = "".join(parts)
        return True

    def _decoded(self, block: bytes) -> str:
        try:
            return self._decoder.decode(block, final=self._is_read)
        except UnicodeDecodeError as error:
            wrong = f"byte 0x{error.object[error.start]:02x}"
            raise _Stopped(f"not {self._encoding}: {wrong}; {OTHER_ENCODING}") from error
        except UnicodeError as error:
            raise _Stopped(f"not {self._encoding}: {brief(str(error))}") from error

    def mark(self, passed: str = "") -> str:
        """Pass white space, and marks that may be; give the next character, ``""`` at end."""
        while True:
            self.at = _end_of_space(self.text, self.at)
            found = self.text[self.at : self.at + 1]
            if found and found in passed:
                self.at += 1
            elif found or not self._more():
                return found

    def value(self) -> Any:
        """Read a value; raises :class:`_Stopped` where there is none."""
        while True:
            try:
                value, end = self._json.raw_decode(self.text, self.at)
            except RecursionError:
                raise _Stopped("broken JSON: nested too deeply") from None
            except ValueError as error:
                if len(self.text) - self.at > self._limit:
                    raise _Stopped(f"an object longer than {self._limit:,} characters") from None
                if not self._more():
                    message = f"{error}".partition(": line ")[0]
                    raise _Stopped(f"broken JSON: {message}") from None
                continue
            if end < len(self.text) or not self._more():
                self.at = end
                return value

    def enter(self) -> int:
        """Go to the list inside an object; tell how many objects are open around it, 0 for none."""
        with suppress(ValueError, RecursionError):
            if _has_text(self._json.raw_decode(self.text, self.at)[0]):
                return 0
        found = _list_inside(self.text, self.at)
        if found is None:
            return 0
        self.at = found.at
        return found.depth

    def leave(self, depth: int) -> None:
        """Pass what stands behind the list to the end of the objects around it."""
        while depth:
            mark = self.mark(",")
            if mark == "}":
                self.at += 1
                depth -= 1
            elif mark != '"':
                raise _Stopped("broken JSON: an object does not end")
            else:
                self.value()
                self.mark(":")
                self.value()


def read_document(
    source: Input, blocks: Iterator[bytes], encoding: str, limit: int
) -> Iterator[Row | Rejected]:
    """Read the objects of a document; what stands before an error is kept.

    They may be the items of an array, of a list inside an object (``articles``, ``messages``, ...),
    or follow one another. ``limit`` is that of one object, in characters.
    """
    document = _Document(blocks, encoding, limit)
    try:
        while mark := document.mark(","):
            depth = document.enter() if mark == "{" else 0
            if mark == "[" and not depth:
                document.at += 1
            if mark == "[" or depth:
                while (inner := document.mark(",")) != "]":
                    if not inner:
                        raise _Stopped("broken JSON: the list does not end")
                    yield _item(source, document, limit)
                document.at += 1
                document.leave(depth)
            else:
                yield _item(source, document, limit)
    except _Stopped as stop:
        reason = f"{stop}; the rest of the file could not be read"
        yield Rejected(source.name, document.line, reason)


def _item(source: Input, document: _Document, limit: int) -> Row | Rejected:
    document.mark()
    line = document.line
    begin = document.passed
    value = document.value()
    if document.passed - begin > limit:
        return Rejected(source.name, line, f"an object longer than {limit:,} characters")
    if not isinstance(value, dict):
        return Rejected(source.name, line, not_an_object(value))
    try:
        raw = to_json_line(value)
    except RecursionError:
        return Rejected(source.name, line, "broken JSON: nested too deeply")
    return Row(line, with_inner(value), raw)
