"""Measure the facts that are told as changed: in made changes of real news, and in 22 languages.

``--data`` is the folder of development data. English: 300 changes of each kind are made in real
sentences of news; each must be told with its kind and both values, and where nothing changed
nothing may be told. Languages: the texts of ``tests/newsroom_languages.py``.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dedup
from dedup.facts.changes import changes
from dedup.model import Change
from dedup.reading.texts import read

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from made_changes import KINDS, by_hand, by_hand_alike, in_news, reordered, turned
from newsroom_languages import TEXTS

Made = tuple[str, str, str]
"""A text with one fact changed, the fact as it was and as it is now."""
WANTED = 300
TRIED = 8
"""Places in a text at which a stretch is cut."""
SENTENCES = 3
"""Sentences of a stretch in which a change is made."""
WANTED_ABROAD = 40
"""Changes of each kind that are made in the texts of each language."""
NOTHING = "where nothing changed"
RESULTS = Path(__file__).parent / "results" / "quality_facts.json"
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = (
    "January February March April June July August September October November December".split()
)
_WORDS = "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty".split()
_NAMES = (
    "Marlow Tennant Okafor Lindqvist Barros Haverford Castellane Draper Whitlock Yamada".split()
)
_FIRST = (
    r"Mr\.|Ms\.|Mrs\.|Sen\.|Rep\.|Gov\.|President|Senator|John|James|Michael|Robert|David|William"
    r"|Mary|Susan|Nancy|Paul|Mark|Mike|Tom|Joe|Jim|Chris|Steve|Kevin|Sarah|Jennifer|Elizabeth|Barack"
    r"|Donald|Hillary|Harry|Lindsey|Marco|Rand|Ted|Bernie|Richard|George|Scott|Brian|Patrick|Karen"
)
_OPPOSITES = (
    ("rose", "fell"), ("won", "lost"), ("approved", "rejected"), ("higher", "lower"),
    ("increased", "decreased"), ("more", "less"), ("opened", "closed"), ("allowed", "banned"),
)  # fmt: skip


def number(text: str, chance: random.Random) -> Made | None:
    """Change a number in digits or in words."""
    places = [
        match
        for match in re.finditer(r"(?<![\w.,/:$£€-])\d{1,3}(?:,\d{3})*(?![\w/:-]|[.,]\d)", text)
        if not re.match(r"\s?(?:a\.?m|p\.?m|percent)", text[match.end() :])
        and not re.search(rf"(?:{'|'.join(_MONTHS)}|May|\w{{3}}\.) \Z", text[: match.start()])
    ]
    words = list(re.finditer(rf"\b(?:{'|'.join(_WORDS)})\b(?![ -]and|-)", text))
    if not places and not words:
        return None
    match = chance.choice(places + words)
    old = match.group()
    if old.isalpha():
        new = chance.choice([word for word in _WORDS if word != old])
    else:
        value = int(old.replace(",", ""))
        new = f"{value + chance.choice([1, 2, 3, 7, 10, 20]):,}"
    return _put(text, match, new)


def date(text: str, chance: random.Random) -> Made | None:
    """Change a weekday, a month with its day, a year or a time."""
    found = list(re.finditer(rf"\b(?:{'|'.join(_WEEKDAYS)})\b", text))
    found += re.finditer(rf"\b(?:{'|'.join(_MONTHS)}) \d{{1,2}}\b(?!,?\d)", text)
    found += re.finditer(r"(?<=[io][nf] )(?:19|20)\d\d\b(?![-–])", text)
    found += re.finditer(r"\b\d{1,2}:\d\d [ap]\.?m\.?", text)
    if not found:
        return None
    match = chance.choice(found)
    old = match.group()
    if old in _WEEKDAYS:
        new = chance.choice([day for day in _WEEKDAYS if day != old])
    elif ":" in old:
        new = f"{1 + int(old.split(':')[0]) % 12}:{old.split(':')[1]}"
    elif old.isdigit():
        new = str(int(old) + chance.choice([-3, -1, 1]))
    else:
        month, day = old.split()
        new = f"{month} {1 + (int(day) + chance.choice([1, 4, 9])) % 28}"
    return None if new == old else _put(text, match, new)


def name(text: str, chance: random.Random) -> Made | None:
    """Change the surname behind a first name or a title, everywhere in the text."""
    found = re.search(rf"(?<=[a-z,] )(?:{_FIRST}) ([A-Z][a-z]{{3,}})(?= [a-z]|[,.’'])", text)
    if found is None:
        return None
    old, new = found.group(1), chance.choice(_NAMES)
    return re.sub(rf"\b{old}\b", new, text), old, new


def quote(text: str, chance: random.Random) -> Made | None:
    """Change a word within a quotation."""
    found = [m for m in re.finditer(r"“[^“”]{30,300}”", text) if len(m.group().split()) >= 6]
    if not found:
        return None
    match = chance.choice(found)
    words = match.group().split(" ")
    at = chance.randrange(1, len(words) - 1)
    words[at] = chance.choice("perhaps tomorrow together never money honestly".split())
    new = " ".join(words)
    return None if new == match.group() else _put(text, match, new)


def negation(text: str, chance: random.Random) -> Made | None:
    """Take a *not* out, put one in, or turn a word round."""
    taken_out = (
        r"\b(?:will|would|could|should|is|are|was|were|has|had) (?=not (?!just|only)\w{4})not "
    )
    put_in = r"\b(?:will|would|could|should) (?=[a-z]{4})(?!not|have|also|only)"
    options = [(match, match.group()[: -len("not ")]) for match in re.finditer(taken_out, text)]
    options += [(match, match.group() + "not ") for match in re.finditer(put_in, text)]
    for pair in _OPPOSITES:
        for old, new in (pair, pair[::-1]):
            options += [(match, new) for match in re.finditer(rf"\b{old}\b", text)]
    if not options:
        return None
    match, new = chance.choice(options)
    return _put(text, match, new)


def _put(text: str, match: re.Match[str], new: str) -> Made:
    return text[: match.start()] + new + text[match.end() :], match.group(), new


MAKERS: dict[str, Callable[[str, random.Random], Made | None]] = {
    "number": number,
    "date": date,
    "name": name,
    "quote": quote,
    "negation": negation,
}


def stretches(folder: Path, chance: random.Random) -> Iterator[str]:
    """Cut stretches of a few sentences out of news."""
    with gzip.open(folder / "news_abp.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    chance.shuffle(texts)
    for text in texts:
        spans = read(text).sentences
        for first in chance.sample(range(len(spans)), min(TRIED, len(spans))):
            if not 2 <= first < len(spans) - SENTENCES:
                continue
            chosen = spans[first : first + SENTENCES]
            stretch = text[chosen[0][0] : chosen[-1][1]]
            balanced = stretch.count("“") == stretch.count("”") and stretch.count('"') % 2 == 0
            if len(stretch) < 900 and "\n" not in stretch.strip() and balanced:
                yield stretch


def is_told(found: tuple[Change, ...], kind: str, old: str, new: str) -> bool:
    """Tell whether a change is among those found: its kind and both values."""

    def has(told: str, wanted: str) -> bool:
        return wanted.casefold().strip() in told.casefold() or (
            told != "" and told.casefold() in wanted.casefold()
        )

    if kind == "negation":  # inside a quotation it is the quotation that was changed
        return any(
            change.kind == kind or (change.kind == "quote" and old in change.a and new in change.b)
            for change in found
        )
    return any(
        change.kind == kind and has(change.a, old) and has(change.b, new) for change in found
    )


def english(folder: Path, show: int) -> dict[str, float]:
    """Measure made changes in English news, and light rewording that changes nothing."""
    chance = random.Random(14)
    told: Counter[str] = Counter()
    made: Counter[str] = Counter()
    more = pairs = false = 0
    for text in stretches(folder, chance):
        kinds = [kind for kind in KINDS if made[kind] < WANTED]
        if not kinds:
            break
        kind = chance.choice(kinds)
        result = MAKERS[kind](text, chance)
        if result is not None:
            new_text, old, new = result
            found = changes(text, new_text)
            made[kind] += 1
            right = is_told(found, kind, old, new)
            told[kind] += right
            more += max(0, len(found) - right)
            if not right and show > 0:
                show -= 1
                print(f"  {kind}: {old!r} to {new!r} in {text!r}: {found}", file=sys.stderr)
        other = reworded(text, chance)
        if other != text:
            pairs += 1
            found = changes(text, other)
            false += len(found)
            if found and show > 0:
                show -= 1
                print(f"  false: {found} in {text!r} / {other!r}", file=sys.stderr)
    figures = {kind: round(told[kind] / made[kind], 3) for kind in KINDS}
    others, nothing = round(more / made.total(), 3), round(false / pairs, 3)
    return {**figures, "others a pair": others, NOTHING: nothing}


def languages(show: int) -> dict[str, float]:
    """Measure the verdicts and the facts told in the texts of each language."""
    wanted = [
        ("source", {"identical"}),
        ("edited", {"syndicated"}),
        ("rewrite", {"rewritten", "syndicated"}),
        ("event", {"unrelated"}),
        ("other", {"unrelated"}),
    ]
    right = told = more = 0
    for language, texts in TEXTS.items():
        for name_, verdicts in wanted:
            found = dedup.compare(texts.source, getattr(texts, name_))
            right += found.verdict in verdicts
            if found.verdict not in verdicts and show:
                print(f"  {language}: {name_} is {found.verdict}", file=sys.stderr)
            listed = [change for passage in found.passages for change in passage.changes]
            if name_ == "edited":
                missed = [edit for edit in texts.edits if not _has_edit(listed, edit)]
                told += len(texts.edits) - len(missed)
                if missed and show:
                    print(f"  {language}: {missed} not in {listed}", file=sys.stderr)
            else:
                more += len(listed)
    return {
        "verdict right": round(right / len(TEXTS) / len(wanted), 3),
        "facts told": round(told / sum(len(texts.edits) for texts in TEXTS.values()), 3),
        "others a text": round(more / len(TEXTS), 3),
    }


def _has_edit(found: list[Change], edit: tuple[str, str]) -> bool:
    """Tell whether an edit is told: both values, or what they share is left out of both."""

    def is_of(value: str, written: str) -> bool:
        value, written = value.casefold(), written.casefold()
        parts = value.split()
        return value != "" and (value in written or written in value or parts[0] in written.split())

    return any(is_of(change.a, edit[0]) and is_of(change.b, edit[1]) for change in found)


def abroad(folder: Path, show: int) -> dict[str, Any]:
    """Measure made changes in other languages: sentences by hand, and texts of the news."""
    changed = {"by hand": by_hand(), "news": in_news(folder, WANTED_ABROAD)}
    alike = {"by hand": by_hand_alike(), "news": reordered(folder, 2 * WANTED_ABROAD)}
    found: dict[str, Any] = {}
    for source in changed:
        tallies: dict[str, Tally] = {}
        for one in changed[source]:
            listed = changes(one.text, one.changed)
            right = is_told(listed, one.kind, one.old, one.new)
            for key in (one.kind, one.language):
                tallies.setdefault(key, Tally()).add(right)
            if not right and show > 0:
                print(f"  {source} {one}: {listed}", file=sys.stderr)
        for language, text, other in alike[source]:
            listed = changes(text, other)
            for key in (NOTHING, f"{NOTHING}: {language}"):
                tallies.setdefault(key, Tally()).add(len(listed))
            if listed and show > 0:
                print(f"  {source}, nothing: {text!r} {other!r} {listed}", file=sys.stderr)
        found[source] = {key: tally.share() for key, tally in sorted(tallies.items())}
    return found


def turned_round(show: int) -> dict[str, Any]:
    """Measure the rounds of sentences that are turned round, beside what each gave at first."""
    found = {}
    for name, made in turned().items():
        told, nothing = Tally(), Tally()
        for language, one, other in made.turned:
            right = is_told(changes(one, other), "negation", "", "")
            told.add(right)
            if not right and show:
                print(f"  {language}: {one!r} {other!r}", file=sys.stderr)
        for language, one, other in made.same:
            listed = changes(one, other)
            nothing.add(len(listed))
            if listed and show:
                print(f"  {language}, nothing: {one!r} {other!r} {listed}", file=sys.stderr)
        found[name] = {
            "blind": {"told": made.blind[0], NOTHING: made.blind[1]},
            "told": told.share(),
            NOTHING: nothing.share(),
        }
    return found


class Tally:
    """How many of some cases were told."""

    def __init__(self) -> None:
        self.told = self.of = 0

    def add(self, told: int) -> None:
        """Count one case."""
        self.told += told
        self.of += 1

    def share(self) -> dict[str, float]:
        """Give the share and the number of cases."""
        return {"told": round(self.told / self.of, 3), "of": self.of}


_SYNONYMS = dict(
    pair.split(":")
    for pair in (
        "said:stated told:informed also:likewise big:large help:assist began:started "
        "people:persons many:numerous show:display used:employed called:named important:crucial "
        "because:since but:yet however:still about:around after:once between:among "
        "several:various police:officers lawmakers:legislators companies:firms country:nation "
        "plan:scheme make:create get:obtain need:require talk:speak workers:employees money:cash "
        "home:house children:kids while:whilst"
    ).split()
)


def reworded(text: str, chance: random.Random) -> str:
    """Change what is no fact: synonyms, the order of sentences, spelling of marks."""

    def put(match: re.Match[str]) -> str:
        return _SYNONYMS.get(match.group(), match.group())

    parts = re.split(r"(“[^”]*”|\"[^\"]*\"|‘[^’]*’)", text)
    parts[::2] = [re.sub(r"[a-z]+", put, part) for part in parts[::2]]
    text = "".join(parts)
    if chance.random() < 0.5:
        spans = read(text).sentences
        sentences = [text[s:e] for s, e in spans]
        if not set(text) & set('“”"‘'):
            sentences = [*sentences[1:], sentences[0]]
        text = " ".join(sentences)
    return text.replace("“", '"').replace("”", '"') if chance.random() < 0.3 else text


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="misses to print")
    parser.add_argument("--abroad", action="store_true", help="measure other languages alone")
    arguments = parser.parse_args()
    found = abroad(arguments.data, arguments.show)
    found["turned round"] = turned_round(arguments.show)
    if not arguments.abroad:
        found["English news"] = english(arguments.data, arguments.show)
        found["22 languages"] = languages(arguments.show)
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
