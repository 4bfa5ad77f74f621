cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t


@cython.final
cdef class _Scorer:
    cdef const uint32_t[::1] letters
    cdef const int64_t[::1] letter_offsets, bounds, firsts
    cdef const double[::1] logs
    cdef const int64_t[::1] limits
    cdef int64_t rows, columns
    cdef uint64_t[::1] keys, spare
    cdef int64_t[::1] places
    cdef int32_t[::1] gram, sentence, tf
    cdef double[::1] weight
    cdef int32_t[::1] heads, in_a
    cdef uint8_t[::1] kept
    cdef double[::1] whole, rest, sums
    cdef int32_t[::1] met
    cdef int64_t entries, grams
    cdef int32_t[::1] out_gram
    cdef double[::1] out_weight
    cdef int64_t[::1] out_bounds
    cdef int32_t[::1] out_a, out_b
    cdef double[::1] out_score
    cdef object prepare(self, int64_t letters, int64_t sentences)
    cdef int64_t hash_grams(self, int64_t text, int64_t sentence, int64_t count) except? -1 nogil
    cdef int64_t sort(self, int64_t count) except? -1 nogil
    cdef int64_t sort_hashes(self, int64_t count) except? -1 nogil
    cdef int64_t part(
        self, uint64_t[::1] source, uint64_t[::1] target, int64_t count, uint64_t shift
    ) except? -1 nogil
    cdef int64_t settle(self, int64_t count) except? -1 nogil
    cdef int64_t count(self, int64_t keys) except? -1 nogil
    cdef int64_t products(self, int64_t gram) noexcept nogil
    cdef int64_t keep(self, int64_t products) except? -1 nogil
    cdef int64_t weigh(self, const double[::1] spread, int64_t at, bint keeps_all) except? -1 nogil
    cdef int64_t leave_out(self, int64_t sentences) except? -1 nogil
    cdef int64_t file(self, int64_t first, int64_t at) except? -1 nogil
    cdef int64_t join(self, int64_t row, int64_t first) except? -1 nogil
    cdef int64_t give(self, int64_t row, int64_t column, int64_t at) except? -1 nogil
    cdef int64_t score(self, int64_t first, int64_t at) except? -1 nogil
