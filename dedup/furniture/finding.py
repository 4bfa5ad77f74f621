"""Page furniture: sentences of the page around a story and not of the story, by rule in one text.

The rules are the table :data:`dedup.furniture.rules.RULES`. A rule looks only at sentences that
begin (or end) with one of its words, so most sentences of a story cost two dictionary look-ups.
Furniture by repetition in many texts is told in :mod:`dedup.furniture.repetition`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from dedup.furniture.rules import MONTH, RULES, Rule, Scope
from dedup.text.sentences import LINE_BREAKS

__all__ = ["Leads", "Page", "find_furniture", "furniture", "furniture_by_leads", "insets"]


class Page(Protocol):
    """A text cut into words and sentences, as :class:`dedup.text.tokens.Tokens` has them."""

    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def words(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def starts(self) -> Sequence[int]: ...  # noqa: D102
    @property
    def ends(self) -> Sequence[int]: ...  # noqa: D102
    @property
    def sentences(self) -> Sequence[tuple[int, int]]: ...  # noqa: D102
    @property
    def bounds(self) -> Sequence[int]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class ByWord:
    """The rules to try for the first word of a stretch, for its first two, and for its last."""

    first: dict[str, tuple[Rule, ...]]
    second: dict[str, dict[str, tuple[Rule, ...]]]
    last: dict[str, tuple[Rule, ...]]

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> ByWord:
        """File each rule under its words."""
        filed = cls({}, {}, {})
        for rule in rules:
            for words in rule.first.split():
                word, _, second = words.partition("-")
                edge = filed.second.setdefault(word, {}) if second else filed.first
                edge[second or word] = (*edge.get(second or word, ()), rule)
            for word in rule.last.split():
                filed.last[word] = (*filed.last.get(word, ()), rule)
        return filed


PARAGRAPH_RULES = ByWord.of(rule for rule in RULES if rule.scope is not Scope.SENTENCE)
PHRASES = tuple(
    phrase for rule in RULES if rule.scope is Scope.WITHIN for phrase in rule.pattern.split("|")
)
SENTENCE_RULES = ByWord.of(rule for rule in RULES if rule.scope is Scope.SENTENCE)
_WORDLESS = Rule("no words", Scope.LINE, r"\W*", "* * *", "5 * 3")
LONGEST_LINE = 400
"""Characters of a paragraph that a rule for whole lines looks at; longer ones are prose."""
SPEECH_OPENERS = frozenset("\"'“‘«„「")
"""What opens with one of these is quoted speech, whatever it says."""
_BREAKS = frozenset(LINE_BREAKS)


@dataclass(frozen=True, slots=True)
class Leads:
    """Where furniture may stand in a text: what lies elsewhere no rule matches.

    ``paragraphs`` are ranges of sentences ``(first, last + 1)``; ``tried_paragraphs`` and
    ``tried_sentences`` are the numbers, ascending, of those that are tried by rule; ``insets`` are
    what :func:`insets` finds. The flags say whether a phrase of forms, a row of short lines, a line
    in capitals and a long sentence printed twice may be there at all.
    """

    paragraphs: Sequence[tuple[int, int]]
    tried_paragraphs: Iterable[int]
    tried_sentences: Iterable[int]
    insets: Sequence[tuple[int, int]]
    phrases: bool = True
    menus: bool = True
    capitals: bool = True
    repeats: bool = True


def furniture(tokens: Page) -> tuple[bool, ...]:
    r"""Tell which sentences of a text are page furniture, by rule; one flag a sentence.

    A text that would be furniture throughout has no story to set apart and keeps all its sentences.

    >>> from dedup.text.tokens import read
    >>> furniture(read("Date:\n\nRain fell in Ohio on Monday.\n\nLatest stories"))
    (True, False, True)
    """
    return find_furniture(tokens)[0]


def find_furniture(tokens: Page) -> tuple[tuple[bool, ...], tuple[tuple[int, int], ...]]:
    """Give what :func:`furniture` and :func:`insets` find of a text, looked for once."""
    found = insets(tokens)
    paragraphs = _paragraphs(tokens)
    leads = Leads(paragraphs, range(len(paragraphs)), _worth_a_try(tokens), found)
    return furniture_by_leads(tokens, leads), found


def furniture_by_leads(tokens: Page, leads: Leads) -> tuple[bool, ...]:
    """Tell which sentences are page furniture where it is known what may be.

    The same as :func:`furniture` for any leads that leave out only what no rule matches.
    """
    flags = [False] * len(tokens.sentences)
    paragraphs = leads.paragraphs
    heads = _flag_by_rule(tokens, leads, flags)
    _flag_lists(tokens, paragraphs, heads, flags)
    if leads.phrases:
        _flag_within(tokens, paragraphs, flags)
    if leads.menus:
        _flag_menus(tokens, paragraphs, flags)
    if leads.capitals:
        _flag_capitals(tokens, paragraphs, flags)
    _flag_inline(tokens, leads.insets, flags)
    if leads.repeats:
        _flag_second_printings(tokens, flags)
    return (False,) * len(flags) if all(flags) else tuple(flags)


def _paragraphs(tokens: Page) -> list[tuple[int, int]]:
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


def _flag_by_rule(tokens: Page, leads: Leads, flags: list[bool]) -> list[int]:
    """Apply the table; return the numbers of the paragraphs that head a list of stories."""
    heads: list[int] = []
    settled: set[int] = set()
    for number in leads.tried_paragraphs:
        first, end = leads.paragraphs[number]
        rule = _matching(tokens, first, end, PARAGRAPH_RULES)
        if rule is None or (rule.like_headline and number == 0):
            continue
        settled.update(range(first, end))
        if rule.scope is Scope.BLOCK and _holds_story(tokens, first, end):
            end = first + 1
        flags[first:end] = [True] * (end - first)
        if rule.scope is Scope.LIST:
            heads.append(number)
    for i in leads.tried_sentences:
        if i not in settled and _matching(tokens, i, i + 1, SENTENCE_RULES):
            flags[i] = True
    return heads


def _worth_a_try(tokens: Page) -> list[int]:
    """Find quickly the sentences that some rule for sentences may match: few of a story's."""
    words, rules = tokens.words, SENTENCE_RULES
    first, second, last = rules.first, rules.second, rules.last
    return [
        i
        for i, (low, high) in enumerate(pairwise(tokens.bounds))
        if low == high
        or words[low] in first
        or words[high - 1] in last
        or (words[low] in second and low + 1 < high and words[low + 1] in second[words[low]])
    ]


