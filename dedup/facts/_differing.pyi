from dedup.arrays import U16, U32, U64

def mark_new(
    words_a: U32, traits_a: U16, rests_a: U32, words_b: U32, traits_b: U16, rests_b: U32
) -> None: ...
def may_differ(
    words_a: U32,
    traits_a: U16,
    sides_a: U64,
    stems_a: U32,
    words_b: U32,
    traits_b: U16,
    sides_b: U64,
    stems_b: U32,
    first_a: int,
    last_a: int,
    first_b: int,
    last_b: int,
    back: int,
) -> int: ...
