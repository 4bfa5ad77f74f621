"""The compiled splitting of texts into sentences: :mod:`dedup.text.sentences` says what is done
here.

A text is known by its code points and their traits; the loops jump from one remarkable code point
to the next. Rules stand in the order in which they are asked.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.arrays import I32, U32
from dedup.text.kernels import compiled, inlined
from dedup.text.tables import (
    Bool,
    Int,
    Known,
    Limits,
    Scratch,
    Tables,
    Trait,
    known_token,
    lower,
    phrases_there,
)

__all__ = ["cut_paragraphs", "cut_sentences"]

_SPACE, _BREAK, _STOP, _FULL_WIDTH = Trait.SPACE, Trait.BREAK, Trait.STOP, Trait.FULL_WIDTH
_CLOSER, _OPENER, _LOWER, _UPPER = Trait.CLOSER, Trait.OPENER, Trait.LOWER, Trait.UPPER
_TITLE, _DIGIT, _ALPHA, _ALNUM = Trait.TITLE, Trait.DIGIT, Trait.ALPHA, Trait.ALNUM
_DELIMITER, _NO_WRAP = Trait.DELIMITER, Trait.NO_WRAP
_KNOWN_TITLE, _PLAIN, _BEFORE_NUMBER = Known.TITLE, Known.PLAIN, Known.BEFORE_NUMBER
_ALSO_LOWER, _SOMETIMES, _STARTER = Known.ALSO_LOWER, Known.SOMETIMES, Known.STARTER
_VERSUS, _SPEECH = Known.VERSUS, Known.SPEECH

(_NEWLINE, _RETURN, _DOUBLE, _APOSTROPHE, _COMMA, _HYPHEN, _PERIOD, _SLASH, _COLON, _SEMICOLON) = (
    ord(c) for c in "\n\r\"',-./:;"
)
_PERCENT, _GREATER, _AT, _UNDERSCORE, _EXCLAMATION, _QUESTION = map(ord, "%>@_!?")
_CURLY, _CURLY_OPEN, _SINGLE_OPEN, _BULLET, _ELLIPSIS = map(ord, "’“‘•…")
_CAPITAL_A, _CAPITAL_Z, _SMALL_A, _SMALL_Z, _CAPITAL_I, _W = map(ord, "AZazIw")
_LONGEST_LIST_NUMBER = 3
"""Digits of a list's number at the head of its line."""


class _Place(NamedTuple):
    """Where full stops stand, as offsets into the text.

    ``line`` to ``end`` is the paragraph, ``begin`` the start of the sentence that they may end,
    ``stop`` to ``close`` the full stops, ``close`` to ``gap`` marks that close behind them, and
    ``after`` is the next code point that is no white space.
    """

    line: Int
    begin: Int
    stop: Int
    close: Int
    gap: Int
    after: Int
    end: Int


# --- paragraphs ---------------------------------------------------------------------------------


@inlined
def _line_breaks(codes: U32, flags: U32, start: Int, end: Int) -> Int:
    """Count the line breaks, carriage return and line feed together as one."""
    found, k = 0, start
    while k < end:
        if flags[k] & _BREAK:
            found += 1
            if codes[k] == _RETURN and k + 1 < end and codes[k + 1] == _NEWLINE:
                k += 1
        k += 1
    return found


@inlined
def _wraps(codes: U32, flags: U32, begin: Int, end: Int, limits: Limits) -> Bool:
    """Tell whether the last line of a paragraph may go on in the next line of the text."""
    size, k = 0, end
    while k > begin and size <= limits.wrap_max and not flags[k - 1] & _BREAK:
        k -= 1
        size += 1
    return limits.wrap_min <= size <= limits.wrap_max and not flags[end - 1] & _NO_WRAP


