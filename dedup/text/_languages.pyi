from dedup.arrays import I32, I64, U8, U32

def tell_languages(
    words: U32,
    offsets: I64,
    slots: U32,
    rows: I32,
    weights: U8,
    most: int,
    least: int,
    half: int,
) -> I32: ...
