"""Findings as one self-contained web page: both articles in full, side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any

from dedup.model import Article, Change, ChangeKind, Findings, Passage, PassageKind, Sentence
from dedup.reading.texts import word_spans
from dedup.views import pages
from dedup.views.marks import Mark, Piece, pieces
from dedup.views.minimap import minimap
from dedup.views.reasons import reason_lines, reasons
from dedup.views.wording import (
    MEANING,
    MOVED,
    SIGN,
    WEIGHED_IN,
    article_line,
    browser_line,
    count,
    likelihood,
    notes,
    percent,
    printable,
    scores,
)

if TYPE_CHECKING:
    from markupsafe import Markup


def to_html(findings: Findings) -> str:
    """Write the findings as one HTML page that needs nothing else and asks nothing of a network.

    The two articles stand side by side as they were given, every sentence in its place and
    marked with what became of it; below them is a list of the passages. The page works without
    its script, with a keyboard, in light and dark, on a narrow screen and on paper. Characters
    that a page cannot hold (NUL, lone surrogates) are shown by others, one for one.
    """
    return pages.template("dedup.views").render(
        findings=findings,
        meaning=MEANING[findings.verdict],
        likelihood=likelihood(findings.probability),
        scores=scores(findings),
        minimap=minimap(findings),
        percent=percent,
        count=count,
        **_shown(findings),
        **pages.assets("dedup.views"),
    )


def side_by_side(findings: Findings, prefix: str) -> Markup:
    """Write the two articles side by side, with the evidence, as a part of another page.

    ``prefix`` begins the ids in it, which have to differ from all others of that page.
    """
    from markupsafe import Markup

    template = pages.template("dedup.views", "sides.html.jinja")
    return Markup(template.render(prefix=prefix, **_shown(findings)))


def _shown(findings: Findings) -> dict[str, Any]:
    """Make what every page shows of two articles."""
    cards = tuple(_card(number, p) for number, p in enumerate(findings.passages, start=1))
    return {
        "cards": cards,
        "columns": (_column("a", findings.a, cards), _column("b", findings.b, cards)),
        "filters": tuple(_filters(cards)),
        "facts": _facts(cards),
        "facts_shown": _FACTS_SHOWN,
        "reasons": tuple(reason_lines(reasons(findings.evidence))),
        "weighed_in": WEIGHED_IN,
    }


@dataclass(frozen=True, slots=True)
class _Card:
    """A passage, ready to be shown: each sentence of a and of b as markup."""

    number: int
    passage: Passage
    a: tuple[Markup, ...]
    b: tuple[Markup, ...]
    changes: tuple[Change, ...]
    """Their texts are fit to be shown."""

    @property
    def kind(self) -> str:
        """The kind of the passage, which is a class of the style sheet too."""
        return self.passage.kind.value

    @property
    def sign(self) -> str:
        """The sign of its kind."""
        return SIGN[self.passage.kind]

    @property
    def notes(self) -> str:
        """Whether it moved, was split or merged."""
        return notes(self.passage)

    @property
    def linked(self) -> bool:
        """Whether both texts have it."""
        return bool(self.a and self.b)

    @property
    def classes(self) -> str:
        """What the style sheet and the filters know the passage by."""
        flags = [self.kind, "moved" * self.passage.moved, "facts" * bool(self.changes)]
        return " ".join(filter(None, flags))

    @property
    def tag(self) -> str:
        """The mark before its sentences: its sign, and its number where it has a partner."""
        return f"{MOVED * self.passage.moved}{self.sign}{self.number if self.linked else ''}"


def _card(number: int, passage: Passage) -> _Card:
    in_a, in_b = pieces(passage)
    return _Card(
        number=number,
        passage=passage,
        a=tuple(_markup(sentence, "del") for sentence in in_a),
        b=tuple(_markup(sentence, "ins") for sentence in in_b),
        changes=tuple(
            replace(change, a=printable(change.a), b=printable(change.b))
            for change in passage.changes
        ),
    )


_FACTS_SHOWN = 6
"""Of the facts that differ; as many stand beside the scores, and the others open below them."""


_DOUBT = {ChangeKind.NEGATION: 1, ChangeKind.QUOTE: 2}


def _facts(cards: Sequence[_Card]) -> list[tuple[_Card, Change]]:
    """List the facts that differ, the surest first.

    Sure is what both texts tell, each in its way, and what stands in sentences much alike. A fact
    in one text alone may be a cut, and sentences hardly alike may not be of one thing. A negation
    or a quotation may say the same in other words; a number, a date or a name seldom does.
    """

    def doubt(found: tuple[_Card, Change]) -> tuple[bool, int, float]:
        card, change = found
        return not (change.a and change.b), _DOUBT.get(change.kind, 0), -card.passage.similarity

    return sorted(((card, change) for card in cards for change in card.changes), key=doubt)


def _markup(sentence: Sequence[Piece], lacking: str) -> Markup:
    """Write the pieces of a sentence; ``lacking`` is the element of words the other side lacks."""
    from markupsafe import Markup

    parts = []
    for piece in sentence:
        text = escape(printable(piece.text))
        if piece.change is not None:
            title = escape(browser_line(piece.change))
            text = f'<mark title="{title}">{text}</mark>'
        elif piece.mark is Mark.CHANGED:
            text = f"<{lacking}>{text}</{lacking}>"
        elif piece.mark is Mark.VERBATIM:
            text = f"<u>{text}</u>"
        elif len(sentence) > 1:
            text = f"<span>{text}</span>"
        parts.append(text)
    return Markup("".join(parts))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What stands between two sentences, and the sentence after it; the last has none."""

    gap: str
    breaks: str
    card: _Card | None
    markup: Markup | None
    is_first: bool


