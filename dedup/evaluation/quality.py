"""Precision, recall and F1 of labelled pairs at each threshold, with their intervals."""

from __future__ import annotations

import math
from typing import Any

from dedup.values import frozen

_NORMAL = 1.959964
"""Of a standard normal distribution 95 % lie so near to 0."""


@frozen()
class Share:
    """A share of ``of`` cases, and where it lies with 95 % confidence (Wilson 1927).

    Of no cases ``value`` is ``None``.

    >>> share = Share.of_count(9, 10)
    >>> share.value, round(share.low, 2), round(share.high, 2)
    (0.9, 0.6, 0.98)
    """

    value: float | None
    low: float
    high: float
    of: int

    @classmethod
    def of_count(cls, count: float, of: float, evidence: float = 1.0) -> Share:
        """Give the share that ``count`` of ``of`` is; of none it may be anything.

        ``evidence`` is how many cases looked at stand behind each that is counted.

        >>> print(Share.of_count(81, 100))
        0.81 (0.72 to 0.87)
        """
        if not of:
            return cls(None, 0.0, 1.0, 0)
        share, square, cases = count / of, _NORMAL**2, of * evidence
        middle = (share + square / (2 * cases)) / (1 + square / cases)
        spread = math.sqrt(share * (1 - share) / cases + square / (4 * cases**2))
        spread *= _NORMAL / (1 + square / cases)
        low, high = max(0.0, middle - spread), min(1.0, middle + spread)
        return cls(share, min(low, share), max(high, share), round(of))

    def __str__(self) -> str:
        return (
            "–" if self.value is None else f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"
        )


@frozen()
class Quality:
    """How well versions are told at one threshold.

    ``flagged`` pairs have that probability or more, ``right`` of them are versions, ``versions``
    there are, each counted by its weight. ``precision`` is right of flagged, ``recall`` right of
    versions, ``f1`` their harmonic mean. ``evidence`` of the flagged and of the versions is how
    many labelled pairs stand behind each that is counted.

    >>> quality = Quality(0.5, flagged=10, right=9, versions=12)
    >>> quality.precision.value, quality.recall.value
    (0.9, 0.75)
    """

    threshold: float
    flagged: float
    right: float
    versions: float
    evidence_flagged: float = 1.0
    evidence_versions: float = 1.0

    @property
    def precision(self) -> Share:
        """The share of the pairs flagged that are versions.

        >>> print(Quality(0.5, flagged=10, right=9, versions=12).precision)
        0.90 (0.60 to 0.98)
        """
        return Share.of_count(self.right, self.flagged, self.evidence_flagged)

    @property
    def recall(self) -> Share:
        """The share of the versions that are flagged.

        >>> Quality(0.5, flagged=10, right=9, versions=12).recall.of
        12
        """
        return Share.of_count(self.right, self.versions, self.evidence_versions)

    @property
    def f1(self) -> Share:
        """The harmonic mean of both, a function of the share right has of flagged or versions.

        >>> print(Quality(0.5, flagged=10, right=9, versions=12).f1)
        0.82 (0.60 to 0.93)
        """
        either = self.flagged + self.versions - self.right
        evidence = min(self.evidence_flagged, self.evidence_versions)
        one = Share.of_count(self.right, either, evidence)
        if one.value is None:
            return one
        value, low, high = (2 * share / (1 + share) for share in (one.value, one.low, one.high))
        return Share(value, low, high, one.of)

    def to_dict(self) -> dict[str, Any]:
        """Give plain values that JSON can hold.

        >>> Quality(0.5, flagged=10, right=9, versions=12).to_dict()["recall"]["value"]
        0.75
        """
        counts = {"threshold": self.threshold, "flagged": self.flagged, "right": self.right}
        shares = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        return counts | {
            name: {"value": share.value, "low": share.low, "high": share.high}
            for name, share in shares.items()
        }
