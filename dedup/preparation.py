"""Many texts read at once: the words of each and their marks, equal to reading one by one.

What :func:`dedup.text.read`, :func:`dedup.furniture.furniture` and
:func:`dedup.document.document` say of one text, compiled loops say of many, but for the rules for
furniture: the loops find where a rule may match, and the rules themselves stay in Python, for the
few sentences that are left.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup import document, furniture, sentences, text_kernel
from dedup.arrays import Ragged, encoded, offsets
from dedup.document import Mark
from dedup.furniture_rules import Rule
from dedup.shingles import CLASSES, CODE_POINTS, Learned, read_words, words_of_utf8
from dedup.text import Flagged, Tokens, classify, fold, folded_words
from dedup.text_kernel import Clue, Known, Limits, Reading, Tables, Trait
from dedup.vocabulary import word_ids

__all__ = ["marks_of", "read_cuts", "read_flagged", "read_marked"]

_INSET_PHRASES = ("(@", "MORE")
"""What stands in every inset that :func:`dedup.furniture.insets` finds."""
_SETS = (
    (Trait.BREAK, sentences.LINE_BREAKS),
    (Trait.STOP, sentences.STOPS),
    (Trait.FULL_WIDTH, sentences.FULL_WIDTH),
    (Trait.CLOSER, sentences.CLOSERS),
    (Trait.OPENER, sentences.OPENERS),
    (Trait.DELIMITER, sentences.DELIMITERS),
    (Trait.NO_WRAP, sentences.LINE_ENDS),
    (Trait.BEFORE_NAME, document._QUOTATION_MARKS),
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


def _hash_table(entries: Mapping[int, int]) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """Make the table :mod:`dedup.text_kernel` looks keys up in; a quarter of its places is used."""
    size = 1 << (4 * len(entries)).bit_length()
    keys, flags = np.zeros(size, np.uint64), np.zeros(size, np.uint32)
    for key, found in sorted(entries.items()):
        at = text_kernel.place_of(key, size)
        while keys[at]:
            at = (at + 1) % size
        keys[at], flags[at] = key, found
    return keys, flags


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
        headline=document._HEADLINE,
        shortest_name=document._SHORTEST_NAME,
        zero=known["0"],
        bracket=known[")"],
    )


@lru_cache(maxsize=1)
def _learning() -> tuple[_Traits, Tables]:
    """Make the tables; the traits of code points grow."""
    traits, words, tokens = _Traits(), _words(), _tokens()
    limits = _limits(words)
    known = dict(zip(word_ids(list(words)).tolist(), words.values(), strict=True))
    numbers = np.zeros(1 << text_kernel.NUMBER_BITS, dtype=np.bool_)
    for number in document._NUMBER_WORDS.tolist():
        known[number] = known.get(number, 0) | Known.NUMBER
        numbers[number >> (32 - text_kernel.NUMBER_BITS)] = True
    token_keys, token_flags = _hash_table(
        {text_kernel.key_of(token): flags for token, flags in tokens.items()}
    )
    word_keys, word_flags = _hash_table(known)
    phrases = ((Clue.PHRASE, furniture.PHRASES), (Clue.INSET, _INSET_PHRASES))
    return traits, Tables(
        traits=traits.values,
        token_keys=token_keys,
        token_flags=token_flags,
        word_keys=word_keys,
        word_flags=word_flags,
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

    Equal to :func:`dedup.text.read` and :func:`dedup.furniture.furniture` of each text, and to
    :func:`read_marked` of all.

    >>> read_flagged(["Rain fell in Ohio.\n\nLatest stories"])[0][0].furniture
    (False, True)
    """
    source = encoded(texts)
    words = words_of_utf8(source)
    found = read_cuts(source.values, source.offsets, words)
    flags = _mark_furniture(source.values, source.offsets, words.offsets.tolist(), found)
    made = []
    for row, text in enumerate(texts):
        first, end = words.offsets[row : row + 2].tolist()
        starts = tuple(found.starts[first:end].tolist())
        ends = tuple(found.ends[first:end].tolist())
        low, high = found.offsets[row : row + 2].tolist()
        begins, stops, firsts = found.sentences[low:high].T.tolist()
        spans = tuple(zip(begins, stops, strict=True))
        folded = tuple(folded_words(text, starts, ends))
        tokens = Tokens(text, folded, starts, ends, spans, (*firsts, len(starts)))
        made.append(Flagged(tokens, flags.get(row) or (False,) * len(spans)))
    return made, words, found.marks


def marks_of(source: NDArray[np.uint8], at: NDArray[np.int64], words: Ragged) -> NDArray[np.uint8]:
    """Mark the words of texts, u8, one a word.

    ``source`` u8 is the texts in UTF-8 (surrogates passed) end to end, ``at`` i64[n + 1] where each
    begins, ``words`` their ids as :func:`dedup.shingles.read_words` gives them. Raises
    :class:`ValueError` where those are the words of other texts.
    """
    found = read_cuts(source, at, words)
    _mark_furniture(source, at, words.offsets.tolist(), found)
    return found.marks


