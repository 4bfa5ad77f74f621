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
    ranks = {place: rank for rank, place in enumerate(sorted(set(b)))}
    tree: list[tuple[float, int]] = [(0.0, -1)] * (len(ranks) + 1)
    before = [-1] * len(a)
    last = (0.0, -1)
    for _, lowered, k in sorted(zip(a, [-place for place in b], range(len(a)), strict=True)):
        rank = ranks[-lowered]
        best = _prefix_best(tree, rank)
        before[k] = best[1]
        total = (best[0] + weights[k], k)
        if total[0] > last[0]:
            last = total
        at = rank + 1
        while at < len(tree):
            if total[0] > tree[at][0]:
                tree[at] = total
            at += at & -at
    chain = []
    k = last[1]
    while k >= 0:
        chain.append(k)
        k = before[k]
    return chain[::-1]


def _prefix_best(tree: list[tuple[float, int]], count: int) -> tuple[float, int]:
    """Look up the heaviest chain that ends at one of the first ``count`` places of b."""
    best = tree[0]
    while count > 0:
        if tree[count][0] > best[0]:
            best = tree[count]
        count &= count - 1
    return best
