"""The compiled loops that mark words by where they stand: beside a quotation mark, in a headline.

They go by what is between the words; what a word is by itself, ``_traits`` has marked before.
"""

import cython
from cython.cimports.libc.stdint import int32_t, int64_t, uint16_t, uint32_t

from dedup.facts.lexicon import HEADLINE_TENTHS, LEAST_QUOTED, Trait

_COUNTS = cython.declare(uint16_t, Trait.COUNTS)
_CAPITAL = cython.declare(uint16_t, Trait.CAPITAL)
_CASELESS = cython.declare(uint16_t, Trait.CASELESS)
_QUOTED = cython.declare(uint16_t, Trait.QUOTED)
_APART = cython.declare(uint16_t, Trait.APART)
_OPENS = cython.declare(uint16_t, Trait.OPENS)
_HEADLINE = cython.declare(uint16_t, Trait.HEADLINE)
_LEAST_QUOTED = cython.declare(cython.Py_ssize_t, LEAST_QUOTED)
_HEADLINE_TENTHS = cython.declare(int64_t, HEADLINE_TENTHS)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _is_quote(code: uint32_t) -> cython.bint:
    if code == 0x22 or code == 0xAB or code == 0xBB:
        return True
    if code < 0x2018:
        return code == 0x5F4
    return (
        code <= 0x201F
        or code == 0x2039
        or code == 0x203A
        or (0x300C <= code <= 0x300F)
        or code == 0xFF02
    )


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _may_join(codes: cython.const[uint32_t][::1], start: int64_t, end: int64_t) -> cython.bint:
    """Tell whether what stands between two words may part the words of one name."""
    at: int64_t
    for at in range(start, end):
        if codes[at] > 0x2E and codes[at] != 0xA0 and codes[at] != 0x2019:
            return False
        if 0x20 < codes[at] < 0x2D and codes[at] != 0x27:
            return False
    return end - start <= 2


@cython.cfunc
@cython.nogil
def mark_quotes(
    codes: cython.const[uint32_t][::1],
    spans: cython.const[int32_t][:, ::1],
    traits: uint16_t[::1],
) -> cython.int:
    """Mark the words beside quotation marks, not at apostrophes and words at arm's length."""
    count: cython.Py_ssize_t = spans.shape[1]
    k: cython.Py_ssize_t
    opened: cython.Py_ssize_t = -_LEAST_QUOTED
    at: int64_t
    start: int64_t
    end: int64_t
    blank: cython.bint
    for k in range(count + 1):
        start = spans[1, k - 1] if k else 0
        end = spans[0, k] if k < count else codes.shape[0]
        if k and k < count and not _may_join(codes, start, end):
            traits[k - 1] |= _APART
        if (
            k
            and k < count
            and end == start + 1
            and (codes[start] == 0x2019 or codes[start] == 0x27)
        ):
            continue
        blank = k == 0
        for at in range(start, end):
            if not _is_quote(codes[at]):
                blank = blank or codes[at] <= 0x20 or codes[at] == 0xA0
            elif blank or at + 1 == end:
                if k < count:
                    traits[k] |= _QUOTED
                    if at + 1 == end:
                        traits[k] |= _OPENS
                    opened = k
            elif k - opened < _LEAST_QUOTED:
                traits[opened] &= ~_QUOTED
            else:
                traits[k - 1] |= _QUOTED
    return 0


@cython.cfunc
@cython.nogil
def open_sentences(traits: uint16_t[::1], cuts: cython.const[int32_t][:, ::1]) -> cython.int:
    """Take capitals from the words that open a sentence, capitals and quotes from headlines."""
    s: cython.Py_ssize_t
    k: int64_t
    capitals: int64_t
    cased: int64_t
    first: int64_t
    last: int64_t
    for s in range(cuts.shape[0]):
        first = cuts[s, 2]
        last = cuts[s + 1, 2] if s + 1 < cuts.shape[0] else traits.shape[0]
        capitals = 0
        cased = 0
        for k in range(first + 1, last):  # the first word has one anyway
            if traits[k] & _CAPITAL:
                capitals += 1
            if not traits[k] & (_CASELESS | _COUNTS):
                cased += 1
        if cased > 1 and 10 * capitals >= _HEADLINE_TENTHS * cased:
            for k in range(first, last):
                traits[k] = (traits[k] & ~(_CAPITAL | _QUOTED)) | _HEADLINE
        elif first < last:
            traits[first] |= _OPENS
        for k in range(first, last):
            if traits[k] & _OPENS and not (k + 1 < last and traits[k + 1] & _CAPITAL):
                traits[k] &= ~_CAPITAL
    return 0
