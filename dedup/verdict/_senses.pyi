from dedup.arrays import I64, U8, U32

__all__: list[str]

class Senses:
    def __init__(self, ids: U32, buckets: I64, codes: U8, centroids: U32) -> None: ...
