"""The words by which facts are read in a language: numbers, months, negations and their like.

They are packed from CLDR and from tables of the project (``benchmarks/pack_languages.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, cached_property
from typing import Any

import numpy as np

from dedup.arrays import U32
from dedup.facts._table import WordTable
from dedup.packed import load_line
from dedup.text.vocabulary import word_ids


class Trait:
    """What a word may tell: bit flags, one set a word."""

    COUNTS = 1
    """It begins with a digit, or is part of a number, a date or a time."""
    DENIES = 2
    """It negates."""
    TURNS = 4
    """It has an opposite, wherever that stands: *rose*."""
    CAPITAL = 8
    """It has a capital that no sentence, quotation or headline explains."""
    CASELESS = 16
    """It is written in a script without capitals."""
    QUOTED = 32
    """A quotation mark stands beside it."""
    PREFIXED = 64
    """It begins as words do that a prefix turns round: *illegal*."""
    NEW = 128
    """The other text lacks it."""
    OPENS = 256
    """A sentence or a quotation opens with it."""
    FREQUENT = 512
    """It is among the most frequent words, which say nothing of what is counted or denied."""
    HEADLINE = 1024
    """Its sentence is set in capitals throughout."""
    APART = 2048
    """More than a blank, a full stop, an apostrophe or a hyphen parts it from the next word."""
    SHORT = 8192
    """It has fewer letters than a word that can be denied."""
    IRREGULAR = 16384
    """It is a form of a verb that begins otherwise: *met*."""
    OPPOSED = 4096
    """It has an opposite, if only one that stands in its place: *with*."""
    RANKS = 32768
    """It tells a rank, a part, how often, a time of day or a date by another one: *third*, *half*,
    *doubled*, *noon*, *last week*."""


AMOUNTS = Trait.COUNTS | Trait.RANKS
"""What words have that may be of a quantity."""


UNSPACED = frozenset({"ja", "ko", "zh"})
"""Languages in which each character is read as a word."""
STEM = 4
"""Letters by which the words around a fact are compared, enough to pass over inflections; and those
of the shortest beginning that stands for words with opposites."""
LEAST_WORD = 3
"""Letters of a word that can be denied."""
REACH = 4
"""Words that stand between a negation and what it denies at most."""
LEAST_QUOTED = 3
"""Words of the shortest quotation: fewer are a title or a word held at arm's length."""
LEAST_REST = 3
"""Letters that a prefix that turns a word round leaves of it."""
HEADLINE_TENTHS = 7
"""Tenths of the cased words from which capitals make a headline, and say nothing of names."""
GROUPS, LEAD_BITS = 32, 64
"""Bits of a side of words with opposites, and of the words that may stand before one."""
_COUNTING = frozenset("number scale vague month mon weekday am pm".split())
_RANKING = frozenset("ordinal fraction multiple time relative".split())

Kinds = dict[str, Any]


class Column:
    """What a table of words has beside their traits: a column each."""

    SIDES = 0
    """The sides that they are on."""
    IN_PLACE = 1
    """Those that they are on in their place alone, too."""
    STEMS = 2
    """The stems of verbs of which they are irregular forms."""
    LEADS = 3
    """Which words may stand before those that have opposites as the end of several words alone, a
    bit of an id each."""


@cache
def common(name: str) -> frozenset[str]:
    """Give a list that languages share, or that is of languages.

    >>> "de" in common("noun_capitals"), "van" in common("connectors")
    (True, True)
    """
    return frozenset(shared_table()[name].split())


@cache
def shared_table() -> dict[str, Any]:
    """Give what all languages share: lists as words with blanks between."""
    found: dict[str, Any] = load_line("facts", "common")
    return found


def same_letters(one: str, other: str) -> int:
    """Count the letters in which two words begin alike.

    >>> same_letters("Iran", "Iraqi")
    3
    """
    differ = (k for k, (x, y) in enumerate(zip(one, other, strict=False)) if x != y)
    return next(differ, min(len(one), len(other)))


