from libc.stdint cimport int64_t

from dedup.text._page cimport Batch, Page

cdef int flag_furniture(Page page, Batch batch, int64_t[::1] seen) except? -1 nogil
