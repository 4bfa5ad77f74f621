"""One text as compiled loops have it: its code points, what each is, and its words.

A text is decoded to code points, each is looked up once, and all that follows jumps from one
remarkable code point (an *event*) to the next.
"""

import cython
import numpy as np
from cython.cimports.dedup.text._words import decode_point, word_id
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t, uint32_t, uint64_t

from dedup.text.points import POINTS, SEVERAL, Trait
from dedup.text.vocabulary import POWERS

_TRAITS = cython.declare(cython.const[uint32_t][::1], POINTS.traits)
_FOLDS = cython.declare(cython.const[uint32_t][::1], POINTS.folds)
_SPELLED = cython.declare(cython.const[uint32_t][::1], POINTS.spelled)
_SEVERAL = cython.declare(uint32_t, SEVERAL)
_SPACE = cython.declare(uint32_t, Trait.SPACE)
_BREAK = cython.declare(uint32_t, Trait.BREAK)
_CLASS = cython.declare(uint32_t, Trait.CLASS)
_LETTER = cython.declare(uint32_t, Trait.LETTER)
_SINGLE = cython.declare(uint32_t, Trait.SINGLE)
_EVENT = cython.declare(
    uint32_t, Trait.BREAK | Trait.STOP | Trait.DIGIT | Trait.QUOTATION | Trait.QUOTATION_END
)
_HASH_BASE = cython.declare(uint64_t, 0x100000001B3)
_HASH_START = cython.declare(uint64_t, 0xCBF29CE484222325)
_SPREAD = cython.declare(uint64_t, 0x9E3779B97F4A7C15)
_APOSTROPHE = cython.declare(uint32_t, ord("'"))
_CURLY = cython.declare(uint32_t, ord("’"))
_KELVIN = cython.declare(uint32_t, 0x212A)
"""The one code point beyond ASCII whose lower case is an ASCII letter: k."""
_POWERS = cython.declare(cython.const[uint64_t][::1], POWERS)


@cython.cclass
class HashTable:
    """Flags by key, a word's id or a token in lower case: at most half of the places are used."""

    def __init__(self, entries):
        size: cython.Py_ssize_t = 1 << int(2 * len(entries)).bit_length()
        self.keys = np.zeros(size, np.uint64)
        self.flags = np.zeros(size, np.uint32)
        for key, flags in entries.items():
            _enter(self, _key_of(key) if isinstance(key, str) else key, flags)


@cython.cfunc
@cython.overflowcheck(False)
def _key_of(token: str) -> uint64_t:
    """Give the key of a token: FNV-1a over code points."""
    key: uint64_t = _HASH_START
    code: cython.Py_UCS4
    for code in token:
        key = (key ^ cython.cast(uint64_t, code)) * _HASH_BASE
    return key


@cython.cfunc
@cython.overflowcheck(False)
def _enter(table: HashTable, key: uint64_t, flags: uint32_t) -> object:
    last: uint64_t = table.keys.shape[0] - 1
    at: uint64_t = ((key * _SPREAD) >> 40) & last
    while table.keys[at] != 0:
        at = (at + 1) & last
    table.keys[at] = key
    table.flags[at] = flags
    return None


@cython.cclass
class Page:
    """One text while it is read.

    ``codes`` and ``flags`` u32, its code points and their traits; ``events`` i32, the remarkable
    ones, and ``words_before`` i32, how many words begin up to each; ``edges`` i32, where each word
    starts and ends, in turn; ``begins`` and ``stops`` i32 of its paragraphs.
    """

    def __init__(self, longest):
        size: cython.Py_ssize_t = longest + 2
        half: cython.Py_ssize_t = size // 2 + 1
        letters: uint32_t[::1] = np.empty(2 * size, np.uint32)
        self.codes, self.flags = letters[:size], letters[size:]
        places: int32_t[::1] = np.empty(4 * size + 2 * half, np.int32)
        self.events, self.words_before = places[:size], places[size : 2 * size]
        self.edges = places[2 * size : 4 * size]
        self.begins, self.stops = places[4 * size : 4 * size + half], places[4 * size + half :]


