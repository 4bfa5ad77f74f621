"""The stories of many texts, and the evidence of their pairs as arrays."""

from __future__ import annotations

from _thread import allocate_lock  # threading, which this is part of, takes a while to load
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import numpy as np

from dedup.arrays import F32, F64, I32, I64, U8, U32, Ragged, offsets
from dedup.candidates import _sketches
from dedup.packed import load_line
from dedup.text.vocabulary import background, languages_of, numeral_ids, word_ids
from dedup.verdict import _amounts, _dates, _evidence, _stories
from dedup.verdict.bounds import (
    DAYS_OF_MONTH,
    DIGITS,
    GLUED,
    LONGEST_NUMBER,
    ORDINALS,
    POWER_BITS,
    SPELT,
)
from dedup.verdict.limits import APART, COUNTERPARTS
from dedup.verdict.measures import COLUMNS
from dedup.verdict.senses import senses

_SIGNS = {
    "fillers": _dates.FILLER,
    "month_ahead": _dates.MONTH_AHEAD,
    "day_ahead": _dates.DAY_AHEAD,
    "month_behind": _dates.MONTH_BEHIND,
}
"""The lists of what dates are written with, and their codes."""
_SENSED = ("", "en")
"""Languages of texts, that of mixtures too, of which the senses of words are listed."""
Wanted: TypeAlias = Literal["all", "related", "versions"]
_WANTED = {
    "all": (0.0, True),
    "related": (APART, True),
    "versions": (COUNTERPARTS * (1.0 - 1e-6), False),
}
"""What pairs have to be measured: the share of either text's words in linked sentences, however it
is rounded, and whether those count that may share a part."""


_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)


@lru_cache(maxsize=8)
def _backgrounds(languages: tuple[str, ...]) -> tuple[U32, F32, I64, F32, U32]:
    """Put the backgrounds of some languages end to end, as the layout of stories takes them."""
    tables = [background(language) for language in languages]
    if len(tables) == 1:  # as nearly always: nothing is copied
        ids, idf, buckets = tables[0].ids, tables[0].idf, tables[0].buckets[np.newaxis]
    else:
        ids = np.concatenate([table.ids for table in tables])
        idf = np.concatenate([table.idf for table in tables])
        starts = offsets(len(table.ids) for table in tables).tolist()
        buckets = np.array(
            [start + table.buckets for start, table in zip(starts, tables, strict=False)]
        )
    unlisted = np.array([table.unlisted for table in tables], np.float32)
    return ids, idf, buckets, unlisted, np.array([table.mask for table in tables], np.uint32)


@lru_cache(maxsize=1)
def _common() -> dict[str, Any]:
    """Load the words of dates and numbers in all languages."""
    found: dict[str, Any] = load_line("facts", "common")
    return found


def _by_id(ids: list[U32], codes: list[I32]) -> tuple[U32, I32]:
    """Put words and what each says in the order of their ids."""
    joined = np.concatenate(ids)
    keys = joined.astype(np.uint64) << _HALF | np.arange(len(joined), dtype=np.uint64)
    keys.sort()  # which takes a quarter of what it takes to tell their order
    return (keys >> _HALF).astype(np.uint32), np.concatenate(codes)[keys & _LOW]


@lru_cache(maxsize=1)
def _calendar() -> tuple[U32, I32]:
    """Give the words of dates of all languages, by ascending id, and what each is."""
    common = _common()
    words = {form: (DAYS_OF_MONTH + 1) * month for form, month in common["months"].items()}
    for name, code in _SIGNS.items():
        words |= dict.fromkeys(common[name].split(), code)
    ids, codes = [word_ids(list(words))], [np.array(list(words.values()), np.int32)]
    days = np.arange(DAYS_OF_MONTH + 1, dtype=np.int32)
    # With one digit, and with two: only ordinals are never written 03rd.
    forms = [("", zero, 1) for zero in ("0", *common["zeros"].split())]
    forms += [(ending, "0", 10) for ending in ORDINALS]
    for ending, zero, least in forms:
        ids += [numeral_ids(1, ending, zero)[1:], numeral_ids(2, ending, zero)[least : len(days)]]
        codes += [days[1:10], days[least:]]
    return _by_id(ids, codes)


@lru_cache(maxsize=1)
def _numerals() -> _amounts.Numerals:
    """Give what the words of numbers say, in digits and in words, and the scales behind them."""
    words = {form: -power for form, power in _common()["powers"].items()}
    words |= {form: DIGITS * value for form, value in SPELT.items()}
    ids, codes = [word_ids(list(words))], [np.array(list(words.values()), np.int32)]
    for digits in range(1, LONGEST_NUMBER + 1):
        alone = DIGITS * np.arange(10**digits, dtype=np.int32) + digits
        glued = GLUED if digits < LONGEST_NUMBER else {}
        for scale, power in {"": 0, **glued}.items():
            ids.append(numeral_ids(digits, scale))
            codes.append(alone + (power << POWER_BITS))
    return _amounts.Numerals(*_by_id(ids, codes))


class Stories:
    """Texts to compare by row, laid out once for all the pairs they stand in.

    ``words`` are their word ids, ragged u32, and ``marks`` u8 a byte of
    :class:`dedup.text.marks.Mark` for each; ``languages`` saves telling them where they are known.

    >>> from dedup.text.vocabulary import word_ids
    >>> words = Ragged.of([word_ids(["rain", "fell"]), word_ids(["snow", "fell"])], np.uint32)
    >>> stories = Stories(words, np.array([16, 0, 16, 0], np.uint8))
    >>> stories.measures(np.array([[0, 1]])).shape == (1, len(COLUMNS))
    True
    """

    def __init__(self, words: Ragged, marks: U8, languages: Sequence[str] | None = None) -> None:
        digests = _sketches.row_digests(words.values, words.offsets)
        told = languages_of(words) if languages is None else languages
        known = tuple(sorted(set(told)))
        numbers = {language: number for number, language in enumerate(known)}
        self._layout = _stories.lay_out(
            words.values,
            marks,
            words.offsets,
            digests,
            np.array([numbers[language] for language in told], np.int32),
            *_backgrounds(known or ("",)),
            np.array([language in _SENSED for language in known or ("",)], np.uint8),
        )
        _dates.read_dates(self._layout, words.values, marks, words.offsets, *_calendar())
        # The first pair of a story that is measured arranges it, so threads that share stories take
        # turns. Those that are to work at once lay out stories of their own, as a scan's do.
        self._turn = allocate_lock()

    def measures(self, pairs: I64, *, of: Wanted = "all") -> F64:
        """Measure pairs of rows, i64[m, 2]; f64[m, k], columns as ``COLUMNS``.

        Most pairs of candidates are only linked, which is a third of the work: what is wanted may
        be those that are ``related``, of which the verdict may be another than unrelated, or
        ``versions``. All measures of another pair are 0, and :func:`~dedup.verdict.judging.judge`
        says the same of it as if it had been measured: unrelated, and a probability of 0; with
        ``versions`` that of what is no version may be less than it was.

        Swapping the rows of a pair changes no bit, nor does what else is measured.
        """
        found = np.empty((len(pairs), len(COLUMNS)))
        least, parts = _WANTED[of]
        with self._turn:
            _evidence.measure(self._layout, pairs, _numerals(), senses(), least, parts, found)
        return found
