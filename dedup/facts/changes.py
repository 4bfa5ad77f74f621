"""Name the facts that differ between linked sentences: numbers, dates, names, quotes, negation.

Precision comes before completeness: a fact of one side counts as changed where the other side has
a different one between like words, and as left out where the whole other text lacks it. Where two
stretches may differ at all is told from the ids of their words, so most are never read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from dedup.facts._differing import mark_new, may_differ
from dedup.facts.antonyms import replaced
from dedup.facts.contexts import counted, like_beside, likeness, likeness_of_dates
from dedup.facts.dates import same_date
from dedup.facts.duals import duals
from dedup.facts.equivalents import made_alike
from dedup.facts.lexicon import AMOUNTS, Trait, language_by_letters
from dedup.facts.loose import is_loose, is_one_number, says_little
from dedup.facts.names import may_replace, names, new_names, renamed, same_name, stands_firm
from dedup.facts.negations import denied
from dedup.facts.numbers import same_number
from dedup.facts.opposites import affixed, turned
from dedup.facts.quantities import Same, quantities, tells
from dedup.facts.quotations import Quote, is_headline, quotes
from dedup.facts.told import NEAR, Fact, Stretch, Told
from dedup.model import Change, ChangeKind
from dedup.reading.texts import read
from dedup.text.tokens import Tokens

Likeness = Callable[[Fact, Fact], int]
"""Weighs how alike the words around two facts are, 0 where they are of different things."""


class _Sort(NamedTuple):
    """Numbers, or dates: how two are compared, and their place in what ``quantities`` gives."""

    kind: ChangeKind
    place: int
    same: Same
    likeness: Likeness


LIKE_QUOTE = 0.6
"""Share of words, in order, from which two quotations count as one that was altered."""
LEAST_KEPT = 4
"""Words of a quotation in a row that show it was kept without its marks."""
_ALL_NEGATIONS = Trait.DENIES | Trait.TURNS | Trait.PREFIXED


class Facts:
    """Two texts, ready to have the facts of linked sentences compared.

    >>> facts = Facts(Told.of("Rain fell. It hurt 12 people."), Told.of("It hurt 19 people."))
    >>> facts.changes((1,), (0,))
    (Change(kind=<ChangeKind.NUMBER: 'number'>, a='12', b='19'),)
    """

    def __init__(self, a: Told, b: Told) -> None:
        self.a, self.b = a, b
        mark_new(a.marked, b.marked)

    @classmethod
    def of(cls, a: Tokens, b: Tokens) -> Facts:
        """Take two texts that were read: one too short to tell its language is in the other's."""
        return cls(*(Told(one, _language(one, other)) for one, other in ((a, b), (b, a))))

    def changes(self, a: Sequence[int], b: Sequence[int]) -> tuple[Change, ...]:
        """Compare the facts of linked sentences, given by their numbers."""
        told_a, told_b = self.a, self.b
        kinds = may_differ(
            *(told_a.marked, told_b.marked),
            (told_a.bounds[a[0]], told_a.bounds[a[-1] + 1]),
            (told_b.bounds[b[0]], told_b.bounds[b[-1] + 1]),
            told_a.lexicon.back,
        )
        words = told_a.lexicon
        if words.suffixes or words.proclitics or words.verb_prefixes or not words.spaced:
            kinds |= _ALL_NEGATIONS
        if not kinds:
            return ()
        return tuple(_changes(Stretch(told_a, a), Stretch(told_b, b), kinds))


def changes(a: str, b: str) -> tuple[Change, ...]:
    """Compare the facts of two texts as if all their sentences were linked.

    >>> [(c.a, c.b) for c in changes("It hurt 12 people.", "It hurt 19 people.")]
    [('12', '19')]
    """
    facts = Facts.of(read(a), read(b))
    if not facts.a.spans or not facts.b.spans:
        return ()
    return facts.changes(range(len(facts.a.spans)), range(len(facts.b.spans)))


def _language(one: Tokens, other: Tokens) -> str:
    return one.language or language_by_letters(one.plain) or other.language


