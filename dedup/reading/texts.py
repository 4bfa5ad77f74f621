"""Texts read: words, sentences, furniture, marks and letters of one, two or thousands in one call.

The loops run without the interpreter lock; only rules for furniture are tried with it, on the few
stretches that the loops point out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from dedup.arrays import I32, I64, U8, U32, Flags, Ragged, decoded, encoded
from dedup.furniture.finding import Found, apply_rules
from dedup.reading import _reading
from dedup.text import _words
from dedup.text.points import POINTS, State
from dedup.text.tokens import Flagged, Tokens
from dedup.text.wrapping import unwrapped
from dedup.values import frozen


@frozen()
class Texts:
    """Texts as they were read; rows stand end to end.

    ``source`` u8 is the texts in UTF-8 (surrogates passed), ``plain`` the same with hard wraps
    undone, ``words`` u32 the ids of their words, all ragged. One entry a word: ``starts`` and
    ``ends`` i32, where it stands in its text, in code points; ``marks`` u8, flags of
    :class:`dedup.text.marks.Mark`. One a sentence: ``sentences`` i32[m, 3], its start, its end and
    its first word, within its text; ``furniture`` bool[m]. The sentences of row ``i`` are those
    from ``sentence_offsets[i]`` to ``sentence_offsets[i + 1]`` (exclusive), i64[n + 1]. ``letters``
    u32 are the folded words, code points, that of the word ``k`` from ``letter_offsets[k]`` to
    ``letter_offsets[k + 1]``, i64[nnz + 1].
    """

    source: Ragged
    plain: Ragged
    words: Ragged
    starts: I32
    ends: I32
    marks: U8
    sentences: I32
    sentence_offsets: I64
    furniture: Flags
    letters: U32
    letter_offsets: I64

    def flagged(self, row: int, text: str | None = None, language: str | None = None) -> Flagged:
        """Give one text with its letters; ``text`` saves decoding it where it is at hand, and
        ``language`` telling it.
        """
        low, high = self.words.offsets[row : row + 2].tolist()
        first, last = self.sentence_offsets[row : row + 2].tolist()
        at = self.letter_offsets[low : high + 1]
        given = decoded(self.source[row]) if text is None else text
        tokens = Tokens(
            given,
            given if self.plain is self.source else decoded(self.plain[row]),
            spans=np.concatenate((self.starts[low:high], self.ends[low:high])).reshape(2, -1),
            cuts=self.sentences[first:last],
            letters=self.letters[at[0] : at[-1]],
            letter_offsets=at - at[0],
            ids=self.words.values[low:high],
        )
        if language is not None:
            tokens.language = language
        return Flagged(tokens, tuple(self.furniture[first:last].tolist()))


def read_texts(texts: Sequence[str], *, letters: bool = True) -> Texts:
    """Read texts; without ``letters`` the folded words are left out.

    >>> read_texts(["Rain fell. It stopped."]).sentences.tolist()
    [[0, 10, 0], [11, 22, 2]]
    """
    return _read(encoded(texts), letters, texts)


def read_utf8(source: Ragged, *, letters: bool = True) -> Texts:
    r"""Read texts that stand end to end in UTF-8 (u8, surrogates passed).

    Raises :class:`ValueError` for other bytes and for a text of 2 GB.

    >>> text = "Rain fell in Ohio.\n\nLatest stories".encode()
    >>> found = read_utf8(Ragged(np.frombuffer(text, np.uint8), np.array([0, len(text)])))
    >>> found.furniture.tolist()
    [False, True]
    """
    return _read(source, letters)


def _read(source: Ragged, letters: bool, texts: Sequence[str] = ()) -> Texts:
    """Read texts in UTF-8 end to end; ``texts`` are the same where they are at hand."""
    states, room = _survey(source)
    plain = unwrapped(source)
    composed = _composed(plain, states)
    if len(composed.values):
        room += _survey(composed)[1]
    found, spelled, spelled_at = _reading.read(
        plain.values, plain.offsets, composed.values, composed.offsets, room, letters
    )
    cut = Found(*found)
    at_hand = texts and plain is source
    apply_rules(cut, texts.__getitem__ if at_hand else lambda row: decoded(plain[row]))
    return Texts(
        source=source,
        plain=plain,
        words=Ragged(cut.words, cut.word_offsets),
        starts=cut.starts,
        ends=cut.ends,
        marks=cut.marks,
        sentences=cut.sentences,
        sentence_offsets=cut.sentence_offsets,
        furniture=cut.furniture.view(np.bool_),
        letters=spelled,
        letter_offsets=spelled_at,
    )


def _survey(source: Ragged) -> tuple[U8, int]:
    """Look texts over, and learn the code points that were not met before."""
    states, room = _words.survey(source.values, source.offsets)
    strange = _with(states, State.UNKNOWN)
    for row in strange:
        POINTS.learn(decoded(source[row]))
    return _words.survey(source.values, source.offsets) if strange else (states, room)


def _with(states: U8, state: int) -> list[int]:
    """List the texts that are in a state."""
    return [row for row, held in enumerate(states.tobytes()) if held & state]


def _composed(source: Ragged, states: U8) -> Ragged:
    """Compose the texts that are not in composed form; the others are left empty."""
    rows = _with(states, State.COMPOSES)
    if not rows:
        return Ragged(np.empty(0, np.uint8), np.zeros(len(source) + 1, np.int64))
    parts = [""] * len(source)
    for row in rows:
        text = decoded(source[row])
        if not unicodedata.is_normalized("NFC", text):
            parts[row] = unicodedata.normalize("NFC", text)
    return encoded(parts)


def read_flagged(texts: Sequence[str]) -> tuple[list[Flagged], Ragged, U8]:
    r"""Read texts: each with its furniture, the ids of the words of all, and their marks.

    >>> read_flagged(["Rain fell in Ohio.\n\nLatest stories"])[0][0].furniture
    (False, True)
    """
    found = read_texts(texts)
    flagged = [found.flagged(row, text) for row, text in enumerate(texts)]
    return flagged, found.words, found.marks


def read_marked(texts: Sequence[str]) -> tuple[Ragged, Ragged]:
    """Read texts: the ids of the words of each, u32, and their marks, u8, flags of ``Mark``.

    >>> words, marks = read_marked(["They met Ms Orr once: “No.” It cost 40."])
    >>> marks[0].tolist()
    [16, 0, 0, 2, 0, 4, 16, 0, 1]
    """
    found = read_texts(texts, letters=False)
    return found.words, Ragged(found.marks, found.words.offsets)


def read(text: str) -> Tokens:
    """Cut a text into words and sentences.

    >>> read("Rain fell. It stopped.").bounds
    (0, 2, 4)
    """
    return read_texts([text]).flagged(0, text).tokens


def word_spans(texts: Sequence[str]) -> list[list[tuple[int, int]]]:
    """Find the words of each text as ``(start, end)`` offsets, in reading order.

    >>> word_spans(["Don't panic", "!"])
    [[(0, 3), (4, 5), (6, 11)], []]
    """
    found = read_texts(texts, letters=False)
    spans = list(zip(found.starts.tolist(), found.ends.tolist(), strict=True))
    return [spans[start:end] for start, end in pairwise(found.words.offsets.tolist())]


def marks_of(source: Ragged, words: Ragged) -> U8:
    """Mark the words of texts, u8, one a word.

    ``source`` u8 is the texts in UTF-8 (surrogates passed), ``words`` their ids. Raises
    :class:`ValueError` where those are the words of other texts.
    """
    found = read_utf8(source, letters=False)
    other = (found.words.offsets[1:] != words.offsets[1:]).nonzero()[0]
    if not len(other) and not np.array_equal(found.words.values, words.values):
        at = (found.words.values != words.values).nonzero()[0][0]
        other = np.searchsorted(words.offsets, [at], side="right") - 1
    if len(other):
        raise ValueError(f"words: those of text {other[0]} are not its own")
    return found.marks