_STORY_SHARE = 0.9
"""Share of a text's words from which a paragraph is the story, whatever it begins with."""


def _holds_story(tokens: Page, first: int, end: int) -> bool:
    """Tell whether a paragraph holds nearly all of a text: a page whose line breaks were lost."""
    size = tokens.bounds[end] - tokens.bounds[first]
    return end - first > 1 and size >= _STORY_SHARE * len(tokens.words)


def _flag_within(tokens: Page, paragraphs: Sequence[tuple[int, int]], flags: list[bool]) -> None:
    """Flag the paragraphs that hold a phrase no story holds."""
    for phrase in PHRASES:
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


def _matching(tokens: Page, first: int, end: int, rules: ByWord) -> Rule | None:
    """Find the first rule that the sentences ``first`` to ``end``, taken as one, match."""
    low, high = tokens.bounds[first], tokens.bounds[end]
    if low == high:
        return _WORDLESS
    head, tail = tokens.words[low], tokens.words[high - 1]
    stop = tokens.sentences[end - 1][1]
    candidates = rules.first.get(head, ()) + rules.last.get(tail, ())
    if head in rules.second and low + 1 < high:
        candidates += rules.second[head].get(tokens.words[low + 1], ())
    if head.isdecimal():
        candidates += rules.first.get("0", ())
    if tail.isdecimal():
        candidates += rules.last.get("0", ())
    if tokens.text[stop - 1] == ")":
        candidates += rules.last.get(")", ())
    if not candidates:
        return None
    start = tokens.sentences[first][0]
    if tokens.text[start] in SPEECH_OPENERS:
        return None
    for rule in candidates:
        if stop - start > LONGEST_LINE and rule.scope in WHOLE:
            continue
        if rule.compiled.match(tokens.text, tokens.starts[low], stop):
            return rule
    return None


WHOLE = frozenset({Scope.LINE, Scope.LIST})
_MOST_LISTED = 12
"""Headlines that a list of stories may hold."""
LONGEST_HEADLINE = 20
"""Words of a headline in such a list."""


def _flag_lists(
    tokens: Page, paragraphs: Sequence[tuple[int, int]], heads: list[int], flags: list[bool]
) -> None:
    """Flag the headlines under the head of a list: short lines without a full stop."""
    for head in heads:
        for first, end in paragraphs[head + 1 : head + 1 + _MOST_LISTED]:
            short = tokens.bounds[end] - tokens.bounds[first] <= LONGEST_HEADLINE
            if not short or tokens.text[tokens.sentences[end - 1][1] - 1] in PROSE_ENDS:
                break
            flags[first:end] = [True] * (end - first)


PROSE_ENDS = frozenset('.!:;,…"”’—')
SHORTEST_MENU = 5
"""Lines in a row that make a menu."""
LONGEST_ENTRY = 4
"""Words of an entry in a menu."""


def _flag_menus(tokens: Page, paragraphs: Sequence[tuple[int, int]], flags: list[bool]) -> None:
    """Flag rows of short capitalised lines without punctuation."""
    run: list[int] = []
    for first, end in paragraphs:
        if end - first == 1 and _is_entry(tokens, first):
            run.append(first)
            continue
        if len(run) >= SHORTEST_MENU:
            flags[run[0] : first] = [True] * (first - run[0])
        run.clear()
    if len(run) >= SHORTEST_MENU:
        flags[run[0] :] = [True] * (len(flags) - run[0])


