"""Pack the words by which facts are read in 22 languages: ``dedup/data/facts.jsonl``.

And the notices of pages in them: ``dedup/data/notices.json``.

Months, weekdays, decimal signs, the words for thousand to trillion, and the names of countries and
cities come from CLDR through `babel`, ranks from its rules of numbers (``npm pack cldr-rbnf``: its
folder ``rbnf`` is given as ``--rbnf``); the rest is ``language_words.toml``. Beginnings of words
are spelt out with the lists of `wordfreq`; irregular verbs of English come from `lemminflect`.
Needs ``pip install babel wordfreq lemminflect``.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import lemminflect
import numpy as np
import wordfreq
from babel import Locale
from babel.core import get_global
from number_rules import NumberRules

from dedup.reading.texts import read
from dedup.text.tokens import fold
from dedup.text.vocabulary import english, word_ids

HERE = Path(__file__).parent
TARGET = HERE.parent / "dedup" / "data" / "facts.jsonl"
UNSPACED = frozenset({"ja", "ko", "zh"})
LATIN = frozenset("de en es fr id it nl pl pt sv tr vi".split())
SPELT_OUT, SPELT_OUT_INFLECTED = 40_000, 120_000
"""Most frequent words among which a beginning is looked for."""
LEAST_BEGINNING = 5
"""Letters of a beginning; shorter words are taken as they are."""
INFLECTED = frozenset("es fr it pl pt ru uk".split())
"""Languages in which a letter less is enough."""
PARTICIPLES = frozenset({"de", "nl"})
FEW = 45
"""Words that are listed as most frequent."""
LISTS = "prefix suffix_no prefix_no proclitics surname endings dual counted_endings".split()
PLURALS = {kind: f"{kind}s" for kind in "month weekday ordinal fraction time".split()}
LEAST_PLACE = 3
"""Letters of the name of a place that is listed."""
RANKS = [*range(1, 32), *range(40, 101, 10)]
LAST_SIMPLE = 20
"""The last rank of which two words are listed; later ones are read from parts."""
LEAST_VERB = 3
VERBS = 20_000
"""Most frequent words among which irregular forms of verbs are looked for."""


def key(form: str) -> str:
    """Fold a word or several and part them by blanks."""
    return " ".join(read(form.replace("_", " ")).words)


def listed(line: str) -> list[str]:
    """Cut a line into folded words."""
    return [folded for form in line.split() if (folded := key(form))]


def valued(lines: str) -> dict[str, str]:
    """Read ``value word word; value word``."""
    found: dict[str, str] = {}
    for part in lines.split(";"):
        value, *forms = part.split() or [""]
        found |= dict.fromkeys(filter(None, map(key, forms)), value)
    return found


@cache
def frequent(language: str) -> list[str]:
    """Give the most frequent words of a language, folded."""
    most = SPELT_OUT_INFLECTED if language in INFLECTED else SPELT_OUT
    words = wordfreq.top_n_list(language, most, "best")
    folded = {fold(word) if word.isalpha() else key(word) for word in words}
    return sorted(word for word in folded if " " not in word)


def is_beginning(form: str, language: str) -> bool:
    """Tell whether a form stands for all words that begin so."""
    least = LEAST_BEGINNING - (language in INFLECTED)
    return language not in UNSPACED and len(form) >= least and " " not in form


def spelt_out(line: str, language: str) -> list[str]:
    """Give all frequent words that begin as the words of a line do; short ones as they are."""
    found = []
    for form in listed(line):
        found.append(form)
        if is_beginning(form, language):
            words, end = frequent(language), form + chr(sys.maxunicode)
            found += words[bisect_left(words, form) : bisect_left(words, end)]
    return sorted(set(found))


def inflected(phrase: str) -> list[str]:
    """Give the forms of several words of English of which the first is a verb: *lays off*."""
    first, _, rest = phrase.partition(" ")
    verbs = lemminflect.getAllLemmas(first, upos="VERB").get("VERB", ())
    bases = [verb for verb in verbs if verb != first] or verbs  # *fell* is of *fall* here
    inflections = (lemminflect.getAllInflections(verb, upos="VERB") for verb in bases)
    forms = {form for found in inflections for held in found.values() for form in held}
    return sorted(f"{form} {rest}" for form in forms if form.isalpha())


def marked(line: str, language: str) -> list[str]:
    """Give the forms of a line, those that stand for all words that begin so with ``*`` behind.

    A form with a full stop stands for itself alone, several words of English for all forms of the
    verb that they begin with. In German and Dutch the participles of what is begun begin with
    *ge*, too.
    """
    begins = {form: is_beginning(form, language) for form in listed(line)}
    begins |= {key(form): False for form in line.split() if form.endswith(".")}
    phrases = [form for form in begins if " " in form and language == "en"]
    begins |= {form: False for phrase in phrases for form in inflected(phrase)}
    found = [form + "*" * begun for form, begun in begins.items()]
    begun = [f"ge{form}" for form in found if form[-1] == "*" and not form.startswith("ge")]
    return found + begun * (language in PARTICIPLES)


class Entries:
    """The words of one language and what each of them is."""

    def __init__(self, omitted: list[str]) -> None:
        self.found: dict[str, dict[str, str | int]] = defaultdict(dict)
        self._omitted = frozenset(omitted)

    def add(self, kind: str, values: dict[str, str | int] | dict[str, str]) -> None:
        """Enter words of one kind; what a word was first stays."""
        for form, value in values.items():
            if form and form not in self._omitted:
                self.found[form].setdefault(kind, value)


def compounds(numbers: dict[str, str], parts: list[str]) -> dict[str, str]:
    """Join the names of numbers as languages do that write them in one word."""
    glue, hundred, thousand = parts
    by_value: dict[int, str] = {}
    for form, value in numbers.items():
        by_value.setdefault(int(value), form)
    units = {value: form for value, form in by_value.items() if 1 <= value <= 9}
    units[1] = {"und": "ein", "en": "een"}.get(glue, units[1])
    found = {}
    for ten in range(20, 100, 10):
        for unit, form in units.items():
            if glue == "-":
                tens = by_value[ten]
                elided = tens[:-1] if hundred == "cento" and form[0] in "aeiou" else tens
                found[elided + form] = str(ten + unit)
                if form == "tre":
                    found[elided + "tré"] = str(ten + unit)
            else:
                joint = "ën" if glue == "en" and form.endswith("e") else glue
                found[form + joint + by_value[ten]] = str(ten + unit)
    below = {value: form for value, form in by_value.items() if value >= 2}
    found |= {form + hundred: str(100 * v) for v, form in below.items() if v <= 9}
    found |= {form + thousand: str(1000 * v) for v, form in below.items()}
    return found


def decades(numbers: dict[str, str], words: list[str]) -> dict[str, str]:
    """Give the years in two to nine decades, as a language says them."""
    several = {form: int(value) for form, value in numbers.items() if 2 <= int(value) <= 9}
    return {f"{form} {word}": str(10 * n) for form, n in several.items() for word in words}


def months_and_days(locale: Locale, entries: Entries) -> None:
    """Enter CLDR's names of months and weekdays."""
    for form in ("format", "stand-alone"):
        for number, name in locale.months[form]["wide"].items():
            if not re.search(r"\d", name):
                entries.add("month", {key(name): str(number)})
        for number, name in locale.months[form]["abbreviated"].items():
            is_number = "number" in entries.found.get(key(name), {})  # French sept
            if not re.search(r"\d", name) and len(name) >= LEAST_PLACE and not is_number:
                entries.add("mon", {key(name): str(number)})
        for number, name in locale.days[form]["wide"].items():
            entries.add("weekday", {key(name): str(number + 1)})


