"""The labelled pairs that the verdict is fitted and measured on, made from the development data.

Every pair has a group (an event, a story, a page); cross-validation never parts one. A pair also
comes in variants: cut to equal lengths, another story appended to one side, half of one side cut
away, and both at once.
"""

from __future__ import annotations

import datetime
import gzip
import json
import math
import random
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from dedup.reading.texts import read
from dedup.text.tokens import Tokens

Record = dict[str, Any]

SEED = 11
LABELS = Path(__file__).parent / "labels" / "news_abp_pairs.jsonl"
VARIANTS = ("", "equal", "appended", "half", "mixed")
EQUAL_WORDS = 200
"""Words that both texts are cut to, near the median length of the rewrites."""
HARD_PAIRS = 600
APART_PAIRS = 1200
APART_DAYS = 7
"""Days from which two articles count as no versions of one story, unless they share wording."""
UNRELATED_PAIRS = 300
EDITED_PAIRS = 250
TEMPLATE_PAIRS = 120
GRAFTED_PAIRS = 300
EARNINGS_TRIED, EARNINGS_KEPT = 4_000, 150


@dataclass(frozen=True)
class Example:
    """A pair of texts; ``version`` is ``None`` where the data does not say."""

    source: str
    group: str
    a: str
    b: str
    version: bool | None
    detail: str = ""
    variant: str = ""

    @property
    def fold(self) -> int:
        """The part of the data the pair belongs to in cross-validation, 0 to 4."""
        return zlib.crc32(self.group.encode()) % 5


