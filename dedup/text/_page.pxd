from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t

cdef class HashTable:
    cdef uint64_t[::1] keys
    cdef uint32_t[::1] flags

cdef class Page:
    cdef uint32_t[::1] codes, flags
    cdef int32_t[::1] events, words_before, edges, begins, stops
    cdef int64_t length, event_count, word_count, paragraph_count

cdef class Batch:
    cdef uint32_t[::1] ids, letters
    cdef int32_t[::1] starts, ends
    cdef uint8_t[::1] marks, furniture, tries
    cdef int32_t[:, ::1] sentences
    cdef int64_t[::1] letter_offsets
    cdef bint keeps_letters
    cdef object arrays
    cdef int64_t first_word, first_sentence, sentence_count, letter_count

cdef int64_t look_up(HashTable table, uint64_t key) except? -1 nogil
cdef int64_t known_token(Page page, int64_t start, int64_t end, HashTable table) except? -1 nogil
cdef bint stands_there(
    Page page, int64_t at, const uint32_t[::1] phrases, int64_t start, int64_t end
) except? -1 nogil
cdef int decode(const uint8_t[::1] source, int64_t at, int64_t end, Page page) except? -1 nogil
cdef int cut_words(Page page) except? -1 nogil
cdef int fold_words(Page page, Batch batch) except? -1 nogil
cdef int cut_paragraphs(Page page) except? -1 nogil
