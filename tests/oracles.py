"""Naive twins of every kernel, in plain Python: slow, short and written apart from the fast ones.

A row is a list here, never a slice of a ragged array; integers are Python's own, cut to their
width by hand.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from datasketch import MinHash

WIDTH_64 = 2**64
MIX_1 = 0x9E3779B97F4A7C15
MIX_2 = 0xD6E8FEB86659FD93

SEPARATOR, LETTER, SINGLE, MARK, IGNORED = " ", "a", "s", "m", "i"

INVISIBLE = {0xAD, 0x34F, 0x61C, 0x180E, 0x2060, 0xFEFF, *range(0x200B, 0x2010)}
VARIATION_SELECTORS = range(0xFE00, 0xFE10)
HANGUL_VOWELS_AND_FINALS = {*range(0x1160, 0x1200), *range(0xD7B0, 0xD800)}
SCRIPTS_WITHOUT_SPACES = {
    *("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR"),
    *("IDEOGRAPHIC", "HALFWIDTH KATAKANA", "HALFWIDTH HANGUL"),
}
SINGLE_THOUGH_NO_OTHER_LETTER = {"ー", "ｰ", "々", "〇"}


def character_class(char: str) -> str:
    """Tell the class of a code point from its category and the script in its name."""
    code = ord(char)
    category = unicodedata.category(char)
    if code in INVISIBLE or code in VARIATION_SELECTORS:
        return IGNORED
    if code in HANGUL_VOWELS_AND_FINALS or category in {"Mn", "Mc", "Me"}:
        return MARK
    if category in {"Lo"} or char in SINGLE_THOUGH_NO_OTHER_LETTER:
        name = unicodedata.name(char, "").split(" ")
        if name[0] in SCRIPTS_WITHOUT_SPACES or " ".join(name[:2]) in SCRIPTS_WITHOUT_SPACES:
            return SINGLE
    return LETTER if category in {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No"} else SEPARATOR


def fold_character(char: str) -> str:
    """Fold one code point: compatible form, case folded, compatible form again; or nothing."""
    if character_class(char) == IGNORED:
        return ""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", char).casefold())


def words(text: str) -> list[str]:
    """Cut a text into folded words, one character at a time."""
    found: list[str] = []
    open_class = ""
    for char in unicodedata.normalize("NFC", text):
        kind = character_class(char)
        if kind == SEPARATOR:
            open_class = ""
        elif kind == SINGLE or (kind == LETTER and open_class != LETTER):
            found.append(fold_character(char))
            open_class = kind
        elif open_class:
            found[-1] += fold_character(char)
    return found


def word_id(word: str) -> int:
    """Number a folded word: a polynomial of its code points, mixed, the upper half of 64 bits."""
    total, power = 0, 1
    for char in word:
        total, power = (total + ord(char) * power) % WIDTH_64, power * MIX_1 % WIDTH_64
    return (total ^ (total >> 32)) * MIX_2 % WIDTH_64 >> 32


def read_words(texts: Iterable[str]) -> list[list[int]]:
    """Twin of ``kernels.read_words``: the ids of each text's words."""
    return [[word_id(word) for word in words(text)] for text in texts]


def shingle(first: int, second: int, third: int) -> int:
    mixed = (first * MIX_1 % WIDTH_64) ^ second
    mixed = ((mixed ^ (mixed >> 32)) * MIX_2 + third) % WIDTH_64
    mixed = (mixed ^ (mixed >> 29)) * MIX_1 % WIDTH_64
    return mixed >> 32


def shingle_hashes(row: Sequence[int]) -> list[int]:
    """Twin of ``kernels.shingle_hashes`` for one row."""
    if not row:
        return []
    padded = [*row, 0, 0][: max(3, len(row))]
    return [shingle(*padded[k : k + 3]) for k in range(len(padded) - 2)]


def signature(row: Sequence[int], num_perm: int, seed: int) -> list[int]:
    """Twin of ``kernels.signatures`` for one row: datasketch's own MinHash, updated one by one."""
    sketch = MinHash(num_perm=num_perm, seed=seed, scheme="affine32", hashfunc=lambda h: h)
    for h in shingle_hashes(row):
        sketch.update(h)
    return [int(value) for value in sketch.hashvalues]


