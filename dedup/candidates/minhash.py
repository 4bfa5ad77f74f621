"""MinHash signatures, equal to datasketch's own for the same shingle hashes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from dedup.arrays import U32, Ragged
from dedup.candidates import _sketches
from dedup.candidates.lsh import check_permutations
from dedup.errors import InputError
from dedup.text.words import read_words
from dedup.threads import check_threads, map_all

if TYPE_CHECKING:
    from datasketch import LeanMinHash

SEED = 1
"""datasketch's default seed."""
SCHEME = "affine32"
_TWISTER_WORDS = 624
_BATCH = 256
"""Texts a batch: small enough for its arrays to stay in the cores' caches."""


@lru_cache(maxsize=8)
def _permutations(num_perm: int, seed: int) -> tuple[U32, U32]:
    """Draw the permutations ``a * h + b`` as datasketch draws them for ``affine32``; a is odd.

    datasketch draws from NumPy's ``RandomState(seed)``: a Mersenne Twister, as Python's own is, but
    seeded as its authors did (Matsumoto and Nishimura 1998, ``init_genrand``).
    """
    state = [seed]
    for k in range(1, _TWISTER_WORDS):
        state.append((1812433253 * (state[-1] ^ (state[-1] >> 30)) + k) & 0xFFFFFFFF)
    generator = Random()
    generator.setstate((3, (*state, _TWISTER_WORDS), None))
    drawn = [generator.getrandbits(32) for _ in range(2 * num_perm)]
    a = np.array(drawn[:num_perm], dtype=np.uint32) << np.uint32(1) | np.uint32(1)
    return a, np.array(drawn[num_perm:], dtype=np.uint32)


def signatures(words: Ragged, num_perm: int = 128, seed: int = SEED) -> U32:
    """Sketch rows of word ids: MinHash of their word 3-shingles, u32[n, num_perm], C order.

    The first k columns of a longer signature are no signature of k permutations: datasketch draws
    all the factors before the shifts.

    Broder 1997, "On the resemblance and containment of documents"; the permutations are
    datasketch's scheme ``affine32``.
    """
    a, b = _permutations(num_perm, seed)
    return _sketches.signatures(words.values, words.offsets, a, b)


def sketch(
    texts: Iterable[str],
    *,
    num_perm: int = 128,
    seed: int = SEED,
    threads: int | None = None,
) -> U32:
    """Sketch texts: MinHash signatures, u32[n, num_perm], a row a text, in the order given.

    On all cores unless ``threads`` says how many; the result is the same. Raises
    :class:`~dedup.errors.InputError` for what is no text and for numbers out of range.

    >>> import dedup
    >>> dedup.sketch(["Rain fell on the city."]).shape
    (1, 128)
    """
    check_permutations(num_perm)
    _check_from("seed", seed, 0)
    workers = check_threads(threads)
    held = _checked(texts)
    batches = [held[at : at + _BATCH] for at in range(0, len(held), _BATCH)]

    def work(batch: Sequence[str]) -> U32:
        return signatures(read_words(batch), num_perm, seed)

    parts = map_all(work, batches, workers)
    return np.concatenate([np.empty((0, num_perm), np.uint32), *parts])


def _checked(texts: object) -> list[str]:
    """Take texts; one text alone is a mistake, since it would be sketched letter by letter."""
    if isinstance(texts, (str, bytes)) or not isinstance(texts, Iterable):
        raise InputError.of("texts", texts, "an iterable of str")
    held = list(texts)
    for position, text in enumerate(held):
        if not isinstance(text, str):
            raise InputError.of(f"texts[{position}]", text, "a str")
    return held


def _check_from(name: str, value: object, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 1 << 32:
        raise InputError.of(name, value, f"an int of {least} or more")


def as_lean_minhash(signature: U32, seed: int = SEED) -> LeanMinHash:
    """Wrap one signature, u32[num_perm], for use with datasketch."""
    from datasketch import LeanMinHash

    return LeanMinHash(seed=seed, hashvalues=signature, scheme=SCHEME)
