"""Cut the sentences of a passage into pieces: verbatim, kept, changed, a fact that differs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from dedup.model import Change, Passage, PassageKind, Sentence, Span
from dedup.reading.texts import word_spans
from dedup.text.tokens import fold

_LONGEST_SEARCHED = 10_000
"""Characters of a sentence, beyond any a person wrote, above which its facts are not looked for:
every one is a search from the start, and thousands of them in one line of a table cost minutes."""

_LONGEST_ENDING = 2
"""Letters after an apostrophe in English: s, t, d, m, ll, re, ve."""
_SHORT = 3
"""Letters of a word too short to matter between two changed ones: articles, most prepositions."""


class Mark(IntEnum):
    """What a piece of a linked sentence is; where two hold, the higher one is shown."""

    KEPT = 0
    """Its words stand on the other side too, if elsewhere."""
    CHANGED = 1
    """Words that the other side lacks, with short ones between them."""
    VERBATIM = 2
    """Part of a word run taken verbatim."""
    FACT = 3
    """A number, date, name, quote or negation that differs."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of a sentence with one mark; ``change`` is set where the mark is ``FACT``."""

    text: str
    mark: Mark
    change: Change | None = None


def pieces(passage: Passage) -> tuple[list[list[Piece]], list[list[Piece]]]:
    """Cut each sentence of a and of b into pieces; joined, they give the sentence back.

    >>> from dedup.model import Span
    >>> a, b = Sentence(0, 16, "Heavy rain fell."), Sentence(0, 14, "The rain fell.")
    >>> runs = ((Span(6, 15), Span(4, 13)),)
    >>> in_a, in_b = pieces(Passage(PassageKind.REWRITTEN, (a,), (b,), 0.6, copied=runs))
    >>> [(piece.text, piece.mark.name) for piece in in_b[0]]
    [('The', 'CHANGED'), (' ', 'KEPT'), ('rain fell', 'VERBATIM'), ('.', 'KEPT')]
    """
    if passage.kind is not PassageKind.REWRITTEN:
        mark = Mark.VERBATIM if passage.kind is PassageKind.COPIED else Mark.KEPT
        return _whole(passage.a, mark), _whole(passage.b, mark)
    spans = word_spans([sentence.text for sentence in (*passage.a, *passage.b)])
    in_a = [*zip(passage.a, spans, strict=False)]
    in_b = [*zip(passage.b, spans[len(in_a) :], strict=True)]
    words_a, words_b = _vocabulary(in_a), _vocabulary(in_b)
    runs_a = [run for run, _ in passage.copied]
    runs_b = [run for _, run in passage.copied]
    facts_a = [(change.a, change) for change in passage.changes if change.a]
    facts_b = [(change.b, change) for change in passage.changes if change.b]
    return (
        [_cut(sentence, words, words_b, runs_a, facts_a) for sentence, words in in_a],
        [_cut(sentence, words, words_a, runs_b, facts_b) for sentence, words in in_b],
    )


def _whole(sentences: Iterable[Sentence], mark: Mark) -> list[list[Piece]]:
    return [[Piece(sentence.text, mark)] for sentence in sentences]


def _vocabulary(sentences: Iterable[tuple[Sentence, _Words]]) -> set[str]:
    return {fold(one.text[start:end]) for one, words in sentences for start, end in words}


def _cut(
    sentence: Sentence,
    words: _Words,
    other_words: set[str],
    runs: Sequence[Span],
    facts: Sequence[tuple[str, Change]],
) -> list[Piece]:
    """Paint one byte a character, and cut where the paint changes."""
    text = sentence.text
    paint = bytearray(len(text))
    for run in runs:
        start = max(run.start - sentence.start, 0)
        end = max(min(run.end - sentence.start, len(text)), start)
        paint[start:end] = bytes([Mark.VERBATIM]) * (end - start)
    changes = _paint_facts(paint, text, words, facts)
    _paint_changed(paint, text, words, other_words)
    return [
        Piece(
            text[match.start() : match.end()],
            Mark(min(match.group()[0], Mark.FACT)),
            changes.get(match.start()),
        )
        for match in _SAME_PAINT.finditer(paint)
    ]


