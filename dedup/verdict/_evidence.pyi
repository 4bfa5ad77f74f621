from dedup.arrays import F64, I64
from dedup.verdict._stories import Layout

def measure(layout: Layout, pairs: I64, found: F64) -> None: ...
