"""Measure sentence splitting on 200 news paragraphs labelled by reading, beside other splitters.

``labels/news_sentences.jsonl`` names each paragraph by data set, article id and offsets and holds
its sentences as offsets; the texts come from the data folder. Other splitters are measured where
they are installed, their sentences located in the paragraph one after the other.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from dedup.reading.texts import read

LABELS = Path(__file__).parent / "labels" / "news_sentences.jsonl"
RESULTS = Path(__file__).parent / "results" / "quality_sentences.json"
Spans = list[tuple[int, int]]


def located(text: str, sentences: Iterator[str]) -> Spans:
    """Find sentences given as texts, in order, as offsets without white space around them."""
    spans, at = [], 0
    for sentence in sentences:
        stripped = sentence.strip()
        start = text.find(stripped, at)
        if stripped and start >= 0:
            at = start + len(stripped)
            spans.append((start, at))
    return spans


def splitters() -> dict[str, Callable[[str], Spans]]:
    """Give this library's splitter and those others that are installed."""
    found: dict[str, Callable[[str], Spans]] = {"dedup": lambda text: [*read(text).sentences]}
    for name in ("nupunkt", "sentencex", "pysbd", "blingfire"):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        split = {
            "nupunkt": lambda m: m.sent_tokenize,
            "sentencex": lambda m: lambda text: m.segment("en", text),
            "pysbd": lambda m: m.Segmenter(language="en", clean=False).segment,
            "blingfire": lambda m: lambda text: m.text_to_sentences(text).split("\n"),
        }[name](module)
        found[name] = lambda text, split=split: located(text, iter(split(text)))  # type: ignore[misc]
    return found


def score(wanted: list[Spans], got: list[Spans]) -> dict[str, float]:
    """Compare spans exactly, both ends right."""
    hits = sum(len(set(w) & set(g)) for w, g in zip(wanted, got, strict=True))
    precision = hits / sum(map(len, got))
    recall = hits / sum(map(len, wanted))
    f1 = 2 * precision * recall / (precision + recall)
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def main() -> None:
    """Measure every splitter on all labelled paragraphs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    folder = parser.parse_args().data
    labels = [json.loads(line) for line in LABELS.read_text().splitlines()]
    texts: dict[tuple[str, str], str] = {}
    for dataset in sorted({label["dataset"] for label in labels}):
        with gzip.open(folder / f"{dataset}.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                texts[dataset, row["id"]] = row["text"]
    paragraphs = [texts[x["dataset"], x["id"]][x["start"] : x["end"]] for x in labels]
    wanted = [[(s, e) for s, e in label["sentences"]] for label in labels]
    result: dict[str, dict[str, float]] = {}
    for name, split in splitters().items():
        began = time.perf_counter()
        got = [split(paragraph) for paragraph in paragraphs]
        seconds = time.perf_counter() - began
        result[name] = {**score(wanted, got), "microseconds": round(seconds / len(got) * 1e6)}
        print(name, result[name])
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
