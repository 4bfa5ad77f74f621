from dedup.verdict._links cimport Side
from dedup.verdict._stories cimport Layout


cdef int find_orders(Layout layout, Side one, Side two) except? -1 nogil
cdef double fact_chain(Side side, Side other) except? -1 nogil
cdef double fact_chain_order(Side side, Side other) except? -1 nogil
cdef double rare_chain(Side side, Side other) except? -1 nogil
cdef double content_chain(Side side, Side other) except? -1 nogil
cdef double content_chain_length(Side side, Side other) except? -1 nogil
cdef double content_chain_order(Side side, Side other) except? -1 nogil
cdef double neighbours(Side side, Side other) except? -1 nogil
cdef double neighbours_count(Side side, Side other) except? -1 nogil
