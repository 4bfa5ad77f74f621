"""The measures of :mod:`dedup.verdict.measures`, a function each.

Each takes the two sides of a pair, on which it was found what their stories share, and measures the
first beside the second. The table says what is counted.
"""

import cython
from cython.cimports.dedup.verdict._links import Side
from cython.cimports.dedup.verdict._measures import Measurer
from cython.cimports.libc.math import sqrt
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t

from dedup.text.marks import Mark
from dedup.verdict import measures

__all__: list[str] = []

_NUMBER = cython.declare(uint8_t, Mark.NUMBER)
_NAME = cython.declare(uint8_t, Mark.NAME)
_LINKED = cython.declare(cython.double, measures.LINKED)
_OPENING = cython.declare(int64_t, measures.OPENING)
_CLOSE = cython.declare(int64_t, measures.CLOSE)
_PART_OF_TEXT = cython.declare(int64_t, measures.PART_OF_TEXT)
_NEAR_VERBATIM = cython.declare(cython.double, measures.NEAR_VERBATIM)
_SHARED = cython.declare(cython.double, measures.SHARED)
_SHARED_WORDS = cython.declare(int64_t, measures.SHARED_WORDS)
_MOST = cython.declare(cython.Py_ssize_t, 64)
_MEASURERS = cython.declare(Measurer[64])
"""The function of each measure, in the table's order; each is entered below its definition."""


# --- Services ------------------------------------------------------------------------------------


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(-1)
def _size(side: Side, i: int64_t) -> int64_t:
    """Count the words of a sentence."""
    at: int64_t = side.story.edge + i
    return side.layout.bounds[at + 1] - side.layout.bounds[at]


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(-1)
def _words_between(side: Side, start: int64_t, end: int64_t) -> int64_t:
    """Count the words of sentences ``start`` to ``end`` (exclusive)."""
    edge: int64_t = side.story.edge
    return side.layout.bounds[edge + end] - side.layout.bounds[edge + start]


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _share(part: cython.double, whole: int64_t) -> cython.double:
    """Divide; 0 where the whole is nothing."""
    return part / cython.cast(cython.double, whole) if whole > 0 else 0.0


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(-1)
def _is_own(side: Side, i: int64_t) -> cython.int:
    """Tell whether a sentence is the outlet's own prose for the most part, no quotation."""
    return 2 * side.layout.quoted[side.story.edge + i] < _size(side, i)


# --- Measures: each of the table's, in its order -------------------------------------------------


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _rare_words(side: Side, other: Side) -> cython.double:
    rare: cython.double = side.layout.rare[side.row]
    return sqrt(side.shared_weight / rare) if rare > 0.0 else 0.0


_MEASURERS[measures.COLUMNS["rare_words"]] = _rare_words


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _linked(side: Side, other: Side) -> cython.double:
    return _share(side.linked_words, side.story.words)


_MEASURERS[measures.COLUMNS["linked"]] = _linked


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _in_order(side: Side, other: Side) -> cython.double:
    """Weigh, in words, the heaviest path of linked sentences whose counterparts do not go back.

    ``best`` is a Fenwick tree of the heaviest paths that end up to a counterpart.
    """
    ends: int64_t = other.story.sentences
    i: int64_t
    at: int64_t
    weight: cython.double
    heaviest: cython.double = 0.0
    side.best[: ends + 1] = 0.0
    for i in range(side.story.sentences):
        if side.similarity[i] < _LINKED:
            continue
        weight = 0.0
        at = side.partner[i] + 1
        while at > 0:
            weight = max(weight, side.best[at])
            at -= at & -at
        weight += _size(side, i)
        heaviest = max(heaviest, weight)
        at = side.partner[i] + 1
        while at <= ends:
            side.best[at] = max(side.best[at], weight)
            at += at & -at
    return _share(heaviest, side.story.words)


