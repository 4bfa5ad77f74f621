"""Measure which versions become candidates, and what each lane costs.

The pool is the news of the development data, all METER stories with their agency copy, and all
rewrites with their originals. A derived article is found where one of its sources is a candidate.
The times are of this run, for the pool's news alone, words read: each lane from arrays of words to
pairs, the near-duplicate one with its exact verification.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import Ragged
from dedup.candidates import _sketches, lsh, terms
from dedup.candidates.minhash import signatures
from dedup.text.vocabulary import english
from dedup.text.words import read_words

sys.path.insert(0, str(Path(__file__).parent))
from verdict_pairs import records

RESULTS = Path(__file__).parent / "results" / "quality_candidates.json"
SEEDS = Path(__file__).parent.parent / "seeds"
THRESHOLD = 0.5
ROUNDS = 3


class Derived(NamedTuple):
    """A derived text, any of whose sources should be its candidate."""

    kind: str
    text: str
    sources: tuple[str, ...]


def derived_texts(data: Path) -> list[Derived]:
    """List the derived texts of the development data and the seeds."""
    found = []
    for row in records(data, "meter"):
        if row["label"] != "non-derived":
            sources = tuple(source["text"] for source in row["pa"])
            found.append(Derived(f"METER {row['label'].split('-')[0]}", row["text"], sources))
    found += [
        Derived(f"rewrites {row['model']}", row["b"], (row["a"],))
        for row in records(data, "l2r_news")
    ]
    one, other = (path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt")))
    return [*found, Derived("seeds", other, (one,))]


def term_lane(words: Ragged) -> NDArray[np.int64]:
    """Run the rare-term lane alone."""
    rare = terms.RareWords(english().common(terms.COMMON))
    rare.add(words)
    return terms.candidate_pairs(rare, english(), terms.TermSettings())[0]


def shingle_lane(words: Ragged, *, verified: bool) -> NDArray[np.int64]:
    """Run the MinHash/LSH lane alone, on one thread."""
    bands = lsh.choose_bands(THRESHOLD)
    sketches = signatures(words, bands.permutations)
    pairs = lsh.candidate_pairs(_sketches.band_keys(sketches, bands.bands, bands.rows))
    if verified:
        _sketches.shingle_overlap(words.values, words.offsets, pairs)
    return pairs


def recalls(
    derived: Iterable[Derived], place: dict[str, int], pairs: set[tuple[int, int]]
) -> dict[str, dict[str, float]]:
    """Give the share of derived texts with a source among their candidates, by kind."""
    hits = defaultdict(list)
    for kind, text, sources in derived:
        own = place[text]
        ways = [(min(own, place[s]), max(own, place[s])) for s in sources]
        hit = any(way in pairs or way[0] == way[1] for way in ways)
        hits[kind].append(hit)
        if kind.startswith("rewrites "):
            hits["rewrites"].append(hit)
    return {
        kind: {"texts": len(found), "recall": round(float(np.mean(found)), 4)}
        for kind, found in sorted(hits.items())
    }


def costs(words: Ragged) -> dict[str, float]:
    """Time both lanes side by side, the best of a few rounds, in seconds."""
    best = {"near-duplicate lane": np.inf, "rare-term lane": np.inf}
    for _ in range(ROUNDS):
        began = time.process_time()
        shingle_lane(words, verified=True)
        between = time.process_time()
        term_lane(words)
        ended = time.process_time()
        best["near-duplicate lane"] = min(best["near-duplicate lane"], between - began)
        best["rare-term lane"] = min(best["rare-term lane"], ended - between)
    ratio = best["rare-term lane"] / best["near-duplicate lane"]
    return {**{name: round(float(s), 3) for name, s in best.items()}, "ratio": round(ratio, 2)}


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    options = parser.parse_args()
    news = [row["text"] for row in records(options.data, "news_abp")]
    derived = derived_texts(options.data)
    texts = list(dict.fromkeys(news))
    texts = list(dict.fromkeys([*texts, *(t for d in derived for t in (d.text, *d.sources))]))
    place = {text: at for at, text in enumerate(texts)}
    words = read_words(texts)
    lanes = {"rare terms": term_lane(words), "shingles": shingle_lane(words, verified=False)}
    lanes["both"] = np.unique(np.concatenate(list(lanes.values())), axis=0)
    found = {
        name: {
            "candidates an article": round(len(pairs) / len(texts), 3),
            "found": recalls(derived, place, set(map(tuple, pairs.tolist()))),
        }
        for name, pairs in lanes.items()
    }
    result = {"pool": len(texts), "lanes": found, "seconds": costs(read_words(news))}
    RESULTS.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
