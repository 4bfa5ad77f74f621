"""The evidence of a pair of texts: named measures of what they have in common, and how.

The furniture put aside, every sentence of either text looks for its counterpart in the other: the
sentence that shares the most weighty words. What stands in counterparts, in which order it comes,
how much of it is quotation, and which facts differ there, is the evidence. The stretch of a text
that is dense with counterparts is its *region*: other matter before or behind it, a second story
appended or a half cut away, changes little in what is measured there. No share grows with length.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import F64, I64, Flags
from dedup.reading.document import Document, story
from dedup.text.marks import Mark

__all__ = ["MEASURES", "Evidence", "evidence"]


LINKED = 0.2
"""Similarity from which two sentences count as counterparts."""
DENSE = 0.5
"""Share of words in linked sentences that a region has at the least, at either of its ends."""
OPENING = 3
"""Sentences that a text opens with."""
CONTENT = 1.0
"""Weight from which a word is a content word: it stands in 37 % of all texts at the most."""
CLOSE = 60
"""Words apart within which two details stand together: two or three sentences,"""
PART_OF_TEXT = 3
"""but no more than the text's words by this: all words of a short text stand close."""
RUN = 4
"""Words in a row that both texts must have for the words to count as copied."""
NEAR_VERBATIM = 0.7
"""Share of a sentence's words in copied runs from which it counts as kept."""
SHARED = 0.55
"""The same for a sentence of a part that two texts share: chosen by the reports that METER calls
derived, with none of independent reports."""
SHARED_WORDS = 10
"""Words of such a sentence at least: no label, stock phrase or teaser."""
MOST_SENTENCES = 32
"""A word in more sentences of one text than this links none: keeps the join linear."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What two texts have in common, each from 0 to 1 unless said otherwise.

    "Of either" is the value of the text that speaks more for a version, "of both" the smaller of
    the two values, "on average" their mean. A linked sentence has a counterpart in the other text.
    Where next to nothing was counted, shares of it are drawn to one half (Laplace: one more is
    taken as found, one as missing), so that few facts or links say little.
    """

    rare_words: float
    """Square root of the weight, idf squared, of the distinct words of either that both have."""
    linked: float
    """Words of either in linked sentences."""
    in_order: float
    """Words in the linked sentences whose counterparts come in one order, on average."""
    region: float
    """Words in the region, as a share of the shorter text's words, on average."""
    outside: float
    """Share of the words in linked sentences that stand outside the region, on average."""
    opening: float
    """Similarity of the opening sentences to their counterparts, by words, on average."""
    together: float
    """Neighbours among the details, plain content words that both texts have just once, which stand
    together in the other text too, on average."""
    plain: float
    """Plain content words that the other text has too, of both: no names, numbers, quotations."""
    names: float
    """Names in the region that stand in the other text, of either."""
    missing_numbers: float
    """Numbers in the region that the counterpart and its neighbours lack, of either."""
    replaced_names: float
    """Words in linked sentences in which other names stand for their own, on average."""
    replaced_numbers: float
    """Words of both in linked sentences in which other numbers stand for their own."""
    quotes: float
    """Words within quotation marks in copied runs, on average: what third parties said."""
    patches: float
    """Square root of the words in copied runs, times the words in no linked sentence, of either."""
    kept: float
    """Words of the shorter text's own sentences in those kept nearly verbatim."""
    kept_sentences: float
    """How many own sentences that are no stock phrase stand in copied runs for the most part, of
    both; a count."""
    words: float
    """Words of the shorter text; a count, for what too few words can tell."""
    same: float
    """1 where the words are the same, one by one; else 0."""
    empty: float
    """1 where one text alone has no words; else 0."""


MEASURES = tuple(measure.name for measure in fields(Evidence))
"""The names of the measures, in the order in which arrays of evidence hold them."""


