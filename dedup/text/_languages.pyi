from dedup.arrays import I32, I64, U8, U32

def find_buckets(ids: U32, begins: I64) -> None: ...
def tell_languages(
    words: U32,
    offsets: I64,
    ids: U32,
    buckets: I64,
    weights: U8,
    most: int,
    least: int,
    half: int,
) -> I32: ...
