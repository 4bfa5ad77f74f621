"""The stories of many texts, laid out for the evidence of their pairs.

A story is a text without its furniture; a text that is nothing else is left as it is. Once for all
the pairs that it stands in, its distinct words are listed, with their weights and the sentences
that hold them, and what else :mod:`dedup.verdict._links` asks for.

What stands for a sentence here is a window of bounded length: a sentence of more than
``LONGEST_SENTENCE`` words, such as a text without full stops, is cut into equal parts.
"""

import cython
import numpy as np
from cython.cimports.dedup._tables import place_of
from cython.cimports.dedup.verdict._sorting import sort_words
from cython.cimports.dedup.verdict._stories import Story
from cython.cimports.libc.math import log1p
from cython.cimports.libc.stdint import int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t

from dedup.text.marks import Mark
from dedup.text.vocabulary import BUCKET_SHIFT
from dedup.verdict.bounds import (
    KINDS,
    LONGEST_SENTENCE,
    MOST_GISTS,
    MOST_NAMES,
    PARTS,
    WIDTH,
)

_FURNITURE = cython.declare(uint8_t, Mark.FURNITURE)
_SENTENCE = cython.declare(uint8_t, Mark.SENTENCE)
_NAME = cython.declare(uint8_t, Mark.NAME)
_CUT = cython.declare(int64_t, LONGEST_SENTENCE)
_NUMBER = cython.declare(uint8_t, Mark.NUMBER)
_QUOTED = cython.declare(uint8_t, Mark.QUOTED)
_MOST_NAMES = cython.declare(cython.double, MOST_NAMES)
CAPITAL = cython.declare(uint8_t, 128)
"""Beside the marks: would be a name, were there not so many of them."""
_SHIFT = cython.declare(uint32_t, BUCKET_SHIFT)
_LONGEST = cython.declare(int64_t, 1 << 30)
"""Words of a text that positions of 32 bits can number, and then some."""


class Layout:
    """The stories of many texts, and lists of what the evidence of their pairs is made of.

    A story's arrays begin at ``Story.at``. A word each: ``words``, ``marks``, ``sentence`` the
    sentence's number, ``entry`` the word's among the distinct words. A distinct word each,
    ascending by id: ``vocabulary`` the ids, ``weights``, ``times`` how often it stands there,
    ``entry_marks`` all marks of those together, ``plain`` how often it is a content word and no
    name, number or quotation, ``detail`` the position of a plain word that stands there just once,
    else -1. The sentences with word e are ``places[place_starts[e]]`` to
    ``places[place_starts[e + 1] - 1]``, counted from ``at`` as all else. As they come in the text:
    ``details`` the entries of words with a ``detail``, ``facts`` the positions of names and
    numbers. ``first`` is where a distinct word stands first, ``kinds`` are bits for each
    (``KIND_NAMES``), ``arrivals`` the entries as they first come, and ``following`` the entry of
    the content word that comes next behind that, or -1.
    ``vector`` is which of ``vectors``, those of the text that gists were last read of, is the
    word's, and ``steps`` how often that counts in them.

    From ``Story.edge`` on, a sentence each: ``bounds`` where they begin and the last one ends;
    ``held_starts`` where the entries of their distinct words, ascending, begin in ``held``;
    ``quoted``, ``names``, ``numbers`` and ``function``, how many words are; ``commonness[k]`` the
    factor for a word in k sentences; ``gists`` what the first of them mean, and ``gist_words`` the
    words of those that have one (:mod:`dedup.verdict._senses`).

    One a story: ``digests`` u64[n, 2] of all words of the text, ``owned[row, kind]`` how many
    distinct words of a kind it has, ``arranged`` whether what marks and orders tell was
    listed by :mod:`dedup.verdict._arranging`, which links do not ask for, ``dates[row]`` the date
    and the place that the text opens with, ``heads[row]`` the first word behind them, ``sensed``
    whether the senses of its words are listed, ``wholes[row]`` the sum of its gists, each as often
    as its sentence has words. From ``Story.amounts_at`` on stand its ``amounts``
    (:mod:`dedup.verdict._amounts`).
    """

    def __init__(
        self,
        rows: cython.Py_ssize_t,
        words: cython.Py_ssize_t,
        edges: cython.Py_ssize_t,
        numbers: cython.Py_ssize_t,
        digests,
    ):
        self.rows = rows
        self.digests = digests
        self.stories = np.zeros((rows, 9), np.int64)
        # One more than words for each story: where its last word ends.
        size: cython.Py_ssize_t = words + rows
        ids: uint32_t[:, ::1] = np.empty((2, size), np.uint32)
        of_words: int32_t[:, ::1] = np.empty((13, size), np.int32)
        of_sentences: int32_t[:, ::1] = np.empty((7, edges), np.int32)
        marks: uint8_t[:, ::1] = np.empty((3, size), np.uint8)
        self.marks = marks[0]
        self.entry_marks = marks[1]
        self.kinds = marks[2]
        self.words = ids[0]
        self.vocabulary = ids[1]
        self.sentence = of_words[0]
        self.entry = of_words[1]
        self.plain = of_words[2]
        self.detail = of_words[3]
        self.place_starts = of_words[4]
        self.places = of_words[5]
        self.held = of_words[6]
        self.details = of_words[7]
        self.facts = of_words[8]
        self.times = of_words[9]
        self.first = of_words[10]
        self.arrivals = of_words[11]
        self.following = of_words[12]
        self.owned = np.empty((rows, KINDS), np.int32)
        self.arranged = np.zeros(rows, np.uint8)
        self.dates = np.zeros((rows, 2), np.int64)
        self.heads = np.zeros(rows, np.int64)
        self.amounts = np.empty(numbers, np.uint64)
        self.bounds = of_sentences[0]
        self.held_starts = of_sentences[1]
        self.quoted = of_sentences[2]
        self.names = of_sentences[3]
        self.numbers = of_sentences[4]
        self.gist_words = of_sentences[5]
        self.function = of_sentences[6]
        of_vectors: int16_t[:, ::1] = np.empty((2, size), np.int16)
        self.steps = of_vectors[0]
        self.vector = of_vectors[1]
        most: cython.Py_ssize_t = MOST_GISTS * LONGEST_SENTENCE
        self.listed = np.empty(most + 1, np.int64)
        self.vectors = np.empty((most, PARTS * WIDTH), np.int8)
        self.gists = np.empty((edges, PARTS * WIDTH), np.int16)
        self.wholes = np.empty((rows, PARTS * WIDTH), np.int32)
        self.sensed = np.zeros(rows, np.uint8)
        self.weights = np.empty(size, np.float64)
        self.commonness = np.empty(edges, np.float64)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def story_of(layout: Layout, row: int64_t) -> Story:
    """Take one story: where its arrays are."""
    story = cython.declare(Story)
    story.at = layout.stories[row, 0]
    story.words = layout.stories[row, 1]
    story.entries = layout.stories[row, 2]
    story.edge = layout.stories[row, 3]
    story.sentences = layout.stories[row, 4]
    story.details = layout.stories[row, 5]
    story.facts = layout.stories[row, 6]
    story.amounts_at = layout.stories[row, 7]
    story.amounts = layout.stories[row, 8]
    return story


