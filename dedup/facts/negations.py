"""Find the words that one of two stretches denies or turns round and the other says as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from dedup.facts.lexicon import REACH, Kinds, Lexicon, Trait
from dedup.facts.told import STEM, Stretch, Told

__all__ = ["affixed", "denied", "turned"]

Pair = tuple[str, str]
LEAST_WORD = 3
"""Letters of a word that can be denied."""
LONGEST_ENDING = 3
"""Letters by which the ends of two forms of a word differ at most."""
LEAST_REST, LEAST_CASELESS_REST = 5, 3
"""Letters that a prefix leaves of a word that it turns round."""
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
    mine = negated.ids(told.words)
    found = []
    reached = -1
    for k in negators:
        head = _head(told, k)
        if head < reached:  # the second half of *ne … pas*
            continue
        ahead, behind = here[max(0, head - 2) : head], here[k + 1 : k + 3]
        whole = here[max(0, head - 1) : k + 2]
        if not (ahead and behind and _have_between(there, ahead, behind)):
            continue
        if not _have_run(there, whole) and not _have_run(mine, [ahead[-1], behind[0]]):
            last = next(_places_of_denied(told, k), k + 1)
            last = last if last > k else k + 1
            text = told.text[told.starts[head] : told.ends[last]]
            reached = k + REACH
            found.append((text, told.text[told.starts[k + 1] : told.ends[last]]))
    return found


def _have_run(words: list[int], run: list[int]) -> bool:
    """Tell whether words have a run in them."""
    return any(words[j : j + len(run)] == run for j in range(len(words) - len(run) + 1))


def _have_between(there: list[int], ahead: list[int], behind: list[int]) -> bool:
    """Tell whether words have the last of some and the first of others side by side.

    One more of either must stand there, too.
    """
    for j in range(len(there) - 1):
        if there[j] == ahead[-1] and there[j + 1] == behind[0]:
            if len(ahead) == 2 and j and there[j - 1] == ahead[0]:
                return True
            if len(behind) == 2 and there[j + 2 : j + 3] == behind[1:]:
                return True
    return False


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
    places = [j for first, last in affirmed.ranges for j in range(first, last)]
    stems = dict(zip(affirmed.ids(there.marked.stems)[::-1], places[::-1], strict=True))
    taken = {there.word(j) for k in others for j in _places_of_denied(there, k)}
    found = []
    for k in negators:
        for j in _places_of_denied(told, k):
            at = stems.get(int(told.marked.stems[j]))
            if at is None or not _one_word(told.word(j), there.word(at)):
                at = _with_lead(told.word(j), there, places)
            if len(told.word(j)) >= LEAST_WORD and at is not None and there.word(at) not in taken:
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
    """Give the word at which a negation begins: the first half of *won’t*."""
    return k - 1 if told.word(k) == "t" and k and told.gap(k - 1) in {"'", "’"} else k


def _negators(stretch: Stretch) -> list[int]:
    """Number the last words of negations, what only looks like one left out."""
    told = stretch.told
    found = []
    for k in stretch.words_with(Trait.DENIES):
        word = told.word(k)
        if word == "t" and not (k and told.gap(k - 1) in {"'", "’"}):
            continue
        denies = any("no" in _kinds(told, j, k + 1) for j in range(max(0, k - 3), k + 1))
        if denies and not (word in told.lexicon.in_plain and _only_looks_so(told, k)):
            found.append(k)
    return found


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
        found += _between_like(a.told, here[group], b.told, there[group])
        (sides_a, places_a), (sides_b, places_b) = _parted(here[group]), _parted(there[group])
        if len(sides_a) == len(sides_b) == 1 and sides_a != sides_b:
            pair = _like_places(a.told, places_a, b.told, places_b)
            if pair is not None:
                found.append(pair)
    return list(dict.fromkeys(found))


Place = tuple[int, int, int]
"""A side, and the first and last + 1 of the words."""


def _turning(stretch: Stretch) -> dict[int, list[Place]]:
    """Find the words with an opposite, by group."""
    told = stretch.told
    lexicon = told.lexicon
    found: dict[int, list[Place]] = {}
    for k in stretch.words_with(Trait.TURNS):
        for first in range(max(0, k + 1 - lexicon.longest_turn.get(told.word(k), 0)), k + 1):
            sides = lexicon.turns.get(_form(told, first, k + 1))
            if sides:
                for group, side in sides:
                    found.setdefault(group, []).append((side, first, k + 1))
                break
    return found


def _between_like(
    told_a: Told, places_a: list[Place], told_b: Told, places_b: list[Place]
) -> Iterator[Pair]:
    """Find opposites that stand between the same two words."""
    between = {
        (side, *_beside(told_b, first, last)): (first, last) for side, first, last in places_b
    }
    for side, first_a, last_a in places_a:
        beside = _beside(told_a, first_a, last_a)
        if (1 - side, *beside) in between and (side, *beside) not in between:
            first_b, last_b = between[1 - side, *beside]
            yield (
                told_a.text[told_a.starts[first_a] : told_a.ends[last_a - 1]],
                told_b.text[told_b.starts[first_b] : told_b.ends[last_b - 1]],
            )


def _beside(told: Told, first: int, last: int) -> tuple[str, str]:
    """Give the word before and the word behind, something unlike all where there is none."""
    before = told.word(first - 1) if first else f"^{id(told)}"
    return before, told.word(last) if last < len(told.words) else f"${id(told)}"


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
                text_a = told_a.text[told_a.starts[first_a] : told_a.ends[last_a - 1]]
                text_b = told_b.text[told_b.starts[first_b] : told_b.ends[last_b - 1]]
                return text_a, text_b
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
        for plain in _without_affix(word, told.lexicon):
            if len(there.get(plain, ())) > len(here.get(plain, ())):
                other_told, j = other.told, there[plain][-1]
                found.append(
                    (
                        told.text[told.starts[k] : told.ends[k]],
                        other_told.text[other_told.starts[j] : other_told.ends[j]],
                    )
                )
    return found


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
    least = LEAST_REST if word.upper() != word else LEAST_CASELESS_REST
    found = [
        word.removeprefix(prefix)
        for prefix in lexicon.prefixes
        if word.startswith(prefix) and len(word) - len(prefix) >= least
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
