"""Many texts read at once: the words of each and their marks, equal to reading one by one.

What :func:`dedup.text.tokens.read`, :func:`dedup.furniture.finding.furniture` and
:func:`dedup.reading.document.document` say of one text, compiled loops say of many, but for the
rules for
furniture: the loops find where a rule may match, and the rules themselves stay in Python, for the
few sentences that are left.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import compress, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import Ragged, encoded, offsets
from dedup.furniture import finding as furniture
from dedup.furniture.rules import Rule
from dedup.reading import document
from dedup.reading import loops as text_kernel
from dedup.reading.loops import Reading
from dedup.text import sentences
from dedup.text import tables as text_tables
from dedup.text.marks import Mark
from dedup.text.tables import Clue, HashTable, Known, Limits, Tables, Trait, Try
from dedup.text.tokens import Flagged, Tokens, classify, fold, folded_words
from dedup.text.vocabulary import word_ids
from dedup.text.words import CLASSES, CODE_POINTS, Learned, read_words, words_of_utf8

__all__ = ["marks_of", "read_cuts", "read_flagged", "read_marked"]

_INSET_PHRASES = ("(@", "MORE")
"""What stands in every inset that :func:`dedup.furniture.finding.insets` finds."""
_SETS = (
    (Trait.BREAK, sentences.LINE_BREAKS),
    (Trait.STOP, sentences.STOPS),
    (Trait.FULL_WIDTH, sentences.FULL_WIDTH),
    (Trait.CLOSER, sentences.CLOSERS),
    (Trait.OPENER, sentences.OPENERS),
    (Trait.DELIMITER, sentences.DELIMITERS),
    (Trait.NO_WRAP, sentences.LINE_ENDS),
    (Trait.BEFORE_NAME, document.QUOTATION_MARKS),
    (Trait.QUOTATION, '“„«"'),
    (Trait.QUOTATION_END, "”»"),
    (Trait.BEFORE_QUOTATION, "([—–-"),
    (Trait.PROSE_END, furniture.PROSE_ENDS),
    (Trait.SPEECH, furniture.SPEECH_OPENERS),
    (Trait.PHRASE, frozenset(phrase[0] for phrase in (*furniture.PHRASES, *_INSET_PHRASES))),
)
"""Sets of code points that rules name, by their trait."""
_PROPERTIES = (
    (Trait.LOWER, str.islower),
    (Trait.UPPER, str.isupper),
    (Trait.DIGIT, str.isdigit),
    (Trait.ALPHA, str.isalpha),
    (Trait.ALNUM, str.isalnum),
    (Trait.SPACE | Trait.DELIMITER | Trait.BEFORE_QUOTATION, str.isspace),
)


def _traits(char: str) -> int:
    """Give the class and the traits of a code point."""
    found = CLASSES[classify(char)]
    for trait, members in _SETS:
        found |= trait * (char in members)
    for trait, holds in _PROPERTIES:
        found |= trait * holds(char)
    return found | Trait.TITLE * (unicodedata.category(char) == "Lt")


class _Traits(Learned):
    """Class and traits of code points as an array."""

    def __init__(self) -> None:
        self.values = np.zeros(CODE_POINTS, dtype=np.uint32)
        super().__init__(self.values)

    def _entered(self, char: str) -> int:
        return _traits(char)


# --- tables -------------------------------------------------------------------------------------


def _hash_table(entries: Mapping[int, int]) -> HashTable:
    """Make the table :mod:`dedup.text.tables` looks keys up in; a quarter of its places is used."""
    size = 1 << (4 * len(entries)).bit_length()
    keys, flags = np.zeros(size, np.uint64), np.zeros(size, np.uint32)
    for key, found in sorted(entries.items()):
        at = text_tables.place_of(key, size)
        while keys[at]:
            at = (at + 1) % size
        keys[at], flags[at] = key, found
    return HashTable(keys, flags)


def _gathered(groups: Iterable[tuple[int, Iterable[str]]]) -> dict[str, int]:
    """Join the flags of words that stand in several groups."""
    found: dict[str, int] = {}
    for flag, words in groups:
        for word in words:
            found[word] = found.get(word, 0) | flag
    return found


def _tokens() -> dict[str, int]:
    """Say what is known of abbreviations and other words around full stops."""
    return _gathered(
        (
            (Known.TITLE, sentences.TITLES),
            (Known.PLAIN, sentences.PLAIN_WORDS),
            (Known.BEFORE_NUMBER, sentences.BEFORE_NUMBER),
            (Known.ALSO_LOWER, sentences.ALSO_LOWER),
            (Known.SOMETIMES, sentences.SOMETIMES),
            (Known.STARTER, sentences.STARTERS),
            (Known.VERSUS, sentences.VERSUS),
            (Known.SPEECH, sentences.SPEECH_VERBS),
        )
    )


def _words() -> dict[str, int]:
    """Say what is known of words that rules for furniture begin or end with."""
    paragraph, sentence = furniture.PARAGRAPH_RULES, furniture.SENTENCE_RULES
    pairs = [*paragraph.second.items(), *sentence.second.items()]
    return _gathered(
        (
            (Known.FIRST_OF_LINE, _filed(paragraph.first, whole=True)),
            (Known.FIRST_OF_BLOCK, _filed(paragraph.first, whole=False)),
            (Known.FIRST_OF_BLOCK, paragraph.second),
            (Known.FIRST_OF_SENTENCE, sentence.first),
            (Known.FIRST_OF_TWO, sentence.second),
            (Known.SECOND_OF_TWO, [word for _, seconds in pairs for word in seconds]),
            (Known.LAST_OF_LINE, _filed(paragraph.last, whole=True)),
            (Known.LAST_OF_BLOCK, _filed(paragraph.last, whole=False)),
            (Known.LAST_OF_SENTENCE, sentence.last),
        )
    )


def _filed(edge: Mapping[str, tuple[Rule, ...]], *, whole: bool) -> list[str]:
    """List the words of rules that look at whole lines, or at more."""
    return [
        word
        for word, rules in edge.items()
        if any((rule.scope in furniture.WHOLE) is whole for rule in rules)
    ]


def _phrases(groups: Iterable[tuple[int, Iterable[str]]]) -> NDArray[np.uint32]:
    """Lay phrases end to end, each behind its length and its clue."""
    flat: list[int] = []
    for clue, phrases in groups:
        for phrase in phrases:
            flat += [len(phrase), clue, *map(ord, phrase)]
    return np.array(flat, dtype=np.uint32)


def _limits(known: Mapping[str, int]) -> Limits:
    return Limits(
        look_back=sentences.LOOK_BACK,
        wrap_min=sentences.WRAP_MIN,
        wrap_max=sentences.WRAP_MAX,
        wrap_gap=sentences.MAX_WRAP_GAP,
        speakers=sentences.SPEAKER_WORDS,
        longest_line=furniture.LONGEST_LINE,
        shortest_menu=furniture.SHORTEST_MENU,
        longest_entry=furniture.LONGEST_ENTRY,
        headlines_above=furniture.HEADLINES_ABOVE,
        shortest_headline=furniture.SHORTEST_HEADLINE,
        longest_headline=furniture.LONGEST_HEADLINE,
        long_sentence=furniture.LONG_SENTENCE,
        headline=document.HEADLINE_STYLE,
        shortest_name=document.SHORTEST_NAME,
        zero=known["0"],
        bracket=known[")"],
    )


@lru_cache(maxsize=1)
def _learning() -> tuple[_Traits, Tables]:
    """Make the tables; the traits of code points grow."""
    traits, words, tokens = _Traits(), _words(), _tokens()
    limits = _limits(words)
    known = dict(zip(word_ids(list(words)).tolist(), words.values(), strict=True))
    numbers = np.zeros(1 << text_tables.NUMBER_BITS, dtype=np.bool_)
    for number in document.NUMBER_WORDS.tolist():
        known[number] = known.get(number, 0) | Known.NUMBER
        numbers[number >> (32 - text_tables.NUMBER_BITS)] = True
    phrases = ((Clue.PHRASE, furniture.PHRASES), (Clue.INSET, _INSET_PHRASES))
    return traits, Tables(
        traits=traits.values,
        tokens=_hash_table({text_tables.key_of(token): tokens[token] for token in tokens}),
        words=_hash_table(known),
        numbers=numbers,
        links=_phrases([(1, sentences.LINKS)]),
        phrases=_phrases(phrases),
        limits=limits,
    )


# --- reading ------------------------------------------------------------------------------------


def read_marked(texts: Sequence[str]) -> tuple[Ragged, Ragged]:
    """Read texts: of each its word ids, u32, and their marks, u8, flags of ``document.Mark``.

    Equal to reading, flagging furniture and making a document of one text at a time. Most of the
    time is spent without the interpreter lock, so threads may share the work.

    >>> words, marks = read_marked(["They met Ms Orr once: “No.” It cost 40."])
    >>> marks[0].tolist()
    [16, 0, 0, 2, 0, 4, 16, 0, 1]
    """
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    words = read_words(texts)
    source = np.frombuffer(b"".join(encoded), dtype=np.uint8)
    marks = marks_of(source, offsets(map(len, encoded)), words)
    return words, Ragged(marks, words.offsets)


def read_flagged(texts: Sequence[str]) -> tuple[list[Flagged], Ragged, NDArray[np.uint8]]:
    r"""Read texts with all that is known of them: their sentences, flags, word ids and marks.

    Equal to :func:`dedup.text.tokens.read` and :func:`dedup.furniture.finding.furniture` of each
    text, and to
    :func:`read_marked` of all.

    >>> read_flagged(["Rain fell in Ohio.\n\nLatest stories"])[0][0].furniture
    (False, True)
    """
    source = encoded(texts)
    words = words_of_utf8(source)
    found = read_cuts(source.values, source.offsets, words)
    cuts = _Cuts(found, words.offsets)
    made = []
    for row, (text, clues) in enumerate(zip(texts, found.clues.tolist(), strict=True)):
        tokens = cuts.tokens(row, text)
        flags = cuts.flags(row, tokens, clues) if clues else ()
        made.append(Flagged(tokens, flags or (False,) * len(tokens.sentences)))
    return made, words, found.marks


def marks_of(source: NDArray[np.uint8], at: NDArray[np.int64], words: Ragged) -> NDArray[np.uint8]:
    """Mark the words of texts, u8, one a word.

    ``source`` u8 is the texts in UTF-8 (surrogates passed) end to end, ``at`` i64[n + 1] where each
    begins, ``words`` their ids as :func:`dedup.text.words.read_words` gives them. Raises
    :class:`ValueError` where those are the words of other texts.
    """
    found = read_cuts(source, at, words)
    cuts = _Cuts(found, words.offsets)
    clued = np.flatnonzero(found.clues)
    for row, clues in zip(clued.tolist(), found.clues[clued].tolist(), strict=True):
        cuts.flags(row, cuts.page(row, _text(source, at, row)), clues)
    return found.marks


def read_cuts(source: NDArray[np.uint8], at: NDArray[np.int64], words: Ragged) -> Reading:
    """Read texts as far as it needs no rules for furniture: sentences, marks, clues.

    Takes what :func:`marks_of` takes; :class:`dedup.reading.loops.Reading` says what comes.
    """
    traits, tables = _learning()
    texts = _frozen(source), _frozen(at), _frozen(words.values), _frozen(words.offsets)
    found = text_kernel.read_marks(*texts, tables)
    strange = (found.clues & (Clue.UNKNOWN | Clue.OTHER_WORDS)).nonzero()[0].tolist()
    if strange:
        for row in strange:
            traits.learn(_text(source, at, row))
        found = text_kernel.read_marks(*texts, tables)
        other = np.flatnonzero(found.clues & Clue.OTHER_WORDS)
        if len(other):
            raise ValueError(f"words: those of text {other[0]} are not its own")
    return found


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Give an array as one that cannot be written, so that loops are compiled for one kind."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


def _text(source: NDArray[np.uint8], at: NDArray[np.int64], row: int) -> str:
    return source[at[row] : at[row + 1]].tobytes().decode("utf-8", "surrogatepass")


class _Words(Sequence[str]):
    """The folded words of a text, each made when it is asked for."""

    __slots__ = ("_ends", "_starts", "_text")

    def __init__(self, text: str, starts: Sequence[int], ends: Sequence[int]) -> None:
        self._text, self._starts, self._ends = text, starts, ends

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, k: int) -> str:  # type: ignore[override]
        return fold(self._text[self._starts[k] : self._ends[k]])


class _Page(NamedTuple):
    """A text cut by the compiled loops, as rules for furniture take it."""

    text: str
    words: _Words
    starts: Sequence[int]
    ends: Sequence[int]
    sentences: Sequence[tuple[int, int]]
    bounds: Sequence[int]


def _flagged(tries: bytes, flag: int) -> list[int]:
    """Number the sentences that have a flag of :class:`Try`."""
    return list(compress(range(len(tries)), map(flag.__and__, tries)))


class _Cuts:
    """What the compiled loops found of many texts, text by text."""

    def __init__(self, read: Reading, words: NDArray[np.int64]) -> None:
        self._read = read
        self._words, self._sentences = words.tolist(), read.offsets.tolist()

    def _spans(self, row: int) -> tuple[list[tuple[int, int]], list[int]]:
        """Give the sentences of a text, and the first word of each with the number of words."""
        first, end = self._sentences[row], self._sentences[row + 1]
        starts, ends, bounds = self._read.sentences[first:end].T.tolist()
        bounds.append(self._words[row + 1] - self._words[row])
        return list(zip(starts, ends, strict=True)), bounds

    def tokens(self, row: int, text: str) -> Tokens:
        """Give a text as :func:`dedup.text.tokens.read` does."""
        low, high = self._words[row], self._words[row + 1]
        starts = tuple(self._read.starts[low:high].tolist())
        ends = tuple(self._read.ends[low:high].tolist())
        spans, bounds = self._spans(row)
        words = tuple(folded_words(text, starts, ends))
        return Tokens(text, words, starts, ends, tuple(spans), tuple(bounds))

    def page(self, row: int, text: str) -> _Page:
        """Give a text with as much work as rules for a few of its sentences are worth."""
        low, high = self._words[row], self._words[row + 1]
        starts, ends = self._read.starts[low:high].data, self._read.ends[low:high].data
        return _Page(text, _Words(text, starts, ends), starts, ends, *self._spans(row))

    def flags(self, row: int, page: furniture.Page, clues: int) -> tuple[bool, ...]:
        """Flag the sentences of a text that are furniture, and mark the words that are."""
        insets = furniture.insets(page) if clues & Clue.INSET else ()
        flags = furniture.furniture_by_leads(page, self._leads(row, clues, insets))
        first, marks = self._words[row], self._read.marks
        for start, end in (*compress(pairwise(page.bounds), flags), *insets):
            marks[first + start : first + end] |= Mark.FURNITURE
        return flags

    def _leads(self, row: int, clues: int, insets: Sequence[tuple[int, int]]) -> furniture.Leads:
        """Say what rules look at in a text with these clues."""
        tries = self._read.tries[self._sentences[row] : self._sentences[row + 1]].tobytes()
        opens = _flagged(tries, Try.OPENS)
        paragraphs = pairwise([*opens, len(tries)])
        tried_paragraphs: list[int] = []
        tried_sentences: list[int] = []
        if clues & Clue.TRIED:
            tried_paragraphs = [n for n, k in enumerate(opens) if tries[k] & Try.PARAGRAPH]
            tried_sentences = _flagged(tries, Try.SENTENCE)
        return furniture.Leads(
            paragraphs=list(paragraphs),
            tried_paragraphs=tried_paragraphs,
            tried_sentences=tried_sentences,
            phrases=bool(clues & Clue.PHRASE),
            insets=insets,
            menus=bool(clues & Clue.MENU),
            capitals=bool(clues & Clue.CAPITALS),
            repeats=bool(clues & Clue.REPEATED),
        )
