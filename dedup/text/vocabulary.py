"""How rare a word is: backgrounds of English news and of other languages, chosen by the text.

English has document frequencies of news; the other tables are made of the word frequencies of
`wordfreq` (see ``dedup/data/README.md``) and give the idf that a word of that frequency has in
English news.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from dedup.arrays import F32, I64, U8, U16, U32, U64, Flags, Ragged
from dedup.packed import map_table, open_tables
from dedup.text._languages import find_buckets, tell_languages
from dedup.values import frozen


def word_ids(words: Sequence[str]) -> U32:
    """Number folded words, u32[n]: a hash of each word's code points.

    The polynomial ``sum(code[i] * BASE**(i % 64))`` modulo 2**64, its halves joined, multiplied
    and the upper 32 bits taken. A fixed function of the word alone, so that ids agree between
    machines, runs and releases; it goes over all words at once here, and takes a few cycles a
    code point in the compiled reader.

    >>> word_ids(["rain", "fell", "rain"]).tolist()
    [820191141, 2663021671, 820191141]
    """
    if not words:
        return np.empty(0, dtype=np.uint32)
    joined = "\0".join(words) + "\0"  # code 0 adds nothing to the word before it
    codes = np.array([joined]).view(np.uint32)
    ends = (codes == 0).nonzero()[0]
    if len(ends) > len(words):  # there is code 0 in a word
        ends = np.cumsum(np.fromiter(map(len, words), np.int64, len(words)) + 1) - 1
    starts = np.empty_like(ends)
    starts[0] = 0
    np.add(ends[:-1], 1, out=starts[1:])
    places = np.arange(len(codes)) - starts.repeat(ends - starts + 1)
    if places.max() >= _PERIOD:
        places %= _PERIOD
    return _mixed(np.add.reduceat(codes * POWERS[places], starts))


def numeral_ids(digits: int, ending: str = "", zero: str = "0") -> U32:
    """Number all numbers of so many digits, ascending, u32[10 ** digits], as :func:`word_ids` does.

    ``ending`` is what stands behind them, and their digits follow each other from ``zero`` on.

    >>> numeral_ids(2, "bn")[7] == word_ids(["07bn"])[0]
    np.True_
    """
    totals = np.zeros(1, np.uint64)
    codes = np.arange(ord(zero), ord(zero) + 10, dtype=np.uint64)
    for power in POWERS[:digits]:
        totals = (totals[:, np.newaxis] + codes * power).ravel()
    behind = np.array([*map(ord, ending)], np.uint64)
    return _mixed(totals + (behind * POWERS[digits : digits + len(ending)]).sum())


def _mixed(totals: U64) -> U32:
    ids: U32 = (((totals ^ (totals >> _HALF)) * _MIX) >> _HALF).astype(np.uint32)
    return ids


_PERIOD = 64
POWERS = np.multiply.accumulate(
    np.array([1, *[0x9E3779B97F4A7C15] * (_PERIOD - 1)], dtype=np.uint64)
)
"""What the code points of a word are multiplied by, u64[64]; the 65th is as the first."""
_MIX, _HALF = np.uint64(0xD6E8FEB86659FD93), np.uint64(32)


_BUCKET_BITS = 15
BUCKET_SHIFT = 32 - _BUCKET_BITS
"""Compiled loops look words up by the upper bits of their ids, which spread evenly."""


IDF_STEPS = 20
"""Steps of one nat in which the packed backgrounds of other languages than English are kept."""

LISTED_IDS = np.uint32(0xFFFFFF00)
"""The bits of an id that these list: of 700 words that one of them lacks, one is taken for another,
and each takes a byte less."""


def _look_up(listed: U32, ids: U32) -> tuple[I64, Flags]:
    """Find ids among ascending ones, of which there are some: their places, and which are there."""
    at = np.searchsorted(listed, ids)
    at[at == len(listed)] = 0
    return at, listed[at] == ids


class Background(NamedTuple):
    """How rare words are, as compiled loops take it.

    ``ids`` u32[v], ascending, of which only the bits of ``mask`` are asked for; ``idf`` f32[v];
    ``buckets`` i64, where the words begin whose ids begin with the bits ``k``, ``id >>
    BUCKET_SHIFT``; ``unlisted``, the idf of other words.
    """

    ids: U32
    idf: F32
    buckets: I64
    unlisted: np.float32
    mask: np.uint32

    def idf_of(self, ids: U32) -> F32:
        """Look up how rare words are, f32[n]."""
        at, is_listed = _look_up(self.ids, ids & self.mask)
        found: F32 = np.where(is_listed, self.idf[at], self.unlisted)
        return found


@frozen()
class Vocabulary:
    """Document frequencies of words in ``documents`` texts.

    ``ids`` u32[v], ascending; ``frequencies`` u16[v].
    """

    ids: U32
    frequencies: U16
    documents: int

    def document_frequencies(self, ids: U32) -> F32:
        """Look up how many documents hold each word, f32[n]; 1 for a word that is not there."""
        found = np.ones(len(ids), dtype=np.float32)
        if len(self.ids):
            at, is_listed = _look_up(self.ids, ids)
            found[is_listed] = self.frequencies[at[is_listed]]
        return found

    def idf(self, ids: U32) -> F32:
        """Weigh words by inverse document frequency, ``ln((N + 1) / df)``, f32[n], never below 0.

        >>> [round(float(idf), 1) for idf in english().idf(word_ids(["the", "kamikaze"]))]
        [0.1, 8.2]
        """
        scale = np.float32(math.log(self.documents + 1))
        return scale - np.log(self.document_frequencies(ids))

    def common(self, share: float) -> U32:
        """List the words in more than this share of the documents, u32, ascending.

        >>> np.isin(word_ids(["the", "kamikaze"]), english().common(0.5)).tolist()
        [True, False]
        """
        return self.ids[self.frequencies > share * self.documents]

    def as_background(self) -> Background:
        """Give the table as compiled loops take it."""
        unknown = np.float32(math.log(self.documents + 1))
        idf = self.frequencies.astype(np.float32)
        np.subtract(unknown, np.log(idf, out=idf), out=idf)
        return Background(self.ids, idf, buckets_of(self.ids), unknown, np.uint32(0xFFFFFFFF))


def buckets_of(ids: U32, bits: int = _BUCKET_BITS) -> I64:
    """Tell where the ascending ids with each value of their upper bits begin, i64[2 ** bits + 1].

    >>> buckets_of(np.array([1, 2**31], np.uint32), 1).tolist()
    [0, 1, 2]
    """
    found = np.empty((1 << bits) + 1, np.int64)
    find_buckets(ids, found)
    return found


_TELLING_BITS = 14
"""Upper bits of an id by which a word that tells a language is looked up."""


@lru_cache(maxsize=1)
def english() -> Vocabulary:
    """Load the background table that ships with the package: 58,822 English news articles."""
    packed = map_table("english", "<u4")
    half = len(packed) // 2 + 1
    return Vocabulary(packed[1:half], packed[half:].astype(np.uint16), int(packed[0]))


UNLISTED_IDF = np.float32(9.5)
"""The idf of a word that the background of its language does not list."""
NUMERALS = 2_100
"""Numbers from 0 on that are as rare in every language as in English: years among them."""


@cache
def background(language: str) -> Background:
    """Give the background of a language.

    ``language`` is a code that :func:`language_of` gives; ``""`` and languages without a table
    get the English one.

    >>> bool(background("de").idf_of(word_ids(["und"]))[0] < 1 < background("de").unlisted)
    True
    """
    if language == "":
        return english().as_background()
    if language == "en":
        return background("")
    with open_tables("backgrounds") as table:
        if f"{language}_ids" not in table:
            return background("")
        planes, steps = table[f"{language}_ids"], table[f"{language}_idf"]
    listed = _ids(planes)
    numerals = word_ids([str(number) for number in range(NUMERALS)])
    every = np.concatenate((listed, numerals)) & LISTED_IDS
    ids, first = np.unique(every, return_index=True)
    weights = steps.astype(np.float32) / np.float32(IDF_STEPS), english().idf(numerals)
    idf: F32 = np.concatenate(weights)[first]
    return Background(ids, idf, buckets_of(ids), UNLISTED_IDF, LISTED_IDS)


def _ids(planes: U8) -> U32:
    """Put ids together of the upper bytes, u8[3, n], of the steps between them."""
    steps = np.zeros((planes.shape[1], 4), np.uint8)
    steps[:, 1:] = planes.T
    return np.cumsum(steps.view("<u4")[:, 0], dtype=np.uint32)


LANGUAGES = (
    "en ar de es fa fr he hi id it ja ko nl pl pt ru sv tr uk ur vi zh"
    " bg bn ca cs da el fi fil hu lt mk ms nb ro sh sk sl ta"
).split()
"""The languages that texts are told to be in, in the order of the table's columns."""


