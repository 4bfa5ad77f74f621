from dedup.arrays import I32, U16, U32
from dedup.facts._table import WordTable

class Marked:
    words: U32
    traits: U16
    stems: U32

    def __init__(
        self,
        codes: U32,
        words: U32,
        spans: I32,
        cuts: I32,
        table: WordTable,
        beginnings: WordTable,
        prefixes: U32,
    ) -> None: ...
    def with_trait(self, first: int, last: int, wanted: int) -> list[int]: ...
