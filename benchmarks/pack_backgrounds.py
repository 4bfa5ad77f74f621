"""Pack how rare words are in the languages of news, and the words that tell languages apart.

Writes ``backgrounds.npz``, ``telling_words.npy`` and ``telling_weights.npy`` of ``dedup/data`` from
the word frequencies of the package `wordfreq` 3.1 (data under CC BY-SA 4.0). Needs
``pip install wordfreq``.
"""

from __future__ import annotations

import argparse
import gzip
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgpack
import numpy as np
import wordfreq
from numpy.typing import NDArray

from dedup.reading.texts import read
from dedup.text.vocabulary import IDF_STEPS, LANGUAGES, LISTED_IDS, word_ids

DATA = Path(__file__).parent.parent / "dedup" / "data"
NEWS = LANGUAGES[1:22]
"""Languages beside English whose rare words are known down to the rank ``LISTED``."""
OTHERS = LANGUAGES[22:]
LISTED, LISTED_OTHERS = 24_000, 8_000
UNSPACED = frozenset({"ja", "ko", "zh"})
TELLING = 1_200
"""Words of each language, most frequent first, by which it is told."""
FLOOR = 2e-5
"""Share of the words of a text that a word not among these is taken for."""
WEIGHT_STEPS = 24
"""Weights of one nat."""

# How rare words of a frequency in wordfreq are in English news: log10 of the frequency, and the
# mean idf in the 58,822 articles of the English table.
FREQUENCY = (-7.5, -6.5, -5.75, -5.25, -4.75, -4.25, -3.75, -3.25, -2.75, -2.25, -1.75, -1.25)
IDF = (9.5, 8.4, 7.63, 6.48, 5.14, 3.87, 2.85, 1.78, 0.94, 0.54, 0.2, 0.06)
CHARACTERS_A_WORD = 2.0
"""By how much a text has more words where each character is one."""


@cache
def traditional() -> dict[str, str]:
    """Give each simplified Chinese character a traditional one, where they differ."""
    path = files("wordfreq") / "data" / "_chinese_mapping.msgpack.gz"
    mapping = msgpack.unpackb(gzip.decompress(path.read_bytes()), strict_map_key=False)
    return {chr(new) if isinstance(new, int) else new: chr(old) for old, new in mapping.items()}


def frequencies(language: str) -> dict[str, float]:
    """Give the words of a language as the reader cuts them, most frequent first."""
    shares: dict[str, float] = defaultdict(float)
    for word, share in wordfreq.get_frequency_dict(language, "best").items():
        if not any(map(str.isdigit, word)):
            for part in read(word).words:
                shares[part] += share
    if language == "zh":
        for new, old in traditional().items():
            if new in shares:
                shares[old] = max(shares.get(old, 0.0), shares[new] / 3)
    if language in UNSPACED:
        total = sum(shares.values())
        shares = {word: share / total for word, share in shares.items()}
    return dict(sorted(shares.items(), key=lambda entry: -entry[1]))


def background(language: str, listed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Give the ids of a language's most frequent words, ascending, and their idf in steps."""
    found = list(frequencies(language).items())[:listed]
    listed_ids = word_ids([word for word, _ in found]) & LISTED_IDS
    ids, first = np.unique(listed_ids, return_index=True)
    shares = np.array([share for _, share in found])[first]
    if language in UNSPACED:
        shares = shares * CHARACTERS_A_WORD
    idf = np.interp(np.log10(shares), FREQUENCY, IDF)
    return ids, np.rint(idf * IDF_STEPS).astype(np.uint8)


def planes(ids: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Part the steps between ids into their upper bytes: the first pack to almost nothing."""
    steps = np.diff(ids, prepend=np.uint32(0)).astype("<u4")
    return np.ascontiguousarray(steps.view(np.uint8).reshape(-1, 4)[:, 1:].T)


def telling(languages: list[str]) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Give each word that tells a language: how much for each of them."""
    known = {language: frequencies(language) for language in languages}
    top = {language: dict(list(known[language].items())[:TELLING]) for language in languages}
    for word in sorted(set().union(*top.values())):
        shares = np.array([top[language].get(word, 0.0) for language in languages])
        weights = np.log(np.maximum(shares, FLOOR) / FLOOR) * WEIGHT_STEPS
        if weights.any():
            yield word, np.rint(weights).clip(0, 255).astype(np.uint8)


def main() -> None:
    """Write the files."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    arrays: dict[str, NDArray[np.uint8]] = {}
    for language in [*NEWS, *OTHERS]:
        ids, idf = background(language, LISTED if language in NEWS else LISTED_OTHERS)
        arrays[f"{language}_ids"], arrays[f"{language}_idf"] = planes(ids), idf
        print(f"{language}: {len(ids):,} words")
    np.savez_compressed(DATA / "backgrounds.npz", **arrays)
    rows = list(telling(LANGUAGES))
    ids = word_ids([word for word, _ in rows])
    order = np.argsort(ids, kind="stable")
    weights = np.array([weights for _, weights in rows])[order]
    np.save(DATA / "telling_words.npy", ids[order])
    np.save(DATA / "telling_weights.npy", weights)
    for name in ("backgrounds.npz", "telling_words.npy", "telling_weights.npy"):
        print(f"{name}: {(DATA / name).stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
