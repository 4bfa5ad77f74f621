from dedup.verdict._links cimport Side


cdef double days_apart(Side side, Side other) except? -1 nogil
cdef double elsewhere(Side side, Side other) except? -1 nogil
