from libc.stdint cimport int32_t, uint16_t, uint32_t


cdef int mark_quotes(
    const uint32_t[::1] codes, const int32_t[:, ::1] spans, uint16_t[::1] traits
) except? -1 nogil
cdef int open_sentences(uint16_t[::1] traits, const int32_t[:, ::1] cuts) except? -1 nogil