def _changes(a: Stretch, b: Stretch, kinds: int) -> Iterator[Change]:
    if kinds & Trait.COUNTS:
        yield from _numbers_and_dates(a, b)
    quoted = list(_quotes(a, b)) if kinds & Trait.QUOTED else []
    if kinds & Trait.CAPITAL:
        yield from _names_outside(a, b, quoted)
    yield from quoted
    if kinds & (_ALL_NEGATIONS | Trait.NEW):
        for change in _negations(a, b, kinds):
            if not _is_within(change, quoted):
                yield change


def _is_within(change: Change, quoted: list[Change]) -> bool:
    """Tell whether a change is told already, as part of a changed quotation."""
    return any(change.a in quote.a and change.b in quote.b for quote in quoted)


# --- numbers and dates ---------------------------------------------------------------------------


def _numbers_and_dates(a: Stretch, b: Stretch) -> Iterator[Change]:
    places_a, places_b = _differing(a, b)
    found_a, found_b = quantities(a, places_a), quantities(b, places_b)
    made_alike(found_a, found_b)
    (numbers_a, dates_a), (numbers_b, dates_b) = found_a, found_b
    whole = a.told, b.told
    yield from _differences(_DATES, dates_a, dates_b, whole)
    if a.told.lexicon.dual:
        yield from (Change(ChangeKind.NUMBER, *pair) for pair in duals(numbers_a, b))
        yield from (Change(ChangeKind.NUMBER, *pair[::-1]) for pair in duals(numbers_b, a))
    yield from _differences(_NUMBERS, numbers_a, numbers_b, whole)
    yield from _swapped(numbers_a, numbers_b)


def _differing(a: Stretch, b: Stretch) -> tuple[list[int], list[int]]:
    """Number the words that count, without those at both ends that are the same on both sides."""
    places_a, places_b = a.words_with(AMOUNTS), b.words_with(AMOUNTS)
    ids_a, ids_b = a.told.words.data, b.told.words.data
    words_a, words_b = [ids_a[k] for k in places_a], [ids_b[k] for k in places_b]
    most = min(len(words_a), len(words_b))
    ahead = behind = 0
    while ahead < most and words_a[ahead] == words_b[ahead]:
        ahead += 1
    while behind < most - ahead and words_a[-1 - behind] == words_b[-1 - behind]:
        behind += 1
    ahead = min(_of_one(places_a, ahead, NEAR), _of_one(places_b, ahead, NEAR))
    ends_a, ends_b = places_a[::-1], places_b[::-1]
    behind = min(_of_one(ends_a, behind, 1), _of_one(ends_b, behind, 1))
    return places_a[ahead : len(places_a) - behind], places_b[ahead : len(places_b) - behind]


def _of_one(places: list[int], k: int, apart: int) -> int:
    """Step back to the first of neighbouring words: they may be of one number or date."""
    while 0 < k < len(places) and abs(places[k] - places[k - 1]) <= apart:
        k -= 1
    return k


def _differences(
    sort: _Sort, a: list[Fact], b: list[Fact], whole: tuple[Told, Told]
) -> Iterator[Change]:
    """Pair the facts that differ by the words around them; the rest was left out or put in."""
    kind = sort.kind
    only_a, only_b = _unmatched(a, b, sort.same), _unmatched(b, a, sort.same)
    for one, other in _by_context(only_a, only_b, sort.likeness):
        if _took_place_of(one, other, whole, sort):
            only_a.remove(one)
            only_b.remove(other)
            yield Change(kind, one.text, other.text)
    if len(only_a) == len(only_b) == 1 and _may_stand_alone(only_a[0], only_b[0]):
        yield Change(kind, only_a.pop().text, only_b.pop().text)
    yield from (Change(kind, fact.text, "") for fact in only_a if _is_lacked(fact, whole[1], sort))
    yield from (Change(kind, "", fact.text) for fact in only_b if _is_lacked(fact, whole[0], sort))


def _took_place_of(one: Fact, other: Fact, whole: tuple[Told, Told], sort: _Sort) -> bool:
    """Tell whether a fact replaces another: numbers told elsewhere only between the same words."""
    beside = one.before()[:1] == other.before()[:1] and one.after()[:1] == other.after()[:1]
    if beside or sort is _DATES or (one.is_new and other.is_new) or is_loose(one):
        return True
    pairs = zip(whole[::-1], (one, other), strict=True)
    return not any(tells(there, fact, sort.place, sort.same) for there, fact in pairs)


