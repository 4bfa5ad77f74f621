r"""Find every pair of a dump with word 3-shingle Jaccard ≥ .5 by brute force; no sketch, no sample.

Words are `\w+` of the NFKC-normalised, casefolded text. A shingle is three word numbers packed into
one integer, hence exact; the shingles that two texts share are counted for all pairs of texts.
"""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from pathlib import Path

import numpy as np
import numpy.typing as npt
from reading import SHINGLE, THRESHOLD, texts

Ints = npt.NDArray[np.int64]

_BITS = 21  # three word numbers in 63 bits
_words = re.compile(r"\w+").findall


def shingle_sets(batch: list[str]) -> list[Ints]:
    """Return the sorted set of packed shingles of each text, int64."""
    numbers: dict[str, int] = {}
    sets: list[Ints] = []
    for text in batch:
        words = _words(unicodedata.normalize("NFKC", text).casefold())
        found = np.array(
            [numbers.setdefault(word, len(numbers) + 1) for word in words], dtype=np.int64
        )
        if 0 < len(found) < SHINGLE:  # a text of one or two words is one shingle
            found = np.concatenate([found, np.zeros(SHINGLE - len(found), dtype=np.int64)])
        packed = (found[:-2] << 2 * _BITS) | (found[1:-1] << _BITS) | found[2:]
        sets.append(np.unique(packed))
    if len(numbers) >= 1 << _BITS:
        raise ValueError(f"too many different words for exact shingles: {len(numbers)}")
    return sets


def true_pairs(batch: list[str]) -> list[tuple[int, int]]:
    """Return all pairs i < j at or over the threshold, sorted."""
    sets = shingle_sets(batch)
    sizes = np.array([len(one) for one in sets], dtype=np.int64)
    _, flat, holders = np.unique(np.concatenate(sets), return_inverse=True, return_counts=True)
    postings = np.repeat(np.arange(len(sets)), sizes)[np.argsort(flat, kind="stable")]
    firsts = np.cumsum(holders) - holders
    pairs: list[tuple[int, int]] = []
    for i, mine in enumerate(np.split(flat, np.cumsum(sizes)[:-1])):
        lengths = holders[mine]
        places = np.repeat(firsts[mine] - (np.cumsum(lengths) - lengths), lengths)
        shared = np.bincount(postings[places + np.arange(lengths.sum())], minlength=len(sets))
        near = shared >= THRESHOLD * (sizes[i] + sizes - shared)
        pairs += [(i, int(j)) for j in np.flatnonzero(near & (shared > 0)) if j > i]
    return pairs


def main() -> None:
    """Write the true pairs of a dump as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--input", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.write_text(json.dumps(true_pairs(texts(args.input))))


if __name__ == "__main__":
    main()
