"""JSON Lines read by compiled loops: which lines are plain objects, and where their fields stand.

The loops take part of what JSON allows (RFC 8259) and say of every other line that they are not
sure: it is then read by a full parser. What they take, every parser reads alike.
"""

import cython
import numpy as np
from cython.cimports.dedup._tables import find_byte
from cython.cimports.dedup.dump._escapes import hex_value
from cython.cimports.libc.stdint import int64_t, uint8_t, uint64_t

BLANK, PLAIN, UNSURE = 0, 1, 2
"""What a line is: empty, an object that was understood, or one for the full parser."""
PADDING = 16
"""Line feeds that must follow the last line, so that looking ahead needs no test for the end."""

_PADDING = cython.declare(int64_t, PADDING)
_BLANK = cython.declare(uint8_t, BLANK)
_PLAIN = cython.declare(uint8_t, PLAIN)

_NOTHING = cython.declare(int64_t, 0)  # kinds of values; null and the empty string are nothing
_STRING = cython.declare(int64_t, 1)
_INTEGER = cython.declare(int64_t, 2)
_OTHER = cython.declare(int64_t, 3)
_DIGITS_OF_INTEGER = cython.declare(int64_t, 18)
"""Of an integer that every parser holds as one."""
_DIGITS_OF_NUMBER = cython.declare(int64_t, 200)
"""Of a number that, times ten to a power of two digits, is no infinity as a double (308)."""
_MOST_DEPTH = cython.declare(int64_t, 60)
"""Levels of nesting for which one integer holds, a bit each, whether an object is open."""

_LOW_BITS = cython.declare(uint64_t, 0x7F7F7F7F7F7F7F7F)
_HIGH_BITS = cython.declare(uint64_t, 0x8080808080808080)
_ABOVE_CONTROL = cython.declare(uint64_t, 0x6060606060606060)
_QUOTES = cython.declare(uint64_t, 0x2222222222222222)
_BACKSLASHES = cython.declare(uint64_t, 0x5C5C5C5C5C5C5C5C)
_PLACES = cython.declare(uint64_t, 0x0001020304050607)
_ALL = cython.declare(uint64_t, 0xFFFFFFFFFFFFFFFF)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.overflowcheck(False)
@cython.exceptval(check=False)
def _special(eight: uint64_t) -> uint64_t:
    """Mark which of eight bytes are not plain in a string: quote, backslash, control, not ASCII.

    The highest bit of each byte is its mark. No test carries from one byte into the next.
    """
    low: uint64_t = eight & _LOW_BITS
    plain: uint64_t = (
        (low + _ABOVE_CONTROL)
        & ((low ^ _QUOTES) + _LOW_BITS)
        & ((low ^ _BACKSLASHES) + _LOW_BITS)
        & ~eight
    )
    return ~plain & _HIGH_BITS


@cython.cfunc
@cython.inline
@cython.nogil
@cython.overflowcheck(False)
@cython.exceptval(check=False)
def _first_marked(marked: uint64_t) -> int64_t:
    """Tell which byte of eight is the first whose highest bit is set."""
    lowest: uint64_t = (marked & (~marked + 1)) >> 7
    return (lowest * _PLACES) >> 56


@cython.cfunc
@cython.inline
@cython.nogil
@cython.overflowcheck(False)
@cython.exceptval(check=False)
def _from(byte: uint64_t) -> uint64_t:
    """Mask the bytes of eight from one on."""
    return _ALL << (byte << 3)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _is_digit(byte: uint8_t) -> cython.bint:
    return 48 <= byte <= 57


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _continues(byte: uint8_t) -> cython.bint:
    """Tell whether a byte goes on with a UTF-8 sequence."""
    return byte & 0xC0 == 0x80


