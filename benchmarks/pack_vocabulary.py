"""Pack the background document frequencies into the package: ``dedup/data/english.npy``."""

from __future__ import annotations

import argparse
import gzip
from pathlib import Path

import numpy as np

from dedup.text.vocabulary import word_ids

TARGET = Path(__file__).parent.parent / "dedup" / "data" / "english.npy"


def main() -> None:
    """Read ``english_document_frequency.tsv.gz`` of the data folder and write the packed table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    folder = parser.parse_args().data
    with gzip.open(folder / "english_document_frequency.tsv.gz", "rt", encoding="utf-8") as lines:
        documents = int(next(lines).split()[1])
        rows = [line.rstrip("\n").split("\t") for line in lines]
    ids = word_ids([word for word, _ in rows])
    order = np.argsort(
        ids, kind="stable"
    )  # most frequent first, so a clash keeps the commoner word
    ids, first = np.unique(ids[order], return_index=True)
    frequencies = np.array([int(count) for _, count in rows], dtype=np.uint32)[order][first]
    # Not compressed: unpacking it would take longer than all else that a first comparison needs.
    np.save(TARGET, np.concatenate(([documents], ids, frequencies)).astype("<u4"))
    print(f"{TARGET.name}: {len(ids):,} words of {documents:,} documents")


if __name__ == "__main__":
    main()