@cython.cclass
class Batch:
    """What is read of many texts, end to end, and how far it is written.

    One entry a word: ``ids`` u32, ``starts`` and ``ends`` i32 in its text, ``marks`` u8. One a
    sentence: ``sentences`` i32[m, 3] (start, end, first word, all within the text), ``furniture``
    u8 and ``tries`` u8. ``letters`` u32 are the folded words, of the word ``k`` those up to
    ``letter_offsets[k + 1]``; they are written over by each text unless ``keeps_letters``. The text
    at hand begins with the word ``first_word`` and the sentence ``first_sentence``.
    """

    def __init__(self, room, sentences, keeps_letters):
        self.arrays = (
            *(np.empty(room, kind) for kind in (np.uint32, np.int32, np.int32, np.uint8)),
            np.empty((sentences, 3), np.int32),
            np.empty(sentences, np.uint8),
            np.empty(sentences, np.uint8),
            np.empty(room, np.uint32),
            np.empty(room + 1, np.int64),
        )
        self.ids, self.starts, self.ends, self.marks = self.arrays[:4]
        self.sentences, self.furniture, self.tries = self.arrays[4:7]
        self.letters, self.letter_offsets = self.arrays[7:]
        self.letter_offsets[0] = 0
        self.keeps_letters = keeps_letters
        self.first_word = self.letter_count = 0
        self.first_sentence = self.sentence_count = 0

    def taken(self):
        """Give the arrays, cut to what is written."""
        words = self.first_word
        sentences = self.sentence_count
        kept = words + 1 if self.keeps_letters else 1
        sizes = (*[words] * 4, *[sentences] * 3, self.letter_count, kept)
        return [array[:size].copy() for array, size in zip(self.arrays, sizes, strict=True)]


# --- looking up ---------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
@cython.overflowcheck(False)
def look_up(table: HashTable, key: uint64_t) -> int64_t:
    """Find the flags of a key; 0 for one not there."""
    last: uint64_t = table.keys.shape[0] - 1
    at: uint64_t = ((key * _SPREAD) >> 40) & last
    while table.keys[at] != 0:
        if table.keys[at] == key:
            return table.flags[at]
        at = (at + 1) & last
    return 0


@cython.cfunc
@cython.nogil
@cython.overflowcheck(False)
def known_token(page: Page, start: int64_t, end: int64_t, table: HashTable) -> int64_t:
    """Look up a token by its code points in lower case as far as ASCII goes, ’ as '."""
    key: uint64_t = _HASH_START
    code: uint32_t
    k: int64_t
    for k in range(start, end):
        code = page.codes[k]
        if 65 <= code <= 90:  # A to Z
            code += 32
        elif code == _KELVIN:
            code = 107
        elif code == _CURLY:
            code = _APOSTROPHE
        key = (key ^ code) * _HASH_BASE
    return look_up(table, key)


@cython.cfunc
@cython.nogil
def stands_there(
    page: Page,
    at: int64_t,
    phrases: cython.const[uint32_t][::1],
    start: int64_t,
    end: int64_t,
) -> cython.bint:
    """Tell whether the letters ``phrases[start:end]`` stand there."""
    k: int64_t
    if at + end - start > page.length:
        return False
    for k in range(start, end):
        if page.codes[at + k - start] != phrases[k]:
            return False
    return True


# --- code points --------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
def decode(source: cython.const[uint8_t][::1], at: int64_t, end: int64_t, page: Page) -> cython.int:
    """Decode a text that was surveyed, and look its code points up."""
    codes: uint32_t[::1] = page.codes
    flags: uint32_t[::1] = page.flags
    traits: cython.const[uint32_t][::1] = _TRAITS
    count: int64_t = 0
    code: uint32_t
    point: int64_t
    while at < end:
        code = source[at]
        if code < 0x80:
            at += 1
        else:
            point = decode_point(source, at)
            code = cython.cast(uint32_t, point >> 3)
            at += point & 7
        codes[count] = code
        flags[count] = traits[code]
        count += 1
    page.length = count
    return 0


