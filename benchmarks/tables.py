"""Write the tables of ``benchmarks/README.md``, and five figures of them in the ``README.md``, from
the results; ``--check`` only compares.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results"
OPENING, CLOSING = "<!-- tables -->\n", "<!-- /tables -->"


def table(title: str, head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    """Lay out one table in Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return f"{title}\n\n" + "\n".join(lines) + "\n"


def sketch_recall(rows: list[dict[str, Any]]) -> str:
    """Show what the LSH lane promises and keeps."""
    return table(
        "Recall of the LSH lane (`sketch_recall.py`), promised .95 at the threshold:",
        ("threshold", "bands x rows", "recall just above it", "recall above it", "precision"),
        [
            (
                row["threshold"],
                f"{row['bands']} x {row['rows']}",
                row["recall_just_above"],
                row["recall"],
                row["precision_verified"],
            )
            for row in rows
        ],
    )


def blowup(cases: dict[str, list[dict[str, Any]]]) -> str:
    """Show how cost grows where others blow up, and that nothing planted is lost."""
    return table(
        "Cost of hard inputs, near-duplicates at .5 and, of forms, a scan (`blowup.py`):",
        ("case", "size", "seconds", "CPU seconds", "peak MB", "pairs", "planted and found"),
        [
            (
                case,
                f"{row['size']:,}",
                row["seconds"],
                row.get("cpu_seconds", ""),
                row["peak_mb"],
                f"{row['pairs']:,}",
                _planted(row),
            )
            for case, rows in cases.items()
            for row in rows
        ],
    )


def _planted(row: dict[str, Any]) -> str:
    if "planted" in row:
        return f"{row['planted_found']:,} of {row['planted']:,} pairs"
    if "untied" in row:
        return f"{row['size'] - row['untied']:,} of {row['size']:,} texts tied together"
    return ""


def quality_candidates(found: dict[str, Any]) -> str:
    """Show which derived texts find a source among their candidates, and what the lanes cost."""
    both, shingles = found["lanes"]["both"], found["lanes"]["shingles"]
    rows: list[tuple[object, ...]] = [
        (kind, figures["texts"], shingles["found"][kind]["recall"], figures["recall"])
        for kind, figures in both["found"].items()
    ]
    rows.append(
        (
            "candidates an article",
            "",
            shingles["candidates an article"],
            both["candidates an article"],
        )
    )
    title = (
        f"A source among the candidates, in a pool of {found['pool']:,} texts "
        "(`quality_candidates.py`):"
    )
    return table(title, ("derived texts", "number", "shingles alone", "both lanes"), rows)


def scan(rows: list[dict[str, Any]]) -> str:
    """Show how a whole scan grows with the dump, and what it finds of a known truth."""
    return table(
        "A whole `dedup scan` of a grown dump, all output written, two cores (`scan.py`):",
        (
            *("articles", "MB", "seconds", "exponent", "peak MB", "bytes an article"),
            *("precision", "recall light", "syndicated", "rewritten"),
        ),
        [
            (
                f"{row['articles']:,}",
                f"{row['megabytes']:,}",
                row["seconds"],
                row.get("exponent", ""),
                f"{row['peak_mb']:,}",
                f"{row['peak_bytes_an_article']:,}",
                row.get("precision", ""),
                *(row["recall"][kind] if "recall" in row else "" for kind in KINDS),
            )
            for row in rows
        ],
    )


KINDS = ("light", "syndicated", "rewritten")


def resume(found: dict[str, Any]) -> str:
    """Show that a killed scan goes on from where it was."""
    return table(
        "A scan killed at random moments and run again (`resume.py`):",
        ("kills", "same bytes as an undisturbed run"),
        [(len(found["rounds"]), found["same"])],
    )


def quality_sentences(splitters: dict[str, dict[str, float]]) -> str:
    """Show sentence splitters side by side."""
    return table(
        "Sentence splitting, 200 news paragraphs labelled by reading (`quality_sentences.py`):",
        ("splitter", "precision", "recall", "F1", "microseconds a paragraph"),
        [
            (name, row["precision"], row["recall"], row["f1"], round(row["microseconds"]))
            for name, row in splitters.items()
        ],
    )


