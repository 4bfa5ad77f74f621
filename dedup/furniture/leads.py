"""Where rules for furniture may match: the words at the edges of what each looks at, and limits.

Compiled loops look these words up; a rule itself is tried on the few stretches that are left.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from dedup.furniture.notices import NOTICES
from dedup.furniture.rule import Rule, Scope
from dedup.furniture.rules import RULES as ENGLISH
from dedup.text.vocabulary import word_ids


class Clue:
    """What is to be looked for in a text by rule, as flags; 0 for most texts."""

    TRIED = 1
    """A sentence or paragraph."""
    INSET = 2
    """Furniture set into a sentence."""


class Try:
    """What is known of a sentence before rules are tried, as flags."""

    OPENS = 1
    """It opens a paragraph."""
    PARAGRAPH = 2
    """Rules for paragraphs look at the paragraph that it opens."""
    SENTENCE = 4
    """Rules for sentences look at it."""


class Edge:
    """Which rules look at what begins or ends with a word, as flags."""

    FIRST_OF_LINE = 1
    """Rules for whole paragraphs look at those it begins."""
    FIRST_OF_BLOCK = 1 << 1
    """Rules for the beginning of a paragraph do."""
    FIRST_OF_SENTENCE = 1 << 2
    FIRST_OF_TWO = 1 << 3
    """Rules for sentences do if a word with ``SECOND_OF_TWO`` follows."""
    SECOND_OF_TWO = 1 << 4
    LAST_OF_LINE = 1 << 5
    LAST_OF_BLOCK = 1 << 6
    LAST_OF_SENTENCE = 1 << 7
    FIRST_OF_TWO_IN_PARAGRAPH = 1 << 8
    """Rules for paragraphs do if a word with ``SECOND_OF_TWO`` follows."""
    LAST_BUT_ONE = 1 << 9
    LAST_OF_TWO = 1 << 10
    """Rules for whole paragraphs do if a word with ``LAST_BUT_ONE`` stands before it."""


WHOLE = frozenset({Scope.LINE, Scope.LIST})
"""Scopes of rules that match a whole paragraph."""
LONGEST_LINE = 400
"""Characters of a paragraph that a rule for whole lines looks at; longer ones are prose."""
SHORTEST_MENU = 5
"""Lines in a row that make a menu: short, capitalised, without punctuation."""
LONGEST_ENTRY = 4
"""Words of an entry in a menu."""
HEADLINES_ABOVE = 3
"""Paragraphs at the top of a text that may be its own headlines."""
SHORTEST_HEADLINE = 6
"""Words from which a line in capitals is a headline; shorter ones are subheads."""
LONGEST_HEADLINE = 20
"""Words of a headline, in capitals or in a list of stories."""
LONG_SENTENCE = 12
"""Words that a sentence must have to be told from a refrain when it is printed twice."""
STORY_SHARE = 0.9
"""Share of a text's words from which a paragraph is the story, whatever it begins with."""

RULES = (*ENGLISH, *NOTICES)

PHRASES = tuple(
    phrase for rule in RULES if rule.scope is Scope.WITHIN for phrase in rule.pattern.split("|")
)
INSET_PHRASES = ("(@", "MORE")
"""What stands in every inset that :func:`dedup.furniture.finding.insets` finds."""
ANY_NUMBER, ANY_BRACKETED = "0", ")"
"""What stands in a rule for any number and for any word before a closing bracket."""


_FIRST_LAST = {
    **dict.fromkeys(WHOLE, (Edge.FIRST_OF_LINE, Edge.LAST_OF_LINE)),
    Scope.SENTENCE: (Edge.FIRST_OF_SENTENCE, Edge.LAST_OF_SENTENCE),
}
_OF_BLOCK = Edge.FIRST_OF_BLOCK, Edge.LAST_OF_BLOCK


def _edges(rules: Iterable[Rule]) -> dict[str, int]:
    """Say which rules look at what begins or ends with each word."""
    found = {ANY_NUMBER: 0, ANY_BRACKETED: 0}
    for rule in rules:
        first, last = _FIRST_LAST.get(rule.scope, _OF_BLOCK)
        of_two = (
            Edge.FIRST_OF_TWO if rule.scope is Scope.SENTENCE else Edge.FIRST_OF_TWO_IN_PARAGRAPH
        )
        for words in rule.first.split():
            word, _, second = words.partition("-")
            found[word] = found.get(word, 0) | (of_two if second else first)
            if second:
                found[second] = found.get(second, 0) | Edge.SECOND_OF_TWO
        for words in rule.last.split():
            before, _, word = words.rpartition("-")
            found[word] = found.get(word, 0) | (Edge.LAST_OF_TWO if before else last)
            if before:
                found[before] = found.get(before, 0) | Edge.LAST_BUT_ONE
    return found


_FOUND = _edges(RULES)
_IDS: dict[str, int] = dict(zip(_FOUND, word_ids(list(_FOUND)).tolist(), strict=True))
NUMBER_ID, BRACKET_ID = _IDS[ANY_NUMBER], _IDS[ANY_BRACKETED]
EDGES = dict(zip(_IDS.values(), _FOUND.values(), strict=True))
"""The words by their ids, with flags of :class:`Edge`."""

Filed = dict[int, tuple[Rule, ...]]


class ByWord:
    """The rules to try for the word at each edge of a stretch and for the two there, by id.

    ``second`` holds, for a first word, the rules of those that may follow, and ``last_but_one``,
    for a last word, of those that may stand before it.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.first: Filed = {}
        self.second: dict[int, Filed] = {}
        self.last: Filed = {}
        self.last_but_one: dict[int, Filed] = {}
        for rule in rules:
            for words in rule.first.split():
                word, _, second = words.partition("-")
                edge = self.second.setdefault(_IDS[word], {}) if second else self.first
                _file(edge, second or word, rule)
            for words in rule.last.split():
                before, _, word = words.rpartition("-")
                edge = self.last_but_one.setdefault(_IDS[word], {}) if before else self.last
                _file(edge, before or word, rule)


def _file(edge: Filed, word: str, rule: Rule) -> None:
    edge[_IDS[word]] = (*edge.get(_IDS[word], ()), rule)


@cache
def rules_by_word(*, of_sentences: bool) -> ByWord:
    """Give the rules for sentences, or those for paragraphs."""
    return ByWord(rule for rule in RULES if (rule.scope is Scope.SENTENCE) == of_sentences)
