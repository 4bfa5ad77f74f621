from dedup.arrays import I32, I64, U8, U32

def read_words(
    source: U8, offsets: I64, classes: U8, fold_at: I32, fold_codes: U32
) -> tuple[U32, I64, U8]: ...
