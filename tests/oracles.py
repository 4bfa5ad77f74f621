"""Naive twins of every kernel, in plain Python: slow, short and written apart from the fast ones.

A row is a list here, never a slice of a ragged array; integers are Python's own, cut to their
width by hand.
"""

from __future__ import annotations

import datetime
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


# --- index


def first_of_stories(
    dates: Sequence[datetime.date | None], versions: Iterable[tuple[int, int]]
) -> list[int]:
    """Give the first article of each article's story; ``versions`` are pairs of places.

    In the order of dates, those without one last, an article that no story has yet begins one and
    takes in all its versions that no story has yet.
    """
    near = defaultdict(set)
    for a, b in versions:
        near[a].add(b)
        near[b].add(a)
    first = [-1] * len(dates)
    last = datetime.date.max
    for place in sorted(range(len(dates)), key=lambda one: (dates[one] or last, one)):
        if first[place] < 0:
            first[place] = place
            for other in near[place]:
                if first[other] < 0:
                    first[other] = place
    return first
