"""Naive twins of every kernel, in plain Python: slow, short and written apart from the fast ones.

A row is a list here, never a slice of a ragged array; integers are Python's own, cut to their
width by hand.
"""

from __future__ import annotations

import datetime
import math
import operator
import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from itertools import accumulate, combinations, groupby, pairwise, repeat
from typing import NamedTuple

import gists
import numpy as np
from datasketch import MinHash
from gists import total

from dedup.furniture.finding import insets
from dedup.furniture.leads import PHRASES
from dedup.furniture.rule import Rule, Scope
from dedup.furniture.rules import RULES
from dedup.packed import load_line
from dedup.text.marks import Mark
from dedup.text.sentences import WORDS, Token
from dedup.text.tokens import fold
from dedup.text.vocabulary import background, language_of, word_ids
from dedup.verdict import bounds, limits, measures

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


@cache
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
    """Fold one code point: compatible form, case folded, compatible form again; or nothing.

    What has several is one word, without blanks.
    """
    if character_class(char) == IGNORED:
        return ""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", char).casefold())
    return folded if len(folded) < 2 else folded.replace(" ", "")


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
    total = sum(ord(char) * pow(MIX_1, k % 64, WIDTH_64) for k, char in enumerate(word)) % WIDTH_64
    return (total ^ (total >> 32)) * MIX_2 % WIDTH_64 >> 32


def read_words(texts: Iterable[str]) -> list[list[int]]:
    """Twin of ``_words.read_words``: the ids of each text's words."""
    return [[word_id(word) for word in words(unwrapped(text))] for text in texts]


def shingle(first: int, second: int, third: int) -> int:
    mixed = (first * MIX_1 % WIDTH_64) ^ second
    mixed = ((mixed ^ (mixed >> 32)) * MIX_2 + third) % WIDTH_64
    mixed = (mixed ^ (mixed >> 29)) * MIX_1 % WIDTH_64
    return mixed >> 32


def shingle_hashes(row: Sequence[int]) -> list[int]:
    """Hash the word 3-shingles of one row."""
    if not row:
        return []
    padded = [*row, 0, 0][: max(3, len(row))]
    return [shingle(*padded[k : k + 3]) for k in range(len(padded) - 2)]


def signature(row: Sequence[int], num_perm: int, seed: int) -> list[int]:
    """Twin of ``_sketches.signatures`` for one row: datasketch's own, updated one by one."""
    sketch = MinHash(num_perm=num_perm, seed=seed, scheme="affine32", hashfunc=lambda h: h)
    for h in shingle_hashes(row):
        sketch.update(h)
    return [int(value) for value in sketch.hashvalues]


def bands_equal(a: Sequence[int], b: Sequence[int], bands: int, rows: int) -> list[bool]:
    """Tell which bands of two signatures hold the same values: their keys must agree there."""
    cuts = [slice(band * rows, (band + 1) * rows) for band in range(bands)]
    return [list(a[cut]) == list(b[cut]) for cut in cuts]


def bucket_pairs(keys: Sequence[int], all_pairs: int, leaders: int) -> set[tuple[int, int]]:
    """Twin of ``_sketches.bucket_pairs``: the pairs of one band's buckets, of large ones few."""
    buckets: dict[int, list[int]] = defaultdict(list)
    for row, key in enumerate(keys):
        buckets[key].append(row)
    found = set()
    for bucket in buckets.values():
        for (x, i), (_, j) in combinations(enumerate(bucket), 2):
            if len(bucket) <= all_pairs or x < leaders:
                found.add((i, j))
    return found


def candidate_pairs(bands: Sequence[Sequence[int]]) -> set[tuple[int, int]]:
    """Pairs of rows that share a key in a band, all of them."""
    n = len(bands[0]) if bands else 0
    return {(i, j) for i, j in combinations(range(n), 2) if any(k[i] == k[j] for k in bands)}


def shingle_overlap(
    rows: Sequence[Sequence[int]], pairs: Iterable[tuple[int, int]]
) -> list[list[int]]:
    """Twin of ``_sketches.shingle_overlap``: distinct shingles of i, of j and of both."""
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
    """Twin of ``_sketches.row_digests`` for one row."""
    low = (1 << 64) - 1
    first, second = 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53
    for k in range(0, len(values), 2):
        value = sum(one << 32 * place for place, one in enumerate(values[k : k + 2]))
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


# --- reading: hard wraps --------------------------------------------------------------------------

HYPHENED = re.compile(r"(?<=\S)([-\u2010\u00ad])([^\S\r\n]*(?:\r\n?|\n)[^\S\r\n]*)(?=\S)")


COMMAS = ",،、，"


class Line(NamedTuple):
    """A line that is not blank: its place, its length from the margin, blank lines before it."""

    start: int
    end: int
    length: int
    apart: bool
    text: str


def lines_of(text: str) -> list[Line]:
    found, at, apart = [], 0, False
    for line in re.split("(\r\n|\r|\n)", text):
        if line in ("\r\n", "\r", "\n"):
            pass
        elif line.strip():
            start, end = at + len(line) - len(line.lstrip()), at + len(line.rstrip())
            found.append(Line(start, end, end - at, apart, line.strip()))
            apart = False
        else:
            apart = True
        at += len(line)
    return found


def first_word(line: Line) -> int:
    if character_class(line.text[0]) == SINGLE:
        return 3
    return len(line.text.split()[0])


def goes_on(one: Line, other: Line) -> bool:
    """Tell whether a sentence seems to go on in the next line."""
    head = other.text[0]
    caseless = head.isalpha() and not (head.islower() or head.isupper() or head.istitle())
    stops = one.text[-1] in ".!?:;" + FULL_WIDTH
    counts = one.text[-1] in COMMAS and head.isdigit()
    return not other.apart and not stops and (head.islower() or caseless or counts)


def seems_ended(line: Line) -> bool:
    return re.search(f"[.!?:;{FULL_WIDTH}]([{re.escape(CLOSERS)}])?\\Z", line.text) is not None


def weight(one: Line, other: Line) -> int:
    """Weigh what a break says of the width: nothing where a sentence seems to end with it."""
    if goes_on(one, other):
        return 3
    return 0 if other.apart or seems_ended(one) else 1


Break = tuple[Line, Line, int]


def fullest(breaks: list[Break], sizes: list[int]) -> tuple[int, int]:
    """Find the width that explains the most weight of breaks, and that weight."""

    def explained(width: int) -> int:
        return sum(
            weighed
            for one, other, weighed in breaks
            if 20 <= one.length <= width <= min(one.length + first_word(other), 256)
        )

    best = max(map(explained, range(20, 257)))
    if not best:
        return 0, 0
    low = next(width for width in range(20, 257) if explained(width) == best)
    high = next(width for width in range(low, 258) if explained(width) != best)
    return max([low, *(size for size in sizes if low < size < high)]), best


