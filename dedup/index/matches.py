"""The matches of one article: a list that shows itself as a table and becomes rows."""

from __future__ import annotations

from typing import Any

from dedup import tabular
from dedup.model import Match

_COLUMNS = Match.__match_args__


class Matches(list[Match]):
    """The articles of an index that answer a query, best first: a list of :class:`dedup.Match`.

    In a notebook and by ``print`` it shows itself as a table.

    >>> from dedup import Index
    >>> index = Index()
    >>> index.add([{"id": "a1", "title": "Rain", "text": "Rain fell on Oslo all day."}])
    >>> print(index.query("Rain fell on Oslo, all day!"))
    verdict    p     source  date  id  title
    identical  100%                a1  Rain
    """

    __slots__ = ()

    def to_dicts(self) -> list[dict[str, Any]]:
        """Give a dict a match, of its fields.

        >>> from dedup import Verdict
        >>> Matches([Match("a1", Verdict.IDENTICAL, 1.0, 1.0, 1.0)]).to_dicts()[0]["verdict"]
        'identical'
        """
        return tabular.as_dicts(self._columns())

    def to_pandas(self) -> Any:
        """Give a data frame of pandas, a row a match.

        Raises :class:`~dedup.errors.MissingExtraError` without pandas.

        >>> Matches().to_pandas().shape
        (0, 9)
        """
        return tabular.as_pandas(self._columns())

    def to_arrow(self) -> Any:
        """Give a table of pyarrow, a row a match.

        Raises :class:`~dedup.errors.MissingExtraError` without pyarrow.

        >>> Matches().to_arrow().num_rows
        0
        """
        return tabular.as_arrow(self._columns())

    def _columns(self) -> tabular.Columns:
        columns: dict[str, Any] = {n: [getattr(match, n) for match in self] for n in _COLUMNS}
        return columns | {"verdict": [match.verdict.value for match in self]}

    def _cells(self) -> list[tuple[str, ...]]:
        """Give the rows of the table that it shows itself as, the names first."""
        from dedup.views.wording import percent

        rows: list[tuple[str, ...]] = [("verdict", "p", "source", "date", "id", "title")]
        for match in self:
            date = "" if match.date is None else match.date.isoformat()[:10]
            known = match.source, date, match.id, match.title
            rows.append((match.verdict.value, percent(match.probability), *known))
        return rows

    def __str__(self) -> str:
        from dedup.views.wording import in_columns

        return in_columns(self._cells())

    def _repr_html_(self) -> str:
        from dedup.views.notebook import table_to_html

        names, *rows = self._cells()
        return table_to_html(
            f"{len(self):,} {'match' if len(self) == 1 else 'matches'}", names, rows
        )
