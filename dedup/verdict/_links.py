"""What two stories share: matched words, linked sentences, regions, facts.

The measures of :mod:`dedup.verdict._measures` are made of this. Every sentence of either story
looks for its counterpart in the other, the sentence that shares the most weighty words: the cosine
of their weighted distinct words. A word weighs its background idf times ``ln(1 + S / n)``: the text
with more sentences has S, and n of them (of the text where it is in more) hold it. So what a text
says throughout, the names of its story among it, tells sentences apart least: tf-isf as in
Sanchez-Perez et al. (2014), with a background.
"""

import cython
import numpy as np
from cython.cimports.dedup.verdict._stories import Layout, Story
from cython.cimports.libc.math import sqrt
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t, uint32_t

from dedup.text.marks import Mark
from dedup.verdict import bounds

_NUMBER = cython.declare(uint8_t, Mark.NUMBER)
_NAME = cython.declare(uint8_t, Mark.NAME)
_LINKED = cython.declare(cython.double, bounds.LINKED)
_DENSE = cython.declare(cython.double, bounds.DENSE)
_TINY = cython.declare(cython.double, bounds.TINY)
_HEAVIEST = cython.declare(cython.double, bounds.HEAVIEST)
_MOST_SENTENCES = cython.declare(int32_t, bounds.MOST_SENTENCES)
_ALMOST = cython.declare(cython.double, 1.0 - 1e-9)
"""What is less than this much of a similarity's square is less in any rounding."""


class Side:
    """One story of a pair beside the other, and room for its measuring.

    A distinct word each: ``match`` the entry of the same word in the other story, or -1;
    ``link_starts`` and ``link_ends``, which of the other story's ``places`` are sentences that it
    links; ``squared`` the square of what it weighs between these two. ``matched`` lists the
    ``matches`` entries that both have, ascending.

    A sentence each: ``partner`` its counterpart, or -1, and ``similarity``; ``copied``, how many of
    its words stand in runs that both have, and ``copied_quotes`` how many of those within quotation
    marks; ``sayable``, what its plain words weigh, ``echoed`` those that the counterpart has, and
    ``said`` those and half of what only its neighbours have; ``lacking_names`` and
    ``lacking_numbers``, how many its counterpart lacks. ``nearness`` says of each fact how many
    sentences from the counterpart the other story has it: 0, 1 or, for further, 2. The region is a
    stretch of sentences that is dense with linked ones. Of each kind of words
    (:mod:`dedup.verdict._orders`) ``shared`` is how many both have, ``chain`` how many come in the
    same order; ``neighbours`` counts the content words that have the same one behind them.
    ``has_amount`` says of each amount of the story whether the other has it, too; ``amounts``
    counts them.
    ``names`` and ``rare`` are what its names and its rare words weigh, ``names_lacking`` and
    ``rare_lacking`` those of them that the other lacks. ``head_names`` counts the names of the
    head, ``head_there`` those that the other has, ``first_there`` of the first alone. Of the first
    ``summed`` sentences ``gists`` counts those with a gist, ``gist_words`` their words; ``likest``
    is how like each is the likest gist of the other story, and ``likeness`` all of them together,
    in units of 1 / 127 squared; ``gist_whole`` is how like the stories are on the whole. ``alike``
    is how like two gists are, in these units, ``means`` that on average of a gist's, ``most`` by
    how much more than on average (:mod:`dedup.verdict._paths`) and ``matches_gist`` which is that
    one; ``gained`` and ``path`` are what all gain together in any order and in one, by words.
    ``facts`` and ``content`` are what its names and numbers and its content words weigh,
    ``fact_stretch`` and ``content_stretch`` those of :mod:`dedup.verdict._stretches`.
    ``copied_own`` counts the words in copied runs outside quotations, ``copied_facts`` the names
    and numbers among them, ``copied_content`` other content words.
    """

    def __init__(self, layout: Layout, words: cython.Py_ssize_t, sentences: cython.Py_ssize_t):
        self.layout = layout
        # Few arrays, cut into rows here: to make one takes as long as to measure fifty words.
        of_words: int32_t[:, ::1] = np.empty((7, words), np.int32)
        of_sentences: int32_t[:, ::1] = np.empty((9, sentences + 1), np.int32)
        sums: cython.double[:, ::1] = np.zeros((9, sentences + 1), np.float64)
        self.match = of_words[0]
        self.link_starts = of_words[1]
        self.link_ends = of_words[2]
        self.matched = of_words[3]
        self.nearness = of_words[4]
        self.run_ends = of_words[5]
        self.has_amount = of_words[6]
        self.partner = of_sentences[0]
        self.copied = of_sentences[1]
        self.touched = of_sentences[2]
        self.lacking_names = of_sentences[3]
        self.lacking_numbers = of_sentences[4]
        self.copied_quotes = of_sentences[5]
        self.likest = of_sentences[6]
        self.likeness = of_sentences[7]
        self.matches_gist = of_sentences[8]
        self.alike = np.empty((bounds.MOST_GISTS, bounds.MOST_GISTS), np.int32)
        self.norms = sums[0]
        self.similarity = sums[1]
        self.row_sums = sums[2]
        self.best = sums[3]
        self.sayable = sums[4]
        self.said = sums[5]
        self.echoed = sums[6]
        self.means = sums[7]
        self.most = sums[8]
        self.slots = np.empty(words, np.int64)
        self.ends = np.empty((bounds.KINDS, words), np.int32)
        of_kinds: int64_t[:, ::1] = np.empty((2, bounds.KINDS), np.int64)
        self.shared = of_kinds[0]
        self.chain = of_kinds[1]
        self.squared = np.empty(words, np.float64)


