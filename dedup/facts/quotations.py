"""Find the quotations in a stretch, and who is said to have spoken."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from typing import NamedTuple

from dedup.facts.lexicon import HEADLINE_TENTHS, LEAST_QUOTED, Lexicon, Trait, lexicon
from dedup.facts.told import Stretch
from dedup.text.patterns import later


class Quote(NamedTuple):
    """A quotation with its marks, the ids of the words inside, and who is said to have spoken."""

    text: str
    words: list[int]
    speaker: str


_QUOTES = {
    mark: later(pattern)
    for mark, pattern in {
        "“": "“[^“”]+”",
        "«": "«[^«»]+»",
        "»": "»[^«»]+[«»]",
        "„": '„[^„“”"]+[“”"]',
        "‘": r"‘(?<!\w‘)[^‘]+?’(?![^\W가-힣])",
        "’’": "’’[^’‘]+‘‘",
        "‹": "‹[^‹›]+›",
        "「": "「[^「」]+」",
        "『": "『[^『』]+』",
        "＂": "＂[^＂]+＂",
        "”": r"(?<![^\s(\[—–:-])”(?=\w)[^“”]+(?<=\S)”",
    }.items()
}
"""Quotations by the mark that opens them; straight marks are paired by turns."""
_STRAIGHT = later(r'(?<!\w)["״]|["״](?!\w)')
"""Straight marks, not those of an abbreviation."""
_LEAST_CHARACTERS = 6
"""Words of the shortest quotation where each character is one."""
_LOOK_BACK = 120
"""Characters before a quotation in which its speaker is looked for."""
_LEAST_HEADLINE = 3
_MARKS = "“”\"«»„‘’‹›'([—–-"
_SPEAKER_WORD = r"[^\W\d_a-zа-яіїєґß-öø-ÿ][\w’'-]+"


def quotes(stretch: Stretch) -> list[Quote]:
    """Find quotations of three words or more, and their speakers.

    A headline in quotation marks is none.

    >>> from dedup.facts.told import Told
    >>> found = quotes(Told.of("“We will not pay,” Ryan said.").whole())
    >>> [(quote.text, quote.speaker) for quote in found]
    [('“We will not pay,”', 'Ryan')]
    """
    told = stretch.told
    if not stretch.words_with(Trait.QUOTED):
        return []
    least = LEAST_QUOTED if told.lexicon.spaced else _LEAST_CHARACTERS
    found = []
    for start, end in stretch.texts():
        spans = [
            match.span()
            for mark, pattern in _QUOTES.items()
            if told.text.find(mark, start, end) >= 0
            for match in pattern.finditer(told.text, start, end)
        ]
        reached = start
        for opening, closing in sorted([*spans, *_straight(told.text, start, end)]):
            if opening < reached:
                continue  # between two quotations
            reached = closing
            first = bisect_left(told.starts, opening)
            last = bisect_left(told.starts, closing)
            quoted = told.text[opening:closing]
            if last - first >= least and not is_headline(quoted):
                words = told.words[first:last].tolist()
                speaker = _speaker(told.text, opening, closing, (start, end), told.lexicon)
                found.append(Quote(quoted, words, speaker))
    return found


def _straight(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Pair straight quotation marks; one that only closes what began before is left out."""
    places = [match.start() for match in _STRAIGHT.finditer(text, start, end)]
    if places and places[0] > start and not text[places[0] - 1].isspace():
        behind = text[places[0] + 1 : places[0] + 2]
        if not behind or not behind.isalnum():
            del places[0]
    return [(at, other + 1) for at, other in zip(places[::2], places[1::2], strict=False)]


def is_headline(text: str) -> bool:
    """Tell whether a text is set in capitals as headlines are.

    >>> is_headline("Ties Will Withstand Pressure"), is_headline("We will not pay")
    (True, False)
    """
    firsts = [word.lstrip(_MARKS)[:1] for word in text.split()]
    capitals = sum(map(str.isupper, firsts))
    cased = capitals + sum(map(str.islower, firsts))
    return cased >= _LEAST_HEADLINE and 10 * capitals >= HEADLINE_TENTHS * cased


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Give what finds the speaker behind and before a quotation."""
    speech = lexicon(language).speech
    name = rf"{_SPEAKER_WORD}(?:\s+{_SPEAKER_WORD})*"
    behind = re.compile(
        rf"[,.]?\s*(?:[–—-]\s*)?(?:(?:{speech})\s+(?P<late>{name})|(?P<early>{name})\s+(?:{speech})\b)"
    )
    before = re.compile(rf"(?P<name>{name})\s+(?:{speech})(?:\s+\w{{2,4}})?[,:]?\s*$")
    return behind, before


def _speaker(text: str, start: int, end: int, limits: tuple[int, int], words: Lexicon) -> str:
    behind, before = _patterns(words.language)
    after = behind.match(text, end, limits[1])
    if after:
        return after["early"] or after["late"]
    ahead = before.search(text, max(limits[0], start - _LOOK_BACK), start)
    return ahead["name"] if ahead else ""
