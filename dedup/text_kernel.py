"""The compiled reading of many texts: words, sentences, and the marks of each word.

Arrays in, arrays out, as in :mod:`dedup.kernels`. The definitions stand in
:mod:`dedup.sentences`, :mod:`dedup.text` and :mod:`dedup.document`; their character sets, words and
limits come in as :class:`Tables`, so that they are written down once and a compiled loop kept on
disk never holds old ones. A text is decoded to code points, each is looked up once, and all that
follows jumps from one remarkable code point (an *event*) to the next.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.kernels import CLASS_BITS, LETTER, SEPARATOR, SINGLE, _decode, compiled, inlined

__all__ = [
    "Clue",
    "Known",
    "Limits",
    "Reading",
    "Tables",
    "Trait",
    "key_of",
    "place_of",
    "read_marks",
]

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Int = int | np.int64
Bool = bool | np.bool_


class Trait:
    """What a code point is, as flags above its class (the lowest three bits, see ``kernels``)."""

    SPACE = 1 << 3
    BREAK = 1 << 4
    """Ends a line."""
    STOP = 1 << 5
    FULL_WIDTH = 1 << 6
    """A full stop of a script that sets no white space behind it."""
    CLOSER = 1 << 7
    OPENER = 1 << 8
    LOWER = 1 << 9
    UPPER = 1 << 10
    TITLE = 1 << 11
    """A capital followed by a small letter, in one code point."""
    DIGIT = 1 << 12
    ALPHA = 1 << 13
    ALNUM = 1 << 14
    DELIMITER = 1 << 15
    """Ends the look back for the token before a full stop."""
    BEFORE_NAME = 1 << 16
    """A quotation mark; what follows is capitalised for that."""
    QUOTATION = 1 << 17
    """Begins a quotation."""
    BEFORE_QUOTATION = 1 << 18
    """What a straight quotation mark stands behind when it begins a quotation."""
    NO_WRAP = 1 << 19
    """Ends a line that no hard-wrapped one goes on from."""
    PROSE_END = 1 << 20
    """Ends a paragraph of prose."""
    SPEECH = 1 << 21
    """Opens a sentence that is quoted speech and no furniture."""
    PHRASE = 1 << 22
    """Begins a phrase that only furniture holds."""
    QUOTATION_END = 1 << 23
    """Ends a quotation."""


class Known:
    """What is known of a word by its letters, as flags."""

    TITLE = 1
    PLAIN = 1 << 1
    BEFORE_NUMBER = 1 << 2
    ALSO_LOWER = 1 << 3
    SOMETIMES = 1 << 4
    STARTER = 1 << 5
    VERSUS = 1 << 6
    SPEECH = 1 << 7
    NUMBER = 1 << 8
    """A number word."""
    FIRST_OF_LINE = 1 << 9
    """Rules for whole paragraphs look at those it begins."""
    FIRST_OF_BLOCK = 1 << 10
    """Rules for the beginning of a paragraph do."""
    FIRST_OF_SENTENCE = 1 << 11
    FIRST_OF_TWO = 1 << 12
    """Rules for sentences do if a word with ``SECOND_OF_TWO`` follows."""
    SECOND_OF_TWO = 1 << 13
    LAST_OF_LINE = 1 << 14
    """Rules for paragraphs look at those it ends."""
    LAST_OF_BLOCK = 1 << 15
    LAST_OF_SENTENCE = 1 << 16


class Clue:
    """Which rules for furniture may match somewhere in a text, as flags; 0 for most texts."""

    UNKNOWN = 1
    """It holds a code point that the table lacks; nothing else is said then."""
    OTHER_WORDS = 2
    """The words that came with it are not its own."""
    PHRASE = 4
    INSET = 8
    MENU = 16
    CAPITALS = 32
    REPEATED = 64
    TRIED = 128
    """A sentence or paragraph is to be tried by rule."""


class Limits(NamedTuple):
    """The limits that rules set, as their definitions have them."""

    look_back: int
    wrap_min: int
    wrap_max: int
    wrap_gap: int
    speakers: int
    longest_line: int
    shortest_menu: int
    longest_entry: int
    headlines_above: int
    shortest_headline: int
    longest_headline: int
    long_sentence: int
    headline: float
    shortest_name: int
    zero: int
    """What is known of a number at the edge of a paragraph."""
    bracket: int
    """What is known of the word before a closing bracket."""


class Tables(NamedTuple):
    """What the loops look up.

    ``traits`` u32[0x110000]; a hash table of abbreviations and the like, ``token_keys`` u64 and
    ``token_flags`` u32, and one of word ids; ``numbers`` bool[2^NUMBER_BITS], whether the id of
    some number word begins with these bits, as few other words do; ``links`` and ``phrases`` u32,
    the code points of each phrase after their number and the clue they are, end to end.
    """

    traits: U32
    token_keys: U64
    token_flags: U32
    word_keys: U64
    word_flags: U32
    numbers: NDArray[np.bool_]
    links: U32
    phrases: U32
    limits: Limits


class Reading(NamedTuple):
    """What was read.

    One entry a word: ``marks`` u8, ``starts`` and ``ends`` i32, offsets into the text. One a
    sentence: ``sentences`` i32[m, 3], start, end and first word, and ``tries`` u8, flags
    ``OPENS``, ``TRY_PARAGRAPH`` and ``TRY_SENTENCE``. One a text: ``offsets`` i64[n + 1] into the
    sentences and ``clues`` u8, flags of :class:`Clue`.
    """

    marks: U8
    starts: I32
    ends: I32
    sentences: I32
    tries: U8
    offsets: I64
    clues: U8


OPENS, TRY_PARAGRAPH, TRY_SENTENCE = 1, 2, 4
NUMBER, NAME, QUOTED, SENTENCE = 1, 2, 4, 16
"""Flags of :class:`dedup.document.Mark`."""
_OPENS_RUN = 8
"""Beside the class of the open word: a word opens here."""
_SPACE, _BREAK, _STOP, _FULL_WIDTH = Trait.SPACE, Trait.BREAK, Trait.STOP, Trait.FULL_WIDTH
_CLOSER, _OPENER, _LOWER, _UPPER = Trait.CLOSER, Trait.OPENER, Trait.LOWER, Trait.UPPER
_TITLE, _DIGIT, _ALPHA, _ALNUM = Trait.TITLE, Trait.DIGIT, Trait.ALPHA, Trait.ALNUM
_DELIMITER, _BEFORE_NAME, _QUOTATION = Trait.DELIMITER, Trait.BEFORE_NAME, Trait.QUOTATION
_BEFORE_QUOTATION, _NO_WRAP = Trait.BEFORE_QUOTATION, Trait.NO_WRAP
_PROSE_END, _SPEECH_OPENER, _PHRASE = Trait.PROSE_END, Trait.SPEECH, Trait.PHRASE
_EVENT = _BREAK | _STOP | _DIGIT | _QUOTATION | Trait.QUOTATION_END | _PHRASE
_K_TITLE, _K_PLAIN, _K_BEFORE_NUMBER = Known.TITLE, Known.PLAIN, Known.BEFORE_NUMBER
_K_ALSO_LOWER, _K_SOMETIMES, _K_STARTER = Known.ALSO_LOWER, Known.SOMETIMES, Known.STARTER
_K_VERSUS, _K_SPEECH, _K_NUMBER = Known.VERSUS, Known.SPEECH, Known.NUMBER
_K_LINE = Known.FIRST_OF_LINE | Known.FIRST_OF_BLOCK
_K_BLOCK, _K_SENTENCE = Known.FIRST_OF_BLOCK, Known.FIRST_OF_SENTENCE
_K_TWO, _K_SECOND = Known.FIRST_OF_TWO, Known.SECOND_OF_TWO
_K_LAST_LINE = Known.LAST_OF_LINE | Known.LAST_OF_BLOCK
_K_LAST_BLOCK, _K_LAST_SENTENCE = Known.LAST_OF_BLOCK, Known.LAST_OF_SENTENCE
_C_UNKNOWN, _C_OTHER_WORDS, _C_TRIED = Clue.UNKNOWN, Clue.OTHER_WORDS, Clue.TRIED
_C_MENU, _C_CAPITALS, _C_REPEATED = Clue.MENU, Clue.CAPITALS, Clue.REPEATED

(_NEWLINE, _RETURN, _DOUBLE, _APOSTROPHE, _COMMA, _HYPHEN, _PERIOD, _SLASH, _COLON, _SEMICOLON) = (
    ord(c) for c in "\n\r\"',-./:;"
)
_PERCENT, _BRACKET, _GREATER, _AT, _UNDERSCORE, _EXCLAMATION, _QUESTION = map(ord, "%)>@_!?")
_CURLY, _CURLY_OPEN, _CURLY_CLOSED, _LOW, _GUILLEMET, _GUILLEMET_CLOSED = map(ord, "’“”„«»")
_SINGLE_OPEN, _BULLET, _ELLIPSIS = map(ord, "‘•…")
_CAPITAL_A, _CAPITAL_Z, _SMALL_A, _SMALL_Z, _CAPITAL_I, _W = map(ord, "AZazIw")
_KELVIN = 0x212A
"""The one code point beyond ASCII whose lower case is an ASCII letter: k."""
_TO_LOWER = 32

_HASH_BASE = np.uint64(0x100000001B3)
_HASH_START = np.uint64(0xCBF29CE484222325)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_PLACE_SHIFT = np.uint64(40)
NUMBER_BITS = 12
_FILTER_SHIFT = np.uint32(32 - NUMBER_BITS)
_WIDTH = 1 << 64


class _Scratch(NamedTuple):
    """Room for what is known of one text while it is read."""

    codes: U32
    flags: U32
    events: I32
    words_before: I32
    edges: I32
    begins: I32
    stops: I32


# --- looking up ---------------------------------------------------------------------------------


def key_of(token: str) -> int:
    """Give the key of a token in lower case among ``token_keys``: FNV-1a over code points."""
    key = int(_HASH_START)
    for char in token:
        key = (key ^ ord(char)) * int(_HASH_BASE) % _WIDTH
    return key


def place_of(key: int, size: int) -> int:
    """Give the first place to look for a key in a table of ``size`` places, a power of two."""
    return (key * int(_SPREAD) % _WIDTH >> int(_PLACE_SHIFT)) % size


@inlined
def _look_up(keys: U64, flags: U32, key: np.uint64) -> Int:
    """Find the flags of a key in a hash table with free places (0); 0 for one not there."""
    last = np.uint64(keys.size - 1)
    at = ((key * _SPREAD) >> _PLACE_SHIFT) & last
    while keys[at] != 0:
        if keys[at] == key:
            return np.int64(flags[at])
        at = (at + np.uint64(1)) & last
    return 0


@inlined
def _lower(code: Int) -> Int:
    if _CAPITAL_A <= code <= _CAPITAL_Z:
        return code + _TO_LOWER
    return np.int64(_SMALL_A + 10) if code == _KELVIN else code


@inlined
def _known(codes: U32, start: Int, end: Int, tables: Tables) -> Int:
    """Look up a token by its code points in lower case, ’ as '."""
    key = _HASH_START
    for k in range(start, end):
        code = _lower(np.int64(codes[k]))
        if code == _CURLY:
            code = np.int64(_APOSTROPHE)
        key = (key ^ np.uint64(code)) * _HASH_BASE
    return _look_up(tables.token_keys, tables.token_flags, key)


