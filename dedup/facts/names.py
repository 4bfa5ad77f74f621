"""Find the names in a stretch of news English, and tell whether two have one bearer."""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache

from dedup.facts.stretch import CONTEXT, STEM, Fact, Stretch, simple_words

__all__ = ["names", "new_names", "same_name"]

_NAME = re.compile(
    r"[A-Z](?<![\w’'.].)(?:(?:\.[A-Z])+\.?|[\w-]*)"  # the letter first: quicker to search for
    r"(?:(?:\s+(?:of|de|van|von|al|bin)\s+|\s+)(?:[A-Z]\.(?:[A-Z]\.)*|[A-Z][\w-]*))*"
)
_QUOTE_OPENERS, _QUOTE_CLOSERS = '“‘"(', "'\"”’)"
_NO_NAMES = frozenset(
    "a an the this that these those he she it they we i you in on at by for from with as if when"
    " while after before since but and or so yet his her its their our my your there here what who"
    " how why where which some many most all both each every no not one two three several few"
    " meanwhile however also still now then more than mr mrs ms dr sir lord lady sen rep gov"
    " president minister prime secretary chief judge justice professor prof deputy foreign defence"
    " defense monday tuesday wednesday thursday friday saturday sunday january february march april"
    " may june july august september october november december".split()
)
_ALIASES = {
    word: group
    for group, words in {
        "us": "us usa america american americans washington states",
        "uk": "uk britain british london kingdom",
        "un": "un nations",
        "eu": "eu european union brussels europe",
        "russia": "russia russian russians moscow kremlin",
        "china": "china chinese beijing",
        "iran": "iran iranian iranians tehran teheran",
        "france": "france french paris",
        "germany": "germany german germans berlin",
        "israel": "israel israeli israelis jerusalem",
        "ukraine": "ukraine ukrainian ukrainians kiev kyiv",
        "japan": "japan japanese tokyo",
    }.items()
    for word in words.split()
}
"""Names of states and powers that news uses one for the other: adjectives, capitals, initials."""


_SHARED = frozenset("united new saint san los north south east west de van von al bin".split())
"""Words that names of different bearers begin with: they alone make no name the same."""


def names(text: str) -> list[Fact]:
    """Find names: capitalised words that do not merely begin a sentence, titles left out.

    >>> [fact.text for fact in names("On Friday Mr Sergei Ryabkov met the U.S. envoy in Oslo.")]
    ['Sergei Ryabkov', 'U.S.', 'Oslo']
    """
    found = (_name(text, match) for match in _NAME.finditer(text))
    return [fact for fact in found if fact is not None]


def new_names(stretch: Stretch, known: Set[str]) -> list[Fact]:
    """Find names of which no word is ``known``, folded.

    >>> stretch = Stretch.of("Mr Ryan Orr met Ann Lee in Oslo.")
    >>> [fact.text for fact in new_names(stretch, {"orr", "ann"})]
    ['Oslo']
    """
    found = []
    for match in _NAME.finditer(stretch.text):
        if stretch.last_word(match.end()) not in known:  # a name keeps its last word
            fact = _name(stretch.text, match)
            if fact is not None and known.isdisjoint(simple_words(fact.text)):
                found.append(fact)
    return found


def _name(text: str, match: re.Match[str]) -> Fact | None:
    """Make a name of what is capitalised, ``None`` where it is none."""
    name = match.group()
    words = name.split()
    if len(words) == 1 and _opens_sentence(text, match.start()):
        return None
    while words and words[0].rstrip(".").casefold() in _NO_NAMES:
        name = name[len(words.pop(0)) :].lstrip()
    value = tuple([word.replace(".", "").casefold() for word in words if word[0].isupper()])
    if _NO_NAMES.issuperset(value):
        return None
    return Fact(text, match.end() - len(name), match.end(), value)


def _opens_sentence(text: str, start: int) -> bool:
    """Tell whether a word is capitalised because a sentence begins with it."""
    before = text[max(0, start - CONTEXT) : start]
    if not before or before[-1] in _QUOTE_OPENERS or before[-1] == "\n":
        return True
    bare = before.rstrip()
    return bare != before and (bare.endswith(":") or bare.rstrip(_QUOTE_CLOSERS)[-1:] in {*".!?…"})


def same_name(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether two names may mean one bearer: a common word, stem, alias or its initials.

    >>> same_name(("united", "states"), ("us",)), same_name(("lee",), ("ann", "lee"))
    (True, True)
    """
    return not _bearer_keys(one).isdisjoint(_bearer_keys(other))


@lru_cache(maxsize=1024)
def _bearer_keys(name: tuple[str, ...]) -> frozenset[str]:
    """Give what two names of one bearer may have in common: aliases or stems, and the initials."""
    initials = "".join(word[0] for word in name) if len(name) > 1 else name[0]
    stems = [_ALIASES.get(word, word[: STEM + 1]) for word in name if word not in _SHARED]
    return frozenset([initials, *stems])
