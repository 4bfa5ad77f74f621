from dedup.arrays import F64, I64
from dedup.verdict._amounts import Numerals
from dedup.verdict._senses import Senses
from dedup.verdict._stories import Layout

def measure(
    layout: Layout,
    pairs: I64,
    numerals: Numerals,
    senses: Senses,
    least: float,
    parts: bool,
    found: F64,
) -> None: ...
