"""Measure the aligner on labelled data: seeds, argrewrite, PAN 2013, METER, unrelated news.

    python benchmarks/quality_alignment.py --data FOLDER [--pan N] [--out FILE.json]

FOLDER holds the development data; a part whose files are missing is named and left out.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import sys
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from dedup.alignment._runs import tile_runs
from dedup.alignment._words import number_words
from dedup.alignment.laid import lay
from dedup.alignment.passages import align
from dedup.model import Aligned as Alignment
from dedup.model import Passage, PassageKind, Region, Span
from dedup.reading.texts import read, read_flagged
from dedup.text.tokens import Flagged, Tokens

Record = dict[str, Any]
Link = tuple[int, int]

KINDS = (
    "no-plagiarism",
    "no-obfuscation",
    "random-obfuscation",
    "translation-obfuscation",
    "summary-obfuscation",
)
UNRELATED_PAIRS = 1_000
"""Pairs of unrelated news that the false-link rate is measured on."""


def records(data: Path, name: str) -> Iterator[Record]:
    """Stream the rows of one file of the development data."""
    with gzip.open(data / f"{name}.jsonl.gz", "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def figures(right_found: int, found: int, right_wanted: int, wanted: int) -> dict[str, float]:
    """Give precision, recall and F1 from counts."""
    precision = right_found / found if found else 1.0
    recall = right_wanted / wanted if wanted else 1.0
    return {"precision": precision, "recall": recall, "f1": f1(precision, recall)}


def align_texts(a: Tokens, b: Tokens) -> Alignment:
    return align(a, b, *(furniture for _, furniture in read_flagged([a.text, b.text])[0]))


def links(alignment: Alignment, a: Tokens, b: Tokens, *, moved: bool = True) -> set[Link]:
    """List the sentence pairs that stand in one passage; ``moved`` ones too or not."""
    number_a = {start: i for i, (start, _) in enumerate(a.sentences)}
    number_b = {start: j for j, (start, _) in enumerate(b.sentences)}
    return {
        (number_a[x.start], number_b[y.start])
        for passage in alignment.passages
        if moved or not passage.moved
        for x in passage.a
        for y in passage.b
    }


def seeds(data: Path) -> Record:
    """Score links and sentence labels of the seed pair as the gold's note says."""
    gold = json.loads((data / "seed_alignment_gold.json").read_text(encoding="utf-8"))
    a, b = (
        read((data / "seeds" / gold[side]).read_text(encoding="utf-8"))
        for side in ("a_file", "b_file")
    )
    alignment = align_texts(a, b)
    required = {tuple(link) for link in gold["required_links"]}
    allowed = required | {tuple(link) for link in gold["allowed_links"]}
    found = links(alignment, a, b)
    labels = [
        passage.kind.value in (wanted["label"], *wanted["also_accepted_labels"])
        for side, sentences in (("a", gold["a_sentences"]), ("b", gold["b_sentences"]))
        for wanted in sentences
        for passage in alignment.passages
        if any(s.start == wanted["start"] for s in getattr(passage, side))
    ]
    return {
        "links": figures(len(found & allowed), len(found), len(found & required), len(required)),
        "missed": sorted(required - found),
        "wrong": sorted(found - allowed),
        "labels_right": sum(labels),
        "labels": len(labels),
    }


def join(sentences: Sequence[str]) -> Tokens:
    """Read sentences that are given one by one, their borders kept."""
    tokens = read("\n".join(sentences))
    ends = np.cumsum([len(sentence) + 1 for sentence in sentences], dtype=np.int32) - 1
    starts = np.append(0, ends + 1)[: len(ends)]
    cuts = np.stack((starts, ends, np.searchsorted(tokens.spans[0], starts)), axis=1)
    return replace(tokens, cuts=cuts.astype(np.int32))


def argrewrite(data: Path) -> Record:
    """Score aligned pairs, and the sentences found to be added or dropped.

    The gold has no crossing links: a sentence that moved is dropped and added there.
    """
    pair_counts, alone_counts = Counter[str](), Counter[str]()
    for row in records(data, "argrewrite"):
        a, b = join(row["old"]), join(row["new"])
        alignment = align(a, b, [False] * len(a.sentences), [False] * len(b.sentences))
        found = links(alignment, a, b, moved=False)
        gold = {(i, j) for i, j in row["pairs"]}
        pair_counts += Counter(found=len(found), wanted=len(gold), right=len(found & gold))
        alone, wanted = _alone(found, a, b), _alone(gold, a, b)
        alone_counts += Counter(found=len(alone), wanted=len(wanted), right=len(alone & wanted))
    return {
        name: figures(c["right"], c["found"], c["right"], c["wanted"])
        for name, c in (("pairs", pair_counts), ("added_dropped", alone_counts))
    }


def _alone(found: set[Link], a: Tokens, b: Tokens) -> set[tuple[str, int]]:
    dropped = {("a", i) for i in range(len(a.sentences))} - {("a", i) for i, _ in found}
    added = {("b", j) for j in range(len(b.sentences))} - {("b", j) for _, j in found}
    return dropped | added


