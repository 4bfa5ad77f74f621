"""Answers that name articles: the matches of texts, and the stories that an index tells."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dedup.errors import DedupError, InputError
from dedup.given import as_article
from dedup.index.asking import Asked, Found, Window
from dedup.index.matches import Matches
from dedup.index.records import read_rows
from dedup.index.rows import Row, seconds_of
from dedup.index.store import Store
from dedup.model import Article, Match, Story, StoryMember, Verdict
from dedup.threads import map_all
from dedup.verdict.judging import VERDICTS

_AT_ONCE = 1 << 10
"""Texts that are read and asked for at once: what bounds memory."""
_PARTS_A_THREAD = 4
_RETRIES = 100
"""A question is asked again where an article of its answer was removed meanwhile."""


class Question(NamedTuple):
    """Articles to ask for, and which of them have an id of their own, by which to leave them out.

    ``limit`` are the most matches of each, ``within`` so many seconds, ``threads`` how many to use.
    """

    articles: Sequence[Article]
    have_ids: Sequence[bool]
    limit: int
    within: int | None
    threads: int

    @classmethod
    def of(
        cls,
        named: Sequence[tuple[str, Article | str | Path]],
        limit: object,
        within: object,
        threads: int = 1,
    ) -> Question:
        """Check what is asked for, each article with its name for an error."""
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
            raise InputError.of("limit", limit, "an int of 1 or more")
        articles = [as_article(given, name) for name, given in named]
        have_ids = [isinstance(given, Article) for _, given in named]
        return cls(articles, have_ids, limit, seconds_of(within), threads)

    def cut(self) -> list[slice]:
        """Part the articles for the threads."""
        size = _AT_ONCE
        if self.threads > 1:
            size = min(size, -(-len(self.articles) // (_PARTS_A_THREAD * self.threads)))
        return [slice(at, at + size) for at in range(0, len(self.articles), size or 1)]


class _Hit(NamedTuple):
    """An article that answers a text, by its number."""

    number: int
    verdict: Verdict
    probability: float
    jaccard: float
    containment: float


def answers(store: Store, question: Question) -> list[Matches]:
    """Find the best matches of each article, all in one state of the index."""
    for _ in range(_RETRIES):
        found = _ask(store, question)
        rows = store.catalog.rows({hit.number for hits in found for hit in hits})
        if all(hit.number in rows for hits in found for hit in hits):
            return [Matches(_match(hit, rows[hit.number]) for hit in hits) for hits in found]
    raise store.damaged("a segment has articles that the catalog does not know")


def _ask(store: Store, question: Question) -> list[list[_Hit]]:
    """Ask the state after the last finished change, on several threads where it pays."""
    state = store.state()
    named = zip(question.articles, question.have_ids, strict=True)
    own = store.catalog.numbers([article.id for article, has_id in named if has_id])
    buts = [
        own.get(article.id, -1) if has_id else -1
        for article, has_id in zip(question.articles, question.have_ids, strict=True)
    ]

    def ask(part: slice) -> list[list[_Hit]]:
        articles = question.articles[part]
        words, marks = read_rows([article.text for article in articles])
        windows = [
            Window.around(article.date, question.within, but)
            for article, but in zip(articles, buts[part], strict=True)
        ]
        with store.checked():
            found = state.ask(Asked.of(words, marks, windows, store.bands, question.limit))
        return _best(found, len(articles), question.limit)

    parts = question.cut()
    threads = min(question.threads, len(parts))
    return [hits for some in map_all(ask, parts, max(threads, 1)) for hits in some]


def _best(found: Found, texts: int, limit: int) -> list[list[_Hit]]:
    """Give what was found of each text, the most probable first."""
    order = np.lexsort((found.numbers, -found.jaccard, -found.probability, found.texts))
    hits: list[list[_Hit]] = [[] for _ in range(texts)]
    for at in order.tolist():
        own = hits[found.texts[at]]
        if len(own) < limit:
            verdict = VERDICTS[found.verdicts[at]]
            scores = found.probability[at], found.jaccard[at], found.containment[at]
            own.append(_Hit(int(found.numbers[at]), verdict, *map(float, scores)))
    return hits


def _match(hit: _Hit, row: Row) -> Match:
    return Match(row.id, *hit[1:], row.title, row.source, row.date, row.url)


def tell_stories(store: Store, since: int | None) -> list[Story]:
    """Give the stories that several articles tell, as :meth:`dedup.Index.stories` has them."""
    if not store.has_stories:
        raise DedupError("stories: this index was made with stories=False")
    with store.catalog.reading():
        groups = store.catalog.stories(since)
        rows = store.catalog.rows(
            [number for first, others in groups for number in (first, *others)]
        )
        pairs = store.catalog.versions([first for first, _ in groups])
    stories = []
    for first, others in groups:
        members = []
        for number in others:
            verdict, *scores = pairs[min(first, number), max(first, number)]
            members.append(StoryMember(*rows[number][1:], Verdict(verdict), *scores))
        stories.append(Story(*rows[first][1:], members=tuple(members)))
    return stories


class IndexStats(NamedTuple):
    """What an index holds; ``bytes`` are those on the disk, ``first`` and ``last`` are dates."""

    articles: int
    stories: int
    segments: int
    bytes: int
    first: datetime.date | None
    last: datetime.date | None


def index_stats(store: Store) -> IndexStats:
    """Count what an index holds."""
    with store.catalog.reading():
        summary = store.catalog.summary()
        segments = len(store.catalog.segments())
    dates = [None if moment is None else _day(moment) for moment in summary[2:]]
    return IndexStats(summary.articles, summary.stories, segments, store.bytes(), *dates)


def _day(moment: int) -> datetime.date:
    return datetime.date(1970, 1, 1) + datetime.timedelta(seconds=moment)
