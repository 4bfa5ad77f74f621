"""Results as fragments of HTML for a notebook: compact, without scripts, for dark and light pages.

Colours are those of the page around (``currentColor``) but for thin rules at the side, and every
text of others is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import islice

from dedup.model import Attribution, Cluster, Findings, Passage, PassageKind, Sentence
from dedup.views.wording import browser_line, count, opening, percent, printable

_MOST_ROWS = 40
"""Rows shown; what is left out is said."""
_RULES = {
    PassageKind.COPIED: "#3b82f6",
    PassageKind.REWRITTEN: "#d97706",
    PassageKind.ADDED: "#16a34a",
    PassageKind.DROPPED: "#dc2626",
    PassageKind.BOILERPLATE: "#9ca3af",
}
_CELL = "text-align:left;vertical-align:top;padding:.2em .6em;white-space:normal"


def findings_to_html(found: Findings) -> str:
    """Show a comparison: what was found, and its passages side by side."""
    head = (
        f"<b>{escape(found.verdict.value)}</b>, {percent(found.probability)} probable; "
        f"Jaccard {found.jaccard:.2f}, "
        f"covered {percent(found.coverage_a)} of a and {percent(found.coverage_b)} of b"
    )
    return f"<div>{head}{_passages(found.passages)}</div>"


def passages_to_html(
    passages: Sequence[Passage], coverage_a: float, coverage_b: float, regions: int
) -> str:
    """Show an alignment: its passages side by side."""
    head = (
        f"{count(len(passages), 'passage')} in {count(regions, 'region')}; "
        f"covered {percent(coverage_a)} of a and {percent(coverage_b)} of b"
    )
    return f"<div>{head}{_passages(passages)}</div>"


def trace_to_html(sentences: Sequence[Attribution], coverage: float, derivation: str) -> str:
    """Show a trace: each sentence with its source."""
    rows = (
        _row("transparent" if source is None else _RULES[_kind(passage)], cells)
        for sentence, source, passage in sentences
        for cells in [("–" if source is None else f"source {source}", _text([sentence]))]
    )
    head = f"<b>{escape(derivation)}</b> derived; the sources account for {percent(coverage)}"
    return f"<div>{head}{_table(('source', 'sentence'), rows, len(sentences))}</div>"


def _kind(passage: Passage | None) -> PassageKind:
    return PassageKind.ADDED if passage is None else passage.kind


def clusters_to_html(articles: int, pairs: int, clusters: Sequence[Cluster]) -> str:
    """Show a scan: how much was found, and the largest clusters."""
    largest = sorted(clusters, key=lambda one: -len(one.members))
    rows = (
        _row(
            "#3b82f6",
            (
                escape(printable(cluster.representative)),
                str(len(cluster.members)),
                ", ".join(escape(printable(member.id)) for member in cluster.members[:5]),
            ),
        )
        for cluster in largest
    )
    head = (
        f"{count(articles, 'article')}, {count(pairs, 'pair')} that share a story or a part of it, "
        f"{count(len(clusters), 'cluster')} of versions"
    )
    return (
        f"<div>{head}{_table(('representative', 'versions', 'such as'), rows, len(largest))}</div>"
    )


def table_to_html(head: str, names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Show rows of cells under a line that says what they are."""
    shown = (_row("transparent", (_cell(cell) for cell in row)) for row in rows)
    return f"<div>{escape(head)}{_table(names, shown, len(rows))}</div>"


def _cell(text: str) -> str:
    return f'<span dir="auto">{escape(printable(text))}</span>'


def _passages(passages: Sequence[Passage]) -> str:
    rows = (
        _row(
            _RULES[passage.kind],
            (
                escape(passage.kind.value) + (" ⇅" if passage.moved else ""),
                _text(passage.a),
                _text(passage.b),
                "<br>".join(escape(browser_line(change)) for change in passage.changes),
            ),
        )
        for passage in passages
    )
    return _table(("passage", "a", "b", "changed"), rows, len(passages))


def _text(sentences: Sequence[Sentence]) -> str:
    """Show the beginning of sentences, in the direction in which they are written."""
    return _cell(opening(" ".join(sentence.text for sentence in sentences)))


def _row(colour: str, cells: Iterable[str]) -> str:
    first, *others = cells
    head = f'<td style="{_CELL};border-left:3px solid {colour}">{first}</td>'
    return head + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in others)


def _table(names: Sequence[str], rows: Iterator[str], total: int) -> str:
    if not total:
        return ""
    head = "".join(f'<th scope="col" style="{_CELL}">{name}</th>' for name in names)
    body = "".join(f"<tr>{row}</tr>" for row in islice(rows, _MOST_ROWS))
    left = total - _MOST_ROWS
    more = f"<div>and {left:,} more</div>" if left > 0 else ""
    return f'<table style="border-collapse:collapse"><tr>{head}</tr>{body}</table>{more}'
