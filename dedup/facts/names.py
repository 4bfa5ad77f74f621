"""Find the names in a stretch, and tell whether two have one bearer.

A capital is no name where a sentence, a headline or the language explains it: in German a name is
what stands beside another capital, behind a title or in a list of places. Where letters have no
case a name is a place, what a title stands beside, or a rare word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from dedup.facts.lexicon import Trait, common, lexicon, same_letters, shared_table
from dedup.facts.told import Fact, Stretch, Told
from dedup.text.patterns import later
from dedup.text.vocabulary import background

_BETWEEN = later(r"(?:[.\s\u00a0]{1,2}|['’-]|\.[’'-]?)\Z")
RARE = 7.5
"""Idf from which a word may be a name where letters have no case."""
LONGEST_ENDING = 4
LEAST_STEM = 4


def names(stretch: Stretch) -> list[Fact]:
    """Find names: capitalised words that do not merely begin a sentence, titles left out.

    >>> told = Told.of("On Friday Mr Sergei Ryabkov and others met the U.S. envoy there in Oslo.")
    >>> [fact.text for fact in names(told.whole())]
    ['Sergei Ryabkov', 'U.S.', 'Oslo']
    """
    if stretch.told.lexicon.caseless:
        return _caseless(stretch)
    return _capitalised(stretch)


def new_names(stretch: Stretch) -> list[Fact]:
    """Find names of which the other text lacks the last word."""
    told = stretch.told
    if told.lexicon.caseless:
        return [fact for fact in names(stretch) if _is_new(fact) or not told.lexicon.spaced]
    return _capitalised(stretch, only_new=True)


def renamed(a: Stretch, b: Stretch) -> Iterator[tuple[Fact, Fact]]:
    """Pair names of one surname that each text gives a first name the other lacks.

    >>> from dedup.facts._differing import mark_new
    >>> a, b = Told.of("They met Karen Doyle in Oslo."), Told.of("They met Helen Doyle in Oslo.")
    >>> mark_new(a.marked, b.marked)
    >>> [(one.text, other.text) for one, other in renamed(a.whole(), b.whole())]
    [('Karen Doyle', 'Helen Doyle')]
    """
    if not a.told.lexicon.caseless and (here := _with_new_first_name(a)):
        for surname, other in _with_new_first_name(b).items():
            if surname in here and _are_two(here[surname], other):
                yield here[surname], other


def _with_new_first_name(stretch: Stretch) -> dict[str, Fact]:
    """Give the names of a new first name and an old surname, titles left out, by surname."""
    told = stretch.told
    found: dict[str, Fact] = {}
    for k in stretch.words_with(Trait.CAPITAL):
        if told.traits[k] & Trait.NEW and k + 1 < len(told.words) and told.gap(k) == " ":
            behind = told.traits[k + 1] & (Trait.CAPITAL | Trait.NEW | Trait.OPENS)
            if behind == Trait.CAPITAL and _run_of_capitals(told, k + 1) == k + 2:
                value = told.word(k), told.word(k + 1)
                none = _is_no_name(told, k) or _is_title(told, k + 1, k + 2)
                if not none and value[0] not in common("no_first_names"):
                    found.setdefault(value[1], Fact.of(told, k, k + 2, value))
    return found


def _are_two(one: Fact, other: Fact) -> bool:
    """Tell whether two names of one surname stand in one place, and their first names are two.

    Those that begin alike may be one (*Mike*, *Michael*), and some are short forms (*Bill*). In
    German a noun may stand for a first name, so the word before it is to be a noun, and the same.
    """
    first, second = one.value[0], other.value[0]
    if first[:2] == second[:2] or not _bearer_keys((first,)).isdisjoint(_bearer_keys((second,))):
        return False
    if {f"{first}:{second}", f"{second}:{first}"} & common("short_forms"):
        return False
    if one.before()[:1] != other.before()[:1]:
        return False
    if one.told.lexicon.noun_capitals:
        return one.first > 0 and bool(one.told.traits[one.first - 1] & Trait.CAPITAL)
    return one.after()[:1] == other.after()[:1]


def may_replace(one: Fact, other: Fact) -> bool:
    """Tell whether one of two words with capitals is surely a name: the other may be one then."""
    return _is_name(one) or _is_name(other)


def _is_new(fact: Fact) -> bool:
    """Tell whether the other text lacks a name: a name keeps its last word."""
    return bool(fact.told.traits[fact.last - 1] & Trait.NEW)


# --- by capitals -----------------------------------------------------------------------------


def _capitalised(stretch: Stretch, *, only_new: bool = False) -> list[Fact]:
    """Find names by capitals, those alone whose last word is new where no others are wanted."""
    told = stretch.told
    traits = told.traits
    found: list[Fact] = []
    reached = 0
    for k in stretch.words_with(Trait.CAPITAL):
        if k < reached:
            continue
        while (
            k > reached
            and not traits[k] & Trait.OPENS
            and traits[k - 1] & Trait.CAPITAL
            and _BETWEEN.match(told.gap(k - 1))
        ):
            k -= 1
        reached = last = _run_of_capitals(told, k)
        if only_new and not traits[last - 1] & Trait.NEW:
            last = _behind_new(told, k, last)
            if not last:
                continue
        fact = _name(told, k, last)
        if fact is not None and (only_new or _is_name(fact)):
            found.append(fact)
    return found


def _behind_new(told: Told, first: int, last: int) -> int:
    """Give the word behind a name of two words or more that ends in a new one, before its place,
    0 for none: *Ann Lee* of *Ann Lee of Maine*.
    """
    places = (k for k in range(first + 2, last) if told.word(k) == "of")
    return next((k for k in places if told.traits[k - 1] & Trait.NEW), 0)


def _run_of_capitals(told: Told, k: int) -> int:
    """Give the word behind the capitalised words that begin with one."""
    last = k + 1
    while last < len(told.words):
        if told.traits[last] & Trait.OPENS or not _BETWEEN.match(told.gap(last - 1)):
            break
        if told.traits[last] & Trait.CAPITAL or _is_initial(told, last):
            last += 1
        elif (
            told.word(last) in told.lexicon.connectors
            and last + 1 < len(told.words)
            and told.traits[last + 1] & Trait.CAPITAL
            and told.gap(last).isspace()
        ):
            last += 2
        else:
            break
    return last


def _is_initial(told: Told, k: int) -> bool:
    return told.ends[k] - told.starts[k] == 1 and told.text[told.starts[k]].isupper()


def _name(told: Told, first: int, last: int) -> Fact | None:
    """Make a name of capitalised words, ``None`` where they are none."""
    while first < last and _is_no_name(told, first):
        first += 1
    value = [told.word(k) for k in range(first, last) if told.word(k) not in common("connectors")]
    joined = _joined_initials(told, first, last) if first < last else ()
    if not value and not joined:  # a connector with a capital is no name by itself
        return None
    end = told.ends[last - 1]
    if told.text[end : end + 1] == "." and last - first > 1 and _is_initial(told, last - 1):
        end += 1
    return Fact(told, first, last, told.starts[first], end, joined or tuple(value))


def _is_no_name(told: Told, k: int) -> bool:
    """Tell whether a capitalised word is a title, a day or month, or a word that opens a clause."""
    kinds = told.kinds(k, k + 1)
    return told.word(k) in common("no_names") or not kinds.keys().isdisjoint(_NO_NAME_KINDS)


_NO_NAME_KINDS = ("title", "weekday", "month", "mon")


def _joined_initials(told: Told, first: int, last: int) -> tuple[str, ...]:
    """Join the letters of *U.S.*"""
    letters = [told.word(k) for k in range(first, last)]
    if len(letters) > 1 and all(len(letter) == 1 for letter in letters):
        return ("".join(letters),)
    return ()


def _is_name(fact: Fact) -> bool:
    """Tell a name from a noun where nouns have capitals."""
    told = fact.told
    if not told.lexicon.noun_capitals:
        return True
    value = fact.value
    if len(value) > 1 or " ".join(value) in told.lexicon.places or _is_acronym(fact.text):
        return True
    return _is_title(told, fact.first - 1, fact.first) or value[0] in _known_bearers(told)


def _is_acronym(written: str) -> bool:
    """Tell whether a word is letters that stand for words: *SPD*."""
    return len(written) > 1 and written.isalpha() and written.isupper()


def _known_bearers(told: Told) -> frozenset[str]:
    """Give the capitalised words that stand beside another one somewhere in a text."""
    cached = told.bearers
    if cached is None:
        found: set[str] = set()
        for k in range(len(told.words) - 1):
            both = told.traits[k] & told.traits[k + 1] & Trait.CAPITAL
            if both and told.gap(k) == " ":
                found |= {told.word(k), told.word(k + 1)}
        cached = told.bearers = frozenset(found)
    return cached


# --- without capitals ------------------------------------------------------------------------


def _caseless(stretch: Stretch) -> list[Fact]:
    told = stretch.told
    found: list[Fact] = []
    reached = -1
    for first, last in stretch.ranges:
        for k in range(first, last):
            if k < reached:
                continue
            behind = _place(told, k, last) or _person(told, k, last)
            if behind:
                parts = [told.word(j) for j in range(k, behind)]
                parts[0] = parts[0].removeprefix(_lead(told, k, behind))
                value = tuple(parts) if told.lexicon.spaced else ("".join(parts),)
                found.append(Fact.of(told, k, behind, value))
                reached = behind
    return found


def _place(told: Told, k: int, last: int) -> int:
    """Give the word behind the place that a word begins, 0 for none."""
    lexicon = told.lexicon
    for length in range(min(lexicon.longest_place, last - k), 0, -1):
        if length == 1 and not lexicon.spaced:
            break
        if told.form(k, k + length) in lexicon.places or _lead(told, k, k + length):
            return k + length
    return 0


def _lead(told: Told, k: int, behind: int) -> str:
    """Give what is written together before the name of a place: *and*, *in*."""
    places, form = told.lexicon.places, told.form(k, behind)
    leads = told.lexicon.proclitics if form not in places else []
    return next((p for p in leads if form.removeprefix(p) in places and form.startswith(p)), "")


def _person(told: Told, k: int, last: int) -> int:
    """Give the word behind what may be a person's name, 0 for none."""
    if told.language == "ja":
        return _run_of(told, k, last, _KATAKANA) or _titled_run(told, k, last)
    if told.lexicon.surnames:
        return _with_surname(told, k, last)
    new = told.traits[k] & Trait.NEW and told.traits[k] & Trait.CASELESS
    if not new or told.kinds(k, k + 1) or told.ends[k] - told.starts[k] < 3:
        return 0
    return k + 1 if _beside_title(told, k) or _idf(told, k) >= RARE else 0


