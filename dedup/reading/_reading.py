"""The compiled reading of many texts: words, sentences, and the marks of each word.

Arrays in, arrays out. The text at hand is a :class:`Page`, what is read of all a :class:`Batch`,
see :mod:`dedup.text._page`.
"""

import cython
import numpy as np
from cython.cimports.dedup._tables import longest_row
from cython.cimports.dedup.furniture._furniture import flag_furniture
from cython.cimports.dedup.text._page import (
    Batch,
    HashTable,
    Page,
    cut_words,
    decode,
    fold_words,
    look_up,
)
from cython.cimports.dedup.text._sentences import cut_sentences
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t, uint32_t

from dedup.furniture import leads
from dedup.text import marks
from dedup.text.marks import Mark
from dedup.text.points import Trait
from dedup.text.vocabulary import word_ids

_SPACE = cython.declare(uint32_t, Trait.SPACE)
_DIGIT = cython.declare(uint32_t, Trait.DIGIT)
_UPPER = cython.declare(uint32_t, Trait.UPPER)
_BEFORE_NAME = cython.declare(uint32_t, Trait.BEFORE_NAME)
_QUOTATION = cython.declare(uint32_t, Trait.QUOTATION)
_BEFORE_QUOTATION = cython.declare(uint32_t, Trait.BEFORE_QUOTATION)
_NUMBER = cython.declare(uint8_t, Mark.NUMBER)
_NAME = cython.declare(uint8_t, Mark.NAME)
_QUOTED = cython.declare(uint8_t, Mark.QUOTED)
_SENTENCE = cython.declare(uint8_t, Mark.SENTENCE)
_HEADLINE = cython.declare(cython.double, marks.HEADLINE_STYLE)
_SHORTEST_NAME = cython.declare(int32_t, marks.SHORTEST_NAME)
_LONG_SENTENCE = cython.declare(int64_t, leads.LONG_SENTENCE)
_IDS = word_ids(marks.NUMBER_WORDS)
_NUMBER_WORDS = cython.declare(HashTable, HashTable(dict.fromkeys(_IDS.tolist(), 1)))
_FILTER = cython.declare(
    cython.const[uint8_t][::1], np.bincount(_IDS >> 20, minlength=1 << 12).astype(np.uint8)
)
"""Whether some number word's id begins with these 12 bits: few other words' ids do."""


# --- marks --------------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
def _mark_numbers(page: Page, batch: Batch) -> cython.int:
    """Mark the words with a digit in them and the number words."""
    ids: uint32_t[::1] = batch.ids
    marks: uint8_t[::1] = batch.marks
    word: int64_t
    event: int64_t
    for word in range(batch.first_word, batch.first_word + page.word_count):
        marks[word] = 0
        if _FILTER[ids[word] >> 20] and look_up(_NUMBER_WORDS, ids[word]):
            marks[word] = _NUMBER
    for event in range(page.event_count):
        if page.flags[page.events[event]] & _DIGIT:
            marks[batch.first_word + page.words_before[event] - 1] |= _NUMBER
    return 0


@cython.cfunc
@cython.nogil
def _begins_quotation(page: Page, at: int64_t) -> cython.bint:
    """Tell whether a quotation mark begins a quotation; a straight one may as well end one."""
    if page.codes[at] != 34:
        return True
    if at > 0 and not page.flags[at - 1] & _BEFORE_QUOTATION:
        return False
    return at + 1 < page.length and not page.flags[at + 1] & _SPACE


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _ends_quotation(mark: cython.Py_UCS4, c: cython.Py_UCS4) -> cython.bint:
    """Tell whether a code point ends the quotation that this mark began, or its paragraph."""
    if c == "\n":
        return True
    if mark == '"':
        return c == '"'
    if mark == "«":
        return c == "»"
    return c == "”" or (mark == "„" and c == "“")


@cython.cfunc
@cython.nogil
def _mark_quoted(page: Page, batch: Batch) -> cython.int:
    """Mark the words within quotation marks; an open quotation ends with its paragraph."""
    mark: cython.Py_UCS4 = "\0"  # that began the open quotation
    c: cython.Py_UCS4
    first: int64_t = 0
    event: int64_t
    for event in range(page.event_count):
        c = page.codes[page.events[event]]
        if mark != "\0":
            if not _ends_quotation(mark, c):
                continue
            _quote(batch, first, page.words_before[event])
            if mark == "„":  # whatever else ends a quotation may begin the next
                mark = "\0"
                continue
            mark = "\0"
        if page.flags[page.events[event]] & _QUOTATION:
            if _begins_quotation(page, page.events[event]):
                mark = c
                first = page.words_before[event]
    if mark != "\0":
        _quote(batch, first, page.word_count)
    return 0


@cython.cfunc
@cython.nogil
def _quote(batch: Batch, first: int64_t, end: int64_t) -> cython.int:
    word: int64_t
    for word in range(batch.first_word + first, batch.first_word + end):
        batch.marks[word] |= _QUOTED
    return 0


