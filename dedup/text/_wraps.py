"""The compiled look for line breaks that a width set, and for hyphens that end lines.

What tells them stands in :mod:`dedup.text.wrapping`. Texts are walked line by line, in UTF-8.
"""

import cython
import numpy as np
from cython.cimports.dedup.text._words import decode_point
from cython.cimports.libc.stdint import int64_t, uint8_t, uint32_t

from dedup.text._breaks import LEAST, MOST, find_open
from dedup.text.points import PERHAPS_BREAK, POINTS, Trait

_TRAITS = cython.declare(cython.const[uint32_t][::1], POINTS.traits)
_CLASS = cython.declare(uint32_t, Trait.CLASS)
_SINGLE = cython.declare(uint32_t, Trait.SINGLE)
_SPACE = cython.declare(uint32_t, Trait.SPACE)
_LOWER = cython.declare(uint32_t, Trait.LOWER)
_CASED = cython.declare(uint32_t, Trait.LOWER | Trait.UPPER | Trait.TITLE)
_ALPHA = cython.declare(uint32_t, Trait.ALPHA)
_DIGIT = cython.declare(uint32_t, Trait.DIGIT)
_STOP = cython.declare(uint32_t, Trait.NO_WRAP | Trait.FULL_WIDTH)
_CLOSER = cython.declare(uint32_t, Trait.CLOSER)
_LEAST = cython.declare(int64_t, LEAST)
_MOST = cython.declare(int64_t, MOST)
_SURE = cython.declare(int64_t, 3)
"""Weight of a break at which a sentence goes on; that of others is 1."""
_EXPLAINED = cython.declare(cython.double, 0.75)
"""Least share of the weight of open breaks that the width must explain."""
_LONGER = cython.declare(cython.double, 0.1)
"""Greatest share of lines of several words that are longer than the width."""
_AGREED = cython.declare(cython.double, 0.9)
_HARDLY = cython.declare(cython.double, 0.02)
"""The same two shares where breaks within sentences alone tell the width."""
_ENOUGH = cython.declare(int64_t, 9)
"""Weight that tells a width; less does only where no line is longer and the width is usual."""
_BEYOND_LISTS = cython.declare(int64_t, 100)
_ENOUGH_BEYOND = cython.declare(int64_t, 2)
"""The width from which on lines are hardly those of a list, and what tells it then."""
_NEARLY = cython.declare(cython.double, 0.6)
"""Share of the width from which on a line goes on with its sentence though there was room."""
_USUAL_LEAST = cython.declare(int64_t, 45)
_USUAL_MOST = cython.declare(int64_t, 100)
"""Characters of a line that goes on with its sentence though the text has no width."""
_PERHAPS = cython.declare(uint8_t, ord(PERHAPS_BREAK))
_COLUMNS = cython.declare(int64_t, 4)
"""White space that parts columns."""
_UNSPACED = cython.declare(int64_t, 3)
"""Characters by which lines fall short of the width in scripts without white space."""

_Line = cython.struct(
    start=int64_t,
    end=int64_t,
    next=int64_t,
    margin=int64_t,
    length=int64_t,
    word=int64_t,
    head=uint32_t,
    tail=uint32_t,
    tail_code=uint32_t,
    before_tail=uint32_t,
    apart=cython.bint,
    spaced=cython.bint,
    columns=cython.bint,
    bullet=cython.bint,
)
"""A line that is not blank.

It stands in the bytes ``start`` to ``end``, white space at both ends left out; the one behind it
begins at ``next``. In code points: ``margin`` is the white space before it, ``length`` is that and
the line, ``word`` its first word. ``head`` and ``tail`` are the traits of its first and its last
code point, ``before_tail`` those of what stands right before that. ``apart``: blank lines stand
before it; ``spaced``: white space stands in it, ``columns``: so much that it parts columns;
``bullet``: it begins with one.
"""
_Open = cython.struct(weight=int64_t, sure=int64_t, lower=cython.bint)
"""The open breaks of a text, at which no sentence seems to end: their weight, that of those within
sentences behind lines that may be full, and whether there are some before small letters or behind
commas and before digits.
"""


# --- lines --------------------------------------------------------------------------------------


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _is_break(byte: uint8_t) -> cython.bint:
    return byte == 10 or byte == 13


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _is_bullet(c: cython.Py_UCS4) -> cython.bint:
    return c in "*·•▪●■◦‣"


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _is_comma(c: cython.Py_UCS4) -> cython.bint:
    return c in ",،、，"


@cython.cfunc
@cython.nogil
def _behind_break(source: cython.const[uint8_t][::1], at: int64_t, end: int64_t) -> int64_t:
    """Find what follows a line break; carriage return and line feed together are one."""
    if source[at] == 13 and at + 1 < end and source[at + 1] == 10:
        return at + 2
    return at + 1