@dataclass(frozen=True, slots=True)
class _Column:
    """An article, ready to be shown."""

    name: str
    heading: Markup
    link: str
    stretches: tuple[_Stretch, ...]
    size: str


_LINE_BREAK = re.compile(r"\r\n|[\n\r]")
_WEB_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


def _column(name: str, article: Article, cards: Sequence[_Card]) -> _Column:
    return _Column(
        name=name,
        heading=_heading(article, name),
        link=printable(article.url) if _WEB_ADDRESS.match(article.url) else "",
        stretches=tuple(_stretches(name, article.text, cards)),
        size=count(len(word_spans([article.text])[0]), "word"),
    )


def _heading(article: Article, name: str) -> Markup:
    """Name an article as :func:`~dedup.views.wording.article_line` does, as markup.

    Its title and its source each keep the direction in which they are written.
    """
    from markupsafe import Markup

    title, source = (
        f"<bdi>{escape(part)}</bdi>" * bool(part) for part in (article.title, article.source)
    )
    marked = replace(article, id=escape(article.id), title=title, source=source)
    return Markup(printable(article_line(marked, name)))


def _stretches(name: str, text: str, cards: Sequence[_Card]) -> Iterator[_Stretch]:
    """Cut a text at its sentences; nothing of it is lost, and nothing comes twice."""
    sentences: list[tuple[Sentence, int, _Card]] = []
    for card in cards:
        side = card.passage.a if name == "a" else card.passage.b
        sentences.extend((sentence, place, card) for place, sentence in enumerate(side))
    sentences.sort(key=lambda item: item[0].start)
    at = 0
    for sentence, place, card in sentences:
        gap = printable(text[at : sentence.start])
        markup = (card.a if name == "a" else card.b)[place]
        yield _Stretch(gap, _breaks(gap), card, markup, place == 0)
        at = sentence.end
    if at < len(text):
        gap = printable(text[at:])
        yield _Stretch(gap, _breaks(gap), None, None, False)


def _breaks(gap: str) -> str:
    """Tell how a gap parts two sentences: not by a line break, by one, or by an empty line."""
    if gap.strip():
        return ""
    number = sum(1 for _ in _LINE_BREAK.finditer(gap))
    return ("", "line", "paragraph")[min(number, 2)]


@dataclass(frozen=True, slots=True)
class _Filter:
    """A button that shows passages of one class alone; it is their legend too."""

    name: str
    sign: str
    label: str
    number: int
    explained: str


_LABEL = {
    PassageKind.COPIED: ("Copied", "word for word the same"),
    PassageKind.REWRITTEN: ("Rewritten", "said in other words; runs kept verbatim underlined"),
    PassageKind.ADDED: ("Added in B", "nothing in A corresponds"),
    PassageKind.DROPPED: ("Dropped from A", "nothing in B corresponds"),
    PassageKind.BOILERPLATE: ("Boilerplate", "furniture of the page, not of the story"),
}


def _filters(cards: Sequence[_Card]) -> Iterator[_Filter]:
    for kind, sign in SIGN.items():
        number = sum(card.kind == kind for card in cards)
        if number:
            label, explained = _LABEL[kind]
            yield _Filter(kind.value, sign, label, number, explained)
    moved = sum(card.passage.moved for card in cards)
    if moved:
        yield _Filter("moved", MOVED, "Moved", moved, "in another order than its neighbours")
    facts = sum(bool(card.changes) for card in cards)
    if facts:
        explained = "a number, date, name, quote or negation is not the same"
        yield _Filter("facts", "≠", "Facts differ", facts, explained)