class _Reader:
    """Reads objects; every method passes something and says where it ends, -1 if it is unsure."""

    def next_special(self, at: int64_t) -> int64_t:
        """Find the next byte in a string that is not plain; eight are tested at once."""
        group: int64_t = at >> 3
        marked: uint64_t = _special(self.eights[group]) & _from(at & 7)
        while marked == 0:
            group += 1
            marked = _special(self.eights[group])
        return (group << 3) + _first_marked(marked)

    def end_of_escape(self, at: int64_t) -> int64_t:
        """Pass an escape that begins at ``at``; unsure where it is wrong or half a pair."""
        byte: uint8_t = self.source[at + 1]
        code: int64_t
        if byte != b"u":
            return at + 2 if byte in b'"\\/bfnrt' else -1
        code = hex_value(self.source, at + 2)
        if code < 0xD800 or code > 0xDFFF:
            return at + 6 if code >= 0 else -1
        if code >= 0xDC00 or self.source[at + 6] != b"\\" or self.source[at + 7] != b"u":
            return -1
        code = hex_value(self.source, at + 8)
        return at + 12 if 0xDC00 <= code <= 0xDFFF else -1

    def end_of_sequence(self, at: int64_t) -> int64_t:
        """Pass a UTF-8 sequence of two to four bytes; unsure of one that is wrong (RFC 3629)."""
        lead: uint8_t = self.source[at]
        second: uint8_t = self.source[at + 1]
        if not _continues(second) or lead < 0xC2 or lead > 0xF4:
            return -1
        if lead < 0xE0:
            return at + 2
        if not _continues(self.source[at + 2]):
            return -1
        if lead < 0xF0:  # neither too long for its code point nor a surrogate
            if (lead == 0xE0 and second < 0xA0) or (lead == 0xED and second > 0x9F):
                return -1
            return at + 3
        if (lead == 0xF0 and second < 0x90) or (lead == 0xF4 and second > 0x8F):
            return -1
        return at + 4 if _continues(self.source[at + 3]) else -1

    def end_of_string(self, at: int64_t) -> int64_t:
        """Find the closing quote of a string that begins at ``at``; notes if it was plain."""
        byte: uint8_t
        self.plain = True
        at = self.next_special(at)
        byte = self.source[at]
        while byte != b'"':
            self.plain = False
            if byte == b"\\":
                at = self.end_of_escape(at)
            elif byte >= 0x80:
                at = self.end_of_sequence(at)
            else:
                return -1
            if at < 0:
                return at
            at = self.next_special(at)
            byte = self.source[at]
        return at

    def digits(self, at: int64_t) -> int64_t:
        while _is_digit(self.source[at]):
            at += 1
        return at

    def end_of_number(self, at: int64_t) -> int64_t:
        """Pass a number that is not too large; notes if it is an integer."""
        first: int64_t = at + (self.source[at] == b"-")
        end: int64_t = self.digits(first)
        count: int64_t = end - first
        begin: int64_t
        if count == 0 or count > _DIGITS_OF_NUMBER or (count > 1 and self.source[first] == b"0"):
            return -1
        self.kind = _OTHER
        # A parser may lose the sign of -0.
        if count <= _DIGITS_OF_INTEGER and (first == at or self.source[first] != b"0"):
            self.kind = _INTEGER
        if self.source[end] == b".":
            self.kind = _OTHER
            begin = end + 1
            end = self.digits(begin)
            if end == begin:
                return -1
        if self.source[end] | 32 == b"e":
            self.kind = _OTHER
            begin = end + 1
            begin += self.source[begin] == b"-" or self.source[begin] == b"+"
            end = self.digits(begin)
            if end == begin or end > begin + 2:
                return -1
        return end

    def end_of_word(self, at: int64_t) -> int64_t:
        """Pass ``true``, ``false`` or ``null``."""
        a: uint8_t = self.source[at]
        b: uint8_t = self.source[at + 1]
        c: uint8_t = self.source[at + 2]
        d: uint8_t = self.source[at + 3]
        self.kind = _NOTHING if a == b"n" else _OTHER
        if a == b"t" and b == b"r" and c == b"u" and d == b"e":
            return at + 4
        if a == b"n" and b == b"u" and c == b"l" and d == b"l":
            return at + 4
        if a == b"f" and b == b"a" and c == b"l" and d == b"s" and self.source[at + 4] == b"e":
            return at + 5
        return -1

    def after_space(self, at: int64_t) -> int64_t:
        byte: uint8_t = self.source[at]
        while byte == b" " or byte == b"\t" or byte == b"\r":
            at += 1
            byte = self.source[at]
        return at

    def which_name(self, at: int64_t, end: int64_t) -> int64_t:
        """Find a key among the names, ASCII case put aside; -1 if it is none of them."""
        name: cython.Py_ssize_t
        first: int64_t
        k: int64_t
        byte: uint8_t
        for name in range(self.starts.shape[0] - 1):
            first = self.starts[name]
            if self.starts[name + 1] - first != end - at:
                continue
            for k in range(end - at):
                byte = self.source[at + k]
                if 65 <= byte <= 90:
                    byte |= 32
                if byte != self.names[first + k]:
                    break
            else:
                return name
        return -1

    def end_of_scalar(self, at: int64_t) -> int64_t:
        """Pass a string, number or word; notes its kind."""
        byte: uint8_t = self.source[at]
        end: int64_t
        if byte == b'"':
            end = self.end_of_string(at + 1)
            self.kind = _STRING if end != at + 1 else _NOTHING
            return end + 1 if end >= 0 else end
        if byte == b"-" or _is_digit(byte):
            return self.end_of_number(at)
        return self.end_of_word(at)

    def after_key(self, at: int64_t, depth: int64_t) -> int64_t:
        """Pass a key and its colon to where the value begins; notes which name the key is.

        A name at the top level counts after its case and the white space around it are put aside:
        a key that has more than plain ASCII, or white space at an end, is not judged here.
        """
        end: int64_t
        if self.source[at] != b'"':
            return -1
        end = self.end_of_string(at + 1)
        if end < 0:
            return end
        if depth == 1:
            if not self.plain or self.source[at + 1] == b" " or self.source[end - 1] == b" ":
                return -1
            self.name = self.which_name(at + 1, end)
        end = self.after_space(end + 1)
        return self.after_space(end + 1) if self.source[end] == b":" else -1

    def note_value(self, kind: int64_t, start: int64_t, end: int64_t) -> int64_t:
        """Keep a value for the fields that go by its name, where no better name held something."""
        quoted: int64_t = kind == _STRING
        field: cython.Py_ssize_t
        rank: int64_t
        if kind == _NOTHING or self.name < 0:
            return 0
        for field in range(self.ranks.shape[1]):
            rank = self.ranks[self.name, field]
            if 0 <= rank < self.best[field]:
                self.best[field] = rank
                self.kinds[field] = kind
                self.spans[self.line, field, 0] = start + quoted
                self.spans[self.line, field, 1] = end - quoted
        return 0

    def after_value(self, at: int64_t) -> int64_t:
        """Pass white space and one comma; notes if there was one."""
        at = self.after_space(at)
        self.more = self.source[at] == b","
        return self.after_space(at + 1) if self.more else at

    def read_object(self, at: int64_t) -> int64_t:
        """Read one object to behind its closing brace; notes the names seen."""
        objects: uint64_t = 0  # a bit a level: whether it is an object that is open
        depth: int64_t = 0
        top_start: int64_t = 0
        end: int64_t
        opening: uint8_t
        closing: uint8_t
        self.name = -1
        self.seen = 0
        while True:
            opening = self.source[at]
            if opening == b"{" or opening == b"[":
                if depth == _MOST_DEPTH:
                    return -1
                if depth == 1:
                    top_start = at
                depth += 1
                objects = (objects << 1) | (opening == b"{")
                at = self.after_space(at + 1)
                self.more = self.source[at] != opening + 2  # as its closing bracket is
            else:
                end = self.end_of_scalar(at)
                if end < 0:
                    return end
                if depth == 1:
                    self.note_value(self.kind, at, end)
                at = self.after_value(end)
            while not self.more:  # what is open ends here
                closing = 0x7D if objects & 1 else 0x5D
                if self.source[at] != closing:
                    return -1
                depth -= 1
                objects >>= 1
                at = self.after_space(at + 1)
                if depth == 0:
                    return at
                if depth == 1:
                    self.note_value(_OTHER, top_start, at)
                at = self.after_value(at)
            if objects & 1:
                at = self.after_key(at, depth)
                if at < 0:
                    return at
                if depth == 1 and self.name >= 0:
                    if (self.seen >> self.name) & 1:
                        return -1
                    self.seen |= cython.cast(uint64_t, 1) << self.name

    def read_line(self, at: int64_t) -> int64_t:
        """Read one line that begins with a brace; where it ends, unsure where it is not taken."""
        field: cython.Py_ssize_t
        end: int64_t
        for field in range(self.kinds.shape[0]):
            self.best[field] = self.starts.shape[0]
            self.kinds[field] = _NOTHING
        end = self.read_object(at)
        if end < 0 or self.source[end] != b"\n" or self.kinds[0] != _STRING:
            return -1
        for field in range(self.kinds.shape[0]):
            if self.kinds[field] == _OTHER:
                return -1
        return end


