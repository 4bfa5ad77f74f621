"""The articles that may be judged: their texts read again for the marks of their words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dedup.arrays import I64, U8, U64, Flags, Growing, Ragged, joined_columns, offsets
from dedup.corpus.checkpoint import Checkpoint
from dedup.corpus.pool import Pool
from dedup.dump.sources import Source, Texts
from dedup.furniture._repetition import sentence_ids
from dedup.furniture.repetition import repeated
from dedup.reading.texts import marks_of
from dedup.text.marks import Mark
from dedup.threads import in_order

_WORDS_A_PART = 1 << 23
"""Words after which what was marked is kept: a few seconds' work."""


@dataclass(frozen=True, slots=True, eq=False)
class MarkedRows:
    """Some rows of a pool with a byte of marks for each word.

    ``rows`` i64[k] ascending; ``words`` u32, ragged, of all rows of the pool; ``marks`` u8,
    ragged, of the ``k`` rows.
    """

    rows: I64
    words: Ragged
    marks: Ragged

    def taken(self, rows: I64) -> tuple[Ragged, Ragged]:
        """Gather the words and the marks of rows of the pool, all of which must be marked."""
        return self.words.take(rows), self.marks.take(np.searchsorted(self.rows, rows))

    def thin(self, rows: I64) -> MarkedRows:
        """Keep some rows, i64[k] ascending; in the place of others stand empty ones.

        As after :meth:`Ragged.thin`, these must not be used any more.
        """
        words = self.words.thin(rows)
        marks = self.marks.thin(np.searchsorted(self.rows, rows))
        return MarkedRows(rows, words, Ragged(marks.values, offsets(np.diff(words.offsets)[rows])))


class _Part(NamedTuple):
    """What was found of the next rows.

    ``marks`` u8 of their words end to end, ``sentences`` u64 the numbers of their sentences,
    ``counts`` i64 how many of those each row has.
    """

    marks: U8
    sentences: U64
    counts: I64

    @classmethod
    def joined(cls, parts: Sequence[_Part]) -> _Part:
        """Put what was found of several stretches of rows end to end."""
        return cls(*joined_columns(parts, (np.uint8, np.uint64, np.int64)))


def mark_rows(
    source: Source,
    pool: Pool,
    rows: I64,
    *,
    threads: int,
    kept: Checkpoint,
    tell: Callable[[int], None],
) -> MarkedRows:
    """Read some rows of a pool again and mark their words, furniture by repetition among them.

    ``rows`` i64[k] ascend. ``tell`` hears how many are done. A sentence that stands in many stories
    of one source is furniture, by :func:`dedup.furniture.repetition.repeated` over these rows.
    """

    def mark(texts: Texts) -> _Part:
        words = pool.words.take(texts.rows)
        return _part_of(marks_of(texts.read(), words), words)

    def mark_from(first: int) -> Iterator[_Part]:
        texts = source.texts(rows[first:], pool.places)
        return (part for _, part in in_order(mark, texts, threads))

    marks, sentences = _gathered(_parts(mark_from, kept, tell), pool.counts[rows])
    sources = pool.cards.sources()
    numbers = _numbered([sources[row] for row in rows.tolist()])
    flags = repeated(sentences.values, sentences.offsets, numbers, threads=threads)
    _mark_repeated(marks, sentences, numbers, flags)
    return MarkedRows(rows, pool.words, marks)


def _parts(
    mark_from: Callable[[int], Iterator[_Part]], kept: Checkpoint, tell: Callable[[int], None]
) -> Iterator[_Part]:
    """Give what was kept of an earlier run, then mark the rows that are left, and keep that."""
    done = number = 0
    while (arrays := kept.find(f"marks-{number}")) is not None:
        part = _Part(**arrays)
        yield part
        done, number = done + len(part.counts), number + 1
    waiting: list[_Part] = []
    size = 0
    for part in mark_from(done):
        waiting.append(part)
        size += len(part.marks)
        done += len(part.counts)
        tell(done)
        if size >= _WORDS_A_PART:
            whole = _Part.joined(waiting)
            kept.keep(f"marks-{number}", whole._asdict())
            yield whole
            waiting, size, number = [], 0, number + 1
    yield _Part.joined(waiting)


def _gathered(parts: Iterable[_Part], lengths: I64) -> tuple[Ragged, Ragged]:
    """Gather the marks u8 of rows of ``lengths`` i64[k] words, and their sentences' numbers u64."""
    marks, sentences = Growing(np.uint8), Growing(np.uint64)
    done = 0
    for part in parts:
        of_rows = lengths[done : done + len(part.counts)]
        marks.append(Ragged(part.marks, offsets(of_rows)))
        sentences.append(Ragged(part.sentences, offsets(part.counts)))
        done += len(part.counts)
    return marks.done(), sentences.done()


def _part_of(marks: U8, words: Ragged) -> _Part:
    sentences = sentences_of(words, marks)
    return _Part(marks, sentences.values, np.diff(sentences.offsets))


def sentences_of(words: Ragged, marks: U8) -> Ragged:
    """Number the sentences of texts whose words are marked, ragged u64, a row a text."""
    starts = np.flatnonzero(marks & Mark.SENTENCE)
    bounds = np.append(starts, len(marks))
    return Ragged(sentence_ids(words.values, bounds), np.searchsorted(starts, words.offsets))


def _numbered(names: Sequence[str]) -> I64:
    """Number sources by name; -1 for one that is not known."""
    numbers: dict[str, int] = {"": -1}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)


def _mark_repeated(marks: Ragged, sentences: Ragged, sources: I64, flags: Flags) -> None:
    """Mark the sentences that many stories of one known source have as furniture, in place."""
    for start in range(0, len(marks), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE + 1)
        first, last = marks.offsets[rows][[0, -1]].tolist()
        some = flags[slice(*sentences.offsets[rows][[0, -1]].tolist())]
        some &= np.repeat(
            sources[start : start + _ROWS_AT_ONCE] >= 0, np.diff(sentences.offsets[rows])
        )
        if some.any():
            mark_repeated(marks.values[first:last], some)


def mark_repeated(marks: U8, flags: Flags) -> None:
    """Mark sentences as furniture, in place: ``marks`` u8 of words, ``flags`` bool a sentence."""
    starts = np.flatnonzero(marks & Mark.SENTENCE)
    sizes = np.diff(np.append(starts, len(marks)))
    marks[np.repeat(flags, sizes)] |= Mark.FURNITURE


_ROWS_AT_ONCE = 1 << 12
"""Rows whose repeated sentences are marked in one go."""
