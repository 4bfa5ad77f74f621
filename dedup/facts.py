"""Find the facts in a stretch of news English: numbers, dates, names, quotations, negations.

Rules, made for precision: what is found is meant to be shown to an editor. Other scripts and
languages yield their digits and quotation marks, and little else.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import lru_cache
from typing import NamedTuple

from dedup.text import fold, word_spans

__all__ = [
    "Fact",
    "Quote",
    "Stretch",
    "dates",
    "names",
    "negations",
    "new_names",
    "numbers",
    "quotes",
    "same_date",
    "same_name",
]


class Stretch(NamedTuple):
    """A stretch of text, its folded words and where in it they start, counted from ``base``."""

    text: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    base: int = 0

    @classmethod
    def of(cls, text: str) -> Stretch:
        """Find the words of a stretch."""
        spans = word_spans(text)
        words = tuple(fold(text[start:end]) for start, end in spans)
        return cls(text, words, tuple(start for start, _ in spans))

    def counting(self) -> list[int]:
        """Number the words at which a number or a date may begin, rising.

        They have a digit in front, are a word that counts, or stand up to two words before one.
        """
        words = self.words
        if COUNTING_WORDS.isdisjoint(words) and not _MAY_BE_DIGIT.search(self.text):
            return []
        counted = [
            k
            for k, word in enumerate(words)
            if word in COUNTING_WORDS
            or word < _ASCII_DIGITS
            or (word > _BEYOND_ASCII and word[0].isdigit())
        ]
        heads = {
            j
            for k in counted
            for j in range(max(0, k - _WORDS_BEFORE), k)
            if words[j] in _NUMBER_HEADS or words[j] in _DATE_HEADS
        }
        return sorted(heads.union(counted)) if heads else counted

    def last_word(self, end: int) -> str:
        """Give the last folded word of the text up to ``end``."""
        return self.words[bisect_left(self.starts, self.base + end) - 1]

    def matches(self, pattern: re.Pattern[str], places: Iterable[int]) -> Iterator[re.Match[str]]:
        """Match a pattern that begins with one of the words numbered ``places``, rising.

        The same as ``pattern.finditer`` and quicker: other words are not looked at.
        """
        reached = 0
        for place in places:
            start = self.starts[place] - self.base
            if start >= reached:
                match = pattern.match(self.text, start)
                if match:
                    reached = match.end()
                    yield match


class Fact(NamedTuple):
    """A fact where it stands, ``source[start:end]``, and in a form that can be compared."""

    source: str
    start: int
    end: int
    value: tuple[str, ...]

    @property
    def text(self) -> str:
        """The fact as it is written."""
        return self.source[self.start : self.end]

    @property
    def before(self) -> str:
        """The beginning of the word before it."""
        found = WORD.findall(self.source, max(0, self.start - _CONTEXT), self.start)
        return found[-1].casefold()[:_STEM] if found else ""

    @property
    def after(self) -> str:
        """The beginning of the word behind it: facts between like words answer one question."""
        match = _AFTER.match(self.source, self.end, self.end + _CONTEXT)
        return match.group(1).casefold()[:_STEM] if match else ""


class Quote(NamedTuple):
    """A quotation with its marks, the folded words inside, and who is said to have spoken."""

    text: str
    words: tuple[str, ...]
    speaker: str


_STEM = 4
"""Letters by which the words around a fact are compared: enough to pass over inflections."""
WORD = re.compile(r"[^\W_]+")
_ASCII_DIGITS, _BEYOND_ASCII = ":", "{"
"""Folded words before the one begin with a digit of ASCII, those behind the other with no letter
of it."""
_MAY_BE_DIGIT = re.compile("[0-9\x80-\u2012\u2015\u201e-\U0010ffff]")
"""Digits of ASCII and all beyond it but the dashes and quotation marks of English prose."""
_AFTER = re.compile(r"\W*(?:of\s+|the\s+|about\s+)*([^\W_]+)")
_CONTEXT = 30
"""Characters around a fact in which the words next to it are looked for."""


def simple_words(text: str) -> list[str]:
    """Cut a fact into its folded words, without offsets: quicker than :func:`dedup.text.words`.

    >>> simple_words("the U.S. Senate")
    ['the', 'u', 's', 'senate']
    """
    return [word.casefold() for word in WORD.findall(text)]


# --- Numbers -----------------------------------------------------------------------------------

_UNITS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
        " fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
_SCALES = {
    "hundred": 100,
    "thousand": 1_000,
    "k": 1_000,
    "m": 1_000_000,
    "million": 1_000_000,
    "bn": 1_000_000_000,
    "billion": 1_000_000_000,
    "trillion": 1_000_000_000_000,
    "dozen": 12,
}
_VAGUE = "dozens|scores|hundreds|thousands|millions|billions"
_SPELT = "|".join(
    [*_UNITS, *_TENS, "hundred", "thousand", "million", "billion", "trillion", "dozen"]
)
_NUMBER = re.compile(
    rf"""
    (?P<vague>\b(?:(?:several|a\ few|many|some|tens\ of|hundreds\ of)\s+
        (?:dozen|hundred|thousand|million|billion)s?|(?:{_VAGUE}))\b)
    | (?<![\w.,]) (?P<digits>\d[\d,]*(?:\.\d+)?)
      (?P<ordinal>st|nd|rd|th)? (?:[\s-]?(?P<scale>thousand|million|billion|trillion|bn|m|k)\b)?
      (?P<percent>\s?(?:%|per\s?cent\b))?
    | (?P<spelt>\b(?:{_SPELT})(?:(?:(?<=red|and|ion)\s+and\s+|[\s-]+)(?:{_SPELT}))*\b)
      (?P<share>\s?(?:%|per\s?cent\b))?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CURRENCY = re.compile(r"[$£€¥]\s?\Z")