def width(lines: Sequence[Line]) -> int:
    """Tell the width at which a text was wrapped, 0 for none; one width after the other."""
    breaks = [(one, other, weight(one, other)) for one, other in pairwise(lines)]
    within = [item for item in breaks if item[2] == 3]
    sizes = [line.length for line in lines if len(line.text.split()) > 1]
    sure = [other.text[0].islower() or other.text[0].isdigit() for _, other, _ in within]
    total = sum(weighed for k, (_, _, weighed) in enumerate(breaks) if k or weighed == 3)
    found, best = fullest(breaks, sizes)
    told = best >= 0.75 * total
    if not told:
        found, best = fullest(within, sizes)
        if best < 0.9 * sum(weighed for one, _, weighed in within if one.length >= 20):
            return 0
    longer = sum(size > found for size in sizes)
    if best >= 9 and sure:
        return found if longer <= (0.1 if told else 0.02) * len(sizes) else 0
    few = any(sure) and found >= 45
    beyond = told and found >= 100 and best >= 2
    return found if (few or beyond) and not longer else 0


def width_of(text: str) -> int:
    return width(lines_of(text))


def is_wrap(one: Line, other: Line, width: int) -> bool:
    columns = any(re.search(r"\t|\s{4}", line.text) for line in (one, other))
    prose = not columns and other.text[0] not in "*·•▪●■◦‣"
    if prose and not other.apart and one.length <= width <= one.length + first_word(other):
        return True
    if not goes_on(one, other):
        return False
    if prose and 0.6 * width <= one.length <= width:
        return True
    return other.text[0].islower() and 45 <= len(one.text) <= 100


@lru_cache(maxsize=8)
def unwrapped(text: str) -> str:
    """Read a text as if it had never been wrapped, character by character."""
    lines, chars = lines_of(text), list(text)
    of_text = width(lines)
    hyphens = {}
    for match in HYPHENED.finditer(text):
        before, behind = text[match.start() - 1], text[match.end()]
        if before.isalpha() and (behind.isalpha() if match[1] == "\u00ad" else behind.islower()):
            hyphens[match.start()] = match
    for one, other in pairwise(lines):
        if one.end - 1 not in hyphens and is_wrap(one, other, of_text):
            gap = text[one.end : other.start]
            sign = "\x1f" if seems_ended(one) and other.text[0] != "(" else " "
            chars[one.end : other.start] = [sign if c in "\r\n" else c for c in gap]
    for at, match in hyphens.items():
        joins = match[1] == "\u00ad" or parts_word(text, at, match)
        for k in range(at if joins else at + 1, match.end()):
            chars[k] = "\u00ad"
    return "".join(chars)


def parts_word(text: str, at: int, match: re.Match[str]) -> bool:
    """Tell whether a hyphen parts a word, by how rare that is."""
    before = re.search(r"[^\W\d_]*\Z", text[max(0, at - 40) : at])
    behind = re.match(r"[^\W\d_]*", text[match.end() : match.end() + 40])
    assert before
    assert behind
    one, other = fold(before[0]), fold(behind[0])
    if f"{one}-{other}" in fold(text):
        return False
    language = language_of(np.array([word_id(word) for word in words(text)], np.uint32))
    asked = [word_id(word) for word in (one, other, one + other)]
    idf_of = background(language).idf_of(np.array(asked, np.uint32)).tolist()
    return idf_of[2] <= max(idf_of[:2]) + 1.5


# --- reading: sentences, marks, page furniture --------------------------------------------------

LINE_BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
BORDERS = re.compile(f"[{LINE_BREAKS}\x1f]")
CLOSERS = "\"'”’»›)]}」』】）］"
FULL_WIDTH = "。！？｡؟۔।॥։።။"
STOP = re.compile(
    rf"(?P<stop>[.!?…{FULL_WIDTH}]++)(?P<close>[{re.escape(CLOSERS)}]*+)(?P<gap>\s*+)(?=\S)"
)
NEXT = re.compile(r"[\"'“‘«‹(\[{¿¡„「『【（［—–\-•*\s]*([^\W_]+(?:[’'][a-z]+)?)")
SPEECH = re.compile(
    rf"(?:[A-Z][\w.’'-]*\s+){{1,4}}(?:{'|'.join(sorted(WORDS[Token.SPEECH].split()))})\b"
)
PROSE_END = '.!:;,…"”’—'
Span = tuple[int, int]


KNOWN = {flag: frozenset(known.split()) for flag, known in WORDS.items()}


def knows(flag: int, word: str) -> bool:
    return word in KNOWN[flag]


def paragraphs(text: str) -> list[Span]:
    """Find the lines, white space at both ends cut off."""
    lines = list(re.finditer(r"[^\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]+", text))
    found = [(m.end() - len(m[0].lstrip()), m.start() + len(m[0].rstrip())) for m in lines]
    return [(start, end) for start, end in found if start < end]


@lru_cache(maxsize=8)
def sentences(text: str) -> list[Span]:
    """Cut a text into sentences, paragraph by paragraph."""
    found = []
    for start, end in paragraphs(text):
        begin = start
        for match in STOP.finditer(text, start, end):
            if not ends_sentence(text, begin, match, start, end):
                continue
            quotes = text.count('"', begin, match.start("close"))
            opens = match["close"] == '"' and not match["gap"] and quotes % 2 == 0
            found.append((begin, match.end("stop") if opens else match.end("close")))
            begin = match.end("stop") if opens else match.end()
        found.append((begin, end))
    return found


def token_before(text: str, stop: int) -> str:
    return re.split(r"[\s\"“”‘(\[{«—–/]", text[max(0, stop - 40) : stop])[-1]


def follows(text: str, after: int, end: int, flag: int) -> bool:
    match = NEXT.match(text, after, min(end, after + 40))
    return bool(match) and knows(flag, match[1].lower().replace("’", "'"))


def begins_line(text: str, at: int, line: int) -> bool:
    """Tell whether a token heads its line, or one that perhaps was a paragraph's first."""
    return at == line or text[at - 1] == "\x1f"


def ends_sentence(text: str, begin: int, match: re.Match[str], line: int, end: int) -> bool:
    stop, close, gap = match.group("stop", "close", "gap")
    at, after = match.start(), match.end()
    following = text[after]
    if stop[-1] in FULL_WIDTH:
        return True
    if not gap:
        return glued_ends(text, at, after, end)
    if text.startswith(("pic.twitter.com/", "http://", "https://"), after):
        return True
    brand = (
        text[after + 1 : after + 2].isupper() and text[after + 2 : min(end, after + 3)].islower()
    )
    if following.islower() and not brand:
        return False
    if following in ",;:%…" or (following == stop == "."):
        return False
    if close and stop[-1] in "!?" and SPEECH.match(text, after, end):
        return False
    if stop == ".":
        word = token_before(text[begin:at], at - begin).lstrip("'’-")
        return period_ends(
            text, word, begins_line(text, at - len(word), line), after, end, bool(close)
        )
    if close or not set(stop) <= {".", "…"} or not text[max(0, at - 1) : at].isspace():
        return True
    return follows(text, after, end, Token.STARTER)


