from libc.stdint cimport int64_t, uint64_t

from dedup.verdict._links cimport Side
from dedup.verdict._stories cimport Layout


cdef class Table:
    cdef uint64_t[::1] grams
    cdef int64_t[::1] filled
    cdef int64_t stamp


cdef int copy_runs(Layout layout, Side one, Side two, Table table) except? -1 nogil