@cython.cfunc
@cython.nogil
def _note(line: cython.pointer(_Line), code: uint32_t, gap: int64_t) -> cython.int:
    """Note the next code point of a line that is no white space; ``gap`` is how much is before."""
    flags: uint32_t = _TRAITS[code]
    if line.length == 0:
        line.head = flags
        line.bullet = _is_bullet(code)
    elif gap:
        line.spaced = True
        line.columns |= gap >= _COLUMNS
    line.word += not line.spaced
    line.before_tail = 0 if gap else line.tail
    line.tail = flags
    line.tail_code = code
    return 0


@cython.cfunc
@cython.nogil
def _read_line(
    source: cython.const[uint8_t][::1], at: int64_t, end: int64_t, line: cython.pointer(_Line)
) -> cython.bint:
    """Read the next line that is not blank; tell whether there is one."""
    point: int64_t
    count: int64_t = 0
    gap: int64_t = 0  # the white space at hand
    line.apart = line.spaced = line.columns = line.bullet = False
    line.length = line.word = 0
    line.tail = 0
    while at < end:
        if _is_break(source[at]):
            at = _behind_break(source, at, end)
            if line.length:
                break
            line.apart = True
            count = gap = 0
            continue
        point = (cython.cast(int64_t, source[at]) << 3) | 1
        if source[at] >= 0x80:
            point = decode_point(source, at)
        at += point & 7
        count += 1
        if _TRAITS[point >> 3] & _SPACE:
            gap += _COLUMNS if point >> 3 == 9 else 1  # a tabulator
            continue
        if line.length == 0:
            line.start = at - (point & 7)
            line.margin = count - 1
        _note(line, cython.cast(uint32_t, point >> 3), gap)
        gap = 0
        line.length = count
        line.end = at
    line.next = at
    if line.length and line.head & _CLASS == _SINGLE:
        line.word = _UNSPACED
    return line.length > 0


# --- what is a wrap -----------------------------------------------------------------------------


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _goes_on(one: _Line, other: _Line) -> cython.bint:
    """Tell whether a sentence seems to go on in the next line, as one does in small letters."""
    if other.apart or one.tail & _STOP:
        return False
    if _is_comma(one.tail_code) and other.head & _DIGIT:
        return True
    return other.head & _LOWER or (other.head & _ALPHA and not other.head & _CASED)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _is_hyphened(one: _Line, other: _Line) -> cython.bint:
    """Tell whether the hyphen at the end of a line may part a word."""
    c: cython.Py_UCS4 = one.tail_code
    if other.apart or c not in "-\u2010\u00ad" or not one.before_tail & _ALPHA:
        return False
    return other.head & (_ALPHA if c == "\u00ad" else _LOWER) != 0


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _seems_ended(line: _Line) -> cython.bint:
    """Tell whether a sentence seems to end with a line."""
    return line.tail & _STOP or (line.tail & _CLOSER and line.before_tail & _STOP)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _weight(one: _Line, other: _Line) -> int64_t:
    """Weigh what a break says of the width: nothing where a sentence seems to end with it."""
    if _goes_on(one, other):
        return _SURE
    if other.apart or _seems_ended(one):
        return 0
    return 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)  # asking after each text whether there is one would take the lock
def _count_lines(
    source: cython.const[uint8_t][::1], at: int64_t, end: int64_t, counts: int64_t[:, ::1]
) -> _Open:
    """Count lines by their length, and weigh open breaks by the widths at which lines are full.

    Into ``counts`` i64[3, _MOST + 2]: lines with white space inside, the longer ones at the end;
    the weights, as steps up and down; and those of breaks within sentences.
    """
    one = cython.declare(_Line)
    other = cython.declare(_Line)
    found = cython.declare(_Open, _Open(0, 0, False))
    weight: int64_t
    kind: int64_t
    k: int64_t
    first: cython.bint = True
    for k in range(_MOST + 2):
        counts[0, k] = counts[1, k] = counts[2, k] = 0
    there: cython.bint = _read_line(source, at, end, cython.address(one))
    while there:
        if one.spaced:
            counts[0, min(one.length, _MOST + 1)] += 1
        there = _read_line(source, one.next, end, cython.address(other))
        weight = _weight(one, other) if there else 0
        if weight == _SURE:
            found.sure += weight if one.length >= _LEAST else 0
            found.lower |= other.head & (_LOWER | _DIGIT) != 0
        if weight == _SURE or not first:  # the first line may be a headline
            found.weight += weight
        if _LEAST <= one.length <= _MOST:
            for kind in range(1, 3 if weight == _SURE else 2):
                counts[kind, one.length] += weight
                counts[kind, min(one.length + other.word, _MOST) + 1] -= weight
        first = False
        one = other
    return found


