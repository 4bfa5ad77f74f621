from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t


cdef int sort_words(
    const uint32_t[::1] words,
    int64_t at,
    int64_t count,
    uint64_t[::1] ordered,
    uint64_t[::1] spare,
    int32_t[:, ::1] counts,
) except? -1 nogil
