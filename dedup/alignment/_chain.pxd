cimport cython
from libc.stdint cimport int32_t, int64_t


@cython.final
cdef class Chain:
    cdef int64_t rows, columns, links, size
    cdef int32_t[::1] link_a, link_b
    cdef double[::1] weight
    cdef int32_t[::1] places, ranks, sorted_b, sorted_a, ends, before, chain
    cdef double[::1] tree
    cdef object prepare(self, int64_t most, int64_t sentences)
    cdef int64_t sort_links(self) except? -1 nogil
    cdef int64_t find(self) except? -1 nogil
    cdef int64_t unwind(self, int64_t last) except? -1 nogil
    cdef int64_t count_before(self) except? -1 nogil