_NUMBER_HEADS = frozenset("several a many some tens few".split())
"""Words that begin a number before a word that counts."""
_WORDS_BEFORE = 2
"""Words of a number or a date before the first that counts: *a few hundred*, *tens of millions*."""


def numbers(stretch: Stretch, places: Sequence[int] | None = None) -> list[Fact]:
    """Find numbers, in digits or in words; ``one`` alone is no number.

    ``places`` are those of :meth:`Stretch.counting` where they are known.

    >>> text = "Twelve of 1,200 gave $3 million, several hundred 5%."
    >>> [fact.value for fact in numbers(Stretch.of(text))]
    [('12', ''), ('1200', ''), ('3000000', '$'), ('several hundred', ''), ('5', '%')]
    """
    found = []
    for match in stretch.matches(_NUMBER, stretch.counting() if places is None else places):
        start, end = match.span()
        currency = _CURRENCY.search(stretch.text, max(0, start - 2), start)
        if currency and match["digits"]:
            start = currency.start()
        value = _number_value(match, stretch.text[start : start + 1] if currency else "")
        if value is not None:
            found.append(Fact(stretch.text, start, end, value))
    return found


def _number_value(match: re.Match[str], currency: str) -> tuple[str, str] | None:
    if match["vague"]:
        return " ".join(match["vague"].casefold().split()), ""
    if match["digits"]:
        amount = float(match["digits"].replace(",", ""))
        amount *= _SCALES.get((match["scale"] or "").casefold(), 1)
        unit = currency or ("%" if match["percent"] else "")
        return f"{amount:.12g}", unit or ("th" if match["ordinal"] else "")
    words = [word for word in simple_words(match["spelt"]) if word != "and"]
    if words == ["one"] and not match["share"]:
        return None
    return f"{_spelt_value(words):.12g}", "%" if match["share"] else ""


def _spelt_value(words: list[str]) -> float:
    total = current = 0
    for word in words:
        scale = _SCALES.get(word)
        if scale is None:
            current += _UNITS.get(word, 0) + _TENS.get(word, 0)
        elif scale <= 100:
            current = max(current, 1) * scale
        else:
            total, current = total + max(current, 1) * scale, 0
    return float(total + current)


# --- Dates -------------------------------------------------------------------------------------

_MONTH = (
    r"Jan(?:uary|\.)|Feb(?:ruary|\.)|Mar(?:ch|\.)|Apr(?:il|\.)|May|June?|July?|Aug(?:ust|\.)"
    r"|Sept?(?:ember|\.)|Oct(?:ober|\.)|Nov(?:ember|\.)|Dec(?:ember|\.)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE = re.compile(
    rf"""
    \b(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b
    | \b(?P<day>{_DAY})\s+(?P<month>{_MONTH})(?:,?\s+(?P<year>[12]\d{{3}})\b)?
    | \b(?P<month_us>{_MONTH})\s+(?P<day_us>{_DAY})\b(?!,?\d)(?:,?\s+(?P<year_us>[12]\d{{3}})\b)?
    | \b(?P<month_of>{_MONTH}),?\s+(?P<year_of>[12]\d{{3}})\b
    | \b(?:in|since|until|by|from|last|this|early|late|mid)[\s-]+
      (?P<month_bare>{_MONTH})(?!\w)(?:,?\s+(?P<year_with>[12]\d{{3}})\b)?
    | \b(?:in|since|until|by|from|before|after|of|the|early|late)\s+(?P<year_bare>[12]\d{{3}})\b
      (?![,.]\d|\s?%)
    """,
    re.VERBOSE,
)


_DATE_HEADS = frozenset(
    "in since until by from last this early late mid before after of the".split()
)
"""Words that begin a date before a month or a year."""


