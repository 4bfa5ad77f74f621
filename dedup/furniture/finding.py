"""Page furniture: sentences of the page around a story and not of the story, by rule in one text.

The rules are the table :data:`dedup.furniture.rules.RULES`. Compiled loops find the few stretches
that begin or end with one of their words, and flag what needs no rule; the rules are tried here.
Furniture by repetition in many texts is told in :mod:`dedup.furniture.repetition`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from dedup.arrays import I32, I64, U8, U32
from dedup.furniture import _rules
from dedup.furniture.leads import (
    BRACKET_ID,
    LONGEST_HEADLINE,
    LONGEST_LINE,
    NUMBER_ID,
    STORY_SHARE,
    WHOLE,
    ByWord,
    Clue,
    Try,
    rules_by_word,
)
from dedup.furniture.rule import Rule, Scope
from dedup.furniture.rules import MONTH
from dedup.text.marks import Mark
from dedup.text.patterns import later
from dedup.text.points import PROSE_ENDS
from dedup.text.tokens import fold


class Found(NamedTuple):
    """What compiled loops found of many texts, end to end, as far as no rule is needed.

    One entry a word: ``words`` u32, ``starts`` and ``ends`` i32 (within its text), ``marks`` u8.
    One a sentence: ``sentences`` i32[m, 3] (start, end, first word, within its text),
    ``furniture`` u8, ``tries`` u8, flags of :class:`Try`. One a text: ``clues`` u8, flags of
    :class:`Clue`, and ``word_offsets`` and ``sentence_offsets`` i64[n + 1].
    """

    words: U32
    word_offsets: I64
    starts: I32
    ends: I32
    marks: U8
    sentences: I32
    sentence_offsets: I64
    furniture: U8
    tries: U8
    clues: U8


def apply_rules(found: Found, text_of: Callable[[int], str]) -> None:
    """Flag the sentences that rules say are furniture, and mark the words that are, in place.

    ``text_of`` gives a text by its number. A text that would be furniture throughout has no story
    to set apart and keeps all its sentences.
    """
    _try_rules(found, text_of)
    pieces: list[tuple[int, int]] = []
    for row in (found.clues & Clue.INSET).nonzero()[0].tolist():
        words = slice(*found.word_offsets[row : row + 2].tolist())
        inset = insets(text_of(row), found.starts[words].data, found.ends[words].data)
        _flag_inline(found, row, inset)
        pieces += [(words.start + low, words.start + high) for low, high in inset]
    _rules.settle(found)
    for low, high in pieces:
        found.marks[low:high] |= Mark.FURNITURE


# --- rules --------------------------------------------------------------------------------------


class Tried(NamedTuple):
    """A stretch that rules are tried on, a paragraph or a sentence.

    ``row`` is its text, of ``words`` words, ``number`` that of the paragraph in it (-1 for a
    sentence), ``first`` to ``end`` (exclusive) its sentences among those of all texts; it has
    ``size`` words. In the text it goes from ``start`` to ``stop``, its first word starts at
    ``first_start``. ``head``, ``second``, ``before`` and ``tail`` are the ids of the first two and
    the last two words, ``second`` that of ``0`` for any number. Where ``head_end`` or
    ``tail_start`` is not -1 that word may be a number, which ends at ``head_end`` or stands from
    ``tail_start`` to ``tail_end``.
    """

    row: int
    number: int
    first: int
    end: int
    size: int
    words: int
    start: int
    first_start: int
    stop: int
    head: int
    second: int
    tail: int
    head_end: int
    tail_start: int
    tail_end: int
    before: int


def _try_rules(found: Found, text_of: Callable[[int], str]) -> None:
    """Apply the table."""
    row, text, settled = -1, "", 0
    for tried in map(Tried._make, _rules.tried_stretches(found).tolist()):
        if tried.number < 0 and tried.first < settled:
            continue
        if tried.row != row:
            row, text = tried.row, text_of(tried.row)
        rule = _matching(text, tried)
        if rule is None or (rule.like_headline and tried.number == 0):
            continue
        end = tried.end
        if tried.number >= 0:
            settled = end
        holds_story = end - tried.first > 1 and tried.size >= STORY_SHARE * tried.words
        if rule.scope is Scope.BLOCK and holds_story:
            end = tried.first + 1
        found.furniture[tried.first : end] = 1
        if rule.scope is Scope.LIST:
            _flag_list(found, row, tried.end, text)


def _matching(text: str, tried: Tried) -> Rule | None:
    """Find the first rule that a stretch matches."""
    is_long = tried.stop - tried.start > LONGEST_LINE
    for rule in _candidates(text, tried, rules_by_word(of_sentences=tried.number < 0)):
        if is_long and rule.scope in WHOLE:
            continue
        if rule.compiled.match(text, tried.first_start, tried.stop):
            return rule
    return None


def _candidates(text: str, tried: Tried, rules: ByWord) -> tuple[Rule, ...]:
    """Give the rules that name the words at the edges of a stretch."""
    several = tried.size > 1
    found = rules.first.get(tried.head, ()) + rules.last.get(tried.tail, ())
    if several and tried.head in rules.second:
        found += rules.second[tried.head].get(tried.second, ())
    if tried.head_end >= 0 and fold(text[tried.first_start : tried.head_end]).isdecimal():
        found += rules.first.get(NUMBER_ID, ())
    if several and tried.tail_start >= 0 and NUMBER_ID in rules.last_but_one:
        dated = rules.last_but_one[NUMBER_ID].get(tried.before, ())
        if dated and fold(text[tried.tail_start : tried.tail_end]).isdecimal():
            found += dated
    if text[tried.stop - 1] == ")":
        found += rules.last.get(BRACKET_ID, ())
    return found


_MOST_LISTED = 12
"""Headlines that a list of stories may hold."""


def _flag_list(found: Found, row: int, first: int, text: str) -> None:
    """Flag the headlines under the head of a list: short lines without a full stop."""
    last = found.sentence_offsets.item(row + 1)
    opens = found.tries[first:last] & Try.OPENS
    bounds = (first + opens.nonzero()[0][: _MOST_LISTED + 1]).tolist()
    if len(bounds) <= _MOST_LISTED:
        bounds.append(last)
    words = found.word_offsets.item(row + 1) - found.word_offsets.item(row)
    for start, end in pairwise(bounds):
        upto = found.sentences.item(end, 2) if end < last else words
        short = upto - found.sentences.item(start, 2) <= LONGEST_HEADLINE
        if not short or text[found.sentences.item(end - 1, 1) - 1] in PROSE_ENDS:
            break
        found.furniture[start:end] = 1


# --- furniture set into sentences ---------------------------------------------------------------

_HANDLE = later(rf"(?i:\(@\w{{1,20}}\)(?:\s{{1,2}}{MONTH} \d{{1,2}}, \d{{4}})?)")
_SIGNATURE = later(
    r"(?:(?:pic\.twitter\.com/|https?://t\.co/)\w+\s*)?[—–-]{1,2}\s?[^—()\n]{1,60}\Z"
)
_SIGNATURE_WINDOW = 110
"""Characters before a handle that hold the rest of the signature: a link, a dash, a name."""
_GLUED_NAME = later(
    r"[a-z](?=[A-Z][A-Za-z]|\d{4} |['‘“][A-Z])(?<!\bMc)(?<!\bMac)(?<!\bDe)(?<!\bLa)"
)
_TAG_WINDOW = 600
"""Characters before its ``MORE`` in which a list of tagged stories begins."""
_FULL_NAME = later(
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


def insets(text: str, starts: Sequence[int], ends: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Find the words that are furniture set into sentences, as ranges ``(first, last + 1)``.

    ``starts`` and ``ends`` are where the text's words stand. Sorted, none overlapping. A sentence
    half of whose words are such is furniture as a whole; in the others these words are none of the
    story's.

    >>> insets("Jane DoeSenate votes on rain MORE said", (0, 5, 15, 21, 24, 29, 34), (4,
    ...     14, 20, 23, 28, 33, 38))
    ((1, 6),)
    """
    found: list[tuple[int, int]] = []
    for start, end in sorted((*_signatures(text), *_tag_lists(text))):
        low, high = bisect_left(ends, start + 1), bisect_left(starts, end)
        low = max(low, found[-1][1]) if found else low
        if low < high:
            found.append((low, high))
    return tuple(found)


def _flag_inline(found: Found, row: int, ranges: Sequence[tuple[int, int]]) -> None:
    """Flag the sentences at least half of whose words are furniture set into them."""
    first, last = found.sentence_offsets[row : row + 2].tolist()
    words = int(found.word_offsets[row + 1] - found.word_offsets[row])
    bounds = [*found.sentences[first:last, 2].tolist(), words]
    covered: Counter[int] = Counter()
    for low, high in ranges:
        i, at = bisect_right(bounds, low) - 1, low
        while at < high:
            upto = min(high, bounds[i + 1])
            covered[i] += upto - at
            at, i = upto, i + 1
    for i, count in covered.items():
        if 2 * count >= bounds[i + 1] - bounds[i]:
            found.furniture[first + i] = 1
