"""Page furniture: sentences of the page around a story and not of the story, by rule in one text.

The rules are the table :data:`dedup.furniture_rules.RULES`. A rule looks only at sentences that
begin (or end) with one of its words, so most sentences of a story cost two dictionary look-ups.
Furniture by repetition in many texts is told in :mod:`dedup.repetition`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from dedup.furniture_rules import MONTH, RULES, Rule, Scope

if TYPE_CHECKING:
    from dedup.text import Tokens

__all__ = ["furniture", "insets"]


@dataclass(frozen=True, slots=True)
class _ByWord:
    """The rules to try for the first word of a stretch, and for its last."""

    first: dict[str, tuple[Rule, ...]]
    last: dict[str, tuple[Rule, ...]]

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> _ByWord:
        """File each rule under its words."""
        filed = cls({}, {})
        for rule in rules:
            for words, edge in ((rule.first, filed.first), (rule.last, filed.last)):
                for word in words.split():
                    edge[word] = (*edge.get(word, ()), rule)
        return filed


_PARAGRAPH_RULES = _ByWord.of(rule for rule in RULES if rule.scope is not Scope.SENTENCE)
_PHRASES = tuple(
    phrase for rule in RULES if rule.scope is Scope.WITHIN for phrase in rule.pattern.split("|")
)
_SENTENCE_RULES = _ByWord.of(rule for rule in RULES if rule.scope is Scope.SENTENCE)
_WORDLESS = Rule("no words", Scope.LINE, r"\W*", "* * *", "5 * 3")
_LONGEST_LINE = 400
"""Characters of a paragraph that a rule for whole lines looks at; longer ones are prose."""
_QUOTES = frozenset("\"'“‘«„「")
"""What opens with one of these is quoted speech, whatever it says."""
_BREAKS = frozenset("\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")


def furniture(tokens: Tokens) -> tuple[bool, ...]:
    r"""Tell which sentences of a text are page furniture, by rule; one flag a sentence.

    A text that would be furniture throughout has no story to set apart and keeps all its sentences.

    >>> from dedup.text import read
    >>> furniture(read("Date:\n\nRain fell in Ohio on Monday.\n\nLatest stories"))
    (True, False, True)
    """
    flags = [False] * len(tokens.sentences)
    paragraphs = _paragraphs(tokens)
    heads = _flag_by_rule(tokens, paragraphs, flags)
    _flag_within(tokens, paragraphs, flags)
    _flag_lists(tokens, paragraphs, heads, flags)
    _flag_menus(tokens, paragraphs, flags)
    _flag_capitals(tokens, paragraphs, flags)
    _flag_inline(tokens, flags)
    _flag_second_printings(tokens, flags)
    return (False,) * len(flags) if all(flags) else tuple(flags)


def _paragraphs(tokens: Tokens) -> list[tuple[int, int]]:
    """Group sentences into paragraphs, each ``(first, last + 1)``: a line break lies between."""
    text, found, first = tokens.text, [], 0
    sentences = tokens.sentences
    for i in range(1, len(sentences)):
        gap = text[sentences[i - 1][1] : sentences[i][0]]
        if gap != " " and not _BREAKS.isdisjoint(gap):
            found.append((first, i))
            first = i
    if sentences:
        found.append((first, len(sentences)))
    return found


def _flag_by_rule(
    tokens: Tokens, paragraphs: list[tuple[int, int]], flags: list[bool]
) -> list[int]:
    """Apply the table; return the numbers of the paragraphs that head a list of stories."""
    heads, worth = [], _worth_a_try(tokens)
    for number, (first, end) in enumerate(paragraphs):
        rule = _matching(tokens, first, end, _PARAGRAPH_RULES)
        if rule is None or (rule.like_headline and number == 0):
            for i in range(first, end):
                if worth[i]:
                    flags[i] = _matching(tokens, i, i + 1, _SENTENCE_RULES) is not None
            continue
        if rule.scope is Scope.BLOCK and _holds_story(tokens, first, end):
            end = first + 1
        flags[first:end] = [True] * (end - first)
        if rule.scope is Scope.LIST:
            heads.append(number)
    return heads


def _worth_a_try(tokens: Tokens) -> list[bool]:
    """Tell quickly which sentences some rule for sentences may match: few of a story's do."""
    words, first, last = tokens.words, _SENTENCE_RULES.first, _SENTENCE_RULES.last
    return [
        low == high or words[low] in first or words[high - 1] in last
        for low, high in pairwise(tokens.bounds)
    ]


