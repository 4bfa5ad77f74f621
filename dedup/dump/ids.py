"""Ids: those made for articles that have none, from what they say, and who had each id first."""

from __future__ import annotations

import datetime
import re
from hashlib import blake2b

from dedup.errors import brief
from dedup.model import Article

MADE = "dedup:"
"""What made ids begin with."""
ID_TAKEN = "id taken"
_DIGEST_BYTES = 12
_MADE = re.compile(MADE + f"[0-9a-f]{{{2 * _DIGEST_BYTES}}}")


def made_id(text: bytes, title: str, date: datetime.date | None, source: str, url: str) -> str:
    """Make the id of an article that has none: from all it says and from nothing else.

    So it is the same in every file and on every day. Several records in one dump that say the same
    are told apart by a number behind it (:class:`Ids`).

    >>> made_id(b"Rain fell.", "Rain", None, "Post", "")
    'dedup:0b6b1faa71c718c7866c3686'
    """
    parts = (title, date.isoformat() if date else "", source, url)
    digest = blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES)
    digest.update(b"\0")
    digest.update(text)
    return MADE + digest.hexdigest()


def content_key(article: Article, checksum: int) -> int:
    """Number an article by all that is read of it, ``checksum`` being the CRC-32 of its text.

    It is what decides between records with one id, in a scan and on Spark alike: the one is kept
    whose words have the least digest, and of those with the same words the one with the least key.
    So it hangs neither on the order of records nor on how they are parted.
    """
    date = article.date.isoformat() if article.date else ""
    said = article.id, article.title, date, article.source, article.url, f"{checksum:08x}"
    data = "\0".join(said).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little")


def is_made(identity: str) -> bool:
    """Tell an id that :func:`made_id` made; no other one looks like it.

    >>> is_made(made_id(b"Rain.", "", None, "", "")), is_made("1")
    (True, False)
    """
    return identity.startswith(MADE) and _MADE.fullmatch(identity) is not None


def id_taken(identity: str, other: str) -> str:
    """Say why a record is set aside whose id another one has.

    >>> id_taken("b7", "line 3 of news.jsonl")
    "id taken: 'b7' is that of line 3 of news.jsonl"
    """
    return f"{ID_TAKEN}: {brief(identity)} is that of {other}"


class Ids:
    """The ids of a dump in its order: who had each first, and another one for each made again.

    A second article with an id of its own is to be set aside. One whose id was made of what it
    says is the same article told twice: it gets a number behind it.

    >>> made, ids = made_id(b"Rain.", "", None, "", ""), Ids()
    >>> [ids.claim(made, place)[0].removeprefix(made) for place in (1, 2, 3)]
    ['', '-2', '-3']
    """

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._copies: dict[str, int] = {}

    def claim(self, identity: str, place: int) -> tuple[str, int | None]:
        """Take an id for a place: the id to use, and the place that has it if it is not free."""
        first = self._places.get(identity)
        if first is not None and not is_made(identity):
            return identity, first
        if first is not None:
            identity = self._another(identity)
        self._places[identity] = place
        return identity, None

    def _another(self, identity: str) -> str:
        number = self._copies.get(identity, 1) + 1
        while f"{identity}-{number}" in self._places:
            number += 1
        self._copies[identity] = number
        return f"{identity}-{number}"
