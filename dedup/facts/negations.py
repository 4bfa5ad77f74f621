"""Find the words that one of two stretches denies or turns round and the other says as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from dedup.facts.lexicon import REACH, STEM, Kinds, Lexicon, Trait
from dedup.facts.told import Stretch, Told

__all__ = ["affixed", "denied", "turned"]

Pair = tuple[str, str]
LEAST_WORD = 3
"""Letters of a word that can be denied."""
LONGEST_ENDING = 3
"""Letters by which the ends of two forms of a word differ at most."""
LEAST_REST, LEAST_CASELESS_REST = 5, 3
"""Letters that a prefix leaves of a word that it turns round; 3 in each case where the one word
stands in the place of the other."""
LEAST_ROOT = 2
"""Letters before a suffix that turns a word round."""
_UNSPACED_REACH = 3


def denied(a: Stretch, b: Stretch) -> list[Pair]:
    """Find words that one stretch negates and the other, without a word that denies, has too.

    >>> a, b = Told.of("It will not be sold."), Told.of("It will be sold.")
    >>> denied(a.whole(), b.whole())
    [('not be sold', 'be sold')]
    """
    negators_a, negators_b = _negators(a), _negators(b)
    found = _put_in(a, negators_a, b)
    found += [(word, no) for no, word in _put_in(b, negators_b, a)]
    if found or len(negators_a) == len(negators_b):
        return found
    if len(negators_a) > len(negators_b):
        return _denied(a, negators_a, b, negators_b)
    return [(word, no) for no, word in _denied(b, negators_b, a, negators_a)]


def _put_in(negated: Stretch, negators: list[int], affirmed: Stretch) -> list[Pair]:
    """Find negations of which the other stretch has the words around, and not the negation."""
    told = negated.told
    if not negators or not told.lexicon.spaced:
        return []
    here, there = told.words.tolist(), affirmed.ids(affirmed.told.words)
    places, stems = affirmed.places(), affirmed.ids(affirmed.told.marked.stems)
    mine = negated.ids(told.words)
    found = []
    reached = -1
    for k in negators:
        head = _head(told, k)
        if head < reached:  # the second half of *ne … pas*
            continue
        ahead, behind = here[max(0, head - 2) : head], here[k + 1 : k + 3]
        whole = here[max(0, head - 1) : k + 2]
        at = _place_between(there, ahead, behind) if ahead and behind else -1
        last = max(next(_places_of_denied(told, k), k + 1), k + 1)
        if at < 0 or int(told.marked.stems[last]) not in stems:
            continue
        if _says_otherwise(told, (k, last), affirmed.told, places[at]):
            continue
        if not _have_run(there, whole) and not _have_run(mine, [ahead[-1], behind[0]]):
            text = told.text[told.starts[head] : told.ends[last]]
            reached = k + REACH
            found.append((text, told.text[told.starts[k + 1] : told.ends[last]]))
    return found


def _have_run(words: list[int], run: list[int]) -> bool:
    """Tell whether words have a run in them."""
    return any(words[j : j + len(run)] == run for j in range(len(words) - len(run) + 1))


def _place_between(there: list[int], ahead: list[int], behind: list[int]) -> int:
    """Find where words have the last of some and the first of others side by side, or give -1.

    One more of either must stand there, too.
    """
    for j in range(len(there) - 1):
        if there[j] == ahead[-1] and there[j + 1] == behind[0]:
            if len(ahead) == 2 and j and there[j - 1] == ahead[0]:
                return j
            if len(behind) == 2 and there[j + 2 : j + 3] == behind[1:]:
                return j
    return -1


def _says_otherwise(told: Told, negation: tuple[int, int], there: Told, j: int) -> bool:
    """Tell whether a sentence says in other words what one with a negation does.

    It has a word that denies, and that the other has not or only behind the negation, or the
    opposite of a word: *denied that*, Spanish *nadie … no … nadie*, *both died*. ``negation`` are
    the word that negates and the one that is denied.
    """
    first, last = sorted(negation)
    here_ends, there_ends = told.sentence_of(first), there.sentence_of(j)
    here, others = (
        of.words[slice(*ends)].tolist() for of, ends in ((told, here_ends), (there, there_ends))
    )
    deny = told.lexicon.deny_ids
    if not deny.difference(here).isdisjoint(others):
        return True
    ahead = here[: last + 1 - here_ends[0]]
    if not deny.difference(ahead).isdisjoint(others[: j - there_ends[0]]):
        return True
    sides, other_sides = (_sides(*of) for of in ((told, here_ends), (there, there_ends)))
    return any(
        len(sides[group]) == 1 and other_sides[group] == {1 - side for side in sides[group]}
        for group in sides.keys() & other_sides.keys()
    )


def _sides(told: Told, ends: tuple[int, int]) -> dict[int, set[int]]:
    """Give the sides of groups that words are of, those that negate left out."""
    found: dict[int, set[int]] = {}
    for k in told.marked.with_trait(*ends, Trait.OPPOSED):
        if not told.traits[k] & Trait.DENIES:
            for group, side in told.lexicon.sides(told.word(k)).items():
                found.setdefault(group, set()).add(side)
    return found


def _denied(
    negated: Stretch, negators: list[int], affirmed: Stretch, others: list[int]
) -> list[Pair]:
    """Find words that one stretch denies and the other, which has fewer negations, does not."""
    told, there = negated.told, affirmed.told
    if not told.lexicon.spaced:
        return _denied_unspaced(negated, negators, affirmed)
    deny = told.lexicon.deny_ids.difference(negated.ids(told.words))
    if not deny.isdisjoint(affirmed.ids(there.words)):
        return []
    places = affirmed.places()
    stems = dict(zip(affirmed.ids(there.marked.stems)[::-1], places[::-1], strict=True))
    taken = {there.word(j) for k in others for j in _places_of_denied(there, k)}
    found = []
    for k in negators:
        for j in _places_of_denied(told, k):
            at = stems.get(int(told.marked.stems[j]))
            if at is None or not _one_word(told.word(j), there.word(at)):
                at = _with_lead(told.word(j), there, places)
            if len(told.word(j)) < LEAST_WORD or at is None or there.word(at) in taken:
                continue
            if not _says_otherwise(told, (k, j), there, at):
                first, last = min(j, _head(told, k)), max(j, k)
                found.append((told.text[told.starts[first] : told.ends[last]], there.word(at)))
                break
    return list(dict.fromkeys(found))


def _with_lead(word: str, there: Told, places: list[int]) -> int | None:
    """Find a form of a word with what is written together before it: Arabic *will*."""
    for j in places if there.lexicon.proclitics else ():
        for lead in there.lexicon.proclitics:
            if there.word(j).startswith(lead) and _one_word(word, there.word(j)[len(lead) :]):
                return j
    return None


def _one_word(one: str, other: str) -> bool:
    """Tell whether two words are forms of one: the same beginning, and short endings."""
    common = 0
    while common < min(len(one), len(other)) and one[common] == other[common]:
        common += 1
    rest = max(len(one), len(other)) - common
    return rest == 0 or (common >= STEM - 1 and common >= rest and rest <= LONGEST_ENDING)


def _head(told: Told, k: int) -> int:
    """Give the word at which a negation begins: the first half of *won’t*, and of *failed to*."""
    if told.word(k) == "t" and k and told.gap(k - 1) in {"'", "’"}:
        return k - 1
    firsts = range(max(0, k - 2), k) if told.lexicon.spaced else ()
    return next((j for j in firsts if "no" in _kinds(told, j, k + 1)), k)


def _negators(stretch: Stretch) -> list[int]:
    """Number the last words of negations, what only looks like one left out."""
    told = stretch.told
    found = []
    for k in stretch.words_with(Trait.DENIES):
        word = told.word(k)
        if word == "t" and not (k and told.gap(k - 1) in {"'", "’"}):
            continue
        if not (word in told.lexicon.in_plain and _only_looks_so(told, k)):
            found += _last_of_negation(told, k)
    return found


def _last_of_negation(told: Told, k: int) -> list[int]:
    """Give the last word of the negation that a word is part of: *failed to*."""
    for end in (k + 2, k + 1):
        if end <= len(told.words) and any(
            "no" in _kinds(told, j, end) for j in range(max(0, k - 3), k + 1)
        ):
            return [end - 1]
    return []


def _only_looks_so(told: Told, k: int) -> bool:
    """Tell whether a negation is part of words that negate nothing: *not only*."""
    for i in range(max(0, k - 3), k + 1):
        kinds, last = told.entry(i)
        if "plain" in kinds and last > k:
            return True
    return False


def _kinds(told: Told, first: int, last: int) -> Kinds:
    return told.lexicon.words.get(_form(told, first, last), {})


def _form(told: Told, first: int, last: int) -> str:
    return " ".join([told.word(j) for j in range(first, last)])


def _places_of_denied(told: Told, k: int) -> Iterator[int]:
    """Number the words that a negation may deny: the first that says something behind it, and
    before it where a language has it so.
    """
    for step in (1, -1) if told.lexicon.back else (1,):
        for j in range(k + step, k + step * (REACH + 1), step):
            if not 0 <= j < len(told.words):
                break
            joint = told.gap(j - 1) if step > 0 else told.gap(j)
            if any(sign in joint for sign in ".;:!?۔।"):
                break
            if told.ends[j] - told.starts[j] < LEAST_WORD and told.lexicon.spaced:
                continue
            if not told.traits[j] & (Trait.FREQUENT | Trait.COUNTS):
                if step > 0 or not told.traits[j] & Trait.CAPITAL:
                    yield j
                break


def _denied_unspaced(negated: Stretch, negators: Sequence[int], affirmed: Stretch) -> list[Pair]:
    """Find a negation between characters that the other stretch has without it."""
    told, there = negated.told, affirmed.told
    text = " ".join([there.text[start:end] for start, end in affirmed.texts()])
    mine = " ".join([told.text[start:end] for start, end in negated.texts()])
    deny = [word.replace(" ", "") for word in told.lexicon.deny]
    if any(word in text and word not in mine for word in deny):
        return []
    found = []
    for k in negators:
        first = next((j for j in range(max(0, k - 3), k) if "no" in _kinds(told, j, k + 1)), k)
        start, end = told.starts[first], told.ends[k]
        behind = told.text[end : end + 2]
        before = told.text[max(0, start - _UNSPACED_REACH) : start]
        if told.language == "zh" and len(behind) == 2 and behind in text:
            found.append((told.text[start : end + 2], behind))
            break
        if told.language != "zh" and len(before) >= 2 and before[:2] in text:
            found.append((before + told.text[start:end], before[:2]))
            break
    return found


# --- words turned round --------------------------------------------------------------------------


def turned(a: Stretch, b: Stretch) -> list[Pair]:
    """Find words of which the other stretch has an opposite between like words.

    >>> a, b = Told.of("Prices rose again."), Told.of("Prices fell again.")
    >>> turned(a.whole(), b.whole())
    [('rose', 'fell')]
    """
    here, there = _turning(a), _turning(b)
    found: list[Pair] = []
    for group in sorted(here.keys() & there.keys()):
        found += _in_place(a.told, here[group], b.told, there[group])
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
    lexicon = told.lexicon
    found: dict[int, list[Place]] = {}
    negated = [told.sentence_of(k) for k in _negators(stretch)]
    for k in stretch.words_with(Trait.OPPOSED):
        for first in range(max(0, k + 1 - lexicon.longest_turn.get(told.word(k), 1)), k + 1):
            sides = lexicon.sides(_form(told, first, k + 1))
            if sides:
                turns = sum(low <= k < high for low, high in negated) % 2
                for group, side in sides.items():
                    found.setdefault(group, []).append((side ^ turns, first, k + 1))
                break
    return found


def _in_place(
    told_a: Told, places_a: list[Place], told_b: Told, places_b: list[Place]
) -> Iterator[Pair]:
    """Find opposites of which one stands in the place of the other."""
    for side, *ends_a in places_a:
        alike = [
            (other, *ends_b)
            for other, *ends_b in places_b
            if _stands_for(told_a, ends_a, told_b, ends_b)
        ]
        if alike and all(other != side for other, *_ in alike):
            _, first_b, last_b = alike[0]
            yield _text(told_a, *ends_a), _text(told_b, first_b, last_b)


def _text(told: Told, first: int, last: int) -> str:
    return told.text[told.starts[first] : told.ends[last - 1]]


def _stands_for(told_a: Told, ends_a: Sequence[int], told_b: Told, ends_b: Sequence[int]) -> bool:
    """Tell whether words stand in the place of others: on one side the same word, or none, and on
    the other side words that begin alike.
    """
    before_a, after_a = _beside(told_a, *ends_a)
    before_b, after_b = _beside(told_b, *ends_b)
    if before_a == before_b:
        return after_a == after_b or _akin(after_a, after_b)
    return after_a == after_b and _akin(before_a, before_b)


def _akin(one: str, other: str) -> bool:
    """Tell whether two words begin alike: what governs them changes their ends."""
    return len(one) >= LEAST_WORD and one[:LEAST_WORD] == other[:LEAST_WORD]


def _beside(told: Told, first: int, last: int) -> tuple[str, str]:
    """Give the word before and the word behind, ``""`` at the ends of a sentence."""
    before = "" if first in told.bounds else told.word(first - 1)
    return before, "" if last in told.bounds else told.word(last)


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
            if any(x and x == y for x, y in zip(around_a, around_b, strict=True)):
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
    if told.lexicon.prefixes and len(_negators(other)) > len(_negators(one)):
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
        for cut in (suffix, suffix + "y", suffix[:1]):
            at = word.find(cut, 2)
            while at >= 0:
                found.append(word[:at] + word[at + len(cut) :])
                at = word.find(cut, at + 1)
    return tuple(found)