def quality_facts(found: dict[str, Any]) -> str:
    """Show how many changed facts are told, by kind, and how many where nothing changed."""
    kinds = ("number", "date", "name", "quote", "negation", "where nothing changed")
    english = found["English news"]
    rows: list[tuple[object, ...]] = [("English news", *(english[kind] for kind in kinds))]
    for source, name in (("by hand", "sentences in 22 languages"), ("news", "texts in 9 others")):
        figures = found[source]
        rows.append((name, *(f"{figures[k]['told']} of {figures[k]['of']}" for k in kinds)))
    made = table(
        "Made changes of facts that are told with kind and values (`quality_facts.py`):",
        ("text", *kinds),
        rows,
    )
    nothing = kinds[-1]
    rounds = [
        (
            name,
            *(figures["blind"][k] for k in ("told", nothing)),
            *(f"{figures[k]['told']} of {figures[k]['of']}" for k in ("told", nothing)),
        )
        for name, figures in found["turned round"].items()
    ]
    turned = table(
        "Sentences turned round by a negation, an affix or an opposite: told at first sight, and "
        "after the rules were mended on what was missed then (`quality_facts.py`):",
        ("round", "told blind", f"blind, {nothing}", "told", nothing),
        rounds,
    )
    return f"{made}\n{turned}"


def quality_verdict(found: dict[str, Any]) -> str:
    """Show every bar beside what the models give, what was read by eye, and the calibration."""
    sides = found["development, five folds"], found["untouched"]
    bars = [
        (bar, *(side["bars"][bar] for side in sides))
        for bar in sides[0]["bars"]
        if any(side["bars"][bar] is not None for side in sides)
    ]
    read = [
        (what, *(" / ".join(str(value) for value in side["read"][what].values()) for side in sides))
        for what in sides[0]["read"]
    ]
    reliable = [row for side in sides for row in side["calibration"]["share, mean, versions"]]
    titles = (
        "Share flagged as versions and its bar, of pairs for development (five folds of whole "
        "groups) and of the third that is set aside, by a model fitted without it "
        "(`fit_verdict.py`, `quality_verdict.py`):",
        "Pairs read by eye: precision / recall / F1 / pairs, or, of a verdict, pairs / right / "
        "versions:",
        "Reliability on pairs of scans, weighed back, development first: share of the pairs, mean "
        "probability, share of versions:",
    )
    heads = ("pairs", "development", "untouched"), ("share", "probability", "versions")
    return "\n\n".join(
        (
            table(titles[0], heads[0], bars),
            table(titles[1], heads[0], read),
            table(titles[2], heads[1], reliable),
        )
    )


def quality_alignment(found: dict[str, Any]) -> str:
    """Show the aligner's measures on four sorts of labelled texts."""
    rows: list[tuple[object, ...]] = [
        ("seeds, sentence links, F1", round(found["seeds"]["links"]["f1"], 3)),
        ("ArgRewrite, aligned pairs, F1", round(found["argrewrite"]["pairs"]["f1"], 3)),
        ("ArgRewrite, added and dropped, F1", round(found["argrewrite"]["added_dropped"]["f1"], 3)),
        (
            "METER, words verbatim, rewritten or new, macro F1",
            round(found["meter_spans"]["macro_f1"], 3),
        ),
    ]
    for kind, figures in found["pan13"].items():
        if figures["cases"]:
            rows.append((f"PAN13, {kind}, PlagDet", round(figures["plagdet"], 3)))
    return table("Passages (`quality_alignment.py`):", ("what", "figure"), rows)


def scale(rows: list[dict[str, Any]]) -> str:
    """Show how the near-duplicate job grows with the dump."""
    return table(
        "Near-duplicates of a grown dump, file to verified pairs, two cores (`scale.py`):",
        ("articles", "MB", "seconds", "peak MB", "exponent", "recall"),
        [
            (
                f"{row['articles']:,}",
                f"{row['megabytes']:,}",
                row["seconds"],
                f"{row['peak_mb']:,}",
                row.get("exponent", ""),
                row["recall"],
            )
            for row in rows
        ],
    )


