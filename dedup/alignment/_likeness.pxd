cimport cython
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t


@cython.final
cdef class Likeness:
    cdef const uint32_t[::1] letters
    cdef const int64_t[::1] offsets, bounds
    cdef int32_t[::1] symbols
    cdef uint64_t[::1] masks, state
    cdef int64_t blocks, length, pattern
    cdef object prepare(self, object texts)
    cdef int64_t size(self, int64_t sentence) except? -1 nogil
    cdef int64_t mark(self, uint32_t letter, int64_t at) except? -1 nogil
    cdef int64_t mark_all(self, int64_t sentence, bint setting) except? -1 nogil
    cdef int64_t take(self, int64_t sentence) except? -1 nogil
    cdef int64_t step(self, uint32_t letter) except? -1 nogil
    cdef int64_t read(self, int64_t sentence, int64_t at) except? -1 nogil
    cdef int64_t begin(self) except? -1 nogil
    cdef double similarity(self, int64_t read) noexcept nogil
