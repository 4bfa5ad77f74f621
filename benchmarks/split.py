"""Which part of the labelled pairs is for building, and which stays untouched until the end.

Texts tie pairs together: two pairs that share a text, an event, a story or a page are in one group,
and a group is never on both sides. A third of the groups, chosen by a hash of their name, is
*untouched*: nothing is fitted, looked at or measured there until a model is final.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from hashlib import blake2b

__all__ = ["FOLDS", "Split", "event", "text_key"]

PARTS = 3
"""One of so many groups is untouched."""
FOLDS = 5

_SPACE = re.compile(r"\s+")


def text_key(text: str) -> str:
    r"""Name a text by its words as they stand, blanks and case put aside.

    >>> text_key("Rain fell.") == text_key("rain  fell. ")
    True
    """
    return blake2b(_SPACE.sub(" ", text).strip().casefold().encode(), digest_size=12).hexdigest()


_EVENT = {
    "allsides_openings": (1, 2),
    "deplain_web": (1,),
    "detectrl_news": (1,),
    "duc_agencies": (1,),
    "duc_updates": (1,),
    "gpt_rephrase_news": (2,),
    "gpt_rephrase_wiki": (2,),
    "llmfake_derived": (-1,),
    "llmfake_rewrites": (-1,),
    "multiling2011": (2,),
    "onestop": (1,),
    "polished_news": (1,),
    "porsimples": (1,),
    "raidar_news": (1, 2),
    "rpm2": (1,),
    "vietnamese_mds": (1,),
}
"""Which parts of a pair's id, parted by colons, name its event, story or page."""


def event(name: str, pair_id: str) -> str:
    """Name the event of a pair of a set of ``pairs/``.

    >>> event("onestop", "onestop:Anita:adv-int")
    'onestop Anita'
    >>> event("ecbplus", "ecbplus:10_13ecbplus-10_4ecbplus")
    'ecbplus 10'
    """
    parts = pair_id.split(":")
    if name == "ecbplus":
        return f"ecbplus {parts[1].split('_')[0]}"
    family = "duc" if name.startswith("duc_") else name.removesuffix("_derived")
    family = family.removesuffix("_rewrites")
    chosen = [parts[k] for k in _EVENT[name]] if name in _EVENT else [pair_id]
    return " ".join((family, *chosen))


class Split:
    """Groups of texts, and the side that each is on.

    ``ties`` are lists of keys (of texts, events, stories, pages) that belong together.

    >>> split = Split([["a", "b"], ["b", "event"], ["c"]])
    >>> split.group("a") == split.group("event"), split.group("a") == split.group("c")
    (True, False)
    """

    def __init__(self, ties: Iterable[Sequence[str]]) -> None:
        self._parent: dict[str, str] = {}
        for keys in ties:
            for key in keys:
                self._join(keys[0], key)

    def group(self, key: str) -> str:
        """Name the group of a key: the least key that it is tied to, itself where it has none."""
        if key not in self._parent:
            return key
        root = key
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[key] != root:
            self._parent[key], key = root, self._parent[key]
        return root

    def follow(self, one: str, other: str) -> None:
        """Put two keys on one side, where one of them has not been named yet.

        Where they are on two, that one joins the other's group, whose side and name stay.

        >>> split = Split([["a", "b"]])
        >>> split.follow("c", "b")
        >>> split.untouched("c") == split.untouched("b")
        True
        """
        joins, keeps = (other, one) if one in self._parent else (one, other)
        self._parent.setdefault(keeps, keeps)
        if joins not in self._parent:
            apart = self.untouched(joins) != self.untouched(keeps)
            self._parent[joins] = self.group(keeps) if apart else joins

    def untouched(self, key: str) -> bool:
        """Tell whether the group of a key is kept for the end."""
        return _number("side", self.group(key)) % PARTS == 0

    def fold(self, key: str) -> int:
        """Give the part of cross-validation that the group of a key is in."""
        return _number("fold", self.group(key)) % FOLDS

    def _join(self, one: str, two: str) -> None:
        self._parent.setdefault(one, one)
        self._parent.setdefault(two, two)
        keep, gone = sorted((self.group(one), self.group(two)))
        self._parent[gone] = keep


def _number(purpose: str, name: Hashable) -> int:
    return int.from_bytes(blake2b(f"{purpose} {name}".encode(), digest_size=8).digest(), "big")
