"""Pairs made from the development data: their label follows from how they were made or drawn.

Wire templates and repeats, edited copies, stories grafted into others, unrelated stories; and pairs
that a scan would look at, though days or outlets part them. And how any pair is varied: cut to
equal lengths, another story appended to one side, half of one side cut away, and both at once;
rearranged; opened with a place and a date.
"""

from __future__ import annotations

import datetime
import gzip
import json
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

from dedup.candidates.lsh import choose_bands
from dedup.candidates.terms import TermSettings
from dedup.corpus.pool import find_candidates, read_pool
from dedup.dump.sources import open_source
from dedup.model import Article
from dedup.reading.texts import read
from dedup.text.tokens import Tokens

Record = dict[str, Any]

SEED = 11
LABELS = Path(__file__).parent / "labels"
VARIANTS = ("", "equal", "appended", "half", "mixed", "moved", "dated")
EQUAL_WORDS = 200
"""Words that both texts are cut to, near the median length of the rewrites."""
PLACES = ("ATLANTA", "BOSTON", "Berlin", "CAIRO", "GENEVA", "LIMA", "London", "New York", "TOKYO")
DAYS_APART = (0, 0, 0, 1, 1, 2, 3, 5, 9, 20)
SAME_PLACE = 0.6
"""Where and when texts open that are given a date: the same of versions as of others."""
SAME_PAGE = 0.95
"""Share of pairs of words from which two of the encyclopedia's pages are of one place."""
HARD_PAIRS = 600
APART_PAIRS = 1200
APART_DAYS = 7
"""Days from which two articles count as no versions of one story, unless they share wording."""
UNRELATED_PAIRS = 300
EDITED_PAIRS = 250
CORRECTED_PAIRS = 250
TEMPLATE_PAIRS = 120
GRAFTED_PAIRS = 300
EARNINGS_TRIED, EARNINGS_KEPT = 4_000, 150
WIRE_DAYS = 3
OUTLET_PAIRS = 1_500


class Made(NamedTuple):
    """A made pair: ``source`` says how it was made, ``detail`` more."""

    source: str
    a: str
    b: str
    version: bool
    detail: str = ""