def _is_entry(tokens: Page, sentence: int) -> bool:
    size = tokens.bounds[sentence + 1] - tokens.bounds[sentence]
    start, end = tokens.sentences[sentence]
    return (
        0 < size <= LONGEST_ENTRY
        and tokens.text[start].isupper()
        and tokens.text[end - 1].isalpha()
    )


HEADLINES_ABOVE = 3
"""Paragraphs at the top of a text that may be its own headlines."""
SHORTEST_HEADLINE = 6
"""Words from which a line in capitals is a headline; shorter ones are subheads."""


def _flag_capitals(tokens: Page, paragraphs: Sequence[tuple[int, int]], flags: list[bool]) -> None:
    """Flag lines in capitals without a full stop inside a story: links to other stories."""
    text, prose = tokens.text, False
    for number, (first, end) in enumerate(paragraphs):
        start, stop = tokens.sentences[first][0], tokens.sentences[end - 1][1]
        size = tokens.bounds[end] - tokens.bounds[first]
        ends_as_prose = text[stop - 1] in PROSE_ENDS
        if (
            prose  # or it may be a line of a table
            and not ends_as_prose
            and number >= HEADLINES_ABOVE
            and SHORTEST_HEADLINE <= size <= LONGEST_HEADLINE
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
    r"[a-z](?=[A-Z][A-Za-z]|\d{4} |['‘“][A-Z])(?<!\bMc)(?<!\bMac)(?<!\bDe)(?<!\bLa)"
)
_TAG_WINDOW = 600
"""Characters before its ``MORE`` in which a list of tagged stories begins."""
_FULL_NAME = re.compile(
    r"\b(?P<last>[A-Z][\w'’-]*) "
    r"(?P<full>(?:[A-Z(\"“][\w.'’()\"”-]*,? |de |van |von ){1,4}(?P=last))\Z"
)
"""A name, and after it the whole of it once more: ``Doe Jane (Jo) Roe Doe``."""
_NAME_WINDOW = 100
"""Characters before a list of tagged stories that hold the name it is glued to."""


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
    """Find lists of tagged stories: glued to a name, ``DoeSenate votes``, up to ``MORE``.

    Where the page puts the person's whole name before the list, ``Doe Jane (Jo) Roe DoeSenate``,
    that is part of the tag.
    """
    before, more = 0, text.find(" MORE")
    while more >= 0:
        line = max(text.rfind("\n", before, more), more - _TAG_WINDOW, before)
        glued = [match.end() for match in _GLUED_NAME.finditer(text, line, more)]
        named = (_FULL_NAME.search(text, max(line, end - _NAME_WINDOW), end) for end in glued)
        if glued:
            tag = next((name.start("full") for name in named if name), glued[0])
            yield tag, more + len(" MORE")
        before = more + len(" MORE")
        more = text.find(" MORE", before)


def insets(tokens: Page) -> tuple[tuple[int, int], ...]:
    """Find the words that are furniture set into sentences, as ranges ``(first, last + 1)``.

    Sorted, none overlapping. A sentence half of whose words are such is furniture as a whole; in
    the others these words are none of the story's.

    >>> from dedup.text.tokens import read
    >>> insets(read("Rain fell, Jane Doe Jane DoeSenate votes on rain MORE said to the press."))
    ((4, 10),)
    """
    found: list[tuple[int, int]] = []
    for start, end in sorted((*_signatures(tokens.text), *_tag_lists(tokens.text))):
        low, high = bisect_left(tokens.ends, start + 1), bisect_left(tokens.starts, end)
        low = max(low, found[-1][1]) if found else low
        if low < high:
            found.append((low, high))
    return tuple(found)


def _flag_inline(tokens: Page, found: Iterable[tuple[int, int]], flags: list[bool]) -> None:
    """Flag the sentences at least half of whose words are furniture set into them."""
    covered: Counter[int] = Counter()
    for low, high in found:
        i, at = bisect_right(tokens.bounds, low) - 1, low
        while at < high:
            upto = min(high, tokens.bounds[i + 1])
            covered[i] += upto - at
            at, i = upto, i + 1
    for i, count in covered.items():
        if 2 * count >= tokens.bounds[i + 1] - tokens.bounds[i]:
            flags[i] = True


LONG_SENTENCE = 12
"""Words that a sentence must have to be told from a refrain when it is printed twice."""


def _flag_second_printings(tokens: Page, flags: list[bool]) -> None:
    """Flag a long sentence where the page prints it again: a pull quote, a caption doubled."""
    seen = set()
    for i, (start, end) in enumerate(tokens.sentences):
        if tokens.bounds[i + 1] - tokens.bounds[i] >= LONG_SENTENCE:
            sentence = tokens.text[start:end]
            if sentence in seen:
                flags[i] = True
            seen.add(sentence)
