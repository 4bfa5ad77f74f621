from libc.stdint cimport int32_t, int64_t

from dedup.verdict._stories cimport Layout, Story


cdef class Side:
    cdef Layout layout
    cdef Story story
    cdef int64_t row
    # What is found of the words and sentences of one text beside the other.
    cdef int32_t[::1] match
    cdef int32_t[::1] link_starts
    cdef int32_t[::1] link_ends
    cdef double[::1] squared
    cdef int32_t[::1] matched
    cdef int64_t matches
    cdef double[::1] norms
    cdef int32_t[::1] partner
    cdef double[::1] similarity
    cdef int64_t linked_words
    cdef int64_t region_start
    cdef int64_t region_end
    cdef int32_t[::1] copied
    cdef int32_t[::1] copied_quotes
    cdef int64_t longest_run
    cdef int64_t copied_own
    cdef int64_t copied_facts
    cdef int64_t copied_content
    cdef int64_t run_start
    cdef double[::1] sayable
    cdef double[::1] said
    cdef double[::1] echoed
    cdef int32_t[::1] nearness
    cdef int32_t[::1] lacking_names
    cdef int32_t[::1] lacking_numbers
    cdef int64_t[::1] shared
    cdef int64_t[::1] chain
    cdef int64_t neighbours
    cdef int32_t[::1] has_amount
    cdef int64_t amounts
    cdef double names
    cdef double names_lacking
    cdef double rare
    cdef double rare_lacking
    cdef double facts
    cdef double fact_stretch
    cdef double content
    cdef double content_stretch
    cdef int64_t head_names
    cdef int64_t head_there
    cdef int64_t first_there
    cdef int32_t[::1] likest
    cdef int32_t[::1] likeness
    cdef int64_t summed
    cdef int64_t gists
    cdef int64_t gist_words
    cdef int32_t[:, ::1] alike
    cdef double[::1] means
    cdef double[::1] most
    cdef int32_t[::1] matches_gist
    cdef double gained
    cdef double path
    cdef double gist_whole
    # Work space.
    cdef int32_t[:, ::1] ends
    cdef double[::1] row_sums
    cdef int32_t[::1] touched
    cdef double[::1] best
    cdef int32_t[::1] run_ends
    cdef int64_t[::1] slots


cdef int link(Layout layout, Side one, Side two) except? -1 nogil
cdef int find_facts(Layout layout, Side side, Side other) except? -1 nogil
cdef int find_said(Layout layout, Side side, Side other) except? -1 nogil
