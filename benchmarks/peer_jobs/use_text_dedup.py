r"""text-dedup: its own command `text_dedup.minhash`, called in this process after the imports.

It reads the dump with Hugging Face `datasets`, sketches on two processes and writes the kept texts;
reading and writing are part of its job and stay in the clock. Of its hashes the fast one (xxh3) is
taken. It verifies nothing and answers with groups, chains included, not with pairs: it does less
than the job asks. It splits at every `\W`, so its words hold empty ones between punctuation and
its Jaccard differs somewhat from the one of the truth.
"""

from __future__ import annotations

import importlib
import os
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from reading import NUM_PERM, SHINGLE, THRESHOLD, WORKERS, Found

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing may be asked for over a network
_minhash = importlib.import_module("text_dedup.minhash")  # at run time: it may not be installed


def near_duplicates(path: Path, work: Path) -> Found:
    """Run the command on the dump; its groups come from the union-find it leaves behind."""
    options = {
        "--path": "json",
        "--data_files": str(path),
        "--split": "train",
        "--cache_dir": str(work / "cache"),
        "--output": str(work / "kept"),
        "--column": "text",
        "--ngram": str(SHINGLE),
        "--min_length": "1",
        "--num_perm": str(NUM_PERM),
        "--threshold": str(THRESHOLD),
        "--num_proc": str(WORKERS),
        "--hash_func": "xxh3",
    }
    arguments = [part for option in options.items() for part in option]
    _minhash.main.main(args=arguments, standalone_mode=False)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for number in list(_minhash.uf.parent):
        groups[_minhash.uf.find(number)].append(number)
    return Found(groups=[group for group in groups.values() if len(group) > 1])


SKETCHES: dict[str, Callable[[list[str]], int]] = {}
PAIRS: dict[str, Callable[[Path, Path], Found]] = {"text-dedup": near_duplicates}
