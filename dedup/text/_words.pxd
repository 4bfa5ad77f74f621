"""Letters and ids of words, for this module and for those that read texts too."""

cimport cython
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t


@cython.overflowcheck(False)
cdef inline uint32_t word_id(uint64_t total) noexcept nogil:
    """Turn a word's polynomial into its id, as :func:`dedup.text.vocabulary.word_ids` does."""
    return <uint32_t>(((total ^ (total >> 32)) * <uint64_t>0xD6E8FEB86659FD93) >> 32)


cdef inline int64_t decode_point(const uint8_t[::1] source, Py_ssize_t at) except -1 nogil:
    """Read the code point of two to four UTF-8 bytes that begins at ``at``.

    Gives the code point times 8 and how many bytes it took: where the next one begins, and what
    this one is, in one number.
    """
    cdef int64_t lead = source[at]
    cdef int64_t second = source[at + 1] & 0x3F
    if lead < 0xE0:
        return ((((lead & 0x1F) << 6) | second) << 3) | 2
    cdef int64_t third = source[at + 2] & 0x3F
    if lead < 0xF0:
        return ((((((lead & 0x0F) << 6) | second) << 6) | third) << 3) | 3
    cdef int64_t fourth = source[at + 3] & 0x3F
    return ((((((((lead & 0x07) << 6) | second) << 6) | third) << 6) | fourth) << 3) | 4