def first_use(found: dict[str, Any]) -> str:
    """Show what a new environment costs."""
    compared = found["first compare"]
    rows: list[tuple[object, ...]] = [
        ("installing, compiling included", found["install"]["cpu"], ""),
        *(
            (f"first scan of {name}", found[name]["first"]["cpu"], found[name]["ratio"])
            for name in ("two files", "2,000 articles")
        ),
        ("import numpy, rapidfuzz", compared["imports"]["cpu"], ""),
        *(
            (f"import and compare: {name}", compared[name]["cpu"], compared[f"{name}, ratio"])
            for name in ("short", "seeds")
        ),
    ]
    return table(
        f"First use (`first_use.py`), an environment of {found['environment, MB']:.0f} MB; a scan's"
        " ratio is to the second, a comparison's to the import:",
        ("what", "CPU seconds", "ratio"),
        rows,
    )


_PEER_JOBS = {
    "sketch": "sketch",
    "pairs": "near-duplicates",
    "process": "near-duplicates, whole process",
}


def peers(found: dict[str, Any]) -> str:
    """Show the same two jobs done by other libraries in one run."""
    rows: list[tuple[object, ...]] = []
    left_out = sorted({job["name"] for job in found["jobs"] if "wall_s" not in job})
    for job in (job for job in found["jobs"] if "wall_s" in job):
        kind = _PEER_JOBS[job["kind"]]
        if job["name"] == "dedup scan":  # its pairs are stories, not Jaccard similarities
            kind, job = "whole scan", {**job, "recall": None, "precision": None}
        ours = job["name"] == "dedup"
        rows.append(
            (
                kind,
                job["name"],
                round(job["wall_s"], 2),
                1 if ours else round(job["wall_s_to_ours"], 2),
                round(job["peak_mb"]),
                round(job["recall"], 3) if job.get("recall") is not None else "",
                round(job["precision"], 3) if job.get("precision") is not None else "",
            )
        )
    head = ("job", "library", "seconds", "x ours", "peak MB", "recall", "precision")
    title = (
        f"{found['texts']:,} articles, {found['megabytes']:.0f} MB, side by side (`peers.py`; "
        "medians, the ratio taken within each round"
        + (f"; not run: {', '.join(left_out)}):" if left_out else "):")
    )
    return table(title, head, rows)


def speed(found: dict[str, Any]) -> str:
    """Show how long a comparison takes."""
    seeds, many = found["seeds"], found["many"]
    rows: list[tuple[object, ...]] = [
        ("the seeds", f"{seeds['least_ms']['compare']:.2f} ms", ""),
        ("the seeds, passages asked for", f"{seeds['least_ms']['compare, passages']:.2f} ms", ""),
        ("difflib on the same words", f"{seeds['least_ms']['difflib']:.2f} ms", ""),
        *(
            (
                f"each of {many['pairs']:,} pairs of articles, {name}",
                f"{many[name]['wall_ms']:.2f} ms, {many[name]['cpu_ms']:.2f} of CPU",
                "",
            )
            for name in ("one thread", "two threads", "one thread, passages besides")
        ),
    ]
    for name in ("5000 words", "200000 words", "100,000 one-word lines", "one sentence of 1 MB"):
        case = found[name]
        rows.append((f"{name}, both texts", f"{case['warm_s']:.2f} s", f"{case['peak_mb']:,}"))
    return table("Comparing two texts (`speed.py`):", ("texts", "time", "peak MB"), rows)


def threshold(found: dict[str, Any]) -> str:
    """Show what a higher probability trades on pairs of scans that were read."""
    return table(
        f"Precision and recall by `min_probability`, {found['pairs']} pairs of scans read by eye,"
        " all of them seen by the fit (`threshold.py`):",
        ("from", "flagged", "precision", "recall", "F1"),
        [
            (
                row["threshold"],
                row["flagged"],
                *(round(row[name]["value"], 3) for name in ("precision", "recall", "f1")),
            )
            for row in found["thresholds"]
        ],
    )


