"""Numbers packed as varints, seven bits a byte, the lowest first; the steps of posting lists."""

from libc.stdint cimport int64_t, uint8_t, uint64_t


cdef inline int64_t write_varint(uint64_t value, uint8_t[::1] packed, int64_t at) except -1 nogil:
    """Write a number at a byte; gives where it ends."""
    while value >= 128:
        packed[at] = <uint8_t>((value & 127) | 128)
        value >>= 7
        at += 1
    packed[at] = <uint8_t>value
    return at + 1


cdef inline int64_t read_varint(const uint8_t[::1] packed, long long *at, int64_t end) except -2 nogil:
    """Read a number of up to 35 bits and move on; gives -1 where it leads past the end.

    Most have a byte or two, which of both is more than a processor can guess: no branch asks.
    """
    cdef int64_t place = at[0]
    cdef int64_t byte, second, value
    cdef int shift = 7
    if place + 1 < end:
        byte = packed[place]
        second = packed[place + 1]
        if not byte & second & 128:
            at[0] = place + 1 + (byte >> 7)
            return (byte & 127) | ((second & -(byte >> 7)) << 7)
    if place >= end:
        return -1
    byte = packed[place]
    value = byte & 127
    while byte >= 128:
        place += 1
        if place >= end or shift > 28:
            return -1
        byte = packed[place]
        value |= (byte & 127) << shift
        shift += 7
    at[0] = place + 1
    return value


cdef inline int64_t next_row(
    const uint8_t[::1] packed, long long *at, int64_t end, int64_t row, int64_t rows
) except -1 nogil:
    """Read the row behind another in a posting list; raises ValueError where it is none of so many."""
    cdef int64_t step = read_varint(packed, at, end)
    row += 1 + step
    if step < 0 or row >= rows:
        raise ValueError("a posting list names a row that is not there")
    return row
