from dedup.arrays import I64, U8, U64

BLANK: int
PLAIN: int
UNSURE: int
PADDING: int

def find_fields(
    source: U8, size: int, names: U8, starts: I64, ranks: I64
) -> tuple[I64, U8, I64, U64]: ...