# --- Preparation ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Text:
    """A story, and where each of its distinct words stands.

    ``vocabulary`` u32[v], sorted; ``example`` i64[v], a position of each in the story; ``spread``
    i64[v], how many sentences hold it; ``places`` i64[sum of spread], those, word by word.
    """

    story: Document
    sizes: I64
    sentence: I64
    vocabulary: NDArray[np.uint32]
    example: I64
    spread: I64
    places: I64

    @classmethod
    def of(cls, whole: Document) -> _Text:
        kept = story(whole)
        sizes = np.diff(kept.bounds).astype(np.int64)
        sentence = np.repeat(np.arange(len(sizes)), sizes)
        keys, example = np.unique(kept.words.astype(np.int64) << 31 | sentence, return_index=True)
        vocabulary, start, spread = np.unique(keys >> 31, return_index=True, return_counts=True)
        words = vocabulary.astype(np.uint32)
        return cls(kept, sizes, sentence, words, example[start], spread, keys & 0x7FFFFFFF)

    def marked(self, mark: int) -> Flags:
        """Flag the words that carry a mark of :class:`dedup.text.marks.Mark`."""
        flags: Flags = np.not_equal(self.story.marks & mark, 0)
        return flags

    def per_sentence(self, values: NDArray[np.generic]) -> F64:
        """Sum a value of each word over each sentence."""
        summed = np.bincount(self.sentence, weights=values, minlength=len(self.sizes))
        return summed.astype(np.float64)


def _share(part: float, whole: float, default: float = 0.0) -> float:
    return float(part) / float(whole) if whole > 0 else default


def _found(wanted: NDArray[np.integer], held: NDArray[np.integer]) -> Flags:
    """Tell which entries of one array stand in the other, bool[len(wanted)]."""
    if not len(held):
        return np.zeros(len(wanted), dtype=bool)
    held = np.sort(held)
    at = np.minimum(np.searchsorted(held, wanted), len(held) - 1)
    found: Flags = np.equal(held[at], wanted)
    return found


# --- Links between sentences ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Links:
    """Pairs of sentences that share a word, ``i`` of one text and ``j`` of the other."""

    i: I64
    j: I64
    similarity: F64

    def turned(self) -> _Links:
        """Give the same links seen from the other text."""
        return _Links(self.j, self.i, self.similarity)


def _link(a: _Text, b: _Text) -> _Links:
    """Compare all sentences that share a word: the cosine of their weighted distinct words.

    A word weighs its background idf times ``ln(1 + S / n)``: the text with more sentences has S,
    and n of them (of the text where it is in more) hold it. So what a text says throughout, the
    names of its story among it, tells sentences apart least: tf-isf as in Sanchez-Perez et al.
    (2014), with a background. Words of more than ``MOST_SENTENCES`` sentences link none.
    """
    _, at_a, at_b = np.intersect1d(
        a.vocabulary, b.vocabulary, assume_unique=True, return_indices=True
    )
    spread_a, spread_b = a.spread.copy(), b.spread.copy()
    spread_a[at_a] = spread_b[at_b] = np.maximum(a.spread[at_a], b.spread[at_b])
    longer = max(len(a.sizes), len(b.sizes))
    squared_a, squared_b = _squared(a, spread_a, longer), _squared(b, spread_b, longer)
    linking = spread_a[at_a] <= MOST_SENTENCES
    at_a, at_b = at_a[linking], at_b[linking]
    left, right, word = _combine(a, at_a, b, at_b)
    keys, entry = np.unique(left * len(b.sizes) + right, return_inverse=True)
    shared = np.bincount(entry, weights=squared_a[at_a][word], minlength=len(keys))
    i, j = np.divmod(keys, max(1, len(b.sizes)))
    norms_a = np.bincount(a.places, weights=np.repeat(squared_a, a.spread), minlength=len(a.sizes))
    norms_b = np.bincount(b.places, weights=np.repeat(squared_b, b.spread), minlength=len(b.sizes))
    return _Links(i, j, shared / np.sqrt(np.maximum(norms_a[i] * norms_b[j], TINY)))


TINY = 1e-12
"""Below any sentence's norm; keeps a sentence of weightless words from dividing by 0."""


def _squared(text: _Text, spread: I64, longer: int) -> F64:
    weights = text.story.weights[text.example].astype(np.float64)
    return np.square(weights * np.log1p(longer / spread))


