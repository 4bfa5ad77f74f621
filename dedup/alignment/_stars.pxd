cimport cython
from dedup.alignment._likeness cimport Likeness
from libc.stdint cimport int32_t, int64_t, uint8_t


@cython.final
cdef class _Stars:
    cdef int64_t rows, columns, row_a, row_b, first
    cdef int32_t[::1] partners, count
    cdef double[::1] best
    cdef const int32_t[::1] gram
    cdef const double[::1] weight
    cdef const int64_t[::1] bounds
    cdef double[::1] left
    cdef int32_t[::1] behind
    cdef object prepare(self, int64_t sentences, int64_t grams)
    cdef int64_t clear(self) except? -1 nogil
    cdef int64_t partner(self, int64_t sentence, int64_t k) except? -1 nogil
    cdef int64_t add(self, int64_t one, int64_t other, double score) except? -1 nogil
    cdef int is_open(self, int64_t centre) except? -1 nogil
    cdef double residual(self, int64_t centre, int64_t more) noexcept nogil
    cdef int64_t place(self, int64_t sentence) except? -1 nogil
    cdef double gain(self, Likeness like, int64_t centre, int64_t more) noexcept nogil
    cdef int join(self, Likeness like, int64_t one, int64_t other, double least, int revised) except? -1 nogil
    cdef int64_t follow(self) except? -1 nogil
    cdef int64_t link_signs(self, const int32_t[::1] signs, const uint8_t[::1] flags) except? -1 nogil
    cdef int64_t give(self, int32_t[:, ::1] out, double[::1] scores, int64_t at) except? -1 nogil
    cdef int64_t write(self, int64_t sentence, int32_t[:, ::1] out, int64_t at, int64_t column, int64_t base) except? -1 nogil
