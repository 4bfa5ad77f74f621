"""Findings for a terminal: verdict, scores, and the passages in the reading order of b."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich.console import Console
from rich.text import Text

from dedup.model import Attribution, Derivation, Findings, Passage, PassageKind
from dedup.views.marks import Mark, Piece, pieces
from dedup.views.reasons import reason_lines, reasons
from dedup.views.wording import (
    MEANING,
    MOVED,
    SIGN,
    WEIGHED_IN,
    article_line,
    change_line,
    count,
    in_line,
    likelihood,
    notes,
    one_line,
    opening,
    percent,
    scores,
)

_STYLE = {
    PassageKind.COPIED: "blue",
    PassageKind.REWRITTEN: "yellow",
    PassageKind.ADDED: "green",
    PassageKind.DROPPED: "red",
    PassageKind.BOILERPLATE: "bright_black",
}
_LACKING = frozenset({Mark.CHANGED, Mark.FACT})
_CHANGED_STYLE = {"a": "red strike", "b": "green underline"}
_CHANGED_MARKS = {"a": ("[-", "-]"), "b": ("{+", "+}")}
_NARROWEST = 40
"""Columns below which signs and labels would leave the text no room."""
_SIGN_WIDTH, _SIDE_WIDTH = 7, 3


def to_text(findings: Findings, *, width: int = 100, colour: bool = False) -> str:
    """Write the findings as lines of at most ``width`` columns; fewer than 40 count as 40.

    Without ``colour`` the text is plain: in a rewritten passage ``[-words-]`` stand in a alone,
    ``{+words+}`` in b alone. With it, ANSI escapes take the place of these marks.
    """
    console = Console(
        file=io.StringIO(),
        width=max(width, _NARROWEST),
        force_terminal=colour,
        force_jupyter=False,
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
    )
    with console.capture() as capture:
        show(findings, console)
    return "\n".join(line.rstrip() for line in capture.get().rstrip("\n").split("\n"))


def trace_to_text(
    sentences: Sequence[Attribution],
    coverage: float,
    derivation: Derivation,
    names: Sequence[str] | None = None,
) -> str:
    """Write a trace as lines: what it comes to, and each sentence behind its source's name.

    Without ``names`` a source is named by its position.
    """
    told = {Derivation.NONE: "not"}.get(derivation, derivation.value)
    lines = [f"{told} derived: the sources account for {percent(coverage)} of the words"]
    labels = [
        "-" if source is None else one_line(names[source]) if names else f"source {source}"
        for _, source, _ in sentences
    ]
    width = max(map(len, labels), default=0)
    for label, (sentence, _, _) in zip(labels, sentences, strict=True):
        lines.append(f"  {label:<{width}}  {one_line(opening(sentence.text))}")
    return "\n".join(lines)


def show(findings: Findings, console: Console) -> None:
    """Print the findings on a console of rich, in its width; marks replace colours it lacks."""
    plain = console.no_color or console.color_system is None
    for line in _lines(findings, console, plain):
        console.print(line, soft_wrap=True)


def _lines(findings: Findings, console: Console, plain: bool) -> Iterator[Text]:
    yield from _summary(findings, console)
    yield from _legend(findings.passages, console, plain)
    boilerplate = PassageKind.BOILERPLATE
    numbered = enumerate(findings.passages, start=1)
    for is_boilerplate, group in groupby(numbered, lambda item: item[1].kind is boilerplate):
        if is_boilerplate:
            yield from _furniture([passage for _, passage in group])
            continue
        for number, passage in group:
            yield from _passage(number, passage, console, plain)


def _summary(findings: Findings, console: Console) -> Iterator[Text]:
    verdict = Text(findings.verdict.upper(), style="bold")
    yield from _hanging(verdict.append("  "), Text(MEANING[findings.verdict]), console)
    yield from _hanging(
        Text(),
        Text(
            f"{percent(findings.probability)} probable that one is a version of the other: "
            f"{likelihood(findings.probability)}"
        ),
        console,
    )
    yield Text()
    for name, article in (("a", findings.a), ("b", findings.b)):
        known = in_line(article_line(article, name))
        if known:
            yield from _hanging(Text(f"{name}  ", style="bold"), Text(known), console)
    yield Text(f"{'':<12}{'a':>6} {'b':>6}", style="bold")
    for score in scores(findings):
        of_b = "" if score.b is None else percent(score.b)
        values = f"{percent(score.a):>6} {of_b:>6}"
        yield from _hanging(Text(f"{score.name:<12}{values}  "), _dim(score.meaning), console)
    yield Text()
    yield from _reasons(findings, console)


def _reasons(findings: Findings, console: Console) -> Iterator[Text]:
    """Say on what evidence the pair was judged, and what each piece of it weighed."""
    lines = list(reason_lines(reasons(findings.evidence)))
    if not lines:
        return
    head = Text("Why  ", style="bold")
    yield from _hanging(head, _dim(f"what each adds, {WEIGHED_IN}"), console)
    for weight, words in lines:
        yield from _hanging(Text(f"{weight:>5}  "), Text(words), console)
    yield Text()


def _legend(passages: Sequence[Passage], console: Console, plain: bool) -> Iterator[Text]:
    if not passages:
        return
    entries = []
    for kind, sign in SIGN.items():
        number = sum(passage.kind is kind for passage in passages)
        if number:
            entries.append(Text(f"{sign} {kind} {number:,}", style=_STYLE[kind]))
    moved = sum(passage.moved for passage in passages)
    if moved:
        entries.append(Text(f"{MOVED} moved {moved:,}"))
    yield from _hanging(Text(), Text("  ").join(entries), console)
    if plain and any(passage.kind is PassageKind.REWRITTEN for passage in passages):
        only_a, only_b = ("words".join(_CHANGED_MARKS[side]) for side in "ab")
        yield from _hanging(Text(), Text(f"{only_a} in a alone  {only_b} in b alone"), console)
    yield Text()


def _furniture(passages: Iterable[Passage]) -> Iterator[Text]:
    """Show a run of boilerplate as a count."""
    number = sum(max(len(passage.a), len(passage.b)) for passage in passages)
    sign = f"{SIGN[PassageKind.BOILERPLATE]:<{_SIGN_WIDTH}}"
    yield Text(f"{sign}{count(number, 'line')} of boilerplate", _STYLE[PassageKind.BOILERPLATE])
    yield Text()


def _passage(number: int, passage: Passage, console: Console, plain: bool) -> Iterator[Text]:
    """Show a passage: both sides where words changed, else the one that says all."""
    style = _STYLE[passage.kind]
    in_a, in_b = pieces(passage)
    sides = {"a": in_a, "b": in_b}
    if passage.kind is PassageKind.COPIED:
        sides.pop("a")
    sign = Text(f"{SIGN[passage.kind]} {number:<{_SIGN_WIDTH - 2}}", style)
    for side, sentences in sides.items():
        if sentences:
            label = Text(f"{side:<{_SIDE_WIDTH}}", style="bold")
            yield from _hanging(Text.assemble(sign, label), _body(sentences, side, plain), console)
            sign = Text(" " * _SIGN_WIDTH)
    remarks = [notes(passage), *map(change_line, passage.changes)]
    said = "; ".join(in_line(remark) for remark in remarks if remark)
    if said:
        yield from _hanging(Text(" " * (_SIGN_WIDTH + _SIDE_WIDTH)), _dim(said), console)
    yield Text()


def _body(sentences: Iterable[Iterable[Piece]], side: str, plain: bool) -> Text:
    """Join the sentences of one side, with the words that the other side lacks marked."""
    body = Text()
    opening, closing = _CHANGED_MARKS[side] if plain else ("", "")
    for sentence in sentences:
        if body:
            body.append(" ")
        for changed, group in groupby(sentence, lambda piece: piece.mark in _LACKING):
            shown = in_line("".join(piece.text for piece in group))
            if changed:
                body.append(opening + shown + closing, style=_CHANGED_STYLE[side])
            else:
                body.append(shown)
    return body


def _hanging(head: Text, body: Text, console: Console) -> Iterator[Text]:
    """Wrap ``body`` beside ``head``, the lines after the first set in by as much."""
    indent = Text(" " * head.cell_len)
    for line in body.wrap(console, console.width - head.cell_len):
        yield Text.assemble(head, line)
        head = indent


def _dim(words: str) -> Text:
    return Text(words, style="bright_black")
