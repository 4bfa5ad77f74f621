"""What loops over ragged arrays, open tables and bytes share."""

cimport cython
from libc.stdint cimport int64_t, uint8_t, uint32_t
from libc.string cimport memchr


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


@cython.overflowcheck(False)
cdef inline uint32_t home_of(uint32_t key, uint32_t mask) noexcept nogil:
    """Give the place in an open table of ``mask + 1`` where the look for a key begins."""
    return ((key * <uint32_t>0x9E3779B1) >> 7) & mask


cdef inline int64_t place_of(
    const uint32_t[::1] ids, uint32_t word, int64_t at, int64_t end
) except? -1 nogil:
    """Find the first of ascending ids, from ``at`` to ``end``, that is a word's or comes after it.

    It is one of the next four nearly always; they are counted, as whether each is one is more than
    a processor can guess.
    """
    if at + 4 <= end:
        at += (
            (ids[at] < word) + (ids[at + 1] < word) + (ids[at + 2] < word) + (ids[at + 3] < word)
        )
    while at < end and ids[at] < word:
        at += 1
    return at


cdef inline int64_t find_id(const uint32_t[::1] ids, uint32_t word) except? -2 nogil:
    """Find a word among a few thousand ascending ids: its place, or -1."""
    cdef int64_t low = 0
    cdef int64_t high = ids.shape[0]
    cdef int64_t middle
    while low < high:
        middle = (low + high) // 2
        if ids[middle] < word:
            low = middle + 1
        else:
            high = middle
    return low if low < ids.shape[0] and ids[low] == word else -1


@cython.overflowcheck(False)  # the check takes integers, and would make them of pointers
cdef inline int64_t find_byte(
    const uint8_t[::1] source, uint8_t byte, int64_t at, int64_t end
) except? -2 nogil:
    """Find where a byte stands next, from ``at`` to ``end``, which stands for nowhere."""
    cdef const uint8_t* first
    cdef const uint8_t* found
    if at >= end:
        return end
    first = &source[at]
    found = <const uint8_t*>memchr(first, byte, end - at)
    return end if found == NULL else at + (found - first)
