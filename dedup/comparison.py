"""Two texts compared: verdict, probability, scores and passages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from dedup.alignment.passages import Linked, link_pairs
from dedup.alignment.passages import align as align_texts
from dedup.arrays import F64, I64
from dedup.candidates import _sketches
from dedup.candidates.resemblance import Resemblance
from dedup.errors import InputError
from dedup.given import as_article
from dedup.model import Aligned, Article, Findings, Passage
from dedup.reading.texts import Texts, read_flagged, read_texts
from dedup.text.vocabulary import languages_of
from dedup.threads import check_threads, map_all
from dedup.values import frozen
from dedup.verdict.judging import VERDICTS, judge
from dedup.verdict.limits import DECIMALS
from dedup.verdict.measures import named
from dedup.verdict.stories import Stories

if TYPE_CHECKING:
    from pathlib import Path

_AT_ONCE = 16
"""Pairs that are read, judged and aligned in one go: their arrays stay in the core's cache."""


@frozen()
class Comparison(Findings):
    """All that a comparison of two texts found, and the ways to show it.

    ``a`` and ``b`` are the articles, ``verdict`` what one is to the other, ``probability`` that one
    is a version of the other. ``jaccard`` is that of the sets of 3-word shingles, ``containment_a``
    the share of a's shingles that b holds, ``coverage_a`` the share of a's words, furniture left
    out, in copied or rewritten passages; all from 0 to 1. ``passages`` come in the reading order of
    b, each dropped one where it stood in a. ``evidence`` holds the measures by name, and
    those of the other side under ``_other``, with which :func:`dedup.why` explains the probability.

    >>> found = compare("Rain fell on Oslo. Sun shone.", "Rain fell on Oslo.")
    >>> found.containment_b, [passage.kind.value for passage in found.passages]
    (1.0, ['copied', 'dropped'])
    """

    def to_dict(self) -> dict[str, Any]:
        """Give the result as plain values that JSON can hold.

        >>> compare("Rain fell.", "Rain fell!").to_dict()["verdict"]
        'identical'
        """
        from dedup.views.machine import to_dict  # which one that asks for verdicts never needs

        return to_dict(self)

    def to_json(self, indent: int | None = None) -> str:
        """Give the result as JSON; ``indent`` says by how many spaces lines are set in.

        >>> '"verdict": "identical"' in compare("Rain fell.", "Rain fell!").to_json()
        True
        """
        from dedup.views.machine import to_json

        return to_json(self, indent)

    def to_html(self) -> str:
        """Give one self-contained page, the two articles side by side.

        >>> compare("Rain fell.", "Rain fell!").to_html().lower().startswith("<!doctype html>")
        True
        """
        from dedup.views.page import to_html

        return to_html(self)

    def _repr_html_(self) -> str:
        from dedup.views.notebook import findings_to_html

        return findings_to_html(self)

    def __str__(self) -> str:
        from dedup.views.terminal import to_text

        return to_text(self)


@frozen()
class Alignment(Aligned):
    """How the passages of two texts correspond, and a way to show it.

    ``passages`` come in the reading order of b, each dropped one where it stood in a; ``regions``
    of reuse in the order of a. ``coverage_a`` is the share of a's words, 0 to 1, furniture left
    out, in copied or rewritten passages.

    >>> found = align("Rain fell on Oslo. Sun shone.", "Rain fell on Oslo.")
    >>> round(found.coverage_a, 2), len(found.regions)
    (0.67, 1)
    """

    def _repr_html_(self) -> str:
        from dedup.views.notebook import passages_to_html

        return passages_to_html(self.passages, self.coverage_a, self.coverage_b, len(self.regions))


def compare(
    a: Article | str | Path, b: Article | str | Path, *, extract_html: bool = False
) -> Comparison:
    """Compare two articles: articles, texts, or files by their ``Path``.

    Its passages are made when they are first asked for, which takes as long again.
    Symmetric: swapping the texts swaps a and b in the result and changes nothing else.
    HTML in a ``str`` is told by a warning; ``extract_html`` takes the text out of it. Raises
    :class:`~dedup.errors.InputError` for what is neither a text nor an article.

    >>> c = compare("The mayor of Oslo resigned today.", "The mayor of Oslo RESIGNED today!")
    >>> c.verdict, c.is_version
    (<Verdict.IDENTICAL: 'identical'>, True)
    """
    one = as_article(a, "a", extract_html=extract_html)
    return _compared([(one, as_article(b, "b", extract_html=extract_html))], keeps_texts=True)[0]