# --- Words ---------------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
def _match_words(
    vocabulary: uint32_t[::1],
    one: cython.pointer[Story],
    two: cython.pointer[Story],
    here: int32_t[::1],
    there: int32_t[::1],
) -> int64_t:
    """List the words that two stories share; returns how many.

    Every step writes, and only a match is kept: no branch that a processor could guess wrong.
    """
    at: int64_t = 0
    to: int64_t = 0
    count: int64_t = 0
    left: uint32_t
    right: uint32_t
    while at < one.entries and to < two.entries:
        left = vocabulary[one.at + at]
        right = vocabulary[two.at + to]
        here[count] = cython.cast(int32_t, at)
        there[count] = cython.cast(int32_t, to)
        count += left == right
        at += left <= right
        to += right <= left
    return count


@cython.cfunc
@cython.nogil
def _weigh_words(layout: Layout, side: Side, commonness: int64_t) -> cython.int:
    """Weigh each distinct word by its spread over its own story alone; none is matched yet.

    ``commonness`` is where the factors of the story with more sentences begin.
    """
    at: int64_t = side.story.at
    k: int64_t
    weight: cython.double
    for k in range(side.story.entries):
        side.match[k] = -1
        side.link_starts[k] = 0
        side.link_ends[k] = 0
        weight = layout.weights[at + k]
        weight *= layout.commonness[
            commonness + layout.place_starts[at + k + 1] - layout.place_starts[at + k]
        ]
        side.squared[k] = weight * weight
    return 0


@cython.cfunc
@cython.nogil
def _share_words(layout: Layout, one: Side, two: Side, commonness: int64_t) -> cython.int:
    """Match the words that both stories have and weigh them anew."""
    k: int64_t
    at: int64_t
    to: int64_t
    spread: int32_t
    weight: cython.double
    squared: cython.double
    linking: cython.bint
    for k in range(one.matches):
        at = one.story.at + one.matched[k]
        to = two.story.at + two.matched[k]
        spread = max(
            layout.place_starts[at + 1] - layout.place_starts[at],
            layout.place_starts[to + 1] - layout.place_starts[to],
        )
        # The same word of a text in another language may weigh another thing.
        weight = max(layout.weights[at], layout.weights[to])
        squared = weight * layout.commonness[commonness + spread]
        squared *= squared
        # What weighs nothing links none: a sum of 0 is one that nothing was added to.
        linking = spread <= _MOST_SENTENCES and squared > 0.0
        one.match[one.matched[k]] = two.matched[k]
        two.match[two.matched[k]] = one.matched[k]
        if linking:
            one.link_starts[one.matched[k]] = layout.place_starts[to]
            one.link_ends[one.matched[k]] = layout.place_starts[to + 1]
        one.squared[one.matched[k]] = squared
        two.squared[two.matched[k]] = squared
    return 0