_KATAKANA = later(r"[ァ-ヺー]")
_HAN = later(r"[一-鿿々]")
_LEAST_KATAKANA, _MOST_HAN = 3, 4


def _run_of(told: Told, k: int, last: int, letters: re.Pattern[str]) -> int:
    behind = k
    while behind < last and letters.match(told.text, told.starts[behind]):
        behind += 1
    begins = k == 0 or not letters.match(told.text, told.starts[k - 1])
    return behind if begins and behind - k >= _LEAST_KATAKANA else 0


def _titled_run(told: Told, k: int, last: int) -> int:
    """Give the word behind Han letters that a title follows: 田中市長, 佐藤さん."""
    if k and _HAN.match(told.text, told.starts[k - 1]):
        return 0
    behind = k
    while behind < min(last, k + _MOST_HAN) and _HAN.match(told.text, told.starts[behind]):
        behind += 1
        if behind - k >= 2 and _title_begins_at(told, behind):
            return behind
    return 0


def _is_title(told: Told, first: int, last: int) -> bool:
    return first >= 0 and last <= len(told.words) and "title" in told.kinds(first, last)


def _title_begins_at(told: Told, k: int) -> bool:
    return any(_is_title(told, k, k + length) for length in range(1, 4))


def _with_surname(told: Told, k: int, last: int) -> int:
    """Give the word behind a surname and two syllables that stand beside a title."""
    if told.word(k) not in told.lexicon.surnames:
        return 0
    for length in (3, 2):
        behind = k + length
        if (
            length == 3
            and behind <= last
            and told.word(behind - 1) in shared_table()["after_names"]
        ):
            continue
        if behind <= last and (_title_ends_at(told, k) or _title_begins_at(told, behind)):
            return behind
    return 0