def _combine(a: _Text, at_a: I64, b: _Text, at_b: I64) -> tuple[I64, I64, I64]:
    """Pair every sentence of a with every one of b that holds the same word, word by word."""
    first_a, first_b = np.cumsum(a.spread) - a.spread, np.cumsum(b.spread) - b.spread
    counts = a.spread[at_a] * b.spread[at_b]
    word = np.repeat(np.arange(len(counts)), counts)
    rank = np.arange(len(word)) - np.repeat(np.cumsum(counts) - counts, counts)
    row, column = np.divmod(rank, b.spread[at_b][word])
    return a.places[first_a[at_a][word] + row], b.places[first_b[at_b][word] + column], word


def _best(links: _Links, count: int) -> tuple[I64, F64]:
    """Find each sentence's counterpart: the most similar of the other text, the first of equals.

    Gives the counterparts i64[count], -1 where there is none, and the similarities f64[count].
    """
    order = np.lexsort((links.j, -links.similarity, links.i))
    i = links.i[order]
    first = np.ones(len(i), dtype=bool)
    first[1:] = i[1:] != i[:-1]
    partner, similarity = np.full(count, -1), np.zeros(count)
    partner[i[first]] = links.j[order][first]
    similarity[i[first]] = links.similarity[order][first]
    return partner, similarity


# --- What one text shares with the other ---------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One text x beside the other, y, with the counterparts of x's sentences in y."""

    x: _Text
    y: _Text
    partner: I64
    similarity: F64
    region: Flags
    """Which sentences of x are its region."""
    near: I64
    """How far from each word's counterpart sentence y has the word: 0, 1 or, for further, 2."""
    present: Flags
    """Which words of x stand in y at all."""
    copied: Flags
    """Which words of x stand in a run that y has too."""

    @classmethod
    def of(cls, x: _Text, y: _Text, links: _Links) -> _Side:
        partner, similarity = _best(links, len(x.sizes))
        present = _found(x.story.words, y.vocabulary)
        near = _near(x, y, partner)
        copied = _in_runs(x.story.words, y.story.words)
        region = _region(x.sizes, similarity >= LINKED)
        return cls(x, y, partner, similarity, region, near, present, copied)

    def linked(self) -> Flags:
        """Flag the linked sentences."""
        flags: Flags = np.greater_equal(self.similarity, LINKED)
        return flags

    def words(self, sentences: Flags) -> int:
        """Count the words of the flagged sentences."""
        return int(self.x.sizes[sentences].sum())

    def details(self) -> I64:
        """Find the plain content words that x has just once, i64, sorted by word."""
        words = self.x.story.words
        _, first, count = np.unique(words, return_index=True, return_counts=True)
        once: I64 = first[count == 1]
        return once[self.plain()[once]]

    def plain(self) -> Flags:
        """Flag the content words that are no names, numbers or quotations."""
        marked = self.x.marked(Mark.NAME | Mark.NUMBER | Mark.QUOTED)
        return ~marked & (self.x.story.weights >= CONTENT)

    def own(self) -> Flags:
        """Flag the sentences that are the outlet's own prose for the most part."""
        return 2 * self.x.per_sentence(self.x.marked(Mark.QUOTED)) < self.x.sizes

    def kept(self) -> Flags:
        """Flag the own sentences that stand in y nearly verbatim."""
        return self.own() & (self.x.per_sentence(self.copied) >= NEAR_VERBATIM * self.x.sizes)


def _region(sizes: I64, linked: Flags) -> Flags:
    """Flag the stretch of sentences in which the linked words most outweigh the others.

    A linked word counts ``1 - DENSE``, another one ``-DENSE``; the stretch of the greatest sum, the
    first of equals, shortened at its start as far as that costs nothing (Kadane's algorithm).
    """
    worth = np.where(linked, 1.0 - DENSE, -DENSE) * sizes
    greatest, best, total, start = 0.0, (0, 0), 0.0, 0
    for at, more in enumerate(worth.tolist()):
        if total <= 0.0:
            total, start = 0.0, at
        total += more
        if total > greatest:
            greatest, best = total, (start, at + 1)
    flags = np.zeros(len(sizes), dtype=bool)
    flags[slice(*best)] = True
    return flags