class Lexicon:
    """The words of one language.

    ``spaced`` says whether blanks part its words, ``back`` how many words before a negation it may
    deny; ``words`` gives what a folded word, or several with a blank between, is: kinds such as
    ``number`` or ``month`` and their values.
    """

    def __init__(self, language: str, table: dict[str, Any]) -> None:
        self.language = language
        self.spaced = language not in UNSPACED
        self.back = REACH if language in common("denied_before") else 0
        self.caseless = language in common("caseless")
        self.noun_capitals = language in common("noun_capitals")
        self.grouped_by_blanks = language in common("grouped_by_blanks")
        self.connectors = common("german_connectors" if self.noun_capitals else "connectors")
        self.decimal: str = table["decimal"]
        self.words: dict[str, Kinds] = table["words"]
        self.proclitics: list[str] = table["proclitics"]
        self.dual: list[str] = table["dual"]
        self.counted: list[str] = [*table["counted_endings"], ""]
        self._add_proclitics()
        self.longest = _longest(self.words)
        self.longest_count = _longest(filter(self._counts, self.words), at=-1)
        self.in_plain = frozenset(
            word for form, kinds in self.words.items() if "plain" in kinds for word in form.split()
        )
        self.kinds = frozenset(kind for kinds in self.words.values() for kind in kinds)
        self.frequent: frozenset[str] = frozenset(table["frequent"])
        self.irregular: dict[str, str] = table["irregular"]
        self.deny: list[str] = table["deny"]
        self.prefixes: list[str] = table["prefix"]
        self.suffixes: list[str] = table["suffix_no"]
        self.verb_prefixes: list[str] = table["prefix_no"]
        self.surnames = frozenset(table["surname"])
        self.endings = frozenset(["", *table["endings"]])
        self.say: list[str] = [*table["say"], *filter(None, [table["according"]])]
        self._sides: dict[str, dict[int, int]] = {}
        self._places: str = table["places"]
        self._turns: list[list[list[str]]] = [*table["turns"], *table["opposites"]]
        self.turning, self.groups = len(table["turns"]), len(self._turns)

    def _counts(self, form: str) -> bool:
        """Tell whether a word, or several, may be of a quantity."""
        return not self.words[form].keys().isdisjoint(_COUNTING | _RANKING)

    def _add_proclitics(self) -> None:
        """Enter the words with what is written together before them: *and*, *in*, *the*."""
        for form, kinds in list(self.words.items()):
            if self._counts(form):
                for proclitic in self.proclitics:
                    self.words.setdefault(proclitic + form, kinds)

    @cached_property
    def places(self) -> frozenset[str]:
        """The names of countries and cities, folded, a blank between words."""
        return frozenset(self._places.split("|"))

    @cached_property
    def longest_place(self) -> int:
        """Words of the longest of them."""
        return max(place.count(" ") + 1 for place in self.places)

    @cached_property
    def turns(self) -> dict[str, list[tuple[int, int]]]:
        """The groups and sides of each word that has an opposite, ``*`` behind beginnings of words.

        Of the groups from ``turning`` on, only what stands in the place of a word is its opposite.
        """
        found: dict[str, list[tuple[int, int]]] = {}
        for group, sides in enumerate(self._turns):
            for side, forms in enumerate(sides):
                for form in forms:
                    for lead in ("", *self.proclitics):
                        found.setdefault(lead + form, []).append((group, side))
        return found

    def sides(self, form: str) -> dict[int, int]:
        """Give the side of each group that a word, or several, is of: the longest beginning tells.

        A beginning, or several words, on one side in all groups are there in one more, of all
        words: what was passed and what was torn down are opposites, too.

        >>> worse, better = lexicon("en").sides("worsened"), lexicon("en").sides("improving")
        >>> [worse[group] + better[group] for group in worse.keys() & better.keys()]
        [1, 1]
        """
        found = self._sides.get(form)
        if found is None:
            whole, begun = self.turns.get(form, []), list[tuple[int, int]]()
            for length in range(0 if " " in form else len(form), STEM - 1, -1):
                begun += self.turns.get(form[:length] + "*", ())
            found = self._sides[form] = dict(reversed([*whole, *begun]))
            sides = {found[group] for group, _ in (whole if " " in form else begun)}
            if len(sides) == 1:
                found[self.groups] = sides.pop()
        return found

    @cached_property
    def beginnings(self) -> WordTable:
        """The beginnings of words with opposites, and the stems of these.

        In place of traits a stem has the letters of the longest that begins with it, others have 1.
        The sides of each are none for what is a stem alone. The loop sees letters as they are
        written, an ß among them.
        """
        sides: dict[str, int] = {}
        lengths: dict[str, int] = {}
        for form, places in self.turns.items():
            for begun in {form[:-1], form[:-1].replace("ss", "ß")} if form[-1] == "*" else ():
                stem = begun[:STEM]
                sides.setdefault(stem, 0)
                lengths[stem] = max(lengths.get(stem, 0), len(begun))
                for place in places:
                    _enter(sides, begun, _side_bit(*place), every=False)
        ids = word_ids(list(sides)).tolist()
        longest = [lengths.get(form, 1) for form in sides]
        return _word_table(*(dict(zip(ids, of, strict=True)) for of in (longest, sides.values())))

    @cached_property
    def longest_turn(self) -> dict[str, int]:
        """Words of the longest word with an opposite that ends with a word."""
        return _longest(self.turns, at=-1)

    @cached_property
    def deny_ids(self) -> frozenset[int]:
        """Ids of the words that deny without a negation."""
        return frozenset(word_ids(self.deny).tolist()) - self.negator_ids

    @cached_property
    def negator_ids(self) -> frozenset[int]:
        """Ids of negations of one word."""
        return frozenset(word_ids(list(self.negators)).tolist())

    @cached_property
    def negators(self) -> frozenset[str]:
        """Negations of one word."""
        return frozenset(f for f, kinds in self.words.items() if "no" in kinds and " " not in f)

    @cached_property
    def table(self) -> WordTable:
        """The words that may tell a fact, with all of :class:`Column`."""
        traits: dict[str, int] = {}
        frequent = self.frequent - self.negators if self.spaced else frozenset[str]()
        for form, kinds in self.words.items():
            trait = Trait.COUNTS * (not kinds.keys().isdisjoint(_COUNTING))
            _enter(traits, form, trait, every=not self.spaced)
            trait = Trait.RANKS * (not kinds.keys().isdisjoint(_RANKING))
            _enter(traits, form, trait, every=False)
            if "relative" in kinds:  # *last week*, *next week*
                for part in set(form.split(" ")) - self.frequent:
                    _enter(traits, part, Trait.RANKS, every=False)
            if "no" in kinds:  # *to* of *failed to* denies nothing
                parts = form.split(" ")
                last = next((part for part in parts[::-1] if part not in frequent), "")
                last = last or max(parts[-2:], key=len)  # *yet* of *has yet to*
                traits[last] = traits.get(last, 0) | Trait.DENIES
        sides: dict[str, int] = {}
        in_place: dict[str, int] = {}
        for form, places in self.turns.items():
            for group, side in places if form[-1] != "*" else ():
                _enter(traits, form, Trait.OPPOSED, every=False)
                _enter(in_place, form, _side_bit(group, side), every=False)
                if group < self.turning:
                    _enter(traits, form, Trait.TURNS, every=False)
                    _enter(sides, form, 1 << (group + GROUPS * side), every=False)
        for form in self.irregular:
            _enter(traits, form, Trait.IRREGULAR, every=False)
        verbs = word_ids([verb[:STEM] for verb in self.irregular.values()]).tolist()
        stems = dict(zip(self.irregular, verbs, strict=True))
        names = [name for name, trait in traits.items() if trait]
        ids = word_ids(names).tolist()
        by_id = dict.fromkeys(word_ids(sorted(self.frequent)).tolist(), int(Trait.FREQUENT))
        for key, name in zip(ids, names, strict=True):
            by_id[key] = by_id.get(key, 0) | traits[name]
        columns = (
            {key: of.get(name, 0) for key, name in zip(ids, names, strict=True)}
            for of in (sides, in_place, stems, self._leads())
        )
        return _word_table(by_id, *columns)

    def _leads(self) -> dict[str, int]:
        """Give the bits of the words that stand before the last of several with an opposite."""
        pairs = [form.split(" ")[-2:] for form in self.turns if " " in form]
        found: dict[str, int] = {}
        for key, (_, last) in zip(
            word_ids([lead for lead, _ in pairs]).tolist(), pairs, strict=True
        ):
            if last not in self.turns:
                _enter(found, last, 1 << (key % LEAD_BITS), every=False)
        return found

    @cached_property
    def prefix_codes(self) -> U32:
        """The beginnings that turn words round, a row of code points each, zeros behind."""
        forms = [*self.prefixes, *self.verb_prefixes]
        width = max(map(len, forms), default=1)
        rows = [[*map(ord, form), *[0] * (width - len(form))] for form in forms]
        return np.array(rows, dtype=np.uint32).reshape(len(rows), width)

    @cached_property
    def speech(self) -> str:
        """An expression that matches a verb of speech, and nothing where none is known."""
        return "|".join(map(re.escape, sorted(self.say, key=len, reverse=True))) or r"(?!)"