_MEASURERS[measures.COLUMNS["in_order"]] = _in_order


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _region(side: Side, other: Side) -> cython.double:
    words: int64_t = _words_between(side, side.region_start, side.region_end)
    return min(1.0, _share(words, min(side.story.words, other.story.words)))


_MEASURERS[measures.COLUMNS["region"]] = _region


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _outside(side: Side, other: Side) -> cython.double:
    i: int64_t
    inside: int64_t = 0
    for i in range(side.region_start, side.region_end):
        if side.similarity[i] >= _LINKED:
            inside += _size(side, i)
    return _share(side.linked_words - inside, side.linked_words)


_MEASURERS[measures.COLUMNS["outside"]] = _outside


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _opening(side: Side, other: Side) -> cython.double:
    i: int64_t
    opening: int64_t = min(_OPENING, side.story.sentences)
    alike: cython.double = 0.0
    for i in range(opening):
        alike += _size(side, i) * side.similarity[i]
    return _share(alike, _words_between(side, 0, opening))


_MEASURERS[measures.COLUMNS["opening"]] = _opening


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _together(side: Side, other: Side) -> cython.double:
    at: int64_t = side.story.at
    k: int64_t
    match: int32_t
    place: int64_t
    last: int64_t = -1
    steps: int64_t = 0
    close: int64_t = 0
    most: int64_t = min(_CLOSE, other.story.words // _PART_OF_TEXT)
    for k in range(side.story.details):
        match = side.match[side.layout.details[at + k]]
        place = side.layout.detail[other.story.at + match] if match >= 0 else -1
        if place < 0:
            continue
        if last >= 0:
            steps += 1
            close += max(place - last, last - place) <= most
        last = place
    return cython.cast(cython.double, close + 1) / cython.cast(cython.double, steps + 2)


_MEASURERS[measures.COLUMNS["together"]] = _together


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _plain(side: Side, other: Side) -> cython.double:
    at: int64_t = side.story.at
    k: int64_t
    there: int64_t = 0
    whole: int64_t = 0
    for k in range(side.matches):
        there += side.layout.plain[at + side.matched[k]]
    for k in range(side.story.entries):
        whole += side.layout.plain[at + k]
    return _share(there, whole) if whole else 0.5


_MEASURERS[measures.COLUMNS["plain"]] = _plain


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(-1)
def _is_in_region(side: Side, position: int64_t) -> cython.int:
    sentence: int64_t = side.layout.sentence[side.story.at + position]
    return side.region_start <= sentence and sentence < side.region_end


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _names(side: Side, other: Side) -> cython.double:
    at: int64_t = side.story.at
    k: int64_t
    position: int64_t
    names: int64_t = 0
    there: int64_t = 0
    for k in range(side.story.facts):
        position = side.layout.facts[at + k]
        if side.layout.marks[at + position] & _NAME and _is_in_region(side, position):
            names += 1
            there += side.match[side.layout.entry[at + position]] >= 0
    return _share(there, names) if names else 0.5


_MEASURERS[measures.COLUMNS["names"]] = _names


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _missing_numbers(side: Side, other: Side) -> cython.double:
    at: int64_t = side.story.at
    k: int64_t
    position: int64_t
    numbers: int64_t = 0
    missing: int64_t = 0
    for k in range(side.story.facts):
        position = side.layout.facts[at + k]
        if side.layout.marks[at + position] & _NUMBER and _is_in_region(side, position):
            numbers += 1
            missing += side.nearness[k] > 1
    return cython.cast(cython.double, missing + 1) / cython.cast(cython.double, numbers + 2)


_MEASURERS[measures.COLUMNS["missing_numbers"]] = _missing_numbers


@cython.cfunc
@cython.nogil
@cython.exceptval(-1)
def _replaced(side: Side, lacking: int32_t[::1], lacking_there: int32_t[::1]) -> cython.double:
    """Share of words in linked sentences in which other facts stand for their own.

    So it is where the sentence has a fact that its counterpart lacks, and the counterpart one that
    its own counterpart lacks: a fact that one text alone reports is not replaced.
    """
    i: int64_t
    words: int64_t = 0
    for i in range(side.story.sentences):
        if side.similarity[i] >= _LINKED and lacking[i] and lacking_there[side.partner[i]]:
            words += _size(side, i)
    return _share(words, side.story.words)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _replaced_names(side: Side, other: Side) -> cython.double:
    return _replaced(side, side.lacking_names, other.lacking_names)


_MEASURERS[measures.COLUMNS["replaced_names"]] = _replaced_names


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _replaced_numbers(side: Side, other: Side) -> cython.double:
    return _replaced(side, side.lacking_numbers, other.lacking_numbers)


_MEASURERS[measures.COLUMNS["replaced_numbers"]] = _replaced_numbers


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _quotes(side: Side, other: Side) -> cython.double:
    return _share(side.copied_quotes, side.story.words)


_MEASURERS[measures.COLUMNS["quotes"]] = _quotes


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _patches(side: Side, other: Side) -> cython.double:
    linked: cython.double = max(_linked(side, other), _linked(other, side))
    return sqrt(_share(side.copied_words, side.story.words)) * (1.0 - linked)


_MEASURERS[measures.COLUMNS["patches"]] = _patches


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _kept(side: Side, other: Side) -> cython.double:
    i: int64_t
    own: int64_t = 0
    kept: int64_t = 0
    for i in range(side.story.sentences):
        if _is_own(side, i):
            own += _size(side, i)
            if side.copied[i] >= _NEAR_VERBATIM * _size(side, i):
                kept += _size(side, i)
    return _share(kept, own)


_MEASURERS[measures.COLUMNS["kept"]] = _kept


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _kept_sentences(side: Side, other: Side) -> cython.double:
    i: int64_t
    size: int64_t
    kept: int64_t = 0
    for i in range(side.story.sentences):
        size = _size(side, i)
        if size >= _SHARED_WORDS and side.copied[i] >= _SHARED * size and _is_own(side, i):
            kept += 1
    return kept


_MEASURERS[measures.COLUMNS["kept_sentences"]] = _kept_sentences


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _words(side: Side, other: Side) -> cython.double:
    return side.story.words


_MEASURERS[measures.COLUMNS["words"]] = _words


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _same(side: Side, other: Side) -> cython.double:
    """Compare all words, by their digests, and those of the stories.

    Furniture among the same words may lie elsewhere; the words are what counts.
    """
    k: int64_t = 0
    here: int64_t = side.row
    there: int64_t = other.row
    if (
        side.layout.digests[here, 0] == side.layout.digests[there, 0]
        and side.layout.digests[here, 1] == side.layout.digests[there, 1]
    ):
        return 1.0
    if side.story.words != other.story.words:
        return 0.0
    while (
        k < side.story.words
        and side.layout.words[side.story.at + k] == side.layout.words[other.story.at + k]
    ):
        k += 1
    return k == side.story.words


_MEASURERS[measures.COLUMNS["same"]] = _same


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _empty(side: Side, other: Side) -> cython.double:
    return (side.story.words == 0) != (other.story.words == 0)


_MEASURERS[measures.COLUMNS["empty"]] = _empty


# --- All of them ---------------------------------------------------------------------------------


def _check_functions() -> None:
    """Refuse a table with a measure that has no function, or with more measures than fit."""
    at: cython.Py_ssize_t
    for at, row in enumerate(measures.MEASURES):
        if at >= _MOST or _MEASURERS[at] == cython.NULL:
            raise ImportError(f"no function measures {row.name!r}")


_check_functions()


@cython.cfunc
@cython.nogil
@cython.exceptval(-1)
def measure_side(side: Side, other: Side, found: cython.double[::1]) -> cython.int:
    """Write every measure of one side of a pair."""
    at: cython.Py_ssize_t
    for at in range(found.shape[0]):
        found[at] = _MEASURERS[at](side, other)
    return 0
