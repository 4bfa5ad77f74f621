from dedup.verdict._links cimport Side


cdef double copied_content(Side side, Side other) except? -1 nogil
cdef double copied_facts(Side side, Side other) except? -1 nogil
cdef double function_words(Side side, Side other) except? -1 nogil
cdef double linked_names(Side side, Side other) except? -1 nogil