_STORY_SHARE = 0.9
"""Share of a text's words from which a paragraph is the story, whatever it begins with."""


def _holds_story(tokens: Tokens, first: int, end: int) -> bool:
    """Tell whether a paragraph holds nearly all of a text: a page whose line breaks were lost."""
    size = tokens.bounds[end] - tokens.bounds[first]
    return end - first > 1 and size >= _STORY_SHARE * len(tokens.words)


def _flag_within(tokens: Tokens, paragraphs: list[tuple[int, int]], flags: list[bool]) -> None:
    """Flag the paragraphs that hold a phrase no story holds."""
    for phrase in _PHRASES:
        at = tokens.text.find(phrase)
        while at >= 0:
            sentence = bisect_right(tokens.sentences, at, key=_start) - 1
            first, end = paragraphs[bisect_right(paragraphs, sentence, key=_start) - 1]
            if _holds_story(tokens, first, end):
                first, end = sentence, sentence + 1
            flags[first:end] = [True] * (end - first)
            at = tokens.text.find(phrase, tokens.sentences[end - 1][1])


def _start(span: tuple[int, int]) -> int:
    return span[0]


def _matching(tokens: Tokens, first: int, end: int, rules: _ByWord) -> Rule | None:
    """Find the first rule that the sentences ``first`` to ``end``, taken as one, match."""
    low, high = tokens.bounds[first], tokens.bounds[end]
    if low == high:
        return _WORDLESS
    head, tail = tokens.words[low], tokens.words[high - 1]
    stop = tokens.sentences[end - 1][1]
    candidates = rules.first.get(head, ()) + rules.last.get(tail, ())
    if head.isdecimal():
        candidates += rules.first.get("0", ())
    if tail.isdecimal():
        candidates += rules.last.get("0", ())
    if tokens.text[stop - 1] == ")":
        candidates += rules.last.get(")", ())
    if not candidates:
        return None
    start = tokens.sentences[first][0]
    if tokens.text[start] in _QUOTES:
        return None
    for rule in candidates:
        if stop - start > _LONGEST_LINE and rule.scope in _WHOLE:
            continue
        if rule.compiled.match(tokens.text, tokens.starts[low], stop):
            return rule
    return None


_WHOLE = frozenset({Scope.LINE, Scope.LIST})
_MOST_LISTED = 12
"""Headlines that a list of stories may hold."""
_LONGEST_HEADLINE = 20
"""Words of a headline in such a list."""


def _flag_lists(
    tokens: Tokens, paragraphs: list[tuple[int, int]], heads: list[int], flags: list[bool]
) -> None:
    """Flag the headlines under the head of a list: short lines without a full stop."""
    for head in heads:
        for first, end in paragraphs[head + 1 : head + 1 + _MOST_LISTED]:
            short = tokens.bounds[end] - tokens.bounds[first] <= _LONGEST_HEADLINE
            if not short or tokens.text[tokens.sentences[end - 1][1] - 1] in _PROSE_ENDS:
                break
            flags[first:end] = [True] * (end - first)


_PROSE_ENDS = frozenset('.!:;,…"”’—')
_SHORTEST_MENU = 5
"""Lines in a row that make a menu."""
_LONGEST_ENTRY = 4
"""Words of an entry in a menu."""


def _flag_menus(tokens: Tokens, paragraphs: list[tuple[int, int]], flags: list[bool]) -> None:
    """Flag rows of short capitalised lines without punctuation."""
    run: list[int] = []
    for first, end in paragraphs:
        if end - first == 1 and _is_entry(tokens, first):
            run.append(first)
            continue
        if len(run) >= _SHORTEST_MENU:
            flags[run[0] : first] = [True] * (first - run[0])
        run.clear()
    if len(run) >= _SHORTEST_MENU:
        flags[run[0] :] = [True] * (len(flags) - run[0])


def _is_entry(tokens: Tokens, sentence: int) -> bool:
    size = tokens.bounds[sentence + 1] - tokens.bounds[sentence]
    start, end = tokens.sentences[sentence]
    return (
        0 < size <= _LONGEST_ENTRY
        and tokens.text[start].isupper()
        and tokens.text[end - 1].isalpha()
    )


_HEADLINES_ABOVE = 3
"""Paragraphs at the top of a text that may be its own headlines."""
_SHORTEST_HEADLINE = 6
"""Words from which a line in capitals is a headline; shorter ones are subheads."""


