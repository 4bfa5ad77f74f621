from libc.stdint cimport int64_t

from dedup.verdict._amounts cimport Numerals
from dedup.verdict._senses cimport Senses
from dedup.verdict._stories cimport Layout


cdef int arrange_row(Layout layout, int64_t row, Numerals numerals, Senses senses) except? -1 nogil
