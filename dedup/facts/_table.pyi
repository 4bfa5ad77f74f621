from dedup.arrays import U16, U32, U64

class WordTable:
    def __init__(self, ids: U32, traits: U16, columns: U64) -> None: ...
