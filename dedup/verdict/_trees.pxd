from libc.stdint cimport int16_t


cdef packed struct Node:
    # As the file holds it: the column that it asks for, -1 for a leaf; how many nodes on that to
    # its right stands, that to its left is the next one, for values up to the threshold; its value.
    int16_t column
    int16_t right
    float threshold
    float value
