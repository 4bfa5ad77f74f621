from dedup.alignment.laid import Laid, Near
from dedup.arrays import F64, I32, I64

MOST_MERGED: int

def group_pairs(
    near: Near,
    chosen: tuple[I32, I64],
    entries: tuple[I32, F64, I64, I64],
    texts: Laid,
    pairs: I64,
) -> tuple[I32, F64, I64]: ...
