"""The compiled look for page furniture: what shapes and letters tell, and where rules may match.

The rules themselves stay in Python, see :mod:`dedup.furniture.finding`. What is told here is where
none of them can match, which is nearly everywhere.
"""

import cython
import numpy as np
from cython.cimports.dedup.text._page import Batch, HashTable, Page, look_up, stands_there
from cython.cimports.libc.stdint import int64_t, uint8_t, uint32_t, uint64_t

from dedup.furniture import leads
from dedup.furniture.leads import Clue, Edge, Try
from dedup.text.marks import Mark
from dedup.text.points import PERHAPS_BREAK, Trait

_BREAK = cython.declare(uint32_t, Trait.BREAK)
_PERHAPS_BREAK = cython.declare(uint32_t, ord(PERHAPS_BREAK))
_NOT_UPPER = cython.declare(uint32_t, Trait.LOWER | Trait.TITLE)
_UPPER = cython.declare(uint32_t, Trait.UPPER)
_ALPHA = cython.declare(uint32_t, Trait.ALPHA)
_PROSE_END = cython.declare(uint32_t, Trait.PROSE_END)
_SPEECH = cython.declare(uint32_t, Trait.SPEECH)
_HEAD_OF_BLOCK = cython.declare(int64_t, Edge.FIRST_OF_BLOCK)
_HEAD_OF_LINE = cython.declare(int64_t, Edge.FIRST_OF_LINE)
_HEAD_OF_SENTENCE = cython.declare(int64_t, Edge.FIRST_OF_SENTENCE)
_HEAD_OF_TWO = cython.declare(int64_t, Edge.FIRST_OF_TWO)
_HEAD_OF_TWO_IN_PARAGRAPH = cython.declare(int64_t, Edge.FIRST_OF_TWO_IN_PARAGRAPH)
_SECOND_OF_TWO = cython.declare(int64_t, Edge.SECOND_OF_TWO)
_TAIL_OF_BLOCK = cython.declare(int64_t, Edge.LAST_OF_BLOCK)
_TAIL_OF_LINE = cython.declare(int64_t, Edge.LAST_OF_LINE)
_TAIL_OF_SENTENCE = cython.declare(int64_t, Edge.LAST_OF_SENTENCE)
_BEFORE_TAIL = cython.declare(int64_t, Edge.LAST_BUT_ONE)
_TAIL_OF_TWO = cython.declare(int64_t, Edge.LAST_OF_TWO)
_NUMBER_EDGES = cython.declare(int64_t, leads.EDGES[leads.NUMBER_ID])
_BRACKET_EDGES = cython.declare(int64_t, leads.EDGES[leads.BRACKET_ID])
_TRIED = cython.declare(cython.int, Clue.TRIED)
_INSET = cython.declare(cython.int, Clue.INSET)
_OPENS = cython.declare(uint8_t, Try.OPENS)
_TRY_PARAGRAPH = cython.declare(uint8_t, Try.PARAGRAPH)
_TRY_SENTENCE = cython.declare(uint8_t, Try.SENTENCE)
_NUMBER = cython.declare(uint8_t, Mark.NUMBER)
_LONGEST_LINE = cython.declare(int64_t, leads.LONGEST_LINE)
_SHORTEST_MENU = cython.declare(int64_t, leads.SHORTEST_MENU)
_LONGEST_ENTRY = cython.declare(int64_t, leads.LONGEST_ENTRY)
_HEADLINES_ABOVE = cython.declare(int64_t, leads.HEADLINES_ABOVE)
_SHORTEST_HEADLINE = cython.declare(int64_t, leads.SHORTEST_HEADLINE)
_LONGEST_HEADLINE = cython.declare(int64_t, leads.LONGEST_HEADLINE)
_LONG_SENTENCE = cython.declare(int64_t, leads.LONG_SENTENCE)
_STORY_SHARE = cython.declare(cython.double, leads.STORY_SHARE)
_EDGES = cython.declare(HashTable, HashTable(leads.EDGES))


