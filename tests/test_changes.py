"""Facts that differ: what an editor should be shown, and what must be left alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.facts.changes import Side, changes
from dedup.facts.names import names, same_name
from dedup.facts.negations import negations
from dedup.facts.quantities import _DATE, _NUMBER, counting, dates, numbers
from dedup.facts.quotations import quotes
from dedup.facts.stretch import Stretch, simple_words

Triple = tuple[str, str, str]


def found(a: str, b: str) -> list[Triple]:
    sides = (Side(Stretch.of(text), frozenset(simple_words(text))) for text in (a, b))
    return [(change.kind.value, change.a, change.b) for change in changes(*sides)]


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        (
            "It sent several hundred drones.",
            "It sent hundreds of drones.",
            ("number", "several hundred", "hundreds"),
        ),
        ("The fire hurt 12 people.", "The fire hurt 19 people.", ("number", "12", "19")),
        ("It cost $3 million.", "It cost $4.5 million.", ("number", "$3 million", "$4.5 million")),
        ("It rose by 5% in all.", "It rose a bit in all.", ("number", "5%", "")),
        ("It opens on 3 March.", "It opens on 4 March.", ("date", "3 March", "4 March")),
        ("He spoke on Monday.", "He spoke on Tuesday.", ("date", "Monday", "Tuesday")),
        (
            "The mayor, Anna Berg said, left.",
            "The mayor, Karl Holm said, left.",
            ("name", "Anna Berg", "Karl Holm"),
        ),
        (
            "“We will not pay a cent more,” Ryan said.",
            "“We will not pay,” Ryan said.",
            ("quote", "“We will not pay a cent more,”", "“We will not pay,”"),
        ),
        (
            "“The pier is closed for good,” Ryan said.",
            "Ryan said the pier is closed for good.",
            ("quote", "“The pier is closed for good,”", "the pier is closed for good"),
        ),
        (
            "“The pier is closed,” Ryan said.",
            "“The pier is closed,” Olsen said.",
            ("quote", "“The pier is closed,” Ryan", "“The pier is closed,” Olsen"),
        ),
        (
            "The bank will not close the branch.",
            "The bank will close the branch.",
            ("negation", "not close", "close"),
        ),
    ],
)
def test_a_change_is_named_and_mirrored(a: str, b: str, wanted: Triple) -> None:
    assert wanted in found(a, b)
    kind, one, other = wanted
    assert (kind, other, one) in found(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("The U.S. asked Iran.", "The United States asked Iran."),
        ("Talks with the American envoy", "Talks with the US envoy"),
        ("The fire hurt twelve people.", "The fire hurt 12 people."),
        ("It cost $3 million.", "It cost $3,000,000."),
        ("since August 2022", "since August"),
        ("Sergei Ryabkov said so.", "Ryabkov said so."),
        ("He went to Teheran on foot.", "He went to Tehran on foot."),
        ("It will not be sold.", "It won't be sold."),
        ("He denies using drones.", "He does not use drones."),
        ("“We will not pay,” Ryan said.", '"We will not pay," Ryan said.'),
        ("One of the trams stood.", "A tram stood."),
        ("", ""),
    ],
)
def test_the_same_fact_in_other_words_is_no_change(a: str, b: str) -> None:
    assert found(a, b) == []


def test_a_fact_told_elsewhere_is_not_left_out() -> None:
    a = "Police held 17 men in Oslo."
    b = "Police held men in Oslo."
    elsewhere = frozenset(simple_words(b)) | {"17"}
    sides = (
        Side(Stretch.of(a), frozenset(simple_words(a))),
        Side(Stretch.of(b), elsewhere),
    )
    assert changes(*sides) == ()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("two thousand and five men", [("2005", "")]),
        ("1,250.5 tonnes", [("1250.5", "")]),
        ("forty-two per cent", [("42", "%")]),
        ("€7bn", [("7000000000", "€")]),
        ("the 21st century", [("21", "th")]),
        ("dozens of people", [("dozens", "")]),
        ("no one and one by one", []),
    ],
)
def test_numbers(text: str, values: list[tuple[str, ...]]) -> None:
    assert [fact.value for fact in numbers(Stretch.of(text))] == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("on October 31, 2023", [("", "31", "oct", "2023")]),
        ("on 31 October 2023", [("", "31", "oct", "2023")]),
        ("in May they may march", [("", "", "may", "")]),
        ("in 1980", [("", "", "", "1980")]),
        ("last Friday", [("friday", "", "", "")]),
        ("with 1980 people", []),
    ],
)
def test_dates(text: str, values: list[tuple[str, ...]]) -> None:
    assert [fact.value for fact in dates(Stretch.of(text))] == values


def test_names_quotes_and_negations_are_found_where_they_stand() -> None:
    assert [fact.text for fact in names("Then Ms Berg of Oslo met Lee.")] == ["Berg of Oslo", "Lee"]
    assert [quote.speaker for quote in quotes("Olsen said: “It is over now.”")] == ["Olsen"]
    assert [fact.text for fact in negations(Stretch.of("They can’t leave"))] == ["can’t leave"]


def test_a_shared_first_word_makes_no_name_the_same() -> None:
    assert not same_name(("united", "states"), ("united", "kingdom"))
    assert same_name(("united", "kingdom"), ("britain",))


SECONDS = 10.0
"""Far above what it takes; trying every way to pair the marks would take hours."""


def test_ten_thousand_marks_take_no_time() -> None:
    for text in ("“" * 4_000, "A. " * 1_500, "1," * 2_000, "not " * 1_200, "May " * 1_200):
        began = time.process_time()
        found(text, text + "x")
        assert time.process_time() - began < SECONDS


@given(
    st.lists(
        st.sampled_from(
            "12 $3 two hundred May in x 1,5 not ٣ several a few tens of thousands the one 5% 1980"
            " percent early-March 3rd million".split()
        )
    )
)
def test_looking_at_likely_words_misses_no_number_and_no_date(parts: list[str]) -> None:
    text = " ".join(parts)
    stretch = Stretch.of(text)
    for pattern in (_NUMBER, _DATE):
        found = [match.span() for match in stretch.matches(pattern, counting(stretch))]
        assert found == [match.span() for match in pattern.finditer(text)]


def test_a_sentence_cut_out_of_a_text_gives_the_same_facts() -> None:
    text = "Rain fell. It hurt 12 people in May 2021."
    whole = Stretch.of(text)
    cut = Stretch(text[11:], whole.words[2:], whole.starts[2:], 11)
    for find in (numbers, dates):
        assert [fact.text for fact in find(cut)] == [fact.text for fact in find(whole)]
