"""Score the sentence pairs of two texts by the rare letters they share.

A sentence is a vector of the 4-character grams of its words, weighted ``(1 + ln tf)·isf``; two
sentences score the cosine of their vectors. The sentence frequencies behind isf come from the two
texts themselves: words that a story repeats in every sentence weigh little, though they are rare
in the language. Sanchez-Perez, Sidorov and Gelbukh 2014, "A winning approach to text alignment
for text reuse detection at PAN 2014", use the same measure over words; grams add inflections.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import F64, I64, U64
from dedup.text.tokens import Tokens

__all__ = [
    "Candidates",
    "Residuals",
    "Vectors",
    "affordable",
    "candidates",
    "folded_sentences",
    "line",
    "logs",
    "vectors",
]


LEAST_SCORE = 0.06
"""Sentence pairs below this are not looked at further: what they share is chance."""
PRODUCTS_PER_ENTRY = 16
"""Sentence pairs looked at for each gram of a sentence, on average: what keeps the join linear."""
LEAST_PRODUCTS = 100_000
"""Sentence pairs that are looked at however short the texts are."""
LEAST_KEPT = 0.5
"""Least length of a vector whose common grams were left out, as a part of its full length: what is
left of a sentence must not pass for the whole of it."""
MOST_PRODUCTS = 4_000_000
"""Sentence pairs of the whole join at most: bounds its memory at about 300 MB."""

ROUNDING = 1e-9
"""Most that rounding takes from the score of two sentences of the same words."""

_GRAM = 4
_SPACE = ord(" ")
_MIX = np.uint64(0x9E3779B97F4A7C15)
"""Multiplier of the gram hash: 2**64 over the golden ratio, odd (Knuth, TAOCP 3, 6.4)."""
_MIX_TWICE = np.uint64(int(_MIX) ** 2 % 2**64)
_HIGH, _LOW = np.uint64(0xFFFFFFFF00000000), np.uint64(0xFFFFFFFF)
"""Halves of a key: the high one holds the gram, the low one the sentence."""
_INDEX_BITS = 32
"""Entries are counted with so many bits where they are sorted together with their sentence."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """The sentences of two texts as sparse unit vectors; b's sentences follow a's.

    ``texts`` are the folded words of each sentence, a blank between them.

    Entry ``k`` says that gram ``gram[k]`` (i64, 0 to ``grams``) has ``weight[k]`` (f64) in sentence
    ``sentence[k]`` (i64); entries are sorted by gram, then sentence. ``heads[g]`` is the first
    entry of gram ``g``, ``in_a[g]`` and ``in_b[g]`` the number of its entries that are a's and
    b's. Where the texts are long, grams that stand in the most sentence pairs are not ``kept`` and
    weigh 0, so that time and memory grow with the texts' length and not with its square.
    """

    texts: list[str]
    gram: I64
    sentence: I64
    weight: F64
    heads: I64
    in_a: I64
    in_b: I64
    kept: NDArray[np.bool_]
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Candidates:
    """Sentence pairs worth a look, by ``(a, b)``: ``a`` and ``b`` i64[m], ``score`` f64[m]."""

    a: I64
    b: I64
    score: F64

    def where(self, kept: NDArray[np.bool_]) -> Candidates:
        """Keep some of the pairs; ``kept`` is a mask, bool[m]."""
        return Candidates(self.a[kept], self.b[kept], self.score[kept])

    def merged(self, other: Candidates) -> Candidates:
        """Add other pairs, each once, in any order; one that both have keeps the higher score."""
        if not len(other.a):
            return self
        stride = 1 + max(int(self.b.max(initial=0)), int(other.b.max()))
        keys, score = self.a * stride + self.b, self.score.copy()
        more = other.a * stride + other.b
        order = more.argsort(kind="stable")
        more, higher = more[order], other.score[order]
        at = keys.searchsorted(more)
        known = np.append(keys, -1)[at] == more
        score[at[known]] = np.maximum(score[at[known]], higher[known])
        keys = np.insert(keys, at[~known], more[~known])
        score = np.insert(score, at[~known], higher[~known])
        a, b = np.divmod(keys, stride)
        return Candidates(a, b, score)


def vectors(a: Tokens, b: Tokens) -> Vectors:
    """Weigh the 4-character grams of both texts' sentences.

    >>> from dedup.reading.texts import read
    >>> made = vectors(read("Rain fell."), read("It fell. Rain."))
    >>> made.rows, made.columns, int(made.in_a.sum())
    (1, 2, 6)
    """
    rows, columns = len(a.sentences), len(b.sentences)
    texts = folded_sentences(a) + folded_sentences(b)
    keys = _gram_keys(texts)
    keys.sort()
    entries = _heads(keys)
    tf = _sizes(entries, len(keys))
    keys = keys[entries]
    heads = _heads(keys & _HIGH)
    sizes = _sizes(heads, len(keys))
    gram = np.arange(len(heads)).repeat(sizes)
    sentence = (keys & _LOW).view(np.int64)
    in_a = np.bincount(gram, sentence < rows).astype(np.int64)
    in_b = sizes - in_a
    count = rows + columns
    spread = logs(count, count + 1)[sizes].repeat(sizes)
    weight = (1.0 + logs(int(tf.max(initial=0)))[tf]) * spread
    norms = np.sqrt(np.bincount(sentence, weight * weight, count))
    kept = affordable(in_a * in_b, len(keys))
    if not kept.all():
        weight *= kept[gram]
        rest = np.sqrt(np.bincount(sentence, weight * weight, rows + columns))
        norms = np.maximum(LEAST_KEPT * norms, rest)
    weight /= norms[sentence]
    return Vectors(texts, gram, sentence, weight, heads, in_a, in_b, kept, rows, columns)


def logs(most: int, total: int = 0) -> F64:
    """Give ``ln(n)``, or ``ln(total / n)``, of every n up to ``most``; the first entry is void.

    >>> logs(2).round(2).tolist()
    [0.0, 0.0, 0.69]
    """
    values = np.arange(most + 1, dtype=np.float64)
    values[0] = 1.0
    table: F64 = np.log(total / values if total else values)
    return table


def folded_sentences(tokens: Tokens) -> list[str]:
    """Give the folded words of each sentence, a blank between them."""
    words = tokens.words
    return [" ".join(words[first:end]) for first, end in pairwise(tokens.bounds)]


def _gram_keys(sentences: list[str]) -> U64:
    """Hash the 4-character grams of words between blanks; the sentence in the low half.

    A word of one character counts with the first of its follower instead, which makes bigrams of
    the scripts that are written without spaces. Two blanks keep sentences apart.
    """
    codes, lengths = line(sentences)
    count = len(codes) - _GRAM + 1
    blank = codes == _SPACE
    begun = ~blank[1 : count + 1] & (~blank[2 : count + 2] | blank[:count])
    wide = codes.astype(np.uint64)
    pairs = wide[:-1] * _MIX
    pairs += wide[1:]
    keys = pairs[:count] * _MIX_TWICE
    keys += pairs[2:]
    keys *= _MIX
    keys &= _HIGH
    keys |= np.arange(len(sentences), dtype=np.uint64).repeat(lengths)[:count]
    chosen: U64 = keys[begun]
    return chosen


def line(sentences: list[str]) -> tuple[NDArray[np.uint32], I64]:
    """Lay sentences in a line, two blanks between them: code points, u32, and lengths, i64[n].

    A length counts the two blanks behind its sentence; a blank stands before the first.

    >>> line(["ab", "c"])[1].tolist()
    [4, 3]
    """
    laid = f" {'  '.join(sentences)}  "
    codes = np.frombuffer(laid.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return codes, np.fromiter(map(len, sentences), dtype=np.int64, count=len(sentences)) + 2


def _heads(keys: U64 | I64) -> I64:
    """Find where the runs of equal keys begin in a sorted array."""
    new = np.ones(len(keys), dtype=bool)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    return new.nonzero()[0]


def _sizes(heads: I64, total: int) -> I64:
    """Give the lengths of the runs that begin at ``heads``, of ``total`` keys together."""
    ends = np.empty_like(heads)
    ends[:-1], ends[-1:] = heads[1:], total
    return ends - heads


def candidates(made: Vectors) -> Candidates:
    """Score the sentence pairs that share grams, 0 to 1, by a join over the grams that are kept."""
    joined = ((made.in_a > 0) & (made.in_b > 0) & made.kept).nonzero()[0]
    heads, in_a, in_b = made.heads[joined], made.in_a[joined], made.in_b[joined]
    left = _ranges(heads, in_a)
    width = in_b.repeat(in_a)
    right = _ranges((heads + in_a).repeat(in_a), width)
    pairs = (made.sentence[left] * made.columns - made.rows).repeat(width)
    pairs += made.sentence[right]
    products = made.weight[left].repeat(width)
    products *= made.weight[right]
    found, score = _sums(pairs, products, made.rows * made.columns)
    enough = score >= LEAST_SCORE
    a, b = np.divmod(found[enough], max(made.columns, 1))
    score = score[enough]
    score[score > 1.0 - ROUNDING] = 1.0
    return Candidates(a, b, score)


def affordable(products: I64, entries: int) -> NDArray[np.bool_]:
    """Mark the grams that stand in the fewest sentence pairs, as many as the join can afford."""
    budget = min(max(PRODUCTS_PER_ENTRY * entries, LEAST_PRODUCTS), MOST_PRODUCTS)
    if int(products.sum()) <= budget:
        return np.ones(len(products), dtype=bool)
    ordered = np.sort(products)
    affordable = int(np.searchsorted(np.cumsum(ordered), budget, "right"))
    dearest = ordered[affordable] if affordable < len(ordered) else budget + 1
    marked: NDArray[np.bool_] = products < dearest
    return marked


def _ranges(starts: I64, lengths: I64) -> I64:
    """Lay ``range(start, start + length)`` of every start and length end to end."""
    laid: I64 = (starts - lengths.cumsum() + lengths).repeat(lengths)
    laid += np.arange(len(laid))
    return laid


def _sums(pairs: I64, products: F64, cells: int) -> tuple[I64, F64]:
    """Add up the products of each pair: the pairs met, rising, and their sums."""
    if not len(pairs):
        return pairs, products
    if cells <= MOST_PRODUCTS:
        dense = np.bincount(pairs, products, cells)
        found = dense.nonzero()[0]
        return found, np.asarray(dense[found], dtype=np.float64)
    order = np.argsort(pairs, kind="stable")
    pairs = pairs[order]
    heads = _heads(pairs)
    sums: F64 = np.add.reduceat(products[order], heads)
    return pairs[heads], sums


def _in_turn(values: F64) -> float:
    """Add up values one after the other: NumPy's own sums take them in an order of their own."""
    return float(values.cumsum()[-1]) if len(values) else 0.0


