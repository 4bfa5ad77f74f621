"""The labelled pairs that the verdict is fitted and measured on, and the side that each is on.

Every pair has a group (an event, a story, a page, whatever shares a text; `split.py`), and no group
is on two sides. A third of the groups is *untouched*: nothing is fitted there. Some pairs also come
in variants (`made_pairs.py`).
"""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise
from pathlib import Path

from made_pairs import (
    SEED,
    Record,
    corrected,
    corrected_notices,
    fillers,
    label_rows,
    made_pairs,
    records,
    refilled,
    shingles,
    turned,
    varied,
)
from split import Split, event, text_key

__all__ = ["MIXED", "VERSIONS", "WIRE", "Example", "examples", "records"]

VERSIONS = frozenset({"identical", "syndicated", "rewritten"})
DUMPS = ("news_abp", "bbc", "reuters21578", "pages")
READ = frozenset({"drawn", "pages drawn", "hardest"} | {f"scan {name}" for name in DUMPS})
"""Sets that were labelled by reading: of pairs of scans, or drawn by overlap."""
MIXED = "mixed"
"""Begins the names of the sets read of a scan of all texts of the other sets as one dump."""
WIRE = frozenset({"made wire apart", "made wire topics"})
"""Other stories of one wire, tens of thousands: the fit takes the hardest and some of the rest."""
DERIVED = {"wholly-derived": True, "partially-derived": None, "non-derived": False}
RETOLD = Path(__file__).parent / "labels" / "retold_news.jsonl"
MOST_VARIED = 330
"""Pairs of a set that are varied."""


@dataclass(frozen=True)
class Example:
    """A pair of texts: ``version`` is ``None`` where the data does not say or two answers do.

    ``verdicts`` are those of a reader, the first one given, the others accepted too. ``weight`` is
    for how many pairs of a scan it stands.
    """

    source: str
    a: str
    b: str
    version: bool | None
    verdicts: tuple[str, ...] = ()
    language: str = "en"
    detail: str = ""
    tie: str = ""
    weight: float = 1.0
    variant: str = ""
    untouched: bool = False
    fold: int = 0
    keys: tuple[str, str] = field(default=("", ""), repr=False)

    @property
    def read(self) -> bool:
        """Whether it was labelled by reading: a pair of a scan, or drawn by overlap."""
        return self.source in READ or self.source.startswith(MIXED)

    @property
    def of_scan(self) -> bool:
        """Whether it stands for pairs of a scan, of which it was drawn at random."""
        return self.detail == ("third" if self.source == "scan reuters21578" else "later")

    @property
    def doubtful(self) -> bool:
        """Whether a reader accepts a version and another verdict."""
        return len({verdict in VERSIONS for verdict in self.verdicts}) == 2


def examples(data: Path) -> list[Example]:
    """Build all pairs with their sides and their variants; the same list in every run."""
    stock = fillers(data)
    based = [*_pairs(data), *_read(data), *_rewrites(data), *_events(data), *_versions(data)]
    based = [replace(one, keys=(text_key(one.a), text_key(one.b))) for one in based]
    split = Split([[key for key in (*one.keys, one.tie) if key] for one in based])
    later = [
        replace(one, keys=(text_key(one.a), text_key(one.b)))
        for one in (*_labelled(data), *_made(data, stock))
    ]
    for one in later:
        if one.read:
            split.follow(*one.keys)
    placed = [_placed(one, split) for one in based]
    placed += [_placed(one, split) for one in later if _is_whole(one, split)]
    rng = random.Random(SEED)
    rng.shuffle(placed)
    told = [*placed, *_variants(placed, stock, rng)]
    made = _corrected(data, stock, split)
    return [*told, *with_siblings(placed, stock), *made, *_retold(stock, split)]


def with_siblings(placed: list[Example], stock: list[str]) -> list[Example]:
    """Pair the rewrites of one text with each other: versions, both told from one source.

    So are two outlets' retellings of one agency's copy, which share less than either does with it.
    """
    rewrites = defaultdict(list)
    for one in placed:
        if one.source in _REWRITTEN_OFTEN:
            rewrites[one.source, one.a].append(one)
    found = [
        replace(one, source=f"siblings {source}", a=one.b, keys=(one.keys[1], two.keys[1]), b=two.b)
        for (source, _), of_one in rewrites.items()
        for one, two in combinations(of_one, 2)
        if one.b != two.b
    ]
    return found + list(_variants(found, stock, random.Random(SEED)))