def overlap(x: Span, y: Span) -> int:
    return max(0, min(x.end, y.end) - max(x.start, y.start))


def covered(whole: Span, parts: Iterable[Span]) -> int:
    """Count the characters of a span that the union of others covers."""
    total, reached = 0, whole.start
    for part in sorted(parts):
        start, end = max(part.start, reached), min(part.end, whole.end)
        total += max(0, end - start)
        reached = max(reached, end)
    return total


def share(whole: Region, parts: Sequence[Region]) -> float:
    found = covered(whole.a, (p.a for p in parts)) + covered(whole.b, (p.b for p in parts))
    return found / (whole.a.end - whole.a.start + whole.b.end - whole.b.start)


class PlagDet:
    """Gather cases and detections; the measure of Potthast et al. 2010, macro-averaged."""

    def __init__(self) -> None:
        self.recalls: list[float] = []
        self.precisions: list[float] = []
        self.detections: list[int] = []

    def add(self, cases: Sequence[Region], found: Sequence[Region]) -> None:
        """Take one document pair."""
        meets = [[bool(overlap(s.a, r.a) and overlap(s.b, r.b)) for r in found] for s in cases]
        for case, row in zip(cases, meets, strict=True):
            mine = [r for r, meet in zip(found, row, strict=True) if meet]
            self.recalls.append(share(case, mine) if mine else 0.0)
            if mine:
                self.detections.append(len(mine))
        for k, region in enumerate(found):
            mine = [s for s, row in zip(cases, meets, strict=True) if row[k]]
            self.precisions.append(share(region, mine) if mine else 0.0)

    def result(self) -> dict[str, float]:
        """Give the figures over all pairs taken."""
        recall = sum(self.recalls) / max(1, len(self.recalls))
        precision = sum(self.precisions) / max(1, len(self.precisions))
        granularity = sum(self.detections) / len(self.detections) if self.detections else 1.0
        return {
            "plagdet": f1(precision, recall) / math.log2(1 + granularity),
            "precision": precision,
            "recall": recall,
            "granularity": granularity,
            "cases": len(self.recalls),
            "detections": len(self.precisions),
        }


def pan(data: Path, every: int) -> Record:
    """Score regions on the PAN 2013 training pairs, each kind and all; one pair in ``every``."""
    texts = {row["id"]: row["text"] for row in records(data, "pan13_docs")}
    scores: dict[str, PlagDet] = defaultdict(PlagDet)
    seen = Counter[str]()
    for row in records(data, "pan13_pairs"):
        seen[row["kind"]] += 1
        if seen[row["kind"]] % every:
            continue
        a, b = read(texts[row["src"]]), read(texts[row["susp"]])
        found = align(a, b, [False] * len(a.sentences), [False] * len(b.sentences)).regions
        cases = [_case(passage) for passage in row["passages"]]
        scores[row["kind"]].add(cases, found)
        scores["overall"].add(cases, found)
    return {kind: scores[kind].result() for kind in ("overall", *KINDS)}


def _case(passage: Record) -> Region:
    source, this = passage["source_offset"], passage["this_offset"]
    return Region(
        Span(source, source + passage["source_length"]), Span(this, this + passage["this_length"])
    )


SPAN_LABELS = {"Verbatim": "verbatim", "Rewrite": "rewritten", "New": "new"}
LEAST_KEPT_RUN = 4
"""Words of the shortest run that counts as verbatim wherever its source has it."""
LEAST_KEPT_WORD = 6
"""Letters of the shortest single word that counts as verbatim where the passage's source has it, or
a sentence beside it."""
LONGEST_REWRITE = 36
"""Most words in a row, none in the source, that count as rewritten, where a whole story was kept:
the less of it was kept, the fewer; more say something new."""
LEAST_KEPT_SHARE = 0.2
"""Share of a sentence's words that its sources must have for the others to count as rewritten."""


def meter(data: Path) -> Record:
    """Tell verbatim, rewritten and new words apart in METER's finely annotated stories.

    Each agency text is aligned with the story. A word is verbatim where it stands in a copied
    span or in a long verbatim run, or is a longer word or a number that its passage's source has;
    other words of a sentence that was kept in part are rewritten, longer stretches new.
    """
    confusion: Counter[tuple[str, str]] = Counter()
    for row in records(data, "meter"):
        if not row["spans"]:
            continue
        sources, story = [read(pa["text"]) for pa in row["pa"]], read(row["text"])
        told = _told([(source, align_texts(source, story)) for source in sources], story)
        for span in row["spans"]:
            for k in range(*_words_of(story, span["start"], span["end"])):
                confusion[SPAN_LABELS[span["type"]], told[k]] += 1
    labels = tuple(SPAN_LABELS.values())
    scores = {label: _label_figures(confusion, label, labels) for label in labels}
    return {
        "macro_f1": sum(score["f1"] for score in scores.values()) / len(labels),
        "labels": scores,
        "confusion": {row: {col: confusion[row, col] for col in labels} for row in labels},
    }


