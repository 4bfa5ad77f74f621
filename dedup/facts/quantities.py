"""Find the numbers, the dates and the times in a stretch, in digits or in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dedup.facts.dates import (
    bare_year,
    clock,
    labelled_year,
    named_time,
    numeric_date,
    relative_date,
    spelt_clock,
    weekday,
    written_date,
)
from dedup.facts.lexicon import AMOUNTS
from dedup.facts.numbers import number
from dedup.facts.told import Fact, Stretch, Told


def quantities(
    stretch: Stretch, places: Sequence[int] | None = None
) -> tuple[list[Fact], list[Fact]]:
    """Find numbers, and dates and times; ``one`` alone is no number.

    ``places`` are the words that count, where not all of the stretch are looked at.

    The value of a number is its amount and unit, that of a date weekday, day, month and year,
    ``""`` for what is not told, that of a time the minutes since midnight, a ``?`` behind them
    where it may be in either half of the day.

    >>> told = Told.of("On 3 March 2021, twelve of 1,200 people gave $3 million at 4:12 p.m.")
    >>> numbers, dates = quantities(told.whole())
    >>> [fact.value for fact in numbers], [fact.value for fact in dates]
    ([('12', ''), ('1200', ''), ('3000000', 'USD')], [('', '3', '3', '2021'), ('time', '972')])
    """
    told = stretch.told
    numbers: list[Fact] = []
    dates: list[Fact] = []
    reached = 0
    for k in stretch.words_with(AMOUNTS) if places is None else places:
        if k < reached:
            continue
        for first in range(max(reached, k - _words_ahead(told, k)), k + 1):
            found = _read(told, first, k)
            if found is not None:
                (dates if found[0] else numbers).append(found[1])
                reached = found[1].last
                break
    return numbers, dates


Same = Callable[[tuple[str, ...], tuple[str, ...]], bool]
"""Tells whether two facts whose values differ may be one."""


def tells(told: Told, fact: Fact, sort: int, same: Same) -> bool:
    """Tell whether a text has a number (``sort`` 0) or a date (1) anywhere, in whatever words.

    >>> told = Told.of("Police said that they were seventeen.")
    >>> fact = quantities(Told.of("Police held 17 men.").whole())[0][0]
    >>> tells(told, fact, 0, lambda one, other: one == other)
    True
    """
    if told.amounts is None:
        told.amounts = tuple(map(_by_amount, quantities(told.whole())))
    held, amount = told.amounts[sort], _amount_of(fact.value)
    some = (held.get(amount, ()), held.get("", ())) if amount else held.values()
    return any(same(fact.value, value) for values in some for value in values)


def _by_amount(facts: list[Fact]) -> dict[str, set[tuple[str, ...]]]:
    found: dict[str, set[tuple[str, ...]]] = {}
    for fact in facts:
        found.setdefault(_amount_of(fact.value), set()).add(fact.value)
    return found


def _amount_of(value: tuple[str, ...]) -> str:
    """Give what a value has in common with all that may be the same, ``""`` where several may."""
    return value[0] if value[0].replace(".", "", 1).isdigit() else ""


def _words_ahead(told: Told, k: int) -> int:
    """Count the words before one at which what it is part of may begin."""
    if not told.text[told.starts[k]].isdecimal():
        return told.lexicon.longest_count.get(told.word(k), 1) - 1
    return int("month_word" in told.lexicon.kinds)


def _read(told: Told, first: int, k: int) -> tuple[bool, Fact] | None:
    """Read a quantity that begins with the word ``first`` and has ``k`` in it: date or number."""
    if told.digits_at(first) >= 0:
        readers = _IN_DIGITS
    else:
        kinds = told.entry(first)[0]
        readers = tuple(reader for kind, of in _IN_WORDS if kind in kinds for reader in of)
    for is_date, reader in readers:
        fact = reader(told, first)
        if fact is not None and fact.last > k:
            return is_date, fact
    return None


Readers = tuple[tuple[bool, Callable[[Told, int], Fact | None]], ...]
_IN_DIGITS: Readers = (
    (True, numeric_date),
    (True, clock),
    (True, written_date),
    (True, labelled_year),
    (True, bare_year),
    (False, number),
)
_NUMBER_READERS: Readers = ((True, written_date), (True, spelt_clock), (False, number))
_IN_WORDS: tuple[tuple[str, Readers], ...] = (
    ("weekday", ((True, weekday),)),
    ("month", ((True, written_date),)),
    ("mon", ((True, written_date),)),
    ("day_word", ((True, written_date),)),
    ("month_word", ((True, written_date),)),
    ("am", ((True, clock),)),
    ("pm", ((True, clock),)),
    ("time", ((True, named_time),)),
    ("relative", ((True, relative_date),)),
    ("vague", ((False, number),)),
    ("fraction", ((False, number),)),
    ("multiple", ((False, number),)),
    ("number", _NUMBER_READERS),
    ("ordinal", _NUMBER_READERS),
    ("scale", ((False, number),)),
)
"""What may read what begins with a word of a kind, likeliest first."""