def _is_whole(one: Example, split: Split) -> bool:
    """Tell whether both texts of a pair are on one side; made pairs go to the untouched one.

    Of one wire's many other stories only those for development are of use.
    """
    sides = {split.untouched(key) for key in one.keys}
    if one.source in WIRE:
        return sides == {False}
    return len(sides) == 1 or one.source.startswith("made ")


def _placed(one: Example, split: Split) -> Example:
    sides = [split.untouched(key) for key in one.keys]
    key = one.keys[sides.index(True)] if any(sides) else one.keys[0]
    return replace(one, untouched=any(sides), fold=split.fold(key))


# --- The sources ----------------------------------------------------------------------------------


def _pairs(data: Path) -> Iterator[Example]:
    """The sets of ``pairs/``."""
    labels = {"version": True, "not-version": False, "partial": False}
    for path in sorted((data / "pairs").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            rows = [json.loads(line) for line in stream]
        for row in rows:
            name = row["set"]
            verdict = row.get("verdict") or {"partial": "partial"}.get(row["label"])
            if name == "wiki_templates":
                verdict = "template"
            yield Example(
                name,
                row["a"],
                row["b"],
                labels.get(row["label"]),
                verdicts=(verdict, *(row.get("also_accept") or ())) if verdict else (),
                language=row["lang"],
                detail=row["kind"],
                tie=event(name, row["id"]),
            )


def _read(data: Path) -> Iterator[Example]:
    """Pairs read by eye that the development data has, and those drawn by overlap."""
    texts = {name: {row["id"]: row["text"] for row in records(data, name)} for name in DUMPS}
    for row in _lines(data / "scan_pairs.jsonl"):
        verdicts = (row["label"], *row["also_accept"])
        yield _of_reader(f"scan {row['set']}", texts[row["set"]], row, verdicts, row["said"])
    for row in _lines(data / "pages_pairs.jsonl"):
        verdicts = (row["label"], *row["also_accept"])
        yield _of_reader("pages drawn", texts["pages"], row, verdicts, row["drawn"])
    for row in label_rows():
        if "set" not in row:
            name = "hardest" if row["stratum"] in ("flagged", "near") else "drawn"
            verdicts = (row["label"], *row["also"])
            yield _of_reader(name, texts["news_abp"], row, verdicts, row["stratum"])


def _labelled(data: Path) -> Iterator[Example]:
    """The pairs of scans that were labelled later; each stands for several of its scan."""
    texts = {name: {row["id"]: row["text"] for row in records(data, name)} for name in DUMPS}
    texts[MIXED] = _texts_by_place(data)
    for row in label_rows():
        if "set" in row:
            verdicts = (row["label"], *row["also"])
            source = f"scan {row['set']}"
            if row["set"] == MIXED:
                sets = {str(row[side]).split("/")[0] for side in "ab"}
                source = f"{MIXED} {sets.pop() if len(sets) == 1 else 'sets'}"
            one = _of_reader(source, texts[row["set"]], row, verdicts, row.get("round", "later"))
            yield replace(one, weight=row["of"] / row["drawn"])


def _texts_by_place(data: Path) -> dict[str, str]:
    """Name every text of the sets of pairs: the set, the row's id, and where it stands there."""
    found = {}
    for path in sorted((data / "pairs").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            for row in map(json.loads, stream):
                found |= {f"{row['set']}/{row['id']}/{side}": row[side] for side in "ab"}
    for name in ("semeval22", "l2r_news"):
        for row in records(data, name):
            found |= {f"{name}/{row['id']}/{side}": row[side] for side in "ab"}
    for name, side in (("basil", "text"), ("meter", "text"), ("aeb", "body")):
        found |= {f"{name}/{row['id']}": row[side] for row in records(data, name)}
    for row in records(data, "meter"):
        found |= {f"meter/{row['id']}/{k}": one["text"] for k, one in enumerate(row["pa"])}
    return found


def _of_reader(
    source: str, texts: dict[str, str], row: Record, verdicts: tuple[str, ...], detail: str
) -> Example:
    a, b = texts[str(row["a"])], texts[str(row["b"])]
    return Example(source, a, b, verdicts[0] in VERSIONS, verdicts=verdicts, detail=detail)


def _lines(path: Path) -> list[Record]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _rewrites(data: Path) -> Iterator[Example]:
    for name in ("l2r_news", "l2r_other"):
        for row in records(data, name):
            yield Example(name, row["a"], row["b"], True, detail=row["model"])


def _events(data: Path) -> Iterator[Example]:
    """Reports of one event: of three outlets, or rated as less than the same."""
    events = defaultdict(list)
    for row in records(data, "basil"):
        events[row["event"]].append(row["text"])
    for name, texts in events.items():
        for a, b in combinations(texts, 2):
            yield Example("same event", a, b, False, tie=f"basil {name}", detail="basil")
    for row in records(data, "semeval22"):
        rated = row["overall"] >= 2
        yield Example("same event", row["a"], row["b"], False if rated else None)


def _versions(data: Path) -> Iterator[Example]:
    """Newspaper stories beside the closest agency copy, and versions of one page."""
    for row in records(data, "meter"):
        story = shingles(row["text"])
        sources = [source["text"] for source in row["pa"]]
        closest = max(sources, key=lambda text: len(story & shingles(text)))
        name = f"meter {row['label'].split('-')[0]}"
        tie = f"meter {row['story']}"
        yield Example(name, row["text"], closest, DERIVED[row["label"]], tie=tie)
    pages = defaultdict(list)
    for row in records(data, "wikiversions"):
        pages[row["group"]].append((row["version"], row["text"]))
    for page, versions in pages.items():
        tie = f"wiki {page.lower().replace('talk:', '')}"
        for (_, a), (_, b) in pairwise(sorted(versions)):
            yield Example("wikiversions", a, b, True, tie=tie)


def _made(data: Path, stock: list[str]) -> Iterator[Example]:
    told = {
        "template": ("template",),
        "one form": ("template",),
        "wire apart": (),
        "wire topics": (),
        "grafted": ("partial",),
    }
    for made in made_pairs(data, stock):
        verdicts = told.get(made.source, ())
        yield Example(
            f"made {made.source}", made.a, made.b, made.version, verdicts, detail=made.detail
        )


def _corrected(data: Path, stock: list[str], split: Split) -> Iterator[Example]:
    """Briefs and notices with one fact corrected, or turned: versions; with all others: forms."""
    rng = random.Random(SEED)
    made_of = [*corrected(stock, rng), *corrected_notices(data, rng), *refilled(stock, rng)]
    made_of += turned(stock, rng)
    for story, made in made_of:
        key = text_key(story)
        verdict = "syndicated" if made.version else "template"
        pair = Example(f"made {made.source}", made.a, made.b, made.version, (verdict,))
        yield _placed(replace(pair, detail=made.detail, keys=(key, key)), split)


def _retold(stock: list[str], split: Split) -> list[Example]:
    """News that never happened, told again in other words, by another reporter, and a day later.

    What was told from one source are versions of it and of each other; the rest of an event's
    texts are none.
    """
    found = []
    for row in _lines(RETOLD):
        told = [row["source"], *row["rewrites"], row["independent"], row["next"]]
        for one, two in combinations(range(len(told)), 2):
            version = two <= len(row["rewrites"])
            name = "retold" if version else "retold apart"
            pair = Example(name, told[one], told[two], version, language=row["language"])
            event_key = f"retold {row['id']}"
            found.append(_placed(replace(pair, keys=(event_key, event_key)), split))
    return found + list(_variants(found, stock, random.Random(SEED)))


# --- Variants -------------------------------------------------------------------------------------

_VARIED = {
    *("l2r_news", "same event", "meter wholly", "meter non", "drawn", "made shared words"),
    *("llmfake_rewrites", "sheepdog", "gpt_rephrase_news", "onestop", "raidar_news"),
    *("allsides_openings", "ecbplus", "rpm2", "fakenews_amt", "duc_updates", "gpt_rephrase_wiki"),
    *("made two outlets", "pages drawn", "scan news_abp", "scan bbc", "scan pages"),
    *("retold", "retold apart"),
}
_REWRITTEN_OFTEN = ("l2r_news", "llmfake_rewrites", "sheepdog")
"""Sets in which several rewrites of a text stand beside it."""
_VARIED |= {f"siblings {name}" for name in _REWRITTEN_OFTEN}
_KEEP_WHOLE = {"drawn", "meter wholly", "pages drawn", "duc_updates", "ecbplus", "rpm2"}
"""Copies in part among them: cut short, or with other matter in both, they may share nothing."""
_ADDED_TO = {"appended"}


def _variants(placed: list[Example], stock: list[str], rng: random.Random) -> Iterator[Example]:
    counts: Counter[tuple[str, bool]] = Counter()
    for one in placed:
        if one.source not in _VARIED or one.version is None:
            continue
        counts[one.source, one.version] += 1
        if counts[one.source, one.version] > MOST_VARIED:
            continue
        whole = one.version and (one.source in _KEEP_WHOLE or one.source.startswith("scan "))
        for variant, (a, b) in varied(one.a, one.b, stock, rng).items():
            if not whole or variant in _ADDED_TO:
                yield replace(one, a=a, b=b, variant=variant)
