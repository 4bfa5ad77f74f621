from collections.abc import Mapping

class HashTable:
    def __init__(self, entries: Mapping[int, int] | Mapping[str, int]) -> None: ...
