"""Find the words that a stretch of news English negates."""

from __future__ import annotations

import re

from dedup.facts.stretch import STEM, Fact, Stretch

__all__ = ["NEGATORS", "negations"]

NEGATORS = frozenset("not never cannot longer t".split())
"""Folded words without one of which a text has no negation; ``t`` is the end of ``won't``."""
_NEGATION = re.compile(
    r"\b(?P<negator>not|never|cannot|no longer|\w+n[’']t)\s+"
    r"(?:(?:be|been|being|have|has|had|to|the|a|an|any|yet|ever|even|also)\s+){0,2}(?P<word>[^\W\d_]{3,})",
    re.IGNORECASE,
)


def negations(stretch: Stretch) -> list[Fact]:
    """Find negated words: the value is the beginning of the word that is negated.

    >>> found = negations(Stretch.of("It will not be sold, and won’t close."))
    >>> [(fact.text, fact.value) for fact in found]
    [('not be sold', ('sold',)), ('won’t close', ('clos',))]
    """
    behind = (*stretch.words[1:], "")
    places = [
        k
        for k, word in enumerate(stretch.words)
        if word in NEGATORS or word == "no" or behind[k] == "t"
    ]
    return [
        Fact(stretch.text, *match.span(), (match["word"].casefold()[:STEM],))
        for match in stretch.matches(_NEGATION, places)
    ]
