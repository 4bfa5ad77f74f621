"""From log-odds to probabilities and verdicts, pair by pair; the limits are those of ``limits``."""

import cython
from cython.cimports.libc.math import exp, rint
from cython.cimports.libc.stdint import uint8_t

from dedup.model import Verdict
from dedup.verdict import limits
from dedup.verdict.measures import COLUMNS

_WORDS = cython.declare(cython.Py_ssize_t, COLUMNS["words"])
_LINKED = cython.declare(cython.Py_ssize_t, COLUMNS["linked"])
_OPENING = cython.declare(cython.Py_ssize_t, COLUMNS["opening"])
_NAME_WEIGHT = cython.declare(cython.Py_ssize_t, COLUMNS["name_weight_other"])
_KEPT_SHARE = cython.declare(cython.Py_ssize_t, COLUMNS["kept"])
_KEPT_SENTENCES = cython.declare(cython.Py_ssize_t, COLUMNS["kept_sentences"])
_SAME = cython.declare(cython.Py_ssize_t, COLUMNS["same"])
_EMPTY = cython.declare(cython.Py_ssize_t, COLUMNS["empty"])

_SCALE = cython.declare(cython.double, 10.0**limits.DECIMALS)
_COUNTERPARTS = cython.declare(cython.double, limits.COUNTERPARTS)
_APART = cython.declare(cython.double, limits.APART)
_FEW_WORDS = cython.declare(cython.double, limits.FEW_WORDS)
_ALIKE = cython.declare(cython.double, limits.ALIKE)
_LEAST_WORDS = cython.declare(cython.double, limits.LEAST_WORDS)
_NAMED_ALIKE = cython.declare(cython.double, limits.NAMED_ALIKE)
_MOSTLY = cython.declare(cython.double, limits.MOSTLY)
_PART = cython.declare(cython.double, limits.PART)
_FRAME = cython.declare(cython.double, limits.FRAME)
_VERDICTS = tuple(Verdict)
_IDENTICAL = cython.declare(uint8_t, _VERDICTS.index(Verdict.IDENTICAL))
_SYNDICATED = cython.declare(uint8_t, _VERDICTS.index(Verdict.SYNDICATED))
_REWRITTEN = cython.declare(uint8_t, _VERDICTS.index(Verdict.REWRITTEN))
_TEMPLATE = cython.declare(uint8_t, _VERDICTS.index(Verdict.TEMPLATE))
_PARTIAL = cython.declare(uint8_t, _VERDICTS.index(Verdict.PARTIAL))
_UNRELATED = cython.declare(uint8_t, _VERDICTS.index(Verdict.UNRELATED))


@cython.cfunc
def _check(measured: cython.const[cython.double][:, ::1], answers: cython.Py_ssize_t) -> object:
    """Refuse evidence of other measures, or of another number of pairs."""
    if measured.shape[1] != len(COLUMNS) or measured.shape[0] != answers:
        got = f"{measured.shape[0]} rows of {measured.shape[1]}"
        raise ValueError(f"measured: got {got}, wanted {answers} of {len(COLUMNS)}")
    return None


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _may_be_version(of: cython.const[cython.double][::1]) -> cython.bint:
    return of[_LINKED] >= _APART


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _may_be_partial(of: cython.const[cython.double][::1]) -> cython.bint:
    return of[_KEPT_SENTENCES] >= _PART


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _may_be_template(of: cython.const[cython.double][::1]) -> cython.bint:
    return of[_LINKED] >= _FRAME


