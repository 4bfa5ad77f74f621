"""Split a text into sentences: paragraphs first, then rules at every full stop inside one.

What the rules know stands in :mod:`dedup.text.sentences`; they are asked in the order in which they
stand here.
"""

import cython
import numpy as np
from cython.cimports.dedup.text._page import (
    Batch,
    HashTable,
    Page,
    cut_paragraphs,
    known_token,
    stands_there,
)
from cython.cimports.libc.stdint import int32_t, int64_t, uint32_t

from dedup.text import sentences
from dedup.text.points import PERHAPS_BREAK, Trait
from dedup.text.sentences import Token

_SPACE = cython.declare(uint32_t, Trait.SPACE)
_STOP = cython.declare(uint32_t, Trait.STOP)
_FULL_WIDTH = cython.declare(uint32_t, Trait.FULL_WIDTH)
_CLOSER = cython.declare(uint32_t, Trait.CLOSER)
_OPENER = cython.declare(uint32_t, Trait.OPENER)
_LOWER = cython.declare(uint32_t, Trait.LOWER)
_UPPER = cython.declare(uint32_t, Trait.UPPER)
_NOT_LOWER = cython.declare(uint32_t, Trait.UPPER | Trait.TITLE)
_DIGIT = cython.declare(uint32_t, Trait.DIGIT)
_ALPHA = cython.declare(uint32_t, Trait.ALPHA)
_ALNUM = cython.declare(uint32_t, Trait.ALNUM)
_DELIMITER = cython.declare(uint32_t, Trait.DELIMITER)
_PERHAPS_BREAK = cython.declare(uint32_t, ord(PERHAPS_BREAK))
_KNOWN_TITLE = cython.declare(int64_t, Token.TITLE)
_PLAIN = cython.declare(int64_t, Token.PLAIN)
_BEFORE_NUMBER = cython.declare(int64_t, Token.BEFORE_NUMBER)
_ALSO_LOWER = cython.declare(int64_t, Token.ALSO_LOWER)
_SOMETIMES = cython.declare(int64_t, Token.SOMETIMES)
_STARTER = cython.declare(int64_t, Token.STARTER)
_VERSUS = cython.declare(int64_t, Token.VERSUS)
_SPEECH = cython.declare(int64_t, Token.SPEECH)
_ORDINAL = cython.declare(int64_t, Token.BEHIND_ORDINAL)
_LOOK_BACK = cython.declare(int64_t, sentences.LOOK_BACK)
_SPEAKERS = cython.declare(int64_t, sentences.SPEAKER_WORDS)
_TOKENS = cython.declare(HashTable, HashTable(sentences.KNOWN))
_LINKS = cython.declare(
    cython.const[uint32_t][::1], np.array([ord(c) for c in "".join(sentences.LINKS)], np.uint32)
)
_LINK_ENDS = cython.declare(
    cython.const[int64_t][::1], np.cumsum([0, *map(len, sentences.LINKS)]).astype(np.int64)
)

_LONGEST_LIST_NUMBER = cython.declare(int64_t, 3)
"""Digits of a list's number at the head of its line."""

_LONGEST_ORDINAL = cython.declare(int64_t, 2)
"""Digits of an ordinal that is written with a period."""

_Place = cython.struct(
    line=int64_t,
    begin=int64_t,
    stop=int64_t,
    close=int64_t,
    gap=int64_t,
    after=int64_t,
    end=int64_t,
)
"""Where full stops stand, as offsets into the text.

``line`` to ``end`` is the paragraph, ``begin`` the start of the sentence that they may end,
``stop`` to ``close`` the full stops, ``close`` to ``gap`` marks that close behind them, and
``after`` is the next code point that is no white space.
"""


# --- words around a full stop -------------------------------------------------------------------


@cython.cfunc
@cython.inline
@cython.nogil
def _behind(page: Page, at: int64_t, end: int64_t, traits: uint32_t) -> int64_t:
    """Find where a run of code points with any of these traits ends."""
    while at < end and page.flags[at] & traits:
        at += 1
    return at


