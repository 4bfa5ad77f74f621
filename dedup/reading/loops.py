"""The compiled reading of many texts: words, sentences, and the marks of each word.

Arrays in, arrays out, as in :mod:`dedup.text.kernels`. The definitions stand in
:mod:`dedup.text.tokens` and
:mod:`dedup.reading.document`. A text is decoded to code points, each is looked up once, and all
that
follows jumps from one remarkable code point (an *event*) to the next.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.arrays import I32, I64, U8, U32
from dedup.furniture.loops import phrase_clues, repeats, try_paragraphs
from dedup.text.kernels import (
    CLASS_BITS,
    LETTER,
    SEPARATOR,
    SINGLE,
    compiled,
    decode_point,
    inlined,
)
from dedup.text.marks import Mark
from dedup.text.sentence_loops import cut_paragraphs, cut_sentences
from dedup.text.tables import (
    NUMBER_BITS,
    Bool,
    Clue,
    Int,
    Known,
    Limits,
    Scratch,
    Tables,
    Trait,
    known_word,
)

__all__ = ["Reading", "read_marks"]


class Reading(NamedTuple):
    """What was read.

    One entry a word: ``marks`` u8, ``starts`` and ``ends`` i32, offsets into the text. One a
    sentence: ``sentences`` i32[m, 3], start, end and first word, and ``tries`` u8, flags
    of :class:`Try`. One a text: ``offsets`` i64[n + 1] into the
    sentences and ``clues`` u8, flags of :class:`Clue`.
    """

    marks: U8
    starts: I32
    ends: I32
    sentences: I32
    tries: U8
    offsets: I64
    clues: U8


_SPACE, _BREAK, _STOP, _DIGIT = Trait.SPACE, Trait.BREAK, Trait.STOP, Trait.DIGIT
_UPPER, _BEFORE_NAME, _QUOTATION = Trait.UPPER, Trait.BEFORE_NAME, Trait.QUOTATION
_BEFORE_QUOTATION = Trait.BEFORE_QUOTATION
_EVENT = _BREAK | _STOP | _DIGIT | _QUOTATION | Trait.QUOTATION_END | Trait.PHRASE
_NUMBER_WORD = Known.NUMBER
_UNKNOWN, _OTHER_WORDS, _REPEATED = Clue.UNKNOWN, Clue.OTHER_WORDS, Clue.REPEATED
_NUMBER, _NAME, _QUOTED, _SENTENCE = Mark.NUMBER, Mark.NAME, Mark.QUOTED, Mark.SENTENCE
_NEWLINE, _DOUBLE = map(ord, '\n"')
_CURLY_OPEN, _CURLY_CLOSED, _LOW, _GUILLEMET, _GUILLEMET_CLOSED = map(ord, "“”„«»")
_FILTER_SHIFT = np.uint32(32 - NUMBER_BITS)


# --- code points, words -------------------------------------------------------------------------


@compiled
def _decode_text(source: U8, at: Int, end: Int, traits: U32, scratch: Scratch) -> tuple[Int, Bool]:
    """Decode a text and look its code points up; how many there are, and whether all are known."""
    codes, flags = scratch.codes, scratch.flags
    count, place, stop, known = np.uint64(0), np.uint64(at), np.uint64(end), True
    while place < stop:
        code = np.uint32(source[place])
        if code < 128:
            place += np.uint64(1)
        else:
            code, place = decode_point(source, place)
        found = traits[code]
        known &= found != 0
        codes[count] = code
        flags[count] = found
        count += np.uint64(1)
    return np.int64(count), known


@compiled
def _cut_words(length: Int, scratch: Scratch, marks: U8) -> tuple[Int, Int]:
    """Find the words and the events of a text; how many there are of either.

    ``edges`` has the start and the end of each word in turn, ``words_before`` how many words begin
    up to an event. Words with a digit are marked.
    """
    flags, events, edges = scratch.flags, scratch.events, scratch.edges
    words_before = scratch.words_before
    edge, count = np.uint64(0), np.uint64(0)
    inside = np.uint32(0)  # the class of the open word
    for k in range(length):
        flag = flags[np.uint64(k)]
        kind = flag & np.uint32(CLASS_BITS)
        if inside == SINGLE and kind <= np.uint32(SEPARATOR):
            edges[edge] = k
            edge += np.uint64(1)
            inside = np.uint32(0)
        if kind <= np.uint32(SEPARATOR):
            letter = np.uint32(kind == LETTER)
            edges[edge] = k
            edge += np.uint64(letter ^ inside)
            inside = letter
        elif kind == SINGLE:
            if inside != 0:
                edges[edge] = k
                edge += np.uint64(1)
            edges[edge] = k
            edge += np.uint64(1)
            inside = np.uint32(SINGLE)
        if flag & np.uint32(_EVENT):
            if flag & np.uint32(_DIGIT):
                marks[(edge - np.uint64(1)) >> np.uint64(1)] |= _NUMBER
            events[count] = k
            words_before[count] = (edge + np.uint64(1)) >> np.uint64(1)
            count += np.uint64(1)
    if inside != 0:
        edges[edge] = length
        edge += np.uint64(1)
    return np.int64(edge >> np.uint64(1)), np.int64(count)


# --- marks --------------------------------------------------------------------------------------


@inlined
def _begins_quotation(codes: U32, flags: U32, at: Int, length: Int) -> Bool:
    """Tell whether a quotation mark begins a quotation; a straight one may as well end one."""
    if codes[at] != _DOUBLE:
        return True
    if at > 0 and not flags[at - 1] & _BEFORE_QUOTATION:
        return False
    return at + 1 < length and not flags[at + 1] & _SPACE


@inlined
def _ends_quotation(mark: Int, code: Int) -> Bool:
    """Tell whether a code point ends the quotation that this mark began, or its paragraph."""
    if code == _NEWLINE:
        return True
    if mark == _DOUBLE:
        return code == _DOUBLE
    if mark == _GUILLEMET:
        return code == _GUILLEMET_CLOSED
    return code == _CURLY_CLOSED or (mark == _LOW and code == _CURLY_OPEN)


@compiled
def _mark_quoted(length: Int, events: Int, words: Int, scratch: Scratch, marks: U8) -> None:
    """Mark the words within quotation marks."""
    codes, flags, words_before = scratch.codes, scratch.flags, scratch.words_before
    mark: Int = 0  # that began the open quotation, 0 for none
    first: Int = 0
    for number in range(events + 1):
        at = np.int64(scratch.events[number]) if number < events else length
        if mark != 0:
            if number < events and not _ends_quotation(mark, codes[at]):
                continue
            end = np.int64(words_before[number]) if number < events else words
            for word in range(first, end):
                marks[word] |= _QUOTED
            consumed = mark == _LOW  # whatever else ends a quotation may begin the next
            mark = 0
            if consumed:
                continue
        if (
            number < events
            and flags[at] & _QUOTATION
            and _begins_quotation(codes, flags, at, length)
        ):
            mark, first = np.int64(codes[at]), np.int64(words_before[number])


@inlined
def _mark_names(first: Int, end: Int, scratch: Scratch, limits: Limits, marks: U8) -> None:
    """Mark the capitalised words of a sentence that is not capitalised throughout."""
    flags, edges = scratch.flags, scratch.edges
    capitals = 0
    for word in range(first, end):
        capitals += (flags[edges[2 * word]] & _UPPER) != 0
    if capitals >= limits.headline * (end - first):
        return
    for word in range(first + 1, end):
        start = edges[2 * word]
        if (
            flags[start] & _UPPER
            and not flags[start - 1] & _BEFORE_NAME
            and edges[2 * word + 1] - start >= limits.shortest_name
        ):
            marks[word] |= _NAME


@compiled
def _mark_sentences(
    count: Int,
    words: Int,
    ids: U32,
    scratch: Scratch,
    tables: Tables,
    found: I32,
    marks: U8,
) -> None:
    """Give each sentence its first word, and mark first words, names and number words."""
    word = 0
    for number in range(count):
        while word < words and scratch.edges[2 * word] < found[number, 0]:
            word += 1
        found[number, 2] = word
    for number in range(count):
        first = np.int64(found[number, 2])
        end = np.int64(found[number + 1, 2]) if number + 1 < count else words
        if first < end:
            marks[first] |= _SENTENCE
            _mark_names(first, end, scratch, tables.limits, marks)
    for word in range(words):
        at = ids[word] >> _FILTER_SHIFT
        if tables.numbers[at] and (known_word(ids[word], tables.words) & _NUMBER_WORD):
            marks[word] |= _NUMBER


# --- all texts ----------------------------------------------------------------------------------


@inlined
def _room(longest: Int) -> Scratch:
    return Scratch(
        np.empty(longest, dtype=np.uint32),
        np.empty(longest, dtype=np.uint32),
        np.empty(longest, dtype=np.int32),
        np.empty(longest, dtype=np.int32),
        np.empty(2 * longest, dtype=np.int32),
        np.empty(longest, dtype=np.int32),
        np.empty(longest, dtype=np.int32),
    )


@inlined
def _longest(offsets: I64) -> Int:
    """Give the bytes of the longest text."""
    longest: Int = 0
    for row in range(offsets.size - 1):
        longest = max(longest, offsets[row + 1] - offsets[row])
    return longest


@inlined
def _power_above(least: Int) -> Int:
    size = 16
    while size < least:
        size *= 2
    return size


@compiled
def read_marks(source: U8, offsets: I64, ids: U32, id_offsets: I64, tables: Tables) -> Reading:
    """Read texts whose word ids are known: marks of words, sentences, clues to furniture.

    ``source`` u8 is the texts in UTF-8 (surrogates passed) end to end, ``offsets`` i64[n + 1] in
    bytes; ``ids`` u32 their words as :func:`dedup.text.kernels.read_words` gives them, ragged.
    """
    longest = _longest(offsets)
    scratch = _room(longest + 2)
    marks = np.zeros(ids.size + longest + 2, dtype=np.uint8)
    starts = np.empty(ids.size, dtype=np.int32)
    ends = np.empty(ids.size, dtype=np.int32)
    # A sentence takes two bytes at least, but for the last of its text.
    sentences = np.empty((source.size // 2 + offsets.size, 3), dtype=np.int32)
    tries = np.empty(sentences.shape[0], dtype=np.uint8)
    ends_at = np.zeros(offsets.size, dtype=np.int64)
    clues = np.zeros(offsets.size - 1, dtype=np.uint8)
    seen = np.zeros(_power_above(2 * ids.size // tables.limits.long_sentence), dtype=np.uint64)
    total: Int = 0
    for row in range(offsets.size - 1):
        low, high = id_offsets[row], id_offsets[row + 1]
        ends_at[row + 1] = total
        length, known = _decode_text(source, offsets[row], offsets[row + 1], tables.traits, scratch)
        if not known:
            clues[row] = _UNKNOWN
            continue
        own = marks[low:]
        words, events = _cut_words(length, scratch, own)
        if words != high - low:
            clues[row] = _OTHER_WORDS
            continue
        for word in range(words):
            starts[low + word] = scratch.edges[2 * word]
            ends[low + word] = scratch.edges[2 * word + 1]
        row_ids, found = ids[low:high], sentences[total:]
        paragraphs = cut_paragraphs(length, events, scratch, tables.limits)
        count = cut_sentences(events, paragraphs, scratch, tables, found)
        _mark_sentences(count, words, row_ids, scratch, tables, found, own)
        _mark_quoted(length, events, words, scratch, own)
        clue = phrase_clues(length, events, scratch, tables.phrases)
        clue |= try_paragraphs(count, row_ids, own, scratch, tables, found, tries[total:])
        if repeats(row, count, row_ids, tables.limits.long_sentence, found, seen):
            clue |= _REPEATED
        clues[row] = clue
        total += count
        ends_at[row + 1] = total
    return Reading(
        marks[: ids.size].copy(),
        starts,
        ends,
        sentences[:total].copy(),
        tries[:total].copy(),
        ends_at,
        clues,
    )
