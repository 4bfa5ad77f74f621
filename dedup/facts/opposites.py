"""Find the words that one of two stretches turns round: by an opposite, a prefix or a suffix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from dedup.facts.lexicon import LEAST_WORD, STEM, Lexicon, Trait
from dedup.facts.negations import Pair, form, negators, one_word
from dedup.facts.told import Stretch, Told

__all__ = ["affixed", "turned"]

LEAST_REST, LEAST_CASELESS_REST = 5, 3
"""Letters that a prefix leaves of a word that it turns round; 3 in each case where the one word
stands in the place of the other."""
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
        found += _in_place(a.told, here[group], b.told, there[group], group)
        if group >= a.told.lexicon.turning:
            continue
        (sides_a, places_a), (sides_b, places_b) = _parted(here[group]), _parted(there[group])
        if len(sides_a) == len(sides_b) == 1 and sides_a != sides_b:
            pair = _like_places(a.told, places_a, b.told, places_b)
            if pair is not None:
                found.append(pair)
    mirrored = {(other, one) for one, other in found}  # or its own: it is but denied
    return [pair for pair in dict.fromkeys(found) if pair not in mirrored]


Place = tuple[int, int, int]
"""A side, and the first and last + 1 of the words."""


def _turning(stretch: Stretch) -> dict[int, list[Place]]:
    """Find the words with an opposite, by group; a negation in its sentence turns each round."""
    told = stretch.told
    found: dict[int, list[Place]] = {}
    denying = negators(stretch)
    for k in stretch.words_with(Trait.OPPOSED):
        if k not in told.turns:  # which are asked for again and again
            told.turns[k] = _turn(told, k)
        first, sides = told.turns[k]
        if sides:
            low, high = told.sentence_of(k)
            turns = sum(max(low, k - FAR) <= no < min(high, k + FAR) for no in denying) % 2
            for group, side in sides.items():
                found.setdefault(group, []).append((side ^ turns, first, k + 1))
    return found


def _turn(told: Told, k: int) -> tuple[int, Mapping[int, int]]:
    """Give the first word of the longest form with opposites that ends with a word, its sides."""
    longest = told.lexicon.longest_turn.get(told.word(k), 1)
    for first in range(max(0, k + 1 - longest), k):
        sides = told.lexicon.sides(form(told, first, k + 1))
        if sides:
            return first, sides
    return k, told.lexicon.sides(told.word(k))


def _in_place(
    told_a: Told, places_a: list[Place], told_b: Told, places_b: list[Place], group: int
) -> Iterator[Pair]:
    """Find opposites of which one stands in the place of the other."""
    sides_b = {side for side, _, _ in places_b}
    for side, *ends_a in places_a:
        if sides_b == {side}:
            continue
        alike = {
            other: ends_b
            for other, *ends_b in reversed(places_b)
            if _stands_for(told_a, ends_a, told_b, ends_b)
            or _stands_near(told_a, ends_a, told_b, ends_b, group)
        }
        ends_b = alike.pop(1 - side, [])
        if ends_b and not alike and not _but_denied(told_a, ends_a, told_b, ends_b):
            yield _text(told_a, *ends_a), _text(told_b, *ends_b)


def _text(told: Told, first: int, last: int) -> str:
    return told.text[told.starts[first] : told.ends[last - 1]]


def _stands_for(told_a: Told, ends_a: Sequence[int], told_b: Told, ends_b: Sequence[int]) -> bool:
    """Tell whether words stand in the place of others: on one side the same word, or none, and on
    the other side words that begin alike.
    """
    before_a, before_b = told_a.ahead_of(ends_a[0]), told_b.ahead_of(ends_b[0])
    if before_a != before_b and not _akin(before_a, before_b):
        return False
    after_a, after_b = told_a.behind_of(ends_a[1]), told_b.behind_of(ends_b[1])
    return after_a == after_b or (before_a == before_b and _akin(after_a, after_b))


def _but_denied(told_a: Told, ends_a: Sequence[int], told_b: Told, ends_b: Sequence[int]) -> bool:
    """Tell whether words are forms of one, on one side but for a negation, told by itself."""
    alike = one_word(form(told_a, *ends_a), form(told_b, *ends_b))
    return alike and _sides(told_a, ends_a) == _sides(told_b, ends_b)


def _sides(told: Told, ends: Sequence[int]) -> Mapping[int, int]:
    return told.turns[ends[1] - 1][1]


def _stands_near(
    told_a: Told, ends_a: Sequence[int], told_b: Told, ends_b: Sequence[int], group: int
) -> bool:
    """Tell whether words of opposite sides stand between the same words, one of which is not among
    the most frequent, where one of those may stand between: *was found*, *was still missing*.
    """
    if group == told_a.lexicon.groups:
        return False
    if _sides(told_a, ends_a)[group] == _sides(told_b, ends_b)[group]:
        return False
    (before_a, after_a), (before_b, after_b) = _nearby(told_a, *ends_a), _nearby(told_b, *ends_b)
    shared = before_a & before_b, after_a & after_b
    return all(shared) and not told_a.lexicon.frequent.issuperset(shared[0] | shared[1])


def _nearby(told: Told, first: int, last: int) -> tuple[set[str], set[str]]:
    """Give the words before and behind some in their sentence, each up to the first that is not
    among the most frequent, two at most.
    """
    low, high = told.sentence_of(first)
    before, after = range(first - 1, max(low, first - 2) - 1, -1), range(last, min(high, last + 2))
    found: list[set[str]] = []
    for places in (before, after):
        found.append(set())
        for k in places:
            found[-1].add(told.word(k))
            if told.traits[k] & _PASSED != Trait.FREQUENT:
                break
    return found[0], found[1]


def _akin(one: str, other: str) -> bool:
    """Tell whether two words begin alike: what governs them changes their ends."""
    return len(one) >= LEAST_WORD and one[:LEAST_WORD] == other[:LEAST_WORD]


def _parted(places: list[Place]) -> tuple[set[int], list[tuple[int, int]]]:
    return {side for side, _, _ in places}, [(first, last) for _, first, last in places]


def _like_places(
    told_a: Told, places_a: list[tuple[int, int]], told_b: Told, places_b: list[tuple[int, int]]
) -> Pair | None:
    """Give the first two words that stand between like words."""
    for first_a, last_a in places_a:
        around_a = _context(told_a, first_a, last_a)
        for first_b, last_b in places_b:
            around_b = _context(told_b, first_b, last_b)
            alike = any(x and x == y for x, y in zip(around_a, around_b, strict=True))
            if alike and not _but_denied(told_a, (first_a, last_a), told_b, (first_b, last_b)):
                return _text(told_a, first_a, last_a), _text(told_b, first_b, last_b)
    return None


def _context(told: Told, first: int, last: int) -> tuple[str, str]:
    """Give the beginnings of the words before and behind, ``""`` where there is none."""
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
    told = one.told
    there = _words(other)
    here = _words(one)
    found: list[Pair] = []
    if told.lexicon.prefixes and len(negators(other)) > len(negators(one)):
        return found  # *unlikely* and *not likely*
    for word, (k, *_) in here.items():
        if word in there or not told.traits[k] & Trait.NEW:
            continue
        places = [
            there[plain][-1]
            for plain in _without_affix(word, told.lexicon)
            if len(there.get(plain, ())) > len(here.get(plain, ()))
            and not _has_prefix(other.told, there[plain][-1])
            and (_is_long(plain, word) or _in_place_of(one, k, other, there[plain][-1]))
        ]
        if not places and told.lexicon.suffixes:
            places = [
                j for j in _roots(word, there, told.lexicon) if _in_place_of(one, k, other, j)
            ]
        found += [(_text(told, k, k + 1), _text(other.told, j, j + 1)) for j in places]
    return found


def _in_place_of(one: Stretch, k: int, other: Stretch, j: int) -> bool:
    return _stands_for(one.told, (k, k + 1), other.told, (j, j + 1))


def _has_prefix(told: Told, k: int) -> bool:
    """Tell whether a word has its prefix before a hyphen: *non-binding*."""
    return k > 0 and told.gap(k - 1) == "-" and told.word(k - 1) in told.lexicon.prefixes


def _is_long(plain: str, word: str) -> bool:
    """Tell whether what an affix leaves of a word is long enough to be no other word by chance."""
    return len(plain) >= (LEAST_REST if word.upper() != word else LEAST_CASELESS_REST)


def _roots(word: str, there: dict[str, list[int]], lexicon: Lexicon) -> Iterator[int]:
    """Number words with the root of one that has a suffix, which they have not: Turkish *-siz*."""
    for suffix in lexicon.suffixes:
        at = word.find(suffix, LEAST_ROOT)
        for other, places in there.items() if at > 0 else ():
            if other.startswith(word[:at]) and not other.startswith(suffix, at):
                yield places[-1]


def _words(stretch: Stretch) -> dict[str, list[int]]:
    told = stretch.told
    found: dict[str, list[int]] = {}
    for first, last in stretch.ranges:
        for k in range(first, last):
            found.setdefault(told.word(k), []).append(k)
    return found


@lru_cache(maxsize=4096)
def _without_affix(word: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Take from a word what may turn it round."""
    found = [
        word.removeprefix(prefix)
        for prefix in lexicon.prefixes
        if word.startswith(prefix) and len(word) - len(prefix) >= LEAST_CASELESS_REST
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