# --- code points, words -------------------------------------------------------------------------


@compiled
def _decode_text(source: U8, at: Int, end: Int, traits: U32, scratch: _Scratch) -> tuple[Int, Bool]:
    """Decode a text and look its code points up; how many there are, and whether all are known."""
    codes, flags = scratch.codes, scratch.flags
    count, place, stop, known = np.uint64(0), np.uint64(at), np.uint64(end), True
    while place < stop:
        code = np.uint32(source[place])
        if code < 128:
            place += np.uint64(1)
        else:
            code, place = _decode(source, place)
        found = traits[code]
        known &= found != 0
        codes[count] = code
        flags[count] = found
        count += np.uint64(1)
    return np.int64(count), known


@compiled
def _cut_words(length: Int, scratch: _Scratch, marks: U8) -> tuple[Int, Int]:
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
                marks[(edge - np.uint64(1)) >> np.uint64(1)] |= NUMBER
            events[count] = k
            words_before[count] = (edge + np.uint64(1)) >> np.uint64(1)
            count += np.uint64(1)
    if inside != 0:
        edges[edge] = length
        edge += np.uint64(1)
    return np.int64(edge >> np.uint64(1)), np.int64(count)


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
def _cut_paragraphs(length: Int, events: Int, scratch: _Scratch, limits: Limits) -> Int:
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


