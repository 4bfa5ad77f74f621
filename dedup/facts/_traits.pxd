cdef extern from "Python.h" nogil:
    bint is_alpha "Py_UNICODE_ISALPHA" (Py_UCS4 code)
    bint is_decimal "Py_UNICODE_ISDECIMAL" (Py_UCS4 code)
    bint is_lower "Py_UNICODE_ISLOWER" (Py_UCS4 code)
    bint is_upper "Py_UNICODE_ISUPPER" (Py_UCS4 code)
    Py_UCS4 to_lower "Py_UNICODE_TOLOWER" (Py_UCS4 code)
