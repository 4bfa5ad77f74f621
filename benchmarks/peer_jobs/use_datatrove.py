"""datatrove: its four-step MinHash pipeline on two local workers.

Its unit of work is a file, so the dump is cut into two files before the clock starts, for it alone.
Workers are forked, not started afresh, so that imports stay outside the clock as for everybody. By
default it splits words with a blank spaCy tokenizer, which needs no model and takes most of the
time; the variant "plain words" splits the text, normalised by datatrove, at white space instead.
25 bands of 5 are given, as datasketch and text-dedup choose; numbers are not folded into one.
It verifies nothing and answers with groups, chains included: it does less than the job asks.
"""

from __future__ import annotations

import functools
import importlib
import struct
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reading import SHINGLE, WORKERS, Found

# At run time, since none of it may be installed; spaCy so that its import is not in the clock.
_dedup = importlib.import_module("datatrove.pipeline.dedup")
_config = importlib.import_module("datatrove.pipeline.dedup.candidates.minhash").MinhashConfig
_norm = importlib.import_module("datatrove.utils.text").TextNormConfig
_executor = importlib.import_module("datatrove.executor").LocalPipelineExecutor
_reader = importlib.import_module("datatrove.pipeline.readers").JsonlReader
_writer = importlib.import_module("datatrove.pipeline.writers").JsonlWriter
importlib.import_module("spacy")
_BANDS, _ROWS = 25, 5


class _PlainWords:
    """Split at white space, in place of the spaCy tokenizer."""

    def word_tokenize(self, text: str) -> list[str]:
        """Return the words of a normalised text."""
        return text.split()


def prepare(path: Path, work: Path) -> None:
    """Cut the dump into one file a worker, in order; called before the clock starts."""
    folder = work / "parts"
    folder.mkdir(parents=True)
    lines = path.read_bytes().splitlines(keepends=True)
    for part in range(WORKERS):
        start, end = (len(lines) * edge // WORKERS for edge in (part, part + 1))
        (folder / f"{part:05d}.jsonl").write_bytes(b"".join(lines[start:end]))


def _run(steps: list[Any], tasks: int, logs: Path) -> None:
    executor = _executor(
        steps,
        tasks=tasks,
        workers=min(WORKERS, tasks),
        start_method="fork",
        logging_dir=str(logs),  # one folder a step: it skips what another step's logs call done
    )
    executor.run()


def near_duplicates(path: Path, work: Path, plain: bool = False) -> Found:
    """Run the four steps; the groups come from the cluster files that the third one writes."""
    config = _config(
        n_grams=SHINGLE,
        num_buckets=_BANDS,
        hashes_per_bucket=_ROWS,
        norm_config=_norm(norm_numbers=False),
    )
    parts, signatures, bands, groups, kept = (
        str(work / name) for name in ("parts", "signatures", "bands", "groups", "kept")
    )
    first = _dedup.MinhashDedupSignature(signatures, config)
    if plain:
        first.word_tokenizer = _PlainWords()
    logs = work / "logs"
    _run([_reader(parts), first], WORKERS, logs / "1")
    _run([_dedup.MinhashDedupBuckets(signatures, bands, config=config)], _BANDS, logs / "2")
    _run([_dedup.MinhashDedupCluster(bands, groups, config, save_cluster_id=True)], 1, logs / "3")
    last = [_reader(parts), _dedup.MinhashDedupFilter(groups), _writer(kept, compression=None)]
    _run(last, WORKERS, logs / "4")
    return Found(groups=_groups(work))


def _groups(work: Path) -> list[list[int]]:
    """Read (document, cluster) pairs of uint32; documents are numbered within their part."""
    members: defaultdict[int, list[int]] = defaultdict(list)
    first = 0
    for part in sorted((work / "parts").iterdir()):
        file = work / "groups" / f"{int(part.stem):06d}.clusters"
        if file.exists():
            for document, cluster in struct.iter_unpack("<2I", file.read_bytes()):
                members[cluster].append(first + document)
        first += sum(1 for _ in part.open("rb"))
    return list(members.values())


SKETCHES: dict[str, Callable[[list[str]], int]] = {}
PAIRS: dict[str, Callable[[Path, Path], Found]] = {
    "datatrove": near_duplicates,
    "datatrove plain words": functools.partial(near_duplicates, plain=True),
}
