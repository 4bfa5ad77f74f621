"""What loops over ragged arrays and open tables need to know before they begin."""

from libc.stdint cimport int64_t


cdef inline int64_t longest_row(const int64_t[::1] offsets) noexcept nogil:
    """Give the length of the longest row of a ragged array, 1 at least."""
    cdef int64_t longest = 1
    cdef Py_ssize_t row
    for row in range(offsets.shape[0] - 1):
        longest = max(longest, offsets[row + 1] - offsets[row])
    return longest


cdef inline int64_t places_for(int64_t count) noexcept nogil:
    """Give the places of an open table for so many keys: a power of two."""
    cdef int64_t size = 4
    while size < 2 * count:
        size *= 2
    return size
