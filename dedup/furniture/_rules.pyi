from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from dedup.arrays import I64

def tried_stretches(arrays: Sequence[NDArray[Any]]) -> I64: ...
def settle(arrays: Sequence[NDArray[Any]]) -> None: ...
