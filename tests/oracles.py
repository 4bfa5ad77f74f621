"""Naive twins of every kernel, in plain Python: slow, short and written apart from the fast ones.

A row is a list here, never a slice of a ragged array; integers are Python's own, cut to their
width by hand.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations, pairwise

from datasketch import MinHash

from dedup.text.marks import Mark
from dedup.verdict import measures

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


# --- The verdict's evidence ----------------------------------------------------------------------

Words = list[tuple[int, int]]
"""Ids and marks of words."""


def told(text: Words) -> list[Words]:
    """Cut a text into sentences, its furniture put aside unless it is nothing else."""
    sentences: list[Words] = [[]]
    for word, marks in text:
        if marks & Mark.SENTENCE:
            sentences.append([])
        sentences[-1].append((word, marks))
    kept = [[one for one in sentence if not one[1] & Mark.FURNITURE] for sentence in sentences]
    return [sentence for sentence in (kept if any(kept) else sentences) if sentence]


class Beside:
    """One text beside another: what the measures of :mod:`dedup.verdict.measures` are made of."""

    def __init__(self, x: list[Words], y: list[Words], idf: Callable[[int], float]) -> None:
        self.x, self.y, self.idf = x, y, idf
        self.flat = [one for sentence in x for one in sentence]
        words_there = [word for sentence in y for word, _ in sentence]
        self.there = set(words_there)
        self.sets = [{word for word, _ in sentence} for sentence in x]
        sets_there = [{word for word, _ in sentence} for sentence in y]
        spread = Counter(word for one in self.sets for word in one)
        spread |= Counter(word for one in sets_there for word in one)  # the greater count
        longer = max(len(x), len(y))
        weights = {w: idf(w) * math.log1p(longer / n) for w, n in spread.items()}
        weigh = {w: weight * weight for w, weight in weights.items()}
        self.sets_there, self.partner, self.similarity = sets_there, [], []
        for here in self.sets:
            found = []
            for there in sets_there:
                shared = sorted(w for w in here & there if spread[w] <= measures.MOST_SENTENCES)
                norms = [total(weigh[w] for w in sorted(one)) for one in (here, there)]
                size = math.sqrt(max(norms[0] * norms[1], measures.TINY))
                found.append(total(weigh[w] for w in shared) / size)
            self.similarity.append(max(found, default=0.0))
            self.partner.append(found.index(max(found)) if max(found, default=0) else -1)
        self.linked = [value >= measures.LINKED for value in self.similarity]
        self.region = dense_stretch([len(one) for one in x], self.linked)
        grams = {tuple(run) for run in runs(words_there)}
        hits = [tuple(run) in grams for run in runs([word for word, _ in self.flat])]
        back = measures.RUN - 1
        self.copied = [any(hits[max(0, k - back) : k + 1]) for k in range(len(self.flat))]

    def count(self, holds: Callable[[int], object]) -> int:
        """Count the words of the sentences for which something holds."""
        return sum(len(one) for i, one in enumerate(self.x) if holds(i))

    def size(self) -> int:
        return len(self.flat)

    def copied_in(self, i: int) -> int:
        start = sum(map(len, self.x[:i]))
        return sum(self.copied[start : start + len(self.x[i])])

    def own(self, i: int) -> bool:
        return 2 * sum(bool(m & Mark.QUOTED) for _, m in self.x[i]) < len(self.x[i])

    def near(self, word: int, i: int, steps: int) -> bool:
        """Tell whether a word of sentence i stands near its counterpart."""
        at = self.partner[i]
        nearby = self.sets_there[max(0, at - steps) : at + steps + 1]
        return at >= 0 and any(word in one for one in nearby)

    def lacks(self, i: int, mark: int) -> bool:
        return any(m & mark and not self.near(w, i, 0) for w, m in self.x[i])

    def of_region(self, mark: int) -> list[tuple[int, int]]:
        return [(w, i) for i in range(*self.region) for w, m in self.x[i] if m & mark]

    def is_plain(self, word: int, marks: int) -> bool:
        set_apart = marks & (Mark.NAME | Mark.NUMBER | Mark.QUOTED)
        return not set_apart and self.idf(word) >= measures.CONTENT

    def details(self) -> list[int]:
        times = Counter(word for word, _ in self.flat)
        return [w for w, m in self.flat if times[w] == 1 and self.is_plain(w, m)]


def total(values: Iterable[float]) -> float:
    """Add up one by one, unlike Python's own sum."""
    found = 0.0
    for value in values:
        found += value
    return found


def share(part: float, whole: float, default: float = 0.0) -> float:
    return part / whole if whole else default


def runs(words: list[int]) -> list[list[int]]:
    return [words[k : k + measures.RUN] for k in range(len(words) - measures.RUN + 1)]