@compiled
def cut_paragraphs(length: Int, events: Int, scratch: Scratch, limits: Limits) -> Int:
    """Find the paragraphs: lines, hard-wrapped ones joined; how many there are."""
    codes, flags = scratch.codes, scratch.flags
    begins, stops = scratch.begins, scratch.stops
    line: Int = 0
    wrapped_from: Int = -1
    count = 0
    for number in range(events + 1):
        at = np.int64(scratch.events[number]) if number < events else length
        if number < events and not flags[at] & _BREAK:
            continue
        start, end = line, at
        line = at + 1
        while start < end and flags[start] & _SPACE:
            start += 1
        if start == end:
            continue
        while flags[end - 1] & _SPACE:
            end -= 1
        if (
            count > 0
            and start - wrapped_from <= limits.wrap_gap
            and flags[start] & _LOWER
            and _line_breaks(codes, flags, wrapped_from, start) == 1
            and _wraps(
                codes, flags, np.int64(begins[count - 1]), np.int64(stops[count - 1]), limits
            )
        ):
            stops[count - 1] = end
        else:
            begins[count] = start
            stops[count] = end
            count += 1
        wrapped_from = at
    return count


# --- words around a full stop -------------------------------------------------------------------


@inlined
def _behind(flags: U32, at: Int, end: Int, traits: int) -> Int:
    """Find where a run of code points with any of these traits ends."""
    while at < end and flags[at] & traits:
        at += 1
    return at


@inlined
def _behind_word(codes: U32, flags: U32, at: Int, end: Int, mark: int) -> Int:
    """Find where a word ends that may hold apostrophes, hyphens and one more mark."""
    while at < end and (
        flags[at] & _ALNUM
        or codes[at] == _UNDERSCORE
        or codes[at] == _CURLY
        or codes[at] == _APOSTROPHE
        or codes[at] == _HYPHEN
        or codes[at] == mark
    ):
        at += 1
    return at


@inlined
def _token_start(flags: U32, least: Int, stop: Int) -> Int:
    """Find where the token before a full stop begins."""
    while stop > least and not flags[stop - 1] & _DELIMITER:
        stop -= 1
    return stop


@inlined
def _next_known(codes: U32, flags: U32, place: _Place, tables: Tables) -> Int:
    """Look up the next word behind a full stop, its opening marks put aside."""
    end = min(place.end, place.after + tables.limits.look_back)
    start = _behind(flags, place.after, end, _OPENER | _SPACE)
    at = _behind(flags, start, end, _ALNUM)
    if at == start:
        return 0
    if at < end and (codes[at] == _APOSTROPHE or codes[at] == _CURLY):
        tail = at + 1
        while tail < end and _SMALL_A <= codes[tail] <= _SMALL_Z:
            tail += 1
        if tail > at + 1:
            at = tail
    return known_token(codes, start, at, tables.tokens)


@inlined
def _is_speech(codes: U32, flags: U32, place: _Place, tables: Tables) -> Bool:
    """Tell whether an attribution comes next: up to four capitalised words and a verb."""
    at, length, names = place.after, place.end, 0
    while names < tables.limits.speakers and at < length and _CAPITAL_A <= codes[at] <= _CAPITAL_Z:
        at = _behind_word(codes, flags, at, length, _PERIOD)
        if at >= length or not flags[at] & _SPACE:
            return False
        at = _behind(flags, at, length, _SPACE)
        names += 1
    end = at
    while end < length and _SMALL_A <= codes[end] <= _SMALL_Z:
        end += 1
    if names == 0 or (end < length and (flags[end] & _ALNUM or codes[end] == _UNDERSCORE)):
        return False
    return known_token(codes, at, end, tables.tokens) & _SPEECH != 0


# --- a full stop without white space behind it --------------------------------------------------


@inlined
def _is_address(codes: U32, start: Int, stop: Int) -> Bool:
    """Tell whether the token before a full stop is part of a link or an address."""
    for k in range(start, stop):
        code = codes[k]
        if code == _AT or code == _PERIOD or code == _COLON:
            return True
        if code == _W and k + 2 < stop and codes[k + 1] == _W and codes[k + 2] == _W:
            return True
    return False


