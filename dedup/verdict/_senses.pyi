from dedup.arrays import I8, I64, U32

__all__: list[str]

class Senses:
    def __init__(self, ids: U32, buckets: I64, vectors: I8) -> None: ...
