"""Small services for NumPy arrays that several stages need, and short names for their types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np

from dedup.values import frozen

if TYPE_CHECKING:
    from numpy.typing import NDArray

U8: TypeAlias = "NDArray[np.uint8]"
U16: TypeAlias = "NDArray[np.uint16]"
U32: TypeAlias = "NDArray[np.uint32]"
U64: TypeAlias = "NDArray[np.uint64]"
I32: TypeAlias = "NDArray[np.int32]"
I64: TypeAlias = "NDArray[np.int64]"
F32: TypeAlias = "NDArray[np.float32]"
F64: TypeAlias = "NDArray[np.float64]"
Flags: TypeAlias = "NDArray[np.bool_]"

S = TypeVar("S", bound=np.generic)


def distinct(values: NDArray[S]) -> NDArray[S]:
    """Sort values and drop repeats; NumPy's own ``unique`` hashes integers and is far slower.

    >>> distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    ordered = np.sort(values)
    first = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def distinct_rows(rows: NDArray[S]) -> NDArray[S]:
    """Sort the rows of a table [m, 2] and drop repeats.

    >>> distinct_rows(np.array([[3, 1], [0, 2], [3, 1]])).tolist()
    [[0, 2], [3, 1]]
    """
    ordered = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    first = np.ones(len(ordered), dtype=np.bool_)
    first[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    return ordered[first]


def joined(parts: Sequence[NDArray[Any]], dtype: type[S]) -> NDArray[S]:
    """Put arrays end to end as one of the given type; none give an empty one."""
    if not parts:
        return np.empty(0, dtype=dtype)
    return np.concatenate(parts).astype(dtype, copy=False)


def joined_columns(
    parts: Sequence[Sequence[NDArray[Any]]], types: Sequence[type[np.generic]]
) -> list[NDArray[Any]]:
    """Put the columns of tables end to end, each as its type; no tables give empty columns.

    >>> parts = [(np.array([1]), np.array([0.5])), (np.array([5]), np.array([0.25]))]
    >>> [column.tolist() for column in joined_columns(parts, (np.int64, np.float64))]
    [[1, 5], [0.5, 0.25]]
    """
    columns = zip(*parts, strict=True) if parts else [()] * len(types)
    return [joined(column, dtype) for column, dtype in zip(columns, types, strict=True)]


def offsets(lengths: Iterable[int]) -> NDArray[np.int64]:
    """Give where each of several rows starts when they stand end to end, and the end, i64[n + 1].

    >>> offsets([2, 0, 3]).tolist()
    [0, 2, 2, 5]
    """
    if not isinstance(lengths, np.ndarray):
        return np.fromiter(accumulate(lengths, initial=0), dtype=np.int64)
    found = np.zeros(len(lengths) + 1, dtype=np.int64)
    lengths.cumsum(dtype=np.int64, out=found[1:])
    return found


def shortened(values: NDArray[S], size: int) -> NDArray[S]:
    """Give the first ``size`` values; nothing else of the array may be used after.

    The memory of the rest is given back.

    >>> shortened(np.array([7, 8, 9]), 2).tolist()
    [7, 8]
    """
    held = values if values.base is None else values.base
    if isinstance(held, np.ndarray) and held.flags.owndata and held.dtype == values.dtype:
        held.resize(size, refcheck=False)  # shrinks where it is
        return held
    return values[:size].copy()


@frozen()
class Ragged:
    """Rows of unequal length end to end: row i is ``values[offsets[i]:offsets[i + 1]]``.

    ``values`` [nnz] of any type, ``offsets`` i64[n + 1].
    """

    values: NDArray[Any]
    offsets: NDArray[np.int64]

    def __init__(self, values: NDArray[Any], offsets: NDArray[np.int64]) -> None:
        # As a dataclass does, which a first comparison need not load for this class alone.
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "offsets", offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> NDArray[Any]:
        return self.values[self.offsets[row] : self.offsets[row + 1]]

    @classmethod
    def of(cls, rows: Sequence[NDArray[Any]], dtype: type[np.generic]) -> Ragged:
        """Put arrays, a row each, end to end."""
        return cls(joined(rows, dtype), offsets(len(row) for row in rows))

    @classmethod
    def joined(cls, parts: Sequence[Ragged], dtype: type[np.generic] = np.uint32) -> Ragged:
        """Put the rows of several arrays end to end."""
        lengths = joined([np.diff(part.offsets) for part in parts], np.int64)
        return cls(joined([part.values for part in parts], dtype), offsets(lengths))

    def take(self, rows: NDArray[np.int64]) -> Ragged:
        """Gather some rows, in the order given."""
        starts, ends = self.offsets[rows].tolist(), self.offsets[rows + 1].tolist()
        parts = [self.values[start:end] for start, end in zip(starts, ends, strict=True)]
        return Ragged(np.concatenate([self.values[:0], *parts]), offsets(map(len, parts)))

    def thin(self, rows: NDArray[np.int64]) -> Ragged:
        """Keep some rows, i64[k] ascending, and leave the others empty: in place.

        This array must not be used after: what is kept is moved together in its memory, and the
        rest of that is given back.

        >>> three = Ragged(np.array([7, 8, 9]), np.array([0, 1, 2, 3]))
        >>> thinned = three.thin(np.array([0, 2]))
        >>> thinned.values.tolist(), thinned.offsets.tolist()
        ([7, 9], [0, 1, 1, 2])
        """
        lengths = np.zeros(len(self), np.int64)
        lengths[rows] = self.offsets[rows + 1] - self.offsets[rows]
        end = 0
        for first in range(0, len(rows), _ROWS_AT_ONCE):
            some = self.take(rows[first : first + _ROWS_AT_ONCE]).values
            self.values[end : end + len(some)] = some
            end += len(some)
        return Ragged(shortened(self.values, end), offsets(lengths))

    def replaced(self, rows: NDArray[np.int64], others: Ragged) -> Ragged:
        """Put other rows in the place of some, whose numbers ascend.

        >>> two = Ragged(np.array([7, 8, 9]), np.array([0, 1, 3]))
        >>> two.replaced(np.array([0]), Ragged(np.array([5, 6]), np.array([0, 2]))).values.tolist()
        [5, 6, 8, 9]
        """
        parts, start = [], 0
        for number, row in enumerate(rows.tolist()):
            parts += [self.values[start : self.offsets[row]], others[number]]
            start = self.offsets[row + 1]
        lengths = np.diff(self.offsets)
        lengths[rows] = np.diff(others.offsets)
        return Ragged(np.concatenate([*parts, self.values[start:]]), offsets(lengths.tolist()))


_ROWS_AT_ONCE = 1 << 12
"""Rows that are moved in one go."""


def encoded(texts: Sequence[str]) -> Ragged:
    """Put texts end to end in UTF-8 (u8), lone surrogates passed.

    >>> encoded(["\u00e9", "a"]).offsets.tolist()
    [0, 2, 3]
    """
    parts = [text.encode("utf-8", "surrogatepass") for text in texts]
    return Ragged(np.frombuffer(b"".join(parts), dtype=np.uint8), offsets(map(len, parts)))


def decoded(text: NDArray[np.uint8]) -> str:
    """Give back a text that :func:`encoded` has encoded."""
    return text.tobytes().decode("utf-8", "surrogatepass")


class Growing:
    """Rows of a ragged array that come in batches, held once, in one block that grows.

    >>> growing = Growing()
    >>> growing.append(Ragged(np.array([7, 8], np.uint32), np.array([0, 2])))
    >>> len(growing.done())
    1
    """

    def __init__(self, dtype: type[np.generic] = np.uint32) -> None:
        self._values: NDArray[Any] = np.empty(1 << 16, dtype)
        self._used = 0
        self._lengths: list[NDArray[np.int64]] = []

    def append(self, rows: Ragged) -> None:
        """Add the rows of a batch."""
        end = self._used + len(rows.values)
        if end > len(self._values):
            # Growing in place: the system moves pages of so large a block, not bytes.
            self._values.resize(max(end, len(self._values) * 5 // 4), refcheck=False)
        self._values[self._used : end] = rows.values
        self._used = end
        self._lengths.append(np.diff(rows.offsets))

    def done(self) -> Ragged:
        """Give all rows; nothing may be added after."""
        return Ragged(self._values[: self._used], offsets(joined(self._lengths, np.int64)))
