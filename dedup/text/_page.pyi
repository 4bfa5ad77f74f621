from dedup.arrays import U32, U64

class HashTable:
    def __init__(self, keys: U64, flags: U32) -> None: ...