@cython.cfunc
@cython.nogil
def _fullest(counts: int64_t[:, ::1], kind: int64_t, best: cython.pointer(int64_t)) -> int64_t:
    """Find the width that explains the most weight of a kind of breaks, and how much.

    Of the widths that explain equally many breaks it is that of the longest line, or the least.
    """
    width: int64_t = 0
    last: int64_t = 0  # of the widths that explain as many
    total: int64_t = 0
    k: int64_t
    best[0] = 0
    for k in range(1, _MOST + 2):
        total += counts[kind, k]
        if total > best[0]:
            best[0] = total
            width = last = k
        elif total == best[0] and last == k - 1:
            last = k
            if counts[0, k]:
                width = k
    return width


@cython.cfunc
@cython.nogil
def _longer(counts: int64_t[:, ::1], width: int64_t) -> cython.double:
    """Give the share of the lines of several words that are longer than a width."""
    lines: int64_t = 0
    longer: int64_t = 0
    k: int64_t
    for k in range(_MOST + 2):
        lines += counts[0, k]
        longer += counts[0, k] if k > width else 0
    return longer / cython.cast(cython.double, lines) if lines else 0.0


@cython.cfunc
@cython.nogil
def _width_of(counts: int64_t[:, ::1], breaks: _Open) -> int64_t:
    """Tell the width at which a text was wrapped, 0 for none.

    Among headlines and lists, only breaks within sentences tell it, which must agree then.
    """
    best: int64_t = 0
    width: int64_t = _fullest(counts, 1, cython.address(best))
    longer: cython.double = _longer(counts, width)
    few: cython.bint = breaks.lower and width >= _USUAL_LEAST
    beyond: cython.bint = width >= _BEYOND_LISTS and best >= _ENOUGH_BEYOND
    if best and best >= _EXPLAINED * breaks.weight:
        if best >= _ENOUGH and breaks.sure:
            return width if longer <= _LONGER else 0
        return width if longer == 0 and (few or beyond) else 0
    width = _fullest(counts, 2, cython.address(best))
    longer = _longer(counts, width)
    if best == 0 or best < _AGREED * breaks.sure:
        return 0
    if best >= _ENOUGH:
        return width if longer <= _HARDLY else 0
    few = breaks.lower and width >= _USUAL_LEAST
    return width if longer == 0 and few else 0


@cython.cfunc
@cython.nogil
def _is_wrap(one: _Line, other: _Line, width: int64_t) -> cython.bint:
    """Tell whether a line goes on in the next one; ``width`` is the text's, 0 for none."""
    columns: cython.bint = one.columns or other.columns or other.bullet
    if other.apart:
        return False
    if one.length <= width <= one.length + other.word and not columns:
        return True
    if not _goes_on(one, other):
        return False
    if _NEARLY * width <= one.length <= width and not columns:
        return True
    return other.head & _LOWER and _USUAL_LEAST <= one.length - one.margin <= _USUAL_MOST


# --- texts --------------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
def _undo(
    source: cython.const[uint8_t][::1], at: int64_t, end: int64_t, width: int64_t, out: uint8_t[::1]
) -> cython.bint:
    """Write blanks for the wraps of a text; tell whether hyphens end lines, which are left."""
    one = cython.declare(_Line)
    other = cython.declare(_Line)
    hyphened: cython.bint = False
    sign: uint8_t
    k: int64_t
    there: cython.bint = _read_line(source, at, end, cython.address(one))
    while there:
        there = _read_line(source, one.next, end, cython.address(other))
        if there and _is_hyphened(one, other):
            hyphened = True
        elif there and _is_wrap(one, other, width):
            sign = 32
            if _seems_ended(one) and source[other.start] != 40:  # a bracket: a caption's credit
                sign = _PERHAPS
            for k in range(one.end, other.start):
                if _is_break(source[k]):
                    out[k] = sign
        one = other
    return hyphened


def undo_wraps(source: cython.const[uint8_t][::1], offsets: cython.const[int64_t][::1]):
    """Write blanks for the line breaks that are wraps.

    ``source`` u8 is the texts in UTF-8 (surrogates passed) end to end, ``offsets`` i64[n + 1] in
    bytes, all looked over by :func:`dedup.text._words.survey`. Gives the texts, ``None`` where none
    may be wrapped, and which of them have lines that end with a hyphen, u8[n].
    """
    hyphened = find_open(source, offsets)
    flags: uint8_t[::1] = hyphened
    counts: int64_t[:, ::1] = np.empty((3, _MOST + 2), np.int64)
    row: int64_t
    breaks = cython.declare(_Open)
    if not hyphened.any():
        return None, hyphened
    values = np.array(source)
    out: uint8_t[::1] = values
    with cython.nogil:
        for row in range(flags.shape[0]):
            if flags[row]:
                breaks = _count_lines(source, offsets[row], offsets[row + 1], counts)
                flags[row] = _undo(
                    source, offsets[row], offsets[row + 1], _width_of(counts, breaks), out
                )
    return values, hyphened
