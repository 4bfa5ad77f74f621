"""How the loops that are still compiled at run time are compiled, and what they share.

They release the interpreter lock and are cached on disk after the first compilation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numba

__all__ = ["compiled", "inlined"]

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a loop when it is first called; it runs without the interpreter lock."""
    made: F = numba.njit(nogil=True, cache=True, boundscheck=False)(function)
    return made


def inlined(function: F) -> F:
    """Compile a piece of a loop into the loops that call it."""
    made: F = numba.njit(nogil=True, cache=True, forceinline=True)(function)
    return made
