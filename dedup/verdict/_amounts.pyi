from dedup.arrays import I32, U32

__all__: list[str]

class Numerals:
    def __init__(self, ids: U32, codes: I32) -> None: ...
