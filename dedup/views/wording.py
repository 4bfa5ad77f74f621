"""The words, signs and figures that every view uses for the same thing."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dedup.model import Article, Change, Findings, Passage, PassageKind, Verdict
from dedup.verdict.measures import COLUMNS, MEASURES

SIGN = {
    PassageKind.COPIED: "=",
    PassageKind.REWRITTEN: "~",
    PassageKind.ADDED: "+",
    PassageKind.DROPPED: "−",
    PassageKind.BOILERPLATE: "·",
}
MOVED = "⇅"

MEANING = {
    Verdict.IDENTICAL: "The same words; at most case and punctuation differ.",
    Verdict.SYNDICATED: "The same text with light edits, cuts, or another headline or lead.",
    Verdict.REWRITTEN: "The same story, told in other words.",
    Verdict.PARTIAL: "A part is shared nearly word for word; most is not.",
    Verdict.TEMPLATE: "The same wording around other facts.",
    Verdict.UNRELATED: "Neither text is a version of the other.",
}

_LIKELIHOODS = (
    (0.99, "virtually certain"),
    (0.90, "very likely"),
    (0.66, "likely"),
    (0.50, "more likely than not"),
    (0.33, "about as likely as not"),
    (0.10, "unlikely"),
    (0.01, "very unlikely"),
    (0.00, "exceptionally unlikely"),
)
"""The calibrated scale of the IPCC's guidance note on uncertainty (Mastrandrea et al. 2010,
table 1), its overlapping middle terms parted at even odds, where the verdict turns."""

_FEW = 0.01
"""The share of records set aside that a reader need not be told at once."""

START = "any two articles, before the evidence"
WEIGHED_IN = "in log-odds: +0.7 doubles the odds of a version, −0.7 halves them"


def measure_words(name: str) -> str:
    """Word a measure.

    >>> measure_words("plain")
    'plain words that the other text has too'
    """
    return MEASURES[COLUMNS[name]].words


_REPLACEMENT = 0xFFFD
_UNPRINTABLE = {
    **{code: 0x2400 + code for code in range(0x20)},
    0x7F: 0x2421,
    **dict.fromkeys(range(0x80, 0xA0), _REPLACEMENT),
    **dict.fromkeys(range(0xD800, 0xE000), _REPLACEMENT),
    **{ord(char): ord(char) for char in "\t\n\r"},
    **{ord(char): ord("\n") for char in "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"},
}
"""What stands in for a character that no page or terminal should meet: control pictures of
Unicode, line breaks for its many separators, the replacement character for lone surrogates."""


def printable(text: str) -> str:
    r"""Replace what cannot be shown, each character by one, so that offsets stay true.

    >>> printable("nul\0 escape\x1b lone\ud800")
    'nul␀ escape␛ lone�'
    """
    return text if text.isprintable() else text.translate(_UNPRINTABLE)


_SPACE = re.compile(r"\s+")
_BIDI_CONTROLS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), "")
"""Embeddings, overrides and isolates, which would reorder the line they stand in (UAX #9)."""


def in_line(text: str) -> str:
    """Make a part of a text safe for a line of a terminal: no control characters, no line breaks,
    no bidi overrides.
    """
    return _SPACE.sub(" ", printable(text).translate(_BIDI_CONTROLS))


def one_line(text: str) -> str:
    r"""Show a name or text of others in one line that gives no orders to a terminal.

    >>> one_line(" Rain\n\u202efell ")
    'Rain fell'
    """
    return in_line(text).strip()


def opening(text: str) -> str:
    r"""Give the first words of a text in one line, cut behind a word, for want of a title.

    >>> opening("Rain fell on Oslo\n\nfor two days. " * 3)
    'Rain fell on Oslo for two days. Rain fell on Oslo for two days. Rain fell on…'
    """
    words = " ".join(text[: 2 * _LONGEST_OPENING].split())
    if len(words) <= _LONGEST_OPENING:  # for white space, or all the text
        words = " ".join(text[:_LOOKED_THROUGH].split())
    if len(words) <= _LONGEST_OPENING:
        return words
    cut = words[: _LONGEST_OPENING + 1].rpartition(" ")[0]
    return f"{cut or words[:_LONGEST_OPENING]}…"


_LONGEST_OPENING = 80
"""Characters: what a headline has at most, and fits a line of a list."""
_LOOKED_THROUGH = 1000
"""Characters in which the first words are looked for; white space may stand before them."""


def percent(share: float) -> str:
    """Word a share for a reader; only nothing is 0% and only all is 100%.

    >>> percent(0.001), percent(0.614), percent(0.9996)
    ('<1%', '61%', '>99%')
    """
    rounded = round(100 * share)
    if rounded == 0 and share > 0:
        return "<1%"
    if rounded == 100 and share < 1:
        return ">99%"
    return f"{rounded}%"


def loud_share(set_aside: int, used: int) -> str:
    """Word the share of records that were set aside, ``""`` where they are too few for a word.

    >>> loud_share(3, 97), loud_share(1, 500)
    ('3%', '')
    """
    share = set_aside / max(1, set_aside + used)
    return percent(share) if share > _FEW else ""


def likelihood(probability: float) -> str:
    """Word a probability.

    >>> likelihood(0.97)
    'very likely'
    """
    return next(words for floor, words in _LIKELIHOODS if probability >= floor)


def count(number: int, noun: str) -> str:
    """Word a number of things whose plural ends in s.

    >>> count(1, "sentence"), count(1200, "sentence")
    ('1 sentence', '1,200 sentences')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def in_columns(rows: Sequence[Sequence[str]]) -> str:
    """Lay rows of cells out in columns, a line a row; what gives orders to a terminal is replaced.

    >>> print(in_columns([("id", "title"), ("a1", "Rain"), ("a12", "")]))
    id   title
    a1   Rain
    a12
    """
    shown = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    lines = (
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
        for row in shown
    )
    return "\n".join(line.rstrip() for line in lines)


@dataclass(frozen=True, slots=True)
class Score:
    """A measure, what it says, and its value for a and for b; ``b`` is ``None`` for a joint one."""

    name: str
    meaning: str
    a: float
    b: float | None


def scores(findings: Findings) -> tuple[Score, ...]:
    """List the scores of a comparison in the order in which they tell a reader most."""
    return (
        Score(
            "Coverage",
            "words in copied or rewritten passages, boilerplate left out",
            findings.coverage_a,
            findings.coverage_b,
        ),
        Score(
            "Containment",
            "runs of three words that the other text has too",
            findings.containment_a,
            findings.containment_b,
        ),
        Score(
            "Jaccard",
            "runs of three words in both, of those in either",
            findings.jaccard,
            None,
        ),
    )


def article_line(article: Article, name: str) -> str:
    """Name an article by what is known of it: title, source, date; its id where none is.

    >>> article_line(Article("a1", "", title="Rain", source="Gazette", date="2023-10-31"), "a")
    'Rain — Gazette, 31 October 2023'
    """
    facts = [article.source] if article.source else []
    if article.date:
        facts.append(_moment(article.date))
    known = " — ".join(part for part in (article.title, ", ".join(facts)) if part)
    return known or (article.id if article.id != name else "")


def _moment(date: datetime.date) -> str:
    """Write a date and, if it has one, its time of day: by it one tells who was first.

    >>> _moment(datetime.datetime(2023, 10, 31, 9, 30, tzinfo=datetime.UTC))
    '31 October 2023 09:30 UTC'
    """
    day = f"{date.day} {date:%B %Y}"
    if isinstance(date, datetime.datetime) and date.time() != datetime.time():
        return f"{day} {date:%H:%M %Z}".rstrip()
    return day


def notes(passage: Passage) -> str:
    """Say what the kind of a passage does not: that it moved, was split or merged.

    >>> from dedup.model import Sentence
    >>> one, two = Sentence(0, 5, "Rain."), Sentence(6, 11, "Snow.")
    >>> notes(Passage(PassageKind.REWRITTEN, (one, two), (one,), 0.5, moved=True))
    '⇅ moved, 2 sentences merged into 1'
    """
    said = [f"{MOVED} moved"] if passage.moved else []
    sizes = len(passage.a), len(passage.b)
    if min(sizes) >= 1 and max(sizes) >= 2:
        said.append(_joined(*sizes))
    return ", ".join(said)


def _joined(in_a: int, in_b: int) -> str:
    if in_a > in_b:
        return f"{in_a} sentences merged into {in_b}"
    if in_a < in_b:
        return f"{count(in_a, 'sentence')} split into {in_b}"
    return f"{in_a} sentences against {in_b}"


def change_line(change: Change) -> str:
    """Word a changed fact.

    >>> from dedup.model import ChangeKind
    >>> change_line(Change(ChangeKind.NUMBER, "12", "19"))
    'number: 12 → 19'
    """
    return f"{change.kind}: {change.a or 'none'} → {change.b or 'none'}"


def browser_line(change: Change) -> str:
    """Word a changed fact for a browser, which would set two values that are written from right to
    left in the order b, a: each is isolated (UAX #9).
    """
    a, b = (
        f"\u2068{value}\u2069" if any(map(_is_right_to_left, value)) else value
        for value in (printable(change.a), printable(change.b))
    )
    return change_line(replace(change, a=a, b=b))


def _is_right_to_left(char: str) -> bool:
    return unicodedata.bidirectional(char) in {"R", "AL"}
