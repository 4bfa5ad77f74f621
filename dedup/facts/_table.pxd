from libc.stdint cimport int64_t, uint16_t, uint32_t, uint64_t


cdef class WordTable:
    cdef uint32_t[::1] slots
    cdef uint16_t[::1] traits
    cdef uint64_t[:, ::1] columns


cdef inline int64_t slot_of(WordTable table, uint32_t word) except -1 nogil:
    """Find the slot of a word, or the free one where it would stand, which has no traits."""
    cdef uint32_t mask = <uint32_t>(table.slots.shape[0] - 1)
    cdef uint32_t at = (word >> 5) & mask
    while table.traits[at] != 0 and table.slots[at] != word:
        at = (at + 1) & mask
    return at