def _is_lacked(fact: Fact, there: Told, sort: _Sort) -> bool:
    """Tell whether a whole other text lacks a fact that is told by itself, in whatever words."""
    return (
        (fact.is_new or (sort is _NUMBERS and fact.has_news and is_one_number(fact)))
        and not says_little(fact, there)
        and not tells(there, fact, sort.place, sort.same)
    )


def _may_stand_alone(one: Fact, other: Fact) -> bool:
    """Tell whether two numbers that count nothing are paired as the only ones left."""
    if not (one.is_new and other.is_new) or one.value[-1] != other.value[-1]:
        return False
    return not counted(one, one.after()) and not counted(other, other.after())


def _unmatched(facts: list[Fact], others: list[Fact], same: Same) -> list[Fact]:
    """Give the facts that the others lack, each value once."""
    values = {other.value for other in others}
    found = {
        fact.value: fact
        for fact in reversed(facts)
        if fact.value not in values and not any(same(fact.value, value) for value in values)
    }
    return list(found.values())[::-1]


def _swapped(a: list[Fact], b: list[Fact]) -> Iterator[Change]:
    """Find numbers that both sides have and that changed places: 46 dead and 326 hurt."""
    a, b = ([fact for fact in facts if not is_loose(fact)] for facts in (a, b))
    if len(a) < 2 or len(b) < 2 or {f.value for f in a} != {f.value for f in b}:
        return
    counted_a, counted_b = _by_counted(a), _by_counted(b)
    for stem, one in counted_a.items():
        other = counted_b.get(stem, one)
        if one.value != other.value:
            yield Change(ChangeKind.NUMBER, one.text, other.text)


def _by_counted(facts: list[Fact]) -> dict[str, Fact]:
    """Give the one number that stands before each word."""
    found: dict[str, Fact] = {}
    several = set[str]()
    for fact in facts:
        for stem in fact.after()[:1]:
            several |= {stem} & found.keys()
            found[stem] = fact
    return {stem: fact for stem, fact in found.items() if stem not in several}


def _by_context(
    a: Sequence[Fact], b: Sequence[Fact], likeness: Likeness
) -> list[tuple[Fact, Fact]]:
    """Pair facts that stand between like words, each once: the closest contexts first."""
    ranked = sorted(
        (-alike, i, j)
        for i, one in enumerate(a)
        for j, other in enumerate(b)
        if (alike := likeness(one, other)) > 0
    )
    pairs: list[tuple[Fact, Fact]] = []
    used_a, used_b = set[int](), set[int]()
    for _, i, j in ranked:
        if i not in used_a and j not in used_b:
            used_a.add(i)
            used_b.add(j)
            pairs.append((a[i], b[j]))
    return pairs


_NUMBERS = _Sort(ChangeKind.NUMBER, 0, same_number, likeness)
_DATES = _Sort(ChangeKind.DATE, 1, same_date, likeness_of_dates)


# --- names ---------------------------------------------------------------------------------------


def _names(a: Stretch, b: Stretch) -> Iterator[Change]:
    """Find names that replace each other; one that is only left out says too little."""
    yield from (Change(ChangeKind.NAME, one.text, other.text) for one, other in renamed(a, b))
    new_a = new_names(a)
    new_b = new_names(b) if new_a else []
    if not new_b or not _by_context(new_a, new_b, _likeness_of_names):
        return
    language = a.told.language

    def same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
        return same_name(one, other, language)

    only_a, only_b = _unmatched(new_a, names(b), same), _unmatched(new_b, names(a), same)
    for one, other in _by_context(only_a, only_b, _likeness_of_names):
        yield Change(ChangeKind.NAME, one.text, other.text)


def _names_outside(a: Stretch, b: Stretch, quoted: list[Change]) -> Iterator[Change]:
    """Find names, and without capitals only what is not told as part of a changed quotation."""
    for change in _names(a, b):
        if not (a.told.lexicon.caseless and _is_within(change, quoted)):
            yield change


