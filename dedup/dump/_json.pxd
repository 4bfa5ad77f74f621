cimport cython
from libc.stdint cimport int64_t, uint8_t, uint64_t


@cython.auto_pickle(False)
@cython.final
cdef class _Reader:
    # What find_fields was given; ``eights`` are the same bytes as ``source``, eight at a time.
    cdef const uint8_t[::1] source
    cdef const uint64_t[::1] eights
    cdef const uint8_t[::1] names
    cdef const int64_t[::1] starts
    cdef const int64_t[:, ::1] ranks
    # Where the value of each field stands, for each line; in the current one of which kind it is
    # and of which rank the name it goes by.
    cdef int64_t[:, :, ::1] spans
    cdef int64_t[::1] best
    cdef int64_t[::1] kinds
    cdef int64_t line
    # What methods note of what they passed last: whether a string was plain, whether there was a
    # comma, of which kind a value is, which name a key is (-1 for none), the names met, a bit each.
    cdef bint plain
    cdef bint more
    cdef int64_t kind
    cdef int64_t name
    cdef uint64_t seen

    cdef int64_t next_special(self, int64_t at) except -2 nogil
    cdef int64_t end_of_escape(self, int64_t at) except -2 nogil
    cdef int64_t end_of_sequence(self, int64_t at) except -2 nogil
    cdef int64_t end_of_string(self, int64_t at) except -2 nogil
    cdef int64_t digits(self, int64_t at) except -2 nogil
    cdef int64_t end_of_number(self, int64_t at) except -2 nogil
    cdef int64_t end_of_word(self, int64_t at) except -2 nogil
    cdef int64_t after_space(self, int64_t at) except -2 nogil
    cdef int64_t which_name(self, int64_t at, int64_t end) except -2 nogil
    cdef int64_t end_of_scalar(self, int64_t at) except -2 nogil
    cdef int64_t after_key(self, int64_t at, int64_t depth) except -2 nogil
    cdef int64_t note_value(self, int64_t kind, int64_t start, int64_t end) except -2 nogil
    cdef int64_t after_value(self, int64_t at) except -2 nogil
    cdef int64_t read_object(self, int64_t at) except -2 nogil
    cdef int64_t read_line(self, int64_t at) except -2 nogil
