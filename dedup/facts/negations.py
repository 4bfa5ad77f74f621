"""Find the words that one of two stretches denies and the other says as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dedup.facts.lexicon import LEAST_WORD, REACH, STEM, Trait, same_letters
from dedup.facts.told import Stretch, Told

Pair = tuple[str, str]
LONGEST_ENDING = 3
"""Letters by which the ends of two forms of a word differ at most."""
_UNSPACED_REACH = 3


def denied(a: Stretch, b: Stretch) -> list[Pair]:
    """Find words that one stretch negates and the other, without a word that denies, has too.

    >>> a, b = Told.of("It will not be sold."), Told.of("It will be sold.")
    >>> denied(a.whole(), b.whole())
    [('not be sold', 'be sold')]
    """
    negators_a, negators_b = negators(a), negators(b)
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
            reached = k + REACH
            found.append((told.text_of(head, last + 1), told.text_of(k + 1, last + 1)))
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
    sides = _sides(told, here_ends, frozenset(others))
    other_sides = _sides(there, there_ends, frozenset(here))
    return any(
        len(sides[group]) == 1 and other_sides[group] == {1 - side for side in sides[group]}
        for group in sides.keys() & other_sides.keys()
    )


def _sides(told: Told, ends: tuple[int, int], shared: frozenset[int]) -> dict[int, set[int]]:
    """Give the sides of groups that words are of; those that negate or are shared left out."""
    found: dict[int, set[int]] = {}
    for k in told.marked.with_trait(*ends, Trait.OPPOSED):
        if not told.traits[k] & Trait.DENIES and told.words[k] not in shared:
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
    taken = {there.word(j) for k in others for j in _places_of_denied(there, k, beyond=True)}
    found = []
    for k in negators:
        for j in _places_of_denied(told, k):
            at = stems.get(int(told.marked.stems[j]))
            if at is None or not one_word(_verb(told, j), _verb(there, at)):
                at = _with_lead(told.word(j), there, places)
            if len(told.word(j)) < LEAST_WORD or at is None or there.word(at) in taken:
                continue
            if not _says_otherwise(told, (k, j), there, at):
                first, last = min(j, _head(told, k)), max(j, k)
                found.append((told.text_of(first, last + 1), there.word(at)))
                break
    return list(dict.fromkeys(found))


def _with_lead(word: str, there: Told, places: list[int]) -> int | None:
    """Find a form of a word with what is written together before it: Arabic *will*."""
    for j in places if there.lexicon.proclitics else ():
        for lead in there.lexicon.proclitics:
            if there.word(j).startswith(lead) and one_word(word, there.word(j)[len(lead) :]):
                return j
    return None


def _verb(told: Told, k: int) -> str:
    """Give a word, or the verb that it is an irregular form of."""
    return told.lexicon.irregular.get(told.word(k), told.word(k))


def one_word(one: str, other: str) -> bool:
    """Tell whether two words are forms of one: the same beginning, and short endings."""
    common = same_letters(one, other)
    rest = max(len(one), len(other)) - common
    return rest == 0 or (common >= STEM - 1 and common >= rest and rest <= LONGEST_ENDING)


def _head(told: Told, k: int) -> int:
    """Give the word at which a negation begins: the first half of *won’t*, and of *failed to*."""
    if told.word(k) == "t" and k and told.gap(k - 1) in {"'", "’"}:
        return k - 1
    firsts = range(max(0, k - 2), k) if told.lexicon.spaced else ()
    return next((j for j in firsts if "no" in told.kinds(j, k + 1)), k)


def negators(stretch: Stretch) -> list[int]:
    """Number the last words of negations, what only looks like one left out."""
    if stretch.negators is None:
        stretch.negators = _negators(stretch)
    return stretch.negators


def _negators(stretch: Stretch) -> list[int]:
    told = stretch.told
    found: list[int] = []
    for k in stretch.words_with(Trait.DENIES):
        word = told.word(k)
        if word == "t" and not (k and told.gap(k - 1) in {"'", "’"}):
            continue
        if not (word in told.lexicon.in_plain and _only_looks_so(told, k)):
            if k not in told.denials:  # which are asked for again and again
                told.denials[k] = _last_of_negation(told, k)
            found += told.denials[k]
    return list(dict.fromkeys(found))


def _last_of_negation(told: Told, k: int) -> list[int]:
    """Give the last word of the negation that a word is part of: *failed to*."""
    longest = told.lexicon.longest
    firsts = [
        (j, last)
        for j in range(max(0, k - 3), k + 1)
        if (last := j + longest.get(told.word(j), 0)) > k
    ]
    for end in (k + 2, k + 1):
        if end <= len(told.words) and any(
            end <= last and "no" in told.kinds(j, end) for j, last in firsts
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


def _places_of_denied(told: Told, k: int, *, beyond: bool = False) -> Iterator[int]:
    """Number the words that a negation may deny: the first that says something behind it, and
    before it where a language has it so; those beyond, too, where these are asked for: *fuel* of
    *not leaking fuel*.
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
                if not beyond:
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
        first = next((j for j in range(max(0, k - 3), k) if "no" in told.kinds(j, k + 1)), k)
        start, end = told.starts[first], told.ends[k]
        behind = told.text[end : end + 2]
        before = told.text[max(0, start - _UNSPACED_REACH) : start]
        if told.language == "zh" and len(behind) == 2 and behind in text:
            found.append((told.text[start : end + 2], behind))
            break
        if told.language != "zh" and len(before) >= 2 and before[:2] in text:
            found.append((before + told.text[start:end], before[:2]))
            break
        stem = _korean_stem(told.text[:start]) if told.language == "ko" else ""
        if stem and (stem[:-1] in text if len(stem) > 2 else _open(stem) in _open(text)):
            found.append((told.text[start - len(stem) - 2 : end], stem))
            break
    return found


def _korean_stem(text: str) -> str:
    """Give the last syllables, two at least, of a verb that a negation behind *-지* denies."""
    word = text.rstrip()
    stem = word.removesuffix("지").rpartition(" ")[2][-3:] if word != text else ""
    return stem if word.endswith("지") and len(stem) > 1 else ""


def _open(syllables: str) -> str:
    """Take from Korean syllables the consonants that they end in, which an ending adds."""
    return "".join(
        [chr(ord(s) - (ord(s) - 0xAC00) % 28) if "가" <= s <= "힣" else s for s in syllables]
    )
