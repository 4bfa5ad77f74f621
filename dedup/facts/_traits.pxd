from libc.stdint cimport int64_t, uint16_t, uint32_t, uint64_t

cdef extern from "Python.h" nogil:
    bint is_alpha "Py_UNICODE_ISALPHA" (Py_UCS4 code)
    bint is_decimal "Py_UNICODE_ISDECIMAL" (Py_UCS4 code)
    bint is_lower "Py_UNICODE_ISLOWER" (Py_UCS4 code)
    bint is_upper "Py_UNICODE_ISUPPER" (Py_UCS4 code)
    Py_UCS4 to_lower "Py_UNICODE_TOLOWER" (Py_UCS4 code)


cdef struct Words:
    # Words of a text from the first to the last (exclusive): ids, and what each may tell.
    const uint32_t* ids
    uint16_t* traits
    uint64_t* sides
    uint64_t* in_place
    uint32_t* stems
    uint32_t* rests
    int64_t count
    int64_t first
    int64_t last


cdef class Marked:
    cdef readonly object words
    cdef readonly object traits
    cdef readonly object stems
    cdef const uint32_t[::1] _words
    cdef uint16_t[::1] _traits
    cdef uint64_t[:, ::1] _sides
    cdef uint32_t[:, ::1] _parts
    cdef Words stretch(self, int64_t first, int64_t last) except *
