"""The frozen values that stages hand on and users receive. No behaviour beyond checking input."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from dedup.errors import InputError
from dedup.moments import from_iso
from dedup.values import frozen

__all__ = [
    "Aligned",
    "Article",
    "Attribution",
    "Change",
    "ChangeKind",
    "Cluster",
    "Derivation",
    "Findings",
    "Match",
    "Member",
    "Pair",
    "Passage",
    "PassageKind",
    "Reason",
    "Region",
    "Rejected",
    "Sentence",
    "Span",
    "Story",
    "StoryMember",
    "Verdict",
]


class Verdict(StrEnum):
    """What one text is to another; :attr:`is_version` tells the first three from the rest.

    A string, too: compare it with one, print it, write it as it is.

    >>> Verdict("rewritten").is_version, Verdict.PARTIAL == "partial"
    (True, True)
    """

    IDENTICAL = "identical"
    """The same words once case and punctuation are put aside."""
    SYNDICATED = "syndicated"
    """The same text with light edits, cuts, another headline or lead; a teaser or excerpt too."""
    REWRITTEN = "rewritten"
    """The same story told from the other, or both from one source text, in other words."""
    PARTIAL = "partial"
    """A real part, two sentences or more, is shared nearly verbatim; most is not."""
    TEMPLATE = "template"
    """The same wording around other facts."""
    UNRELATED = "unrelated"
    """Everything else, independent reports of one event among it."""

    @property
    def is_version(self) -> bool:
        """Whether the verdict says that one text is a version of the other.

        >>> [verdict.value for verdict in Verdict if verdict.is_version]
        ['identical', 'syndicated', 'rewritten']
        """
        return self in _VERSIONS


_VERSIONS = frozenset({Verdict.IDENTICAL, Verdict.SYNDICATED, Verdict.REWRITTEN})


class PassageKind(StrEnum):
    """What happened to a passage on the way from a to b.

    >>> ", ".join(PassageKind)
    'copied, rewritten, added, dropped, boilerplate'
    """

    COPIED = "copied"
    REWRITTEN = "rewritten"
    ADDED = "added"
    DROPPED = "dropped"
    BOILERPLATE = "boilerplate"


class ChangeKind(StrEnum):
    """Which sort of fact differs between two linked passages.

    >>> ", ".join(ChangeKind)
    'number, date, name, quote, negation'
    """

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    QUOTE = "quote"
    NEGATION = "negation"


class Derivation(StrEnum):
    """How much of an article its sources account for.

    >>> ", ".join(Derivation)
    'wholly, partially, none'
    """

    WHOLLY = "wholly"
    PARTIALLY = "partially"
    NONE = "none"


@frozen()
class Article:
    """One news article.

    ``date`` takes a :class:`datetime.date`, a :class:`datetime.datetime` or a string in ISO 8601,
    and holds a date or datetime, or ``None`` where it is not known (``None``, NaN, NaT). Raises
    :class:`~dedup.errors.InputError` for other values.

    >>> Article("a1", "Rain fell.", date="2023-10-31").date
    datetime.date(2023, 10, 31)
    """

    id: str
    text: str
    title: str = ""
    date: datetime.date | None = None
    source: str = ""
    url: str = ""

    def __init__(
        self,
        id: str,  # noqa: A002 - the field's name
        text: str,
        title: str = "",
        date: datetime.date | str | None = None,
        source: str = "",
        url: str = "",
    ) -> None:
        fields = (("id", id), ("text", text), ("title", title), ("source", source), ("url", url))
        for name, value in fields:
            if not isinstance(value, str):
                raise InputError.of(f"Article.{name}", value, "a str")
            object.__setattr__(self, name, value)
        object.__setattr__(self, "date", _as_date(date))


def _as_date(value: object) -> datetime.date | None:
    if value is None or value != value:
        return None
    if isinstance(value, datetime.date):
        return value
    if not isinstance(value, str):
        raise InputError.of("Article.date", value, "a date, a datetime, an ISO 8601 str or None")
    try:
        return from_iso(value)
    except ValueError:
        raise InputError.of("Article.date", value, "a date in ISO 8601") from None


@frozen(order=True)
class Span:
    """Characters ``start`` to ``end`` (exclusive) of a text, exactly as it was given.

    >>> span = Span(0, 4)
    >>> "Rain fell."[span.start : span.end]
    'Rain'
    """

    start: int
    end: int


@frozen()
class Sentence:
    """A sentence and where it stands, in characters: ``source[start:end] == text``.

    >>> sentence = Sentence(0, 10, "Rain fell.")
    >>> "Rain fell. Sun shone."[sentence.start : sentence.end] == sentence.text
    True
    """

    start: int
    end: int
    text: str


@frozen()
class Change:
    """A fact that differs between two linked passages: its words in a and in b, ``""`` for none.

    >>> change = Change(ChangeKind.NUMBER, "four", "five")
    >>> f"{change.kind}: {change.a} became {change.b}"
    'number: four became five'
    """

    kind: ChangeKind
    a: str
    b: str


@frozen()
class Passage:
    """Sentences of a and of b that belong together, or of one side alone.

    ``a`` is empty where ``kind`` is added, ``b`` where it is dropped; boilerplate may stand in
    either or in both. Several sentences stand on a side where one was split or some were merged.

    >>> import dedup
    >>> passage = dedup.compare("Rain fell on Oslo.", "Rain fell on Oslo. Sun shone.").passages[0]
    >>> passage.kind.value, passage.a[0].text, passage.similarity
    ('copied', 'Rain fell on Oslo.', 1.0)
    """

    kind: PassageKind
    a: tuple[Sentence, ...]
    b: tuple[Sentence, ...]
    similarity: float = 0.0
    """0 to 1; 0 where nothing is linked."""
    moved: bool = False
    """It stands in another order than its neighbours do."""
    copied: tuple[tuple[Span, Span], ...] = ()
    """Word runs taken verbatim, as spans of a's text and of b's."""
    changes: tuple[Change, ...] = ()


@frozen()
class Region:
    """A stretch of a and the stretch of b that reuses it: neighbouring links, joined.

    It ends where the words that both have no longer speak for reuse, which may be inside a
    sentence.

    >>> Region(Span(0, 18), Span(7, 25)).b.start
    7
    """

    a: Span
    b: Span


@frozen()
class Aligned:
    """How the passages of two texts correspond.

    ``passages`` come in the reading order of b, each dropped passage where it stood in a.
    ``regions`` come in the order of a; they may overlap where a passage is reused twice.
    Coverage is the share of words, 0 to 1, in copied or rewritten passages, boilerplate left out.
    """

    passages: tuple[Passage, ...]
    regions: tuple[Region, ...]
    coverage_a: float
    coverage_b: float


@frozen(hidden=("passages", "evidence"), unhashed=("evidence",), deferred=("passages", "evidence"))
class Findings:
    """All that a comparison of two texts found, without the ways to show it."""

    a: Article
    b: Article
    verdict: Verdict
    probability: float
    jaccard: float
    containment_a: float
    containment_b: float
    coverage_a: float
    coverage_b: float
    passages: tuple[Passage, ...]
    evidence: Mapping[str, float]
    """The named measures that the probability was made from."""

    @property
    def is_version(self) -> bool:
        """Whether one text is a version of the other; the same as ``probability >= .5``."""
        return self.verdict.is_version


class Attribution(NamedTuple):
    """Where one sentence of a traced article came from.

    ``source`` is the position in the list of sources, ``passage`` how the sentence corresponds to
    it; both are ``None`` where no source has the sentence.

    >>> sentence, source, passage = Attribution(Sentence(0, 9, "Sun rose."), None, None)
    >>> source is None
    True
    """

    sentence: Sentence
    source: int | None
    passage: Passage | None


@frozen()
class Reason:
    """A piece of evidence for or against one text being a version of the other.

    ``contribution`` is what it adds to the log-odds of the probability: those of all reasons add
    up to them. It is ``None`` for what decides by itself.

    >>> import dedup
    >>> reason = dedup.why("Rain fell on Oslo.", "RAIN fell on Oslo!")[0]
    >>> reason.term, reason.value, reason.contribution
    ('same', 1.0, None)
    """

    term: str
    """The measure."""
    words: str
    """The same in plain words."""
    value: float
    """Of the measure, as its two sides combine."""
    contribution: float | None


@frozen()
class Match:
    """An article of an index that answers a query, and how it compares with the query.

    ``probability``, ``jaccard`` and ``containment``, the share of the query's shingles that the
    article holds, lie between 0 and 1.

    >>> Match("a1", Verdict.IDENTICAL, 1.0, 1.0, 1.0, source="Wire").source
    'Wire'
    """

    id: str
    verdict: Verdict
    probability: float
    jaccard: float
    containment: float
    title: str = ""
    source: str = ""
    date: datetime.date | None = None
    url: str = ""


@frozen()
class StoryMember:
    """An article of a story and how it compares with the story's first article.

    >>> StoryMember("b", "Rain", "Post", "", None, Verdict.REWRITTEN, 0.9, 0.2).verdict.value
    'rewritten'
    """

    id: str
    title: str
    source: str
    url: str
    date: datetime.date | None
    verdict: Verdict
    probability: float
    jaccard: float


@frozen()
class Story:
    """What several articles of an index tell: its first article and, by date, the others.

    >>> Story("a", "Rain", "Wire", "", None, members=()).source
    'Wire'
    """

    id: str
    title: str
    source: str
    url: str
    date: datetime.date | None
    members: tuple[StoryMember, ...]


@frozen()
class Pair:
    """Two articles of a scan and how they compare; ``a`` came before ``b`` in the input.

    ``probability`` is that of being versions, ``jaccard`` that of the 3-word shingles, 0 to 1.

    >>> Pair("a", "b", Verdict.PARTIAL, 0.2, 0.3).verdict.is_version
    False
    """

    a: str
    b: str
    verdict: Verdict
    probability: float
    jaccard: float


@frozen()
class Member:
    """An article of a cluster and how it compares with the cluster's representative.

    >>> Member("b", Verdict.SYNDICATED, 0.99, 0.8).probability
    0.99
    """

    id: str
    verdict: Verdict
    probability: float
    jaccard: float


@frozen()
class Cluster:
    """Versions of one story. Every member was compared with the representative itself.

    Clusters are numbered from 0 in the order of the input; articles are named by their ids.

    >>> cluster = Cluster(0, "a", (Member("b", Verdict.SYNDICATED, 0.99, 0.8),))
    >>> [cluster.representative, *(member.id for member in cluster.members)]
    ['a', 'b']
    """

    id: int
    representative: str
    members: tuple[Member, ...]


@frozen()
class Rejected:
    """A record set aside: in which source, on which line (from 1; 0 where there is none), why.

    >>> import dedup
    >>> dedup.scan(["Rain fell.", " "]).rejected
    (Rejected(source='articles', line=2, reason='empty text: the field is text'),)
    """

    source: str
    line: int
    reason: str
