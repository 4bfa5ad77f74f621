cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t


@cython.final
cdef class _Tiler:
    cdef const int32_t[::1] words, labels
    cdef int64_t first_a, first_b, size_a, size_b, least, mask
    cdef int32_t[::1] head, tail, count_a, count_b, following, slot, run_a, run_b, length
    cdef int64_t runs
    cdef int32_t[::1] near
    cdef uint64_t[::1] keys
    cdef int32_t[::1] starts
    cdef uint8_t[::1] taken_a, taken_b
    cdef int32_t[::1] tile_b, tile_length
    cdef int64_t best
    cdef object prepare(self, int64_t most_a, int64_t most_b)
    cdef inline int64_t label(self, int64_t at) except? -2 nogil
    cdef inline int64_t find(self, int64_t at) except? -1 nogil
    cdef int64_t enter(self) except? -1 nogil
    cdef int64_t anchor(self) except? -1 nogil
    cdef int64_t begin(self, int64_t i, int64_t j) except? -1 nogil
    cdef int is_before(self, int64_t one, int64_t other) except? -1 nogil
    cdef int64_t sift(self, int64_t at, int64_t size) except? -1 nogil
    cdef int64_t put(self, int64_t at, int64_t i, int64_t j, int64_t length) except? -1 nogil
    cdef int64_t tile(self) except? -1 nogil
    cdef int64_t find_free(self, int64_t i, int64_t j, int64_t length) except? -1 nogil
    cdef int64_t take(self, int64_t i, int64_t j, int64_t length) except? -1 nogil
    cdef int64_t give(self, int32_t[::1] out, int64_t at) except? -1 nogil