def compare_many(
    pairs: Iterable[tuple[Article | str | Path, Article | str | Path]],
    threads: int | None = None,
    *,
    extract_html: bool = False,
) -> list[Comparison]:
    """Compare pairs of articles, in order: each as :func:`compare` does.

    On all cores, unless ``threads`` says how many. The passages of each are made when they are
    first asked for; until then it takes little room. Raises :class:`~dedup.errors.InputError` for
    what is no pair of articles or texts, before any is compared.

    >>> [c.verdict.value for c in compare_many([("Rain fell.", "Rain fell!"), ("Sun.", "Snow.")])]
    ['identical', 'unrelated']
    """
    workers = check_threads(threads)
    held = [_pair(pair, at, extract_html) for at, pair in enumerate(_iterated(pairs))]
    parts = [held[at : at + _AT_ONCE] for at in range(0, len(held), _AT_ONCE)]
    return [found for done in map_all(_compared, parts, workers) for found in done]


def _iterated(pairs: object) -> Iterable[object]:
    if isinstance(pairs, (str, bytes, Article)) or not isinstance(pairs, Iterable):
        raise InputError.of("pairs", pairs, "an iterable of pairs of articles or texts")
    return pairs


def _pair(pair: object, at: int, extract_html: bool) -> tuple[Article, Article]:
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise InputError.of(f"pairs[{at}]", pair, "two articles or texts")
    one = as_article(pair[0], f"pairs[{at}][0]", extract_html=extract_html)
    return one, as_article(pair[1], f"pairs[{at}][1]", extract_html=extract_html)


def _compared(
    pairs: Sequence[tuple[Article, Article]], *, keeps_texts: bool = False
) -> list[Comparison]:
    """Read, judge and link pairs of articles, each text of them once.

    Their passages come from the texts that were read, if they are kept, or read them again.
    """
    rows, of_pairs = _rows([[one.text for one in pair] for pair in pairs])
    texts = read_texts(rows)
    words = texts.words
    languages = languages_of(words)
    measures = Stories(words, texts.marks, languages).measures(of_pairs)
    verdicts, probabilities = judge(measures)
    shingles = _sketches.shingle_overlap(words.values, words.offsets, of_pairs)
    numbers = of_pairs.tolist()
    return [
        _comparison(
            pair,
            (VERDICTS[verdict], probability),
            Resemblance.of_counts(*counts),
            linked,
            partial(
                _passages,
                [(rows[k], languages[k]) for k in (i, j)],
                linked,
                (texts, i, j) if keeps_texts else None,
            ),
            partial(_evidence, row),
        )
        for pair, (i, j), verdict, probability, counts, linked, row in zip(
            pairs,
            numbers,
            verdicts.tolist(),
            probabilities.tolist(),
            shingles.tolist(),
            link_pairs(texts, rows, numbers),
            measures,
            strict=True,
        )
    ]


def _passages(
    given: Sequence[tuple[str, str]], linked: Linked, found: tuple[Texts, int, int] | None
) -> tuple[Passage, ...]:
    """Make the passages of two texts, ``given`` with their languages.

    They are read again unless what was found is at hand.
    """
    texts, *rows = found or (read_texts([text for text, _ in given]), 0, 1)
    a, b = (texts.flagged(row, *of) for row, of in zip(rows, given, strict=True))
    return linked.passages(a, b)


def _evidence(row: F64) -> dict[str, float]:
    """Name the measures of a pair, which few ask for."""
    return named(row.round(DECIMALS).tolist())


def _rows(pairs: Sequence[Sequence[str]]) -> tuple[list[str], I64]:
    """Number the distinct texts of pairs: the texts, and the numbers of each pair's, i64[m, 2]."""
    numbers: dict[str, int] = {}
    found = [[numbers.setdefault(text, len(numbers)) for text in pair] for pair in pairs]
    return list(numbers), np.array(found, dtype=np.int64)


def _comparison(
    pair: tuple[Article, Article],
    judged: tuple[Any, float],
    overlap: Resemblance,
    linked: Linked,
    passages: Any,
    evidence: Any,
) -> Comparison:
    return Comparison(
        a=pair[0],
        b=pair[1],
        verdict=judged[0],
        probability=judged[1],
        jaccard=overlap.jaccard,
        containment_a=overlap.containment_a,
        containment_b=overlap.containment_b,
        coverage_a=linked.coverage[0],
        coverage_b=linked.coverage[1],
        passages=passages,
        evidence=evidence,
    )


def align(
    a: Article | str | Path, b: Article | str | Path, *, extract_html: bool = False
) -> Alignment:
    """Align two articles without judging them: passages, regions and coverage.

    Texts are taken as by :func:`compare`.

    >>> align("Rain fell on Oslo.", "It was cold. Rain fell on Oslo.").passages[0].kind.value
    'added'
    """
    first = as_article(a, "a", extract_html=extract_html).text
    second = as_article(b, "b", extract_html=extract_html).text
    one, other = read_flagged([first, second])[0]
    found = align_texts(one.tokens, other.tokens, one.furniture, other.furniture)
    return Alignment(found.passages, found.regions, found.coverage_a, found.coverage_b)
