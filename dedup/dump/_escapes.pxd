from libc.stdint cimport int64_t, uint8_t


cdef inline int64_t hex_value(const uint8_t[::1] source, int64_t at) except -2 nogil:
    """Give the value of four hexadecimal digits, -1 if they are none."""
    cdef int64_t value = 0
    cdef int64_t k
    cdef uint8_t byte
    for k in range(at, at + 4):
        byte = source[k]
        if 48 <= byte <= 57:
            value = (value << 4) | (byte - 48)
        elif 97 <= (byte | 32) <= 102:
            value = (value << 4) | ((byte | 32) - 87)
        else:
            return -1
    return value