@lru_cache(maxsize=1)
def _telling() -> tuple[U32, I64, U8]:
    """Load the words that tell languages: ids, where buckets begin, and weights by language."""
    ids, weights = map_table("telling_words", "<u4"), map_table("telling_weights", "u1")
    return ids, buckets_of(ids, _TELLING_BITS), weights.reshape(len(ids), len(LANGUAGES))


READ_FOR_LANGUAGE = 240
"""Words at the beginning of a text by which its language is told."""
LEAST_TOLD = 24
"""What a word must say on average, in steps of a 24th of a nat: a text of names says less."""
LEAST_HALF = 60
"""Words of a half of a text from which on it must be in the language of the other half."""


def languages_of(texts: Ragged) -> list[str]:
    """Tell the language of each text of word ids (u32): its code, ``""`` for none or a mixture.

    >>> from dedup.text.words import read_words
    >>> languages_of(read_words(["The rain did not stop.", "Der Regen hat nicht aufgehört."]))
    ['en', 'de']
    """
    return _languages(texts.values, texts.offsets)


def _languages(words: U32, offsets: I64) -> list[str]:
    limits = READ_FOR_LANGUAGE, LEAST_TOLD, LEAST_HALF
    found = tell_languages(words, offsets, *_telling(), *limits)
    return [LANGUAGES[column] if column >= 0 else "" for column in found.tolist()]


def language_of(words: U32) -> str:
    """Tell the language of one text, given as word ids: its code, ``""`` for none or a mixture.

    >>> language_of(word_ids("la lluvia no se detuvo en toda la noche".split()))
    'es'
    """
    return _languages(words, np.array((0, len(words))))[0]