# --- sentences ----------------------------------------------------------------------------------


@inlined
def _next_known(codes: U32, flags: U32, after: Int, length: Int, tables: Tables) -> Int:
    """Look up the next word behind a full stop, its opening marks put aside."""
    end = min(length, after + tables.limits.look_back)
    start = after
    while start < end and flags[start] & (_OPENER | _SPACE):
        start += 1
    at = start
    while at < end and flags[at] & _ALNUM:
        at += 1
    if at == start:
        return 0
    if at < end and (codes[at] == _APOSTROPHE or codes[at] == _CURLY):
        tail = at + 1
        while tail < end and _SMALL_A <= codes[tail] <= _SMALL_Z:
            tail += 1
        if tail > at + 1:
            at = tail
    return _known(codes, start, at, tables)


@inlined
def _token_start(flags: U32, least: Int, stop: Int) -> Int:
    """Find where the token before a full stop begins."""
    while stop > least and not flags[stop - 1] & _DELIMITER:
        stop -= 1
    return stop


@inlined
def _is_there(codes: U32, at: Int, length: Int, wanted: U32, start: Int, end: Int) -> Bool:
    """Tell whether the letters ``wanted[start:end]`` stand there."""
    if at + end - start > length:
        return False
    k = start
    while k < end and codes[at + k - start] == wanted[k]:
        k += 1
    return k == end