@inlined
def _begins_address(codes: U32, flags: U32, after: Int, end: Int) -> Bool:
    """Tell whether the token behind a full stop is part of a link or an address."""
    at = _behind_word(codes, flags, after, end, _HYPHEN)
    if at < end and codes[at] == _GREATER:
        return True
    return bool(
        at + 1 < end
        and (codes[at] == _PERIOD or codes[at] == _AT or codes[at] == _SLASH)
        and (flags[at + 1] & _ALNUM or codes[at + 1] == _UNDERSCORE)
    )


@inlined
def _ends_in_small(flags: U32, start: Int, stop: Int) -> Bool:
    """Tell whether a token has three code points or more, the last two in small letters."""
    if stop - start <= 2:
        return False
    pair = flags[stop - 1] | flags[stop - 2]
    return bool(not pair & (_UPPER | _TITLE) and pair & _LOWER)


@inlined
def _glued_ends(codes: U32, flags: U32, place: _Place, tables: Tables) -> Bool:
    """Decide at a full stop that lost its white space: ``fell.Then``."""
    stop, after, end = place.stop, place.after, place.end
    capital = flags[after] & _UPPER != 0
    if codes[stop] == _ELLIPSIS:
        return bool(capital)
    if not capital or after + 1 >= end or not flags[after + 1] & _LOWER:
        return False
    start = _token_start(flags, max(0, stop - tables.limits.look_back), stop)
    if _is_address(codes, start, stop) or _begins_address(codes, flags, after, end):
        return False
    while stop > start and flags[stop - 1] & _CLOSER:
        stop -= 1
    if not _ends_in_small(flags, start, stop):
        return False
    return known_token(codes, start, stop, tables.tokens) & _KNOWN_TITLE == 0


# --- a period before white space ----------------------------------------------------------------


@inlined
def _is_dotted(codes: U32, start: Int, end: Int) -> Bool:
    """Tell whether a token is letters with a period between any two."""
    if end - start < 3 or (end - start) % 2 == 0:
        return False
    for k in range(start, end):
        code = lower(np.int64(codes[k]))
        if (k - start) % 2:
            if code != _PERIOD:
                return False
        elif not _SMALL_A <= code <= _SMALL_Z:
            return False
    return True


@inlined
def _is_list_number(flags: U32, start: Int, stop: Int) -> Bool:
    if not 0 < stop - start <= _LONGEST_LIST_NUMBER:
        return False
    return _behind(flags, start, stop, _DIGIT) == stop


@inlined
def _is_initial(codes: U32, flags: U32, start: Int, stop: Int) -> Bool:
    capital = flags[start] & _UPPER and flags[start] & _ALPHA
    return bool(stop - start == 1 and capital and codes[start] != _CAPITAL_I)


@inlined
def _is_in_one_case(flags: U32, start: Int, stop: Int) -> Bool:
    """Tell whether a token is all in capitals or all in small letters."""
    found = np.uint32(0)
    for k in range(start, stop):
        found |= flags[k]
    return bool(found & _LOWER) != bool(found & _UPPER)


@inlined
def _abbreviation_ends(
    codes: U32, flags: U32, place: _Place, start: Int, known: Int, tables: Tables
) -> Bool:
    """Decide at the period of a token that may be an abbreviation."""
    capital = flags[start] & _UPPER
    numbered = known & _BEFORE_NUMBER and (capital or known & _ALSO_LOWER)
    if not numbered and not known & _SOMETIMES and not _is_dotted(codes, start, place.stop):
        return True
    if not numbered and known & _PLAIN and _is_in_one_case(flags, start, place.stop):
        return True
    starter = _next_known(codes, flags, place, tables) & _STARTER != 0
    if numbered:
        return not flags[place.after] & _DIGIT and (starter or known & _PLAIN != 0)
    code = codes[place.after]
    opened = code == _CURLY_OPEN or code == _DOUBLE or code == _SINGLE_OPEN
    return starter or opened or code == _BULLET


