from dedup.alignment.laid import Numbers
from dedup.arrays import F64, I64, U8

def fit_extents(
    extents: I64, offsets: I64, kinds: U8, numbers: Numbers, least: F64
) -> tuple[I64, U8]: ...