@cython.cfunc
@cython.inline
@cython.nogil
def _in_word(page: Page, at: int64_t) -> cython.bint:
    """Tell whether a letter, a digit or an underscore stands there."""
    return page.flags[at] & _ALNUM or page.codes[at] == 95


@cython.cfunc
@cython.nogil
def _behind_word(page: Page, at: int64_t, end: int64_t, with_periods: cython.bint) -> int64_t:
    """Find where a word ends that may hold apostrophes and hyphens, or periods too."""
    c: cython.Py_UCS4
    while at < end:
        c = page.codes[at]
        if not (_in_word(page, at) or c in "’'-" or (with_periods and c == ".")):
            break
        at += 1
    return at


@cython.cfunc
@cython.nogil
def _token_start(page: Page, least: int64_t, stop: int64_t) -> int64_t:
    """Find where the token before a full stop begins."""
    least = max(least, stop - _LOOK_BACK)
    while stop > least and not page.flags[stop - 1] & _DELIMITER:
        stop -= 1
    return stop


@cython.cfunc
@cython.nogil
def _behind_small(page: Page, at: int64_t, end: int64_t) -> int64_t:
    """Find where a run of small Latin letters ends."""
    while at < end and 97 <= page.codes[at] <= 122:  # a to z
        at += 1
    return at


@cython.cfunc
@cython.nogil
def _follows(page: Page, place: _Place, flag: int64_t) -> cython.bint:
    """Tell whether the next word, opening marks put aside, is of some kind."""
    end: int64_t = min(place.end, place.after + _LOOK_BACK)
    start: int64_t = _behind(page, place.after, end, _OPENER | _SPACE)
    at: int64_t = _behind(page, start, end, _ALNUM)
    tail: int64_t
    c: cython.Py_UCS4
    if at == start:
        return False
    if at < end:
        c = page.codes[at]
        tail = _behind_small(page, at + 1, end)
        if c in "'’" and tail > at + 1:
            at = tail
    return known_token(page, start, at, _TOKENS) & flag != 0


@cython.cfunc
@cython.nogil
def _is_speech(page: Page, place: _Place) -> cython.bint:
    """Tell whether an attribution comes next: up to four capitalised words and a verb."""
    at: int64_t = place.after
    end: int64_t
    names: int64_t = 0
    while names < _SPEAKERS and at < place.end and 65 <= page.codes[at] <= 90:  # A to Z
        at = _behind_word(page, at, place.end, True)
        if at >= place.end or not page.flags[at] & _SPACE:
            return False
        at = _behind(page, at, place.end, _SPACE)
        names += 1
    end = _behind_small(page, at, place.end)
    if names == 0 or (end < place.end and _in_word(page, end)):
        return False
    return known_token(page, at, end, _TOKENS) & _SPEECH != 0


# --- a full stop without white space behind it --------------------------------------------------


@cython.cfunc
@cython.nogil
def _is_address(page: Page, start: int64_t, stop: int64_t) -> cython.bint:
    """Tell whether the token before a full stop is part of a link or an address."""
    k: int64_t
    c: cython.Py_UCS4
    run: int64_t = 0  # of the letter w
    for k in range(start, stop):
        c = page.codes[k]
        run = run + 1 if c == "w" else 0
        if c in "@.:" or run == 3:
            return True
    return False


@cython.cfunc
@cython.nogil
def _begins_address(page: Page, place: _Place) -> cython.bint:
    """Tell whether the token behind a full stop is part of a link or an address."""
    at: int64_t = _behind_word(page, place.after, place.end, False)
    c: cython.Py_UCS4
    if at >= place.end:
        return False
    c = page.codes[at]
    return c == ">" or (c in ".@/" and at + 1 < place.end and _in_word(page, at + 1))


@cython.cfunc
@cython.nogil
def _ends_in_small(page: Page, start: int64_t, stop: int64_t) -> cython.bint:
    """Tell whether a token has three code points or more, the last two in small letters."""
    pair: uint32_t
    if stop - start <= 2:
        return False
    pair = page.flags[stop - 1] | page.flags[stop - 2]
    return not pair & _NOT_LOWER and pair & _LOWER