def bands_equal(a: Sequence[int], b: Sequence[int], bands: int, rows: int) -> list[bool]:
    """Tell which bands of two signatures hold the same values: their keys must agree there."""
    cuts = [slice(band * rows, (band + 1) * rows) for band in range(bands)]
    return [list(a[cut]) == list(b[cut]) for cut in cuts]


def bucket_pairs(keys: Sequence[int], all_pairs: int, leaders: int) -> set[tuple[int, int]]:
    """Twin of ``kernels.bucket_pairs``: the pairs of one band's buckets, large ones chained."""
    buckets: dict[int, list[int]] = defaultdict(list)
    for row, key in enumerate(keys):
        buckets[key].append(row)
    found = set()
    for bucket in buckets.values():
        for (x, i), (y, j) in combinations(enumerate(bucket), 2):
            if len(bucket) <= all_pairs or y - x <= leaders or x < leaders:
                found.add((i, j))
    return found


def candidate_pairs(bands: Sequence[Sequence[int]]) -> set[tuple[int, int]]:
    """Pairs of rows that share a key in a band, all of them."""
    n = len(bands[0]) if bands else 0
    return {(i, j) for i, j in combinations(range(n), 2) if any(k[i] == k[j] for k in bands)}


def shingle_overlap(
    rows: Sequence[Sequence[int]], pairs: Iterable[tuple[int, int]]
) -> list[list[int]]:
    """Twin of ``kernels.shingle_overlap``: distinct shingles of i, of j and of both."""
    sets = [set(shingle_hashes(row)) for row in rows]
    return [[len(sets[i]), len(sets[j]), len(sets[i] & sets[j])] for i, j in pairs]


def document_frequencies(rows: Iterable[Iterable[int]]) -> Counter[int]:
    """Twin of ``term_kernel.count_words``."""
    return Counter(word for row in rows for word in set(row))


def picked_terms(
    ranks: Iterable[int], tiers: tuple[int, int], limits: tuple[int, int]
) -> list[int]:
    """Twin of the choice of ``term_kernel.rank_words`` for one row of distinct ranks."""
    rare = sorted(rank for rank in ranks if rank < tiers[0])
    if len(rare) < limits[1]:
        return sorted(rank for rank in ranks if rank < tiers[1])[: limits[1]]
    return rare[: limits[0]]


def term_cosine(a: Iterable[int], b: Iterable[int], gains: Sequence[float]) -> float:
    """Cosine of two rows' terms by the squares of their weights."""
    norm_a, norm_b, shared = (
        math.fsum(gains[term] for term in terms) for terms in (set(a), set(b), set(a) & set(b))
    )
    return shared / math.sqrt(norm_a * norm_b) if shared else 0.0


def held_share(a: Iterable[int], b: Iterable[int], masses: Sequence[int]) -> float:
    """Twin of ``term_kernel.shared_mass``: mass of the words of both by the lesser row's."""
    mass_a, mass_b, both = (
        sum(masses[word] for word in words) for words in (set(a), set(b), set(a) & set(b))
    )
    return both / max(1, min(mass_a, mass_b))


def join_terms(
    rows: Sequence[Sequence[int]], gains: Sequence[float]
) -> dict[tuple[int, int], float]:
    """Twin of the meetings in ``term_kernel.join_terms``: cosines of rows that share a term."""
    cosines = {
        (i, j): term_cosine(rows[i], rows[j], gains) for i, j in combinations(range(len(rows)), 2)
    }
    return {pair: cosine for pair, cosine in cosines.items() if cosine > 0}


def nearest_pairs(
    cosines: Mapping[tuple[int, int], float], n: int, kept: int
) -> list[tuple[int, int]]:
    """Twin of the choice in ``term_kernel.join_terms``: each row's nearest, ties by row."""
    found = []
    for row in range(n):
        mine = [(-cosine, sum(pair) - row, pair) for pair, cosine in cosines.items() if row in pair]
        found += [pair for _, _, pair in sorted(mine)[:kept]]
    return found


