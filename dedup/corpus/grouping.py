"""From judged pairs to clusters and listed pairs, for any probability: what a scan ends with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dedup.arrays import I64, distinct
from dedup.candidates.lsh import pack_pairs, unpack_pairs
from dedup.corpus.clusters import Star, stars
from dedup.corpus.judging import Judged, Judgements
from dedup.corpus.windows import Window
from dedup.errors import InputError
from dedup.model import Cluster, Member, Pair
from dedup.values import many_values

LEAST = 0.5
"""The probability from which on a verdict says that a pair are versions."""
_WHY = "below one half no verdict says version; Report.candidates() lists those pairs"


def check_probability(name: str, value: object) -> float:
    """Give a probability from which on a version counts; below one half it would change nothing.

    >>> check_probability("min_probability", 0.6)
    0.6
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not LEAST <= value <= 1:
        raise InputError.of(name, value, f".5 to 1: {_WHY}")
    return float(value)


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """The judged pairs of a scan by row, and how they become clusters.

    Rows are articles: those of an index that a scan went against, before ``first``, then its own.
    ``ids`` names them, ``ranked`` i64[n] orders them by how well they represent, ``window`` says
    which are near enough by date.
    """

    first: int
    ids: Sequence[str]
    ranked: I64
    window: Window
    judged: Judgements

    def at(self, least: float) -> tuple[tuple[Cluster, ...], tuple[Pair, ...]]:
        """Group the versions of this probability or more, and list the pairs that share something.

        The same whatever was asked before: questions are told apart from what is known of them.
        """
        judged = self.judged.afresh()

        def verify(asked: I64) -> list[bool]:
            found = self.window.near(asked)
            found[found] = judged.of(asked[found]).are_versions(least)
            return list(map(bool, found))

        with many_values():
            groups = stars(_versions(judged, self.ranked, least, self.window), self.ranked, verify)
            of_scan = [(one, others) for one, others in groups if max(one, *others) >= self.first]
            clusters = _clusters(of_scan, self.ids, judged)
            return clusters, tuple(self._pairs(*judged.related(least)))

    def candidates(self) -> Iterator[Pair]:
        """List all candidates, whatever was found of them, in input order."""
        return self._pairs(*self.judged.related(0.0))

    def known(self, pairs: Sequence[tuple[int, int]]) -> list[Pair | None]:
        """Give what was found of pairs of rows; ``None`` of what was never compared."""
        found = self.judged.known(np.array(pairs, np.int64).reshape(-1, 2))
        return [
            None if one is None else Pair(self.ids[min(pair)], self.ids[max(pair)], *one)
            for pair, one in zip(pairs, found, strict=True)
        ]

    def _pairs(self, pairs: I64, judged: Judged) -> Iterator[Pair]:
        own = pairs[:, 1] >= self.first
        rows, ids = pairs[own], self.ids
        every = zip(*rows.T.tolist(), judged.taken(own).judgements(), strict=True)
        return (Pair(ids[i], ids[j], *judgement) for i, j, judgement in every)

    def thin(self) -> None:
        """Let go of the words of all articles about which no probability leaves a question open.

        Questions arise where three articles or more hang together by versions.
        """
        versions = _versions(self.judged.afresh(), self.ranked, LEAST, self.window)
        several = np.bincount(versions.ravel(), minlength=len(self.ids)) > 1
        rows = distinct(versions[several[versions].any(axis=1)].ravel())
        self.judged.thin(rows)


def _versions(judged: Judgements, ranked: I64, least: float, window: Window) -> I64:
    """Give the pairs that are versions, i64[m, 2], rows of the same words by the best of them.

    The candidates name the first row of the same words; what represents a cluster is the row
    that ranks best, so it takes the first one's place, where it is near enough.
    """
    best = best_copies(judged.copies, ranked)
    moved = best[judged.pairs]
    moved = np.where(window.near(moved)[:, None], moved, judged.pairs)
    stays = (moved == judged.pairs).all(axis=1)
    of_copies = np.concatenate([np.stack((best[c], c), axis=1) for c in judged.copies.T])
    of_copies = np.concatenate((of_copies[window.near(of_copies)], judged.copies))
    others = moved[~stays]
    pairs = np.concatenate(
        (
            judged.pairs[stays & judged.judged.are_versions(least)],
            others[judged.of(others).are_versions(least)],
            of_copies[of_copies[:, 0] != of_copies[:, 1]],
        )
    )
    return unpack_pairs(distinct(pack_pairs(np.sort(pairs, axis=1))))


def best_copies(copies: I64, ranked: I64) -> I64:
    """Give for each row that of the same words which ranks best, i64[n].

    ``copies`` i64[m, 2] tie rows to the first of the same words.
    """
    place = np.argsort(ranked)
    best_place = place.copy()
    np.minimum.at(best_place, copies[:, 0], place[copies[:, 1]])
    best = ranked[best_place]
    best[copies[:, 1]] = best[copies[:, 0]]
    found: I64 = best
    return found


def _clusters(
    groups: Sequence[Star], ids: Sequence[str], judged: Judgements
) -> tuple[Cluster, ...]:
    """Turn groups of rows into clusters, in input order of their representatives."""
    groups = sorted(groups)
    rows = [(one, other) for one, others in groups for other in others]
    judgements = judged.of(np.array(rows, dtype=np.int64).reshape(-1, 2)).judgements()
    return tuple(
        Cluster(
            number,
            ids[one],
            tuple(Member(ids[other], *next(judgements)) for other in others),
        )
        for number, (one, others) in enumerate(groups)
    )
