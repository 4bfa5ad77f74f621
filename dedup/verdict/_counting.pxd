from libc.stdint cimport int64_t

from dedup.verdict._links cimport Side


cdef int64_t words_of(Side side, int64_t i) except? -1 nogil
cdef int64_t words_between(Side side, int64_t start, int64_t end) except? -1 nogil
cdef double share(double part, int64_t whole) noexcept nogil
cdef double drawn(int64_t part, int64_t whole) noexcept nogil
cdef int is_copied(Side side, int64_t i) except? -1 nogil
cdef int is_kept(Side side, int64_t i) except? -1 nogil
cdef int is_own(Side side, int64_t i) except? -1 nogil