_SAME_PAINT = re.compile(rb"(.)\1*", re.DOTALL)
_Words = Sequence[tuple[int, int]]
_BARE_TO_CHANGED = bytes([Mark.CHANGED, *range(1, 256)])


def _paint_facts(
    paint: bytearray, text: str, words: _Words, facts: Sequence[tuple[str, Change]]
) -> dict[int, Change]:
    """Paint each fact where it is found, and tell which one begins where.

    Neighbouring facts get different paint, so that they are cut apart.
    """
    begins: dict[int, Change] = {}
    if len(text) > _LONGEST_SEARCHED or not facts:
        return begins
    borders = {start for start, _ in words}, {end for _, end in words}
    for number, (fact, change) in enumerate(facts):
        found = _find_fact(paint, text, fact, borders)
        if found is not None:
            start, end = found
            shade = Mark.FACT + number % (256 - Mark.FACT)
            paint[start:end] = bytes([shade]) * (end - start)
            begins[start] = change
    return begins


def _find_fact(
    paint: bytearray, text: str, fact: str, borders: tuple[set[int], set[int]]
) -> tuple[int, int] | None:
    """Find whole words that no other fact has, best outside the runs that were kept verbatim.

    A blank of the fact is any white space of the text, which may be set in lines.
    """
    starts, ends = borders
    found = None
    words = fact.split()
    for match in re.finditer(r"\s+".join(map(re.escape, words)), text) if words else ():
        at, end = match.span()
        whole = (at in starts or not fact[0].isalnum()) and (end in ends or not fact[-1].isalnum())
        highest = max(paint[at:end])
        if whole and highest < Mark.VERBATIM:
            return at, end
        if whole and highest < Mark.FACT and found is None:
            found = at, end
    return found


def _paint_changed(paint: bytearray, text: str, words: _Words, other_words: set[str]) -> None:
    """Paint the words that the other side lacks, neighbours together with what parts them.

    A fact that differs counts as lacking too, and keeps its paint. Short words between two that
    are lacking go with these: that both sides have a ``the`` says nothing.
    """
    marks = _mark_words(paint, text, words, other_words)
    stretches = _stretches(marks)
    for before, (mark, start, end), after in zip(
        stretches, stretches[1:], stretches[2:], strict=False
    ):
        inside = before[0] is after[0] is Mark.CHANGED
        if mark is Mark.KEPT and inside and all(e - s <= _SHORT for s, e in words[start:end]):
            marks[start:end] = [Mark.CHANGED] * (end - start)
    for mark, first, stop in _stretches(marks):
        if mark is Mark.CHANGED:
            start, end = words[first][0], words[stop - 1][1]
            paint[start:end] = paint[start:end].translate(_BARE_TO_CHANGED)


def _stretches(marks: Sequence[Mark]) -> list[tuple[Mark, int, int]]:
    """Join neighbours of one mark: the mark, the first of them and the one after the last."""
    ends = [at for at in range(1, len(marks) + 1) if marks[at - 1 : at] != marks[at : at + 1]]
    return [(marks[at], at, end) for at, end in pairwise((0, *ends))]


def _mark_words(paint: bytearray, text: str, words: _Words, other_words: set[str]) -> list[Mark]:
    """Mark each word by itself; the s of ``Russia’s`` goes with the word before it."""
    marks: list[Mark] = []
    for start, end in words:
        painted = max(paint[start:end])
        if painted:
            marks.append(Mark.VERBATIM if painted == Mark.VERBATIM else Mark.CHANGED)
        elif marks and end - start <= _LONGEST_ENDING and text[start - 1] in "'’":
            marks.append(marks[-1])
        elif fold(text[start:end]) in other_words:
            marks.append(Mark.KEPT)
        else:
            marks.append(Mark.CHANGED)
    return marks
