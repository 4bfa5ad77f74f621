"""JSON Lines read by compiled loops: which lines are plain objects, and where their fields stand.

The loops take part of what JSON allows (RFC 8259) and say of every other line that they are not
sure: it is then read by a full parser. What they take, every parser reads alike.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedup.arrays import I64, U8, U64
from dedup.text.kernels import compiled, inlined

__all__ = ["BLANK", "PADDING", "PLAIN", "UNSURE", "Names", "find_fields", "unescape"]

BLANK, PLAIN, UNSURE = 0, 1, 2
"""What a line is: empty, an object that was understood, or one for the full parser."""
PADDING = 16
"""Line feeds that must follow the last line, so that looking ahead needs no test for the end."""


class Names(NamedTuple):
    """The names that fields go by, at most 64, in lower case.

    Name ``k`` is ``flat[starts[k]:starts[k + 1]]``, u8 and i64. ``ranks`` i64[k, f] is its rank
    among the names of each field, 0 for the best and -1 for none of them. Field 0 is the text.
    """

    flat: U8
    starts: I64
    ranks: I64


class _Values(NamedTuple):
    """What one object holds for each field: where the value stands, i64[f, 2], by a name of which
    rank, and of what kind, i64[f].
    """

    spans: I64
    ranks: I64
    kinds: I64


_QUOTE, _BACKSLASH, _LINE_FEED = np.uint8(0x22), np.uint8(0x5C), np.uint8(0x0A)
_LEFT_BRACE, _RIGHT_BRACE = np.uint8(0x7B), np.uint8(0x7D)
_LEFT_BRACKET, _RIGHT_BRACKET = np.uint8(0x5B), np.uint8(0x5D)
_COMMA, _COLON, _MINUS, _POINT = np.uint8(0x2C), np.uint8(0x3A), np.uint8(0x2D), np.uint8(0x2E)

_HIGH = np.uint64(0x8080808080808080)
_LOW = np.uint64(0x7F7F7F7F7F7F7F7F)
_ABOVE_CONTROL = np.uint64(0x6060606060606060)
_QUOTES = np.uint64(0x2222222222222222)
_BACKSLASHES = np.uint64(0x5C5C5C5C5C5C5C5C)
_NUMBERS = np.uint64(0x0001020304050607)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@inlined
def _first_marked(marked: np.uint64) -> np.int64:
    """Tell which byte of eight is the first whose highest bit is set."""
    lowest = (marked & (~marked + np.uint64(1))) >> np.uint64(7)
    return np.int64((lowest * _NUMBERS) >> np.uint64(56))


@inlined
def _from_here(at: np.int64) -> np.uint64:
    """Mask the bytes of a group of eight that do not stand before ``at``."""
    return _ALL << np.uint64((at & 7) << 3)


@inlined
def _next_special(eights: U64, at: np.int64) -> np.int64:
    """Find the next byte in a string that is not plain: a quote, backslash, control or not ASCII.

    Eight bytes are tested at once; no test carries from one byte into the next.
    """
    group = at >> 3
    wanted = _from_here(at)
    while True:
        eight = eights[group]
        low = eight & _LOW
        plain = (
            (low + _ABOVE_CONTROL)
            & ((low ^ _QUOTES) + _LOW)
            & ((low ^ _BACKSLASHES) + _LOW)
            & ~eight
        )
        marked = ~plain & _HIGH & wanted
        if marked != 0:
            return (group << 3) + _first_marked(marked)
        group += 1
        wanted = _ALL


@inlined
def _hex_digit(byte: np.uint8) -> np.int64:
    """Give the value of a hexadecimal digit, -1 for another byte."""
    if np.uint8(byte - np.uint8(48)) < np.uint8(10):
        return np.int64(byte) - 48
    lower = np.uint8(byte | np.uint8(32))
    if np.uint8(lower - np.uint8(97)) < np.uint8(6):
        return np.int64(lower) - 87
    return np.int64(-1)


@inlined
def _hex(source: U8, at: np.int64) -> np.int64:
    """Give the value of four hexadecimal digits, negative if they are none."""
    value = np.int64(0)
    wrong = np.int64(0)
    for k in range(4):
        digit = _hex_digit(source[at + k])
        wrong |= digit
        value = (value << 4) | digit
    return value if wrong >= 0 else np.int64(-1)


@compiled
def _end_of_escape(source: U8, at: np.int64) -> np.int64:
    """Pass an escape whose backslash stands at ``at``; -1 where it is wrong or half a pair."""
    byte = source[at + 1]
    if byte != 0x75:  # u
        simple = (
            byte == _QUOTE or byte == _BACKSLASH or byte == 0x2F or byte == 0x62
            or byte == 0x66 or byte == 0x6E or byte == 0x72 or byte == 0x74
        )  # fmt: skip
        return np.int64(at + 2) if simple else np.int64(-1)
    code = _hex(source, at + 2)
    if code < 0xD800 or code > 0xDFFF:
        return np.int64(at + 6) if code >= 0 else np.int64(-1)
    if code >= 0xDC00 or source[at + 6] != _BACKSLASH or source[at + 7] != 0x75:
        return np.int64(-1)
    low = _hex(source, at + 8)
    return np.int64(at + 12) if 0xDC00 <= low <= 0xDFFF else np.int64(-1)


@inlined
def _continues(byte: np.uint8) -> bool:
    """Tell whether a byte goes on with a UTF-8 sequence."""
    return bool(byte & np.uint8(0xC0) == np.uint8(0x80))


@compiled
def _end_of_sequence(source: U8, at: np.int64) -> np.int64:
    """Pass a UTF-8 sequence of two to four bytes; -1 for one that is wrong (RFC 3629)."""
    lead, second = source[at], source[at + 1]
    if not _continues(second) or lead < 0xC2 or lead > 0xF4:
        return np.int64(-1)
    if lead < 0xE0:
        return np.int64(at + 2)
    if not _continues(source[at + 2]):
        return np.int64(-1)
    if lead < 0xF0:
        overlong = lead == 0xE0 and second < 0xA0
        surrogate = lead == 0xED and second > 0x9F
        return np.int64(-1) if overlong or surrogate else np.int64(at + 3)
    overlong = lead == 0xF0 and second < 0x90
    beyond = lead == 0xF4 and second > 0x8F
    wrong = overlong or beyond or not _continues(source[at + 3])
    return np.int64(-1) if wrong else np.int64(at + 4)


@compiled
def _end_of_string(source: U8, eights: U64, at: np.int64) -> tuple[np.int64, bool]:
    """Find the closing quote of a string that begins at ``at``, and if all before it was plain.

    The place is -1 for a string that is not to be taken.
    """
    plain = True
    at = _next_special(eights, at)
    while source[at] != _QUOTE:
        plain = False
        if source[at] == _BACKSLASH:
            at = _end_of_escape(source, at)
        elif source[at] >= 0x80:
            at = _end_of_sequence(source, at)
        else:
            at = np.int64(-1)
        if at < 0:
            return at, plain
        at = _next_special(eights, at)
    return at, plain


_DIGITS_OF_INTEGER = 18
"""Of an integer that every parser holds as one."""
_DIGITS_OF_NUMBER = 200
"""Of a number that, times ten to a power of two digits, is no infinity as a double (308)."""


@inlined
def _digits(source: U8, at: np.int64) -> np.int64:
    while np.uint8(source[at] - np.uint8(48)) < np.uint8(10):
        at += 1
    return np.int64(at)


@compiled
def _end_of_number(source: U8, at: np.int64) -> tuple[np.int64, bool]:
    """Find where a number ends, -1 if it is none or too large, and whether it is an integer."""
    first = at + np.int64(source[at] == _MINUS)
    end = _digits(source, first)
    count = end - first
    if count == 0 or count > _DIGITS_OF_NUMBER or (count > 1 and source[first] == 48):
        return np.int64(-1), False
    # A parser may lose the sign of -0.
    whole = bool(count <= _DIGITS_OF_INTEGER and (first == at or source[first] != 48))
    if source[end] == _POINT:
        whole = False
        begin = end + 1
        end = _digits(source, begin)
        if end == begin:
            return np.int64(-1), False
    if source[end] | np.uint8(32) == 0x65:  # e
        whole = False
        begin = end + 1 + np.int64(source[end + 1] == _MINUS or source[end + 1] == 0x2B)
        end = _digits(source, begin)
        if end == begin or end > begin + 2:
            return np.int64(-1), False
    return end, whole


@inlined
def _end_of_word(source: U8, at: np.int64) -> np.int64:
    """Pass ``true``, ``false`` or ``null``; -1 for anything else."""
    a, b, c, d = source[at], source[at + 1], source[at + 2], source[at + 3]
    if a == 0x74 and b == 0x72 and c == 0x75 and d == 0x65:
        return np.int64(at + 4)
    if a == 0x6E and b == 0x75 and c == 0x6C and d == 0x6C:
        return np.int64(at + 4)
    if a == 0x66 and b == 0x61 and c == 0x6C and d == 0x73 and source[at + 4] == 0x65:
        return np.int64(at + 5)
    return np.int64(-1)


@inlined
def _after_space(source: U8, at: np.int64) -> np.int64:
    while source[at] == 0x20 or source[at] == 0x09 or source[at] == 0x0D:
        at += 1
    return np.int64(at)


@compiled
def _which_name(source: U8, at: np.int64, end: np.int64, names: Names) -> np.int64:
    """Find a key among the names, ASCII case put aside; -1 if it is none of them."""
    for name in range(names.starts.size - 1):
        first = names.starts[name]
        if names.starts[name + 1] - first == end - at:
            same = True
            for k in range(end - at):
                byte = source[at + k]
                upper = np.uint8(byte - np.uint8(65)) < np.uint8(26)
                same &= np.uint8(byte | np.uint8(32 * upper)) == names.flat[first + k]
            if same:
                return np.int64(name)
    return np.int64(-1)


_NOTHING, _STRING, _INTEGER, _OTHER = 0, 1, 2, 3
"""Kinds of values: none, null and the empty string are nothing."""
_MOST_DEPTH = 60
"""Levels of nesting for which one integer holds, a bit each, whether an object is open."""
_TEXT = 0
"""The first field is the text, and a text is a string."""


@compiled
def _end_of_scalar(source: U8, eights: U64, at: np.int64) -> tuple[np.int64, np.int64]:
    """Pass a string, number or word; its end, -1 if it is not to be taken, and its kind."""
    byte = source[at]
    if byte == _QUOTE:
        end, _ = _end_of_string(source, eights, at + 1)
        kind = _STRING if end != at + 1 else _NOTHING
        return (end + 1 if end >= 0 else end), np.int64(kind)
    if byte == _MINUS or np.uint8(byte - np.uint8(48)) < np.uint8(10):
        end, whole = _end_of_number(source, at)
        return end, np.int64(_INTEGER if whole else _OTHER)
    kind = _NOTHING if byte == 0x6E else _OTHER
    return _end_of_word(source, at), np.int64(kind)


@inlined
def _key(
    source: U8, eights: U64, at: np.int64, depth: np.int64, names: Names
) -> tuple[np.int64, np.int64]:
    """Pass a key and its colon; where the value begins, -1 if unsure, and which name it is.

    A name at the top level counts after its case and the white space around it are put aside:
    a key that has more than plain ASCII, or white space at an end, is not judged here.
    """
    if source[at] != _QUOTE:
        return np.int64(-1), np.int64(-1)
    end, plain = _end_of_string(source, eights, at + 1)
    if end < 0:
        return end, np.int64(-1)
    name = np.int64(-1)
    if depth == 1:
        if not plain or source[at + 1] == 0x20 or source[end - 1] == 0x20:
            return np.int64(-1), np.int64(-1)
        name = _which_name(source, at + 1, end, names)
    end = _after_space(source, end + 1)
    if source[end] != _COLON:
        return np.int64(-1), np.int64(-1)
    return _after_space(source, end + 1), name


@inlined
def _note_value(
    ranks: I64, kind: np.int64, start: np.int64, end: np.int64, values: _Values
) -> None:
    """Keep a value for the fields that go by its name, where no better name has held something."""
    if kind == _NOTHING:
        return
    quoted = np.int64(kind == _STRING)
    for field in range(ranks.size):
        if 0 <= ranks[field] < values.ranks[field]:
            values.ranks[field], values.kinds[field] = ranks[field], kind
            values.spans[field, 0], values.spans[field, 1] = start + quoted, end - quoted


@inlined
def _closing(objects: np.uint64) -> np.uint8:
    """Tell which bracket ends what was opened last; ``objects`` has a bit a level."""
    return _RIGHT_BRACE if objects & np.uint64(1) else _RIGHT_BRACKET


@inlined
def _after_value(source: U8, at: np.int64) -> tuple[np.int64, bool]:
    """Pass white space and one comma; where that ends, and if there was a comma."""
    at = _after_space(source, at)
    more = bool(source[at] == _COMMA)
    return (_after_space(source, at + 1) if more else at), more


@compiled
def _read_object(
    source: U8, eights: U64, at: np.int64, names: Names, values: _Values
) -> tuple[np.int64, np.uint64]:
    """Read one object to its closing brace; where it ends, -1 if unsure, and the names seen."""
    one = np.uint64(1)
    seen, objects = np.uint64(0), np.uint64(0)
    unsure = (np.int64(-1), np.uint64(0))
    depth, name, top_start = np.int64(0), np.int64(-1), np.int64(0)
    while True:
        opening = source[at]
        if opening == _LEFT_BRACE or opening == _LEFT_BRACKET:
            if depth == _MOST_DEPTH:
                return unsure
            if depth == 1:
                top_start = np.int64(at)
            depth += 1
            objects = (objects << one) | np.uint64(opening == _LEFT_BRACE)
            at = _after_space(source, at + 1)
            more = source[at] != _closing(objects)
        else:
            end, kind = _end_of_scalar(source, eights, at)
            if end < 0:
                return unsure
            if depth == 1 and name >= 0:
                _note_value(names.ranks[name], kind, at, end, values)
            at, more = _after_value(source, end)
        while not more:  # what is open ends here
            if source[at] != _closing(objects):
                return unsure
            depth -= 1
            objects >>= one
            at = _after_space(source, at + 1)
            if depth == 0:
                return at, seen
            if depth == 1 and name >= 0:
                _note_value(names.ranks[name], np.int64(_OTHER), top_start, at, values)
            at, more = _after_value(source, at)
        if objects & one:
            at, found = _key(source, eights, at, depth, names)
            if at < 0:
                return unsure
            if depth == 1:
                name = found
                if name >= 0:
                    if (seen >> np.uint64(name)) & one:
                        return unsure
                    seen |= one << np.uint64(name)


@inlined
def _count_lines(source: U8) -> np.int64:
    count = np.int64(0)
    for k in range(source.size):
        count += source[k] == _LINE_FEED
    return count


@inlined
def _next_line(source: U8, at: np.int64) -> np.int64:
    while source[at] != _LINE_FEED:
        at += 1
    return np.int64(at + 1)


@compiled
def find_fields(source: U8, size: int, names: Names) -> tuple[I64, U8, I64, U64]:
    """Find the fields of every line of JSON: strict, and whatever is odd left to a full parser.

    ``source`` u8, its length a multiple of 8, holds whole lines in ``size`` bytes, each with a
    line feed, and then ``PADDING`` or more line feeds.

    Returns where the lines start, i64[n + 1]; what they are, u8[n] (``BLANK``, ``PLAIN`` or
    ``UNSURE``); where the value of each field stands, i64[n, f, 2], without quotes and
    with its escapes, empty for one that is missing, null or an empty string; and which names there
    are, u64[n], a bit each. Only a plain line's spans and names mean something. Its text is a
    string that is not empty, its other fields are strings or integers of up to 18 digits.
    """
    eights = source.view(np.uint64)
    field_count = names.ranks.shape[1]
    count = _count_lines(source[:size])
    lines = np.zeros(count + 1, dtype=np.int64)
    states = np.full(count, UNSURE, dtype=np.uint8)
    spans = np.zeros((count, field_count, 2), dtype=np.int64)
    seen = np.zeros(count, dtype=np.uint64)
    best, kinds = np.empty(field_count, np.int64), np.empty(field_count, np.int64)
    at = np.int64(0)
    for line in range(count):
        lines[line] = at
        at = _after_space(source, at)
        if source[at] == _LINE_FEED:
            states[line] = BLANK
        elif source[at] == _LEFT_BRACE:
            best[:] = names.starts.size
            kinds[:] = _NOTHING
            values = _Values(spans[line], best, kinds)
            end, seen[line] = _read_object(source, eights, at, names, values)
            if end >= 0 and source[end] == _LINE_FEED:
                at = end
                taken = kinds[_TEXT] == _STRING
                for field in range(field_count):
                    taken &= kinds[field] != _OTHER
                if taken:
                    states[line] = PLAIN
        at = _next_line(source, at)
    lines[count] = at
    return lines, states, spans, seen


@compiled
def _write_code(code: np.int64, target: U8, at: np.int64) -> np.int64:
    """Write a code point in UTF-8; where it ends."""
    if code < 0x80:
        target[at] = np.uint8(code)
        return np.int64(at + 1)
    if code < 0x800:
        target[at] = np.uint8(0xC0 | (code >> 6))
        target[at + 1] = np.uint8(0x80 | (code & 0x3F))
        return np.int64(at + 2)
    if code < 0x10000:
        target[at] = np.uint8(0xE0 | (code >> 12))
        target[at + 1] = np.uint8(0x80 | ((code >> 6) & 0x3F))
        target[at + 2] = np.uint8(0x80 | (code & 0x3F))
        return np.int64(at + 3)
    target[at] = np.uint8(0xF0 | (code >> 18))
    target[at + 1] = np.uint8(0x80 | ((code >> 12) & 0x3F))
    target[at + 2] = np.uint8(0x80 | ((code >> 6) & 0x3F))
    target[at + 3] = np.uint8(0x80 | (code & 0x3F))
    return np.int64(at + 4)


@compiled
def _escaped(source: U8, at: np.int64) -> tuple[np.int64, np.int64]:
    """Read the code point of a valid escape whose backslash stands at ``at``, and where it ends."""
    byte = source[at + 1]
    if byte == 0x75:
        code = _hex(source, at + 2)
        if code < 0xD800 or code > 0xDFFF:
            return code, np.int64(at + 6)
        low = _hex(source, at + 8)
        return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00), np.int64(at + 12)
    code = np.int64(byte)
    if byte == 0x6E:
        code = np.int64(0x0A)
    elif byte == 0x74:
        code = np.int64(0x09)
    elif byte == 0x72:
        code = np.int64(0x0D)
    elif byte == 0x62:
        code = np.int64(0x08)
    elif byte == 0x66:
        code = np.int64(0x0C)
    return code, np.int64(at + 2)


@compiled
def unescape(source: U8, spans: I64) -> tuple[U8, I64]:
    """Write the strings that stand at ``spans`` i64[n, 2] end to end in UTF-8, ragged u8.

    ``source`` is as for :func:`find_fields`, which has found their escapes to be valid.
    """
    room = np.int64(0)
    for row in range(spans.shape[0]):
        room += spans[row, 1] - spans[row, 0]
    target = np.empty(room, dtype=np.uint8)
    offsets = np.zeros(spans.shape[0] + 1, dtype=np.int64)
    # Unsigned: a signed index costs a test for counting from the end.
    one, to = np.uint64(1), np.uint64(0)
    for row in range(spans.shape[0]):
        at, end = np.uint64(spans[row, 0]), np.uint64(spans[row, 1])
        while at < end:
            byte = source[at]
            if byte != _BACKSLASH:
                target[to] = byte
                to += one
                at += one
            else:
                code, after = _escaped(source, np.int64(at))
                at = np.uint64(after)
                to = np.uint64(_write_code(code, target, np.int64(to)))
        offsets[row + 1] = to
    return target[: np.int64(to)], offsets
