"""Where each id of a dump was met first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dedup.arrays import I64, U64
from dedup.dump._claims import claim_places
from dedup.dump.ids import is_made

__all__ = ["FirstPlaces", "Ids"]


class FirstPlaces:
    """An open hash table of places over Python's 64-bit hashes of ids, 32 to 64 bytes an id.

    The hashes have another key in each process, so that no dump can be made to have equal ones.
    Two of a million ids have one hash with a probability of 3e-8.
    """

    def __init__(self) -> None:
        self._resize(1 << 10)

    def _resize(self, size: int) -> None:
        self._size = size
        self._used = 0
        self._digests = np.zeros(size, np.uint64)
        self._places = np.zeros(size, np.uint64)

    def claim(self, identity: str, place: int) -> int | None:
        """Take an id for a place of 0 or more, or tell the place that has it.

        >>> places = FirstPlaces()
        >>> places.claim("a", 0), places.claim("a", 2)
        (None, 0)
        """
        taken = int(self.claim_all([identity], np.array([place + 1]))[0])
        return taken - 1 if taken else None

    def claim_all(self, ids: Sequence[str], places: I64) -> I64:
        """Take ids for places of 1 or more; give the place that has each, 0 where it was free.

        >>> FirstPlaces().claim_all(["a", "b", "a"], np.array([1, 2, 3])).tolist()
        [0, 0, 1]
        """
        size = self._size
        while 2 * (self._used + len(ids)) >= size:
            size *= 2
        if size > self._size:
            self._grow(size)
        digests = np.fromiter(map(hash, ids), np.int64, len(ids)).view(np.uint64)
        digests[digests == 0] = 1
        return self._enter(digests, places.astype(np.uint64)).astype(np.int64)

    def _enter(self, digests: U64, places: U64) -> U64:
        first = claim_places(digests, places, self._digests, self._places)
        self._used += int((first == 0).sum())
        return first

    def _grow(self, size: int) -> None:
        digests, places = self._digests, self._places
        used = digests != 0
        self._resize(size)
        self._enter(digests[used], places[used])


class Ids:
    """The ids of a dump in its order: who had each first, and another one for each made again.

    A second article with an id of its own is to be set aside. One whose id was made of what it
    says is the same article told twice: it gets a number behind it.

    >>> from dedup.dump.ids import made_id
    >>> made, ids = made_id(b"Rain.", "", None, "", ""), Ids()
    >>> [ids.claim(made, place)[0].removeprefix(made) for place in (1, 2, 3)]
    ['', '-2', '-3']
    """

    def __init__(self) -> None:
        self._places = FirstPlaces()
        self._copies: dict[str, int] = {}

    def claim(self, identity: str, place: int) -> tuple[str, int | None]:
        """Take an id for a place: the id to use, and the place that has it if it is not free."""
        first = self._places.claim(identity, place)
        if first is None or not is_made(identity):
            return identity, first
        return self._another(identity, place), None

    def _another(self, identity: str, place: int) -> str:
        number = self._copies.get(identity, 1)
        while True:
            number += 1
            name = f"{identity}-{number}"
            if self._places.claim(name, place) is None:
                self._copies[identity] = number
                return name

    def claim_all(self, ids: list[str], places: I64) -> tuple[list[str], I64]:
        """Take ids for places of 1 or more: the ids to use, and the place that has each, else 0."""
        first = self._places.claim_all(ids, places)
        again = [row for row in np.flatnonzero(first).tolist() if is_made(ids[row])]
        if again:
            ids = list(ids)
            for row in again:
                ids[row] = self._another(ids[row], int(places[row]))
                first[row] = 0
        return ids, first