def _title_ends_at(told: Told, k: int) -> bool:
    return any(_is_title(told, k - length, k) for length in range(1, 4))


def _beside_title(told: Told, k: int) -> bool:
    """Tell whether a title stands up to three words before a word."""
    return any("title" in told.entry(j)[0] for j in range(max(0, k - 3), k))


def _idf(told: Told, k: int) -> float:
    return float(background(told.language).idf_of(told.words[k : k + 1])[0])


def stands_firm(fact: Fact) -> bool:
    """Tell whether a name needs no more than one like neighbour to be paired with another."""
    told = fact.told
    if not told.lexicon.caseless:
        return _is_name(fact)
    return bool(_place(told, fact.first, fact.last)) or not told.lexicon.spaced


# --- bearers -------------------------------------------------------------------------------------


def same_name(one: tuple[str, ...], other: tuple[str, ...], language: str = "en") -> bool:
    """Tell whether two names may mean one bearer: a common word, ending, alias or its initials.

    Spellings of one name are one (Teheran, Tehran), with its accents or without, names that differ
    by a letter, or an accent for another, are two.

    >>> same_name(("united", "states"), ("us",)), same_name(("lee",), ("ann", "lee"))
    (True, True)
    >>> same_name(("olsen",), ("olsson",)), same_name(("sergei",), ("sergey",))
    (False, True)
    """
    if _initials(one) == other[0] or _initials(other) == one[0]:
        return True
    one, other = one[-2:], other[-2:]  # before them stand offices
    one, other = _spelt_as(one, other), _spelt_as(other, one)
    if len(one) == len(other) == 2:
        if one[0] == other[0]:
            one, other = one[1:], other[1:]  # first names say nothing
        elif _bearer_keys(one[1:]).isdisjoint(_bearer_keys(other[1:])):
            return not _aliases(one).isdisjoint(_aliases(other))
    if not _bearer_keys(one).isdisjoint(_bearer_keys(other)):
        return True
    endings = lexicon(language).endings
    return any(
        _inflected(x, y, endings) for x in one for y in other if not {x, y} & common("shared")
    )


