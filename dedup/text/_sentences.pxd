from dedup.text._page cimport Batch, Page

cdef int cut_sentences(Page page, Batch batch) except? -1 nogil