def _phrases():
    """Lay the phrases end to end; where each begins, the first the ones that flag paragraphs."""
    phrases = [*leads.PHRASES, *leads.INSET_PHRASES]
    letters = np.array([ord(c) for c in "".join(phrases)], np.uint32)
    bounds = np.cumsum([0, *map(len, phrases)]).astype(np.int64)
    begins = np.zeros(128, np.uint8)
    begins[[ord(phrase[0]) for phrase in phrases]] = 1
    return letters, bounds, begins


_LETTERS = cython.declare(cython.const[uint32_t][::1])
_BOUNDS = cython.declare(cython.const[int64_t][::1])
_BEGINS = cython.declare(cython.const[uint8_t][::1])
_LETTERS, _BOUNDS, _BEGINS = _phrases()
_FLAGGING = cython.declare(int64_t, len(leads.PHRASES))

_Stretch = cython.struct(start=int64_t, stop=int64_t, first=int64_t, end=int64_t)
"""Characters ``start`` to ``stop`` of a text, and the words ``first`` to ``end`` in them."""


@cython.cfunc
@cython.nogil
def _place(
    page: Page,
    batch: Batch,
    first: int64_t,
    end: int64_t,
    there: cython.pointer(_Stretch),
) -> cython.int:
    """Tell where the sentences ``first`` to ``end`` (exclusive) stand."""
    there.start = batch.sentences[first, 0]
    there.stop = batch.sentences[end - 1, 1]
    there.first = batch.sentences[first, 2]
    there.end = page.word_count
    if end < batch.sentence_count:
        there.end = batch.sentences[end, 2]
    return 0


@cython.cfunc
@cython.nogil
def _flag(batch: Batch, first: int64_t, end: int64_t) -> cython.int:
    k: int64_t
    for k in range(first, end):
        batch.furniture[k] = 1
    return 0


# --- where rules may match ----------------------------------------------------------------------


@cython.cfunc
@cython.nogil
def _edge(batch: Batch, word: int64_t) -> int64_t:
    """Tell which rules look at what begins or ends with a word."""
    return look_up(_EDGES, batch.ids[batch.first_word + word])


@cython.cfunc
@cython.nogil
def _paragraph_edge(batch: Batch, word: int64_t) -> int64_t:
    """Tell the same for a paragraph, where a rule may name any number."""
    edges: int64_t = _edge(batch, word)
    return edges | _NUMBER_EDGES if batch.marks[batch.first_word + word] & _NUMBER else edges


@cython.cfunc
@cython.nogil
def _tries_sentence(page: Page, batch: Batch, there: _Stretch) -> cython.bint:
    """Tell whether a rule for sentences looks at one that has words."""
    edges: int64_t
    if page.flags[there.start] & _SPEECH:
        return False
    edges = _edge(batch, there.first)
    if edges & _HEAD_OF_SENTENCE:
        return True
    if edges & _HEAD_OF_TWO and there.first + 1 < there.end:
        if _edge(batch, there.first + 1) & _SECOND_OF_TWO:
            return True
    return _edge(batch, there.end - 1) & _TAIL_OF_SENTENCE != 0


@cython.cfunc
@cython.nogil
def _tries_paragraph(page: Page, batch: Batch, there: _Stretch) -> cython.bint:
    """Tell whether a rule for paragraphs looks at one."""
    head: int64_t
    tail: int64_t
    if there.first == there.end or page.flags[there.start] & _SPEECH:
        return False
    head = _paragraph_edge(batch, there.first)
    tail = _paragraph_edge(batch, there.end - 1)
    if page.codes[there.stop - 1] == 41:  # a closing bracket
        tail |= _BRACKET_EDGES
    if head & _HEAD_OF_BLOCK or tail & _TAIL_OF_BLOCK:
        return True
    if there.end - there.first > 1 and head & _HEAD_OF_TWO_IN_PARAGRAPH:
        if _paragraph_edge(batch, there.first + 1) & _SECOND_OF_TWO:
            return True
    if there.stop - there.start > _LONGEST_LINE:
        return False
    if head & _HEAD_OF_LINE or tail & _TAIL_OF_LINE:
        return True
    if there.end - there.first == 1 or not tail & _TAIL_OF_TWO:
        return False
    return _edge(batch, there.end - 2) & _BEFORE_TAIL != 0