# --- Links ---------------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
def _add_norms(layout: Layout, side: Side) -> cython.int:
    """Sum the squared weights of the distinct words of each sentence; nothing is linked yet."""
    at: int64_t = side.story.at
    edge: int64_t = side.story.edge
    i: int64_t
    k: int64_t
    norm: cython.double
    for i in range(side.story.sentences):
        norm = 0.0
        for k in range(at + layout.held_starts[edge + i], at + layout.held_starts[edge + i + 1]):
            norm += side.squared[layout.held[k]]
        side.norms[i] = norm
        side.partner[i] = -1
        side.similarity[i] = 0.0
    return 0


@cython.cfunc
@cython.nogil
def _sum_row(layout: Layout, one: Side, two: Side, i: int64_t) -> int64_t:
    """Sum what sentence i shares with each of the other story's, word by word, ascending.

    Lists which ones it shares something with; returns how many.
    """
    edge: int64_t = one.story.edge + i
    at: int64_t = one.story.at
    to: int64_t = two.story.at
    k: int64_t
    place: int64_t
    entry: int32_t
    there: int32_t
    squared: cython.double
    count: int64_t = 0
    for k in range(at + layout.held_starts[edge], at + layout.held_starts[edge + 1]):
        entry = layout.held[k]
        squared = one.squared[entry]
        for place in range(to + one.link_starts[entry], to + one.link_ends[entry]):
            there = layout.places[place]
            one.touched[count] = there
            count += one.row_sums[there] == 0.0
            one.row_sums[there] += squared
    return count


@cython.cfunc
@cython.nogil
def _choose(one: Side, two: Side, i: int64_t, count: int64_t) -> cython.int:
    """Choose the partner of sentence i among the ``count`` touched; it may be theirs too.

    Most sums are too small to be anyone's best, by far more than roundings: no need to divide.
    """
    k: int64_t
    y: int32_t
    partner: int32_t = -1
    best: cython.double = 0.0
    norm: cython.double = one.norms[i]
    shared: cython.double
    squared: cython.double
    least: cython.double
    similarity: cython.double
    for k in range(count):
        y = one.touched[k]
        shared = one.row_sums[y]
        one.row_sums[y] = 0.0
        squared = max(norm * two.norms[y], _TINY)
        least = min(best, two.similarity[y])
        if shared * shared <= _ALMOST * least * least * squared:
            continue
        similarity = shared / sqrt(squared)
        if similarity > best or (similarity == best and y < partner):
            best = similarity
            partner = y
        if similarity > two.similarity[y]:
            two.similarity[y] = similarity
            two.partner[y] = cython.cast(int32_t, i)
    one.partner[i] = partner
    one.similarity[i] = best
    return 0


@cython.cfunc
@cython.nogil
def _link_rows(layout: Layout, one: Side, two: Side) -> cython.int:
    """Give each sentence of either story its most similar one of the other, the first of equals.

    Row by row, so that two texts of any length need no table of all their sentences.
    """
    i: int64_t
    for i in range(one.story.sentences):
        _choose(one, two, i, _sum_row(layout, one, two, i))
    return 0


@cython.cfunc
@cython.nogil
def _find_region(layout: Layout, side: Side) -> cython.int:
    """Find the stretch of sentences in which the linked words most outweigh the others.

    A linked word counts ``1 - DENSE``, another one ``-DENSE``; the stretch of the greatest sum, the
    first of equals, shortened at its start as far as that costs nothing (Kadane's algorithm).
    """
    edge: int64_t = side.story.edge
    i: int64_t
    size: int64_t
    start: int64_t = 0
    total: cython.double = 0.0
    greatest: cython.double = 0.0
    side.region_start = 0
    side.region_end = 0
    side.linked_words = 0
    for i in range(side.story.sentences):
        size = layout.bounds[edge + i + 1] - layout.bounds[edge + i]
        if total <= 0.0:
            total = 0.0
            start = i
        if side.similarity[i] >= _LINKED:
            side.linked_words += size
            total += (1.0 - _DENSE) * size
        else:
            total += -_DENSE * size
        if total > greatest:
            greatest = total
            side.region_start = start
            side.region_end = i + 1
    return 0


