"""A text whose facts are asked for, a stretch of it, and a fact where it stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from dedup.arrays import I32, U16, U32
from dedup.facts._traits import Marked
from dedup.facts.lexicon import STEM, Kinds, Lexicon, Trait, language_by_letters, lexicon
from dedup.reading.texts import read
from dedup.text.patterns import later
from dedup.text.tokens import Tokens, fold

JOINT = later(r"[\s\u00a0\u202f-]*\Z")
"""What stands between the words of one number."""
NEAR = 3
"""Words on each side of a fact among which the one is looked for that says what it is of."""


def _view(numbers: I32 | U16) -> memoryview:
    """Let single numbers be taken as those of Python."""
    return numbers.data


class Told:
    """A text with its words, their traits and the words of its language.

    ``words`` u32[n] are their ids; ``starts`` and ``ends`` where each stands, in code points;
    ``bounds`` the first word of each sentence and the number of words, ``spans`` where each
    sentence begins and ends; ``traits`` the traits of each word, those in the light of another text
    among them. ``language`` is told from the words where it is not given.
    """

    def __init__(self, tokens: Tokens, language: str | None = None) -> None:
        text = self.text = tokens.plain
        words = self.words = tokens.ids
        self.spans = tokens.sentences
        starts, ends = tokens.spans
        told = tokens.language if language is None else language
        self.lexicon: Lexicon = lexicon(told or language_by_letters(text))
        self.language = self.lexicon.language
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        self.marked = Marked(
            *(codes, words, tokens.spans, tokens.cuts),
            *(self.lexicon.table, self.lexicon.beginnings, self.lexicon.prefix_codes),
        )
        self.starts, self.ends, self.bounds = _view(starts), _view(ends), tokens.bounds
        self.ends_of_sentences = frozenset(self.bounds)
        self.traits = _view(self.marked.traits)
        self._folded: dict[int, str] = {}
        self.entries: dict[int, tuple[Kinds, int]] = {}
        self.denials: dict[int, list[int]] = {}
        self.turns: dict[int, tuple[int, Mapping[int, int]]] = {}
        self.bearers: frozenset[str] | None = None
        self.amounts: tuple[dict[str, set[tuple[str, ...]]], ...] | None = None

    @classmethod
    def of(cls, text: str) -> Told:
        """Read a text."""
        return cls(read(text))

    def word(self, k: int) -> str:
        """Give a folded word."""
        found = self._folded.get(k)
        if found is None:
            found = self._folded[k] = fold(self.text[self.starts[k] : self.ends[k]])
        return found

    def digits_at(self, k: int) -> int:
        """Give where the digits of a word begin, behind *and* or *in* written together, or -1."""
        start = self.starts[k]
        if self.text[start].isdecimal():
            return start
        leads = self.lexicon.proclitics if self.text[self.ends[k] - 1].isdecimal() else ()
        behind = (start + len(lead) for lead in leads if self.text.startswith(lead, start))
        return next((at for at in behind if self.text[at].isdecimal()), -1)

    def form(self, first: int, last: int) -> str:
        """Give the words from one to another (exclusive) folded, a blank between them."""
        return " ".join([self.word(k) for k in range(first, last)])

    def text_of(self, first: int, last: int) -> str:
        """Give the words from one to another (exclusive) as they are written."""
        return self.text[self.starts[first] : self.ends[last - 1]]

    def kinds(self, first: int, last: int) -> Kinds:
        """Give what the words from one to another (exclusive) are together."""
        return self.lexicon.words.get(self.form(first, last), {})

    def entry(self, k: int) -> tuple[Kinds, int]:
        """Give what the longest entry of its language is that begins with a word, and its end."""
        found = self.entries.get(k)
        if found is None:
            found = self.entries[k] = self._entry(k)
        return found

    def _entry(self, k: int) -> tuple[Kinds, int]:
        if k >= len(self.starts):
            return {}, k
        word = self.word(k)
        lexicon = self.lexicon
        longest = lexicon.longest.get(word, 0)
        if not longest:
            return {}, k
        for length in range(min(longest, len(self.starts) - k), 1, -1):
            kinds = lexicon.words.get(self.form(k, k + length))
            if kinds is not None:
                return kinds, k + length
        return lexicon.words.get(word, {}), k + 1

    def kind(self, k: int, *kinds: str) -> tuple[str, int]:
        """Give the value that the entry of a word has as one of some kinds, and the word behind."""
        found, last = self.entry(k)
        for kind in kinds:
            if kind in found:
                return str(found[kind]), last
        return "", k

    def led_by(self, k: int, *kinds: str) -> bool:
        """Tell whether the word, or the two words, before a place are of some kind."""
        for length in (1, 2):
            if k >= length:
                found, last = self.entry(k - length)
                if last == k and any(kind in found for kind in kinds):
                    return True
        return False

    def joins(self, k: int, pattern: re.Pattern[str] = JOINT) -> bool:
        """Tell whether a word goes on with the one before it: what stands between matches."""
        return 0 < k < len(self.words) and pattern.match(self.gap(k - 1)) is not None

    def behind(self, k: int, end: int) -> int:
        """Give the first word from one on that stands behind a place in the text."""
        while k < len(self.words) and self.starts[k] < end:
            k += 1
        return k

    def ahead_of(self, k: int) -> str:
        """Give the word before one in its sentence, ``""`` where it is the first."""
        return "" if k in self.ends_of_sentences else self.word(k - 1)

    def behind_of(self, k: int) -> str:
        """Give the word at a place in the sentence of the one before, ``""`` behind its last."""
        return "" if k in self.ends_of_sentences else self.word(k)

    def gap(self, k: int) -> str:
        """Give what stands between a word and the next."""
        return self.text[self.ends[k] : self.starts[k + 1]]

    def sentence_of(self, k: int) -> tuple[int, int]:
        """Give the first and the last + 1 word of the sentence that a word is in."""
        i = bisect_right(self.bounds, k)
        return self.bounds[i - 1], self.bounds[i]

    def whole(self) -> Stretch:
        """Give the whole text as one stretch."""
        return Stretch(self, range(len(self.spans)))


class Stretch:
    """Sentences of a text.

    ``ranges`` are their words, as first and last + 1, neighbours in one; ``negators`` the last
    words of its negations, once they were asked for.
    """

    __slots__ = ("negators", "ranges", "sentences", "told")

    def __init__(self, told: Told, sentences: Sequence[int]) -> None:
        self.told = told
        self.negators: list[int] | None = None
        self.sentences = sentences
        bounds = told.bounds
        first, last = sentences[0], sentences[-1]
        if last - first < len(sentences):
            self.ranges = [(bounds[first], bounds[last + 1])]
        else:
            self.ranges = [(bounds[i], bounds[i + 1]) for i in sentences]

    def words_with(self, trait: int) -> list[int]:
        """Number its words that have one of some traits, rising."""
        marked, (ends, *others) = self.told.marked, self.ranges
        found = marked.with_trait(*ends, trait)
        for ends in others:
            found += marked.with_trait(*ends, trait)
        return found

    def texts(self) -> Iterator[tuple[int, int]]:
        """Give where the runs of its sentences begin and end in the text."""
        spans = self.told.spans
        begin = self.sentences[0]
        for i, j in pairwise((*self.sentences, -1)):
            if j != i + 1:
                yield spans[begin][0], spans[i][1]
                begin = j

    def places(self) -> list[int]:
        """Number its words."""
        return [k for first, last in self.ranges for k in range(first, last)]

    def ids(self, numbers: U32) -> list[int]:
        """Give the ids, or the stems, of its words."""
        return [key for first, last in self.ranges for key in numbers[first:last].tolist()]


class Fact(NamedTuple):
    """A fact: the words ``first`` to ``last`` (exclusive), ``text[start:end]``, and its value."""

    told: Told
    first: int
    last: int
    start: int
    end: int
    value: tuple[str, ...]

    @classmethod
    def of(cls, told: Told, first: int, last: int, value: tuple[str, ...]) -> Fact:
        """Make a fact that begins and ends with its words."""
        return cls(told, first, last, told.starts[first], told.ends[last - 1], value)

    @property
    def text(self) -> str:
        """The fact as it is written."""
        return self.told.text[self.start : self.end]

    @property
    def is_new(self) -> bool:
        """Whether the other text has none of its words."""
        return all(self.told.traits[k] & Trait.NEW for k in range(self.first, self.last))

    @property
    def has_news(self) -> bool:
        """Whether the other text lacks one of its words."""
        return any(self.told.traits[k] & Trait.NEW for k in range(self.first, self.last))

    def before(self) -> list[str]:
        """Give the beginnings of the words before it, the nearest first."""
        return _neighbours(self.told, range(self.first - 1, self.first - 1 - NEAR, -1))

    def after(self) -> list[str]:
        """Give the beginnings of the words behind it, the nearest first."""
        return _neighbours(self.told, range(self.last, self.last + NEAR))


def _neighbours(told: Told, places: range) -> list[str]:
    """Fold the words at some places, up to the end of the text or of the clause."""
    found: list[str] = []
    cut = STEM if told.lexicon.spaced else None
    for k in places:
        if not 0 <= k < len(told.words):
            break
        at = k if places.step < 0 else k - 1
        joint = told.gap(at) if at >= 0 else ""
        if joint != " " and _CLAUSE_END.search(joint) and "title" not in told.kinds(at, at + 1):
            break
        found.append(told.word(k)[:cut])
    return found


_CLAUSE_END = later(r"[.;:!?]\s|[。；：！？।۔؟؛]")