# --- what needs no rule -------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
def _is_entry(page: Page, there: _Stretch) -> cython.bint:
    """Tell whether a line may be an entry of a menu."""
    return (
        0 < there.end - there.first <= _LONGEST_ENTRY
        and page.flags[there.start] & _UPPER
        and page.flags[there.stop - 1] & _ALPHA
    )


@cython.cfunc
@cython.nogil
def _is_headline(page: Page, there: _Stretch) -> cython.bint:
    """Tell whether a line is as long as a headline, in capitals and without a full stop."""
    upper: cython.bint = False
    k: int64_t
    if not _SHORTEST_HEADLINE <= there.end - there.first <= _LONGEST_HEADLINE:
        return False
    if page.flags[there.stop - 1] & _PROSE_END:
        return False
    for k in range(there.start, there.stop):
        if page.flags[k] & _UPPER:
            upper = True
        elif page.flags[k] & _NOT_UPPER:
            return False
    return upper


@cython.cfunc
@cython.nogil
def _breaks_behind(page: Page, batch: Batch, at: int64_t) -> cython.bint:
    """Tell whether a paragraph ends with a sentence."""
    k: int64_t
    if at + 1 == batch.sentence_count:
        return True
    for k in range(batch.sentences[at, 1], batch.sentences[at + 1, 0]):
        if page.flags[k] & _BREAK or page.codes[k] == _PERHAPS_BREAK:
            return True
    return False


@cython.cfunc
@cython.nogil
def _look_at_sentences(page: Page, batch: Batch) -> cython.int:
    """Flag sentences without words, and note which open a paragraph and are to be tried."""
    at: int64_t
    clues: cython.int = 0
    there = cython.declare(_Stretch)
    opens: uint8_t = _OPENS
    for at in range(batch.first_sentence, batch.sentence_count):
        batch.tries[at] = opens
        _place(page, batch, at, at + 1, cython.address(there))
        batch.furniture[at] = there.first == there.end
        if there.first < there.end and _tries_sentence(page, batch, there):
            batch.tries[at] |= _TRY_SENTENCE
            clues |= _TRIED
        opens = _OPENS if _breaks_behind(page, batch, at) else 0
    return clues


@cython.cfunc
@cython.nogil
def _paragraph_end(batch: Batch, at: int64_t) -> int64_t:
    """Find the end of the paragraph that a sentence stands in."""
    at += 1
    while at < batch.sentence_count and not batch.tries[at] & _OPENS:
        at += 1
    return at


@cython.cfunc
@cython.nogil
def _look_at_paragraphs(page: Page, batch: Batch) -> cython.int:
    """Note the paragraphs to be tried; flag menus, and lines in capitals inside a story."""
    first: int64_t = batch.first_sentence
    end: int64_t
    number: int64_t = 0
    entries: int64_t = 0
    clues: cython.int = 0
    prose: cython.bint = False  # behind another line it may be one of a table
    there = cython.declare(_Stretch)
    while first < batch.sentence_count:
        end = _paragraph_end(batch, first)
        _place(page, batch, first, end, cython.address(there))
        if _tries_paragraph(page, batch, there):
            batch.tries[first] |= _TRY_PARAGRAPH
            clues |= _TRIED
        if end - first == 1 and _is_entry(page, there):
            entries += 1
        else:
            if entries >= _SHORTEST_MENU:
                _flag(batch, first - entries, first)
            entries = 0
        if prose and number >= _HEADLINES_ABOVE and _is_headline(page, there):
            _flag(batch, first, end)
        prose = page.flags[there.stop - 1] & _PROSE_END != 0
        number += 1
        first = end
    if entries >= _SHORTEST_MENU:
        _flag(batch, first - entries, first)
    return clues