# --- Facts ---------------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
def find_facts(layout: Layout, side: Side, other: Side) -> cython.int:
    """Find how near its sentence's counterpart the other story has each name and number."""
    at: int64_t = side.story.at
    edge: int64_t = side.story.edge
    i: int64_t
    k: int64_t
    sentence: int32_t
    match: int32_t
    partner: int32_t
    nearest: int32_t
    mark: uint8_t
    for i in range(side.story.sentences):
        side.lacking_names[i] = layout.names[edge + i]
        side.lacking_numbers[i] = layout.numbers[edge + i]
    for k in range(side.story.facts):
        sentence = layout.sentence[at + layout.facts[at + k]]
        match = side.match[layout.entry[at + layout.facts[at + k]]]
        partner = side.partner[sentence]
        nearest = 2
        if match >= 0 and partner >= 0:
            nearest = _steps_to(layout, other, match, partner)
        side.nearness[k] = nearest
        if nearest == 0:
            mark = layout.marks[at + layout.facts[at + k]]
            side.lacking_names[sentence] -= (mark & _NAME) != 0
            side.lacking_numbers[sentence] -= (mark & _NUMBER) != 0
    return 0


# --- Plain words ---------------------------------------------------------------------------------


@cython.cfunc
@cython.inline
@cython.nogil
def _steps_to(layout: Layout, other: Side, match: int32_t, partner: int32_t) -> int32_t:
    """Find how many sentences from the counterpart the other story has a word, 2 at most."""
    to: int64_t = other.story.at
    place: int64_t
    apart: int32_t
    nearest: int32_t = 2
    for place in range(
        to + layout.place_starts[to + match], to + layout.place_starts[to + match + 1]
    ):
        apart = layout.places[place] - partner
        nearest = min(nearest, max(apart, -apart))
        if apart >= 0:  # they ascend
            break
    return nearest


@cython.cfunc
@cython.nogil
def find_said(layout: Layout, side: Side, other: Side) -> cython.int:
    """Weigh the plain words of each sentence, and those that its counterpart has too."""
    at: int64_t = side.story.at
    edge: int64_t = side.story.edge
    i: int64_t
    k: int64_t
    entry: int32_t
    nearest: int32_t
    weight: cython.double
    for i in range(side.story.sentences):
        side.sayable[i] = 0.0
        side.said[i] = 0.0
        side.echoed[i] = 0.0
        for k in range(at + layout.held_starts[edge + i], at + layout.held_starts[edge + i + 1]):
            entry = layout.held[k]
            if layout.plain[at + entry] == 0:
                continue
            weight = min(layout.weights[at + entry], _HEAVIEST)
            side.sayable[i] += weight
            if side.match[entry] >= 0 and side.partner[i] >= 0:
                nearest = _steps_to(layout, other, side.match[entry], side.partner[i])
                side.said[i] += weight * (2 - nearest) / 2.0
                side.echoed[i] += weight if nearest == 0 else 0.0
    return 0


@cython.cfunc
@cython.nogil
def link(layout: Layout, one: Side, two: Side) -> cython.int:
    """Match the words, link the sentences and find the regions of the stories of two sides."""
    commonness: int64_t = one.story.edge
    if two.story.sentences > one.story.sentences:
        commonness = two.story.edge
    _weigh_words(layout, one, commonness)
    _weigh_words(layout, two, commonness)
    one.matches = _match_words(
        layout.vocabulary,
        cython.address(one.story),
        cython.address(two.story),
        one.matched,
        two.matched,
    )
    two.matches = one.matches
    _share_words(layout, one, two, commonness)
    _add_norms(layout, one)
    _add_norms(layout, two)
    _link_rows(layout, one, two)
    _find_region(layout, one)
    _find_region(layout, two)
    return 0