@inlined
def _phrases_there(codes: U32, at: Int, length: Int, phrases: U32) -> Int:
    """Tell which phrases stand there: their clues together."""
    clues: Int = 0
    place: Int = 0
    while place < phrases.size:
        start, end = place + 2, place + 2 + np.int64(phrases[place])
        if codes[at] == phrases[start] and _is_there(codes, at, length, phrases, start, end):
            clues |= np.int64(phrases[place + 1])
        place = end
    return clues


@inlined
def _is_speech(codes: U32, flags: U32, at: Int, length: Int, tables: Tables) -> Bool:
    """Tell whether an attribution stands there: up to four capitalised words and a verb."""
    names = 0
    while names < tables.limits.speakers and at < length and _CAPITAL_A <= codes[at] <= _CAPITAL_Z:
        while at < length and (
            flags[at] & _ALNUM
            or codes[at] == _UNDERSCORE
            or codes[at] == _PERIOD
            or codes[at] == _CURLY
            or codes[at] == _APOSTROPHE
            or codes[at] == _HYPHEN
        ):
            at += 1
        if at >= length or not flags[at] & _SPACE:
            return False
        while at < length and flags[at] & _SPACE:
            at += 1
        names += 1
    end = at
    while end < length and _SMALL_A <= codes[end] <= _SMALL_Z:
        end += 1
    if names == 0 or (end < length and (flags[end] & _ALNUM or codes[end] == _UNDERSCORE)):
        return False
    return _known(codes, at, end, tables) & _K_SPEECH != 0


