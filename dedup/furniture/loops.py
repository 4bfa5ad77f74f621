"""The compiled look for page furniture: which rules of :mod:`dedup.furniture.finding` may match
where.

The rules themselves stay in Python. What is told here is where none of them can match, which is
nearly everywhere.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.arrays import I32, U8, U32, U64
from dedup.text.kernels import compiled, inlined
from dedup.text.marks import Mark
from dedup.text.tables import (
    Bool,
    Clue,
    HashTable,
    Int,
    Known,
    Limits,
    Scratch,
    Tables,
    Trait,
    Try,
    known_word,
    phrases_there,
)

__all__ = ["phrase_clues", "repeats", "try_paragraphs"]

_BREAK, _LOWER, _UPPER, _TITLE = Trait.BREAK, Trait.LOWER, Trait.UPPER, Trait.TITLE
_ALPHA, _PROSE_END, _SPEECH, _PHRASE = Trait.ALPHA, Trait.PROSE_END, Trait.SPEECH, Trait.PHRASE
_HEAD_OF_BLOCK, _HEAD_OF_SENTENCE = Known.FIRST_OF_BLOCK, Known.FIRST_OF_SENTENCE
_HEAD_OF_LINE = Known.FIRST_OF_LINE | Known.FIRST_OF_BLOCK
_HEAD_OF_TWO, _SECOND_OF_TWO = Known.FIRST_OF_TWO, Known.SECOND_OF_TWO
_TAIL_OF_BLOCK, _TAIL_OF_SENTENCE = Known.LAST_OF_BLOCK, Known.LAST_OF_SENTENCE
_TAIL_OF_LINE = Known.LAST_OF_LINE | Known.LAST_OF_BLOCK
_TRIED, _MENU, _CAPITALS = Clue.TRIED, Clue.MENU, Clue.CAPITALS
_OPENS, _TRY_PARAGRAPH, _TRY_SENTENCE = Try.OPENS, Try.PARAGRAPH, Try.SENTENCE
_NUMBER = Mark.NUMBER
_ANY = -1
"""What is known of the words at the edges of a paragraph that has none: a rule looks at it."""
_BRACKET = ord(")")
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_FOLD, _PLACE_SHIFT = np.uint64(29), np.uint64(24)


class _Stretch(NamedTuple):
    """Characters ``start`` to ``stop`` of a text, and the words ``first`` to ``end`` in them."""

    start: Int
    stop: Int
    first: Int
    end: Int


@compiled
def phrase_clues(length: Int, events: Int, scratch: Scratch, phrases: U32) -> Int:
    """Tell which phrases of furniture stand anywhere in a text."""
    codes, flags = scratch.codes, scratch.flags
    clues: Int = 0
    for number in range(events):
        at = np.int64(scratch.events[number])
        if flags[at] & _PHRASE:
            clues |= phrases_there(codes, at, length, phrases)
    return clues


@inlined
def _edge(word: Int, ids: U32, marks: U8, known_words: HashTable, zero: Int) -> Int:
    """Tell what is known of a word at the edge of a paragraph; any number is known as ``0`` too."""
    known = known_word(ids[word], known_words)
    return known | zero if marks[word] & _NUMBER else known


@inlined
def _sentence_worth_trying(there: _Stretch, ids: U32, flags: U32, known_words: HashTable) -> Bool:
    """Tell whether a rule for sentences looks at one."""
    first, end = there.first, there.end
    if first == end:
        return True
    if flags[there.start] & _SPEECH:
        return False
    known = known_word(ids[first], known_words)
    if known & _HEAD_OF_SENTENCE:
        return True
    two = known & _HEAD_OF_TWO and first + 1 < end
    if two and known_word(ids[first + 1], known_words) & _SECOND_OF_TWO:
        return True
    return known_word(ids[end - 1], known_words) & _TAIL_OF_SENTENCE != 0


@inlined
def _paragraph_worth_trying(head: Int, tail: Int, size: Int, limits: Limits) -> Bool:
    """Tell whether a rule looks at a paragraph, by what is known of its first and last word."""
    if size <= limits.longest_line and (head & _HEAD_OF_LINE or tail & _TAIL_OF_LINE):
        return True
    return head & _HEAD_OF_BLOCK != 0 or tail & _TAIL_OF_BLOCK != 0


@inlined
def _is_entry(there: _Stretch, flags: U32, limits: Limits) -> Bool:
    """Tell whether a line may be an entry of a menu."""
    return (
        0 < there.end - there.first <= limits.longest_entry
        and flags[there.start] & _UPPER != 0
        and flags[there.stop - 1] & _ALPHA != 0
    )


@inlined
def _is_headline(there: _Stretch, flags: U32, limits: Limits) -> Bool:
    """Tell whether a line is as long as a headline, in capitals and without a full stop."""
    size = there.end - there.first
    if not limits.shortest_headline <= size <= limits.longest_headline:
        return False
    if flags[there.stop - 1] & _PROSE_END:
        return False
    upper = False
    for k in range(there.start, there.stop):
        if flags[k] & _UPPER:
            upper = True
        elif flags[k] & (_LOWER | _TITLE):
            return False
    return upper


@inlined
def _closes(at: Int, count: Int, found: I32, flags: U32) -> Bool:
    """Tell whether a paragraph ends with a sentence."""
    if at + 1 == count:
        return True
    breaks = 0
    for k in range(found[at, 1], found[at + 1, 0]):
        breaks += flags[k] & _BREAK != 0
    return breaks > 0


@inlined
def _stretch(at: Int, upto: Int, count: Int, words: Int, found: I32) -> _Stretch:
    """Give the sentences ``at`` to ``upto``, both included."""
    end = np.int64(found[upto + 1, 2]) if upto + 1 < count else np.int64(words)
    return _Stretch(np.int64(found[at, 0]), np.int64(found[upto, 1]), np.int64(found[at, 2]), end)


@compiled
def try_paragraphs(
    count: Int, ids: U32, marks: U8, scratch: Scratch, tables: Tables, found: I32, tries: U8
) -> Int:
    """Flag the paragraphs and sentences that rules look at, as :class:`Try`; the clues to others.

    ``found`` i32[count, 3] has the start, the end and the first word of each sentence.
    """
    codes, flags, limits, known_words = scratch.codes, scratch.flags, tables.limits, tables.words
    clues, opened, number, entries = 0, 0, 0, 0
    for at in range(count):
        tries[at] = 0
        there = _stretch(at, at, count, ids.size, found)
        if _sentence_worth_trying(there, ids, flags, known_words):
            tries[at] = _TRY_SENTENCE
            clues |= _TRIED
        if not _closes(at, count, found, flags):
            continue
        there = _stretch(opened, at, count, ids.size, found)
        head: Int = _ANY
        tail: Int = _ANY
        if there.first < there.end:
            head = _edge(there.first, ids, marks, known_words, limits.zero)
            tail = _edge(there.end - 1, ids, marks, known_words, limits.zero)
            if codes[there.stop - 1] == _BRACKET:
                tail |= limits.bracket
            if flags[there.start] & _SPEECH:
                head, tail = 0, 0
        tries[opened] |= _OPENS
        if _paragraph_worth_trying(head, tail, there.stop - there.start, limits):
            tries[opened] |= _TRY_PARAGRAPH
            clues |= _TRIED
        entries = entries + 1 if opened == at and _is_entry(there, flags, limits) else 0
        if entries >= limits.shortest_menu:
            clues |= _MENU
        if number >= limits.headlines_above and _is_headline(there, flags, limits):
            clues |= _CAPITALS
        opened = at + 1
        number += 1
    return clues


@inlined
def _sum_of(ids: U32, first: Int, end: Int, seed: np.uint64) -> np.uint64:
    """Hash the words of a sentence; never 0."""
    key = seed
    for word in range(first, end):
        key = (key ^ np.uint64(ids[word])) * _SPREAD
        key ^= key >> _FOLD
    return key | np.uint64(1)


@compiled
def repeats(row: Int, count: Int, ids: U32, least: Int, found: I32, seen: U64) -> Bool:
    """Tell whether two long sentences of a text have the same words.

    ``seen`` u64 is a hash table for all texts, large enough; a sum begins with the text's number.
    """
    last = np.uint64(seen.size - 1)
    for at in range(count):
        first = np.int64(found[at, 2])
        end = np.int64(found[at + 1, 2]) if at + 1 < count else ids.size
        if end - first < least:
            continue
        key = _sum_of(ids, first, end, np.uint64(row + 1) * _SPREAD)
        place = (key >> _PLACE_SHIFT) & last
        while seen[place] != 0:
            if seen[place] == key:
                return True
            place = (place + np.uint64(1)) & last
        seen[place] = key
    return False
