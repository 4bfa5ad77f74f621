"""Find the words that one of two stretches turns round: by an opposite, a prefix or a suffix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice, product
from typing import NamedTuple

from dedup.facts.lexicon import LEAST_REST, LEAST_WORD, STEM, Lexicon, Trait
from dedup.facts.negations import Pair, negators, one_word
from dedup.facts.told import Stretch, Told

_LONG_REST = 5
"""Letters that an affix leaves of a word from which the one need not stand in the other's place."""
LEAST_ROOT = 2
"""Letters before a suffix that turns a word round."""
VOWEL_GOES = 2
"""Letters of a suffix whose vowel another takes the place of: Turkish *gelmiyor*."""
FAR = 8
"""Words on each side of one among which a negation in its sentence turns it round."""
_PASSED = Trait.FREQUENT | Trait.DENIES
"""Of these a word that may be passed over has the first alone."""


def turned(a: Stretch, b: Stretch) -> list[Pair]:
    """Find words of which the other stretch has an opposite between like words.

    >>> a, b = Told.of("Prices rose again."), Told.of("Prices fell again.")
    >>> turned(a.whole(), b.whole())
    [('rose', 'fell')]
    """
    here, there = _turning(a), _turning(b)
    found: list[Pair] = []
    for group in sorted(here.keys() & there.keys()):
        found += _in_place(here[group], there[group], group)
        sides_a, sides_b = ({one.side for one in of[group]} for of in (here, there))
        if group < a.told.lexicon.turning and sides_a.isdisjoint(sides_b):
            found += _between_like_words(here[group], there[group])
    mirrored = {(other, one) for one, other in found}  # or its own: it is but denied
    return [pair for pair in dict.fromkeys(found) if pair not in mirrored]


class Place(NamedTuple):
    """The words ``first`` to ``last`` (exclusive) of a text, and their side of a group."""

    told: Told
    first: int
    last: int
    side: int = 0

    @property
    def text(self) -> str:
        """The words as they are written."""
        return self.told.text_of(self.first, self.last)

    @property
    def sides(self) -> Mapping[int, int]:
        """Their sides of all groups, whatever negates them."""
        return self.told.turns[self.last - 1][1]


def _turning(stretch: Stretch) -> dict[int, list[Place]]:
    """Find the words with an opposite, by group; a negation in its sentence turns each round, but
    for one that is in several words themselves: *no one*.
    """
    told = stretch.told
    found: dict[int, list[Place]] = {}
    denying = negators(stretch)
    for k in stretch.words_with(Trait.OPPOSED):
        if k not in told.turns:  # which are asked for again and again
            told.turns[k] = _turn(told, k)
        first, sides = told.turns[k]
        if sides:
            turns = _turns_round(told, first, k, denying) if denying else 0
            places = Place(told, first, k + 1, turns), Place(told, first, k + 1, 1 - turns)
            for group, side in sides.items():
                found.setdefault(group, []).append(places[side])
    return found


def _turns_round(told: Told, first: int, k: int, denying: list[int]) -> int:
    """Tell whether the negations near some words, none of their own, turn them round: 1, else 0."""
    low, high = told.sentence_of(k)
    near = [no for no in denying if max(low, k - FAR) <= no < min(high, k + FAR)]
    return sum(first == k or not first <= no <= k for no in near) % 2


def _turn(told: Told, k: int) -> tuple[int, Mapping[int, int]]:
    """Give the first word of the longest form with opposites that ends with a word, its sides."""
    longest = told.lexicon.longest_turn.get(told.word(k), 1)
    for first in range(max(0, k + 1 - longest), k):
        sides = told.lexicon.sides(told.form(first, k + 1))
        if sides:
            return first, sides
    return k, told.lexicon.sides(told.word(k))


def _in_place(a: list[Place], b: list[Place], group: int) -> Iterator[Pair]:
    """Find opposites of which one stands in the place of the other.

    In the group of all words two on one side are none for a negation near one: it may deny another.
    """
    sides = {other.side for other in b}
    for one in a:
        if sides == {one.side}:
            continue
        alike = _alike(one, b, group) or _alike(one, b, group, blind=True)
        opposite = alike.pop(1 - one.side, None)
        if not opposite or alike or _but_denied(one, opposite):
            continue
        if group != one.told.lexicon.groups or one.sides[group] != opposite.sides[group]:
            yield one.text, opposite.text


def _alike(one: Place, others: list[Place], group: int, *, blind: bool = False) -> dict[int, Place]:
    """Give the first words of each side that stand in the place of some: beside another number,
    which is told by itself, where ``blind``, but for the group of all words.
    """
    if blind and (group == one.told.lexicon.groups or _NUMBER not in _beside(one, blind)):
        return {}
    return {
        other.side: other
        for other in reversed(others)
        if _stands_for(one, other, blind=blind) or _stands_near(one, other, group)
    }


def _stands_for(one: Place, other: Place, *, blind: bool = False) -> bool:
    """Tell whether words stand in the place of others: on one side the same word, or none, and on
    the other side words that begin alike. Where ``blind`` one number is as another.
    """
    (before, after), (other_before, other_after) = _beside(one, blind), _beside(other, blind)
    if before != other_before and not _akin(before, other_before):
        return False
    return after == other_after or (before == other_before and _akin(after, other_after))


def _beside(place: Place, blind: bool) -> tuple[str, str]:
    """Give the words before and behind some in their sentence, numbers alike where ``blind``."""
    told, first, last, _ = place
    ahead, behind = told.ahead_of(first), told.behind_of(last)
    if blind and ahead and told.traits[first - 1] & Trait.COUNTS:
        ahead = _NUMBER
    if blind and behind and told.traits[last] & Trait.COUNTS:
        behind = _NUMBER
    return ahead, behind


