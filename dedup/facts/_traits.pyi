from dedup.arrays import I32, I64, U16, U32, U64

def mark_words(
    codes: U32,
    words: U32,
    starts: I32,
    ends: I32,
    bounds: I64,
    slots: U32,
    known: U16,
    known_sides: U64,
    prefixes: U32,
) -> tuple[U16, U64, U32, U32]: ...
def number_words(letters: U32, offsets: I64) -> U32: ...
