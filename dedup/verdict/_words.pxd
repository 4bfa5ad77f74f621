from dedup.verdict._links cimport Side


cdef double lead(Side side, Side other) except? -1 nogil
cdef double front(Side side, Side other) except? -1 nogil
cdef double news(Side side, Side other) except? -1 nogil
cdef double together(Side side, Side other) except? -1 nogil
cdef double details(Side side, Side other) except? -1 nogil
cdef double plain(Side side, Side other) except? -1 nogil
cdef double names(Side side, Side other) except? -1 nogil
cdef double numbers(Side side, Side other) except? -1 nogil
cdef double facts(Side side, Side other) except? -1 nogil
cdef double missing_numbers(Side side, Side other) except? -1 nogil
cdef double replaced_names(Side side, Side other) except? -1 nogil
cdef double replaced_numbers(Side side, Side other) except? -1 nogil
cdef double number_density(Side side, Side other) except? -1 nogil
cdef double subject(Side side, Side other) except? -1 nogil
cdef double mass(Side side, Side other) except? -1 nogil
cdef double fact_mass(Side side, Side other) except? -1 nogil
cdef double number_mass(Side side, Side other) except? -1 nogil
cdef double rare_count(Side side, Side other) except? -1 nogil
cdef double fact_weight(Side side, Side other) except? -1 nogil
cdef double lead_facts(Side side, Side other) except? -1 nogil
cdef double lead_words(Side side, Side other) except? -1 nogil
