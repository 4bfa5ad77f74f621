r"""Texts put right on the way in: character references, ``\n`` spelled out, markup of pages.

A dump is often the last of several exports, and what one of them escaped the next did not undo.
``&#8217;`` in a text is an apostrophe, and ``\n`` with no line break around is one. Markup is
another matter: it is told, and taken out only where that is asked for.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import numpy as np

from dedup.arrays import Ragged, decoded, encoded
from dedup.dump._escapes import flag_marked

HAS_MARKUP = "text: HTML markup in it"
"""The note for a text that holds markup and was taken as it is."""

_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_TAG = re.compile(
    r"</?(?:p|br|div|span|a|b|i|em|strong|h[1-6]|ul|ol|li|table|tr|td|img|figure|blockquote"
    r"|section|article|script|style|iframe|html|body|head)(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_LEAST_TAGS = 2
"""A text with fewer tags may be one about HTML."""
_SPELLED_BREAK = re.compile(r"(?:\\r)?\\n(?![a-z])")
"""A line break spelled out; a small letter behind it may be the name of a folder."""
_ESCAPED_TWICE = 2


def mended(text: str, *, extract_html: bool = False) -> tuple[str, bool]:
    r"""Undo references and spelled line breaks; tell whether the text still has markup.

    >>> mended("It&#8217;s &amp; was.\\nThen snow.")
    ('It’s & was.\nThen snow.', False)
    >>> mended("<p>Rain</p><p>Snow</p>"), mended("<p>Rain</p><p>Snow</p>", extract_html=True)
    (('<p>Rain</p><p>Snow</p>', True), ('Rain\n\nSnow', False))
    """
    if "\\" in text and "\n" not in text:
        text = _SPELLED_BREAK.sub("\n", text)
    if extract_html and has_markup(text):
        return text_of_markup(text), False
    for _ in range(_ESCAPED_TWICE):
        if "&" not in text:
            break
        text = _unescaped(text)
    if not has_markup(text):
        return text, False
    return (text_of_markup(text), False) if extract_html else (text, True)


def _unescaped(text: str) -> str:
    return _REFERENCE.sub(lambda found: html.unescape(found[0]), text)


def mended_name(text: str) -> str:
    """Undo references in a title or a name, and white space around it.

    >>> mended_name(" AT&amp;T ")
    'AT&T'
    """
    return (_unescaped(text) if "&" in text else text).strip()


def has_markup(text: str) -> bool:
    """Tell whether a text has tags of a page in it.

    >>> has_markup("a < b and c > d"), has_markup("<p>Rain fell.</p>")
    (False, True)
    """
    if "<" not in text:
        return False
    tags = _TAG.finditer(text)
    return all(next(tags, None) is not None for _ in range(_LEAST_TAGS))


def mended_rows(texts: Ragged, *, extract_html: bool = False) -> tuple[Ragged, int]:
    """Mend texts in UTF-8, u8, that need it; give also how many still have markup.

    Each becomes what :func:`mended` makes of it; most texts are not even decoded.
    """
    rows = _doubtful(texts, b"&\\<")
    found = [mended(decoded(texts[row]), extract_html=extract_html) for row in rows]
    marked = sum(is_marked for _, is_marked in found)
    return _changed(texts, rows, [text for text, _ in found]), marked


def mended_names(names: Ragged) -> Ragged:
    """Mend names in UTF-8, u8, each as :func:`mended_name` does; few are even decoded."""
    filled = np.flatnonzero(np.diff(names.offsets))
    edges = np.stack((names.offsets[filled], names.offsets[filled + 1] - 1))
    may_be_space = (names.values[edges] <= ord(" ")) | (names.values[edges] >= _DELETE)
    padded = filled[may_be_space.any(axis=0)].tolist()
    rows = sorted({*padded, *_doubtful(names, b"&")})
    return _changed(names, rows, [mended_name(decoded(names[row])) for row in rows])


_DELETE = 0x7F


def _changed(texts: Ragged, rows: list[int], after: list[str]) -> Ragged:
    """Put other texts in the place of some rows, ascending."""
    return texts.replaced(np.array(rows), encoded(after)) if rows else texts


def _doubtful(texts: Ragged, marks: bytes) -> list[int]:
    """Give the rows with a mark in them before which something may have to be undone."""
    found: list[int] = flag_marked(texts.values, texts.offsets, marks).nonzero()[0].tolist()
    return found


_BLOCKS = frozenset(
    "address article aside blockquote dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6"
    " header hr li main nav ol p pre section table tr ul title".split()
)
_UNSEEN = frozenset({"script", "style", "template", "noscript", "iframe", "svg", "head"})


_NAME = re.compile(r"/?([A-Za-z][A-Za-z0-9]*)")


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Cut HTML into tags and what stands between, ``(name, data)``; one of them is empty.

    Each character is passed once whatever is opened and never closed: what no parser of pages in
    the standard library promises.
    """
    at = 0
    while at < len(text):
        opened = text.find("<", at)
        if opened < 0:
            yield "", text[at:]
            return
        if opened > at:
            yield "", text[at:opened]
        name = _NAME.match(text, opened + 1)
        if name is not None or text[opened + 1 : opened + 2] in {"!", "?", "/"}:
            end = "-->" if text.startswith("<!--", opened) else ">"
            closed = text.find(end, opened + 1)
            at = len(text) if closed < 0 else closed + len(end)
            if name is not None:
                tag = name[1].lower()
                yield tag, ""
                if tag in _UNSEEN and text[opened + 1] != "/" and text[at - 2 : at] != "/>":
                    at = _end_of_unseen(text, tag, at)
        else:
            yield "", "<"
            at = opened + 1


def _end_of_unseen(text: str, tag: str, at: int) -> int:
    """Pass what a browser does not show, to its end tag or, without one, to the end."""
    found = re.compile(f"</{tag}", re.IGNORECASE).search(text, at)
    return len(text) if found is None else found.start()


def text_of_markup(text: str) -> str:
    r"""Take the text out of a piece of HTML, its blocks parted by an empty line.

    >>> text_of_markup("<p>Rain &amp; <b>snow</b>.</p><script>x()</script><p>One<br>Two</p>")
    'Rain & snow.\n\nOne\nTwo'
    """
    blocks: list[list[str]] = [[]]
    for tag, data in _pieces(text):
        if tag == "br":
            blocks[-1].append("\0")
        elif tag in _BLOCKS:
            if blocks[-1]:
                blocks.append([])
        elif data:
            blocks[-1].append(data)
    shown = (html.unescape("".join(block)).split("\0") for block in blocks)
    lines = ("\n".join(" ".join(line.split()) for line in block).strip() for block in shown)
    return "\n\n".join(line for line in lines if line)