def _side_bit(group: int, side: int) -> int:
    """Give the bit of a side: of many groups some share one, and none has the last, of all."""
    return 1 << (group % (GROUPS - 1) + GROUPS * side)


def _word_table(traits: dict[int, int], *columns: dict[int, int]) -> WordTable:
    """Lay words out by their ids; what a column does not have is 0 there."""
    numbers = [[column.get(key, 0) for key in traits] for column in columns]
    held = np.fromiter(traits, np.uint32), np.fromiter(traits.values(), np.uint16)
    return WordTable(*held, np.array(numbers, np.uint64))


def _enter(traits: dict[str, int], form: str, trait: int, *, every: bool) -> None:
    """Enter a word; of several the last, which is the rarest more often than not, or every one."""
    parts = form.split(" ")
    for part in parts if every else parts[-1:]:
        traits[part] = traits.get(part, 0) | trait


def _longest(forms: Iterable[str], at: int = 0) -> dict[str, int]:
    """Give how many words the longest entry has that begins, or with -1 ends, with a word."""
    found: dict[str, int] = {}
    for form in forms:
        parts = form.split(" ")
        found[parts[at]] = max(found.get(parts[at], 0), len(parts))
    return found


@cache
def _letters() -> re.Pattern[str]:
    """Give what finds letters that tell a language, the language as the name of the group."""
    pairs = [pair.split(":") for pair in shared_table()["letters"].split()]
    return re.compile("|".join(f"(?P<{language}>[{letters}])" for language, letters in pairs))


def language_by_letters(text: str) -> str:
    """Tell the language of a short text by its letters, ``""`` where they are any language's.

    >>> language_by_letters("Міст"), language_by_letters("Köprü kapatılacak")
    ('uk', 'tr')
    """
    if text.isascii():
        return ""
    found = {match.lastgroup for match in _letters().finditer(text.lower())}
    return next((language for language in _letters().groupindex if language in found), "")


@cache
def lexicon(language: str) -> Lexicon:
    """Give the words of a language; those of English for one that has no table.

    >>> lexicon("de").words["zwölf"], lexicon("de").decimal
    ({'number': '12'}, ',')
    """
    kin = dict(pair.split(":") for pair in common("kin"))
    language = kin.get(language, language)
    return Lexicon(language, load_line("facts", language) or load_line("facts", "en"))