def _likeness_of_names(one: Fact, other: Fact) -> int:
    """Count the sides on which two names have the same neighbour; the one behind decides."""
    ahead, behind = like_beside(one, other)
    if not stands_firm(one) or not stands_firm(other):
        return 3 if behind and ahead and may_replace(one, other) else 0
    return 2 * behind + ahead


# --- quotations ----------------------------------------------------------------------------------


def _quotes(a: Stretch, b: Stretch) -> Iterator[Change]:
    found_a, found_b = quotes(a), quotes(b)
    if not found_a and not found_b:
        return
    if _joined(found_a) == _joined(found_b):  # cut up otherwise by who spoke
        yield from _speakers(found_a, found_b)
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
        else:
            yield from _speakers([quote], [twin])
    for quote in left:
        kept = _unmarked(quote, a)
        if kept or quote.speaker:
            yield Change(ChangeKind.QUOTE, kept, quote.text)


def _joined(found: list[Quote]) -> list[int]:
    return [word for quote in found for word in quote.words]


def _speakers(a: list[Quote], b: list[Quote]) -> Iterator[Change]:
    """Find quotations in the same words that another one speaks."""
    for one, other in zip(a, b, strict=False):
        if one.words == other.words and one.speaker and other.speaker:
            names_one, names_other = (_words(quote.speaker) for quote in (one, other))
            if not same_name(tuple(names_one), tuple(names_other)):
                said_a, said_b = f"{one.text} {one.speaker}", f"{other.text} {other.speaker}"
                yield Change(ChangeKind.QUOTE, said_a, said_b)


def _words(text: str) -> list[str]:
    return list(read(text).words)


def _alike(one: Quote, other: Quote) -> float:
    """Give the words that two quotations share in order, as a share of the shorter one."""
    from rapidfuzz.distance import LCSseq  # which most comparisons never need

    return LCSseq.similarity(one.words, other.words) / min(len(one.words), len(other.words))


def _unmarked(quote: Quote, there: Stretch) -> str:
    """Give the words of a quotation that a text has without marks, ``""`` where it has too few."""
    told = there.told
    if told.traits[there.ranges[0][0]] & Trait.HEADLINE:
        return ""
    least = min(LEAST_KEPT if told.lexicon.spaced else 2 * LEAST_KEPT, len(quote.words))
    words = there.ids(told.words)
    if sum(map(frozenset(words).__contains__, quote.words)) < least:
        return ""
    places = there.places()
    first, length = _longest_common(quote.words, words)
    if length < least:
        return ""
    start, end = told.starts[places[first]], told.ends[places[first + length - 1]]
    kept = told.text[start:end]
    return "" if is_headline(kept) else kept


def _longest_common(quoted: Sequence[int], there: Sequence[int]) -> tuple[int, int]:
    """Find the longest run of quoted words in a text: its first word there and its length."""
    places: dict[int, list[int]] = {}
    for k, word in enumerate(quoted):
        places.setdefault(word, []).append(k)
    best = (0, 0)
    ends: dict[int, int] = {}
    for at, word in enumerate(there):
        ends = {k: ends.get(k - 1, 0) + 1 for k in places.get(word, ())}
        if ends and (longest := max(ends.values())) > best[1]:
            best = (at + 1 - longest, longest)
    return best


# --- negations -----------------------------------------------------------------------------------


def _negations(a: Stretch, b: Stretch, kinds: int) -> Iterator[Change]:
    found: list[tuple[str, str]] = []
    if kinds & Trait.DENIES:
        found += denied(a, b)
    if kinds & Trait.PREFIXED:
        found += affixed(a, b)
        found += [(plain, word) for word, plain in affixed(b, a)]
    if kinds & Trait.TURNS:
        found += turned(a, b)
    if kinds & Trait.NEW:
        found += replaced(a, b)
    told: list[tuple[str, str]] = []
    for pair in found:
        if not any(pair[0] in one[0] or pair[1] in one[1] for one in told):
            told.append(pair)
    yield from (Change(ChangeKind.NEGATION, *pair) for pair in told)
