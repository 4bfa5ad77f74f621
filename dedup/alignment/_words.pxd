cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t


@cython.final
cdef class _Numbering:
    cdef const uint32_t[::1] ids, letters
    cdef const int64_t[::1] offsets
    cdef int32_t[::1] table
    cdef int64_t[::1] places
    cdef int64_t mask, distinct
    cdef int64_t clear(self, int64_t words) except? -1 nogil
    cdef int64_t number(self, int64_t word) except? -1 nogil


@cython.final
cdef class _Sentences:
    cdef const int64_t[::1] bounds
    cdef const int32_t[::1] words
    cdef const uint8_t[::1] furniture
    cdef int64_t row_a, row_b, first_a, first_b, rows, columns
    cdef int64_t turn_to(self, const int64_t[::1] firsts, const int64_t[::1] sides, int64_t a, int64_t b, int64_t m) except? -1 nogil
    cdef int64_t covered(self, const int32_t[::1] group, int64_t side) except? -1 nogil
    cdef int64_t own(self, int64_t side) except? -1 nogil
    cdef int64_t at_a(self, int64_t sentence) except? -1 nogil
    cdef int64_t at_b(self, int64_t sentence) except? -1 nogil
    cdef int64_t first_from(self, int64_t row, int64_t count, int64_t word) except? -1 nogil
    cdef int keeps_all(self, const int32_t[::1] group) except? -1 nogil
    cdef int64_t label(self, const int32_t[::1] group, int32_t[::1] labels, int64_t label) except? -1 nogil