def agreement(found: dict[str, Any]) -> str:
    """Show how often `compare` says other than a scan does."""
    head = ("dump", *next(iter(found.values())))
    rows = [(name, *counts.values()) for name, counts in found.items()]
    return table("Pairs that a scan judged, compared alone (`agreement.py`):", head, rows)


def quality_rewrites(found: dict[str, Any]) -> str:
    """Show how many invented rewrites are found, and independent reports taken for one."""
    head = ("pairs of", *next(iter(found.values())))
    rows = [(name, *counts.values()) for name, counts in found.items()]
    title = (
        "News invented for it, told in other words throughout, in no fit (`quality_rewrites.py`,"
        " which needs no data):"
    )
    return table(title, head, rows)


def spark(found: dict[str, Any]) -> str:
    """Show that Spark finds what one machine finds, and at what cost."""
    head = (
        *("dump", "articles", "rows", "different", "CPU seconds", "of `scan`", "bytes an article"),
        *("driver's bytes", "peak MB of all, of a worker", "slowest task (its start), median"),
    )
    rows: list[tuple[object, ...]] = []
    for name, runs in found.items():
        differing = {**runs["differing"]}
        articles, count = f"{runs['here']['articles']:,}", f"{differing.pop('rows'):,}"
        seconds = f"{runs['spark']['cpu']} (x {runs['cpu ratio']})", runs["here"]["cpu"]
        size = f"{runs['bytes an article']:,}"
        of_driver = runs["spark"].get("driver bytes")
        held = "" if of_driver is None else f"{of_driver:,}"
        uneven = runs["spark"].get("most uneven stages", [])
        tasks = "".join(_uneven(stage) for stage in uneven[:1])
        peaks = runs["spark"].get("peak MB")
        memory = f"{peaks['all']:,}, {peaks['largest worker']:,}" if peaks else ""
        different = sum(differing.values())
        rows.append((name, articles, count, different, *seconds, size, held, memory, tasks))
    return table("A scan on Spark held against `dedup.scan`, two cores (`spark.py`):", head, rows)


def _uneven(stage: dict[str, float]) -> str:
    start = f" ({stage['starting']:.1f})" if "starting" in stage else ""
    return f"{stage['slowest']:.1f}{start}, {stage['median']:.1f} s"


def index(found: dict[str, Any]) -> str:
    """Show what an index costs as it grows, whether readers wait, and its peers."""
    grown = found["feed"]
    lines: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
        ("adding all, CPU seconds", lambda run: run["add_seconds"]),
        ("a batch of 1,000, 95 % within, CPU seconds", lambda run: run["batch_p95_seconds"]),
        ("stories that several tell", lambda run: f"{run['stories']:,}"),
        ("bytes an article", lambda run: f"{run['bytes_per_article']:,}"),
        ("query, median, ms", lambda run: run["query_median_ms"]),
        ("query, 95 % within, ms", lambda run: run["query_p95_ms"]),
        ("`dedup index query`, CPU seconds", lambda run: run["shell_seconds"]),
        ("its memory, MB", lambda run: run["shell_peak_mb"]),
        *(
            (f"{kind} versions found", lambda run, kind=kind: run["found"][kind])
            for kind in ("light", "syndicated", "rewritten")
        ),
        ("forgetting the first tenth, CPU seconds", lambda run: run["expire_seconds"]),
        ("share of the space that came back", lambda run: run["space_back"]),
        ("merging all then, CPU seconds", lambda run: run["compact_seconds"]),
    ]
    costs = table(
        "An index on disk, with stories, of a feed of 1,000 articles a batch (`index.py`):",
        ("what", *(f"{run['articles']:,}" for run in grown)),
        [(name, *(value(run) for run in grown)) for name, value in lines],
    )
    since = table(
        "CPU seconds of a batch of 1,000 added to an index of so many, mean of eight, on one"
        " thread, while others shared the two cores: before a pair was told to be no version by its"
        " linked sentences alone, and since, in turn, with the same versions found:",
        ("articles", "then", "since"),
        [
            (f"{run['articles']:,}", run["before_seconds"], run["seconds"])
            for run in found["batches_since"]
        ],
    )
    waits = table(
        "Reading it in four processes and on eight threads of another while one more adds"
        " (`index_readers.py`): calls, locks of the database that one would have had to wait for,"
        " calls that gave their processor up (threads of one process do so for each other), and"
        " those of them that waited over 50 ms:",
        ("writer adds to", "readers", "calls", "locks", "gave up", "over 50 ms"),
        [
            (
                run["writer"],
                name,
                f"{run[name]['calls']:,}",
                run["locked"],
                run[name]["slept"],
                run[name]["slept_over_50_ms"],
            )
            for run in found["readers"]
            for name in run
            if isinstance(run[name], dict)
        ],
    )
    return f"{costs}\n{since}\n{waits}"


