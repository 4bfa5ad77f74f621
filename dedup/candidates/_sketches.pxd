from libc.stdint cimport int64_t, uint32_t

cdef extern from "least_affine.h" nogil:
    uint32_t least_affine(const uint32_t *hashes, int64_t count, uint32_t a, uint32_t b)
