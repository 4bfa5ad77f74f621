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

import numpy as np
from numpy.typing import NDArray

from dedup.text import Tokens

__all__ = ["Candidates", "Residuals", "Vectors", "candidates", "vectors"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Keys = NDArray[np.uint64]

LEAST_SCORE = 0.1
"""Sentence pairs below this are not looked at further: no bonus lifts them over the threshold."""
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
_HIGH = np.uint64(0xFFFFFFFF00000000)
"""Half of a key that holds the gram; the other half holds the sentence."""
_INDEX_BITS = 32
"""Entries are counted with so many bits where they are sorted together with their sentence."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """The sentences of two texts as sparse unit vectors; b's sentences follow a's.

    Entry ``k`` says that gram ``gram[k]`` (i64, 0 to ``grams``) has ``weight[k]`` (f64) in sentence
    ``sentence[k]`` (i64); entries are sorted by gram, then sentence. ``heads[g]`` is the first
    entry of gram ``g``, ``in_a[g]`` the number of its entries that are a's. Where the texts are
    long, grams that stand in the most sentence pairs are not ``kept`` and weigh 0, so that time
    and memory grow with the texts' length and not with its square.
    """

    gram: Ints
    sentence: Ints
    weight: Floats
    heads: Ints
    in_a: Ints
    kept: NDArray[np.bool_]
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Candidates:
    """Sentence pairs worth a look, by ``(a, b)``: ``a`` and ``b`` i64[m], ``score`` f64[m]."""

    a: Ints
    b: Ints
    score: Floats

    def scores(self) -> dict[tuple[int, int], float]:
        """Give the score of each pair, in the order of the pairs."""
        pairs = zip(self.a.tolist(), self.b.tolist(), strict=True)
        return dict(zip(pairs, self.score.tolist(), strict=True))

    def where(self, kept: NDArray[np.bool_]) -> Candidates:
        """Keep some of the pairs; ``kept`` is a mask, bool[m]."""
        return Candidates(self.a[kept], self.b[kept], self.score[kept])

    def merged(self, other: Candidates) -> Candidates:
        """Add other pairs; one that both have keeps the higher score."""
        if not len(other.a):
            return self
        a, b = np.concatenate((self.a, other.a)), np.concatenate((self.b, other.b))
        score = np.concatenate((self.score, other.score))
        order = np.lexsort((-score, b, a))
        a, b, score = a[order], b[order], score[order]
        first = np.ones(len(a), dtype=bool)
        first[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
        return Candidates(a, b, score).where(first)


def vectors(a: Tokens, b: Tokens) -> Vectors:
    """Weigh the 4-character grams of both texts' sentences.

    >>> from dedup.text import read
    >>> made = vectors(read("Rain fell."), read("It fell. Rain."))
    >>> made.rows, made.columns, int(made.in_a.sum())
    (1, 2, 6)
    """
    rows, columns = len(a.sentences), len(b.sentences)
    keys = _gram_keys(a, b)
    keys.sort()
    entries = _heads(keys)
    tf = _sizes(entries, len(keys))
    keys = keys[entries]
    heads = _heads(keys & _HIGH)
    sizes = _sizes(heads, len(keys))
    gram = np.repeat(np.arange(len(heads)), sizes)
    sentence = (keys & ~_HIGH).astype(np.int64)
    in_a = np.add.reduceat(sentence < rows, heads, dtype=np.int64) if len(heads) else heads
    isf = np.log((rows + columns + 1) / sizes)
    kept = _affordable(in_a * (sizes - in_a), len(keys))
    weight = (1.0 + np.log(tf)) * isf[gram]
    norms = np.sqrt(np.bincount(sentence, weight * weight, rows + columns))
    if not kept.all():
        weight *= kept[gram]
        rest = np.sqrt(np.bincount(sentence, weight * weight, rows + columns))
        norms = np.maximum(LEAST_KEPT * norms, rest)
    weight /= norms[sentence]
    return Vectors(gram, sentence, weight, heads, in_a, kept, rows, columns)


def _gram_keys(a: Tokens, b: Tokens) -> Keys:
    """Hash the 4-character grams of words between blanks; the sentence in the low half.

    A word of one character counts with the first of its follower instead, which makes bigrams of
    the scripts that are written without spaces. Two blanks keep sentences apart.
    """
    sentences = [
        " ".join(tokens.words[tokens.bounds[i] : tokens.bounds[i + 1]])
        for tokens in (a, b)
        for i in range(len(tokens.sentences))
    ]
    line = f" {'  '.join(sentences)}  "
    codes = np.frombuffer(line.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    count = len(codes) - _GRAM + 1
    blank = codes == _SPACE
    at = (~blank[1 : count + 1] & (~blank[2 : count + 2] | blank[:count])).nonzero()[0]
    wide = codes.astype(np.uint64)
    keys = wide[:count] * _MIX
    for step in range(1, _GRAM):
        keys += wide[step : step + count]
        keys *= _MIX
    lengths = np.fromiter(map(len, sentences), dtype=np.int64, count=len(sentences)) + 2
    sentence = np.repeat(np.arange(len(sentences), dtype=np.uint64), lengths)
    packed: Keys = (keys[at] & _HIGH) | sentence[at]
    return packed


def _heads(keys: Keys | Ints) -> Ints:
    """Find where the runs of equal keys begin in a sorted array."""
    new = np.ones(len(keys), dtype=bool)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    return new.nonzero()[0]


def _sizes(heads: Ints, total: int) -> Ints:
    """Give the lengths of the runs that begin at ``heads``, of ``total`` keys together."""
    ends = np.empty_like(heads)
    ends[:-1], ends[-1:] = heads[1:], total
    return ends - heads


def candidates(made: Vectors) -> Candidates:
    """Score the sentence pairs that share grams, 0 to 1, by a join over the grams that are kept."""
    in_b = _sizes(made.heads, len(made.gram)) - made.in_a
    products = made.in_a * in_b
    joined = ((products > 0) & made.kept).nonzero()[0]
    left, right = _cross(made.heads[joined], made.in_a[joined], in_b[joined])
    pairs = made.sentence[left] * made.columns + made.sentence[right] - made.rows
    found, score = _sums(pairs, made.weight[left] * made.weight[right], made.rows * made.columns)
    enough = score >= LEAST_SCORE
    a, b = np.divmod(found[enough], max(made.columns, 1))
    score = score[enough]
    score[score > 1.0 - ROUNDING] = 1.0
    return Candidates(a, b, score)


def _affordable(products: Ints, entries: int) -> NDArray[np.bool_]:
    """Mark the grams that stand in the fewest sentence pairs, as many as the join can afford."""
    budget = min(max(PRODUCTS_PER_ENTRY * entries, LEAST_PRODUCTS), MOST_PRODUCTS)
    if int(products.sum()) <= budget:
        return np.ones(len(products), dtype=bool)
    ordered = np.sort(products)
    affordable = int(np.searchsorted(np.cumsum(ordered), budget, "right"))
    dearest = ordered[affordable] if affordable < len(ordered) else budget + 1
    marked: NDArray[np.bool_] = products < dearest
    return marked


def _cross(heads: Ints, in_a: Ints, in_b: Ints) -> tuple[Ints, Ints]:
    """Pair each of a's entries with each of b's in the same gram; positions of both."""
    rows = _ranges(heads, in_a)
    width = np.repeat(in_b, in_a)
    return np.repeat(rows, width), _ranges(np.repeat(heads + in_a, in_a), width)


def _ranges(starts: Ints, lengths: Ints) -> Ints:
    """Lay ``range(start, start + length)`` of every start and length end to end."""
    offsets = np.cumsum(lengths) - lengths
    return np.repeat(starts - offsets, lengths) + np.arange(int(lengths.sum()))


def _sums(pairs: Ints, products: Floats, cells: int) -> tuple[Ints, Floats]:
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
    sums: Floats = np.add.reduceat(products[order], heads)
    return pairs[heads], sums


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
        length = math.sqrt(float(rest @ rest))
        shared = float(left[self._gram[further]] @ self._weight[further])
        left[grams] = 0.0
        return shared / length if length else 0.0

    def _entries(self, sentence: int) -> slice:
        return slice(self._bounds[sentence], self._bounds[sentence + 1])
