from dedup.verdict._links cimport Side

# What measures one text, whose side comes first, beside the other.
ctypedef double (*Measurer)(Side, Side) except? -1 nogil


cdef int measure_side(Side side, Side other, double[::1] found) except? -1 nogil
