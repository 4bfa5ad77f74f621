"""How the loops that are still compiled at run time are compiled, and what they share.

They release the interpreter lock and are cached on disk after the first compilation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numba
import numpy as np

from dedup.arrays import U8
from dedup.text.marks import Point

__all__ = [
    "compiled",
    "decode_point",
    "inlined",
]

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a loop when it is first called; it runs without the interpreter lock."""
    made: F = numba.njit(nogil=True, cache=True, boundscheck=False)(function)
    return made


def inlined(function: F) -> F:
    """Compile a piece of a loop into the loops that call it."""
    made: F = numba.njit(nogil=True, cache=True, forceinline=True)(function)
    return made


LETTER, SEPARATOR, SINGLE = Point.LETTER, Point.SEPARATOR, Point.SINGLE
CLASS_BITS = Point.CLASS


@inlined
def decode_point(source: U8, at: np.uint64) -> tuple[np.uint32, np.uint64]:
    """Read the code point of two to four UTF-8 bytes that begins at ``at``; also where it ends."""
    lead = np.uint32(source[at])
    low = np.uint32(0x3F)
    six = np.uint32(6)
    second = np.uint32(source[at + np.uint64(1)]) & low
    if lead < 0xE0:
        return ((lead & np.uint32(0x1F)) << six) | second, at + np.uint64(2)
    third = np.uint32(source[at + np.uint64(2)]) & low
    if lead < 0xF0:
        return ((((lead & np.uint32(0x0F)) << six) | second) << six) | third, at + np.uint64(3)
    fourth = np.uint32(source[at + np.uint64(3)]) & low
    head = ((((lead & np.uint32(0x07)) << six) | second) << six) | third
    return (head << six) | fourth, at + np.uint64(4)
