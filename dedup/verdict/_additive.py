"""Additive models: what each term, a tabulated function of one or two measures, adds up to."""

import cython
from cython.cimports.libc.stdint import int64_t

__all__ = ["contributions", "log_odds"]


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(-1)
def _piece(
    knots: cython.const[cython.double][::1], start: int64_t, count: int64_t, value: cython.double
) -> int64_t:
    """Find the piece that a value lies on: the last one that begins at it or before."""
    piece: int64_t = 0
    while piece + 2 < count and knots[start + piece + 1] <= value:
        piece += 1
    return piece


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(-1, check=True)
def _along(
    knots: cython.const[cython.double][::1], at: int64_t, value: cython.double
) -> cython.double:
    """Tell how far along its piece, which begins at knot ``at``, a value lies; 0 to 1."""
    share: cython.double = (value - knots[at]) / (knots[at + 1] - knots[at])
    return min(1.0, max(0.0, share))


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(-1, check=True)
def _between(left: cython.double, right: cython.double, share: cython.double) -> cython.double:
    return left + share * (right - left)


@cython.cfunc
@cython.nogil
@cython.exceptval(-1, check=True)
def _term(
    plan: cython.const[int64_t][:, ::1],
    term: cython.Py_ssize_t,
    knots: cython.const[cython.double][::1],
    values: cython.const[cython.double][::1],
    measured: cython.const[cython.double][::1],
) -> cython.double:
    """Interpolate a term's table, along one measure or between two, flat beyond its knots."""
    start: int64_t = plan[term, 2]
    value: cython.double = measured[plan[term, 0]]
    piece: int64_t = _piece(knots, start, plan[term, 3], value)
    share: cython.double = _along(knots, start + piece, value)
    table: int64_t = plan[term, 6]
    if plan[term, 1] < 0:
        return _between(values[table + piece], values[table + piece + 1], share)
    start = plan[term, 4]
    columns: int64_t = plan[term, 5]
    value = measured[plan[term, 1]]
    column: int64_t = _piece(knots, start, columns, value)
    across: cython.double = _along(knots, start + column, value)
    table += piece * columns + column
    return _between(
        _between(values[table], values[table + 1], across),
        _between(values[table + columns], values[table + columns + 1], across),
        share,
    )


@cython.cfunc
def _check(
    plan: cython.const[int64_t][:, ::1], measured: cython.const[cython.double][:, ::1]
) -> object:
    """Refuse a plan that asks for columns that there are not."""
    term: cython.Py_ssize_t
    if plan.shape[1] != 7:
        raise ValueError(f"plan: got {plan.shape[1]} columns, wanted 7")
    for term in range(plan.shape[0]):
        if not 0 <= plan[term, 0] < measured.shape[1] or plan[term, 1] >= measured.shape[1]:
            raise ValueError(f"plan: term {term} is of no column, {measured.shape[1]} there are")
    return None


def contributions(
    plan: cython.const[int64_t][:, ::1],
    knots: cython.const[cython.double][::1],
    values: cython.const[cython.double][::1],
    measured: cython.const[cython.double][:, ::1],
    found: cython.double[:, ::1],
) -> None:
    """Write what each term says of each pair, f64[m, terms].

    A row of ``plan`` i64[terms, 7] is a term: its column in ``measured``, that of the second
    measure or -1; where the knots of either begin and how many there are; where its values begin,
    a row for each knot of the first.
    """
    m: cython.Py_ssize_t
    term: cython.Py_ssize_t
    _check(plan, measured)
    if found.shape[0] != measured.shape[0] or found.shape[1] != plan.shape[0]:
        raise ValueError(f"found: wanted {measured.shape[0]} rows of {plan.shape[0]}")
    with cython.nogil:
        for m in range(measured.shape[0]):
            for term in range(plan.shape[0]):
                found[m, term] = _term(plan, term, knots, values, measured[m])


def log_odds(
    plan: cython.const[int64_t][:, ::1],
    knots: cython.const[cython.double][::1],
    values: cython.const[cython.double][::1],
    intercept: cython.double,
    measured: cython.const[cython.double][:, ::1],
    found: cython.double[::1],
) -> None:
    """Write the sum of what all terms say of each pair, in their order, and the intercept, f64[m].

    The other arguments are as of :func:`contributions`.
    """
    m: cython.Py_ssize_t
    term: cython.Py_ssize_t
    total: cython.double
    _check(plan, measured)
    if found.shape[0] != measured.shape[0]:
        raise ValueError(f"found: got {found.shape[0]} rows, wanted {measured.shape[0]}")
    with cython.nogil:
        for m in range(measured.shape[0]):
            total = 0.0
            for term in range(plan.shape[0]):
                total += _term(plan, term, knots, values, measured[m])
            found[m] = total + intercept
