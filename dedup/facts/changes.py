"""Name the facts that differ between linked sentences: numbers, dates, names, quotes, negation.

Precision comes before completeness: a fact of one side counts as changed where the other side has
a different one between like words, and as left out where the whole other text lacks it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import LCSseq
from rapidfuzz.fuzz import ratio

from dedup.facts.names import names, new_names, same_name
from dedup.facts.negations import NEGATORS, negations
from dedup.facts.quantities import counting, dates, numbers, same_date
from dedup.facts.quotations import Quote, quotes
from dedup.facts.stretch import WORD, Fact, Stretch, simple_words
from dedup.model import Change, ChangeKind

__all__ = ["Side", "changes"]

Same = Callable[[tuple[str, ...], tuple[str, ...]], bool]
"""Tells whether two facts whose values differ may be one."""

LIKE_QUOTE = 0.6
"""Share of words, in order, from which two quotations count as one that was altered."""
LIKE_SPELLING = 80
"""Letters in common, of 100, from which two names count as spellings of one."""
LEAST_KEPT = 4
"""Words of a quotation in a row that show it was kept without its marks."""


class Side(NamedTuple):
    """What one text says in linked sentences.

    ``known`` are the folded words of the whole article: a fact that stands elsewhere in it was
    moved, not left out.
    """

    stretch: Stretch
    known: frozenset[str]


def changes(a: Side, b: Side) -> tuple[Change, ...]:
    """Compare the facts of two linked stretches of text.

    >>> def side(text): return Side(Stretch.of(text), frozenset(simple_words(text)))
    >>> [(c.a, c.b) for c in changes(side("It hurt 12 people."), side("It hurt 19 people."))]
    [('12', '19')]
    """
    text_a, text_b = a.stretch.text, b.stretch.text
    if text_a == text_b:
        return ()
    found: list[Change] = []
    counting_a, counting_b = counting(a.stretch), counting(b.stretch)
    if counting_a or counting_b:
        found += _numbers_and_dates(a, b, counting_a, counting_b)
    if _has_new_name(a.stretch, b.known) and _has_new_name(b.stretch, a.known):
        found += _names(a, b)
    if _may_quote(text_a) or _may_quote(text_b):
        found += _quotes(a.stretch, b.stretch)
    affirmed_a = NEGATORS.isdisjoint(a.stretch.words)
    affirmed_b = NEGATORS.isdisjoint(b.stretch.words)
    if affirmed_a and not affirmed_b:
        found += [Change(ChangeKind.NEGATION, w, no) for no, w in _denied(b.stretch, a.stretch)]
    elif affirmed_b and not affirmed_a:
        found += [Change(ChangeKind.NEGATION, no, w) for no, w in _denied(a.stretch, b.stretch)]
    return tuple(found)


_CAPITALISED = re.compile(r"[A-Z](?<=[^\W\d_A-Z,] .)")
"""A capital behind a word in small letters, not at the head of a sentence."""


def _has_new_name(stretch: Stretch, known: frozenset[str]) -> bool:
    """Tell in no time whether a capitalised word stands here that the other article lacks."""
    for capital in _CAPITALISED.finditer(stretch.text):
        if stretch.last_word(capital.end()) not in known:
            return True
    return False


def _may_quote(text: str) -> bool:
    """Tell in no time whether a quotation may stand here: five searches beat one for any mark."""
    return "“" in text or '"' in text or "‘" in text or "«" in text or "„" in text


def _numbers_and_dates(
    a: Side, b: Side, counting_a: list[int], counting_b: list[int]
) -> Iterator[Change]:
    dates_a, dates_b = dates(a.stretch, counting_a), dates(b.stretch, counting_b)
    yield from _differences(ChangeKind.DATE, (dates_a, dates_b), same_date, a.known, b.known)
    counts = (
        _outside(numbers(a.stretch, counting_a), dates_a),
        _outside(numbers(b.stretch, counting_b), dates_b),
    )
    yield from _differences(ChangeKind.NUMBER, counts, None, a.known, b.known)


def _outside(found: list[Fact], dated: list[Fact]) -> list[Fact]:
    """Leave out the numbers that are part of a date."""
    if not dated:
        return found
    inside = {word for date in dated for word in simple_words(date.text)}
    return [fact for fact in found if not inside.issuperset(simple_words(fact.text))]


def _differences(
    kind: ChangeKind,
    facts: tuple[list[Fact], list[Fact]],
    same: Same | None,
    known_a: frozenset[str],
    known_b: frozenset[str],
) -> Iterator[Change]:
    """Pair the facts that differ by the words around them; the rest was left out or put in."""
    a, b = facts
    if not a and not b:
        return
    only_a, only_b = _unmatched(a, b, same), _unmatched(b, a, same)
    for one, other in _by_context(only_a, only_b):
        only_a.remove(one)
        only_b.remove(other)
        yield Change(kind, one.text, other.text)
    yield from (Change(kind, fact.text, "") for fact in only_a if _absent(fact, known_b))
    yield from (Change(kind, "", fact.text) for fact in only_b if _absent(fact, known_a))


def _unmatched(facts: list[Fact], others: list[Fact], same: Same | None) -> list[Fact]:
    """Give the facts that the others lack, each value once; without ``same`` values must agree."""
    values = {other.value for other in others}
    found = {
        fact.value: fact
        for fact in reversed(facts)
        if fact.value not in values
        and not (same and any(same(fact.value, value) for value in values))
    }
    return list(found.values())[::-1]


def _by_context(a: Sequence[Fact], b: Sequence[Fact]) -> list[tuple[Fact, Fact]]:
    """Pair facts that stand between like words, each once: the closest contexts first."""
    if not a or not b:
        return []
    around_a, around_b = ([(fact.before, fact.after) for fact in side] for side in (a, b))
    ranked = sorted(
        (-likeness, i, j)
        for i, one in enumerate(around_a)
        for j, other in enumerate(around_b)
        if (likeness := _likeness(one, other))
    )
    pairs: list[tuple[Fact, Fact]] = []
    used_a, used_b = set[int](), set[int]()
    for _, i, j in ranked:
        if i not in used_a and j not in used_b:
            used_a.add(i)
            used_b.add(j)
            pairs.append((a[i], b[j]))
    return pairs


def _likeness(one: tuple[str, str], other: tuple[str, str]) -> int:
    """Count the sides on which two facts have the same neighbour; the one behind decides."""
    (before, after), (other_before, other_after) = one, other
    return 2 * (after != "" and after == other_after) + (before != "" and before == other_before)


def _absent(fact: Fact, text: frozenset[str]) -> bool:
    """Tell whether the other text has none of the fact's words."""
    return text.isdisjoint(simple_words(fact.text))