@cython.cfunc
@cython.nogil
def _mark_names(page: Page, batch: Batch, first: int64_t, end: int64_t) -> cython.int:
    """Mark the words of a sentence that are capitalised although it does not begin with them."""
    flags: uint32_t[::1] = page.flags
    edges: int32_t[::1] = page.edges
    word: int64_t
    start: int32_t
    capitals: int64_t = 0
    for word in range(first, end):
        capitals += flags[edges[2 * word]] & _UPPER != 0
    if capitals >= _HEADLINE * (end - first):
        return 0
    for word in range(first + 1, end):
        start = edges[2 * word]
        if (
            flags[start] & _UPPER
            and not flags[start - 1] & _BEFORE_NAME
            and edges[2 * word + 1] - start >= _SHORTEST_NAME
        ):
            batch.marks[batch.first_word + word] |= _NAME
    return 0


@cython.cfunc
@cython.nogil
def _mark_sentences(page: Page, batch: Batch) -> cython.int:
    """Give each sentence its first word, and mark first words and names."""
    word: int64_t = 0
    first: int64_t
    number: int64_t
    stop: int32_t
    for number in range(batch.first_sentence, batch.sentence_count):
        batch.sentences[number, 2] = cython.cast(int32_t, word)
        first = word
        stop = batch.sentences[number, 1]
        while word < page.word_count and page.edges[2 * word] < stop:
            word += 1
        if first < word:
            batch.marks[batch.first_word + first] |= _SENTENCE
            _mark_names(page, batch, first, word)
    return 0


# --- all texts ----------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
def _read_text(page: Page, batch: Batch, seen: int64_t[::1]) -> cython.int:
    """Read a text whose words are cut and folded; give the clues to furniture."""
    word: int64_t
    for word in range(page.word_count):
        batch.starts[batch.first_word + word] = page.edges[2 * word]
        batch.ends[batch.first_word + word] = page.edges[2 * word + 1]
    cut_sentences(page, batch)
    _mark_numbers(page, batch)
    _mark_quoted(page, batch)
    _mark_sentences(page, batch)
    return flag_furniture(page, batch, seen)


def read(
    source: cython.const[uint8_t][::1],
    offsets: cython.const[int64_t][::1],
    composed: cython.const[uint8_t][::1],
    composed_offsets: cython.const[int64_t][::1],
    room: int64_t,
    keeps_letters: cython.bint,
):
    """Read texts that were surveyed, all of whose code points are known.

    ``source`` u8 is the texts in UTF-8 (surrogates passed) end to end, ``offsets`` i64[n + 1] in
    bytes; ``composed`` the same for texts that have to be composed before their words are folded,
    empty for the others. ``room`` is what :func:`dedup.text._page.survey` gave for both together.
    Gives what :class:`dedup.furniture.finding.Found` holds; and the letters, with offsets by word.
    """
    rows: int64_t = offsets.shape[0] - 1
    if composed_offsets.shape[0] != offsets.shape[0]:
        raise ValueError(f"composed: {composed_offsets.shape[0] - 1} texts, not {rows}")
    longest: int64_t = max(longest_row(offsets), longest_row(composed_offsets))
    page: Page = Page(longest)
    # A sentence takes two bytes at least, but for the last of its text.
    batch: Batch = Batch(room, source.shape[0] // 2 + rows + 1, keeps_letters)
    seen: int64_t[::1] = np.zeros(1 << int(longest // _LONG_SENTENCE + 8).bit_length(), np.int64)
    word_ends: int64_t[::1] = np.zeros(rows + 1, np.int64)
    sentence_ends: int64_t[::1] = np.zeros(rows + 1, np.int64)
    clues: uint8_t[::1] = np.zeros(rows, np.uint8)
    row: int64_t
    count: int64_t
    changed: int64_t = -1
    with cython.nogil:
        for row in range(rows):
            count = -1
            if composed_offsets[row] < composed_offsets[row + 1]:
                decode(composed, composed_offsets[row], composed_offsets[row + 1], page)
                cut_words(page)
                fold_words(page, batch)
                count = page.word_count
            decode(source, offsets[row], offsets[row + 1], page)
            cut_words(page)
            if count < 0:
                fold_words(page, batch)
            elif count != page.word_count:
                changed = row
                break
            clues[row] = _read_text(page, batch, seen)
            batch.first_word += page.word_count
            batch.first_sentence = batch.sentence_count
            word_ends[row + 1] = batch.first_word
            sentence_ends[row + 1] = batch.sentence_count
    if changed >= 0:
        raise ValueError(f"composed: text {changed} has other words than its source")
    ids, starts, ends, marks, spans, furniture, tries, letters, letter_offsets = batch.taken()
    by_word = ids, word_ends.base, starts, ends, marks
    by_sentence = spans, sentence_ends.base, furniture, tries
    return (*by_word, *by_sentence, clues.base), letters, letter_offsets