_NUMBER = "#"


def _but_denied(one: Place, other: Place) -> bool:
    """Tell whether words are forms of one, on one side but for a negation, told by itself."""
    if not one_word(*(place.told.form(place.first, place.last) for place in (one, other))):
        return False
    shared = one.sides.keys() & other.sides.keys()
    return all(one.sides[group] == other.sides[group] for group in shared)


def _stands_near(one: Place, other: Place, group: int) -> bool:
    """Tell whether words of opposite sides stand between the same words, one of which is not among
    the most frequent, where one of those may stand between: *was found*, *was still missing*.
    """
    words = one.told.lexicon
    if group == words.groups or one.sides[group] == other.sides[group]:
        return False
    shared = [here & there for here, there in zip(_nearby(one), _nearby(other), strict=True)]
    return all(shared) and not words.frequent.issuperset(shared[0] | shared[1])


def _nearby(place: Place) -> list[set[str]]:
    """Give the words before and behind some in their sentence, each up to the first that is not
    among the most frequent, two at most.
    """
    told, first, last, _ = place
    low, high = told.sentence_of(first)
    before, after = range(first - 1, max(low, first - 2) - 1, -1), range(last, min(high, last + 2))
    found: list[set[str]] = []
    for places in (before, after):
        found.append(set())
        for k in places:
            found[-1].add(told.word(k))
            if told.traits[k] & _PASSED != Trait.FREQUENT:
                break
    return found


def _akin(one: str, other: str) -> bool:
    """Tell whether two words begin alike: what governs them changes their ends."""
    return len(one) >= LEAST_WORD and one[:LEAST_WORD] == other[:LEAST_WORD]


def _between_like_words(a: list[Place], b: list[Place]) -> list[Pair]:
    """Give the first two words that stand between like words, or none."""
    pairs = (
        (one.text, other.text)
        for one, other in product(a, b)
        if any(x and x == y for x, y in zip(_context(one), _context(other), strict=True))
        and not _but_denied(one, other)
    )
    return list(islice(pairs, 1))


def _context(place: Place) -> tuple[str, str]:
    """Give the beginnings of the words before and behind, ``""`` where there is none."""
    told, first, last, _ = place
    cut = STEM if told.lexicon.spaced else None
    before = told.word(first - 1)[:cut] if first else ""
    return before, told.word(last)[:cut] if last < len(told.words) else ""


def affixed(one: Stretch, other: Stretch) -> list[Pair]:
    """Find words that a prefix or suffix turns round and that the other stretch has without.

    >>> a, b = Told.of("The ban was illegal."), Told.of("The ban was legal.")
    >>> from dedup.facts._differing import mark_new
    >>> mark_new(a.marked, b.marked)
    >>> affixed(a.whole(), b.whole())
    [('illegal', 'legal')]
    """
    there, here = _words(other), _words(one)
    words = one.told.lexicon
    found: list[Pair] = []
    if words.prefixes and len(negators(other)) > len(negators(one)):
        return found  # *unlikely* and *not likely*
    for word, (place, *_) in here.items():
        if word in there or not one.told.traits[place.first] & Trait.NEW:
            continue
        plain = [
            there[form][-1]
            for form in _without_affix(word, words)
            if len(there.get(form, ())) > len(here.get(form, ()))
            and not _has_prefix(there[form][-1])
            and (_is_long(form, word) or _stands_for(place, there[form][-1]))
        ]
        if not plain and words.suffixes:
            plain = [root for root in _roots(word, there, words) if _stands_for(place, root)]
        found += [(place.text, other_place.text) for other_place in plain]
    return found


def _has_prefix(place: Place) -> bool:
    """Tell whether a word has its prefix before a hyphen: *non-binding*."""
    told, k, *_ = place
    return k > 0 and told.gap(k - 1) == "-" and told.word(k - 1) in told.lexicon.prefixes


def _is_long(plain: str, word: str) -> bool:
    """Tell whether what an affix leaves of a word is long enough to be no other word by chance."""
    return len(plain) >= (_LONG_REST if word.upper() != word else LEAST_REST)


def _roots(word: str, there: dict[str, list[Place]], lexicon: Lexicon) -> Iterator[Place]:
    """Give words with the root of one that has a suffix, which they have not: Turkish *-siz*."""
    for suffix in lexicon.suffixes:
        at = word.find(suffix, LEAST_ROOT)
        for other, places in there.items() if at > 0 else ():
            if other.startswith(word[:at]) and not other.startswith(suffix, at):
                yield places[-1]


def _words(stretch: Stretch) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for k in stretch.places():
        found.setdefault(stretch.told.word(k), []).append(Place(stretch.told, k, k + 1))
    return found


@lru_cache(maxsize=4096)
def _without_affix(word: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Take from a word what may turn it round."""
    found = [
        word.removeprefix(prefix)
        for prefix in lexicon.prefixes
        if word.startswith(prefix) and len(word) - len(prefix) >= LEAST_REST
    ]
    for prefix in lexicon.verb_prefixes:
        if word.startswith(prefix):
            found += [word.removeprefix(prefix), "می" + word.removeprefix(prefix)]
    for suffix in lexicon.suffixes:
        for cut in (suffix, suffix + "y", suffix[: 1 if len(suffix) == VOWEL_GOES else None]):
            at = word.find(cut, 2)
            while at >= 0:
                found.append(word[:at] + word[at + len(cut) :])
                at = word.find(cut, at + 1)
    return tuple(found)
