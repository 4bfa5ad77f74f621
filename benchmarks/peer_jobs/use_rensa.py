"""rensa: R-MinHash in Rust over shingles made in Python.

Two processes parse, shingle and sketch; the index is built and asked in one, by the bulk calls.
Candidates are kept when the signatures estimate the threshold or more (a trivial cost): rensa
verifies nothing by the texts and so does less than the job asks.
rensa wants a number of bands that divides 128: 32 bands of 4.
"""

from __future__ import annotations

import importlib
import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reading import NUM_PERM, THRESHOLD, WORKERS, Found, shingles, spans, texts_of

_rensa = importlib.import_module("rensa")  # at run time: it may not be installed
_SEED = 42
_BANDS = 32


def sketch(batch: list[str]) -> int:
    """Sketch texts with the matrix call, 200 texts a time; return how many."""
    made = 0
    for start in range(0, len(batch), 200):
        sets = [shingles(text) for text in batch[start : start + 200]]
        matrix = _rensa.RMinHash.digest_matrix_from_token_sets(sets, NUM_PERM, _SEED)
        made += int(matrix.len())
    return made


def _sketches(span: tuple[Path, int, int]) -> list[Any]:
    sets = [shingles(text) for text in texts_of(span)]
    made: list[Any] = _rensa.RMinHash.from_token_sets(sets, NUM_PERM, _SEED)
    return made


def near_duplicates(path: Path, work: Path) -> Found:
    """Find the pairs that share a band and whose estimate is the threshold or more."""
    del work
    with multiprocessing.get_context("fork").Pool(WORKERS) as pool:
        sketches = [one for many in pool.imap(_sketches, spans(path)) for one in many]
    index = _rensa.RMinHashLSH(THRESHOLD, NUM_PERM, _BANDS)
    index.insert_many(sketches)
    answers: list[list[int]] = index.query_all(sketches)
    return Found(
        pairs=[
            (i, j)
            for i, near in enumerate(answers)
            for j in near
            if i < j and sketches[i].jaccard(sketches[j]) >= THRESHOLD
        ]
    )


SKETCHES: dict[str, Callable[[list[str]], int]] = {"rensa": sketch}
PAIRS: dict[str, Callable[[Path, Path], Found]] = {"rensa": near_duplicates}