def records(data: Path, name: str) -> list[Record]:
    """Read the rows of one file of the development data."""
    with gzip.open(data / f"{name}.jsonl.gz", "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def examples(data: Path) -> list[Example]:
    """Build all pairs with their variants; the same list in every run."""
    rng = random.Random(SEED)
    news = {row["id"]: row for row in records(data, "news_abp")}
    sharing = _sharing_rare_words(news)
    fillers = _fillers(data, news, rng)
    plain = [
        *_rewrites(data),
        *_same_event(data),
        *_meter(data),
        *_wikiversions(data),
        *_labelled(news),
        *_hard(news, sharing, rng),
        *_reuters(data, rng),
        *_edited(fillers, rng),
        *_unrelated(fillers, rng),
        *_grafted(fillers, rng),
        *_apart(news, sharing),
    ]
    return plain + [made for example in plain for made in _varied(example, fillers, rng)]


# --- The sources ----------------------------------------------------------------------------------


def _rewrites(data: Path) -> Iterator[Example]:
    for row in records(data, "l2r_news"):
        yield Example("rewrite", row["a"], row["a"], row["b"], True, row["model"])


def _same_event(data: Path) -> Iterator[Example]:
    events = defaultdict(list)
    for row in records(data, "basil"):
        events[row["event"]].append(row["text"])
    for event, texts in events.items():
        for a, b in combinations(texts, 2):
            yield Example("same event", f"basil {event}", a, b, False, "basil")
    for row in records(data, "semeval22"):
        if row["overall"] >= 2:
            yield Example("same event", row["id"], row["a"], row["b"], False, "semeval22")


def _meter(data: Path) -> Iterator[Example]:
    labels = {"wholly-derived": True, "partially-derived": None, "non-derived": False}
    for row in records(data, "meter"):
        story = _shingles(row["text"])
        sources = [source["text"] for source in row["pa"]]
        closest = max(sources, key=lambda text: len(story & _shingles(text)))
        source = f"meter {row['label'].split('-')[0]}"
        yield Example(source, row["story"], row["text"], closest, labels[row["label"]], row["id"])


def _wikiversions(data: Path) -> Iterator[Example]:
    pages = defaultdict(list)
    for row in records(data, "wikiversions"):
        pages[row["group"]].append((row["version"], row["text"]))
    for page, versions in pages.items():
        group = page.lower().replace("talk:", "")
        for (_, a), (_, b) in pairwise(sorted(versions)):
            yield Example("wikiversions", group, a, b, True)


def _labelled(news: dict[str, Record]) -> Iterator[Example]:
    """Pairs read by eye: drawn by overlap, and drawn by the decisions of an earlier model."""
    rows = [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]
    stories = _tied(rows)
    for row in rows:
        source = "dump" if row["stratum"] in ("flagged", "near") else "labelled"
        version = row["label"] in ("identical", "syndicated", "rewritten")
        a, b = news[row["a"]]["text"], news[row["b"]]["text"]
        detail = " ".join((row["label"], *row["also"]))
        yield Example(source, stories[row["a"]], a, b, version, detail)


def _tied(rows: Sequence[Record]) -> dict[str, str]:
    """Name each article's group: the articles that a chain of pairs ties to it."""
    first = {name: name for row in rows for name in (row["a"], row["b"])}
    for row in rows:
        keep, gone = sorted((first[row["a"]], first[row["b"]]))
        first = {name: keep if group == gone else group for name, group in first.items()}
    return first


def _sharing_rare_words(news: dict[str, Record]) -> list[tuple[str, str]]:
    """List the pairs that share rare words and were not read by eye, those that share most first.

    Articles that stand first in a pair that was read are left out.
    """
    known = {json.loads(line)["a"] for line in LABELS.read_text("utf-8").splitlines()}
    ids = [name for name in news if name not in known]
    pairs = rare_word_pairs([news[name]["text"] for name in ids])
    found = sorted(pairs.items(), key=lambda entry: (-entry[1], entry[0]))
    return [(ids[i], ids[j]) for (i, j), _ in found]


def _hard(
    news: dict[str, Record], sharing: list[tuple[str, str]], rng: random.Random
) -> Iterator[Example]:
    """Pairs that share rare words and next to no wording: unrelated or one event, not labelled."""
    half = HARD_PAIRS // 2
    for one, two in sharing[: 2 * half] + rng.sample(sharing[2 * half :], half):
        a, b = news[one]["text"], news[two]["text"]
        if _containment(_shingles(a, 5), _shingles(b, 5)) < 0.04:
            yield Example("shared words", one, a, b, False)


def _apart(news: dict[str, Record], sharing: list[tuple[str, str]]) -> Iterator[Example]:
    """Pairs that share rare words but were published a week or more apart.

    Not labelled: those that share more wording than a few quotations do are left out, as one of
    them may be the other, printed again.
    """
    days = {name: _day(row["date"]) for name, row in news.items()}
    wanted = APART_PAIRS
    for one, two in sharing:
        first, second = days[one], days[two]
        if wanted and first and second and abs((first - second).days) >= APART_DAYS:
            a, b = news[one]["text"], news[two]["text"]
            if _containment(_shingles(a, 5), _shingles(b, 5)) < 0.25:
                wanted -= 1
                yield Example("apart", one, a, b, False)


def _day(date: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(date[:10])
    except ValueError:
        return None


def rare_word_pairs(texts: Sequence[str], least: float = 0.12) -> dict[tuple[int, int], float]:
    """Join texts over their 64 rarest words: idf² cosine of the pairs from ``least`` on."""
    held = [set(read(text).words) for text in texts]
    frequency = Counter(word for each in held for word in each)
    postings, norms = defaultdict(list), []
    for number, each in enumerate(held):
        common = (word for word in each if 2 <= frequency[word] < 0.02 * len(texts))
        rarest = sorted(common, key=lambda word: (frequency[word], word))[:64]
        for word in rarest:
            postings[word].append(number)
        norms.append(sum(math.log(len(texts) / frequency[word]) ** 4 for word in rarest))
    cosines: defaultdict[tuple[int, int], float] = defaultdict(float)
    for word in sorted(postings):
        if len(postings[word]) <= 60:
            weight = math.log(len(texts) / frequency[word]) ** 4
            for pair in combinations(postings[word], 2):
                cosines[pair] += weight
    scaled = {(i, j): value / math.sqrt(norms[i] * norms[j]) for (i, j), value in cosines.items()}
    return {pair: value for pair, value in scaled.items() if value >= least}


_TICKER = re.compile(r"<([A-Z.]+)>")


def _reuters(data: Path, rng: random.Random) -> Iterator[Example]:
    """Templates and repeats of one wire.

    A template: shared wording under titles with other tickers; or, without a ticker, six days or
    more apart; or two earnings notices that share most words. A repeat: one title within two days.
    """
    rows = records(data, "reuters21578")
    held = [_shingles(row["text"][:3000]) for row in rows]
    pairs = [pair for pair, _ in _sharing(held) if _containment(*(held[k] for k in pair)) >= 0.3]
    rng.shuffle(pairs)
    limits = Counter(company=TEMPLATE_PAIRS, series=TEMPLATE_PAIRS, repeat=TEMPLATE_PAIRS)
    for i, j in pairs:
        kind = _kind(rows[i], rows[j], _containment(held[i], held[j]))
        if kind and limits[kind]:
            limits[kind] -= 1
            source = "repeat" if kind == "repeat" else "template"
            yield Example(
                source, rows[i]["id"], rows[i]["text"], rows[j]["text"], source == "repeat", kind
            )
    yield from _earnings(rows, rng)


def _kind(one: Record, two: Record, containment: float) -> str:
    tickers = [set(_TICKER.findall(row["title"])) for row in (one, two)]
    dates = [datetime.date.fromisoformat(row["date"]) for row in (one, two)]
    apart = abs((dates[0] - dates[1]).days)
    if all(tickers):
        first_words = {row["title"].split()[0] for row in (one, two)}
        return "company" if not tickers[0] & tickers[1] and len(first_words) == 2 else ""
    if any(tickers):
        return ""
    if apart >= 6 and containment < 0.9:
        return "series"
    return "repeat" if one["title"] == two["title"] and apart <= 2 and containment >= 0.6 else ""


def _earnings(rows: list[Record], rng: random.Random) -> Iterator[Example]:
    notices = [row for row in rows if "earn" in row["topics"] and "<" in row["title"]]
    tried = []
    for _ in range(EARNINGS_TRIED):
        one, two = rng.sample(notices, 2)
        held = [set(read(row["text"]).words) for row in (one, two)]
        if one["title"].split()[0] != two["title"].split()[0] and min(map(len, held)) >= 12:
            tried.append((len(held[0] & held[1]) / len(held[0] | held[1]), one, two))
    tried.sort(key=lambda entry: (-entry[0], entry[1]["id"], entry[2]["id"]))
    for _, one, two in tried[:EARNINGS_KEPT]:
        yield Example("template", one["id"], one["text"], two["text"], False, "earnings")


def _edited(fillers: list[str], rng: random.Random) -> Iterator[Example]:
    """The same text with case and punctuation changed, cut, under a new lead, or excerpted."""
    edits: list[Callable[[list[str]], list[str]]] = [
        lambda sentences: [sentence.rstrip(".").upper() for sentence in sentences],
        lambda sentences: [sentence for sentence in sentences if rng.random() < 0.7],
        lambda sentences: [_lead(rng.choice(fillers)), *sentences[1 : len(sentences) * 7 // 10]],
        lambda sentences: sentences[: max(2, len(sentences) // 4)],
        lambda sentences: [
            *sentences[len(sentences) // 5 :],
            first_words(rng.choice(fillers), 150),
        ],
    ]
    for number in range(EDITED_PAIRS):
        text = rng.choice(fillers)
        sentences = _sentences(read(text))
        if len(sentences) >= 5:
            edited = "\n\n".join(edits[number % len(edits)](sentences)) or text
            yield Example("edited", f"edited {number}", text, edited, True)


def _unrelated(fillers: list[str], rng: random.Random) -> Iterator[Example]:
    for number in range(UNRELATED_PAIRS):
        a, b = rng.sample(fillers, 2)
        yield Example("unrelated", f"unrelated {number}", a, b, False)


def _grafted(fillers: list[str], rng: random.Random) -> Iterator[Example]:
    """Two stories, a fifth to a third of one set verbatim into the other: partial, no version."""
    for number in range(GRAFTED_PAIRS):
        a, b = rng.sample(fillers, 2)
        sentences, host = _sentences(read(a)), _sentences(read(b))
        size = max(2, round(len(sentences) * rng.uniform(0.2, 0.35)))
        if 6 <= len(sentences) <= 2 * len(host) and len(host) >= 6:
            start = rng.randrange(len(sentences) - size + 1)
            at = rng.randrange(len(host) + 1)
            host[at:at] = sentences[start : start + size]
            yield Example("grafted", f"grafted {number}", a, "\n\n".join(host), False)


# --- Variants -------------------------------------------------------------------------------------

_VARIED = {"rewrite", "same event", "meter wholly", "meter non", "labelled", "shared words"}
_UNVARIED = {
    ("labelled", "equal", True),
    ("labelled", "mixed", True),
    ("meter wholly", "equal", True),
    ("meter wholly", "mixed", True),
}
"""Cut short, or with other matter in both, a copy in part may share nothing or be a partial one."""


def _varied(example: Example, fillers: list[str], rng: random.Random) -> Iterator[Example]:
    if example.source not in _VARIED:
        return
    texts = [example.a, example.b]
    sizes = [len(read(text).words) for text in texts]
    side = rng.randrange(2)
    other = first_words(rng.choice(fillers), rng.randint(100, 300))
    appended, halved, mixed = texts.copy(), texts.copy(), texts.copy()
    appended[side] = "\n\n".join(rng.sample([texts[side], other], 2))
    halved[side] = rng.choice((first_words, last_words))(texts[side], sizes[side] // 2)
    kept = [sentence for sentence in _sentences(read(texts[side])) if rng.random() < 0.75]
    second = first_words(rng.choice(fillers), int(0.8 * min(sizes[side], 400)))
    third = first_words(rng.choice(fillers), int(0.3 * min(sizes[1 - side], 600)))
    mixed[side], mixed[1 - side] = " ".join(kept) + "\n\n" + second, f"{texts[1 - side]}\n\n{third}"
    shortest = max(40, min(EQUAL_WORDS, *sizes))
    equal = [first_words(text, shortest) for text in texts]
    for variant, (a, b) in zip(VARIANTS[1:], (equal, appended, halved, mixed), strict=True):
        if (example.source, variant, example.version) not in _UNVARIED:
            yield replace(example, a=a, b=b, variant=variant)


def first_words(text: str, count: int) -> str:
    """Cut a text after its last whole sentence within ``count`` words, but keep one."""
    tokens = read(text)
    ends = [end for _, end in tokens.sentences]
    fitting = sum(last <= count for last in tokens.bounds[1:])
    return text[: ends[max(0, fitting - 1)]] if ends else text


def last_words(text: str, count: int) -> str:
    """Cut a text before its first whole sentence within the last ``count`` words."""
    tokens = read(text)
    starts = [start for start, _ in tokens.sentences]
    first = sum(bound < tokens.bounds[-1] - count for bound in tokens.bounds[:-1])
    return text[starts[min(first, len(starts) - 1)] :] if starts else text


# --- Help ----------------------------------------------------------------------------------------


def _fillers(data: Path, news: dict[str, Record], rng: random.Random) -> list[str]:
    texts = [row["text"] for row in records(data, "bbc")]
    texts += [row["text"] for row in rng.sample(records(data, "reuters21578"), 1500)]
    texts += [row["text"] for row in rng.sample(list(news.values()), 1500)]
    return [text for text in texts if 80 <= len(read(text).words) <= 900]


def _sentences(tokens: Tokens) -> list[str]:
    return [tokens.text[start:end] for start, end in tokens.sentences]


def _lead(text: str) -> str:
    return " ".join(text.split()[:40]) + "."


def _shingles(text: str, size: int = 3) -> set[tuple[str, ...]]:
    found = read(text).words
    return set(zip(*(found[k:] for k in range(size)), strict=False))


def _containment(a: set[tuple[str, ...]], b: set[tuple[str, ...]]) -> float:
    return len(a & b) / max(1, min(len(a), len(b)))


def _sharing(held: Iterable[set[tuple[str, ...]]]) -> list[tuple[tuple[int, int], int]]:
    """Count shared shingles of all pairs of texts, those of more than 40 texts left out."""
    postings = defaultdict(list)
    for number, shingles in enumerate(held):
        if len(shingles) >= 23:
            for shingle in shingles:
                postings[shingle].append(number)
    counts: Counter[tuple[int, int]] = Counter()
    for numbers in postings.values():
        if 2 <= len(numbers) <= 40:
            counts.update(combinations(numbers, 2))
    return sorted((pair, count) for pair, count in counts.items() if count >= 5)
