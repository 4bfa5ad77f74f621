cimport cython
from dedup.alignment._chain cimport Chain
from libc.stdint cimport int32_t, int64_t


@cython.final
cdef class _Chooser:
    cdef int64_t count, rows, columns
    cdef int32_t[::1] a, b
    cdef double[::1] value, company, best_a, best_b
    cdef int32_t[::1] order
    cdef int64_t[::1] aside
    cdef Chain line
    cdef object prepare(self, int64_t most, int64_t sentences)
    cdef int64_t find_best(self, double least) except? -1 nogil
    cdef int64_t find_mutual(self, double least) except? -1 nogil
    cdef double level(self, double threshold) except? -1 nogil
    cdef int is_behind(self, int64_t one, int64_t other) except? -1 nogil
    cdef int64_t sift(self, int64_t first, int64_t at, int64_t size) except? -1 nogil
    cdef int64_t sort(self, int64_t first, int64_t end) except? -1 nogil
    cdef int64_t add_neighbours(self) except? -1 nogil
    cdef int64_t follow_order(self, Chain line, double penalty) except? -1 nogil
    cdef int64_t choose(self, double least) except? -1 nogil
