from dedup.verdict._links cimport Side
from dedup.verdict._stories cimport Layout


cdef int find_path(Layout layout, Side one, Side two) except? -1 nogil
cdef double gist_path(Side side, Side other) except? -1 nogil
cdef double gist_path_order(Side side, Side other) except? -1 nogil
cdef double gist_gain(Side side, Side other) except? -1 nogil
cdef double gist_mutual(Side side, Side other) except? -1 nogil
cdef double gist_following(Side side, Side other) except? -1 nogil
cdef double lead_place(Side side, Side other) except? -1 nogil
