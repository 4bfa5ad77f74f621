from libc.stdint cimport int16_t, int32_t


cdef packed struct Node:
    # As the file holds it: the column that it asks for, -1 for a leaf; the node to its right, that
    # to its left stands behind it and is for values up to the threshold; and its value.
    int16_t column
    int32_t right
    double threshold
    double value