@cython.cfunc
@cython.nogil
def _glued_ends(page: Page, place: _Place) -> cython.bint:
    """Decide at a full stop that lost its white space: ``fell.Then``."""
    stop: int64_t = place.stop
    start: int64_t
    c: cython.Py_UCS4 = page.codes[stop]
    capital: cython.bint = page.flags[place.after] & _UPPER != 0
    if c == "…":
        return capital
    if not capital or place.after + 1 >= place.end or not page.flags[place.after + 1] & _LOWER:
        return False
    start = _token_start(page, 0, stop)
    if _is_address(page, start, stop) or _begins_address(page, place):
        return False
    while stop > start and page.flags[stop - 1] & _CLOSER:
        stop -= 1
    if not _ends_in_small(page, start, stop):
        return False
    return known_token(page, start, stop, _TOKENS) & _KNOWN_TITLE == 0


# --- a period before white space ----------------------------------------------------------------


@cython.cfunc
@cython.nogil
def _is_dotted(page: Page, start: int64_t, end: int64_t) -> cython.bint:
    """Tell whether a token is letters with a period between any two."""
    k: int64_t
    c: cython.Py_UCS4
    if end - start < 3 or (end - start) % 2 == 0:
        return False
    for k in range(start, end):
        c = page.codes[k]
        if (k - start) % 2:
            if c != ".":
                return False
        elif not ("a" <= c <= "z" or "A" <= c <= "Z" or c == "\u212a"):  # Kelvin: k in lower case
            return False
    return True


@cython.cfunc
@cython.nogil
def _is_in_one_case(page: Page, start: int64_t, stop: int64_t) -> cython.bint:
    """Tell whether a token is all in capitals or all in small letters."""
    found: uint32_t = 0
    k: int64_t
    for k in range(start, stop):
        found |= page.flags[k]
    return (found & _LOWER != 0) != (found & _UPPER != 0)


@cython.cfunc
@cython.nogil
def _abbreviation_ends(page: Page, place: _Place, start: int64_t, known: int64_t) -> cython.bint:
    """Decide at the period of a token that may be an abbreviation."""
    capital: cython.bint = page.flags[start] & _UPPER != 0
    numbered: cython.bint = known & _BEFORE_NUMBER and (capital or known & _ALSO_LOWER)
    c: cython.Py_UCS4 = page.codes[place.after]
    if not numbered and not known & _SOMETIMES and not _is_dotted(page, start, place.stop):
        return True
    if not numbered and known & _PLAIN and _is_in_one_case(page, start, place.stop):
        return True
    if numbered and page.flags[place.after] & _DIGIT:
        return False
    if numbered and known & _PLAIN:
        return True
    return (not numbered and c in '“"‘•') or _follows(page, place, _STARTER)


@cython.cfunc
@cython.nogil
def _period_ends(page: Page, place: _Place) -> cython.bint:
    """Decide at a single period before white space and something that is not lower case."""
    stop: int64_t = place.stop
    start: int64_t = _token_start(page, place.begin, stop)
    known: int64_t
    c: cython.Py_UCS4
    while start < stop:
        c = page.codes[start]
        if c not in "'’-":
            break
        start += 1
    known = known_token(page, start, stop, _TOKENS)
    if start == stop or (place.gap > place.close and not known & _KNOWN_TITLE):
        return True
    if stop - start <= _LONGEST_LIST_NUMBER and _behind(page, start, stop, _DIGIT) == stop:
        if start == place.line or page.codes[start - 1] == _PERHAPS_BREAK:
            return False  # a list's number at the head of its line
        if stop - start <= _LONGEST_ORDINAL and _follows(page, place, _ORDINAL):
            return False  # the day of a month: 14. März
    capital: cython.bint = page.flags[start] & _UPPER != 0
    c = page.codes[start]
    if stop - start == 1 and capital and page.flags[start] & _ALPHA and c != "I":
        return False  # an initial
    if known & _KNOWN_TITLE and not known & _PLAIN and (capital or known & _VERSUS):
        return False
    return _abbreviation_ends(page, place, start, known)


