from dedup.verdict._links cimport Side
from dedup.verdict._stories cimport Layout


cdef int find_orders(Layout layout, Side one, Side two) except? -1 nogil
cdef double fact_chain(Side side, Side other) except? -1 nogil
cdef double fact_chain_length(Side side, Side other) except? -1 nogil
cdef double fact_chain_order(Side side, Side other) except? -1 nogil
cdef double number_chain(Side side, Side other) except? -1 nogil
cdef double number_chain_length(Side side, Side other) except? -1 nogil
cdef double number_chain_order(Side side, Side other) except? -1 nogil
cdef double rare_chain(Side side, Side other) except? -1 nogil
cdef double rare_chain_length(Side side, Side other) except? -1 nogil
cdef double rare_chain_order(Side side, Side other) except? -1 nogil
cdef double plain_chain(Side side, Side other) except? -1 nogil
cdef double plain_chain_length(Side side, Side other) except? -1 nogil
cdef double plain_chain_order(Side side, Side other) except? -1 nogil
cdef double content_chain(Side side, Side other) except? -1 nogil
cdef double content_chain_length(Side side, Side other) except? -1 nogil
cdef double content_chain_order(Side side, Side other) except? -1 nogil
cdef double fact_neighbours(Side side, Side other) except? -1 nogil
cdef double fact_neighbours_count(Side side, Side other) except? -1 nogil
cdef double plain_neighbours(Side side, Side other) except? -1 nogil
cdef double plain_neighbours_count(Side side, Side other) except? -1 nogil
cdef double content_neighbours(Side side, Side other) except? -1 nogil
cdef double content_neighbours_count(Side side, Side other) except? -1 nogil
