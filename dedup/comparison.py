"""Two texts compared: verdict, probability, scores and passages."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from dedup import alignment, views
from dedup.document import Document, document
from dedup.furniture import furniture
from dedup.model import Alignment, Article, Findings, as_article
from dedup.resemblance import resemblance
from dedup.text import Tokens, read
from dedup.verdict import evidence, judge

__all__ = ["Comparison", "align", "compare", "prepare"]


@dataclass(frozen=True, slots=True)
class Comparison(Findings):
    """All that a comparison of two texts found, and the ways to show it."""

    def to_dict(self) -> dict[str, Any]:
        """Give the result as plain values that JSON can hold."""
        return views.to_dict(self)

    def to_json(self, indent: int | None = None) -> str:
        """Give the result as JSON."""
        return views.to_json(self, indent)

    def to_html(self) -> str:
        """Give one self-contained page, the two articles side by side."""
        return views.to_html(self)

    def __str__(self) -> str:
        return views.to_text(self)


def prepare(article: Article) -> tuple[Tokens, tuple[bool, ...], Document]:
    """Read an article: its words and sentences, which of them are furniture, and the arrays."""
    tokens = read(article.text)
    flags = furniture(tokens)
    return tokens, flags, document(tokens, flags)


def compare(a: Article | str, b: Article | str) -> Comparison:
    """Compare two articles.

    Symmetric: swapping the texts swaps a and b in the result and changes nothing else. Raises
    :class:`~dedup.errors.InputError` for what is neither a text nor an article.

    >>> c = compare("The mayor of Oslo resigned today.", "The mayor of Oslo RESIGNED today!")
    >>> c.verdict, c.is_version
    (<Verdict.IDENTICAL: 'identical'>, True)
    """
    first, second = as_article(a, "a"), as_article(b, "b")
    tokens_a, flags_a, document_a = prepare(first)
    tokens_b, flags_b, document_b = prepare(second)
    found = evidence(document_a, document_b)
    verdict, probability = judge(found)
    overlap = resemblance(document_a.words, document_b.words)
    aligned = alignment.align(tokens_a, tokens_b, flags_a, flags_b, with_regions=False)
    return Comparison(
        a=first,
        b=second,
        verdict=verdict,
        probability=probability,
        jaccard=overlap.jaccard,
        containment_a=overlap.containment_a,
        containment_b=overlap.containment_b,
        coverage_a=aligned.coverage_a,
        coverage_b=aligned.coverage_b,
        passages=aligned.passages,
        evidence=asdict(found),
    )


def align(a: Article | str, b: Article | str) -> Alignment:
    """Align two articles without judging them: passages, regions and coverage.

    >>> align("Rain fell on Oslo.", "It was cold. Rain fell on Oslo.").passages[0].kind.value
    'added'
    """
    first, second = read(as_article(a, "a").text), read(as_article(b, "b").text)
    return alignment.align(first, second, furniture(first), furniture(second))