def records(data: Path, name: str) -> list[Record]:
    """Read the rows of one file of the development data."""
    with gzip.open(data / f"{name}.jsonl.gz", "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def made_pairs(data: Path, fillers: list[str]) -> Iterator[Made]:
    """Make pairs whose label follows from how they were made or drawn; the same in every run."""
    rng = random.Random(SEED)
    news = {row["id"]: row for row in records(data, "news_abp")}
    wire = {row["id"]: row for row in records(data, "reuters21578")}
    sharing = _sharing_rare_words(news)
    yield from _hard(news, sharing, rng)
    yield from _reuters(list(wire.values()), rng)
    yield from _edited(fillers, rng)
    yield from _unrelated(fillers, rng)
    yield from _grafted(fillers, rng)
    yield from _apart(news, sharing)
    yield from _wire_apart(wire)
    yield from _outlets(news, rng)
    yield from _forms(data)


def fillers(data: Path) -> list[str]:
    """Draw stories of one or two pages, to append to others and to make pairs of."""
    rng = random.Random(SEED)
    texts = [row["text"] for row in records(data, "bbc")]
    for name in ("reuters21578", "news_abp"):
        texts += [row["text"] for row in rng.sample(records(data, name), 1500)]
    return [text for text in texts if 80 <= _size(text) <= 900]


# --- The sources ----------------------------------------------------------------------------------


def _sharing_rare_words(news: dict[str, Record]) -> list[tuple[str, str]]:
    """List the pairs that share rare words and were not read by eye, those that share most first.

    Articles that stand first in a pair that was read are left out.
    """
    known = {row["a"] for row in label_rows()}
    ids = [name for name in news if name not in known]
    pairs = rare_word_pairs([news[name]["text"] for name in ids])
    found = sorted(pairs.items(), key=lambda entry: (-entry[1], entry[0]))
    return [(ids[i], ids[j]) for (i, j), _ in found]


def _hard(
    news: dict[str, Record], sharing: list[tuple[str, str]], rng: random.Random
) -> Iterator[Made]:
    """Pairs that share rare words and next to no wording: unrelated or one event, not labelled."""
    half = HARD_PAIRS // 2
    for one, two in sharing[: 2 * half] + rng.sample(sharing[2 * half :], half):
        a, b = news[one]["text"], news[two]["text"]
        if _containment(shingles(a, 5), shingles(b, 5)) < 0.04:
            yield Made("shared words", a, b, False)


def _apart(news: dict[str, Record], sharing: list[tuple[str, str]]) -> Iterator[Made]:
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
            if _containment(shingles(a, 5), shingles(b, 5)) < 0.25:
                wanted -= 1
                yield Made("apart", a, b, False)


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


def _reuters(rows: list[Record], rng: random.Random) -> Iterator[Made]:
    """Templates and repeats of one wire.

    A template: shared wording under titles with other tickers; or, without a ticker, six days or
    more apart; or two earnings notices that share most words. A repeat: one title within two days.
    """
    held = [shingles(row["text"][:3000]) for row in rows]
    pairs = [pair for pair, _ in _sharing(held) if _containment(*(held[k] for k in pair)) >= 0.3]
    rng.shuffle(pairs)
    limits = Counter(company=TEMPLATE_PAIRS, series=TEMPLATE_PAIRS, repeat=TEMPLATE_PAIRS)
    for i, j in pairs:
        kind = _kind(rows[i], rows[j], _containment(held[i], held[j]))
        if kind and limits[kind]:
            limits[kind] -= 1
            source = "repeat" if kind == "repeat" else "template"
            yield Made(source, rows[i]["text"], rows[j]["text"], source == "repeat", kind)
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


def _earnings(rows: list[Record], rng: random.Random) -> Iterator[Made]:
    notices = [row for row in rows if "earn" in row["topics"] and "<" in row["title"]]
    tried = []
    for _ in range(EARNINGS_TRIED):
        one, two = rng.sample(notices, 2)
        held = [set(read(row["text"]).words) for row in (one, two)]
        if one["title"].split()[0] != two["title"].split()[0] and min(map(len, held)) >= 12:
            tried.append((len(held[0] & held[1]) / len(held[0] | held[1]), one, two))
    tried.sort(key=lambda entry: (-entry[0], entry[1]["id"], entry[2]["id"]))
    for _, one, two in tried[:EARNINGS_KEPT]:
        yield Made("template", one["text"], two["text"], False, "earnings")


def _edited(fillers: list[str], rng: random.Random) -> Iterator[Made]:
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
            yield Made("edited", text, edited, True)


_NAMED = {
    "day": re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"),
    "number": re.compile(
        r"(?<![\d.,])\d{1,4}(?![\d.,]|[-/]\d)|\b(?:two|three|four|five|six|seven)\b"
    ),
    "name": re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b"),
}


def corrected(stories: list[str], rng: random.Random) -> Iterator[tuple[str, Made]]:
    """One to three sentences, and the same with one day, number or name corrected; their story."""
    found: dict[str, list[tuple[str, str, str]]] = {kind: [] for kind in _NAMED}
    for text in stories:
        brief = first_words(text, rng.choice((10, 15, 20, 25, 40, 70)))
        for kind, form in _NAMED.items():
            found[kind] += [(text, brief, one) for one in sorted(set(form.findall(brief)))[:1]]
    for kind, of_kind in found.items():
        for text, brief, old in rng.sample(of_kind, min(len(of_kind), CORRECTED_PAIRS)):
            new = rng.choice([one for *_, one in of_kind if one != old])
            changed = re.sub(rf"\b{re.escape(old)}\b", new, brief)
            yield text, Made("corrected", brief, changed, True, kind)


def refilled(stories: list[str], rng: random.Random) -> Iterator[tuple[str, Made]]:
    """One to three sentences, and the same with other days, numbers and names throughout: a form.

    What tells it from a correction is how many facts are others: three at the least, or, of a
    *record* of one short sentence, two, of which one more may have stayed.
    """
    briefs = [(text, first_words(text, rng.choice((15, 25, 40, 70)))) for text in stories]
    pool = {
        kind: sorted({one for _, brief in briefs for one in form.findall(brief)})
        for kind, form in _NAMED.items()
    }
    made: dict[str, list[tuple[str, Made]]] = {"refilled": [], "record": []}
    for text, brief in briefs:
        changed, facts = _refill(brief, pool, rng, kept=0)
        if facts >= LEAST_REFILLED:
            made["refilled"].append((text, Made("refilled", brief, changed, False, "form")))
        if len(read(brief).sentences) == 1 and facts >= LEAST_OF_RECORD:
            kept = int(facts > LEAST_OF_RECORD and rng.random() < ONE_KEPT)
            changed, _ = _refill(brief, pool, rng, kept=kept)
            made["record"].append((text, Made("record", brief, changed, False, "form")))
    for found in made.values():
        yield from rng.sample(found, min(len(found), 2 * CORRECTED_PAIRS))


def _refill(
    brief: str, pool: dict[str, list[str]], rng: random.Random, *, kept: int
) -> tuple[str, int]:
    """Put others in place of all days, numbers and names but some; how many were changed."""
    olds = [(kind, old) for kind, form in _NAMED.items() for old in set(form.findall(brief))]
    changed, facts = brief, 0
    for kind, old in sorted(olds)[kept:]:
        new = rng.choice([one for one in pool[kind] if one != old])
        changed, count = re.subn(rf"\b{re.escape(old)}\b", new, changed)
        facts += count > 0
    return changed, facts


LEAST_REFILLED = 3
LEAST_OF_RECORD = 2
"""Facts that are others, at the least, in a brief and in a record."""
ONE_KEPT = 0.5
"""Share of the records with more facts in which one stays."""


def corrected_notices(data: Path, rng: random.Random) -> Iterator[tuple[str, Made]]:
    """Short notices full of figures, and the same with one digit of one corrected; their story.

    The notice of another quarter or company has the same form, and most figures are others.
    """
    texts = [row["text"] for row in records(data, "reuters21578")]
    notices = [text for text in texts if _size(text) <= 90 and len(_FIGURE.findall(text)) >= 5]
    for text in rng.sample(notices, CORRECTED_PAIRS):
        one = rng.choice([*_FIGURE.finditer(text)])
        at = rng.choice([k for k in range(*one.span()) if text[k].isdigit()])
        digit = rng.choice([digit for digit in "123456789" if digit != text[at]])
        changed = f"{text[:at]}{digit}{text[at + 1 :]}"
        yield text, Made("corrected notice", text, changed, True, "number")


_FIGURE = re.compile(r"\d[\d.,/]*")


def turned(stories: list[str], rng: random.Random) -> Iterator[tuple[str, Made]]:
    """A sentence of few words, and the same with its day in front; their story."""
    found = []
    for text in stories:
        brief = first_words(text, rng.choice((6, 10, 15, 20)))
        day = _ON_A_DAY.search(brief)
        if day and day.start() > 0 and len(read(brief).sentences) == 1:
            rest = brief[: day.start()] + brief[day.end() :]
            article = rest.split(" ", 1)[0] in ("The", "A", "An")
            rest = rest[0].lower() + rest[1:] if article else rest
            found.append((text, Made("turned", brief, f"On {day[1]} {rest}", True, "order")))
    yield from rng.sample(found, min(len(found), CORRECTED_PAIRS))


_ON_A_DAY = re.compile(r" on ((?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b,?")


def _unrelated(fillers: list[str], rng: random.Random) -> Iterator[Made]:
    for _ in range(UNRELATED_PAIRS):
        a, b = rng.sample(fillers, 2)
        yield Made("unrelated", a, b, False)


def _grafted(fillers: list[str], rng: random.Random) -> Iterator[Made]:
    """Two stories, a fifth to a third of one set verbatim into the other: partial, no version."""
    for _ in range(GRAFTED_PAIRS):
        a, b = rng.sample(fillers, 2)
        sentences, host = _sentences(read(a)), _sentences(read(b))
        size = max(2, round(len(sentences) * rng.uniform(0.2, 0.35)))
        if 6 <= len(sentences) <= 2 * len(host) and len(host) >= 6:
            start = rng.randrange(len(sentences) - size + 1)
            at = rng.randrange(len(host) + 1)
            host[at:at] = sentences[start : start + size]
            yield Made("grafted", a, "\n\n".join(host), False)


# --- Pairs of a scan's candidates ---------------------------------------------------------------


def _wire_apart(wire: dict[str, Record]) -> Iterator[Made]:
    """Candidates of one wire that are other stories in the same words, all there are.

    What such a service prints again is printed within two days; so two are no versions that were
    printed further apart, unless nearly all is the same, nor two whose topics have none in common.
    """
    rows = list(wire.values())
    days = [_day(row["date"]) for row in rows]
    held = [shingles(row["text"]) for row in rows]
    for i, j in candidate_rows(rows):
        here, there = days[i], days[j]
        if not here or not there:
            continue
        share = _containment(held[i], held[j])
        one, two = (set(rows[k]["topics"]) for k in (i, j))
        if abs((here - there).days) >= WIRE_DAYS:
            if share < 0.8:
                yield Made("wire apart", rows[i]["text"], rows[j]["text"], False)
        elif one and two and not one & two and share < 0.4:
            yield Made("wire topics", rows[i]["text"], rows[j]["text"], False)


def _outlets(news: dict[str, Record], rng: random.Random) -> Iterator[Made]:
    """Candidates of two outlets with next to no wording in common: reports of like events."""
    rows = list(news.values())
    read = {frozenset((row["a"], row["b"])) for row in label_rows()}
    found = []
    for i, j in candidate_rows(rows):
        one, two = rows[i], rows[j]
        known = frozenset((one["id"], two["id"])) in read
        if known or one["source"] == two["source"] or min(len(one["text"]), len(two["text"])) < 400:
            continue
        if _containment(shingles(one["text"], 5), shingles(two["text"], 5)) < 0.06:
            found.append((one["text"], two["text"]))
    for a, b in rng.sample(found, min(len(found), OUTLET_PAIRS)):
        yield Made("two outlets", a, b, False)


def _forms(data: Path) -> Iterator[Made]:
    """Pair each text of ``wiki_templates`` with the one of another page that is most like it."""
    held: dict[str, tuple[str, set[tuple[str, ...]]]] = {}
    for row in records(data / "pairs", "wiki_templates"):
        for page, text in zip(
            row["id"].split(":")[1].split("-"), (row["a"], row["b"]), strict=True
        ):
            held.setdefault(text, (page, shingles(text, 2)))
    chosen = set()
    for text, (page, own) in held.items():
        others = (
            (_containment(own, theirs), other)
            for other, (its_page, theirs) in held.items()
            if its_page != page
        )
        likeness, nearest = max(pair for pair in others if pair[0] < SAME_PAGE)
        if likeness > 0 and frozenset((text, nearest)) not in chosen:
            chosen.add(frozenset((text, nearest)))
            yield Made("one form", text, nearest, False)


def candidate_rows(rows: Iterable[Record]) -> list[tuple[int, int]]:
    """Find the pairs of rows that a scan would judge."""
    articles = [Article(str(row["id"]), row["text"]) for row in rows]
    pool = read_pool(open_source(articles, None, "utf-8"), choose_bands(0.5), 1)
    found = find_candidates(pool, TermSettings(), 1)
    return [(i, j) for i, j in found.pairs.tolist()]


def label_rows() -> list[Record]:
    """Read the pairs of articles that were labelled by reading, all files."""
    paths = [LABELS / f"{name}.jsonl" for name in ("news_abp_pairs", "scan_pairs", "read_pairs")]
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]