@inlined
def _glued(codes: U32, flags: U32, stop: Int, after: Int, length: Int, tables: Tables) -> Bool:
    """Tell whether a full stop without white space behind it ends a sentence."""
    capital = flags[after] & _UPPER != 0
    if codes[stop] == _ELLIPSIS:
        return bool(capital)
    if not capital or after + 1 >= length or not flags[after + 1] & _LOWER:
        return False
    start = _token_start(flags, max(0, stop - tables.limits.look_back), stop)
    for k in range(start, stop):
        code = codes[k]
        if code == _AT or code == _PERIOD or code == _COLON:
            return False
        if code == _W and k + 2 < stop and codes[k + 1] == _W and codes[k + 2] == _W:
            return False
    at = after
    while at < length and (
        flags[at] & _ALNUM
        or codes[at] == _UNDERSCORE
        or codes[at] == _CURLY
        or codes[at] == _APOSTROPHE
        or codes[at] == _HYPHEN
    ):
        at += 1
    if at < length and codes[at] == _GREATER:
        return False
    if (
        at + 1 < length
        and (codes[at] == _PERIOD or codes[at] == _AT or codes[at] == _SLASH)
        and (flags[at + 1] & _ALNUM or codes[at + 1] == _UNDERSCORE)
    ):
        return False
    while stop > start and flags[stop - 1] & _CLOSER:
        stop -= 1
    if stop - start <= 2:
        return False
    pair = flags[stop - 1] | flags[stop - 2]
    if pair & (_UPPER | _TITLE) or not pair & _LOWER:
        return False
    return _known(codes, start, stop, tables) & _K_TITLE == 0


@inlined
def _dotted(codes: U32, start: Int, end: Int) -> Bool:
    """Tell whether a token is letters with a period between any two."""
    if end - start < 3 or (end - start) % 2 == 0:
        return False
    for k in range(start, end):
        code = _lower(np.int64(codes[k]))
        if (k - start) % 2:
            if code != _PERIOD:
                return False
        elif not _SMALL_A <= code <= _SMALL_Z:
            return False
    return True


@inlined
def _all_flags(flags: U32, start: Int, end: Int) -> Int:
    found = np.uint32(0)
    for k in range(start, end):
        found |= flags[k]
    return np.int64(found)


@inlined
def _is_list_number(flags: U32, start: Int, stop: Int, paragraph: Int) -> Bool:
    if start != paragraph or not 0 < stop - start <= 3:
        return False
    while start < stop and flags[start] & _DIGIT:
        start += 1
    return start == stop


@inlined
def _period_ends(
    scratch: _Scratch,
    begin: Int,
    stop: Int,
    after: Int,
    closed: Bool,
    paragraph: Int,
    length: Int,
    tables: Tables,
) -> Bool:
    """Decide at a single period before white space and something that is not lower case."""
    codes, flags = scratch.codes, scratch.flags
    start = _token_start(flags, max(begin, stop - tables.limits.look_back), stop)
    while start < stop and (
        codes[start] == _APOSTROPHE or codes[start] == _CURLY or codes[start] == _HYPHEN
    ):
        start += 1
    known = _known(codes, start, stop, tables)
    if closed and not known & _K_TITLE:
        return True
    if start == stop:
        return True
    if _is_list_number(flags, start, stop, paragraph):
        return False
    capital = flags[start] & _UPPER
    if stop - start == 1 and capital and flags[start] & _ALPHA and codes[start] != _CAPITAL_I:
        return False
    if known & _K_TITLE and not known & _K_PLAIN and (capital or known & _K_VERSUS):
        return False
    numbered = known & _K_BEFORE_NUMBER and (capital or known & _K_ALSO_LOWER)
    if not numbered and not known & _K_SOMETIMES and not _dotted(codes, start, stop):
        return True
    if not numbered and known & _K_PLAIN:
        cases = _all_flags(flags, start, stop)
        if (cases & _LOWER != 0) != (cases & _UPPER != 0):
            return True
    starter = _next_known(codes, flags, after, length, tables) & _K_STARTER != 0
    if numbered:
        return not flags[after] & _DIGIT and (starter or known & _K_PLAIN != 0)
    code = codes[after]
    return (
        starter or code == _CURLY_OPEN or code == _DOUBLE or code == _SINGLE_OPEN or code == _BULLET
    )


