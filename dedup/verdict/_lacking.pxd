from dedup.verdict._links cimport Side


cdef int find_lacking(Side side) except? -1 nogil
cdef int find_head(Side side) except? -1 nogil
cdef double name_weight(Side side, Side other) except? -1 nogil
cdef double names_lacking(Side side, Side other) except? -1 nogil
cdef double rare_weight(Side side, Side other) except? -1 nogil
cdef double rare_lacking(Side side, Side other) except? -1 nogil
cdef double head_facts(Side side, Side other) except? -1 nogil
cdef double head_names(Side side, Side other) except? -1 nogil
cdef double first_words(Side side, Side other) except? -1 nogil
cdef double first_rare(Side side, Side other) except? -1 nogil
