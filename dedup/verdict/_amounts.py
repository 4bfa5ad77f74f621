"""Amounts: the numbers of a text by their value, in whichever way they are written.

*1,500,000*, *1.5 mln* and *1.5 million* are one amount, *six* and *6* another. Words have no signs
between them here, so numbers that follow each other are read by their digits: groups of three go
on with the number before them, one or two digits are its decimals, and words of a scale behind it
multiply it. Both texts of a pair are read in this way, which may err, but errs in both alike.
"""

import cython
from cython.cimports.dedup._tables import find_id
from cython.cimports.dedup.verdict._amounts import Amount, Numerals
from cython.cimports.dedup.verdict._links import Side
from cython.cimports.dedup.verdict._stories import Layout, Story
from cython.cimports.libc.math import log1p
from cython.cimports.libc.stdint import int32_t, int64_t, uint8_t, uint32_t, uint64_t
from cython.cimports.libc.stdlib import qsort

from dedup.text.marks import Mark
from dedup.verdict import bounds

_NUMBER = cython.declare(uint8_t, Mark.NUMBER)
_SENTENCE = cython.declare(uint8_t, Mark.SENTENCE)
_DIGITS = cython.declare(int32_t, bounds.DIGITS)
_POWER_BITS = cython.declare(int32_t, bounds.POWER_BITS)
_PLAIN = cython.declare(int32_t, (1 << bounds.POWER_BITS) - 1)
_GROUP = cython.declare(int32_t, 3)
_DECIMALS = cython.declare(int32_t, 2)
_TWENTY = cython.declare(int64_t, 20)
_TEN = cython.declare(int64_t, 10)
# Where an amount takes no more groups: two decimals and its power then fit into 64 bits with it.
_LARGEST = cython.declare(int64_t, 10**9)
# Words of a scale in a row that are read: *thousand million*, and not a page of nothing else.
_LONGEST = cython.declare(int64_t, 6)
_EXPONENTS = cython.declare(int64_t, 1000)
_MIX = cython.declare(uint64_t, 0x9E3779B97F4A7C15)


@cython.cfunc
@cython.nogil
def _code(numerals: Numerals, layout: Layout, k: int64_t, end: int64_t) -> int32_t:
    """Look up what the word at a place says; 0 for none, and where the text is at its end."""
    if k >= end:
        return 0
    at: int64_t = find_id(numerals.ids, layout.words[k])
    return numerals.codes[at] if at >= 0 else 0


class Numerals:
    """What words say of an amount: ``ids`` u32, ascending, and a code i32 for each.

    ``DIGITS * value + digits`` stands for a word of so many digits, the same without digits for a
    word such as *six*, and the negative power of ten for one such as *million*; that of a number
    with one written to it, *5bn*, stands above ``POWER_BITS``.
    """

    def __init__(self, ids: cython.const[uint32_t][::1], codes: cython.const[int32_t][::1]):
        if ids.shape[0] != codes.shape[0]:
            raise ValueError(f"codes: got {codes.shape[0]}, wanted {ids.shape[0]}")
        self.ids = ids
        self.codes = codes


@cython.cfunc
@cython.nogil
def _read_digits(
    numerals: Numerals, layout: Layout, k: int64_t, end: int64_t, amount: cython.pointer[Amount]
) -> int64_t:
    """Read a number in digits from a place on, with its groups and decimals; returns its end."""
    code: int32_t = _code(numerals, layout, k, end)
    is_grouped: cython.bint = code % _DIGITS <= _GROUP
    amount.value = (code & _PLAIN) // _DIGITS
    k += 1
    while code >> _POWER_BITS == 0:  # *5bn* ends a number
        code = _code(numerals, layout, k, end)
        if code <= 0 or code % _DIGITS == 0 or layout.marks[k] & _SENTENCE:
            return k
        if is_grouped and code % _DIGITS == _GROUP and amount.value < _LARGEST:
            amount.value = 1000 * amount.value + (code & _PLAIN) // _DIGITS
            k += 1
        elif code % _DIGITS <= _DECIMALS:
            while amount.power > -(code % _DIGITS):
                amount.value *= _TEN
                amount.power -= 1
            amount.value += (code & _PLAIN) // _DIGITS
            amount.power += code >> _POWER_BITS
            return k + 1
        else:
            return k
    amount.power += code >> _POWER_BITS
    return k