# --- sentences ----------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
def _is_link(page: Page, at: int64_t) -> cython.bint:
    """Tell whether a link begins there."""
    k: int64_t
    for k in range(_LINK_ENDS.shape[0] - 1):
        if stands_there(page, at, _LINKS, _LINK_ENDS[k], _LINK_ENDS[k + 1]):
            return True
    return False


@cython.cfunc
@cython.nogil
def _is_ellipsis(page: Page, place: _Place) -> cython.bint:
    """Tell whether the full stops are periods and ellipses alone."""
    k: int64_t
    c: cython.Py_UCS4
    for k in range(place.stop, place.close):
        c = page.codes[k]
        if c not in ".…":
            return False
    return True


@cython.cfunc
@cython.nogil
def _goes_on_small(page: Page, place: _Place) -> cython.bint:
    """Tell whether a small letter comes next, and not one that opens a brand: *iPhone*."""
    at: int64_t = place.after
    if not page.flags[at] & _LOWER:
        return False
    return at + 2 >= place.end or not (page.flags[at + 1] & _UPPER and page.flags[at + 2] & _LOWER)


@cython.cfunc
@cython.nogil
def _ends_sentence(page: Page, place: _Place) -> cython.bint:
    """Decide whether a sentence ends at full stops."""
    last: cython.Py_UCS4 = page.codes[place.close - 1]
    following: cython.Py_UCS4 = page.codes[place.after]
    period: cython.bint = last == "." and place.close - place.stop == 1
    closed: cython.bint = place.gap > place.close
    if page.flags[place.close - 1] & _FULL_WIDTH:
        return True
    if place.gap == place.after:
        return _glued_ends(page, place)
    if _is_link(page, place.after):
        return True
    if _goes_on_small(page, place) or following in ",;:%…" or (period and following == "."):
        return False
    if closed and last in "!?" and _is_speech(page, place):
        return False
    if period:
        return _period_ends(page, place)
    if closed or not _is_ellipsis(page, place):
        return True
    if place.stop == 0 or not page.flags[place.stop - 1] & _SPACE:
        return True
    return _follows(page, place, _STARTER)


@cython.cfunc
@cython.nogil
def _opens_quote(page: Page, place: _Place) -> cython.bint:
    """Tell whether a straight quotation mark glued between two sentences opens the second."""
    k: int64_t
    even: cython.bint = True
    if place.gap != place.after or place.gap - place.close != 1 or page.codes[place.close] != 34:
        return False
    for k in range(place.begin, place.close):
        if page.codes[k] == 34:
            even = not even
    return even


@cython.cfunc
@cython.nogil
def _add(batch: Batch, start: int64_t, end: int64_t) -> cython.int:
    batch.sentences[batch.sentence_count, 0] = cython.cast(int32_t, start)
    batch.sentences[batch.sentence_count, 1] = cython.cast(int32_t, end)
    batch.sentence_count += 1
    return 0


@cython.cfunc
@cython.nogil
def cut_sentences(page: Page, batch: Batch) -> cython.int:
    """Find the sentences of a text, their starts and ends; what lies between is white space.

    Line breaks end a sentence; inside a paragraph rules decide at every full stop.
    """
    event: int64_t = 0
    number: int64_t
    free: int64_t  # where what was not looked at yet begins
    opens: cython.bint
    place = cython.declare(_Place)
    cut_paragraphs(page)
    for number in range(page.paragraph_count):
        place.line = place.begin = free = page.begins[number]
        place.end = page.stops[number]
        while event < page.event_count and page.events[event] < place.end:
            place.stop = page.events[event]
            event += 1
            if place.stop < free or not page.flags[place.stop] & _STOP:
                continue
            place.close = _behind(page, place.stop + 1, place.end, _STOP)
            place.gap = _behind(page, place.close, place.end, _CLOSER)
            place.after = free = _behind(page, place.gap, place.end, _SPACE)
            if place.after < place.end and _ends_sentence(page, place):
                opens = _opens_quote(page, place)
                _add(batch, place.begin, place.close if opens else place.gap)
                place.begin = place.close if opens else place.after
        _add(batch, place.begin, place.end)
    return 0