# --- Variants -------------------------------------------------------------------------------------


def varied(a: str, b: str, fillers: list[str], rng: random.Random) -> dict[str, tuple[str, str]]:
    """Make the variants of a pair: cut, appended to, halved, with other matter, moved, dated."""
    texts = [a, b]
    sizes = [_size(text) for text in texts]
    side = rng.randrange(2)
    other = first_words(rng.choice(fillers), rng.randint(100, 300))
    appended, halved, mixed = texts.copy(), texts.copy(), texts.copy()
    appended[side] = "\n\n".join(rng.sample([texts[side], other], 2))
    halved[side] = rng.choice((first_words, last_words))(texts[side], sizes[side] // 2)
    kept = [sentence for sentence in _sentences(read(texts[side])) if rng.random() < 0.75]
    second = first_words(rng.choice(fillers), int(0.8 * min(sizes[side], 400)))
    third = first_words(rng.choice(fillers), int(0.3 * min(sizes[1 - side], 600)))
    mixed[side], mixed[1 - side] = " ".join(kept) + "\n\n" + second, f"{texts[1 - side]}\n\n{third}"
    moved = mixed.copy()
    moved[side] = " ".join(_rearranged(kept, rng)) + "\n\n" + second
    shortest = max(40, min(EQUAL_WORDS, *sizes))
    equal = [first_words(text, shortest) for text in texts]
    dated = _dated(texts, random.Random(len(a) * len(b)))
    made = zip(VARIANTS[1:], (equal, appended, halved, mixed, moved, dated), strict=True)
    return {variant: (pair[0], pair[1]) for variant, pair in made}


def _dated(texts: list[str], rng: random.Random) -> list[str]:
    """Open both texts with a place and a date, days apart as often in versions as in others."""
    first = datetime.date(2021, 1, 1) + datetime.timedelta(rng.randrange(365))
    days = (first, first + datetime.timedelta(rng.choice(DAYS_APART)))
    place = rng.choice(PLACES)
    places = [place, place if rng.random() < SAME_PLACE else rng.choice(PLACES)]
    form = rng.choice(("%B %-d", "%-d %B"))
    opened = zip(places, rng.sample(days, 2), texts, strict=True)
    return [f"{place}, {day.strftime(form)} - {text}" for place, day, text in opened]


def _rearranged(sentences: list[str], rng: random.Random) -> list[str]:
    """Put blocks of two to five sentences into another order."""
    blocks = []
    while sentences:
        size = rng.randint(2, 5)
        blocks.append(sentences[:size])
        sentences = sentences[size:]
    rng.shuffle(blocks)
    return [sentence for block in blocks for sentence in block]


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


def _sentences(tokens: Tokens) -> list[str]:
    return [tokens.text[start:end] for start, end in tokens.sentences]


def _size(text: str) -> int:
    return len(read(text).words)


def _lead(text: str) -> str:
    return " ".join(text.split()[:40]) + "."


def shingles(text: str, size: int = 3) -> set[tuple[str, ...]]:
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
