"""Tell when two news articles are the same story, and show which passages were copied.

Two texts: :func:`compare` gives a verdict, a probability and the passages, :func:`why` the
evidence, :func:`align` the passages alone, :func:`trace` the sources of an article. Many:
:class:`Index` finds the versions of a text, :func:`scan` those in a whole dump;
:func:`near_duplicates` and :func:`sketch` are the MinHash engine alone.

>>> import dedup
>>> dedup.compare("Rain fell on Oslo.", "RAIN fell on Oslo").verdict
<Verdict.IDENTICAL: 'identical'>
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dedup.errors import (
    BusyError,
    DedupError,
    DumpError,
    FormatError,
    InputError,
    MissingExtraError,
)
from dedup.model import (
    Article,
    Attribution,
    Change,
    ChangeKind,
    Cluster,
    Derivation,
    Match,
    Member,
    Pair,
    Passage,
    PassageKind,
    Reason,
    Region,
    Rejected,
    Sentence,
    Span,
    Story,
    StoryMember,
    Verdict,
)
from dedup.version import __version__ as __version__

if TYPE_CHECKING:
    from dedup.candidates.minhash import sketch
    from dedup.comparison import Alignment, Comparison, align, compare, compare_many
    from dedup.corpus.neardup import SimilarPair, near_duplicates
    from dedup.corpus.result import Report
    from dedup.corpus.scanning import scan
    from dedup.dump import Fields
    from dedup.evaluation import Evaluation, evaluate
    from dedup.explanation import why
    from dedup.index.index import Index
    from dedup.index.matches import Matches
    from dedup.tracing import Trace, trace

__all__ = [
    "Alignment",
    "Article",
    "Attribution",
    "BusyError",
    "Change",
    "ChangeKind",
    "Cluster",
    "Comparison",
    "DedupError",
    "Derivation",
    "DumpError",
    "Evaluation",
    "Fields",
    "FormatError",
    "Index",
    "InputError",
    "Match",
    "Matches",
    "Member",
    "MissingExtraError",
    "Pair",
    "Passage",
    "PassageKind",
    "Reason",
    "Region",
    "Rejected",
    "Report",
    "Sentence",
    "SimilarPair",
    "Span",
    "Story",
    "StoryMember",
    "Trace",
    "Verdict",
    "align",
    "compare",
    "compare_many",
    "evaluate",
    "near_duplicates",
    "scan",
    "sketch",
    "trace",
    "why",
]

_LOADED_ON_USE = {
    "Alignment": "comparison",
    "Comparison": "comparison",
    "Evaluation": "evaluation",
    "Fields": "dump",
    "Index": "index.index",
    "Matches": "index.matches",
    "Report": "corpus.result",
    "SimilarPair": "corpus.neardup",
    "Trace": "tracing",
    "align": "comparison",
    "compare": "comparison",
    "compare_many": "comparison",
    "evaluate": "evaluation",
    "near_duplicates": "corpus.neardup",
    "scan": "corpus.scanning",
    "sketch": "candidates.minhash",
    "trace": "tracing",
    "why": "explanation",
}
"""Where the names live that bring more than values along; ``import dedup`` stays light."""


def __getattr__(name: str) -> Any:
    if name == "spark":
        return import_module(f"{__name__}.spark")
    if name not in _LOADED_ON_USE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LOADED_ON_USE[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
