"""Words and marks packed to bytes: as they are kept on disks, and as they travel."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from dedup.arrays import I32, I64, U8, U32, Ragged, joined, offsets
from dedup.index import _rows
from dedup.text.vocabulary import english


class Packed(NamedTuple):
    """Words and marks of some articles, a row each: 1.7 bytes a word of English news.

    ``bytes`` ragged u8 have numbers in the place of words, those of the most frequent the least,
    and 0 for a word that has none; ``others`` ragged u32 are those words. ``counts`` i32[n] tell
    how many words a row has.
    """

    bytes: Ragged
    others: Ragged
    counts: I32

    @classmethod
    def of(cls, words: Ragged, marks: U8) -> Packed:
        """Pack words, ragged u32, and a byte of marks for each.

        >>> words = Ragged(np.array([7, 8, 9], np.uint32), np.array([0, 2, 3]))
        >>> some = Packed.of(words, np.array([16, 2, 16], np.uint8)).take(np.array([0]))
        >>> [rows.values.tolist() for rows in some.unpacked(np.array([0, 0]))]
        [[7, 8, 7, 8], [16, 2, 16, 2]]
        """
        numbers = _numbering().of(words.values)
        packed = Ragged(*_rows.pack_rows(numbers, marks, words.offsets))
        unnumbered = numbers == 0
        others = Ragged(words.values[unnumbered], offsets(unnumbered)[words.offsets])
        return cls(packed, others, np.diff(words.offsets).astype(np.int32))

    def take(self, rows: I64) -> Packed:
        """Choose some rows, in the order given."""
        return Packed(self.bytes.take(rows), self.others.take(rows), self.counts[rows])

    @classmethod
    def joined(cls, parts: Sequence[Packed]) -> Packed:
        """Put the rows of several tables, one or more, end to end."""
        packed, others, counts = zip(*parts, strict=True)
        return cls(Ragged.joined(packed, np.uint8), Ragged.joined(others), joined(counts, np.int32))

    def unpacked(self, rows: I64 | None = None) -> tuple[Ragged, Ragged]:
        """Give the words of some rows, ragged u32, or of all, and their marks, ragged u8."""
        others = self.others if rows is None else self.others.take(rows)
        rows = np.arange(len(self.counts)) if rows is None else rows
        packed = self.bytes.values, self.bytes.offsets
        words, marks, ends = _rows.unpack_rows(*packed, rows, _numbering().words)
        words[words == _NONE] = others.values
        return Ragged(words, ends), Ragged(marks, ends)

    def replaced(self, rows: I64, others: Packed) -> Packed:
        """Put other rows in the place of some, whose numbers ascend."""
        counts = self.counts.copy()
        counts[rows] = others.counts
        return Packed(
            self.bytes.replaced(rows, others.bytes),
            self.others.replaced(rows, others.others),
            counts,
        )


_NONE = 0
"""In the place of a word that has no number; the word of this id has none."""
_SLOT_BITS = 19
_SHIFT = np.uint32(32 - _SLOT_BITS)


class _Numbering(NamedTuple):
    """Words by number, u32[v], those of most documents first, and numbers by slots of ids, u32.

    Of words with the same upper bits the most frequent one has a number.
    """

    words: U32
    slots: U32

    def of(self, words: U32) -> U32:
        """Number words, u32[m]; 0 for one that has no number."""
        numbers: U32 = self.slots[words >> _SHIFT]
        numbers[self.words[numbers] != words] = 0
        return numbers


@lru_cache(maxsize=1)
def _numbering() -> _Numbering:
    known = english()
    words = known.ids[np.lexsort((known.ids, -known.frequencies.astype(np.int64)))]
    words = words[np.sort(np.unique(words >> _SHIFT, return_index=True)[1])]
    words = np.append(np.uint32(_NONE), words[words != _NONE])
    slots = np.zeros(1 << _SLOT_BITS, np.uint32)
    slots[words[1:] >> _SHIFT] = np.arange(1, len(words), dtype=np.uint32)
    return _Numbering(words, slots)
