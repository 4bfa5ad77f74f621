"""A scan's result as columns: a row for each article, or for each pair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dedup.model import Article, Cluster, Pair
from dedup.tabular import Columns


def article_columns(given: Mapping[str, object], clusters: Iterable[Cluster]) -> Columns:
    """Give the ids as they came, and what each article is in its cluster; ``given`` has ids by id.

    Outside of clusters all but the id is ``None``; of a representative verdict and scores are.

    >>> from dedup.model import Member, Verdict
    >>> one = Cluster(0, "7", (Member("8", Verdict.IDENTICAL, 1.0, 1.0),))
    >>> found = article_columns({"7": 7, "8": 8, "9": 9}, [one])
    >>> found["id"], found["representative"], found["jaccard"]
    ([7, 8, 9], [7, 7, None], [None, 1.0, None])
    """
    rows: dict[str, tuple[Any, ...]] = {}
    for cluster in clusters:
        first = given.get(cluster.representative, cluster.representative)
        rows[cluster.representative] = (cluster.id, first, None, None, None)
        for found in cluster.members:
            scores = found.verdict.value, float(found.probability), float(found.jaccard)
            rows[found.id] = (cluster.id, first, *scores)
    outside = (None,) * len(_OF_ARTICLE)
    told = _columns(_OF_ARTICLE, [rows.get(name, outside) for name in given])
    return {"id": list(given.values()), **told}


_OF_ARTICLE = ("cluster", "representative", "verdict", "probability", "jaccard")


def pair_columns(
    given: Mapping[str, object], pairs: Iterable[Pair], articles: Mapping[str, Article]
) -> Columns:
    """Give the ids of pairs as they came, their scores, and what is known of both articles.

    >>> from dedup.model import Verdict
    >>> pair = Pair("7", "8", Verdict.PARTIAL, 0.2, 0.1)
    >>> rain, sun = Article("7", "", "Rain"), Article("8", "", "Sun")
    >>> found = pair_columns({"7": 7, "8": 8}, [pair], {"7": rain, "8": sun})
    >>> found["a"], found["title_b"]
    ([7], ['Sun'])
    """
    names = ("a", "b", "verdict", "probability", "jaccard")
    sides = [f"{name}_{side}" for side in "ab" for name in _OF_SIDE]
    rows = []
    for pair in pairs:
        ids = given.get(pair.a, pair.a), given.get(pair.b, pair.b)
        both = [getattr(articles[key], name) for key in (pair.a, pair.b) for name in _OF_SIDE]
        scores = pair.verdict.value, float(pair.probability), float(pair.jaccard)
        rows.append((*ids, *scores, *both))
    return _columns([*names, *sides], rows)


_OF_SIDE = ("title", "source", "date", "url")


def _columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    parts = zip(*rows, strict=True) if rows else [()] * len(names)
    return dict(zip(names, map(list, parts), strict=True))
