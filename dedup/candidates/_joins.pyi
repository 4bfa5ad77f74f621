from dedup.arrays import F32, I32, I64, U16, U32, U64

Rows = tuple[U32, I64, I32]
Lists = tuple[U32, U32, U32]
Nearest = tuple[U32, F32]

def list_starts(rows: Rows, ranks: int) -> U32: ...
def post_terms(rows: Rows, order: U32, starts: U32) -> U32: ...
def join_terms(
    rows: Rows,
    weights: tuple[U16, F32],
    lists: Lists,
    part: tuple[int, int],
    least: float,
    nearest: Nearest,
) -> None: ...
def merge_nearest(nearest: Nearest, more: Nearest) -> None: ...
def shared_mass(words: tuple[U32, I64], masses: U32, totals: U64, pairs: U64) -> F32: ...
