from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t


cdef struct Story:
    # Where the arrays of one story begin, and how much of them it uses.
    int64_t at
    int64_t words
    int64_t entries
    int64_t edge
    int64_t sentences
    int64_t details
    int64_t facts
    int64_t amounts_at
    int64_t amounts


cdef class Layout:
    cdef readonly Py_ssize_t rows
    cdef int64_t[:, ::1] stories
    cdef uint32_t[::1] words
    cdef uint8_t[::1] marks
    cdef uint8_t[::1] entry_marks
    cdef int32_t[::1] sentence
    cdef int32_t[::1] entry
    cdef uint32_t[::1] vocabulary
    cdef double[::1] weights
    cdef int32_t[::1] plain
    cdef int32_t[::1] detail
    cdef int32_t[::1] place_starts
    cdef int32_t[::1] places
    cdef int32_t[::1] held
    cdef int32_t[::1] details
    cdef int32_t[::1] facts
    cdef int32_t[::1] times
    cdef int32_t[::1] first
    cdef int32_t[::1] arrivals
    cdef int16_t[::1] steps
    cdef int16_t[::1] vector
    cdef int64_t[::1] listed
    cdef int8_t[:, ::1] vectors
    cdef int32_t[::1] following
    cdef uint8_t[::1] kinds
    cdef uint8_t[::1] arranged
    cdef int32_t[:, ::1] owned
    cdef int64_t[:, ::1] dates
    cdef int64_t[::1] heads
    cdef uint64_t[::1] amounts
    cdef int32_t[::1] bounds
    cdef int32_t[::1] held_starts
    cdef int32_t[::1] quoted
    cdef int32_t[::1] names
    cdef int32_t[::1] function
    cdef int32_t[::1] numbers
    cdef int16_t[:, ::1] gists
    cdef int32_t[:, ::1] wholes
    cdef int32_t[::1] gist_words
    cdef uint8_t[::1] sensed
    cdef double[::1] commonness
    cdef uint64_t[:, ::1] digests


cdef uint8_t CAPITAL


cdef Story story_of(Layout layout, int64_t row) noexcept nogil
