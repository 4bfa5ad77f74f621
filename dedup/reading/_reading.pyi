from dedup.arrays import I32, I64, U8, U32

def read(
    source: U8, offsets: I64, composed: U8, composed_offsets: I64, room: int, keeps_letters: bool
) -> tuple[tuple[U32, I64, I32, I32, U8, I32, I64, U8, U8, U8], U32, I64]: ...
