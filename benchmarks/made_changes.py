"""Texts in many languages with one fact changed: written by hand, and made in texts of the news.

The sentences of ``made_changes.toml`` stand among others of their language; in the development
data's texts a number, a date, a name, a word of a quotation or a negation is changed by rule.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from dedup.facts.lexicon import UNSPACED, lexicon
from dedup.reading.texts import read
from dedup.text.vocabulary import background, word_ids

KINDS = ("number", "date", "name", "quote", "negation")
SURNAMES = "Halvorsen Solberg Castellane Whitlock Lindqvist Okafor Tennant Barros".split()
CASELESS = frozenset({"ar", "he", "hi", "ur"})
SENTENCES = 3
TRIED = 4
"""Places in a text at which a stretch is cut."""
RARE = 7.5
"""Idf of a word that is taken for a surname."""
_SLOT = re.compile(r"\[([^\[\]|]*)\|([^\[\]|]*)\]")
_TAKEN_OUT = {
    "ar": r"(?<!\w)(?:لا|لم|لن) (?=\w{4})",
    "de": r"\bnicht (?!nur|mehr|zuletzt|zu\b)(?=\w{4})",
    "es": r"\bno (?=\w{4})(?!s[oó]lo|obstante)",
    "fr": r"\bne (?=\w{3,} pas\b)",
    "he": r"(?<!\w)לא (?=\w{4})(?!רק)",
    "hi": r"(?<![\w\u093e-\u094d])नहीं ",
    "pt": r"\bnão (?=\w{4})(?!apenas|obstante)",
    "ur": r"(?<!\w)نہیں ",
    "vi": r"(?<!hàng )\bkhông (?=\w{2,})(?!chỉ|gian|khí|quân)",
}
"""Negations that are taken out of real sentences; French *pas* goes with its *ne*."""


class Made(NamedTuple):
    """A text, the same with one fact of a kind changed, and the fact on both sides."""

    language: str
    kind: str
    text: str
    changed: str
    old: str
    new: str


def by_hand() -> Iterator[Made]:
    """Put each sentence of the table between two others of its language."""
    for language, table in _sentences().items():
        glue = "" if language in UNSPACED - {"ko"} else " "
        for kind in KINDS:
            others = [_SLOT.sub(r"\1", s) for other in KINDS if other != kind for s in table[other]]
            for at, sentence in enumerate(table[kind]):
                before, behind = others[at], others[-1 - at]
                old, new = _SLOT.findall(sentence)[0]
                written = [_SLOT.sub(f"\\{side}", sentence) for side in (1, 2)]
                text, changed = (
                    glue.join([before, re.sub("  +", " ", one), behind]) for one in written
                )
                yield Made(language, kind, text, changed, old, new)


def by_hand_alike() -> Iterator[tuple[str, str, str]]:
    """Give two ways of telling the same facts, with their language."""
    for language, table in _sentences().items():
        for pair in table["same"]:
            one, other = pair.split(" // ")
            yield language, one, other


@cache
def _sentences() -> dict[str, dict[str, list[str]]]:
    path = Path(__file__).with_suffix(".toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


class Turned(NamedTuple):
    """Pairs of texts of a round, with their language, and what they gave before rules were mended.

    ``blind`` are the share told and what was told where nothing had changed.
    """

    blind: tuple[float, float]
    turned: list[tuple[str, str, str]]
    same: list[tuple[str, str, str]]


def turned() -> dict[str, Turned]:
    """Give the rounds of sentences that are turned round, each between two others."""
    path = Path(__file__).with_name("turned_sentences.toml")
    rounds = tomllib.loads(path.read_text(encoding="utf-8"))
    blind = rounds.pop("blind")
    found = {}
    for name, tables in rounds.items():
        both: dict[str, list[tuple[str, str, str]]] = {"turned": [], "same": []}
        for language, table in tables.items():
            for kind, pairs in both.items():
                for at, sentence in enumerate(table[kind]):
                    one, other = (
                        sentence.split(" // ")
                        if kind == "same"
                        else (_SLOT.sub(f"\\{side}", sentence) for side in (1, 2))
                    )
                    pairs.append((language, _among(one, language, at), _among(other, language, at)))
        found[name] = Turned(tuple(blind[name]), **both)
    return found


def _among(sentence: str, language: str, at: int) -> str:
    """Put a sentence between two others of its language."""
    table = _sentences()[language]
    others = [_SLOT.sub(r"\1", other) for kind in ("number", "date") for other in table[kind]]
    glue = "" if language in UNSPACED - {"ko"} else " "
    return glue.join([others[at % len(others)], sentence, others[-1 - at % len(others)]])


# --- in texts of the news ------------------------------------------------------------------------


def in_news(folder: Path, wanted: int) -> Iterator[Made]:
    """Make up to ``wanted`` changes of each kind in the texts of each language."""
    chance = random.Random(14)
    for language, texts in sorted(_texts(folder).items()):
        chance.shuffle(texts)
        left = dict.fromkeys(KINDS, wanted)
        for text in texts:
            for stretch in _stretches(text, chance):
                kinds = [kind for kind in KINDS if left[kind]]
                chance.shuffle(kinds)
                for kind in kinds:
                    made = _make(kind, stretch, language, chance)
                    if made is not None:
                        left[kind] -= 1
                        yield made
                        break


def reordered(folder: Path, wanted: int) -> Iterator[tuple[str, str, str]]:
    """Give stretches, and the same with sentences in another order and other quotation marks."""
    chance = random.Random(15)
    for language, texts in sorted(_texts(folder).items()):
        stretches = [s for text in texts[: 2 * wanted] for s in _stretches(text, chance)][:wanted]
        for stretch in stretches:
            sentences = [stretch[start:end] for start, end in read(stretch).sentences]
            if not set(stretch) & set('"“”„«»'):
                sentences = [*sentences[1:], sentences[0]]
            other = " ".join(sentences)
            yield language, stretch, re.sub("[“”„«»]", '"', other)


@cache
def _texts(folder: Path) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for path in sorted((folder / "pairs").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                if row["lang"] in _TAKEN_OUT:
                    found.setdefault(row["lang"], {}).update({row["a"]: None, row["b"]: None})
    return {language: list(texts) for language, texts in found.items()}


def _stretches(text: str, chance: random.Random) -> Iterator[str]:
    """Cut some sentences out of a text, balanced in its quotation marks."""
    spans = read(text).sentences
    for first in sorted(chance.sample(range(len(spans)), min(TRIED, len(spans)))):
        if first > len(spans) - SENTENCES:
            continue
        stretch = text[spans[first][0] : spans[first + SENTENCES - 1][1]]
        balanced = all(
            stretch.count(one) == stretch.count(other) for one, other in ("“”", "«»", "„“")
        )
        if balanced and stretch.count('"') % 2 == 0 and len(stretch) < 1200:
            yield stretch


def _make(kind: str, text: str, language: str, chance: random.Random) -> Made | None:
    """Change one fact of a kind, ``None`` where there is none to change."""
    options = list(_OPTIONS[kind](text, language, chance))
    if not options:
        return None
    old, new, changed = chance.choice(options)
    return Made(language, kind, text, changed, old, new) if changed != text else None


Option = tuple[str, str, str]
"""What stands in the text, what is put there, and the text with it."""


def _put(text: str, start: int, end: int, new: str) -> Option:
    return text[start:end], new, text[:start] + new + text[end:]


def _numbers(text: str, language: str, chance: random.Random) -> Iterator[Option]:
    months = "|".join(map(re.escape, _entries(language, "month")))
    dated = "|".join(map(re.escape, _entries(language, "dated", "month_word", "day_word")))
    for match in re.finditer(r"(?<![\w.,:/$£€'’-])\d{1,3}(?![\w.,:/'’%-])(?= \w{3})", text):
        ahead, behind = text[max(0, match.start() - 20) : match.start()], text[match.end() :]
        if re.match(rf" (?:de |of )?(?:{months})", behind, re.IGNORECASE):
            continue
        if re.search(rf"(?<!\w)(?:{months}|{dated or months})[ ,]*\Z", ahead, re.IGNORECASE):
            continue
        yield _put(text, *match.span(), str(int(match.group()) + chance.choice([1, 2, 3, 7, 10])))


def _dates(text: str, language: str, chance: random.Random) -> Iterator[Option]:
    weekdays = [day for day in _entries(language, "weekday") if len(day) > 3]
    days = rf"(?<!\w)(?:{'|'.join(map(re.escape, weekdays))})(?!\w)"
    ordinals = language == "he"  # its names of days are those of ordinals
    for match in re.finditer(days, text, re.IGNORECASE) if not ordinals else ():
        here = lexicon(language).words[match.group().lower()]["weekday"]
        new = chance.choice([d for d in weekdays if lexicon(language).words[d]["weekday"] != here])
        new = new.capitalize() if match.group()[0].isupper() else new
        yield _put(text, *match.span(), new)
    months = "|".join(map(re.escape, _entries(language, "month")))
    pattern = rf"(?<![\w.,:/-])(\d{{1,2}})(?=\.? (?:de )?(?:{months})(?!\w))"
    if language == "vi":
        pattern = r"(?<=ngày )(\d{1,2})(?=[-/]\d|\.? tháng)"
    for match in re.finditer(pattern, text, re.IGNORECASE):
        yield _put(text, *match.span(), str(1 + (int(match[1]) + chance.choice([1, 4, 9])) % 28))


def _names(text: str, language: str, chance: random.Random) -> Iterator[Option]:
    if language in CASELESS:
        places = lexicon(language).places
        known = [p for p in sorted(places) if " " not in p and len(p) > 3]
        for match in re.finditer(r"[^\W\d_]{4,}", text):
            if match.group() in places:
                new = chance.choice(known)
                changed = re.sub(rf"(?<!\w){re.escape(match.group())}(?!\w)", new, text)
                yield match.group(), new, changed
        return
    capital = r"[A-ZÁÉÍÓÚÀÂÇÈÊÎÔÛÄÖÜĐ][a-zà-ÿß]{3,}"
    pattern = rf"(?<=[a-zà-ÿ,] ){capital} ({capital})(?=[,.]| (?!v[ao]n|d[aeo]s?\b)[a-zà-ÿ])"
    for match in re.finditer(pattern, text):
        if rarity(match[1].lower(), language) < RARE:
            continue
        old, new = match[1], chance.choice(SURNAMES)
        yield old, new, re.sub(rf"\b{old}\b", new, text)


def rarity(word: str, language: str) -> float:
    """Give the idf of a word in its language."""
    return float(background(language).idf_of(word_ids([word]))[0])


def _quotes(text: str, language: str, chance: random.Random) -> Iterator[Option]:
    outside = re.sub(r"“[^“”]*”|«[^«»]*»|„[^„“]*“|\"[^\"]*\"", " ", text)
    words = re.findall(r"[^\W\d_]{5,}", outside)
    for match in re.finditer(r"(?:“[^“”]+”|«[^«»]+»|„[^„“”]+“|(?<!\w)\"[^\"]+\"(?!\w))", text):
        parts = match.group().split(" ")
        if len(parts) >= 7 and words:
            at = chance.randrange(2, len(parts) - 2)
            parts[at] = chance.choice(words)
            yield _put(text, *match.span(), " ".join(parts))


def _negations(text: str, language: str, chance: random.Random) -> Iterator[Option]:
    for match in re.finditer(_TAKEN_OUT[language], text):
        behind = text[match.end() :]
        if language == "fr":
            behind = re.sub(r" pas\b", "", behind, count=1)
        yield match.group(), "", text[: match.start()] + behind


_OPTIONS = {
    "number": _numbers,
    "date": _dates,
    "name": _names,
    "quote": _quotes,
    "negation": _negations,
}


def _entries(language: str, *kinds: str) -> list[str]:
    """List the words of some kinds, longest first."""
    words = lexicon(language).words
    found = [form for form, of in words.items() if any(kind in of for kind in kinds)]
    return sorted(found, key=len, reverse=True)