@cython.cfunc
@cython.nogil
def _count_lines(source: cython.const[uint8_t][::1], size: int64_t) -> int64_t:
    count: int64_t = 0
    at: int64_t = find_byte(source, 10, 0, size)
    while at < size:
        count += 1
        at = find_byte(source, 10, at + 1, size)
    return count


@cython.cfunc
@cython.nogil
def _is_padded(source: cython.const[uint8_t][::1], size: int64_t) -> int64_t:
    """Tell whether a buffer is as :func:`find_fields` wants it."""
    k: int64_t
    if size < 0 or source.shape[0] % 8 or source.shape[0] < size + _PADDING:
        return 0
    k = max(size - 1, 0)
    while k < source.shape[0] and source[k] == b"\n":
        k += 1
    return k == source.shape[0]


def find_fields(
    source: cython.const[uint8_t][::1],
    size: int64_t,
    names: cython.const[uint8_t][::1],
    starts: cython.const[int64_t][::1],
    ranks: cython.const[int64_t][:, ::1],
):
    """Find the fields of every line of JSON: strict, and whatever is odd left to a full parser.

    ``source`` u8, its length a multiple of 8, holds whole lines in ``size`` bytes, each with a
    line feed, and then ``PADDING`` or more line feeds. Fields go by names, at most 64, in lower
    case: name ``k`` is ``names[starts[k]:starts[k + 1]]``, u8 and i64, and ``ranks`` i64[k, f] its
    rank among the names of each field, 0 for the best and -1 for none of them. Field 0 is the text.

    Returns where the lines start, i64[n + 1]; what they are, u8[n] (``BLANK``, ``PLAIN`` or
    ``UNSURE``); where the value of each field stands, i64[n, f, 2], without quotes and
    with its escapes, empty for one that is missing, null or an empty string; and which names there
    are, u64[n], a bit each. Only a plain line's spans and names mean something. Its text is a
    string that is not empty, its other fields are strings or integers of up to 18 digits.
    """
    if not _is_padded(source, size):
        raise ValueError(f"source: {source.shape[0]} bytes, {size} of them lines, not padded")
    count: int64_t
    with cython.nogil:
        count = _count_lines(source, size)
    lines = np.zeros(count + 1, dtype=np.int64)
    states = np.full(count, UNSURE, dtype=np.uint8)
    spans = np.zeros((count, ranks.shape[1], 2), dtype=np.int64)
    seen = np.zeros(count, dtype=np.uint64)
    reader: _Reader = _Reader()
    reader.source = source
    reader.eights = np.asarray(source).view(np.uint64)
    reader.names = names
    reader.starts = starts
    reader.ranks = ranks
    reader.spans = spans
    reader.best = np.empty(ranks.shape[1], np.int64)
    reader.kinds = np.empty(ranks.shape[1], np.int64)
    _read_lines(reader, lines, states, seen)
    return lines, states, spans, seen


@cython.cfunc
def _read_lines(
    reader: _Reader, lines: int64_t[::1], states: uint8_t[::1], seen: uint64_t[::1]
) -> cython.void:
    at: int64_t = 0
    end: int64_t
    line: cython.Py_ssize_t
    with cython.nogil:
        for line in range(states.shape[0]):
            lines[line] = at
            at = reader.after_space(at)
            if reader.source[at] == b"\n":
                states[line] = _BLANK
            elif reader.source[at] == b"{":
                reader.line = line
                end = reader.read_line(at)
                seen[line] = reader.seen
                if end >= 0:
                    at = end
                    states[line] = _PLAIN
            while reader.source[at] != b"\n":
                at += 1
            at += 1
        lines[states.shape[0]] = at
