"""Dump file → texts → word 3-shingles, as the jobs of the shingling peers share it."""

from __future__ import annotations

import importlib
import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NUM_PERM = 128
THRESHOLD = 0.5
SHINGLE = 3
WORKERS = 2

_words = re.compile(r"\w+").findall


@dataclass(frozen=True, slots=True)
class Found:
    """Hold what a peer found: pairs (i < j) of record numbers, or whole groups of them."""

    pairs: list[tuple[int, int]] = field(default_factory=list)
    groups: list[list[int]] = field(default_factory=list)


def _json_parser() -> Callable[[bytes], Any]:
    """Choose the fastest JSON parser at hand, so that no peer waits for a slow one."""
    try:
        parser: Callable[[bytes], Any] = importlib.import_module("orjson").loads
    except ImportError:
        parser = json.loads
    return parser


parse = _json_parser()


def spans(path: Path, size: int = 4_000_000) -> list[tuple[Path, int, int]]:
    """Cut a file into byte ranges of about `size` that end at line ends, in file order."""
    end = path.stat().st_size
    cuts = [0]
    with path.open("rb") as file:
        while cuts[-1] < end:
            file.seek(min(cuts[-1] + size, end))
            file.readline()
            cuts.append(file.tell())
    return [(path, a, b) for a, b in itertools.pairwise(cuts)]


def texts_of(span: tuple[Path, int, int]) -> list[str]:
    """Read the texts of one byte range of a JSON Lines file."""
    path, start, end = span
    with path.open("rb") as file:
        file.seek(start)
        return [parse(line)["text"] for line in file.read(end - start).splitlines()]


def texts(path: Path) -> list[str]:
    """Read all texts of a JSON Lines file, in file order."""
    with path.open("rb") as file:
        return [parse(line)["text"] for line in file]


def shingles(text: str) -> list[str]:
    r"""Make the lower-cased word 3-shingles of a text.

    Words are `\w+`. Repeats stay in: dropping them by a set costs more than hashing them again.
    A text of one or two words is one shingle; a text without words has none.
    """
    words = _words(text.lower())
    if len(words) < SHINGLE:
        return [" ".join(words)] if words else []
    return list(map(" ".join, zip(words, words[1:], words[2:], strict=False)))


def shingles_as_bytes(text: str) -> list[bytes]:
    """Make the shingles of `shingles` in UTF-8; the words are encoded, not every shingle."""
    words = " ".join(_words(text.lower())).encode().split()
    if len(words) < SHINGLE:
        return [b" ".join(words)] if words else []
    return list(map(b" ".join, zip(words, words[1:], words[2:], strict=False)))
