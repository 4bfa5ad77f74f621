"""What a text's marks and the order of its words tell, listed when a pair of it is measured first.

To link two stories (:mod:`dedup.verdict._links`) nothing of it is asked for, and most pairs that an
index looks at are only linked.
"""

import cython
from cython.cimports.dedup.verdict._amounts import Numerals, read_amounts
from cython.cimports.dedup.verdict._senses import Senses, read_gists
from cython.cimports.dedup.verdict._stories import Layout, Story, story_of
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t

from dedup.text.marks import Mark
from dedup.verdict import bounds

_NUMBER = cython.declare(uint8_t, Mark.NUMBER)
_NAME = cython.declare(uint8_t, Mark.NAME)
_QUOTED = cython.declare(uint8_t, Mark.QUOTED)
_CONTENT_FROM = cython.declare(cython.double, bounds.CONTENT)
_RARE_FROM = cython.declare(cython.double, bounds.RARE)
_KINDS = cython.declare(cython.int, bounds.KINDS)
_FACT = cython.declare(cython.int, bounds.KIND_NAMES.index("fact"))
_RARE = cython.declare(cython.int, bounds.KIND_NAMES.index("rare"))
_CONTENT = cython.declare(cython.int, bounds.KIND_NAMES.index("content"))


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(-1, check=False)
def _kinds_of(layout: Layout, entry: int64_t) -> cython.int:
    """Tell of which kinds a distinct word is: a bit each."""
    marks: uint8_t = layout.entry_marks[entry]
    is_number: cython.int = (marks & _NUMBER) != 0
    is_fact: cython.int = (marks & (_NUMBER | _NAME)) != 0
    is_rare: cython.int = layout.weights[entry] >= _RARE_FROM
    is_content: cython.int = layout.weights[entry] >= _CONTENT_FROM
    return is_fact << _FACT | (is_rare | is_number) << _RARE | (is_content | is_fact) << _CONTENT


@cython.cfunc
@cython.nogil
def arrange_row(layout: Layout, row: int64_t, numerals: Numerals, senses: Senses) -> cython.int:
    """List what the marks of a text tell, and in which order its words first come.

    What was arranged before stays. One thread at a time may do so.
    """
    story = cython.declare(Story)
    if layout.arranged[row]:
        return 0
    story = story_of(layout, row)
    _list_marked(layout, cython.address(story), row)
    _count_marked(layout, cython.address(story))
    _tell_kinds(layout, cython.address(story), row)
    _list_arrivals(layout, cython.address(story))
    read_amounts(numerals, layout, cython.address(story), row)
    read_gists(senses, layout, cython.address(story), row)
    layout.arranged[row] = 1
    return 0


@cython.cfunc
@cython.nogil
def _tell_kinds(layout: Layout, story: cython.pointer[Story], row: cython.Py_ssize_t) -> cython.int:
    entry: int64_t
    kind: cython.int
    kinds: cython.int
    for kind in range(_KINDS):
        layout.owned[row, kind] = 0
    for entry in range(story.at, story.at + story.entries):
        kinds = _kinds_of(layout, entry)
        layout.kinds[entry] = cython.cast(uint8_t, kinds)
        for kind in range(_KINDS):
            layout.owned[row, kind] += kinds >> kind & 1
    return 0


@cython.cfunc
@cython.nogil
def _list_arrivals(layout: Layout, story: cython.pointer[Story]) -> cython.int:
    """List the distinct words as they first come, and the content word that comes next behind."""
    at: int64_t = story.at
    k: int64_t
    entry: int32_t
    is_first: cython.bint
    left: int64_t = story.entries
    content: int32_t = -1
    for k in range(story.words - 1, -1, -1):
        entry = layout.entry[at + k]
        is_first = layout.first[at + entry] == k
        left -= is_first
        if is_first:
            layout.arrivals[at + left] = entry
        # Further to the front, where each is first, it is written over.
        layout.following[at + entry] = content
        content = entry if layout.kinds[at + entry] >> _CONTENT & 1 else content
    return 0


@cython.cfunc
@cython.nogil
def _list_marked(layout: Layout, story: cython.pointer[Story], row: int64_t) -> cython.int:
    """List details and facts as they come: entries, and the positions of facts.

    Each word is written down, and stays where the next one does not take its place.
    """
    at: int64_t = story.at
    k: int64_t
    entry: int64_t
    details: int64_t = at
    facts: int64_t = at
    is_content: cython.int
    is_plain: cython.int
    is_detail: cython.int
    mark: uint8_t
    layout.plain[at : at + story.entries] = 0
    layout.entry_marks[at : at + story.entries] = 0
    for k in range(story.words):
        mark = layout.marks[at + k]
        entry = layout.entry[at + k]
        is_content = layout.weights[at + entry] >= _CONTENT_FROM
        is_plain = is_content & ((mark & (_NUMBER | _NAME | _QUOTED)) == 0)
        is_detail = is_plain & (layout.times[at + entry] == 1)
        layout.entry_marks[at + entry] |= mark
        layout.plain[at + entry] += is_plain
        layout.detail[at + entry] = cython.cast(int32_t, k) if is_detail else -1
        layout.details[details] = cython.cast(int32_t, entry)
        layout.facts[facts] = cython.cast(int32_t, k)
        details += is_detail
        facts += (mark & (_NUMBER | _NAME)) != 0
    layout.stories[row, 5] = details - at
    layout.stories[row, 6] = facts - at
    return 0


@cython.cfunc
@cython.nogil
def _count_marked(layout: Layout, story: cython.pointer[Story]) -> cython.int:
    """Count the names, the numbers and the function words of each sentence."""
    i: int64_t
    k: int64_t
    names: int32_t
    numbers: int32_t
    function: int32_t
    mark: uint8_t
    for i in range(story.edge, story.edge + story.sentences):
        names = 0
        numbers = 0
        function = 0
        for k in range(story.at + layout.bounds[i], story.at + layout.bounds[i + 1]):
            mark = layout.marks[k]
            names += (mark & _NAME) != 0
            numbers += (mark & _NUMBER) != 0
            function += layout.weights[story.at + layout.entry[k]] < _CONTENT_FROM
        layout.function[i] = function
        layout.names[i] = names
        layout.numbers[i] = numbers
    return 0