@cython.cfunc
@cython.nogil
def _cut(
    layout: Layout, story: cython.pointer[Story], begun: int64_t, to: int64_t, sentences: int64_t
) -> int64_t:
    """Write down a sentence, or the equal parts of a long one; returns how many there are.

    ``begun`` and ``to`` are where its words lie, and ``sentences`` stand before it.
    """
    k: int64_t
    part: int64_t
    quoted: int32_t
    size: int64_t = to - begun
    parts: int64_t = (size + _CUT - 1) // _CUT
    for part in range(parts):
        layout.bounds[story.edge + sentences + part] = cython.cast(
            int32_t, begun + part * size // parts - story.at
        )
        quoted = 0
        for k in range(begun + part * size // parts, begun + (part + 1) * size // parts):
            layout.sentence[k] = cython.cast(int32_t, sentences + part)
            quoted += (layout.marks[k] & _QUOTED) != 0
        layout.quoted[story.edge + sentences + part] = quoted
    return sentences + parts


@cython.cfunc
@cython.nogil
def _tell(
    layout: Layout,
    words: cython.const[uint32_t][::1],
    marks: cython.const[uint8_t][::1],
    start: int64_t,
    end: int64_t,
    story: cython.pointer[Story],
) -> cython.int:
    """Put the furniture of a text aside and write down its words and where its sentences begin."""
    k: int64_t
    aside: int64_t = 0
    for k in range(start, end):
        aside += (marks[k] & _FURNITURE) != 0
    whole: cython.bint = aside == 0 or aside == end - start
    to: int64_t = story.at
    begun: int64_t = to
    sentences: int64_t = 0
    names: int64_t = 0
    for k in range(start, end):
        if marks[k] & _SENTENCE and to > begun:
            sentences = _cut(layout, story, begun, to, sentences)
            begun = to
        if not whole and marks[k] & _FURNITURE:
            continue
        layout.words[to] = words[k]
        layout.marks[to] = marks[k]
        names += (marks[k] & _NAME) != 0
        to += 1
    sentences = _cut(layout, story, begun, to, sentences)
    layout.bounds[story.edge + sentences] = cython.cast(int32_t, to - story.at)
    story.words = to - story.at
    story.sentences = sentences
    if names > _MOST_NAMES * story.words:
        for k in range(story.at, to):
            if layout.marks[k] & _NAME:
                layout.marks[k] = (layout.marks[k] & ~_NAME) | CAPITAL
    return 0


@cython.cfunc
@cython.nogil
def _list_words(layout: Layout, story: cython.pointer[Story], ordered: uint64_t[::1]) -> cython.int:
    """List the distinct words in their order, each with the sentences that hold it.

    What is known so far is written at every occurrence, so that nothing branches: whether a word
    comes again is more than a processor can guess.
    """
    at: int64_t = story.at
    entry: int64_t = at - 1
    place: int64_t = at - 1
    last: uint64_t = cython.cast(uint64_t, 1) << 32
    last_sentence: int32_t = -1
    sentence: int32_t
    position: int64_t
    word: uint64_t
    new: cython.int
    k: int64_t
    layout.place_starts[at] = 0
    for k in range(story.words):
        word = ordered[k] >> 32
        position = cython.cast(uint32_t, ordered[k])
        sentence = layout.sentence[at + position]
        new = word != last
        entry += new
        place += new | (sentence != last_sentence)
        layout.vocabulary[entry] = cython.cast(uint32_t, word)
        layout.places[place] = sentence
        layout.place_starts[entry + 1] = cython.cast(int32_t, place + 1 - at)
        layout.entry[at + position] = cython.cast(int32_t, entry - at)
        layout.times[entry] = 1 if new else layout.times[entry] + 1
        layout.first[entry] = cython.cast(int32_t, position) if new else layout.first[entry]
        last = word
        last_sentence = sentence
    story.entries = entry + 1 - at
    return 0


@cython.cfunc
@cython.nogil
def _list_held(layout: Layout, story: cython.pointer[Story]) -> cython.int:
    """List the distinct words of each sentence, ascending: the transpose of ``places``."""
    at: int64_t = story.at
    edge: int64_t = story.edge
    k: int64_t
    entry: int64_t
    i: int64_t
    place: int64_t
    end: int64_t = at + layout.place_starts[at + story.entries]
    layout.held_starts[edge : edge + story.sentences + 1] = 0
    for k in range(at, end):
        layout.held_starts[edge + layout.places[k]] += 1
    for i in range(1, story.sentences + 1):
        layout.held_starts[edge + i] += layout.held_starts[edge + i - 1]
    # Each start is one's end until its words are entered, the last one first.
    k = end - 1
    for entry in range(story.entries - 1, -1, -1):
        while k >= at + layout.place_starts[at + entry]:
            i = edge + layout.places[k]
            layout.held_starts[i] -= 1
            place = at + layout.held_starts[i]
            layout.held[place] = cython.cast(int32_t, entry)
            k -= 1
    return 0


@cython.cfunc
@cython.nogil
def _weigh_words(
    layout: Layout,
    story: cython.pointer[Story],
    ids: cython.const[uint32_t][::1],
    idf: cython.const[cython.float][::1],
    buckets: cython.const[int64_t][::1],
    unknown: cython.float,
    mask: uint32_t,
) -> cython.int:
    """Look up each distinct word's background idf."""
    k: int64_t
    at: int64_t
    end: int64_t = buckets[buckets.shape[0] - 1]
    word: uint32_t
    found: cython.float
    for k in range(story.entries):
        word = layout.vocabulary[story.at + k] & mask
        at = place_of(ids, word, buckets[word >> _SHIFT], end)
        found = idf[at] if at < end and ids[at] == word else unknown
        layout.weights[story.at + k] = found
    return 0


@cython.cfunc
@cython.nogil
def _weigh_spreads(layout: Layout, story: cython.pointer[Story]) -> cython.int:
    """Give the factor for a word in n of S sentences: ``ln(1 + S / n)``."""
    n: int64_t
    sentences: cython.double = cython.cast(cython.double, story.sentences)
    layout.commonness[story.edge] = 0.0
    for n in range(1, story.sentences + 1):
        layout.commonness[story.edge + n] = log1p(sentences / cython.cast(cython.double, n))
    return 0


@cython.cfunc
def _longest_text(offsets: cython.const[int64_t][::1], words: int64_t) -> int64_t:
    """Give the words of the longest text; :class:`ValueError` for offsets that lead out."""
    longest: int64_t = 0
    row: cython.Py_ssize_t
    rows: cython.Py_ssize_t = offsets.shape[0] - 1
    if rows < 0 or offsets[0] != 0 or offsets[rows] != words:
        raise ValueError(f"offsets: got {rows + 1}, wanted 0 to the number of words, {words}")
    for row in range(rows):
        if offsets[row + 1] < offsets[row]:
            raise ValueError(f"offsets: those of text {row} go back")
        longest = max(longest, offsets[row + 1] - offsets[row])
    if longest > _LONGEST:
        raise ValueError(f"words: got {longest} in a text, wanted {_LONGEST} at most")
    return longest


@cython.cfunc
def _edges(marks: cython.const[uint8_t][::1], rows: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Give room for where every sentence begins and the last one of each text ends."""
    k: cython.Py_ssize_t
    # What stands before the first mark is a sentence too, and long ones are cut.
    edges: cython.Py_ssize_t = 2 * rows + marks.shape[0] // _CUT
    for k in range(marks.shape[0]):
        edges += (marks[k] & _SENTENCE) != 0
    return edges


@cython.cfunc
def _numbers(marks: cython.const[uint8_t][::1]) -> cython.Py_ssize_t:
    """Count the words that are numbers."""
    k: cython.Py_ssize_t
    numbers: cython.Py_ssize_t = 0
    for k in range(marks.shape[0]):
        numbers += (marks[k] & _NUMBER) != 0
    return numbers


@cython.cfunc
def _check_languages(
    languages: cython.const[int32_t][::1], rows: cython.Py_ssize_t, backgrounds: cython.Py_ssize_t
) -> cython.int:
    row: cython.Py_ssize_t
    if languages.shape[0] != rows:
        raise ValueError(f"languages: got {languages.shape[0]}, wanted {rows}")
    for row in range(rows):
        if not 0 <= languages[row] < backgrounds:
            raise ValueError(f"languages: got {languages[row]}, wanted one of {backgrounds}")
    return 0


def lay_out(
    words: cython.const[uint32_t][::1],
    marks: cython.const[uint8_t][::1],
    offsets: cython.const[int64_t][::1],
    digests: uint64_t[:, ::1],
    languages: cython.const[int32_t][::1],
    ids: cython.const[uint32_t][::1],
    idf: cython.const[cython.float][::1],
    buckets: cython.const[int64_t][:, ::1],
    unknown: cython.const[cython.float][::1],
    masks: cython.const[uint32_t][::1],
    sensed: cython.const[uint8_t][::1],
) -> Layout:
    """List what the evidence of pairs asks of each text.

    Texts are ragged ``words`` and ``marks`` (:class:`dedup.text.marks.Mark`) by ``offsets``, and
    ``digests`` u64[n, 2] of their words. ``languages`` names the background of each: ``ids`` and
    ``idf`` are those of all backgrounds end to end, ``buckets[language]`` where the words of each
    bucket stand there, ``unknown[language]`` the idf of a word that it lacks, ``masks[language]``
    the bits of an id that it lists, and ``sensed[language]`` whether the senses of its words are.
    """
    longest: int64_t = _longest_text(offsets, words.shape[0])
    rows: cython.Py_ssize_t = offsets.shape[0] - 1
    if marks.shape[0] != words.shape[0] or digests.shape[0] != rows or digests.shape[1] != 2:
        raise ValueError(f"marks, digests: wanted {words.shape[0]} of words, {rows} of texts")
    _check_languages(languages, rows, min(masks.shape[0], sensed.shape[0]))
    edges: cython.Py_ssize_t = _edges(marks, rows)
    layout: Layout = Layout(rows, words.shape[0], edges, _numbers(marks), digests)
    ordered: uint64_t[::1] = np.empty(longest, np.uint64)
    spare: uint64_t[::1] = np.empty(longest, np.uint64)
    counts: int32_t[:, ::1] = np.empty((4, 256), np.int32)
    story = cython.declare(Story)
    row: cython.Py_ssize_t
    k: int64_t
    story.at = 0
    story.edge = 0
    story.amounts_at = 0
    with cython.nogil:
        for row in range(rows):
            story.entries = 0
            layout.sensed[row] = sensed[languages[row]]
            _tell(layout, words, marks, offsets[row], offsets[row + 1], cython.address(story))
            sort_words(layout.words, story.at, story.words, ordered, spare, counts)
            _list_words(layout, cython.address(story), ordered)
            _list_held(layout, cython.address(story))
            _weigh_words(
                layout,
                cython.address(story),
                ids,
                idf,
                buckets[languages[row]],
                unknown[languages[row]],
                masks[languages[row]],
            )
            _weigh_spreads(layout, cython.address(story))
            layout.stories[row, 0] = story.at
            layout.stories[row, 1] = story.words
            layout.stories[row, 2] = story.entries
            layout.stories[row, 3] = story.edge
            layout.stories[row, 4] = story.sentences
            layout.stories[row, 7] = story.amounts_at
            for k in range(story.at, story.at + story.words):
                story.amounts_at += (layout.marks[k] & _NUMBER) != 0
            story.at += story.words + 1
            story.edge += story.sentences + 1
    return layout