def dense_stretch(sizes: list[int], linked: list[bool]) -> tuple[int, int]:
    """Find the stretch in which linked words most outweigh others, by trying every one."""
    worth = [n * (link - measures.DENSE) for n, link in zip(sizes, linked, strict=True)]
    stretches = [(s, e) for e in range(len(sizes) + 1) for s in range(e)]
    best = max([(sum(worth[s:e]), -e, s) for s, e in stretches], default=(0.0, 0, 0))
    return (best[2], -best[1]) if best[0] > 0 else (0, 0)


def heaviest_path(partners: list[int], weights: list[int]) -> int:
    """Weigh the heaviest subsequence of partners that does not go back."""
    ends: list[int] = []
    for k, (partner, weight) in enumerate(zip(partners, weights, strict=True)):
        before = [end for end, one in zip(ends, partners[:k], strict=True) if one <= partner]
        ends.append(weight + max(before, default=0))
    return max(ends, default=0)


def together(side: Beside, other: Beside) -> float:
    places = {word: place for place, (word, _) in enumerate(other.flat)}
    both = [places[word] for word in side.details() if word in set(other.details())]
    most = min(measures.CLOSE, other.size() // measures.PART_OF_TEXT)
    steps = [abs(b - a) for a, b in pairwise(both)]
    return (sum(step <= most for step in steps) + 1) / (len(steps) + 2)


def replaced(side: Beside, other: Beside, mark: int) -> float:
    words = side.count(
        lambda i: side.linked[i] and side.lacks(i, mark) and other.lacks(side.partner[i], mark)
    )
    return share(words, side.size())


def measured_side(side: Beside, other: Beside) -> dict[str, float]:
    """Twin of the functions of ``_measures``: what one text has in common with the other."""
    words, linked = side.size(), side.count(lambda i: side.linked[i])
    ids = sorted({word for word, _ in side.flat})
    first, end = side.region
    plain = [w for w, m in side.flat if side.is_plain(w, m)]
    names, numbers = side.of_region(Mark.NAME), side.of_region(Mark.NUMBER)
    most_linked = max(share(s.count(s.linked.__getitem__), s.size()) for s in (side, other))
    opening = side.x[: measures.OPENING]
    alike = total(len(one) * s for one, s in zip(opening, side.similarity, strict=False))
    path = [(side.partner[i], len(one)) for i, one in enumerate(side.x) if side.linked[i]]
    kept = side.count(
        lambda i: side.own(i) and side.copied_in(i) >= measures.NEAR_VERBATIM * len(side.x[i])
    )
    shared = [
        len(one) >= measures.SHARED_WORDS and side.copied_in(i) >= measures.SHARED * len(one)
        for i, one in enumerate(side.x)
        if side.own(i)
    ]
    quoted = [c and m & Mark.QUOTED for c, (_, m) in zip(side.copied, side.flat, strict=True)]
    missing = [not side.near(word, i, 1) for word, i in numbers]
    squares = {word: side.idf(word) * side.idf(word) for word in ids}
    rare = share(total(squares[w] for w in ids if w in side.there), total(squares.values()))
    return {
        "rare_words": math.sqrt(rare),
        "linked": share(linked, words),
        "in_order": share(heaviest_path([p for p, _ in path], [n for _, n in path]), words),
        "region": min(1.0, share(side.count(lambda i: first <= i < end), min(words, other.size()))),
        "outside": share(side.count(lambda i: side.linked[i] and not first <= i < end), linked),
        "opening": share(alike, sum(map(len, opening))),
        "together": together(side, other),
        "plain": share(sum(word in side.there for word in plain), len(plain), 0.5),
        "names": share(sum(word in side.there for word, _ in names), len(names), 0.5),
        "missing_numbers": (sum(missing) + 1) / (len(numbers) + 2),
        "replaced_names": replaced(side, other, Mark.NAME),
        "replaced_numbers": replaced(side, other, Mark.NUMBER),
        "quotes": share(sum(map(bool, quoted)), words),
        "patches": math.sqrt(share(sum(side.copied), words)) * (1.0 - most_linked),
        "kept": share(kept, side.count(side.own)),
        "kept_sentences": sum(shared),
        "words": words,
        "same": [w for w, _ in side.flat] == [w for w, _ in other.flat],
        "empty": (words == 0) != (other.size() == 0),
    }


def measured_pair(a: Words, b: Words, idf: Callable[[int], float]) -> dict[str, float]:
    """Twin of ``_evidence.measure`` for one pair of texts."""
    x, y = told(a), told(b)
    side, other = Beside(x, y, idf), Beside(y, x, idf)
    here, there = measured_side(side, other), measured_side(other, side)
    found = {}
    for measure in measures.MEASURES:
        both = float(here[measure.name]), float(there[measure.name])
        shorter = both[0] if side.size() < other.size() else both[1]
        found[measure.name] = {
            measures.Combine.GREATER: max(both),
            measures.Combine.LESSER: min(both),
            measures.Combine.MEAN: (both[0] + both[1]) / 2,
            measures.Combine.SHORTER: max(both) if side.size() == other.size() else shorter,
        }[measure.combine]
    found["same"] = float(found["same"] or [w for w, _ in a] == [w for w, _ in b])
    return found