# --- words --------------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
def cut_words(page: Page) -> cython.int:
    """Find the words and the events of a text."""
    flags: uint32_t[::1] = page.flags
    events: int32_t[::1] = page.events
    words_before: int32_t[::1] = page.words_before
    edges: int32_t[::1] = page.edges
    length: int32_t = cython.cast(int32_t, page.length)
    edge: int64_t = 0
    count: int64_t = 0
    inside: uint32_t = 0  # the class of the open word
    flag: uint32_t
    kind: uint32_t
    letter: uint32_t
    k: int32_t
    for k in range(length):
        flag = flags[k]
        kind = flag & _CLASS
        if kind <= _LETTER:
            if inside == _SINGLE:
                edges[edge] = k
                edge += 1
                inside = 0
            # Words are short: a branch at each of their ends costs more than it saves.
            letter = _LETTER if kind == _LETTER else 0
            edges[edge] = k
            edge += letter != inside
            inside = letter
        elif kind == _SINGLE:
            if inside != 0:
                edges[edge] = k
                edge += 1
            edges[edge] = k
            edge += 1
            inside = _SINGLE
        if flag & _EVENT:
            events[count] = k
            words_before[count] = cython.cast(int32_t, (edge + 1) >> 1)
            count += 1
    if inside != 0:
        edges[edge] = length
        edge += 1
    page.word_count = edge >> 1
    page.event_count = count
    return 0


@cython.cfunc
@cython.nogil
def _spell(form: uint32_t, letters: uint32_t[::1], at: int64_t) -> int64_t:
    """Write a folded form of several letters to ``letters`` from ``at``; give where they end."""
    spelled: uint32_t = form - _SEVERAL
    k: uint32_t
    for k in range(_SPELLED[spelled]):
        letters[at + k] = _SPELLED[spelled + 1 + k]
    return at + _SPELLED[spelled]


@cython.cfunc
@cython.nogil
@cython.overflowcheck(False)
def fold_words(page: Page, batch: Batch) -> cython.int:
    """Fold the words of a text and number them."""
    codes: uint32_t[::1] = page.codes
    edges: int32_t[::1] = page.edges
    ids: uint32_t[::1] = batch.ids[batch.first_word :]
    letters: uint32_t[::1] = batch.letters
    letter_offsets: int64_t[::1] = batch.letter_offsets[batch.first_word :]
    folds: cython.const[uint32_t][::1] = _FOLDS
    powers: cython.const[uint64_t][::1] = _POWERS
    at: int64_t = batch.letter_count
    start: int64_t
    k: int64_t
    form: uint32_t
    total: uint64_t
    word: int64_t
    for word in range(page.word_count):
        start = at
        for k in range(edges[2 * word], edges[2 * word + 1]):
            form = folds[codes[k]]
            if form & _SEVERAL:
                at = _spell(form, letters, at)
            elif form:
                letters[at] = form
                at += 1
        total = 0
        for k in range(start, at):
            total += letters[k] * powers[(k - start) & 63]
        ids[word] = word_id(total)
        if batch.keeps_letters:
            letter_offsets[word + 1] = at
        else:
            at = 0
    batch.letter_count = at
    return 0


# --- paragraphs ---------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
def cut_paragraphs(page: Page) -> cython.int:
    """Find the paragraphs: lines, white space at both ends cut off."""
    line: int64_t = 0
    count: int64_t = 0
    number: int64_t
    at: int64_t
    start: int64_t
    end: int64_t
    for number in range(page.event_count + 1):
        at = page.events[number] if number < page.event_count else page.length
        if number < page.event_count and not page.flags[at] & _BREAK:
            continue
        start = line
        while start < at and page.flags[start] & _SPACE:
            start += 1
        line = at + 1
        if start == at:
            continue
        end = at
        while page.flags[end - 1] & _SPACE:
            end -= 1
        page.begins[count] = cython.cast(int32_t, start)
        page.stops[count] = cython.cast(int32_t, end)
        count += 1
    page.paragraph_count = count
    return 0
