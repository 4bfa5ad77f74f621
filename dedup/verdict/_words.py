"""The measures of words and facts: which the other text has, and in which order they come.

Functions of the table in :mod:`dedup.verdict.measures`, which says what is counted.
"""

import cython
from cython.cimports.dedup.verdict._counting import drawn, share, words_of
from cython.cimports.dedup.verdict._links import Side
from cython.cimports.libc.math import log, log1p
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t

from dedup.text.marks import Mark
from dedup.verdict import bounds

_NUMBER = cython.declare(uint8_t, Mark.NUMBER)
_NAME = cython.declare(uint8_t, Mark.NAME)
_LINKED = cython.declare(cython.double, bounds.LINKED)
_APART = cython.declare(uint8_t, Mark.NAME | Mark.NUMBER | Mark.QUOTED)
_FRONT = cython.declare(int64_t, bounds.FRONT)
_LEAD = cython.declare(int64_t, bounds.LEAD)
_CLOSE = cython.declare(int64_t, bounds.CLOSE)
_PART_OF_TEXT = cython.declare(int64_t, bounds.PART_OF_TEXT)
_RARE = cython.declare(cython.double, bounds.RARE)
_VERY_RARE = cython.declare(cython.double, bounds.VERY_RARE)
_CONTENT = cython.declare(cython.double, bounds.CONTENT)


@cython.cfunc
@cython.nogil
def lead(side: Side, other: Side) -> cython.double:
    """Few words are drawn to a quarter, as if 20 more were weighed."""
    i: int64_t
    sayable: cython.double = 20.0
    said: cython.double = 5.0
    for i in range(side.story.sentences):
        if side.layout.bounds[side.story.edge + i] >= _LEAD:
            break
        sayable += side.sayable[i]
        said += side.said[i]
    return said / sayable


@cython.cfunc
@cython.nogil
def front(side: Side, other: Side) -> cython.double:
    at: int64_t = side.story.at
    k: int64_t
    match: int32_t
    entry: int64_t
    sentence: int64_t
    plain: int64_t = 8
    there: int64_t = 2
    for k in range(at, at + min(_FRONT, side.story.words)):
        entry = side.layout.entry[k]
        if side.layout.plain[at + entry] == 0 or side.layout.marks[k] & _APART:
            continue
        plain += 1
        match = side.match[entry]
        if match >= 0:
            sentence = side.layout.places[
                other.story.at + side.layout.place_starts[other.story.at + match]
            ]
            there += side.layout.bounds[other.story.edge + sentence] < _FRONT
    return cython.cast(cython.double, there) / plain


@cython.cfunc
@cython.nogil
def news(side: Side, other: Side) -> cython.double:
    at: int64_t = side.story.at
    k: int64_t
    entry: int64_t
    facts: int64_t = 0
    missing: int64_t = 0
    for k in range(at, at + min(_LEAD, side.story.words)):
        entry = side.layout.entry[k]
        if side.layout.weights[at + entry] < _RARE and not side.layout.marks[k] & _NUMBER:
            continue
        facts += 1
        missing += side.match[entry] < 0
    return drawn(missing, facts)


@cython.cfunc
@cython.inline
@cython.nogil
def _is_in_region(side: Side, position: int64_t) -> cython.int:
    sentence: int64_t = side.layout.sentence[side.story.at + position]
    return side.region_start <= sentence and sentence < side.region_end


@cython.cfunc
@cython.nogil
def together(side: Side, other: Side) -> cython.double:
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


@cython.cfunc
@cython.nogil
def details(side: Side, other: Side) -> cython.double:
    at: int64_t = side.story.at
    k: int64_t
    match: int32_t
    steps: int64_t = -1
    for k in range(side.story.details):
        match = side.match[side.layout.details[at + k]]
        steps += match >= 0 and side.layout.detail[other.story.at + match] >= 0
    return log1p(max(0, steps))


@cython.cfunc
@cython.nogil
def plain(side: Side, other: Side) -> cython.double:
    at: int64_t = side.story.at
    k: int64_t
    there: int64_t = 0
    whole: int64_t = 0
    for k in range(side.matches):
        there += side.layout.plain[at + side.matched[k]]
    for k in range(side.story.entries):
        whole += side.layout.plain[at + k]
    return share(there, whole) if whole else 0.5


@cython.cfunc
@cython.nogil
def names(side: Side, other: Side) -> cython.double:
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
    return share(there, names) if names else 0.5


@cython.cfunc
@cython.nogil
def _marked_there(side: Side, mark: uint8_t) -> cython.double:
    """Share of the distinct words with a mark that the other text has too, few drawn to a half."""
    at: int64_t = side.story.at
    k: int64_t
    marked: int64_t = 0
    there: int64_t = 0
    for k in range(side.story.entries):
        if side.layout.entry_marks[at + k] & mark:
            marked += 1
            there += side.match[k] >= 0
    return drawn(there, marked)


@cython.cfunc
@cython.nogil
def numbers(side: Side, other: Side) -> cython.double:
    return _marked_there(side, _NUMBER)


@cython.cfunc
@cython.nogil
def facts(side: Side, other: Side) -> cython.double:
    return _marked_there(side, _NUMBER | _NAME)


@cython.cfunc
@cython.nogil
def missing_numbers(side: Side, other: Side) -> cython.double:
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
    return drawn(missing, numbers)