TABLES: dict[str, Callable[[Any], str]] = {
    "quality_verdict": quality_verdict,
    "quality_rewrites": quality_rewrites,
    "threshold": threshold,
    "agreement": agreement,
    "quality_candidates": quality_candidates,
    "quality_alignment": quality_alignment,
    "quality_sentences": quality_sentences,
    "quality_facts": quality_facts,
    "sketch_recall": sketch_recall,
    "peers": peers,
    "scale": scale,
    "scan": scan,
    "index": index,
    "spark": spark,
    "resume": resume,
    "speed": speed,
    "blowup": blowup,
    "first_use": first_use,
}


def tables() -> Iterator[str]:
    """Make every table whose results are there."""
    for name, make in TABLES.items():
        path = RESULTS / f"{name}.json"
        if path.exists():
            yield make(json.loads(path.read_text()))


def figures() -> str:
    """Make the five lines of the README."""

    def last(name: str) -> dict[str, Any]:
        rows: list[dict[str, Any]] = json.loads((RESULTS / f"{name}.json").read_text())
        return rows[-1]

    scan, scale = last("scan"), last("scale")
    asked = json.loads((RESULTS / "index.json").read_text())["feed"][-1]
    kills = json.loads((RESULTS / "resume.json").read_text())
    whole = f"a scan of {scan['articles']:,} articles, {scan['megabytes']:,} MB, all files written"
    rows: list[tuple[object, ...]] = [
        (
            whole,
            f"{scan['seconds']:.0f} s, {scan['cpu_seconds']:.0f} CPU s, {scan['peak_mb']:,} MB",
            "`scan.py`",
        ),
        (
            "versions made and found there: syndicated, rewritten; precision",
            f"{scan['recall']['syndicated']:.3f}, {scan['recall']['rewritten']:.3f}; "
            f"{scan['precision']:.3f}",
            "`scan.py`",
        ),
        (
            f"near-duplicates of {scale['articles']:,} articles",
            f"{scale['seconds']:.0f} s, recall {scale['recall']:.3f}",
            "`scale.py`",
        ),
        (
            f"a question to an index of {asked['articles']:,} articles",
            f"median {asked['query_median_ms']:.1f} ms, 95 % within {asked['query_p95_ms']:.1f} ms",
            "`index.py`",
        ),
        (
            "scans killed at random and run again: same bytes",
            f"{kills['same']} of {len(kills['rounds'])}",
            "`resume.py`",
        ),
    ]
    return table("", ("what", "figure", "script"), rows).lstrip()


def main() -> None:
    """Write the tables, or say whether they are up to date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    for path, opening, closing, made in (
        (ROOT / "benchmarks" / "README.md", OPENING, CLOSING, "\n".join(tables())),
        (ROOT / "README.md", "<!-- figures -->\n", "<!-- /figures -->", figures()),
    ):
        text = path.read_text(encoding="utf-8")
        head, rest = text.split(opening)
        tail = rest.split(closing)[1]
        whole = f"{head}{opening}\n{made}\n{closing}{tail}"
        if not check:
            path.write_text(whole, encoding="utf-8")
        elif whole != text:
            sys.exit(f"{path}: its tables are not those of benchmarks/results")


if __name__ == "__main__":
    main()