def _label_figures(
    confusion: Counter[tuple[str, str]], label: str, labels: Sequence[str]
) -> dict[str, float]:
    right = confusion[label, label]
    found = sum(confusion[other, label] for other in labels)
    wanted = sum(confusion[label, other] for other in labels)
    return figures(right, found, right, wanted)


def _words_of(tokens: Tokens, start: int, end: int) -> tuple[int, int]:
    """Give the first word of a stretch of characters, and the one behind its last."""
    return bisect_left(tokens.starts, start), bisect_left(tokens.starts, end)


def _told(alignments: Iterable[tuple[Tokens, Alignment]], story: Tokens) -> list[str]:
    """Name for each word of a story what its alignments with the sources say of it."""
    kept = [False] * len(story.words)
    for source, alignment in alignments:
        for at, length in _long_runs(source, story):
            kept[at : at + length] = [True] * length
        for passage in alignment.passages:
            if passage.kind in (PassageKind.COPIED, PassageKind.REWRITTEN):
                _mark_kept(kept, passage, source, story)
    longest = LONGEST_REWRITE * sum(kept) / max(1, len(kept))
    sentences = [kept[first:end] for first, end in pairwise(story.bounds)]
    return [told for mine in sentences for told in _told_in_sentence(mine, longest)]


def _long_runs(source: Tokens, story: Tokens) -> list[tuple[int, int]]:
    """List the verbatim runs of a story by their first word and their length."""
    texts = [Flagged(tokens, (False,) * len(tokens.sentences)) for tokens in (source, story)]
    words, sides, _ = number_words(lay(texts), np.array([[0, 1]]))
    runs, _ = tile_runs(words, sides, words[:0], np.ones(1, np.uint8), LEAST_KEPT_RUN)
    return [(at, length) for _, at, length in runs.tolist()]


def _mark_kept(kept: list[bool], passage: Passage, source: Tokens, story: Tokens) -> None:
    """Mark the words that a passage has from its source."""
    known: set[str] = set()
    for sentence in passage.a:
        at = bisect_left(source.sentences, (sentence.start, sentence.end))
        first, last = max(0, at - 1), min(at + 1, len(source.sentences) - 1)
        known.update(filter(_tells, source.words[source.bounds[first] : source.bounds[last + 1]]))
    for _, span in passage.copied:
        for k in range(*_words_of(story, span.start, span.end)):
            kept[k] = True
    for sentence in passage.b:
        for k in range(*_words_of(story, sentence.start, sentence.end)):
            kept[k] |= story.words[k] in known


def _tells(word: str) -> bool:
    return word.isdigit() or len(word) >= LEAST_KEPT_WORD


def _told_in_sentence(kept: Sequence[bool], longest: float) -> list[str]:
    told: list[str] = []
    enough = sum(kept) >= LEAST_KEPT_SHARE * len(kept)
    for verbatim, stretch in groupby(kept):
        size = len(list(stretch))
        other = "rewritten" if enough and size <= longest else "new"
        told += ["verbatim" if verbatim else other] * size
    return told


def unrelated(data: Path) -> Record:
    """Give the share of sentences that are linked between unrelated news stories.

    Stories of different topics, one a pair; sentences of either side count.
    """
    topics: dict[str, list[str]] = defaultdict(list)
    for row in records(data, "bbc"):
        topics[row["category"]].append(row["text"])
    left, right = topics["sport"], topics["business"]
    linked = total = 0
    for x, y in list(zip(left, right, strict=False))[:UNRELATED_PAIRS]:
        a, b = read(x), read(y)
        for passage in align_texts(a, b).passages:
            total += len(passage.a) + len(passage.b)
            linked += len(passage.a) + len(passage.b) if passage.a and passage.b else 0
    return {"linked": linked, "sentences": total, "rate": linked / total}


def measure(data: Path, every: int) -> Record:
    """Run every part whose files are there."""
    parts: dict[str, tuple[tuple[str, ...], Callable[[], Record]]] = {
        "seeds": (("seed_alignment_gold.json", "seeds"), lambda: seeds(data)),
        "argrewrite": (("argrewrite.jsonl.gz",), lambda: argrewrite(data)),
        "meter_spans": (("meter.jsonl.gz",), lambda: meter(data)),
        "unrelated": (("bbc.jsonl.gz",), lambda: unrelated(data)),
        "pan13": (("pan13_pairs.jsonl.gz", "pan13_docs.jsonl.gz"), lambda: pan(data, every)),
    }
    results: Record = {}
    for name, (files, run) in parts.items():
        missing = [file for file in files if not (data / file).exists()]
        if missing:
            print(f"{name}: left out, no {', '.join(missing)}", file=sys.stderr)
            continue
        results[name] = run()
        print(name, json.dumps(results[name], indent=1), flush=True)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the development data")
    parser.add_argument("--pan", type=int, default=1, metavar="N", help="one PAN pair in N")
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    options = parser.parse_args()
    results = measure(options.data, options.pan)
    if options.out:
        options.out.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