def _flag_capitals(tokens: Tokens, paragraphs: list[tuple[int, int]], flags: list[bool]) -> None:
    """Flag lines in capitals without a full stop inside a story: links to other stories."""
    text, prose = tokens.text, False
    for number, (first, end) in enumerate(paragraphs):
        start, stop = tokens.sentences[first][0], tokens.sentences[end - 1][1]
        size = tokens.bounds[end] - tokens.bounds[first]
        ends_as_prose = text[stop - 1] in _PROSE_ENDS
        if (
            prose  # or it may be a line of a table
            and not ends_as_prose
            and number >= _HEADLINES_ABOVE
            and _SHORTEST_HEADLINE <= size <= _LONGEST_HEADLINE
            and text[start:stop].isupper()
        ):
            flags[first:end] = [True] * (end - first)
        prose = ends_as_prose


_HANDLE = re.compile(rf"\(@\w{{1,20}}\)(?:\s{{1,2}}{MONTH} \d{{1,2}}, \d{{4}})?", re.I)
_SIGNATURE = re.compile(
    r"(?:(?:pic\.twitter\.com/|https?://t\.co/)\w+\s*)?[—–-]{1,2}\s?[^—()\n]{1,60}\Z"
)
_SIGNATURE_WINDOW = 110
"""Characters before a handle that hold the rest of the signature: a link, a dash, a name."""
_GLUED_NAME = re.compile(
    r"[a-z](?=[A-Z][a-z]|\d{4} |['‘“][A-Z])(?<!\bMc)(?<!\bMac)(?<!\bDe)(?<!\bLa)"
)
_TAG_WINDOW = 600
"""Characters before its ``MORE`` in which a list of tagged stories begins."""


def _signatures(text: str) -> Iterator[tuple[int, int]]:
    """Find the tails of embedded tweets: a link, a dash, a name, a handle, a date."""
    at = text.find("(@")
    while at >= 0:
        handle = _HANDLE.match(text, at)
        name = _SIGNATURE.search(text, max(0, at - _SIGNATURE_WINDOW), at)
        if handle and name:
            yield name.start(), handle.end()
        at = text.find("(@", at + 1)


def _tag_lists(text: str) -> Iterator[tuple[int, int]]:
    """Find lists of tagged stories: glued to a name, ``DoeSenate votes``, up to ``MORE``."""
    before, more = 0, text.find(" MORE")
    while more >= 0:
        line = max(text.rfind("\n", before, more), more - _TAG_WINDOW, before)
        glued = _GLUED_NAME.search(text, line, more)
        if glued:
            yield glued.end(), more + len(" MORE")
        before = more + len(" MORE")
        more = text.find(" MORE", before)


def insets(tokens: Tokens) -> tuple[tuple[int, int], ...]:
    """Find the words that are furniture set into sentences, as ranges ``(first, last + 1)``.

    Sorted, none overlapping. A sentence half of whose words are such is furniture as a whole; in
    the others these words are none of the story's.

    >>> from dedup.text import read
    >>> insets(read("Rain fell, Jane Doe Jane DoeSenate votes on rain MORE said to the press."))
    ((5, 10),)
    """
    found: list[tuple[int, int]] = []
    for start, end in sorted((*_signatures(tokens.text), *_tag_lists(tokens.text))):
        low, high = bisect_left(tokens.ends, start + 1), bisect_left(tokens.starts, end)
        low = max(low, found[-1][1]) if found else low
        if low < high:
            found.append((low, high))
    return tuple(found)


def _flag_inline(tokens: Tokens, flags: list[bool]) -> None:
    """Flag the sentences at least half of whose words are furniture set into them."""
    covered: Counter[int] = Counter()
    for low, high in insets(tokens):
        i, at = bisect_right(tokens.bounds, low) - 1, low
        while at < high:
            upto = min(high, tokens.bounds[i + 1])
            covered[i] += upto - at
            at, i = upto, i + 1
    for i, count in covered.items():
        if 2 * count >= tokens.bounds[i + 1] - tokens.bounds[i]:
            flags[i] = True


_LONG_SENTENCE = 12
"""Words that a sentence must have to be told from a refrain when it is printed twice."""


def _flag_second_printings(tokens: Tokens, flags: list[bool]) -> None:
    """Flag a long sentence where the page prints it again: a pull quote, a caption doubled."""
    seen = set()
    for i, (start, end) in enumerate(tokens.sentences):
        if tokens.bounds[i + 1] - tokens.bounds[i] >= _LONG_SENTENCE:
            sentence = tokens.text[start:end]
            if sentence in seen:
                flags[i] = True
            seen.add(sentence)
