"""datasketch: `MinHash.bulk` over shingles made in Python, with SHA-1 (its default) and with xxh32.

Two processes parse, shingle and sketch; the index is built and asked in one, with the bands that
datasketch chooses for the threshold itself (25 of 5), which favour speed over recall. Candidates
are kept when the signatures estimate the threshold or more (a trivial cost): nothing is verified by
the texts, so it does less than the job asks. The xxh32 variant is the faster hash its users pick.
"""

from __future__ import annotations

import functools
import importlib
import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reading import (
    NUM_PERM,
    THRESHOLD,
    WORKERS,
    Found,
    shingles,
    shingles_as_bytes,
    spans,
    texts_of,
)

_datasketch = importlib.import_module("datasketch")  # at run time: it may not be installed
_SEED = 1


def _bulk(batch: list[str], fast: bool) -> list[Any]:
    """Sketch texts; SHA-1 wants bytes, xxh32 takes the string as it is."""
    settings: dict[str, Any] = {"num_perm": NUM_PERM, "seed": _SEED}
    if fast:
        settings["hashfunc"] = importlib.import_module("xxhash").xxh32_intdigest
    make = shingles if fast else shingles_as_bytes
    made: list[Any] = _datasketch.MinHash.bulk([make(text) for text in batch], **settings)
    return made


def sketch(batch: list[str], fast: bool = False) -> int:
    """Sketch texts, 200 a time; return how many."""
    made = 0
    for start in range(0, len(batch), 200):
        made += len(_bulk(batch[start : start + 200], fast))
    return made


def _values(span: tuple[Path, int, int], fast: bool) -> list[Any]:
    return [one.hashvalues for one in _bulk(texts_of(span), fast)]


def near_duplicates(path: Path, work: Path, fast: bool = False) -> Found:
    """Find the pairs that share a band and whose estimate is the threshold or more."""
    del work
    job = functools.partial(_values, fast=fast)
    scheme = _datasketch.MinHash(num_perm=2).scheme
    with multiprocessing.get_context("fork").Pool(WORKERS) as pool:
        sketches = [
            _datasketch.LeanMinHash(hashvalues=row, seed=_SEED, scheme=scheme)
            for rows in pool.imap(job, spans(path))
            for row in rows
        ]
    index = _datasketch.MinHashLSH(threshold=THRESHOLD, num_perm=NUM_PERM)
    with index.insertion_session() as session:
        for number, one in enumerate(sketches):
            session.insert(number, one, check_duplication=False)
    return Found(
        pairs=[
            (i, j)
            for i, one in enumerate(sketches)
            for j in index.query(one)
            if i < j and one.jaccard(sketches[j]) >= THRESHOLD
        ]
    )


SKETCHES: dict[str, Callable[[list[str]], int]] = {
    "datasketch": sketch,
    "datasketch xxh32": functools.partial(sketch, fast=True),
}
PAIRS: dict[str, Callable[[Path, Path], Found]] = {
    "datasketch": near_duplicates,
    "datasketch xxh32": functools.partial(near_duplicates, fast=True),
}
