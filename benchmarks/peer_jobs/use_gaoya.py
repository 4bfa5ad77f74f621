"""gaoya: tokenises, sketches, indexes and queries in Rust.

Its words are split at ASCII white space and punctuation only, so a curly quote stays with its word,
and texts of fewer than three words have no shingle and are all equal.
Its `query` keeps what the signatures estimate to be over the threshold: it verifies by estimate,
never by the texts, and so does less than the job asks. The binding can only be queried with a text:
every text is tokenised and sketched a second time for its query, which is gaoya's own cost.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reading import NUM_PERM, SHINGLE, THRESHOLD, Found, texts

_minhash = importlib.import_module("gaoya.minhash")  # at run time: it may not be installed


def _index(bands: int | None, rows: int | None) -> Any:
    return _minhash.MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=THRESHOLD,
        num_bands=bands,
        band_size=rows,
        num_hashes=NUM_PERM,
        analyzer="word",
        lowercase=True,
        ngram_range=(SHINGLE, SHINGLE),
        id_container="smallvec",  # what its documentation advises where near-copies are few
    )


def insert(batch: list[str]) -> int:
    """Sketch texts by inserting them one by one, 32 bands of 4; return how many."""
    index = _index(32, 4)
    for number, text in enumerate(batch):
        index.insert_document(number, text)
    return int(index.size())


def signatures(batch: list[str]) -> int:
    """Sketch texts without an index, by the call that inserting in bulk uses; return how many."""
    index = _index(32, 4).minhash_index
    made = 0
    for start in range(0, len(batch), 200):
        rows = index.bulk_hash_docs(batch[start : start + 200])
        if any(len(row) != NUM_PERM for row in rows):
            raise ValueError("gaoya made signatures of another length")
        made += len(rows)
    return made


def near_duplicates(path: Path, work: Path) -> Found:
    """Find pairs with the parallel bulk calls; gaoya chooses the bands itself (42 of 3)."""
    del work
    batch = texts(path)
    index = _index(None, None)
    index.par_bulk_insert_docs(list(range(len(batch))), batch)
    answers: list[list[int]] = index.par_bulk_query(batch)
    return Found(pairs=[(i, j) for i, near in enumerate(answers) for j in near if i < j])


SKETCHES: dict[str, Callable[[list[str]], int]] = {
    "gaoya": insert,
    "gaoya signatures": signatures,
}
PAIRS: dict[str, Callable[[Path, Path], Found]] = {"gaoya": near_duplicates}