def glued_ends(text: str, stop: int, after: int, end: int) -> bool:
    if text[stop] == "…" or not text[after].isupper():
        return text[after].isupper()
    before = token_before(text, stop)
    if not text[after + 1 : min(end, after + 2)].islower() or re.search(r"[/@.:]|www", before):
        return False
    if re.compile(r"[\w’'-]*(?:[.@/]\w|>)").match(text, after, end):
        return False
    before = before.rstrip(CLOSERS)
    return len(before) > 2 and before[-2:].islower() and not knows(Token.TITLE, before.lower())


def period_ends(text: str, word: str, heads_line: bool, after: int, end: int, closed: bool) -> bool:
    lower = word.lower()
    if not word or (closed and not knows(Token.TITLE, lower)):
        return True
    if heads_line and len(word) <= 3 and word.isdigit():
        return False
    if len(word) <= 2 and word.isdigit() and follows(text, after, end, Token.BEHIND_ORDINAL):
        return False
    capital, plain = word[0].isupper(), knows(Token.PLAIN, lower)
    if len(word) == 1 and word.isalpha() and capital and word != "I":
        return False
    if knows(Token.TITLE, lower) and not plain and (capital or knows(Token.VERSUS, lower)):
        return False
    if knows(Token.BEFORE_NUMBER, lower) and (capital or knows(Token.ALSO_LOWER, lower)):
        starts = plain or follows(text, after, end, Token.STARTER)
        return not text[after].isdigit() and starts
    if knows(Token.SOMETIMES, lower) or re.fullmatch(r"(?:[a-z]\.)+[a-z]", lower):
        alone = plain and (word.islower() or word.isupper())
        return alone or text[after] in '“"‘•' or follows(text, after, end, Token.STARTER)
    return True


@lru_cache(maxsize=8)
def word_spans(text: str) -> list[Span]:
    """Find where each word of a text stands."""
    shape = "".join(map(character_class, text))
    return [match.span() for match in re.finditer("s[mi]*|a[ami]*", shape)]


QUOTATION = re.compile(r"“[^”\n]*|„[^“”\n]*[“”]?|«[^»\n]*|(?<![^\s(\[—–-])\"(?=\S)[^\"\n]*")
NUMBER_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    " fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy"
    " eighty ninety hundred thousand million billion trillion dozen half"
).split()


def words_of(spans: Sequence[Span], sentence: Span) -> list[int]:
    first, last = (bisect_left(spans, (edge, edge)) for edge in sentence)
    return list(range(first, last))


def marks(text: str) -> list[int]:
    """Mark each word: number 1, name 2, quoted 4, furniture 8, first of its sentence 16."""
    spans, cut = word_spans(text), sentences(text)
    found = [0] * len(spans)
    quoted = [range(*match.span()) for match in QUOTATION.finditer(text)]
    for k, (start, end) in enumerate(spans):
        word = text[start:end]
        number = any(map(str.isdigit, word)) or "".join(words(word)) in NUMBER_WORDS
        found[k] = number + 4 * any(start in quotation for quotation in quoted)
    for sentence, flag in zip(cut, furniture(text), strict=True):
        own = words_of(spans, sentence)
        capitals = sum(text[spans[k][0]].isupper() for k in own)
        for k in own:
            start, end = spans[k]
            before = text[max(0, start - 1) : start]
            free = k != own[0] and capitals < 0.7 * len(own) and before not in [*"“\"‘'«„"]
            found[k] += 2 * (free and text[start].isupper() and end - start >= 3)
            found[k] += 8 * flag + 16 * (k == own[0])
    for low, high in insets(text, *zip(*spans, strict=True)) if spans else ():
        found[low:high] = [mark | 8 for mark in found[low:high]]
    return found


def blocks(text: str, cut: Sequence[Span]) -> list[list[int]]:
    """Group the numbers of sentences by paragraph: a line break lies between two."""
    breaks = [bool(BORDERS.search(text[a[1] : b[0]])) for a, b in pairwise(cut)]
    number = [sum(breaks[:k]) for k in range(len(cut))]
    return [list(group) for _, group in groupby(range(len(cut)), number.__getitem__)]


class Sheet:
    """A text cut for rules: sentences, paragraphs, words, and which sentences are flagged."""

    def __init__(self, text: str) -> None:
        self.text, self.cut, self.spans = text, sentences(text), word_spans(text)
        self.groups = blocks(text, self.cut)
        self.own = [words_of(self.spans, sentence) for sentence in self.cut]
        self.spelled = ["".join(words(text[start:end])) for start, end in self.spans]
        self.flags = [False] * len(self.cut)

    def size(self, group: Iterable[int]) -> int:
        return sum(len(self.own[number]) for number in group)

    def line(self, group: Sequence[int]) -> str:
        return self.text[self.cut[group[0]][0] : self.cut[group[-1]][1]]

    def flag(self, group: Iterable[int]) -> None:
        for number in group:
            self.flags[number] = True

    def flag_all_but_story(self, group: Sequence[int], instead: int) -> None:
        """Flag a paragraph; one of its sentences where it holds nearly all of the text."""
        holds_story = len(group) > 1 and self.size(group) >= 0.9 * len(self.spans)
        self.flag([instead] if holds_story else group)

    def match(self, group: Sequence[int], scopes: set[Scope]) -> Rule | None:
        """Find the first rule that sentences match."""
        there = [k for number in group for k in self.own[number]]
        line = self.line(group)
        if not there or line[0] in "\"'“‘«„「":
            return None
        stop = self.cut[group[-1]][1]
        for rule in rules_for([self.spelled[k] for k in there], line[-1], scopes):
            whole = rule.scope in (Scope.LINE, Scope.LIST)
            if whole and len(line) > 400:
                continue
            if rule.compiled.match(self.text, self.spans[there[0]][0], stop):
                return rule
        return None


def rules_for(own: Sequence[str], last: str, scopes: set[Scope]) -> Iterator[Rule]:
    """List the rules to try on a stretch with these words, in the order in which they are tried."""
    rules = [rule for rule in RULES if rule.scope in scopes]
    head, tail, pair = own[0], own[-1], "-".join(own[:2]) if len(own) > 1 else "-"
    yield from (rule for rule in rules if head in rule.first.split())
    yield from (rule for rule in rules if tail in rule.last.split())
    yield from (rule for rule in rules if pair in rule.first.split())
    yield from (rule for rule in rules if head.isdecimal() and "0" in rule.first.split())
    yield from (rule for rule in rules if tail.isdecimal() and "0" in rule.last.split())
    yield from (rule for rule in rules if last == ")" and ")" in rule.last.split())


