"""Find the quotations in a stretch of news English, and who is said to have spoken."""

from __future__ import annotations

import re
from typing import NamedTuple

from dedup.facts.stretch import CONTEXT, simple_words

__all__ = ["Quote", "quotes"]


class Quote(NamedTuple):
    """A quotation with its marks, the folded words inside, and who is said to have spoken."""

    text: str
    words: tuple[str, ...]
    speaker: str


_QUOTE = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|«([^«»]+)»|„([^„“]+)“|‘(?<!\w‘)([^‘]+?)’(?!\w)")
_SPEECH = (
    "said|says|told|added|asserted|stated|explained|insisted|argued|warned|claimed|noted|wrote"
    "|tweeted|announced|declared|replied|continued|according to"
)
_SPEAKER_WORD = r"[A-Z][\w’'-]+"
_SPEAKER_AFTER = re.compile(
    rf"[,.]?\s*(?:(?:{_SPEECH})\s+(?P<late>{_SPEAKER_WORD}(?:\s+{_SPEAKER_WORD})*)"
    rf"|(?P<early>{_SPEAKER_WORD}(?:\s+{_SPEAKER_WORD})*)\s+(?:{_SPEECH})\b)"
)
_SPEAKER_BEFORE = re.compile(
    rf"(?P<name>{_SPEAKER_WORD}(?:\s+{_SPEAKER_WORD})*)\s+(?:{_SPEECH})(?:\s+that)?[,:]?\s*$"
)
_LEAST_QUOTED = 3
"""Words of the shortest quotation: fewer are a title or a word held at arm's length."""


def quotes(text: str) -> list[Quote]:
    """Find quotations of three words or more, and their speakers.

    >>> quotes("“We will not pay,” Ryan said.")
    [Quote(text='“We will not pay,”', words=('we', 'will', 'not', 'pay'), speaker='Ryan')]
    """
    found = []
    for match in _QUOTE.finditer(text):
        words = tuple(simple_words(match.group()))
        if len(words) >= _LEAST_QUOTED:
            found.append(Quote(match.group(), words, _speaker(text, *match.span())))
    return found


def _speaker(text: str, start: int, end: int) -> str:
    after = _SPEAKER_AFTER.match(text, end)
    if after:
        return after["early"] or after["late"]
    before = _SPEAKER_BEFORE.search(text, max(0, start - 4 * CONTEXT), start)
    return before["name"] if before else ""