@cython.cfunc
@cython.nogil
def _bounded(log_odds: cython.double, of: cython.const[cython.double][::1]) -> cython.double:
    if not _may_be_version(of):
        return 0.0
    probability: cython.double = 1.0 / (1.0 + exp(-log_odds))
    if of[_LINKED] < _COUNTERPARTS:
        probability = min(probability, 0.5 / (_COUNTERPARTS - _APART) * (of[_LINKED] - _APART))
    if of[_WORDS] < _FEW_WORDS and of[_OPENING] < _ALIKE:
        probability = min(probability, 0.5 / _ALIKE * of[_OPENING])
    if of[_WORDS] < _LEAST_WORDS:
        probability = min(probability, 0.5 / _LEAST_WORDS * of[_WORDS])
    if of[_NAME_WEIGHT] < _NAMED_ALIKE:
        probability = min(probability, 0.5 / _NAMED_ALIKE * of[_NAME_WEIGHT])
    return rint(probability * _SCALE) / _SCALE


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _probability(log_odds: cython.double, of: cython.const[cython.double][::1]) -> cython.double:
    """Give what log-odds come to; equal texts and one without words are sure without them."""
    if of[_SAME] != 0 or of[_EMPTY] != 0:
        return of[_SAME]
    return _bounded(log_odds, of)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _verdict(
    of: cython.const[cython.double][::1],
    probability: cython.double,
    partial: cython.double,
    template: cython.double,
) -> uint8_t:
    if of[_SAME] != 0:
        return _IDENTICAL
    if probability >= 0.5:
        return _SYNDICATED if of[_KEPT_SHARE] >= _MOSTLY else _REWRITTEN
    if template > 0 and _may_be_template(of):
        return _TEMPLATE
    if partial > 0 and _may_be_partial(of):
        return _PARTIAL
    return _UNRELATED


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _counts(
    kind: cython.int,
    of: cython.const[cython.double][::1],
    log_odds: cython.const[cython.double][:, ::1],
    m: cython.Py_ssize_t,
) -> cython.bint:
    """Tell whether what is asked next of a pair can count."""
    if kind == 0:
        return _may_be_version(of)
    if _probability(log_odds[0, m], of) >= 0.5:
        return False
    if kind == 2:
        return _may_be_template(of)
    return _may_be_partial(of) and not (log_odds[2, m] > 0 and _may_be_template(of))


def ask(
    kind: cython.int,
    measured: cython.const[cython.double][:, ::1],
    log_odds: cython.const[cython.double][:, ::1],
    asked: uint8_t[::1],
) -> cython.Py_ssize_t:
    """Write u8[m] which pairs are to be asked, and count them.

    ``log_odds`` are those of :func:`judge`, and ``kind`` the row that is written next: of versions,
    of templates where a pair is no version, and of parts where it is no template either.
    """
    m: cython.Py_ssize_t
    count: cython.Py_ssize_t = 0
    _check(measured, asked.shape[0])
    if log_odds.shape[0] != 3 or log_odds.shape[1] != measured.shape[0] or not 0 <= kind < 3:
        raise ValueError(f"log_odds: wanted 3 rows of {measured.shape[0]}, and one of them")
    with cython.nogil:
        for m in range(measured.shape[0]):
            asked[m] = _counts(kind, measured[m], log_odds, m)
            count += asked[m]
    return count


def bound(
    log_odds: cython.const[cython.double][::1],
    measured: cython.const[cython.double][:, ::1],
    found: cython.double[::1],
) -> None:
    """Write the probabilities that belong to log-odds f64[m], within their limits, f64[m]."""
    m: cython.Py_ssize_t
    _check(measured, log_odds.shape[0])
    _check(measured, found.shape[0])
    with cython.nogil:
        for m in range(measured.shape[0]):
            found[m] = _bounded(log_odds[m], measured[m])


def name_verdicts(
    measured: cython.const[cython.double][:, ::1],
    probability: cython.const[cython.double][::1],
    partial: cython.const[cython.double][::1],
    template: cython.const[cython.double][::1],
    found: uint8_t[::1],
) -> None:
    """Write the verdicts, u8[m].

    ``partial`` and ``template`` f64[m] are above 0 for what would be such if it is no version.
    """
    m: cython.Py_ssize_t
    _check(measured, probability.shape[0])
    _check(measured, partial.shape[0])
    _check(measured, template.shape[0])
    _check(measured, found.shape[0])
    with cython.nogil:
        for m in range(measured.shape[0]):
            found[m] = _verdict(measured[m], probability[m], partial[m], template[m])


def judge(
    measured: cython.const[cython.double][:, ::1],
    log_odds: cython.const[cython.double][:, ::1],
    verdicts: uint8_t[::1],
    probability: cython.double[::1],
) -> None:
    """Write verdicts u8[m] and probabilities f64[m]: those of equal and of empty texts are sure.

    ``log_odds`` f64[3, m] are those of versions, and what says whether others are partial or
    templates.
    """
    m: cython.Py_ssize_t
    if log_odds.shape[0] != 3:
        raise ValueError(f"log_odds: got {log_odds.shape[0]} rows, wanted 3")
    _check(measured, log_odds.shape[1])
    _check(measured, probability.shape[0])
    with cython.nogil:
        for m in range(measured.shape[0]):
            probability[m] = _probability(log_odds[0, m], measured[m])
    name_verdicts(measured, probability, log_odds[1], log_odds[2], verdicts)
