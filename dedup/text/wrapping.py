r"""Texts that were set in lines of some width, read as if they never had been.

Such a text has a break where the next word would no longer fit into the line. So the open breaks,
those at which no sentence seems to end, tell its width, most of all the ones before a small letter
or between a comma and a number: it is the width at which most of their lines are full. A text has
one where nearly all of them are and hardly a line is longer. Among many headlines only the breaks
within sentences tell it. Then a full line goes on in the next one. A line with room for the next
word does not, be it a headline, a verse or the end of a paragraph; nor do bullets and columns. A
full line that ends a sentence may end its paragraph as well: sentences are cut there as in one
line, and what looks at paragraphs sees a border.

A hyphen that ends a line is taken out where it parts a word: where that is hardly rarer than its
parts in the language of the text. So compounds keep theirs.

Nothing moves: a wrap becomes a blank, between sentences
:data:`dedup.text.points.PERHAPS_BREAK`, and what is taken out a soft hyphen, character by
character. Places in a text as it is read here are places in it as it was given.
"""

from __future__ import annotations

import re

from dedup.arrays import F32, I64, Ragged, decoded, encoded
from dedup.text import _breaks, _words, _wraps
from dedup.text.patterns import later
from dedup.text.points import POINTS
from dedup.text.tokens import fold
from dedup.text.vocabulary import background, language_of, word_ids

_SOFT_HYPHEN = "\u00ad"
"""Invisible; breaks no word."""
POINTS.learn(_SOFT_HYPHEN)
_RARER = 1.5
"""By how much the idf of a word may be above that of the rarer one of its parts."""
_LONGEST = 40
"""Letters of a part that are looked at."""
_HYPHEN = later(
    r"(?<=\S)(?:(?P<soft>\u00ad)|[-\u2010])(?P<gap>[^\S\r\n]*(?:\r\n?|\n)[^\S\r\n]*)(?=\S)"
)
"""A hyphen at the end of a line."""
_LETTERS = later(r"[^\W\d_]*")
_LETTERS_BEFORE = later(r"[^\W\d_]*\Z")


def unwrapped(texts: Ragged) -> Ragged:
    r"""Read texts as if they had never been wrapped; gives ``texts`` itself where none was.

    They are in UTF-8 end to end, and their code points were met, see
    :data:`dedup.text.points.POINTS`.

    >>> text = "The storm that hit the coast was the strongest in\ntwenty years of un-\nrest."
    >>> decoded(unwrapped(encoded([text])).values).replace("\u00ad", "~")
    'The storm that hit the coast was the strongest in twenty years of un~~rest.'
    """
    values, hyphened = _wraps.undo_wraps(texts.values, texts.offsets)
    if values is None:
        return texts
    found = Ragged(values, texts.offsets)
    rows = hyphened.nonzero()[0]
    return found.replaced(rows, encoded(unhyphenated(found, rows))) if len(rows) else found


def hyphenated_rows(texts: Ragged) -> I64:
    """List the texts with hyphens at the ends of lines, and perhaps some others."""
    return _breaks.find_hyphens(texts.values, texts.offsets).nonzero()[0]


def unhyphenated(texts: Ragged, rows: I64) -> list[str]:
    """Read some texts as :func:`unwrapped` does, as far as their words hang on it."""
    return [_unhyphenated(decoded(texts[row])) for row in rows.tolist()]


def reset(text: str) -> str:
    r"""Give a piece of a text as read as if the text had never been wrapped.

    >>> reset("twenty  years of un\u00ad\u00adrest")
    'twenty years of unrest'
    """
    return " ".join(text.replace(_SOFT_HYPHEN, "").split())


def _unhyphenated(text: str) -> str:
    """Take the hyphens that part words at the ends of lines out of a text."""
    found = [match for match in _HYPHEN.finditer(text) if _is_inside(text, match)]
    if not found:  # what follows takes a text's language, and a millisecond
        return text
    pieces, at = [], 0
    for match, parts in zip(found, _part_words(text, found), strict=True):
        kept = match.start() if parts else match.start("gap")
        pieces += [text[at:kept], _SOFT_HYPHEN * (match.end() - kept)]
        at = match.end()
    return "".join([*pieces, text[at:]])


def _is_inside(text: str, hyphen: re.Match[str]) -> bool:
    """Tell whether letters stand on both sides, small ones behind a visible hyphen."""
    behind = text[hyphen.end()]
    follows = behind.isalpha() if hyphen["soft"] else behind.islower()
    return follows and text[hyphen.start() - 1].isalpha()


def _part_words(text: str, hyphens: list[re.Match[str]]) -> list[bool]:
    """Tell which hyphens part a word rather than two."""
    folded = fold(text)
    pairs = [tuple(map(fold, _around(text, hyphen))) for hyphen in hyphens]
    idf = _idf(text, [word for one, other in pairs for word in (one, other, one + other)])
    return [
        bool(hyphen["soft"]) or ("-".join(pair) not in folded and whole <= max(one, other) + _RARER)
        for hyphen, pair, (one, other, whole) in zip(hyphens, pairs, idf.tolist(), strict=True)
    ]


def _around(text: str, hyphen: re.Match[str]) -> tuple[str, str]:
    """Give the letters before and behind a hyphen."""
    start, end = hyphen.span()
    before = _LETTERS_BEFORE.search(text, max(0, start - _LONGEST), start)
    behind = _LETTERS.match(text, end, end + _LONGEST)
    return before[0] if before else "", behind[0] if behind else ""


def _idf(text: str, words: list[str]) -> F32:
    """Tell how rare words are in the language of a text, f32[n, 3]."""
    source = encoded([text])
    language = language_of(_words.read_words(source.values, source.offsets)[0])
    return background(language).idf_of(word_ids(words)).reshape(-1, 3)
