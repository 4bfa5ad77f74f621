from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t

from dedup.verdict._links cimport Side
from dedup.verdict._stories cimport Layout, Story


cdef class Senses:
    cdef const uint32_t[::1] ids
    cdef const int32_t[::1] buckets
    cdef const uint8_t[:, ::1] codes
    cdef const uint32_t[:, ::1] centroids
    cdef uint32_t shift


cdef int read_gists(Senses senses, Layout layout, Story* story, int64_t row) except? -1 nogil
cdef int find_likest(Layout layout, Side one, Side two) except? -1 nogil
cdef double gist_alike(Side side, Side other) except? -1 nogil
cdef double gist_apart(Side side, Side other) except? -1 nogil
cdef double gist_near(Side side, Side other) except? -1 nogil
cdef double gist_nearest(Side side, Side other) except? -1 nogil
cdef double gist_whole(Side side, Side other) except? -1 nogil
