from libc.stdint cimport int32_t, int64_t


cdef class _Seeds:
    cdef int64_t rows, columns, count
    cdef int32_t[::1] a, b
    cdef double[::1] score, best_a, best_b
    cdef int64_t picked
    cdef int32_t[::1] pick, label, finer, order, spare, places
    cdef double[::1] mass
    cdef int32_t[::1] members, ends
    cdef int64_t[::1] box
    cdef object prepare(self, int64_t most, int64_t sentences)
    cdef int64_t select(self) except? -1 nogil
    cdef int64_t pick_from(self, double least) except? -1 nogil
    cdef int64_t sort(self, int32_t[::1] keys, int64_t most, bint through) except? -1 nogil
    cdef int64_t split(self, int32_t[::1] sentences, int64_t most, int64_t gap) except? -1 nogil
    cdef int64_t join(self) except? -1 nogil
    cdef int64_t gather(self, int64_t clusters) except? -1 nogil
    cdef int64_t frame(self, int64_t start, int64_t end) except? -1 nogil
    cdef int64_t widen(self, int64_t seed, bint begin) except? -1 nogil
    cdef int64_t extend(self) except? -1 nogil
    cdef int64_t first_from(self, int64_t sentence) except? -1 nogil
    cdef int64_t swap(self) except? -1 nogil
    cdef int64_t count_places(self, int32_t[::1] sentences, int64_t most) except? -1 nogil
    cdef int is_digest(self, int64_t start, int64_t end, double total) except? -1 nogil
    cdef int64_t give_clusters(self, int64_t[:, ::1] out, int64_t at) except? -1 nogil
    cdef int64_t give_digests(self, int64_t[:, ::1] out, int64_t at, bint turned) except? -1 nogil
