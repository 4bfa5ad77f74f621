"""Grow a dump from real articles by a seeded edit model whose truth is known.

Every *original* is a new article: sentences drawn from four random articles of the seed dump, a
tenth of their longer words replaced by words of another article, so that no two originals share
more than chance wording. A quarter of the output are *versions* of an original written a little
before, in equal parts ``light`` (a few words changed), ``syndicated`` (sentences cut, a new lead, a
few words changed) and ``rewritten`` (sentences cut and turned round at a comma, near half of the
plain words replaced, names and numbers kept). The truth file names each version's original and
how it was made.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import orjson

from dedup.reading.texts import read

__all__ = ["Grown", "grow", "write"]

SEED = 20240229
MEAN_SENTENCES = 20
VERSION_SHARE = 0.25
SOURCES = 50
LOOK_BACK = 5_000
KINDS = ("light", "syndicated", "rewritten")
RETOLD = 0.45
"""Share of a rewritten version's plain words that are replaced."""


class Grown(NamedTuple):
    """One article of the grown dump; ``of`` is the original's id, empty for an original."""

    id: str
    text: str
    source: str
    date: str
    of: str
    kind: str


def grow(texts: list[str], count: int, seed: int = SEED) -> Iterator[Grown]:
    """Grow ``count`` articles from real ones; the first n are the same for any larger count."""
    draw = random.Random(seed)
    pools = [[text[s:e] for s, e in read(text).sentences] for text in texts]
    pools = [pool for pool in pools if len(pool) >= MEAN_SENTENCES // 2]
    recent: list[tuple[str, list[str]]] = []
    for number in range(count):
        key = f"g{number:07d}"
        day = f"20{10 + number % 10}-{1 + number % 12:02d}-{1 + number % 28:02d}"
        source = f"paper{draw.randrange(SOURCES)}"
        if recent and draw.random() < VERSION_SHARE:
            of, sentences = recent[draw.randrange(len(recent))]
            kind = draw.choice(KINDS)
            text = "\n\n".join(_version(kind, sentences, pools, draw))
            yield Grown(key, text, source, day, of, kind)
            continue
        sentences = _original(pools, draw)
        if len(recent) < LOOK_BACK:
            recent.append((key, sentences))
        else:
            recent[draw.randrange(LOOK_BACK)] = (key, sentences)
        yield Grown(key, "\n\n".join(sentences), source, day, "", "original")


def _original(pools: list[list[str]], draw: random.Random) -> list[str]:
    wanted = max(6, round(draw.gauss(MEAN_SENTENCES, 5)))
    chosen = [draw.choice(draw.choice(pools)) for _ in range(wanted)]
    return _reword(chosen, pools, draw, share=0.1)


def _version(
    kind: str, sentences: list[str], pools: list[list[str]], draw: random.Random
) -> list[str]:
    if kind == "rewritten":
        return _retell(sentences, pools, draw)
    changed = _syndicate(sentences, pools, draw) if kind == "syndicated" else sentences
    return _reword(changed, pools, draw, share=0.02)


def _syndicate(sentences: list[str], pools: list[list[str]], draw: random.Random) -> list[str]:
    """Cut a fifth to a third of the sentences, from the end, and write a new lead."""
    kept = sentences[: -max(1, round(len(sentences) * draw.uniform(0.2, 0.33)))]
    return [draw.choice(draw.choice(pools)), *kept[1:]]


def _retell(sentences: list[str], pools: list[list[str]], draw: random.Random) -> list[str]:
    """Tell most sentences in other words: turned round at a comma, plain words replaced."""
    told = []
    for sentence in sentences:
        if draw.random() < 0.15:
            continue
        head, comma, tail = sentence.partition(", ")
        words = f"{tail}, {head}".split(" ") if comma else sentence.split(" ")
        for place, word in enumerate(words):
            if word.islower() and draw.random() < RETOLD:
                words[place] = _plain_word(pools, draw)
        told.append(" ".join(words))
    return told


def _plain_word(pools: list[list[str]], draw: random.Random) -> str:
    """Draw a word without capitals or digits, as frequent ones are drawn more often."""
    while True:
        word = draw.choice(draw.choice(draw.choice(pools)).split(" "))
        if word.islower() and word.isalpha():
            return word


def _reword(
    sentences: list[str], pools: list[list[str]], draw: random.Random, share: float
) -> list[str]:
    """Replace a share of the words of more than three letters by words of random sentences."""
    changed = []
    for sentence in sentences:
        words = sentence.split(" ")
        for _ in range(round(len(words) * share + draw.random() * 0.5)):
            place = draw.randrange(len(words))
            if len(words[place]) > len("and"):
                words[place] = draw.choice(draw.choice(draw.choice(pools)).split(" "))
        changed.append(" ".join(words))
    return changed


def write(data: Path, count: int, target: Path) -> Path:
    """Write the grown dump as JSON Lines and its truth beside it; returns the truth's path."""
    with gzip.open(data / "news_abp.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    truth = target.with_suffix(".truth.tsv")
    with target.open("wb") as dump, truth.open("w", encoding="utf-8") as known:
        for article in grow(texts, count):
            row = {"id": article.id, "source": article.source, "date": article.date}
            dump.write(orjson.dumps({**row, "text": article.text}) + b"\n")
            if article.of:
                known.write(f"{article.of}\t{article.id}\t{article.kind}\n")
    return truth


def main() -> None:
    """Grow a dump of a given size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.jsonl")
    options = parser.parse_args()
    print(write(options.data, options.count, options.out))


if __name__ == "__main__":
    main()