def flag_by_rule(sheet: Sheet) -> None:
    for place, group in enumerate(sheet.groups):
        rule = sheet.match(group, {*Scope} - {Scope.SENTENCE})
        if rule is None or (rule.like_headline and place == 0):
            sheet.flag(n for n in group if sheet.match([n], {Scope.SENTENCE}))
            continue
        if rule.scope is Scope.BLOCK:
            sheet.flag_all_but_story(group, group[0])
        else:
            sheet.flag(group)
        for later in sheet.groups[place + 1 : place + 13] if rule.scope is Scope.LIST else ():
            if sheet.size(later) > 20 or sheet.line(later)[-1] in PROSE_END:
                break
            sheet.flag(later)


def flag_by_shape(sheet: Sheet) -> None:
    prose, run = False, list[int]()
    for place, group in enumerate(sheet.groups):
        line, size = sheet.line(group), sheet.size(group)
        entry = len(group) == 1 and 0 < size <= 4 and line[0].isupper() and line[-1].isalpha()
        run = [*run, group[0]] if entry else []
        sheet.flag(run if len(run) >= 5 else ())
        ends = line[-1] in PROSE_END
        if prose and not ends and place >= 3 and 6 <= size <= 20 and line.isupper():
            sheet.flag(group)
        prose = ends


def flag_by_letters(sheet: Sheet) -> None:
    seen = set[str]()
    for group in sheet.groups:
        for number in group:
            (start, stop), own = sheet.cut[number], sheet.own[number]
            if any(sheet.text.startswith(PHRASES, at) for at in range(start, stop)):
                sheet.flag_all_but_story(group, number)
            sentence = sheet.text[start:stop]
            again = len(own) >= 12 and sentence in seen
            sheet.flag([number] if again or not own else ())
            seen.add(sentence)


@lru_cache(maxsize=8)
def furniture(text: str) -> list[bool]:
    """Tell which sentences are page furniture, every rule asked of every sentence."""
    sheet = Sheet(text)
    flag_by_rule(sheet)
    flag_by_shape(sheet)
    flag_by_letters(sheet)
    spans = sheet.spans
    inset = (
        {k for pair in insets(text, *zip(*spans, strict=True)) for k in range(*pair)}
        if spans
        else set()
    )
    for number, own in enumerate(sheet.own):
        covered = len(inset.intersection(own))
        sheet.flag([number] if covered and 2 * covered >= len(own) else ())
    return [False] * len(sheet.flags) if all(sheet.flags) else sheet.flags


# --- The verdict's evidence ----------------------------------------------------------------------

Words = list[tuple[int, int]]
"""Ids and marks of words."""
Idf = Callable[[int], float]
"""How rare a word is in the language of a text."""