def read_cuts(source: NDArray[np.uint8], at: NDArray[np.int64], words: Ragged) -> Reading:
    """Read texts as far as it needs no rules for furniture: sentences, marks, clues.

    Takes what :func:`marks_of` takes; :class:`dedup.text_kernel.Reading` says what comes.
    """
    traits, tables = _learning()
    texts = _frozen(source), _frozen(at), _frozen(words.values), _frozen(words.offsets)
    found = text_kernel.read_marks(*texts, tables)
    strange = np.flatnonzero(found.clues & Clue.UNKNOWN).tolist()
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


@dataclass(frozen=True, slots=True)
class _Words(Sequence[str]):
    """The folded words of a text, each made when it is asked for."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, k: int) -> str:  # type: ignore[override]
        return fold(self.text[self.starts[k] : self.ends[k]])


@dataclass(frozen=True, slots=True)
class _Page:
    """A text cut by the compiled loops."""

    text: str
    words: _Words
    starts: Sequence[int]
    ends: Sequence[int]
    sentences: list[tuple[int, int]]
    bounds: list[int]


def _mark_furniture(
    source: NDArray[np.uint8], at: NDArray[np.int64], words: list[int], read: Reading
) -> dict[int, tuple[bool, ...]]:
    """Mark the words that are furniture, in the texts whose clues say that there may be some.

    ``words`` says where the words of each text begin. Gives the flags of those texts' sentences.
    """
    marked: dict[int, tuple[bool, ...]] = {}
    cuts, rows = _Cuts(read), np.flatnonzero(read.clues).tolist()
    for row, clues in zip(rows, read.clues[rows].tolist(), strict=True):
        low, high = words[row], words[row + 1]
        starts, ends = read.starts[low:high].data, read.ends[low:high].data
        page = cuts.page(row, _text(source, at, row), starts, ends)
        flags = marked[row] = furniture.furniture_by_leads(page, cuts.leads(row, clues))
        for sentence in compress(range(len(flags)), flags):
            start, end = page.bounds[sentence : sentence + 2]
            read.marks[low + start : low + end] |= Mark.FURNITURE
        for start, end in furniture.insets(page) if clues & Clue.INSET else ():
            read.marks[low + start : low + end] |= Mark.FURNITURE
    return marked


class _Cuts:
    """The sentences of many texts, and which of them and of their paragraphs rules look at.

    Turned into lists once for all texts, since a list is the quicker of the two item by item.
    """

    def __init__(self, read: Reading) -> None:
        begins, stops, self._firsts = read.sentences.T.tolist()
        self._spans = list(zip(begins, stops, strict=True))
        self._offsets = read.offsets.tolist()
        opens = np.flatnonzero(read.tries & text_kernel.OPENS)
        paragraphs = np.flatnonzero(read.tries[opens] & text_kernel.TRY_PARAGRAPH)
        sentences = np.flatnonzero(read.tries & text_kernel.TRY_SENTENCE)
        self._opens = _Rows.of(opens, read.offsets)
        self._sentences = _Rows.of(sentences, read.offsets)
        self._paragraphs = _Rows.of(paragraphs, np.searchsorted(opens, read.offsets))

    def page(self, row: int, text: str, starts: Sequence[int], ends: Sequence[int]) -> _Page:
        """Give a text as the rules take it."""
        first, end = self._offsets[row], self._offsets[row + 1]
        return _Page(
            text,
            _Words(text, starts, ends),
            starts,
            ends,
            self._spans[first:end],
            [*self._firsts[first:end], len(starts)],
        )

    def leads(self, row: int, clues: int) -> furniture.Leads:
        """Say what rules look at in a text with these clues."""
        count = self._offsets[row + 1] - self._offsets[row]
        return furniture.Leads(
            paragraphs=list(pairwise([*self._opens[row], count])),
            tried_paragraphs=self._paragraphs[row],
            tried_sentences=self._sentences[row],
            phrases=bool(clues & Clue.PHRASE),
            insets=bool(clues & Clue.INSET),
            menus=bool(clues & Clue.MENU),
            capitals=bool(clues & Clue.CAPITALS),
            repeats=bool(clues & Clue.REPEATED),
        )


@dataclass(frozen=True, slots=True)
class _Rows:
    """Numbers in ragged rows, each counted from the beginning of its row."""

    numbers: list[int]
    offsets: list[int]

    @classmethod
    def of(cls, found: NDArray[np.int64], bounds: NDArray[np.int64]) -> _Rows:
        """Sort ascending numbers into the rows that begin at ``bounds``."""
        ends = np.searchsorted(found, bounds)
        return cls((found - np.repeat(bounds[:-1], np.diff(ends))).tolist(), ends.tolist())

    def __getitem__(self, row: int) -> list[int]:
        return self.numbers[self.offsets[row] : self.offsets[row + 1]]
