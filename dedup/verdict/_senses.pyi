from dedup.arrays import I8, I64, U8, U32

__all__: list[str]

class Senses:
    def __init__(self, ids: U32, buckets: I64, codes: U8, centroids: I8) -> None: ...
