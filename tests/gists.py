"""A naive twin of ``dedup.verdict._senses``: what the sentences of two texts mean."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import pairwise

import numpy as np

from dedup.packed import map_table
from dedup.text.marks import Mark
from dedup.text.vocabulary import language_of
from dedup.verdict import bounds

Words = list[tuple[int, int]]
ONE = 127.0 * 127.0
SIZE = bounds.PARTS * bounds.WIDTH


@cache
def listed() -> dict[int, list[int]]:
    """Unpack the vectors of all words that are listed."""
    packed = map_table("senses", "u1")
    behind = bounds.CENTROIDS * SIZE
    centroids = packed[:behind].view(np.int8).reshape(bounds.PARTS, bounds.CENTROIDS, -1)
    count = (len(packed) - behind) // (4 + bounds.PARTS)
    ids = packed[behind : behind + 4 * count].view("<u4").tolist()
    codes = packed[behind + 4 * count :].reshape(count, bounds.PARTS)
    vectors = np.concatenate([centroids[part, codes[:, part]] for part in range(bounds.PARTS)], 1)
    return dict(zip(ids, vectors.tolist(), strict=True))


def own(word: int) -> list[int]:
    """Give the vector that a word alone has: the bits of SplitMix64 as signs."""
    bits = (word + 0x9E3779B97F4A7C15) % 2**64
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        bits = (bits ^ bits >> shift) * factor % 2**64
    bits ^= bits >> 31
    return [16 if bits >> k & 1 else -16 for k in range(SIZE)]


def total(values: Iterable[float]) -> float:
    """Add up one by one, unlike Python's own sum."""
    found = 0.0
    for value in values:
        found += value
    return found


class Gists:
    """The gists of a text's first sentences and their sizes; none for short or wordless ones."""

    def __init__(self, text: Words, sentences: Sequence[Words], idf: Callable[[int], float]):
        numbers = {w for sentence in sentences for w, m in sentence if m & Mark.NUMBER}
        every = {w for sentence in sentences for w, _ in sentence}
        if language_of(np.array([word for word, _ in text], np.uint32)) in ("", "en"):
            vectors = {w: listed()[w] for w in every - numbers if w in listed()}
        else:
            vectors = {w: own(w) for w in every}
        self.found: list[tuple[int, list[int]]] = []
        self.places: list[tuple[int, int]] = []
        """The number of each sentence that has one, and the words before it."""
        for number, sentence in enumerate(sentences[: bounds.MOST_GISTS]):
            sums = [0] * SIZE
            for word in {w for w, _ in sentence} & vectors.keys():
                weight = min(idf(word), bounds.HEAVIEST_SENSE)
                times = int(bounds.SENSE_STEPS * weight + 0.5)
                sums = [s + times * v for s, v in zip(sums, vectors[word], strict=True)]
            if len(sentence) >= bounds.GIST_WORDS and any(sums):
                scale = 127.0 / math.sqrt(sum(s * s for s in sums))
                gist = [math.floor(s * scale + 0.5) for s in sums]
                self.found.append((len(sentence), gist))
                self.places.append((number, sum(map(len, sentences[:number]))))


def gains(side: Gists, other: Gists) -> list[list[float]]:
    """Tell by how much more each pair of gists is alike than both are to others on average."""
    alike = [
        [sum(x * y for x, y in zip(here, there, strict=True)) for _, there in other.found]
        for _, here in side.found
    ]
    means = [sum(row) / len(row) for row in alike if row]
    means_there = [sum(column) / len(column) for column in zip(*alike, strict=True)]
    return [
        [
            max(0.0, (value - (mean + mean_there) / 2) / ONE)
            for value, mean_there in zip(row, means_there, strict=True)
        ]
        for row, mean in zip(alike, means, strict=False)
    ]


def matched(gained: Sequence[Sequence[float]]) -> list[int | None]:
    """Match each gist with the first of those by which it gains most, if it gains at all."""
    return [row.index(max(row)) if max(row, default=0.0) > 0.0 else None for row in gained]


def heaviest(gained: Sequence[Sequence[float]]) -> float:
    """Give the greatest sum of gains on a path that never turns back, in quadratic time."""
    best = [[0.0] * (len(row) + 1) for row in [*gained, *gained[:1]]]
    for i, row in enumerate(gained):
        for j, gain in enumerate(row):
            best[i + 1][j + 1] = max(best[i][j] + gain, best[i][j + 1], best[i + 1][j])
    return best[-1][-1] if best else 0.0


def on_path(side: Gists, other: Gists) -> dict[str, float]:
    """Twin of ``_paths``: sentences matched by what they mean, in any order and in one."""
    gained = gains(side, other)
    back = matched(gains(other, side))
    pairs = [(i, j) for i, j in enumerate(matched(gained)) if j is not None]
    words = sum(size for size, _ in side.found)
    sizes, sizes_there = ([size for size, _ in one.found] for one in (side, other))
    free = total(gained[i][j] * sizes[i] for i, j in pairs)
    path = heaviest(
        [
            [gain * min(size, there) for gain, there in zip(row, sizes_there, strict=True)]
            for row, size in zip(gained, sizes, strict=False)
        ]
    )
    numbers = [other.places[j][0] for _, j in pairs]
    following = sum(0 <= b - a <= bounds.NEXT for a, b in pairwise(numbers))
    begun = [other.places[j][1] for _, j in pairs[: bounds.OPENING_GISTS]]
    return {
        "gist_path": min(1.0, path / words) if words else 0.0,
        "gist_path_order": (path + 1) / (free + 2),
        "gist_gain": min(1.0, free / words) if words else 0.0,
        "gist_mutual": sum(sizes[i] for i, j in pairs if back[j] == i) / words if words else 0.0,
        "gist_following": (following + 0.5) / (max(0, len(pairs) - 1) + 1),
        "lead_place": math.log1p(sum(begun) / len(begun)) if begun else 0.0,
    }


def measured(side: Gists, other: Gists) -> dict[str, float]:
    """Measure what one text means beside the other."""
    words = float(sum(size for size, _ in side.found))
    alike = [
        (size, [sum(x * y for x, y in zip(gist, there, strict=True)) for _, there in other.found])
        for size, gist in side.found
    ]
    pairs = [(size, max(row), sum(row)) for size, row in alike if row]

    def mean(total: float) -> float:
        return min(1.0, max(0.0, total / words)) if pairs else 0.0

    def above(least: float) -> int:
        return sum(size for size, likest, _ in pairs if likest >= least * 127.0 * 127.0)

    here, there = (
        [float(sum(size * gist[k] for size, gist in one.found)) for k in range(SIZE)]
        for one in (side, other)
    )
    squares = sum(x * x for x in here) * sum(y * y for y in there)
    both = sum(x * y for x, y in zip(here, there, strict=True))
    count = len(other.found)
    return on_path(side, other) | {
        "gist_alike": mean(sum(size * likest for size, likest, _ in pairs) / ONE),
        "gist_apart": mean(
            sum(size * (likest * count - rest) for size, likest, rest in pairs)
            / (ONE * count or 1.0)
        ),
        "gist_near": mean(above(bounds.NEAR_GIST)),
        "gist_nearest": mean(above(bounds.NEAREST_GIST)),
        "gist_whole": min(1.0, max(0.0, both / math.sqrt(squares))) if squares else 0.0,
    }
