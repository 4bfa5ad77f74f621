"""Two texts compared: verdict, probability, scores and passages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

from dedup import views
from dedup.alignment import passages as alignment
from dedup.furniture.finding import furniture
from dedup.model import Alignment, Article, Findings, as_article
from dedup.text.tokens import read
from dedup.verdict.evidence import MEASURES
from dedup.verdict.judging import DECIMALS, judge
from dedup.verdict.measuring import Measured, measure

__all__ = ["Comparison", "align", "compare", "compare_compiled", "compare_plainly"]


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


LOADING_PAYS = 50
"""Comparisons of a process that are made the plain way. The compiled way saves some milliseconds
each time and takes half a second to load, which a script that compares a few texts never gets back.
"""
COMPILING_PAYS = 20_000
"""The same where the loops were never compiled on this machine, which takes about a minute."""
_comparisons = count()


def _pays(comparisons: int) -> bool:
    """Tell whether the compiled way pays in a process that has made so many comparisons."""
    if comparisons < LOADING_PAYS:
        return False
    return comparisons >= COMPILING_PAYS or _compiled_before()


@lru_cache(maxsize=1)
def _compiled_before() -> bool:
    """Tell whether the loops lie compiled beside the package, from an earlier process."""
    folder = Path(__file__).parent / "verdict"
    written = (folder / "story_loops.py").stat().st_mtime
    cached = (folder / "__pycache__").glob("story_loops.*.nbi")
    return any(file.stat().st_mtime >= written for file in cached)


def compare(a: Article | str, b: Article | str) -> Comparison:
    """Compare two articles.

    Symmetric: swapping the texts swaps a and b in the result and changes nothing else. A process
    that goes on comparing turns to compiled loops with equal results. Raises
    :class:`~dedup.errors.InputError` for what is neither a text nor an article.

    >>> c = compare("The mayor of Oslo resigned today.", "The mayor of Oslo RESIGNED today!")
    >>> c.verdict, c.is_version
    (<Verdict.IDENTICAL: 'identical'>, True)
    """
    first, second = as_article(a, "a"), as_article(b, "b")
    if _pays(next(_comparisons)):
        return compare_compiled(first, second)
    return compare_plainly(first, second)


def compare_plainly(a: Article, b: Article) -> Comparison:
    """Compare two articles with NumPy and RapidFuzz alone."""
    return _compared(a, b, measure(a.text, b.text))


def compare_compiled(a: Article, b: Article) -> Comparison:
    """Compare two articles by compiled loops: equal to :func:`compare_plainly`."""
    from dedup.verdict import paired  # loads a compiler

    return _compared(a, b, paired.measure(a.text, b.text))


def _compared(a: Article, b: Article, found: Measured) -> Comparison:
    """Judge and align two articles that were read."""
    verdict, probability = judge(found.evidence)
    (one, flags_one), (other, flags_other) = found.a, found.b
    aligned = alignment.align(one, other, flags_one, flags_other, with_regions=False)
    overlap = found.resemblance
    return Comparison(
        a=a,
        b=b,
        verdict=verdict,
        probability=probability,
        jaccard=overlap.jaccard,
        containment_a=overlap.containment_a,
        containment_b=overlap.containment_b,
        coverage_a=aligned.coverage_a,
        coverage_b=aligned.coverage_b,
        passages=aligned.passages,
        evidence={name: round(getattr(found.evidence, name), DECIMALS) for name in MEASURES},
    )


def align(a: Article | str, b: Article | str) -> Alignment:
    """Align two articles without judging them: passages, regions and coverage.

    >>> align("Rain fell on Oslo.", "It was cold. Rain fell on Oslo.").passages[0].kind.value
    'added'
    """
    first, second = read(as_article(a, "a").text), read(as_article(b, "b").text)
    return alignment.align(first, second, furniture(first), furniture(second))
