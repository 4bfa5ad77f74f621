from dedup.arrays import F32, I32, I64, U8, U32, U64

class Layout:
    rows: int

def lay_out(
    words: U32,
    marks: U8,
    offsets: I64,
    digests: U64,
    languages: I32,
    ids: U32,
    idf: F32,
    buckets: I64,
    unknown: F32,
    masks: U32,
    sensed: U8,
) -> Layout: ...