def row_digest(values: Sequence[int]) -> tuple[int, int]:
    """Twin of ``kernels.row_digests`` for one row."""
    low = (1 << 64) - 1
    first, second = 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53
    for value in values:
        first = ((first ^ value) * 0x9E3779B97F4A7C15 + 0xD6E8FEB86659FD93) & low
        first ^= first >> 32
        second = ((second + value) * 0xD6E8FEB86659FD93 + 0x9E3779B97F4A7C15) & low
        second ^= second >> 29
    first = (first ^ (first >> 29) ^ len(values)) * 0xFF51AFD7ED558CCD & low
    second = (second ^ (second >> 32) ^ len(values)) * 0xC4CEB9FE1A85EC53 & low
    return first, second


def word_gains(
    words: Sequence[int],
    region: range,
    other: Sequence[int],
    everywhere: Sequence[int],
    most_places: int,
) -> list[float]:
    """Weigh each word for reuse against chance, one word at a time.

    ``region`` are places in ``words``, ``everywhere`` are all words of both texts, and a word is
    met by chance among ``most_places`` words of ``other`` at most.
    """
    here = [words[k] for k in region] + list(other)

    def chance(word: int) -> float:
        outside = everywhere.count(word) - here.count(word)
        frequency = (outside + 0.2) / (len(everywhere) - len(here) + 200)
        return 1 - math.prod([1 - frequency] * min(len(other), most_places))

    by_chance = sum(chance(words[k]) for k in region)
    met = sum(words[k] in other for k in region)
    share = (met - by_chance) / max(len(region) - by_chance, 1)
    kept = min(max(share, 0.2), 0.9)
    return [
        math.log((kept + (1 - kept) * chance(word)) / chance(word))
        if word in other
        else math.log(1 - kept)
        for word in words
    ]


# --- Alignment -----------------------------------------------------------------------------------

Pair = tuple[int, int]
Run = tuple[int, int, int]


def gram_vectors(*sides: Sequence[Sequence[str]]) -> list[list[dict[str, float]]]:
    """Weigh the 4-character grams of sentences, given as their words: unit vectors, tf-isf."""

    def grams(words: Sequence[str]) -> Counter[str]:
        found: Counter[str] = Counter()
        for k, word in enumerate(words):
            padded = f" {word} "
            if len(word) == 1:
                padded += words[k + 1][0] if k + 1 < len(words) else " "
            found.update(padded[at : at + 4] for at in range(len(padded) - 3))
        return found

    counted = [[grams(words) for words in side] for side in sides]
    frequency = Counter(gram for side in counted for counts in side for gram in counts)
    total = sum(map(len, sides)) + 1

    def vector(counts: Counter[str]) -> dict[str, float]:
        raw = {g: (1 + math.log(n)) * math.log(total / frequency[g]) for g, n in counts.items()}
        norm = math.sqrt(math.fsum(value * value for value in raw.values()))
        return {g: value / norm for g, value in raw.items()}

    return [[vector(counts) for counts in side] for side in counted]


def sentence_scores(a: Sequence[Sequence[str]], b: Sequence[Sequence[str]]) -> dict[Pair, float]:
    """Give the tf-isf cosine of every sentence pair."""
    left, right = gram_vectors(a, b)
    return {
        (i, j): math.fsum(x.get(g, 0.0) * value for g, value in y.items())
        for i, x in enumerate(left)
        for j, y in enumerate(right)
    }


