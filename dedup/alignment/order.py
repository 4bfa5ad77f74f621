"""Find the story line: the heaviest series of links that both texts tell in one order."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["heaviest_chain"]


def heaviest_chain(a: Sequence[int], b: Sequence[int], weights: Sequence[float]) -> list[int]:
    """Choose the links of the greatest total weight that rise on both sides.

    Link ``k`` joins place ``a[k]`` with place ``b[k]``. Returns positions in the arguments, in
    rising order of ``a``. A heaviest increasing subsequence by a Fenwick tree of prefix maxima
    (Fenwick 1994), O(n log n).

    >>> heaviest_chain([0, 1, 2, 3], [2, 0, 1, 3], [5.0, 1.0, 1.0, 1.0])
    [0, 3]
    """
    ranks = {place: rank for rank, place in enumerate(sorted(set(b)), start=1)}
    totals, ends = [0.0] * (len(ranks) + 1), [-1] * (len(ranks) + 1)
    before = [-1] * len(a)
    heaviest, last = 0.0, -1
    for _, lowered, k in sorted(zip(a, [-place for place in b], range(len(a)), strict=True)):
        rank = ranks[-lowered]
        total, at = 0.0, rank - 1
        while at:  # the heaviest chain that ends at one of the first places of b
            if totals[at] > total:
                total, before[k] = totals[at], ends[at]
            at &= at - 1
        total += weights[k]
        if total > heaviest:
            heaviest, last = total, k
        while rank < len(totals):
            if total > totals[rank]:
                totals[rank], ends[rank] = total, k
            rank += rank & -rank
    chain = []
    while last >= 0:
        chain.append(last)
        last = before[last]
    return chain[::-1]
