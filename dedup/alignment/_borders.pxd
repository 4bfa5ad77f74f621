from libc.stdint cimport int32_t, int64_t, uint8_t


cdef class _Evidence:
    cdef const int32_t[::1] words
    cdef int64_t[::1] start, size, range
    cdef int32_t[::1] total, inside
    cdef uint8_t[::1] met
    cdef int32_t[::1] stamp
    cdef double[::1] known, gains
    cdef int32_t stamps
    cdef object prepare(self, int64_t words, int64_t distinct)
    cdef int64_t count(self, int64_t distinct) except? -1 nogil
    cdef int fit(self, double least) except? -1 nogil
    cdef double fit_side(self, int side) noexcept nogil
    cdef int64_t weigh(self, int side, int64_t low, int64_t high) except? -1 nogil
    cdef double chance(self, int64_t word, double rest, double places) noexcept nogil
    cdef int64_t find_heaviest(self, int side, int64_t first, int64_t end) except? -1 nogil
    cdef int64_t reach(self, int64_t at, int64_t end, int64_t step) except? -1 nogil