@cython.cfunc
@cython.nogil
def _flag_around(page: Page, batch: Batch, sentence: int64_t) -> cython.int:
    """Flag the paragraph of a sentence; only that sentence where the paragraph holds the story."""
    first: int64_t = sentence
    end: int64_t = _paragraph_end(batch, sentence)
    there = cython.declare(_Stretch)
    while not batch.tries[first] & _OPENS:
        first -= 1
    _place(page, batch, first, end, cython.address(there))
    if end - first > 1 and there.end - there.first >= _STORY_SHARE * page.word_count:
        return _flag(batch, sentence, sentence + 1)
    return _flag(batch, first, end)


@cython.cfunc
@cython.nogil
def _look_for_phrases(page: Page, batch: Batch) -> cython.int:
    """Flag the paragraphs with a phrase that no story holds; tell whether there may be insets."""
    at: int64_t
    phrase: int64_t
    sentence: int64_t = batch.first_sentence
    clues: cython.int = 0
    codes: uint32_t[::1] = page.codes
    begins: cython.const[uint8_t][::1] = _BEGINS
    for at in range(page.length):
        if codes[at] >= 128 or not begins[codes[at]]:
            continue
        for phrase in range(_BOUNDS.shape[0] - 1):
            if not stands_there(page, at, _LETTERS, _BOUNDS[phrase], _BOUNDS[phrase + 1]):
                continue
            if phrase >= _FLAGGING:
                clues |= _INSET
                continue
            while sentence + 1 < batch.sentence_count and batch.sentences[sentence + 1, 0] <= at:
                sentence += 1
            _flag_around(page, batch, sentence)
    return clues


# --- long sentences printed twice ---------------------------------------------------------------


@cython.cfunc
@cython.nogil
@cython.overflowcheck(False)
def _sum_of(batch: Batch, there: _Stretch) -> uint64_t:
    """Hash the words of a sentence."""
    key: uint64_t = 0
    word: int64_t
    for word in range(batch.first_word + there.first, batch.first_word + there.end):
        key = (key ^ batch.ids[word]) * cython.cast(uint64_t, 0x9E3779B97F4A7C15)
        key ^= key >> 29
    return key >> 24


@cython.cfunc
@cython.nogil
def _is_same(page: Page, batch: Batch, there: _Stretch, other: int64_t) -> cython.bint:
    """Tell whether another sentence of the text has the same letters."""
    start: int64_t = batch.sentences[other, 0]
    k: int64_t
    if batch.sentences[other, 1] - start != there.stop - there.start:
        return False
    for k in range(there.stop - there.start):
        if page.codes[start + k] != page.codes[there.start + k]:
            return False
    return True


@cython.cfunc
@cython.nogil
def _flag_second_printings(page: Page, batch: Batch, seen: int64_t[::1]) -> cython.int:
    """Flag a long sentence where the page prints it again: a pull quote, a caption doubled.

    ``seen`` i64 is a hash table of sentences by their numbers + 1; those of earlier texts do not
    count.
    """
    mask: int64_t = seen.shape[0] - 1
    at: int64_t
    place: int64_t
    there = cython.declare(_Stretch)
    for at in range(batch.first_sentence, batch.sentence_count):
        _place(page, batch, at, at + 1, cython.address(there))
        if there.end - there.first < _LONG_SENTENCE:
            continue
        place = cython.cast(int64_t, _sum_of(batch, there)) & mask
        while seen[place] > batch.first_sentence:
            if _is_same(page, batch, there, seen[place] - 1):
                batch.furniture[at] = 1
                break
            place = (place + 1) & mask
        else:
            seen[place] = at + 1
    return 0


@cython.cfunc
@cython.nogil
def flag_furniture(page: Page, batch: Batch, seen: int64_t[::1]) -> cython.int:
    """Flag what is furniture without a rule; give what rules have to look for, see ``Clue``."""
    clues: cython.int = _look_at_sentences(page, batch)
    clues |= _look_at_paragraphs(page, batch)
    clues |= _look_for_phrases(page, batch)
    _flag_second_printings(page, batch, seen)
    return clues
