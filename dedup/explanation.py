"""Why two articles were put together, or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dedup.comparison import compare
from dedup.model import Article, Reason
from dedup.views.reasons import reasons

if TYPE_CHECKING:
    from pathlib import Path


def why(a: Article | str | Path, b: Article | str | Path) -> tuple[Reason, ...]:
    """Give the evidence on which two articles are judged, in plain words, the weightiest first.

    The contributions, in log-odds, add up to the probability that :func:`dedup.compare` gives,
    unless that is held below one half since too little of both texts has a counterpart.
    Raises :class:`~dedup.errors.InputError` for what is neither a text nor an article.

    >>> why("The mayor of Oslo resigned today.", "The mayor of Oslo RESIGNED today!")[0].words
    'the words are the same, one by one'
    """
    return reasons(compare(a, b).evidence)