def _names(a: Side, b: Side) -> Iterator[Change]:
    """Find names that replace each other; one that is only left out says too little."""
    new_a = new_names(a.stretch, b.known)
    new_b = new_names(b.stretch, a.known) if new_a else []
    if not _by_context(new_a, new_b):
        return
    only_a = _unmatched(new_a, names(b.stretch.text), _one_bearer)
    only_b = _unmatched(new_b, names(a.stretch.text), _one_bearer)
    for one, other in _by_context(only_a, only_b):
        yield Change(ChangeKind.NAME, one.text, other.text)


def _one_bearer(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return same_name(one, other) or ratio(" ".join(one), " ".join(other)) >= LIKE_SPELLING


def _quotes(a: Stretch, b: Stretch) -> Iterator[Change]:
    found_a, found_b = quotes(a.text), quotes(b.text)
    if not found_a and not found_b:
        return
    left = list(found_b)
    for quote in found_a:
        twin = max(left, key=lambda other: _alike(quote, other), default=None)
        if twin is None or _alike(quote, twin) < LIKE_QUOTE:
            kept = _unmarked(quote, b)
            if kept or quote.speaker:
                yield Change(ChangeKind.QUOTE, quote.text, kept)
            continue
        left.remove(twin)
        if quote.words != twin.words:
            yield Change(ChangeKind.QUOTE, quote.text, twin.text)
        elif _another_speaker(quote, twin):
            yield Change(
                ChangeKind.QUOTE, f"{quote.text} {quote.speaker}", f"{twin.text} {twin.speaker}"
            )
    for quote in left:
        kept = _unmarked(quote, a)
        if kept or quote.speaker:
            yield Change(ChangeKind.QUOTE, kept, quote.text)


def _alike(one: Quote, other: Quote) -> float:
    """Give the words that two quotations share in order, as a share of the shorter one."""
    return LCSseq.similarity(one.words, other.words) / min(len(one.words), len(other.words))


def _another_speaker(one: Quote, other: Quote) -> bool:
    if not one.speaker or not other.speaker:
        return False
    return not _one_bearer(tuple(simple_words(one.speaker)), tuple(simple_words(other.speaker)))


def _unmarked(quote: Quote, there: Stretch) -> str:
    """Give the words of a quotation that a text has without marks, ``""`` where it has too few."""
    least = min(LEAST_KEPT, len(quote.words))
    if sum(map(frozenset(there.words).__contains__, quote.words)) < least:
        return ""
    spans = [match.span() for match in WORD.finditer(there.text)]
    words = [there.text[start:end].casefold() for start, end in spans]
    first, length = _longest_common(quote.words, words)
    return there.text[spans[first][0] : spans[first + length - 1][1]] if length >= least else ""


def _longest_common(quoted: Sequence[str], there: Sequence[str]) -> tuple[int, int]:
    """Find the longest run of quoted words in a text: its first word there and its length."""
    places: dict[str, list[int]] = {}
    for k, word in enumerate(quoted):
        places.setdefault(word, []).append(k)
    best = (0, 0)
    ends: dict[int, int] = {}
    for at, word in enumerate(there):
        ends = {k: ends.get(k - 1, 0) + 1 for k in places.get(word, ())}
        if ends and (longest := max(ends.values())) > best[1]:
            best = (at + 1 - longest, longest)
    return best


def _denied(negated: Stretch, affirmed: Stretch) -> list[tuple[str, str]]:
    """Find words that one side negates and the other, which has no negation, says as they are."""
    if _denies(affirmed):
        return []
    return [(fact.text, word) for fact in negations(negated) for word in _plain(fact, affirmed)]


_DENIALS = (
    "no", "none", "nor", "neither", "nobody", "nothing", "without", "den", "refus", "reject",
    "fail", "declin", "unable", "lack", "stop", "halt", "avoid", "prevent", "rule",
)  # fmt: skip
"""Beginnings of words that negate without a *not*."""


def _denies(stretch: Stretch) -> bool:
    return any(word.startswith(_DENIALS) for word in stretch.words)


def _plain(negated: Fact, stretch: Stretch) -> list[str]:
    """Give the first word of a stretch that begins as the negated word does."""
    return [word for word in stretch.words if word.startswith(negated.value)][:1]
