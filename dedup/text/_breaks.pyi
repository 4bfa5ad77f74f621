from dedup.arrays import I64, U8

LEAST: int
MOST: int

def find_hyphens(source: U8, offsets: I64) -> U8: ...
def find_open(source: U8, offsets: I64) -> U8: ...
