"""Work on several threads, in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from dedup.errors import InputError

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")
R = TypeVar("R")

_IN_FLIGHT = 3
"""Items a thread that may be under way: ahead of the order in which they are taken."""


def check_threads(threads: object) -> int:
    """Give the number of threads to use: ``None`` means one for each core.

    >>> check_threads(2)
    2
    """
    if threads is None:
        return os.cpu_count() or 1
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise InputError.of("threads", threads, "an int of 1 or more, or None")
    return threads


def in_order(work: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[tuple[T, R]]:
    """Work on items on several threads; give each with its result, in order, a few ahead.

    Where no more results are asked for, as after an error, only what is under way is waited for.

    >>> list(in_order(len, ["ab", "c"], threads=2))
    [('ab', 2), ('c', 1)]
    """
    if threads == 1:
        for item in items:
            yield item, work(item)
        return
    from concurrent.futures import ThreadPoolExecutor  # which one thread never needs

    executor = ThreadPoolExecutor(threads)
    try:
        waiting: deque[tuple[T, Future[R]]] = deque()
        for item in items:
            waiting.append((item, executor.submit(work, item)))
            if len(waiting) > _IN_FLIGHT * threads:
                first, future = waiting.popleft()
                yield first, future.result()
        while waiting:
            first, future = waiting.popleft()
            yield first, future.result()
    finally:
        executor.shutdown(cancel_futures=True)  # after Ctrl-C nothing more is begun


def map_all(work: Callable[[T], R], items: Iterable[T], threads: int) -> list[R]:
    """Work on all items on several threads; the results in order.

    >>> map_all(len, ["ab", "c"], threads=2)
    [2, 1]
    """
    return [result for _, result in in_order(work, items, threads)]
