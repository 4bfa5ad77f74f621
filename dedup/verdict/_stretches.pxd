from dedup.verdict._links cimport Side


cdef int find_stretches(Side side) except? -1 nogil
cdef double fact_stretch(Side side, Side other) except? -1 nogil
cdef double content_stretch(Side side, Side other) except? -1 nogil