@inlined
def _is_boundary(
    scratch: _Scratch,
    begin: Int,
    stop: Int,
    close: Int,
    gap: Int,
    after: Int,
    paragraph: Int,
    length: Int,
    tables: Tables,
) -> Bool:
    """Decide whether the sentence ends at the full stops ``stop`` to ``close``."""
    codes, flags = scratch.codes, scratch.flags
    last = codes[close - 1]
    if flags[close - 1] & _FULL_WIDTH:
        return True
    if gap == after:
        return _glued(codes, flags, stop, after, length, tables)
    if _phrases_there(codes, after, length, tables.links):
        return True
    single = close - stop == 1 and last == _PERIOD
    code = codes[after]
    if (
        flags[after] & _LOWER
        or code == _COMMA
        or code == _SEMICOLON
        or code == _COLON
        or code == _PERCENT
        or code == _ELLIPSIS
        or (code == _PERIOD and single)
    ):
        return False
    closed = gap > close
    if (
        closed
        and (last == _EXCLAMATION or last == _QUESTION)
        and _is_speech(codes, flags, after, length, tables)
    ):
        return False
    if single:
        return _period_ends(scratch, begin, stop, after, closed, paragraph, length, tables)
    for k in range(stop, close):
        if codes[k] != _PERIOD and codes[k] != _ELLIPSIS:
            return True
    if closed or stop == 0 or not flags[stop - 1] & _SPACE:
        return True
    return _next_known(codes, flags, after, length, tables) & _K_STARTER != 0


@inlined
def _opens_quote(codes: U32, begin: Int, close: Int, gap: Int) -> Bool:
    """Tell whether a straight quotation mark glued between two sentences opens the second."""
    if gap - close != 1 or codes[close] != _DOUBLE:
        return False
    even = True
    for k in range(begin, close):
        if codes[k] == _DOUBLE:
            even = not even
    return even


@compiled
def _cut_sentences(
    length: Int, events: Int, paragraphs: Int, scratch: _Scratch, tables: Tables, found: I32
) -> Int:
    """Find the sentences, start and end into the first columns of ``found``; how many there are."""
    codes, flags = scratch.codes, scratch.flags
    count, event = 0, 0
    for number in range(paragraphs):
        start, end = np.int64(scratch.begins[number]), np.int64(scratch.stops[number])
        begin, free = start, start  # of the sentence; of what was not looked at yet
        while event < events and scratch.events[event] < end:
            stop = np.int64(scratch.events[event])
            event += 1
            if stop < free or not flags[stop] & _STOP:
                continue
            close = stop + 1
            while close < end and flags[close] & _STOP:
                close += 1
            gap = close
            while gap < end and flags[gap] & _CLOSER:
                gap += 1
            after = gap
            while after < end and flags[after] & _SPACE:
                after += 1
            free = after
            if after == end:
                continue
            if _is_boundary(scratch, begin, stop, close, gap, after, start, end, tables):
                found[count, 0] = begin
                if gap == after and _opens_quote(codes, begin, close, gap):
                    found[count, 1] = close
                    begin = close
                else:
                    found[count, 1] = gap
                    begin = after
                count += 1
        found[count, 0] = begin
        found[count, 1] = end
        count += 1
    return count


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
def _mark_quoted(length: Int, events: Int, words: Int, scratch: _Scratch, marks: U8) -> None:
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
                marks[word] |= QUOTED
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
def _mark_names(first: Int, end: Int, scratch: _Scratch, limits: Limits, marks: U8) -> None:
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
            marks[word] |= NAME