def _near(x: _Text, y: _Text, partner: I64) -> I64:
    """Find how many sentences from its sentence's counterpart each word stands in y, 2 at most."""
    words = x.story.words.astype(np.int64) << 31
    held = np.repeat(y.vocabulary.astype(np.int64) << 31, y.spread) | y.places
    place = partner[x.sentence]
    near = np.full(len(words), 2)
    for step in (-1, 1, 0):
        there = place + step
        near[(place >= 0) & (there >= 0) & _found(words | np.maximum(there, 0), held)] = abs(step)
    return near


def _in_runs(x: NDArray[np.uint32], y: NDArray[np.uint32]) -> Flags:
    """Flag the words of x in runs of ``RUN`` words or more that y has, bool[len(x)]."""
    hits = _found(_grams(x), _grams(y))
    flags = np.zeros(len(x), dtype=bool)
    for k in range(RUN):
        flags[k : k + len(hits)] |= hits
    return flags


_MIX = np.uint64(0x9E3779B97F4A7C15)
"""2^64 over the golden ratio: Fibonacci hashing (Knuth, The Art of Computer Programming, 6.4)."""


def _grams(words: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Hash every run of ``RUN`` words, u64[n - RUN + 1]."""
    count = max(0, len(words) - RUN + 1)
    hashes = np.zeros(count, dtype=np.uint64)
    for k in range(RUN):
        hashes = (hashes ^ words[k : k + count]) * _MIX
        hashes ^= hashes >> np.uint64(29)
    return hashes


def _rare_words(side: _Side) -> float:
    x = side.x
    weights = np.square(x.story.weights[x.example].astype(np.float64))
    return math.sqrt(_share((weights * side.present[x.example]).sum(), weights.sum()))


def _linked(side: _Side) -> float:
    return _share(side.words(side.linked()), len(side.copied))


def _reach(side: _Side, other: _Side) -> float:
    shorter = min(len(side.copied), len(other.copied))
    return min(1.0, _share(side.words(side.region), shorter))


def _outside(side: _Side) -> float:
    linked = side.linked()
    return _share(side.words(linked & ~side.region), side.words(linked))


def _opening(side: _Side) -> float:
    sizes = side.x.sizes[:OPENING]
    return _share(float((sizes * side.similarity[:OPENING]).sum()), int(sizes.sum()))


def _together(side: _Side, other: _Side) -> float:
    """Share of neighbouring details of either text that stand together in the other, on average.

    Who retells a text goes through it detail by detail. Two reports of one event share names,
    numbers and quotations, and each brings its other details in its own way.
    """
    x, y = side.details(), other.details()
    _, at_x, at_y = np.intersect1d(
        side.x.story.words[x], other.x.story.words[y], assume_unique=True, return_indices=True
    )
    here, there = x[at_x], y[at_y]
    return (_close(here, there, other) + _close(there, here, side)) / 2


def _close(here: I64, there: I64, other: _Side) -> float:
    """Share of the details, neighbours ``here``, that stand close to each other in the other."""
    steps = np.abs(np.diff(there[np.argsort(here)]))
    most = min(CLOSE, len(other.x.story.words) // PART_OF_TEXT)
    return (int(np.count_nonzero(steps <= most)) + 1) / (len(steps) + 2)


def _present(side: _Side, wanted: Flags) -> float:
    """Share of the wanted words of x that stand in y; one half where none is wanted."""
    return _share((wanted & side.present).sum(), wanted.sum(), default=0.5)


def _names(side: _Side) -> float:
    return _present(side, side.x.marked(Mark.NAME) & side.region[side.x.sentence])


def _plain(side: _Side) -> float:
    return _present(side, side.plain())


def _missing_numbers(side: _Side) -> float:
    """Share of the numbers in the region that the counterpart and its neighbours lack."""
    wanted = side.x.marked(Mark.NUMBER) & side.region[side.x.sentence]
    missing = int(np.count_nonzero(wanted & (side.near > 1)))
    return (missing + 1) / (int(np.count_nonzero(wanted)) + 2)


def _replaced(side: _Side, other: _Side, mark: int) -> float:
    """Share of x's words in linked sentences in which other facts stand for their own.

    So it is where x's sentence has a fact that its counterpart lacks, and the counterpart one that
    its own counterpart lacks: a fact that one text alone reports is not replaced.
    """
    gone = side.x.per_sentence(side.x.marked(mark) & (side.near > 0)) > 0
    come = other.x.per_sentence(other.x.marked(mark) & (other.near > 0)) > 0
    replaced = side.linked() & gone
    replaced[replaced] = come[side.partner[replaced]]
    return _share(side.words(replaced), len(side.copied))


def _heaviest_path(partners: Sequence[int], weights: Sequence[float]) -> float:
    """Weigh the heaviest non-decreasing subsequence of partners (Fredman 1975, weighted)."""
    ends: list[int] = []
    sums: list[float] = []
    for partner, weight in zip(partners, weights, strict=True):
        at = bisect_right(ends, partner)
        total = weight + (sums[at - 1] if at else 0.0)
        beaten = bisect_right(sums, total, lo=at)
        if at and ends[at - 1] == partner:
            at -= 1
        ends[at:beaten], sums[at:beaten] = [partner], [total]
    return sums[-1] if sums else 0.0


def _in_order(side: _Side) -> float:
    linked = side.linked()
    sizes = side.x.sizes[linked].tolist()
    return _share(_heaviest_path(side.partner[linked].tolist(), sizes), len(side.copied))


def _quotes(side: _Side) -> float:
    return _share((side.copied & side.x.marked(Mark.QUOTED)).sum(), len(side.copied))


def _copied(side: _Side) -> float:
    return _share(side.copied.sum(), len(side.copied))


def _kept(side: _Side) -> float:
    return _share(side.words(side.kept()), side.words(side.own()))


def _kept_sentences(side: _Side) -> int:
    shared = side.own() & (side.x.per_sentence(side.copied) >= SHARED * side.x.sizes)
    return int(np.count_nonzero(shared & (side.x.sizes >= SHARED_WORDS)))


# --- The evidence --------------------------------------------------------------------------------


def evidence(a: Document, b: Document) -> Evidence:
    """Gather what two texts have in common; the same, to the last bit, with the texts swapped.

    >>> from dedup.reading.texts import read_texts
    >>> text = read_texts(["Rain fell in Leeds. Nobody minded."]).document(0)
    >>> evidence(text, text).linked
    1.0
    """
    x, y = _Text.of(a), _Text.of(b)
    links = _link(x, y)
    side, other = _Side.of(x, y, links), _Side.of(y, x, links.turned())
    linked, linked_other = _linked(side), _linked(other)
    patches = math.sqrt(max(_copied(side), _copied(other))) * (1.0 - max(linked, linked_other))
    ways = ((side, other), (other, side))
    shorter = min(side, other, key=lambda one: (len(one.x.story.words), -_kept(one)))
    return Evidence(
        rare_words=max(_rare_words(side), _rare_words(other)),
        linked=max(linked, linked_other),
        in_order=(_in_order(side) + _in_order(other)) / 2,
        region=(_reach(side, other) + _reach(other, side)) / 2,
        outside=(_outside(side) + _outside(other)) / 2,
        opening=(_opening(side) + _opening(other)) / 2,
        together=_together(side, other),
        plain=min(_plain(side), _plain(other)),
        names=max(_names(side), _names(other)),
        missing_numbers=min(_missing_numbers(side), _missing_numbers(other)),
        replaced_names=sum(_replaced(*both, Mark.NAME) for both in ways) / 2,
        replaced_numbers=min(_replaced(*both, Mark.NUMBER) for both in ways),
        quotes=(_quotes(side) + _quotes(other)) / 2,
        patches=patches,
        kept=_kept(shorter),
        kept_sentences=float(min(_kept_sentences(side), _kept_sentences(other))),
        words=float(len(shorter.x.story.words)),
        same=float(
            np.array_equal(a.words, b.words) or np.array_equal(x.story.words, y.story.words)
        ),
        empty=float((len(x.story.words) == 0) != (len(y.story.words) == 0)),
    )