@inlined
def _period_ends(codes: U32, flags: U32, place: _Place, tables: Tables) -> Bool:
    """Decide at a single period before white space and something that is not lower case."""
    stop = place.stop
    start = _token_start(flags, max(place.begin, stop - tables.limits.look_back), stop)
    while start < stop and (
        codes[start] == _APOSTROPHE or codes[start] == _CURLY or codes[start] == _HYPHEN
    ):
        start += 1
    known = known_token(codes, start, stop, tables.tokens)
    if start == stop or (place.gap > place.close and not known & _KNOWN_TITLE):
        return True
    if start == place.line and _is_list_number(flags, start, stop):
        return False
    if _is_initial(codes, flags, start, stop):
        return False
    capital = flags[start] & _UPPER
    if known & _KNOWN_TITLE and not known & _PLAIN and (capital or known & _VERSUS):
        return False
    return _abbreviation_ends(codes, flags, place, start, known, tables)


# --- sentences ----------------------------------------------------------------------------------


@inlined
def _goes_on(codes: U32, flags: U32, place: _Place) -> Bool:
    """Tell whether what stands behind a full stop begins no sentence."""
    code = codes[place.after]
    return bool(
        flags[place.after] & _LOWER
        or code == _COMMA
        or code == _SEMICOLON
        or code == _COLON
        or code == _PERCENT
        or code == _ELLIPSIS
        or (code == _PERIOD and _is_period(codes, place))
    )


@inlined
def _is_period(codes: U32, place: _Place) -> Bool:
    """Tell whether the full stops are a single period."""
    return place.close - place.stop == 1 and codes[place.stop] == _PERIOD


@inlined
def _is_ellipsis(codes: U32, place: _Place) -> Bool:
    for k in range(place.stop, place.close):
        if codes[k] != _PERIOD and codes[k] != _ELLIPSIS:
            return False
    return True


@inlined
def _ends_sentence(codes: U32, flags: U32, place: _Place, tables: Tables) -> Bool:
    """Decide whether a sentence ends at full stops."""
    last, closed = codes[place.close - 1], place.gap > place.close
    if flags[place.close - 1] & _FULL_WIDTH:
        return True
    if place.gap == place.after:
        return _glued_ends(codes, flags, place, tables)
    if phrases_there(codes, place.after, place.end, tables.links):
        return True
    if _goes_on(codes, flags, place):
        return False
    asked = closed and (last == _EXCLAMATION or last == _QUESTION)
    if asked and _is_speech(codes, flags, place, tables):
        return False
    if _is_period(codes, place):
        return _period_ends(codes, flags, place, tables)
    if closed or not _is_ellipsis(codes, place):
        return True
    if place.stop == 0 or not flags[place.stop - 1] & _SPACE:
        return True
    return _next_known(codes, flags, place, tables) & _STARTER != 0


@inlined
def _opens_quote(codes: U32, place: _Place) -> Bool:
    """Tell whether a straight quotation mark glued between two sentences opens the second."""
    if place.gap != place.after or place.gap - place.close != 1 or codes[place.close] != _DOUBLE:
        return False
    even = True
    for k in range(place.begin, place.close):
        if codes[k] == _DOUBLE:
            even = not even
    return even


@compiled
def cut_sentences(
    events: Int, paragraphs: Int, scratch: Scratch, tables: Tables, found: I32
) -> Int:
    """Find the sentences, start and end into the first columns of ``found``; how many there are."""
    codes, flags = scratch.codes, scratch.flags
    count, event = 0, 0
    for number in range(paragraphs):
        line, end = np.int64(scratch.begins[number]), np.int64(scratch.stops[number])
        begin: Int = line
        free: Int = line  # where what was not looked at yet begins
        while event < events and scratch.events[event] < end:
            stop = np.int64(scratch.events[event])
            event += 1
            if stop < free or not flags[stop] & _STOP:
                continue
            close = _behind(flags, stop + 1, end, _STOP)
            gap = _behind(flags, close, end, _CLOSER)
            after = free = _behind(flags, gap, end, _SPACE)
            if after == end:
                continue
            place = _Place(line, begin, stop, close, gap, after, end)
            if _ends_sentence(codes, flags, place, tables):
                opens = _opens_quote(codes, place)
                found[count, 0], found[count, 1] = begin, close if opens else gap
                begin = close if opens else after
                count += 1
        found[count, 0], found[count, 1] = begin, end
        count += 1
    return count
