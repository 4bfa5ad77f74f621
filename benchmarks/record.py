"""Record what a release answers on real texts, and tell what another release answers otherwise.

    python benchmarks/record.py write --data FOLDER --out FILE.jsonl.gz [--pairs 3000]
    python benchmarks/record.py compare OLD.jsonl.gz NEW.jsonl.gz [--show 5]

To hold two releases against each other: `write` with the one installed, then with the other, then
`compare`, which ends with 1 where anything differs. Probabilities may differ by 1e-9, the order in
which a sum is taken; all else has to be equal. Beside a number stands the largest gap found, which
parts rounding from a changed rule.

The pairs are drawn from all sets of the development data in turn, so a smaller record holds the
first pairs of a larger one. Only the public interface is used, and no other script of this folder,
so that the same file runs on any release since 0.1.0. A record holds ids, numbers, offsets and
check sums, but no text: facts that changed and the wording of reasons are told apart by check sums.
The same answers give the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations, islice, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import dedup

FORMAT = 1
"""Of a record: raised where older ones can no longer be compared with new ones."""
SEED = 17
PAIRS = 3_000
WITHIN = 1e-9
"""Gap of two probabilities that is none."""
SCANNED = ("news_abp", "bbc", "pages")
FAULTY_ARTICLES = 200
SEEDS = Path(__file__).parent.parent / "seeds"
Row = dict[str, Any]


class Texts(NamedTuple):
    """Two texts to compare, under the id they have in a record."""

    id: str
    a: str
    b: str


# --- The pairs ------------------------------------------------------------------------------------


def drawn(data: Path, pairs: int) -> list[Texts]:
    """Draw pairs from all sets in turn, each set in an order of its own; the same in every run."""
    strata: defaultdict[str, list[Texts]] = defaultdict(list)
    for stratum, texts in chain.from_iterable(read(data) for read in SETS):
        strata[stratum].append(texts)
    for stratum, held in strata.items():
        random.Random(f"{SEED} {stratum}").shuffle(held)
    turns = max(map(len, strata.values()))
    in_turn = (held[turn] for turn in range(turns) for held in strata.values() if turn < len(held))
    return list(islice(in_turn, pairs))


Drawn = Iterator[tuple[str, Texts]]
"""Pairs, each with the name of the set or of the part of one that it is drawn from."""


def _rows(path: Path) -> Iterator[Row]:
    opened: Callable[..., Any] = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _seeds(data: Path) -> Drawn:
    del data  # they lie in the repository
    texts = {path.stem: path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt"))}
    for a, b in combinations(texts, 2):
        yield "seeds", Texts(f"seeds {a} {b}", texts[a], texts[b])


def _pair_files(data: Path) -> Drawn:
    """Files that hold both texts of a pair in one row."""
    for path in sorted((data / "pairs").glob("*.jsonl.gz")):
        name = path.name.removesuffix(".jsonl.gz")
        for row in _rows(path):
            yield name, Texts(f"{name} {row['id']}", row["a"], row["b"])
    for name in ("l2r_news", "l2r_other", "semeval22", "mrpc"):
        for number, row in enumerate(_rows(data / f"{name}.jsonl.gz")):
            key = str(row.get("id", number))
            part = key.split("/")[0] if name == "l2r_other" else ""
            yield f"{name} {part}".rstrip(), Texts(f"{name} {key}", row["a"], row["b"])


def _basil(data: Path) -> Drawn:
    """Reports of one event by several outlets."""
    events = defaultdict(list)
    for row in _rows(data / "basil.jsonl.gz"):
        events[row["event"]].append(row)
    for a, b in chain.from_iterable(combinations(rows, 2) for rows in events.values()):
        yield "basil", Texts(f"basil {a['id']} {b['id']}", a["text"], b["text"])


def _meter(data: Path) -> Drawn:
    """A newspaper's story and one of the agency's."""
    for row in _rows(data / "meter.jsonl.gz"):
        source = random.Random(f"{SEED} {row['id']}").choice(row["pa"])
        key = f"meter {row['id']} {source['id']}"
        yield f"meter {row['label']}", Texts(key, row["text"], source["text"])


def _pan13(data: Path) -> Drawn:
    documents = {row["id"]: row["text"] for row in _rows(data / "pan13_docs.jsonl.gz")}
    for row in _rows(data / "pan13_pairs.jsonl.gz"):
        a, b = row["susp"], row["src"]
        yield f"pan13 {row['kind']}", Texts(f"pan13 {a} {b}", documents[a], documents[b])


def _wikiversions(data: Path) -> Drawn:
    """Successive versions of one page."""
    pages = defaultdict(list)
    for row in _rows(data / "wikiversions.jsonl.gz"):
        pages[row["group"]].append((row["version"], row["text"]))
    for page, versions in pages.items():
        for (one, a), (two, b) in pairwise(sorted(versions)):
            yield "wikiversions", Texts(f"wikiversions {page} {one} {two}", a, b)


def _read_by_eye(data: Path) -> Drawn:
    """Pairs of whole dumps that were labelled by reading."""
    rows = [{"of": "scan_pairs", **row} for row in _rows(data / "scan_pairs.jsonl")]
    drawn_pages = _rows(data / "pages_pairs.jsonl")
    rows += [{"of": "pages_pairs", "set": "pages", **row} for row in drawn_pages]
    for name in sorted({row["set"] for row in rows}):
        texts = {row["id"]: row["text"] for row in _rows(data / f"{name}.jsonl.gz")}
        for row in rows:
            if row["set"] == name:
                a, b = row["a"], row["b"]
                stratum = f"{row['of']} {name}"
                yield stratum, Texts(f"{stratum} {a} {b}", texts[a], texts[b])


SETS = (_seeds, _pair_files, _basil, _meter, _pan13, _wikiversions, _read_by_eye)


# --- What is recorded -----------------------------------------------------------------------------


def recorded_pair(texts: Texts) -> Row:
    """Record all that is found of two texts, without the texts."""
    found, aligned = dedup.compare(texts.a, texts.b), dedup.align(texts.a, texts.b)
    return {
        "pair": texts.id,
        "texts": _check_sum(texts.a, texts.b),
        "verdict": str(found.verdict),
        "probability": found.probability,
        "jaccard": found.jaccard,
        "containment_a": found.containment_a,
        "containment_b": found.containment_b,
        "coverage_a": found.coverage_a,
        "coverage_b": found.coverage_b,
        "passages": [_passage(passage) for passage in found.passages],
        "aligned": {
            "passages_as_compared": aligned.passages == found.passages,
            "coverage": [aligned.coverage_a, aligned.coverage_b],
            "regions": [[*_ends(region.a), *_ends(region.b)] for region in aligned.regions],
        },
        "reasons": [
            {
                "term": reason.term,
                "words": _check_sum(reason.words),
                "value": reason.value,
                "contribution": reason.contribution,
            }
            for reason in dedup.why(texts.a, texts.b)
        ],
    }


def _passage(passage: dedup.Passage) -> Row:
    return {
        "kind": str(passage.kind),
        "a": [_ends(sentence) for sentence in passage.a],
        "b": [_ends(sentence) for sentence in passage.b],
        "similarity": passage.similarity,
        "moved": passage.moved,
        "copied": [[*_ends(a), *_ends(b)] for a, b in passage.copied],
        "changes": [
            [str(one.kind), _check_sum(one.a), _check_sum(one.b)] for one in passage.changes
        ],
    }


def _ends(span: dedup.Span | dedup.Sentence) -> list[int]:
    return [span.start, span.end]


def _check_sum(*texts: str) -> str:
    """Give a short check sum of some texts, nothing where there is no text."""
    joined = "\0".join(texts)
    return hashlib.blake2b(joined.encode(), digest_size=6).hexdigest() if joined else ""


def recorded_scan(name: str, dump: Path) -> Row:
    """Record the pairs, clusters and rejected records of a scan, each with a check sum of all."""
    report = dedup.scan(dump)
    tables = {
        "pairs": [{"a": pair.a, "b": pair.b, **_judged(pair)} for pair in report.pairs],
        "clusters": [
            {
                "representative": cluster.representative,
                "members": [{"id": member.id, **_judged(member)} for member in cluster.members],
            }
            for cluster in report.clusters
        ],
        "rejected": [
            {"line": one.line, "reason": _check_sum(one.reason.replace(str(dump.parent), ""))}
            for one in report.rejected
        ],
    }
    sums = {table: _check_sum(json.dumps(rows)) for table, rows in tables.items()}
    return {"scan": name, "articles": report.articles, "check_sums": sums, **tables}


def _judged(found: dedup.Pair | dedup.Member) -> Row:
    return {
        "verdict": str(found.verdict),
        "probability": found.probability,
        "jaccard": found.jaccard,
    }


def faulty(dump: Path, place: Path) -> Path:
    """Write the first articles of a dump with records between that a scan has to set aside."""
    with gzip.open(dump, "rt", encoding="utf-8") as lines:
        kept = list(islice(lines, FAULTY_ARTICLES))
    faults = ("{", "[]", '{"id": "no text"}', '{"id": "a number", "text": 1}', kept[0].rstrip("\n"))
    for number, fault in enumerate(faults, start=1):
        kept.insert(number * len(kept) // len(faults), fault + "\n")
    path = place / "faulty.jsonl"
    path.write_text("".join(kept), encoding="utf-8")
    return path


def write(data: Path, out: Path, pairs: int) -> None:
    """Write the record of the release that is installed."""
    began = time.perf_counter()
    chosen = drawn(data, pairs)
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_name(out.name + ".part")
    # No name and no time in the head of the file: the same answers are the same bytes.
    with unfinished.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
        for row in _all_rows(data, chosen):
            packed.write(json.dumps(row, separators=(",", ":")).encode() + b"\n")
    unfinished.replace(out)
    counts = Counter(texts.id.split(" ")[0] for texts in chosen)
    print(", ".join(f"{name} {count}" for name, count in sorted(counts.items())))
    print(f"{len(chosen):,} pairs in {time.perf_counter() - began:.0f} s: {out}")


def _all_rows(data: Path, chosen: Sequence[Texts]) -> Iterator[Row]:
    yield {"format": FORMAT, "release": dedup.__version__, "pairs": len(chosen)}
    for number, texts in enumerate(chosen, start=1):
        yield recorded_pair(texts)
        if number % 250 == 0:
            print(f"{number:,} pairs", file=sys.stderr)
    for name in SCANNED:
        yield recorded_scan(name, data / f"{name}.jsonl.gz")
    with tempfile.TemporaryDirectory() as place:
        yield recorded_scan("faulty", faulty(data / "bbc.jsonl.gz", Path(place)))


# --- What differs ---------------------------------------------------------------------------------


class Difference(NamedTuple):
    """One thing that differs: of which kind, where, and for numbers by how much."""

    kind: str
    where: str = ""
    gap: float | None = None


@dataclass
class Tally:
    """The differences of one kind."""

    places: Counter[str] = field(default_factory=Counter)
    gap: float | None = None

    def add(self, found: Difference) -> None:
        """Count one more."""
        self.places[found.where] += 1
        if found.gap is not None:
            self.gap = max(self.gap or 0.0, found.gap)

    def lines(self, kind: str, show: int) -> list[str]:
        """Show the kind with its count, the largest gap and where the first ones are."""
        times, places = self.places.total(), len(self.places)
        among = "" if times == places else f" in {places:,} places"
        gap = "" if self.gap is None else f", by up to {self.gap:.2g}"
        shown = [f"    {place}" for place in self.places if place]
        return [f"{kind}: {times:,}{among}{gap}", *shown[:show]]


def compare(old: Path, new: Path, show: int) -> bool:
    """Print what differs between two records, by kind; tell whether anything does."""
    before, after = _read_record(old), _read_record(new)
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    for found in differences(before, after):
        tallies[found.kind].add(found)
    print(f"{old}: {len(before):,} pairs and scans; {new}: {len(after):,}")
    for kind, tally in sorted(tallies.items(), key=lambda entry: -len(entry[1].places)):
        print("\n".join(tally.lines(kind, show)))
    if not tallies:
        print("nothing differs")
    return bool(tallies)


def _read_record(path: Path) -> dict[str, Row]:
    """Read the pairs and scans of a record by their names."""
    head, *rows = _rows(path)
    if head.get("format") != FORMAT:
        raise SystemExit(f"{path}: format {head.get('format')!r}, wanted {FORMAT}; write it anew")
    return _keyed(rows, lambda row: row["pair"] if "pair" in row else f"scan of {row['scan']}")


def differences(old: Mapping[str, Row], new: Mapping[str, Row]) -> Iterator[Difference]:
    """Compare two records, given as their pairs and scans by name."""
    for name in _ordered(old, new):
        if name not in new:
            yield Difference("only in the old record", name)
        elif name not in old:
            yield Difference("only in the new record", name)
        elif "pair" in old[name]:
            for found in _pair_differences(old[name], new[name]):
                yield found._replace(where=name)
        else:
            for found in _scan_differences(old[name], new[name]):
                yield found._replace(kind=f"{name}: {found.kind}")


def _pair_differences(old: Row, new: Row) -> Iterator[Difference]:
    yield from _fields(old, new, skipped=("passages", "aligned", "reasons"))
    yield from _fields(old["aligned"], new["aligned"], "align: ")
    yield from _lists("passages", old, new, lambda row: json.dumps([row["a"], row["b"]]))
    yield from _lists("reasons", old, new, lambda row: str(row["term"]))


def _scan_differences(old: Row, new: Row) -> Iterator[Difference]:
    tables = ("pairs", "clusters", "rejected")
    yield from _fields(old, new, skipped=("check_sums", *tables))
    same = {table for table in tables if old["check_sums"][table] == new["check_sums"][table]}
    if "pairs" not in same:
        yield from _lists("pairs", old, new, lambda row: f"{row['a']} {row['b']}")
    if "rejected" not in same:
        yield from _lists("rejected", old, new, lambda row: f"line {row['line']}")
    if "clusters" not in same:
        by_name = _representative
        yield from _lists("clusters", old, new, by_name, skipped=("members",))
        before, after = _keyed(old["clusters"], by_name), _keyed(new["clusters"], by_name)
        for name in (name for name in before if name in after):
            members = _lists("members", before[name], after[name], lambda row: str(row["id"]))
            for found in members:
                yield found._replace(where=f"{found.where} of {name}")


def _representative(cluster: Row) -> str:
    return str(cluster["representative"])


def _lists(
    name: str,
    old: Row,
    new: Row,
    key: Callable[[Row], str],
    *,
    skipped: Sequence[str] = (),
) -> Iterator[Difference]:
    """Compare two lists of rows, each row with the one of the same key."""
    before, after = _keyed(old[name], key), _keyed(new[name], key)
    for at in _ordered(before, after):
        if at not in after:
            yield Difference(f"{name}: gone", at)
        elif at not in before:
            yield Difference(f"{name}: new", at)
        else:
            for found in _fields(before[at], after[at], f"{name}: ", skipped=skipped):
                yield found._replace(where=at)
    stay = [at for at in before if at in after], [at for at in after if at in before]
    moved = (at for at, other in zip(*stay, strict=True) if at != other)
    yield from (Difference(f"{name}: in another place", at) for at in moved)


def _fields(
    old: Row, new: Row, name: str = "", *, skipped: Sequence[str] = ()
) -> Iterator[Difference]:
    """Compare two rows field by field; ``name`` goes before the kind."""
    for key in _ordered(old, new):
        one, other = old.get(key), new.get(key)
        gap = _gap(one, other)
        # The difference of two rounded numbers is no rounded number itself.
        near = key == "probability" and gap is not None and round(gap, 12) <= WITHIN
        if key not in skipped and one != other and not near:
            yield Difference(name + key, gap=gap)


def _gap(one: object, other: object) -> float | None:
    """Give how far two numbers are apart, ``None`` where one is none (a flag is none)."""
    if isinstance(one, bool) or isinstance(other, bool):
        return None
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(other - one)
    return None


def _keyed(rows: Iterable[Row], key: Callable[[Row], str]) -> dict[str, Row]:
    """Hold rows by their keys; a second row of one key gets a number, so that none is lost."""
    held: dict[str, Row] = {}
    times: Counter[str] = Counter()
    for row in rows:
        name = key(row)
        times[name] += 1
        held[name if times[name] == 1 else f"{name} ({times[name]})"] = row
    return held


def _ordered(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    """List the keys of both, those of the old one first."""
    return [*old, *(key for key in new if key not in old)]


def main() -> None:
    """Write a record, or compare two."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    writing = commands.add_parser("write", help="record what the installed release answers")
    writing.add_argument("--data", type=Path, required=True, help="the development data")
    writing.add_argument("--out", type=Path, required=True, help="the record to write")
    writing.add_argument("--pairs", type=int, default=PAIRS, help="how many to record")
    comparing = commands.add_parser("compare", help="tell what differs; 1 where anything does")
    comparing.add_argument("old", type=Path)
    comparing.add_argument("new", type=Path)
    comparing.add_argument("--show", type=int, default=5, help="places to name of each kind")
    asked = parser.parse_args()
    if asked.command == "write":
        write(asked.data, asked.out, asked.pairs)
    else:
        sys.exit(compare(asked.old, asked.new, asked.show))


if __name__ == "__main__":
    main()
