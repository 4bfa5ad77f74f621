"""Tracing an article to its sources: attribution, coverage, derivation, and odd input."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import texts

from dedup.errors import InputError
from dedup.model import Article, Derivation, PassageKind
from dedup.reading.texts import read_flagged
from dedup.tracing import MOST_NEW_WORDS, Measures, measure, trace

HARBOUR = [
    "The harbour board of Larsvik voted on Tuesday to close the old fish market in May.",
    "Traders have sold herring and cod there since 1911, when the quay was rebuilt in granite.",
    "Engineers found cracks in 37 of the 60 pillars under the hall last autumn.",
]
CLIMBERS = [
    "Two climbers were rescued from the north face of Mount Arden on Sunday evening.",
    "A helicopter crew spotted their red jackets shortly before a snowstorm reached the ridge.",
    "Both men, students from Ostrava, were treated for frostbite in the valley hospital.",
]
BUDGET = [
    "Parliament in Veldora passed the budget with a majority of three votes on Thursday.",
    "Finance minister Ada Quist defended higher duties on sugar and imported timber.",
    "Railway unions announced a strike over wages for the first week of the holidays.",
]


def joined(sentences: list[str]) -> str:
    return "\n\n".join(sentences)


def attributed(article: str, sources: list[str]) -> list[int | None]:
    return [source for _, source, _ in trace(article, sources).sentences]


def test_each_sentence_finds_its_source() -> None:
    article = joined([CLIMBERS[0], HARBOUR[0], HARBOUR[2], BUDGET[1], CLIMBERS[2]])
    assert attributed(article, [joined(HARBOUR), joined(CLIMBERS)]) == [1, 0, 0, None, 1]


def test_coverage_is_the_share_of_words_accounted_for() -> None:
    found = trace("One two three four. " + HARBOUR[0], [HARBOUR[0]])
    assert found.coverage == pytest.approx(16 / 20)


@pytest.mark.parametrize(
    ("article", "derivation"),
    [
        (HARBOUR, Derivation.WHOLLY),
        ([*HARBOUR, *BUDGET[:2]], Derivation.PARTIALLY),
        (BUDGET, Derivation.NONE),
    ],
)
def test_derivation_follows_what_the_sources_have(
    article: list[str], derivation: Derivation
) -> None:
    assert trace(joined(article), [joined(CLIMBERS), joined(HARBOUR)]).derivation is derivation


def test_a_passage_shows_the_source_and_the_article() -> None:
    changed = HARBOUR[0].replace("May", "June")
    (attribution,) = trace(changed, [joined(HARBOUR)]).sentences
    assert attribution.sentence.text == changed
    assert attribution.passage is not None
    assert attribution.passage.kind in (PassageKind.COPIED, PassageKind.REWRITTEN)
    assert [sentence.text for sentence in attribution.passage.a] == [HARBOUR[0]]
    assert [sentence.text for sentence in attribution.passage.b] == [changed]


def test_the_closer_source_wins_and_the_first_of_equals() -> None:
    close, far = HARBOUR[0], HARBOUR[0].replace("Tuesday", "Friday").replace("old", "new")
    assert attributed(HARBOUR[0], [far, close, close]) == [1]


def test_an_article_is_wholly_derived_from_itself() -> None:
    article = Article("a", joined(HARBOUR))
    found = trace(article, [article, Article("b", joined(BUDGET))])
    assert (found.coverage, found.derivation) == (1.0, Derivation.WHOLLY)


@pytest.mark.parametrize("sources", [[], [""], ["", "…"]])
def test_without_sources_nothing_is_derived(sources: list[str]) -> None:
    found = trace(joined(HARBOUR), sources)
    assert [source for _, source, _ in found.sentences] == [None] * 3
    assert (found.coverage, found.derivation) == (0.0, Derivation.NONE)


@pytest.mark.parametrize("article", ["", " \n", "…"])
def test_without_words_nothing_is_derived(article: str) -> None:
    found = trace(article, [article, joined(HARBOUR)])
    assert (found.coverage, found.derivation) == (0.0, Derivation.NONE)


@pytest.mark.parametrize("sources", ["one text", Article("a", "one"), 7, None, [b"bytes"], [None]])
def test_other_types_are_refused(sources: object) -> None:
    with pytest.raises(InputError, match=r"sources"):
        trace("Rain fell.", sources)  # type: ignore[arg-type]


def test_a_trace_is_shown_in_lines() -> None:
    told = str(trace("Rain fell on Oslo. \x1b[1mSun shone.", ["Rain fell on Oslo."])).splitlines()
    assert told[0] == "partially derived: the sources account for 67% of the words"
    assert told[1:] == ["  source 0  Rain fell on Oslo.", "  -         ␛[1mSun shone."]
    assert str(trace("Sun shone.", [])).startswith("not derived: the sources account for 0%")


@settings(max_examples=30, deadline=None)
@given(texts, st.lists(texts, max_size=3))
def test_any_text_can_be_traced(article: str, sources: list[str]) -> None:
    found = trace(article, sources)
    assert 0.0 <= found.coverage <= 1.0
    assert all(article[s.start : s.end] == s.text for s, _, _ in found.sentences)
    assert all((source is None) == (passage is None) for _, source, passage in found.sentences)
    again = trace(article, [*sources, *sources])
    assert [one.source for one in again.sentences] == [one.source for one in found.sentences]


WEATHER = [
    "Rain is expected along the coast from Wednesday night, forecasters said.",
    "Fishing boats were told to stay in port until the wind drops.",
]
OWN = "Rosa Lindqvist, who sells smoked eel under the clock, wants the mayor to resign over it."


def test_new_facts_in_a_long_copy_have_another_source() -> None:
    sources = [joined([*HARBOUR, *CLIMBERS, *BUDGET, *WEATHER])]
    copied = trace(sources[0], sources)
    assert copied.derivation is Derivation.WHOLLY
    found = trace(f"{sources[0]}\n\n{OWN}", sources)
    assert found.coverage > 0.85
    assert found.derivation is Derivation.PARTIALLY


def test_a_short_text_with_few_new_words_is_not_wholly_derived_for_that() -> None:
    found = trace(f"{HARBOUR[2]} So it is, they say, and so it will be for years.", HARBOUR)
    assert found.coverage < 2 / 3
    assert found.derivation is Derivation.PARTIALLY


def test_a_long_article_may_have_more_new_words() -> None:
    sources = ["\n\n".join([*HARBOUR, *CLIMBERS, *BUDGET, *WEATHER])]
    names = "Rosa Lindqvist smoked eel clock mayor resign".split()
    own = ["So it was, and " + name + " was there too." for name in names]
    measured = measured_of(sources[0], sources[0])
    few, many = (
        replace(measured, new_words=len(names), words=count).derivation() for count in (500, 700)
    )
    assert new_words("\n\n".join(own), sources[0]) == len(names) > MOST_NEW_WORDS
    assert (few, many) == (Derivation.PARTIALLY, Derivation.WHOLLY)


def new_words(article: str, source: str) -> int:
    return measured_of(article, source).new_words


def measured_of(article: str, source: str) -> Measures:
    """Measure what a source has of an article, none of whose sentences are furniture."""
    one, other = read_flagged([article, source])[0]
    return measure(one.tokens, [False] * len(one.furniture), [other])


@pytest.mark.parametrize(
    ("article", "count"),
    [
        ("Traders sell herring on the quay.", 0),
        ("Trading in herrings, the trader said, was what they are for.", 0),
        ("Whelks, whelks and oysters on the quay.", 2),
    ],
)
def test_new_words_tell_something_and_have_no_form_in_the_sources(article: str, count: int) -> None:
    assert new_words(article, f"{HARBOUR[1]} He sells it.") == count


def test_furniture_has_no_new_words() -> None:
    (article, _), source = read_flagged([f"{HARBOUR[0]}\n\n{OWN}", HARBOUR[0]])[0]
    plain, flagged = (measure(article, [False, flag], [source]) for flag in (False, True))
    assert plain.new_words > MOST_NEW_WORDS
    assert flagged.new_words == 0
