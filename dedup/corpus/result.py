"""What a scan found, and what becomes of it: tables, files, the same for another probability."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

import numpy as np

from dedup import dump, report, tabular
from dedup.arrays import decoded
from dedup.corpus.checkpoint import NOTHING_KEPT, Checkpoint
from dedup.corpus.drawing import drawn, opened
from dedup.corpus.grouping import Grouping, check_probability
from dedup.dump.again import Places
from dedup.dump.cards import Cards
from dedup.dump.sources import Source
from dedup.errors import DedupError, DumpError, InputError
from dedup.given import as_path
from dedup.model import Article, Cluster, Pair, Rejected
from dedup.progress import Progress, telling
from dedup.report import rows
from dedup.values import many_values
from dedup.verdict import rarity

_SHOWN = 5
"""Ids that an error names."""


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """What a scan found.

    ``articles`` says how many were read, as ``len`` does. ``pairs`` were judged to share a story
    or a part of it, in input order; ``clusters`` hold the versions of one story, each member
    compared with its representative; ``rejected`` the records set aside. Two reports are equal if
    they found the same. A pickled one holds all but the texts.

    >>> import dedup
    >>> dedup.scan(["Rain fell on Oslo all day.", "Rain fell on Oslo, all day!", "Sun at last."])
    <dedup.Report of 3 articles: 1 version of 1 other, 1 pair, 0 rejected>
    """

    articles: int
    clusters: tuple[Cluster, ...]
    pairs: tuple[Pair, ...]
    rejected: tuple[Rejected, ...]
    _findings: report.ScanFindings = field(compare=False)
    _source: Source = field(compare=False)
    _kept: Checkpoint = field(compare=False)
    _cards: Cards = field(compare=False)
    _places: Places | None = field(compare=False)
    _grouping: Grouping = field(compare=False)

    def __len__(self) -> int:
        return self.articles

    def __repr__(self) -> str:
        from dedup.views.wording import count

        versions = count(self._findings.versions, "version")
        return (
            f"<dedup.Report of {count(self.articles, 'article')}: "
            f"{versions} of {count(len(self.clusters), 'other')}, "
            f"{count(len(self.pairs), 'pair')}, {len(self.rejected):,} rejected>"
        )

    def _repr_html_(self) -> str:
        from dedup.views.notebook import clusters_to_html

        return clusters_to_html(self.articles, len(self.pairs), self.clusters)

    def __reduce__(self) -> tuple[Any, ...]:
        return _without_texts, (self._findings, self._cards, self._grouping)

    def unique(self) -> list[Article]:
        """Give the articles that are no version of another, in input order.

        A dump is read once more for them.

        >>> import dedup
        >>> [article.id for article in dedup.scan(["Rain fell.", "Rain fell!", "Sun."]).unique()]
        ['0', '2']
        """
        versions = {member.id for cluster in self.clusters for member in cluster.members}
        read = self._source.records(fields_only=True)
        found = (item for item in read if isinstance(item, dump.Record))
        return [item.article for item in found if item.article.id not in versions]

    def article(self, id: str) -> Article:  # noqa: A002 - the field's name
        """Give what is known of an article by its id: title, date, source, url, and no text.

        Raises :class:`~dedup.errors.InputError` for an id that neither the scan nor, of the
        articles it names, the index has that it went against.

        >>> import dedup
        >>> dedup.scan([dedup.Article("a1", "Rain fell.", title="Rain")]).article("a1").title
        'Rain'
        """
        if id in self._findings.past:
            return self._findings.past[id]
        try:
            return self._cards.article(self._cards.ids.index(id))
        except ValueError:
            raise InputError.of("id", id, "the id of an article of this scan") from None

    def candidates(self) -> list[Pair]:
        """Give all pairs that were judged, the most probable first, versions and others.

        Among them are those that share nothing, which :attr:`pairs` leaves out: look at those
        below your ``min_probability`` to see what a lower one would bring.

        >>> import dedup
        >>> found = dedup.scan(["Rain fell on Oslo all day.", "Rain fell on Oslo, all day!"])
        >>> [(pair.a, pair.b, pair.probability) for pair in found.candidates()]
        [('0', '1', 1.0)]
        """
        found = {(pair.a, pair.b): pair for pair in (*self.pairs, *self._grouping.candidates())}
        return sorted(found.values(), key=lambda pair: -pair.probability)

    def chances(self) -> list[tuple[Pair, float]]:
        """Give all pairs that were judged, each with its chance of being versions in this dump.

        ``probability`` is right on a mix of pairs; in a dump whose pairs are versions more seldom
        the same evidence says less. How seldom is estimated from the probabilities (Saerens et al.
        2002). The most probable come first; verdicts, clusters and ``rethreshold`` go by
        ``probability``.

        >>> import dedup
        >>> found = dedup.scan(["Rain fell on Oslo all day.", "Rain fell on Oslo, all day!"])
        >>> [(pair.a, pair.b, round(chance, 3)) for pair, chance in found.chances()]
        [('0', '1', 1.0)]
        """
        pairs = self.candidates()
        probability = np.array([pair.probability for pair in pairs], np.float64)
        share = rarity.share_of_versions(probability)
        return list(zip(pairs, rarity.chances(probability, share).tolist(), strict=True))

    def draw(self, number: int = 200, *, seed: int = 0) -> list[dict[str, Any]]:
        """Draw pairs of all that were judged, to be labelled, some of every probability.

        A row has the ids ``a`` and ``b``, an empty ``label``, title, source, date and opening of
        both texts, and ``weight``: how many pairs it stands for. :func:`dedup.evaluate` weighs by
        it, so that its figures are of the dump and not of the draw. What the scan said is left out,
        as it would lead who labels. The texts of an index that it went against are not kept.

        >>> import dedup
        >>> found = dedup.scan(["Rain fell on Oslo all day.", "Rain fell on Oslo, all day!"])
        >>> [(row["a"], row["b"], row["opening_b"], row["weight"]) for row in found.draw()]
        [('0', '1', 'Rain fell on Oslo, all day!', 1.0)]
        """
        chosen = drawn(self.candidates(), number, seed)
        columns = rows.pair_columns(
            {}, [pair for pair, _ in chosen], self._named(p for p, _ in chosen)
        )
        openings = self._openings({name for pair, _ in chosen for name in (pair.a, pair.b)})
        found = []
        for row, (pair, weight) in zip(tabular.as_dicts(columns), chosen, strict=True):
            sides = {
                f"{name}_{side}": row[f"{name}_{side}"]
                if name != "opening"
                else openings.get(key, "")
                for name in ("title", "source", "date", "opening")
                for side, key in (("a", pair.a), ("b", pair.b))
            }
            found.append({"a": pair.a, "b": pair.b, "label": "", **sides, "weight": weight})
        return found

    def _openings(self, ids: set[str]) -> dict[str, str]:
        """Read the beginnings of texts again."""
        places = [row for row, name in enumerate(self._cards.ids) if name in ids]
        return {
            self._cards.ids[row]: opened(decoded(found[k]))
            for batch in self._source.texts(np.array(places, np.int64), self._places)
            for found in [batch.read()]
            for k, row in enumerate(batch.rows.tolist())
        }

    def judged(self, pairs: Iterable[tuple[str, str]]) -> list[Pair | None]:
        """Give how pairs of articles, named by their ids, were judged, in the order given.

        ``None`` stands for a pair that was never compared, since nothing spoke for it. Raises
        :class:`~dedup.errors.InputError` for ids that the scan does not have.

        >>> import dedup
        >>> found = dedup.scan(["Rain fell on Oslo.", "Rain fell, on Oslo!", "Sun at last."])
        >>> [pair and pair.verdict.value for pair in found.judged([("0", "1"), ("2", "0")])]
        ['identical', None]
        """
        rows_of = {name: row for row, name in enumerate(self._grouping.ids)}
        named = [(str(a), str(b)) for a, b in pairs]
        missing = dict.fromkeys(one for pair in named for one in pair if one not in rows_of)
        if missing:
            first = ", ".join(map(repr, [*missing][:_SHOWN]))
            more = f" and {len(missing) - _SHOWN:,} more" if len(missing) > _SHOWN else ""
            raise InputError(f"pairs: got {first}{more}, wanted ids that are in the data")
        return self._grouping.known([(rows_of[a], rows_of[b]) for a, b in named])

    def rethreshold(self, min_probability: float) -> Report:
        """Give the report that a scan with another ``min_probability`` would have given.

        Articles are neither read nor compared again, but for pairs that no earlier probability
        asked about. Raises :class:`~dedup.errors.InputError` below .5 or above 1.

        >>> import dedup
        >>> found = dedup.scan(["Rain fell on Oslo all day.", "Rain fell on Oslo, all day!"])
        >>> len(found.rethreshold(0.9).clusters)
        1
        """
        least = check_probability("min_probability", min_probability)
        clusters, pairs = self._grouping.at(least)
        settings = {**self._findings.settings, "min_probability": least}
        findings = replace(self._findings, clusters=clusters, pairs=pairs, settings=settings)
        return replace(self, clusters=clusters, pairs=pairs, _findings=findings)

    def to_pandas(self, of: str = "articles") -> Any:
        """Give a data frame of pandas.

        Of ``articles``, a row for each, in input order, with ``id``, as it came (an int, a UUID,
        ...), ``cluster``, ``representative``, ``verdict``, ``probability`` and ``jaccard``: how
        the article compares with its cluster's representative. Of ``pairs`` or ``candidates``, a
        row for each, with the ids ``a`` and ``b``, the same scores, and ``title_a``, ``source_a``,
        ``date_a``, ``url_a`` and those of b. Raises :class:`~dedup.errors.MissingExtraError`
        without pandas.

        >>> import dedup
        >>> dedup.scan([{"id": 7, "text": "Rain fell."}]).to_pandas()["id"].tolist()
        [7]
        """
        return tabular.as_pandas(self._columns(of))

    def to_arrow(self, of: str = "articles") -> Any:
        """Give the same as a table of pyarrow; ids of several types become strings.

        >>> import dedup
        >>> dedup.scan(["Rain fell.", "Rain fell!"]).to_arrow("pairs").column("b").to_pylist()
        ['1']
        """
        return tabular.as_arrow(self._columns(of))

    def to_dicts(self, of: str = "articles") -> list[dict[str, Any]]:
        """Give the same as plain values, a dict a row.

        >>> import dedup
        >>> [row["cluster"] for row in dedup.scan(["Rain fell.", "Rain!", "Rain fell!"]).to_dicts()]
        [0, None, 0]
        """
        return tabular.as_dicts(self._columns(of))

    def _columns(self, of: str) -> tabular.Columns:
        given = dict(zip(self._cards.ids, self._cards.original_ids(), strict=True))
        if of == "articles":
            return rows.article_columns(given, self.clusters)
        if of not in ("pairs", "candidates"):
            raise InputError.of("of", of, "'articles', 'pairs' or 'candidates'")
        pairs = self.pairs if of == "pairs" else self.candidates()
        return rows.pair_columns(given, pairs, self._named(pairs))

    def _named(self, pairs: Iterable[Pair]) -> Mapping[str, Article]:
        """Give the articles of pairs by id, without their texts."""
        wanted = {name for pair in pairs for name in (pair.a, pair.b)}
        rows = [row for row, name in enumerate(self._cards.ids) if name in wanted]
        own = self._cards.articles(np.array(rows, np.int64))
        return {**self._findings.past, **{article.id: article for article in own}}

    @property
    def notes(self) -> Mapping[str, int]:
        """What was left out of articles that were kept, or passed over, and how often.

        >>> import dedup
        >>> dedup.scan(["Rain fell."], keep="source=Wire").notes
        {"keep: no article has the source 'Wire'": 1}
        """
        return self._findings.notes

    def write(
        self,
        folder: str | os.PathLike[str],
        *,
        format: str = "jsonl",  # noqa: A002
        side_by_side: int = report.IN_PAGE,
        progress: Progress | bool | None = None,
    ) -> None:
        """Write the result to a folder: tables, a summary and a page to look at.

        ``format`` is that of the tables: ``jsonl`` or ``parquet``. ``side_by_side`` is how many
        pairs can be opened as two texts side by side, one of each story first; those past 200 come
        in pages of their own, 4 ms and 10 KB a pair. Each file appears whole or not at all. Raises
        :class:`~dedup.errors.DumpError` where the folder holds something else or cannot be written,
        :class:`~dedup.errors.MissingExtraError` for Parquet without pyarrow.

        >>> import dedup, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     dedup.scan(["Rain fell.", "Rain fell!"]).write(f"{folder}/found")
        """
        place = as_path(folder, "folder")
        lines = None if self._places is None else self._unique_lines
        with telling(progress) as tell:
            tell("write", 0, self.articles)
            report.write(
                place,
                self._findings,
                self._rows,
                format,
                lambda done: tell("write", done, self.articles),
                lines,
                side_by_side,
            )
        self._kept.clear()

    def _rows(self) -> Iterator[dump.Record | Rejected]:
        """Read whole rows, of which the scan may not have read every column."""
        known = set(self.rejected)
        for item in self._source.records():
            if isinstance(item, Rejected) and item not in known:
                raise DumpError(f"{item.source}: a row cannot be read whole: {item.reason}")
            yield item

    def _unique_lines(self, versions: frozenset[str], listings: report.Listings) -> Iterator[bytes]:
        """Copy the lines of a dump whose lines can be fetched singly."""
        if self._places is None:
            raise ValueError("places: got None, wanted where the lines of the dump stand")
        ids, wanted = self._cards.ids, listings.wanted
        listed = np.array([row for row, key in enumerate(ids) if key in wanted], np.int64)
        shown: list[int] = []
        with many_values():
            for row, article in zip(listed.tolist(), self._cards.articles(listed), strict=True):
                listings.take(article)
                if listings.needs_text(article.id, article.title):
                    shown.append(row)
        for batch in self._source.texts(np.array(shown, np.int64), self._places):
            found = batch.read()
            for k, row in enumerate(batch.rows.tolist()):
                listings.take_text(ids[row], decoded(found[k]))
        kept = np.array([key not in versions for key in ids], dtype=np.bool_)
        return self._places.raw_lines(np.flatnonzero(kept))


def report_of(findings: report.ScanFindings, *held: Any) -> Report:
    """Make a report of what was found, and of what its methods need."""
    found = findings.articles, findings.clusters, findings.pairs, findings.rejected
    return Report(*found, findings, *held)


def _without_texts(findings: report.ScanFindings, cards: Cards, grouping: Grouping) -> Report:
    """Make a report that was pickled."""
    return report_of(findings, Source(_gone), NOTHING_KEPT, cards, None, grouping)


def _gone() -> NoReturn:
    raise DedupError("the texts of a pickled report are not with it: scan again to write or list")