@compiled
def _mark_sentences(
    count: Int,
    words: Int,
    ids: U32,
    scratch: _Scratch,
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
            marks[first] |= SENTENCE
            _mark_names(first, end, scratch, tables.limits, marks)
    for word in range(words):
        at = ids[word] >> _FILTER_SHIFT
        if tables.numbers[at] and (
            _look_up(tables.word_keys, tables.word_flags, np.uint64(ids[word])) & _K_NUMBER
        ):
            marks[word] |= NUMBER


# --- furniture ----------------------------------------------------------------------------------


@compiled
def _phrase_clues(length: Int, events: Int, scratch: _Scratch, phrases: U32) -> Int:
    """Tell which phrases of furniture stand anywhere in a text."""
    codes, flags = scratch.codes, scratch.flags
    clues: Int = 0
    for number in range(events):
        at = np.int64(scratch.events[number])
        if flags[at] & _PHRASE:
            clues |= _phrases_there(codes, at, length, phrases)
    return clues


@inlined
def _edge(word: Int, ids: U32, marks: U8, tables: Tables) -> Int:
    """Tell what is known of a word at the edge of a sentence; a number is known as ``0`` too."""
    known = _look_up(tables.word_keys, tables.word_flags, np.uint64(ids[word]))
    if marks[word] & NUMBER:
        known |= tables.limits.zero
    return known


@inlined
def _worth_trying(first: Int, end: Int, ids: U32, tables: Tables) -> Bool:
    """Tell whether a rule for sentences looks at one that holds these words."""
    if first == end:
        return True
    known = _look_up(tables.word_keys, tables.word_flags, np.uint64(ids[first]))
    if known & _K_SENTENCE:
        return True
    if known & _K_TWO and first + 1 < end:
        second = _look_up(tables.word_keys, tables.word_flags, np.uint64(ids[first + 1]))
        if second & _K_SECOND:
            return True
    last = _look_up(tables.word_keys, tables.word_flags, np.uint64(ids[end - 1]))
    return last & _K_LAST_SENTENCE != 0


@inlined
def _paragraph_worth_trying(
    size: Int, first: Int, end: Int, bracket: Bool, ids: U32, marks: U8, tables: Tables
) -> Bool:
    """Tell whether a rule for paragraphs looks at one of ``size`` characters."""
    if first == end:
        return True
    short = size <= tables.limits.longest_line
    head, tail = _edge(first, ids, marks, tables), _edge(end - 1, ids, marks, tables)
    if bracket:
        tail |= tables.limits.bracket
    if short and (head & _K_LINE or tail & _K_LAST_LINE):
        return True
    return head & _K_BLOCK != 0 or tail & _K_LAST_BLOCK != 0


@inlined
def _is_entry(start: Int, end: Int, size: Int, flags: U32, limits: Limits) -> Bool:
    """Tell whether a line may be an entry of a menu."""
    return (
        0 < size <= limits.longest_entry
        and flags[start] & _UPPER != 0
        and flags[end - 1] & _ALPHA != 0
    )


@inlined
def _in_capitals(start: Int, end: Int, flags: U32) -> Bool:
    upper = False
    for k in range(start, end):
        if flags[k] & _UPPER:
            upper = True
        elif flags[k] & (_LOWER | _TITLE):
            return False
    return upper


@compiled
def _try_paragraphs(
    count: Int,
    words: Int,
    ids: U32,
    scratch: _Scratch,
    tables: Tables,
    found: I32,
    marks: U8,
    tries: U8,
) -> Int:
    """Flag the paragraphs and sentences that rules look at; the clues to others."""
    codes, flags, limits = scratch.codes, scratch.flags, tables.limits
    clues, opened, number, entries = 0, 0, 0, 0
    for at in range(count):
        tries[at] = 0
        start, first = np.int64(found[at, 0]), np.int64(found[at, 2])
        end = np.int64(found[at + 1, 2]) if at + 1 < count else words
        spoken = first < end and flags[start] & _SPEECH_OPENER != 0
        if not spoken and _worth_trying(first, end, ids, tables):
            tries[at] = TRY_SENTENCE
            clues |= _C_TRIED
        closes = at + 1 == count
        if not closes:
            for k in range(found[at, 1], found[at + 1, 0]):
                if flags[k] & _BREAK:
                    closes = True
        if not closes:
            continue
        tries[opened] |= OPENS
        begin, first = np.int64(found[opened, 0]), np.int64(found[opened, 2])
        stop, size = np.int64(found[at, 1]), end - first
        bracket = codes[stop - 1] == _BRACKET
        if (first == end or not flags[begin] & _SPEECH_OPENER) and _paragraph_worth_trying(
            stop - begin, first, end, bracket, ids, marks, tables
        ):
            tries[opened] |= TRY_PARAGRAPH
            clues |= _C_TRIED
        if opened == at and _is_entry(begin, stop, size, flags, limits):
            entries += 1
            if entries >= limits.shortest_menu:
                clues |= _C_MENU
        else:
            entries = 0
        if (
            number >= limits.headlines_above
            and limits.shortest_headline <= size <= limits.longest_headline
            and not flags[stop - 1] & _PROSE_END
            and _in_capitals(begin, stop, flags)
        ):
            clues |= _C_CAPITALS
        opened = at + 1
        number += 1
    return clues


@compiled
def _repeats(row: Int, count: Int, words: Int, ids: U32, least: Int, found: I32, seen: U64) -> Bool:
    """Tell whether two long sentences of a text have the same words.

    ``seen`` u64 is a hash table for all texts, large enough; a sum begins with the text's number.
    """
    last = np.uint64(seen.size - 1)
    for at in range(count):
        first = np.int64(found[at, 2])
        end = np.int64(found[at + 1, 2]) if at + 1 < count else words
        if end - first < least:
            continue
        key = np.uint64(row + 1) * _SPREAD
        for word in range(first, end):
            key = (key ^ np.uint64(ids[word])) * _SPREAD
            key ^= key >> np.uint64(29)
        key |= np.uint64(1)
        place = (key >> np.uint64(24)) & last
        while seen[place] != 0:
            if seen[place] == key:
                return True
            place = (place + np.uint64(1)) & last
        seen[place] = key
    return False


# --- all texts ----------------------------------------------------------------------------------


@inlined
def _room(longest: Int) -> _Scratch:
    return _Scratch(
        np.empty(longest, dtype=np.uint32),
        np.empty(longest, dtype=np.uint32),
        np.empty(longest, dtype=np.int32),
        np.empty(longest, dtype=np.int32),
        np.empty(2 * longest, dtype=np.int32),
        np.empty(longest, dtype=np.int32),
        np.empty(longest, dtype=np.int32),
    )


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
    bytes; ``ids`` u32 their words as :func:`dedup.kernels.read_words` gives them, ragged.
    """
    longest = 0
    for row in range(offsets.size - 1):
        longest = max(longest, offsets[row + 1] - offsets[row])
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
            clues[row] = _C_UNKNOWN
            continue
        own = marks[low:]
        words, events = _cut_words(length, scratch, own)
        if words != high - low:
            clues[row] = _C_OTHER_WORDS
            continue
        for word in range(words):
            starts[low + word] = scratch.edges[2 * word]
            ends[low + word] = scratch.edges[2 * word + 1]
        row_ids, found = ids[low:high], sentences[total:]
        paragraphs = _cut_paragraphs(length, events, scratch, tables.limits)
        count = _cut_sentences(length, events, paragraphs, scratch, tables, found)
        _mark_sentences(count, words, row_ids, scratch, tables, found, own)
        _mark_quoted(length, events, words, scratch, own)
        clue = _phrase_clues(length, events, scratch, tables.phrases)
        clue |= _try_paragraphs(count, words, row_ids, scratch, tables, found, own, tries[total:])
        if _repeats(row, count, words, row_ids, tables.limits.long_sentence, found, seen):
            clue |= _C_REPEATED
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