@cython.cfunc
@cython.nogil
def _replaced(side: Side, lacking: int32_t[::1], lacking_there: int32_t[::1]) -> cython.double:
    """Share of words in linked sentences in which other facts stand for their own.

    So it is where the sentence has a fact that its counterpart lacks, and the counterpart one that
    its own counterpart lacks: a fact that one text alone reports is not replaced.
    """
    i: int64_t
    words: int64_t = 0
    for i in range(side.story.sentences):
        if side.similarity[i] >= _LINKED and lacking[i] and lacking_there[side.partner[i]]:
            words += words_of(side, i)
    return share(words, side.story.words)


@cython.cfunc
@cython.nogil
def replaced_names(side: Side, other: Side) -> cython.double:
    return _replaced(side, side.lacking_names, other.lacking_names)


@cython.cfunc
@cython.nogil
def replaced_numbers(side: Side, other: Side) -> cython.double:
    return _replaced(side, side.lacking_numbers, other.lacking_numbers)


@cython.cfunc
@cython.nogil
def number_density(side: Side, other: Side) -> cython.double:
    i: int64_t
    numbers: int64_t = 0
    for i in range(side.story.edge, side.story.edge + side.story.sentences):
        numbers += side.layout.numbers[i]
    return share(numbers, side.story.words)


@cython.cfunc
@cython.nogil
def subject(side: Side, other: Side) -> cython.double:
    """Few words are drawn to one half, as if words of the weight 4 were there."""
    at: int64_t = side.story.at
    k: int64_t
    weight: cython.double
    weighed: cython.double = 4.0
    there: cython.double = 2.0
    for k in range(side.story.entries):
        weight = side.layout.weights[at + k]
        if weight < _RARE or side.layout.times[at + k] < 2:
            continue
        if side.layout.entry_marks[at + k] & _NUMBER:
            continue
        weight *= log(cython.cast(cython.double, side.layout.times[at + k]))
        weighed += weight
        there += weight if side.match[k] >= 0 else 0.0
    return there / weighed


@cython.cfunc
@cython.nogil
def mass(side: Side, other: Side) -> cython.double:
    at: int64_t = side.story.at
    k: int64_t
    entry: int32_t
    mass: cython.double = 0.0
    for k in range(side.matches):
        entry = side.matched[k]
        if side.layout.plain[at + entry] > 0:
            mass += side.layout.weights[at + entry]
    return log1p(mass)


@cython.cfunc
@cython.nogil
def _marked_mass(side: Side, other: Side, mark: uint8_t) -> cython.double:
    """Weigh the words with a mark in both texts."""
    at: int64_t = side.story.at
    to: int64_t = other.story.at
    k: int64_t
    entry: int32_t
    match: int32_t
    mass: cython.double = 0.0
    for k in range(side.matches):
        entry = side.matched[k]
        match = side.match[entry]
        if side.layout.entry_marks[at + entry] & side.layout.entry_marks[to + match] & mark:
            mass += min(side.layout.weights[at + entry], side.layout.weights[to + match])
    return log1p(mass)


@cython.cfunc
@cython.nogil
def fact_mass(side: Side, other: Side) -> cython.double:
    return _marked_mass(side, other, _NUMBER | _NAME)


@cython.cfunc
@cython.nogil
def number_mass(side: Side, other: Side) -> cython.double:
    return _marked_mass(side, other, _NUMBER)


@cython.cfunc
@cython.nogil
def rare_count(side: Side, other: Side) -> cython.double:
    k: int64_t
    count: int64_t = 0
    for k in range(side.matches):
        count += side.layout.weights[side.story.at + side.matched[k]] >= _VERY_RARE
    return log1p(cython.cast(cython.double, count))


@cython.cfunc
@cython.nogil
def fact_weight(side: Side, other: Side) -> cython.double:
    """Few facts are drawn to one half, as if words of the weight 8 were there."""
    at: int64_t = side.story.at
    k: int64_t
    weighed: cython.double = 8.0
    there: cython.double = 4.0
    for k in range(side.story.entries):
        if side.layout.entry_marks[at + k] & (_NUMBER | _NAME):
            weighed += side.layout.weights[at + k]
            there += side.layout.weights[at + k] if side.match[k] >= 0 else 0.0
    return there / weighed


@cython.cfunc
@cython.nogil
def _lead_weight(side: Side, facts: cython.bint) -> cython.double:
    """Weigh what the lead has of facts, or of content words, and the share that is there too.

    Few words are drawn to one half of the facts and to a quarter of the words, as if words of the
    weight 8 were there.
    """
    at: int64_t = side.story.at
    k: int64_t
    entry: int64_t
    weighed: cython.double = 8.0
    there: cython.double = 4.0 if facts else 2.0
    for k in range(min(_LEAD, side.story.words)):
        entry = side.layout.entry[at + k]
        if side.layout.first[at + entry] != k:
            continue
        if facts and not side.layout.entry_marks[at + entry] & (_NUMBER | _NAME):
            continue
        if side.layout.weights[at + entry] >= _CONTENT or facts:
            weighed += side.layout.weights[at + entry]
            there += side.layout.weights[at + entry] if side.match[entry] >= 0 else 0.0
    return there / weighed


@cython.cfunc
@cython.nogil
def lead_facts(side: Side, other: Side) -> cython.double:
    return _lead_weight(side, True)


@cython.cfunc
@cython.nogil
def lead_words(side: Side, other: Side) -> cython.double:
    return _lead_weight(side, False)
