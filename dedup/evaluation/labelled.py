"""Labelled pairs and what a scan says of them, as a table and a chart."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from dedup.corpus.grouping import LEAST, check_probability
from dedup.errors import InputError
from dedup.evaluation.chart import chart
from dedup.evaluation.quality import Quality
from dedup.model import Verdict
from dedup.values import frozen

THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
"""Probabilities for which a table is made, unless others are named."""
_DECIMALS = 9
"""Of a probability; a cut has as few as tell the same pairs apart."""


def check_precision(value: object) -> None:
    """Raise :class:`~dedup.errors.InputError` for what is no precision that one can ask for."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 1:
        raise InputError.of("precision", value, "a number above 0 and up to 1")


@frozen()
class LabelledPair:
    """A labelled pair, and what a scan says of it.

    ``verdict`` is ``None`` and ``probability`` 0 where the two were never compared. ``weight`` is
    how many pairs it stands for.

    >>> LabelledPair("a", "b", True, None, 0.0).is_version
    True
    """

    a: str
    b: str
    is_version: bool
    verdict: Verdict | None
    probability: float
    weight: float = 1


@frozen()
class Evaluation:
    """Labelled pairs and what a scan says of them: how well it does, and where to cut.

    Precision is that of the labelled pairs by their weights: draw those by
    :meth:`dedup.Report.draw`, or it is that of another mix. ``print`` and a notebook show it as a
    table.

    >>> pairs = [LabelledPair("a", "b", True, Verdict.REWRITTEN, 0.9)]
    >>> pairs += [LabelledPair("a", "c", False, Verdict.REWRITTEN, 0.6)]
    >>> found = Evaluation(tuple(pairs))
    >>> found.at(0.5).precision.value, found.cut(precision=0.95).threshold
    (0.5, 0.9)
    """

    pairs: tuple[LabelledPair, ...]

    @property
    def versions(self) -> int:
        """How many pairs are labelled as versions.

        >>> Evaluation((LabelledPair("a", "b", True, None, 0.0),)).versions
        1
        """
        return sum(pair.is_version for pair in self.pairs)

    def at(self, min_probability: float = LEAST) -> Quality:
        """Say how well a scan with this ``min_probability``, .5 or more, does.

        >>> Evaluation((LabelledPair("a", "b", True, None, 0.9),)).at(0.8).right
        1
        """
        least = check_probability("min_probability", min_probability)
        flagged = [pair for pair in self.pairs if pair.probability >= least]
        right = [pair for pair in flagged if pair.is_version]
        versions = [pair for pair in self.pairs if pair.is_version]
        counts = [sum(pair.weight for pair in of) for of in (flagged, right, versions)]
        evidence = _evidence(flagged), _evidence(versions)
        return Quality(least, counts[0], counts[1], counts[2], *evidence)

    def curve(self, thresholds: Iterable[float] | None = None) -> tuple[Quality, ...]:
        """Say how well it does at several thresholds: those given, or all that differ.

        >>> found = Evaluation((LabelledPair("a", "b", True, None, 0.9),))
        >>> [quality.threshold for quality in found.curve()]
        [0.5, 0.9]
        """
        if thresholds is None:
            found = {pair.probability for pair in self.pairs if pair.probability >= LEAST}
            thresholds = sorted(found | {LEAST})
        return tuple(map(self.at, thresholds))

    def cut(self, precision: float) -> Quality | None:
        """Find the least threshold with this precision or more: of those, most is found at it.

        ``None`` where no threshold has it. Mind the interval: few pairs promise little. Raises
        :class:`~dedup.errors.InputError` for what is no share above 0.

        >>> Evaluation((LabelledPair("a", "b", False, None, 0.9),)).cut(precision=0.95) is None
        True
        """
        check_precision(precision)
        good = (one for one in self.curve() if one.flagged and one.right / one.flagged >= precision)
        found = next(good, None)
        if found is None:
            return None
        shorter = (math.floor(found.threshold * 10**k) / 10**k for k in range(2, _DECIMALS))
        same = (one for one in map(self.at, shorter) if one.flagged == found.flagged)
        return next(same, found)

    def missed(self) -> list[LabelledPair]:
        """Give the versions that no threshold brings, the most probable first.

        >>> found = Evaluation((LabelledPair("a", "b", True, None, 0.0),))
        >>> found.missed()[0].verdict is None  # the two were never compared
        True
        """
        found = [pair for pair in self.pairs if pair.is_version and pair.probability < LEAST]
        return sorted(found, key=lambda pair: -pair.probability)

    def to_dict(self) -> dict[str, Any]:
        """Give plain values that JSON can hold.

        >>> Evaluation((LabelledPair("a", "b", True, None, 0.9),)).to_dict()["pairs"]
        1
        """
        return {
            "pairs": len(self.pairs),
            "versions": self.versions,
            "never_compared": self._never_compared(),
            "thresholds": [quality.to_dict() for quality in self.curve(THRESHOLDS)],
        }

    def to_svg(self) -> str:
        """Draw precision and recall by threshold, with their intervals, as an SVG image.

        >>> Evaluation((LabelledPair("a", "b", True, None, 0.9),)).to_svg()[:4]
        '<svg'
        """
        return chart(self.curve())

    def _never_compared(self) -> int:
        return sum(pair.is_version and pair.verdict is None for pair in self.pairs)

    def _head(self) -> str:
        from dedup.views.wording import count

        others = len(self.pairs) - self.versions
        missed = len(self.missed())
        return (
            f"{count(len(self.pairs), 'labelled pair')}: {count(self.versions, 'version')}, "
            f"{others:,} not; {count(missed, 'version')} below {LEAST:g}, "
            f"{self._never_compared():,} of them never compared"
        )

    def _table(self) -> list[tuple[str, ...]]:
        rows: list[tuple[str, ...]] = [("from", "flagged", "precision", "recall", "F1")]
        for one in self.curve(THRESHOLDS):
            shares = map(str, (one.precision, one.recall, one.f1))
            rows.append((f"{one.threshold:.2f}", f"{round(one.flagged):,}", *shares))
        return [*rows]

    def __str__(self) -> str:
        from dedup.views.wording import in_columns

        return f"{self._head()}\n{in_columns(self._table())}"

    def _repr_html_(self) -> str:
        from dedup.views.notebook import table_to_html

        names, *rows = self._table()
        return table_to_html(self._head(), names, rows) + self.to_svg()


def _evidence(pairs: list[LabelledPair]) -> float:
    """Say what a pair that is counted tells beside one that was labelled (Kish 1965).

    >>> _evidence([LabelledPair("a", "b", True, None, 0.9, weight) for weight in (10, 10)])
    0.1
    """
    squares = sum(pair.weight**2 for pair in pairs)
    return sum(pair.weight for pair in pairs) / squares if squares else 1.0
