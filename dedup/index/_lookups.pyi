from dedup.arrays import F64, I32, I64, U8, U32

NO_MOMENT: int

def find_lists(terms: U32, ends: I64, counts: I32, size: int, wanted: U32, found: I64) -> I64: ...
def count_dead(packed: U8, bounds: I64, terms: I64, alive: U8, last: int, found: I64) -> None: ...
def score_rows(
    postings: tuple[U8, I64],
    gains: F64,
    texts: tuple[I32, I64, I64, F64, I64],
    segment: tuple[U8, I64, I32, I64],
    first: int,
    best: tuple[I64, F64, I64],
) -> None: ...
def collisions(
    keys: U32,
    bands: tuple[U32, U32],
    windows: I64,
    segment: tuple[U8, I64, I32, I64],
    taken: I64,
    most: int,
) -> tuple[I64, I64]: ...