def dates(stretch: Stretch, places: Sequence[int] | None = None) -> list[Fact]:
    """Find dates; the value is weekday, day, month and year, ``""`` for what is not told.

    ``places`` are those of :meth:`Stretch.counting` where they are known.

    >>> text = "It closed on 3 March 2021 and, since August 2022, opened."
    >>> [fact.value for fact in dates(Stretch.of(text))]
    [('', '3', 'mar', '2021'), ('', '', 'aug', '2022')]
    """
    found = []
    for match in stretch.matches(_DATE, stretch.counting() if places is None else places):
        parts = {name: value for name, value in match.groupdict().items() if value}
        told = {name.partition("_")[0]: value for name, value in parts.items()}
        start = min(map(match.start, parts))
        value = (
            told.get("weekday", "").casefold(),
            told.get("day", "").rstrip("sthndr"),
            told.get("month", "").casefold()[:3],
            told.get("year", ""),
        )
        found.append(Fact(stretch.text, start, match.end(), value))
    return found


def same_date(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether two dates may be one: they share a part, and no part contradicts.

    >>> same_date(("", "", "aug", "2022"), ("", "3", "aug", ""))
    True
    """
    parts = [(x, y) for x, y in zip(one, other, strict=True) if x and y]
    return bool(parts) and all(x == y for x, y in parts)


COUNTING_WORDS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday jan january feb february mar march"
    " apr april may jun june jul july aug august sep sept september oct october nov november dec"
    " december hundred thousand million billion trillion dozen".split()
).union(_VAGUE.split("|"), _UNITS, _TENS)
"""Folded words without one of which, or a digit, a text has neither number nor date."""


# --- Names -------------------------------------------------------------------------------------

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
    before = text[max(0, start - _CONTEXT) : start]
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
    stems = [_ALIASES.get(word, word[: _STEM + 1]) for word in name if word not in _SHARED]
    return frozenset([initials, *stems])


# --- Quotations --------------------------------------------------------------------------------

_QUOTE = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|«([^«»]+)»|„([^„“]+)“|‘(?<!\w‘)([^‘]+?)’(?!\w)")
_SPEECH = (
    "said|says|told|added|asserted|stated|explained|insisted|argued|warned|claimed|noted|wrote"
    "|tweeted|announced|declared|replied|continued|according to"
)
_SPEAKER_WORD = r"[A-Z][\w’'-]+"
_SPEAKER_AFTER = re.compile(
    rf"[,.]?\s*(?:(?:{_SPEECH})\s+(?P<late>{_SPEAKER_WORD}(?:\s+{_SPEAKER_WORD})*)"
    rf"|(?P<early>{_SPEAKER_WORD}(?:\s+{_SPEAKER_WORD})*)\s+(?:{_SPEECH})\b)"
)
_SPEAKER_BEFORE = re.compile(
    rf"(?P<name>{_SPEAKER_WORD}(?:\s+{_SPEAKER_WORD})*)\s+(?:{_SPEECH})(?:\s+that)?[,:]?\s*$"
)
_LEAST_QUOTED = 3
"""Words of the shortest quotation: fewer are a title or a word held at arm's length."""


def quotes(text: str) -> list[Quote]:
    """Find quotations of three words or more, and their speakers.

    >>> quotes("“We will not pay,” Ryan said.")
    [Quote(text='“We will not pay,”', words=('we', 'will', 'not', 'pay'), speaker='Ryan')]
    """
    found = []
    for match in _QUOTE.finditer(text):
        words = tuple(simple_words(match.group()))
        if len(words) >= _LEAST_QUOTED:
            found.append(Quote(match.group(), words, _speaker(text, *match.span())))
    return found


def _speaker(text: str, start: int, end: int) -> str:
    after = _SPEAKER_AFTER.match(text, end)
    if after:
        return after["early"] or after["late"]
    before = _SPEAKER_BEFORE.search(text, max(0, start - 4 * _CONTEXT), start)
    return before["name"] if before else ""


# --- Negations ---------------------------------------------------------------------------------

NEGATORS = frozenset("not never cannot longer t".split())
"""Folded words without one of which a text has no negation; ``t`` is the end of ``won't``."""
_NEGATION = re.compile(
    r"\b(?P<negator>not|never|cannot|no longer|\w+n[’']t)\s+"
    r"(?:(?:be|been|being|have|has|had|to|the|a|an|any|yet|ever|even|also)\s+){0,2}(?P<word>[^\W\d_]{3,})",
    re.IGNORECASE,
)


def negations(stretch: Stretch) -> list[Fact]:
    """Find negated words: the value is the beginning of the word that is negated.

    >>> found = negations(Stretch.of("It will not be sold, and won’t close."))
    >>> [(fact.text, fact.value) for fact in found]
    [('not be sold', ('sold',)), ('won’t close', ('clos',))]
    """
    behind = (*stretch.words[1:], "")
    places = [
        k
        for k, word in enumerate(stretch.words)
        if word in NEGATORS or word == "no" or behind[k] == "t"
    ]
    return [
        Fact(stretch.text, *match.span(), (match["word"].casefold()[:_STEM],))
        for match in stretch.matches(_NEGATION, places)
    ]