def told(text: Words) -> list[Words]:
    """Cut a text into sentences, its furniture put aside unless it is nothing else.

    Long ones are cut into equal parts, and capitals are no names where they are many.
    """
    sentences: list[Words] = [[]]
    for word, marks in text:
        if marks & Mark.SENTENCE:
            sentences.append([])
        sentences[-1].append((word, marks))
    kept = [[one for one in sentence if not one[1] & Mark.FURNITURE] for sentence in sentences]
    whole = [sentence for sentence in (kept if any(kept) else sentences) if sentence]
    words = [marks for sentence in whole for _, marks in sentence]
    named = sum(bool(marks & Mark.NAME) for marks in words)
    no_names = ~Mark.NAME if named > bounds.MOST_NAMES * len(words) else -1
    cut = []
    for sentence in whole:
        size, parts = len(sentence), -(-len(sentence) // bounds.LONGEST_SENTENCE)
        edges = [part * size // parts for part in range(parts + 1)]
        cut += [sentence[start:end] for start, end in pairwise(edges)]
    return [[(word, marks & no_names) for word, marks in sentence] for sentence in cut]


class Beside:
    """One text beside another: what the measures of :mod:`dedup.verdict.measures` are made of."""

    def __init__(self, x: list[Words], y: list[Words], idf: Idf, idf_there: Idf) -> None:
        self.x, self.y, self.idf = x, y, idf
        self.flat = [one for sentence in x for one in sentence]
        words_there = [word for sentence in y for word, _ in sentence]
        self.there = set(words_there)
        self.sets = [{word for word, _ in sentence} for sentence in x]
        sets_there = [{word for word, _ in sentence} for sentence in y]
        spread = Counter(word for one in self.sets for word in one)
        spread |= Counter(word for one in sets_there for word in one)  # the greater count
        longer = max(len(x), len(y))
        heard = {word for one in self.sets for word in one}
        both = {w: [idf(w)] * (w in heard) + [idf_there(w)] * (w in self.there) for w in spread}
        weights = {w: max(both[w]) * math.log1p(longer / n) for w, n in spread.items()}
        weigh = {w: weight * weight for w, weight in weights.items()}
        self.sets_there, self.partner, self.similarity = sets_there, [], []
        norms, norms_there = (
            [total(weigh[w] for w in sorted(one)) for one in sets]
            for sets in (self.sets, sets_there)
        )
        for here, norm in zip(self.sets, norms, strict=True):
            found = []
            for there, norm_there in zip(sets_there, norms_there, strict=True):
                shared = sorted(w for w in here & there if spread[w] <= bounds.MOST_SENTENCES)
                size = math.sqrt(max(norm * norm_there, bounds.TINY))
                found.append(total(weigh[w] for w in shared) / size)
            self.similarity.append(max(found, default=0.0))
            self.partner.append(found.index(max(found)) if max(found, default=0) else -1)
        self.linked = [value >= bounds.LINKED for value in self.similarity]
        self.region = dense_stretch([len(one) for one in x], self.linked)
        grams = {tuple(run) for run in runs(words_there)}
        hits = [tuple(run) in grams for run in runs([word for word, _ in self.flat])]
        back = bounds.RUN - 1
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
        return not set_apart and self.idf(word) >= bounds.CONTENT

    @cached_property
    def plain(self) -> set[int]:
        return {w for w, m in self.flat if self.is_plain(w, m)}

    def details(self) -> list[int]:
        """List the plain content words that stand there just once."""
        times = Counter(word for word, _ in self.flat)
        return [
            word for word, marks in self.flat if times[word] == 1 and self.is_plain(word, marks)
        ]

    def rest(self, i: int) -> bool:
        """Tell whether a sentence is own prose that is not copied for the most part."""
        return self.own(i) and self.copied_in(i) < bounds.SHARED * len(self.x[i])

    def quoted_in(self, i: int, copied: bool) -> int:
        start = sum(map(len, self.x[:i]))
        flags = self.copied[start : start + len(self.x[i])]
        both = zip(flags, self.x[i], strict=True)
        return sum(bool(m & Mark.QUOTED) and (hit or not copied) for hit, (_, m) in both)

    def distinct(self) -> list[tuple[int, int, int]]:
        """List the distinct words, ascending, with how often they stand there and all marks."""
        times = Counter(word for word, _ in self.flat)
        marks: Counter[int] = Counter()
        for word, mark in self.flat:
            marks[word] |= mark
        return [(word, times[word], marks[word]) for word in sorted(times)]


def share(part: float, whole: float, default: float = 0.0) -> float:
    return part / whole if whole else default


def runs(words: list[int]) -> list[list[int]]:
    return [words[k : k + bounds.RUN] for k in range(len(words) - bounds.RUN + 1)]


def dense_stretch(sizes: list[int], linked: list[bool]) -> tuple[int, int]:
    """Find the stretch in which linked words most outweigh others, by trying every one."""
    worth = [n * (link - bounds.DENSE) for n, link in zip(sizes, linked, strict=True)]
    sums = [(s, accumulate(worth[s:])) for s in range(len(worth))]
    best = max(
        ((value, -e, s) for s, found in sums for e, value in enumerate(found, s + 1)),
        default=(0.0, 0, 0),
    )
    return (best[2], -best[1]) if best[0] > 0 else (0, 0)


def heaviest_path(partners: list[int], weights: list[int]) -> int:
    """Weigh the heaviest subsequence of partners that does not go back."""
    ends: list[int] = []
    for k, (partner, weight) in enumerate(zip(partners, weights, strict=True)):
        before = [end for end, one in zip(ends, partners[:k], strict=True) if one <= partner]
        ends.append(weight + max(before, default=0))
    return max(ends, default=0)


def drawn(part: float, whole: float) -> float:
    return (part + 1) / (whole + 2)


def steps(here: list[int], there: list[int], other: Beside) -> list[int]:
    """Give the steps, in the other text, from one to the next of the words listed in both."""
    places = {word: place for place, (word, _) in enumerate(other.flat)}
    both = [places[word] for word in here if word in set(there)]
    return [b - a for a, b in pairwise(both)]


def alike(side: Beside, sentences: Iterable[int]) -> float:
    own = [i for i in sentences if side.rest(i)]
    words = sum(len(side.x[i]) for i in own)
    return total([8.0, *(len(side.x[i]) * side.similarity[i] for i in own)]) / (words + 32)


def lead(side: Beside) -> float:
    starts = [sum(map(len, side.x[:i])) for i in range(len(side.x))]
    both = [said(side, i) for i, start in enumerate(starts) if start < bounds.LEAD]
    return total([5.0, *(found for _, found in both)]) / total([20.0, *(one for one, _ in both)])


def core(worth: Iterable[float]) -> float:
    """Give the logarithm of the greatest sum in a row."""
    here = greatest = 0.0
    for value in worth:
        here = max(0.0, here + value)
        greatest = max(greatest, here)
    return math.log1p(greatest)


def said(side: Beside, i: int) -> tuple[float, float]:
    """Weigh the plain words of a sentence, and those that its counterpart has."""
    sayable, found = 0.0, 0.0
    for word in sorted(side.sets[i] & side.plain):
        weight = min(side.idf(word), bounds.HEAVIEST)
        sayable += weight
        near = [steps for steps in (0, 1) if side.near(word, i, steps)]
        found += weight * (2 - near[0]) / 2 if near else 0.0
    return sayable, found


def echo(side: Beside, i: int) -> float:
    """Weigh the plain words that a sentence and its counterpart share."""
    shared = [w for w in sorted(side.sets[i] & side.plain) if side.near(w, i, 0)]
    return total(min(side.idf(word), bounds.HEAVIEST) for word in shared)


def front(side: Beside, other: Beside) -> float:
    fronts, begun = set(), 0
    for sentence in other.x:
        fronts |= {word for word, _ in sentence} if begun < bounds.FRONT else set()
        begun += len(sentence)
    plain = [w for w, m in side.flat[: bounds.FRONT] if side.is_plain(w, m)]
    return (sum(word in fronts for word in plain) + 2) / (len(plain) + 8)


def longest_run(side: Beside, words_there: list[int]) -> int:
    """Find the longest stretch of shared runs, each a word on, that ends outside quotations."""
    grams = {tuple(run) for run in runs(words_there)}
    longest = here = 0
    for k, run in enumerate(runs([word for word, _ in side.flat])):
        here = here + 1 if tuple(run) in grams else 0
        if here and not side.flat[k + bounds.RUN - 1][1] & Mark.QUOTED:
            longest = max(longest, here + bounds.RUN - 1)
    return longest


def prose(side: Beside) -> dict[str, float]:
    """Twin of ``_prose``: what the words of copied runs and of linked sentences are."""
    fact = Mark.NAME | Mark.NUMBER
    copied = [
        (word, marks & fact)
        for (word, marks), is_copied in zip(side.flat, side.copied, strict=True)
        if is_copied and not marks & Mark.QUOTED
    ]
    content = [w for w, is_fact in copied if not is_fact and side.idf(w) >= bounds.CONTENT]
    linked = [one for i, sentence in enumerate(side.x) if side.linked[i] for one in sentence]
    return {
        "copied_content": math.log1p(len(content)),
        "copied_facts": drawn(sum(bool(is_fact) for _, is_fact in copied), len(copied)),
        "function_words": drawn(sum(side.idf(w) < bounds.CONTENT for w, _ in linked), len(linked)),
        "linked_names": drawn(sum(bool(m & Mark.NAME) for _, m in linked), len(linked)),
    }


def subject(side: Beside) -> float:
    weighed, there = [4.0], [2.0]
    for word, times, marks in side.distinct():
        if side.idf(word) >= bounds.RARE and times > 1 and not marks & Mark.NUMBER:
            weight = side.idf(word) * math.log(times)
            weighed.append(weight)
            there.append(weight if word in side.there else 0.0)
    return total(there) / total(weighed)


def replaced(side: Beside, other: Beside, mark: int) -> float:
    words = side.count(
        lambda i: side.linked[i] and side.lacks(i, mark) and other.lacks(side.partner[i], mark)
    )
    return share(words, side.size())


def kinds(side: Beside) -> dict[str, dict[int, int]]:
    """List the distinct words of each kind with the place where each first stands."""
    first = {word: place for place, (word, _) in reversed(list(enumerate(side.flat)))}
    found: dict[str, dict[int, int]] = {name: {} for name in bounds.KIND_NAMES}
    for word, _, marks in side.distinct():
        fact, number = marks & (Mark.NAME | Mark.NUMBER), marks & Mark.NUMBER
        rare, content = (side.idf(word) >= least for least in (bounds.RARE, bounds.CONTENT))
        told = {"fact": fact, "rare": rare or number, "content": content or fact}
        for name in (name for name, holds in told.items() if holds):
            found[name][word] = first[word]
    return found


def longest_rise(places: Sequence[int]) -> int:
    """Give the length of the longest increasing subsequence, in quadratic time."""
    ends: list[int] = []
    for k, place in enumerate(places):
        ends.append(1 + max((ends[j] for j in range(k) if places[j] < place), default=0))
    return max(ends, default=0)


def next_ones(side: Beside, kind: dict[int, int]) -> dict[int, int]:
    """Name the word of the kind that comes next behind where each first stands."""
    found = {}
    for word, place in kind.items():
        behind = (later for later, _ in side.flat[place + 1 :] if later in kind)
        found[word] = next(behind, -1)
    return found


def orders(side: Beside, other: Beside) -> dict[str, float]:
    """Twin of ``_orders``: chains of every kind, and the neighbours of content words."""
    found, kinds_here, kinds_there = {}, kinds(side), kinds(other)
    for name in bounds.KIND_NAMES:
        here, there = kinds_here[name], kinds_there[name]
        both = sorted(here.keys() & there.keys(), key=here.__getitem__)
        chain = longest_rise([there[word] for word in both])
        found[f"{name}_chain"] = (chain + 1) / (len(here) + 4)
        found[f"{name}_chain_length"] = math.log1p(chain)
        found[f"{name}_chain_order"] = (chain + 1) / (len(both) + 2)
        if name == "content":
            nexts = next_ones(side, here), next_ones(other, there)
            neighbours = sum(nexts[0][word] == nexts[1][word] >= 0 for word in both)
            found["neighbours"] = (neighbours + 1) / (len(here) + 4)
            found["neighbours_count"] = math.log1p(neighbours)
    return {name: value for name, value in found.items() if name in measures.COLUMNS}


def masses(side: Beside, other: Beside) -> dict[str, float]:
    """Twin of what ``_words`` weighs of facts, rare words and the lead."""
    there = {word: marks for word, _, marks in other.distinct()}

    def mass(mark: int) -> float:
        both = [w for w, _, m in side.distinct() if w in there and m & there[w] & mark]
        return math.log1p(total(min(side.idf(w), other.idf(w)) for w in both))

    def weight(words: list[int], drawn_to: float) -> float:
        shared = [side.idf(w) if w in side.there else 0.0 for w in words]
        return total([drawn_to, *shared]) / total([8.0, *map(side.idf, words)])

    marks_of = {word: marks for word, _, marks in side.distinct()}
    facts = [w for w, m in marks_of.items() if m & (Mark.NUMBER | Mark.NAME)]
    begun = dict.fromkeys(word for word, _ in side.flat[: bounds.LEAD])
    rare = [w for w in marks_of if w in there and side.idf(w) >= bounds.VERY_RARE]
    return {
        "fact_mass": mass(Mark.NUMBER | Mark.NAME),
        "number_mass": mass(Mark.NUMBER),
        "rare_count": math.log1p(len(rare)),
        "fact_weight": weight(facts, 4.0),
        "lead_facts": weight([w for w in begun if w in set(facts)], 4.0),
        "lead_words": weight([w for w in begun if side.idf(w) >= bounds.CONTENT], 2.0),
    }


@cache
def date_words() -> tuple[dict[int, int], dict[int, int], dict[int, str]]:
    """Give the words of months, of days, and those that stand about them, by id."""
    common = load_line("facts", "common")
    months = {word_id(name): number for name, number in common["months"].items()}
    forms = [f"{day}{end}" for end in ("", *bounds.ORDINALS) for day in range(1, 32)]
    forms += [f"{day:02}" for day in range(1, 10)]
    for zero in common["zeros"].split():
        digits = {ord("0") + k: ord(zero) + k for k in range(10)}
        forms += [f"{day:0{width}}".translate(digits) for day in range(1, 32) for width in (1, 2)]
    days = {word_id(form): int("".join(filter(str.isdecimal, form))) for form in forms}
    kinds = {"fillers": "-", "month_ahead": "<", "day_ahead": ".", "month_behind": ">"}
    signs = {word_id(form): kinds[name] for name in kinds for form in common[name].split()}
    return months, days, signs


def dated(text: Words) -> tuple[int, int, int]:
    """Give the date that a text opens with as days of a year of long months, and its place.

    With them, how many words that are no furniture stand up to its end.
    """
    months, days, signs = date_words()
    told = [
        f"m{months[word]}" if word in months else f"{days.get(word, signs.get(word, '?'))}"
        for word, _ in text[: bounds.OPENING_WORDS]
    ]
    number, month = r"(?<!\S)(\d+)", r"([1-9]|1[0-2])"
    shapes = (
        rf"{number} (?:- )*m(\d+)(?!\S)",
        r"m(?P<month>\d+) (\d+)(?!\S)",
        rf"(?<!\S){month} < (\d+) \.",
        rf"{number} > {month}(?!\S)",
    )
    written = " ".join(told)
    found = [
        (match.end(), k, match) for k, s in enumerate(shapes) for match in re.finditer(s, written)
    ]
    if not found:
        return 0, 0, 0
    end, shape, match = min(found, key=lambda one: one[:2])
    read = text[: len(written[:end].split())]
    own = sum(not marks & Mark.FURNITURE for _, marks in read)
    day, of = (int(part) for part in match.groups()[:: -1 if shape in (1, 2) else 1])
    return 32 * of + day, 1 + text[0][0] if match.start() else 0, own


def openings(a: Words, b: Words) -> dict[str, float]:
    """Twin of ``_dates``."""
    (day, place, _), (day_there, place_there, _) = dated(a), dated(b)
    apart = abs(day - day_there) if day and day_there else 0
    return {
        "days_apart": float(min(apart, 12 * 32 - apart, bounds.MOST_DAYS)),
        "elsewhere": float(0 not in (place, place_there) and place != place_there),
    }


@cache
def numerals() -> tuple[dict[int, str], dict[int, int], dict[int, int], dict[int, int]]:
    """Give by id the words of digits, the numbers that are spelt out, and the powers of ten, of
    words of their own and of those that are written to digits.
    """
    digits = [
        f"{n:0{size}}" for size in range(1, bounds.LONGEST_NUMBER + 1) for n in range(10**size)
    ]
    powers = load_line("facts", "common")["powers"]
    joined = {n + s: (n, e) for n in digits if len(n) < 4 for s, e in bounds.GLUED.items()}
    return (
        dict(zip(word_ids(digits).tolist(), digits, strict=True))
        | {word_id(word): number for word, (number, _) in joined.items()},
        {word_id(word): value for word, value in bounds.SPELT.items()},
        {word_id(word): power for word, power in powers.items()},
        {word_id(word): power for word, (_, power) in joined.items()},
    )


def bare(text: Words) -> Words:
    """Put the furniture aside unless a text is nothing else, and leave all marks as they are."""
    return [one for one in text if not one[1] & Mark.FURNITURE] or text


def amounts_of(text: Words) -> dict[tuple[int, int], int]:
    """Read the amounts of a text, value and power of ten, and where each stands first.

    A number that cannot be read has the power -1000.
    """
    digits, spelt, powers, ends = numerals()
    found: dict[tuple[int, int], int] = {}
    words = [word for word, _ in text]
    inside = [not marks & Mark.SENTENCE for _, marks in text]

    def size(at: int) -> int:
        return len(digits.get(words[at], "")) if at < len(words) and inside[at] else 0

    k = 0
    while k < len(words):
        begun, value, power = k, 1, 0
        word = words[k]
        if not text[k][1] & Mark.NUMBER:
            k += 1
            continue
        if word in digits:
            read, k = digits[word], k + 1
            is_grouped = len(read) <= 3
            while is_grouped and words[k - 1] not in ends and size(k) == 3 and int(read) < 10**9:
                read, k = read + digits[words[k]], k + 1
            if words[k - 1] not in ends and 1 <= size(k) <= 2:
                read, power, k = read + digits[words[k]], -len(digits[words[k]]), k + 1
            value, power = int(read), power + ends.get(words[k - 1], 0)
        elif word in spelt:
            value, k = spelt[word], k + 1
            if value >= 20 and k < len(words) and 0 <= spelt.get(words[k], 10) < 10:
                value, k = value + spelt[words[k]], k + 1
        elif word not in powers:
            found.setdefault((word, -1000), begun)
            k += 1
            continue
        last = k + 6
        while k < min(last, len(words)) and words[k] in powers:
            power, k = power + powers[words[k]], k + 1
        while value and value % 10 == 0:
            value, power = value // 10, power + 1
        found.setdefault((value, power), begun)
    return found


def lacking(here: Words, there: Words, head: int, idf: Idf) -> dict[str, float]:
    """Twin of ``_amounts`` and ``_lacking``."""
    mine, others = amounts_of(here), amounts_of(there)
    heard = {word for word, _ in there}
    marked: dict[int, int] = defaultdict(int)
    for word, marks in here:
        marked[word] |= marks

    def is_name(word: int, marks: int) -> bool:
        return bool(marks & Mark.NAME and not marks & Mark.NUMBER and idf(word) >= bounds.NAMED)

    def weighed(words: list[int]) -> tuple[float, float]:
        whole, left = total(map(idf, words)), total(idf(w) for w in words if w not in heard)
        return (whole - left + 3.0) / (whole + 9.0), math.log1p(left)

    ids = sorted(marked)
    names = [word for word in ids if is_name(word, marked[word])]
    rare = [
        word
        for word in ids
        if idf(word) >= bounds.RARE and not marked[word] & (Mark.NAME | Mark.NUMBER)
    ]
    both = [amount for amount in mine if amount in others]
    first = [word for word, marks in here[head : head + bounds.HEAD] if is_name(word, marks)]
    of_head = [a in others for a, at in mine.items() if head <= at < head + bounds.HEAD]
    of_head += [word in heard for word in first]
    begun = [word in heard for word in first[: bounds.HEAD_NAMES]]
    fades = accumulate(repeat(bounds.FADES, bounds.HEAD - 1), operator.mul, initial=1.0)
    opening = [
        (word, min(idf(word), bounds.HEAVIEST) * part)
        for (word, marks), part in zip(here[head : head + bounds.HEAD], fades, strict=False)
        if idf(word) >= bounds.NAMED and not marks & Mark.NUMBER
    ]
    rarest = [float(word in heard) for word, _ in opening if idf(word) >= bounds.RARE]
    return {
        "amounts_lacking": math.log1p(len(mine) - len(both)),
        "head_facts": drawn(sum(of_head), len(of_head)),
        "head_names": (sum(begun) + 0.5) / (len(begun) + 1.0),
        "first_words": total([1.5, *(weight for word, weight in opening if word in heard)])
        / total([3.0, *(weight for _, weight in opening)]),
        "first_rare": [*rarest, 0.5][0],
        **dict(zip(("name_weight", "names_lacking"), weighed(names), strict=True)),
        **dict(zip(("rare_weight", "rare_lacking"), weighed(rare), strict=True)),
    }


def stretches(here: Words, there: Words, idf: Idf, idf_there: Idf) -> dict[str, float]:
    """Twin of ``_stretches``: the heaviest run of words, those that both have less the others."""

    def weighed(words: Words, known: Idf) -> tuple[list[tuple[int, float]], ...]:
        marked: dict[int, int] = defaultdict(int)
        for word, marks in words:
            marked[word] |= marks
        kinds = ((bounds.NAMED, Mark.NAME | Mark.NUMBER), (bounds.CONTENT, 0))
        return tuple(
            [
                (word, min(known(word), bounds.HEAVIEST))
                for word, marks in marked.items()
                if known(word) >= least and (marks & wanted or not wanted)
            ]
            for least, wanted in kinds
        )

    def share_of(kind: int, lacking: float, drawn_to: float) -> float:
        gains = [w if word in heard else -lacking * w for word, w in mine[kind]]
        sums = list(accumulate(gains, lambda run, gain: max(0.0, run + gain), initial=0.0))
        fewer = min(total(w for _, w in side[kind]) for side in (mine, others))
        return min(1.0, (max(sums) + drawn_to) / (fewer + 3 * drawn_to))

    mine, others = weighed(here, idf), weighed(there, idf_there)
    heard = {word for word, _ in there}
    return {
        "fact_stretch": share_of(0, bounds.LACKING_FACT, 3.0),
        "content_stretch": share_of(1, bounds.LACKING_CONTENT, 6.0),
    }


def measured_side(side: Beside, other: Beside) -> dict[str, float]:
    """Twin of the functions of ``_measures``: what one text has in common with the other."""
    words, linked = side.size(), side.count(lambda i: side.linked[i])
    first, end = side.region
    every = range(len(side.x))
    rest = [i for i in every if side.rest(i)]
    plain = [w for w, m in side.flat if side.is_plain(w, m)]
    names, numbers = side.of_region(Mark.NAME), side.of_region(Mark.NUMBER)
    opening = side.x[: bounds.OPENING]
    likeness = total(len(one) * s for one, s in zip(opening, side.similarity, strict=False))
    path = [(side.partner[i], len(one)) for i, one in enumerate(side.x) if side.linked[i]]
    news = [
        word not in side.there
        for word, marks in side.flat[: bounds.LEAD]
        if side.idf(word) >= bounds.RARE or marks & Mark.NUMBER
    ]
    detail = steps(side.details(), other.details(), other)
    most = min(bounds.CLOSE, other.size() // bounds.PART_OF_TEXT)
    kept = side.count(
        lambda i: side.own(i) and side.copied_in(i) >= bounds.NEAR_VERBATIM * len(side.x[i])
    )
    shared = [
        len(one) >= bounds.SHARED_WORDS and side.copied_in(i) >= bounds.SHARED * len(one)
        for i, one in enumerate(side.x)
        if side.own(i)
    ]
    changed = [i for i in every if side.copied_in(i) < bounds.NEAR_VERBATIM * len(side.x[i])]
    own = sum(len(side.x[i]) - side.quoted_in(i, copied=False) for i in changed)
    patched = sum(side.copied_in(i) - side.quoted_in(i, copied=True) for i in changed)
    missing = [not side.near(word, i, 1) for word, i in numbers]
    counted = [word in side.there for word, _, marks in side.distinct() if marks & Mark.NUMBER]
    facts = [
        word in side.there
        for word, _, marks in side.distinct()
        if marks & (Mark.NUMBER | Mark.NAME)
    ]
    mass = total(side.idf(word) for word in sorted(set(plain) & side.there))
    return {
        "linked": share(linked, words),
        "mutual": share(
            side.count(lambda i: side.linked[i] and other.partner[side.partner[i]] == i), words
        ),
        "in_order": share(heaviest_path([p for p, _ in path], [n for _, n in path]), words),
        "region_alike": alike(side, range(first, end)),
        "core": core((side.similarity[i] - bounds.CORE) * len(side.x[i]) for i in rest),
        "echoed": math.log1p(side.count(lambda i: echo(side, i) >= bounds.ECHO)),
        "outside": share(side.count(lambda i: side.linked[i] and not first <= i < end), linked),
        "opening": share(likeness, sum(map(len, opening))),
        "lead": lead(side),
        "front": front(side, other),
        "news": drawn(sum(news), len(news)),
        "together": drawn(sum(abs(step) <= most for step in detail), len(detail)),
        "details": math.log1p(len(detail)),
        "plain": share(sum(word in side.there for word in plain), len(plain), 0.5),
        "names": share(sum(word in side.there for word, _ in names), len(names), 0.5),
        "numbers": drawn(sum(counted), len(counted)),
        "facts": drawn(sum(facts), len(facts)),
        "missing_numbers": drawn(sum(missing), len(numbers)),
        "replaced_names": replaced(side, other, Mark.NAME),
        "replaced_numbers": replaced(side, other, Mark.NUMBER),
        "number_density": share(sum(bool(m & Mark.NUMBER) for _, m in side.flat), words),
        "subject": subject(side),
        "mass": math.log1p(mass),
        **masses(side, other),
        **orders(side, other),
        **prose(side),
        "quotes": share(sum(side.quoted_in(i, copied=True) for i in every), words),
        "patched": patched / (own + 5),
        "longest_run": math.log1p(longest_run(side, [w for w, _ in other.flat])),
        "kept": share(kept, side.count(side.own)),
        "kept_sentences": sum(shared),
        "words": min(bounds.ENOUGH, words),
        "same": [w for w, _ in side.flat] == [w for w, _ in other.flat],
        "empty": (words == 0) != (other.size() == 0),
    }


def measured_pair(a: Words, b: Words, idf: Idf, idf_there: Idf) -> dict[str, float]:
    """Twin of ``_evidence.measure`` for one pair of texts."""
    x, y = told(a), told(b)
    side, other = Beside(x, y, idf, idf_there), Beside(y, x, idf_there, idf)
    opened = openings(a, b)
    here, there = (measured_side(*sides) | opened for sides in ((side, other), (other, side)))
    here |= lacking(bare(a), bare(b), dated(a)[2], idf)
    there |= lacking(bare(b), bare(a), dated(b)[2], idf_there)
    here |= stretches(bare(a), bare(b), idf, idf_there)
    there |= stretches(bare(b), bare(a), idf_there, idf)
    meant = gists.Gists(a, x, idf), gists.Gists(b, y, idf_there)
    here |= gists.measured(*meant)
    there |= gists.measured(*reversed(meant))
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
        lesser = measure.combine is measures.Combine.LESSER
        found[f"{measure.name}{measures.OTHER}"] = max(both) if lesser else min(both)
    for name in ("same", f"same{measures.OTHER}"):
        found[name] = float(found[name] or [w for w, _ in a] == [w for w, _ in b])
    return found


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


def posting_lists(rows: Sequence[Sequence[int]], common: Iterable[int]) -> dict[int, list[int]]:
    """Give the rows that hold each word but the common ones."""
    found = defaultdict(list)
    for row, words in enumerate(rows):
        for word in set(words) - set(common):
            found[word].append(row)
    return dict(sorted(found.items()))


def row_scores(
    lists: Mapping[int, Sequence[int]], terms: Iterable[int], gains: Mapping[int, float]
) -> dict[int, float]:
    """Add up the gains of the terms that each row holds, in the order given."""
    found: dict[int, float] = defaultdict(float)
    for term in terms:
        for row in lists.get(term, ()):
            found[row] += gains[term]
    return dict(found)


# --- Verdicts ------------------------------------------------------------------------------------


def judged(
    log_odds: float, partial: float, template: float, of: Mapping[str, float]
) -> tuple[str, float]:
    """Give the verdict and the probability that log-odds and the evidence of a pair come to."""
    chance = 1 / (1 + math.exp(-log_odds))
    if of["linked"] < limits.COUNTERPARTS:
        above = (of["linked"] - limits.APART) / (limits.COUNTERPARTS - limits.APART)
        chance = min(chance, max(0.0, above / 2))
    if of["words"] < limits.FEW_WORDS and of["opening"] < limits.ALIKE:
        chance = min(chance, of["opening"] / limits.ALIKE / 2)
    if of["words"] < limits.LEAST_WORDS:
        chance = min(chance, of["words"] / limits.LEAST_WORDS / 2)
    if of["name_weight_other"] < limits.NAMED_ALIKE:
        chance = min(chance, of["name_weight_other"] / limits.NAMED_ALIKE / 2)
    if of["same"] or of["empty"]:
        chance = of["same"]
    if of["same"]:
        return "identical", chance
    if round(chance, limits.DECIMALS) >= 0.5:
        return "syndicated" if of["kept"] >= limits.MOSTLY else "rewritten", chance
    if template > 0 and of["linked"] >= limits.FRAME:
        return "template", chance
    if partial > 0 and of["kept_sentences"] >= limits.PART:
        return "partial", chance
    return "unrelated", chance
