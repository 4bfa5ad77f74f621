"""What rules for furniture are tried on, and what becomes of the flags that they leave."""

import cython
import numpy as np
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t, uint32_t

from dedup.furniture.leads import NUMBER_ID, Try
from dedup.text.marks import Mark

_OPENS = cython.declare(uint8_t, Try.OPENS)
_TRY_PARAGRAPH = cython.declare(uint8_t, Try.PARAGRAPH)
_TRY_SENTENCE = cython.declare(uint8_t, Try.SENTENCE)
_NUMBER = cython.declare(uint8_t, Mark.NUMBER)
_FURNITURE = cython.declare(uint8_t, Mark.FURNITURE)
_NUMBER_ID = cython.declare(int64_t, NUMBER_ID)
_COLUMNS = cython.declare(int64_t, 16)


@cython.cclass
class _Found:
    """What was found of many texts, see :class:`dedup.furniture.finding.Found`."""

    words: cython.const[uint32_t][::1]
    word_offsets: cython.const[int64_t][::1]
    starts: cython.const[int32_t][::1]
    ends: cython.const[int32_t][::1]
    marks: uint8_t[::1]
    sentences: cython.const[int32_t][:, ::1]
    sentence_offsets: cython.const[int64_t][::1]
    furniture: uint8_t[::1]
    tries: cython.const[uint8_t][::1]

    def __init__(self, found):
        self.words, self.word_offsets, self.starts, self.ends, self.marks = found[:5]
        self.sentences, self.sentence_offsets, self.furniture, self.tries = found[5:9]


@cython.cfunc
@cython.nogil
def _word_at(found: _Found, row: int64_t, sentence: int64_t) -> int64_t:
    """Give the first word of a sentence among all texts, or the end of its text's words."""
    if sentence < found.sentence_offsets[row + 1]:
        return found.word_offsets[row] + found.sentences[sentence, 2]
    return found.word_offsets[row + 1]


@cython.cfunc
@cython.nogil
def _describe(
    found: _Found,
    row: int64_t,
    number: int64_t,
    first: int64_t,
    end: int64_t,
    to: int64_t[::1],
) -> cython.int:
    """Say where a stretch stands and which words are at its edges."""
    low: int64_t = _word_at(found, row, first)
    last: int64_t = _word_at(found, row, end) - 1
    to[0] = row
    to[1] = number
    to[2] = first
    to[3] = end
    to[4] = last + 1 - low
    to[5] = found.word_offsets[row + 1] - found.word_offsets[row]
    to[6] = found.sentences[first, 0]
    to[7] = found.starts[low]
    to[8] = found.sentences[end - 1, 1]
    to[9] = found.words[low]
    second: int64_t = min(low + 1, last)
    to[10] = _NUMBER_ID if found.marks[second] & _NUMBER else found.words[second]
    to[11] = found.words[last]
    to[12] = found.ends[low] if found.marks[low] & _NUMBER else -1
    to[13] = found.starts[last] if found.marks[last] & _NUMBER else -1
    to[14] = found.ends[last]
    to[15] = found.words[max(last - 1, low)]
    return 0


@cython.cfunc
@cython.nogil
def _count(found: _Found) -> int64_t:
    """Count the stretches that rules are tried on."""
    count: int64_t = 0
    at: int64_t
    for at in range(found.tries.shape[0]):
        count += (found.tries[at] & _TRY_PARAGRAPH != 0) + (found.tries[at] & _TRY_SENTENCE != 0)
    return count


def tried_stretches(arrays):
    """List the stretches that rules are tried on, i64[t, 16], a paragraph before its sentences.

    ``arrays`` are those of :class:`dedup.furniture.finding.Found`; what the columns are says
    :class:`dedup.furniture.finding.Tried`.
    """
    found: _Found = _Found(arrays)
    tried: int64_t[:, ::1] = np.empty((_count(found), _COLUMNS), np.int64)
    row: int64_t
    at: int64_t
    end: int64_t
    last: int64_t
    number: int64_t
    written: int64_t = 0
    with cython.nogil:
        for row in range(found.sentence_offsets.shape[0] - 1):
            last = found.sentence_offsets[row + 1]
            number = -1
            for at in range(found.sentence_offsets[row], last):
                number += found.tries[at] & _OPENS
                if found.tries[at] & _TRY_PARAGRAPH:
                    end = at + 1
                    while end < last and not found.tries[end] & _OPENS:
                        end += 1
                    _describe(found, row, number, at, end, tried[written])
                    written += 1
                if found.tries[at] & _TRY_SENTENCE:
                    _describe(found, row, -1, at, at + 1, tried[written])
                    written += 1
    return tried.base


def settle(arrays):
    """Take the flags back where a text is nothing but furniture, else mark the words flagged."""
    found: _Found = _Found(arrays)
    row: int64_t
    at: int64_t
    word: int64_t
    first: int64_t
    last: int64_t
    flagged: int64_t
    with cython.nogil:
        for row in range(found.sentence_offsets.shape[0] - 1):
            first = found.sentence_offsets[row]
            last = found.sentence_offsets[row + 1]
            flagged = 0
            for at in range(first, last):
                flagged += found.furniture[at]
            for at in range(first, last):
                if flagged == last - first:
                    found.furniture[at] = 0
                elif found.furniture[at]:
                    for word in range(_word_at(found, row, at), _word_at(found, row, at + 1)):
                        found.marks[word] |= _FURNITURE
