from dedup.arrays import I64
from dedup.verdict._amounts import Numerals
from dedup.verdict._stories import Layout

__all__ = ["arrange"]

def arrange(layout: Layout, pairs: I64, numerals: Numerals) -> None: ...