def _spelt_as(name: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Take the accents from the words of a name that another has without."""
    if "".join(name).isascii():
        return name
    bare = [_bare(word) for word in name]
    return tuple([x if x in other else word for x, word in zip(bare, name, strict=True)])


def _bare(word: str) -> str:
    """Give a word without accents, as old exports write it."""
    letters = unicodedata.normalize("NFD", word.translate(_BARE))
    return "".join([letter for letter in letters if not unicodedata.combining(letter)])


_BARE = str.maketrans("ıłøđ", "ilod")
"""Letters that do not fall into a letter and its accent."""


def _initials(name: tuple[str, ...]) -> str:
    return "".join([word[0] for word in name]) if len(name) > 1 else ""


def _aliases(name: tuple[str, ...]) -> frozenset[str]:
    """Give the states and powers that the words of a name stand for."""
    aliases = shared_table()["aliases"]
    return frozenset(aliases[word] for word in name if word in aliases)


@lru_cache(maxsize=1024)
def _bearer_keys(name: tuple[str, ...]) -> frozenset[str]:
    """Give what two names of one bearer may have in common: aliases or sounds."""
    aliases = shared_table()["aliases"]
    return frozenset(
        [aliases.get(word, _sound(word)) for word in name if word not in common("shared")] or name
    )


_SOUNDS = ((r"(?<=.)h", ""), ("[yj]", "i"), ("ei|ie|ii", "i"), ("ou|oo", "u"), ("ph", "f"),
           ("ck|q|c(?=[aou])", "k"), ("w", "v"), (r"(.)\1", r"\1"), ("ё", "е"))  # fmt: skip


def _sound(word: str) -> str:
    """Spell a name as it sounds, roughly: *Teheran* and *Tehran* are one."""
    for pattern, put in _SOUNDS:
        word = re.sub(pattern, put, word)
    return word


def _inflected(one: str, other: str, endings: frozenset[str]) -> bool:
    """Tell whether two words differ by an ending only: *Iran*, *Iranian*; *Иванов*, *Ивановым*.

    ``endings`` are those that names have in the cases of the language.
    """
    shorter, longer = sorted((one, other), key=len)
    common = same_letters(one, other)
    if common == len(shorter):
        return common >= LEAST_STEM - (len(endings) > 1) and len(longer) - common <= LONGEST_ENDING
    return common >= LEAST_STEM and shorter[common:] in endings and longer[common:] in endings
