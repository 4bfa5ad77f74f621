from libc.stdint cimport int32_t, int64_t, uint32_t

from dedup.verdict._links cimport Side
from dedup.verdict._stories cimport Layout, Story


cdef struct Amount:
    # An amount is value * 10 ** power.
    int64_t value
    int64_t power


cdef class Numerals:
    cdef const uint32_t[::1] ids
    cdef const int32_t[::1] codes


cdef int read_amounts(Numerals numerals, Layout layout, Story* story, int64_t row) except? -1 nogil
cdef int find_amounts(Layout layout, Side one, Side two) except? -1 nogil
cdef double amounts_lacking(Side side, Side other) except? -1 nogil