def verbatim_runs(
    a: Sequence[int], b: Sequence[int], least: int, labels: tuple[Sequence[int], Sequence[int]]
) -> list[Run]:
    """Tile two sequences by common runs within words of one label, longest first."""
    places: dict[tuple[int, ...], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, (words, marks) in enumerate(zip((a, b), labels, strict=True)):
        for at in range(len(words) - least + 1):
            mark = set(marks[at : at + least])
            if len(mark) == 1 and min(mark) >= 0:
                places[min(mark), *words[at : at + least]][side].append(at)
    anchors: set[Pair] = set()
    for at_a, at_b in places.values():
        if len(at_a) * len(at_b) > 16:
            anchors.update(zip(at_a, at_b, strict=False))
        else:
            anchors.update((i, j) for i in at_a for j in at_b)
    waiting = []
    for i, j in anchors:
        if (i - 1, j - 1) not in anchors:
            length = next(n for n in range(len(a) + 1) if (i + n, j + n) not in anchors)
            waiting.append((-(length + least - 1), i, j))
    free_a, free_b = [True] * len(a), [True] * len(b)
    tiles: list[Run] = []
    while waiting:
        waiting.sort()
        length, i, j = waiting.pop(0)
        both = zip(free_a[i : i - length], free_b[j : j - length], strict=True)
        free = [x and y for x, y in both]
        stretches = ((at, n) for at in range(-length) for n in range(1 - length - at))
        best, start = max((n, -at) for at, n in stretches if all(free[at : at + n]))
        if best == -length:
            tiles.append((i, j, best))
            free_a[i : i + best] = free_b[j : j + best] = [False] * best
        elif best >= least:
            waiting.append((-best, i - start, j - start))
    return sorted(tiles)


def heaviest_chain(a: Sequence[int], b: Sequence[int], weights: Sequence[float]) -> float:
    """Give the greatest weight of links that rise on both sides."""
    best: dict[int, float] = {}
    for k in sorted(range(len(a)), key=lambda k: (a[k], b[k])):
        before = [best[m] for m in best if a[m] < a[k] and b[m] < b[k]]
        best[k] = weights[k] + max(before, default=0.0)
    return max(best.values(), default=0.0)


def common_letters(a: str, b: str) -> int:
    """Count the letters that two texts have in common, in order, by the table of all prefixes."""
    row = [0] * (len(b) + 1)
    for letter in a:
        before, row = row, [0]
        for k, other in enumerate(b):
            row.append(before[k] + 1 if letter == other else max(row[k], before[k + 1]))
    return row[-1]


def heaviest_stretch(gains: Sequence[float]) -> tuple[int, int, bool]:
    """Find the first stretch of the greatest sum; and whether another is as heavy."""
    sums = [0.0]
    for gain in gains:
        sums.append(sums[-1] + gain)
    lowest = [min(sums[: end + 1]) for end in range(len(sums))]
    rises = [total - low for total, low in zip(sums, lowest, strict=True)]
    end = rises.index(max(rises))
    start = max(at for at in range(end + 1) if sums[at] == lowest[end])
    near = [rise for rise in rises if max(rises) - rise < 1e-9]
    again = [at for at in range(end + 1) if sums[at] - lowest[end] < 1e-9]
    return start, end, len(near) > 1 or len(again) > 1


def words_that_join(gains: Sequence[float]) -> tuple[int, bool]:
    """Count the words from a border on that say most together, 0 below 10 nats; and doubt."""
    sums = [sum(gains[: k + 1]) for k in range(len(gains))]
    most = max(sums, default=0.0)
    doubt = abs(most - 10.0) < 1e-9 or sum(most - each < 1e-9 for each in sums) > 1
    return (sums.index(most) + 1 if most >= 10.0 else 0), doubt


def fitted_extent(
    texts: tuple[Sequence[int], Sequence[int]], extent: tuple[int, ...], least: float
) -> tuple[tuple[int, ...], bool] | None:
    """Fit an extent to the evidence of its words; and tell whether rounding may decide."""
    sides = [list(extent[:2]), list(extent[2:])]
    shorter = int(sides[1][1] - sides[1][0] < sides[0][1] - sides[0][0])
    doubtful = False
    for side in (shorter, 1 - shorter, shorter):
        words, (first, end) = texts[side], sides[side]
        other = texts[1 - side][slice(*sides[1 - side])]
        gains = word_gains(words, range(first, end), other, [*texts[0], *texts[1]], 500)
        start, stop, doubt = heaviest_stretch(gains[first:end])
        start, stop = first + start, first + stop
        behind, doubt_behind = words_that_join(gains[stop : end + 20])
        before, doubt_before = words_that_join(gains[max(0, first - 20) : start][::-1])
        start, stop = start - before, stop + behind
        doubtful |= doubt or doubt_behind or doubt_before
        evidence = sum(gains[start:stop])
        doubtful |= abs(evidence - least) < 1e-9
        if evidence < least or start == stop:
            return ((), True) if doubtful else None
        sides[side] = [start, stop]
    return (*sides[0], *sides[1]), doubtful