def scales(locale: Locale) -> dict[str, str]:
    """Give CLDR's words for thousand to trillion."""
    found = {}
    for style in ("long", "short"):
        for patterns in locale._data["compact_decimal_formats"][style].values():
            for power, pattern in patterns.items():
                text = re.sub("['\xa0]", " ", getattr(pattern, "pattern", pattern))
                name = key(re.sub("[0٠-٩.¤]+", " ", text))
                digits = text.count("0")
                if name and len(name) > 1 and digits:
                    found.setdefault(name, str(int(power) // 10 ** (digits - 1)))
    return found


def places(locale: Locale) -> str:
    """Give the names of countries and of the cities of time zones, ``|`` between."""
    territories = (name for code, name in locale.territories.items() if code.isalpha())
    cities = (zone.get("city", "") for zone in locale.time_zones.values())
    if locale.language in LATIN:  # what is called as in English is not listed
        named = (zone.split("/")[-1].replace("_", " ") for zone in get_global("zone_territories"))
        cities = chain(cities, named)
    names = {key(re.sub(r"\(.*?\)", "", name)) for name in chain(territories, cities)}
    least = 2 if locale.language in UNSPACED else LEAST_PLACE
    return "|".join(sorted(name for name in names if len(name.replace(" ", "")) >= least))


def most_frequent(language: str) -> list[str]:
    """Give the most frequent words, which say nothing of what is counted or denied."""
    if language == "en":
        table = english()
        ranks = np.argsort(-table.frequencies.astype(int), kind="stable")
        top = frozenset(table.ids[ranks[:FEW]].tolist())
        found = [word for word in frequent("en") if int(word_ids([word])[0]) in top]
        return sorted(found)
    if language in UNSPACED:
        shares = Counter[str]()
        listed_shares = wordfreq.get_frequency_dict(language, "best")
        for word in wordfreq.top_n_list(language, SPELT_OUT, "best"):
            for part in fold(word):
                shares[part] += listed_shares[word]
        return sorted(word for word, _ in shares.most_common(FEW))
    top_words = (key(word) for word in wordfreq.top_n_list(language, 2 * FEW, "best"))
    return sorted(list(dict.fromkeys(word for word in top_words if " " not in word))[:FEW])


def irregular(language: str) -> dict[str, str]:
    """Give the forms of verbs that do not begin as their verb does: English alone denies *met*
    as *failed to meet*, others leave the form of a verb as it is.
    """
    found: dict[str, str] = {}
    for form in wordfreq.top_n_list("en", VERBS, "best") if language == "en" else ():
        verbs = lemminflect.getAllLemmas(form, upos="VERB").get("VERB", ())
        verb = next((verb for verb in verbs if verb != form), form)
        if verb.isalpha() and min(len(verb), len(form)) >= LEAST_VERB and verb[:4] != form[:4]:
            found[form] = verb
    return found


def ranks(rules: NumberRules, language: str, taken: Entries) -> dict[str, str]:
    """Give the words for ranks, in all their forms, that are not numbers as well."""
    found: dict[str, str] = {}
    for name in rules.named("%spellout-ordinal"):
        for number in RANKS:
            form = key(rules.spell(number, name))
            words = 1 if language in UNSPACED else form.count(" ") + 1
            is_number = not taken.found.get(form, {}).keys().isdisjoint({"number", "scale"})
            if not (re.search(r"\d", form) or is_number) and words <= 1 + (number <= LAST_SIMPLE):
                found.setdefault(form, str(number))
                if language == "ar":
                    found.setdefault(form.removeprefix("ال"), str(number))
    return found


def multiples(line: str, language: str) -> dict[str, str]:
    """Read words for how often, those of many letters by their beginning: ``2 twice double``."""
    found: dict[str, str] = {}
    for part in line.split(";"):
        value, _, forms = part.strip().partition(" ")
        found |= dict.fromkeys(spelt_out(forms, language), value)
    return found


def turns(line: str, spelt: Callable[[str], list[str]]) -> list[list[list[str]]]:
    """Give the groups of words that turn round, both sides of each."""
    found = []
    for group in line.split(";"):
        plus, _, minus = " ".join(group.split()).removeprefix("+").partition(" - ")
        if minus:
            sides = [spelt(side) for side in (plus, minus)]
            both = set(sides[0]) & set(sides[1])
            found.append([[w for w in side if w not in both] for side in sides])
    return found


def opposites(table: dict[str, Any]) -> str:
    """Give the groups of opposites of a language, those of each field of the news behind others."""
    return ";".join([table["opposites"], *table.get("opposites_by_field", {}).values()])


def packed(language: str, table: dict[str, Any], rules: NumberRules) -> dict[str, Any]:
    """Gather the words of one language."""
    locale = Locale.parse(language)
    entries = Entries(listed(table.get("not", "")))
    numbers = valued(table["numbers"])
    entries.add("number", numbers)
    if "compound" in table:
        entries.add("number", compounds(numbers, table["compound"].split()))
    entries.add("number", decades(numbers, listed(table.get("decades", ""))))
    entries.add("scale", valued(table["scales"]))
    entries.add("scale", scales(locale))
    entries.add("ordinal", ranks(rules, language, entries))
    entries.add("multiple", multiples(table.get("multiples", ""), language))
    months_and_days(locale, entries)
    for kind in "vague money month weekday ordinal fraction time relative".split():
        entries.add(kind, valued(table.get(PLURALS.get(kind, kind), "")))
    flags = (
        "glue percent before_percent am pm hour before_hour before_clock minute dated no"
        " plain both counter counted month_word day_word year_word before_weekday title fold"
    )
    for kind in flags.split():
        entries.add(kind, dict.fromkeys(listed(table.get(kind, "")), 1))
    if language == "tr":  # a capital İ folds to i and a second dot
        dotted = {
            f"i\u0307{form[1:]}": kinds for form, kinds in entries.found.items() if form[0] == "i"
        }
        entries.found |= dotted
    symbols = locale.number_symbols.get("latn", {})
    return {
        "frequent": sorted({*most_frequent(language), *listed(table.get("passing", ""))}),
        "irregular": irregular(language),
        "decimal": symbols.get("decimal", "."),
        "words": entries.found,
        "turns": turns(table["turns"], lambda line: spelt_out(line, language)),
        "opposites": turns(opposites(table), lambda line: marked(line, language)),
        "places": "|".join([places(locale), *listed(table.get("places", ""))]),
        "deny": spelt_out(table.get("deny", ""), language),
        "say": sorted(form for form in table.get("say", "").replace("_", " ").split(" ") if form),
        "according": table.get("according", "").replace("_", " "),
        **{name: listed(table.get(name, "")) for name in LISTS},
    }


def notices(tables: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Make the patterns of page furniture abroad, and the words they begin with."""
    found = {}
    for kind in ("label", "pointer", "column", "notice"):
        phrases = {name: table[kind] for name, table in tables.items() if kind in table}
        first = (leads(phrase, language) for language, phrase in phrases.items())
        found[kind] = {"pattern": "|".join(phrases.values()), "first": joined(chain(*first))}
    dates, stamps = set[str](), set[str]()
    for language, table in tables.items():
        if "stamp" in table:
            entries = Entries([])
            months_and_days(Locale.parse(language), entries)
            for kind in ("months", "weekdays"):
                entries.add(kind, valued(table.get(kind, "")))
            dates |= {form for form in entries.found if len(form) > 1}
            stamps |= set(listed(table["stamp"])) - dates
    found["date"] = {"pattern": alternatives(dates), "first": joined(leads(dates))}
    found["stamp"] = {"pattern": alternatives(stamps), "first": joined(leads(stamps))}
    return found


def months(languages: list[dict[str, Any]], others: list[str]) -> dict[str, int]:
    """Give the number of each name of a month that is one word, in any language.

    Of languages without a table of words what CLDR has counts where it is one month alone.
    """
    names = {
        lead + form: int(kinds["month"])
        for packed_words in languages
        for form, kinds in packed_words["words"].items()
        for lead in ("", *packed_words["proclitics"])
        if "month" in kinds and " " not in form
    }
    found = defaultdict[str, set[int]](set)
    for locale in map(Locale.parse, others):
        entries = Entries([])
        months_and_days(locale, entries)
        for form, kinds in entries.found.items():
            if "month" in kinds and " " not in form and form not in names:
                found[form].add(int(kinds["month"]))
    names |= {form: min(numbers) for form, numbers in found.items() if len(numbers) == 1}
    return dict(sorted(names.items()))


def powers(languages: list[dict[str, Any]]) -> dict[str, int]:
    """Give the power of ten of each word for a thousand or more, in any language.

    English goes first, and abbreviations of two letters are its own alone: *mr* is no milliard.
    """
    found: dict[str, int] = {}
    for table in sorted(languages, key=lambda table: table["language"] != "en"):
        for form, kinds in table["words"].items():
            scale = str(kinds.get("scale", ""))
            short = form.isascii() and len(form) < LEAST_PLACE - (table["language"] == "en")
            if re.fullmatch("1000+", scale) and " " not in form and not short:
                found.setdefault(form, len(scale) - 1)
    return dict(sorted(found.items()))


def alternatives(forms: set[str]) -> str:
    """Join folded forms to a pattern, the longest first."""
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    return "|".join(re.escape(form).replace(r"\ ", r"\W?") for form in ordered)


def joined(words: Iterable[str]) -> str:
    """Join words, each once."""
    return " ".join(sorted(set(words)))


def leads(phrases: str | set[str], language: str = "") -> list[str]:
    """Give the words with which the phrases of a pattern begin: groups are spelt out.

    A short one, as *i* and *as*, begins many a sentence in other languages: where what follows is
    no pattern, the second word stands with it.
    """
    if not isinstance(phrases, str):
        return [read(form).words[0] for form in phrases if read(form).words]
    cut = [(form, read(form).words) for form in _spelt(phrases)]
    return [
        "-".join(words[: 2 if len(words[0]) < _LONG and form.replace(" ", "").isalpha() else 1])
        for form, words in cut
        if words
    ]


_LONG = 3
"""Letters of a word that few sentences of other languages begin with."""


def _spelt(pattern: str) -> list[str]:
    """Spell out the first group of each alternative of a pattern."""
    found = []
    for part in re.split(r"\|(?![^()]*\))", pattern):
        group = re.match(r"\(\?:([^()]*)\)(\??)(.*)", part)
        forms = [*group[1].split("|"), *([""] if group[2] else [])] if group else [""]
        found += [form + (group[3] if group else part) for form in forms]
    return found


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rbnf", type=Path, required=True, metavar="FOLDER")
    folder = parser.parse_args().rbnf
    tables = tomllib.loads((HERE / "language_words.toml").read_text(encoding="utf-8"))
    common = tables.pop("common")
    common["aliases"] = valued(common["aliases"])
    text = json.dumps(notices(tables), ensure_ascii=False, indent=1)
    TARGET.with_name("notices.json").write_text(text + "\n", encoding="utf-8")
    languages = [
        {"language": name, **packed(name, table, NumberRules(folder, name))}
        for name, table in tables.items()
    ]
    names = months(languages, common.pop("months_of").split())
    of_all = {"months": names, "powers": powers(languages)}
    found = [{"language": "common", **common, **of_all}, *languages]
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in found]
    text = "\n".join(lines)
    TARGET.write_text(text + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes, {len(found)} languages")


if __name__ == "__main__":
    main()