class Residuals:
    """Scores of a sentence against what another's partners so far leave unexplained."""

    __slots__ = ("_bounds", "_gram", "_left", "_weight")

    def __init__(self, made: Vectors) -> None:
        entries = len(made.gram)
        by_sentence = np.sort((made.sentence << _INDEX_BITS) | np.arange(entries))
        by_sentence &= (1 << _INDEX_BITS) - 1
        self._gram, self._weight = made.gram[by_sentence], made.weight[by_sentence]
        counts = np.bincount(made.sentence, minlength=made.rows + made.columns)
        self._bounds = [0, *np.cumsum(counts).tolist()]
        self._left = np.zeros(len(made.heads))

    def score(self, centre: int, taken: Iterable[int], more: int) -> float:
        """Give the cosine of ``more`` with ``centre``, the grams of ``taken`` struck from it.

        All are numbers of sentences in the vectors; 0 to 1.
        """
        left = self._left
        mine, further = self._entries(centre), self._entries(more)
        grams = self._gram[mine]
        left[grams] = self._weight[mine]
        for sentence in taken:
            left[self._gram[self._entries(sentence)]] = 0.0
        rest = left[grams]
        length = math.sqrt(_in_turn(rest * rest))
        shared = _in_turn(left[self._gram[further]] * self._weight[further])
        left[grams] = 0.0
        return shared / length if length else 0.0

    def _entries(self, sentence: int) -> slice:
        return slice(self._bounds[sentence], self._bounds[sentence + 1])
