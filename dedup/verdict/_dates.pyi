from dedup.arrays import I32, I64, U8, U32
from dedup.verdict._stories import Layout

__all__ = ["read_dates"]

FILLER: int
MONTH_AHEAD: int
DAY_AHEAD: int
MONTH_BEHIND: int

def read_dates(
    layout: Layout, words: U32, marks: U8, offsets: I64, calendar: U32, codes: I32
) -> None: ...
