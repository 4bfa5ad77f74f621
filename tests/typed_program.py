"""A user's program that uses every public name; ``mypy --strict`` passes it and it runs."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import dedup
from dedup import Article, Fields, Index, Verdict

WIRE = "The mayor of Oslo resigned on Monday after a vote. Her party lost four members in March."
PAPER = "The mayor of Oslo resigned on Monday after a vote. Her party lost five members in March."


def two_texts(folder: Path) -> list[str]:
    """Compare, align, explain and trace."""
    article = Article("w", WIRE, title="Mayor", date=datetime.date(2024, 1, 31), source="Wire")
    (folder / "ours.txt").write_text(PAPER)
    found: dedup.Comparison = dedup.compare(article, folder / "ours.txt")
    several: list[dedup.Comparison] = dedup.compare_many([(WIRE, PAPER), (article, PAPER)])
    passage: dedup.Passage = found.passages[0]
    sentence: dedup.Sentence = passage.a[0]
    spans: list[dedup.Span] = [span for pair in passage.copied for span in pair]
    changes: list[dedup.Change] = [change for one in found.passages for change in one.changes]
    kinds: set[dedup.ChangeKind] = {change.kind for change in changes}
    kind: dedup.PassageKind = passage.kind
    aligned: dedup.Alignment = dedup.align(WIRE, PAPER)
    region: dedup.Region = aligned.regions[0]
    reasons: tuple[dedup.Reason, ...] = dedup.why(article, folder / "ours.txt")
    traced: dedup.Trace = dedup.trace(PAPER, [article, WIRE])
    where: dedup.Attribution = traced.sentences[0]
    derivation: dedup.Derivation = traced.derivation
    plain: dict[str, Any] = found.to_dict()
    shown = [str(found), found.to_json(indent=2), found.to_html(), sentence.text, str(plain["a"])]
    facts = [found.verdict is Verdict.SYNDICATED, found.is_version, len(several), where.source]
    return [*shown, *map(str, (*facts, kinds, kind, spans, region.a.start, reasons, derivation))]


def a_dump(folder: Path) -> dedup.Report:
    """Scan, cut elsewhere, make tables, write."""
    rows: list[dict[str, object]] = [{"nr": 7, "story": WIRE}, {"nr": 8, "story": PAPER}]
    report: dedup.Report = dedup.scan(
        rows,
        fields=Fields(id="nr", text="story"),
        keep=lambda article, words: (article.source == "Wire", words),
        threads=1,
        within=datetime.timedelta(days=7),
        progress=False,
    )
    for cluster in report.clusters:
        one: dedup.Cluster = cluster
        member: dedup.Member = one.members[0]
        print(one.representative, member.id, member.verdict, f"{member.probability:.2f}")
    pairs: tuple[dedup.Pair, ...] = report.rethreshold(0.9).pairs
    rejected: tuple[dedup.Rejected, ...] = report.rejected
    candidates: list[dedup.Pair] = report.candidates()
    names = [report.article(pair.a).title for pair in candidates]
    unique: list[Article] = report.unique()
    report.write(folder / "found", format="parquet")
    print(len(report), len(pairs), len(rejected), names, len(unique), report.to_dicts("pairs"))
    labels = [("7", "8", True)]
    evaluation: dedup.Evaluation = dedup.evaluate(labels, report)
    cut = evaluation.cut(precision=0.95)
    print("no cut" if cut is None else f"{cut.threshold:.2f}, {cut.precision.low:.2f}")
    similar: list[dedup.SimilarPair] = dedup.near_duplicates([WIRE, PAPER], threshold=0.3)
    signatures: NDArray[np.uint32] = dedup.sketch([WIRE, PAPER], num_perm=64)
    print(similar[0].jaccard, signatures.shape)
    return report


def a_feed(folder: Path) -> None:
    """Add, ask, list stories, forget."""
    with Index.open(folder / "news.index") as index:
        index.add([Article("w", WIRE, date="2024-01-31"), {"id": "p", "text": PAPER}])
        set_aside: tuple[dedup.Rejected, ...] = index.add([" "], on_error="skip")
        matches: dedup.Matches = index.query(folder / "ours.txt", limit=5, within=7)
        many: list[dedup.Matches] = index.query_many([WIRE, PAPER], threads=2)
        best: dedup.Match | None = matches[0] if matches else None
        stories: list[dedup.Story] = index.stories(since="2024-01-01")
        members: list[dedup.StoryMember] = [one for story in stories for one in story.members]
        gone: int = index.expire(before=datetime.date(2024, 2, 1))
        print(len(set_aside), best and best.source, len(many), members, gone, "p" in index)


def errors(folder: Path) -> list[str]:
    """Tell errors apart."""
    told = []
    try:
        dedup.scan(folder / "nowhere.jsonl")
    except dedup.DumpError as error:
        told.append(str(error))
    except (dedup.FormatError, dedup.BusyError, dedup.MissingExtraError) as error:
        told.append(str(error))
    try:
        Article("a", "Rain.", date="yesterday")
    except dedup.InputError as error:
        told.append(str(error))
    except dedup.DedupError as error:
        told.append(str(error))
    return told


if __name__ == "__main__":
    place = Path(sys.argv[1])
    print(*two_texts(place), a_dump(place), *errors(place), sep="\n")
    a_feed(place)