@cython.cfunc
@cython.nogil
def _read_spelt(
    numerals: Numerals, layout: Layout, k: int64_t, end: int64_t, amount: cython.pointer[Amount]
) -> int64_t:
    """Read a number in words, such as *twenty one*; returns its end."""
    code: int32_t
    amount.value = _code(numerals, layout, k, end) // _DIGITS
    code = _code(numerals, layout, k + 1, end)
    if amount.value >= _TWENTY and code > 0 and code % _DIGITS == 0 and code // _DIGITS < _TEN:
        amount.value += code // _DIGITS
        return k + 2
    return k + 1


@cython.cfunc
@cython.nogil
def _read_scales(
    numerals: Numerals, layout: Layout, k: int64_t, end: int64_t, amount: cython.pointer[Amount]
) -> int64_t:
    """Multiply by the words of a scale from a place on, *thousand million*; returns their end."""
    code: int32_t = _code(numerals, layout, k, end)
    last: int64_t = k + _LONGEST
    while code < 0 and k < last:
        amount.power -= code
        k += 1
        code = _code(numerals, layout, k, end)
    while amount.value > 0 and amount.value % _TEN == 0:
        amount.value //= _TEN
        amount.power += 1
    return k


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
@cython.overflowcheck(False)
def _number_of(amount: cython.pointer[Amount]) -> uint64_t:
    """Number an amount by 32 bits."""
    mixed: uint64_t = cython.cast(uint64_t, amount.value * _EXPONENTS + amount.power + 100) * _MIX
    return mixed >> 32


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _by_value(
    one: cython.pointer[cython.const[cython.void]], two: cython.pointer[cython.const[cython.void]]
) -> cython.int:
    left: uint64_t = cython.cast(cython.pointer[uint64_t], one)[0]
    right: uint64_t = cython.cast(cython.pointer[uint64_t], two)[0]
    return (left > right) - (left < right)


@cython.cfunc
@cython.nogil
def read_amounts(
    numerals: Numerals, layout: Layout, story: cython.pointer[Story], row: int64_t
) -> cython.int:
    """List the distinct amounts of a story, ``number << 32 | position`` of the first, ascending."""
    amount = cython.declare(Amount)
    end: int64_t = story.at + story.words
    k: int64_t = story.at
    begun: int64_t
    code: int32_t
    at: int64_t = story.amounts_at
    number: uint64_t
    while k < end:
        if not layout.marks[k] & _NUMBER:
            k += 1
            continue
        begun = k
        amount.value = 1
        amount.power = 0
        code = _code(numerals, layout, k, end)
        if code > 0 and code % _DIGITS:
            k = _read_digits(numerals, layout, k, end, cython.address(amount))
        elif code > 0:
            k = _read_spelt(numerals, layout, k, end, cython.address(amount))
        if code != 0:
            k = _read_scales(numerals, layout, k, end, cython.address(amount))
            number = _number_of(cython.address(amount))
        else:
            number = layout.words[k]
            k += 1
        layout.amounts[at] = number << 32 | cython.cast(uint64_t, begun - story.at)
        at += 1
    if at > story.amounts_at:
        count: int64_t = at - story.amounts_at
        first = cython.address(layout.amounts[story.amounts_at])
        qsort(first, count, cython.sizeof(uint64_t), _by_value)
    layout.stories[row, 8] = _distinct(layout.amounts, story.amounts_at, at)
    return 0


@cython.cfunc
@cython.nogil
def _distinct(amounts: uint64_t[::1], start: int64_t, end: int64_t) -> int64_t:
    """Keep each number once, where it stands first; returns how many there are."""
    k: int64_t
    to: int64_t = start
    for k in range(start, end):
        if to == start or amounts[to - 1] >> 32 != amounts[k] >> 32:
            amounts[to] = amounts[k]
            to += 1
    return to - start


@cython.cfunc
@cython.nogil
def find_amounts(layout: Layout, one: Side, two: Side) -> cython.int:
    """Find the amounts that both texts have, for both sides."""
    here: int64_t = 0
    there: int64_t = 0
    left: uint64_t
    right: uint64_t
    one.amounts = 0
    one.has_amount[: one.story.amounts] = 0
    two.has_amount[: two.story.amounts] = 0
    while here < one.story.amounts and there < two.story.amounts:
        left = layout.amounts[one.story.amounts_at + here] >> 32
        right = layout.amounts[two.story.amounts_at + there] >> 32
        if left == right:
            one.has_amount[here] = 1
            two.has_amount[there] = 1
            one.amounts += 1
        here += left <= right
        there += right <= left
    two.amounts = one.amounts
    return 0


# --- Measures ------------------------------------------------------------------------------------


@cython.cfunc
@cython.nogil
def amounts_lacking(side: Side, other: Side) -> cython.double:
    return log1p(cython.cast(cython.double, side.story.amounts - side.amounts))
